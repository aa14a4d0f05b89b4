"""Pages as text and people up high, as the tests of the stock’s pages want them."""

import uuid

from django.urls import reverse

from seniors.enums import ConsentKind, Source
from seniors.models import Consent, Observation
from seniors.observe import record
from tests.make import make_dwelling, make_senior
from tests.visits.acting import ago


def text(client, name: str, *args, **query) -> str:
    answer = client.get(reverse(f"visits:{name}", args=args), query)
    assert answer.status_code == 200
    return answer.content.decode()


def up_high(place, **fields):
    """Someone alone on a third floor without a lift."""
    fields = {"floor": 3, "has_lift": False, "household_size": 1, "rooms": 3} | fields
    return make_senior(make_dwelling(place, **fields))


def told(senior, health: bool | None = None, **values) -> Observation:
    """Something she said last week, with or without her consent on health."""
    if health is not None:
        Consent.objects.create(
            senior=senior, kind=ConsentKind.HEALTH, given=health, decided_on=ago(8), wording="v",
            source=Source.SURVEY,
        )  # fmt: skip
    return record(senior, uid=uuid.uuid4(), source=Source.SURVEY, observed_on=ago(7), values=values)
