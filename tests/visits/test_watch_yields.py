"""What each kind of sign gives: counts, interval, and what an evaluator is not shown."""

import uuid
from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from seniors.enums import Role
from seniors.shares import wilson
from tests.make import make_senior, make_territory, make_user
from visits.field_watch import watch
from visits.field_watch.yields import Row, for_evaluators, yields
from visits.field_watch.yields_read import yields_for
from visits.models import Signal

SMALL = 11
OUTCOMES = ["", *Signal.Outcome.values]
ROWS = st.lists(
    st.builds(
        Row,
        kind=st.sampled_from(["mail", "fall"]),
        outcome=st.sampled_from(OUTCOMES),
        about=st.integers(0, 30).map(str),
        left_need=st.booleans(),
    ),
    max_size=120,
)


@pytest.mark.parametrize(
    ("found", "of", "least", "most"),
    [
        (0, 10, 0.0, 0.2775),
        (5, 10, 0.2366, 0.7634),
        (10, 10, 0.7225, 1.0),
        (45, 100, 0.3561, 0.5476),
    ],
)
def test_interval_is_wilsons(found, of, least, most):
    assert wilson(found, of) == pytest.approx((least, most), abs=5e-5)


@given(ROWS)
def test_figures_add_up_and_the_share_is_in_its_interval(rows):
    for line in yields(rows, ["mail", "fall"]):
        ours = [row for row in rows if row.kind == line.kind]
        assert line.received == len(ours)
        assert line.closed == sum(row.outcome not in ("", "mistaken") for row in ours)
        assert max(line.found, line.emergencies) <= line.closed <= line.received
        helped = sum(row.outcome == "emergency" and row.left_need for row in ours)
        assert line.found == sum(row.outcome == "need" for row in ours) + helped
        if line.closed:
            assert line.least <= line.share == line.found / line.closed <= line.most
        else:
            assert line.share is None


@given(ROWS)
def test_evaluator_reads_nothing_about_fewer_people_than_the_limit(rows):
    """Not even by taking one shown figure from another."""

    def people(keep) -> int:
        return len({row.about for row in ours if keep(row)})

    def aside(row: Row) -> bool:
        return row.outcome in {"", "mistaken"}

    def found(row: Row) -> bool:
        return row.outcome == "need" or (row.outcome == "emergency" and row.left_need)

    for line in for_evaluators(rows, ["mail", "fall"], SMALL):
        ours = [row for row in rows if row.kind == line.kind]
        groups = []
        if line.received is not None:
            groups += [people(lambda one: True)]
        if line.closed is not None:
            groups += [people(aside), people(lambda one: not aside(one))]
        if line.found is not None:
            groups += [people(found), people(lambda one: not (aside(one) or found(one)))]
        assert [n for n in groups if 0 < n < SMALL] == []
        assert line.emergencies is None
        assert (line.share is None) or line.found is not None


def test_twenty_signals_about_one_person_stay_hidden():
    rows = [Row("mail", "need", "senior 1")] * 20
    assert for_evaluators(rows, ["mail"], SMALL)[0].received is None
    assert yields(rows, ["mail"])[0].received == 20


@pytest.mark.django_db
def test_page_counts_the_readers_territories_by_year(client):
    senior = make_senior()
    here = senior.dwelling.residence.territory
    officer = make_user(Role.OFFICER, here)
    for outcome, needs in (("need", ["bars"]), ("fine", []), ("mistaken", [])):
        made = watch.report(
            officer, form_uid=uuid.uuid4(), kind="fall", urgency="now", senior=senior
        )
        watch.close(made, outcome=outcome, needs=needs, by=officer)
    two_ago = timezone.localdate().year - 2
    Signal.objects.filter(outcome="fine").update(seen_on=date(two_ago, 6, 1))

    def line(user, query=""):
        client.force_login(user)
        lines = client.get(reverse("visits:signal-yields") + query).context["lines"]
        return next(one.figures for one in lines if one.figures.kind == "fall")

    this_year = line(officer)
    assert (this_year.received, this_year.closed, this_year.found) == (2, 1, 1)
    old = line(officer, f"?annee={two_ago}")
    assert (old.received, old.closed, old.found) == (1, 1, 0)
    assert line(make_user(Role.OFFICER, make_territory())).received == 0
    evaluator = make_user(Role.EVALUATOR)
    assert line(evaluator, f"?annee={two_ago}").received is None
    # A year is read by an evaluator once it has settled.
    years = client.get(reverse("visits:signal-yields")).context["years"]
    assert years[-1] == two_ago
    assert timezone.localdate().year not in years
    Signal.objects.filter(outcome="fine").update(seen_on=timezone.localdate())
    told = client.get(reverse("visits:signal-yields"))
    assert (told.context["years"], told.context["lines"]) == ([], [])
    assert "Aucune année à lire" in told.content.decode()
    assert line(make_user(Role.MANAGER, here), "?annee=x").received == 3


@pytest.mark.django_db
@pytest.mark.parametrize(("needs", "found"), [(["bars"], 1), ([], 0)])
def test_help_was_called_and_a_need_was_found(needs, found):
    """A fall after which bars are missing is what the watch is for."""
    senior = make_senior()
    officer = make_user(Role.OFFICER, senior.dwelling.residence.territory)
    made = watch.report(officer, form_uid=uuid.uuid4(), kind="fall", urgency="now", senior=senior)
    watch.close(made, outcome="emergency", needs=needs, by=officer)
    lines = yields_for(officer, timezone.localdate().year)
    line = next(one.figures for one in lines if one.figures.kind == "fall")
    assert (line.closed, line.found, line.emergencies) == (1, found, 1)


@pytest.mark.django_db
def test_page_shows_what_was_received_and_counts_the_rest(client):
    senior = make_senior()
    officer = make_user(Role.OFFICER, senior.dwelling.residence.territory)
    client.force_login(officer)
    assert "Aucun signalement en" in client.get(reverse("visits:signal-yields")).content.decode()
    watch.report(officer, form_uid=uuid.uuid4(), kind="fall", urgency="now", senior=senior)
    answer = client.get(reverse("visits:signal-yields"))
    assert [line.figures.kind for line in answer.context["shown"]] == ["fall"]
    rest = len(Signal.Kind) - 1
    assert f"{rest} constats sans signalement" in answer.content.decode()
