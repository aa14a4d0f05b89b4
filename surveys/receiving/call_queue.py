"""Whom to call next: one short reading along an index, whatever the number of people asked.

What calls came to is on the invitations (`call_state`); that she is still to be called is looked
at again once she is held.
"""

from datetime import datetime
from operator import itemgetter

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from seniors import departed
from seniors.access import visible_seniors
from seniors.models import Senior, User
from seniors.person import among, people_of
from surveys.campaigns.dispatch import running_objections
from surveys.models import Call, Campaign, Invitation
from surveys.receiving import call_state
from surveys.receiving.calls import begun_by_refusing, check_open, release, take

TRIED = 50  # more officers than this never click at the same second
ORDER = (
    "D’abord les personnes à rappeler à cette heure, puis celles que personne n’a encore "
    "appelées, les plus âgées en premier, puis celles qui ont eu le moins d’appels, en commençant "
    "par l’appel le plus ancien."
)
# Each in its order: a field, and whether the greatest comes first; what is unknown comes last.
BACK_ORDER = (("call_from", False),)
# An index gives the bands of age in order: only the first ones are sorted by birth.
NEVER_ORDER = (("band", True), ("born", False))
AGAIN_ORDER = (("calls_made", False), ("called_at", False))
Order = tuple[tuple[str, bool], ...]


def silent(campaign: Campaign, user: User, now: datetime) -> list[QuerySet[Invitation]]:
    """Those of the user's territories who may be called: asked, with a number, no answer, no
    objection, no refusal before; first those asked on the record kept, then the few asked on one
    merged into it, apart so that each is found along an index. `born` is her day of birth.

    Someone whose number was wrong is among them again once her record holds another.
    """
    away = Q(call_state__in=(call_state.ENDED, call_state.WRONG))
    back = Q(pk__in=_corrected(campaign))
    return [some.filter(~away | back) for some in _unheard(campaign, user, now)]


def _unheard(campaign: Campaign, user: User, now: datetime) -> list[QuerySet[Invitation]]:
    """The same, whatever calls came to."""
    today = timezone.localdate(now)
    people = visible_seniors(user).filter(dwelling__isnull=False).exclude(phone="", mobile="")
    people = people.exclude(departed.said_gone(today))
    people = people.exclude(pk__in=people_of(running_objections(today)))
    asked = Invitation.objects.filter(campaign=campaign, answered_by="", counts=True)
    kept = people.filter(pk=OuterRef("merged_into"))
    absorbed = Senior.objects.filter(Exists(kept), merged_into__isnull=False)
    return [
        asked.filter(senior__in=records).annotate(
            born=F(f"{person}__born_on"), band=Coalesce("age_band", 0)
        )
        for person, records in (
            ("senior", people.order_by()),
            ("senior__merged_into", among(list(absorbed.values_list("pk", flat=True)))),
        )
    ]


def _corrected(campaign: Campaign) -> list[int]:
    """Those whose numbers are not those that were found wrong any more; a few, read apart so that
    everybody else is found along an index."""
    wrong = Invitation.objects.filter(campaign=campaign, answered_by="", counts=True)
    wrong = wrong.filter(call_state=call_state.WRONG)
    whose = dict(wrong.values_list("pk", Coalesce("senior__merged_into", "senior")))
    # Of two records, the call may be on the one and her place in the queue on the other.
    person = Coalesce("invitation__senior__merged_into", "invitation__senior")
    hers = Invitation.objects.filter(pk=OuterRef("invitation"), campaign=campaign)
    made = Call.objects.filter(Exists(hers), outcome=Call.Outcome.WRONG_NUMBER)
    tried: dict[int, set[str]] = {}
    for senior, numbers in made.values_list(person, "numbers"):
        tried.setdefault(senior, set()).add(numbers)
    people = Senior.objects.filter(pk__in=among(list(whose.values())))
    people = people.annotate(told=call_state.NUMBERS)
    today = dict(people.values_list("pk", "told"))
    return [pk for pk, senior in whose.items() if today[senior] not in tried.get(senior, ())]


def due(
    campaign: Campaign, user: User, now: datetime, *, limit: int | None = None
) -> list[list[int]]:
    """Ids of whom to call now, the first first, in the order of ORDER: to call back, never called,
    to try again; the first `limit` of each. She whom another officer is calling is left out."""
    free = _free(campaign, user, now)
    orders = (BACK_ORDER, NEVER_ORDER, AGAIN_ORDER)
    return [
        _in_order([some.filter(part) for some in free], order, limit)
        for part, order in zip(_parts(now), orders, strict=True)
    ]


def later(campaign: Campaign, user: User, now: datetime, *, limit: int) -> list[Invitation]:
    """Those to call back another time, the soonest first."""
    coming = Q(call_state=call_state.BACK, call_from__gt=now)
    some = [one.filter(coming) for one in _unheard(campaign, user, now)]
    ids = _in_order(some, BACK_ORDER, limit)
    found = Invitation.objects.select_related("senior__merged_into").in_bulk(ids)
    return [found[pk] for pk in ids]


def how_many(campaign: Campaign, user: User, now: datetime) -> list[int]:
    """How many are in each part of `due`."""
    parts = {f"part_{at}": Count("pk", filter=part) for at, part in enumerate(_parts(now))}
    told = [some.aggregate(**parts).values() for some in _free(campaign, user, now)]
    return [sum(counts) for counts in zip(*told, strict=True)]


def _in_order(some: list[QuerySet[Invitation]], order: Order, limit: int | None) -> list[int]:
    """Ids of all of these, the first first."""
    names = [name for name, _ in order]
    keys = [
        F(name).desc() if greatest else F(name).asc(nulls_last=True) for name, greatest in order
    ]
    rows = [
        row for one in some for row in one.order_by(*keys, "pk").values_list("pk", *names)[:limit]
    ]
    for at in range(len(order), 0, -1):  # the last key first: a sort keeps what was in order
        known = sorted((row for row in rows if row[at] is not None), key=itemgetter(at),
                       reverse=order[at - 1][1])  # fmt: skip
        rows = known + [row for row in rows if row[at] is None]
    return [row[0] for row in rows][:limit]


def _free(campaign: Campaign, user: User, now: datetime) -> list[QuerySet[Invitation]]:
    held = Q(hold__until__gt=now) & ~Q(hold__by=user)
    return [some.exclude(held) for some in silent(campaign, user, now)]


def _parts(now: datetime) -> list[Q]:
    """To call back and come, never called, to try again. A wrong number that changed is of these
    last."""
    come = Q(call_state=call_state.AGAIN, call_from__lte=now) | Q(call_state=call_state.WRONG)
    back = Q(call_state=call_state.BACK, call_from__lte=now)
    return [back, Q(call_state=call_state.NEVER), come]


def next_person(campaign: Campaign, user: User, *, now: datetime) -> Invitation | None:
    """The next person to call, held for this user, or the one she holds; None when nobody is due.

    Raises CallRefusal: closed, early, no_phone.
    """
    check_open(campaign, now)
    begun_by_refusing(now).filter(invitation__campaign=campaign).delete()
    mine = Invitation.objects.filter(campaign=campaign, hold__by=user, hold__until__gt=now)
    # Several officers at once: the first that nobody holds.
    ready = (pk for part in due(campaign, user, now, limit=TRIED) for pk in part)
    for pk in (*mine.order_by("pk").values_list("pk", flat=True), *ready):
        found = Invitation.objects.select_related("campaign", "senior__merged_into").get(pk=pk)
        if take(found, by=user, now=now):
            # Another officer may have called her and noted it since she was read.
            if _is_due(found, user, now):
                return found
            release(found, by=user)
    return None


def _is_due(invitation: Invitation, user: User, now: datetime) -> bool:
    """Whether she is still to be called now."""
    back, never, again = _parts(now)
    her = back | never | again, Q(pk=invitation.pk)
    return any(some.filter(*her).exists() for some in silent(invitation.campaign, user, now))
