"""Renovation planned by residence and year, and what stands around a residence."""

import uuid

from django.db import models
from django.db.models import Q


class Programme(models.Model):
    """One renovation of one residence, one year: adaptations may be made in the same works."""

    class State(models.TextChoices):
        """How sure it is."""

        PLANNED = "planned", "prévu"
        DECIDED = "decided", "décidé"
        DONE = "done", "fait"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    residence = models.ForeignKey(
        "seniors.Residence", models.PROTECT, related_name="programmes", verbose_name="résidence"
    )
    year = models.PositiveSmallIntegerField("année")
    natures = models.JSONField("travaux", default=list)  # codes of `natures.toml`
    state = models.CharField("état", max_length=10, choices=State.choices, default=State.PLANNED)
    note = models.CharField("précision", max_length=300, blank=True)
    lots = models.ManyToManyField("visits.WorksLot", blank=True, related_name="programmes")
    recorded_by = models.ForeignKey("seniors.User", models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField("écrit le", auto_now=True)

    class Meta:
        ordering = ["year", "residence__name"]
        verbose_name = "programme de travaux"
        constraints = [
            models.UniqueConstraint(fields=["residence", "year"], name="programme_once"),
            models.CheckConstraint(
                name="programme_year", condition=Q(year__gte=1990, year__lte=2100)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.residence_id} {self.year}"


class Surrounding(models.Model):
    """The nearest service of one kind, as seen from a residence.

    No row is « not known ». Without a distance, someone looked and found none near enough.
    """

    residence = models.ForeignKey(
        "seniors.Residence", models.CASCADE, related_name="surroundings", verbose_name="résidence"
    )
    kind = models.CharField("service", max_length=20)  # a code of `services.toml`
    metres = models.PositiveIntegerField("distance (m)", null=True, blank=True)
    source = models.CharField("d’après", max_length=120)
    known_on = models.DateField("à la date du")
    recorded_by = models.ForeignKey("seniors.User", models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "service alentour"
        constraints = [
            models.UniqueConstraint(fields=["residence", "kind"], name="surrounding_once"),
            models.CheckConstraint(
                name="surrounding_metres", condition=Q(metres=None) | Q(metres__lte=50_000)
            ),
        ]
        indexes = [models.Index(fields=["kind", "metres"], name="surrounding_kind")]

    def __str__(self) -> str:
        return f"{self.residence_id} {self.kind}"
