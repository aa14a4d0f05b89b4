"""Who is in the file with a row a person, under which columns and which pseudonyms.

In it are people housed that day whose latest answer to the consent « évaluation » is yes, and who
have no objection running; less those whom the tables would betray, or betray others
(`rows`, `differences`). The first file of a year settles it for all recipients (`given`).
"""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from seniors.enums import ConsentKind
from seniors.models import Consent, Senior
from seniors.person import PERSON, among
from surveys.campaigns.dispatch import running_objections
from visits.enums import Family
from visits.releasing import content, differences, given, rows
from visits.releasing.content import FLAT, PLACES

# What others may know of someone, and the names of these columns in the file.
KNOWN = {
    "age": "tranche_age",
    "sex": "sexe",
    "territory": "territoire",
    "household": "menage",
    "floor": "etage",
}
_OLDER = {"60-69": "60-79", "70-79": "60-79", "80-89": "80+", "90+": "80+"}
# From the column that says least of a need to the one that says most.
LADDERS: rows.Ladders = {
    "floor": [{"1-2": "étage", "3+": "étage"}, rows.HIDDEN],
    "household": [rows.HIDDEN],
    "territory": [rows.HIDDEN],
    "age": [_OLDER, rows.HIDDEN],
    "sex": [rows.HIDDEN],
}
_HERS = ("age", "sex", "territory", "household", "floor")  # the order of a class's columns


@dataclass(frozen=True)
class Chosen:
    """Who is in the file: their columns, by the names of `KNOWN`, and pseudonyms, by person; what
    to remember; of how many housed, and what was lost. `is_again`: settled by an earlier file.

    `actions` and `gir`, by person, are of everyone: what was read to choose, and rows tell too.
    """

    columns: pd.DataFrame
    pseudonyms: pd.Series
    memory: given.Memory
    housed: int
    levels: dict[str, int]
    hidden: int
    left_out: int
    cut: int
    is_again: bool
    actions: pd.DataFrame
    gir: pd.Series


def choose(
    span: content.Span, *, secret: str, convention: str, memory: given.Memory | None, k: int
) -> Chosen:
    """People of the file of a year, for the recipient of a convention."""
    # First, while nothing else is in memory.
    actions = content.decided_in(span)[["person", "family", "stage", "delay"]]
    people = content.with_events(content.people_on(span.day), span)
    key = rows.key_for(secret, "")  # the landlord's own: paths are the same for all recipients
    agreed = people.index[people.index.isin(list(agreeing() - _objecting(span)))]
    uids = Senior.objects.filter(pk__in=among(agreed.tolist())).values_list("pk", "uid")
    texts = {who: rows.pseudonym(key, str(uid)) for who, uid in uids.iterator(chunk_size=5000)}
    # In their order, which tells nothing, people are left out one rather than another.
    who = pd.Index(texts, dtype="int64", name="person")
    bases = pd.Series(list(texts.values()), who, dtype=object).sort_values()
    del texts, agreed, who
    told = _Told(people, actions, span)
    people = people[list(KNOWN)]  # the rest is in it
    if memory is not None and memory.place_of(span.year) is not None:
        chosen = _again(span, people, told, bases, memory, k)
    else:
        chosen = _first(span, people, told, bases, memory, key, k)
    hers = rows.key_for(secret, convention)
    told = [rows.pseudonym(hers, path) for path in chosen.pseudonyms]
    return replace(chosen, pseudonyms=pd.Series(told, chosen.pseudonyms.index, dtype=object))


def agreeing() -> set[int]:
    """People whose latest answer to the consent « évaluation » is yes."""
    asked = Consent.objects.filter(kind=ConsentKind.EVALUATION).order_by("decided_on", "pk")
    told = dict(asked.annotate(whose=PERSON).values_list("whose", "given"))
    return {person for person, given_ in told.items() if given_}


def _objecting(span: content.Span) -> set[int]:
    return set(running_objections(span.day).values_list(PERSON, flat=True))


def _first(
    span: content.Span,
    people: pd.DataFrame,
    told: "_Told",
    bases: pd.Series,
    memory: given.Memory | None,
    key: bytes,
    k: int,
) -> Chosen:
    """The first file of a year; the pseudonyms are the landlord's own."""
    places, who = people[list(PLACES)], bases.index
    while True:
        known = rows.anonymise(people.loc[who, list(KNOWN)], LADDERS, k=k, among=places)
        columns = known.columns
        counted = told.counted(people, known.levels)
        kept = differences.keep(columns, told.shown.loc[columns.index], counted, k=k)
        if kept.all():
            break
        who = columns.index[kept]  # with fewer, other groups may be too small
    paths, before = (memory.paths, memory.years) if memory else (None, ())
    classes = rows.classes_of(columns)
    linked = rows.link(bases[columns.index], classes, paths, key, k=k, files=len(before))
    years = (*before, given.Year(span.year, known.levels))
    return Chosen(
        columns=columns,
        pseudonyms=linked.pseudonyms,
        memory=given.Memory(years, linked.memory),
        housed=len(people),
        levels=known.levels,
        hidden=known.hidden,
        left_out=len(bases) - len(columns),
        cut=linked.cut,
        is_again=False,
        actions=told.actions,
        gir=told.gir,
    )


def _again(
    span: content.Span,
    people: pd.DataFrame,
    told: "_Told",
    bases: pd.Series,
    memory: given.Memory,
    k: int,
) -> Chosen:
    """Another file of a year: the people of the one before, less those who may be in none."""
    levels = memory.years[memory.place_of(span.year)].levels
    lines = memory.shown_in(span.year)
    persons = lines["base"].map(pd.Series(bases.index, bases.to_numpy()))
    columns = _columns(lines["shown"])
    gone = persons.isna().to_numpy()
    kept = differences.keep_again(
        columns,
        told.shown.reindex(persons, fill_value=False),
        told.counted(people, levels),
        k=k,
        groups=lines["history"],
        gone=gone,
    )
    who = persons[kept].astype(int).to_numpy()
    known = rows.anonymise(columns[kept].set_axis(who), LADDERS, k=k)  # for a higher k
    names = pd.Series(lines["pseudonym"][kept].to_numpy(), who).loc[known.columns.index]
    out = lines.index[~(kept & np.isin(persons, known.columns.index))]
    return Chosen(
        columns=known.columns,
        pseudonyms=names,
        memory=memory.without(span.year, out),
        housed=len(people),
        levels={name: max(levels[name], known.levels[name]) for name in levels},
        hidden=int((known.columns == rows.HIDDEN).all(axis=1).sum()),
        left_out=len(bases) - len(known.columns),
        cut=0,
        is_again=True,
        actions=told.actions,
        gir=told.gir,
    )


def _columns(classes: pd.Series) -> pd.DataFrame:
    """The columns that make a class, as `rows.classes_of` joined them. Only the name of a territory
    may hold a bar."""
    different = {one: _parts(one) for one in classes.unique()}
    told = [different[one] for one in classes]
    return pd.DataFrame(told, classes.index, list(_HERS), dtype=object)


def _parts(one: str) -> list[str]:
    age, sex, rest = one.split("|", 2)
    return [age, sex, *rest.rsplit("|", 2)]


class _Told:
    """What the tables count of each person, and what her row would tell of it: `shown`, the same
    save for what is of another year."""

    def __init__(self, people: pd.DataFrame, actions: pd.DataFrame, span: content.Span) -> None:
        self.actions, acting = actions, _acting(actions)
        flags = people[["people", "reached", "visited"]].astype(bool)
        found = {
            "not reached": ~flags["reached"],
            "not visited": flags["reached"] & ~flags["visited"],
        }
        for family in Family:
            need = people[f"need_{family.value}"].astype(bool)
            found |= {f"need {family}": need, f"no need {family}": flags["visited"] & ~need}
        crossed = {"people": [()]} | dict.fromkeys(("reached", "visited", *found), FLAT)
        # Tables of actions count those of people who have left since, too.
        left = np.setdiff1d(np.concatenate(list(acting.values())), flags.index)
        everyone = flags.index.append(pd.Index(left, dtype=flags.index.dtype))
        whole = flags.assign(**found).reindex(everyone, fill_value=False)
        self.flags = whole.assign(**{name: everyone.isin(who) for name, who in acting.items()})
        self.shown = self.flags.copy()
        tables, row = content.gir_of(span)
        for band in content.GIRS:
            self.flags[band] = everyone.isin([who for who, told in tables.items() if told == band])
            self.shown[band] = everyone.isin([who for who, told in row.items() if told == band])
        self.gir = pd.Series(list(row.values()), list(row), dtype=object)
        self.crossed = crossed | {key: [()] for key in (*acting, *content.GIRS)}

    def counted(self, people: pd.DataFrame, levels: dict[str, int]) -> differences.Counted:
        """The same as coarse as a file."""
        coarse = rows.coarser(people[list(PLACES)], LADDERS, levels)
        places = coarse.reindex(self.flags.index, fill_value="")
        return differences.Counted(places, self.flags, self.crossed)


def _acting(actions: pd.DataFrame) -> dict[str, np.ndarray]:
    """{measure: who has such an action decided in the year}, as rows tell them too."""
    done, found = actions["stage"] == content.MADE, {}
    for family in Family:
        some = actions["family"] == family.value
        for name, mine in (("any", some), ("made", some & done), ("open", some & ~done)):
            found[f"{name} {family}"] = np.unique(actions.loc[mine, "person"].to_numpy("int64"))
    return found
