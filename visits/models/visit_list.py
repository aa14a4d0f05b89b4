"""Lists of visits: proposed by the computation, decided by people, frozen once published."""

import uuid

from django.db import models
from django.db.models import F, Q

from seniors.models.paired import paired


class VisitList(models.Model):
    """The visits of one officer for one period."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    officer = models.ForeignKey(
        "seniors.User", models.PROTECT, related_name="visit_lists", verbose_name="pour qui"
    )
    territories = models.ManyToManyField("seniors.Territory", related_name="visit_lists")
    score_run = models.ForeignKey("seniors.ScoreRun", models.PROTECT, related_name="visit_lists")
    starts_on = models.DateField("du")
    ends_on = models.DateField("au")
    capacity = models.PositiveSmallIntegerField("visites possibles")
    # The recipe: what is needed to draw the same list again.
    seed = models.PositiveIntegerField()
    random_share = models.FloatField("part tirée au sort")
    silent_share = models.FloatField("part des seniors « invisibles »")
    revisit_months = models.PositiveSmallIntegerField("pas de visite depuis (mois)")
    # What was left out, counted: {"candidates": n, "objection": n, "visited": n, ...}
    left_out = models.JSONField(default=dict)
    # Scores of those who would come next, best first: what more visits would add.
    next_totals = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey("seniors.User", models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField("publiée le", null=True)
    published_by = models.ForeignKey("seniors.User", models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-starts_on", "-created_at"]
        verbose_name = "liste de visites"
        constraints = [
            models.CheckConstraint(
                name="list_ends_after_start", condition=Q(ends_on__gte=F("starts_on"))
            ),
            paired("list_published_at_with_by", "published_at", "published_by"),
        ]

    def __str__(self) -> str:
        return f"{self.officer_id} {self.starts_on}"


class VisitListEntry(models.Model):
    """One person on a list, with why she is there as it was said that day."""

    class Why(models.TextChoices):
        """Which share of the list she comes from."""

        URGENT = "urgent", "signalement"
        SCORE = "score", "score de fragilité"
        SILENT = "silent", "senior « invisible »"
        RANDOM = "random", "tirage au sort"
        NEIGHBOUR = "neighbour", "voisinage"
        ADDED = "added", "ajout du chargé de clientèle"

    visit_list = models.ForeignKey(VisitList, models.CASCADE, related_name="entries")
    senior = models.ForeignKey("seniors.Senior", models.PROTECT, related_name="list_entries")
    position = models.PositiveSmallIntegerField("rang")
    why = models.CharField("au titre de", max_length=10, choices=Why.choices)
    reason = models.CharField("motif", max_length=400)
    # The same on paper, which may be lost: about the home only, nothing on health or solitude.
    paper_reason = models.CharField("motif imprimé", max_length=120, blank=True)
    total = models.FloatField("score", null=True)
    # Probability of being drawn, and the stratum drawn from: random entries only.
    probability = models.FloatField(null=True)
    stratum = models.CharField(max_length=60, blank=True)
    # An officer may skip anyone, with a reason that is kept.
    skipped_because = models.CharField("écartée car", max_length=200, blank=True)
    skipped_by = models.ForeignKey("seniors.User", models.PROTECT, null=True, related_name="+")
    skipped_at = models.DateTimeField(null=True)
    # What was said at the door that closed this visit; taken back or lifted, she is on it again.
    skipped_for = models.ForeignKey(
        "visits.Mute", models.SET_NULL, null=True, related_name="closed_entries"
    )
    # Set when the entry was added after publication: it is marked on the page.
    added_at = models.DateTimeField(null=True)
    added_by = models.ForeignKey("seniors.User", models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["position"]
        verbose_name = "visite proposée"
        constraints = [
            models.UniqueConstraint(fields=["visit_list", "senior"], name="entry_once_per_list"),
            models.CheckConstraint(
                name="entry_probability_for_random",
                condition=(Q(why="random") & Q(probability__gt=0, probability__lte=1))
                | (~Q(why="random") & Q(probability=None)),
            ),
            models.CheckConstraint(
                name="entry_skipped_with_reason",
                condition=Q(skipped_at=None, skipped_because="", skipped_by=None)
                | (Q(skipped_at__isnull=False, skipped_by__isnull=False) & ~Q(skipped_because="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.visit_list_id} {self.position}"


class Neighbour(models.Model):
    """Someone worth a call on the same trip: beside the list, not in its capacity."""

    class Closeness(models.IntegerChoices):
        """How near she lives."""

        HOME = 0, "même logement"
        STAIR = 1, "même bâtiment"
        RESIDENCE = 2, "même résidence"

    visit_list = models.ForeignKey(VisitList, models.CASCADE, related_name="neighbours")
    near = models.ForeignKey(VisitListEntry, models.CASCADE, related_name="neighbours")
    senior = models.ForeignKey("seniors.Senior", models.CASCADE, related_name="+")
    closeness = models.PositiveSmallIntegerField("proximité", choices=Closeness.choices)
    reason = models.CharField("motif", max_length=400)

    class Meta:
        ordering = ["closeness", "id"]
        verbose_name = "voisinage proposé"
        constraints = [
            models.UniqueConstraint(fields=["visit_list", "senior"], name="neighbour_once"),
        ]

    def __str__(self) -> str:
        return f"{self.near_id} {self.senior_id}"
