"""Elision, and addresses that can be read."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.template import Context, Template

from seniors.french import ago, day_words, of_name, plural, readable_street


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Nolwenn Riou", "de Nolwenn Riou"),
        ("Erwan Tanguy", "d’Erwan Tanguy"),
        ("Élodie", "d’Élodie"),
        ("Hélène", "d’Hélène"),
        ("Hassan", "de Hassan"),
        ("Yves", "d’Yves"),
        ("Yann", "de Yann"),
    ],
)
def test_a_name_is_elided_as_it_is_said(name, said):
    assert of_name(name) == said


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("100 RUE DE LA PTE DE KERNERS", "100 rue de la Pte de Kerners"),
        ("32 B CHE DE BINDRE", "32 B chemin de Bindre"),
        ("108 PL DE L EGLISE", "108 place de l’Eglise"),
        ("45 RUE D'ARVOR", "45 rue d’Arvor"),
        ("12 BIS RUE JEAN XXIII", "12 bis rue Jean XXIII"),
        ("RESIDENCE SAINT-YVES", "Résidence Saint-Yves"),
        ("3 rue de Siam", "3 rue de Siam"),
        ("", ""),
    ],
)
def test_a_street_in_capitals_is_written_to_be_read(written, read):
    assert readable_street(written) == read


@pytest.mark.parametrize(
    ("count", "said"), [(0, "visite"), (1, "visite"), (1.5, "visite"), (2, "visites")]
)
def test_two_and_more_take_a_plural(count, said):
    assert plural(count, "visite", "visites") == said


@pytest.mark.parametrize(
    ("written", "value", "read"),
    [
        ("{{ n }} senior{{ n|pluralize }}", 0, "0 senior"),
        ("{{ n }} senior{{ n|pluralize }}", 2, "2 seniors"),
        ("{{ n }} viv{{ n|pluralize:'t,ent' }}", 0, "0 vivt"),
        ("{{ n }} viv{{ n|pluralize:'t,ent' }}", 3, "3 vivent"),
        ("écartée{{ n|length|pluralize }}", ["one"], "écartée"),
        ("parce {{ n|join:', '|that }}", ["un loyer"], "parce qu’un loyer"),
        ("parce {{ n|join:', '|that }}", ["sortir", "elle"], "parce que sortir, elle"),
        ("liste {{ n|of_name }}", "Erwan Tanguy", "liste d’Erwan Tanguy"),
        ("{{ n|day }}", date(2026, 12, 1), "mardi 1er\xa0décembre"),
        ("{{ n|full_day }}", date(2026, 12, 1), "1er\xa0décembre 2026"),
        ("{{ n|full_day }}", datetime(2026, 11, 30, 23, 30, tzinfo=UTC), "1er\xa0décembre 2026"),
        ("{{ n|phone }}", "0261919986", "02\xa061\xa091\xa099\xa086"),
    ],
)
def test_every_template_speaks_french_without_loading_anything(written, value, read):
    assert Template(written).render(Context({"n": value})) == read


@pytest.mark.parametrize(
    ("day", "asked", "said"),
    [
        (date(2026, 12, 1), {"year": True}, "mardi 1er\xa0décembre 2026"),
        (date(2027, 5, 24), {"weekday": False}, "24\xa0mai"),
    ],
)
def test_a_day_is_written_as_it_is_said(day, asked, said):
    assert day_words(day, **asked) == said


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        (0, "à l’instant"),
        (59, "il y a 59\u00a0min"),
        (60, "il y a 1\u00a0h"),
        (24 * 60 - 1, "il y a 23\u00a0h"),
        (24 * 60, "il y a 1\u00a0jour"),
        (3 * 24 * 60, "il y a 3\u00a0jours"),
    ],
)
def test_ago_is_said_in_the_unit_one_waits_in(minutes, said):
    now = datetime(2026, 11, 24, 12, tzinfo=UTC)
    assert ago(now - timedelta(minutes=minutes), now) == said
