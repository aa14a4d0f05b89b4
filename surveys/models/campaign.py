"""The annual survey and whom it asks, in waves."""

import os
import uuid

from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce

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
    # Empty while those whom it asks are being written down (`surveys.tasks.ask_everyone`).
    asked_at = models.DateTimeField("prête le", null=True)

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
    # What it counts for in `Tally` (`surveys.campaigns.counting` writes them all): where she lived
    # and how old she was when asked, then when and how she answered, on whichever of her records.
    territory = models.ForeignKey("seniors.Territory", models.PROTECT, null=True, related_name="+")
    residence = models.ForeignKey("seniors.Residence", models.PROTECT, null=True, related_name="+")
    age_band = models.PositiveSmallIntegerField("tranche d’âge", null=True)
    answered_by = models.CharField("réponse par", max_length=5, blank=True, db_default="")
    answered_on = models.DateField("réponse le", null=True)
    # A person counts once, on the record kept if it was asked.
    counts = models.BooleanField(default=True, db_default=True)
    # What her calls came to (`surveys.receiving.call_state` writes them): how the next one is
    # looked for, how many were made, the last one, and not before when.
    call_state = models.CharField(
        max_length=5,
        choices=[
            ("never", "jamais appelée"),
            ("back", "à rappeler"),
            ("again", "à réessayer"),
            ("wrong", "mauvais numéro"),
            ("ended", "n’est plus appelée"),
        ],
        default="never",
        db_default="never",
    )
    calls_made = models.PositiveSmallIntegerField(default=0, db_default=0)
    called_at = models.DateTimeField(null=True)
    call_from = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "envoi"
        indexes = [
            # Those still to be called, the eldest first, whose age is unknown with the youngest.
            models.Index(
                "campaign",
                "call_state",
                Coalesce("age_band", 0).desc(),
                name="invitation_to_call",
                condition=Q(answered_by="", counts=True),
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "senior"], name="invitation_once"),
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id} {self.senior_id}"


class Tally(models.Model):
    """How many people of one territory were asked and answered alike: what every rate is read from.

    It stays when those who did not answer are forgotten. `by` says what parts the people: their
    age, their residence, the days when they were asked and answered, or, for those forgotten only,
    the wave that wrote to them. Written under the lock of the campaign, by
    `surveys.campaigns.counting` alone.
    """

    class By(models.TextChoices):
        """What parts the people of a territory."""

        AGE = "age", "âge"
        RESIDENCE = "place", "résidence"
        DAYS = "days", "jours"
        WAVE = "wave", "vague"

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="tallies", db_index=False)
    by = models.CharField(max_length=5, choices=By.choices)
    territory = models.ForeignKey("seniors.Territory", models.PROTECT, null=True, related_name="+")
    residence = models.ForeignKey("seniors.Residence", models.PROTECT, null=True, related_name="+")
    age_band = models.PositiveSmallIntegerField(null=True)
    sent_on = models.DateField(null=True)
    wave = models.ForeignKey("Wave", models.CASCADE, null=True, related_name="tallies")
    answered_by = models.CharField(max_length=5, blank=True)
    answered_on = models.DateField(null=True)
    people = models.PositiveIntegerField()

    class Meta:
        verbose_name = "décompte"
        indexes = [models.Index(fields=["campaign", "by", "territory"], name="tally_of_territory")]

    def __str__(self) -> str:
        return f"{self.campaign_id} {self.by} {self.people}"


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
