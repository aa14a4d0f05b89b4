"""What the page of one action shows: a fixed number of queries."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest
from django.utils import timezone

from seniors.models import User
from visits.acting.action_forms import GiveForm, MoveForm
from visits.acting.catalogue import is_works
from visits.acting.follow_up import agreement_for
from visits.acting.hand_over import has_moved, wording
from visits.acting.referrals import SHOWN_IN
from visits.acting.taking_back import last_of, may_open_again
from visits.acting.waiting import LINKS, dress, left_behind, visible_actions
from visits.models import Action, Agreement, Referral
from visits.needs import NEEDS


def action_of(request: HttpRequest, uid: UUID) -> Action:
    """An action that this person may see, also of someone who has left."""
    for seen in (visible_actions(request.user), left_behind(request.user)):
        found = seen.select_related(*LINKS, "created_by", "form").filter(uid=uid).first()
        if found:
            found.person_kept = found.senior.merged_into or found.senior
            return found
    raise Http404


def action_context(
    action: Action,
    *,
    reader: User,
    form: MoveForm | None = None,
    refused: str = "",
    **more: Any,
) -> dict[str, Any]:
    """The action with its next steps as forms (`form` replaces the one that was refused), and
    what `reader` may take back or give."""
    action = dress([action])[0]
    agreement = agreement_for(action, action.partner) if action.partner else None
    return {
        "action": action,
        "person": action.person,
        "is_works": is_works(action.kind),
        "has_left_them": is_works(action.kind) and has_moved(action),
        "need": NEEDS[action.need.code],
        "moves": [_form(action, one, form) for one in action.ways],
        "steps": list(action.steps.select_related("by", "partner", "taken_back_by")),
        "last": last_of(action, reader),
        "may_open_again": may_open_again(action.need, reader),
        "give_form": GiveForm(reader, action),
        "charges": list(action.charges.select_related("officer", "by")),
        "agreement": agreement,
        "agreements": _agreements(action),
        "referrals": _referrals(action),
        "can_hand_over": bool(agreement) and action.state in SHOWN_IN,
        "wording": wording(action.kind.label, "ce partenaire"),
        "refused": refused,
        "today": timezone.localdate(),
    } | more


def _form(action: Action, step: Any, refused: MoveForm | None) -> MoveForm:
    return refused if refused and refused.step.to == step.to else MoveForm(action, step)


def _agreements(action: Action) -> list[Agreement]:
    """Each yes of the tenant, with the words she said yes to."""
    found = list(action.agreements.select_related("partner", "recorded_by", "withdrawn_by"))
    for one in found:
        one.words = wording(action.kind.label, one.partner.name, version=one.wording)
    return found


def _referrals(action: Action) -> list[Referral]:
    """The links made, the latest first, each with its readings."""
    links = Referral.objects.filter(agreement__action=action)
    found = list(links.select_related("agreement__partner", "created_by").prefetch_related("reads"))
    now = timezone.now()
    for one in found:
        one.is_alive = one.revoked_at is None and one.expires_at > now
    return found
