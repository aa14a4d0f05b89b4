"""The annual survey and whom it asks, in waves."""

import os
import uuid

from django.db import models
from django.db.models import Q

# Read aloud, written by hand or typed, no letter is taken for a figure: no I, L, O, U, 0 or 1.
REFERENCE_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
REFERENCE_LENGTH = 12  # 10**17 of them: nobody finds one by trying


# A byte as a letter; those past the last whole round are drawn again, so that all are as likely.
_ROUNDS = 256 // len(REFERENCE_LETTERS)
_LETTERS = (REFERENCE_LETTERS * (_ROUNDS + 1)).encode()[:256]
_UNEVEN = bytes(range(_ROUNDS * len(REFERENCE_LETTERS), 256))


def new_references(count: int) -> list[str]:
    """What so many invitations are known by outside: drawn, so that it says nothing of anyone."""
    letters, wanted = b"", count * REFERENCE_LENGTH
    while len(letters) < wanted:
        letters += os.urandom(wanted - len(letters) + 16).translate(_LETTERS, _UNEVEN)
    text = letters.decode()
    return [text[at : at + REFERENCE_LENGTH] for at in range(0, wanted, REFERENCE_LENGTH)]


def new_reference() -> str:
    """One of them."""
    return new_references(1)[0]


class Campaign(models.Model):
    """One annual survey: a questionnaire sent to the seniors of some territories."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField("nom", max_length=80, unique=True)
    questionnaire = models.CharField("questionnaire", max_length=40)
    opened_on = models.DateField("ouverte le")
    closes_on = models.DateField("réponses jusqu’au")
    least_age = models.PositiveSmallIntegerField("âge minimum", default=60)
    # Whoever was visited within that many months is not asked; 0 asks everybody.
    spared_months = models.PositiveSmallIntegerField("mois depuis la dernière visite", default=0)
    on_web = models.BooleanField("réponse en ligne", default=True)
    by_phone = models.BooleanField("relance par téléphone", default=True)
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

    # No index of its own: the one on campaign and senior holds it.
    campaign = models.ForeignKey(
        Campaign, models.CASCADE, related_name="invitations", db_index=False
    )
    senior = models.ForeignKey("seniors.Senior", models.CASCADE, related_name="invitations")
    sent_on = models.DateField("envoyé le")
    reference = models.CharField(
        "référence", max_length=REFERENCE_LENGTH, unique=True, default=new_reference, editable=False
    )
    # Kept so that rates are counted along an index (`surveys.campaigns.counting` writes them all):
    # where she lived and how old she was when asked, then when and how she answered.
    territory = models.ForeignKey("seniors.Territory", models.PROTECT, null=True, related_name="+")
    residence = models.ForeignKey("seniors.Residence", models.PROTECT, null=True, related_name="+")
    age_band = models.PositiveSmallIntegerField("tranche d’âge", null=True)
    answered_by = models.CharField("réponse par", max_length=5, blank=True, db_default="")
    answered_on = models.DateField("réponse le", null=True)

    class Meta:
        verbose_name = "envoi"
        indexes = [
            models.Index(
                fields=["campaign", "territory", "age_band", "answered_by"], name="invitation_rates"
            ),
            models.Index(
                fields=["campaign", "territory", "residence", "answered_by"],
                name="invitation_residences",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "senior"], name="invitation_once"),
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id} {self.senior_id}"


class Wave(models.Model):
    """One sending of a campaign, planned for a day: the first letter, then reminders."""

    class Channel(models.TextChoices):
        """How it goes out."""

        LETTER = "letter", "courrier"
        EMAIL = "email", "courriel"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="waves")
    channel = models.CharField("par", max_length=6, choices=Channel.choices)
    planned_on = models.DateField("prévue le")
    # Those its author held in this campaign when it was planned.
    territories = models.ManyToManyField("seniors.Territory", related_name="+")
    created_by = models.ForeignKey("seniors.User", models.PROTECT, related_name="+")
    started_at = models.DateTimeField("commencée le", null=True)
    # How many were to be written to when it started: what its progress is measured against.
    expected = models.PositiveIntegerField("personnes", null=True)
    finished_at = models.DateTimeField("finie le", null=True)
    cancelled_at = models.DateTimeField("annulée le", null=True)
    # French sentence, when it stopped.
    error = models.CharField(max_length=400, blank=True)
    # Path of its letters under MEDIA_ROOT; empty until the file is whole, and once it is deleted.
    stored_as = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["planned_on", "pk"]
        verbose_name = "vague"
        constraints = [
            models.CheckConstraint(
                name="wave_finished_was_started",
                condition=Q(finished_at=None) | Q(started_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id} {self.channel} {self.planned_on}"


class Sending(models.Model):
    """What one wave did for one person asked."""

    class Outcome(models.TextChoices):
        """Sent, or why not."""

        # Written before a mail leaves: found so after a crash, nobody knows whether it left.
        BEGUN = "begun", "interrompu, peut-être parti"
        SENT = "sent", "envoi fait"
        ANSWERED = "answered", "a déjà répondu"
        REFUSED = "refused", "a refusé de répondre"
        OBJECTED = "objected", "ne veut plus de courrier"
        GONE = "gone", "n’habite plus là"
        TWICE = "twice", "a déjà reçu une relance ce jour"
        NO_ADDRESS = "no_address", "sans adresse"
        FAILED = "failed", "échec de l’envoi"

    wave = models.ForeignKey(Wave, models.CASCADE, related_name="sendings")
    invitation = models.ForeignKey(Invitation, models.CASCADE, related_name="sendings")
    outcome = models.CharField("résultat", max_length=10, choices=Outcome.choices)
    at = models.DateTimeField("le")

    class Meta:
        verbose_name = "envoi d’une vague"
        constraints = [
            models.UniqueConstraint(fields=["wave", "invitation"], name="sending_once"),
        ]

    def __str__(self) -> str:
        return f"{self.wave_id} {self.invitation_id} {self.outcome}"
