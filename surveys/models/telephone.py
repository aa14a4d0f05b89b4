"""Calls made to those who did not answer."""

from django.db import models

from surveys.models.campaign import Invitation


class Call(models.Model):
    """One attempt, and what came of it."""

    class Outcome(models.TextChoices):
        """What came of it."""

        ANSWERED = "answered", "a répondu à l’enquête"
        NOBODY = "nobody", "ne décroche pas"
        BACK = "back", "à rappeler"
        REFUSED = "refused", "refuse de répondre"
        WRONG_NUMBER = "wrong", "mauvais numéro"
        HOSPITAL = "hospital", "à l’hôpital"
        DIED = "died", "décès"

    invitation = models.ForeignKey(Invitation, models.CASCADE, related_name="calls")
    by = models.ForeignKey("seniors.User", models.PROTECT, related_name="+")
    at = models.DateTimeField("le")
    outcome = models.CharField("résultat", max_length=8, choices=Outcome.choices)
    back_at = models.DateTimeField("à rappeler le", null=True, blank=True)

    class Meta:
        ordering = ["at"]
        verbose_name = "appel"

    def __str__(self) -> str:
        return f"{self.invitation_id} {self.at}"
