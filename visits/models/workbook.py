"""A list too long for a request, as a file that someone asked for."""

import uuid

from django.db import models


class Workbook(models.Model):
    """One list that a person has had written apart; the next one takes its place."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey("seniors.User", models.CASCADE, related_name="+")
    kind = models.CharField("liste", max_length=10)  # a key of `workbooks.KINDS`
    query = models.CharField(max_length=1000, blank=True)  # the filters of the list
    count = models.PositiveIntegerField("lignes")
    # Ids of the territories whose rows it may hold, null for the whole stock: who has lost one of
    # them reads the file no more.
    territories = models.JSONField(null=True)
    asked_at = models.DateTimeField(auto_now_add=True)
    made_at = models.DateTimeField(null=True)  # the file is whole

    class Meta:
        verbose_name = "tableau"
        constraints = [
            models.UniqueConstraint(fields=["user", "kind"], name="workbook_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.asked_at:%d/%m/%Y}"
