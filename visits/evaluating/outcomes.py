"""What people answered at each survey, as the frames that `effects` compares.

Only of those whose consent to evaluation stands, and, for answers about health, to that use too;
the same of visits drawn at random. Each answer is turned into points out of 100 by the grid: 0 no
difficulty, 100 the most serious.
"""

from collections.abc import Iterable, Sequence
from datetime import date

import numpy as np
import pandas as pd
from django.db.models import F, IntegerField, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from seniors.enums import ConsentKind
from seniors.fragility import indicators, items
from seniors.fragility.grid import Grid
from seniors.fragility.load import NUMBERS
from seniors.fragility.score import points_of
from seniors.fragility.store import current_grid
from seniors.models import Consent, Senior, Stay
from seniors.person import PERSON
from surveys.models import Campaign, Response
from visits.evaluating import effects
from visits.evaluating.measures import FOUND
from visits.evaluating.reach import actions_of
from visits.models import Measure, Need, VisitListEntry

RECORDS = ("age_band", "high_up")
AGE_BAND = 10  # years


def effect_on(measure: Measure, code: str) -> effects.Effect:
    """What it changed of one indicator: against residences that had not begun, or else against
    people alike. Raises `effects.NoEffect`."""
    if code == FOUND:
        visits = drawn_visits(measure)
        return effects.compare_drawn(visits, _before_any(measure, visits))
    campaigns = list(Campaign.objects.order_by("opened_on", "pk"))
    panel = panel_of(measure, code, current_grid(), campaigns)
    try:
        return effects.compare_places(panel)
    except effects.NoEffect as refusal:
        if refusal.code != "no_comparison":
            raise
    people = people_of(measure, panel, campaigns)
    return effects.compare_alike(people, (*RECORDS, "surveys"))


def panel_of(
    measure: Measure, code: str, grid: Grid, campaigns: Sequence[Campaign]
) -> pd.DataFrame:
    """The frame of `effects.compare_places`, with the columns of `RECORDS` beside."""
    told = pd.concat(
        [_told(campaign, code, grid).assign(period=n) for n, campaign in enumerate(campaigns)]
        or [pd.DataFrame(columns=["person", "value", "received_on", "period"])],
    )
    people = _homes(told["person"].unique().tolist()).dropna(subset=["place"])
    begins = pd.Series(_begins(measure, people["place"], people["territory"]), people.index)
    begins = pd.to_datetime(begins.mask(begins == date.max))
    opened = pd.to_datetime([campaign.opened_on for campaign in campaigns])
    start = pd.Series(opened.searchsorted(begins), people.index, float).mask(begins.isna())
    asked = people["territory"].map(_asked(campaigns))
    panel = people.assign(begins=begins, start=start, period=asked).explode("period")
    panel = panel.rename_axis("person").dropna(subset=["period"]).reset_index()
    keys = ["person", "period"]
    panel = panel.astype(dict.fromkeys(keys, int))
    panel = panel.join(told.astype(dict.fromkeys(keys, int)).set_index(keys), on=keys)
    received = pd.to_datetime(panel["received_on"])
    late = (received >= panel["begins"]) & (panel["period"] < panel["start"])
    return panel.assign(late=late, value=panel["value"].astype(float).mask(late))


def people_of(measure: Measure, panel: pd.DataFrame, campaigns: Sequence[Campaign]) -> pd.DataFrame:
    """The frame of `effects.compare_alike`: who had one of its actions, against the others.

    Of the surveys that asked her place, before is the last one before it began there; after, the
    next one; earlier, the one before both, where there is one; `surveys` is the same for those of
    whom they are the same. What is decided once the survey after is open cannot have changed its
    answers: who had only such an action is with the others.
    """
    told, late = effects.told_of(panel)
    people = panel.groupby("person")[["place", *RECORDS]].first()
    around = effects.surveys_around(panel).dropna(subset=["before", "after"])
    groups = []
    for surveys, (ranks, places) in enumerate(around.groupby([*around], dropna=False)):
        earlier, before, after = ranks
        in_time = actions_of(measure, measure.sites.all(), before=campaigns[int(after)].opened_on)
        found = people[people["place"].isin(places.index)]
        found = found.assign(
            surveys=surveys,
            exposed=found.index.isin(set(in_time.values_list(PERSON, flat=True))),
            before=told[before],
            value=told[after],
            late=late[before] | late[after],
        )
        groups.append(found if np.isnan(earlier) else found.assign(earlier=told[earlier]))
    return pd.concat(groups)


def drawn_visits(measure: Measure) -> pd.DataFrame:
    """The frame of `effects.compare_drawn`: visits drawn at random, by exposure; `begins` is the
    day it began there, `date.max` for never.

    A visit counts as reached once the measure had begun where she lived that day, whatever became
    of her since; `found` when one of the needs that its actions answer was found that day, NaN when
    the visit was not made by the end of its list.
    """
    visits = _drawn()
    codes = {code for needs in measure.kinds.values_list("needs", flat=True) for code in needs}
    found = set(
        Need.objects.filter(code__in=codes)
        .annotate(person=PERSON)
        .values_list("person", "found_on")
    )
    begins = _begins(measure, visits["place"], visits["territory"])
    keys = zip(visits["person"], visits["on"], visits["made"], strict=True)
    return visits.assign(
        found=[float((person, on) in found) if made else np.nan for person, on, made in keys],
        begins=begins,
        exposed=[day <= on for day, on in zip(begins, visits["on"], strict=True)],
    )


def _drawn() -> pd.DataFrame:
    """A row a visit drawn at random, of those who agreed to evaluation: `person`, `on`,
    `probability`, whether it was `made` (by the last day of the list, which is then `on`), and the
    `place` and `territory` of that day."""
    drawn = VisitListEntry.objects.filter(why="random").annotate(person=PERSON)
    over = drawn.filter(
        visit_list__published_at__isnull=False, visit_list__ends_on__lt=timezone.localdate()
    )
    done = drawn.filter(visits__outcome="done")
    missed = over.exclude(visits__outcome="done")
    rows = [(*row, True) for row in done.values_list("person", "visits__made_on", "probability")]
    rows += [
        (*row, False) for row in missed.values_list("person", "visit_list__ends_on", "probability")
    ]
    agreed = _agreeing(ConsentKind.EVALUATION)
    rows = [row for row in rows if row[0] in agreed]
    visits = pd.DataFrame(rows, columns=["person", "on", "probability", "made"])
    homes = _homes_then(visits[["person", "on"]].itertuples(index=False))
    homes = pd.DataFrame(homes, visits.index, columns=["place", "territory"])
    return visits.join(homes).dropna(subset=["place"])


def _homes_then(moments: Iterable[tuple[int, date]]) -> list[tuple]:
    """(residence, territory) of each person on a day: the home that she left next, else where she
    lives, or lived last. None and None of whose homes nothing is left."""
    moments = list(moments)
    people = list({person for person, _ in moments})
    homes = _homes(people)
    now = dict(zip(homes.index, zip(homes["place"], homes["territory"], strict=True), strict=True))
    left: dict[int, list[tuple]] = {}
    for start in range(0, len(people), 5000):
        stays = Stay.objects.filter(senior__in=people[start : start + 5000])
        where = ("dwelling__residence", "dwelling__residence__territory")
        for person, *stay in stays.order_by("until", "pk").values_list("senior", "until", *where):
            left.setdefault(person, []).append(stay)
    return [
        next(
            (tuple(home) for until, *home in left.get(person, ()) if until >= on),
            now.get(person, (None, None)),
        )
        for person, on in moments
    ]


def _before_any(measure: Measure, visits: pd.DataFrame) -> pd.DataFrame:
    """The drawn visits made before it began anywhere, `exposed` where it has begun since."""
    first = min((site.starts_on for site in measure.sites.all()), default=date.min)
    early = visits[pd.Series([on < first for on in visits["on"]], visits.index, dtype=bool)]
    return early.assign(exposed=[day < date.max for day in early["begins"]])


def _told(campaign: Campaign, code: str, grid: Grid) -> pd.DataFrame:
    """`person`, `value` (0-100) and `received_on` of those who answered this survey and agreed to
    evaluation."""
    rows = list(
        Response.objects.filter(campaign=campaign, observation__isnull=False)
        .annotate(person=PERSON, born=Coalesce("senior__merged_into__born_on", "senior__born_on"))
        .order_by("person", "pk")
        .values_list("person", "born", "senior__birth_year", "observation__values", "received_on")
    )
    agreed = _agreeing(ConsentKind.EVALUATION)
    if items.is_sensitive(code):
        agreed &= _agreeing(ConsentKind.HEALTH)
    rows = {person: rest for person, *rest in rows if person in agreed}
    received = [on for *_, on in rows.values()]
    values = _values([said for *said, _ in rows.values()], code, campaign.opened_on)
    read = next(one for one in grid.indicators if one.code == code)
    points, unknown = points_of(read, values)
    share = np.where(unknown, np.nan, 100 * points / read.max_points)
    return pd.DataFrame({"person": list(rows), "value": share, "received_on": received})


def _values(told: Sequence[tuple], code: str, on: date) -> np.ndarray:
    """The indicator of each of `told` (born on, year of birth, answers), NaN when unknown."""
    many = len(told)
    days = np.array([born for born, _, _ in told], dtype="datetime64[D]")
    nothing = np.full(many, np.nan)
    people = dict.fromkeys(NUMBERS, nothing) | {
        "born_on": days,
        "birth_year": np.array([year for _, year, _ in told], dtype=float),
        "housed_since": np.full(many, "NaT", dtype="datetime64[D]"),
        "last_news_on": np.full(many, "NaT", dtype="datetime64[D]"),
        "shares_home": np.zeros(many, dtype=bool),
    }
    answers = np.array(
        [
            [values.get(item, indicators.UNKNOWN_BYTE) for item in indicators.ITEM_CODES]
            for _, _, values in told
        ],
        dtype=np.uint8,
    ).reshape(many, len(indicators.ITEM_CODES))
    return indicators.VALUES[indicators.compute(people, answers, on, codes=[code])[:, 0]]


def _agreeing(kind: ConsentKind) -> set[int]:
    """The people whose latest answer to this consent is yes."""
    told = Consent.objects.filter(kind=kind).annotate(person=PERSON)
    latest = dict(told.order_by("decided_on", "pk").values_list("person", "given"))
    return {person for person, given in latest.items() if given}


def _homes(people: list[int]) -> pd.DataFrame:
    """Where each lives, or lived last: `place`, `territory`, and the columns of `RECORDS`."""
    columns = ["place", "territory", "floor", "lift", "birth"]
    found: dict[int, tuple] = {}
    for start in range(0, len(people), 5000):
        some = people[start : start + 5000]
        left = Stay.objects.filter(senior__in=some).order_by("until", "pk")
        found |= {row[0]: row[1:] for row in _placed(left, "senior__", "senior")}
        housed = Senior.objects.filter(pk__in=some, dwelling__isnull=False)
        found |= {row[0]: row[1:] for row in _placed(housed, "", "pk")}
    homes = pd.DataFrame.from_dict(found, orient="index", columns=columns)
    high = (homes["floor"].astype(float) >= 1) & (homes["lift"] != True)  # noqa: E712
    band = homes["birth"].astype(float) // AGE_BAND
    return pd.DataFrame(
        {
            "place": homes["place"],
            "territory": homes["territory"],
            "age_band": band,
            "high_up": high,
        }
    )


def _placed(rows: QuerySet, person: str, key: str) -> QuerySet:
    """Person, residence, territory, floor, lift, year of birth."""
    home = "dwelling__residence"
    rows = rows.annotate(
        born=Coalesce(
            F(f"{person}born_on__year"), F(f"{person}birth_year"), output_field=IntegerField()
        )
    )
    return rows.values_list(
        key, home, f"{home}__territory", "dwelling__floor", "dwelling__has_lift", "born"
    )


def _begins(measure: Measure, places: Iterable[int], territories: Iterable[int]) -> list[date]:
    """The first day of it in each of these residences, itself or by its territory; `date.max`:
    never."""
    days = {(one.territory_id, one.residence_id): one.starts_on for one in measure.sites.all()}
    return [
        min(days.get((None, home), date.max), days.get((there, None), date.max))
        for home, there in zip(places, territories, strict=True)
    ]


def _asked(campaigns: Sequence[Campaign]) -> dict[int, list[int]]:
    """{territory: ranks of the campaigns that asked it}."""
    ranks = {campaign.pk: rank for rank, campaign in enumerate(campaigns)}
    asked: dict[int, list[int]] = {}
    pairs = Campaign.territories.through.objects.filter(campaign__in=ranks)
    for campaign, territory in pairs.values_list("campaign", "territory"):
        asked.setdefault(territory, []).append(ranks[campaign])
    return asked
