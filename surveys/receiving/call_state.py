"""What the calls of a person come to, written on her invitation so that the next one to call is
found along an index: how she is looked for, how many calls were made, when, and not before when.
"""

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any

from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Concat

from seniors.models import Senior
from seniors.person import records_of
from surveys.models import Call, Invitation

Outcome = Call.Outcome
NEVER, BACK, AGAIN, WRONG, ENDED = "never", "back", "again", "wrong", "ended"
# Said on the telephone, these end every other way of asking. A wrong number does not: a letter
# still reaches her.
ENDING = (Outcome.REFUSED, Outcome.MOVED, Outcome.DIED)
# The numbers of a record, as a call that found them wrong keeps them.
NUMBERS = Concat("mobile", Value(" "), "phone")
AGAIN_AFTER = timedelta(hours=3)  # when nobody picked up


def hers(invitation: Invitation) -> QuerySet[Invitation]:
    """All that asked this person in this campaign: one for each of her records, joined since."""
    person = invitation.senior.merged_into_id or invitation.senior_id
    theirs = Q(senior=person) | Q(senior__merged_into=person)
    return Invitation.objects.filter(theirs, campaign=invitation.campaign_id)


def follow(invitation: Invitation) -> None:
    """After a call was noted, taken back or checked."""
    follow_records([invitation.senior_id])


def follow_records(records: Collection[int]) -> None:
    """The same for all the campaigns of these records, joined into one person or parted."""
    people = Senior.objects.filter(pk__in=list(records_of(list(records))))
    kept = [one.merged_into_id or one.pk for one in people]
    hers = records_of(kept)
    calls: dict[tuple[int, int], list[Call]] = {}
    made = Call.objects.filter(invitation__senior__in=hers).select_related("invitation")
    for call in made.order_by("at", "pk"):
        key = call.invitation.campaign_id, hers[call.invitation.senior_id]
        calls.setdefault(key, []).append(call)
    touched = []
    for one in Invitation.objects.filter(senior__in=hers):
        told = state_of(calls.get((one.campaign_id, hers[one.senior_id]), ()))
        if any(getattr(one, name) != value for name, value in told.items()):
            for name, value in told.items():
                setattr(one, name, value)
            touched.append(one)
    Invitation.objects.bulk_update(touched, FIELDS, batch_size=500)


FIELDS = ("call_state", "calls_made", "called_at", "call_from")


def state_of(calls: Sequence[Call]) -> dict[str, Any]:
    """What these calls of one person come to, the last one last."""
    last = calls[-1] if calls else None
    if last is None:
        state, start = NEVER, None
    elif _is_over(calls) or last.outcome == Outcome.ANSWERED:
        state, start = ENDED, None
    elif last.outcome == Outcome.WRONG_NUMBER:
        state, start = WRONG, None
    elif last.back_at:
        state, start = BACK, last.back_at
    else:
        state, start = AGAIN, last.at + AGAIN_AFTER
    return dict(zip(FIELDS, (state, len(calls), last and last.at, start), strict=True))


def _is_over(calls: Sequence[Call]) -> bool:
    """Whether she is left alone: said dead or gone, or refused without having agreed since to be
    called back, which is noted as « à rappeler »."""
    backs = (rank for rank, one in enumerate(calls) if one.outcome == Outcome.BACK)
    agreed = max(backs, default=-1)
    return any(
        one.outcome in ENDING
        and one.check_said != Call.Check.MISTAKEN
        and (one.outcome != Outcome.REFUSED or rank > agreed)
        for rank, one in enumerate(calls)
    )
