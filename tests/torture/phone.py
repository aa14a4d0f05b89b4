"""An officer's phone: the windows of a real Chromium behind a network of its own.

Each gesture ends on a condition seen on the page. The page is known by what it shows: the screen
in `body[data-screen]`, fields by their code, and whether what was typed is on the disk
(`#visit-form[data-saved]`).
"""

import tempfile
import time
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import CDPSession, Error, Page

from seniors.models import Senior, User
from tests.torture.cast import session_of
from tests.torture.chromium import Chromium
from tests.torture.model import Content, Shown, Value
from tests.torture.scripts import (
    ALL_LEFT,
    ANSWER,
    DAY,
    ENROL,
    IS_AT,
    ITEMS,
    LOG_OUT,
    LOGGED_OUT_OR_WARNED,
    LOOK,
    MEND,
    MENU_OPEN,
    OPEN,
    OUTBOX,
    PATIENCE,
    PICTURE_KEPT,
    PICTURES,
    READ,
    ROWS,
    SEEN,
    SEND_AGAIN,
    TAKE_BACK,
    TO_FIELD,
    TOUCH,
    TYPE,
    UNLOCK,
)
from tests.torture.wire import Wire

FIELD = "/visites/terrain/"
EMPTY = "/static/seniors/mark.svg"  # a page of the site without a script
PIN = "274951"
A_WHILE = 20 * 60_000  # milliseconds: longer than any wait of the outbox


class Phone:
    """What an officer does with it; `form` is the identity of the form in the current tab."""

    blank: Content = {"present.senior": 1}

    def __init__(self, user: User, wire: Wire, chromium: Chromium):
        self.user, self.wire = user, wire
        self.complaints: list[str] = []
        self._chromium, self._is_offline = chromium, False
        self._clock = time.time_ns() // 1_000_000
        self._windows()

    def _windows(self) -> None:
        """Begin with one tab."""
        self._context = self._chromium.context
        self._context.set_default_timeout(PATIENCE)
        self._tabs, self._forms, self._tab = [self._context.pages[0]], [""], 0
        self._devtools: dict[Page, CDPSession] = {}
        self._tells_the_hour()
        self._heard(self._page)

    def _heard(self, page: Page) -> None:
        page.set_viewport_size({"width": 360, "height": 740})
        page.emulate_media(reduced_motion="reduce")
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self._devtools[page] = self._context.new_cdp_session(page)
        if self._is_offline:
            self._tell_network(page)

    def _tells_the_hour(self) -> None:
        """The outbox's clock stands still until a while passes (`altered`): no wait is real."""
        cookie = {"name": "clock", "value": str(self._clock), "url": self._origin}
        self._context.add_cookies([cookie])

    def _tell_network(self, page: Page) -> None:
        """Have `navigator.onLine` and its events tell it; what passes is the wire's affair."""
        conditions = {"offline": self._is_offline, "latency": 0}
        conditions |= {"downloadThroughput": -1, "uploadThroughput": -1}
        self._devtools[page].send("Network.emulateNetworkConditions", conditions)

    @property
    def _page(self) -> Page:
        return self._tabs[self._tab]

    @property
    def form(self) -> str:
        """The identity of the form that is open in this tab, or an empty text."""
        return self._forms[self._tab]

    @form.setter
    def form(self, uid: str) -> None:
        self._forms[self._tab] = uid

    def begins_the_day(self) -> None:
        """With a session, choose a PIN, have the day and the page on the phone."""
        session = {"name": "sessionid", "value": session_of(self.user), "url": self._origin}
        self._context.add_cookies([session])
        self._goes(FIELD)
        self._does(ENROL, PIN)

    def opens(self, senior: Senior) -> str:
        """Her form, new or begun; its identity, or nothing when another tab has it."""
        self.form = self._does(OPEN, str(senior.uid))
        if not self.form:
            self._to_the_day()
        return self.form

    def types(self, code: str, value: Value) -> None:
        """One answer, once the page says that it is on the disk."""
        self._does(TYPE, code, value)

    def types_and_is_killed(self, code: str, value: Value) -> None:
        """One answer, and kill -9 of the browser without waiting for the page's word."""
        self._page.evaluate(ANSWER, [code, value])
        self.is_killed()

    def types_and_tab_is_killed(self, code: str, value: Value) -> None:
        """The same, and kill -9 of the tab alone."""
        self._page.evaluate(ANSWER, [code, value])
        self.tab_is_killed()

    def photographs(self, room: str, width: int) -> None:
        """A picture of that room, known by its width, once the page shows it."""
        before = self._page.evaluate(PICTURES, room)
        self._takes(room, width)
        self._does(PICTURE_KEPT, room, before)

    def photographs_and_finishes(self, room: str, width: int) -> None:
        """The form is ended while the picture is still being drawn."""
        self._takes(room, width)
        self.finishes()

    def photographs_and_tab_is_killed(self, room: str, width: int) -> None:
        """kill -9 of the tab without a word of the page."""
        self._takes(room, width)
        self.tab_is_killed()

    def _takes(self, room: str, width: int) -> None:
        drawn = BytesIO()
        Image.new("RGB", (width, 9), "teal").save(drawn, "PNG")
        taken = {"name": "piece.png", "mimeType": "image/png", "buffer": drawn.getvalue()}
        self._page.set_input_files(f"[data-photo='{room}']", taken)

    def touches(self, senior: Senior, outcome: str) -> str | None:
        """A visit not made: its identity once the page says that it is noted; None when the page
        does not propose it."""
        made = self._does(TOUCH, str(senior.uid), outcome, True)
        return made and made[0]

    def touches_and_tab_is_killed(self, senior: Senior, outcome: str) -> list[str] | None:
        """The same, killed before a word of the page; what is then in the outbox: one or none."""
        before = self._does(TOUCH, str(senior.uid), outcome, False)
        if before is None:
            return None
        self.tab_is_killed()
        return [one["uid"] for one in self._does(ITEMS) if one["uid"] not in before]

    def takes_back(self, uid: str, *, at_once: bool) -> bool:
        """A visit not made, taken back before it leaves; whether it still could be."""
        return self._does(TAKE_BACK, uid, at_once)

    def mends(self, uid: str) -> str:
        """Take up a refused form: its new identity, or nothing when it is not refused."""
        self.form = self._does(MEND, uid)
        return self.form

    def sends_again(self, uid: str) -> str:
        """A refused touch, as it is: its new identity, or nothing when it is not refused."""
        return self._does(SEND_AGAIN, uid)

    def waits_a_while(self) -> None:
        """Twenty minutes later, she looks at the page."""
        self.lets_time_pass()
        self._does(LOOK)

    def lets_time_pass(self) -> None:
        """All that was to wait is due."""
        self._clock += A_WHILE
        self._tells_the_hour()

    def finishes(self) -> None:
        """The form is in the outbox."""
        self._page.evaluate(TO_FIELD, "")
        self._page.evaluate("document.getElementById('finish').click()")
        self._sees(DAY)
        self.form = ""

    def reloads(self) -> None:
        """The page again, network or not, then the PIN."""
        self.form = ""
        self._page.reload(wait_until="commit")
        self._unlocks()

    def closes_tab(self) -> None:
        """The tab is gone with what it showed; without another one, a new one is opened."""
        self._page.close()
        del self._tabs[self._tab], self._forms[self._tab]
        self._tab = 0
        if not self._tabs:
            self.opens_tab()

    def opens_tab(self) -> None:
        """One more tab on the kept page."""
        self._tabs.append(self._context.new_page())
        self._forms.append("")
        self._tab = len(self._tabs) - 1
        self._heard(self._page)
        self._goes(FIELD)
        self._unlocks()

    def goes_to_other_tab(self) -> None:
        """The other of two tabs."""
        self._tab = 1 - self._tab
        self._page.bring_to_front()

    def is_killed(self) -> None:
        """kill -9 of the browser; it is opened again on the same profile."""
        self._chromium.kill()
        self._chromium.open()
        self._windows()
        self._goes(FIELD)
        self._unlocks()

    def tab_is_killed(self) -> None:
        """kill -9 of the tab's process, which other tabs of the site share; then a new tab."""
        self._chromium.kill_tabs()
        self._windows()
        self._goes(FIELD)
        self._unlocks()

    def is_given_up(self) -> None:
        """Stuck: a new browser, so that the next officer does not inherit what is wrong."""
        self._chromium.kill()
        self._chromium.open()

    def goes_offline(self) -> None:
        """No network, and the browser knows it."""
        self.wire.cut()
        self._is_offline = True
        for page in self._tabs:
            self._tell_network(page)

    def goes_online(self) -> None:
        """The network works again."""
        self.wire.mend()
        self._is_offline = False
        for page in self._tabs:
            self._tell_network(page)

    def logs_out(self) -> None:
        """By the button of the menu, whatever still waits here; then back to the kept page."""
        self.form = ""
        self._goes("/")
        self._page.wait_for_load_state("domcontentloaded")  # the menu's script has run
        if not self._is_at_log_in:
            self._page.click(".navbar-toggler")
            # A touch on what still moves begins on one thing and ends on another.
            self._page.wait_for_selector(MENU_OPEN)
            self._page.click(LOG_OUT)
            # Across the page that follows: what `_sees` watches would go with this one.
            self._page.wait_for_function(LOGGED_OUT_OR_WARNED)
            if not self._is_at_log_in:
                self._page.click(LOG_OUT)
            self._page.wait_for_selector("#id_username")
        self._goes(FIELD)
        self._unlocks()

    def sends_all(self) -> None:
        """Logged in, the button of the outbox pressed: nothing waits any more."""
        self.wire.mend()
        self.lets_time_pass()
        self.comes_back(on_any_page=False)
        self.presses_send()
        self._to_the_day()

    def presses_send(self) -> None:
        """In the outbox of the page as it stands, until nothing waits any more."""
        self.form = ""
        self._to_the_outbox()
        # By itself it may be sent, and the button gone, before a thumb gets there.
        self._page.evaluate("document.getElementById('send-now').click()")
        self._does(ALL_LEFT)

    def keeps_one_tab(self) -> None:
        """The others are closed."""
        while len(self._tabs) > 1:
            self.closes_tab()

    def comes_back(self, *, on_any_page: bool) -> None:
        """Log in if need be, and open the kept page or the first page of the site."""
        self.form = ""
        self._goes("/connexion/?next=" + ("/" if on_any_page else FIELD))
        self._logs_in("/" if on_any_page else FIELD)
        if not on_any_page:
            self._unlocks()

    def is_left_to_send(self) -> None:
        """With this page open and no gesture, all that waits leaves; what is refused stays."""
        self._does(ALL_LEFT)

    def shows(self) -> Shown:
        """The outbox and the drafts, read as the officer would."""
        if self._page.evaluate("document.body.id") != "field":
            self._goes(FIELD)
            self._unlocks()
        self._to_the_outbox()
        shown = Shown()
        for uid, state, receipt, reason in self._does(ROWS):
            if state == "sent":
                shown.receipts[uid] = receipt.removeprefix("n°\u00a0").partition(",")[0]
            elif state == "refused":
                shown.refused[uid] = reason
            else:
                shown.waiting.add(uid)
        begun = self._page.evaluate(
            "[...document.querySelectorAll('#drafts a')].map((one) => one.hash)"
        )
        for place in begun:
            uid, shown.drafts[uid], pictures = self._does(READ, place)
            shown.pictures[uid] = {width: room for room, width in pictures}
        items = self._does(ITEMS)
        shown.followed = {one["uid"]: one["form"] for one in items if one["kind"] == "photo"}
        return shown

    @property
    def session_key(self) -> str:
        """The session that the browser has, empty without one."""
        cookies = self._context.cookies(self._origin)
        return next((one["value"] for one in cookies if one["name"] == "sessionid"), "")

    def photographed(self) -> Path | None:
        """A picture of what the current tab shows, to see why it is stuck."""
        path = Path(tempfile.gettempdir()) / f"torture-{self.user.username}.png"
        with suppress(Error):
            self._page.screenshot(path=path, timeout=5_000)
            return path

    @property
    def _origin(self) -> str:
        return f"http://127.0.0.1:{self.wire.port}"

    def _goes(self, path: str) -> None:
        self._page.goto(f"{self._origin}{path}", wait_until="commit")

    @property
    def _is_at_log_in(self) -> bool:
        return "/connexion/" in self._page.url

    def _logs_in(self, then: str) -> None:
        """On the log-in page, unless the session still holds."""
        if not self._is_at_log_in:
            return
        self._page.fill("#id_username", self.user.username)
        self._page.fill("#id_password", "mot-de-passe")
        self._page.click("button[type=submit]")
        self._page.wait_for_url(lambda url: url.partition("?")[0].endswith(then))

    def _unlocks(self) -> None:
        """The PIN, and the list of people."""
        self._does(UNLOCK, PIN)

    def _to_the_outbox(self) -> None:
        self._page.evaluate("location.hash = '#envois'")
        self._sees(OUTBOX)

    def _to_the_day(self) -> None:
        self._page.evaluate("location.hash = ''")
        self._sees(DAY)

    def _sees(self, test: str) -> None:
        """Wait until the page shows it."""
        self._does(f"() => seen({test})")

    def _does(self, gestures: str, *said: object) -> Any:
        """A script of the page with `seen` and `isAt`; what it answers."""
        script = f"""(said) => {{
          const seen = {SEEN};
          const isAt = {IS_AT};
          const items = {ITEMS};
          return ({gestures})(...said);
        }}"""
        return self._page.evaluate(script, list(said))
