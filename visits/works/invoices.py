"""The money of one work: its quantity, estimate and funder, and its invoices. The only door of
Works (lots apart) and Invoice.

An invoice that precedes the request is refused: it is of other works, or a date is wrong. One that
was claimed from the tax office no longer changes.
"""

from datetime import date

from django.db import IntegrityError, transaction
from django.utils import timezone

from seniors.access import DECIDERS
from seniors.models import User
from seniors.refusal import Refusal
from visits.enums import Claim, State
from visits.models import Action, ActionStep, Invoice, Works
from visits.works.funders import FUNDERS


class InvoiceRefusal(Refusal):
    """An invoice that cannot be kept."""


def requested_on(action: Action) -> date | None:
    """The day the works were first asked for; None while they were not."""
    steps = ActionStep.objects.standing().filter(action=action, to_state=State.REQUESTED)
    return steps.order_by("on").values_list("on", flat=True).first()


@transaction.atomic
def save_works(works: Works, *, by: User) -> Works:
    """The quantity, the estimate and the funder of one work; its lot stays.

    Raises InvoiceRefusal: role, funder.
    """
    _check_role(by)
    _check_funder(works.funder)
    told = {"quantity": works.quantity, "estimate": works.estimate, "funder": works.funder}
    return Works.objects.update_or_create(action=works.action, defaults=told)[0]


@transaction.atomic
def save_invoice(invoice: Invoice, action: Action, *, by: User) -> Invoice:
    """Keep one invoice of these works.

    Raises InvoiceRefusal: role, claimed, not_asked, before, future, paid, amounts, subsidy, funder,
    twice.
    """
    _check_role(by)
    _check_free(invoice)
    _check_dates(invoice, requested_on(action))
    _check_amounts(invoice)
    invoice.works = Works.objects.get_or_create(action=action)[0]
    invoice.recorded_by = by
    try:
        with transaction.atomic():
            invoice.save()
    except IntegrityError as error:
        raise InvoiceRefusal(
            "twice",
            f"La facture {invoice.number} de {invoice.supplier} est déjà enregistrée pour ces "
            "travaux\u00a0: rien n’a changé.",
        ) from error
    return invoice


@transaction.atomic
def remove_invoice(invoice: Invoice, *, by: User) -> None:
    """Take away an invoice written by mistake. Raises InvoiceRefusal: role, claimed."""
    _check_role(by)
    _check_free(invoice)
    invoice.delete()


def _check_free(invoice: Invoice) -> None:
    """A claimed invoice is in a file that the tax office has."""
    kept = Invoice.objects.select_for_update().filter(pk=invoice.pk).first()
    if kept and kept.claim != Claim.NONE:
        raise InvoiceRefusal(
            "claimed",
            f"Cette facture est dans une réclamation ({kept.get_claim_display()})\u00a0: elle ne "
            "change plus. Rien n’a été modifié.",
        )


def _check_dates(invoice: Invoice, asked_on: date | None) -> None:
    if asked_on is None:
        raise InvoiceRefusal(
            "not_asked",
            "Ces travaux n’ont pas encore été demandés\u00a0: aucune facture ne peut leur être "
            "rattachée. Rien n’a été enregistré.",
        )
    if invoice.billed_on < asked_on:
        raise InvoiceRefusal(
            "before",
            f"La facture est datée du {invoice.billed_on:%d/%m/%Y}, avant la demande du "
            f"{asked_on:%d/%m/%Y}\u00a0: rien n’a été enregistré. Vérifiez la date, ou de quels "
            "travaux il s’agit.",
        )
    if max(invoice.billed_on, invoice.paid_on or invoice.billed_on) > timezone.localdate():
        raise InvoiceRefusal(
            "future", "Une date n’est pas encore passée\u00a0: rien n’a été enregistré."
        )
    if invoice.paid_on and invoice.paid_on < invoice.billed_on:
        raise InvoiceRefusal(
            "paid", "La facture est payée avant sa date\u00a0: rien n’a été enregistré."
        )


def _check_amounts(invoice: Invoice) -> None:
    if not 0 <= invoice.net <= invoice.gross:
        raise InvoiceRefusal(
            "amounts",
            "Le montant TTC est plus petit que le montant HT\u00a0: rien n’a été enregistré.",
        )
    if not 0 <= invoice.subsidy <= invoice.gross:
        raise InvoiceRefusal(
            "subsidy", "La subvention dépasse le montant TTC\u00a0: rien n’a été enregistré."
        )
    if bool(invoice.subsidy) != bool(invoice.subsidy_from):
        raise InvoiceRefusal(
            "subsidy",
            "Une subvention va avec celui qui la donne\u00a0: écrivez les deux, ou aucun. Rien n’a "
            "été enregistré.",
        )
    _check_funder(invoice.subsidy_from)


def _check_funder(code: str) -> None:
    if code and code not in FUNDERS:
        raise InvoiceRefusal("funder", "Ce financeur n’existe pas\u00a0: rien n’a été enregistré.")


def _check_role(by: User) -> None:
    if by.role not in DECIDERS:
        raise InvoiceRefusal("role", "Votre rôle ne permet pas ce geste\u00a0: rien n’a changé.")
