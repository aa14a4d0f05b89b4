"""Whom a measure is for: its criteria, said in French and as a query. Each one set must hold.

What is not known is neither true nor false: she is not in the target, and is counted as one who
could not be judged. The day that counts is the last of the measure, or today while it runs: an age
reached, a GIR declared or a need found later brings nobody in. Floor, lift and household bear no
date in the landlord's file: those of today count.

- lives alone: as the score says it (`indicators`): a household of one, whose home no other senior
  shares and who does not say that she lives as a couple;
- floor: that of the home, in a building known to have no lift;
- GIR: the last one declared in the two years before, as far as she agrees to its use;
- need: found by then and not closed before the measure began; not found when a visit of the two
  years before did not find it; without such a visit, nobody knows.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property, reduce
from operator import and_, or_

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Value, When
from django.utils import timezone

from seniors import consents
from seniors.enums import Source
from seniors.fragility import items
from seniors.models import Consent, Observation, Senior
from seniors.person import PERSON, among, people_of
from surveys.days import years_before
from visits.lists.places import floor_words
from visits.models import Action, Measure, MeasureSite, Need
from visits.needs import NEEDS
from visits.steering.events import visits_done
from visits.stock.people import BELIEVED

CRITERIA = ("min_age", "lives_alone", "min_floor", "girs", "needs")
IN, OUT, UNSURE = "in", "out", "unsure"


def target_words(measure: Measure) -> str:
    """« 80 ans et plus, vivant seules, au 2e étage ou plus haut sans ascenseur, de GIR déclaré 5
    ou 6, avec un besoin repéré : se laver sans enjamber »."""
    said = [f"{measure.min_age} ans et plus"]
    if measure.lives_alone:
        said.append("vivant seules")
    if measure.min_floor == 1:
        said.append("en étage sans ascenseur")
    elif measure.min_floor:
        said.append(f"au {floor_words(measure.min_floor)} ou plus haut sans ascenseur")
    if measure.girs:
        said.append(f"de GIR déclaré {_either(map(str, measure.girs))}")
    if measure.needs:
        found = _either(NEEDS[code].label for code in measure.needs)
        said.append(f"avec un besoin repéré\u00a0: {found}")
    return ", ".join(said)


def missing_words(measure: Measure) -> str:
    """« l’âge, le foyer ou le GIR déclaré »: what those who could not be judged may lack."""
    may = {
        "l’âge": True,
        "le nombre d’occupants": measure.lives_alone,
        "l’étage ou l’ascenseur": measure.min_floor,
        "le GIR déclaré depuis moins de deux ans": measure.girs,
        "une visite de moins de deux ans": measure.needs,
    }
    return _either(words for words, is_asked in may.items() if is_asked)


def _either(words: Iterable[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} ou {last}" if first else last


def homes_in(sites: Iterable[MeasureSite], path: str) -> Q:
    """Rows whose residence, found by following `path`, is in one of these places."""
    sites = list(sites)
    territories = {site.territory_id for site in sites if site.territory_id}
    residences = {site.residence_id for site in sites if site.residence_id}
    return Q(**{f"{path}__territory__in": territories}) | Q(**{f"{path}__in": residences})


@dataclass(frozen=True)
class Criterion:
    """Seniors of whom it is known to hold, and of whom it is known not to."""

    yes: Q
    no: Q


class Target:
    """The target of a measure in some of its places; `actions` are those decided there."""

    def __init__(
        self, measure: Measure, sites: Iterable[MeasureSite], actions: QuerySet[Action]
    ) -> None:
        sites, today = list(sites), timezone.localdate()
        self.measure, self.actions = measure, actions
        self.day = min(today, measure.ends_on or today)
        self.began_on = min((site.starts_on for site in sites), default=today)
        self.there = Senior.objects.housed().filter(homes_in(sites, "dwelling__residence"))

    def judged(self) -> QuerySet[Senior]:
        """Who lives there, with `standing`: IN, OUT or UNSURE."""
        asked = [self._age, self._alone, self._floor, self._gir, self._need]
        asked = [one for one in asked if one]
        out, in_ = reduce(or_, (one.no for one in asked)), reduce(and_, (one.yes for one in asked))
        standing = Case(
            When(out, then=Value(OUT)), When(in_, then=Value(IN)), default=Value(UNSURE)
        )
        return self.there.annotate(standing=standing)

    def outside(self) -> set[int]:
        """The actions of people whom a known fact keeps out.

        Of someone who has one, what is unknown keeps her in: an officer chose her, and little is
        known of who has left. Her floor is that of the home where it was decided, and any GIR of
        the target that she declared will do: moving down and growing frail come after.
        """
        asked = [self._age, self._alone, self._gir_ever, self._need]
        known = reduce(or_, (one.no for one in asked if one))
        people = Senior.objects.filter(known, pk__in=people_of(self.actions))
        wrong = self.actions.annotate(person=PERSON).filter(person__in=people.values("pk"))
        found = set(wrong.values_list("pk", flat=True))
        if not self.measure.min_floor:
            return found
        low = self.actions.filter(_floor(self.measure.min_floor).no)
        return found | set(low.values_list("pk", flat=True))

    @property
    def _age(self) -> Criterion:
        """From the year of birth alone, years between the two years."""
        last = years_before(self.day, self.measure.min_age)
        return Criterion(
            Q(born_on__lte=last) | Q(born_on=None, birth_year__lte=last.year),
            Q(born_on__gt=last) | Q(born_on=None, birth_year__gt=last.year),
        )

    @cached_property
    def _alone(self) -> Criterion | None:
        if not self.measure.lives_alone:
            return None
        others = Senior.objects.housed().filter(dwelling=OuterRef("dwelling"))
        couples = [person for person, said in self._told("couple").items() if said[0] == 1]
        with_her = Q(Exists(others.exclude(pk=OuterRef("pk")))) | Q(pk__in=among(couples))
        one = Q(dwelling__household_size=1)
        return Criterion(
            one & ~with_her, with_her | (Q(dwelling__household_size__isnull=False) & ~one)
        )

    @property
    def _floor(self) -> Criterion | None:
        return _floor(self.measure.min_floor) if self.measure.min_floor else None

    @property
    def _gir(self) -> Criterion | None:
        """By the last one declared."""
        return self._declared(1)

    @property
    def _gir_ever(self) -> Criterion | None:
        """By any of those declared."""
        return self._declared(None)

    def _declared(self, count: int | None) -> Criterion | None:
        if not self.measure.girs:
            return None
        asked, told = set(self.measure.girs), self._girs
        yes = [person for person, said in told.items() if asked & set(said[:count])]
        return Criterion(Q(pk__in=among(yes)), Q(pk__in=among(list(told.keys() - set(yes)))))

    @cached_property
    def _girs(self) -> dict[int, list[int]]:
        return self._told("gir")

    @property
    def _need(self) -> Criterion | None:
        if not self.measure.needs:
            return None
        found = Need.objects.filter(
            Q(closed_on=None) | Q(closed_on__gte=self.began_on),
            code__in=self.measure.needs,
            found_on__lte=self.day,
        )
        seen = visits_done((self.day - BELIEVED, self.day))
        yes = Q(pk__in=people_of(found))
        return Criterion(yes, Q(pk__in=people_of(seen)) & ~yes)

    def _told(self, code: str) -> dict[int, list[int]]:
        """{person: what she said of it, the latest first}, as her consents allow. Two queries."""
        whose = Q()
        for people in (self.there.values("pk"), people_of(self.actions)):
            whose |= Q(senior__in=people) | Q(senior__merged_into__in=people)
        days: tuple[date, date] = (self.day - BELIEVED, self.day)
        seen = Observation.objects.filter(whose, observed_on__range=days, values__has_key=code)
        rows = seen.annotate(person=PERSON).order_by("-observed_on", "-pk")
        agreed = Consent.objects.filter(whose)
        answers = consents.latest_of(
            consents.in_order(agreed).values_list(PERSON, "kind", "given"), {}
        )
        told: dict[int, list[int]] = {}
        for person, source, value in rows.values_list("person", "source", f"values__{code}"):
            if items.is_sensitive(code) and not consents.allows_health(answers, person):
                continue
            if source != Source.SURVEY or consents.allows_survey(answers, person):
                told.setdefault(person, []).append(int(value))
        return told


def _floor(least: int) -> Criterion:
    """Of seniors, and of actions: by the home of the row."""
    low = Q(dwelling__has_lift=True) | Q(dwelling__floor__lt=least)
    return Criterion(Q(dwelling__floor__gte=least, dwelling__has_lift=False), low)
