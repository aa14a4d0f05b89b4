"""A file with one row a person, in which she is one of at least `k`: this year, and when it is
joined with the files of the years before. Pure: frames in, frames out.

Columns that others may know of her (age, sex, place, household, floor) are made coarser for
everyone, one step at a time, then hidden for the few who still stand out. Her path is the same
each year, so that she can be followed under a recipient's pseudonym. Where following it would
leave fewer than `k` people of one path, the link is cut: a new path begins, for all recipients.
"""

import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

HIDDEN = "*"
ABSENT = "-"
FEW = 1_000  # different values, of many rows
STEP = "\x1f"  # between the classes of a history: in no name
# Above this share of rows without their columns, coarser columns for everyone lose less.
MOST_HIDDEN = 0.05
MEMORY = ("base", "pseudonym", "history")
# For each column, from its first coarser step to the last: {value: coarser value}, or HIDDEN.
Ladders = Mapping[str, Sequence[Mapping[str, str] | str]]


@dataclass(frozen=True)
class Anonymous:
    """The columns as they may leave, and what that cost.

    `columns` is indexed as the people kept, in their order; `dropped` people were left out: too few
    to be hidden together, or in the way of leaving `k` out of each group. `levels` says how many
    steps each column was made coarser.
    """

    columns: pd.DataFrame
    levels: dict[str, int]
    hidden: int
    dropped: int


@dataclass(frozen=True)
class Linked:
    """A pseudonym a person, and what to remember for the next file (`MEMORY`)."""

    pseudonyms: pd.Series
    memory: pd.DataFrame
    cut: int


def key_for(secret: str, convention: str) -> bytes:
    """The key of one recipient, made from the landlord's secret and the convention's identifier.

    Another convention, or another secret (rotation), gives other pseudonyms to everyone: files
    made before can no longer be joined with those made after, by anybody.
    """
    return hmac.digest(secret.encode(), f"release:{convention}".encode(), "sha256")


def pseudonym(key: bytes, text: str) -> str:
    """80 bits of a keyed digest: without the key, it tells nothing and cannot be made again."""
    return hmac.digest(key, text.encode(), "sha256")[:10].hex()


def anonymise(
    people: pd.DataFrame, ladders: Ladders, *, k: int, among: pd.DataFrame | None = None
) -> Anonymous:
    """Columns of `people` (text, "" unknown) under which everyone is one of at least `k`.

    `among` are all those who could be in the file, under the columns by which tables count them.
    Of each group shown, the file leaves out `k` of them: then a count less its rows tells neither
    of the few who said no, nor how many are in a small group that the tables hide.
    """
    steps, levels = _Steps(people, among, ladders), dict.fromkeys(ladders, 0)
    while steps.stand_out(levels, k).sum() > MOST_HIDDEN * len(people):
        further = [
            (levels | {column: levels[column] + 1})
            for column in ladders
            if levels[column] < len(ladders[column])
        ]
        if not further:
            break
        levels = min(further, key=lambda levels: steps.stand_out(levels, k).sum())
    stay = ~steps.too_many(levels, k)
    coarse = coarser(people[stay], ladders, levels)
    alone = pd.Series(steps.stand_out(levels, k, stay), coarse.index)
    apart = _to_hide(coarse, k, alone)
    columns = coarse.copy()
    columns.loc[apart] = HIDDEN
    hidden = int(apart.sum())
    if 0 < hidden < k:
        columns, hidden = columns[~apart], 0
    return Anonymous(columns, levels, hidden, len(people) - len(columns))


def coarser(people: pd.DataFrame, ladders: Ladders, levels: Mapping[str, int]) -> pd.DataFrame:
    """The columns, each at its step."""
    columns = {}
    for name in people:
        level = levels.get(name, 0)
        step = ladders[name][level - 1] if level else None
        if step is None:
            columns[name] = people[name]
        elif step == HIDDEN:
            columns[name] = pd.Series(HIDDEN, people.index)
        else:
            columns[name] = people[name].map(step).fillna(people[name])
    return pd.DataFrame(columns, index=people.index)


def classes_of(columns: pd.DataFrame) -> pd.Series:
    """One text per row: those of the same text cannot be told apart."""
    if columns.empty:
        return pd.Series(dtype=str, index=columns.index)
    texts = [columns[name].to_numpy(dtype=object) for name in columns]
    return pd.Series(_joined(texts, "|"), columns.index, dtype=object)


def _joined(columns: Sequence[np.ndarray], between: str) -> np.ndarray:
    """The texts of each row as one, made once for all the rows that have the same."""
    rows = np.zeros(len(columns[0]), dtype=np.int64)
    for column in columns:
        places, different = numbered(column)
        rows, _ = numbered(rows * len(different) + places)
    first = np.unique(rows, return_index=True)[1]
    told = zip(*(column[first] for column in columns), strict=True)
    return np.array([between.join(map(str, one)) for one in told], dtype=object)[rows]


def numbered(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(A number a row, the same for the same value; the value of each number). Few differ: room is
    not made for as many as there are rows."""
    return pd.factorize(values, use_na_sentinel=False, size_hint=FEW)


def shared(texts: np.ndarray) -> np.ndarray:
    """The same texts, each kept once whatever the number of rows."""
    places, different = numbered(texts)
    return different[places]


def link(
    bases: pd.Series,
    classes: pd.Series,
    memory: pd.DataFrame | None,
    key: bytes,
    *,
    k: int,
    files: int = 0,
) -> Linked:
    """Pseudonyms under which the files of all years, joined, leave everyone among at least `k`.

    `bases` is the pseudonym that each person has as long as no link is cut, `classes` how she
    appears this year; both have the same index. `memory` is what the file before left: the whole
    history of each pseudonym ever given, one class per file, `ABSENT` where it is not in it;
    `files` is how many came before, for when nobody was in any of them.
    """
    before = pd.DataFrame(columns=list(MEMORY)) if memory is None else memory
    if not before.empty:
        files = before["history"].iloc[0].count(STEP) + 1
    path = _Paths(before, bases, classes, files)
    cut = path.until_none_is_alone(k)
    turned = [f"{base}/{files}" for base in bases[path.cut]]
    given = bases.copy()
    known = path.follows & ~path.cut
    given[known] = path.old[known]
    given[path.cut] = [pseudonym(key, text) for text in turned]
    return Linked(given, path.remembered(given), cut)


class _Paths:
    """The pseudonyms of before, and who of today goes on with hers."""

    def __init__(
        self, before: pd.DataFrame, bases: pd.Series, classes: pd.Series, files: int
    ) -> None:
        self.before, self.bases, self.classes, self.files = before, bases, classes, files
        last = before.drop_duplicates("base", keep="last").set_index("base")
        self.old = bases.map(last["pseudonym"])
        self.history = bases.map(last["history"]).to_numpy(dtype=object)
        self.follows = self.old.notna()
        self.cut = pd.Series(False, bases.index)

    def until_none_is_alone(self, k: int) -> int:
        """Cut links until each path has `k` people or none; how many were cut."""
        today = self.classes.to_numpy(dtype=object)
        now, different = numbered(today)
        start = np.full(len(today), self._absent(), dtype=object)
        all_before = self.before["history"].value_counts()
        while True:
            goes_on = (self.follows & ~self.cut).to_numpy()
            history = np.where(goes_on, self.history, start)
            own = _sizes(numbered(history)[0] * len(different) + now)
            stayed = pd.Series(self.history[goes_on]).value_counts()
            gone = (all_before - stayed.reindex(all_before.index, fill_value=0)).to_dict()
            few_gone = {one for one, n in gone.items() if 0 < n < k}
            few_new = set(today[~goes_on & (own < k)]) if self.files else set()
            wrong = goes_on & (own < k)
            wrong |= self._smallest(goes_on, own, self.history, few_gone)
            wrong |= self._smallest(goes_on, own, today, few_new)
            if not wrong.any():
                return int(self.cut.sum())
            self.cut |= wrong

    def _absent(self) -> str:
        """The history of whom no file held yet."""
        return STEP.join([ABSENT] * self.files)

    @staticmethod
    def _smallest(
        goes_on: np.ndarray, own: np.ndarray, groups: np.ndarray, few: set[str]
    ) -> np.ndarray:
        """In each of these groups, those who go on on its least trodden path."""
        found = np.zeros(len(goes_on), dtype=bool)
        for one in few:
            there = goes_on & (groups == one)
            if there.any():
                found |= there & (own == own[there].min())
        return found

    def remembered(self, given: pd.Series) -> pd.DataFrame:
        """What the next file must know."""
        followed = (self.follows & ~self.cut).to_numpy()
        told = self.classes.to_numpy(dtype=object)[followed]
        today = pd.Series(told, given[followed], dtype=object)
        before = self.before.copy()
        now = before["pseudonym"].map(today).astype(object).fillna(ABSENT)
        began = self.classes[~followed].to_numpy(dtype=object)
        if self.files:
            told = before["history"].to_numpy(dtype=object), now.to_numpy(dtype=object)
            before["history"] = _joined(told, STEP)
            began = _joined([np.full(len(began), self._absent(), dtype=object), began], STEP)
        new = pd.DataFrame(
            {
                "base": self.bases[~followed].to_numpy(),
                "pseudonym": given[~followed].to_numpy(),
                "history": shared(began),
            }
        )
        return new if before.empty else pd.concat([before, new], ignore_index=True)


def diversity(classes: pd.Series, columns: pd.DataFrame) -> pd.DataFrame:
    """For each sensitive column, over the groups that cannot be told apart: `least`, the fewest
    different known values in one, and `alike`, the share of people in groups of a single one.

    In such a group, to know that someone is there is to know her value.
    """
    found, (groups, _) = {}, numbered(classes.to_numpy(dtype=object))
    for name in columns:
        values = columns[name]
        different = values.groupby(groups).nunique().to_numpy()
        told = different[different > 0]
        alike = (different[groups] == 1) & values.notna()
        found[name] = {
            "least": int(told.min()) if len(told) else 0,
            "alike": float(alike.mean()) if len(classes) else 0.0,
        }
    return pd.DataFrame.from_dict(found, orient="index", columns=["least", "alike"])


class _Steps:
    """The columns at each of their steps as numbers, those of people and of `among` alike: to try
    a step is then cheap."""

    def __init__(self, people: pd.DataFrame, among: pd.DataFrame | None, ladders: Ladders) -> None:
        self.hers: dict[str, np.ndarray] = {}
        self.theirs: dict[str, np.ndarray] | None = None if among is None else {}
        self.steps: dict[str, list[np.ndarray]] = {}
        for name in people:
            texts = [one[name].to_numpy(dtype=object) for one in (people, among)
                     if one is not None and name in one]  # fmt: skip
            places, different = numbered(np.concatenate(texts))
            places = places.astype(np.int32)
            self.hers[name] = places[: len(people)]
            if len(texts) > 1:
                self.theirs[name] = places[len(people) :]
            one = pd.DataFrame({name: different}, dtype=object)
            self.steps[name] = [
                pd.factorize(coarser(one, ladders, {name: level})[name], use_na_sentinel=False)[0]
                for level in range(len(ladders.get(name, ())) + 1)
            ]

    def stand_out(
        self, levels: Mapping[str, int], k: int, stay: np.ndarray | slice = slice(None)
    ) -> np.ndarray:
        """Which of the people who `stay` cannot be shown as they are: in a group under `k`, or of
        which `k` cannot be left out while `k` stay."""
        small = _sizes(self._groups(self.hers, self.hers, levels)[stay]) < k
        if self.theirs is None:
            return small
        _, whole, shown = self._counts(levels, stay)
        return small | ((whole > 0) & (whole - shown < k) & (whole < 2 * k))

    def too_many(self, levels: Mapping[str, int], k: int) -> np.ndarray:
        """Rows to leave out so that each group leaves `k` people out: of its largest class
        first."""
        if self.theirs is None:
            return np.zeros(len(next(iter(self.hers.values()))), dtype=bool)
        groups, whole, shown = self._counts(levels)
        need = np.where(whole >= 2 * k, k - whole + shown, 0)
        sizes = _sizes(self._groups(self.hers, self.hers, levels))
        order = np.argsort(-sizes, kind="stable")
        ordered, rank = groups[order], np.empty(len(groups), dtype=np.int64)
        rank[order] = pd.Series(ordered).groupby(ordered).cumcount()
        return rank < need

    def _counts(
        self, levels: Mapping[str, int], stay: np.ndarray | slice = slice(None)
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """(The group of each row under the columns of `among`, how many people are in it in all,
        and in the file)."""
        here = self._groups(self.hers, self.theirs, levels)[stay]
        there = self._groups(self.theirs, self.theirs, levels)
        places, different = numbered(np.concatenate([here, there]))
        here, there = places[: len(here)], places[len(here) :]
        whole, shown = (np.bincount(one, minlength=len(different)) for one in (there, here))
        return here, whole[here], shown[here]

    def _groups(
        self, places: Mapping[str, np.ndarray], names: Iterable[str], levels: Mapping[str, int]
    ) -> np.ndarray:
        """The group of each row under these columns, as a number."""
        found = np.int64(0)
        for name in names:
            step = self.steps[name][levels.get(name, 0)]
            found = found * len(step) + step[places[name]]
        return found


def _sizes(groups: np.ndarray) -> np.ndarray:
    """How many rows are in the group of each."""
    places, different = numbered(groups)
    return np.bincount(places, minlength=len(different))[places]


def _to_hide(columns: pd.DataFrame, k: int, small: pd.Series) -> pd.Series:
    """Rows to hide: `small`, and the next smallest groups until `k` are hidden together."""
    if not 0 < small.sum() < k:
        return small
    classes = classes_of(columns)
    for one, _ in sorted(classes[~small].value_counts().items(), key=lambda pair: pair[::-1]):
        small |= classes == one
        if small.sum() >= k:
            break
    return small
