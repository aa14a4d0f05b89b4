"""A social security number is recognised however it is written; other numbers are not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seniors.guard import contains_nir, without_nir


def nir(sex=2, year=40, month=5, department="29", rest="019005") -> str:
    body = f"{sex}{year:02d}{month:02d}{department}{rest}"
    number = int(body.replace("2A", "19").replace("2B", "18"))
    return f"{body}{97 - number % 97:02d}"


@pytest.mark.parametrize(
    "text",
    [
        nir(),
        nir()[:13],
        nir(department="2A"),
        nir(department="2B"),
        "2 40 05 29 019 005 " + nir()[-2:],
        "2.40.05.29.019.005",
        "2\u00a040\u00a005\u00a029\u00a0019\u00a0005",
        f"Mme LE GOFF, n° {nir()}, appeler le soir",
        nir(month=25),
        f"SS{nir()}",
        f"{nir()}F",
        f"{nir()[:13]}/{nir()[13:]}",
        "2  40  05  29  019  005",
        "2/40/05/29/019/005",
        "2_40_05_29_019_005",
        "2\u200940\u200905\u200929\u2009019\u2009005",
    ],
)
def test_a_social_security_number_is_recognised(text):
    assert contains_nir(text)


@pytest.mark.parametrize(
    "text",
    ["", "0298000000", "29100000101", "12345678900012", nir() + "7", "2401529029005", "1000001",
     "2 40 05", "240052901900501", "UG2400529019005", "2400529019005B",
     "02 98 44 55 66 / 06 12 34 56 78", "298445566 ou 0612345678"],
)  # fmt: skip
def test_another_number_is_not_taken_for_one(text):
    assert not contains_nir(text)


def test_only_the_number_is_struck_out():
    assert without_nir(f"voir {nir()} demain") == "voir [numéro retiré] demain"
    assert without_nir("tel 0298000000") == "tel 0298000000"


@given(
    st.sampled_from([1, 2]), st.integers(0, 99), st.integers(1, 12),
    st.sampled_from(["01", "29", "2A", "2B", "75", "99"]), st.integers(0, 999_999),
)  # fmt: skip
def test_every_number_of_the_right_form_is_recognised(sex, year, month, department, rest):
    assert contains_nir(nir(sex, year, month, department, f"{rest:06d}"))
