"""What adaptations cost: prices, lots ordered together, invoices, budgets. Amounts in euros."""

import uuid
from decimal import Decimal

from django.db import models
from django.db.models import F, Q

from visits.enums import Claim


class WorksPrice(models.Model):
    """What a line of the catalogue costs by unit, without VAT, and how long it takes."""

    kind = models.OneToOneField("visits.ActionKind", models.CASCADE, related_name="price")
    unit = models.CharField("unité", max_length=20, default="pièce")
    unit_cost = models.DecimalField("prix unitaire HT", max_digits=9, decimal_places=2)
    vat_rate = models.DecimalField("TVA (%)", max_digits=4, decimal_places=2, default=Decimal(10))
    # From the request to acceptance (DOMAIN.md 2.5).
    delay_days = models.PositiveSmallIntegerField("délai habituel (jours)")
    # Among the works whose cost is deducted from the property tax (CGI art. 1391 C).
    is_deductible = models.BooleanField("déductible de la taxe foncière", default=False)
    source = models.CharField("source", max_length=200)
    is_assumption = models.BooleanField("hypothèse", default=False)

    class Meta:
        ordering = ["kind__position"]
        verbose_name = "prix de travaux"
        constraints = [
            models.CheckConstraint(name="price_positive", condition=Q(unit_cost__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.kind_id} {self.unit_cost}"


class WorksLot(models.Model):
    """Works of one kind launched together, with one order."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    label = models.CharField("nom", max_length=120)
    kind = models.ForeignKey("visits.ActionKind", models.PROTECT, related_name="lots")
    residence = models.ForeignKey(
        "seniors.Residence", models.PROTECT, null=True, blank=True, related_name="lots"
    )
    company = models.CharField("entreprise", max_length=120, blank=True)
    ordered_on = models.DateField("commandé le")
    wanted_by = models.DateField("attendu pour le", null=True, blank=True)
    note = models.CharField("précision", max_length=300, blank=True)
    ordered_by = models.ForeignKey("seniors.User", models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-ordered_on", "-id"]
        verbose_name = "lot de travaux"

    def __str__(self) -> str:
        return self.label


class Works(models.Model):
    """The money side of one adaptation action; without a row, one unit at the catalogue's price."""

    action = models.OneToOneField("visits.Action", models.CASCADE, related_name="works")
    quantity = models.DecimalField("quantité", max_digits=7, decimal_places=2, default=Decimal(1))
    # Given by a person or a quote; empty, the quantity at the catalogue's price. Without VAT.
    estimate = models.DecimalField(
        "estimation HT", max_digits=10, decimal_places=2, null=True, blank=True
    )
    funder = models.CharField("financeur", max_length=20, blank=True)  # `funders.toml`
    lot = models.ForeignKey(WorksLot, models.SET_NULL, null=True, blank=True, related_name="works")

    class Meta:
        verbose_name = "travaux"
        constraints = [
            models.CheckConstraint(
                name="works_amounts",
                condition=Q(quantity__gt=0) & (Q(estimate=None) | Q(estimate__gte=0)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action_id}"


class Invoice(models.Model):
    """One invoice for one works: its paid date drives the year of the tax claim."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    works = models.ForeignKey(Works, models.PROTECT, related_name="invoices")
    supplier = models.CharField("entreprise", max_length=120)
    number = models.CharField("numéro de facture", max_length=40)
    billed_on = models.DateField("datée du")
    paid_on = models.DateField("payée le", null=True, blank=True)
    net = models.DecimalField("montant HT", max_digits=10, decimal_places=2)
    gross = models.DecimalField("montant TTC", max_digits=10, decimal_places=2)
    subsidy = models.DecimalField(
        "subvention reçue", max_digits=10, decimal_places=2, default=Decimal(0)
    )
    subsidy_from = models.CharField("subvention de", max_length=20, blank=True)  # a funder
    # Reference of the building on the property-tax roll.
    tax_roll = models.CharField("référence au rôle", max_length=40, blank=True)
    claim = models.CharField(
        "réclamation", max_length=10, choices=Claim.choices, default=Claim.NONE
    )
    claimed_on = models.DateField("réclamée le", null=True, blank=True)
    recorded_by = models.ForeignKey("seniors.User", models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-billed_on", "-id"]
        verbose_name = "facture"
        constraints = [
            models.UniqueConstraint(fields=["works", "supplier", "number"], name="invoice_once"),
            models.CheckConstraint(
                name="invoice_amounts",
                condition=Q(net__gte=0)
                & Q(gross__gte=F("net"))
                & Q(subsidy__gte=0)
                & Q(subsidy__lte=F("gross")),
            ),
            models.CheckConstraint(
                name="invoice_paid_after_billed",
                condition=Q(paid_on=None) | Q(paid_on__gte=F("billed_on")),
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Budget(models.Model):
    """What one funder gives for the works of one year."""

    year = models.PositiveSmallIntegerField("année")
    funder = models.CharField("financeur", max_length=20)  # `funders.toml`
    amount = models.DecimalField("montant", max_digits=12, decimal_places=2)
    source = models.CharField("d’après", max_length=200, blank=True)

    class Meta:
        ordering = ["-year", "funder"]
        verbose_name = "budget"
        constraints = [
            models.UniqueConstraint(fields=["year", "funder"], name="budget_once"),
            models.CheckConstraint(name="budget_positive", condition=Q(amount__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.funder}"


class SavedView(models.Model):
    """Filters that a person gave a name to."""

    user = models.ForeignKey("seniors.User", models.CASCADE, related_name="saved_views")
    page = models.CharField(max_length=20)
    name = models.CharField("nom", max_length=60)
    query = models.CharField(max_length=1000)  # a hundred letters take six hundred

    class Meta:
        ordering = ["name"]
        verbose_name = "vue enregistrée"
        constraints = [
            models.UniqueConstraint(fields=["user", "page", "name"], name="view_once"),
        ]

    def __str__(self) -> str:
        return self.name
