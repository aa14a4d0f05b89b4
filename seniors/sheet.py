"""What a screen says of a senior: the row of a list, the score as a picture, the facts with their
source. Reads the score through `fragility`, so it is a leaf like it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.utils import timezone

from seniors import consents, known, queries, tenant_record
from seniors.access import DECIDERS
from seniors.enums import ConsentKind, Domain, Role, Source
from seniors.fragility import items, reasons, scales, store
from seniors.fragility.grid import Grid, Indicator
from seniors.models import (
    Consent,
    Dwelling,
    FragilityScore,
    Objection,
    Observation,
    ScoreRun,
    Senior,
    User,
)

OTHERS = "Autres"
YES_NO = {1: "oui", 0: "non"}
PARTS = {
    "lsns6": scales.LSNS_FAMILY + scales.LSNS_FRIENDS,
    "lsns6_family": scales.LSNS_FAMILY,
    "lsns6_friends": scales.LSNS_FRIENDS,
    "ucla3": scales.UCLA,
    "prisma6": scales.PRISMA_ITEMS,
    "prisma7": scales.PRISMA_ITEMS,
}


@dataclass(frozen=True)
class Band:
    """How a band is shown: `tag` is 1 for who is seen first, "unknown" when too little is known."""

    label: str
    tag: str


@dataclass(frozen=True)
class Row:
    """One senior of a list."""

    senior: Senior
    age: int | None
    score: FragilityScore | None
    band: Band
    floor: str
    reason: str


@dataclass(frozen=True)
class Bar:
    """A score from 0 to 100 and its bounds; `value` is None when the person told nothing."""

    label: str
    value: float | None
    least: float
    most: float

    # SVG attributes: a decimal point, whatever the language of the page.
    @property
    def x(self) -> str:
        """Where the bounds begin."""
        return f"{self.least:.1f}"

    @property
    def width(self) -> str:
        """From the least to the most, wide enough to be seen."""
        return f"{max(self.most - self.least, 1):.1f}"

    @property
    def mark(self) -> str:
        """Where the expected score stands."""
        return f"{min(max(self.value or 0, 0.6), 99.4) - 0.6:.1f}"


class Fact(NamedTuple):
    """Something known: from where, and since when. `weight` says what it counts in the score."""

    label: str
    words: str
    origin: str
    on: date | None = None
    weight: str = ""
    domain: str = ""
    code: str = ""  # of the item, when someone may correct it


@dataclass(frozen=True)
class Agreed:
    """One of the four consents: its latest answer (None: never asked), the name of the text that
    was shown, its words and the way she answered by, "" when they are not known here."""

    kind: ConsentKind
    answer: Consent | None = None
    wording: str = ""
    text: str = ""
    way: str = ""


@dataclass(frozen=True)
class Ranking:
    """A score made readable."""

    score: FragilityScore
    band: Band
    sentence: str
    whole: Bar
    bars: list[Bar]
    weighing: list[Fact]
    to_ask: list[Fact]
    told_since: int  # answers that came after this computation

    @property
    def known(self) -> int:
        """Share of the grid that is known, in percent."""
        return round(100 * self.score.known_share)


def bands() -> list[tuple[str, str]]:
    """Codes and labels of the bands, those seen first at the top."""
    return [(band.code, band.label) for band in store.current_grid().bands]


def band_of(score: FragilityScore | None) -> Band:
    """The band of a score in the grid it was computed with."""
    if score is None:
        return Band("Pas encore calculé", "unknown")
    grid = store.grid_of(score.run)
    codes = [band.code for band in grid.bands]
    tag = str(min(codes.index(score.band) + 1, 4)) if score.band in codes else "unknown"
    return Band(grid.band_label(score.band), tag)


def rows(ids: Sequence[int], runs: queries.Runs) -> list[Row]:
    """The seniors of these ids, in that order, in a fixed number of queries."""
    found = Senior.objects.select_related("dwelling__residence").in_bulk(ids)
    scores = queries.scores_of(ids, runs)
    today = timezone.localdate()
    return [
        Row(
            senior=(senior := found[pk]),
            age=senior.age_on(today),
            score=(score := scores.get(pk)),
            band=band_of(score),
            floor=floor_of(senior.dwelling) if senior.dwelling else "",
            reason=_short_reason(score, senior.sex) if score else "",
        )
        for pk in ids
    ]


def floor_of(dwelling: Dwelling) -> str:
    """« 4e étage sans ascenseur », and what is not known of it."""
    if dwelling.floor is None:
        return "étage inconnu"
    if dwelling.floor <= 0:
        return "rez-de-chaussée"
    lift = {True: " avec ascenseur", False: " sans ascenseur", None: ", ascenseur inconnu"}
    return (
        f"{'1er' if dwelling.floor == 1 else f'{dwelling.floor}e'} étage{lift[dwelling.has_lift]}"
    )


def _short_reason(score: FragilityScore, sex: str) -> str:
    """The three first facts, without the words that open the sentence."""
    grid = store.grid_of(score.run)
    said = reasons.sentence(store.values_of(score), grid, sex=sex, limit=3)
    facts = said.removeprefix(reasons.OPENING)
    return facts[:1].upper() + facts[1:]


def ranking_of(
    senior: Senior,
    score: FragilityScore,
    told: Mapping[str, Observation],
    record: Fact,
    told_since: int = 0,
) -> Ranking:
    """The score of a senior; `told`, as it stood then, and `record` say where each of its facts
    comes from."""
    grid, values = store.grid_of(score.run), store.values_of(score)
    weighing = []
    for one in reasons.contributions(values, grid, sex=senior.sex):
        origin, on = _origin(one.code, told, record)
        weight = f"{one.points:g} point{'s' if one.points > 1 else ''} sur {one.max_points:g}"
        weighing.append(
            Fact(
                one.label, one.words, origin, on, weight.replace(".", ","), Domain(one.domain).label
            )
        )
    return Ranking(
        score=score,
        band=band_of(score),
        sentence=reasons.sentence(values, grid, sex=senior.sex),
        whole=Bar("Ensemble", score.total, score.least, score.most),
        bars=_bars(score, values, grid),
        weighing=weighing,
        to_ask=[
            Fact(one.label, "", "", code=one.code if one.code in items.ITEMS else "")
            for one in grid.indicators
            if values.get(one.code) is None
        ],
        told_since=told_since,
    )


def _bars(score: FragilityScore, values: Mapping[str, float | None], grid: Grid) -> list[Bar]:
    """The four domains, with their bounds."""
    found = []
    for domain in Domain:
        indicators = [one for one in grid.indicators if one.domain == domain]
        maximum = sum(one.max_points for one in indicators)
        if maximum:
            known = sum(_points(one, values.get(one.code)) or 0 for one in indicators)
            open_ = sum(one.max_points for one in indicators if values.get(one.code) is None)
            least, most = 100 * known / maximum, 100 * (known + open_) / maximum
            found.append(Bar(domain.label, getattr(score, domain), least, most))
    return found


def _points(indicator: Indicator, value: float | None) -> float | None:
    """The points of a value, None when it is unknown."""
    if value is None:
        return None
    level = indicator.level(value)
    return level.points if level else 0.0


def _origin(code: str, told: Mapping[str, Observation], record: Fact) -> tuple[str, date | None]:
    """Where a value of the score comes from, and its day."""
    if code in items.RECORD and code != "alone":
        return record.origin, record.on
    found = [told[part] for part in PARTS.get(code, (code,)) if part in told]
    if not found:
        return record.origin, record.on
    latest = max(found, key=lambda one: one.observed_on)
    return Source(latest.source).label, latest.observed_on


def latest_told(
    observations: Iterable[Observation], *, health: bool, survey: bool
) -> dict[str, Observation]:
    """{item code: the latest observation that tells it}; `observations` latest first.

    `health` and `survey` say what the consents of the person allow to use.
    """
    told: dict[str, Observation] = {}
    for observation in observations:
        if survey or observation.source != Source.SURVEY:
            for code in observation.values:
                if health or not items.is_sensitive(code):
                    told.setdefault(code, observation)
    return told


def _known_to(run: ScoreRun, observations: Iterable[Observation]) -> list[Observation]:
    """Those that a computation could read, in the same order."""
    return [
        one
        for one in observations
        if one.recorded_at <= run.started_at and one.observed_on <= run.as_of
    ]


def facts_told(
    told: Mapping[str, Observation], words: Mapping[str, known.Words] | None = None
) -> list[Fact]:
    """Every item known, in the words it was asked with, in the order of the questionnaire.

    `words` are `known.words()`, given by who tells of many people.
    """
    words, domains = words or known.words(), dict(Domain.choices)
    order = [*words, *(code for code in told if code not in words)]
    found = []
    for code in order:
        if code in told:
            asked = words.get(code, known.Words(code))
            value = told[code].values[code]
            reply = asked.replies.get(value) or YES_NO.get(value, str(value))
            domain = domains.get(asked.domain, OTHERS)
            source = Source(told[code].source).label
            on = told[code].observed_on
            found.append(Fact(asked.question, reply, source, on, "", domain, code))
    places = {label: place for place, label in enumerate([*Domain.labels, OTHERS])}
    return sorted(found, key=lambda fact: places[fact.domain])


def of(senior: Senior, runs: queries.Runs, reader: User) -> dict[str, Any]:
    """All that the sheet of a senior shows to `reader`, her history apart, in a fixed number of
    queries.

    Rows written on records since merged into hers are hers.
    """
    records = queries.records_of(senior)
    person_of = dict.fromkeys(records, senior.pk)
    agreed = consents.latest(Consent.objects.filter(senior__in=records), person_of)
    allowed = {
        "health": consents.allows_health(agreed, senior.pk),
        "survey": consents.allows_survey(agreed, senior.pk),
    }
    observations = list(Observation.objects.filter(senior__in=records))
    told = latest_told(observations, **allowed)
    record = Fact("", "", tenant_record.origin_of(senior.read_in, "fichier des occupants"))
    score = queries.scores_of([senior.pk], runs).get(senior.pk)
    ranking = None
    if score:
        then = latest_told(_known_to(score.run, observations), **allowed)
        since = sum(then.get(code) is not one for code, one in told.items())
        ranking = ranking_of(senior, score, then, record, since)
    home = senior.dwelling
    return {
        "senior": senior,
        "age": senior.age_on(timezone.localdate()),
        "ranking": ranking,
        "told": facts_told(told),
        "person": tenant_record.person_facts(senior),
        "person_origin": record.origin,
        "home": tenant_record.home_facts(home) if home else [],
        "home_origin": home and tenant_record.origin_of(home.read_in, "fichier des logements"),
        "household": list(queries.household_of(senior)),
        "consents": agreements(records),
        "objections": list(Objection.objects.filter(senior__in=records).order_by("-since", "-pk")),
        "items_asked": set(known.words()) & set(items.TOLD),
        "panels": known.panels(senior, records, reader),
        "gestures": known.gestures(senior, reader),
        "past": _past_scores(records),
        "absorbed": len(records) - 1,
        "decides": reader.role in DECIDERS,
        "may_erase": reader.role == Role.ADMINISTRATOR and not senior.erased_on,
    }


def agreements(records: Sequence[int]) -> list[Agreed]:
    """The four consents of the person of these records, from all her answers, in a fixed number of
    queries."""
    latest = consents.latest_by_kind(Consent.objects.filter(senior__in=records))
    ways, found = known.consent_ways(records), []
    for kind in ConsentKind:
        if answer := latest.get(kind):
            text = known.consent_text(kind, answer.wording)
            way = ways.get((answer.wording, answer.decided_on), "")
            found.append(Agreed(kind, answer, known.wording_of(answer.wording), text, way))
        else:
            found.append(Agreed(kind))
    return found


def _past_scores(records: Sequence[int]) -> list[tuple[FragilityScore, Band]]:
    """The last computations that saw her, the latest first."""
    scores = FragilityScore.objects.filter(senior__in=records, run__finished_at__isnull=False)
    recent = scores.select_related("run__grid").order_by("-run_id")[:6]
    return [(score, band_of(score)) for score in recent]
