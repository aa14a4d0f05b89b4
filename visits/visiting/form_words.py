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
# Said aloud as they are written; an item that the survey asks too is asked in its words.
LIFE = (
    Question(
        "goes_out",
        "Par semaine, vous sortez",
        ((0, "chaque jour"), (1, "plusieurs fois"), (2, "une fois"), (3, "moins souvent")),
        need="outings",
        when=(2, 3),
    ),
    Question(
        "falls",
        "Depuis un an, avez-vous fait une chute\u00a0? *",
        ((0, "non"), (1, "une fois"), (2, "deux fois ou plus")),
        sensitive=True,
        need="alarm",
        when=(1, 2),
    ),
    Question(
        "fear_falling",
        "Avez-vous peur de tomber\u00a0? *",
        YES_NO,
        sensitive=True,
        need="alarm",
        when=(1,),
    ),
    Question(
        "errands_difficulty",
        "Faire vos courses, est-ce facile\u00a0? *",
        ((0, "facile"), (1, "difficile"), (2, "impossible")),
        sensitive=True,
        need="home_help",
        when=(1, 2),
    ),
    Question("help_home", "Une aide à domicile vient-elle chez vous\u00a0?", YES_NO),
    Question(
        "help_family", "Un proche vous aide-t-il dans la vie de tous les jours\u00a0?", YES_NO
    ),
    Question(
        "help_enough",
        "L’aide que vous avez vous suffit-elle\u00a0?",
        YES_NO,
        need="home_help",
        when=(0,),
    ),
    Question(
        "can_count_on",
        "En cas de besoin, pouvez-vous compter sur un proche\u00a0?",
        YES_NO,
        need="company",
        when=(0,),
    ),
    Question(
        "lonely",
        "Ressentez-vous de la solitude\u00a0?",
        ((0, "jamais"), (1, "rarement"), (2, "parfois"), (3, "souvent"), (4, "toujours")),
        need="company",
        when=(3, 4),
    ),
    Question(
        "online", "Allez-vous sur internet sans aide\u00a0?", YES_NO, need="digital", when=(0,)
    ),
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
    Right("surcharge", "Erreur de surloyer (SLS)", need="rent"),
    Right("tax_credit", "Crédit d’impôt pour l’aide à domicile", need="papers"),
    Right("pim", "PIM, ligne Vie", need="papers"),
)
