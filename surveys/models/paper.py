"""Questionnaires on paper: printed for many, typed in when they come back."""

import uuid

from django.db import models

from surveys.models.answer import Response
from surveys.models.campaign import Campaign, Invitation


class Printing(models.Model):
    """Questionnaires of a campaign printed as one file, for some of those who were asked."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="printings")
    # Empty: every territory of the campaign that its author held that day.
    territory = models.ForeignKey(
        "seniors.Territory", models.PROTECT, null=True, blank=True, related_name="+"
    )
    only_silent = models.BooleanField("seulement qui n’a pas répondu", default=False)
    copies = models.PositiveIntegerField("exemplaires")
    # Whose copies the file holds, as long as there is one.
    people = models.ManyToManyField(Invitation, related_name="+")
    created_at = models.DateTimeField("demandée le", auto_now_add=True)
    created_by = models.ForeignKey("seniors.User", models.PROTECT, related_name="+")
    finished_at = models.DateTimeField("prête le", null=True)
    # Path under MEDIA_ROOT; empty until the file is whole, and once it is deleted.
    stored_as = models.CharField(max_length=200, blank=True)
    # French sentence, when the printing stopped.
    error = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering = ["-created_at"]
        verbose_name = "impression"

    def __str__(self) -> str:
        return f"{self.campaign_id} {self.created_at:%d/%m/%Y}"


class Keying(models.Model):
    """One paper typed in; one in twenty, drawn beforehand, is typed again by somebody else.

    `response` is her answer, though it came by another way before the paper, which is never drawn
    then.
    `values` waits for the second typing and is emptied once both are compared; how many answers
    were compared and how many differed stay.
    """

    response = models.OneToOneField(Response, models.CASCADE, related_name="keying")
    by = models.ForeignKey("seniors.User", models.PROTECT, related_name="+")
    at = models.DateTimeField("saisie le", auto_now_add=True)
    drawn = models.BooleanField("à saisir deux fois", default=False)
    values = models.JSONField(default=dict)
    again_by = models.ForeignKey("seniors.User", models.PROTECT, null=True, related_name="+")
    again_at = models.DateTimeField("ressaisie le", null=True)
    compared = models.PositiveSmallIntegerField("réponses comparées", null=True)
    different = models.PositiveSmallIntegerField("réponses différentes", null=True)

    class Meta:
        verbose_name = "saisie d’un papier"

    def __str__(self) -> str:
        return str(self.response_id)
