"""Senior tenants, where they lived before, what they agreed to and what they refused."""

import uuid
from datetime import date

from django.db import models
from django.db.models import F, Q

from seniors.enums import ConsentKind, OccupantRole, Sex, Source


class SeniorQuerySet(models.QuerySet):
    """Readings of the tenant record."""

    def unmerged(self) -> "SeniorQuerySet":
        """One record per person: those absorbed by another are left out."""
        return self.filter(merged_into=None)

    def housed(self) -> "SeniorQuerySet":
        """Those who live in one of the landlord's dwellings today."""
        return self.unmerged().filter(dwelling__isnull=False)


class Senior(models.Model):
    """One person who has reached the landlord's senior age. What is empty is unknown.

    `dwelling` is where she lives now; homes left before are `Stay` rows. A death or a
    departure empties `dwelling` and dates `ended_on`; nothing is deleted.
    """

    class End(models.TextChoices):
        """Why she no longer lives here."""

        LEFT = "left", "départ"
        DIED = "died", "décès"
        ERASED = "erase", "effacée à sa demande"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    reference = models.CharField("référence locataire", max_length=80, unique=True)
    title = models.CharField("civilité", max_length=10, blank=True)
    last_name = models.CharField("nom", max_length=80)
    first_name = models.CharField("prénom", max_length=80, blank=True)
    # Both names without accents, case or punctuation: what a search and a match read.
    search_name = models.CharField(max_length=170, editable=False)
    sex = models.CharField("sexe", max_length=1, choices=Sex.choices, blank=True)
    born_on = models.DateField("date de naissance", null=True, blank=True)
    birth_year = models.PositiveSmallIntegerField("année de naissance", null=True, blank=True)
    phone = models.CharField("téléphone", max_length=20, blank=True)
    mobile = models.CharField("portable", max_length=20, blank=True)
    email = models.EmailField("courriel", blank=True)
    dwelling = models.ForeignKey(
        "seniors.Dwelling",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="seniors",
        verbose_name="logement",
    )
    lease_reference = models.CharField("numéro de bail", max_length=60, blank=True)
    role = models.CharField(
        "place dans le bail", max_length=10, choices=OccupantRole.choices, blank=True
    )
    housed_since = models.DateField("dans ce logement depuis", null=True, blank=True)
    ended_on = models.DateField("fin le", null=True, blank=True)
    end = models.CharField("motif de fin", max_length=5, choices=End.choices, blank=True)
    last_contact_on = models.DateField("dernier contact connu", null=True, blank=True)
    has_arrears = models.BooleanField("impayé", null=True, blank=True)
    very_low_income = models.BooleanField("revenus très modestes", null=True, blank=True)
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="absorbed",
        editable=False,
        db_index=False,  # nearly always empty: the partial index below serves
    )
    row_digest = models.BigIntegerField(null=True, editable=False)
    # Erased at her request: the record is empty and stays so that no file brings her back. The
    # key, of her name and birth, serves for files without a number of their own (`erasing`).
    erased_on = models.DateField("effacée le", null=True, editable=False)
    erased_key = models.BigIntegerField(null=True, editable=False)
    read_in = models.ForeignKey(
        "seniors.ImportRun",
        models.PROTECT,
        null=True,
        related_name="+",
        editable=False,
        db_index=False,  # never searched by
    )

    objects = SeniorQuerySet.as_manager()

    class Meta:
        verbose_name = "locataire senior"
        verbose_name_plural = "locataires seniors"
        constraints = [
            models.CheckConstraint(
                name="senior_end_dated_with_reason",
                condition=Q(ended_on=None, end="") | (Q(ended_on__isnull=False) & ~Q(end="")),
            ),
            models.CheckConstraint(
                name="senior_housed_or_ended",
                condition=Q(dwelling__isnull=False, ended_on=None)
                | Q(dwelling=None, ended_on__isnull=False),
            ),
            models.CheckConstraint(
                name="senior_not_merged_into_self",
                condition=Q(merged_into=None) | ~Q(merged_into=F("id")),
            ),
        ]
        indexes = [
            models.Index(fields=["lease_reference"], name="senior_lease_reference"),
            models.Index(fields=["search_name", "born_on"], name="senior_name_and_birth"),
            models.Index(fields=["born_on", "search_name"], name="senior_oldest_first"),
            models.Index(
                fields=["merged_into"],
                name="senior_absorbed",
                condition=Q(merged_into__isnull=False),
            ),
            models.Index(
                fields=["erased_on"],
                name="senior_erased",
                condition=Q(erased_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        """Title, first name, last name, as one writes to her."""
        return " ".join(part for part in (self.title, self.first_name, self.last_name) if part)

    def age_on(self, day: date) -> int | None:
        """Completed years on that day; from the birth year alone, years between the two years."""
        if self.born_on:
            before = (day.month, day.day) < (self.born_on.month, self.born_on.day)
            return day.year - self.born_on.year - before
        return day.year - self.birth_year if self.birth_year else None


class Stay(models.Model):
    """A home a senior has left: her history survives a move."""

    class End(models.TextChoices):
        """Why the stay ended."""

        MOVED = "moved", "a déménagé dans le parc"
        LEFT = "left", "a quitté le parc"
        DIED = "died", "décès"

    senior = models.ForeignKey(Senior, models.CASCADE, related_name="stays")
    dwelling = models.ForeignKey("seniors.Dwelling", models.PROTECT, related_name="past_stays")
    lease_reference = models.CharField(max_length=60, blank=True)
    since = models.DateField("depuis", null=True)
    until = models.DateField("jusqu’au")
    end = models.CharField("motif", max_length=5, choices=End.choices)

    class Meta:
        ordering = ["-until"]
        verbose_name = "ancien logement"

    def __str__(self) -> str:
        return f"{self.dwelling_id} → {self.until}"


class Consent(models.Model):
    """One answer to one of the four consents; the latest of its kind holds."""

    senior = models.ForeignKey(Senior, models.CASCADE, related_name="consents")
    kind = models.CharField("accord", max_length=10, choices=ConsentKind.choices)
    given = models.BooleanField("donné")
    decided_on = models.DateField("le")
    wording = models.CharField("version du texte", max_length=60)
    source = models.CharField("recueilli par", max_length=10, choices=Source.choices)
    recorded_at = models.DateTimeField(auto_now_add=True)
    # A no: when what a yes before it had allowed was erased, or found to be nothing.
    settled_on = models.DateField("suivi d’effet le", null=True, editable=False)

    class Meta:
        verbose_name = "accord"
        indexes = [
            models.Index(fields=["senior", "kind", "-decided_on"], name="consent_latest"),
            models.Index(
                fields=["senior"],
                name="consent_to_settle",
                condition=Q(given=False, settled_on=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {'oui' if self.given else 'non'} {self.decided_on}"


class Objection(models.Model):
    """Do not visit: an opposition without end, or a pause until a day."""

    senior = models.ForeignKey(Senior, models.CASCADE, related_name="objections")
    since = models.DateField("depuis")
    until = models.DateField("jusqu’au", null=True, blank=True)
    reason = models.CharField("motif", max_length=120)
    recorded_by = models.ForeignKey("seniors.User", models.PROTECT, null=True, related_name="+")
    lifted_on = models.DateField("levée le", null=True, blank=True)

    class Meta:
        verbose_name = "opposition"

    def __str__(self) -> str:
        return f"{self.since} → {self.until or 'sans fin'}"

    def holds_on(self, day: date) -> bool:
        """Whether she wants no visit that day."""
        return (
            self.lifted_on is None
            and self.since <= day
            and (self.until is None or day <= self.until)
        )


class Merge(models.Model):
    """Two records found to be one person; undone by `merge.undo`."""

    kept = models.ForeignKey(Senior, models.CASCADE, related_name="+")
    absorbed = models.ForeignKey(Senior, models.CASCADE, related_name="+")
    # What the merge changed: {"fields": {field: [before, after]}, "absorbed": [ids taken over]}.
    before = models.JSONField(default=dict)
    merged_at = models.DateTimeField(auto_now_add=True)
    merged_by = models.ForeignKey("seniors.User", models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "fusion"

    def __str__(self) -> str:
        return f"{self.absorbed_id} → {self.kept_id}"
