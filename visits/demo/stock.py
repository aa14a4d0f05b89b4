"""What was seen of vacant dwellings at the last inventories; then what every dwelling reaches."""

from datetime import timedelta
from random import Random

from django.db import transaction

from seniors.enums import Role
from seniors.models import Dwelling, User
from visits.demo.people import usernames
from visits.demo.plan import Demo
from visits.models import StockCriterion, StockFinding
from visits.stock.register import Noted, note, refresh_all
from visits.stock.stock_list import vacant

SEEN = 60
LOOKED_AT, MET = 0.85, 0.92


def look_at_stock(demo: Demo) -> str | None:
    """Criteria of some vacant dwellings, once."""
    if StockFinding.objects.exists():
        return None
    draw = Random(demo.seed)  # noqa: S311 - an invented landlord
    manager = User.objects.filter(username__in=usernames(), role=Role.MANAGER).get()
    homes = vacant(Dwelling.objects.filter(floor=0)).order_by("reference")[:SEEN]
    on = demo.as_of - timedelta(days=30)
    told = [
        Noted(
            home.pk, one, draw.random() < MET, StockFinding.Evidence.SURVEYED, on, "État des lieux"
        )
        for home in homes
        for one in StockCriterion.objects.exclude(reads="no_stairs")
        if draw.random() < LOOKED_AT
    ]
    with transaction.atomic():
        note(told, by=manager)
        refresh_all()
    return f"{len(told)} constats"
