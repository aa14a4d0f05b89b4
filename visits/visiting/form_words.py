"""The words of the visit form: rooms and their hazards, daily life, rights. Pure.

Sources: DOMAIN.md 1.10 for the hazards, 2.3 for the rights. An item's code and values are those
of the survey and of the score (`seniors.fragility.items`).
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Hazard:
    """Something to mend in a room; `need` is what it lets one think of."""

    code: str
    label: str
    need: str = ""


@dataclass(frozen=True)
class Room:
    """A room and what to look at, in the order one's eyes do."""

    code: str
    title: str
    hazards: tuple[Hazard, ...]


@dataclass(frozen=True)
class Question:
    """An item of daily life: (value, label) of its replies, and the need behind some of them."""

    code: str
    label: str
    choices: tuple[tuple[int, str], ...]
    sensitive: bool = False
    need: str = ""
    when: tuple[int, ...] = ()


@dataclass(frozen=True)
class Right:
    """Something to check with whoever decides."""

    code: str
    label: str
    sensitive: bool = False
    need: str = ""


YES_NO = ((1, "oui"), (0, "non"))
HAZARDS = (
    Room(
        "entrance",
        "Entrée de l’immeuble",
        (
            Hazard("steps", "Des marches à monter", "move"),
            Hazard("handrail", "Il manque une rampe, d’un côté ou des deux", "bars"),
            Hazard("lift", "Ascenseur absent ou souvent en panne", "move"),
            Hazard("light", "Éclairage faible ou minuterie trop courte", "light"),
            Hazard("door", "Porte lourde à pousser"),
            Hazard("letterbox", "Boîte aux lettres trop haute ou trop basse"),
        ),
    ),
    Room(
        "inside",
        "Dans le logement",
        (
            Hazard("rugs", "Tapis qui glissent, fils au sol", "floor"),
            Hazard("threshold", "Seuil de plus de 2 cm à franchir", "floor"),
            Hazard("clutter", "Passages encombrés", "floor"),
            Hazard("night", "Chemin vers les WC sombre la nuit", "light"),
        ),
    ),
    Room(
        "bathroom",
        "Salle de bains",
        (
            Hazard("step", "Baignoire ou bac à enjamber", "bathroom"),
            Hazard("slippery", "Sol, baignoire ou bac qui glisse", "bathroom"),
            Hazard("bars", "Pas de barre d’appui", "bars"),
            Hazard("seat", "Pas de siège pour se laver", "bathroom"),
            Hazard("door", "Porte qui s’ouvre vers l’intérieur"),
        ),
    ),
    Room(
        "toilet",
        "WC",
        (
            Hazard("low", "Cuvette trop basse", "toilet"),
            Hazard("bars", "Pas de barre d’appui", "bars"),
            Hazard("far", "Loin du lit", "light"),
        ),
    ),
    Room(
        "bedroom",
        "Chambre et cuisine",
        (
            Hazard("bed", "Lit trop bas ou trop haut"),
            Hazard("lamp", "Lampe hors de portée du lit", "light"),
            Hazard("cupboards", "Placards trop hauts, tabouret utilisé", "floor"),
        ),
    ),
    Room(
        "equipment",
        "Volets, chauffage, téléphone",
        (
            Hazard("shutters", "Volets durs à manœuvrer", "shutters"),
            Hazard("cold", "Logement froid", "warmth"),
            Hazard("damp", "Humidité, moisissures", "warmth"),
            Hazard("phone", "Téléphone ou alarme loin en cas de chute", "alarm"),
        ),
    ),
)
LIFE = (
    Question(
        "goes_out",
        "Sorties par semaine",
        ((0, "chaque jour"), (1, "plusieurs"), (2, "une"), (3, "moins")),
        need="outings",
        when=(2, 3),
    ),
    Question(
        "falls",
        "Chutes en 12 mois *",
        ((0, "aucune"), (1, "une"), (2, "deux ou plus")),
        sensitive=True,
        need="alarm",
        when=(1, 2),
    ),
    Question("fear_falling", "Peur de tomber *", YES_NO, sensitive=True, need="alarm", when=(1,)),
    Question(
        "errands_difficulty",
        "Faire les courses *",
        ((0, "facile"), (1, "difficile"), (2, "impossible")),
        sensitive=True,
        need="home_help",
        when=(1, 2),
    ),
    Question("help_home", "Aide payée chez soi", YES_NO),
    Question("help_family", "Aide de proches", YES_NO),
    Question("help_enough", "Cette aide suffit", YES_NO, need="home_help", when=(0,)),
    Question("can_count_on", "Compte sur quelqu’un", YES_NO, need="company", when=(0,)),
    Question(
        "lonely",
        "Ressent de la solitude",
        ((0, "jamais"), (1, "rarement"), (2, "parfois"), (3, "souvent"), (4, "toujours")),
        need="company",
        when=(3, 4),
    ),
    Question("online", "Va sur internet sans aide", YES_NO, need="digital", when=(0,)),
)
RIGHTS = (
    Right("css", "Complémentaire santé solidaire", need="health_cover"),
    Right("apl", "Aide au logement (APL)", need="rent"),
    Right("aspa", "Minimum vieillesse (ASPA)", need="income"),
    Right("apa", "Allocation autonomie (APA) *", sensitive=True, need="autonomy_aid"),
    Right("reversion", "Pension de réversion", need="income"),
    Right("energy", "Chèque énergie", need="bills"),
    Right("cmi", "Carte mobilité inclusion *", sensitive=True, need="papers"),
    Right("transport", "Carte de transport", need="outings"),
)
