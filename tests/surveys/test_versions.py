"""Two versions side by side, the code book, and their pages."""

import csv
import io
from dataclasses import replace

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from pypdf import PdfReader

from seniors.enums import Role
from surveys.documents.code_book import print_code_book
from surveys.questionnaires import code_book, questionnaire, versions
from surveys.questionnaires.versions import Verdict
from tests.make import make_user
from tests.surveys.make import QUESTIONNAIRE
from tests.surveys.test_questionnaire import GOOD

SHIPPED = (questionnaire.FOLDER / f"{QUESTIONNAIRE}.toml").read_text(encoding="utf-8")
LONG = SHIPPED.replace("pages = 4", "pages = 1")
NEXT = (
    GOOD.replace('version = "1"', 'version = "2"')
    .replace("Froid ?", "Avez-vous froid l’hiver ?")
    .replace('label = "souvent" }]', 'label = "souvent" }, { value = 3, label = "=toujours" }]')
)
SCALE = """
[[sections.items]]
code = "ucla_isolated"
text = "Seule ?"
kind = "scale"
scale = "often"
"""
OLD = """
[[sections.items]]
code = "grab_bars"
text = "Un chat ?"
kind = "yes_no"
"""
NEW = """
[[sections.items]]
code = "loose_rugs"
text = "Un jardin ?"
kind = "yes_no"
"""


@pytest.fixture
def both():
    return questionnaire.load(GOOD + SCALE + OLD), questionnaire.load(NEXT + SCALE + NEW)


@pytest.fixture
def shelf(tmp_path, monkeypatch):
    """The shipped version, and two of another questionnaire."""
    (tmp_path / f"{QUESTIONNAIRE}.toml").write_text(SHIPPED, encoding="utf-8")
    (tmp_path / "essai-1.toml").write_text(GOOD + SCALE + OLD, encoding="utf-8")
    (tmp_path / "essai-2.toml").write_text(NEXT + SCALE + NEW, encoding="utf-8")
    monkeypatch.setattr(questionnaire, "FOLDER", tmp_path)
    questionnaire.named.cache_clear()
    yield tmp_path
    questionnaire.named.cache_clear()


def test_only_the_same_code_words_and_replies_are_comparable(both):
    found = {line.code: line for line in versions.compare(*both).lines}
    assert {code: line.verdict for code, line in found.items()} == {
        "consent_visit": Verdict.SAME,
        "cold_home": Verdict.REWORDED,
        "ucla_isolated": Verdict.OTHER_REPLIES,
        "loose_rugs": Verdict.NEW,
        "grab_bars": Verdict.GONE,
    }
    assert found["cold_home"].notes == ("la question est dite autrement",)
    assert "réponse ajoutée\u00a0: 3 =toujours" in found["ucla_isolated"].notes
    assert list(found)[-1] == "grab_bars", "what is retired comes last"
    same = versions.compare(both[0], both[0])
    assert {line.verdict for line in same.lines} == {Verdict.SAME}


def test_a_question_that_becomes_one_on_health_is_to_look_at(both):
    before = questionnaire.load(GOOD)
    [section] = before.sections
    items = tuple(replace(one, sensitive=one.is_answer) for one in section.items)
    after = replace(before, sections=(replace(section, items=items),))
    lines = versions.compare(before, after).lines
    assert [line.verdict for line in lines] == [Verdict.SAME, Verdict.REWORDED]


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


def test_the_tables_hold_every_question_and_no_cell_computes(both):
    rows = rows_of(code_book.comparison_csv(versions.compare(*both)))
    assert [row["verdict"] for row in rows if row["code"] == "loose_rugs"] == ["nouvelle"]
    asked = questionnaire.named(QUESTIONNAIRE)
    rows = {row["code"]: row for row in rows_of(code_book.as_csv(asked))}
    assert list(rows) == list(asked.items)
    assert rows["falls"]["réponses"] == "0 = non | 1 = une fois | 2 = deux fois ou plus"
    assert (rows["falls"]["santé"], rows["falls"]["gardée si"]) == (
        "oui",
        "accord visite et accord santé",
    )
    assert rows["lsns_family_help"]["question"].startswith("Dans votre famille")
    risky = code_book.write_csv(["a"], [["=1+1"], [" @x"], ["bien"]]).decode("utf-8-sig")
    assert risky.splitlines() == ["a", "'=1+1", "' @x", "bien"]


def test_the_code_book_on_paper_names_every_code_on_pages_that_fit():
    asked = questionnaire.named(QUESTIONNAIRE)
    pages = PdfReader(io.BytesIO(print_code_book(asked, landlord="Finistère Habitat"))).pages
    text = " ".join(" ".join(page.extract_text() for page in pages).split())
    assert [code for code in asked.items if code not in text] == []
    assert f"{len(pages)}/{len(pages)}" in text
    assert all(choice.label in text for choice in asked.items["bathing"].choices)


# Pages


@pytest.mark.django_db
def test_a_wrong_definition_is_told_line_by_line_and_a_good_one_previewed(client, shelf):
    client.force_login(make_user(Role.ADMINISTRATOR))
    page = reverse("surveys:questionnaire-check")
    wrong = GOOD.replace('kind = "yes_no"\n', 'kind = "yesno"\n')
    answer = client.post(page, {"pasted": wrong})
    told = answer.content.decode()
    assert answer.status_code == 422
    assert 'scope="row">17<' in told
    assert "code = &quot;cold_home&quot;" in told
    good = io.BytesIO((NEXT + SCALE + NEW).replace('"2"', '"3"').encode("utf-8-sig"))
    good.name = "essai-3.toml"
    answer = client.post(page, {"file": good})
    told = answer.content.decode()
    assert answer.status_code == 200
    assert "essai-3.toml" in told
    assert "Un jardin ?" in told
    assert "De la version 2 à la version 3" in told
    assert sorted(path.name for path in shelf.iterdir()) == [
        f"{QUESTIONNAIRE}.toml",
        "essai-1.toml",
        "essai-2.toml",
    ], "nothing is stored"
    no_part = {"pasted": "sections = 5"}
    for posted in ({}, {"pasted": " "}, {"pasted": "x" * 200_001}, no_part):
        assert client.post(page, posted).status_code == 422
    crowded = client.post(page, {"pasted": LONG})
    assert (crowded.status_code, "ne tient pas en 1 page" in crowded.content.decode()) == (
        422,
        True,
    )
    odd = io.BytesIO("é".encode("latin-1"))
    odd.name = "odd.toml"
    assert "UTF-8" in client.post(page, {"file": odd}).content.decode()


@pytest.mark.django_db
def test_two_versions_are_compared_on_a_page_and_in_a_table(client, shelf):
    client.force_login(make_user(Role.MANAGER))
    page = reverse("surveys:questionnaire-compare")
    told = client.get(page, {"avant": "essai-1", "apres": "essai-2"}).content.decode()
    assert "De la version 1 à la version 2" in told
    answer = client.get(page, {"avant": "essai-1", "apres": "essai-2", "format": "csv"})
    rows = rows_of(b"".join(answer.streaming_content))
    assert {row["code"] for row in rows} == {
        "consent_visit",
        "cold_home",
        "ucla_isolated",
        "loose_rugs",
        "grab_bars",
    }
    assert client.get(page).status_code == 200
    assert client.get(page, {"avant": "../settings", "apres": "essai-2"}).status_code == 404


@pytest.mark.django_db
def test_every_file_of_a_version_opens_and_an_unknown_version_is_not_found(client):
    client.force_login(make_user(Role.MANAGER))
    listed = client.get(reverse("surveys:questionnaire-list")).content.decode()
    starts = {"codes": b"\xef\xbb\xbf", "paper": b"%PDF-", "xlsform": b"PK"}
    for name, start in starts.items():
        address = reverse(f"surveys:questionnaire-{name}", args=[QUESTIONNAIRE])
        assert address in listed
        answer = client.get(address)
        assert b"".join(answer.streaming_content).startswith(start)
        unknown = reverse(f"surveys:questionnaire-{name}", args=["inconnu"])
        assert client.get(unknown).status_code == 404


def test_the_command_says_what_is_wrong_by_line_and_what_changes(tmp_path, capsys, shelf):
    draft = tmp_path / "draft.toml"
    draft.write_text(GOOD.replace('title = "Essai"\n', ""), encoding="utf-8")
    with pytest.raises(CommandError, match="Ligne 1"):
        call_command("check_questionnaire", draft)
    draft.write_text(NEXT + SCALE, encoding="utf-8")
    call_command("check_questionnaire", draft, against="essai-1")
    told = capsys.readouterr().out
    assert "cold_home\u00a0: à regarder" in told
    assert "consent_visit" not in told
    with pytest.raises(CommandError, match="n’existe pas"):
        call_command("check_questionnaire", draft, against="rien")
    draft.write_text(LONG, encoding="utf-8")
    with pytest.raises(CommandError, match="ne tient pas en 1 page"):
        call_command("check_questionnaire", draft)
