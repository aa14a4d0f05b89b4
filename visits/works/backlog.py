"""The backlog of adaptations: works to be made, and needs for which nothing is decided yet.

Two halves, read as one list: the actions that are works, and the open needs of works that no
action answers. Everything is counted in SQL by day and kind; only the rows of a page become
objects. A row's age runs from the day the need was found. Amounts are in euros without VAT.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import (
    CharField,
    DateField,
    DecimalField,
    Exists,
    F,
    OrderBy,
    OuterRef,
    Q,
    QuerySet,
    Sum,
    Value,
)
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone

from seniors.access import territories_of
from seniors.enums import Role
from seniors.french import readable_street
from seniors.models import Dwelling, Residence, Senior, Territory, User
from visits.acting.catalogue import works
from visits.acting.hand_over import home_of, person_of
from visits.acting.moving import OWN_DAYS
from visits.acting.steps import OPEN
from visits.acting.waiting import LINKS, dress
from visits.enums import Family, State
from visits.lists.places import access_line
from visits.models import Action, Invoice, Need
from visits.needs import NEEDS, by_family
from visits.works.funders import funder_label

# A need without an action is late once a decision has been due for as long as a tenant has to say
# yes or no.
DECIDE_WITHIN = timedelta(days=OWN_DAYS[State.PROPOSED])
CODES = [kind.code for kind in by_family()[Family.ADAPTATION] if kind.code != "move"]
MONEY = DecimalField(max_digits=12, decimal_places=2)
# Still to be made. What is done waits for the tenant's word alone: open, but counted apart.
WAITING = tuple(state for state in OPEN if state != State.DONE)
# What a person or a quote said, else the quantity at the catalogue's price; None without a price.
AMOUNT = Coalesce(
    F("works__estimate"),
    Coalesce(F("works__quantity"), Value(Decimal(1))) * F("kind__price__unit_cost"),
    output_field=MONEY,
)
ACTION, NEED = "action", "need"
HOME = tuple(f"{one}__territory" for one in LINKS if one.startswith("senior"))
LEFT_IT = "n’y habite plus"
ORDERS = {
    "late": ("due", "since"),
    "age": ("since", "due"),
    "cost": ("-amount", "since"),
    "place": ("place", "since"),
}


@dataclass(frozen=True)
class Line:
    """One row of the backlog, on screen and in the workbook; its place is that of the works."""

    action: Action | None  # None for a need that nothing answers yet
    need: Need
    person: Senior  # named on pages that say so in the access journal only
    residence: Residence | None
    address: str
    has_moved: bool  # the person lives there no more
    kind: str
    state: str
    age: int  # days since the need was found
    due_on: date | None
    days_late: int
    waits: str
    estimate: Decimal | None
    cost: Decimal | None  # invoices received, without VAT
    funder: str

    @property
    def territory(self) -> str:
        return self.residence.territory.name if self.residence else ""


def in_territories(territories: Sequence[Territory | int]) -> Q:
    """Rows whose person lives in one of these territories."""
    return Q(lives_in__territory__in=territories)


def seen(user: User, rows: QuerySet) -> QuerySet:
    """Those of the people whom `user` may see, by the residence kept on the row: for lists and
    figures. What names people or changes something asks `truly_seen` too."""
    if user.role == Role.ADMINISTRATOR:
        return rows
    hers = Exists(territories_of(user).filter(pk=OuterRef("pk")))
    known = dict(Territory.objects.values_list("pk", hers))
    if known and all(known.values()):  # whoever works everywhere: no residence is looked at
        return rows.filter(lives_in__isnull=False)
    return rows.filter(in_territories([pk for pk, is_hers in known.items() if is_hers]))


def truly_seen(user: User, rows: QuerySet) -> QuerySet:
    """The same by the records themselves, for rows that are few."""
    if user.role == Role.ADMINISTRATOR:
        return rows
    return rows.filter(_truly_in(list(territories_of(user))))


def _truly_in(territories: Sequence[Territory]) -> Q:
    """Rows whose person lives there, on the record kept of her."""
    there = {"dwelling__residence__territory__in": territories}
    kept = {f"senior__{path}": value for path, value in there.items()}
    absorbing = {f"senior__merged_into__{path}": value for path, value in there.items()}
    return Q(senior__merged_into=None, **kept) | Q(**absorbing)


def works_of(user: User) -> QuerySet[Action]:
    """The actions that are works, for lists and figures; `priced` gives each its amount."""
    return seen(user, Action.objects.filter(works("kind__")))


def works_open_to(user: User) -> QuerySet[Action]:
    """The same, for what names people or changes their works."""
    rows = Action.objects.filter(works("kind__"))
    if user.role == Role.ADMINISTRATOR:
        return rows
    mine = list(territories_of(user))
    return rows.filter(in_territories(mine), _truly_in(mine))


def priced(actions: QuerySet[Action]) -> QuerySet[Action]:
    """The same, each with its `amount`: asked for only where it is read, it joins three tables."""
    return actions.annotate(amount=AMOUNT)


def works_kept_by(user: User) -> QuerySet[Action]:
    """The works whose money `user` keeps: those of the people seen, and those of the dwellings of
    her territories, whoever lives there now. The person may then be out of her sight."""
    kept = priced(Action.objects.filter(works("kind__")))
    if user.role == Role.ADMINISTRATOR:
        return kept
    mine = list(territories_of(user))
    here = Q(dwelling__residence__territory__in=mine)
    return kept.filter(_truly_in(mine) | here)


def bare_needs_of(user: User) -> QuerySet[Need]:
    """Open needs of works for which nothing stands: no action, or only cancelled ones."""
    needs = Need.objects.filter(code__in=CODES, closed_on=None, is_acted_on=False)
    return seen(user, needs)


def in_order(
    actions: QuerySet[Action],
    needs: QuerySet[Need],
    order: str = "late",
    *,
    first: int | None = None,
) -> QuerySet:
    """Both halves as one list of (half, id, …), sorted as asked: read it with `lines`.

    Only what the order needs is read. With `first`, only so many rows of each half are: what comes
    first of both is among them.
    """
    told = {"due": F("due_on"), "since": F("need_found_on"), "amount": AMOUNT}
    told["place"] = F("made_in__name")
    untold = {
        "due": Cast(F("found_on") + DECIDE_WITHIN, DateField()),
        "since": F("found_on"),
        "amount": Value(None, MONEY),
        "place": F("lives_in__name"),
    }
    # A need's days all come from one, which an index knows the order of.
    sorted_by = told, untold | {"due": F("found_on")}
    names = [name.removeprefix("-") for name in ORDERS[order]]
    halves = []
    for rows, half, known, by in zip(
        (actions, needs), (ACTION, NEED), (told, untold), sorted_by, strict=True
    ):
        if first is not None:
            ends = [
                _empty_last(name, by)
                for name in ORDERS[order]
                if name != "-amount" or half == ACTION
            ]
            top = rows.order_by(*ends, "pk")[:first]
            rows = rows.model.objects.filter(pk__in=top.values("pk"))
        rows = rows.order_by().annotate(
            half=Value(half, CharField()), **{name: known[name] for name in names}
        )
        halves.append(rows.values_list("half", "pk", *names))
    both = halves[0].union(halves[1], all=True)
    return both.order_by(*(_empty_last(name) for name in ORDERS[order]), "half", "pk")


def _empty_last(name: str, known: Mapping[str, Any] | None = None) -> OrderBy:
    """An order in which what is unknown comes last, whichever the way."""
    plain = name.removeprefix("-")
    column = known[plain] if known else F(plain)
    return column.desc(nulls_last=True) if name[0] == "-" else column.asc(nulls_last=True)


def lines(
    rows: Iterable[tuple], today: date | None = None, *, seen_by: User | None = None
) -> list[Line]:
    """The rows of `in_order`, with all that a page or a workbook says of them: four queries.

    With `seen_by`, a row is left out whose person that user may not see, whatever is kept on it.
    """
    rows = [(half, pk) for half, pk, *_ in rows]
    today = today or timezone.localdate()
    ids = {half: [pk for one, pk in rows if one == half] for half in (ACTION, NEED)}
    actions = priced(Action.objects.filter(pk__in=ids[ACTION]))
    where = "dwelling__residence__territory"
    actions = dress(actions.select_related(*LINKS, *HOME, where), today)
    costs = costs_of(actions)
    needs = Need.objects.filter(pk__in=ids[NEED]).select_related(*HOME)
    found = {(ACTION, one.pk): _of_action(one, costs, today) for one in actions}
    found |= {(NEED, one.pk): _of_need(one, today) for one in needs}
    told = [found[row] for row in rows if row in found]
    if seen_by is None or seen_by.role == Role.ADMINISTRATOR:
        return told
    mine = set(territories_of(seen_by).values_list("pk", flat=True))
    homes = ((line, line.person.dwelling) for line in told)
    return [line for line, home in homes if home and home.residence.territory_id in mine]


def costs_of(actions: Iterable[Action]) -> dict[int, Decimal]:
    """{action id: its invoices, without VAT}; absent while there is none."""
    invoices = Invoice.objects.filter(works__action__in=[one.pk for one in actions]).order_by()
    return dict(invoices.values_list("works__action").annotate(total=Sum("net")))


def _of_action(action: Action, costs: Mapping[int, Decimal], today: date) -> Line:
    works = getattr(action, "works", None)
    return Line(
        action=action,
        need=action.need,
        **_place(action.person, home_of(action)),
        kind=action.kind.label,
        state=action.get_state_display(),
        age=(today - action.need.found_on).days,
        due_on=action.due_on,
        days_late=action.days_late,
        waits=action.waits,
        estimate=action.amount,
        cost=costs.get(action.pk),
        funder=funder_label(works.funder if works else ""),
    )


def _of_need(need: Need, today: date) -> Line:
    due_on, label = need.found_on + DECIDE_WITHIN, NEEDS[need.code].label
    return Line(
        action=None,
        need=need,
        **_place(person_of(need), person_of(need).dwelling),
        kind=f"{label[:1].upper()}{label[1:]}",
        state="sans action",
        age=(today - need.found_on).days,
        due_on=due_on,
        days_late=max((today - due_on).days, 0),
        waits="votre décision avec le locataire",
        estimate=None,
        cost=None,
        funder=funder_label(""),
    )


def _place(person: Senior, home: Dwelling | None) -> dict[str, Any]:
    """Who, and where; nowhere when no home is known of who has left."""
    place: dict[str, Any] = {"person": person, "residence": home and home.residence}
    if home is None:
        return place | {"address": "N’habite plus ici", "has_moved": True}
    moved = home.pk != person.dwelling_id
    said = f"{', '.join(_words(home))}{f' ({LEFT_IT})' if moved else ''}"
    return place | {"address": said, "has_moved": moved}


def _words(home: Dwelling) -> Iterator[str]:
    yield readable_street(home.address_line)
    yield from filter(None, (access_line(home), home.city))
