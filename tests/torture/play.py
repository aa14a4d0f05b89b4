"""Plays one schedule for real, writes down what each officer did, and counts at the end."""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from django.contrib.sessions.models import Session
from playwright.sync_api import Error

from tests.torture import stored
from tests.torture.cast import Cast, make_cast
from tests.torture.check import faults
from tests.torture.model import Model, Shown, Stored
from tests.torture.phone import Phone
from tests.torture.phones import Phones
from tests.torture.server import Server
from tests.torture.steps import AT_A_PICTURE, Schedule, Step


@dataclass(frozen=True)
class Stage:
    """What stays alive from one schedule to the next."""

    server: Server
    phones: Phones


@dataclass(frozen=True)
class Played:
    """What was lost, doubled or overwritten: nothing, or else sentences. And how much there was."""

    faults: list[str]
    counts: Counter[str] = field(default_factory=Counter)


def play(
    schedule: Schedule, stage: Stage, *, say: Callable[[str], None], plant: str = ""
) -> Played:
    """One schedule to its end, and the count.

    `say` is told each step before it is played. `plant` names a fault (`stored.PLANTS`) to put in
    the database just before the count, to see the count find it.
    """
    stage.server.start()
    cast = make_cast(schedule.officers, schedule.people)
    phones = stage.phones.of(cast.officers)
    playing = _Playing(cast, stage.server, phones)
    last = "the morning"
    try:
        for phone in phones:
            phone.begins_the_day()
        for step in schedule.steps:
            last = str(step)
            say(last)
            playing.play(step)
        last = "the network is back, everybody logs in"
        say(last)
        shown = playing.end(random.Random(schedule.seed))
    except Error as error:
        seen = [phone.photographed() for phone in phones]
        for phone in phones:
            phone.is_given_up()
        return Played([f"stuck: at « {last} »: {error} {seen}"])
    if plant:
        stored.PLANTS[plant](cast)
    kept = stored.stored_for(cast)
    found = faults(playing.model, kept, shown, Phone.blank)
    found += [f"broken: {said}" for phone in phones for said in phone.complaints]
    return Played(found, _counted(playing.model, kept, shown))


def _counted(model: Model, kept: Stored, shown: list[Shown]) -> Counter[str]:
    """What the schedule put to the test."""
    sheets = model.sheets.values()
    return Counter(
        {
            "forms received": len(kept.forms),
            "refused": sum(len(phone.refused) for phone in shown),
            "drafts": sum(len(phone.drafts) for phone in shown),
            "clashes": len(kept.clashes),
            "pictures": len(kept.pictures),
            "visits not made": sum(form.outcome != "done" for form in kept.forms),
            "taken back": sum(one.is_taken_back for one in sheets),
            "mended": sum(one.is_replaced for one in sheets),
        }
    )


class _Playing:
    """One schedule under way. Each kind of step is the method of that name."""

    def __init__(self, cast: Cast, server: Server, phones: list[Phone]) -> None:
        self.cast, self.server, self.phones = cast, server, phones
        self.model = Model()

    def play(self, step: Step) -> None:
        """One step, to its end."""
        gesture = getattr(self, step.kind)
        gesture(step) if step.who is None else gesture(self.phones[step.who], step)

    # What an officer does

    def opens(self, phone: Phone, step: Step) -> None:
        uid = phone.opens(self.cast.people[step.person])
        self.model.opens(uid, step.who, step.person)

    def finds_it_open_elsewhere(self, phone: Phone, step: Step) -> None:
        """One tab at a time writes on one person."""
        if phone.opens(self.cast.people[step.person]):
            raise AssertionError("two tabs have the same form open")

    def types(self, phone: Phone, step: Step) -> None:
        phone.types(step.code, step.value)
        self.model.types(phone.form, step.code, step.value)

    def finishes(self, phone: Phone, step: Step) -> None:
        uid = phone.form
        phone.finishes()
        self.model.finishes(uid)

    def photographs(self, phone: Phone, step: Step) -> None:
        self.model.sheets[phone.form].pictures[step.value] = step.code
        phone.photographs(step.code, step.value)

    def photographs_and_finishes(self, phone: Phone, step: Step) -> None:
        """Without waiting for the picture to be shown: the form's end does."""
        self.model.sheets[phone.form].pictures[step.value] = step.code
        self.model.finishes(phone.form)
        phone.photographs_and_finishes(step.code, step.value)

    def tab_killed_while_photographing(self, phone: Phone, step: Step) -> None:
        self.model.sheets[phone.form].doubtful_pictures[step.value] = step.code
        phone.photographs_and_tab_is_killed(step.code, step.value)

    def touches(self, phone: Phone, step: Step) -> None:
        """A visit not made, unless something is already noted on her."""
        uid = phone.touches(self.cast.people[step.person], step.value)
        self._touched(step, uid)

    def tab_killed_while_touching(self, phone: Phone, step: Step) -> None:
        """It is in the outbox, or it is not: nothing was said."""
        made = phone.touches_and_tab_is_killed(self.cast.people[step.person], step.value)
        if made != []:
            self._touched(step, made and made[0])

    def _touched(self, step: Step, uid: str | None) -> None:
        if uid:
            self.model.touches(uid, step.who, step.person, step.value)
        elif self.model.is_untouched(step.who, step.person):
            self.model.broken.append(f"no touch is proposed: {step}")

    def takes_back(self, phone: Phone, step: Step) -> None:
        """From the word that was just said, or later from the outbox."""
        if uid := self.model.last_touch(step.who, step.person):
            undone = phone.takes_back(uid, at_once=step.value == "at once")
            self.model.takes_back(uid, undone=undone)

    def mends(self, phone: Phone, step: Step) -> None:
        """A form of hers that was refused, if one was: an answer more, then sent again. Or a touch,
        sent again as it is."""
        if self._begins_to_mend(phone, step):
            self.finishes(phone, step)
        else:
            self._sends_refused_touch(phone, step)

    def _sends_refused_touch(self, phone: Phone, step: Step) -> None:
        former = self.model.refused_touch(step.who, step.person)
        if former and (uid := phone.sends_again(former)):
            self.model.mends(former, uid)
            self.model.finishes(uid)
            self.model.time_passes(step.who)

    def mends_after_a_reload(self, phone: Phone, step: Step) -> None:
        if self._begins_to_mend(phone, step):
            phone.reloads()
            self.opens(phone, step)
            self.finishes(phone, step)

    def mends_and_tab_is_killed(self, phone: Phone, step: Step) -> None:
        """What was begun stays a draft, beside the refused form. With nothing to mend the tab is
        killed all the same: what follows counts on that."""
        self._begins_to_mend(phone, step)
        phone.tab_is_killed()

    def _begins_to_mend(self, phone: Phone, step: Step) -> bool:
        former = self.model.mendable(step.who, step.person)
        if not former or not phone.mends(former):
            return False
        self.model.mends(former, phone.form)
        self.types(phone, step)
        return True

    def reloads(self, phone: Phone, _step: Step) -> None:
        phone.reloads()

    def closes_tab(self, phone: Phone, _step: Step) -> None:
        phone.closes_tab()

    def opens_second_tab(self, phone: Phone, _step: Step) -> None:
        phone.opens_tab()

    def goes_to_other_tab(self, phone: Phone, _step: Step) -> None:
        phone.goes_to_other_tab()

    def kill_browser(self, phone: Phone, _step: Step) -> None:
        phone.is_killed()

    def killed_while_typing(self, phone: Phone, step: Step) -> None:
        uid = phone.form
        self.model.doubts(uid, step.code, step.value)
        phone.types_and_is_killed(step.code, step.value)

    def kill_tab(self, phone: Phone, _step: Step) -> None:
        phone.tab_is_killed()

    def tab_killed_while_typing(self, phone: Phone, step: Step) -> None:
        self.model.doubts(phone.form, step.code, step.value)
        phone.types_and_tab_is_killed(step.code, step.value)

    def logs_out(self, phone: Phone, _step: Step) -> None:
        phone.logs_out()

    def waits_for_receipts(self, phone: Phone, step: Step) -> None:
        self.model.time_passes(step.who)
        phone.sends_all()

    def waits_a_while(self, phone: Phone, step: Step) -> None:
        """Twenty minutes: what was to be tried again later, or could be taken back, may leave."""
        self.model.time_passes(step.who)
        phone.waits_a_while()

    # What happens to the network, to the session, to the server

    def offline(self, phone: Phone, _step: Step) -> None:
        phone.goes_offline()

    def cut(self, phone: Phone, _step: Step) -> None:
        """Nothing passes, and the browser does not know."""
        phone.wire.cut()

    def online(self, phone: Phone, _step: Step) -> None:
        phone.goes_online()

    def loses_next_answer(self, phone: Phone, _step: Step) -> None:
        phone.wire.losing["form"] += 1

    def loses_next_form(self, phone: Phone, _step: Step) -> None:
        phone.wire.swallowing["form"] += 1

    def loses_next_picture_answer(self, phone: Phone, _step: Step) -> None:
        phone.wire.losing["picture"] += 1

    def loses_next_picture(self, phone: Phone, _step: Step) -> None:
        phone.wire.swallowing["picture"] += 1

    def sends_again(self, phone: Phone, step: Step) -> None:
        """One of the requests that were seen comes to the server again: once more, or late."""
        if phone.wire.seen:
            phone.wire.send_again(phone.wire.seen[step.value % len(phone.wire.seen)])

    def session_expires(self, phone: Phone, _step: Step) -> None:
        """The server forgets it, the browser does not know."""
        Session.objects.filter(session_key=phone.session_key).delete()

    def dies(self, step: Step) -> None:
        if step.value == "now":
            self.server.kill()
        else:
            moment = step.value.removeprefix(AT_A_PICTURE)
            self.server.arm("form" if moment == step.value else "picture", moment)

    def starts(self, _step: Step) -> None:
        self.server.start()

    def moves_away(self, step: Step) -> None:
        self.cast.moves_away(step.person)
        self.model.leaves(step.person)

    def moves_back(self, step: Step) -> None:
        self.cast.moves_back(step.person)
        self.model.returns(step.person)

    def end(self, dice: random.Random) -> list[Shown]:
        """All is mended, everybody logs in on one page or another, or presses the button of the
        page as it stands; what the phones then show."""
        self.server.disarm()
        self.server.start()
        for phone in self.phones:
            phone.goes_online()
            phone.lets_time_pass()
            phone.keeps_one_tab()
            way = dice.choice(("any page", "kept page", "as it stands"))
            if way == "as it stands" and self._has_session(phone):
                phone.presses_send()
            else:
                phone.comes_back(on_any_page=way == "any page")
            phone.is_left_to_send()
        return [phone.shows() for phone in self.phones]

    @staticmethod
    def _has_session(phone: Phone) -> bool:
        return Session.objects.filter(session_key=phone.session_key).exists()
