"""The register of what may be claimed from the property tax (CGI art. 1391 C, DOMAIN.md 2.1).

What is actually paid in a year may be claimed the year after, on the landlord's claim, by residence
and reference on the tax roll. Only the kinds of works marked as accessibility are in it, and what
was once claimed, whatever the mark becomes: the tax office has it. Whether subsidies are deducted,
whether the base is with VAT, and whether a surplus sets off on other buildings is not known for
certain: nothing is computed from it, the page says « à vérifier ». Invoices stay with the dwelling
where the works were made, whoever lives there now.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import Count, F, Max, Q, QuerySet, Sum
from django.db.models.functions import ExtractYear

from seniors.access import DECIDERS, within
from seniors.models import Residence, User
from seniors.refusal import Refusal
from visits.enums import Claim
from visits.models import Invoice

PLACE = "works__action__dwelling__residence"
HELD = Q(works__action__kind__price__is_deductible=True) | ~Q(claim=Claim.NONE)
# What may follow what, and the button that says it.
VERBS = {
    Claim.CLAIMED: "Marquer réclamée",
    Claim.GRANTED: "Marquer obtenue",
    Claim.REFUSED: "Marquer refusée",
}
NEXT = {
    Claim.NONE: (Claim.CLAIMED,),
    Claim.CLAIMED: (Claim.GRANTED, Claim.REFUSED),
    Claim.GRANTED: (),
    Claim.REFUSED: (Claim.CLAIMED,),
}


class ClaimRefusal(Refusal):
    """A claim that cannot be marked."""


@dataclass(frozen=True)
class Entry:
    """One line of the register: amounts in euros."""

    year: int
    residence: int | None
    name: str
    tax_roll: str
    claim: Claim
    count: int
    net: Decimal
    gross: Decimal
    subsidy: Decimal
    claimed_on: date | None

    @property
    def tax_year(self) -> int:
        """The tax that it may lower: that of the year after the payment."""
        return self.year + 1

    @property
    def ways(self) -> list[tuple[str, str]]:
        """What may be said of it now, with its button; nothing without a reference on the roll."""
        open_ = NEXT[self.claim] if self.tax_roll and self.residence else ()
        return [(claim.value, VERBS[claim]) for claim in open_]


def paid(user: User) -> QuerySet[Invoice]:
    """The invoices paid for dwellings that `user` sees."""
    seen = within(user, Invoice.objects.filter(paid_on__isnull=False), f"{PLACE}__territory")
    return seen.annotate(year=ExtractYear("paid_on"))


def register(user: User) -> list[Entry]:
    """By year of payment (the latest first), residence, reference and claim: one query."""
    rows = (
        paid(user)
        .filter(HELD)
        .order_by()
        .values("year", "tax_roll", "claim", place=F(f"{PLACE}_id"), name=F(f"{PLACE}__name"))
        .annotate(
            count=Count("pk"),
            nets=Sum("net"),
            grosses=Sum("gross"),
            subsidies=Sum("subsidy"),
            on=Max("claimed_on"),
        )
        .order_by("-year", "name", "tax_roll", "claim")
    )
    return [
        Entry(
            row["year"],
            row["place"],
            row["name"] or "",
            row["tax_roll"],
            Claim(row["claim"]),
            row["count"],
            row["nets"],
            row["grosses"],
            row["subsidies"],
            row["on"],
        )
        for row in rows
    ]


def left_out(user: User) -> dict[str, int]:
    """Invoices that the register leaves out: of works not marked as accessibility, or not paid."""
    rest = within(user, Invoice.objects.all(), f"{PLACE}__territory")
    return rest.aggregate(
        unmarked=Count("pk", filter=Q(paid_on__isnull=False) & ~HELD),
        unpaid=Count("pk", filter=Q(paid_on=None)),
    )


@transaction.atomic
def mark(
    user: User,
    *,
    year: int,
    residence: Residence,
    tax_roll: str,
    before: Claim,
    claim: Claim,
    on: date,
) -> int:
    """Mark a line of the register, in the state `before`, as claimed, granted or refused; how many
    invoices it held.

    Raises ClaimRefusal: role, roll, nothing.
    """
    if user.role not in DECIDERS:
        raise ClaimRefusal("role", "Votre rôle ne permet pas ce geste\u00a0: rien n’a changé.")
    if not tax_roll:
        raise ClaimRefusal(
            "roll",
            "La référence au rôle manque\u00a0: écrivez-la sur les factures, puis marquez la "
            "réclamation. Rien n’a changé.",
        )
    line = paid(user).filter(HELD, year=year, tax_roll=tax_roll, claim=before, **{PLACE: residence})
    invoices = list(line.values_list("pk", flat=True)) if claim in NEXT[before] else []
    told = {"claim": claim} | ({"claimed_on": on} if claim == Claim.CLAIMED else {})
    count = Invoice.objects.filter(pk__in=invoices, claim=before).update(**told)
    if not count:
        raise ClaimRefusal(
            "nothing", "Cette ligne a déjà changé\u00a0: relisez le registre. Rien n’a été modifié."
        )
    return count


def claim_file(user: User, year: int) -> QuerySet[Invoice]:
    """The invoices of a claim file, one row each: no tenant is named."""
    links = ("works__action__kind", f"{PLACE}", "works__action__dwelling")
    return (
        paid(user)
        .filter(HELD, year=year)
        .select_related(*links)
        .order_by(f"{PLACE}__name", "tax_roll", "paid_on", "pk")
    )
