"""Partners, and what was decided at past visits: actions in every state, each through its door."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction

from seniors.enums import ConsentKind, Role
from seniors.french import counted
from seniors.models import Consent, Senior, Territory, User
from seniors.person import people_of
from visits.acting.follow_up import add_need, agree, decide, move
from visits.acting.hand_over import WORDING
from visits.acting.partners import record_attendance, save_partner
from visits.acting.referrals import READ, make_link, note_read
from visits.demo.people import usernames
from visits.demo.plan import Demo
from visits.enums import State
from visits.models import Action, ActionKind, Partner, Visit

S = State
MOST = 32  # people per officer
BETWEEN = (5, 12, 9, 6, 3, 0)  # days from a step to the one before, the last step first
# Name, what it does, telephone (a range that is never given), hours, whether it is a place.
EVERYWHERE = (
    ("Aide à domicile de l’Iroise", ("home_help", "meals", "carer_support"), "0261910101"),
    ("Téléassistance Penn ar Bed", ("alarm",), "0261910102"),
    ("Point d’information local", ("apa", "paperwork", "carer_support"), "0261910103"),
    ("Caisse de retraite", ("aspa",), "0261910104"),
    ("Caisse d’assurance maladie", ("css",), "0261910105"),
    ("Point conseil budget", ("banking", "energy_water"), "0261910106"),
    ("Les Voisins solidaires", ("calls", "befriending", "transport"), "0261910107"),
    ("Allô Bonjour", ("calls", "internet"), "0261910108"),
    ("Habitat partagé du Ponant", ("shared_housing",), "0261910109"),
)
PLACES = ("activities", "third_place")
HOURS = "Mardi et jeudi, de 14 h à 17 h"
# What was decided, in turn, and how far it went.
DECIDED = (
    ("grab_bars", S.CONFIRMED), ("home_help", S.REQUESTED), ("activities", S.UNDER_WAY),
    ("shower", S.REQUESTED), ("css", S.DONE), ("calls", S.PARTNER_REFUSED), ("apa", S.REQUESTED),
    ("shutters", S.ACCEPTED), ("third_place", S.PARTNER_ACCEPTED), ("move_home", S.REQUESTED),
    ("alarm", S.CONFIRMED), ("energy_water", S.CANCELLED), ("night_path", S.UNDER_WAY),
    ("befriending", S.DECLINED), ("shared_housing", S.REQUESTED), ("meals", S.PARTNER_ACCEPTED),
    ("activities", S.REQUESTED), ("raised_wc", S.DONE), ("internet", S.PROPOSED),
)  # fmt: skip
NOTES = {
    S.PARTNER_REFUSED: "Plus de place avant le printemps",
    S.CANCELLED: "La facture a été réglée autrement",
}


@dataclass(frozen=True)
class Told:
    """One action to be made: whose, what, how far, by whom, from which visit."""

    senior: Senior
    kind: ActionKind
    state: State
    by: User
    seen_on: date
    last_on: date


def follow_up(demo: Demo) -> str | None:
    """Fill the directory, then take past visits' decisions on from there, once."""
    if Partner.objects.exists():
        return None
    manager = User.objects.filter(username__in=usernames(), role=Role.MANAGER).get()
    with transaction.atomic():
        partners = _partners(manager)
        actions = [_make(told) for told in _decisions(demo)]
        _links(actions)
        _sessions(demo)
    return f"{counted(len(partners), 'partenaire')}, {counted(len(actions), 'action')}"


def _partners(by: User) -> list[Partner]:
    """Those who work everywhere, and a place to go in each territory."""
    everywhere = list(Territory.objects.order_by("pk"))
    made = []
    for number, (name, codes, phone) in enumerate(EVERYWHERE, 1):
        fields = {"name": name, "phone": phone, "email": f"partenaire{number}@exemple.bzh"}
        made.append(_partner(fields, codes, everywhere, by))
    for number, territory in enumerate(everywhere, 1):
        town = territory.name.rsplit(" ", 1)[-1]
        fields = {"name": f"Maison de quartier, {town}", "phone": f"02619102{number:02}"}
        fields |= {"is_place": True, "hours": HOURS}
        made.append(_partner(fields, PLACES, [territory], by))
    return made


def _partner(
    fields: dict, codes: tuple[str, ...], territories: list[Territory], by: User
) -> Partner:
    kinds = ActionKind.objects.filter(code__in=codes)
    return save_partner(Partner(**fields), kinds=kinds, territories=territories, by=by)


def _decisions(demo: Demo) -> Iterator[Told]:
    """For each officer, people seen before this month, and what was decided with each in turn."""
    kinds = {kind.code: kind for kind in ActionKind.objects.all()}
    officers = User.objects.filter(username__in=usernames(), role=Role.OFFICER).order_by("pk")
    since, until = demo.as_of - timedelta(days=560), demo.as_of - timedelta(days=25)
    seen = Visit.objects.filter(outcome=Visit.Outcome.DONE, made_on__range=(since, until))
    # Who said no to any sharing is handed over to nobody, whatever the day of the demonstration.
    alone = Consent.objects.filter(kind=ConsentKind.SHARING, given=False)
    number = 0
    for officer in officers:
        people = (
            Senior.objects.housed()
            .filter(
                pk__in=people_of(seen), dwelling__residence__territory__in=officer.territories.all()
            )
            .exclude(pk__in=people_of(alone))
        )
        days = dict(seen.order_by("made_on").values_list("senior_id", "made_on"))
        for senior in people.select_related("dwelling").order_by("reference")[:MOST]:
            code, state = DECIDED[number % len(DECIDED)]
            last_on = demo.as_of - timedelta(days=number * 7 % 41)
            seen_on = days.get(senior.pk, until)
            yield Told(senior, kinds[code], state, officer, seen_on, max(last_on, seen_on))
            number += 1


def _make(told: Told) -> Action:
    """The need, the action and its steps, the last on its day and none before the visit."""
    way = _way(told.kind.by_partner, told.state)
    days = [told.last_on]
    for gap in BETWEEN[: len(way)]:
        days.insert(0, max(days[0] - timedelta(days=gap), told.seen_on))
    first = S.DECLINED if told.state == S.DECLINED else S.PROPOSED
    partner = _partner_of(told)
    by = told.by
    need = add_need(told.senior, told.kind.needs[0], found_on=days[0], by=by)
    action = decide(need, told.kind, state=first, on=days[0], by=by, partner=partner)
    for to, on in zip(way, days[1:], strict=True):
        if to == S.REQUESTED and partner:
            agree(action, partner, given_on=on, by=by, wording=WORDING)
        action = _step(action, to, on, by=by, partner=partner)
    return action


def _step(action: Action, to: State, on: date, *, by: User, partner: Partner | None) -> Action:
    """A partner answers himself every other time."""
    told = {"on": on, "note": NOTES.get(to, "")}
    if to in (S.PARTNER_ACCEPTED, S.PARTNER_REFUSED) and action.pk % 2:
        return move(action, to, partner=partner, signed="Accueil", **told)
    if to == S.CONFIRMED:  # one in four says nothing of it
        told["satisfied"] = ("", "yes", "yes", "rather")[action.pk % 4]
    return move(action, to, by=by, partner=partner, **told)


def _way(by_partner: bool, state: State) -> list[State]:
    """The states after the first, up to this one."""
    if state in (S.PROPOSED, S.DECLINED):
        return []
    if state == S.CANCELLED:
        return [S.ACCEPTED, S.CANCELLED]
    if state == S.PARTNER_REFUSED:
        return [S.ACCEPTED, S.REQUESTED, S.PARTNER_REFUSED]
    way = [S.ACCEPTED, S.REQUESTED, S.PARTNER_ACCEPTED, S.UNDER_WAY, S.DONE, S.CONFIRMED]
    if not by_partner:
        way.remove(S.PARTNER_ACCEPTED)
    return way[: way.index(state) + 1]


def _partner_of(told: Told) -> Partner | None:
    """The first who does this there."""
    if not told.kind.by_partner:
        return None
    there = told.senior.dwelling.residence.territory_id
    able = Partner.objects.filter(kinds=told.kind, territories=there).order_by("pk")
    return able.first()


def _links(actions: list[Action]) -> None:
    """Every third request went by a link, some of them read."""
    asked = [one for one in actions if one.state == S.REQUESTED and one.partner_id]
    for number, action in enumerate(asked[::3]):
        referral, _ = make_link(action, by=action.created_by)
        if number % 2:
            note_read(referral, READ)


def _sessions(demo: Demo) -> None:
    """Four weeks of attendance at each place."""
    for place in Partner.objects.filter(is_place=True).order_by("pk"):
        expected = Action.objects.filter(partner=place, state__in=[S.PARTNER_ACCEPTED, S.UNDER_WAY])
        people = list(Senior.objects.filter(actions__in=expected).distinct().order_by("reference"))
        officer = User.objects.filter(
            role=Role.OFFICER, territories__in=place.territories.all()
        ).first()
        if not people or officer is None:
            continue
        for week in range(1, 5):
            came = {one.pk for n, one in enumerate(people) if (n + week) % 3}
            on = demo.as_of - timedelta(days=7 * week)
            record_attendance(place, on, came=came, listed=people, by=officer)
