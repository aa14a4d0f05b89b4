"""Measures that are tried, what was decided of them, and what evaluators take away."""

import uuid

from django.db import models
from django.db.models import F, Q

from visits.enums import Outcome, ReleaseKind, ReleaseState


class Measure(models.Model):
    """Something that the landlord tries (dispositif), for whom, and what it should change."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField("nom", max_length=120, unique=True)
    purpose = models.CharField("but", max_length=300)
    ends_on = models.DateField("fin", null=True, blank=True)
    # Its target (`evaluating.target`): each criterion that is set must hold.
    min_age = models.PositiveSmallIntegerField("âge minimal", default=60)
    lives_alone = models.BooleanField("vit seule", default=False)
    # From this floor on, in a building without a lift.
    min_floor = models.PositiveSmallIntegerField("étage minimal", null=True, blank=True)
    girs = models.JSONField("GIR déclaré", default=list, blank=True)
    needs = models.JSONField("besoins repérés", default=list, blank=True)  # codes of `needs.NEEDS`
    kinds = models.ManyToManyField("visits.ActionKind", related_name="measures")
    # Codes of the indicators that it should change (`seniors.fragility`).
    effects = models.JSONField(default=list)
    created_by = models.ForeignKey("seniors.User", models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]
        verbose_name = "dispositif"
        constraints = [
            models.CheckConstraint(
                name="measure_floor_above_ground", condition=Q(min_floor=None) | Q(min_floor__gte=1)
            ),
        ]

    def __str__(self) -> str:
        return self.name


class MeasureSite(models.Model):
    """A territory or a residence where a measure runs, from when."""

    measure = models.ForeignKey(Measure, models.CASCADE, related_name="sites")
    territory = models.ForeignKey(
        "seniors.Territory", models.CASCADE, null=True, blank=True, related_name="+"
    )
    residence = models.ForeignKey(
        "seniors.Residence", models.CASCADE, null=True, blank=True, related_name="+"
    )
    starts_on = models.DateField("début")

    class Meta:
        ordering = ["starts_on", "id"]
        verbose_name = "lieu d’un dispositif"
        constraints = [
            models.CheckConstraint(
                name="site_is_one_place",
                condition=Q(territory=None, residence__isnull=False)
                | Q(territory__isnull=False, residence=None),
            ),
            models.UniqueConstraint(
                fields=["measure", "territory"],
                name="site_territory_once",
                condition=Q(residence=None),
            ),
            models.UniqueConstraint(
                fields=["measure", "residence"],
                name="site_residence_once",
                condition=Q(territory=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.measure_id} {self.starts_on}"


class MeasureDecision(models.Model):
    """What the meeting decided of a measure. Append-only."""

    measure = models.ForeignKey(Measure, models.CASCADE, related_name="decisions")
    on = models.DateField("le")
    outcome = models.CharField("décision", max_length=8, choices=Outcome.choices)
    words = models.CharField("parce que", max_length=500)
    by = models.ForeignKey("seniors.User", models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-on", "-id"]
        verbose_name = "décision"

    def __str__(self) -> str:
        return f"{self.measure_id} {self.outcome}"


class MeasureFigure(models.Model):
    """A figure kept as it was: an effect that takes long to compute, and whom the measure reached
    as evaluators last read it (`kept`). Counts, no person."""

    measure = models.ForeignKey(Measure, models.CASCADE, related_name="figures")
    code = models.CharField("indicateur", max_length=40)
    told = models.JSONField()
    kept_at = models.DateTimeField("du")

    class Meta:
        verbose_name = "chiffre gardé"
        constraints = [
            models.UniqueConstraint(fields=["measure", "code"], name="measure_figure_once"),
        ]

    def __str__(self) -> str:
        return f"{self.measure_id} {self.code}"


class Convention(models.Model):
    """What was agreed with a recipient of figures: for what, until when, how coarse."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    recipient = models.CharField("destinataire", max_length=120)
    purpose = models.CharField("finalité", max_length=300)
    starts_on = models.DateField("du")
    ends_on = models.DateField("au")
    # No group of fewer people leaves (never under 5).
    k = models.PositiveSmallIntegerField("seuil", default=11)
    # Whether a file with a row a person was agreed, beside aggregates.
    rows = models.BooleanField("fichier individuel", default=False)
    created_by = models.ForeignKey("seniors.User", models.PROTECT, related_name="+")

    class Meta:
        ordering = ["recipient", "-starts_on"]
        verbose_name = "convention"
        constraints = [
            models.CheckConstraint(name="convention_k_5_or_more", condition=Q(k__gte=5)),
            models.CheckConstraint(
                name="convention_in_order", condition=Q(ends_on__gte=F("starts_on"))
            ),
        ]

    def __str__(self) -> str:
        return self.recipient


class Release(models.Model):
    """An export: asked for with its purpose, approved by an administrator, made, then gone."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    convention = models.ForeignKey(Convention, models.PROTECT, related_name="releases")
    kind = models.CharField("contenu", max_length=10, choices=ReleaseKind.choices)
    year = models.PositiveSmallIntegerField("année")
    purpose = models.CharField("pour quoi faire", max_length=300)
    state = models.CharField(
        "état", max_length=10, choices=ReleaseState.choices, default=ReleaseState.ASKED
    )
    asked_by = models.ForeignKey("seniors.User", models.PROTECT, related_name="releases")
    asked_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey("seniors.User", models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    refused_because = models.CharField("refusé car", max_length=200, blank=True)
    made_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField("disponible jusqu’au", null=True)
    # Files with their checksums, definitions, what was hidden; and the cells given away, which the
    # next releases must not let anyone subtract.
    manifest = models.JSONField(default=dict)

    class Meta:
        ordering = ["-asked_at"]
        verbose_name = "export"

    def __str__(self) -> str:
        return f"{self.kind} {self.year}"


class ReleaseRead(models.Model):
    """Each time that an export was downloaded."""

    release = models.ForeignKey(Release, models.CASCADE, related_name="reads")
    user = models.ForeignKey("seniors.User", models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-at"]
        verbose_name = "téléchargement"

    def __str__(self) -> str:
        return f"{self.release_id} {self.at}"
