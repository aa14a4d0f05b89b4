"""Dwellings without a key of the landlord: known again from one file to the next."""

import random

import pytest

from seniors.extract.rpls import same_address
from seniors.models import Dwelling, Residence
from tests.seniors.importing import csv_file, imported, numbers

pytestmark = pytest.mark.django_db

# As in the public file: no reference, several dwellings of one address.
ROW = {"DEPCOM": "01004", "LIBCOM": "Ambérieu-en-Bugey", "CODEPOSTAL": "01500", "NUMVOIE": "12",
       "TYPVOIE": "RUE", "NOMVOIE": "DES LILAS", "ETAGE": "RC", "NBPIECE": "3", "SURFHAB": "65",
       "DPEENERGIE": "D"}  # fmt: skip


def landed() -> list[tuple]:
    return sorted(Dwelling.objects.values_list("reference", "floor", "surface", "energy_class"))


def test_the_same_rows_in_another_order_change_nothing(tmp_path):
    rows = [ROW | {"SURFHAB": str(40 + n), "ETAGE": str(n % 3)} for n in range(9)]
    rows += [ROW, ROW, ROW]
    imported(csv_file(tmp_path / "a.csv", rows), "dwellings")
    before = landed()
    assert len(before) == 12
    for seed in range(3):
        random.Random(seed).shuffle(rows)
        run = imported(csv_file(tmp_path / "b.csv", rows), "dwellings")
        assert (numbers(run), landed()) == ((0, 0, 12, 0, 0), before)


def test_one_dwelling_of_an_address_that_changes_leaves_the_others(tmp_path):
    rows = [ROW | {"ETAGE": str(n)} for n in range(5)]
    imported(csv_file(tmp_path / "a.csv", rows), "dwellings")
    rows[2] |= {"DPEENERGIE": "F"}
    assert numbers(imported(csv_file(tmp_path / "b.csv", rows[::-1]), "dwellings"))[:2] == (0, 1)


def test_zeros_lost_and_words_shortened_are_the_same_dwelling(tmp_path):
    rows = [ROW, ROW | {"ETAGE": "R+2"}, ROW | {"ETAGE": "SS"}, ROW | {"ETAGE": "01"}]
    imported(csv_file(tmp_path / "a.csv", rows), "dwellings")
    again = [
        row | {"DEPCOM": "1004", "CODEPOSTAL": "1500", "TYPVOIE": "R", "LIBCOM": "AMBERIEU",
               "ETAGE": floor}
        for row, floor in zip(rows, ("0", "2.0", "-1", "1"), strict=True)
    ]  # fmt: skip
    run = imported(csv_file(tmp_path / "b.csv", again), "dwellings")
    assert (run.counts["new"], run.counts["gone"]) == (0, 0)
    assert (Dwelling.objects.count(), Residence.objects.count()) == (4, 1)


def test_two_long_addresses_that_begin_alike_are_two_dwellings(tmp_path):
    rows = [ROW | {"COMPLIDENT": "BATIMENT " + "A" * 150 + end} for end in ("1", "2")]
    assert numbers(imported(csv_file(tmp_path / "a.csv", rows), "dwellings"))[0] == 2


@pytest.mark.parametrize(
    ("text", "same"),
    [("12 R DES LILAS", "12 rue des lilas"), ("12 B Av. Foch", "12 b avenue foch"),
     ("3 bis BD Foch", "3 bis boulevard foch"), ("R", "r"), ("13 R", "13 r"), ("Altaïr", "altair")],
)  # fmt: skip
def test_an_address_is_the_same_with_its_type_shortened(text, same):
    assert same_address(text) == same
