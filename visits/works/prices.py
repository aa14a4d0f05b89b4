"""What works cost by unit and how long they take: the landlord's own, begun from `prices.toml`.

The only door of WorksPrice. A kind of works may have no price: it is then « prix à donner »
everywhere, never zero.
"""

import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.apps import apps
from django.apps.registry import Apps
from django.db import transaction
from django.db.models import QuerySet

from seniors.access import DECIDERS
from seniors.models import User
from seniors.refusal import Refusal
from visits.acting.catalogue import works
from visits.models import ActionKind, WorksPrice

SHIPPED = Path(__file__).parent / "prices.toml"
VAT_ASSUMED = Decimal(10)  # %, where nothing else is known; an assumption, said on screen


class PriceRefusal(Refusal):
    """A price that cannot be kept."""


def shipped() -> dict[str, dict[str, Any]]:
    """{code of the kind: fields of a WorksPrice} of `prices.toml`, euros without VAT."""
    content = tomllib.loads(SHIPPED.read_text(encoding="utf-8"))
    return {
        code: line | {"unit_cost": Decimal(line["unit_cost"])} for code, line in content.items()
    }


def begin(*, apps: Apps = apps, **_sent: Any) -> None:
    """Fill an empty list of prices; called once the tables are made, after the catalogue's."""
    try:
        prices = apps.get_model("visits", "WorksPrice").objects
        kinds = apps.get_model("visits", "ActionKind").objects
    except LookupError:  # the tables were just taken away
        return
    if prices.exists():
        return
    lines = shipped()
    found = kinds.filter(code__in=lines)
    prices.bulk_create(prices.model(kind=kind, **lines[kind.code]) for kind in found)


def kinds_of_works() -> QuerySet[ActionKind]:
    """The lines of the catalogue that are works, each with its price where there is one."""
    return ActionKind.objects.filter(works()).select_related("price").order_by("position", "label")


def price_of(kind: ActionKind) -> WorksPrice | None:
    """Its price; None while it is to be given."""
    return getattr(kind, "price", None)


@transaction.atomic
def save_price(price: WorksPrice, *, by: User) -> WorksPrice:
    """Give or change the price of one kind of works. Raises PriceRefusal: role, kind, cost."""
    if by.role not in DECIDERS:
        raise PriceRefusal("role", "Votre rôle ne permet pas ce geste\u00a0: rien n’a changé.")
    if not ActionKind.objects.filter(works(), pk=price.kind_id).exists():
        raise PriceRefusal(
            "kind", "Cette ligne du catalogue n’est pas un travail\u00a0: rien n’a changé."
        )
    if price.unit_cost is None or price.unit_cost <= 0:
        raise PriceRefusal(
            "cost",
            "Le prix unitaire manque, ou n’est pas plus grand que zéro\u00a0: rien n’a été "
            "enregistré. Écrivez un montant en euros HT, par exemple 250,00.",
        )
    price.save()
    return price
