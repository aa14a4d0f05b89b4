"""A landlord's year: files by command, scores, a published list, its papers, then new extracts."""

from datetime import date
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.urls import reverse
from openpyxl import load_workbook
from pypdf import PdfReader

from seniors.enums import Role
from seniors.extract.occupants import OccupantBatch
from seniors.fragility import store
from seniors.models import Objection, Observation, ScoreRun, Senior, Stay, Territory
from tests.make import make_user
from tests.seniors.importing import csv_file
from tests.surveys.make import CONSENTS, write_csv
from visits.models import VisitList

pytestmark = pytest.mark.django_db
NAMES = ("ABALAIN", "BODENES", "CARIOU", "DENIEL", "EVENO", "FLOCH", "GUEGUEN", "HELIES")
DWELLING = {
    "Référence logement": "", "Résidence": "", "Agence": "Brest", "N° voie": "3",
    "Voie": "rue de Siam", "Code postal": "29200", "Ville": "Brest", "Étage": "", "Ascenseur": "N",
}  # fmt: skip
OCCUPANT = {
    "N° locataire": "", "N° bail": "", "Référence logement": "", "Civilité": "MME", "Nom": "",
    "Prénom": "Anne", "Date naissance": "", "Date entrée": "01/03/1992", "Date sortie": "",
    "Motif sortie": "", "Type bail": "HABITATION",
}  # fmt: skip


def dwellings() -> list[dict]:
    """Ten homes of two residences of Brest, one of Quimper."""
    here = [
        DWELLING
        | {"Référence logement": f"L{n}", "Résidence": f"Ker {n // 5}", "Étage": str(n % 5)}
        for n in range(10)
    ]
    return [
        *here,
        DWELLING | {"Référence logement": "L99", "Résidence": "Odet", "Agence": "Quimper"},
    ]


def occupants() -> list[dict]:
    """Eight women of growing age, one per home, and one of Quimper."""
    here = [
        OCCUPANT
        | {"N° locataire": f"P{n}", "N° bail": f"B{n}", "Référence logement": f"L{n}"}
        | {"Nom": name, "Date naissance": f"17/05/{1955 - 3 * n}"}
        for n, name in enumerate(NAMES)
    ]
    away = {"N° locataire": "P99", "N° bail": "B99", "Référence logement": "L99", "Nom": "QUERE"}
    return [*here, OCCUPANT | away | {"Date naissance": "02/02/1930"}]


def answers() -> list[dict]:
    """Three replies: alone and falling, well, and no consent at all."""
    told = {"lonely": "4", "falls": "2"}
    return [
        {"reference": "P1"} | told | CONSENTS,
        {"reference": "P2", "lonely": "0", "falls": "0"} | CONSENTS,
        {"reference": "P3"} | told | CONSENTS | {"consent_visit": "non"},
    ]


def command(*args: object) -> str:
    out = StringIO()
    call_command(*map(str, args), stdout=out, stderr=out)
    return out.getvalue()


def bring(kind: str, path: Path, day: str) -> str:
    return command("import_extract", kind, path, "--date", day, "--apply")


@pytest.fixture
def published(tmp_path) -> VisitList:
    """The files of 24 November brought in, everyone scored, the list of the week published."""
    bring("dwellings", csv_file(tmp_path / "homes.csv", dwellings()), "2026-11-24")
    bring("occupants", csv_file(tmp_path / "people.csv", occupants()), "2026-11-24")
    command("open_campaign", "Enquête 2026", "--opened-on", "2026-10-01", "--apply")
    bring("answers", write_csv(tmp_path / "answers.csv", answers()), "2026-11-24")
    brest = Territory.objects.get(name="Brest")
    make_user(Role.OFFICER, brest, username="camille")
    make_user(Role.MANAGER, brest, username="manager")
    command("score_seniors", "--as-of", "2026-11-24")
    shares = ("--random-share", "0.25", "--silent-share", "0.5")
    period = ("2026-11-30", "2026-12-04", "--capacity", "4", *shares)
    command("propose_lists", *period, "--publish", "--by", "manager", "--apply")
    return VisitList.objects.get()


def propose_next_month() -> list[str]:
    """References of those proposed when everyone may be visited again."""
    command("score_seniors", "--as-of", "2026-12-20")
    period = ("2027-01-04", "2027-01-08", "--capacity", "20")
    command("propose_lists", *period, "--apply")
    made = VisitList.objects.order_by("starts_on").last()
    return sorted(made.entries.values_list("senior__reference", flat=True))


def frozen(visit_list: VisitList) -> list[dict]:
    return [*VisitList.objects.filter(pk=visit_list.pk).values(), *visit_list.entries.values()]


def test_page_workbook_and_paper_hold_the_same_people_in_the_same_order(client, published):
    client.force_login(published.officer)
    entries = list(published.entries.select_related("senior"))
    names = [entry.senior.full_name for entry in entries]
    assert len(names) == 4

    def get(name: str) -> bytes:
        answer = client.get(reverse(f"visits:{name}", args=[published.uid]))
        return answer.getvalue() if answer.streaming else answer.content

    page = get("list-show").decode()
    places = [page.index(name) for name in names]
    assert places == sorted(places)
    rows = list(load_workbook(BytesIO(get("list-workbook"))).active.values)
    where = {label: place for place, label in enumerate(rows[0])}
    assert [row[where["Locataire"]] for row in rows[1:]] == names
    assert [row[where["Motif"]] for row in rows[1:]] == [entry.reason for entry in entries]
    papers = [one.extract_text() for one in PdfReader(BytesIO(get("list-forms"))).pages]
    papers = [text.replace("\xa0", " ") for text in papers]
    places = [papers[0].index(name) for name in names]
    assert places == sorted(places)
    assert [name for text in papers[1::6] for name in names if name in text] == names
    parts = [papers[0][start:end] for start, end in zip(places, [*places[1:], None], strict=True)]
    for entry, part in zip(entries, parts, strict=True):
        assert entry.reason in page
        # The PDF reader gives no-break spaces back as plain ones.
        assert entry.paper_reason.replace("\xa0", " ") in " ".join(part.split())


def test_a_reply_without_consent_is_counted_and_nothing_of_it_is_kept(published):
    told = Observation.objects.values_list("senior__reference", flat=True)
    assert sorted(told) == ["P1", "P2"]
    scores = {one.senior.reference: one for one in ScoreRun.objects.get().scores.all()}
    assert store.values_of(scores["P1"])["falls"] == 2
    assert store.values_of(scores["P3"])["falls"] is None
    assert {ref for ref, one in scores.items() if one.silence is None} == {"P1", "P2", "P3"}


def test_after_a_second_extract_nobody_gone_is_proposed_and_history_is_kept(tmp_path, published):
    before = frozen(published)
    people = {row["N° locataire"]: row for row in occupants()}
    people["P4"] |= {"Date sortie": "02/12/2026", "Motif sortie": "DECES"}
    people["P5"] |= {"Référence logement": "L99", "N° bail": "B5b"}  # to Quimper
    people["P6"] |= {"Référence logement": "L9", "N° bail": "B6b"}  # up the stairs
    del people["P7"]
    bring("occupants", csv_file(tmp_path / "next.csv", list(people.values())), "2026-12-10")
    Objection.objects.create(
        senior=Senior.objects.get(reference="P0"), since=date(2026, 12, 11), reason="non merci"
    )
    assert propose_next_month() == ["P1", "P2", "P3", "P6"]
    stays = Stay.objects.order_by("senior__reference")
    assert list(stays.values_list("senior__reference", "dwelling__reference", "end")) == [
        ("P4", "L4", "died"),
        ("P5", "L5", "moved"),
        ("P6", "L6", "moved"),
        ("P7", "L7", "left"),
    ]
    assert Senior.objects.count() == 9
    assert Observation.objects.count() == 2
    assert frozen(published) == before


def test_an_apply_cut_in_the_middle_changes_nothing_and_the_same_file_then_passes(
    tmp_path, published, monkeypatch
):
    people = occupants()
    people[4] |= {"Date sortie": "02/12/2026", "Motif sortie": "DECES"}
    people[5] |= {"Nom": "LE FLOCH"}
    path = csv_file(tmp_path / "next.csv", people)
    before = list(Senior.objects.order_by("pk").values())

    def cut(self, write: bool) -> dict:
        raise SystemExit

    with monkeypatch.context() as cutting:
        cutting.setattr(OccupantBatch, "finish", cut)
        with pytest.raises(SystemExit):
            bring("occupants", path, "2026-12-10")
    assert list(Senior.objects.order_by("pk").values()) == before
    bring("occupants", path, "2026-12-10")
    assert Senior.objects.get(reference="P5").last_name == "LE FLOCH"
    assert Senior.objects.get(reference="P4").end == "died"
    assert "P4" not in propose_next_month()
