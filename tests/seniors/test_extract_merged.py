"""Files that still hold the number of a record merged into another."""

from datetime import date

import pytest

from seniors import merge
from seniors.models import Merge, Senior, Stay
from tests.make import make_dwelling, make_residence, make_user
from tests.seniors.importing import csv_file, imported, numbers, previewed

pytestmark = pytest.mark.django_db
LATER = date(2026, 12, 8)

FIRST = {
    "N° locataire": "P1", "N° bail": "B1", "Code UG": "L1", "Civilité": "MME", "Nom": "LE GOFF",
    "Prénom": "Jeanne", "Date naissance": "17/05/1940", "Tél. fixe": "0298000001",
    "Date entrée": "01/03/1992", "Date sortie": "", "Motif sortie": "", "Type bail": "HABITATION",
}  # fmt: skip
SECOND = FIRST | {"N° locataire": "P2", "N° bail": "B2", "Code UG": "L2"}
OTHER = FIRST | {"N° locataire": "P3", "N° bail": "B3", "Code UG": "L3", "Nom": "ABGRALL"}


@pytest.fixture(autouse=True)
def homes():
    residence = make_residence()
    return [make_dwelling(residence, reference=f"L{number}") for number in (1, 2, 3, 4)]


@pytest.fixture
def joined(tmp_path) -> tuple[Senior, Senior]:
    """(kept P1, absorbed P2), as a file brought them in and a manager joined them."""
    imported(csv_file(tmp_path / "start.csv", [FIRST, SECOND, OTHER]), "occupants")
    kept, absorbed = Senior.objects.filter(reference__in=["P1", "P2"]).order_by("reference")
    merge.merge(kept, absorbed, {"home": "kept"}, by=make_user())
    return kept, absorbed


def bring(tmp_path, *rows, day=LATER):
    return imported(csv_file(tmp_path / "next.csv", list(rows)), "occupants", day=day)


def stored(senior: Senior) -> dict:
    return Senior.objects.filter(pk=senior.pk).values().get()


def test_both_numbers_in_one_file_are_one_person_and_nothing_changes(tmp_path, joined):
    before = [stored(one) for one in joined]
    assert numbers(bring(tmp_path, FIRST, SECOND, OTHER)) == (0, 0, 3, 0, 0)
    assert [stored(one) for one in joined] == before


def test_the_absorbed_number_alone_updates_the_record_kept(tmp_path, joined):
    kept, absorbed = joined
    before = stored(absorbed)
    moved = SECOND | {"Code UG": "L4", "N° bail": "B4", "Tél. fixe": "0298000009"}
    run = bring(tmp_path, moved, OTHER)
    assert numbers(run) == (0, 1, 1, 0, 0)
    assert run.samples["changed"][0]["what"] == "LE GOFF Jeanne"
    kept.refresh_from_db()
    assert (kept.dwelling.reference, kept.phone) == ("L4", "0298000009")
    assert list(Stay.objects.values_list("senior", "dwelling__reference")) == [(kept.pk, "L1")]
    assert stored(absorbed) == before
    assert Senior.objects.count() == 3
    assert numbers(bring(tmp_path, moved, OTHER)) == (0, 0, 2, 0, 0)


def test_a_preview_writes_nothing_on_the_record_kept(tmp_path, joined):
    before = [stored(one) for one in joined]
    moved = csv_file(tmp_path / "next.csv", [SECOND | {"Code UG": "L4"}, OTHER])
    assert numbers(previewed(moved, "occupants", day=LATER)) == (0, 1, 1, 0, 0)
    assert [stored(one) for one in joined] == before


def test_a_death_told_under_the_absorbed_number_closes_the_record_kept(tmp_path, joined):
    kept, absorbed = joined
    died = SECOND | {"Date sortie": "02/12/2026", "Motif sortie": "DECES"}
    bring(tmp_path, died, OTHER)
    kept.refresh_from_db()
    assert (kept.dwelling, kept.end, kept.ended_on) == (None, "died", date(2026, 12, 2))
    assert Senior.objects.get(pk=absorbed.pk).merged_into == kept


def test_who_left_and_comes_back_under_the_absorbed_number_is_the_same_person(tmp_path, joined):
    kept, _ = joined
    bring(tmp_path, OTHER)
    assert Senior.objects.get(pk=kept.pk).end == "left"
    bring(tmp_path, SECOND, OTHER, day=date(2027, 1, 8))
    kept.refresh_from_db()
    assert (kept.dwelling.reference, kept.end) == ("L2", "")
    assert Senior.objects.housed().count() == 2


def test_files_without_numbers_know_her_by_either_lease(tmp_path):
    rows = [row | {"N° locataire": ""} for row in (FIRST, SECOND, OTHER)]
    rows[1] |= {"Tél. fixe": "0298000002"}
    start = csv_file(tmp_path / "start.csv", rows)
    # Two leases of one name and birth: two records until someone judges.
    imported(start, "occupants")
    kept, absorbed = Senior.objects.filter(last_name="LE GOFF").order_by("lease_reference")
    merge.merge(kept, absorbed, {"home": "kept", "phone": "kept"}, by=make_user())
    assert numbers(bring(tmp_path, *rows)) == (0, 0, 3, 0, 0)
    rows[1] |= {"Tél. fixe": "0298000003"}
    assert numbers(bring(tmp_path, *rows[1:], day=date(2027, 1, 8))) == (0, 1, 1, 0, 0)
    kept.refresh_from_db()
    assert (kept.dwelling.reference, kept.phone) == ("L2", "0298000003")
    assert Senior.objects.count() == 3


def test_undo_after_an_import_leaves_what_it_told_and_parts_the_rest(tmp_path, joined):
    kept, absorbed = joined
    bring(tmp_path, SECOND | {"Tél. fixe": "0298000009"}, OTHER)
    merge.undo(Merge.objects.get(), by=make_user())
    assert Senior.objects.get(pk=kept.pk).phone == "0298000009"
    bring(tmp_path, FIRST, SECOND, OTHER, day=date(2027, 1, 8))
    assert [
        (one.dwelling.reference, one.phone)
        for one in Senior.objects.filter(pk__in=[kept.pk, absorbed.pk]).order_by("reference")
    ] == [("L1", "0298000001"), ("L2", "0298000001")]
