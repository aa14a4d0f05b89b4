"""Workbooks of works: what the screens show, one row each, nothing on health."""

from collections.abc import Callable, Iterable, Iterator
from io import BytesIO

from django.http import QueryDict

from seniors.models import User
from visits.lists.exports import Column, write_table
from visits.models import Invoice
from visits.workbooks import told
from visits.works.backlog import Line, in_order, lines
from visits.works.forms import BacklogFilter
from visits.works.funders import FUNDERS
from visits.works.order_sheet import Order

CHUNK = 500
BACKLOG = (
    Column("territory", "Territoire", "text", 22, lambda n: n.territory),
    Column("residence", "Résidence", "text", 26, lambda n: str(n.residence or "")),
    Column("address", "Logement", "text", 40, lambda n: n.address),
    Column("kind", "Travail ou besoin", "text", 30, lambda n: n.kind),
    Column("state", "État", "text", 24, lambda n: n.state),
    Column("found", "Repéré le", "date", 12, lambda n: n.need.found_on),
    Column("age", "Âge (jours)", "number", 10, lambda n: n.age),
    Column("waits", "Attend", "text", 32, lambda n: n.waits),
    Column("due", "Attendu pour le", "date", 14, lambda n: n.due_on),
    Column("late", "Jours de retard", "number", 10, lambda n: n.days_late or None),
    Column("estimate", "Estimation HT (€)", "money", 14, lambda n: n.estimate),
    Column("cost", "Coût réel HT (€)", "money", 14, lambda n: n.cost),
    Column("funder", "Financeur", "text", 24, lambda n: n.funder),
)
ORDER = (
    Column("number", "N°", "number", 6, lambda n: n.number),
    Column("residence", "Résidence", "text", 26, lambda n: n.residence),
    Column("address", "Adresse", "text", 30, lambda n: n.address),
    Column("city", "Commune", "text", 22, lambda n: n.city),
    Column("access", "Étage, porte", "text", 34, lambda n: n.access),
    Column("kind", "Travail", "text", 28, lambda n: n.kind),
    Column("quantity", "Quantité", "text", 12, lambda n: n.quantity),
    Column("agreed", "Accord du locataire le", "date", 14, lambda n: n.agreed_on),
    Column("name", "Pour le rendez-vous", "text", 28, lambda n: n.name),
    Column("phones", "Téléphone", "text", 18, lambda n: n.phones),
)
CLAIM = (
    Column("tax_year", "Taxe de l’année", "number", 10, lambda n: n.year + 1),
    Column("residence", "Résidence", "text", 26, lambda n: _where(n, "residence")),
    Column("address", "Adresse", "text", 30, lambda n: _where(n, "address_line")),
    Column("city", "Commune", "text", 22, lambda n: _where(n, "city_line")),
    Column("roll", "Référence au rôle", "text", 20, lambda n: n.tax_roll),
    Column("kind", "Travail", "text", 28, lambda n: n.works.action.kind.label),
    Column("supplier", "Entreprise", "text", 24, lambda n: n.supplier),
    Column("number", "Facture", "text", 16, lambda n: n.number),
    Column("billed", "Datée du", "date", 12, lambda n: n.billed_on),
    Column("paid", "Payée le", "date", 12, lambda n: n.paid_on),
    Column("net", "Montant HT (€)", "money", 14, lambda n: n.net),
    Column("vat", "TVA (€)", "money", 12, lambda n: n.gross - n.net),
    Column("gross", "Montant TTC (€)", "money", 14, lambda n: n.gross),
    Column("subsidy", "Subvention (€)", "money", 14, lambda n: n.subsidy),
    Column("from", "Subvention de", "text", 22, lambda n: FUNDERS.get(n.subsidy_from, "")),
    Column("claim", "Réclamation", "text", 14, lambda n: n.get_claim_display()),
    Column("claimed", "Réclamée le", "date", 12, lambda n: n.claimed_on),
)


def _where(invoice: Invoice, field: str) -> str:
    """A field of the dwelling where the works were made."""
    return str(getattr(invoice.works.action.dwelling, field, ""))


def every_line(form: BacklogFilter) -> Iterator[Line]:
    """All the rows of the list, some at a time."""
    rows = list(in_order(*form.halves(), form.order_asked))
    for start in range(0, len(rows), CHUNK):
        yield from lines(rows[start : start + CHUNK], seen_by=form.user)


def write_backlog(rows: Iterable[Line]) -> bytes:
    """The XLSX of these rows (`every_line`)."""
    return write_table(rows, BACKLOG, sheet_name="Travaux", title="Travaux à faire")


def backlog_book(user: User, query: str, progress: Callable[[int], None]) -> bytes:
    """The XLSX of the list that `user` sees with these filters (`workbooks`)."""
    form = BacklogFilter(user, QueryDict(query))
    return write_backlog(told(every_line(form), progress))


def write_order(order: Order) -> BytesIO:
    """The XLSX of an order sheet (`order_sheet.order_of`)."""
    return BytesIO(write_table(order.works, ORDER, sheet_name="Travaux", title=order.label))


def write_claim(invoices: Iterable[Invoice]) -> BytesIO:
    """The XLSX of a claim file (`tax.claim_file`)."""
    return BytesIO(
        write_table(invoices, CLAIM, sheet_name="Factures payées", title="Taxe foncière")
    )
