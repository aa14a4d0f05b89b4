"""Field watch: what caretakers and technicians report, and the links that let them."""

import uuid

from django.db import models
from django.db.models import Q

from seniors.models.paired import paired


class WatchLink(models.Model):
    """The address behind a residence's QR code: whoever has it may report there, nothing else."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    residence = models.ForeignKey(
        "seniors.Residence", models.CASCADE, related_name="watch_links", verbose_name="résidence"
    )
    # Whom it was given to or where it hangs: « hall A », « société de ménage ».
    label = models.CharField("pour", max_length=80, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey("seniors.User", models.PROTECT, related_name="+")
    expires_on = models.DateField("valable jusqu’au")
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey("seniors.User", models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-created_at"]
        verbose_name = "lien de signalement"
        constraints = [
            paired("watch_link_revoked_at_with_by", "revoked_at", "revoked_by"),
        ]

    def __str__(self) -> str:
        return f"{self.residence_id} {self.label}"


class WatchKnock(models.Model):
    """A report that came through a link: counted for an hour, so that nobody floods the inbox."""

    link = models.ForeignKey(WatchLink, models.CASCADE, related_name="knocks", db_index=False)
    # Keyed digest of where it came from: told apart, never read back.
    address = models.CharField(max_length=64)
    at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        verbose_name = "passage par un lien"
        indexes = [
            models.Index(fields=["link", "at"], name="knock_of_link"),
            models.Index(fields=["address", "at"], name="knock_of_address"),
        ]

    def __str__(self) -> str:
        return f"{self.link_id} {self.at}"


class Signal(models.Model):
    """A worrying sign seen at a senior's home, in a dwelling or somewhere in a residence."""

    class Urgency(models.TextChoices):
        """How soon someone should come."""

        NOW = "now", "urgent"
        SOON = "soon", "cette semaine"
        WATCH = "watch", "à surveiller"

    class Kind(models.TextChoices):
        """What was seen."""

        MAIL = "mail", "courrier qui s’accumule"
        NOT_SEEN = "not_seen", "aucun signe depuis plusieurs jours"
        FALL = "fall", "chute"
        CONFUSION = "confusion", "semble avoir perdu ses repères"
        NEGLECT = "neglect", "logement difficile à entretenir"
        ASKS = "asks", "demande de l’aide"
        OTHER = "other", "autre chose"

    class Reporter(models.TextChoices):
        """Who saw it."""

        CARETAKER = "caretaker", "le gardiennage"
        TECHNICIAN = "technician", "un service technique"
        NEIGHBOUR = "neighbour", "le voisinage"
        OFFICER = "officer", "nos équipes"
        OTHER = "other", "une autre personne"

    class Outcome(models.TextChoices):
        """What came of it: the yield of each kind of sign is counted from these."""

        NEED = "need", "un besoin a été trouvé"
        KNOWN = "known", "déjà connu et suivi"
        FINE = "fine", "tout va bien"
        EMERGENCY = "emergency", "secours appelés"
        UNREACHED = "unreached", "personne n’a pu être jointe"
        MISTAKEN = "mistaken", "signalement fait par erreur"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # The narrowest place that is known; a residence when only the hall was named.
    senior = models.ForeignKey(
        "seniors.Senior", models.CASCADE, null=True, blank=True, related_name="signals"
    )
    dwelling = models.ForeignKey(
        "seniors.Dwelling", models.CASCADE, null=True, blank=True, related_name="signals"
    )
    residence = models.ForeignKey(
        "seniors.Residence", models.CASCADE, null=True, blank=True, related_name="signals"
    )
    # Where, in the words of someone who does not know the dwelling's number: « 3e gauche ».
    whereabouts = models.CharField("où", max_length=80, blank=True)
    urgency = models.CharField("urgence", max_length=5, choices=Urgency.choices)
    kind = models.CharField("constat", max_length=10, choices=Kind.choices, default=Kind.OTHER)
    # What was seen, as one reads it on a list: the kind's words, or the reporter's own.
    what = models.CharField("constat, en clair", max_length=120)
    reporter = models.CharField(
        "signalé par", max_length=10, choices=Reporter.choices, default=Reporter.OTHER
    )
    link = models.ForeignKey(WatchLink, models.SET_NULL, null=True, related_name="signals")
    seen_on = models.DateField("vu le")
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.ForeignKey("seniors.User", models.PROTECT, null=True, related_name="+")
    # An officer has read it and answers for it.
    taken_at = models.DateTimeField("pris en charge le", null=True, blank=True)
    taken_by = models.ForeignKey("seniors.User", models.PROTECT, null=True, related_name="+")
    closed_on = models.DateField("clos le", null=True, blank=True)
    closed_by = models.ForeignKey("seniors.User", models.PROTECT, null=True, related_name="+")
    outcome = models.CharField("suite", max_length=10, choices=Outcome.choices, blank=True)

    class Meta:
        ordering = ["-seen_on", "-recorded_at"]
        verbose_name = "signalement"
        indexes = [
            models.Index(
                fields=["-recorded_at"], name="signal_open", condition=Q(closed_on__isnull=True)
            ),
            # Asked for every few seconds by each open page.
            models.Index(
                fields=["recorded_at"],
                name="signal_urgent",
                condition=Q(closed_on__isnull=True, urgency="now"),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="signal_is_somewhere",
                condition=Q(senior__isnull=False)
                | Q(dwelling__isnull=False)
                | Q(residence__isnull=False),
            ),
            models.CheckConstraint(
                name="signal_closed_with_outcome",
                condition=Q(closed_on=None, outcome="")
                | (Q(closed_on__isnull=False) & ~Q(outcome="")),
            ),
            paired("signal_taken_at_with_by", "taken_at", "taken_by"),
        ]

    def __str__(self) -> str:
        return f"{self.urgency} {self.seen_on}"


class SignalSeen(models.Model):
    """An officer has seen an urgent signal: those she has not come first on her board."""

    signal = models.ForeignKey(Signal, models.CASCADE, related_name="seen_by", db_index=False)
    user = models.ForeignKey("seniors.User", models.CASCADE, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "signalement vu"
        constraints = [
            models.UniqueConstraint(fields=["signal", "user"], name="signal_seen_once"),
        ]

    def __str__(self) -> str:
        return f"{self.signal_id} {self.user_id}"
