"""What came back: an answer, one being given, one set aside. Contents are Observations."""

import uuid

from django.db import models
from django.db.models import Q

from surveys.models.campaign import Campaign, Invitation


class Response(models.Model):
    """The one answer of a senior to a campaign; its content is the observation."""

    class Channel(models.TextChoices):
        """How the answer came."""

        PAPER = "paper", "papier"
        PHONE = "phone", "téléphone"
        WEB = "web", "en ligne"

    # No index of its own: the one on campaign and senior holds it.
    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="responses", db_index=False)
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


class Draft(models.Model):
    """An answer being given, on the web or on the telephone: kept at each step, erased once sent.

    `values` is {item code: whole number}, consents and objection included, as the form asks them.
    What she does not agree to have kept is not in it.
    """

    class Helper(models.TextChoices):
        """Who holds the pen when it is not she; never a name."""

        FAMILY = "family", "un proche"
        HOME_HELP = "home_help", "une aide à domicile"
        OTHER = "other", "une autre personne"

    # One of each channel: an officer who calls does not read what she has not sent.
    invitation = models.ForeignKey(
        Invitation, models.CASCADE, related_name="drafts", db_index=False
    )
    channel = models.CharField("par", max_length=5, choices=Response.Channel.choices)
    values = models.JSONField(default=dict)
    # {item code: whole number, or null for no answer}: what a tab wrote over answers that it had
    # not seen, kept until someone chooses.
    clashing = models.JSONField(default=dict)
    step = models.CharField("étape", max_length=40, blank=True)
    # Each write must know the one before: two tabs never write over each other unseen.
    version = models.PositiveIntegerField(default=0)
    helper = models.CharField("aidée par", max_length=9, choices=Helper.choices, blank=True)
    by = models.ForeignKey("seniors.User", models.PROTECT, null=True, related_name="+")
    begun_at = models.DateTimeField("commencée le", auto_now_add=True)
    saved_at = models.DateTimeField("enregistrée le", auto_now=True)

    class Meta:
        verbose_name = "réponse commencée"
        constraints = [
            models.UniqueConstraint(fields=["invitation", "channel"], name="draft_once"),
        ]

    def __str__(self) -> str:
        return str(self.invitation_id)


class Aside(models.Model):
    """A second answer, other than the first: kept until a person has compared them."""

    class Decision(models.TextChoices):
        """What the comparison came to."""

        FIRST = "first", "la première est gardée"
        SECOND = "second", "la seconde remplace la première"
        MERGED = "merged", "chaque réponse a été choisie"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="asides")
    senior = models.ForeignKey("seniors.Senior", models.CASCADE, related_name="asides")
    channel = models.CharField("par", max_length=5, choices=Response.Channel.choices)
    received_on = models.DateField("reçue le")
    # {item code: whole number} that its own consents allow to keep; emptied once decided.
    values = models.JSONField(default=dict)
    # {consent kind: yes or no}, as answered.
    consents = models.JSONField(default=dict)
    objecting = models.BooleanField(default=False)
    # {consent kind, or "objection": id of its row}: what protects her counts before the decision.
    counted = models.JSONField(default=dict)
    content_digest = models.CharField(max_length=64)
    # The answer of a record since merged into the first's: it stays there, so that the records can
    # be parted again.
    stands_on = models.OneToOneField(Response, models.CASCADE, null=True, related_name="aside")
    by = models.ForeignKey("seniors.User", models.PROTECT, null=True, related_name="+")
    kept_at = models.DateTimeField("mise de côté le", auto_now_add=True)
    decision = models.CharField("décision", max_length=6, choices=Decision.choices, blank=True)
    decided_at = models.DateTimeField("décidée le", null=True)
    decided_by = models.ForeignKey("seniors.User", models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["kept_at"]
        verbose_name = "seconde réponse"
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "senior", "content_digest"], name="aside_once"
            ),
            models.CheckConstraint(
                name="aside_decided_whole",
                condition=Q(decision="", decided_at=None)
                | (~Q(decision="") & Q(decided_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return str(self.uid)


class Miss(models.Model):
    """Something that opened nothing on the web: counted for a while, so that nobody opens
    anything by trying. No more is known of it than a keyed digest, never read back."""

    class Kind(models.TextChoices):
        """What is counted."""

        PLACE = "place", "depuis un même endroit"
        REFERENCE = "reference", "sur une même référence"

    kind = models.CharField(max_length=9, choices=Kind.choices)
    digest = models.CharField(max_length=64)
    at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        verbose_name = "essai sans suite"
        indexes = [models.Index(fields=["digest", "at"], name="miss_of_digest")]

    def __str__(self) -> str:
        return f"{self.kind} {self.at}"
