"""Dwellings: the RPLS as it is, other landlords' files, what is refused, what is gone."""

from datetime import date
from pathlib import Path

import pytest

from seniors.models import Dwelling, Residence, Territory
from tests.seniors.importing import csv_file, imported, numbers, previewed, refusals_of

pytestmark = pytest.mark.django_db

RPLS = {
    "IDENT_REP": "29100000101", "IDENT_INT": "L1", "DEPCOM": "29019", "CODEPOSTAL": "29200",
    "LIBCOM": "BREST", "NUMVOIE": "12", "INDREP": "B", "TYPVOIE": "RUE", "NOMVOIE": "DE SIAM",
    "NUMAPPT": "4", "ESC": "A", "ETAGE": "RC", "BAT": "B", "IMMEU": "", "COMPLGEO":
    "APT N.4 RESIDENCE KER ANNA", "LIEUDIT": "", "QPV": "2", "TYPECONST": "C", "NBPIECE": "3",
    "SURFHAB": "64.0", "CONSTRUCT": "1974", "DPEDATE": "06/2021", "DPEENERGIE": "F", "MODE": "1",
    "LOYERPRINC": "445,84", "X": "146000", "Y": "6837000", "EPSG": "2154",
}  # fmt: skip


def rpls(tmp_path: Path, *changes: dict, name: str = "rpls.csv", **kwargs) -> Path:
    rows = [RPLS | {"IDENT_INT": f"L{number}"} | change for number, change in enumerate(changes, 1)]
    return csv_file(tmp_path / name, rows, **kwargs)


def test_an_rpls_row_is_understood_as_it_is(tmp_path):
    imported(rpls(tmp_path, {}), "dwellings")
    home = Dwelling.objects.get()
    assert (home.reference, home.rpls_id, home.insee_code) == ("L1", "29100000101", "29019")
    assert (home.address_line, home.city_line) == ("12 B RUE DE SIAM", "29200 BREST")
    assert (home.building, home.stair, home.door, home.floor) == ("B", "A", "4", 0)
    assert (home.in_priority_district, home.is_collective) == (False, True)
    assert (home.rooms, home.surface, home.built_in, home.rent) == (3, 64.0, 1974, 445.84)
    assert (home.energy_class, home.energy_on) == ("F", date(2021, 6, 1))
    assert home.mode == Dwelling.Mode.LET
    assert (round(home.latitude, 1), round(home.longitude, 1)) == (48.4, -4.5)
    assert (home.residence.name, home.residence.territory.name) == ("KER ANNA", "BREST")
    assert home.has_lift is None


def test_codes_for_missing_stay_unknown(tmp_path):
    missing = {"ETAGE": "", "QPV": "NA", "TYPECONST": "", "NBPIECE": "NC", "SURFHAB": "",
               "CONSTRUCT": "0", "DPEDATE": "01/1900", "DPEENERGIE": "Z", "MODE": "",
               "LOYERPRINC": "9999", "X": "", "Y": ""}  # fmt: skip
    imported(rpls(tmp_path, missing), "dwellings")
    home = Dwelling.objects.get()
    names = ("floor", "in_priority_district", "is_collective", "rooms", "surface", "built_in",
             "energy_on", "mode", "rent", "latitude", "longitude")  # fmt: skip
    assert {getattr(home, name) for name in names} == {None}
    assert home.energy_class == ""


@pytest.mark.parametrize(
    "change",
    [
        {"name": "lower", "headings": str.lower},
        {"name": "code", "headings": lambda name: f"{name}_CODE" if name == "QPV" else name},
    ],
)
def test_headings_in_lower_case_or_with_code_are_the_same(tmp_path, change):
    row = {change["headings"](name): cell for name, cell in RPLS.items()}
    imported(csv_file(tmp_path / "a.csv", [row], encoding="iso-8859-1"), "dwellings")
    assert Dwelling.objects.get().in_priority_district is False


def test_a_file_without_key_is_known_by_its_address(tmp_path):
    rows = [
        {name: cell for name, cell in (RPLS | change).items() if not name.startswith("IDENT")}
        for change in ({}, {"NUMAPPT": "5"}, {"NUMAPPT": "5", "SURFHAB": "70"})
    ]
    path = csv_file(tmp_path / "a.csv", rows)
    assert numbers(imported(path, "dwellings")) == (3, 0, 0, 0, 0)
    assert numbers(imported(path, "dwellings")) == (0, 0, 3, 0, 0)


def test_the_public_file_of_narbonne_comes_in_whole(tmp_path):
    path = Path(__file__).parents[1] / "data" / "rpls_narbonne_extrait.csv"
    run = imported(path, "dwellings")
    assert numbers(run) == (400, 0, 0, 0, 0)
    assert Territory.objects.get().name == "NARBONNE"
    assert Residence.objects.filter(name="SAN MIGUEL").exists()
    assert numbers(imported(path, "dwellings")) == (0, 0, 400, 0, 0)


def test_a_surface_summed_over_several_dwellings_is_unknown(tmp_path):
    rows = [RPLS | {"nb": "2.0", "SURFHAB": "130"}]
    imported(csv_file(tmp_path / "a.csv", rows), "dwellings")
    assert Dwelling.objects.get().surface is None


def test_an_implausible_value_is_unknown_and_counted(tmp_path):
    run = imported(rpls(tmp_path, {"SURFHAB": "1.1144e+006", "NBPIECE": "77"}), "dwellings")
    home = Dwelling.objects.get()
    assert (home.surface, home.rooms, run.counts["implausible"]) == (None, None, 2)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"MODE": "7"}, "Occupation\u00a0: code «\u00a07\u00a0» inconnu"),
        ({"TYPECONST": "Q"}, "Individuel ou collectif\u00a0: code «\u00a0Q\u00a0» inconnu"),
        ({"DPEENERGIE": "H"}, "Classe DPE\u00a0: code «\u00a0H\u00a0» inconnu"),
        ({"ETAGE": "grenier"}, "Étage\u00a0: étage illisible"),
        ({"DEPCOM": "20004"}, "code INSEE de commune impossible"),
        ({"DPEDATE": "31/02/2020"}, "cette date n’existe pas"),
        ({"SURFHAB": "=2*30"}, "nombre illisible"),
        ({"NOMVOIE": "=cmd|x"}, "commence par «\u00a0=\u00a0»"),
        ({"NOMVOIE": "@x"}, "commence par «\u00a0@\u00a0»"),
        ({"IDENT_INT": ""}, "Référence du logement\u00a0: vide"),
        ({"BAT": "2 40 05 29 019 005 35"}, "numéro de sécurité sociale"),
    ],
)
def test_a_bad_row_is_refused_with_its_reason_and_the_others_pass(tmp_path, change, reason):
    run = imported(rpls(tmp_path, {}, change), "dwellings")
    assert numbers(run) == (1, 0, 0, 0, 1)
    ((line, told),) = refusals_of(run)
    assert line == "3"
    assert reason in told


def test_a_dwelling_without_residence_is_refused(tmp_path):
    rows = [{"UG": "L1", "Résidence": "Ker Anna"}, {"UG": "L2", "Résidence": ""}]
    run = imported(csv_file(tmp_path / "a.csv", rows), "dwellings")
    assert numbers(run) == (1, 0, 0, 0, 1)
    assert "logement sans résidence" in refusals_of(run)[0][1]


def test_two_rows_of_one_identifier_are_both_refused_when_they_differ(tmp_path):
    path = rpls(tmp_path, {}, {"IDENT_INT": "X"}, {"IDENT_INT": "X", "NBPIECE": "5"})
    run = imported(path, "dwellings")
    assert numbers(run) == (1, 0, 0, 0, 2)
    assert [line for line, _ in refusals_of(run)] == ["3", "4"]
    assert {"contenu différent" in reason for _, reason in refusals_of(run)} == {True}


def test_a_row_repeated_counts_once(tmp_path):
    run = imported(rpls(tmp_path, {"IDENT_INT": "X"}, {"IDENT_INT": "X"}), "dwellings")
    assert numbers(run) == (1, 0, 0, 0, 0)
    assert run.counts["doubled"] == 1


def test_a_line_of_totals_is_not_a_dwelling(tmp_path):
    rows = [{"UG": "L1", "Résidence": "Ker Anna", "Surface": "60", "Loyer": "300"},
            {"UG": "TOTAL", "Résidence": "", "Surface": "60", "Loyer": ""}]  # fmt: skip
    assert numbers(imported(csv_file(tmp_path / "a.csv", rows), "dwellings")) == (1, 0, 0, 0, 0)


def test_another_landlords_headings_are_proposed(tmp_path):
    row = {"Code UG": "0012", "Résidence": "Ker Anna", "Agence": "Brest Rive Droite",
           "Adresse": "12 bis rue de Siam", "CP": "29200", "Ville": "Brest", "Étage": "R+3",
           "Ascenseur": "Oui", "Type": "T3 bis", "Surface": "64,5 m²", "Adapté": "N"}  # fmt: skip
    imported(csv_file(tmp_path / "a.csv", [row], encoding="cp1252"), "dwellings")
    home = Dwelling.objects.get()
    assert (home.reference, home.street_number, home.street) == ("0012", "12 bis", "rue de Siam")
    assert (home.floor, home.has_lift, home.rooms, home.surface) == (3, True, 3, 64.5)
    assert (home.is_adapted, home.residence.territory.name) == (False, "Brest Rive Droite")


def test_figures_of_an_unknown_rule_are_asked_and_then_used(tmp_path):
    rows = [RPLS | {"PMR": "1"}, RPLS | {"IDENT_INT": "L2", "PMR": "2"}]
    path = csv_file(tmp_path / "b.csv", rows)
    run = imported(path, "dwellings")
    assert run.counts["unread"] == 2
    assert set(Dwelling.objects.values_list("is_accessible", flat=True)) == {None}
    run = imported(path, "dwellings", values={"is_accessible": {"1": "1", "2": "0"}})
    assert numbers(run) == (0, 2, 0, 0, 0)
    answers = Dwelling.objects.order_by("reference").values_list("is_accessible", flat=True)
    assert list(answers) == [True, False]


def test_the_preview_says_what_changes_and_writes_nothing(tmp_path):
    imported(rpls(tmp_path, {}, {}), "dwellings")
    run = previewed(rpls(tmp_path, {}, {"ETAGE": "2"}, {}, name="b.csv"), "dwellings")
    assert numbers(run) == (1, 1, 1, 0, 0)
    (sample,) = run.samples["changed"]
    assert sample["changes"] == [{"label": "étage", "before": "0", "after": "2"}]
    assert Dwelling.objects.count() == 2
    assert Dwelling.objects.get(reference="L2").floor == 0


def test_a_column_that_the_file_does_not_have_leaves_what_is_known(tmp_path):
    imported(rpls(tmp_path, {}), "dwellings")
    Dwelling.objects.update(has_lift=True)
    imported(rpls(tmp_path, {"ETAGE": "4"}, name="b.csv"), "dwellings")
    assert (Dwelling.objects.get().has_lift, Dwelling.objects.get().floor) == (True, 4)


def many(tmp_path, agencies, name, size=40):
    rows = [
        {"UG": f"{agency}{n}", "Résidence": f"R{agency}", "Agence": agency}
        for agency, count in agencies.items()
        for n in range(count)
    ]
    return csv_file(tmp_path / name, rows)


def test_an_absent_dwelling_is_closed_and_comes_back(tmp_path):
    imported(many(tmp_path, {"Brest": 40}, "a.csv"), "dwellings")
    run = imported(many(tmp_path, {"Brest": 38}, "b.csv"), "dwellings", day=date(2026, 12, 1))
    assert numbers(run) == (0, 0, 38, 2, 0)
    closed = Dwelling.objects.exclude(gone_on=None)
    assert set(closed.values_list("reference", "gone_on")) == {
        ("Brest38", date(2026, 12, 1)), ("Brest39", date(2026, 12, 1)),
    }  # fmt: skip
    run = imported(many(tmp_path, {"Brest": 40}, "c.csv"), "dwellings")
    assert numbers(run) == (0, 2, 38, 0, 0)
    assert not Dwelling.objects.exclude(gone_on=None).exists()


def test_a_file_of_one_agency_closes_nothing_elsewhere(tmp_path):
    imported(many(tmp_path, {"Brest": 20, "Quimper": 20}, "a.csv"), "dwellings")
    run = imported(many(tmp_path, {"Brest": 19}, "b.csv"), "dwellings")
    assert numbers(run) == (0, 0, 19, 1, 0)


def test_too_many_absent_dwellings_wait_for_a_word(tmp_path):
    imported(many(tmp_path, {"Brest": 40}, "a.csv"), "dwellings")
    part = many(tmp_path, {"Brest": 20}, "b.csv")
    run = imported(part, "dwellings")
    assert (run.counts["gone"], run.counts["gone_held"]) == (0, 20)
    run = imported(part, "dwellings", options={"close_many": "1"})
    assert run.counts["gone"] == 20


def test_a_dwelling_told_gone_is_closed(tmp_path):
    imported(rpls(tmp_path, {}, {}), "dwellings")
    path = rpls(tmp_path, {}, {"MODE": "9"}, name="b.csv")
    assert numbers(imported(path, "dwellings")) == (0, 1, 1, 0, 0)
    assert Dwelling.objects.get(reference="L2").gone_on == date(2026, 11, 24)
    assert numbers(imported(path, "dwellings")) == (0, 0, 2, 0, 0)


def test_a_default_territory_can_be_chosen_for_the_file(tmp_path):
    imported(rpls(tmp_path, {}), "dwellings", options={"territory": "Agence de Brest"})
    assert Territory.objects.get().name == "Agence de Brest"
