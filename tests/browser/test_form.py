"""The visit form on line, in a real browser at the width of a phone."""

import re

import pytest
from django.urls import reverse
from PIL import Image
from playwright.sync_api import Page, Route, expect

from seniors.enums import Role
from seniors.models import Observation
from tests.browser.conftest import faults
from tests.make import make_user
from tests.visits.acting import make_partner
from tests.visits.makers import make_agency
from tests.visits.test_form import PARTNER
from visits.models import Action, VisitDraft, VisitForm
from visits.visiting import form

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def opened(page: Page, log_in):
    """The empty form of someone, and a gesture that counts the taps."""
    territory, officer, (jeanne,) = make_agency(1, phone="0298112233", email="jeanne@exemple.fr")
    make_partner(uid=PARTNER, name="CCAS de Brest", territory=territory)
    log_in(officer)
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(reverse("visits:form-fill", args=[jeanne.uid]))
    return Taps(page)


class Taps:
    """Touches made on the form, each counted."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    def on(self, selector: str, code: str = "") -> None:
        """Touch, and wait until it is kept and shown; `code` where another answer may leave too."""
        self.count += 1
        with self.page.expect_response(re.compile(rf"champ=.*{re.escape(code)}$")):
            self.page.locator(selector).click()
        expect(self.page.locator(".htmx-request")).to_have_count(0)

    def choose(self, code: str, value: int | str) -> None:
        """Touch one answer."""
        name = code.replace(".", "-")
        self.on(f"label:has(#{name}-{value})", code)


def test_a_usual_visit_is_filled_in_under_sixty_taps_and_gets_its_receipt(opened):
    page = opened.page
    for kind in ("visit", "health", "evaluation"):
        opened.choose(f"consent.{kind}", 1)
    opened.on("#clear-known")
    opened.choose("hazard.inside.rugs", 1)
    opened.choose("hazard.bathroom.step", 2)
    opened.choose("hazard.bathroom.bars", 1)
    for room in form.ROOMS:
        opened.on(f"#clear-{room.code}")
    answers = {"goes_out": 2, "falls": 1, "fear_falling": 1, "errands_difficulty": 1,
               "help_home": 0, "help_family": 1, "help_enough": 0, "can_count_on": 1,
               "lonely": 2, "online": 0}  # fmt: skip
    for code, value in answers.items():
        opened.choose(f"item.{code}", value)
    opened.choose("right.energy", 1)
    opened.on("#clear-rights")
    opened.count += 1  # to dictate
    with page.expect_response(lambda answer: "/champ/" in answer.url):
        page.locator("#wish-words").fill("Une douche, sans travaux trop longs")
    expect(page.locator("#field-need-bathroom .tag")).to_have_text("proposé")
    for need in ("bathroom", "bars", "home_help"):
        opened.choose(f"need.{need}", 1)
    for kind in ("shower", "grab_bars"):
        opened.choose(f"action.{kind}", "accepted")
    opened.choose("agree.home_help", PARTNER)
    expect(page.locator("#action-home_help-accepted")).to_be_checked()
    opened.choose("next.how", "call")
    opened.on("[data-days='31']")
    assert faults(page) == []
    opened.count += 2
    page.get_by_role("button", name="Relire et terminer").click()
    page.wait_for_url("**/relire/**")
    assert faults(page) == []
    page.get_by_role("button", name="Terminer la visite").click()
    page.wait_for_url("**/recu/**")
    made = VisitForm.objects.get()
    expect(page.get_by_role("heading", level=1)).to_contain_text(made.receipt)
    assert faults(page) == []
    assert opened.count < 60
    assert made.content["hazard.bathroom.step"] == 2
    assert Observation.objects.get().values["falls"] == 1
    assert {one.kind.code for one in Action.objects.all()} == {"shower", "grab_bars", "home_help"}


def test_an_answer_given_while_another_is_on_its_way_stands(opened):
    """A slow network: the step that an answer brings back was drawn before the next touch."""
    page, held = opened.page, []

    def hold(route: Route) -> None:
        held.append((route, route.fetch()))
        page.evaluate("window.isHeld = true")

    page.route("**/champ/?champ=need.bathroom", hold)
    opened.choose("need.bars", 1)
    page.locator("label:has(#need-bathroom-1)").click()
    page.wait_for_function("() => window.isHeld")
    for value in ("accepted", "proposed"):
        with page.expect_response("**/champ/?champ=action.grab_bars"):
            page.locator(f"label:has(#action-grab_bars-{value})").click()
        expect(page.locator("#field-action-grab_bars.htmx-request")).to_have_count(0)
    [(route, answer)] = held
    with page.expect_response("**/champ/?champ=need.bathroom"):
        route.fulfill(response=answer)
    expect(page.locator("#seen-need-bathroom")).to_have_value("1")  # it is shown
    expect(page.locator("#action-grab_bars-proposed")).to_be_checked()
    expect(page.locator(".htmx-request")).to_have_count(0)
    page.get_by_role("button", name="Relire et terminer").click()
    page.wait_for_url("**/relire/**")
    assert VisitDraft.objects.get().content["action.grab_bars"] == "proposed"


def test_targets_are_big_enough_for_a_thumb(opened):
    small = opened.page.eval_on_selector_all(
        "#visit-form :is(.choice, button, input:not([type=radio], [type=checkbox]), textarea)",
        """all => all.filter(one => one.offsetParent && one.getBoundingClientRect().height < 44
             && one.type !== 'file' && one.type !== 'hidden')
             .map(one => one.outerHTML.slice(0, 90))""",
    )
    assert small == []
    assert opened.page.evaluate("document.documentElement.scrollWidth") == 360


def test_what_is_refused_says_why_beside_it_and_is_kept_once_reworded(opened):
    page = opened.page
    words = page.locator("#wish-words")
    with page.expect_response(lambda answer: "/champ/" in answer.url and answer.status == 422):
        words.fill("Elle a Alzheimer")
    expect(page.locator("#refusal-wish-words")).to_contain_text("aucune maladie")
    with page.expect_response(lambda answer: "/champ/" in answer.url and answer.status == 200):
        words.fill("A besoin qu’on lui rappelle ses rendez-vous")
    expect(page.locator("#refusal-wish-words")).to_be_empty()
    assert "rendez-vous" in VisitDraft.objects.get().content["wish.words"]


def test_a_paper_form_is_typed_with_the_keys_of_its_answers(opened):
    page = opened.page
    page.locator("#hazard-toilet-low-0").focus()
    for key in ("2", "1", "3"):
        with page.expect_response(lambda answer: "/champ/" in answer.url):
            page.keyboard.press(key)
    content = VisitDraft.objects.get().content
    assert [content[f"hazard.toilet.{one}"] for one in ("low", "bars", "far")] == [1, 0, 2]
    page.locator("#hazard-toilet-low-1").focus()
    with page.expect_response(lambda answer: "/champ/" in answer.url):
        page.keyboard.press("0")
    assert "hazard.toilet.low" not in VisitDraft.objects.get().content


def test_a_second_touch_takes_an_answer_away(opened, log_in, live_server, tmp_path):
    """By the one whose page it is, back by another tab, and by nobody else."""
    page, picture = opened.page, tmp_path / "room.jpg"
    Image.new("RGB", (400, 300), "teal").save(picture)
    opened.choose("item.online", 1)
    today = {"name": "csrftoken", "value": "b" * 32, "url": live_server.url}
    page.context.add_cookies([today])
    opened.choose("item.online", 1)
    assert "item.online" not in VisitDraft.objects.get().content
    camera = page.locator('[data-photo*="/bathroom/"]')
    camera.set_input_files(picture)
    expect(page.locator("#photos-bathroom a")).to_have_count(1)
    log_in(make_user(Role.MANAGER, VisitDraft.objects.get().officer.territories.get()))
    camera.set_input_files(picture)
    expect(page.locator("#photos-bathroom .refusal")).to_contain_text("par un autre compte")
    opened.choose("item.online", 1)
    expect(page.locator("#messages")).to_contain_text("ouverte par un autre compte")
    page.get_by_role("button", name="Relire et terminer").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("celle d’un autre compte")
    assert faults(page) == []
    assert "item.online" not in VisitDraft.objects.get().content


def test_a_visit_not_made_shows_only_what_it_needs(opened):
    page = opened.page
    opened.choose("outcome", "absent")
    expect(page.locator("#why-words")).to_be_visible()
    expect(page.locator("#step-bathroom")).to_be_hidden()
    expect(page.locator("#step-next")).to_be_visible()
