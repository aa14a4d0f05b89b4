"""The annual survey: who was asked, who answered. Answers themselves are Observations."""

import uuid

from django.db import models
from django.db.models import Q


class Campaign(models.Model):
    """One annual survey: a questionnaire sent to the seniors of some territories."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField("nom", max_length=80, unique=True)
    questionnaire = models.CharField("questionnaire", max_length=40)
    opened_on = models.DateField("ouverte le")
    closes_on = models.DateField("réponses jusqu’au")
    least_age = models.PositiveSmallIntegerField("âge minimum", default=60)
    territories = models.ManyToManyField(
        "seniors.Territory", related_name="campaigns", verbose_name="territoires"
    )

    class Meta:
        ordering = ["-opened_on"]
        verbose_name = "enquête annuelle"
        constraints = [
            models.CheckConstraint(
                name="campaign_closes_after_opening",
                condition=Q(closes_on__gte=models.F("opened_on")),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Invitation(models.Model):
    """One senior asked in one campaign."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="invitations")
    senior = models.ForeignKey("seniors.Senior", models.CASCADE, related_name="invitations")
    sent_on = models.DateField("envoyé le")

    class Meta:
        verbose_name = "envoi"
        constraints = [
            models.UniqueConstraint(fields=["campaign", "senior"], name="invitation_once"),
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id} {self.senior_id}"


class Response(models.Model):
    """The one answer of a senior to a campaign; its content is the observation."""

    class Channel(models.TextChoices):
        """How the answer came."""

        PAPER = "paper", "papier"
        PHONE = "phone", "téléphone"
        WEB = "web", "en ligne"

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="responses")
    senior = models.ForeignKey("seniors.Senior", models.CASCADE, related_name="responses")
    # Empty when consent was refused: the answer is counted, nothing else is kept.
    observation = models.OneToOneField(
        "seniors.Observation", models.CASCADE, null=True, related_name="response"
    )
    channel = models.CharField("par", max_length=5, choices=Channel.choices)
    received_on = models.DateField("reçue le")
    # Digest of the coded answers: the same sheet sent twice counts once, another is refused.
    content_digest = models.CharField(max_length=64)
    read_in = models.ForeignKey("seniors.ImportRun", models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = "réponse"
        constraints = [
            models.UniqueConstraint(fields=["campaign", "senior"], name="response_once"),
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id} {self.senior_id}"


class Printing(models.Model):
    """Questionnaires of a campaign printed as one file, for some of those who were asked."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="printings")
    # Empty: every territory of the campaign that its author sees.
    territory = models.ForeignKey(
        "seniors.Territory", models.PROTECT, null=True, blank=True, related_name="+"
    )
    only_silent = models.BooleanField("seulement qui n’a pas répondu", default=False)
    copies = models.PositiveIntegerField("exemplaires")
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
