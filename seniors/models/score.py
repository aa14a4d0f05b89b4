"""Scores as computed, kept with all that is needed to compute them again."""

import uuid

from django.db import models
from django.db.models import F, Q


class GridVersion(models.Model):
    """The text of a points grid, kept for as long as a run used it."""

    digest = models.CharField(max_length=64, unique=True)
    version = models.CharField("version", max_length=40)
    text = models.TextField("grille")
    loaded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "grille de points"

    def __str__(self) -> str:
        return self.version


class ScoreRun(models.Model):
    """One computation of the scores, for the whole stock or one territory."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    grid = models.ForeignKey(GridVersion, models.PROTECT, related_name="runs")
    territory = models.ForeignKey(
        "seniors.Territory", models.PROTECT, null=True, related_name="score_runs"
    )
    as_of = models.DateField("à la date du")
    code_version = models.CharField("version du calcul", max_length=40)
    started_at = models.DateTimeField("commencé le", auto_now_add=True)
    finished_at = models.DateTimeField("terminé le", null=True)
    people = models.PositiveIntegerField("personnes", null=True)
    started_by = models.ForeignKey("seniors.User", models.PROTECT, null=True, related_name="+")
    # French sentence, when the computation stopped.
    error = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering = ["-started_at"]
        verbose_name = "calcul des scores"

    def __str__(self) -> str:
        return f"{self.as_of} {self.uid}"


class FragilityScore(models.Model):
    """The order of visit of one person in one run: never a diagnosis. None is unknown."""

    # Both links are searched through the indexes below.
    run = models.ForeignKey(ScoreRun, models.CASCADE, related_name="scores", db_index=False)
    senior = models.ForeignKey(
        "seniors.Senior", models.CASCADE, related_name="scores", db_index=False
    )
    # One byte per indicator, in the order of the run's grid; 255 is unknown.
    inputs = models.BinaryField()
    total = models.FloatField("score")
    least = models.FloatField("au moins")
    most = models.FloatField("au plus")
    known_share = models.FloatField("part connue")
    home = models.FloatField("logement", null=True)
    autonomy = models.FloatField("autonomie et chutes", null=True)
    isolation = models.FloatField("isolement", null=True)
    rights = models.FloatField("droits et ressources", null=True)
    band = models.CharField("niveau", max_length=20, blank=True)
    # Rank among the invisible, from the tenant record alone; None for those we hear from.
    silence = models.FloatField("silence", null=True)

    class Meta:
        verbose_name = "score de fragilité"
        constraints = [
            # In this order it also finds a senior's scores, the latest run last.
            models.UniqueConstraint(fields=["senior", "run"], name="score_once_per_run"),
            models.CheckConstraint(
                name="score_within_bounds",
                condition=Q(least__gte=0, most__lte=100.0001)
                & Q(least__lte=F("total") + 0.0001)
                & Q(most__gte=F("total") - 0.0001),
            ),
        ]
        indexes = [
            models.Index(fields=["run", "-total", "senior", "band"], name="score_run_order"),
            models.Index(
                fields=["run", "-silence", "senior"],
                name="score_silent_order",
                condition=Q(silence__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.senior_id} {self.total:.0f}"
