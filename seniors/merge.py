"""The same person twice: two records joined by a person's choice, and parted again.

Rows of either record stay where they are and are read through `merged_into`; only the tenant
record of the one kept is changed, field by field, and what it was is kept.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from seniors import moves
from seniors.extract.text import search_key
from seniors.models import AccessLog, Consent, Merge, Senior, User
from seniors.person import records_of
from seniors.refusal import Refusal

# Chosen one by one where they clash. A home is chosen whole: its fields only make sense together.
FIELDS = (
    "title",
    "last_name",
    "first_name",
    "sex",
    "born_on",
    "birth_year",
    "phone",
    "mobile",
    "email",
    "has_arrears",
    "very_low_income",
)
HOME = ("dwelling_id", "lease_reference", "role", "housed_since", "ended_on", "end")
KEPT, ABSORBED = "kept", "absorbed"


class MergeRefusal(Refusal):
    """A merge that cannot be made or undone."""


@dataclass(frozen=True)
class Follower:
    """What another app does when records become one person or are parted, in the same transaction.

    `hold` locks first what `joined` and `parted` will write, before any record is locked; all get
    the ids of every record concerned.
    """

    hold: Callable[[Collection[int]], object]
    joined: Callable[[Collection[int], User], object]
    parted: Callable[[Collection[int]], object]


# Registered when the apps start: nothing here knows of surveys or visits.
_followers: list[Follower] = []


def add_follower(follower: Follower) -> None:
    """Have an app follow merges."""
    _followers.append(follower)


@dataclass(frozen=True)
class Clash:
    """A field that both records fill differently; "home" stands for all that makes a home."""

    field: str
    label: str
    kept: Any
    absorbed: Any


def clashes(kept: Senior, absorbed: Senior) -> list[Clash]:
    """What a person has to choose. A field that one record leaves empty is no clash."""
    found = []
    for name in FIELDS:
        ours, theirs = getattr(kept, name), getattr(absorbed, name)
        if not _is_empty(ours) and not _is_empty(theirs) and ours != theirs:
            found.append(Clash(name, str(Senior._meta.get_field(name).verbose_name), ours, theirs))
    if _home(kept) != _home(absorbed):
        found.append(Clash("home", "logement", _home(kept), _home(absorbed)))
    return found


@transaction.atomic
def merge(kept: Senior, absorbed: Senior, chosen: Mapping[str, str], *, by: User) -> Merge:
    """Make `absorbed` one person with `kept`; `chosen` is {clashing field: "kept" or "absorbed"}.

    Raises MergeRefusal: same, already_merged, choice_missing.
    """
    _hold([kept.pk, absorbed.pk])
    kept, absorbed = _locked(kept, absorbed)
    missing = [clash.label for clash in clashes(kept, absorbed) if clash.field not in chosen]
    if missing:
        raise MergeRefusal(
            "choice_missing", f"Choisissez une valeur pour\u00a0: {', '.join(missing)}."
        )
    changed = _take_over(kept, absorbed, chosen)
    followers = [one for one in records_of([absorbed.pk]) if one != absorbed.pk]
    Senior.objects.filter(Q(pk=absorbed.pk) | Q(pk__in=followers)).update(merged_into=kept)
    AccessLog.objects.create(user=by, gesture="merge", senior=kept)
    moves.tell([kept.pk, absorbed.pk])
    _look_again([kept.pk, absorbed.pk, *followers])
    before = {"fields": changed, "absorbed": followers}
    for follower in _followers:
        follower.joined([kept.pk, absorbed.pk, *followers], by)
    return Merge.objects.create(kept=kept, absorbed=absorbed, before=before, merged_by=by)


@transaction.atomic
def undo(merge: Merge, *, by: User) -> None:
    """Part the two records again; a field changed since by an import or a person is left alone.

    Raises MergeRefusal: undone, newer_merge.
    """
    _hold([merge.kept_id, merge.absorbed_id, *merge.before["absorbed"]])
    merge = Merge.objects.select_for_update().get(pk=merge.pk)
    if merge.undone_at:
        raise MergeRefusal("undone", "Cette fusion est déjà annulée.")
    if _is_covered(merge):
        raise MergeRefusal("newer_merge", "Annulez d’abord la fusion plus récente de cette fiche.")
    kept = _lock([merge.kept_id, merge.absorbed_id, *merge.before["absorbed"]])[merge.kept_id]
    _give_back(kept, merge.before["fields"])
    Senior.objects.filter(pk=merge.absorbed_id).update(merged_into=None)
    Senior.objects.filter(pk__in=merge.before["absorbed"]).update(merged_into=merge.absorbed_id)
    moves.tell([merge.kept_id, merge.absorbed_id])
    _look_again([merge.kept_id, merge.absorbed_id, *merge.before["absorbed"]])
    merge.undone_at = timezone.now()
    merge.save(update_fields=["undone_at"])
    for follower in _followers:
        follower.parted([merge.kept_id, merge.absorbed_id, *merge.before["absorbed"]])
    AccessLog.objects.create(user=by, gesture="merge-undo", senior=kept)


@transaction.atomic
def keep_apart(first: Senior, second: Senior, *, by: User) -> Merge:
    """Remember that they are two people: a merge undone at once, so never proposed again."""
    first, second = _locked(first, second)
    before = {"fields": {}, "absorbed": []}
    return Merge.objects.create(
        kept=first, absorbed=second, before=before, merged_by=by, undone_at=timezone.now()
    )


def candidates(seniors: QuerySet[Senior], *, limit: int = 50) -> list[tuple[Senior, Senior]]:
    """Pairs of the same name and birth date that nobody has judged yet, the oldest record first."""
    alike = (
        seniors.filter(born_on__isnull=False)
        .order_by()
        .values("search_name", "born_on")
        .annotate(n=Count("pk"))
        .filter(n__gt=1)
        .order_by("search_name")[: limit * 2]
    )
    alike = list(alike)  # their names and dates, crossed: `_pairs` parts them
    names, days = [same["search_name"] for same in alike], [same["born_on"] for same in alike]
    records = seniors.filter(search_name__in=names, born_on__in=days)
    records = records.order_by("search_name", "born_on", "pk")
    pairs = _pairs(records.select_related("dwelling__residence__territory"))
    judged = _judged(senior.pk for pair in pairs for senior in pair)
    return [pair for pair in pairs if {one.pk for one in pair} not in judged][:limit]


def _pairs(records: Iterable[Senior]) -> list[tuple[Senior, Senior]]:
    """Each record with the others of the same name and birth."""
    groups: dict[tuple, list[Senior]] = {}
    for senior in records:
        groups.setdefault((senior.search_name, senior.born_on), []).append(senior)
    return [
        (first, second)
        for group in groups.values()
        for place, first in enumerate(group)
        for second in group[place + 1 :]
    ]


def _judged(ids: Iterable[int]) -> list[set[int]]:
    """Pairs that someone found to be two people."""
    apart = Merge.objects.filter(kept__in=list(ids), undone_at__isnull=False)
    return [set(pair) for pair in apart.values_list("kept", "absorbed")]


def _hold(records: Collection[int]) -> None:
    """Have the apps lock what they will write, always before the records are: an answer received
    at that moment locks in the same order."""
    for follower in _followers:
        follower.hold(records)


def _locked(first: Senior, second: Senior) -> tuple[Senior, Senior]:
    """Both records, locked with those they absorbed; refused when they cannot be joined."""
    found = _lock(records_of([first.pk, second.pk]))
    if first.pk == second.pk or not {first.pk, second.pk} <= found.keys():
        raise MergeRefusal("same", "Choisissez deux fiches différentes.")
    if found[first.pk].merged_into_id or found[second.pk].merged_into_id:
        raise MergeRefusal("already_merged", "L’une de ces fiches est déjà réunie à une autre.")
    return found[first.pk], found[second.pk]


def _lock(records: Iterable[int]) -> dict[int, Senior]:
    """These records, locked in the order of their ids as everywhere else; rows that only name one
    are written meanwhile."""
    held = Senior.objects.select_for_update(no_key=True).filter(pk__in=list(records))
    return {one.pk: one for one in held.order_by("pk")}


def _take_over(kept: Senior, absorbed: Senior, chosen: Mapping[str, str]) -> dict[str, list]:
    """Fill what is empty, take what was chosen, keep the latest contact; answers what changed."""
    taken = [name for name in FIELDS if _is_taken(kept, absorbed, name, chosen)]
    if _home(kept) != _home(absorbed) and chosen["home"] == ABSORBED:
        taken += HOME
    if _later(absorbed.last_contact_on, kept.last_contact_on):
        taken.append("last_contact_on")
    new = {name: getattr(absorbed, name) for name in taken}
    new["search_name"] = search_key(
        new.get("last_name", kept.last_name), new.get("first_name", kept.first_name)
    )
    changed = {
        name: [_plain(getattr(kept, name)), _plain(value)]
        for name, value in new.items()
        if getattr(kept, name) != value
    }
    _write(kept, new)
    return changed


def _is_taken(kept: Senior, absorbed: Senior, name: str, chosen: Mapping[str, str]) -> bool:
    """Whether the value of the absorbed record replaces the other."""
    ours, theirs = getattr(kept, name), getattr(absorbed, name)
    if _is_empty(theirs) or ours == theirs:
        return False
    return _is_empty(ours) or chosen[name] == ABSORBED


def _give_back(kept: Senior, fields: Mapping[str, list]) -> None:
    """Restore what the merge changed and nothing has changed since; a home, whole or not at all."""
    same = {name for name, (_, after) in fields.items() if _plain(getattr(kept, name)) == after}
    home = {name for name in fields if name in HOME}
    if not home <= same:
        same -= home
    old = {name: Senior._meta.get_field(name).to_python(fields[name][0]) for name in same}
    _write(kept, old)


def _look_again(records: Collection[int]) -> None:
    """What each agreement refused ends is another thing once records are joined or parted: the
    night sees to it (`retention`), as for any agreement refused elsewhere than on a sheet."""
    Consent.objects.filter(senior__in=records, given=False).update(settled_on=None)


def _write(senior: Senior, values: Mapping[str, Any]) -> None:
    """Save these columns."""
    for name, value in values.items():
        setattr(senior, name, value)
    if values:
        Senior.objects.filter(pk=senior.pk).update(**values)


def _is_covered(merge: Merge) -> bool:
    """Whether a later merge that still holds took over the record this one kept, or changed it."""
    later = Merge.objects.filter(pk__gt=merge.pk, undone_at=None)
    return later.filter(Q(kept=merge.kept_id) | Q(absorbed=merge.kept_id)).exists()


def _home(senior: Senior) -> tuple:
    """What makes a home."""
    return tuple(getattr(senior, name) for name in HOME)


def _is_empty(value: Any) -> bool:
    return value is None or value == ""


def _later(one: Any, other: Any) -> bool:
    return one is not None and (other is None or one > other)


def _plain(value: Any) -> Any:
    """The value as JSON keeps it."""
    return value.isoformat() if hasattr(value, "isoformat") else value
