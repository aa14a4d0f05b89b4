"""Senior tenants, homes to adapt and cost over the coming years. Pure numpy: no database.

Each person of today is followed in every draw: does she die, does she leave, at what age does her
home no longer suit her. Those who come later (tenants who reach 60, new leases) are counted by
Poisson draws, their survival and needs being those of their age. Means are exact, not drawn; the
draws give the interval. What chance does is in the interval; what is not known of the rates is in
the low and high variants.
"""

from dataclasses import dataclass

import numpy as np

from visits.steering.rates import Rates

SIXTY, OLD, VERY_OLD, LAST = 60, 75, 85, 110
WOMEN_SHARE = 0.6  # of those who come: 62-65 % of 65+ tenants are women (DOMAIN.md 3), fewer at 60
COMING = range(60, 75)  # ages of new leases, as many of each
MOST_CELLS = 10_000_000  # people × draws: beyond, fewer draws, so that a page can wait for it
AT_ONCE = 1_000_000  # of them held in memory together
SPAN = (5, 95)  # percentiles shown
COUNTED = ("seniors", "oldest", "to_adapt", "works")
FIGURES = (*COUNTED, "cost", "spent")


@dataclass(frozen=True)
class People:
    """Today's seniors, one row each.

    group: number of her residence or territory, from 0. age: completed years. woman: or not.
    homes: her part of a home (half for two seniors of one home). free: probability that her home
    is not adapted yet.
    """

    group: np.ndarray
    age: np.ndarray
    woman: np.ndarray
    homes: np.ndarray
    free: np.ndarray


@dataclass(frozen=True)
class Projection:
    """For each figure an array (groups + 1, years + 1): the mean, and both ends of the interval.

    The last row is all groups together; column 0 is today. `to_adapt` counts homes if nothing is
    done; `works` homes adapted in the year, `cost` its euros HT and `spent` those since today, none
    in column 0.
    """

    mean: dict[str, np.ndarray]
    least: dict[str, np.ndarray]
    most: dict[str, np.ndarray]
    draws: int


def project(people: People, groups: int, rates: Rates, *, seed: int) -> Projection:
    """The coming `rates.years` years of `groups` groups; the same seed gives the same numbers."""
    rng, count = np.random.default_rng(seed), max(len(people.age), 1)
    draws = max(1, min(rates.draws, MOST_CELLS // count))
    stay, later = _stay(people, rates), _Later(people, groups, rates)
    step = max(1, AT_ONCE // count)
    parts = [min(step, draws - done) for done in range(0, draws, step)]
    drawn = [_draw(people, groups, rates, stay, rng, part) for part in parts]
    mean = expect(people, groups, rates)
    least, most = ({name: np.zeros_like(mean[name]) for name in FIGURES} for _ in range(2))
    for name in COUNTED:
        every = np.concatenate([one[name] for one in drawn], axis=1)
        every += later.draw(name, draws, rng)
        every = np.concatenate([every, every.sum(axis=0, keepdims=True)])
        least[name], most[name] = np.percentile(every, SPAN, axis=1)
    for name, amounts in (("cost", every), ("spent", np.cumsum(every, axis=2))):
        least[name], most[name] = rates.cost * np.percentile(amounts, SPAN, axis=1)
    return Projection(mean, least, most, draws)


def expect(people: People, groups: int, rates: Rates) -> dict[str, np.ndarray]:
    """The means of a projection, without its draws."""
    stay, later = _stay(people, rates), _Later(people, groups, rates)
    mean = {}
    for name in COUNTED:
        by_group = _expected(name, people, groups, rates, stay) + later.mean(name)
        mean[name] = np.concatenate([by_group, by_group.sum(axis=0, keepdims=True)])
    mean["cost"] = mean["works"] * rates.cost
    mean["spent"] = np.cumsum(mean["cost"], axis=1)
    return mean


def mortality(rates: Rates) -> np.ndarray:
    """Probability of dying within the year: (men, women) × age from 0 to `LAST`."""
    every = np.arange(LAST + 1)
    told = [np.log(rates.mortality[sex]) for sex in ("M", "F")]
    return np.exp([np.interp(every, rates.ages, one) for one in told])


def needs(rates: Rates) -> np.ndarray:
    """Share of people whose home is to be adapted, by age from 0 to `LAST`."""
    return np.interp(np.arange(LAST + 1), rates.need_ages, rates.need)


def stays(rates: Rates, ages: np.ndarray, women: np.ndarray) -> np.ndarray:
    """Probability that each is still a tenant after 0, 1, … years: (people, years + 1)."""
    dying, kept = mortality(rates), np.ones((len(ages), rates.years + 1))
    for year in range(rates.years):
        age = np.minimum(ages + year, LAST)
        fall = (1 - rates.mortality_fall) ** year
        leave = np.where(age >= VERY_OLD, rates.leave_old, rates.leave)
        kept[:, year + 1] = kept[:, year] * (1 - dying[women, age] * fall) * (1 - leave)
    return kept


def _stay(people: People, rates: Rates) -> np.ndarray:
    """Of each person: one calculation per age and sex."""
    ages = np.tile(np.arange(LAST + 1), 2)
    women = np.repeat([0, 1], LAST + 1)
    return stays(rates, ages, women)[people.woman.astype(int) * (LAST + 1) + people.age]


def _expected(name: str, people: People, groups: int, rates: Rates, stay: np.ndarray) -> np.ndarray:
    """The mean of a figure among those of today: (groups, years + 1)."""
    need = needs(rates)[_ages(people, rates)]
    homes = (people.homes * people.free)[:, None]
    if name == "seniors":
        each = stay
    elif name == "oldest":
        each = stay * (_ages(people, rates) >= OLD)
    elif name == "to_adapt":
        each = stay * need * homes
    else:
        asked = np.diff(need, axis=1, prepend=need[:, :1])
        asked[:, 1 : rates.catch_up + 1] += need[:, :1] / rates.catch_up
        each = stay * asked * homes * rates.adopted
    return np.stack([np.bincount(people.group, one, minlength=groups) for one in each.T], axis=1)


def _draw(
    people: People,
    groups: int,
    rates: Rates,
    stay: np.ndarray,
    rng: np.random.Generator,
    draws: int,
) -> dict[str, np.ndarray]:
    """Those of today, drawn one by one: for each figure (groups, draws, years + 1).

    Of each person and draw: the year when she goes, that when her home no longer suits her, that
    when it is adapted. All is then counted by year at once.
    """
    shape, never = (len(people.age), draws), rates.years + 1
    gone = _first(rng.random(shape, dtype=np.float32), stay, above=False)
    wants = rng.random(shape, dtype=np.float32)
    # An adapted home always suits: its threshold is out of reach.
    wants[rng.random(shape, dtype=np.float32) >= _column(people.free)] = 2
    need = needs(rates)[_ages(people, rates)]
    lacking = _first(wants, need, above=True)
    turn = 1 + (wants * (rates.catch_up / _column(need[:, 0]))).astype(np.int64)
    adapted = np.where(lacking == 0, turn, lacking)
    adapted[rng.random(shape, dtype=np.float32) >= rates.adopted] = never
    old = np.broadcast_to(np.clip(OLD - people.age, 0, never)[:, None], shape)
    start = np.zeros(shape, dtype=np.int64)
    count = _Counter(people, groups, draws, never)
    return {
        "seniors": count.between(start, gone, None),
        "oldest": count.between(old, gone, None),
        "to_adapt": count.between(lacking, gone, people.homes),
        "works": count.at(adapted, (adapted < gone) & (adapted < never), people.homes),
    }


def _first(drawn: np.ndarray, bounds: np.ndarray, *, above: bool) -> np.ndarray:
    """The first year whose bound (people, years + 1) is above the draw, or no longer is; the year
    after the last when there is none. Bounds go one way."""
    found = np.zeros(drawn.shape, dtype=np.int64)
    for bound in bounds.T:
        found += drawn >= _column(bound) if above else drawn < _column(bound)
    return found


class _Counter:
    """Counts people by group, draw and year."""

    def __init__(self, people: People, groups: int, draws: int, never: int) -> None:
        self.shape = (groups, draws, never + 1)
        self.place = (people.group[:, None] * draws + np.arange(draws)) * (never + 1)

    def at(self, year: np.ndarray, where: np.ndarray, weights: np.ndarray | None) -> np.ndarray:
        """Those to whom it happens that year, where it does."""
        keys = (self.place + year)[where]
        each = None
        if weights is not None:
            each = np.broadcast_to(weights[:, None], where.shape)[where]
        found = np.bincount(keys, each, minlength=int(np.prod(self.shape)))
        return found.reshape(self.shape)[:, :, :-1].astype(float)

    def between(self, start: np.ndarray, end: np.ndarray, weights: np.ndarray | None) -> np.ndarray:
        """Those who are within their years, the last one left out."""
        within = start < end
        came, went = self.at(start, within, weights), self.at(end, within, weights)
        return np.cumsum(came - went, axis=2)


class _Later:
    """Those who come: as many each year, drawn by group."""

    def __init__(self, people: People, groups: int, rates: Rates) -> None:
        here = np.bincount(people.group, minlength=groups)
        young = np.bincount(people.group, people.age < SIXTY + 5, minlength=groups)
        coming, reaching = here * rates.enter, young / 5 * rates.reach_sixty
        free = people.free.mean() if len(people.free) else 0
        self.homes = people.homes.mean() if len(people.homes) else 0
        new = _per_entrant(rates, np.array(COMING), homes_free=free)
        sixty = _per_entrant(rates, np.array([SIXTY]), homes_free=free)
        self.expected = {
            name: np.outer(coming, new[name]) + np.outer(reaching, sixty[name]) for name in new
        }

    def mean(self, name: str) -> np.ndarray:
        """Expected: (groups, years + 1), in homes where homes are counted."""
        return self.expected[name] * self._part(name)

    def draw(self, name: str, draws: int, rng: np.random.Generator) -> np.ndarray:
        """The draws: (groups, draws, years + 1)."""
        told = self.expected[name][:, None, :]
        return rng.poisson(told, size=(len(told), draws, told.shape[2])) * self._part(name)

    def _part(self, name: str) -> float:
        return self.homes if name in ("to_adapt", "works") else 1


def _per_entrant(rates: Rates, ages: np.ndarray, *, homes_free: float) -> dict[str, np.ndarray]:
    """What one entrant a year brings, by year, once those of all years before are added up."""
    women = np.repeat([0, 1], len(ages))
    every = np.tile(ages, 2)
    weight = np.repeat([1 - WOMEN_SHARE, WOMEN_SHARE], len(ages)) / len(ages)
    stay, need = stays(rates, every, women), needs(rates)
    grown = np.minimum(every[:, None] + np.arange(rates.years + 1), LAST)
    wanted = need[grown]
    new = np.diff(wanted, axis=1, prepend=0)
    since = {
        "seniors": weight @ stay,
        "oldest": weight @ (stay * (grown >= OLD)),
        "to_adapt": weight @ (stay * wanted) * homes_free,
        "works": weight @ (stay * new) * homes_free * rates.adopted,
    }
    # Those of the first year come in its course: nobody yet in column 0.
    return {name: np.concatenate([[0], np.cumsum(one)[:-1]]) for name, one in since.items()}


def _ages(people: People, rates: Rates) -> np.ndarray:
    """Their age in each year: (people, years + 1)."""
    return np.minimum(people.age[:, None] + np.arange(rates.years + 1), LAST)


def _column(values: np.ndarray) -> np.ndarray:
    return np.asarray(values, dtype=np.float32)[:, None]
