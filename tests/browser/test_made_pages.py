"""Pages that no other test of axe opens: Django's test client gets them, the browser shows them.

What a page is made of is undone before the next one, so that a rare state costs nothing to reach. A
new page is a line of PAGES, or a gesture of STATES that answers with it.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from urllib.parse import urlencode, urlsplit

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, Route

from seniors import pulse
from seniors.enums import Role
from seniors.extract import intake
from seniors.models import ImportRun, User
from seniors.signing_in import account_of
from surveys.tasks import asking_key
from tests.browser.conftest import PASSWORD, faults
from tests.browser.test_pages import overflow, unfold
from tests.make import make_senior, make_territory, make_user
from tests.rules.territory_records import RECORDS, Ask, Cast, import_run
from tests.rules.test_roles import EVERY
from tests.surveys import test_keying as typing
from tests.surveys.make import make_campaign, territory_of
from tests.surveys.web import pages as web
from visits.views.workbooks import offer_workbook

pytestmark = pytest.mark.django_db(transaction=True)
WIDTH = 360

# (who, record of `territory_records`, view); what the record posts is posted.
PAGES = [
    ("administrator", "campaign", "surveys:answers-new"),
    ("manager", "campaign", "surveys:campaign-silent"),
    ("manager", "actions given", "visits:action-give-many"),
    ("owner", "actions posted", "visits:action-many"),
    ("owner", "list", "visits:list-discard"),
    ("owner", None, "visits:device-list"),
    ("owner", None, "visits:field-away"),
    ("manager", None, "visits:kind-new"),
    ("manager", None, "visits:programme-new"),
    ("manager", None, "visits:stock-import"),
    ("manager", None, "visits:surroundings-import"),
    ("manager", "measure", "visits:measure-list"),
    ("manager", "measure", "visits:measure-show"),
    ("manager", "measure", "visits:measure-edit"),
    ("manager", None, "visits:measure-new"),
    ("manager", "effect of a measure", "visits:measure-effect"),
    ("manager", "workbook", "visits:workbook-show"),
]
# A second touch does it: the page that counts first is asked for without this.
SURE = "confirmed"


def of_record(client: Client, who: str, record: str | None, view: str) -> HttpResponse:
    """The page of a view on a record or of a list, as this one of the cast gets it."""
    cast = Cast()
    ask = RECORDS[record](cast) if record else Ask()
    client.force_login(getattr(cast, who))
    args = ask.args if EVERY[view].pattern.converters else ()
    address = reverse(view, args=args) + (f"?{urlencode(ask.query)}" if ask.query else "")
    if ask.posted is None:
        return client.get(address)
    return client.post(address, {name: one for name, one in ask.posted.items() if name != SURE})


def asked_for(
    path: str, respond: Callable[[HttpRequest], HttpResponse], user: User | None = None
) -> HttpResponse:
    """The answer to a request that no test client can make."""
    request = RequestFactory().get(path)
    request.user, request.resolver_match = user or AnonymousUser(), None
    answer = respond(request)
    answer.request = {"PATH_INFO": path}
    return answer


# The survey on the web


def invited() -> web.Invitation:
    """A person of 1940, asked in a campaign that is open."""
    return web.open_campaign(make_senior(born_on="1940-05-17")).invitations.get()


def sent_twice(client: Client) -> HttpResponse:
    """A page left open, sent after the answer."""
    one = invited()
    web.come_in(client, one)
    web.fill_all(client, one, **web.YES, cold_home="1")
    step = client.get(web.url("web-question", one, "cold_home"))
    web.send(client, one)
    web.come_in(client, one)
    return web.answer(client, one, "cold_home", "0", page=step)


def closed_meanwhile(client: Client) -> HttpResponse:
    one = invited()
    web.come_in(client, one)
    one.campaign.closes_on = timezone.localdate() - timedelta(days=1)
    one.campaign.save()
    return client.get(web.url("web-check", one))


def left_open_for_a_day(client: Client) -> HttpResponse:
    """Her key to the page has expired: the birth year is asked again."""
    return client.post(web.url("web-question", invited(), "falls"), {"falls": "1", "go": "next"})


def year_given_again(client: Client) -> HttpResponse:
    one = invited()
    asked = client.post(web.url("web-question", one, "falls"), {"falls": "1", "go": "next"})
    kept = {name: asked.context[name] for name in ("then", "kept")}
    return client.post(web.url("web-open", one), kept | {"year": "1940"})


def wrong_year(client: Client) -> HttpResponse:
    return web.come_in(client, invited(), "1941")


def agreements_taken_back(client: Client, **more: str) -> HttpResponse:
    """What is erased is said first."""
    one = invited()
    web.come_in(client, one)
    web.fill_all(client, one, **web.YES, cold_home="1")
    web.send(client, one)
    web.come_in(client, one)
    return client.post(web.url("web-agreements", one), {"kind": ["visit"]} | more)


def agreements_gone(client: Client) -> HttpResponse:
    return agreements_taken_back(client, confirm="1")


# Campaigns and paper


def being_opened(client: Client) -> HttpResponse:
    """Those asked are being written down."""
    cast = Cast()
    campaign = make_campaign(cast.here)
    campaign.invitations.all().delete()
    campaign.asked_at = None
    campaign.save()
    pulse.wait(asking_key(campaign))
    client.force_login(cast.manager)
    page = client.get(reverse("surveys:campaign-show", args=[campaign.uid]))
    pulse.forget(asking_key(campaign))
    return page


def drawn(client: Client, view: str, *of_paper: str) -> HttpResponse:
    """A paper that must be typed a second time, by somebody else."""
    senior = make_senior()
    today = timezone.localdate()
    days = {"opened_on": today - timedelta(9), "closes_on": today + timedelta(9)}
    campaign = make_campaign(territory_of(senior), **days)
    paper = campaign.invitations.get()
    typist, colleague = (make_user(Role.OFFICER, territory_of(senior)) for _ in range(2))
    typing.another_typist(campaign, colleague)
    typing.type_in(paper, typist, draw=lambda: True)
    client.force_login(colleague)
    return client.get(
        reverse(view, args=[campaign.uid, *(getattr(paper, one) for one in of_paper)])
    )


def papers_to_type_again(client: Client) -> HttpResponse:
    return drawn(client, "surveys:keying-again")


def second_typing(client: Client) -> HttpResponse:
    return drawn(client, "surveys:keying-sheet", "reference")


# Files and long lists


def file_of(state: ImportRun.State, content: bytes = b"") -> Callable[[Client], HttpResponse]:
    """What is shown of a file that went wrong."""

    def page(client: Client) -> HttpResponse:
        cast = Cast()
        run = import_run(cast)
        if content:
            intake.path_of(run).write_bytes(content)
        ImportRun.objects.update(state=state, error="La colonne du logement manque.")
        client.force_login(cast.administrator)
        view = "import-columns" if content else "import-show"
        return client.get(reverse(f"seniors:{view}", args=[run.uid]))

    page.__name__ = f"file {state}"
    return page


def list_too_long(client: Client) -> HttpResponse:
    """A list that is written apart."""
    offered = partial(offer_workbook, kind="works", query="", count=3_000)
    return asked_for(reverse("visits:works-workbook"), offered, user=Cast().manager)


# Sessions that ended


def session_ended(client: Client, typist: User | None = None) -> HttpResponse:
    """A form is sent after the session ended: the log-in keeps it."""
    sheet = RECORDS["paper"](Cast())
    client.logout()
    told = {"bathing": "3", "account": account_of(typist or make_user())}
    return client.post(reverse("surveys:keying-sheet", args=sheet.args), told)


def back_again(client: Client) -> HttpResponse:
    """Logged in again, what was kept waits for one touch."""
    user = make_user(Role.ADMINISTRATOR)
    page = session_ended(client, user)
    told = {"username": user.username, "password": PASSWORD}
    told |= {name: page.context[name] for name in ("next", "kept")}
    return client.post(reverse("login"), told)


# Weeks and computations


def week_to_choose(client: Client) -> HttpResponse:
    """Who has no visits of her own chooses whose week to open."""
    cast = Cast()
    RECORDS["week"](cast)
    client.force_login(cast.manager)
    return client.get(reverse("visits:week-show"))


def computed_again(client: Client) -> HttpResponse:
    """A computation checked, in a browser without scripts."""
    cast = Cast()
    run = RECORDS["run"](cast)
    client.force_login(cast.manager)
    return client.post(reverse("seniors:run-check", args=run.args))


# The back office, and what is said of errors


def back_office(view: str, *arguments: object) -> Callable[[Client], HttpResponse]:
    """One of its pages, as the administrator of the server gets it."""

    def page(client: Client) -> HttpResponse:
        territory = make_territory()
        client.force_login(make_user(Role.ADMINISTRATOR, is_staff=True, is_superuser=True))
        given = [territory.pk if one == "territory" else one for one in arguments]
        return client.get(reverse(f"admin:{view}", args=given))

    page.__name__ = view
    return page


def of_template(name: str, status: int, **context: object) -> Callable[[Client], HttpResponse]:
    """A page that answers for an error, as Django renders it."""

    def page(client: Client) -> HttpResponse:
        rendered = partial(render, template_name=name, context=context, status=status)
        return asked_for(f"/erreur/{status}/", rendered)

    page.__name__ = name
    return page


def back_office_door(client: Client) -> HttpResponse:
    client.logout()
    return client.get(reverse("admin:login"))


def refused(client: Client) -> HttpResponse:
    client.force_login(make_user(Role.OFFICER))
    return client.get(reverse("seniors:account-list"))


def unknown(client: Client) -> HttpResponse:
    client.force_login(make_user(Role.OFFICER))
    return client.get("/nulle-part/")


STATES = [
    file_of(ImportRun.State.REFUSED), file_of(ImportRun.State.CANCELLED),
    file_of(ImportRun.State.RECEIVED, b";;;\n"), list_too_long,
    sent_twice, closed_meanwhile, left_open_for_a_day, year_given_again, wrong_year,
    agreements_taken_back, agreements_gone, being_opened, papers_to_type_again, second_typing,
    session_ended, back_again, week_to_choose, computed_again, refused, unknown,
    of_template("400.html", 400), of_template("403_csrf.html", 403), of_template("500.html", 500),
    of_template("registration/locked.html", 429),
    back_office_door, back_office("index"), back_office("app_list", "seniors"),
    back_office("password_change"),
    back_office("password_change_done"), back_office("seniors_territory_add"),
    back_office("seniors_territory_change", "territory"),
    back_office("seniors_territory_changelist"),
    back_office("seniors_territory_history", "territory"),
]  # fmt: skip


class Screen:
    """A window that shows the answers it is given: what they call for on the site is refused,
    save its styles and scripts."""

    def __init__(self, page: Page, site: str) -> None:
        self.page, self.site, self.answer = page, site, HttpResponse()
        page.route("**/*", self._serve)
        page.set_viewport_size({"width": WIDTH, "height": 800})

    def _serve(self, route: Route) -> None:
        if "/static/" in urlsplit(route.request.url).path:
            route.continue_()
        elif route.request.is_navigation_request():
            route.fulfill(body=self.answer.content, headers=dict(self.answer.headers))
        else:
            route.abort()

    def look(self, answer: HttpResponse, path: str) -> list[str]:
        """What is wrong with it, for axe and for the width of a telephone."""
        self.answer = answer
        self.page.goto(self.site + path)
        unfold(self.page)
        wide = overflow(self.page)
        return faults(self.page) + ([f"{wide} px too wide"] if wide > 0 else [])


def test_pages_that_are_rarely_met_have_no_fault(page, live_server, client):
    screen, wrong = Screen(page, live_server.url), {}
    ways = {str(one): (of_record, one) for one in PAGES}
    ways |= {state.__name__: (state, ()) for state in STATES}
    for name, (way, arguments) in ways.items():
        with transaction.atomic():
            answer = way(client, *arguments)
            assert b"<h1" in answer.content, (name, answer.status_code, answer.headers)
            transaction.set_rollback(True)
        if found := screen.look(answer, answer.request["PATH_INFO"]):
            wrong[name] = found
    assert wrong == {}
    # The last is of the back office: there too, what is not yet sent is counted.
    page.wait_for_selector("[data-unsent][data-waiting]", state="attached")
