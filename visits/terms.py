"""How long invoices are kept: ten years, as accounts are."""

from collections.abc import Iterator
from datetime import date

from seniors.erasers import Term
from seniors.retention import years_before
from visits.models import Invoice

INVOICE_YEARS = 10


def terms(on: date) -> Iterator[Term]:
    """The rule, and what is past it on that day."""
    old = Invoice.objects.filter(billed_on__lte=years_before(on, INVOICE_YEARS))
    rule = f"effacées après {INVOICE_YEARS} ans"
    yield Term("invoices", "Factures de travaux", rule, old.count(), old.delete)
