"""What an order sheet says of each work of a lot: where, what, how many, whom to call.

Where is the dwelling of the works. Her name and telephones are there for the appointment only, and
not for who said no to sharing, nor for who lives there no more: the landlord then makes the
appointment. No score, no need, nothing on health.
"""

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db.models import Max

from seniors.enums import ConsentKind
from seniors.french import day_words, plural, readable_street
from seniors.models import Consent, Senior, User
from seniors.person import PERSON
from seniors.phones import of as phones_of
from seniors.phones import readable
from visits.acting.hand_over import has_moved, home_of, person_of
from visits.acting.waiting import LINKS
from visits.enums import State
from visits.lists.places import access_line
from visits.models import Action, ActionStep, WorksLot
from visits.works.backlog import LEFT_IT
from visits.works.lots import works_in
from visits.works.prices import price_of

BY_LANDLORD = "Rendez-vous à prendre par le bailleur"
MOVED = f"{LEFT_IT[:1].upper()}{LEFT_IT[1:]}. {BY_LANDLORD}"
GONE = (State.CANCELLED, State.DECLINED)


@dataclass(frozen=True)
class Ordered:
    """One work of the sheet; `senior` is only for the access journal."""

    number: int
    senior: Senior
    residence: str
    address: str
    city: str
    access: str
    kind: str
    quantity: str
    agreed_on: date | None
    name: str
    phones: str


@dataclass(frozen=True)
class Order:
    """The whole sheet."""

    landlord: str
    phone: str
    label: str
    company: str
    ordered_on: str
    wanted_by: str
    note: str
    works: tuple[Ordered, ...]


def order_of(lot: WorksLot, user: User) -> Order:
    """The sheet of a lot, of the works that `user` sees; cancelled ones are left out."""
    asked = works_in(lot, user).exclude(state__in=GONE)
    actions = list(asked.select_related(*LINKS, "dwelling__residence", "kind__price"))
    agreed = _agreed(actions)
    refusing = _refusing([person_of(action) for action in actions])
    return Order(
        landlord=settings.LANDLORD,
        phone=readable(settings.LANDLORD_PHONE),
        label=lot.label,
        company=lot.company,
        ordered_on=day_words(lot.ordered_on, weekday=False, year=True),
        wanted_by=day_words(lot.wanted_by, weekday=False, year=True) if lot.wanted_by else "",
        note=lot.note,
        works=tuple(
            _ordered(number, action, agreed.get(action.pk), refusing)
            for number, action in enumerate(actions, 1)
        ),
    )


def _ordered(number: int, action: Action, agreed_on: date | None, refusing: set[int]) -> Ordered:
    person = person_of(action)
    home, moved = home_of(action), has_moved(action)
    shares = person.pk not in refusing and not moved
    return Ordered(
        number=number,
        senior=person,
        residence=home.residence.name if home else "",
        address=readable_street(home.address_line) if home else "N’habite plus ici",
        city=home.city_line if home else "",
        access=access_line(home) if home else "",
        kind=action.kind.label,
        quantity=_quantity(action),
        agreed_on=None if moved else agreed_on,  # whoever lives there now said nothing
        name=person.full_name if shares else MOVED if moved else BY_LANDLORD,
        phones=phones_of(person.phone, person.mobile) if shares else "",
    )


def _quantity(action: Action) -> str:
    """« 2 barres », « 1,5 mètre », « 3 WC »."""
    price, quantity = price_of(action.kind), action.works.quantity
    count = f"{quantity.normalize():f}".replace(".", ",")
    if price is None:
        return count
    takes_s = price.unit.islower() and price.unit[-1] not in "sxz"
    return f"{count}\u00a0{plural(quantity, price.unit, price.unit + 's' * takes_s)}"


def _agreed(actions: list[Action]) -> dict[int, date]:
    """{action: the day the tenant said yes}."""
    steps = (
        ActionStep.objects.standing().filter(action__in=actions, to_state=State.ACCEPTED).order_by()
    )
    return dict(steps.values_list("action").annotate(day=Max("on")))


def _refusing(people: list[Senior]) -> set[int]:
    """Those whose last word on sharing is no."""
    answers = Consent.objects.filter(kind=ConsentKind.SHARING, senior__in=people).order_by(
        "decided_on", "pk"
    )
    last = dict(answers.values_list(PERSON, "given"))
    return {person for person, given in last.items() if not given}
