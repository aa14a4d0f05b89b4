"""The tenant record as a screen reads it: each field in French words, None when it is unknown."""

from datetime import date

from django.utils import timezone

from seniors import phones
from seniors.french import full_day, readable_street
from seniors.models import Dwelling, ImportRun, Senior

Said = list[tuple[str, str | None]]
YES_NO = {True: "oui", False: "non", None: None}


def home_facts(dwelling: Dwelling) -> Said:
    """(label, words) of a dwelling, with the day of what was corrected at the door. One query."""
    corrected = dict(dwelling.corrections.values_list("field", "on"))

    def said(column: str, words: str | None) -> str | None:
        on = corrected.get(column)
        return f"{words} (corrigé en visite le {full_day(on)})" if words and on else words

    door = (("bâtiment", dwelling.building), ("escalier", dwelling.stair), ("porte", dwelling.door))
    where = ", ".join(f"{name} {value}" for name, value in door if value)
    surface = f"{dwelling.surface:.0f} m²" if dwelling.surface is not None else None
    rooms = f"{dwelling.rooms} pièce{'s' if dwelling.rooms > 1 else ''}" if dwelling.rooms else None
    size = None if dwelling.household_size is None else str(dwelling.household_size)
    energy = dwelling.energy_class
    if energy and dwelling.energy_on:
        energy += f" ({full_day(dwelling.energy_on)})"
    lines = (readable_street(one) for one in (dwelling.address_line, dwelling.complement))
    return [
        ("Adresse", ", ".join(filter(None, lines))),
        ("Commune", dwelling.city_line),
        ("Accès", said("door", where or None)),
        ("Étage", said("floor", _floor(dwelling.floor))),
        ("Ascenseur", said("has_lift", YES_NO[dwelling.has_lift])),
        ("Taille", ", ".join(filter(None, (rooms, surface))) or None),
        ("Occupants", said("household_size", size)),
        ("Accessible en fauteuil", YES_NO[dwelling.is_accessible]),
        ("Déjà adapté", YES_NO[dwelling.is_adapted]),
        ("Construit en", str(dwelling.built_in) if dwelling.built_in else None),
        ("Classe énergie", energy or None),
        ("Référence", dwelling.reference),
    ]


def person_facts(senior: Senior) -> Said:
    """(label, words) of a senior."""
    return [
        ("Naissance", _birth(senior)),
        ("Téléphone", phones.of(senior.phone, senior.mobile) or None),
        ("Courriel", senior.email or None),
        ("Dans ce logement depuis", _day(senior.housed_since)),
        ("Place dans le bail", senior.get_role_display() or None),
        ("Dernier contact connu", _day(senior.last_contact_on)),
        ("Impayé", YES_NO[senior.has_arrears]),
        ("Revenus très modestes", YES_NO[senior.very_low_income]),
        ("Référence", senior.reference),
    ]


def origin_of(run: ImportRun | None, what: str) -> str:
    """Where a record was last read: « fichier des occupants »."""
    return f"{what}, extrait du {full_day(run.extract_on)}" if run else f"{what}, date inconnue"


def _birth(senior: Senior) -> str | None:
    """The day of birth, or the year when it is all we know, and the age."""
    age = senior.age_on(timezone.localdate())
    if senior.born_on:
        return f"{full_day(senior.born_on)} ({age} ans)"
    return f"{senior.birth_year} (environ {age} ans)" if senior.birth_year else None


def _floor(floor: int | None) -> str | None:
    if floor is None:
        return None
    if floor < 1:
        return "sous-sol" if floor else "rez-de-chaussée"
    return "1er" if floor == 1 else f"{floor}e"


def _day(day: date | None) -> str | None:
    return full_day(day) if day else None
