"""How long invoices are kept, ten years as accounts are, and the tables that were written apart."""

from collections.abc import Iterator
from datetime import date

from seniors.erasers import Term
from seniors.retention import years_before
from visits import workbooks
from visits.models import Invoice

INVOICE_YEARS = 10


def terms(on: date) -> Iterator[Term]:
    """The rules, and what is past them on that day."""
    old = Invoice.objects.filter(billed_on__lte=years_before(on, INVOICE_YEARS))
    rule = f"effacées après {INVOICE_YEARS} ans"
    yield Term("invoices", "Factures de travaux", rule, old.count(), old.delete)
    count = workbooks.old().count()
    yield Term("workbooks", "Tableaux préparés", "effacés après un jour", count, workbooks.purge)
