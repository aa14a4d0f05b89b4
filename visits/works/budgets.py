"""The budget of a year by funder: given, committed, spent, left; the only door of Budget.

Everything without VAT, over the whole stock: a budget has no territory. Committed: works asked for
in the year (the last time, if they were asked of several), at what is left of their estimate until
they are done and invoiced, whether or not the tenant has confirmed. Spent: invoices dated in the
year; what a subsidy covers counts for who gives it (`share_without_vat`), the rest for who pays the
works.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.db.models import (
    Case,
    Count,
    DecimalField,
    Exists,
    F,
    OuterRef,
    Q,
    Subquery,
    Sum,
    When,
)

from seniors.access import DECIDERS
from seniors.models import User
from seniors.refusal import Refusal
from visits.acting.catalogue import works
from visits.acting.delay import ENDED
from visits.acting.steps import WITH_SOMEONE
from visits.enums import State
from visits.models import Action, ActionStep, Budget, Invoice
from visits.works.backlog import AMOUNT
from visits.works.funders import FUNDERS, funder_label

ASKED = (*WITH_SOMEONE, *ENDED)
MONEY = DecimalField(max_digits=12, decimal_places=2)
CENT = Decimal("0.01")


class BudgetRefusal(Refusal):
    """A budget that cannot be kept."""


@dataclass(frozen=True)
class Line:
    """One funder's year; `given` and `left` are None while the budget is to be given."""

    funder: str
    given: Decimal | None
    source: str
    committed: Decimal
    unpriced: int  # works asked for, whose estimate is not known
    spent: Decimal

    @property
    def label(self) -> str:
        return funder_label(self.funder)

    @property
    def left(self) -> Decimal | None:
        return None if self.given is None else self.given - self.committed - self.spent


def lines_of(year: int) -> list[Line]:
    """Every funder, then works whose funder is not known where there are any: four queries."""
    given = {one.funder: one for one in Budget.objects.filter(year=year)}
    committed, spent = _committed(year), _spent(year)
    unknown = [""] if "" in committed or "" in spent else []
    return [
        Line(
            funder,
            given[funder].amount if funder in given else None,
            given[funder].source if funder in given else "",
            *committed.get(funder, (Decimal(0), 0)),
            spent.get(funder, Decimal(0)),
        )
        for funder in (*FUNDERS, *unknown)
    ]


def together(lines: Sequence[Line]) -> Line:
    """What all of them have committed and spent; a budget is one funder's."""
    return Line(
        funder="",
        given=None,
        source="",
        committed=sum((line.committed for line in lines), Decimal(0)),
        unpriced=sum(line.unpriced for line in lines),
        spent=sum((line.spent for line in lines), Decimal(0)),
    )


def _committed(year: int) -> dict[str, tuple[Decimal, int]]:
    """{funder: (what is left of estimates, how many have none)} of what is asked for.

    A first invoice leaves the rest committed while the works are under way.
    """
    asked = ActionStep.objects.standing().filter(action=OuterRef("pk"), to_state=State.REQUESTED)
    last = Exists(asked.filter(on__year=year)), ~Exists(asked.filter(on__year__gt=year))
    invoiced = Invoice.objects.filter(works__action=OuterRef("pk")).order_by()
    billed = invoiced.values("works__action").annotate(total=Sum("net")).values("total")
    left = Case(When(billed=None, then=F("amount")), When(amount__gt=F("billed"),
                then=F("amount") - F("billed")), output_field=MONEY)  # fmt: skip
    rows = (
        Action.objects.filter(works("kind__"), *last, state__in=ASKED)
        .exclude(Exists(invoiced), state__in=ENDED)
        .annotate(amount=AMOUNT, billed=Subquery(billed, output_field=MONEY))
        .annotate(rest=left)
        .order_by()
        .values(funder=F("works__funder"))
        .annotate(total=Sum("rest"), unpriced=Count("pk", filter=Q(amount=None, billed=None)))
    )
    found: dict[str, tuple[Decimal, int]] = {}
    for row in rows:  # without a row of Works, the funder is None: not known either
        total, unpriced = found.get(row["funder"] or "", (Decimal(0), 0))
        added = total + (row["total"] or 0), unpriced + row["unpriced"]
        found[row["funder"] or ""] = added
    return found


def _spent(year: int) -> Mapping[str, Decimal]:
    """{funder: euros without VAT} of the invoices of the year; together, these invoices' sum."""
    invoices = Invoice.objects.filter(billed_on__year=year).order_by()
    paid = invoices.values(funder=F("works__funder")).annotate(total=Sum("net"))
    found = {row["funder"]: row["total"] for row in paid}
    helped = invoices.filter(subsidy__gt=0)
    for payer, giver, *amounts in helped.values_list(
        "works__funder", "subsidy_from", "subsidy", "net", "gross"
    ):
        share = share_without_vat(*amounts)
        found[payer] -= share
        found[giver] = found.get(giver, Decimal(0)) + share
    return found


def share_without_vat(subsidy: Decimal, net: Decimal, gross: Decimal) -> Decimal:
    """What a subsidy counts in accounts without VAT: it is given on the whole of a bill, of which
    `net` is so much. Never more than `net`; `gross` is above zero."""
    return (subsidy * net / gross).quantize(CENT)


@transaction.atomic
def save_budget(year: int, funder: str, *, amount: Decimal, source: str, by: User) -> Budget:
    """Give or change a budget; zero is a budget. Raises BudgetRefusal: role, funder, amount."""
    if by.role not in DECIDERS:
        raise BudgetRefusal("role", "Votre rôle ne permet pas ce geste\u00a0: rien n’a changé.")
    if funder not in FUNDERS:
        raise BudgetRefusal("funder", "Ce financeur n’existe pas\u00a0: rien n’a été enregistré.")
    if amount < 0:
        raise BudgetRefusal("amount", "Un budget ne peut pas être négatif\u00a0: rien n’a changé.")
    told = {"amount": amount, "source": source}
    return Budget.objects.update_or_create(year=year, funder=funder, defaults=told)[0]
