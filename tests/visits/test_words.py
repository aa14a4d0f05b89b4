"""Words around the lists: reasons, what was left out, homes, telephone numbers."""

from datetime import date
from types import SimpleNamespace

import pytest

from seniors.fragility.reasons import OPENING, Contribution
from seniors.models import Dwelling
from seniors.phones import of, readable
from visits.acting.steps import TABLE
from visits.enums import State
from visits.lists.around import left_out_lines, one_more_day, working_days
from visits.lists.places import access_line, floor_words
from visits.lists.wording import Facts, home_words, neighbour_reason, paper_reason, screen_reason
from visits.models import Signal

RANKING = f"{OPENING}87 ans, vit seule."


def fact(code: str, domain: str, words: str, excess: float = 1.0) -> Contribution:
    """A contribution to a score."""
    return Contribution(code, domain, code, 2.0, 3.0, 1.0, words, excess)


def test_reason_by_score_is_the_sentence_of_the_computation():
    assert screen_reason("score", Facts(ranking=RANKING)) == RANKING
    assert screen_reason("silent", Facts(ranking=RANKING)) == RANKING
    assert neighbour_reason(Facts(ranking=RANKING)) == "87 ans, vit seule."


def test_reason_of_a_signal_says_what_was_seen_then_what_is_known():
    facts = Facts(ranking=RANKING, signal_what="Volets fermés", signal_on=date(2026, 11, 20))
    said = screen_reason("urgent", facts).replace("\xa0", " ")
    assert (
        said == "Signalement du 20/11/2026 : Volets fermés. Ce que l’on sait : 87 ans, vit seule."
    )


def test_reason_of_a_draw_says_how_likely_it_was():
    assert "1 chance sur 40" in screen_reason("random", Facts(ranking=RANKING, probability=0.025))


def test_reason_is_never_longer_than_its_column():
    facts = Facts(ranking="mot " * 200, signal_what="x" * 120, signal_on=date(2026, 1, 1))
    assert len(screen_reason("urgent", facts)) <= 400


def test_paper_names_the_home_only_and_nothing_on_health():
    facts = [
        fact("bathing", "home", "baignoire"),
        fact("stairs_difficulty", "home", "peine à monter"),
        fact("falls", "autonomy", "est tombée"),
        fact("lonely", "isolation", "se sent seule"),
        fact("cold_home", "home", "logement froid", excess=-1),
    ]
    assert home_words(facts) == ("baignoire",)
    said = paper_reason("score", Facts(home=home_words(facts))).replace("\xa0", " ")
    assert said == "À voir : baignoire"
    assert paper_reason("score", Facts()) == "Faire le point ensemble"
    assert paper_reason("silent", Facts()) == "Prendre des nouvelles"


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("0612345678", "06 12 34 56 78"),
        ("06.12.34.56.78", "06 12 34 56 78"),
        ("+33 6 12 34 56 78", "06 12 34 56 78"),
        ("0033612345678", "06 12 34 56 78"),
        ("+33 (0)6 12 34 56 78", "06 12 34 56 78"),
        ("12 poste 4", "12 poste 4"),
        ("", ""),
    ],
)
def test_telephone_number_is_shown_by_pairs_when_it_is_french(written, shown):
    assert readable(written).replace("\xa0", " ") == shown


def test_both_numbers_are_said_once_the_mobile_first():
    assert of("0298000001", "0612345678").replace("\xa0", " ") == (
        "06 12 34 56 78 · 02 98 00 00 01"
    )
    assert of("0612345678", "06 12 34 56 78").replace("\xa0", " ") == "06 12 34 56 78"
    assert of("", "") == ""


def test_way_in_says_what_is_known_only():
    home = Dwelling(building="A", stair="2", floor=4, has_lift=False, door="41")
    assert access_line(home) == "Bât. A, esc. 2, 4e étage sans ascenseur, porte 41"
    assert access_line(Dwelling(floor=1, has_lift=True)) == "1er étage, ascenseur"
    assert access_line(Dwelling()) == ""


@pytest.mark.parametrize(
    ("floor", "words"),
    [(None, ""), (-1, "sous-sol"), (0, "rez-de-chaussée"), (1, "1er étage"), (2, "2e étage")],
)
def test_floor_in_words(floor, words):
    assert floor_words(floor) == words


def a_list(**fields) -> SimpleNamespace:
    """What the words around a list read."""
    week = {"starts_on": date(2026, 11, 30), "ends_on": date(2026, 12, 4), "capacity": 8}
    blank = {"left_out": {}, "next_totals": [], "revisit_months": 12}
    return SimpleNamespace(**week | blank | fields)


def test_left_out_is_said_for_the_reasons_that_hold():
    made = a_list(left_out={"visited": 2, "objection": 1, "no_score": 0, "candidates": 9})
    assert left_out_lines(made) == [
        (2, "vues à domicile il y a moins de 12 mois"),
        (1, "qui ne souhaite pas de visite"),
    ]


def test_one_more_day_is_a_day_of_this_period():
    more = one_more_day(a_list(next_totals=[60.0, 58.5, 40.0]))
    assert (more.visits, more.highest, more.lowest) == (2, 60.0, 58.5)
    assert one_more_day(a_list()) is None


def test_working_days_leave_out_week_ends():
    assert working_days(date(2026, 11, 30), date(2026, 12, 7)) == 6


def test_words_of_steps_states_and_signals_need_no_gender():
    verbs = [one.verb for one in TABLE]
    said = [*verbs, *State.labels, *Signal.Kind.labels, *Signal.Reporter.labels]
    assert [one for one in said if "·" in one or "le locataire" in one.lower()] == []
