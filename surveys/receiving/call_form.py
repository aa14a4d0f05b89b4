"""The questionnaire asked on the telephone: kept as it is typed, resumed by whoever calls next.

What is kept on the way is what her own consents allow, as said so far (`keying.storable`).
"""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone

from seniors.models import AccessLog, User
from seniors.refusal import Refusal
from surveys.locking import lock_campaign, lock_invitation
from surveys.models import Aside, Draft, Invitation, Response
from surveys.questionnaires import questionnaire
from surveys.receiving import answering, call_state, calls, intake, keying
from surveys.receiving.answer import FILLED_BY
from surveys.receiving.answering import Coded, Part

PHONE = Response.Channel.PHONE
ON_THE_PHONE = 3  # value of filled_by
NOT_ASKED = frozenset({FILLED_BY})
BEHIND = (
    "Cette fiche a été modifiée depuis une autre page : cette réponse n’est pas enregistrée. "
    "Rechargez la page."
)
BEHIND_PAGE = (
    "Cette fiche a été modifiée depuis une autre page. Voici ce que vous avez saisi ici ; ce "
    "qui est enregistré et qui diffère est dit à sa place. Corrigez s’il le faut, puis enregistrez."
)
UNKEPT = "Pas gardée : il faut d’abord son accord (premières questions)."


class FormRefusal(Refusal):
    """An answer that cannot be kept as sent; nothing was changed."""


class Elsewhere(Exception):
    """The form was changed from another page since this one was opened."""

    def __init__(self, draft: Draft | None) -> None:
        self.draft = draft
        super().__init__("This page is behind what is kept.")


def begun(invitation: Invitation) -> Draft | None:
    """What she has answered on the telephone so far: of two records joined, the latest holds, and
    `older` is when the other was left."""
    hers = _drafts_of(invitation)
    older = hers.filter(saved_at__lt=OuterRef("saved_at")).values("saved_at")[:1]
    return hers.annotate(older=Subquery(older)).select_related("by").first()


def parts(invitation: Invitation, coded: Coded, problems: Mapping[str, str]) -> list[Part]:
    """What is asked, who held the pen left out: it is known."""
    asked = questionnaire.named(invitation.campaign.questionnaire)
    return answering.parts(asked, coded, problems, without=NOT_ASKED)


@transaction.atomic
def save(
    invitation: Invitation, told: Mapping[str, int | None], *, version: int, by: User, now: datetime
) -> Draft:
    """Keep these answers over those already there; None takes one away.

    `version` is that of the form the page shows, 0 for a form not begun. She stays held for this
    officer. Raises Elsewhere, FormRefusal: held (another officer is calling her), answered (the
    answer was received meanwhile).
    """
    draft = _locked(invitation, version)
    if not calls.take(invitation, by=by, now=now):
        raise FormRefusal(
            "held",
            "Une autre personne est en train de l’appeler : cette réponse n’est pas "
            "enregistrée. Voyez ensemble qui continue.",
        )
    if keying.response_to(invitation):
        raise FormRefusal(
            "answered",
            "La réponse de cette personne est arrivée entre-temps\u00a0: celle-ci ne s’enregistre "
            "plus question par question. Terminez, et les deux seront comparées.",
        )
    values = {code: value for code, value in {**draft.values, **told}.items() if value is not None}
    draft.values = keying.storable(invitation.campaign, values)
    draft.version += 1
    draft.by = by
    draft.save()
    return draft


@transaction.atomic
def finish(
    invitation: Invitation, coded: Coded, *, version: int, by: User, now: datetime
) -> Response | Aside:
    """Keep the whole answer and note the call; what was kept on the way is erased.

    Raises Elsewhere, FormRefusal: consent (whether she agrees to a visit being prepared is not
    said), calls.CallRefusal, and what `intake.record_or_set_aside` raises.
    """
    campaign = invitation.campaign
    calls.check_open(campaign, now)
    # In the order of `intake`, which locks the campaign, then writes on the invitation.
    lock_campaign(campaign)
    _locked(invitation, version)
    asked = questionnaire.named(campaign.questionnaire)
    if "consent_visit" not in coded:
        raise FormRefusal(
            "consent",
            "Demandez d’abord si ses réponses peuvent servir à préparer une visite\u00a0: sans "
            "oui ni non, rien ne peut être gardé. Rien n’est enregistré.",
        )
    if FILLED_BY in asked.items:
        coded = {**coded, FILLED_BY: ON_THE_PHONE}
    values, consents, objects = answering.split_coded(asked, coded)
    kept = intake.record_or_set_aside(
        invitation.senior,
        campaign=campaign,
        channel=PHONE,
        received_on=timezone.localdate(now),
        values=values,
        consents=consents,
        objects=objects,
        by=by,
    )
    AccessLog.objects.create(user=by, gesture="survey-call", senior=invitation.senior)
    calls.note_answered(invitation, by=by, now=now)
    _drafts_of(invitation).delete()
    return kept


def unkept(coded: Coded, draft: Draft) -> dict[str, str]:
    """{item code: why} for each answer of a page that her agreements, as said so far, do not let
    be kept."""
    return {code: UNKEPT for code in coded if code not in draft.values and code not in NOT_ASKED}


def differences(invitation: Invitation, coded: Coded, draft: Draft | None) -> dict[str, str]:
    """{item code: what is kept instead} for each answer of a page that differs from the draft."""
    kept = draft.values if draft else {}
    found = {}
    for code, item in questionnaire.named(invitation.campaign.questionnaire).items.items():
        if code not in NOT_ASKED and coded.get(code) != kept.get(code):
            labels = {choice.value: choice.label for choice in item.choices}
            words = labels.get(kept.get(code), "sans réponse")
            found[code] = f"Enregistré depuis une autre page\u00a0: «\u00a0{words}\u00a0»."
    return found


def _drafts_of(invitation: Invitation) -> QuerySet[Draft]:
    """Those of her telephone, on whichever of her records, the latest first."""
    hers = call_state.hers(invitation).values("pk")
    return Draft.objects.filter(invitation__in=hers, channel=PHONE).order_by("-saved_at", "-pk")


def _locked(invitation: Invitation, version: int) -> Draft:
    """The draft, held to the end of the transaction; a new one when none is begun."""
    lock_invitation(invitation)
    draft = _drafts_of(invitation).select_for_update().first()
    if (draft.version if draft else 0) != version:
        raise Elsewhere(draft)
    return draft or Draft(invitation=invitation, channel=PHONE)
