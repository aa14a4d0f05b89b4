"""What a gesture on an action must satisfy, and the sentence that refuses it. Reads only."""

from datetime import date

from django.utils import timezone

from seniors import guard
from seniors.access import STAFF
from seniors.enums import ConsentKind
from seniors.models import Consent, User
from seniors.queries import records_of
from seniors.refusal import Refusal
from visits.acting.partners import offered_to
from visits.acting.steps import Step, step
from visits.enums import State
from visits.models import Action, Agreement, Partner

NOTE_MOST, SIGNED_MOST = 200, 80
EARLIEST = date(2000, 1, 1)  # before the programme: a slip of the keyboard


class FollowUpRefusal(Refusal):
    """A gesture that cannot be made."""


def agreement_for(action: Action, partner: Partner | None) -> Agreement | None:
    """The agreement in force to hand this action over to this partner; None without one."""
    given = action.agreements.filter(partner=partner, withdrawn_on=None)
    found = given.select_related("action__senior", "partner").first()
    return found if found and is_in_force(found) else None


def is_in_force(agreement: Agreement) -> bool:
    """Not withdrawn, neither by itself nor by a later no to any sharing (her four consents).

    A no of the day of the yes counts too: which came last is not known, and no is the safer.
    """
    if agreement.withdrawn_on:
        return False
    senior = agreement.action.senior
    answers = Consent.objects.filter(
        senior__in=records_of(senior.merged_into or senior),
        kind=ConsentKind.SHARING,
        decided_on__gte=agreement.given_on,
    ).exclude(decided_on=agreement.given_on, given=True)
    latest = answers.order_by("-decided_on", "-pk").first()
    return latest is None or latest.given


def allowed_step(action: Action, to: str, by: User | None) -> Step:
    """The line of the table for this move, refused when there is none for who asks."""
    found = step(action.state, to, by_partner=action.kind.by_partner)
    if found is None or (by is None and not found.you):
        raise moved_since(action)
    return found


def moved_since(action: Action) -> FollowUpRefusal:
    """The refusal of a move made from a state that is no longer the one of the action."""
    return FollowUpRefusal(
        "step",
        f"Cette action est maintenant «\u00a0{action.get_state_display()}\u00a0»\u00a0: ce "
        "changement n’est plus possible et rien n’a été modifié. Relisez-la avant de continuer.",
    )


def checked_note(note: str, allowed: Step) -> str:
    """The note as it is kept."""
    said = note.replace("\x00", "").strip()[:NOTE_MOST]
    if allowed.note and not said:
        raise FollowUpRefusal("note", "Dites en quelques mots pourquoi\u00a0: rien n’a changé.")
    if found := guard.found(said):
        raise FollowUpRefusal(found[0].kind, f"{guard.explain(found)} Rien n’a changé.")
    return said


def checked_signature(action: Action, by: User | None, partner: Partner | None, signed: str) -> str:
    """The name a partner signs with; "" for staff, whose account signs."""
    if by is not None:
        return ""
    if partner is None or partner.pk != action.partner_id:
        raise FollowUpRefusal(
            "partner_other",
            "Cette demande n’est pas adressée à ce partenaire\u00a0: rien n’a changé.",
        )
    said = signed.replace("\x00", "").strip()[:SIGNED_MOST]
    if not said:
        raise FollowUpRefusal("signed", "Écrivez votre nom\u00a0: il signe votre réponse.")
    if guard.contains_nir(said):
        raise FollowUpRefusal("nir", "Écrivez votre nom, sans numéro\u00a0: rien n’a changé.")
    return said


def partner_to_ask(action: Action, partner: Partner | None) -> Partner | None:
    """Whom the action is asked of; nobody for what the landlord does himself."""
    if not action.kind.by_partner:
        return None
    asked = partner or action.partner
    if asked is None:
        raise FollowUpRefusal("partner_missing", "Choisissez le partenaire à qui demander.")
    if action.state == State.PARTNER_REFUSED and asked.pk == action.partner_id:
        raise FollowUpRefusal(
            "partner_same", f"{asked} vient de refuser\u00a0: choisissez un autre partenaire."
        )
    if not asked.is_active:
        raise FollowUpRefusal(
            "partner_inactive",
            f"{asked} n’est plus dans l’annuaire\u00a0: choisissez un autre partenaire.",
        )
    if not asked.kinds.filter(pk=action.kind_id).exists():
        raise FollowUpRefusal(
            "partner_kind",
            f"{asked} ne propose pas «\u00a0{action.kind}\u00a0»\u00a0: choisissez-en un autre.",
        )
    if not serves(asked, action):
        raise FollowUpRefusal(
            "partner_elsewhere",
            f"{asked} n’intervient pas là où vit cette personne\u00a0: choisissez un autre "
            "partenaire.",
        )
    if not agreement_for(action, asked):
        raise FollowUpRefusal(
            "agreement",
            f"Il manque l’accord de la personne pour transmettre cette demande à {asked}\u00a0: "
            "rien n’a été transmis. Demandez-lui, puis notez son accord.",
        )
    return asked


def serves(partner: Partner, action: Action) -> bool:
    """Whether the partner may be asked where the person lives."""
    return offered_to(action.senior).filter(pk=partner.pk).exists()


def check_role(by: User) -> None:
    if by.role not in STAFF:
        raise FollowUpRefusal("role", "Votre rôle ne permet pas ce geste\u00a0: rien n’a changé.")


def check_day(on: date) -> None:
    if on > timezone.localdate():
        raise FollowUpRefusal(
            "future",
            "Cette date n’est pas encore passée\u00a0: écrivez celle d’aujourd’hui ou d’avant.",
        )
    if on < EARLIEST:
        raise FollowUpRefusal(
            "too_old", "Cette date est trop ancienne\u00a0: vérifiez l’année. Rien n’a changé."
        )


def before(last: date) -> FollowUpRefusal:
    return FollowUpRefusal(
        "before",
        f"La dernière étape est du {last:%d/%m/%Y}\u00a0: celle-ci ne peut pas être plus ancienne.",
    )
