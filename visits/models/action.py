"""Needs found, the actions that answer them, and the partners who help."""

import uuid

from django.db import models
from django.db.models import Q

from seniors.models.paired import dated, paired
from visits.enums import Family, Satisfaction, State


class ActionKind(models.Model):
    """One line of the landlord's catalogue: something that can be done for someone."""

    code = models.SlugField("code", max_length=40, unique=True)
    family = models.CharField("famille", max_length=10, choices=Family.choices)
    label = models.CharField("action", max_length=80)
    # What an officer says or checks, in one sentence.
    hint = models.CharField("à savoir", max_length=200, blank=True)
    # Codes of the needs it answers (`needs.NEEDS`).
    needs = models.JSONField(default=list)
    by_partner = models.BooleanField("faite par un partenaire", default=False)
    # Days from the request to the moment it is overdue.
    due_days = models.PositiveSmallIntegerField("délai attendu (jours)", default=60)
    position = models.PositiveSmallIntegerField("rang", default=0)
    is_active = models.BooleanField("proposée", default=True)

    class Meta:
        ordering = ["family", "position", "label"]
        verbose_name = "action du catalogue"

    def __str__(self) -> str:
        return self.label


class Partner(models.Model):
    """Whoever takes over part of what was decided: a service, an association, a third place."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField("nom", max_length=120)
    kinds = models.ManyToManyField(
        ActionKind, blank=True, related_name="partners", verbose_name="actions"
    )
    territories = models.ManyToManyField(
        "seniors.Territory", blank=True, related_name="partners", verbose_name="territoires"
    )
    contact_name = models.CharField("interlocuteur", max_length=80, blank=True)
    phone = models.CharField("téléphone", max_length=20, blank=True)
    email = models.EmailField("courriel", blank=True)
    address = models.CharField("adresse", max_length=200, blank=True)
    # A third place or a collective activity has hours, and attendance is kept.
    is_place = models.BooleanField("lieu ou activité collective", default=False)
    hours = models.CharField("jours et heures", max_length=200, blank=True)
    is_active = models.BooleanField("actif", default=True)

    class Meta:
        ordering = ["name"]
        verbose_name = "partenaire"

    def __str__(self) -> str:
        return self.name


class Need(models.Model):
    """Something that a person lacks, seen or said; it stays after the actions that answer it."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    senior = models.ForeignKey("seniors.Senior", models.CASCADE, related_name="needs")
    code = models.CharField("besoin", max_length=20)  # `needs.NEEDS`
    family = models.CharField("famille", max_length=10, choices=Family.choices)
    found_on = models.DateField("repéré le")
    found_by = models.ForeignKey("seniors.User", models.PROTECT, null=True, related_name="+")
    form = models.ForeignKey(
        "visits.VisitForm", models.SET_NULL, null=True, blank=True, related_name="needs"
    )
    signal = models.ForeignKey(
        "visits.Signal", models.SET_NULL, null=True, blank=True, related_name="needs"
    )
    # Answered, or no longer there.
    closed_on = models.DateField("clos le", null=True, blank=True)
    closed_by = models.ForeignKey("seniors.User", models.PROTECT, null=True, related_name="+")
    # Whether one of its actions is not cancelled: counted once, by `follow_up`, for the backlog.
    is_acted_on = models.BooleanField("avec une action", default=False)
    # Where she lives today, empty once she has left: kept by `lives_in`, for lists of many.
    lives_in = models.ForeignKey("seniors.Residence", models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-found_on", "-id"]
        verbose_name = "besoin repéré"
        indexes = [
            models.Index(
                fields=["found_on", "code", "lives_in", "id"],
                name="need_bare",
                condition=Q(closed_on=None, is_acted_on=False),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["senior", "code"], name="need_open_once", condition=Q(closed_on=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.found_on}"


class Action(models.Model):
    """One thing decided for one need, and where it stands. `follow_up` alone moves it."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    need = models.ForeignKey(Need, models.CASCADE, related_name="actions")
    # That of the need, which never changes: the backlog counts and sorts by it.
    need_found_on = models.DateField("besoin repéré le")
    senior = models.ForeignKey("seniors.Senior", models.CASCADE, related_name="actions")
    # Where she lives today, as on the need.
    lives_in = models.ForeignKey("seniors.Residence", models.PROTECT, null=True, related_name="+")
    # Where it was decided: works stay with the dwelling when she moves.
    dwelling = models.ForeignKey(
        "seniors.Dwelling", models.SET_NULL, null=True, related_name="actions"
    )
    # The residence of that dwelling, where she lives when it is not known: kept by `lives_in` too.
    made_in = models.ForeignKey("seniors.Residence", models.PROTECT, null=True, related_name="+")
    kind = models.ForeignKey(ActionKind, models.PROTECT, related_name="actions")
    partner = models.ForeignKey(
        Partner, models.PROTECT, null=True, blank=True, related_name="actions"
    )
    state = models.CharField("état", max_length=16, choices=State.choices, default=State.PROPOSED)
    state_on = models.DateField("depuis le")
    due_on = models.DateField("attendue pour le", null=True, blank=True)
    cancelled_because = models.CharField("annulée car", max_length=200, blank=True)
    # Asked when she confirms that it was done; "" when she was not asked, or did not say.
    satisfied = models.CharField(
        "en est satisfaite", max_length=6, choices=Satisfaction.choices, blank=True
    )
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey("seniors.User", models.PROTECT, null=True, related_name="+")
    # Who follows it: whoever wrote it down, until it is given to another (`ActionCharge`).
    officer = models.ForeignKey(
        "seniors.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="actions",
        verbose_name="suivie par",
    )
    form = models.ForeignKey(
        "visits.VisitForm", models.SET_NULL, null=True, blank=True, related_name="actions"
    )
    reminded_on = models.DateField("dernier rappel le", null=True, blank=True)
    # When who follows it was told that it is late; once for each day expected.
    told_late_on = models.DateField(null=True, editable=False)

    class Meta:
        ordering = ["-created_at"]
        verbose_name = "action"
        indexes = [
            models.Index(fields=["state", "due_on"], name="action_overdue"),
            # The backlog: a page in its first order, then what all of it amounts to.
            models.Index(fields=["due_on", "need_found_on"], name="action_by_due"),
            models.Index(fields=["need_found_on", "due_on"], name="action_by_age"),
            models.Index(
                fields=["kind", "state", "need_found_on", "id", "lives_in", "made_in"],
                name="action_kind_state",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="action_cancelled_with_reason",
                condition=(Q(state="cancelled") & ~Q(cancelled_because=""))
                | (~Q(state="cancelled") & Q(cancelled_because="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind_id} {self.state}"


class ActionCharge(models.Model):
    """An action given to someone else to follow. Append-only."""

    action = models.ForeignKey(Action, models.CASCADE, related_name="charges")
    officer = models.ForeignKey("seniors.User", models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey("seniors.User", models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]
        verbose_name = "suivi confié"

    def __str__(self) -> str:
        return f"{self.action_id} {self.officer_id}"


class StepQuerySet(models.QuerySet):
    """Readings of what happened to actions."""

    def standing(self) -> "StepQuerySet":
        """Those that nobody took back: what figures count."""
        return self.filter(taken_back_at=None)


class ActionStep(models.Model):
    """One change of an action's state, dated and signed. Never changed nor deleted: one made by
    mistake is marked as taken back, and counts no more."""

    action = models.ForeignKey(Action, models.CASCADE, related_name="steps")
    from_state = models.CharField(max_length=16, choices=State.choices, blank=True)
    to_state = models.CharField(max_length=16, choices=State.choices)
    on = models.DateField("le")
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey("seniors.User", models.PROTECT, null=True, related_name="+")
    # Whom it was asked of, or who answers: by his link, with the name he gives.
    partner = models.ForeignKey(Partner, models.PROTECT, null=True, related_name="+")
    signed = models.CharField("signé", max_length=80, blank=True)
    note = models.CharField("précision", max_length=200, blank=True)
    # What the step changed beside the state, to be put back if it is taken back.
    due_before = models.DateField(null=True, editable=False)
    partner_before = models.ForeignKey(
        Partner, models.PROTECT, null=True, related_name="+", editable=False
    )
    taken_back_at = models.DateTimeField("repris le", null=True)
    taken_back_by = models.ForeignKey("seniors.User", models.PROTECT, null=True, related_name="+")

    objects = StepQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        verbose_name = "étape"
        constraints = [
            paired("step_taken_back_signed", "taken_back_at", "taken_back_by"),
            models.CheckConstraint(
                name="step_signed",
                condition=Q(by__isnull=False, signed="")
                | (Q(by=None, partner__isnull=False) & ~Q(signed="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_state} {self.to_state}"


class Agreement(models.Model):
    """The tenant's yes to hand one action over to one partner, until she takes it back."""

    action = models.ForeignKey(Action, models.CASCADE, related_name="agreements")
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="agreements")
    given_on = models.DateField("donné le")
    wording = models.CharField("texte lu", max_length=30)
    recorded_by = models.ForeignKey("seniors.User", models.PROTECT, related_name="+")
    withdrawn_on = models.DateField("retiré le", null=True, blank=True)
    withdrawn_by = models.ForeignKey("seniors.User", models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-given_on", "-id"]
        verbose_name = "accord de transmission"
        constraints = [
            models.UniqueConstraint(
                fields=["action", "partner"],
                name="agreement_once",
                condition=Q(withdrawn_on=None),
            ),
            dated("agreement_withdrawn_dated", "withdrawn_on", "withdrawn_by"),
        ]

    def __str__(self) -> str:
        return f"{self.action_id} {self.partner_id}"


class Referral(models.Model):
    """A link given to a partner: it shows one file, expires, and dies with the agreement."""

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="referrals")
    # SHA-256 of the link's secret: the base alone opens nothing.
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey("seniors.User", models.PROTECT, related_name="+")
    expires_at = models.DateTimeField("valable jusqu’au")
    revoked_at = models.DateTimeField(null=True)
    reminded_on = models.DateField(null=True)

    class Meta:
        ordering = ["-created_at"]
        verbose_name = "transmission"

    def __str__(self) -> str:
        return f"{self.agreement_id} {self.created_at:%Y-%m-%d}"


class ReferralRead(models.Model):
    """Each time a link was opened or answered."""

    referral = models.ForeignKey(Referral, models.CASCADE, related_name="reads")
    at = models.DateTimeField(auto_now_add=True)
    gesture = models.CharField(max_length=20)  # "read", "pdf", "answer"

    class Meta:
        ordering = ["-at"]
        verbose_name = "lecture d’une transmission"

    def __str__(self) -> str:
        return f"{self.gesture} {self.at}"


class Attendance(models.Model):
    """Whether someone came to a place or an activity, one day."""

    partner = models.ForeignKey(Partner, models.CASCADE, related_name="attendances")
    senior = models.ForeignKey("seniors.Senior", models.CASCADE, related_name="attendances")
    action = models.ForeignKey(Action, models.SET_NULL, null=True, related_name="attendances")
    on = models.DateField("le")
    came = models.BooleanField("présence")
    recorded_by = models.ForeignKey("seniors.User", models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-on"]
        verbose_name = "présence"
        constraints = [
            models.UniqueConstraint(fields=["partner", "senior", "on"], name="attendance_once"),
        ]

    def __str__(self) -> str:
        return f"{self.partner_id} {self.on}"
