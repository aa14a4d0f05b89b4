"""The rights to check with people, from what is known of them and `rights_rules`.

Facts come from the tenant record, from what was told (survey, visits) as far as the consents go,
and from the open needs. Income and widowhood are kept nowhere: they are always « à demander ».
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from seniors import consents, sheet
from seniors.models import Consent, Observation, Senior
from seniors.person import records_of
from visits.enums import Family
from visits.models import Need, VisitForm
from visits.needs import by_family
from visits.rights_rules import Suggestion, suggestions
from visits.visiting.arrivals import told_at_visits
from visits.visiting.form import FIELDS

WISHES = ("wants_adaptation", "wish_bars", "wish_shower", "wish_wc", "wish_shutters", "wish_light")
# {fact: (items that say it, from which value on; codes of the open needs that say it)}
SAID: dict[str, tuple[dict[str, int], tuple[str, ...]]] = {
    "moving": ({"wish_move": 1}, ("move",)),
    "daily_help": (
        {"needs_help": 1, "errands_difficulty": 1, "bath_difficulty": 1},
        ("home_help", "care", "autonomy_aid"),
    ),
    "walking": ({"walking_aid": 1, "stairs_difficulty": 1}, ()),
    "outings": ({"goes_out": 2}, ("outings",)),
    "tight": ({"money_trouble": 1}, ("income",)),
    "bills": ({"cold_home": 1}, ("bills",)),
    "rent_late": ({}, ("rent",)),
}


def suggestions_for(senior_ids: Sequence[int], as_of: date) -> dict[int, list[Suggestion]]:
    """{senior id: what to check with her}, in six queries whatever their number."""
    return {pk: suggestions(facts, as_of) for pk, facts in facts_for(senior_ids, as_of).items()}


def facts_for(
    senior_ids: Sequence[int], as_of: date
) -> dict[int, dict[str, int | tuple[int, int]]]:
    """{senior id: what is known of her, as rules read it}, in as many."""
    records = records_of(list(senior_ids))
    answers = consents.latest(Consent.objects.filter(senior__in=records), records)
    told = _told(records, answers, as_of)
    noted = _noted(records, answers, as_of)
    needs: dict[int, set[str]] = defaultdict(set)
    for record, code in _open_needs(records, as_of):
        needs[records[record]].add(code)
    return {
        senior.pk: facts_of(senior, told[senior.pk], needs[senior.pk], as_of) | noted[senior.pk]
        for senior in Senior.objects.filter(pk__in=senior_ids)
    }


def facts_of(
    senior: Senior, told: Mapping[str, int], needs: set[str], as_of: date
) -> dict[str, int | tuple[int, int]]:
    """What is known of her as the rules read it; what is not known is absent."""
    facts: dict[str, int | tuple[int, int] | None] = {"age": _age(senior, as_of)}
    for code in ("apa", "couple", "gir", "retired"):
        facts[code] = told.get(code)
    facts["pays_help"] = told.get("help_home")
    cover = told.get("health_cover")
    facts["no_cover"] = 1 if "health_cover" in needs else None if cover is None else 1 - cover
    for fact, (items, codes) in SAID.items():
        facts[fact] = _said(told, needs, items, codes)
    facts["adaptation"] = _said(told, needs, dict.fromkeys(WISHES, 1), _codes(Family.ADAPTATION))
    if senior.very_low_income:
        facts["tight"] = 1
    if senior.has_arrears is not None:
        facts["rent_late"] = 1 if senior.has_arrears else facts["rent_late"] or 0
    return {name: value for name, value in facts.items() if value is not None}


def _said(
    told: Mapping[str, int], needs: set[str], items: Mapping[str, int], codes: Iterable[str]
) -> int | None:
    """1 when a need or an item says it, 0 when every item says the contrary, None otherwise."""
    if needs & set(codes) or any(told.get(one, -1) >= least for one, least in items.items()):
        return 1
    return 0 if items and all(one in told for one in items) else None


def _codes(family: Family) -> list[str]:
    """The needs of a family, save that of moving, which is another right."""
    return [kind.code for kind in by_family()[family] if kind.code != "move"]


def _age(senior: Senior, as_of: date) -> int | tuple[int, int] | None:
    """Completed years; from the birth year alone, the two that it may be."""
    if senior.born_on:
        return senior.age_on(as_of)
    if senior.birth_year is None:
        return None
    years = as_of.year - senior.birth_year
    return years - 1, years


def _told(
    records: Mapping[int, int], answers: consents.Answers, as_of: date
) -> dict[int, dict[str, int]]:
    """{person: {item: value}} as far as she agrees to its use."""
    rows: dict[int, list[Observation]] = defaultdict(list)
    for row in Observation.objects.filter(senior__in=records, observed_on__lte=as_of):
        rows[records[row.senior_id]].append(row)
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for person, observations in rows.items():
        latest = sheet.latest_told(
            observations,
            health=consents.allows_health(answers, person),
            survey=consents.allows_survey(answers, person),
        )
        found[person] = {code: row.values[code] for code, row in latest.items()}
    return found


def _noted(
    records: Mapping[int, int], answers: consents.Answers, as_of: date
) -> dict[int, dict[str, int]]:
    """{person: {right.code: 1 to check, 0 not}} of the last visit that speaks of it."""
    forms = VisitForm.objects.filter(visit__senior__in=records, visit__made_on__lte=as_of)
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for record, _, content in told_at_visits(forms):
        person = records[record]
        if consents.allows_survey(answers, person):
            found[person] |= {
                code: value
                for code, value in content.items()
                if code.startswith("right.")
                and (not FIELDS[code].sensitive or consents.allows_health(answers, person))
            }
    return found


def _open_needs(records: Mapping[int, int], as_of: date) -> Iterable[tuple[int, str]]:
    """(record, code) of the needs open that day."""
    open_ = Need.objects.filter(senior__in=records, closed_on=None, found_on__lte=as_of)
    return open_.values_list("senior", "code")
