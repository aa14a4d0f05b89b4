"""Exports: what is in the archive, who is not, and what the code book says of it."""

import hashlib
import io
import json
from datetime import date, timedelta
from uuid import uuid4

import pandas as pd
import pytest
from django.utils import timezone
from openpyxl import load_workbook

from seniors.enums import ConsentKind, Role, Source
from seniors.fragility.items import ITEMS
from seniors.models import Objection, Stay
from seniors.observe import record
from tests.make import make_dwelling, make_senior, make_user
from tests.visits.acting import make_action
from tests.visits.releasing import (
    YEAR,
    consent,
    make_convention,
    make_release,
    make_stock,
    opened,
    tell,
)
from tests.visits.test_works_money import bill
from visits.acting.follow_up import move
from visits.enums import ReleaseState, State
from visits.models import Release, Visit
from visits.releasing import choosing, codebook, content, making, people_rows, rows, tables
from visits.releasing.codebook import CodeBookRefusal, code_book

pytestmark = pytest.mark.django_db


def csv_of(data: bytes) -> pd.DataFrame:
    """A file of the archive, as text; what is hidden is empty."""
    return pd.read_csv(
        io.BytesIO(data), sep=";", dtype=str, keep_default_na=False, encoding="utf-8-sig"
    )


def test_the_columns_are_those_of_the_code_book_in_its_order():
    """The same columns each year: to change one, change the code book and its version."""
    make_stock()
    files = opened(make_release()) | opened(make_release("rows"))
    for name in ("indicateurs", "actions", "travaux", "personnes"):
        expected = [column.name for column in code_book().of(name)]
        assert csv_of(files[f"{name}.csv"]).columns.tolist() == expected
    names = [(one.file, one.name) for one in code_book().columns]
    assert len(names) == len(set(names))
    digest = hashlib.sha256(repr(names).encode()).hexdigest()[:12]
    assert (code_book().version, len(names), digest) == ("2026.3", 180, "637c006d84dc")


def test_the_code_book_describes_each_item_and_its_values():
    of = {column.name: column for column in code_book().of("personnes")}
    for code, item in ITEMS.items():
        assert sorted(of[code].values) == [str(n) for n in range(item.low, item.high + 1)], code
        assert of[code].sensitive == item.sensitive
        assert of[f"{code}_mois"].type == "month"
    assert all(column.definition and column.source for column in code_book().columns)


def test_every_value_of_a_category_is_in_the_code_book():
    for senior in make_stock():
        consent(senior, ConsentKind.HEALTH)
        tell(senior, falls=1, bathing=3, goes_out=2)
    found = csv_of(opened(make_release("rows"))["personnes.csv"])
    for column in code_book().of("personnes"):
        if column.type == "category":
            assert set(found[column.name]) <= {*column.values, ""}, column.name


def test_nothing_is_written_when_the_code_book_no_longer_matches(monkeypatch):
    make_stock()
    book = code_book()
    shorter = codebook.CodeBook("x", tuple(one for one in book.columns if one.name != "taux"))
    monkeypatch.setattr(tables, "code_book", lambda: shorter)
    release = make_release()
    assert release.state == ReleaseState.FAILED
    assert "taux" in release.manifest["error"]
    assert "Aucun fichier n’a été écrit" in release.manifest["error"]
    with pytest.raises(CodeBookRefusal):
        shorter.check("indicateurs", [one.name for one in book.of("indicateurs")])


def test_tables_have_denominators_and_count_people_who_were_not_visited():
    make_stock(120)
    found = csv_of(opened(make_release())["indicateurs.csv"])
    whole = found[(found["territoire"] == "Ensemble") & (found["tranche_age"] == "Ensemble")
                  & (found["sexe"] == "Ensemble") & (found["gir"] == "Ensemble")]  # fmt: skip
    whole = whole.set_index("indicateur")
    assert whole.loc["people", "effectif"] == "120"
    visited = whole.loc["visited", ["effectif", "effectif_denominateur", "taux"]]
    assert visited.tolist() == ["40", "120", "33,3"]
    assert set(found["gir"]) == {"Ensemble", "1-4", "5-6", "non déclaré"}


def test_tables_hide_small_groups_and_say_how_many():
    make_stock(120)
    Visit.objects.filter(pk__in=Visit.objects.values("pk")[6:]).delete()
    release = make_release()
    found = csv_of(opened(release)["indicateurs.csv"])
    small = [int(n) for n in found["effectif"] if n and 0 < int(n) < 11]
    assert small == []
    assert (found[found["effectif"] == ""]["masque"] == "oui").all()
    told = dict(release.manifest["bilan"])
    assert told["Seuil"] == "11 personnes"
    assert int(told["Effectifs diffusés"]) < int(told["Effectifs calculés"])


def test_the_manifest_names_every_file_with_its_checksum():
    make_stock()
    release = make_release()
    files = opened(release)
    manifest = json.loads(files["manifeste.json"])
    for one in manifest["fichiers"]:
        assert hashlib.sha256(files[one["name"]]).hexdigest() == one["sha256"]
    assert {one["name"] for one in manifest["fichiers"]} == files.keys() - {"manifeste.json"}
    assert manifest["destinataire"] == "Carsat Bretagne"
    assert manifest["hypotheses"]
    assert manifest["definitions"]["indicateurs.effectif"]
    assert "cells" not in manifest  # what is remembered stays here


def test_csv_opens_in_a_french_spreadsheet_and_no_cell_is_a_formula():
    people = make_stock()
    territory = people[0].dwelling.residence.territory
    territory.name = "=1+1"
    territory.save()
    for kind in ("tables", "rows"):
        files = opened(make_release(kind))
        for name, data in files.items():
            if name.endswith(".csv"):
                assert data.startswith(b"\xef\xbb\xbf")
                assert not csv_of(data).map(lambda cell: cell.startswith("=")).any(axis=None)
        book = load_workbook(io.BytesIO(files["classeur.xlsx"]))
        cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
        assert [cell.coordinate for cell in cells if cell.data_type == "f"] == []
        assert book.sheetnames[-2:] == ["Livre des codes", "Bilan"]


def test_the_workbook_and_the_csv_say_the_same():
    make_stock(120)
    files = opened(make_release())
    told = csv_of(files["indicateurs.csv"])
    sheet = list(load_workbook(io.BytesIO(files["classeur.xlsx"]))["Indicateurs"].values)
    assert list(sheet[0]) == told.columns.tolist()
    place = sheet[0].index("effectif")
    assert ["" if row[place] is None else str(row[place]) for row in sheet[1:]] == (
        told["effectif"].tolist()
    )


def test_only_who_agrees_to_the_evaluation_and_does_not_object_has_a_row():
    people, others = (everyone := make_stock(240, agree=False))[:120], everyone[120:]
    for senior in people:
        consent(senior, ConsentKind.EVALUATION)
    consent(people[0], ConsentKind.EVALUATION, given=False, days=1)
    Objection.objects.create(senior=people[1], since=timezone.localdate(), reason="Non")
    chosen = choose()
    absent = {people[0].pk, people[1].pk, *(one.pk for one in others)}
    assert set(chosen.pseudonyms.index).isdisjoint(absent)
    assert (chosen.housed, len(chosen.pseudonyms)) == (240, 118)


def choose(k: int = 11):
    """The people of this year's file."""
    span = content.Span.of(YEAR, timezone.localdate())
    return choosing.choose(span, secret="s", convention="c", memory=None, k=k)


def test_items_on_health_and_replies_obey_their_own_consents():
    everyone = make_stock(144, of=2)
    people = [one for number, one in enumerate(everyone) if number // 12 % 2 == 0]
    for number, senior in enumerate(people):
        consent(senior, ConsentKind.HEALTH)
        tell(senior, falls=2, bathing=3)
        if number % 2:
            consent(senior, ConsentKind.HEALTH, given=False, days=1)
    consent(people[0], ConsentKind.VISIT, given=False, days=1)
    chosen = choose()
    span = content.Span.of(YEAR, timezone.localdate())
    found = pd.concat(people_rows.frames(chosen, span))
    assert len(found) == 72
    assert found["falls"].notna().sum() == 35
    assert found["bathing"].notna().sum() == 71
    assert found.loc[people[1].pk, "falls_mois"] == ""
    assert found.loc[people[2].pk, "falls_mois"] == f"{timezone.localdate():%Y-%m}"


def test_rows_hold_no_day_no_name_and_stand_in_groups():
    people = make_stock(144, of=2)
    files = opened(make_release("rows"))
    found = csv_of(files["personnes.csv"])
    known = found[["tranche_age", "sexe", "territoire", "menage", "etage"]]
    assert len(found) == 72
    assert known.value_counts().min() >= 11
    # The workbook, packed, may hold any two letters; `test_evaluator` unpacks it.
    texts = [data.decode() for name, data in files.items() if not name.endswith(".xlsx")]
    everything = "".join(texts)
    for senior in people[:3]:
        for told in (senior.last_name, senior.first_name, senior.reference, str(senior.uid),
                     senior.mobile, senior.dwelling.street, senior.dwelling.reference):  # fmt: skip
            assert told not in everything
    days = found.map(lambda cell: len(cell) == 10 and cell[4:8:3] == "--")
    assert not days.any(axis=None)


def test_rows_of_two_years_are_joined_by_pseudonym_for_one_recipient_only():
    make_stock(60)
    convention = make_convention()
    first = csv_of(opened(make_release("rows", convention=convention))["personnes.csv"])
    second = csv_of(opened(make_release("rows", convention=convention))["personnes.csv"])
    other = csv_of(opened(make_release("rows"))["personnes.csv"])
    assert set(first["pseudonyme"]) == set(second["pseudonyme"])
    assert set(first["pseudonyme"]).isdisjoint(other["pseudonyme"])


def test_the_report_of_rows_says_what_was_lost():
    make_stock(144, of=2)
    told = dict(make_release("rows").manifest["bilan"])
    assert told["Lignes du fichier"] == "72 (50,0\u00a0%)"
    assert told["Lignes écartées pour qu’aucun petit groupe ne se déduise"] == "peu, ou non diffusé"
    assert "Caractéristiques rendues moins précises" in told
    diversity = [said for label, said in told.items() if label.startswith("Diversité de")]
    # Of what nobody was asked.
    assert "sans objet\u00a0: ce n’est connu de personne dans ce fichier" in diversity
    assert not any("au moins 0" in said for said in diversity)


def test_works_stand_as_of_the_day_of_observation_whenever_the_file_is_made():
    """Asked for in November; in March of the year after, all are done and billed, one having been
    done, and taken up again, before."""
    by, day, later = make_user(Role.ADMINISTRATOR), date(YEAR - 2, 11, 2), date(YEAR - 1, 3, 2)
    people = make_stock(48, of=2)
    works = [make_action("shower", State.REQUESTED, senior=one, by=by, on=day) for one in people]
    for one in works[:13]:
        one = move(one, State.UNDER_WAY, on=day, by=by)
        one = move(one, State.DONE, on=day + timedelta(days=10), by=by)
        bill(one, by, billed_on=day + timedelta(days=10))

    def told() -> tuple[list, pd.DataFrame]:
        files = opened(make_release(year=day.year)) | opened(make_release("rows", year=day.year))
        line = csv_of(files["travaux.csv"]).set_index("action").loc[works[0].kind.label]
        people = csv_of(files["personnes.csv"]).set_index("pseudonyme")
        columns = ["actions_adaptation", "faites_adaptation", "delai_adaptation"]
        return [files["actions.csv"], *line], people[columns].value_counts()

    before, rows_before = told()
    assert before[2:6] == ["48", "13", "13", "13000"]
    for one in works[13:]:
        one = move(one, State.UNDER_WAY, on=later, by=by)
        one = move(one, State.DONE, on=later, by=by)
        bill(one, by, billed_on=later)
    move(works[0], State.UNDER_WAY, on=later, by=by, note="Mur porteur")
    bill(works[1], by, number="Suite", billed_on=later)
    after, rows_after = told()
    assert after == before
    assert rows_after.equals(rows_before)


@pytest.mark.parametrize("days", [0, 1])
def test_a_second_export_of_the_year_does_not_tell_who_was_visited_meanwhile(days):
    """Thirty were visited, then three more: the difference would be a group of three, of another
    day or of the same one, as two exports of a past year are."""
    people = make_stock(90)
    first = make_release()
    assert cell(first, "visited") == 30
    made = {one.senior_id for one in Visit.objects.all()}
    for senior in [one for one in people if one.pk not in made][:3]:
        Visit.objects.create(senior=senior, made_on=timezone.localdate(), outcome="done")
    first.manifest["date_d_observation"] = f"{timezone.localdate() - timedelta(days=days)}"
    first.save()
    second = make_release(convention=make_convention(recipient="CNAV"))
    if timezone.localdate() > date(YEAR, 1, 1):
        assert cell(second, "visited") is None
        assert cell(second, "people") == 90


def test_the_next_year_does_not_tell_of_three_newcomers_but_gives_a_balance():
    """93 people after 90, when nobody left, would be a group of three; with a departure, no."""
    people = make_stock(90)
    territory = people[0].dwelling.residence.territory
    territory.name = "Brest | Nord"  # no name is taken for two columns
    territory.save()
    first = make_release()
    first.manifest["date_d_observation"] = f"{YEAR - 1}-12-31"
    first.save()
    for senior in people[:3]:
        told = {"sex": senior.sex, "housed_since": timezone.localdate()}
        make_senior(make_dwelling(senior.dwelling.residence), born_on=senior.born_on, **told)
    assert cell(make_release(), "people") is None
    Release.objects.exclude(pk=first.pk).delete()
    gone = people[3]
    Stay.objects.create(
        senior=gone, dwelling=gone.dwelling, until=timezone.localdate(), end=Stay.End.LEFT
    )
    gone.dwelling, gone.ended_on, gone.end = None, timezone.localdate(), "left"
    gone.save()
    assert cell(make_release(), "people") == 92


def test_the_gir_is_that_which_she_declared_with_her_consent_and_few_are_hidden():
    people = make_stock(144, of=2)
    for number, senior in enumerate(people[:60]):
        if number < 50:
            consent(senior, ConsentKind.HEALTH)
        declared = {"source": Source.OFFICER, "observed_on": timezone.localdate()}
        values = {"gir": 2 if number < 3 else 5}
        record(senior, uid=uuid4(), values=values, **declared)
    found = csv_of(opened(make_release())["indicateurs.csv"])
    girs = found[found["gir"] != "Ensemble"].set_index("gir")["effectif"]
    # 3 are too few; 47 would tell them, with the 144 of the whole, were the others not hidden.
    assert girs["1-4"] == ""
    assert sorted(girs) != ["", "47", "94"]
    span = content.Span.of(YEAR, timezone.localdate())
    rows_of = pd.concat(people_rows.frames(choose(), span))["gir"]
    told = {one.pk: "1-4" if at < 3 else "5-6" for at, one in enumerate(people[:50])}
    assert rows_of.to_dict() == {one: told.get(one, "non déclaré") for one in rows_of.index}
    assert set(rows_of) == {"1-4", "5-6", "non déclaré"}


def cell(release, measure: str) -> int | None:
    """What an export gave of everyone."""
    told = csv_of(opened(release)["indicateurs.csv"])
    whole = (told[["territoire", "tranche_age", "sexe", "gir"]] == "Ensemble").all(axis=1)
    found = told[whole & (told["indicateur"] == measure)]["effectif"].item()
    return int(found) if found else None


@pytest.mark.parametrize(
    ("left_out", "absent", "said"),
    [
        (0, 300, "peu, ou non diffusé"),
        (45, 300, "au moins 44"),
        (298, 300, "au moins 275"),  # two said no: told, it would be a group of two
        (13, 15, "peu, ou non diffusé"),
    ],
)
def test_the_report_does_not_tell_that_few_said_no(left_out, absent, said):
    assert making._at_least(left_out, absent, 11) == said


def test_rows_that_stand_out_are_few_and_counted():
    make_stock(60)
    chosen = choose()
    assert rows.classes_of(chosen.columns).value_counts().min() >= 11
