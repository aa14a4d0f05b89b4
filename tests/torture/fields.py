"""What officers type in the schedules: fields of every kind the form has, and values for each."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

TODAY = datetime.now(tz=ZoneInfo("Europe/Paris")).date()
FIELDS: dict[str, tuple[int | str, ...]] = {
    "present.family": (1,),
    "present.neighbour": (1,),
    "consent.visit": (1,),
    "consent.evaluation": (1, 0),
    "known.floor": (2, 7),
    "known.door": ("B12", "gauche"),
    "hazard.bathroom.step": (0, 1, 2),
    "hazard.inside.rugs": (0, 1, 2),
    "hazard.equipment.cold": (0, 2),
    "home.words": ("Sonner deux fois", "Code 12A4"),
    "item.goes_out": (0, 1, 2, 3),
    "item.help_home": (0, 1),
    "item.lonely": (0, 2, 4),
    "right.css": (0, 1),
    "right.energy": (0, 1),
    "wish.words": ("Rester chez moi", "Voir la mer", "Une douche"),
    "need.bars": (1,),
    "need.company": (1,),
    "next.how": ("visit", "call"),
    "next.on": tuple(f"{TODAY + timedelta(days=days)}" for days in (49, 71)),
}
# Those that two officers at one door fill in most often, to disagree.
ALIKE = ("hazard.bathroom.step", "item.goes_out", "item.lonely", "wish.words", "next.on")
# Rooms that are photographed, and how a visit is not made.
ROOMS = ("bathroom", "toilet", "equipment")
OUTCOMES = ("absent", "absent", "refused", "hospital", "unsafe", "moved", "deceased")
