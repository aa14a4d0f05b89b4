"""Every address of the site × every role: what is not in the table fails."""

import uuid
from collections.abc import Iterator

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from seniors.enums import Role
from tests.make import make_senior, make_territory, make_user

OFFICER, MANAGER, EVALUATOR, ADMINISTRATOR = Role
STAFF = {OFFICER, MANAGER, ADMINISTRATOR}
DECIDERS = {MANAGER, ADMINISTRATOR}
EVERYONE = set(Role)
ONLY_ADMINISTRATOR = {ADMINISTRATOR}
PUBLIC = None  # no log-in
ACCOUNT = "account"  # any account, whatever its role: its own session and password

TABLE = {
    "login": PUBLIC,
    "accessibility": PUBLIC,
    "logout": PUBLIC,
    "password_change": ACCOUNT,
    "home": EVERYONE,
    "seniors:senior-list": STAFF,
    "seniors:senior-show": STAFF,
    "seniors:objection-new": STAFF,
    "seniors:objection-lift": STAFF,
    "seniors:senior-correct": STAFF,
    "seniors:fact-correct": STAFF,
    "seniors:consent-withdraw": STAFF,
    "seniors:erase": ONLY_ADMINISTRATOR,
    "seniors:letter-show": DECIDERS,
    "seniors:retention-show": ONLY_ADMINISTRATOR,
    "seniors:merge-list": DECIDERS,
    "seniors:merge-compare": DECIDERS,
    "seniors:merge-refuse": DECIDERS,
    "seniors:merge-undo": DECIDERS,
    "seniors:account-list": ONLY_ADMINISTRATOR,
    "seniors:account-new": ONLY_ADMINISTRATOR,
    "seniors:account-edit": ONLY_ADMINISTRATOR,
    "seniors:account-password": ONLY_ADMINISTRATOR,
    "seniors:import-apply": ONLY_ADMINISTRATOR,
    "seniors:import-cancel": ONLY_ADMINISTRATOR,
    "seniors:import-close-many": ONLY_ADMINISTRATOR,
    "seniors:import-columns": ONLY_ADMINISTRATOR,
    "seniors:import-list": ONLY_ADMINISTRATOR,
    "seniors:import-new": ONLY_ADMINISTRATOR,
    "seniors:import-refusals": ONLY_ADMINISTRATOR,
    "seniors:import-restart": ONLY_ADMINISTRATOR,
    "seniors:import-show": ONLY_ADMINISTRATOR,
    "seniors:run-list": EVERYONE,
    "seniors:run-show": EVERYONE,
    "seniors:run-check": DECIDERS,
    "seniors:run-start": DECIDERS,
    "surveys:campaign-list": EVERYONE,
    "surveys:campaign-show": EVERYONE,
    "surveys:campaign-new": DECIDERS,
    "surveys:campaign-newcomers": DECIDERS,
    "surveys:campaign-silent": STAFF,
    "surveys:answers-new": ONLY_ADMINISTRATOR,
    "surveys:aside-list": STAFF,
    "surveys:aside-show": STAFF,
    "surveys:silence-people": STAFF,
    "surveys:silence-questions": EVERYONE,
    "surveys:silence-residences": EVERYONE,
    "surveys:silence-returns": EVERYONE,
    "surveys:keying-start": STAFF,
    "surveys:keying-again": STAFF,
    "surveys:keying-sheet": STAFF,
    "surveys:call-list": STAFF,
    "surveys:call-next": STAFF,
    "surveys:call-sheet": STAFF,
    "surveys:call-save": STAFF,
    "surveys:call-outcome": STAFF,
    "surveys:call-undo": STAFF,
    "surveys:call-check": DECIDERS,
    "surveys:printing-start": DECIDERS,
    "surveys:printing-show": DECIDERS,
    "surveys:printing-file": DECIDERS,
    "surveys:wave-cancel": DECIDERS,
    "surveys:wave-file": DECIDERS,
    "surveys:wave-new": DECIDERS,
    "surveys:wave-resume": DECIDERS,
    "surveys:wave-show": DECIDERS,
    "surveys:questionnaire-check": ONLY_ADMINISTRATOR,
    "surveys:questionnaire-codes": DECIDERS,
    "surveys:questionnaire-compare": DECIDERS,
    "surveys:questionnaire-list": DECIDERS,
    "surveys:questionnaire-paper": DECIDERS,
    "surveys:questionnaire-sample": DECIDERS,
    "surveys:questionnaire-xlsform": DECIDERS,
    "visits:action-give": STAFF,
    "visits:action-give-many": STAFF,
    "visits:action-homes": STAFF,
    "visits:action-link": STAFF,
    "visits:action-list": STAFF,
    "visits:action-many": STAFF,
    "visits:action-need-close": STAFF,
    "visits:action-need-open": STAFF,
    "visits:action-new": STAFF,
    "visits:action-paper": STAFF,
    "visits:action-show": STAFF,
    "visits:action-step": STAFF,
    "visits:action-step-back": STAFF,
    "visits:action-withdraw": STAFF,
    "visits:action-workbook": STAFF,
    "visits:device-enrol": STAFF,
    "visits:device-key": STAFF,
    "visits:device-list": STAFF,
    "visits:device-restore": DECIDERS,
    "visits:device-revoke": STAFF,
    "visits:field-away": PUBLIC,
    "visits:field-blocked": PUBLIC,
    "visits:field-contact": STAFF,
    "visits:field-day": STAFF,
    "visits:field-forms": STAFF,
    "visits:field-page": PUBLIC,
    "visits:field-photo": STAFF,
    "visits:field-worker": PUBLIC,
    "visits:kind-close": DECIDERS,
    "visits:kind-edit": DECIDERS,
    "visits:kind-list": DECIDERS,
    "visits:kind-move": DECIDERS,
    "visits:kind-new": DECIDERS,
    "visits:aside-show": STAFF,
    "visits:clash-list": STAFF,
    "visits:clash-settle": STAFF,
    "visits:form-discard": STAFF,
    "visits:form-drafts": STAFF,
    "visits:form-fill": STAFF,
    "visits:form-receipt": STAFF,
    "visits:form-review": STAFF,
    "visits:form-save": STAFF,
    "visits:list-add": STAFF,
    "visits:list-again": STAFF,
    "visits:list-discard": STAFF,
    "visits:list-form": STAFF,
    "visits:list-forms": STAFF,
    "visits:list-index": STAFF,
    "visits:list-neighbour": STAFF,
    "visits:list-new": STAFF,
    "visits:list-publish": STAFF,
    "visits:list-reach": STAFF,
    "visits:list-round": STAFF,
    "visits:list-show": STAFF,
    "visits:list-skip": STAFF,
    "visits:list-unskip": STAFF,
    "visits:cover-end": STAFF,
    "visits:cover-list": STAFF,
    "visits:departure-list": STAFF,
    "visits:mute-lift": STAFF,
    "visits:week-calendar": STAFF,
    "visits:week-cancel": STAFF,
    "visits:week-event": STAFF,
    "visits:week-letter": STAFF,
    "visits:week-letters": STAFF,
    "visits:week-move": STAFF,
    "visits:week-order": STAFF,
    "visits:week-outcome": STAFF,
    "visits:week-outcome-undo": STAFF,
    "visits:week-plan": STAFF,
    "visits:week-propose": STAFF,
    "visits:week-round": STAFF,
    "visits:week-set-order": STAFF,
    "visits:week-show": STAFF,
    "visits:week-take-back": STAFF,
    "visits:week-tell": STAFF,
    "visits:week-urgent": STAFF,
    "visits:week-urgent-see": STAFF,
    "visits:field-urgent": STAFF,
    "visits:week-urgent-see": STAFF,
    "visits:field-urgent": STAFF,
    "visits:list-workbook": STAFF,
    "visits:photo-add": STAFF,
    "visits:photo-show": STAFF,
    "visits:convention-edit": ONLY_ADMINISTRATOR,
    "visits:convention-list": ONLY_ADMINISTRATOR,
    "visits:convention-new": ONLY_ADMINISTRATOR,
    "visits:release-approve": ONLY_ADMINISTRATOR,
    "visits:release-file": {MANAGER, ADMINISTRATOR, EVALUATOR},
    "visits:release-list": {MANAGER, ADMINISTRATOR, EVALUATOR},
    "visits:release-new": {MANAGER, ADMINISTRATOR, EVALUATOR},
    "visits:release-refuse": ONLY_ADMINISTRATOR,
    "visits:release-show": {MANAGER, ADMINISTRATOR, EVALUATOR},
    "visits:partner-attendance": STAFF,
    "visits:partner-close": DECIDERS,
    "visits:partner-edit": DECIDERS,
    "visits:partner-list": STAFF,
    "visits:partner-new": DECIDERS,
    "visits:partner-show": STAFF,
    "visits:sheet-contest": STAFF,
    "visits:sheet-mute": STAFF,
    "visits:sheet-plan": STAFF,
    "visits:signal-close": STAFF,
    "visits:signal-link-cards": STAFF,
    "visits:signal-link-new": STAFF,
    "visits:signal-link-poster": STAFF,
    "visits:signal-link-revoke": STAFF,
    "visits:signal-links": STAFF,
    "visits:signal-list": STAFF,
    "visits:signal-match": STAFF,
    "visits:signal-new": STAFF,
    "visits:signal-reopen": STAFF,
    "visits:signal-show": STAFF,
    "visits:signal-take": STAFF,
    "visits:signal-yields": EVERYONE,
    "visits:measure-add-sites": DECIDERS,
    "visits:measure-decide": DECIDERS,
    "visits:measure-edit": DECIDERS,
    "visits:measure-compute": {MANAGER, ADMINISTRATOR, EVALUATOR},
    "visits:measure-effect": {MANAGER, ADMINISTRATOR, EVALUATOR},
    "visits:measure-list": {MANAGER, ADMINISTRATOR, EVALUATOR},
    "visits:measure-new": DECIDERS,
    "visits:measure-remove-site": DECIDERS,
    "visits:measure-sheet": {MANAGER, ADMINISTRATOR, EVALUATOR},
    "visits:measure-show": {MANAGER, ADMINISTRATOR, EVALUATOR},
    "visits:programme-edit": DECIDERS,
    "visits:programme-import": DECIDERS,
    "visits:programme-launch": DECIDERS,
    "visits:programme-list": DECIDERS,
    "visits:programme-new": DECIDERS,
    "visits:programme-remove": DECIDERS,
    "visits:programme-show": DECIDERS,
    "visits:surroundings-edit": DECIDERS,
    "visits:surroundings-import": DECIDERS,
    "visits:works-budget": DECIDERS,
    "visits:works-budget-edit": DECIDERS,
    "visits:works-delays": DECIDERS,
    "visits:works-invoice": DECIDERS,
    "visits:works-invoice-new": DECIDERS,
    "visits:works-invoice-remove": DECIDERS,
    "visits:steering-future": DECIDERS,
    "visits:steering-future-workbook": DECIDERS,
    "visits:steering-recount": DECIDERS,
    "visits:steering-report": DECIDERS,
    "visits:steering-scenarios": DECIDERS,
    "visits:steering-scenarios-workbook": DECIDERS,
    "visits:steering-show": DECIDERS,
    "visits:steering-workbook": DECIDERS,
    "visits:stock-criterion": DECIDERS,
    "visits:stock-criterion-new": DECIDERS,
    "visits:stock-criterion-remove": DECIDERS,
    "visits:stock-decline": STAFF,
    "visits:stock-dwelling": DECIDERS,
    "visits:stock-evidence": DECIDERS,
    "visits:stock-import": DECIDERS,
    "visits:stock-label": DECIDERS,
    "visits:stock-level": DECIDERS,
    "visits:stock-level-new": DECIDERS,
    "visits:stock-level-raise": DECIDERS,
    "visits:stock-level-remove": DECIDERS,
    "visits:stock-list": DECIDERS,
    "visits:stock-note": DECIDERS,
    "visits:stock-person": STAFF,
    "visits:stock-propose": STAFF,
    "visits:stock-refresh": DECIDERS,
    "visits:stock-residence": DECIDERS,
    "visits:stock-vacant": DECIDERS,
    "visits:stock-workbook": DECIDERS,
    "visits:works-list": DECIDERS,
    "visits:works-lot-cancel": DECIDERS,
    "visits:works-lot-list": DECIDERS,
    "visits:works-lot-new": DECIDERS,
    "visits:works-lot-order": DECIDERS,
    "visits:works-lot-show": DECIDERS,
    "visits:works-lot-workbook": DECIDERS,
    "visits:works-price": DECIDERS,
    "visits:works-prices": DECIDERS,
    "visits:works-residence": DECIDERS,
    "visits:works-show": DECIDERS,
    "visits:works-tax": DECIDERS,
    "visits:works-tax-mark": DECIDERS,
    "visits:works-tax-workbook": DECIDERS,
    "visits:works-view-drop": DECIDERS,
    "visits:works-view-save": DECIDERS,
    "visits:works-workbook": DECIDERS,
    "referral-answer": PUBLIC,
    "referral-paper": PUBLIC,
    "referral-show": PUBLIC,
    "surveys:web-agreements": PUBLIC,
    "surveys:web-all": PUBLIC,
    "surveys:web-check": PUBLIC,
    "surveys:web-clash": PUBLIC,
    "surveys:web-forget": PUBLIC,
    "surveys:web-home": PUBLIC,
    "surveys:web-later": PUBLIC,
    "surveys:web-open": PUBLIC,
    "surveys:web-question": PUBLIC,
    "surveys:web-receipt": PUBLIC,
    "surveys:web-start": PUBLIC,
    "watch-report": PUBLIC,
    "watch-send": PUBLIC,
    "watch-thanks": PUBLIC,
}


def addresses(patterns: list, space: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Name and pattern of every view of ours; Django's back office has its own rights."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            if pattern.app_name != "admin":
                inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
                yield from addresses(pattern.url_patterns, inner)
        else:
            yield f"{space}{pattern.name}", pattern


ADDRESSES = dict(addresses(get_resolver().url_patterns))


def test_every_view_is_in_the_table_and_every_line_is_a_view():
    assert sorted(ADDRESSES) == sorted(TABLE)


@pytest.mark.parametrize("name", sorted(TABLE))
def test_a_view_lets_in_the_roles_of_the_table(name):
    """The guard that the view carries is the one of the table, not one role more."""
    allowed = getattr(ADDRESSES[name].callback, "allowed_roles", None)
    expected = TABLE[name] if isinstance(TABLE[name], set) else None
    assert (set(allowed) if allowed else None) == expected


def _address(name: str) -> str:
    """The address with invented identifiers: a guard refuses before it looks for the record."""
    made = {"uuid": uuid.uuid4(), "int": 999_999, "str": "x", "slug": "x"}
    converters = ADDRESSES[name].pattern.converters
    kinds = {
        key: type(one).__name__.removesuffix("Converter").lower() for key, one in converters.items()
    }
    return reverse(name, kwargs={key: made[kind] for key, kind in kinds.items()})


@pytest.mark.django_db
@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("name", sorted(name for name, allowed in TABLE.items() if allowed))
def test_a_role_outside_the_table_is_refused(client, name, role):
    """GET and POST: 403 for the others, anything but 403 for those let in."""
    client.force_login(make_user(role))
    allowed = TABLE[name] == ACCOUNT or role in TABLE[name]
    for method in (client.get, client.post):
        status = method(_address(name)).status_code
        assert (status == 403) == (not allowed) or status == 405


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(name for name, allowed in TABLE.items() if allowed))
def test_a_visitor_is_sent_to_the_log_in(client, name):
    """Save where a script calls: it is told to log in, and never gets a page."""
    answer = client.get(_address(name))
    if getattr(ADDRESSES[name].callback, "answers_json", False):
        assert (answer.status_code, answer.json()["login"]) == (401, reverse("login"))
        return
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("login"))


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name",
    ["login", "accessibility", "visits:field-page", "visits:field-away", "visits:field-worker"],
)
def test_the_public_pages_open_to_anyone(client, name):
    assert client.get(_address(name)).status_code == 200


@pytest.mark.django_db
def test_a_senior_is_seen_in_her_territory_only(client):
    """The officer, a colleague of the same territory, a stranger, an evaluator."""
    senior = make_senior()
    here, elsewhere = senior.dwelling.residence.territory, make_territory()
    address = reverse("seniors:senior-show", args=[senior.uid])
    answers = []
    for role, place in (
        (OFFICER, here),
        (MANAGER, here),
        (OFFICER, elsewhere),
        (MANAGER, elsewhere),
        (EVALUATOR, here),
        (ADMINISTRATOR, elsewhere),
    ):
        client.force_login(make_user(role, place))
        answers.append(client.get(address).status_code)
    assert answers == [200, 200, 404, 404, 403, 200]
