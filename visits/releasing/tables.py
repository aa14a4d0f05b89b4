"""The tables of an export: counts with their denominators, small cells hidden, nothing to compute
back from them, nor with what earlier exports gave away.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import Any

import pandas as pd

from visits.acting.delay import spread
from visits.enums import Family, State
from visits.models import ActionKind
from visits.releasing import content
from visits.releasing.cells import Cube, Key, margins, protect
from visits.releasing.codebook import code_book
from visits.releasing.content import FLAT, PLACES, Given

ALL = "Ensemble"
WITHIN = {"people": None, "reached": "people", "visited": "reached"} | {
    f"need_{family.value}": "visited" for family in Family
}
# What a rate is out of: unvisited people count in those of people (PEERS.md H6).
DENOMINATORS = {"reached": "people", "visited": "people"} | {
    f"need_{family.value}": "visited" for family in Family
}
LABELS = {
    "people": "Locataires seniors",
    "reached": "Personnes jointes",
    "visited": "Personnes visitées",
} | {f"need_{family.value}": f"Besoin repéré\u00a0: {family.label.lower()}" for family in Family}
WORKS = Family.ADAPTATION.label
EVERYONE: Key = ("declared", ())
# The sums of works, and their delays: what each is of so many.
SUMS = dict.fromkeys(("cout_ht", "cout_ttc", "subventions"), "factures")
DELAYS = dict.fromkeys(("delai_median", "delai_p90"), "delais")
COUNTED = SUMS | DELAYS
CENT = 0.01


@dataclass(frozen=True)
class Tables:
    """{file: its rows}, the cells and the rows of works that leave, and how many cells are hidden
    for which reason."""

    files: dict[str, pd.DataFrame]
    cells: dict[Key, int]
    works: list[dict[str, Any]]
    small: int
    others: int
    exposed: frozenset[Key]

    @property
    def hidden_share(self) -> float:
        """Which part of the cells is hidden, 0 to 1."""
        hidden = self.small + self.others
        return hidden / (hidden + len(self.cells)) if hidden else 0.0


def make_tables(span: content.Span, *, k: int, earlier: Sequence[Given]) -> Tables:
    """The tables of a year, for a threshold of `k` people."""
    people = content.with_events(content.people_on(span.day), span)
    actions = content.actions_of(span)
    cubes = {
        "people": people_cube(people),
        "gir": gir_cube(people, span),
        "actions": actions_cube(actions),
    }
    given = _told_before(earlier, cubes, people, span)
    # The table of people says how many they are: that of GIR cannot hide it.
    whole = {EVERYONE} if len(people) >= k else set()
    done = {
        name: protect(cube, k=k, given=given[0] | whole, moved=given[1])
        for name, cube in cubes.items()
    }
    families = _families()
    shown = {key: count for one in done.values() for key, count in one.shown().items()}
    works = list(_works(shown, span, families, actions))
    withhold(works, [one.works for one in earlier if one.day.year == span.year], k)
    files = {
        "indicateurs": pd.DataFrame(_indicators(shown, span)),
        "actions": pd.DataFrame(_actions(shown, span, families)),
        "travaux": pd.DataFrame(works),
    }
    for name, frame in files.items():
        code_book().check(name, list(frame))
    return Tables(
        files,
        {key: count for key, count in shown.items() if count is not None},
        works,
        small=sum(len(one.small) for one in done.values()),
        others=sum(len(one.others) for one in done.values()),
        exposed=frozenset().union(*(one.exposed for one in done.values())),
    )


def people_cube(people: pd.DataFrame) -> Cube:
    """People by territory, age and sex; what was done for them by fewer at a time."""
    values = [
        sorted(people["territory"].unique()),
        [*content.AGES, *_if_any(people["age"])],
        ["F", "M", *_if_any(people["sex"])],
    ]
    possible = pd.DataFrame(list(product(*values)), columns=list(PLACES), dtype=object)
    published = dict.fromkeys(WITHIN, FLAT) | {"people": margins(PLACES)}
    return Cube(people, possible, WITHIN, published)


def gir_cube(people: pd.DataFrame, span: content.Span) -> Cube:
    """People by the GIR that they declared, crossed with nothing: few did."""
    values = (*content.GIRS, content.NOT_DECLARED)
    possible = pd.DataFrame({"gir": values}, dtype=object)
    units = _with_gir(people, span.day).assign(declared=True)
    return Cube(units, possible, {"declared": None}, {"declared": [(), ("gir",)]})


def _if_any(column: pd.Series) -> list[str]:
    return [content.UNKNOWN] if (column == content.UNKNOWN).any() else []


def _families() -> dict[str, str]:
    """{label of an action: label of its family}, of the whole catalogue."""
    return {kind.label: kind.get_family_display() for kind in ActionKind.objects.all()}


def actions_cube(actions: pd.DataFrame) -> Cube:
    """Actions by family and state, by kind and stage; those billed and those of known delay."""
    rows = [
        (family, kind, state.label, content.STAGES[state.value])
        for (kind, family), state in product(_families().items(), State)
    ]
    possible = pd.DataFrame(rows, columns=["family", "kind", "state", "stage"], dtype=object)
    labels = {family.value: family.label for family in Family}
    units = actions.assign(
        family=actions["family"].map(labels).astype(object),
        state=actions["state"].map(dict(State.choices)).astype(object),
        actions=True,
        billed=actions["net"].notna(),
        timed=actions["delay"].notna(),
    )
    works = [(), ("kind",)]
    never = ((possible["stage"] != content.MADE) | (possible["family"] != WORKS)).tolist()
    units.loc[units["family"] != WORKS, ["billed", "timed"]] = False
    return Cube(
        units,
        possible,
        {"actions": None, "billed": "actions", "timed": "actions"},
        {
            "actions": [(), ("family",), ("state",), ("family", "state"), ("kind",),
                        ("kind", "stage"), ("family", "stage")],
            "billed": works,
            "timed": works,
        },
        {"billed": never, "timed": never},
    )  # fmt: skip


def _told_before(
    earlier: Sequence[Given], cubes: Mapping[str, Cube], people: pd.DataFrame, span: content.Span
) -> tuple[set[Key], dict[Key, list[tuple[int, int]]]]:
    """What is known already: cells given that still hold, and who moved in those since each export.

    Of the same year, a count that grew tells of those who came since; so it does of the same day,
    when what is told of that day has changed. Of another year, people are compared as they were
    housed on both days; what happened in two years are two things.
    """
    given: set[Key] = set()
    moved: dict[Key, list[tuple[int, int]]] = defaultdict(list)
    for before in earlier:
        same_year = before.day.year == span.year
        if before.day == span.day:
            for key, told in before.cells.items():
                now = _count(cubes, key)
                if now == told:
                    given.add(key)
                else:
                    moved[key].append((max(now - told, 0), max(told - now, 0)))
            continue
        then = content.people_on(before.day)
        then, now = (_with_gir(at, day) for at, day in ((then, before.day), (people, span.day)))
        walked = content.moved_between(then, now, [*margins(PLACES), ("gir",)])
        for key, told in before.cells.items():
            if key[0] in ("people", "declared"):
                moved[key].append(walked.get(("people", key[1]), (0, 0)))
            elif same_year:
                now = _count(cubes, key)
                moved[key].append((max(now - told, 0), max(told - now, 0)))
    return given, moved


def _with_gir(people: pd.DataFrame, day: date) -> pd.DataFrame:
    told = pd.Series(content.gir_on(day), dtype=object).reindex(people.index)
    return people.assign(gir=told.fillna(content.NOT_DECLARED))


def _count(cubes: Mapping[str, Cube], key: Key) -> int:
    """What a cell holds now."""
    cube = next(cube for cube in cubes.values() if key[0] in cube.within)
    units = cube.units[cube.units[key[0]].astype(bool)]
    for dim, value in key[1]:
        units = units[units[dim] == value]
    return len(units)


def _indicators(shown: Mapping[Key, int | None], span: content.Span) -> Iterator[dict]:
    for (measure, of), count in shown.items():
        if measure not in WITHIN and (measure != "declared" or not of):
            continue
        measure = "people" if measure == "declared" else measure
        place, out_of = dict(of), DENOMINATORS.get(measure, "")
        base = shown.get((out_of, of))
        yield {
            "annee": span.year,
            "territoire": place.get("territory", ALL),
            "tranche_age": place.get("age", ALL),
            "sexe": place.get("sex", ALL),
            "gir": place.get("gir", ALL),
            "indicateur": measure,
            "libelle": LABELS[measure],
            "effectif": count,
            "denominateur": out_of,
            "effectif_denominateur": base,
            "taux": round(100 * count / base, 1) if base and count is not None else None,
            "masque": _mark(count),
        }


def _actions(
    shown: Mapping[Key, int | None], span: content.Span, families: Mapping[str, str]
) -> Iterator[dict]:
    for (measure, of), count in shown.items():
        place = dict(of)
        if measure == "actions":
            family = place.get("family") or families.get(place.get("kind", ""), ALL)
            yield {
                "annee": span.year,
                "famille": family,
                "action": place.get("kind", ALL),
                "etat": place.get("state") or place.get("stage") or ALL,
                "actions": count,
                "masque": _mark(count),
            }


def _works(
    shown: Mapping[Key, int | None],
    span: content.Span,
    families: Mapping[str, str],
    actions: pd.DataFrame,
) -> Iterator[dict]:
    """One line per kind of works, the whole last. Sums follow their counts: hidden with them, and
    by `withhold`."""
    works = actions[actions["family"] == Family.ADAPTATION.value]
    for kind in [*(kind for kind, family in families.items() if family == WORKS), ""]:
        rows = works[works["kind"] == kind] if kind else works
        of = (("kind", kind),) if kind else ()
        every = ("actions", of or (("family", WORKS),))
        ended = ("actions", (every[1][0], ("stage", content.MADE)))
        billed, timed = shown["billed", of], shown["timed", of]
        days = spread(rows["delay"].dropna()) if timed else spread([])
        counts = [shown[every], shown[ended], billed, timed]
        sums = {name: rows[name].dropna().sum() for name in ("net", "gross", "subsidy")}
        yield {
            "annee": span.year,
            "action": kind or ALL,
            "actions": counts[0],
            "faites": counts[1],
            "factures": billed,
            "cout_ht": float(sums["net"]) if billed else None,
            "cout_ttc": float(sums["gross"]) if billed else None,
            "subventions": float(sums["subsidy"]) if billed else None,
            "delais": timed,
            "delai_median": days.median,
            "delai_p90": days.ninetieth,
            "masque": "oui" if None in counts else "non",
        }


def withhold(
    works: Sequence[dict[str, Any]], earlier: Sequence[Mapping[str, Mapping[str, Any]]], k: int
) -> None:
    """Hide in these rows, the whole last, each sum and each delay that differs from what an earlier
    export of the year gave, when fewer than `k` works came or went: the difference would be what
    was billed to those, or, no count having moved, to one.

    The whole less the kinds that both exports give is a sum as well: that of all others.
    """
    *kinds, whole = works
    for before in earlier:
        for row in kinds:
            for name in COUNTED:
                if _tells_few([_change(row, before.get(row["action"]), name)], k):
                    row[name], row["masque"] = None, _mark(None)
    for before in earlier:
        for name in COUNTED:
            changes = [_change(whole, before.get(ALL), name)]
            if name in SUMS:
                changes += [_change(row, before.get(row["action"]), name) for row in kinds]
            if changes[0] and _tells_few(changes, k):
                whole[name], whole["masque"] = None, _mark(None)


def _change(
    now: Mapping[str, Any], then: Mapping[str, Any] | None, name: str
) -> tuple[int, float] | None:
    """(How many works more, by how much the sum differs) since then; None unless both are given."""
    if then is None or None in (now[name], then[name]):
        return None
    return now[COUNTED[name]] - then[COUNTED[name]], now[name] - then[name]


def _tells_few(changes: Sequence[tuple[int, float] | None], k: int) -> bool:
    """Whether the first change, less the others, is that of fewer than `k` works."""
    first, *others = [one or (0, 0.0) for one in changes]
    works = first[0] - sum(one[0] for one in others)
    amount = first[1] - sum(one[1] for one in others)
    return abs(works) < k and abs(amount) > CENT / 2


def _mark(count: int | None) -> str:
    """Hidden or not; never why, which would tell small groups."""
    return "oui" if count is None else "non"
