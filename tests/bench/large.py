"""A large landlord after three years of use, written in bulk by PostgreSQL itself.

Only what the backlog and the steering pages read, in proportions of a landlord that works: a
tenth of the people moved or gone, one in a hundred on two records, a third of the actions open.
Homes stand in the order of their residence and people in that of their home, as in a landlord's
files; needs and actions in that of time. Drawn by the database from a seed, so that two runs see
the same rows.
"""

from datetime import date
from typing import Any

SENIORS, ACTIONS = 190_000, 300_000
TERRITORIES, RESIDENCES, OFFICERS = 30, 3_000, 150
LISTS, ENTRIES = 1_500, 30  # published lists, and people on each

# A state, how many actions in a hundred are in it, the steps that led to it.
STATES = (
    ("proposed", 6, ()),
    ("accepted", 6, ("accepted",)),
    ("requested", 10, ("accepted", "requested")),
    ("partner_accepted", 4, ("accepted", "requested", "partner_accepted")),
    ("under_way", 6, ("accepted", "requested", "under_way")),
    ("done", 16, ("accepted", "requested", "under_way", "done")),
    ("confirmed", 34, ("accepted", "requested", "under_way", "done", "confirmed")),
    ("declined", 12, ("declined",)),
    ("cancelled", 6, ("accepted", "cancelled")),
)


def fill(today: date) -> None:
    """Every table, in an empty and migrated database; under two minutes."""
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        # What is written here refers to what is written here: no row is looked up for each.
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("SELECT setseed(0.2026)")
        cursor.execute(f"CREATE TEMP TABLE told AS SELECT DATE '{today}' AS today")
        for place in (_stock, _people, _visits, _needs, _actions):
            for model, columns, rows in place():
                cursor.execute(insert(model, columns, rows))
        cursor.execute("SET session_replication_role = DEFAULT")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def insert(model: Any, columns: dict[str, str], rows: str) -> str:
    """INSERT of these expressions from `rows`; a column not given has its empty value."""
    whole = {}
    for field in model._meta.concrete_fields:
        if field.attname in columns:
            whole[field.column] = columns[field.attname]
        elif not field.null and not field.primary_key:
            whole[field.column] = _EMPTY[field.get_internal_type()]
    if "id" in columns:
        whole = {"id": columns["id"]} | whole
    names = ", ".join(f'"{name}"' for name in whole)
    return f"INSERT INTO {model._meta.db_table} ({names}) SELECT {', '.join(whole.values())} {rows}"


_EMPTY = {
    "UUIDField": "gen_random_uuid()",
    "CharField": "''",
    "TextField": "''",
    "SlugField": "''",
    "EmailField": "''",
    "JSONField": "'{}'",
    "BooleanField": "false",
    "DateTimeField": "now()",
    "DateField": "told.today",
    "PositiveIntegerField": "0",
    "PositiveSmallIntegerField": "0",
    "FloatField": "0",
    "DecimalField": "0",
}


def _some(n: int | str) -> str:
    """A whole number from 1 to n."""
    return f"(1 + floor(random() * {n}))::int"


def _series(n: int) -> str:
    return f"FROM generate_series(1, {n}) AS i, told"


def _residence(dwelling: str) -> str:
    """That of a dwelling; a person who is at home lives in the dwelling of her own number."""
    return f"1 + ({dwelling} - 1) * {RESIDENCES} / {SENIORS}"


def _absorbed_by(record: str) -> str:
    """The person of an absorbed record."""
    return f"({record} - {SENIORS}) * 50 + 1"


def _stock() -> list[tuple]:
    from seniors.models import Dwelling, Residence, Territory, User

    users = {
        "id": "100 + i",
        "username": "'agent-' || i",
        "last_name": "'Agent ' || i",
        "role": "CASE WHEN i % 5 = 0 THEN 'manager' ELSE 'officer' END",
        "is_active": "i % 10 <> 1",
    }
    return [
        (
            Territory,
            {"id": "i", "code": "'A' || i", "name": "'Agence ' || i"},
            _series(TERRITORIES),
        ),
        (
            Residence,
            {
                "id": "i",
                "reference": "'R' || i",
                "name": "'Résidence ' || i",
                "territory_id": f"1 + i % {TERRITORIES}",
            },
            _series(RESIDENCES),
        ),
        (
            Dwelling,
            {
                "id": "i",
                "reference": "'L' || i",
                "residence_id": _residence("i"),
                "street": "'rue des Lilas'",
                "street_number": "(i % 90)::text",
                "city": "'Brest'",
            },
            _series(SENIORS),
        ),
        (User, users, _series(OFFICERS)),
        (
            User.territories.through,
            {"user_id": "100 + i", "territory_id": f"1 + i % {TERRITORIES}"},
            _series(OFFICERS),
        ),
    ]


def _people() -> list[tuple]:
    from seniors.models import Senior
    from surveys.models import Campaign, Invitation, Response

    # The first 190,000 are people; the others, absorbed records of some of them.
    absorbed = SENIORS // 100
    gone = f"(i <= {SENIORS} AND i % 20 = 0)"
    survey = {
        "id": "i",
        "name": "'Enquête ' || i",
        "opened_on": "told.today - 300 * i + 200",
        "closes_on": "told.today - 300 * i + 260",
        "questionnaire": "'bienvieillir-60-2026'",
    }
    return [
        (
            Senior,
            {
                "id": "i",
                "reference": "'S' || i",
                "last_name": "'Nom ' || i",
                "search_name": "'nom ' || i",
                "born_on": "DATE '1930-01-01' + (i * 7919) % 12000",
                "dwelling_id": f"CASE WHEN {gone} THEN NULL ELSE 1 + (i - 1) % {SENIORS} END",
                "ended_on": f"CASE WHEN {gone} THEN told.today - i % 900 END",
                "end": f"CASE WHEN {gone} THEN 'left' ELSE '' END",
                "merged_into_id": f"CASE WHEN i > {SENIORS} THEN {_absorbed_by('i')} END",
            },
            _series(SENIORS + absorbed),
        ),
        (Campaign, survey, _series(3)),
        (
            Invitation,
            {
                "campaign_id": "c",
                "senior_id": "i",
                "sent_on": "told.today - 300 * c + 200",
                "reference": "'I' || c || '-' || i",
            },
            f"{_series(SENIORS)}, generate_series(1, 3) AS c WHERE (i + c) % 3 = 0",
        ),
        (
            Response,
            {
                "campaign_id": "c",
                "senior_id": "i",
                "channel": "'paper'",
                "received_on": "told.today - 300 * c + 200 + i % 60",
            },
            f"{_series(SENIORS)}, generate_series(1, 3) AS c WHERE (i + c) % 3 = 0 AND i % 5 < 2",
        ),
    ]


def _visits() -> list[tuple]:
    from seniors.models import GridVersion, ScoreRun
    from visits.models import Visit, VisitList, VisitListEntry

    outcome = "(ARRAY['done','done','done','absent','absent','refused','hospital'])"
    return [
        (GridVersion, {"id": "1"}, "FROM told"),
        (ScoreRun, {"id": "1", "grid_id": "1", "as_of": "told.today"}, "FROM told"),
        (
            VisitList,
            {
                "id": "i",
                "officer_id": f"100 + 1 + i % {OFFICERS}",
                "score_run_id": "1",
                "starts_on": f"told.today - (i * 1000 / {LISTS})",
                "ends_on": f"told.today - (i * 1000 / {LISTS}) + 6",
                "published_at": "now()",
                "published_by_id": "101",
            },
            _series(LISTS),
        ),
        (
            VisitListEntry,
            {
                "visit_list_id": "i",
                "senior_id": f"1 + (i * {ENTRIES} + e) * 4 % {SENIORS}",
                "position": "e",
                "why": "'score'",
            },
            f"{_series(LISTS)}, generate_series(1, {ENTRIES}) AS e",
        ),
        (
            Visit,
            {
                "senior_id": f"1 + i % {SENIORS}",
                "made_on": "told.today - (i * 7 % 1000)",
                "outcome": f"{outcome}[{_some(7)}]",
                "made_by_id": f"100 + {_some(OFFICERS)}",
            },
            _series(ACTIONS // 2),
        ),
    ]


def _needs() -> list[tuple]:
    from visits.models import Need
    from visits.needs import NEEDS

    codes = list(NEEDS)
    code = f"(ARRAY{codes!r})[1 + (i / {SENIORS} * 7 + i) % {len(codes)}]"
    families = " ".join(f"WHEN '{code}' THEN '{kind.family}'" for code, kind in NEEDS.items())
    whole = ACTIONS + ACTIONS // 6  # the last ones have no action
    return [
        (
            Need,
            {
                "id": "i",
                "senior_id": "record",
                "lives_in_id": f"CASE WHEN person % 20 > 0 THEN {_residence('person')} END",
                "code": "code",
                "family": f"CASE code {families} END",
                "found_on": "told.today - (i * 13 % 1000)",
                "found_by_id": "101",
                "is_acted_on": f"i <= {ACTIONS} AND i * 37 % 100 < 94",
                "closed_on": f"CASE WHEN i <= {ACTIONS} AND i % 3 = 0 THEN told.today END",
            },
            f"""FROM (
                SELECT i, record, {code} AS code,
                    CASE WHEN record > {SENIORS} THEN {_absorbed_by("record")} ELSE record END
                        AS person
                FROM (
                    SELECT i, 1 + i % ({SENIORS} + {SENIORS // 100}) AS record
                    FROM generate_series(1, {whole}) AS i
                ) AS r
            ) AS n, told""",
        ),
    ]


def _actions() -> list[tuple]:
    from visits.models import Action, ActionKind, ActionStep, Invoice, Need, Works

    state, bound, steps = "CASE", 0, []
    for name, share, path in STATES:
        bound += share
        state += f" WHEN dice < {bound} THEN '{name}'"
        steps += [f"('{name}', '{to}', {at})" for at, to in enumerate(("proposed", *path))]
    kinds = {}
    for kind in ActionKind.objects.order_by("pk"):
        for code in kind.needs:
            kinds.setdefault(code, kind.pk)
    kind_of = " ".join(f"WHEN '{code}' THEN {pk}" for code, pk in kinds.items())
    other = next(iter(kinds.values()))
    need, action = Need._meta.db_table, Action._meta.db_table
    ours = f"FROM {action} AS a, told WHERE a.kind_id IN {_works_kinds()}"
    step = f"""FROM (SELECT a.id AS pk, a.state AS now, n.found_on FROM {action} a
        JOIN {need} n ON n.id = a.need_id) AS a, told,
        (VALUES {", ".join(steps)}) AS s(state, "to", at) WHERE s.state = a.now"""
    return [
        (
            Action,
            {
                "id": "n.id",
                "need_id": "n.id",
                "need_found_on": "n.found_on",
                "senior_id": "n.senior_id",
                "lives_in_id": "n.lives_in_id",
                "made_in_id": "n.made_in",
                "dwelling_id": f"(n.made_in - 1) * {SENIORS} / {RESIDENCES} + 2 + n.id % 60",
                "kind_id": f"CASE n.code {kind_of} ELSE {other} END",
                "state": f"{state} END",
                "state_on": "LEAST(n.found_on + 40, told.today)",
                "due_on": "n.found_on + 60 + (n.id % 300)::int",
                "cancelled_because": "CASE WHEN dice >= 94 THEN 'sans suite' ELSE '' END",
                "created_at": "n.found_on",
                "created_by_id": f"100 + {_some(OFFICERS)}",
                "officer_id": f"100 + {_some(OFFICERS)}",
            },
            f"""FROM (SELECT *, (id * 37 % 100) AS dice,
                CASE WHEN lives_in_id IS NULL OR id % 20 = 7 THEN 1 + id % {RESIDENCES}
                    ELSE lives_in_id END AS made_in FROM {need} WHERE id <= {ACTIONS}) n, told""",
        ),
        (
            ActionStep,
            {
                "action_id": "a.pk",
                "to_state": 's."to"',
                "on": "LEAST(a.found_on + s.at * 12, told.today)",
                "by_id": "101",
            },
            step,
        ),
        (
            Works,
            {
                "id": "a.id",
                "action_id": "a.id",
                "quantity": "1 + a.id % 3",
                "estimate": "CASE WHEN a.id % 4 = 0 THEN 200 + a.id % 900 END",
                "funder": "CASE WHEN a.id % 2 = 0 THEN 'landlord' ELSE '' END",
            },
            f"{ours} AND a.id % 10 < 7",
        ),
        (
            Invoice,
            {
                "works_id": "w.id",
                "supplier": "'Artisan'",
                "number": "'F' || w.id",
                "billed_on": "told.today - (w.id % 700)::int",
                "net": "500",
                "gross": "550",
                "recorded_by_id": "101",
            },
            f"FROM {Works._meta.db_table} w JOIN {action} a ON a.id = w.action_id, told"
            " WHERE a.state IN ('done', 'confirmed') AND w.id % 2 = 0",
        ),
    ]


def _works_kinds() -> str:
    """The ids of the kinds of works, as SQL."""
    from visits.works.prices import kinds_of_works

    return "(" + ", ".join(str(kind.pk) for kind in kinds_of_works()) + ")"
