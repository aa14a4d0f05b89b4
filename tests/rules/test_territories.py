"""Every address that names a record × who asks for it: a territory is seen from within only.

A new view fails here until it stands in TABLE, in NO_RECORD or in BY_SECRET.
"""

import hashlib
import json
from urllib.parse import urlencode

import pytest
from django.apps import apps
from django.db import transaction
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from tests.rules.territory_records import RECORDS, Ask, Cast
from tests.rules.test_roles import ADDRESSES

ASKERS = (
    "owner", "colleague", "manager", "far_officer", "far_manager", "evaluator", "administrator",
)  # fmt: skip

Digest = dict[str, tuple[int, str]]

# "in" is neither 403 nor 404; "idle" is answered, and changes nothing.
# fmt: off
#             own  coll mgr  far  farm eval admin
TERRITORY =  "in   in   in   404  404  403  in"
OWN =        "in   404  in   404  404  403  in"   # an officer's own work, and her manager's
ALONE =      "in   403  403  403  403  403  403"  # a phone's keys: its owner's only
SEALED =     "in   idle idle idle idle 403  idle" # forms of another's phone are not opened
DECISION =   "403  403  in   403  404  403  in"   # a manager's, in her territories
ACROSS =     "403  403  404  403  404  403  in"   # the same, on what no manager holds whole
PART =       "403  403  403  403  403  403  in"   # what no manager changes alone
NO_STAFF =   "404  404  404  404  404  403  in"   # what nobody of one territory may see
AFAR =       "404  404  404  in   in   403  in"   # of the other territory, in what both share
AFAR_DECISION = "403 403 404 403 in 403 in"
SILENT =     "in   in   in   idle idle 403  in"   # what is ticked and not hers is passed over
SILENT_OWN = "in   idle in   idle idle 403  in"
# What has no territory:
ADMIN =      "403  403  403  403  403  403  in"   # accounts, imports
CATALOGUE =  "403  403  in   403  in   403  in"   # one of actions, of questions; whole stock
STOCK =      "in   in   in   in   in   in   in"   # figures of the whole stock
HERS =       "in   in   in   in   in   403  in"   # tells of one's own phones, whatever is asked
KEPT =       "403  403  in   403  404  403  404"  # a manager's own filters
ASKED =      "403  403  404  403  404  in   in"   # an export: who asked for it, administrators
# Figures of a territory: an evaluator reads campaigns, and the scores of the whole stock.
MEASURE =    "403  403  in   403  404  in   in"
CAMPAIGN =   "in   in   in   404  404  in   in"
RUN =        "in   in   in   404  404  404  in"
# fmt: on

# View, the record that its address, its query or what is posted names, what each asker gets.
TABLE = [
    ("seniors:senior-show", "senior", TERRITORY),
    ("seniors:senior-correct", "senior", TERRITORY),
    ("seniors:fact-correct", "fact", TERRITORY),
    ("seniors:objection-new", "senior", TERRITORY),
    ("seniors:objection-lift", "objection", TERRITORY),
    ("seniors:consent-withdraw", "consent", TERRITORY),
    ("seniors:letter-show", "senior", DECISION),
    ("seniors:erase", "senior", ADMIN),
    ("seniors:merge-compare", "pair", DECISION),
    ("seniors:merge-compare", "pair across", ACROSS),
    ("seniors:merge-refuse", "pair", DECISION),
    ("seniors:merge-refuse", "pair across", ACROSS),
    ("seniors:merge-undo", "merge", DECISION),
    ("seniors:account-edit", "account", ADMIN),
    ("seniors:account-password", "account", ADMIN),
    ("seniors:import-show", "import", ADMIN),
    ("seniors:import-columns", "import", ADMIN),
    ("seniors:import-apply", "import", ADMIN),
    ("seniors:import-cancel", "import", ADMIN),
    ("seniors:import-close-many", "import", ADMIN),
    ("seniors:import-refusals", "import", ADMIN),
    ("seniors:import-restart", "import under way", ADMIN),
    ("seniors:run-show", "run", STOCK),
    ("seniors:run-show", "run of a territory", RUN),
    ("seniors:run-check", "run", CATALOGUE),
    ("seniors:run-check", "run of a territory", DECISION),
    ("surveys:campaign-show", "campaign", CAMPAIGN),
    ("surveys:campaign-silent", "campaign", TERRITORY),
    ("surveys:answers-new", "campaign", ADMIN),
    ("surveys:aside-list", "campaign", TERRITORY),
    ("surveys:aside-show", "second answer", TERRITORY),
    ("surveys:silence-people", "campaign", TERRITORY),
    ("surveys:silence-questions", "campaign", CAMPAIGN),
    ("surveys:silence-residences", "campaign", CAMPAIGN),
    ("surveys:silence-returns", "campaign", CAMPAIGN),
    ("surveys:keying-start", "campaign", TERRITORY),
    ("surveys:keying-again", "campaign", TERRITORY),
    ("surveys:keying-sheet", "paper", TERRITORY),
    ("surveys:keying-sheet", "paper from afar", AFAR),
    ("surveys:call-list", "campaign", TERRITORY),
    ("surveys:call-next", "campaign", TERRITORY),
    ("surveys:call-sheet", "person to call", TERRITORY),
    ("surveys:call-sheet", "person to call afar", AFAR),
    ("surveys:call-save", "person to call", TERRITORY),
    ("surveys:call-save", "person to call afar", AFAR),
    ("surveys:call-outcome", "person to call", TERRITORY),
    ("surveys:call-undo", "call", TERRITORY),
    ("surveys:call-undo", "call afar", AFAR),
    ("surveys:call-check", "call", DECISION),
    ("surveys:call-check", "call afar", AFAR_DECISION),
    ("surveys:printing-start", "printing to start", DECISION),
    ("surveys:printing-show", "printing", DECISION),
    ("surveys:printing-show", "printing of another", ACROSS),
    ("surveys:printing-file", "printing", DECISION),
    ("surveys:printing-file", "printing of another", ACROSS),
    ("surveys:campaign-newcomers", "campaign", DECISION),
    ("surveys:wave-new", "campaign", DECISION),
    ("surveys:wave-show", "wave", DECISION),
    ("surveys:wave-show", "wave of both", ACROSS),
    ("surveys:wave-cancel", "wave", DECISION),
    ("surveys:wave-cancel", "wave of both", ACROSS),
    ("surveys:wave-resume", "wave", DECISION),
    ("surveys:wave-resume", "wave of both", ACROSS),
    ("surveys:wave-file", "wave", DECISION),
    ("surveys:wave-file", "wave of both", ACROSS),
    ("surveys:questionnaire-sample", "questionnaire", CATALOGUE),
    ("surveys:questionnaire-codes", "questionnaire", CATALOGUE),
    ("surveys:questionnaire-paper", "questionnaire", CATALOGUE),
    ("surveys:questionnaire-xlsform", "questionnaire", CATALOGUE),
    ("visits:list-show", "list", OWN),
    ("visits:list-show", "list covered", TERRITORY),
    ("visits:list-again", "list", OWN),
    ("visits:list-publish", "list", OWN),
    ("visits:list-discard", "list", OWN),
    ("visits:list-add", "list", OWN),
    ("visits:list-add", "addition from afar", NO_STAFF),
    ("visits:list-neighbour", "neighbour", OWN),
    ("visits:list-skip", "entry", OWN),
    ("visits:list-unskip", "entry", OWN),
    ("visits:list-workbook", "list", OWN),
    ("visits:list-round", "list", OWN),
    ("visits:list-forms", "list", OWN),
    ("visits:list-form", "entry", OWN),
    ("visits:list-form", "entry of another list", NO_STAFF.replace("in", "404")),
    ("visits:week-show", "week", OWN),
    ("visits:week-show", "week covered", TERRITORY),
    ("visits:week-plan", "entry planned", OWN),
    ("visits:week-plan", "senior planned", TERRITORY),
    ("visits:week-propose", "list posted", OWN),
    ("visits:week-take-back", "appointments posted", SILENT_OWN),
    ("visits:week-tell", "appointments posted", SILENT_OWN),
    ("visits:week-order", "week", OWN),
    ("visits:week-set-order", "week", OWN),
    ("visits:week-move", "appointment", OWN),
    ("visits:week-cancel", "appointment", OWN),
    ("visits:week-outcome", "appointment of today", OWN),
    ("visits:week-outcome", "entry visited", OWN),
    ("visits:week-outcome-undo", "visit posted", TERRITORY),
    ("visits:week-urgent", "week", OWN),
    ("visits:week-urgent-see", "urgent seen", SILENT),
    ("visits:week-letters", "week", OWN),
    ("visits:week-letter", "appointment", OWN),
    ("visits:week-calendar", "week", OWN),
    ("visits:week-event", "appointment", OWN),
    ("visits:week-round", "week", OWN),
    ("visits:cover-end", "cover", OWN),
    ("visits:mute-lift", "mute", TERRITORY),
    ("visits:sheet-plan", "senior", TERRITORY),
    ("visits:sheet-mute", "senior", TERRITORY),
    ("visits:sheet-contest", "senior", TERRITORY),
    ("visits:form-fill", "draft", TERRITORY),
    ("visits:form-save", "draft", TERRITORY),
    ("visits:form-review", "draft", TERRITORY),
    ("visits:form-discard", "draft", TERRITORY),
    ("visits:form-receipt", "form", TERRITORY),
    ("visits:photo-add", "room", TERRITORY),
    ("visits:photo-show", "photo", TERRITORY),
    ("visits:clash-settle", "clash", TERRITORY),
    ("visits:aside-show", "aside", TERRITORY),
    ("visits:field-contact", "device asked", HERS),
    ("visits:field-day", "device asked", ALONE),
    ("visits:field-forms", "forms sent", SEALED),
    ("visits:field-photo", "photo sent", ALONE),
    ("visits:device-key", "device", ALONE),
    ("visits:device-revoke", "device", OWN),
    ("visits:device-restore", "device", DECISION),
    ("visits:signal-show", "signal", TERRITORY),
    ("visits:signal-new", "senior asked", TERRITORY),
    ("visits:signal-new", "residence asked", TERRITORY),
    ("visits:signal-take", "signal", TERRITORY),
    ("visits:signal-match", "signal", TERRITORY),
    ("visits:signal-match", "match from afar", NO_STAFF),
    ("visits:signal-close", "signal", TERRITORY),
    ("visits:signal-reopen", "signal", TERRITORY),
    ("visits:signal-link-new", "residence", TERRITORY),
    ("visits:signal-link-revoke", "watch link", TERRITORY),
    ("visits:signal-link-poster", "watch link", TERRITORY),
    ("visits:signal-link-cards", "watch link", TERRITORY),
    ("visits:action-new", "senior asked", TERRITORY),
    ("visits:action-many", "actions posted", SILENT),
    ("visits:action-give-many", "actions posted", SILENT),
    ("visits:action-need-close", "need", TERRITORY),
    ("visits:action-need-open", "need", TERRITORY),
    ("visits:action-give", "action", TERRITORY),
    ("visits:action-step-back", "action", TERRITORY),
    ("visits:action-show", "action", TERRITORY),
    ("visits:action-step", "action", TERRITORY),
    ("visits:action-paper", "action", TERRITORY),
    ("visits:action-link", "action", TERRITORY),
    ("visits:action-withdraw", "agreement", TERRITORY),
    ("visits:partner-show", "partner", TERRITORY),
    ("visits:partner-show", "partner of both", TERRITORY.replace("404", "in")),
    ("visits:partner-show", "partner of nowhere", NO_STAFF),
    ("visits:partner-attendance", "partner", TERRITORY),
    ("visits:partner-attendance", "partner of nowhere", NO_STAFF),
    ("visits:partner-edit", "partner", DECISION),
    ("visits:partner-edit", "partner of nowhere", ACROSS),
    ("visits:partner-close", "partner", DECISION),
    ("visits:partner-close", "partner of nowhere", ACROSS),
    ("visits:convention-edit", "convention", ADMIN),
    ("visits:release-approve", "release", ADMIN),
    ("visits:release-refuse", "release", ADMIN),
    ("visits:release-show", "release", ASKED),
    ("visits:release-file", "release", ASKED),
    ("visits:kind-edit", "kind", CATALOGUE),
    ("visits:kind-move", "kind", CATALOGUE),
    ("visits:kind-close", "kind", CATALOGUE),
    ("visits:measure-show", "measure", MEASURE),
    ("visits:measure-sheet", "measure", MEASURE),
    ("visits:measure-effect", "effect of a measure", MEASURE),
    ("visits:measure-compute", "effect of a measure", MEASURE),
    ("visits:measure-edit", "measure", DECISION),
    ("visits:measure-edit", "measure of both", PART),
    ("visits:measure-add-sites", "places of a measure", DECISION),
    ("visits:measure-remove-site", "place of a measure", DECISION),
    ("visits:measure-decide", "decision on a measure", DECISION),
    ("visits:programme-show", "programme", DECISION),
    ("visits:programme-edit", "programme", DECISION),
    ("visits:programme-remove", "programme", DECISION),
    ("visits:programme-launch", "works of a programme", DECISION),
    ("visits:surroundings-edit", "residence", DECISION),
    ("visits:works-price", "kind of works", CATALOGUE),
    ("visits:works-view-drop", "saved view", KEPT),
    ("visits:stock-residence", "residence", DECISION),
    ("visits:stock-note", "criterion noted", DECISION),
    ("visits:stock-evidence", "evidence ticked", DECISION),
    ("visits:stock-dwelling", "dwelling", DECISION),
    ("visits:stock-person", "senior", TERRITORY),
    ("visits:stock-propose", "vacant dwelling", TERRITORY),
    ("visits:stock-decline", "home proposed", TERRITORY),
    ("visits:stock-level", "level", CATALOGUE),
    ("visits:stock-level-raise", "level", CATALOGUE),
    ("visits:stock-level-remove", "level", CATALOGUE),
    ("visits:stock-criterion", "criterion", CATALOGUE),
    ("visits:stock-criterion-remove", "criterion", CATALOGUE),
    ("visits:works-residence", "residence", DECISION),
    ("visits:works-show", "works", DECISION),
    ("visits:works-invoice-new", "works to pay", DECISION),
    ("visits:works-invoice", "invoice", DECISION),
    ("visits:works-invoice-remove", "invoice", DECISION),
    ("visits:works-tax-mark", "tax line", DECISION),
    ("visits:works-tax-workbook", "tax year", CATALOGUE),
    ("visits:works-budget-edit", "budget", CATALOGUE),
    ("visits:works-lot-show", "lot", DECISION),
    ("visits:works-lot-cancel", "lot to cancel", DECISION),
    ("visits:works-lot-order", "lot", DECISION),
    ("visits:works-lot-workbook", "lot", DECISION),
]

# Lists, and forms whose choices are those of one's territories: nothing is named in the address.
NO_RECORD = {
    "login", "logout", "accessibility", "password_change", "home",
    "seniors:senior-list", "seniors:merge-list", "seniors:account-list", "seniors:account-new",
    "seniors:import-list", "seniors:import-new", "seniors:run-list", "seniors:run-start",
    "seniors:retention-show",
    "surveys:campaign-list", "surveys:campaign-new", "surveys:web-home",
    "surveys:questionnaire-check", "surveys:questionnaire-compare", "surveys:questionnaire-list",
    "visits:list-index", "visits:list-new", "visits:list-reach",
    "visits:cover-list", "visits:departure-list", "visits:form-drafts", "visits:clash-list",
    "visits:field-page", "visits:field-away", "visits:field-worker", "visits:field-blocked",
    "visits:device-enrol", "visits:device-list", "visits:field-urgent",
    "visits:signal-list", "visits:signal-links", "visits:signal-yields",
    "visits:action-list", "visits:action-workbook", "visits:action-homes",
    "visits:measure-list", "visits:measure-new",
    "visits:programme-list", "visits:programme-new",
    "visits:programme-import", "visits:surroundings-import",
    "visits:stock-list", "visits:stock-workbook", "visits:stock-vacant", "visits:stock-refresh",
    "visits:stock-label", "visits:stock-import", "visits:stock-level-new",
    "visits:stock-criterion-new",
    "visits:works-list", "visits:works-workbook", "visits:works-prices", "visits:works-view-save",
    "visits:works-lot-list", "visits:works-lot-new", "visits:works-delays",
    "visits:works-tax", "visits:works-budget",
    "visits:convention-list", "visits:convention-new", "visits:release-list", "visits:release-new",
    "visits:partner-list", "visits:partner-new", "visits:kind-list", "visits:kind-new",
    "visits:steering-show", "visits:steering-workbook", "visits:steering-report",
    "visits:steering-recount", "visits:steering-future", "visits:steering-future-workbook",
    "visits:steering-scenarios", "visits:steering-scenarios-workbook",
}  # fmt: skip
# Open to whoever holds the secret in the address, with no account.
BY_SECRET = {
    "watch-report", "watch-send", "watch-thanks",
    "referral-show", "referral-answer", "referral-paper",
    "surveys:web-agreements", "surveys:web-all", "surveys:web-check", "surveys:web-clash",
    "surveys:web-forget", "surveys:web-later", "surveys:web-open", "surveys:web-question",
    "surveys:web-receipt", "surveys:web-start",
}  # fmt: skip


def test_every_address_is_in_one_of_the_three():
    named = {view for view, _, _ in TABLE}
    assert sorted([*named, *NO_RECORD, *BY_SECRET]) == sorted(ADDRESSES)
    holding = {view for view, pattern in ADDRESSES.items() if pattern.pattern.converters}
    assert holding <= named | BY_SECRET
    assert set(RECORDS) == {record for _, record, _ in TABLE}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("view", "record", "row"), TABLE, ids=[f"{view} {record}" for view, record, _ in TABLE]
)
def test_a_record_is_shown_and_changed_within_its_territory_only(client, view, record, row):
    cast, expected = Cast(), dict(zip(ASKERS, row.split(), strict=True))
    ask = RECORDS[record](cast)
    outside = {asker: what for asker, what in expected.items() if what != "in"}
    before = digest()
    got = {asker: refusals(client, cast, asker, view, ask) for asker in outside}
    assert got == {asker: {"in" if what == "idle" else what} for asker, what in outside.items()}
    assert digest() == before
    inside = expected.keys() - outside.keys()
    wanted, known = ("changed", before) if "idle" in row else ("in", None)
    got = {asker: entrance(client, cast, asker, view, ask, known) for asker in inside}
    assert {asker: wanted in what for asker, what in got.items()} == dict.fromkeys(inside, True), (
        got
    )


def refusals(client: Client, cast: Cast, asker: str, view: str, ask: Ask) -> set[str]:
    """What she gets by the methods that the view knows, or by the one meant."""
    client.force_login(getattr(cast, asker))
    methods = ("get", "post") if ask.posted is None else ("post",)
    got = {answer(client, method, view, ask) for method in methods}
    return got - {"405"}


def entrance(
    client: Client, cast: Cast, asker: str, view: str, ask: Ask, before: Digest | None
) -> set[str]:
    """What she gets by the method meant, and whether rows differ from `before`, if it is given.

    What it did is undone, for the next who asks.
    """
    client.force_login(getattr(cast, asker))
    with transaction.atomic():
        got = "405" if ask.posted is not None else answer(client, "get", view, ask)
        if got == "405":
            got = answer(client, "post", view, ask)
        changed = {"changed"} if before and digest() != before else set()
        transaction.set_rollback(True)
    return {got} | changed


def answer(client: Client, method: str, view: str, ask: Ask) -> str:
    """403, 404, 405, or « in » for anything else; an error of the server is raised."""
    address = f"{reverse(view, args=ask.args)}?{urlencode(ask.query)}"
    if method == "get":
        response = client.get(address)
    elif ask.json:
        response = client.post(address, json.dumps(ask.posted), content_type="application/json")
    else:
        response = client.post(address, ask.posted or {})
    if response.streaming:  # read to its end, it closes its file
        list(response.streaming_content)
    code = str(response.status_code)
    return code if code in ("403", "404", "405") else "in"


def digest() -> Digest:
    """Each table of ours: how many rows, and a digest of them; a log-in writes its own date."""
    ours = [one for name in ("seniors", "surveys", "visits") for one in tables_of(name)]
    return {model._meta.label: of_rows(model) for model in ours}


def tables_of(app: str) -> list[type[Model]]:
    """Its models, those that only link two others included."""
    return list(apps.get_app_config(app).get_models(include_auto_created=True))


def of_rows(model: type[Model]) -> tuple[int, str]:
    """How many rows, and what they hold."""
    names = [one.attname for one in model._meta.concrete_fields if one.name != "last_login"]
    rows = [repr(row) for row in model.objects.order_by("pk").values_list(*names)]
    return len(rows), hashlib.sha256("\n".join(rows).encode()).hexdigest()
