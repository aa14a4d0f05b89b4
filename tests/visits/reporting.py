"""Reports from a hall, as a test sends them."""

import uuid

from django.urls import reverse

from tests.make import make_dwelling, make_residence, make_senior
from tests.visits.test_watch import make_link
from visits.field_watch import watch
from visits.models import WatchLink


def address(link: WatchLink, name: str = "watch-report") -> str:
    """The public page of a link."""
    return reverse(name, args=[watch.token_of(link)])


def filled(**fields) -> dict:
    """A report in three taps."""
    return {"form_uid": uuid.uuid4(), "kind": "not_seen", "floor": "2", "urgency": "now"} | fields


def make_hall() -> WatchLink:
    """A link of a residence of fourteen dwellings, half of them with a senior."""
    residence = make_residence(name="Kerbernier")
    for n in range(14):
        home = make_dwelling(residence, floor=n // 5, door=str(n))
        if n % 2:
            make_senior(home, last_name="Kermarrec", first_name=f"Anna{n}")
    return make_link(residence, label="hall A")
