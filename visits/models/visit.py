"""Home visits made or tried, the forms that tell of them, and the phones that carry them."""

import uuid

from django.db import models
from django.db.models import Q

from seniors.models.paired import paired
from visits.enums import Channel


class Visit(models.Model):
    """One day someone went to a senior's home: what the forms of that day say, put together."""

    class Outcome(models.TextChoices):
        """How it ended; the consequence of each is in `outcomes`."""

        DONE = "done", "faite"
        ABSENT = "absent", "absence"
        REFUSED = "refused", "refus"
        MOVED = "moved", "n’habite plus là"
        HOSPITAL = "hospital", "à l’hôpital"
        DECEASED = "deceased", "décès"
        UNSAFE = "unsafe", "visite impossible sans danger"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    senior = models.ForeignKey("seniors.Senior", models.CASCADE, related_name="visits")
    entry = models.ForeignKey(
        "visits.VisitListEntry", models.SET_NULL, null=True, related_name="visits"
    )
    made_on = models.DateField("le")
    outcome = models.CharField("issue", max_length=8, choices=Outcome.choices)
    made_by = models.ForeignKey("seniors.User", models.PROTECT, null=True, related_name="visits")
    # Absence: the first day to knock again.
    try_again_on = models.DateField("à retenter à partir du", null=True, blank=True)
    # What was agreed at the door for the next contact.
    next_contact_on = models.DateField("prochain contact", null=True, blank=True)

    class Meta:
        ordering = ["-made_on", "-id"]
        verbose_name = "visite à domicile"
        indexes = [models.Index(fields=["senior", "-made_on"], name="visit_latest")]
        constraints = [
            # Two forms of one day are one visit, merged by field (`recording`).
            models.UniqueConstraint(fields=["senior", "made_on"], name="visit_once_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.outcome} {self.made_on}"


class Device(models.Model):
    """A phone that keeps an officer's day: its keys, so that what it holds can be shut or read.

    `key` opens the day kept on the phone; the phone has it wrapped under the PIN. `private_key`
    opens the forms that the phone sealed: they can be sent, never read back, without the PIN.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey("seniors.User", models.CASCADE, related_name="devices")
    label = models.CharField("appareil", max_length=80)
    key = models.CharField(max_length=64, editable=False)
    private_key = models.TextField(editable=False)
    created_at = models.DateTimeField("ajouté le", auto_now_add=True)
    seen_at = models.DateTimeField("vu le", null=True)
    revoked_at = models.DateTimeField("bloqué le", null=True)
    revoked_by = models.ForeignKey("seniors.User", models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-created_at"]
        verbose_name = "appareil"
        constraints = [
            paired("device_revoked_at_with_by", "revoked_at", "revoked_by"),
        ]

    def __str__(self) -> str:
        return self.label


class VisitForm(models.Model):
    """One form as it was accepted: its identity, its content, its receipt. Append-only."""

    # Given by the phone or the page when the form is opened: sent twice, it counts once.
    uid = models.UUIDField(unique=True)
    visit = models.ForeignKey(Visit, models.CASCADE, related_name="forms")
    # SHA-256 of the canonical content: the same identity with another one is refused.
    digest = models.CharField(max_length=64)
    wording = models.CharField("version des textes", max_length=30)
    # How the visit ended, as this form says it.
    outcome = models.CharField("issue", max_length=8, choices=Visit.Outcome.choices)
    channel = models.CharField("saisie", max_length=5, choices=Channel.choices)
    # {field code: value}, `form.py`'s codes.
    content = models.JSONField()
    # {what is known, by its name in the form: what the record said before this form corrected it}.
    replaced = models.JSONField(default=dict)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey("seniors.User", models.PROTECT, related_name="+")
    device = models.ForeignKey(Device, models.SET_NULL, null=True, related_name="+")
    observation = models.OneToOneField(
        "seniors.Observation", models.SET_NULL, null=True, related_name="visit_form"
    )

    class Meta:
        ordering = ["id"]
        verbose_name = "fiche de visite"

    def __str__(self) -> str:
        return self.receipt

    @property
    def receipt(self) -> str:
        """The number shown to who sent it."""
        return f"V{self.pk:06d}"


class UndoneForm(models.Model):
    """A phone's form whose visit was taken back since: the phone may not have heard that it was
    received, and send it again. It names nobody."""

    uid = models.UUIDField(unique=True)
    digest = models.CharField(max_length=64)
    receipt = models.CharField(max_length=20)
    received_at = models.DateTimeField()
    undone_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "fiche annulée"

    def __str__(self) -> str:
        return self.receipt


class Clash(models.Model):
    """Two forms of one visit that say different things of one field: a person chooses.

    `chosen` is the last choice; those before it are in `choices`.
    """

    visit = models.ForeignKey(Visit, models.CASCADE, related_name="clashes")
    field = models.CharField("champ", max_length=60)
    # What stands until someone chooses: the first received.
    first = models.ForeignKey(VisitForm, models.CASCADE, related_name="+")
    second = models.ForeignKey(VisitForm, models.CASCADE, related_name="+")
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey("seniors.User", models.PROTECT, null=True, related_name="+")
    chosen = models.ForeignKey(VisitForm, models.CASCADE, null=True, related_name="+")

    class Meta:
        ordering = ["id"]
        verbose_name = "désaccord entre deux fiches"
        constraints = [
            models.UniqueConstraint(fields=["field", "second"], name="clash_once_per_form"),
            models.CheckConstraint(
                name="clash_settled_with_choice",
                condition=Q(settled_at=None, settled_by=None, chosen=None)
                | Q(settled_at__isnull=False, settled_by__isnull=False, chosen__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.visit_id} {self.field}"


class ClashChoice(models.Model):
    """What a person chose for a clash, and when: a choice may be made again, none is erased."""

    clash = models.ForeignKey(Clash, models.CASCADE, related_name="choices")
    chosen = models.ForeignKey(VisitForm, models.CASCADE, related_name="+")
    at = models.DateTimeField()
    by = models.ForeignKey("seniors.User", models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]
        verbose_name = "choix entre deux fiches"

    def __str__(self) -> str:
        return f"{self.clash_id} {self.chosen_id}"


class AsideForm(models.Model):
    """A form refused because its identity was already used for another content: kept to read."""

    uid = models.UUIDField()
    senior = models.ForeignKey("seniors.Senior", models.CASCADE, related_name="aside_forms")
    digest = models.CharField(max_length=64)
    content = models.JSONField()
    received_at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey("seniors.User", models.PROTECT, related_name="+")
    read_at = models.DateTimeField(null=True)
    read_by = models.ForeignKey("seniors.User", models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-received_at"]
        verbose_name = "fiche mise de côté"
        constraints = [
            models.UniqueConstraint(fields=["uid", "digest"], name="aside_once_per_content"),
        ]

    def __str__(self) -> str:
        return str(self.uid)


class VisitDraft(models.Model):
    """A form being filled in on line or typed from paper: each field is saved as it changes."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    senior = models.ForeignKey("seniors.Senior", models.CASCADE, related_name="visit_drafts")
    entry = models.ForeignKey("visits.VisitListEntry", models.SET_NULL, null=True, related_name="+")
    officer = models.ForeignKey("seniors.User", models.CASCADE, related_name="visit_drafts")
    channel = models.CharField(max_length=5, choices=Channel.choices)
    content = models.JSONField(default=dict)
    started_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-updated_at"]
        verbose_name = "fiche commencée"
        constraints = [
            models.UniqueConstraint(fields=["officer", "senior"], name="draft_once_per_person"),
        ]

    def __str__(self) -> str:
        return str(self.uid)


class Photo(models.Model):
    """A picture of a room, without its metadata. It may arrive before the form it belongs to."""

    uid = models.UUIDField(unique=True)
    form_uid = models.UUIDField(db_index=True)
    senior = models.ForeignKey("seniors.Senior", models.CASCADE, related_name="photos")
    room = models.CharField("pièce", max_length=20)
    # Path under MEDIA_ROOT.
    stored_as = models.CharField(max_length=200)
    received_at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey("seniors.User", models.PROTECT, related_name="+")

    class Meta:
        ordering = ["received_at"]
        verbose_name = "photo d’une pièce"

    def __str__(self) -> str:
        return str(self.uid)
