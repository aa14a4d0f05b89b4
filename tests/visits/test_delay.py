"""The delay from request to end: one definition, the same on screens, in exports and on paper."""

from datetime import date, timedelta
from io import BytesIO
from math import comb
from statistics import median

import pytest
from django.urls import reverse
from pypdf import PdfReader

from seniors.enums import Role
from tests.make import make_dwelling, make_residence, make_senior, make_territory, make_user
from tests.visits.acting import ago, kind_of
from tests.visits.measuring import begin, make_measure
from tests.visits.releasing import make_release, opened
from tests.visits.test_releasing_exports import csv_of
from visits.acting.delay import DELAY, EXACT, Spread, days_to_end, median_rank, spread
from visits.acting.follow_up import add_need, decide, move
from visits.enums import State
from visits.evaluating.reach import Reach
from visits.releasing.codebook import code_book

S = State
BEGAN = ago(300)
DAYS = range(10, 130, 10)  # of twelve works that ended


@pytest.mark.parametrize(
    ("asked", "ended", "state", "days"),
    [
        (date(2026, 2, 1), date(2026, 3, 1), S.DONE, 28),
        (date(2026, 2, 1), date(2026, 2, 1), S.CONFIRMED, 0),
        (date(2026, 2, 1), date(2026, 3, 1), S.UNDER_WAY, None),  # taken up again
        (date(2026, 2, 1), date(2026, 3, 1), S.CANCELLED, None),
        (date(2026, 2, 1), date(2026, 1, 1), S.DONE, None),
        (None, date(2026, 3, 1), S.DONE, None),
        (date(2026, 2, 1), None, S.DONE, None),
    ],
)
def test_a_delay_is_known_once_the_action_is_done(asked, ended, state, days):
    assert days_to_end(asked, ended, state) == days


@pytest.mark.parametrize(
    ("count", "rank"), [(5, None), (6, 1), (9, 2), (12, 3), (20, 6), (30, 10), (100, 40)]
)
def test_the_interval_of_a_median_has_the_ranks_of_the_sign_test(count, rank):
    """As its tables say, 2.5 % on each side."""
    assert median_rank(count) == rank


def test_the_interval_of_a_median_holds_it_95_times_in_a_hundred():
    for count in range(6, 120):
        rank = median_rank(count)
        tails = [2 * sum(comb(count, n) for n in range(one)) / 2**count for one in (rank, rank + 1)]
        assert tails[0] <= 0.05 < tails[1], count
    # Beyond what is counted toss by toss, the same rank or one wider.
    exact = median_rank(EXACT)
    assert exact - 1 <= median_rank(EXACT + 1) <= exact + 1


def test_too_few_delays_have_no_interval():
    assert spread([3, 1, 2, 5, 4]) == Spread(5, 3, None)
    assert spread([3, 1, 2, 5, 4, 9]) == Spread(6, 3.5, None, 1, 9)
    told = Reach((), 0, spread([3, 1, 2]), None, None).delay_words
    assert told == "2 jours, médiane de 3 actions\u00a0; trop peu pour un intervalle"


@pytest.fixture
def told(db):
    """Twelve works that ended, one of them after the person said no; twelve under way; twelve
    cancelled once done."""
    home, by = make_residence(make_territory("Brest")), make_user(Role.ADMINISTRATOR)
    kind = kind_of("shower")
    for days in DAYS:
        again = ((S.DONE, 5), (S.UNDER_WAY, 6)) if days == 120 else ()
        for last in (((S.DONE, days),), (), ((S.DONE, days), (S.CANCELLED, days))):
            senior = make_senior(make_dwelling(home))
            need = add_need(senior, kind.needs[0], found_on=BEGAN, by=by)
            action = decide(need, kind, state=S.ACCEPTED, on=BEGAN, by=by)
            for state, after in ((S.REQUESTED, 0), (S.UNDER_WAY, 1), *again, *last):
                day = BEGAN + timedelta(days=after)
                action = move(action, state, on=day, by=by, note="Mur porteur")
    measure = make_measure("shower")
    begin(measure, home, BEGAN)
    return by, measure


def test_screen_export_and_paper_say_the_same_delay(client, told):
    by, measure = told
    client.force_login(by)
    page = client.get(reverse("visits:works-delays"))
    rows = dict(page.context["groups"])["Par travail"]
    [shown] = [row.whole for row in rows if row.label == kind_of("shower").label]
    assert (shown.count, shown.median, shown.ninetieth) == (12, median(DAYS), 110)

    answer = client.get(reverse("visits:measure-show", args=[measure.uid]))
    reach = answer.context["reach"]
    assert reach.delay == shown
    assert reach.delay_words in answer.content.decode()
    assert "intervalle à 95\u00a0%\u00a0: de 30 à 100 jours" in reach.delay_words

    pdf = client.get(reverse("visits:measure-sheet", args=[measure.uid]))
    text = PdfReader(BytesIO(b"".join(pdf.streaming_content))).pages[0].extract_text()
    assert " ".join(reach.delay_words.split()) in " ".join(text.split())

    files = opened(make_release(year=BEGAN.year))
    lines = csv_of(files["travaux.csv"]).set_index("action")
    line = lines.loc[kind_of("shower").label]
    read = (line["delais"], line["delai_median"], line["delai_p90"])
    assert tuple(map(float, read)) == (shown.count, shown.median, shown.ninetieth)

    # The reader is told the same definition everywhere.
    assert DELAY in page.content.decode()
    assert DELAY[1:] in answer.content.decode()
    book = {one.name: one.definition for one in code_book().columns}
    for name in ("delais", "delai_median", "delai_p90", "delai_adaptation"):
        assert DELAY in book[name]
