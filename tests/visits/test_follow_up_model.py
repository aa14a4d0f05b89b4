"""Any sequence of gestures on a person's needs keeps what must hold."""

from itertools import pairwise

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.visits.acting import WORDING, ago, kind_of, make_partner, make_person, territory_of
from visits.acting.follow_up import (
    FollowUpRefusal,
    add_need,
    agree,
    close_need,
    decide,
    move,
    withdraw,
)
from visits.acting.steps import CLOSED, step, steps_from
from visits.acting.taking_back import open_again, take_back
from visits.enums import State
from visits.models import Action, ActionStep, Need

NEEDS = ("bars", "home_help")
KINDS = {"bars": ("grab_bars", "handrail"), "home_help": ("home_help", "meals")}
REFUSALS = {
    "step", "future", "before", "note", "partner_missing", "partner_kind", "partner_same",
    "partner_other", "agreement", "closed", "signed", "withdrawn", "not_yours", "used",
}  # fmt: skip
DAYS = st.integers(min_value=-1, max_value=12)
GESTURES = st.one_of(
    st.tuples(
        st.just("decide"),
        st.sampled_from(NEEDS),
        st.integers(0, 1),
        st.sampled_from([State.PROPOSED, State.ACCEPTED, State.DECLINED]),
        DAYS,
    ),
    st.tuples(
        st.just("move"),
        st.integers(0, 9),
        st.sampled_from(list(State)),
        DAYS,
        st.sampled_from(["staff", "partner", "other"]),
        st.sampled_from(["", "Complet"]),
    ),
    st.tuples(st.just("forward"), st.integers(0, 9), st.integers(0, 2), DAYS),
    st.tuples(st.just("agree"), st.integers(0, 9), st.booleans(), DAYS),
    st.tuples(st.just("withdraw"), st.integers(0, 9)),
    st.tuples(st.just("close"), st.sampled_from(NEEDS), DAYS),
    st.tuples(st.just("back"), st.integers(0, 9)),
    st.tuples(st.just("reopen"), st.sampled_from(NEEDS)),
)


class World:
    """A person, her officer, two partners, and the gestures by name."""

    def __init__(self) -> None:
        self.senior, self.officer = make_person()
        here = territory_of(self.senior)
        self.partner = make_partner("home_help", "meals", territory=here)
        self.other = make_partner("home_help", name="Autre", territory=here)

    def action(self, place: int) -> Action | None:
        mine = Action.objects.filter(senior=self.senior).order_by("pk")
        return mine[place % len(mine)] if mine else None

    def decide(self, code: str, kind: int, state: State, day: int) -> None:
        on = ago(max(day, 0))
        need = add_need(self.senior, code, found_on=on, by=self.officer)
        kind = kind_of(KINDS[code][kind])
        decide(need, kind, state=state, on=on, by=self.officer, partner=self.partner)

    def move(self, place: int, to: State, day: int, who: str, note: str) -> None:
        if action := self.action(place):
            fields = {"on": ago(day), "note": note}
            if who == "staff":
                fields |= {"by": self.officer, "partner": self.other if note else None}
            else:
                fields |= {"partner": getattr(self, who), "signed": note}
            move(action, to, **fields)

    def forward(self, place: int, way: int, day: int) -> None:
        """An allowed move, so that actions go far."""
        action = self.action(place)
        if action and (ways := steps_from(action.state, by_partner=action.kind.by_partner)):
            to = ways[way % len(ways)].to
            if to == State.REQUESTED and action.partner:
                agree(action, action.partner, given_on=ago(0), by=self.officer, wording=WORDING)
            move(action, to, on=ago(max(day, 0)), by=self.officer, note="Dit au téléphone")

    def agree(self, place: int, other: bool, day: int) -> None:
        if action := self.action(place):
            partner = self.other if other else self.partner
            agree(action, partner, given_on=ago(day), by=self.officer, wording=WORDING)

    def withdraw(self, place: int) -> None:
        action = self.action(place)
        if action and (given := action.agreements.first()):
            withdraw(given, by=self.officer)

    def close(self, code: str, day: int) -> None:
        for need in Need.objects.filter(senior=self.senior, code=code)[:1]:
            close_need(need, on=ago(day), by=self.officer)

    def back(self, place: int) -> None:
        """The last step is taken back; said at once after another, it may be the one before."""
        action = self.action(place)
        if action and (last := action.steps.standing().last()):
            take_back(action, seen=last.pk, by=self.officer)

    def reopen(self, code: str) -> None:
        for need in Need.objects.filter(senior=self.senior, code=code)[:1]:
            open_again(need, by=self.officer)


def check(world: World) -> None:
    """What holds of every action and need, whatever happened."""
    today = timezone.localdate()
    for action in Action.objects.filter(senior=world.senior).select_related("kind", "need"):
        steps = list(action.steps.standing())
        assert (steps[0].from_state, steps[0].to_state) == ("", State.PROPOSED)
        for before, after in pairwise(steps):
            assert after.from_state == before.to_state
            allowed = step(after.from_state, after.to_state, by_partner=action.kind.by_partner)
            assert allowed
            assert after.by or allowed.you
            assert after.note or not allowed.note
            assert before.on <= after.on <= today
        assert (steps[-1].to_state, steps[-1].on) == (action.state, action.state_on)
        assert bool(action.cancelled_because) == (action.state == State.CANCELLED)
        assert (action.due_on is None) == (action.state in CLOSED)
        if not action.kind.by_partner:
            assert action.partner is None
        if action.state == State.CONFIRMED:
            assert action.need.closed_on
        for asked in action.steps.standing().filter(
            to_state=State.REQUESTED, partner__isnull=False
        ):
            assert action.agreements.filter(partner=asked.partner).exists()
    for need in Need.objects.filter(senior=world.senior):
        kinds = [one.kind_id for one in need.actions.exclude(state__in=CLOSED)]
        assert len(kinds) == len(set(kinds))
        # What the backlog counts by, kept beside what it comes from.
        standing = need.actions.exclude(state=State.CANCELLED)
        assert need.is_acted_on == standing.exists()
        assert {one.need_found_on for one in need.actions.all()} <= {need.found_on}


@pytest.mark.django_db
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(gestures=st.lists(GESTURES, min_size=3, max_size=25))
def test_any_sequence_of_gestures_keeps_what_must_hold(gestures):
    world = World()
    for name, *told in gestures:
        steps = ActionStep.objects.count()
        try:
            getattr(world, name)(*told)
        except FollowUpRefusal as refusal:
            refused = refusal.code, ActionStep.objects.count() - steps
            assert refused in {(code, 0) for code in REFUSALS}
        check(world)
