"""Lists too long for a request: written apart, for who asked, for a day."""

from datetime import timedelta
from io import BytesIO
from types import SimpleNamespace
from unittest.mock import patch

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone

from seniors import pulse
from seniors.enums import Role
from seniors.models import AccessLog
from tests.make import make_dwelling, make_residence, make_senior, make_territory, make_user
from tests.visits.acting import ago, make_action
from visits import tasks, workbooks
from visits.enums import State
from visits.models import Workbook

pytestmark = pytest.mark.django_db
ASK = "/pilotage/tableaux/"


@pytest.fixture
def town(monkeypatch, settings):
    """A manager of three homes with works, where a list of two rows is long."""
    settings.Q_CLUSTER = settings.Q_CLUSTER | {"sync": True}
    monkeypatch.setattr(workbooks, "AT_ONCE", 1)
    manager = make_user(Role.MANAGER, make_territory())
    place = make_residence(manager.territories.get())
    for code in ("grab_bars", "shower", "handrail"):
        home = make_dwelling(place)
        make_action(code, State.ACCEPTED, senior=make_senior(home, last_name="Kerbiriou"))
    return SimpleNamespace(manager=manager)


def fields_of(answer) -> dict[str, str]:
    return {name: str(answer.context[name]) for name in ("kind", "query", "count")}


def rows_in(answer) -> list[tuple]:
    book = openpyxl.load_workbook(BytesIO(b"".join(answer.streaming_content)))
    return list(book.worksheets[0].iter_rows(min_row=2, values_only=True))


@pytest.mark.parametrize(("view", "context"), [("works", "lines"), ("stock", "homes")])
def test_a_long_list_is_written_apart_then_taken(client, town, view, context):
    client.force_login(town.manager)
    shown = client.get(reverse(f"visits:{view}-list")).context[context]
    offered = client.get(reverse(f"visits:{view}-workbook"))
    assert "Préparer le tableau" in offered.content.decode()
    assert not Workbook.objects.exists()  # reading writes nothing
    page = client.post(ASK, fields_of(offered), follow=True)
    [book] = Workbook.objects.all()
    assert (book.count, book.query, page.context["polls"]) == (len(shown), "", False)
    assert [one.label for one in page.context["menu"] if one.current] == ["Pilotage"]
    rows = rows_in(client.get(reverse("visits:workbook-file", args=[book.uid])))
    assert len(rows) == len(shown) == 3
    assert not any("Kerbiriou" in str(cell) for row in rows for cell in row)
    again = client.get(reverse(f"visits:{view}-workbook"))
    assert reverse("visits:workbook-show", args=[book.uid]) in again.content.decode()


def test_an_officer_has_the_actions_written_apart_and_the_journal_says_whose(client, town):
    """The rows of the list in its order, some at a time; once her role is another, no more."""
    territory = town.manager.territories.get()
    officer = make_user(Role.OFFICER, territory)
    person = make_senior(make_dwelling(make_residence(territory)), last_name="Abgrall")
    for code, days in (("grab_bars", 90), ("shutters", 60)):
        make_action(code, State.REQUESTED, senior=person, by=officer, on=ago(days))
    make_action("grab_bars", State.REQUESTED)  # elsewhere
    client.force_login(officer)
    shown = client.get(reverse("visits:action-list"), {"state": "all"}).context["actions"]
    offered = client.get(reverse("visits:action-workbook"), {"state": "all"})
    said = offered.content.decode()
    assert "Préparer le tableau" in said
    assert 'id="steering-tabs"' not in said
    assert not AccessLog.objects.exists()
    with patch("visits.acting.action_exports.CHUNK", 2):
        page = client.post(ASK, fields_of(offered), follow=True)
    assert "y sont nommés" in page.content.decode()
    book = Workbook.objects.get()
    assert (book.kind, book.query, book.count) == ("actions", "state=all", len(shown))
    address = reverse("visits:workbook-file", args=[book.uid])
    rows = rows_in(client.get(address))
    assert [(row[0], row[1]) for row in rows] == [
        (one.person.full_name, one.kind.label) for one in shown
    ]
    told = AccessLog.objects.filter(gesture="actions-xlsx", user=officer)
    assert sorted(told.values_list("senior", flat=True)) == sorted({one.person.pk for one in shown})
    for kind in ("works", "stock"):
        refused = client.post(ASK, {"kind": kind, "query": "", "count": "3"}, follow=True)
        assert "votre rôle ne l’ouvre pas" in refused.content.decode()
    assert list(Workbook.objects.all()) == [book]


def test_a_manager_who_becomes_an_officer_no_longer_reads_the_works(client, town):
    client.force_login(town.manager)
    client.post(ASK, {"kind": "works", "query": "", "count": "3"})
    book = Workbook.objects.get()
    type(town.manager).objects.filter(pk=town.manager.pk).update(role=Role.OFFICER)
    for view in ("file", "show"):
        assert client.get(reverse(f"visits:workbook-{view}", args=[book.uid])).status_code == 404


def test_it_holds_the_rows_of_the_filters_and_of_who_asked(
    client, town, django_capture_on_commit_callbacks
):
    make_action("grab_bars", State.ACCEPTED)  # elsewhere
    client.force_login(town.manager)
    asked = {"kind": "works", "query": "order=age&state=accepted&q=sidence", "count": "3"}
    client.post(ASK, asked)
    book = Workbook.objects.get()
    assert len(rows_in(client.get(reverse("visits:workbook-file", args=[book.uid])))) == 3
    with django_capture_on_commit_callbacks(execute=True):
        client.post(ASK, asked | {"query": "state=done"})
    other = Workbook.objects.get()
    assert other.uid != book.uid
    assert not workbooks.path_of(book).exists()
    assert rows_in(client.get(reverse("visits:workbook-file", args=[other.uid]))) == []


def test_who_has_lost_a_territory_reads_it_no_more(client, town):
    client.force_login(town.manager)
    client.post(ASK, {"kind": "works", "query": "", "count": "3"})
    book = Workbook.objects.get()
    address = reverse("visits:workbook-file", args=[book.uid])
    town.manager.territories.set([make_territory()])
    said = client.get(address, follow=True).content.decode()
    assert "n’avez plus" in said
    offered = client.get(f"{reverse('visits:stock-workbook')}")
    assert offered.status_code == 200
    assert workbooks.last_of("works", "", by=town.manager) is None
    client.force_login(make_user(Role.ADMINISTRATOR))
    assert client.get(address).status_code == 404


def test_a_territory_given_before_it_is_written_is_one_that_it_may_show(client, town):
    book = workbooks.ask("works", "", 3, by=town.manager)
    first, given = town.manager.territories.get(), make_territory()
    town.manager.territories.add(given)
    tasks.start_workbook(book)
    book.refresh_from_db()
    assert set(book.territories) == {first.pk, given.pk}
    town.manager.territories.remove(given)
    assert not workbooks.may_read(book, town.manager)


def test_asked_twice_while_it_is_written_it_is_one_and_a_dead_work_is_taken_up(town):
    book = workbooks.ask("works", "", 3, by=town.manager)
    assert workbooks.ask("works", "", 3, by=town.manager) == book
    with pytest.raises(ZeroDivisionError), pulse.beating(workbooks.key_of(book), lambda: 2):
        raise ZeroDivisionError
    assert tasks.workbook_pulse(book).is_dead
    tasks.start_workbook(book)
    book.refresh_from_db()
    assert (tasks.workbook_pulse(book), book.made_at is not None) == (None, True)
    told = []
    assert list(workbooks.told(range(1_200), told.append)) == list(range(1_200))
    assert told == [500, 1_000]


def test_a_day_later_it_is_gone(client, town, django_capture_on_commit_callbacks):
    client.force_login(town.manager)
    client.post(ASK, {"kind": "works", "query": "", "count": "3"})
    book = Workbook.objects.get()
    stray = workbooks.path_of(Workbook())
    stray.write_bytes(b"")
    assert workbooks.purge() == 0
    assert (workbooks.path_of(book).exists(), stray.exists()) == (True, False)
    Workbook.objects.update(asked_at=timezone.now() - workbooks.KEPT_FOR - timedelta(minutes=1))
    answer = client.get(reverse("visits:workbook-file", args=[book.uid]), follow=True)
    assert "il est effacé" in answer.content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        assert workbooks.purge() == 1
    assert not workbooks.path_of(book).exists()


def test_a_list_that_does_not_exist_is_refused(client, town):
    client.force_login(town.manager)
    answer = client.post(ASK, {"kind": "people", "count": "beaucoup"}, follow=True)
    assert "n’existe pas" in answer.content.decode()
    assert not Workbook.objects.exists()
