"""The stock under the landlord's own label: levels, criteria, what is known of each dwelling."""

import uuid

from django.db import models
from django.db.models import Q


class StockLabel(models.Model):
    """The landlord's label, one row; its levels and criteria are said in the other tables."""

    name = models.CharField("nom du label", max_length=60)
    source = models.CharField("d’après", max_length=200, blank=True)
    is_assumption = models.BooleanField("hypothèse", default=False)
    # Counts the changes of levels and criteria; the levels reached are those of `computed_version`.
    version = models.PositiveIntegerField(default=1)
    computed_version = models.PositiveIntegerField(default=0)
    computed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = "label"

    def __str__(self) -> str:
        return self.name


class StockCriterion(models.Model):
    """One thing that a dwelling has or has not."""

    class Reads(models.TextChoices):
        """What of the landlord's file answers it, while nobody noted it; see `record_facts`."""

        NO_STAIRS = "no_stairs", "l’étage et l’ascenseur"
        ACCESSIBLE = "accessible", "«\u00a0accessible PMR\u00a0», quand le fichier dit oui"

    label = models.CharField("critère", max_length=100, unique=True)
    help = models.CharField("à savoir", max_length=200, blank=True)
    reads = models.CharField(
        "lu dans le fichier des logements", max_length=10, choices=Reads.choices, blank=True
    )
    # Codes of the works (`ActionKind`) whose end is proposed as evidence.
    works = models.JSONField("travaux qui le prouvent", default=list)
    # Codes of the visit form (« hazard.… ») that are proposed as evidence: all seen, none found.
    seen = models.JSONField(default=list)
    # Codes of services around the residence: proposed as met when each is near, as not met when
    # one is known to be far.
    near = models.JSONField("services à moins de 500 m qui le prouvent", default=list)
    position = models.PositiveSmallIntegerField("rang", default=0)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = "critère"

    def __str__(self) -> str:
        return self.label


class StockLevel(models.Model):
    """One level of the label: reached when all of its own criteria are met, whatever the others."""

    class Meaning(models.TextChoices):
        """What the level is worth, in the three words that landlords share."""

        ACCESSIBLE = "accessible", "accessible"
        ADAPTABLE = "adaptable", "adaptable"
        ADAPTED = "adapted", "adapté"

    name = models.CharField("niveau", max_length=60, unique=True)
    meaning = models.CharField("équivaut à", max_length=10, choices=Meaning.choices)
    rank = models.PositiveSmallIntegerField("rang", unique=True)
    criteria = models.ManyToManyField(StockCriterion, blank=True, related_name="levels")

    class Meta:
        ordering = ["rank"]
        verbose_name = "niveau"

    def __str__(self) -> str:
        return self.name


class StockFinding(models.Model):
    """What someone noted of one criterion in one dwelling. Append-only: the latest day holds, of
    one day the last written. `met` is None when it is no longer known."""

    class Evidence(models.TextChoices):
        """Where it comes from."""

        VISIT = "visit", "visite à domicile"
        WORKS = "works", "travaux faits"
        SURVEYED = "surveyed", "relevé sur place"
        DOCUMENT = "document", "plan ou document"
        OTHER = "other", "autre"

    dwelling = models.ForeignKey("seniors.Dwelling", models.CASCADE, related_name="findings")
    criterion = models.ForeignKey(StockCriterion, models.CASCADE, related_name="findings")
    met = models.BooleanField("rempli", null=True)
    evidence = models.CharField("preuve", max_length=10, choices=Evidence.choices)
    words = models.CharField("précision", max_length=200, blank=True)
    on = models.DateField("constaté le")
    action = models.ForeignKey(
        "visits.Action", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    recorded_by = models.ForeignKey("seniors.User", models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-on", "-id"]
        verbose_name = "constat"

    def __str__(self) -> str:
        return f"{self.criterion_id} {self.met} {self.on}"


class StockStanding(models.Model):
    """Where a dwelling stands, as `levels.standing` says it: kept, to be counted and filtered."""

    dwelling = models.OneToOneField(
        "seniors.Dwelling", models.CASCADE, primary_key=True, related_name="standing"
    )
    level = models.ForeignKey(StockLevel, models.CASCADE, null=True, related_name="+")
    # The highest level that nothing known forbids.
    possible = models.ForeignKey(StockLevel, models.CASCADE, null=True, related_name="+")
    # Criteria nobody knows that could lift it.
    to_check = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = "niveau atteint"

    def __str__(self) -> str:
        return f"{self.dwelling_id} {self.level_id}"


class HomeOffer(models.Model):
    """A vacant dwelling that someone decided to propose, by the action to move of that person."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    action = models.ForeignKey("visits.Action", models.CASCADE, related_name="offers")
    dwelling = models.ForeignKey("seniors.Dwelling", models.CASCADE, related_name="offers")
    offered_on = models.DateField("proposé le")
    offered_by = models.ForeignKey("seniors.User", models.PROTECT, related_name="+")
    # She does not want this one; her wish to move stays.
    declined_on = models.DateField("décliné le", null=True, blank=True)

    class Meta:
        ordering = ["-offered_on", "-id"]
        verbose_name = "logement proposé"
        constraints = [
            models.UniqueConstraint(
                fields=["action", "dwelling"], name="offer_open_once", condition=Q(declined_on=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action_id} {self.dwelling_id}"
