"""Calls made to those who did not answer."""

from django.db import models
from django.db.models import Q

from surveys.models.campaign import Invitation


class Call(models.Model):
    """One attempt, and what came of it.

    What is said of a death or a departure never reaches the tenant's record: it waits here for a
    manager, who says whether it holds.
    """

    class Outcome(models.TextChoices):
        """What came of it."""

        ANSWERED = "answered", "a répondu à l’enquête"
        BACK = "back", "à rappeler"
        NOBODY = "nobody", "ne décroche pas"
        HOSPITAL = "hospital", "à l’hôpital"
        REFUSED = "refused", "refuse de répondre"
        WRONG_NUMBER = "wrong", "mauvais numéro"
        MOVED = "moved", "n’habite plus là"
        DIED = "died", "décès"

    class Check(models.TextChoices):
        """What a manager found of a death or a departure told on the telephone."""

        TRUE = "true", "c’est exact"
        MISTAKEN = "mistaken", "c’est une erreur"

    invitation = models.ForeignKey(Invitation, models.CASCADE, related_name="calls")
    by = models.ForeignKey("seniors.User", models.PROTECT, related_name="+")
    at = models.DateTimeField("le")
    outcome = models.CharField("résultat", max_length=8, choices=Outcome.choices)
    back_at = models.DateTimeField("à rappeler le", null=True, blank=True)
    # The numbers of her record when they were found wrong: another one is worth a call again.
    numbers = models.CharField("numéros", max_length=60, blank=True)
    check_said = models.CharField("vérifié", max_length=8, choices=Check.choices, blank=True)
    checked_at = models.DateTimeField("vérifié le", null=True)
    checked_by = models.ForeignKey("seniors.User", models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["at", "pk"]
        verbose_name = "appel"
        indexes = [models.Index(fields=["-at", "-id"], name="call_by_day")]
        constraints = [
            models.CheckConstraint(
                name="call_checked_whole",
                condition=Q(check_said="", checked_at=None, checked_by=None)
                | (~Q(check_said="") & Q(checked_at__isnull=False, checked_by__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.invitation_id} {self.at}"


class Hold(models.Model):
    """Who is being called, by whom: nobody else is given her until then."""

    invitation = models.OneToOneField(Invitation, models.CASCADE, related_name="hold")
    by = models.ForeignKey("seniors.User", models.CASCADE, related_name="+")
    until = models.DateTimeField("jusqu’à")

    class Meta:
        verbose_name = "personne en cours d’appel"

    def __str__(self) -> str:
        return f"{self.invitation_id} {self.until}"
