"""Choices that more than one module uses: code stored, French shown."""

from django.db import models


class Role(models.TextChoices):
    """What an account may do; where it may do it is its territories (`access`)."""

    OFFICER = "officer", "chargé de clientèle"
    MANAGER = "manager", "responsable"
    EVALUATOR = "evaluator", "évaluateur"
    ADMINISTRATOR = "administrator", "administrateur"


class Sex(models.TextChoices):
    """As the landlord's record says it; empty when it does not."""

    FEMALE = "F", "femme"
    MALE = "M", "homme"


class OccupantRole(models.TextChoices):
    """A person's place in the lease."""

    HOLDER = "holder", "titulaire"
    CO_HOLDER = "co_holder", "cotitulaire"
    SPOUSE = "spouse", "conjoint"
    OTHER = "other", "autre occupant"


class Source(models.TextChoices):
    """Where an observation comes from."""

    SURVEY = "survey", "enquête annuelle"
    VISIT = "visit", "visite à domicile"
    SIGNAL = "signal", "signalement"
    OFFICER = "officer", "chargé de clientèle"


class ConsentKind(models.TextChoices):
    """The four consents, each dated with its wording."""

    VISIT = "visit", "réponses utilisées pour préparer une visite"
    HEALTH = "health", "réponses sur la santé et l’autonomie"
    SHARING = "sharing", "partage avec un partenaire nommé"
    EVALUATION = "evaluation", "évaluation du programme"


class Domain(models.TextChoices):
    """The four dimensions of the score."""

    HOME = "home", "Logement"
    AUTONOMY = "autonomy", "Autonomie et chutes"
    ISOLATION = "isolation", "Isolement"
    RIGHTS = "rights", "Droits et ressources"
