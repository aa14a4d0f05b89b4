"""What an officer thinks of how soon someone should be seen, against the computed order.

The score stays as it was computed (`FragilityScore` is never changed); the opinion is kept beside
it, with its reason and the computation it is about, and shown with it. The latest one holds.
"""

from django.db import transaction

from seniors import guard
from seniors.models import AccessLog, FragilityScore, Senior, User
from seniors.refusal import Refusal
from visits.models import Contest

REASON_MOST = 200


class ContestRefusal(Refusal):
    """An opinion that cannot be kept."""


@transaction.atomic
def contest(senior: Senior, *, says: str, reason: str, by: User) -> Contest:
    """Keep that she should be seen sooner, or can wait, and why.

    Raises ContestRefusal: says, reason, or what the guard found.
    """
    reason = reason.replace("\x00", "").strip()[:REASON_MOST]
    if says not in Contest.Says.values:
        raise ContestRefusal("says", "Dites si elle est à voir plus tôt ou peut attendre.")
    if not reason:
        raise ContestRefusal("reason", "Dites pourquoi\u00a0: votre avis est gardé avec sa raison.")
    if found := guard.found(reason):
        raise ContestRefusal(found[0].kind, f"{guard.explain(found)} Rien n’est enregistré.")
    AccessLog.objects.create(user=by, gesture="contest", senior=senior)
    scores = FragilityScore.objects.filter(senior=senior, run__finished_at__isnull=False)
    run = scores.order_by("-run_id").values_list("run_id", flat=True).first()
    return Contest.objects.create(senior=senior, run_id=run, says=says, reason=reason, by=by)
