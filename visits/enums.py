"""Choices that more than one module of the visits uses: code stored, French shown."""

from django.db import models


class Family(models.TextChoices):
    """The four families of needs and of the actions that answer them (DOMAIN.md 0)."""

    ADAPTATION = "adaptation", "Adapter le logement"
    SOCIAL = "social", "Garder du lien"
    HELP = "help", "Se faire aider à la maison"
    RIGHTS = "rights", "Faire valoir ses droits"


class Channel(models.TextChoices):
    """How a visit form reached the server."""

    PHONE = "phone", "téléphone"
    DESK = "desk", "ordinateur"
    PAPER = "paper", "papier, saisi ensuite"


class Slot(models.TextChoices):
    """When in the day someone is expected, when no hour was agreed."""

    MORNING = "morning", "le matin"
    AFTERNOON = "afternoon", "l’après-midi"


class State(models.TextChoices):
    """Where an action stands; who may move it from one to the next is in `follow_up`."""

    PROPOSED = "proposed", "proposée"
    ACCEPTED = "accepted", "acceptée par la personne"
    DECLINED = "declined", "déclinée par la personne"
    REQUESTED = "requested", "demandée"
    PARTNER_ACCEPTED = "partner_accepted", "acceptée par le partenaire"
    PARTNER_REFUSED = "partner_refused", "refusée par le partenaire"
    UNDER_WAY = "under_way", "en cours"
    DONE = "done", "faite"
    CONFIRMED = "confirmed", "confirmée par la personne"
    CANCELLED = "cancelled", "annulée"


class Satisfaction(models.TextChoices):
    """What someone says of what was done for her; nothing when it was not asked."""

    YES = "yes", "oui"
    RATHER = "rather", "plutôt oui"
    NO = "no", "non"


class Claim(models.TextChoices):
    """Where a claim of property tax stands (CGI art. 1391 C, on the landlord's claim)."""

    NONE = "none", "à réclamer"
    CLAIMED = "claimed", "réclamée"
    GRANTED = "granted", "obtenue"
    REFUSED = "refused", "refusée"


class Outcome(models.TextChoices):
    """What becomes of a measure."""

    KEEP = "keep", "garder"
    CHANGE = "change", "changer"
    STOP = "stop", "arrêter"


class ReleaseKind(models.TextChoices):
    """What an export holds."""

    TABLES = "tables", "tableaux"
    ROWS = "rows", "fichier individuel"


class ReleaseState(models.TextChoices):
    """Where an export stands."""

    ASKED = "asked", "demandé"
    REFUSED = "refused", "refusé"
    MAKING = "making", "en préparation"
    READY = "ready", "prêt"
    FAILED = "failed", "échoué"
    EXPIRED = "expired", "expiré"
