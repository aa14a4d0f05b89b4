"""What the choice of a list reads: candidates and reasons, in a fixed number of queries."""

from collections.abc import Iterable
from datetime import date

import pandas as pd
from django.db.models import Max, QuerySet
from django.utils import timezone

from seniors.fragility import store
from seniors.fragility.grid import Grid
from seniors.fragility.reasons import contributions, sentence
from seniors.models import FragilityScore, Senior, Stay
from seniors.person import people_of, rows_of
from surveys.campaigns.silence import voices_lost
from visits.agenda.mutes import in_force, objections
from visits.lists.selection import Selection, weigh_silence
from visits.lists.wording import Facts, home_words, neighbour_reason, paper_reason, screen_reason
from visits.models import Signal, Visit, VisitList, VisitListEntry

PRESSING = {Signal.Urgency.NOW: 2.0, Signal.Urgency.SOON: 1.0}
# Seen is seen: someone who said no at the door is not asked again next week.
SEEN = (Visit.Outcome.DONE, Visit.Outcome.REFUSED)


def other_entries(
    starts_on: date, ends_on: date, visit_list: VisitList
) -> QuerySet[VisitListEntry]:
    """Entries of other lists whose period meets this one, draft or published, skipped aside."""
    return VisitListEntry.objects.filter(
        visit_list__starts_on__lte=ends_on, visit_list__ends_on__gte=starts_on, skipped_at=None
    ).exclude(visit_list=visit_list)


def candidates(visit_list: VisitList) -> pd.DataFrame:
    """Everyone housed in the list's territories (selection.COLUMNS), save those added by hand."""
    by_hand = visit_list.entries.filter(why__in=["added", "neighbour"])
    people = _people(visit_list, people_of(by_hand))
    people = people.join(_scores(visit_list))
    people["silence"] = weigh_silence(
        people["silence"], people.index.isin(_voices_lost(visit_list))
    )
    people = people.join(_signals(visit_list)).join(_last_visits(visit_list))
    for column in ("signal_on", "last_visit_on"):
        people[column] = pd.to_datetime(people[column])
    period = visit_list.starts_on, visit_list.ends_on
    groups = {
        "objects": objections(*period),
        "muted": in_force(*period),
        "on_other_list": other_entries(*period, visit_list),
        "skipped": visit_list.entries.exclude(skipped_at=None),
    }
    for column, rows in groups.items():
        people[column] = people.index.isin(list(people_of(rows)))
    people["muted"] |= people.index.isin(list(people_of(_to_try_later(visit_list))))
    return people.rename_axis("senior_id").reset_index()


def not_to_visit(visit_list: VisitList, senior_ids: QuerySet) -> int:
    """How many of these said no, are left in peace, left, were merged or seen since the list."""
    here = _housed(visit_list)
    period = visit_list.starts_on, visit_list.ends_on
    seen = Visit.objects.filter(
        outcome__in=SEEN, made_on__gt=timezone.localdate(visit_list.created_at)
    )
    to_visit = (
        here.filter(pk__in=senior_ids)
        .exclude(pk__in=rows_of(here, objections(*period)).values("person"))
        .exclude(pk__in=rows_of(here, in_force(*period)).values("person"))
        .exclude(pk__in=rows_of(here, seen).values("person"))
    )
    return senior_ids.count() - to_visit.count()


def moved_since(visit_list: VisitList) -> int:
    """People with a score in the list's run who have left a home of the territories since."""
    territories = list(visit_list.territories.all())
    left = Stay.objects.filter(
        dwelling__residence__territory__in=territories,
        senior__scores__run=visit_list.score_run_id,
    ).exclude(senior__dwelling__residence__territory__in=territories)
    return left.values("senior_id").distinct().count()


def reasons(
    visit_list: VisitList, people: pd.DataFrame, made: Selection
) -> dict[int, tuple[str, str]]:
    """For each entry and neighbour: why, on screen and on paper."""
    whys = dict(zip(made.entries["senior_id"], made.entries["why"], strict=True))
    chosen = people.set_index("senior_id").loc[[*whys, *made.neighbours["senior_id"]]]
    drawn = made.entries.set_index("senior_id")["probability"].dropna()
    facts = _facts(visit_list, chosen, drawn.to_dict())
    words = {}
    for senior_id, known in facts.items():
        why = whys.get(senior_id)
        screen = screen_reason(why, known) if why else neighbour_reason(known)
        words[senior_id] = screen, paper_reason(why or "", known)
    return words


def _housed(visit_list: VisitList) -> QuerySet[Senior]:
    """Everyone who lives in the list's territories today."""
    return Senior.objects.housed().filter(
        dwelling__residence__territory__in=visit_list.territories.all()
    )


def _to_try_later(visit_list: VisitList) -> QuerySet[Visit]:
    """Absences whose next try comes after the period."""
    return Visit.objects.filter(try_again_on__gt=visit_list.ends_on)


def _frame(rows: Iterable[tuple], columns: list[str]) -> pd.DataFrame:
    """Rows indexed by their first column, a senior's id."""
    frame = pd.DataFrame.from_records(list(rows), columns=["senior_id", *columns])
    return frame.set_index("senior_id")


def _people(visit_list: VisitList, but: QuerySet) -> pd.DataFrame:
    """Who lives where, and how old on the first day."""
    place = ["dwelling_id", "dwelling__residence_id", "dwelling__building", "dwelling__stair"]
    rows = (
        _housed(visit_list).exclude(pk__in=but).values_list("pk", *place, "born_on", "birth_year")
    )
    columns = ["dwelling_id", "residence_id", "building", "stair", "born_on", "birth_year"]
    people = _frame(rows, columns)
    people["age"] = _ages(people, visit_list.starts_on)
    return people.drop(columns=["born_on", "birth_year"])


def _ages(people: pd.DataFrame, day: date) -> pd.Series:
    """Completed years, from the birth year alone where the date is unknown; NaN for neither."""
    born = pd.to_datetime(people["born_on"])
    before = (born.dt.month > day.month) | ((born.dt.month == day.month) & (born.dt.day > day.day))
    years = day.year - born.dt.year - before
    return years.fillna(day.year - people["birth_year"].astype(float)).astype(float)


def _scores(visit_list: VisitList) -> pd.DataFrame:
    """The scores of the list's run, for those housed in its territories."""
    rows = FragilityScore.objects.filter(
        run=visit_list.score_run_id,
        senior__dwelling__residence__territory__in=visit_list.territories.all(),
    )
    columns = ["total", "known_share", "silence"]
    return _frame(rows.values_list("senior_id", *columns), columns).astype(float)


def _voices_lost(visit_list: VisitList) -> dict[int, str]:
    """Who replied the year before and not to the last survey, with the words that say it."""
    return voices_lost(list(visit_list.territories.all()), visit_list.starts_on)


def _signals(visit_list: VisitList) -> pd.DataFrame:
    """The most pressing open signal of each person, the oldest of those."""
    rows = _open_signals(visit_list).values_list("person", "urgency", "seen_on")
    frame = _frame(rows, ["urgency", "signal_on"])
    frame["urgency"] = frame["urgency"].map(PRESSING).astype(float)
    frame = frame.sort_values(["urgency", "signal_on"], ascending=[False, True])
    return frame[~frame.index.duplicated()]


def _open_signals(visit_list: VisitList) -> QuerySet[Signal]:
    """Signals that ask for a visit this week or sooner."""
    pressing = Signal.objects.filter(closed_on=None, urgency__in=PRESSING)
    return rows_of(_housed(visit_list), pressing)


def _last_visits(visit_list: VisitList) -> pd.DataFrame:
    """The last day each person was seen at home."""
    seen = rows_of(_housed(visit_list), Visit.objects.filter(outcome__in=SEEN))
    rows = seen.order_by().values_list("person").annotate(last=Max("made_on"))
    return _frame(rows, ["last_visit_on"])


def _facts(
    visit_list: VisitList, chosen: pd.DataFrame, probabilities: dict[int, float]
) -> dict[int, Facts]:
    """What is known of each chosen person."""
    ids = [int(senior_id) for senior_id in chosen.index]
    sexes = dict(Senior.objects.filter(pk__in=ids).values_list("pk", "sex"))
    rows = FragilityScore.objects.filter(run=visit_list.score_run_id, senior__in=ids)
    values = {row.senior_id: store.values_of(row) for row in rows.select_related("run__grid")}
    signals = {(one.person, one.seen_on): one.what for one in _open_signals(visit_list)}
    grid = store.grid_of(visit_list.score_run)
    lost = _voices_lost(visit_list)
    found = {}
    for senior_id, signal_on in chosen["signal_on"].items():
        seen_on = None if pd.isna(signal_on) else signal_on.date()
        found[senior_id] = Facts(
            **_ranking(values.get(senior_id), grid, sexes[senior_id]),
            signal_what=signals.get((senior_id, seen_on), ""),
            signal_on=seen_on,
            voice_lost=lost.get(senior_id, ""),
            probability=probabilities.get(senior_id),
        )
    return found


def _ranking(values: dict[str, float | None] | None, grid: Grid, sex: str) -> dict:
    """The words made from a score; none without one."""
    if values is None:
        return {}
    facts = contributions(values, grid, sex=sex)
    return {"ranking": sentence(values, grid, sex=sex), "home": home_words(facts)}
