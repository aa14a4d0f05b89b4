"""A schedule drawn from its seed alone: who does what, and what breaks, in which order. Pure."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial

from tests.torture.fields import ALIKE, FIELDS, OUTCOMES, ROOMS
from tests.torture.steps import AT_A_PICTURE, FIRST_WIDTH, MOMENTS, Schedule, Step


def draw(seed: str) -> Schedule:
    """The schedule of this seed; the same one each time."""
    return _Draw(random.Random(seed), seed).schedule()


@dataclass
class _Officer:
    """As much of an officer's morning as is needed to know what may come next."""

    tabs: list[int | None] = field(default_factory=lambda: [None])
    tab: int = 0
    is_connected: bool = True
    typed: dict[int, int] = field(default_factory=dict)
    finished: set[int] = field(default_factory=set)
    touched: set[int] = field(default_factory=set)
    photographed: bool = False

    @property
    def opened(self) -> int | None:
        return self.tabs[self.tab]

    def shut(self) -> None:
        """Every form goes back to the list, in one tab."""
        self.tabs, self.tab = [None], 0


class _Draw:
    """Draws steps one after the other among those that make sense."""

    def __init__(self, dice: random.Random, seed: str) -> None:
        self.dice, self.seed = dice, seed
        self.officers = [_Officer() for _ in range(1 if dice.random() < 0.65 else 2)]
        self.people = dice.randint(2, 3)
        self.is_up = True
        self.down_for = 0
        # Once at most: a browser takes its time to start.
        self.may_kill_browser = dice.random() < 0.18
        self.may_kill_tab = dice.random() < 0.3
        self.may_kill_server = dice.random() < 0.4
        self.left: int | None = None
        self.pictures = 0
        self.leaver = dice.randrange(self.people) if dice.random() < 0.3 else None
        self.steps: list[Step] = []

    def schedule(self) -> Schedule:
        for _ in range(self.dice.randint(7, 12)):
            who = self.dice.randrange(len(self.officers))
            makers, weights = zip(*self._possible(self.officers[who]), strict=True)
            make = self.dice.choices(makers, weights)[0]
            self.steps += make(self.officers[who], who)
            self._server_comes_back()
        self._at_least_one_form()
        return Schedule(self.seed, len(self.officers), self.people, tuple(self.steps))

    def _at_least_one_form(self) -> None:
        """A day without a finished form proves little."""
        officer = self.officers[0]
        if not any(one.finished for one in self.officers):
            if officer.opened is None:
                taken = {one for one in officer.tabs if one is not None}
                person = min(set(range(self.people)) - taken)
                officer.tabs[officer.tab] = person
                self.steps.append(Step("opens", 0, person))
            self.steps += [*self._type(officer, 0), *self._finish(officer, 0)]

    def _server_comes_back(self) -> None:
        """A dead server stays so for a step or two."""
        if not self.is_up:
            self.down_for -= 1
            if self.down_for < 0:
                self.is_up = True
                self.steps.append(Step("starts"))

    def _possible(self, officer: _Officer) -> Iterator[tuple[Callable, int]]:
        """What may come next for this officer, and how often it should."""
        if officer.opened is None and len(officer.finished) < self.people:
            yield self._open, 18
        if officer.opened is None:
            if fresh := self._fresh(officer):
                yield partial(self._touch, fresh), 3
            if officer.touched:
                yield self._take_back, 5
        else:
            yield self._type, 10
            yield self._photograph, 6
            if officer.typed.get(officer.opened):
                yield self._finish, 12
        yield self._wait_a_while, 2
        yield self._reload, 2
        yield self._close_tab, 1
        yield self._second_tab if len(officer.tabs) == 1 else self._switch_tab, 2
        yield from self._troubles(officer)

    def _troubles(self, officer: _Officer) -> Iterator[tuple[Callable, int]]:
        """What may go wrong, or right again."""
        yield self._lose, 2
        if officer.photographed:
            yield self._lose_picture, 6
        yield (self._disconnect if officer.is_connected else self._connect), 5
        yield from self._deaths(officer)
        if officer.is_connected and self.is_up:
            yield self._expire, 1
            yield self._log_out, 1
            yield self._settle, 1
            if officer.opened is None:
                yield from self._refusals(officer)
        if officer.finished and self.is_up:
            yield self._send_again, 4
        if self.may_kill_server and self.is_up:
            yield self._kill_server, 4
        if self.leaver is not None:
            yield self._leave, 5

    def _deaths(self, officer: _Officer) -> Iterator[tuple[Callable, int]]:
        """kill -9 of her browser, or of the tab."""
        if self.may_kill_browser:
            yield self._kill_browser, 4
            if officer.opened is not None:
                yield self._kill_while_typing, 10
        if self.may_kill_tab:
            yield self._kill_tab, 3
            if officer.opened is not None:
                yield self._kill_tab_while_typing, 6

    def _refusals(self, officer: _Officer) -> Iterator[tuple[Callable, int]]:
        """A form is refused as she moved away, then mended once she is back, or before."""
        if self.leaver in self._fresh(officer):
            yield self._have_refused, 12
        if self.left is not None and self.left not in officer.tabs:
            yield self._mend, 8

    def _fresh(self, officer: _Officer) -> list[int]:
        """People on whom this officer's phone holds nothing."""
        known = officer.finished | officer.typed.keys()
        return [one for one in range(self.people) if one not in known]

    def _open(self, officer: _Officer, who: int) -> list[Step]:
        """Someone not seen yet, or seen and called on again that day."""
        again = self.dice.random() < 0.15
        left = [one for one in range(self.people) if again or one not in officer.finished]
        person = self.dice.choice(left)
        if person in officer.tabs:
            return [Step("finds_it_open_elsewhere", who, person)]
        officer.tabs[officer.tab] = person
        return [Step("opens", who, person), *self._type(officer, who)]

    def _type(self, officer: _Officer, who: int) -> list[Step]:
        """One to four fields; some fields more often, so that two officers meet on them."""
        officer.typed[officer.opened] = 1
        steps = []
        for _ in range(self.dice.randint(1, 4)):
            code = self.dice.choice(ALIKE if self.dice.random() < 0.4 else tuple(FIELDS))
            value = self.dice.choice(FIELDS[code])
            steps.append(Step("types", who, code=code, value=value))
        return steps

    def _photograph(self, officer: _Officer, who: int) -> list[Step]:
        """A picture of a room; at times the form is ended, or the tab dies, at the same moment."""
        officer.photographed = True
        self.pictures += 1
        taken = Step("photographs", who, code=self.dice.choice(ROOMS))
        taken = replace(taken, value=FIRST_WIDTH + self.pictures)
        way = self.dice.random()
        if way < 0.3:
            self._finish(officer, who)
            return [replace(taken, kind="photographs_and_finishes")]
        if way < 0.45:
            officer.shut()
            return [replace(taken, kind="tab_killed_while_photographing")]
        return [taken]

    def _touch(self, fresh: list[int], officer: _Officer, who: int) -> list[Step]:
        """A visit not made, in one touch, which may be taken back at once."""
        person = self.dice.choice(fresh)
        touched = Step("touches", who, person, value=self.dice.choice(OUTCOMES))
        if self.dice.random() < 0.3:
            return [touched, Step("takes_back", who, person, value="at once")]
        officer.finished.add(person)
        officer.touched.add(person)
        if self.dice.random() < 0.2:
            officer.shut()
            return [replace(touched, kind="tab_killed_while_touching")]
        return [touched]

    def _take_back(self, officer: _Officer, who: int) -> list[Step]:
        """Later, from the outbox: it may have left by then."""
        person = self.dice.choice(sorted(officer.touched))
        officer.touched.discard(person)
        return [Step("takes_back", who, person)]

    def _have_refused(self, officer: _Officer, who: int) -> list[Step]:
        """She moves away, the form on her is refused; she may be back by the time it is mended."""
        person = self.leaver
        steps = self._leave(officer, who)
        if self.dice.random() < 0.3:
            officer.finished.add(person)
            steps += [Step("touches", who, person, value=self.dice.choice(OUTCOMES))]
        else:
            officer.tabs[officer.tab] = person
            steps += [Step("opens", who, person), *self._type(officer, who)]
            steps += self._photograph(officer, who) if self.dice.random() < 0.5 else []
            steps += self._finish(officer, who) if officer.opened == person else []
        steps += self._settle(officer, who)
        return [*steps, *(self._mend(officer, who) if self.dice.random() < 0.7 else [])]

    def _mend(self, officer: _Officer, who: int) -> list[Step]:
        """Here, or back here: the refused form is taken up, if there is one."""
        person = self.left
        back = [Step("moves_back", person=person)] if self.dice.random() < 0.7 else []
        if back:
            self.left = None
        way = self.dice.choice(("mends", "mends_after_a_reload", "mends_and_tab_is_killed"))
        if way == "mends_and_tab_is_killed":
            officer.shut()
        code = self.dice.choice(ALIKE)
        value = self.dice.choice(FIELDS[code])
        return [*back, Step(way, who, person, code, value)]

    def _wait_a_while(self, _officer: _Officer, who: int) -> list[Step]:
        return [Step("waits_a_while", who)]

    def _finish(self, officer: _Officer, who: int) -> list[Step]:
        person = officer.opened
        officer.finished.add(person)
        officer.typed[person] = 0
        officer.tabs = [None if one == person else one for one in officer.tabs]
        return [Step("finishes", who)]

    def _reload(self, officer: _Officer, who: int) -> list[Step]:
        officer.tabs[officer.tab] = None
        return [Step("reloads", who)]

    def _close_tab(self, officer: _Officer, who: int) -> list[Step]:
        officer.tabs.pop(officer.tab)
        officer.tabs, officer.tab = officer.tabs or [None], 0
        return [Step("closes_tab", who)]

    def _second_tab(self, officer: _Officer, who: int) -> list[Step]:
        officer.tabs.append(None)
        officer.tab = 1
        return [Step("opens_second_tab", who)]

    def _switch_tab(self, officer: _Officer, who: int) -> list[Step]:
        officer.tab = 1 - officer.tab
        return [Step("goes_to_other_tab", who)]

    def _lose(self, _officer: _Officer, who: int) -> list[Step]:
        return [Step(self.dice.choice(["loses_next_answer", "loses_next_form"]), who)]

    def _lose_picture(self, _officer: _Officer, who: int) -> list[Step]:
        return [Step(self.dice.choice(["loses_next_picture_answer", "loses_next_picture"]), who)]

    def _disconnect(self, officer: _Officer, who: int) -> list[Step]:
        officer.is_connected = False
        return [Step(self.dice.choice(["offline", "cut"]), who)]

    def _connect(self, officer: _Officer, who: int) -> list[Step]:
        officer.is_connected = True
        return [Step("online", who)]

    def _kill_browser(self, officer: _Officer, who: int) -> list[Step]:
        self.may_kill_browser = False
        officer.shut()
        return [Step("kill_browser", who)]

    def _kill_while_typing(self, officer: _Officer, who: int) -> list[Step]:
        """Before the phone has said that the last answer is kept."""
        *steps, last = self._type(officer, who)
        self._kill_browser(officer, who)
        return [*steps, replace(last, kind="killed_while_typing")]

    def _kill_tab(self, officer: _Officer, who: int) -> list[Step]:
        officer.shut()
        return [Step("kill_tab", who)]

    def _kill_tab_while_typing(self, officer: _Officer, who: int) -> list[Step]:
        *steps, last = self._type(officer, who)
        officer.shut()
        return [*steps, replace(last, kind="tab_killed_while_typing")]

    def _expire(self, _officer: _Officer, who: int) -> list[Step]:
        return [Step("session_expires", who)]

    def _log_out(self, officer: _Officer, who: int) -> list[Step]:
        officer.tabs[officer.tab] = None
        return [Step("logs_out", who)]

    def _settle(self, officer: _Officer, who: int) -> list[Step]:
        officer.tabs[officer.tab] = None
        return [Step("waits_for_receipts", who)]

    def _send_again(self, _officer: _Officer, who: int) -> list[Step]:
        """A form's request comes to the server once more, or late, after others."""
        return [Step("sends_again", who, value=self.dice.randrange(100))]

    def _kill_server(self, officer: _Officer, who: int) -> list[Step]:
        """Now, or at a moment of the next form to arrive: most often one that is finished then."""
        self.is_up, self.down_for = False, self.dice.randint(0, 3)
        moment = self.dice.choice(MOMENTS)
        if officer.photographed and moment != "now" and self.dice.random() < 0.5:
            moment = AT_A_PICTURE + moment
        steps = [Step("dies", value=moment)]
        if officer.typed.get(officer.opened) and self.dice.random() < 0.7:
            steps += self._finish(officer, who)
        return steps

    def _leave(self, _officer: _Officer, _who: int) -> list[Step]:
        """She moved out of the territory: forms on her will be refused from now on."""
        person, self.leaver = self.leaver, None
        self.left = person
        return [Step("moves_away", person=person)]
