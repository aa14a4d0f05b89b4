"""The vacant dwellings against the people who would need them, and the other way."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.db.models import Exists, OuterRef, QuerySet

from seniors.access import visible_dwellings, visible_seniors
from seniors.models import Dwelling, Residence, Senior, User
from visits.models import HomeOffer
from visits.stock import matching
from visits.stock.homes import Home, listed
from visits.stock.label import Label
from visits.stock.matching import Match, Person
from visits.stock.people import people_among, place_of
from visits.stock.stock_list import vacant

SHOWN = 20


@dataclass(frozen=True)
class Vacancy:
    """A vacant dwelling, who would need it (the first ones), and how many in all."""

    home: Home
    matches: list[Match]
    count: int
    refusing: int = 0
    paused: int = 0

    @property
    def is_offered(self) -> bool:
        """Whether the file says that it is offered; else it is empty, perhaps for works."""
        return self.home.dwelling.mode == Dwelling.Mode.OFFERED


def vacancies_of(user: User) -> QuerySet[Dwelling]:
    """The vacant dwellings of the user's territories that reach a level of the label, with what a
    page shows of them."""
    found = vacant(visible_dwellings(user)).filter(standing__level__isnull=False)
    return found.select_related("residence__territory", "standing__level")


def against_people(
    user: User, label: Label, dwellings: Sequence[Dwelling], today: date
) -> list[Vacancy]:
    """Each dwelling with those of its territory who would need it, in as many queries for one as
    for many. Someone to whom it was already proposed is left out."""
    territories = {one.residence.territory_id for one in dwellings}
    seniors = visible_seniors(user).filter(dwelling__residence__territory__in=territories)
    territory_of = dict(
        Residence.objects.filter(territory__in=territories).values_list("pk", "territory")
    )
    people: dict[int, list[Person]] = {pk: [] for pk in territories}
    for one in people_among(seniors, label, today):
        people[territory_of[one.residence]].append(one)
    crowds = {pk: matching.Crowd(them) for pk, them in people.items()}
    offered = _offered(dwellings)
    rows = []
    for home in listed(label, dwellings):
        there = home.dwelling.residence.territory_id
        asked = offered.get(home.dwelling.pk, set())
        rows.append(_vacancy(home, label, people[there], crowds[there], asked))
    return rows


def _vacancy(
    home: Home,
    label: Label,
    people: Sequence[Person],
    crowd: matching.Crowd,
    asked: Collection[int],
) -> Vacancy:
    place = place_of(home.dwelling, label)
    if place is None:
        return Vacancy(home, [], 0)
    found, count = crowd.best_for(place, SHOWN, without=asked)
    return Vacancy(
        home,
        found,
        count,
        refusing=sum(1 for one in people if one.refuses),
        paused=sum(1 for one in people if one.paused),
    )


def _offered(dwellings: Collection[Dwelling]) -> dict[int, set[int]]:
    """{dwelling: the people to whom it was proposed}, on the record kept of each."""
    rows = HomeOffer.objects.filter(dwelling__in=[one.pk for one in dwellings]).values_list(
        "dwelling", "action__senior", "action__senior__merged_into"
    )
    found: dict[int, set[int]] = defaultdict(set)
    for home, record, kept in rows:
        found[home].add(kept or record)
    return found


def homes_for(user: User, label: Label, senior: Senior, today: date) -> tuple[list[Match], Person]:
    """The vacant dwellings of her territory that would answer her, in order, and what is known of
    her. A refusal to move or a pause is told, and hides nothing: who opens the page decides."""
    seen = visible_seniors(user).filter(pk=senior.pk)
    person = people_among(seen, label, today)[0]
    mine = HomeOffer.objects.filter(dwelling=OuterRef("pk"), action__senior__in=_records(senior.pk))
    free = vacancies_of(user).filter(
        ~Exists(mine), residence__territory=senior.dwelling.residence.territory_id
    )
    asks = replace(person, refuses=False, paused=False)
    places = [place_of(one, label) for one in free]
    return matching.best_places(asks, [one for one in places if one]), person


def _records(pk: int) -> QuerySet[Senior]:
    """Her record, and those absorbed by it."""
    return Senior.objects.filter(pk=pk) | Senior.objects.filter(merged_into=pk)
