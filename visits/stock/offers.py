"""A vacant dwelling proposed to someone: the only door of HomeOffer.

A person decides each time: the dwelling is tied to an action to move, proposed, that then follows
its own way (`acting.follow_up`).
"""

from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from seniors.access import STAFF
from seniors.models import Dwelling, Senior, User
from seniors.person import rows_of
from seniors.refusal import Refusal
from visits.acting.follow_up import add_need, decide
from visits.acting.steps import OPEN
from visits.agenda import mutes
from visits.enums import State
from visits.models import ActionKind, HomeOffer
from visits.stock.stock_list import vacant

MOVE_HOME, NEED = "move_home", "move"


class OfferRefusal(Refusal):
    """A dwelling that cannot be proposed."""


@transaction.atomic
def propose(dwelling: Dwelling, senior: Senior, *, by: User) -> HomeOffer:
    """Propose this dwelling to this person: an action to move, proposed, new or already open.

    Raises OfferRefusal: role, taken, gone, paused, catalogue, twice.
    """
    _check_role(by)
    # Two people propose at once: the second waits here.
    if not vacant(Dwelling.objects.select_for_update(of=("self",))).filter(pk=dwelling.pk).exists():
        raise OfferRefusal(
            "taken",
            "Ce logement n’est plus vacant d’après le dernier fichier\u00a0: rien n’a été proposé.",
        )
    if senior.dwelling_id is None:
        raise OfferRefusal(
            "gone", "Cette personne n’habite plus dans le parc\u00a0: rien n’a été proposé."
        )
    today = timezone.localdate()
    person = Senior.objects.filter(pk=senior.pk)
    if (
        rows_of(person, mutes.objections(today, today)).exists()
        or rows_of(person, mutes.in_force(today)).exists()
    ):
        raise OfferRefusal(
            "paused",
            "Cette personne est en pause ou ne veut pas être sollicitée\u00a0: rien n’a été "
            "proposé. Voyez sa fiche.",
        )
    kind = ActionKind.objects.filter(code=MOVE_HOME, is_active=True).first()
    if kind is None:
        raise OfferRefusal(
            "catalogue",
            "Le catalogue ne propose plus de changement de logement\u00a0: rien n’a été proposé. "
            "Remettez cette action au catalogue.",
        )
    need = add_need(senior, NEED, found_on=today, by=by)
    action = decide(need, kind, state=State.PROPOSED, on=today, by=by)
    try:
        with transaction.atomic():
            return HomeOffer.objects.create(
                action=action, dwelling=dwelling, offered_on=today, offered_by=by
            )
    except IntegrityError:
        raise OfferRefusal(
            "twice", "Ce logement est déjà proposé à cette personne\u00a0: rien n’a changé."
        ) from None


@transaction.atomic
def decline(offer: HomeOffer, *, by: User) -> HomeOffer:
    """She does not want this dwelling; her action to move goes on. Raises OfferRefusal: role,
    declined."""
    _check_role(by)
    done = HomeOffer.objects.filter(pk=offer.pk, declined_on=None).update(
        declined_on=timezone.localdate()
    )
    if not done:
        raise OfferRefusal("declined", "Cette réponse était déjà notée\u00a0: rien n’a changé.")
    offer.refresh_from_db()
    return offer


def offers_of(dwellings: Iterable[Dwelling]) -> QuerySet[HomeOffer]:
    """What was proposed of these dwellings, the latest first, with whom and by whom."""
    ids = [one.pk for one in dwellings]
    return HomeOffer.objects.filter(dwelling__in=ids).select_related(
        "action__kind", "action__senior__merged_into", "offered_by", "dwelling__residence"
    )


def is_open(offer: HomeOffer) -> bool:
    """Whether an answer is still awaited."""
    return offer.declined_on is None and offer.action.state in OPEN


def _check_role(by: User) -> None:
    if by.role not in STAFF:
        raise OfferRefusal("role", "Votre rôle ne permet pas ce geste\u00a0: rien n’a changé.")
