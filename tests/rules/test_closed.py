"""The site is closed by default: the back office, sessions, what a browser or a log keeps."""

import logging
import stat

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.urls import reverse

from seniors import logs
from seniors.enums import Role
from tests.make import make_senior, make_user
from tests.rules.test_deployment import CLOSED, manage

BACK_OFFICE = "/administration/"
HERS = "Jeanne Le Goff 17/05/1940"


@pytest.mark.django_db
@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("rights", [{}, {"is_staff": True}])
def test_the_back_office_is_closed_to_every_role(client, role, rights):
    client.force_login(make_user(role, **rights))
    for address in (BACK_OFFICE, f"{BACK_OFFICE}seniors/territory/"):
        assert client.get(address).status_code == 302


@pytest.mark.django_db
def test_the_back_office_closes_with_the_role_of_administrator(client):
    """An administrator made an officer keeps no door, whatever rights the account still has."""
    rights = {"is_staff": True, "is_superuser": True}
    client.force_login(make_user(Role.OFFICER, **rights))
    assert client.get(BACK_OFFICE).status_code == 302
    client.force_login(make_user(Role.ADMINISTRATOR, **rights))
    assert client.get(BACK_OFFICE).status_code == 200


@pytest.mark.django_db
def test_the_back_office_shows_territories_and_nothing_else(client):
    """Neither tasks, which run any code, nor log-ins, nor rights that our roles do not use."""
    rights = {"is_staff": True, "is_superuser": True}
    client.force_login(make_user(Role.ADMINISTRATOR, **rights))
    assert client.get(f"{BACK_OFFICE}seniors/territory/").status_code == 200
    for hidden in ("django_q/schedule/", "axes/accessattempt/", "auth/group/"):
        assert client.get(f"{BACK_OFFICE}{hidden}").status_code == 404


@pytest.mark.django_db
def test_a_closed_account_is_out_at_its_next_page(client):
    user = make_user(Role.ADMINISTRATOR)
    client.force_login(user)
    user.is_active = False
    user.save()
    assert client.get(reverse("seniors:senior-list")).status_code == 302


@pytest.mark.django_db
def test_a_session_lasts_a_day_of_work_at_most(client):
    client.force_login(make_user())
    assert client.session.get_expiry_age() <= 12 * 3600
    assert client.session.get_expire_at_browser_close()


@pytest.mark.django_db
def test_no_cache_keeps_a_page_about_people(client):
    """After log-out, « back » shows nobody."""
    client.force_login(make_user(Role.ADMINISTRATOR))
    for address in ("/", reverse("seniors:senior-list"), make_address()):
        assert client.get(address)["Cache-Control"] == "private, no-store"


def make_address() -> str:
    return reverse("seniors:senior-show", args=[make_senior().uid])


def test_a_short_password_is_refused():
    validate_password("armorique-29")
    with pytest.raises(ValidationError):
        validate_password("armori-29")


def test_the_folder_of_files_is_private(tmp_path):
    folder = tmp_path / "var"
    done = manage("check", tmp_path=folder, **CLOSED)
    assert done.returncode == 0, done.stderr
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def _failure() -> Exception:
    """An error as a database makes it: it quotes what was written, and has another for cause."""
    try:
        try:
            int(HERS)
        except ValueError as first:
            raise RuntimeError(f"DETAIL: ({HERS})") from first
    except RuntimeError as second:
        return second


def test_a_log_line_says_where_and_what_kind_but_not_the_words_of_an_error():
    error = _failure()
    info = (type(error), error, error.__traceback__)
    record = logging.LogRecord("django", logging.ERROR, __file__, 1, "Erreur", None, info)
    line = logs.Discreet().format(record)
    assert HERS not in line
    for said in ("Erreur", "ValueError", "RuntimeError", "test_closed.py", "_failure"):
        assert said in line


def test_every_log_of_the_site_goes_through_that_format():
    formatters = [type(handler.formatter) for handler in logging.getLogger().handlers]
    assert logs.Discreet in formatters


def test_a_failed_task_leaves_no_words_to_the_task_runner():
    """It logs and stores what a task raises."""

    @logs.discreet
    def task() -> None:
        raise _failure()

    with pytest.raises(logs.TaskFailed) as raised:
        task()
    assert HERS not in str(raised.value)
    assert "RuntimeError" in str(raised.value)
    assert raised.value.__suppress_context__
    assert "_failure" in logs.without_words(raised.value)  # in a request it is logged again
