"""One page of steering: the same figures for the screen, the workbook and the report."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from seniors.access import territories_of
from seniors.enums import Role
from seniors.models import Territory, User
from visits.steering import figures
from visits.steering.figures import CHAIN, FLOWS, STAGES, WATCHED, Counts, Flow, Load, Stage
from visits.steering.kept import Counted, count, kept, together_by_month
from visits.steering.periods import Period, month_words

# How it is counted, said wherever it is shown.
METHOD = (
    "Une personne compte une fois par ligne, là où elle vit aujourd’hui. Qui a quitté le parc ou "
    "est décédé n’est plus compté, ni en haut ni en bas d’une part.",
    "Tout est compté dans la période\u00a0: un besoin, une demande ou une fin d’un autre moment "
    "n’y est pas. Une action commencée récemment n’est donc pas encore faite, et c’est normal.",
    "Une visite refusée n’est pas une visite faite, ni une absence\u00a0: seules les personnes qui "
    "ont ouvert et reçu sont «\u00a0visitées\u00a0».",
    "Une action que le locataire dit ne pas être faite n’est pas comptée comme faite.",
)


@dataclass(frozen=True)
class Share:
    """A count and the one it is a part of; `of` of None has no denominator."""

    code: str
    label: str
    count: int
    of: int | None = None
    among: str = ""  # what the denominator counts, in French

    @property
    def percent(self) -> int | None:
        """Out of a hundred, rounded; None without a denominator or among nobody."""
        return round(100 * self.count / self.of) if self.of else None

    @property
    def words(self) -> str:
        """« 38 % », « – » where there is none."""
        return "–" if self.percent is None else f"{self.percent}\u00a0%"

    @property
    def part(self) -> str:
        """« 43 sur 74 », the count alone without a denominator."""
        return (
            spaced(self.count) if self.of is None else f"{spaced(self.count)} sur {spaced(self.of)}"
        )

    @property
    def length(self) -> int:
        """Of its bar, in thousandths of that of its denominator."""
        return 1000 * self.count // self.of if self.of else 0


@dataclass(frozen=True)
class Overview:
    """What managers see of some territories in a period."""

    period: Period
    territories: list[Territory]
    counted_at: datetime
    chain: list[Share]
    watched: list[Share]
    doors: list[Share]
    by_territory: list[tuple[Territory, Mapping[str, Share]]]
    by_month: list[tuple[date, Mapping[str, Share]]]
    workload: list[Load]

    @property
    def is_empty(self) -> bool:
        """Nobody to count."""
        return self.chain[0].count == 0

    @property
    def flows_by_month(self) -> list[tuple[str, list[Share]]]:
        """The flows of each month, named."""
        named = [(month_words(month, year=True), told) for month, told in self.by_month]
        return [(name, [told[flow.code] for flow in FLOWS]) for name, told in named]

    @property
    def chain_by_territory(self) -> list[tuple[Territory, list[Share]]]:
        """The chain of each, in its order."""
        return [(one, [told[stage.code] for stage in CHAIN]) for one, told in self.by_territory]

    @property
    def watched_by_territory(self) -> list[tuple[Territory, list[Share]]]:
        """Who is left out in each."""
        return [(one, [told[stage.code] for stage in WATCHED]) for one, told in self.by_territory]

    @property
    def where(self) -> str:
        """The territories in words, all of them by their number."""
        names = [str(one) for one in self.territories]
        return names[0] if len(names) == 1 else f"{len(names)} territoires"


def overview_for(user: User, period: Period, only: Territory | None = None) -> Overview:
    """The figures of this person's territories, or of one of them, as they were last kept; counted
    now where they never were. The period is then the one that was counted."""
    territories = [only] if only else list(territories_of(user))
    return _told(territories, kept(territories, period) or count(territories, period))


def _told(territories: list[Territory], counted: Counted) -> Overview:
    """Every figure, from what was counted of each territory."""
    places = [counted.places[one.pk] for one in territories]
    chains = {one.pk: counted.places[one.pk].chain for one in territories}
    together = figures.total(chains)
    months = together_by_month(places, counted.period)
    return Overview(
        period=counted.period,
        territories=territories,
        counted_at=counted.at,
        chain=_shares(CHAIN, together),
        watched=_shares(WATCHED, together),
        doors=_shares([STAGES["knocked"], *WATCHED[1:3]], together),
        by_territory=[(one, _by_code(STAGES.values(), chains[one.pk])) for one in territories],
        by_month=[(month, _by_code(FLOWS, told)) for month, told in months.items()],
        workload=figures.workload([one.loads for one in places], _officers(territories)),
    )


def _officers(territories: Sequence[Territory]) -> QuerySet[User]:
    """Who visits there, by name."""
    people = User.objects.filter(
        is_active=True, role__in=[Role.OFFICER, Role.MANAGER], territories__in=territories
    )
    return people.distinct().order_by("last_name", "first_name", "username")


def _shares(stages: Sequence[Stage | Flow], counts: Counts) -> list[Share]:
    """Each with its denominator."""
    labels = {stage.code: stage.label for stage in stages} | {
        code: stage.label for code, stage in STAGES.items()
    }
    return [
        Share(
            one.code,
            one.label,
            counts[one.code],
            counts[one.of] if one.of else None,
            _lower(labels[one.of]) if one.of else "",
        )
        for one in stages
    ]


def _by_code(stages: Sequence[Stage | Flow], counts: Counts) -> dict[str, Share]:
    return {share.code: share for share in _shares(list(stages), counts)}


def spaced(number: int) -> str:
    """A number with the French thousands mark."""
    return f"{number:,}".replace(",", "\u202f")


def _lower(label: str) -> str:
    """A label inside a sentence."""
    return label[:1].lower() + label[1:]
