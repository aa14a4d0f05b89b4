"""What was done and read: imports, and who opened whose record."""

import uuid

from django.db import models


class ImportMapping(models.Model):
    """How one layout of file is read: decided once on screen, used again for the next file."""

    kind = models.CharField(max_length=20)
    # Digest of the sorted headings: the same layout finds its mapping.
    layout = models.CharField(max_length=64)
    # {"columns": {field: heading}, "values": {field: {cell: code}}, "options": {...}}
    choices = models.JSONField(default=dict)
    saved_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "layout"], name="mapping_once_per_layout"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.layout[:8]}"


class ImportRun(models.Model):
    """One file on its way in: read, previewed, then applied whole or not at all."""

    class State(models.TextChoices):
        """Where the file stands."""

        RECEIVED = "received", "reçu"
        PREVIEWING = "previewing", "lecture en cours"
        PREVIEWED = "previewed", "à confirmer"
        APPLYING = "applying", "enregistrement en cours"
        APPLIED = "applied", "enregistré"
        REFUSED = "refused", "refusé"
        CANCELLED = "cancelled", "annulé"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField("contenu", max_length=20)
    file_name = models.CharField("fichier", max_length=200)
    file_digest = models.CharField(max_length=64, blank=True)
    # Path under MEDIA_ROOT; emptied once the file is deleted.
    stored_as = models.CharField(max_length=200, blank=True)
    extract_on = models.DateField("date de l’extrait")
    state = models.CharField("état", max_length=12, choices=State.choices, default=State.RECEIVED)
    choices = models.JSONField(default=dict)
    rows_done = models.PositiveIntegerField(default=0)
    # {"new": n, "changed": n, "unchanged": n, "gone": n, "refused": n, ...}
    counts = models.JSONField(default=dict)
    # A few rows of each for the preview page: {"new": [...], "changed": [...], ...}
    samples = models.JSONField(default=dict)
    refusals_as = models.CharField(max_length=200, blank=True)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField("reçu le", auto_now_add=True)
    created_by = models.ForeignKey("seniors.User", models.PROTECT, null=True, related_name="+")
    applied_at = models.DateTimeField("enregistré le", null=True)

    class Meta:
        ordering = ["-created_at"]
        verbose_name = "import"

    def __str__(self) -> str:
        return f"{self.kind} {self.created_at:%d/%m/%Y}"


class RecordChange(models.Model):
    """Which fields of someone's record a file or a person changed: their names, no value."""

    senior = models.ForeignKey("seniors.Senior", models.CASCADE, related_name="changes")
    # The day of the file, or that of the correction.
    on = models.DateField("le")
    fields = models.CharField(max_length=400)  # names of columns, apart by commas
    run = models.ForeignKey(ImportRun, models.PROTECT, null=True, related_name="+", db_index=False)
    by = models.ForeignKey(
        "seniors.User", models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        verbose_name = "modification de fiche"
        constraints = [
            models.CheckConstraint(
                name="change_by_a_file_or_a_person",
                condition=models.Q(run=None, by__isnull=False)
                | models.Q(run__isnull=False, by=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.senior_id} {self.on}"


class AccessLog(models.Model):
    """Who read or exported what, and when: a number and a gesture, no content."""

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    user = models.ForeignKey("seniors.User", models.PROTECT, related_name="+")
    gesture = models.CharField(max_length=40)
    senior = models.ForeignKey(
        "seniors.Senior", models.SET_NULL, null=True, related_name="access_log"
    )

    class Meta:
        verbose_name = "accès"

    def __str__(self) -> str:
        return f"{self.at} {self.gesture}"
