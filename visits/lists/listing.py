"""Proposing, changing and freezing a visit list: the only door to its rows.

A draft may be proposed again at will. Once published its entries, order and reasons never change;
a person may still be skipped (a person decides, not a score) and an urgent one added, both marked
with who, when and why. Nobody is on two lists of overlapping periods, skipped entries aside.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from zlib import crc32

import pandas as pd
from django.db import transaction
from django.utils import timezone

from seniors import guard
from seniors.fragility import store
from seniors.french import counted, plural
from seniors.models import ScoreRun, Senior, Territory, User
from seniors.queries import records_of
from seniors.refusal import Refusal
from visits.agenda import mutes
from visits.lists import candidates as reading
from visits.lists.selection import MOST_SEED, Recipe, Selection, select
from visits.models import Neighbour, VisitList, VisitListEntry

Why = VisitListEntry.Why
KEPT_BY_HAND = (Why.ADDED, Why.NEIGHBOUR)


class ListRefusal(Refusal):
    """A gesture that cannot be made."""


def seed_for(officer: User, starts_on: date) -> int:
    """The seed of an officer's period: given by who and when, so that no one picks a draw."""
    return crc32(f"{officer.pk} {starts_on:%Y-%m-%d}".encode()) & MOST_SEED


@transaction.atomic
def propose_list(
    *,
    officer: User,
    territories: Sequence[Territory],
    ends_on: date,
    recipe: Recipe,
    by: User | None,
) -> VisitList:
    """A draft for `officer` from `recipe.starts_on` to `ends_on`, with entries and reasons.

    Raises ListRefusal: period, officer_territory, list_exists, no_score.
    """
    _lock(territories)
    User.objects.select_for_update().get(pk=officer.pk)  # one list per period, whoever asks
    _check_period(officer, territories, recipe.starts_on, ends_on)
    visit_list = VisitList.objects.create(
        officer=officer,
        score_run=_run_for(territories),
        starts_on=recipe.starts_on,
        ends_on=ends_on,
        created_by=by,
        **_stored(recipe),
    )
    visit_list.territories.set(territories)
    _fill(visit_list, recipe)
    return visit_list


@transaction.atomic
def propose_again(visit_list: VisitList, *, recipe: Recipe | None = None) -> VisitList:
    """The draft computed again from today's records and scores, by the same recipe or another.

    Skipped people and those added by hand stay. Raises ListRefusal: published, no_score.
    """
    visit_list = _locked_draft(visit_list)
    territories = list(visit_list.territories.all())
    recipe = recipe or recipe_of(visit_list)
    visit_list.score_run = _run_for(territories)
    for field, value in _stored(recipe).items():
        setattr(visit_list, field, value)
    visit_list.save()
    _follow_merges(visit_list)
    kept = visit_list.entries.filter(why__in=KEPT_BY_HAND)
    visit_list.entries.filter(skipped_at=None).exclude(pk__in=kept.values("pk")).delete()
    visit_list.neighbours.all().delete()
    _fill(visit_list, recipe)
    return visit_list


@transaction.atomic
def publish_list(visit_list: VisitList, *, by: User, expected: int | None = None) -> VisitList:
    """Freeze the draft. `expected` is the number of visits that the person was shown.

    Raises ListRefusal: published, empty, changed, stale.
    """
    visit_list = _locked_draft(visit_list)
    entries = visit_list.entries.filter(skipped_at=None)
    count = entries.count()
    if not count:
        raise ListRefusal("empty", "Cette liste ne contient aucune visite : rien à publier.")
    if expected is not None and expected != count:
        raise ListRefusal(
            "changed", f"La liste a changé : elle compte maintenant {count} visites. Relisez-la."
        )
    stale = reading.not_to_visit(visit_list, entries.values("senior_id"))
    if stale:
        raise ListRefusal(
            "stale",
            f"{counted(stale, 'personne')} de la liste ne "
            f"{plural(stale, 'doit plus être visitée', 'doivent plus être visitées')} (opposition, "
            "départ ou visite récente)\u00a0: rien n’est publié. Proposez de nouveau la liste.",
        )
    visit_list.published_at, visit_list.published_by = timezone.now(), by
    visit_list.save(update_fields=["published_at", "published_by"])
    return visit_list


@transaction.atomic
def discard_list(visit_list: VisitList) -> None:
    """Delete a draft. Raises ListRefusal: published."""
    _locked_draft(visit_list).delete()


@transaction.atomic
def skip_entry(entry: VisitListEntry, *, because: str, by: User) -> VisitListEntry:
    """Set a person aside, draft or published, with the reason kept.

    Raises ListRefusal: reason, nir, skipped.
    """
    _locked(entry.visit_list)
    entry.refresh_from_db()
    said = _said(because, "Dites en quelques mots pourquoi vous l’écartez.")
    if entry.skipped_at:
        raise ListRefusal("skipped", "Cette personne est déjà écartée.")
    entry.skipped_because, entry.skipped_by = said[:200], by
    entry.skipped_at = timezone.now()
    entry.save(update_fields=["skipped_because", "skipped_by", "skipped_at"])
    return entry


@transaction.atomic
def unskip_entry(entry: VisitListEntry) -> VisitListEntry:
    """Put a skipped person back in her place. Raises ListRefusal: not_skipped, on_other_list…"""
    _lock(entry.visit_list.territories.all())
    _locked(entry.visit_list)
    entry.refresh_from_db()
    if not entry.skipped_at:
        raise ListRefusal("not_skipped", "Cette personne n’est pas écartée.")
    _check_can_be_visited(entry.visit_list, entry.senior)
    entry.skipped_because, entry.skipped_by, entry.skipped_at = "", None, None
    entry.save(update_fields=["skipped_because", "skipped_by", "skipped_at"])
    return entry


@transaction.atomic
def add_entry(
    visit_list: VisitList, senior: Senior, *, because: str, by: User, neighbour: bool = False
) -> VisitListEntry:
    """Add anyone of the territories at the end of the list, beside its capacity, with a reason.

    On a published list the entry is an urgent addition and is marked. Raises ListRefusal: reason,
    nir, elsewhere, objection, muted, here, on_other_list.
    """
    _lock(visit_list.territories.all())
    visit_list = _locked(visit_list)
    said = _said(because, "Dites en quelques mots pourquoi vous l’ajoutez.")
    if visit_list.entries.filter(senior__in=records_of(senior)).exists():
        raise ListRefusal("here", "Cette personne est déjà sur cette liste.")
    _check_can_be_visited(visit_list, senior)
    late = visit_list.published_at is not None
    last = visit_list.entries.order_by("-position").values_list("position", flat=True).first()
    visit_list.neighbours.filter(senior=senior).delete()
    return visit_list.entries.create(
        senior=senior,
        position=(last or 0) + 1,
        why=Why.NEIGHBOUR if neighbour else Why.ADDED,
        reason=said[:400],
        paper_reason="Tant que vous y êtes" if neighbour else "Visite ajoutée",
        added_at=timezone.now() if late else None,
        added_by=by,
    )


def recipe_of(visit_list: VisitList) -> Recipe:
    """The recipe kept with a list."""
    names = ("capacity", "seed", "starts_on", "random_share", "silent_share", "revisit_months")
    return Recipe(**{name: getattr(visit_list, name) for name in names})


def _stored(recipe: Recipe) -> dict[str, float]:
    """The columns of a list that keep the recipe."""
    return {
        "capacity": recipe.capacity,
        "seed": recipe.seed,
        "random_share": recipe.random_share,
        "silent_share": recipe.silent_share,
        "revisit_months": recipe.revisit_months,
    }


def _said(because: str, missing: str) -> str:
    """A reason as it is kept, refused when nothing is said or when it holds what never is."""
    said = because.replace("\x00", "").strip()
    if not said:
        raise ListRefusal("reason", missing)
    if found := guard.found(said):
        raise ListRefusal(found[0].kind, guard.explain(found))
    return said


def _lock(territories: Iterable[Territory]) -> None:
    """Proposals for one territory wait for each other: two could pick one person."""
    ids = [territory.pk for territory in territories]
    list(Territory.objects.select_for_update().filter(pk__in=ids).order_by("pk"))


def _locked(visit_list: VisitList) -> VisitList:
    """The list as it stands, held until the end of the transaction."""
    return VisitList.objects.select_for_update().get(pk=visit_list.pk)


def _locked_draft(visit_list: VisitList) -> VisitList:
    """The same after its territories; refused once published."""
    _lock(visit_list.territories.all())
    visit_list = _locked(visit_list)
    if visit_list.published_at:
        day = timezone.localdate(visit_list.published_at)
        raise ListRefusal(
            "published",
            f"Cette liste est publiée depuis le {day:%d/%m/%Y} "
            "et ne change plus. Vous pouvez écarter une personne ou faire un ajout urgent.",
        )
    return visit_list


def _check_period(officer: User, territories: Sequence, starts_on: date, ends_on: date) -> None:
    """Refuse a period that ends before it starts, or that already has a list."""
    if ends_on < starts_on:
        raise ListRefusal("period", "La fin de la période vient avant son début.")
    held = set(officer.territories.values_list("pk", flat=True))
    if not territories or not {t.pk for t in territories} <= held:
        raise ListRefusal("officer_territory", f"{officer} ne travaille pas dans ces territoires.")
    other = VisitList.objects.filter(
        officer=officer, starts_on__lte=ends_on, ends_on__gte=starts_on
    ).first()
    if other:
        raise ListRefusal(
            "list_exists",
            f"{officer} a déjà une liste du {other.starts_on:%d/%m/%Y} au "
            f"{other.ends_on:%d/%m/%Y} : ouvrez-la, ou choisissez une autre période.",
        )


def _run_for(territories: Sequence[Territory]) -> ScoreRun:
    """The newest run that covers them all: their own when they share it, else the whole stock's."""
    runs = {store.latest_run(territory) for territory in territories}
    run = runs.pop() if len(runs) == 1 else store.latest_run()
    if run is None:
        raise ListRefusal(
            "no_score",
            "Ces territoires n’ont pas encore d’ordre de visite : lancez d’abord un calcul des "
            "scores.",
        )
    return run


def _check_can_be_visited(visit_list: VisitList, senior: Senior) -> None:
    """Refuse who objected, lives elsewhere, or is on another list of the period."""
    here = Senior.objects.housed().filter(
        pk=senior.pk, dwelling__residence__territory__in=visit_list.territories.all()
    )
    if not here.exists():
        raise ListRefusal("elsewhere", "Cette personne n’habite pas les territoires de la liste.")
    records = records_of(senior)
    objecting = reading.objections(visit_list.starts_on, visit_list.ends_on)
    if objecting.filter(senior__in=records).exists():
        raise ListRefusal("objection", "Cette personne ne souhaite pas de visite : respectons-le.")
    if pause := mutes.mute_of(senior, max(visit_list.starts_on, timezone.localdate())):
        raise ListRefusal("muted", f"{mutes.words(pause)} Levez la pause pour l’ajouter.")
    others = reading.other_entries(visit_list.starts_on, visit_list.ends_on, visit_list)
    other = others.filter(senior__in=records).select_related("visit_list__officer").first()
    if other:
        raise ListRefusal(
            "on_other_list",
            f"Cette personne est déjà sur la liste de {other.visit_list.officer} pour la période.",
        )


def _fill(visit_list: VisitList, recipe: Recipe) -> None:
    """Choose, and write the entries, the neighbours and what was left out."""
    kept = {entry.senior_id: entry for entry in visit_list.entries.all()}
    frame = reading.candidates(visit_list)
    made = select(frame, recipe)
    words = reading.reasons(visit_list, frame, made)
    entries = [_entry(visit_list, n, row, words) for n, row in _rows(made.entries)]
    VisitListEntry.objects.bulk_create(e for e in entries if e.senior_id not in kept)
    for entry in entries:
        if entry.senior_id in kept:  # drawn again, and still skipped
            entry.pk = kept.pop(entry.senior_id).pk
    again = [entry for entry in entries if entry.pk]
    VisitListEntry.objects.bulk_update(again, ["position", "probability", "stratum", "reason"])
    for position, entry in enumerate(kept.values(), len(entries) + 1):
        entry.position = position
    VisitListEntry.objects.bulk_update(kept.values(), ["position"])
    _write_neighbours(visit_list, made, words)
    visit_list.left_out = made.left_out | {"moved": reading.moved_since(visit_list)}
    visit_list.next_totals = made.next_people["total"].round(1).tolist()
    visit_list.save(update_fields=["left_out", "next_totals"])


def _follow_merges(visit_list: VisitList) -> None:
    """Have the entries of a draft name the records kept: one person, one entry."""
    there = set(visit_list.entries.values_list("senior_id", flat=True))
    for entry in visit_list.entries.filter(senior__merged_into__isnull=False):
        kept = entry.senior.merged_into_id
        if kept in there:
            entry.delete()
        else:
            entry.senior_id = kept
            entry.save(update_fields=["senior"])
            there.add(kept)


def _rows(frame: pd.DataFrame) -> Iterable:
    """Each row with its number, from 1."""
    return enumerate(frame.itertuples(index=False), 1)


def _entry(visit_list: VisitList, position: int, row: tuple, words: dict) -> VisitListEntry:
    """One entry, not saved."""
    drawn = row.why == Why.RANDOM
    screen, paper = words[row.senior_id]
    return VisitListEntry(
        visit_list=visit_list,
        senior_id=row.senior_id,
        position=position,
        why=row.why,
        reason=screen,
        paper_reason=paper,
        total=None if pd.isna(row.total) else row.total,
        probability=row.probability if drawn else None,
        stratum=row.stratum if drawn else "",
    )


def _write_neighbours(visit_list: VisitList, made: Selection, words: dict) -> None:
    """Who is proposed beside the list."""
    near = dict(visit_list.entries.values_list("senior_id", "pk"))
    Neighbour.objects.bulk_create(
        Neighbour(
            visit_list=visit_list,
            near_id=near[row.near_id],
            senior_id=row.senior_id,
            closeness=row.closeness,
            reason=words[row.senior_id][0],
        )
        for row in made.neighbours.itertuples(index=False)
    )
