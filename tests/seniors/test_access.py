"""Log-in, lock after failures, error pages, menu and accounts."""

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.views.defaults import server_error

from seniors.accounts import AccountRefusal, change_account
from seniors.enums import Role
from seniors.models import AccessLog, User
from tests.make import make_territory, make_user

pytestmark = pytest.mark.django_db
LOGIN = reverse("login")


def log_in(client, username: str, password: str, **headers: str):
    return client.post(LOGIN, {"username": username, "password": password}, headers=headers)


def test_a_wrong_password_is_refused_in_french(client):
    make_user(username="nolwenn")
    answer = log_in(client, "nolwenn", "non")
    assert answer.status_code == 200
    assert "mot de passe" in answer.content.decode()


def test_after_eight_failures_even_the_right_password_waits(client):
    make_user(username="nolwenn")
    make_user(username="yann")
    statuses = [log_in(client, "nolwenn", "non").status_code for _ in range(8)]
    assert statuses == [200] * 7 + [429]
    locked = log_in(client, "nolwenn", "mot-de-passe")
    assert locked.status_code == 429
    assert "quinze minutes" in locked.content.decode()
    assert log_in(client, "yann", "mot-de-passe").status_code == 302


def test_failures_from_one_place_do_not_lock_another():
    make_user(username="nolwenn")
    here, elsewhere = Client(REMOTE_ADDR="192.0.2.1"), Client(REMOTE_ADDR="192.0.2.2")
    for _ in range(8):
        log_in(here, "nolwenn", "non")
    assert log_in(here, "nolwenn", "mot-de-passe").status_code == 429
    assert log_in(elsewhere, "nolwenn", "mot-de-passe").status_code == 302


def test_a_forged_address_does_not_escape_the_lock(client):
    """X-Forwarded-For is read only when the number of proxies is set (docs/deployment.md)."""
    make_user(username="nolwenn")
    for number in range(8):
        log_in(client, "nolwenn", "non", **{"X-Forwarded-For": f"203.0.113.{number}"})
    answer = log_in(client, "nolwenn", "mot-de-passe", **{"X-Forwarded-For": "203.0.113.99"})
    assert answer.status_code == 429


def test_behind_a_proxy_the_lock_holds_for_one_visitor_only(client, settings):
    """The proxy hears 192.0.2.1; what the visitor wrote before it is not believed."""
    settings.PROXIES = 1
    make_user(username="nolwenn")
    for number in range(8):
        log_in(client, "nolwenn", "non", **{"X-Forwarded-For": f"203.0.113.{number}, 192.0.2.1"})
    forged = log_in(client, "nolwenn", "mot-de-passe", **{"X-Forwarded-For": "1.1.1.1, 192.0.2.1"})
    other = log_in(client, "nolwenn", "mot-de-passe", **{"X-Forwarded-For": "192.0.2.2"})
    assert (forged.status_code, other.status_code) == (429, 302)


def test_logging_out_takes_a_post(client):
    client.force_login(make_user())
    assert client.get(reverse("logout")).status_code == 405
    assert client.post(reverse("logout"))["Location"] == LOGIN


def test_under_htmx_an_ended_session_leads_the_whole_page_to_the_log_in(client):
    answer = client.get(reverse("seniors:senior-list"), headers={"HX-Request": "true"})
    assert answer["HX-Redirect"].startswith(LOGIN)


DAY = ["Ma semaine", "Ma tournée", "Signalements", "Listes", "Actions"]
OF_SEVERAL = ["Semaines", *DAY[1:]]


@pytest.mark.parametrize(
    ("role", "labels"),
    [
        (Role.OFFICER, [*DAY, "Seniors", "Partenaires", "Enquêtes", "Calculs", "Appareils"]),
        (
            Role.MANAGER,
            [
                *(*OF_SEVERAL, "Pilotage", "Seniors", "Partenaires", "Enquêtes"),
                *("Dispositifs", "Exports", "Calculs", "Appareils"),
            ],
        ),
        (Role.EVALUATOR, ["Enquêtes", "Dispositifs", "Exports", "Calculs"]),
        (
            Role.ADMINISTRATOR,
            [
                *(*OF_SEVERAL, "Pilotage", "Seniors", "Partenaires", "Enquêtes"),
                *("Dispositifs", "Exports", "Imports", "Calculs", "Comptes", "Conservation"),
                "Appareils",
            ],
        ),
    ],
)
def test_the_menu_shows_the_pages_of_the_role(client, role, labels):
    client.force_login(make_user(role))
    answer = client.get(reverse("seniors:run-list"))
    entries = [*answer.context["menu"], *answer.context["menu_more"]]
    assert [entry.label for entry in entries] == labels
    marked = [entry.label for entry in entries if entry.current]
    assert marked == ["Calculs"]
    assert f'href="{reverse("seniors:run-list")}" aria-current="page"' in answer.content.decode()


def test_error_pages_say_what_to_do(client, settings):
    settings.DEBUG = False
    client.force_login(make_user(Role.EVALUATOR))
    missing = client.get("/nulle-part/")
    assert (missing.status_code, "Vérifiez l’adresse" in missing.content.decode()) == (404, True)
    closed = client.get(reverse("seniors:senior-list"))
    assert (closed.status_code, "Accès réservé" in closed.content.decode()) == (403, True)
    strict = Client(enforce_csrf_checks=True)
    stale = strict.post(LOGIN, {})
    assert (stale.status_code, "ouverte trop longtemps" in stale.content.decode()) == (403, True)


def test_only_a_page_with_a_form_changes_the_token_of_a_browser():
    """An address not found or a post refused must not spoil the log-in page open beside it."""
    strict = Client(enforce_csrf_checks=True)
    strict.get("/favicon.ico")
    strict.post(LOGIN, {})
    strict.post("/visites/terrain/visites/", {}, content_type="application/json")
    assert not strict.cookies
    strict.get(LOGIN)
    assert "csrftoken" in strict.cookies


@pytest.fixture
def administrator(client):
    """An administrator, logged in."""
    user = make_user(Role.ADMINISTRATOR, username="admin")
    client.force_login(user)
    return user


def test_an_account_is_opened_with_a_password_shown_once(client, administrator):
    place = make_territory()
    posted = {
        "first_name": "Nolwenn",
        "last_name": "Le Bihan",
        "username": "nolwenn",
        "role": "officer",
        "territories": [place.pk],
    }
    answer = client.post(reverse("seniors:account-new"), posted)
    password = answer.context["password"]
    assert password in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    user = User.objects.get(username="nolwenn")
    assert (user.role, list(user.territories.all())) == ("officer", [place])
    assert log_in(Client(), "nolwenn", password).status_code == 302
    assert AccessLog.objects.get().gesture == "account-open"
    assert mail.outbox == []


def test_an_officer_without_a_territory_is_not_opened(client, administrator):
    posted = {"first_name": "A", "last_name": "B", "username": "ab", "role": "officer"}
    answer = client.post(reverse("seniors:account-new"), posted)
    assert answer.status_code == 422
    assert "Choisissez au moins un territoire." in answer.content.decode()


def test_a_closed_account_no_longer_logs_in_and_is_kept(client, administrator):
    place = make_territory()
    user = make_user(Role.OFFICER, place, username="yann", first_name="Yann", last_name="Tanguy")
    posted = {
        "first_name": "Yann",
        "last_name": "Tanguy",
        "username": "yann",
        "role": "manager",
        "territories": [place.pk],
    }
    client.post(reverse("seniors:account-edit", args=[user.pk]), posted)
    user.refresh_from_db()
    assert (user.role, user.is_active) == ("manager", False)
    assert log_in(Client(), "yann", "mot-de-passe").status_code == 200


def test_an_administrator_does_not_shut_herself_out(administrator):
    fields = {"role": administrator.role, "is_active": False}
    with pytest.raises(AccountRefusal):
        change_account(administrator, fields=fields, territories=[], by=administrator)
    administrator.refresh_from_db()
    assert administrator.is_active


def test_a_new_password_is_given_after_a_confirmation_and_ends_open_sessions(client, administrator):
    user = make_user(username="yann")
    theirs = Client()
    log_in(theirs, "yann", "mot-de-passe")
    address = reverse("seniors:account-password", args=[user.pk])
    client.get(address)
    assert theirs.get(reverse("home")).status_code == 200
    password = client.post(address).context["password"]
    assert theirs.get(reverse("home")).status_code == 302
    assert log_in(Client(), "yann", password).status_code == 302


@pytest.mark.parametrize("accounts", [1, 30])
def test_the_list_of_accounts_takes_the_same_queries(
    client, administrator, accounts, django_assert_num_queries
):
    for _ in range(accounts):
        make_user(Role.OFFICER, make_territory())
    with django_assert_num_queries(4):
        client.get(reverse("seniors:account-list"))


def test_the_first_account_is_an_administrator(client):
    User.objects.create_superuser("premiere", password="mot-de-passe")
    log_in(client, "premiere", "mot-de-passe")
    assert client.get(reverse("seniors:account-list")).status_code == 200


def test_the_page_of_a_breakdown_needs_nothing_of_the_request(rf):
    answer = server_error(rf.get("/"))
    assert answer.status_code == 500
    assert "Rien n’a été enregistré" in answer.content.decode()
