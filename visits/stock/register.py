"""What is known of the criteria of each dwelling: the only door of StockFinding and StockStanding.

A finding is added, never changed: the latest day holds, and of one day the last written. What
nobody noted is read from the landlord's file where the criterion says so (`record_facts`), else it
is unknown. The level reached is computed by `levels.standing` alone, and kept to be counted.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from seniors import guard
from seniors.access import DECIDERS
from seniors.models import Dwelling, ImportRun, User
from seniors.refusal import Refusal
from visits.models import Action, StockCriterion, StockFinding, StockLabel, StockStanding
from visits.stock.label import Label, read_label
from visits.stock.levels import Standing, standing
from visits.stock.record_facts import from_record

CHUNK = 2000
EARLIEST = date(1990, 1, 1)
RECORD = ("pk", "floor", "has_lift", "is_accessible")


class RegisterRefusal(Refusal):
    """Something that cannot be noted of a dwelling."""


@dataclass(frozen=True)
class Noted:
    """One thing to note: `met` is yes, no, or None when it is no longer known."""

    dwelling_id: int
    criterion: StockCriterion
    met: bool | None
    evidence: str
    on: date
    words: str = ""
    action: Action | None = None


@dataclass(frozen=True)
class Known:
    """What is known of one criterion in one dwelling: from a finding, or from the file alone."""

    met: bool | None
    finding: StockFinding | None = None
    from_file: bool = False


@transaction.atomic
def note(noted: Sequence[Noted], *, by: User) -> int:
    """Note all of it, and bring the levels of these dwellings up to date; answers how many.

    Raises RegisterRefusal, nothing being written: role, future, too_old, evidence, nir, diagnosis,
    judgement.
    """
    if by.role not in DECIDERS:
        raise RegisterRefusal("role", "Votre rôle ne permet pas ce geste\u00a0: rien n’a changé.")
    for one in {(one.on, one.evidence, one.words) for one in noted}:
        check(*one)
    StockFinding.objects.bulk_create(
        [
            StockFinding(
                dwelling_id=one.dwelling_id,
                criterion=one.criterion,
                met=one.met,
                evidence=one.evidence,
                words=one.words,
                on=one.on,
                action=one.action,
                recorded_by=by,
            )
            for one in noted
        ],
        batch_size=500,
    )
    refresh_some({one.dwelling_id for one in noted})
    return len(noted)


def check(on: date, evidence: str, words: str) -> None:
    """Raises RegisterRefusal: future, too_old, evidence, nir, diagnosis, judgement. Reads
    nothing."""
    if on > timezone.localdate():
        raise RegisterRefusal(
            "future",
            "La date du constat n’est pas encore passée\u00a0: rien n’a été noté. Écrivez celle "
            "d’aujourd’hui ou d’avant.",
        )
    if on < EARLIEST:
        raise RegisterRefusal(
            "too_old",
            "La date du constat est trop ancienne\u00a0: rien n’a été noté. Vérifiez l’année.",
        )
    if evidence not in StockFinding.Evidence:
        raise RegisterRefusal(
            "evidence", "Cette preuve n’existe pas\u00a0: rien n’a été noté. Choisissez-en une."
        )
    if what := guard.found(words):
        raise RegisterRefusal(what[0].kind, guard.explain(what))


def known_of(
    dwellings: Sequence[Dwelling], criteria: Iterable[StockCriterion]
) -> dict[int, dict[int, Known]]:
    """{dwelling: {criterion: what is known}}, every criterion told, in one query."""
    latest: dict[tuple[int, int], StockFinding] = {}
    ids = [one.pk for one in dwellings]
    found = StockFinding.objects.filter(dwelling__in=ids).select_related("recorded_by")
    for one in found.order_by("on", "pk"):
        latest[one.dwelling_id, one.criterion_id] = one
    criteria = list(criteria)
    return {
        home.pk: {
            one.pk: _known(
                one,
                latest.get((home.pk, one.pk)),
                (home.floor, home.has_lift, home.is_accessible),
            )
            for one in criteria
        }
        for home in dwellings
    }


def _known(
    criterion: StockCriterion, finding: StockFinding | None, record: tuple[int | None, ...]
) -> Known:
    """What someone noted, else what the file says; « no longer known » leaves the word to it."""
    if finding and finding.met is not None:
        return Known(finding.met, finding)
    said = _from_file(criterion, record)
    return Known(said, finding, from_file=said is not None)


def _from_file(criterion: StockCriterion, record: tuple[int | None, ...]) -> bool | None:
    floor, has_lift, is_accessible = record
    return from_record(criterion.reads, floor=floor, has_lift=has_lift, is_accessible=is_accessible)


def standing_of(label: Label, known: Mapping[int, Known]) -> Standing:
    """Where one dwelling stands, from `known_of`."""
    return standing(label.for_standing, {pk: one.met for pk, one in known.items()})


def is_stale(label: StockLabel) -> bool:
    """Whether levels were last computed before the label changed, or before the last import of
    dwellings: they are then to be brought up to date."""
    if label.computed_at is None or label.version != label.computed_version:
        return True
    applied = ImportRun.objects.filter(kind="dwellings", state=ImportRun.State.APPLIED)
    return applied.filter(applied_at__gt=label.computed_at).exists()


def refresh_all(*, progress: Callable[[int], None] = lambda _: None) -> int:
    """Bring the level of every dwelling up to date; answers how many changed. May run twice."""
    label, began = read_label(), timezone.now()
    changed = last = done = 0
    live = Dwelling.objects.filter(gone_on=None).order_by("pk")
    while rows := list(live.filter(pk__gt=last).values_list(*RECORD)[:CHUNK]):
        changed += _refresh(label, rows, Q(dwelling__gt=last, dwelling__lte=rows[-1][0]))
        last, done = rows[-1][0], done + len(rows)
        progress(done)
    StockLabel.objects.filter(pk=label.row.pk).update(
        computed_version=label.row.version, computed_at=began
    )
    return changed


def refresh_some(ids: Collection[int]) -> None:
    """Bring the level of these dwellings up to date."""
    label, wanted = read_label(), sorted(ids)
    for start in range(0, len(wanted), CHUNK):
        some = wanted[start : start + CHUNK]
        rows = list(Dwelling.objects.filter(pk__in=some).values_list(*RECORD))
        _refresh(label, rows, Q(dwelling__in=some))


def _refresh(label: Label, rows: Sequence[tuple], these: Q) -> int:
    """The standings of some dwellings, written where they differ."""
    levels, readers = label.for_standing, [one for one in label.criteria if one.reads]
    found = StockFinding.objects.filter(these).order_by("on", "pk")
    noted: dict[int, dict[int, bool | None]] = defaultdict(dict)
    for home, criterion, met in found.values_list("dwelling", "criterion", "met"):
        noted[home][criterion] = met
    before = {
        home: tuple(rest)
        for home, *rest in StockStanding.objects.filter(these).values_list(
            "dwelling", "level", "possible", "to_check"
        )
    }
    known_before: dict[tuple, tuple] = {}  # many dwellings are alike
    new, moved = [], defaultdict(list)
    for pk, *record in rows:
        told = {one.pk: _from_file(one, tuple(record)) for one in readers}
        told |= {one: met for one, met in noted.get(pk, {}).items() if met is not None}
        key = tuple(sorted(told.items()))
        if key not in known_before:
            now = standing(levels, told)
            known_before[key] = (now.level, now.possible, len(now.to_check))
        now = known_before[key]
        if pk not in before:
            new.append(StockStanding(dwelling_id=pk, **_fields(now)))
        elif before[pk] != now:
            moved[now].append(pk)
    StockStanding.objects.bulk_create(new, batch_size=500, ignore_conflicts=True)
    for now, pks in moved.items():
        StockStanding.objects.filter(dwelling__in=pks).update(**_fields(now))
    return len(new) + sum(map(len, moved.values()))


def _fields(now: tuple) -> dict[str, int | None]:
    return dict(zip(("level_id", "possible_id", "to_check"), now, strict=True))
