"""The officer’s week: appointments, who stands in for whom, who is left in peace for now."""

import uuid

from django.db import models
from django.db.models import F, Q

from seniors.models import Senior
from seniors.models.paired import dated, paired
from visits.enums import Slot


class Appointment(models.Model):
    """When an officer means to call on someone. Cancelled, it stays."""

    class Told(models.TextChoices):
        """How the person was told."""

        LETTER = "letter", "par courrier"
        SMS = "sms", "par SMS"
        PHONE = "phone", "par téléphone"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    senior = models.ForeignKey("seniors.Senior", models.CASCADE, related_name="appointments")
    entry = models.ForeignKey(
        "visits.VisitListEntry", models.SET_NULL, null=True, related_name="appointments"
    )
    officer = models.ForeignKey("seniors.User", models.PROTECT, related_name="appointments")
    day = models.DateField("jour")
    slot = models.CharField("moment", max_length=9, choices=Slot.choices)
    starts_at = models.TimeField("heure", null=True, blank=True)
    # Place in the round of that day and slot.
    position = models.PositiveSmallIntegerField(default=0)
    told = models.CharField("date annoncée", max_length=6, choices=Told.choices, blank=True)
    told_on = models.DateField(null=True, blank=True)
    # How many times it changed: what a calendar needs to replace the one it has.
    revision = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey("seniors.User", models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(auto_now=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_by = models.ForeignKey("seniors.User", models.PROTECT, null=True, related_name="+")
    # The visit after which it no longer stands: taken back, the appointment stands again.
    cancelled_for = models.ForeignKey(
        "visits.Visit", models.SET_NULL, null=True, related_name="cancelled_appointments"
    )

    class Meta:
        ordering = ["day", "-slot", "position"]  # "morning" after "afternoon" in the alphabet
        verbose_name = "rendez-vous"
        indexes = [models.Index(fields=["officer", "day"], name="appointment_of_day")]
        constraints = [
            models.UniqueConstraint(
                fields=["senior", "day"],
                name="appointment_once_a_day",
                condition=Q(cancelled_at=None),
            ),
            models.CheckConstraint(
                name="appointment_told_with_day",
                condition=Q(told="", told_on=None) | (~Q(told="") & Q(told_on__isnull=False)),
            ),
            dated("appointment_cancelled_dated", "cancelled_at", "cancelled_by"),
        ]

    def __str__(self) -> str:
        return f"{self.officer_id} {self.day}"

    @property
    def whom(self) -> Senior:
        """Who is expected: the record kept, when hers was absorbed by another since."""
        return self.senior.merged_into or self.senior


class Cover(models.Model):
    """A colleague who has an officer's lists and appointments while the officer is away."""

    officer = models.ForeignKey(
        "seniors.User", models.CASCADE, related_name="covers", verbose_name="qui s’absente"
    )
    colleague = models.ForeignKey(
        "seniors.User", models.CASCADE, related_name="covering", verbose_name="qui remplace"
    )
    starts_on = models.DateField("du")
    ends_on = models.DateField("au")
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey("seniors.User", models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-starts_on"]
        verbose_name = "remplacement"
        constraints = [
            models.CheckConstraint(
                name="cover_ends_after_start", condition=Q(ends_on__gte=F("starts_on"))
            ),
            models.CheckConstraint(name="cover_by_another", condition=~Q(officer=F("colleague"))),
        ]

    def __str__(self) -> str:
        return f"{self.officer_id} {self.colleague_id} {self.starts_on}"


class Mute(models.Model):
    """Someone not to call on for now, and why. Her own refusal of visits is an Objection."""

    class Why(models.TextChoices):
        """What asks for it."""

        REFUSED = "refused", "a dit non à la porte"
        HOSPITAL = "hospital", "à l’hôpital"
        MOVED = "moved", "n’habite plus là, à confirmer par le fichier"
        DECEASED = "deceased", "décès, à confirmer par le fichier"
        UNSAFE = "unsafe", "visite impossible sans danger"
        OFFICER = "officer", "choix du chargé de clientèle"

    senior = models.ForeignKey("seniors.Senior", models.CASCADE, related_name="mutes")
    visit = models.ForeignKey("visits.Visit", models.CASCADE, null=True, related_name="mutes")
    why = models.CharField("pourquoi", max_length=8, choices=Why.choices)
    reason = models.CharField("précision", max_length=200, blank=True)
    since = models.DateField("depuis")
    # None: until someone lifts it.
    until = models.DateField("jusqu’au", null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey("seniors.User", models.PROTECT, related_name="+")
    lifted_on = models.DateField("levée le", null=True, blank=True)
    lifted_by = models.ForeignKey("seniors.User", models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-since", "-id"]
        verbose_name = "mise en pause"
        constraints = [
            models.CheckConstraint(
                name="mute_until_after_since", condition=Q(until=None) | Q(until__gte=F("since"))
            ),
            paired("mute_lifted_on_with_by", "lifted_on", "lifted_by"),
        ]

    def __str__(self) -> str:
        return f"{self.why} {self.since}"


class Contest(models.Model):
    """An officer's own view of how soon someone should be seen; the score stays as it is."""

    class Says(models.TextChoices):
        """Which way."""

        SOONER = "sooner", "à voir plus tôt"
        LATER = "later", "peut attendre"

    senior = models.ForeignKey("seniors.Senior", models.CASCADE, related_name="contests")
    run = models.ForeignKey("seniors.ScoreRun", models.PROTECT, null=True, related_name="+")
    says = models.CharField("avis", max_length=6, choices=Says.choices)
    reason = models.CharField("pourquoi", max_length=200)
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey("seniors.User", models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-at"]
        verbose_name = "avis sur l’ordre de visite"

    def __str__(self) -> str:
        return f"{self.says} {self.at:%Y-%m-%d}"
