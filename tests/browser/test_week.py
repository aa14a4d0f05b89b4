"""The week under the hand: with a mouse, the keyboard alone, without JavaScript, on a phone."""

import re
from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect

from seniors.models import User
from tests.browser.conftest import faults
from tests.visits.weekly import make_week, people_of, today
from visits.agenda import planning
from visits.agenda.weeks import week_name, week_of
from visits.enums import Slot
from visits.models import Appointment, Signal, Visit, VisitList

pytestmark = pytest.mark.django_db(transaction=True)
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 360, "height": 740}
# Observers are told in the order they were made: the page's own, made before, knows by then.
WATCHED = """() => new Promise((done) => {
  const board = document.getElementById("urgent");
  new IntersectionObserver((_, mine) => { mine.disconnect(); done(); })
    .observe(board.querySelector(".panel") || board);
})"""


@pytest.fixture
def week() -> VisitList:
    """Four people with names of their own, for a week to come."""
    made = make_week(4)
    for name, senior in zip(("ABGRALL", "BIHAN", "CARIOU", "DENIEL"), people_of(made), strict=True):
        senior.last_name = name
        senior.save()
    return made


def plan(week: VisitList, n: int, day: date, slot: str = Slot.MORNING) -> Appointment:
    """The person of that number expected then."""
    entry = week.entries.all()[n]
    return planning.plan(
        entry.senior, officer=week.officer, entry=entry, day=day, slot=slot, by=week.officer
    )


def open_week(page: Page, week: VisitList, shown: str = "") -> Page:
    """The page of that week."""
    page.goto(f"/visites/semaine/?semaine={week_name(week.starts_on)}&jour={shown}")
    return page


def cards(page: Page, day: date, slot: str = "morning") -> list[str]:
    """Last names of a half-day, in the order shown."""
    names = page.locator(f"ol[data-day='{day}'][data-slot='{slot}'] h4 a").all_text_contents()
    return [name.split()[-1] for name in names]


def rounds() -> list[tuple]:
    """(last name, day, slot) of what stands, in order."""
    rows = planning.standing().order_by(*planning.IN_ORDER)
    return list(rows.values_list("senior__last_name", "day", "slot"))


def draw(page: Page, name: str, x: float, y: float) -> None:
    """Take a card by its grip and let it go there."""
    grip = page.get_by_role("button", name=name).first
    grip.scroll_into_view_if_needed()
    box = grip.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(x, y, steps=8)
    page.mouse.move(x, y + 1)
    page.mouse.up()


def middle(page: Page, selector: str) -> tuple[float, float]:
    """The middle of the first of these on the window."""
    box = page.locator(selector).first.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_cards_are_drawn_from_the_tray_and_within_the_week(page, log_in, week):
    log_in(week.officer)
    page.set_viewport_size(DESK)
    monday, tuesday = week.starts_on, week.starts_on + timedelta(days=1)
    open_week(page, week)
    morning = f"ol[data-day='{monday}'][data-slot='morning']"
    draw(page, "Placer Mme Jeanne BIHAN", *middle(page, morning))
    expect(page.locator("#week-said")).to_contain_text("Rendez-vous placé lundi")
    assert cards(page, monday) == ["BIHAN"]

    x, _ = middle(page, f"{morning} li")
    box = page.locator(f"{morning} li").bounding_box()
    draw(page, "Placer Mme Jeanne DENIEL", x, box["y"] + 4)
    expect(page.locator(f"{morning} li")).to_have_count(2)
    assert cards(page, monday) == ["DENIEL", "BIHAN"]

    other = f"ol[data-day='{tuesday}'][data-slot='afternoon']"
    draw(page, "Déplacer Mme Jeanne DENIEL", *middle(page, other))
    expect(page.locator(f"{other} li")).to_have_count(1)
    assert rounds() == [("BIHAN", monday, "morning"), ("DENIEL", tuesday, "afternoon")]

    draw(page, "Déplacer Mme Jeanne BIHAN", *middle(page, "#tray-title"))
    expect(page.locator(f"{morning} li")).to_have_count(0)
    assert rounds() == [("DENIEL", tuesday, "afternoon")]
    page.get_by_role("button", name="Annuler ce geste").click()
    expect(page.locator(f"{morning} li")).to_have_count(1)
    assert rounds() == [("BIHAN", monday, "morning"), ("DENIEL", tuesday, "afternoon")]


def test_a_finger_changes_the_order_of_the_day(page, log_in, week):
    """On a phone the grip is drawn; elsewhere on the card the page scrolls as usual."""
    log_in(week.officer)
    page.set_viewport_size(PHONE)
    monday = week.starts_on
    first, second = plan(week, 0, monday), plan(week, 1, monday)
    open_week(page, week, monday.isoformat())
    page.locator(f"#rv-{first.uid}").scroll_into_view_if_needed()
    grip = page.locator(f"#rv-{second.uid} [data-grip]").bounding_box()
    above = page.locator(f"#rv-{first.uid}").bounding_box()
    x, y = grip["x"] + 10, grip["y"] + 10
    hand = page.context.new_cdp_session(page)
    touch = [{"x": x, "y": y}]
    hand.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": touch})
    for step in range(1, 9):
        at = [{"x": x, "y": y + (above["y"] + 5 - y) * step / 8}]
        hand.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": at})
    hand.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(page.locator("#week-said")).to_contain_text("Rendez-vous déplacé")
    assert cards(page, monday) == ["BIHAN", "ABGRALL"]


def test_a_card_let_go_outside_stays_where_it_was(page, log_in, week):
    log_in(week.officer)
    page.set_viewport_size(DESK)
    plan(week, 0, week.starts_on)
    open_week(page, week)
    draw(page, "Déplacer Mme Jeanne ABGRALL", 640, 30)
    assert cards(page, week.starts_on) == ["ABGRALL"]
    assert rounds() == [("ABGRALL", week.starts_on, "morning")]


def test_the_keyboard_alone_places_moves_and_gives_up(page, log_in, week):
    log_in(week.officer)
    page.set_viewport_size(DESK)
    monday = week.starts_on
    plan(week, 0, monday)
    plan(week, 1, monday)
    open_week(page, week)
    page.get_by_role("button", name="Déplacer Mme Jeanne BIHAN").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#announce")).to_contain_text("Les flèches le déplacent")
    page.keyboard.press("ArrowUp")
    expect(page.locator("#announce")).to_contain_text("place 1 sur 2")
    page.keyboard.press("Enter")
    expect(page.locator("#week-said")).to_contain_text("Rendez-vous déplacé")
    assert cards(page, monday) == ["BIHAN", "ABGRALL"]
    expect(page.get_by_role("button", name="Déplacer Mme Jeanne BIHAN")).to_be_focused()

    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Escape")
    expect(page.locator("#announce")).to_have_text("Rien n’est changé.")
    assert rounds()[0] == ("BIHAN", monday, "morning")

    page.get_by_role("button", name="Placer Mme Jeanne CARIOU").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.locator(f"ol[data-day='{monday}'][data-slot='afternoon'] li")).to_have_count(1)
    assert rounds()[2] == ("CARIOU", monday, "afternoon")


def test_a_week_is_proposed_and_taken_back(page, log_in, week):
    log_in(week.officer)
    open_week(page, week)
    page.get_by_role("button", name="Proposer ma semaine").click()
    expect(page.locator("#week-said")).to_contain_text("4 visites placées")
    assert len(rounds()) == 4
    page.get_by_role("button", name="Annuler ce geste").click()
    expect(page.locator("#week-said")).to_contain_text("4 visites de nouveau à placer")
    assert rounds() == []


def test_without_javascript_every_gesture_has_its_form(browser, live_server, log_in, page, week):
    log_in(week.officer)
    context = browser.new_context(
        base_url=live_server.url, java_script_enabled=False, viewport=PHONE,
        storage_state=page.context.storage_state(),
    )  # fmt: skip
    plain = context.new_page()
    monday = week.starts_on
    open_week(plain, week, "a-placer")
    assert plain.get_by_role("button", name="Placer Mme Jeanne ABGRALL").count() == 0
    card = plain.locator(".week-tray li").first
    card.locator("summary").click()
    card.get_by_label("Jour").fill(monday.isoformat())
    card.get_by_label("Heure, si convenue").fill("10:30")
    card.get_by_role("button", name="Placer").click()
    expect(plain.locator("#week-said")).to_contain_text("10 h 30".replace(" ", "\u00a0"))
    plain.locator("#week-days").get_by_role("link", name="lundi").click()
    card = plain.locator(f"ol[data-day='{monday}'] li").first
    card.get_by_text("Changer, prévenir").click()
    card.get_by_role("button", name="par téléphone").click()
    expect(plain.locator("#week-said")).to_contain_text("1 personne prévenue par téléphone.")
    assert Appointment.objects.get().told == "phone"
    plain.get_by_role("button", name="Annuler ce geste").click()
    expect(plain.locator("#week-said")).to_contain_text("de nouveau à prévenir")
    context.close()


def test_on_a_phone_one_day_is_shown_and_a_closed_door_is_one_tap(page, log_in, week):
    log_in(week.officer)
    page.set_viewport_size(PHONE)
    plan(week, 0, today(), Slot.AFTERNOON)
    page.goto(f"/visites/semaine/?jour={today()}")
    if today().weekday() < 5:
        assert page.locator(".week-day:visible").count() == 1
    page.get_by_role("button", name="Absence").click()
    expect(page.locator(".week-card:visible")).to_contain_text("à retenter à partir du")
    expect(page.locator("#announce")).to_contain_text("à retenter à partir du")
    page.get_by_role("button", name="Annuler").click()
    expect(page.locator("#week-said")).to_contain_text("de nouveau à faire")
    expect(page.get_by_role("button", name="Absence")).to_be_visible()


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("outcome", ["Absence", "À l’hôpital", "Décès"])
def test_a_second_tap_at_the_same_place_marks_nobody_else(page, log_in, week, size, outcome):
    log_in(week.officer)
    page.set_viewport_size(size)
    sent = []
    page.on("request", lambda one: sent.append(one.url) if one.method == "POST" else None)
    for n in range(4):
        plan(week, n, today())
    page.goto(f"/visites/semaine/?jour={today()}")
    for name in ("ABGRALL", "BIHAN", "CARIOU"):
        card = page.locator(".week-card:visible").filter(has_text=name)
        tap = card.get_by_role("button", name=outcome)
        tap.scroll_into_view_if_needed()
        top, box = card.bounding_box()["y"], tap.bounding_box()
        place = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        page.mouse.click(*place)
        expect(card.get_by_role("button", name="Annuler")).to_be_visible()
        if size == PHONE:  # at a desk the page may end there, and nothing can hold it
            assert abs(card.bounding_box()["y"] - top) < 2, "the card stays where it was"
        marked = Visit.objects.count()
        sent.clear()
        page.mouse.click(*place)
        page.evaluate("() => new Promise((done) => { setTimeout(done, 0); })")
        assert sent == []
        assert "/semaine/" in page.url
        assert Visit.objects.count() == marked
    assert Visit.objects.count() == 3


def test_every_outcome_is_one_touch_far_from_the_others_and_undone(page, log_in, week):
    """Six keys in sight, 44 pixels high and 8 apart at least; what ends all visits stands below."""
    log_in(week.officer)
    page.set_viewport_size(PHONE)
    plan(week, 0, today())
    plan(week, 0, week.starts_on)
    page.goto(f"/visites/semaine/?jour={today()}")
    card = page.locator(".week-card:visible")
    names = ["Absence", "Refus", "À l’hôpital", "Danger sur place", "N’habite plus là", "Décès"]
    boxes = [card.get_by_role("button", name=name).bounding_box() for name in names]
    assert all(box["height"] >= 44 and box["width"] >= 120 for box in boxes)
    for n, one in enumerate(boxes):
        for other in boxes[n + 1 :]:
            across = max(
                other["x"] - one["x"] - one["width"], one["x"] - other["x"] - other["width"]
            )
            down = other["y"] - one["y"] - one["height"]
            assert max(across, down) >= 8
    assert min(box["y"] for box in boxes[4:]) - max(b["y"] + b["height"] for b in boxes[:4]) >= 24
    for name in names:
        card.get_by_role("button", name=name).click()
        expect(card.locator(".week-settled")).not_to_be_empty()
        assert Visit.objects.count() == 1
        assert planning.standing().filter(day=week.starts_on).exists() == (name == "Absence")
        card.get_by_role("button", name="Annuler").click()
        expect(page.locator("#week-said")).to_contain_text("C’est annulé")
        assert not Visit.objects.exists()
        assert planning.standing().count() == 2
        assert not week.entries.exclude(skipped_at=None).exists()


def test_an_urgent_signal_appears_without_touching_anything(page, log_in, week):
    """In five seconds: on top, said aloud, in the tab's title, in sight further down the page."""
    log_in(week.officer)
    page.set_viewport_size(PHONE)
    page.clock.install()
    for n in range(3):
        plan(week, n, today())
    for address in ("/visites/semaine/", "/"):
        Signal.objects.all().delete()
        page.goto(address)
        title = page.title()
        assert page.get_by_text("signalement urgent").count() == 0
        page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
        Signal.objects.create(
            senior=people_of(week)[3], urgency="now", what="volets fermés", seen_on=today()
        )
        page.clock.run_for(6_000)
        expect(page.get_by_role("alert")).to_contain_text("volets fermés, Mme Jeanne DENIEL")
        assert page.title() == f"(1) {title}"
        page.evaluate(WATCHED)
        strip = page.get_by_role("link", name="Signalement urgent : volets fermés")
        if strip.count():  # gone as soon as the board itself is in sight
            box = strip.bounding_box()
            assert box["y"] + box["height"] <= 740
            strip.click()
        expect(page.locator("#urgent")).to_contain_text("Mme Jeanne DENIEL")
        expect(page.get_by_role("button", name="Placer aujourd’hui")).to_be_visible()
        assert faults(page) == []
        page.get_by_role("button", name="J’ai vu").click()
        expect(page.locator("#urgent .tag-bad")).to_have_count(0)
        assert page.title() == title


def test_an_urgent_signal_appears_on_the_page_of_the_round(page, log_in, week):
    """Before the code is typed too: it names nobody."""
    log_in(week.officer)
    page.set_viewport_size(PHONE)
    page.clock.install()
    page.goto("/visites/terrain/")
    board = page.locator("#urgent-phone")
    expect(board).to_have_attribute("data-pulse", re.compile("."))
    expect(board).to_be_hidden()
    Signal.objects.create(
        senior=people_of(week)[0], urgency="now", kind="fall", what="chute", seen_on=today()
    )
    page.clock.run_for(6_000)
    expect(board.get_by_role("heading", name="1 signalement urgent")).to_be_visible()
    assert "ABGRALL" not in board.text_content()
    assert page.title().startswith("(1) ")
    assert faults(page) == []


def test_the_text_message_is_copied(page, log_in, week):
    log_in(week.officer)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    plan(week, 0, week.starts_on)
    open_week(page, week)
    page.get_by_text("Changer, prévenir").click()
    page.get_by_role("button", name="Copier le SMS").click()
    expect(page.get_by_role("button", name="SMS copié")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("Bonjour Mme Jeanne ABGRALL")


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_axe_finds_nothing_wrong_and_nothing_overflows(page, log_in, week, size):
    log_in(week.officer)
    page.set_viewport_size(size)
    full_week(week)
    monday, _ = week_of(today())
    shown = [week.starts_on.isoformat(), "a-placer"]
    addresses = [
        f"/visites/semaine/?semaine={week_name(week.starts_on)}&jour={one}" for one in shown
    ]
    addresses += [f"/visites/semaine/?jour={today()}", "/", "/visites/semaine/remplacements/"]
    addresses += ["/visites/semaine/departs/"]
    for address in addresses:
        page.goto(address)
        page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
        assert faults(page) == [], address
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= size["width"], address
    assert monday <= today()


@pytest.mark.parametrize("shown", ["day", "tray"])
def test_what_is_touched_is_large_enough(page, log_in, week, shown):
    """44 pixels high at least, on a phone."""
    log_in(week.officer)
    page.set_viewport_size(PHONE)
    full_week(week)
    open_week(page, week, "a-placer" if shown == "tray" else week.starts_on.isoformat())
    small = page.evaluate(
        """[...document.querySelectorAll("#week button, #week summary, #week .btn, #week nav a")]
        .filter((one) => one.offsetParent && one.getBoundingClientRect().height < 44)
        .map((one) => one.outerHTML.slice(0, 120))"""
    )
    assert small == []


def full_week(week: VisitList) -> User:
    """Someone today, someone told, someone urgent, someone waiting."""
    plan(week, 0, today(), Slot.AFTERNOON)
    told = plan(week, 1, week.starts_on)
    planning.tell([told], how="letter", by=week.officer)
    plan(week, 2, week.starts_on, Slot.AFTERNOON)
    for n in (1, 3):
        Signal.objects.create(
            senior=people_of(week)[n], urgency="now", what="chute", seen_on=today()
        )
    return week.officer
