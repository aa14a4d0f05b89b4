"""Actions as one reads them: which ones a person sees, what each waits for, which are late."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.db.models import F, QuerySet
from django.utils import timezone

from seniors.access import DECIDERS, visible_seniors, within
from seniors.models import Senior, User
from seniors.person import rows_of
from visits.acting.hand_over import person_of
from visits.acting.partners import offered_to
from visits.acting.steps import OPEN, steps_from
from visits.enums import State
from visits.models import Action, Partner

SILENCE = timedelta(days=7)
LINKS = (
    "kind",
    "need",
    "partner",
    "officer",
    "works__lot",
    "senior__dwelling__residence",
    "senior__merged_into__dwelling__residence",
)


def visible_actions(user: User) -> QuerySet[Action]:
    """The actions of the people whom `user` may see, whichever record of theirs they are on."""
    return rows_of(visible_seniors(user), Action.objects.all())


def left_behind(user: User) -> QuerySet[Action]:
    """The actions of people who have left their home, decided in a home of `user`'s territories:
    for who decides there, since nobody's list of people has them any more."""
    if user.role not in DECIDERS:
        return Action.objects.none()
    gone = Senior.objects.unmerged().filter(dwelling=None)
    return rows_of(gone, within(user, Action.objects.all(), "dwelling__residence__territory"))


def late(actions: QuerySet[Action], today: date | None = None) -> QuerySet[Action]:
    """Those whose next step was expected before today."""
    return actions.filter(state__in=OPEN, due_on__lt=today or timezone.localdate())


def silent(actions: QuerySet[Action], today: date | None = None) -> QuerySet[Action]:
    """Those asked of a partner who has not answered for 7 days."""
    until = (today or timezone.localdate()) - SILENCE
    return actions.filter(state=State.REQUESTED, partner__isnull=False, state_on__lte=until)


def in_order(actions: QuerySet[Action]) -> QuerySet[Action]:
    """With what a page shows of them: the late ones, then by day expected; closed ones last."""
    return actions.select_related(*LINKS).order_by(
        F("due_on").asc(nulls_last=True), "-state_on", "pk"
    )


def partners_for(action: Action) -> QuerySet[Partner]:
    """Who may be asked: active, doing this, where the person lives."""
    return offered_to(person_of(action)).filter(kinds=action.kind)


def dress(actions: Iterable[Action], today: date | None = None) -> list[Action]:
    """The same, each with what a page says of it: person, age, waits, days late, next steps."""
    today = today or timezone.localdate()
    dressed = list(actions)
    for action in dressed:
        action.person = person_of(action)
        action.days = (today - action.state_on).days
        action.waits = waits_for(action)
        action.days_late = _days_late(action, today)
        action.ways = steps_from(action.state, by_partner=action.kind.by_partner)
        action.touches = [one for one in action.ways if one.touch]
    return dressed


def waits_for(action: Action) -> str:
    """What the next step is, and whom it is expected from; "" once nothing is."""
    partner = str(action.partner) if action.partner else ""
    ours = partner if action.kind.by_partner else _company(action) or "nos équipes"
    return {
        State.PROPOSED: "la réponse de la personne",
        State.ACCEPTED: f"votre demande à {partner or 'un partenaire'}"
        if action.kind.by_partner
        else "votre demande à nos équipes",
        State.REQUESTED: f"la réponse de {partner}" if partner else f"le début, par {ours}",
        State.PARTNER_ACCEPTED: f"le début, par {ours}",
        State.PARTNER_REFUSED: "un autre partenaire, à choisir",
        State.UNDER_WAY: f"la fin, par {ours}",
        State.DONE: "la confirmation de la personne",
    }.get(State(action.state), "")


def _company(action: Action) -> str:
    """Who was ordered to make it, with others in one lot; "" for the landlord's own teams."""
    works = getattr(action, "works", None)
    return works.lot.company if works and works.lot else ""


def waiting_list(user: User, code: str) -> list[Action]:
    """Who waits for such a home, in the order in which they said yes; `rank` is among everyone's,
    whatever the territory, `since` the day of the yes. Only those `user` may see are given."""
    waiting = (
        Action.objects.filter(
            kind__code=code,
            state__in=OPEN,
            steps__to_state=State.ACCEPTED,
            steps__taken_back_at=None,
        )
        .exclude(state=State.DONE)
        .annotate(since=F("steps__on"))
        .order_by("since", "pk")
    )
    ranks = {pk: rank for rank, pk in enumerate(waiting.values_list("pk", flat=True), 1)}
    seen = visible_actions(user).filter(pk__in=ranks).select_related(*LINKS)
    since = dict(waiting.values_list("pk", "since"))
    found = dress(seen)
    for action in found:
        action.rank, action.since = ranks[action.pk], since[action.pk]
    return sorted(found, key=lambda action: action.rank)


def _days_late(action: Action, today: date) -> int:
    if action.due_on is None or action.due_on >= today:
        return 0
    return (today - action.due_on).days
