"""What evaluators read, kept as they read it."""

from django.db import models


class HeldFigure(models.Model):
    """Figures that each person would move, kept as an evaluator read them (`seniors.held`). Counts,
    no person."""

    key = models.CharField("chiffres", max_length=80, unique=True)
    told = models.JSONField()
    kept_at = models.DateTimeField("du")

    class Meta:
        verbose_name = "chiffres gardés"

    def __str__(self) -> str:
        return self.key
