"""What landlords write in a cell, and what it means."""

import contextlib
import math
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seniors.extract import cells, dwelling_cells, person_cells, rpls
from seniors.extract.cells import Unread

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("445,84", 445.84), ("1 234,5", 1234.5), ("1\u202f234,50\u00a0€", 1234.5),
        ("1.234,50", 1234.5), ("1,234.50", 1234.5), ("19.0", 19.0), ("1.1144e+006", 1_114_400.0),
        ("72 m²", 72.0), ("", None), ("NA", None), ("NC", None), ("Z", None), ("inconnu", None),
    ],
)  # fmt: skip
def test_numbers(text, number):
    assert cells.read_number(cells.squeeze(text)) == number


@pytest.mark.parametrize("text", ["abc", "12/3", "1,2,3.4.5", "=1+1", "inf", "nan0"])
def test_what_is_no_number_is_not_guessed(text):
    with pytest.raises(Unread):
        cells.read_number(text)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("17/05/1940", date(1940, 5, 17)), ("17-05-1940", date(1940, 5, 17)),
        ("17.05.1940", date(1940, 5, 17)), ("1940-05-17", date(1940, 5, 17)),
        ("1940-05-17T00:00:00", date(1940, 5, 17)), ("17/05/1940 00:00", date(1940, 5, 17)),
        ("05/1940", date(1940, 5, 1)), ("17051940", date(1940, 5, 17)),
        ("7051940", date(1940, 5, 7)), ("19400517", date(1940, 5, 17)),
        ("170518", date(2018, 5, 17)), ("25569", date(1970, 1, 1)), ("14748", date(1940, 5, 17)),
        ("14748.0", date(1940, 5, 17)), ("14748,5", date(1940, 5, 17)),
        ("17 mai 1940", date(1940, 5, 17)), ("1er août 1940", date(1940, 8, 1)),
        ("01/01/1900", None), ("01/1900", None), ("01/01/1901", None), ("31/12/9999", None),
        ("00/00/0000", None), ("NA/NA", None), ("", None), ("NC", None), ("0", None),
    ],
)  # fmt: skip
def test_dates(text, day):
    assert cells.read_date(cells.squeeze(text)) == day


@pytest.mark.parametrize("text", ["31/02/2020", "32/01/2020", "12/13/2020", "demain", "1/2/345"])
def test_what_is_no_date_is_said(text):
    with pytest.raises(Unread):
        cells.read_date(text)


@given(st.dates(date(1902, 1, 2), date(2090, 1, 1)))
def test_every_way_of_writing_a_day_gives_that_day(day):
    serial = (day - date(1899, 12, 30)).days
    for text in (f"{day:%d/%m/%Y}", day.isoformat(), f"{day:%d%m%Y}", str(serial)):
        assert cells.read_date(text) == day


@pytest.mark.parametrize(
    ("text", "year"), [("03/04/35", 1935), ("03/04/26", 1926), ("03/04/66", 1966), ("030412", 2012)]
)
def test_a_birth_of_two_digits_is_not_in_the_future(text, year):
    assert person_cells.read_birth(text, today=TODAY).year == year


@given(st.dates(date(1917, 1, 2), date(1966, 11, 23)))
def test_a_senior_born_with_two_digits_is_found_again(day):
    assert person_cells.read_birth(f"{day:%d/%m/%y}", today=TODAY) == day


@pytest.mark.parametrize("text", ["12/03/1840", "02/01/2027", "25/11/2026"])
def test_an_impossible_birth_is_refused(text):
    with pytest.raises(Unread, match="naissance"):
        person_cells.read_birth(text, today=TODAY)


@pytest.mark.parametrize(
    ("text", "answer"),
    [("O", True), ("oui", True), ("VRAI", True), ("x", True), ("N", False), ("Non", False),
     ("faux", False), ("", None), ("NC", None)],
)  # fmt: skip
def test_yes_and_no(text, answer):
    assert cells.read_yes_no(text) is answer


@pytest.mark.parametrize("text", ["0", "1", "2", "peut-être"])
def test_a_figure_is_not_yes_or_no_without_the_rule_of_its_column(text):
    with pytest.raises(Unread):
        cells.read_yes_no(text)
    assert cells.read_yes_no("2", codes=dwelling_cells.RULES["in_priority_district"]) is False


@pytest.mark.parametrize(
    ("text", "floor"),
    [("RC", 0), ("RDC", 0), ("RDJ", 0), ("0", 0), ("3", 3), ("03", 3), ("3.0", 3), ("3ème", 3),
     ("1er", 1), ("R+4", 4), ("étage 2", 2), ("-1", -1), ("SS", -1), ("", None), ("NC", None),
     ("99", None)],
)  # fmt: skip
def test_floors(text, floor):
    assert rpls.read_floor(text) == floor


@pytest.mark.parametrize(
    ("text", "floor"),
    [("R-1", -1), ("-1", -1), ("SS1", -1), ("SOUS-SOL 2", -2), ("S/S", -1), ("RDC HAUT", 0),
     ("Rez de chaussée bas", 0), ("plain-pied", 0), ("1ER ET", 1), ("2ème étage droite", 2),
     ("DUPLEX", None), ("999", None)],
)  # fmt: skip
def test_floors_below_ground_and_words_beside_the_floor(text, floor):
    assert rpls.read_floor(text) == floor


@pytest.mark.parametrize(
    ("text", "number"),
    [("12:00 AM", "12 A"), ("7:00 PM", "7 P"), ("00:00", "12 A"), ("2026-02-01", "1-2"),
     ("1-févr", "1-2"), ("2 B", "2 B"), ("29A", "29A"), ("16-20", "16-20"), ("1/3", "1/3"),
     ("72.0", "72"), ("300000", ""), ("3E5", ""), ("0", ""), ("", "")],
)  # fmt: skip
def test_street_numbers_that_a_spreadsheet_changed(text, number):
    assert rpls.read_street_number(text) == number


@pytest.mark.parametrize(
    ("text", "code"),
    [("29019", "29019"), ("1004", "01004"), ("2A004", "2A004"), ("2b033", "2B033"),
     ("97411", "97411"), ("29019.0", "29019"), ("", "")],
)  # fmt: skip
def test_insee_codes(text, code):
    assert rpls.read_insee(text) == code


@pytest.mark.parametrize("text", ["20004", "99999", "ABCDE", "291"])
def test_an_impossible_insee_code_is_refused(text):
    with pytest.raises(Unread):
        rpls.read_insee(text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("02 98 00 00 01", ["0298000001"]), ("02.98.00.00.01", ["0298000001"]),
        ("+33 2 98 00 00 01", ["0298000001"]), ("0033298000001", ["0298000001"]),
        ("+33 (0)2 98 00 00 01", ["0298000001"]), ("298000001", ["0298000001"]),
        ("0298000001 / 06 12 34 56 78", ["0298000001", "0612345678"]),
        ("0298000001 ou 0612345678", ["0298000001", "0612345678"]),
        ("+262 692 12 34 56", ["0692123456"]), ("liste rouge", []), ("pas de tel", []),
        ("0800123456", []), ("0000000000", []), ("", []), ("298000001.0", ["0298000001"]),
    ],
)  # fmt: skip
def test_phones(text, found):
    assert person_cells.read_phones(text) == found


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("LE GOFF Jeanne", ("", "LE GOFF", "Jeanne")),
        ("MME LE GOFF Jeanne", ("Mme", "LE GOFF", "Jeanne")),
        ("LE GOFF JEANNE", ("", "LE GOFF", "JEANNE")),
        ("Jeanne LE GOFF", ("", "LE GOFF", "Jeanne")),
        ("LEGOFF", ("", "LEGOFF", "")),
    ],
)
def test_a_name_in_one_cell(text, parts):
    assert person_cells.split_name(text) == parts


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("12 bis rue de Siam", ("12 bis", "rue de Siam", "")),
        ("16-20 RUE DU PORT", ("16-20", "RUE DU PORT", "")),
        (
            "80 BD JOURDAN, 71-73 RUE DU PERE CORENTIN, 146 RUE X",
            ("80", "BD JOURDAN", "71-73 RUE DU PERE CORENTIN, 146 RUE X"),
        ),
        ("Kervao", ("", "Kervao", "")),
    ],
)
def test_an_address_in_one_cell(text, parts):
    assert dwelling_cells.split_address(text) == parts


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("APT N.9 RESIDENCE SAN MIGUEL", "SAN MIGUEL"),
        ("RESIDENCE VIOLLET LE DUC", "VIOLLET LE DUC"),
        ("APT N.38 BAT B - RES ST VINCENT", "ST VINCENT"),
        ("APPARTEMENT 111", ""), ("APT N.4", ""), ("ENSEMBLE 1", ""),
        ("APT N.6 ENCLOS PECLET", "ENCLOS PECLET"), ("CHARITE (30 HLM)", "CHARITE (30 HLM)"),
    ],
)  # fmt: skip
def test_the_residence_in_a_complement_of_address(text, name):
    assert rpls.residence_in(text) == name


def test_coordinates_become_latitude_and_longitude():
    x, y = np.array([146_000.0, 0.0, math.nan]), np.array([6_837_000.0, 0.0, 1.0])
    latitude, longitude = rpls.to_wgs84(x, y, np.full(3, 2154.0))
    assert (round(latitude[0], 1), round(longitude[0], 1)) == (48.4, -4.5)
    assert np.isnan(latitude[1:]).all()


def test_the_type_of_a_street_is_not_said_twice():
    assert rpls.repair_type("RUE", "RUE DE SIAM") == "RUE DE SIAM"
    assert rpls.repair_type("RUE", "DE SIAM") == "RUE DE SIAM"


@given(st.text(max_size=40))
def test_no_cell_breaks_a_reader(text):
    text = cells.squeeze(text)
    for reader in (cells.read_date, cells.read_number, rpls.read_floor, rpls.read_street_number,
                   rpls.read_year, rpls.read_rooms, person_cells.read_phones,
                   person_cells.split_name, cells.read_code):  # fmt: skip
        with contextlib.suppress(Unread):
            reader(text)


def test_the_day_of_the_extract_is_not_in_the_future():
    assert person_cells.read_birth("24/11/2026", today=TODAY) == TODAY
