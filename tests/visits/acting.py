"""Needs, actions and partners taken through the doors, to wherever a test wants them."""

from datetime import date, timedelta

from django.urls import reverse
from django.utils import timezone

from seniors.enums import Role
from seniors.models import Senior, Territory, User
from tests.make import make_dwelling, make_residence, make_senior, make_user
from visits.acting.follow_up import add_need, agree, decide, move
from visits.acting.referrals import make_link
from visits.enums import State
from visits.models import Action, ActionKind, Partner

WORDING = "transmission-2026-11"
PARTNER_WAY = (
    State.ACCEPTED, State.REQUESTED, State.PARTNER_ACCEPTED, State.UNDER_WAY, State.DONE,
    State.CONFIRMED,
)  # fmt: skip
OWN_WAY = tuple(state for state in PARTNER_WAY if state != State.PARTNER_ACCEPTED)


def ago(days: int) -> date:
    """That many days before today."""
    return timezone.localdate() - timedelta(days=days)


def kind_of(code: str) -> ActionKind:
    """A line of the catalogue."""
    return ActionKind.objects.get(code=code)


def make_partner(*codes: str, territory: Territory | None = None, **fields) -> Partner:
    """A partner who does these actions, home help unless told otherwise."""
    fields = {"name": "ADMR de l’Iroise", "email": "accueil@admr.example"} | fields
    partner = Partner.objects.create(**fields)
    partner.kinds.set(ActionKind.objects.filter(code__in=codes or ["home_help"]))
    if territory:
        partner.territories.set([territory])
    return partner


def territory_of(senior: Senior) -> Territory:
    return senior.dwelling.residence.territory


def make_person(territory: Territory | None = None, **fields) -> tuple[Senior, User]:
    """A senior at home, and the officer of her territory."""
    senior = make_senior(make_dwelling(make_residence(territory)), **fields)
    return senior, make_user(Role.OFFICER, territory_of(senior), first_name="Camille")


def make_action(
    code: str = "home_help",
    state: State = State.PROPOSED,
    *,
    senior: Senior | None = None,
    by: User | None = None,
    partner: Partner | None = None,
    on: date | None = None,
) -> Action:
    """An action brought to `state` by its usual way, all on one day (20 days ago)."""
    senior = senior or make_person()[0]
    by = by or make_user(Role.OFFICER, territory_of(senior))
    on, kind = on or ago(20), kind_of(code)
    need = add_need(senior, kind.needs[0], found_on=on, by=by)
    if kind.by_partner:
        partner = partner or make_partner(code)
        partner.territories.add(territory_of(senior))
    first = State.DECLINED if state == State.DECLINED else State.PROPOSED
    action = decide(need, kind, state=first, on=on, by=by, partner=partner)
    way = _way(kind.by_partner, state)
    for to in way:
        if to == State.REQUESTED and partner:
            agree(action, partner, given_on=on, by=by, wording=WORDING)
        note = "Plus de place" if to in (State.PARTNER_REFUSED, State.CANCELLED) else ""
        action = move(action, to, on=on, by=by, partner=partner, note=note)
    return action


def _way(by_partner: bool, state: State) -> tuple[State, ...]:
    """The states to go through after the first."""
    if state in (State.PROPOSED, State.DECLINED):
        return ()
    if state == State.CANCELLED:
        return (State.CANCELLED,)
    if state == State.PARTNER_REFUSED:
        return (State.ACCEPTED, State.REQUESTED, State.PARTNER_REFUSED)
    way = PARTNER_WAY if by_partner else OWN_WAY
    return way[: way.index(state) + 1]


def make_asked(state: State = State.REQUESTED, **fields):
    """An action in the hands of a partner, its link's secret, and whose browser."""
    told = {"last_name": "Kermarrec", "phone": "0298000001", "mobile": "0600000002"}
    senior, officer = make_person(**told | fields)
    action = make_action("home_help", state, senior=senior, by=officer)
    return action, make_link(action, by=officer)[1]


def page_of(action: Action) -> str:
    """The address of its page."""
    return reverse("visits:action-show", args=[action.uid])


def step_of(action: Action) -> str:
    """Where its steps are posted."""
    return reverse("visits:action-step", args=[action.uid])


def as_officer(client, action: Action):
    """The browser of who made the action."""
    client.force_login(action.created_by)
    return client
