"""What was learned about a person, from any source: the score reads records and these only."""

from django.db import models

from seniors.enums import Source


class Observation(models.Model):
    """What one source told on one day: {indicator code: small whole number}. Append-only."""

    # Identity given by the source: sent twice, it counts once.
    uid = models.UUIDField(unique=True)
    senior = models.ForeignKey(
        "seniors.Senior", models.CASCADE, related_name="observations", db_index=False
    )
    source = models.CharField("source", max_length=10, choices=Source.choices)
    observed_on = models.DateField("observé le")
    recorded_at = models.DateTimeField("enregistré le", auto_now_add=True)
    recorded_by = models.ForeignKey("seniors.User", models.PROTECT, null=True, related_name="+")
    values = models.JSONField("valeurs")

    class Meta:
        ordering = ["-observed_on", "-id"]
        verbose_name = "observation"
        indexes = [
            models.Index(fields=["senior", "-observed_on"], name="observation_latest"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.observed_on}"
