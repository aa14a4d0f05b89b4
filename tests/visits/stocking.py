"""Dwellings, what is noted of them and the vacant ones, as the tests of the stock want them."""

from datetime import date

from django.utils import timezone

from seniors.models import Dwelling, Residence, User
from tests.make import make_dwelling
from visits.models import StockCriterion, StockFinding, StockLevel
from visits.stock.register import Noted, note

ADAPTED = ("reach", "entrance", "doors", "shower", "bars", "toilet")
LABELS = {
    "reach": "Rez-de-chaussée ou ascenseur",
    "entrance": "Entrée de l’immeuble sans marche",
    "doors": "Portes d’au moins 80 cm",
    "ready": "Salle de bains où une douche sans marche peut se poser",
    "shower": "Douche sans marche",
    "bars": "Barres d’appui, salle de bains et WC",
    "toilet": "WC à bonne hauteur",
    "services": "Commerces et transports à moins de 500 m",
}


def criterion(code: str) -> StockCriterion:
    """A criterion of the label that is shipped."""
    return StockCriterion.objects.get(label=LABELS[code])


def level(name: str) -> StockLevel:
    """A level of the label that is shipped."""
    return StockLevel.objects.get(name=name)


def say(
    home: Dwelling,
    *codes: str,
    met: bool | None = True,
    by: User,
    on: date | None = None,
    evidence: str = StockFinding.Evidence.SURVEYED,
    words: str = "",
) -> None:
    """Note these criteria of a dwelling."""
    on = on or timezone.localdate()
    note([Noted(home.pk, criterion(c), met, evidence, on, words) for c in codes], by=by)


def make_vacant(residence: Residence, *, by: User, codes: tuple = ADAPTED, **fields) -> Dwelling:
    """A vacant dwelling on the ground floor, adapted unless told otherwise."""
    fields = {"mode": Dwelling.Mode.OFFERED, "floor": 0, "has_lift": False, "rooms": 2} | fields
    home = make_dwelling(residence, **fields)
    say(home, *codes, by=by)
    return home
