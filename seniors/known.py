"""What the other apps tell of a senior: events of her history, the words of items and consents,
what can be done from her sheet and what is shown on it.

They are registered when the apps start, so that nothing here knows of surveys or visits.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import models

from seniors.models import Senior, User


class EventKind(models.TextChoices):
    """What a history is filtered by."""

    VISIT = "visit", "Visites"
    SIGNAL = "signal", "Signalements"
    ACTION = "action", "Besoins et actions"
    SURVEY = "survey", "Enquêtes"
    PLAN = "plan", "Listes et rendez-vous"
    PAUSE = "pause", "Pauses et oppositions"
    CONSENT = "consent", "Accords"
    RECORD = "record", "Fiche et logement"


@dataclass(frozen=True)
class Event:
    """Something that happened: to be read in a list, the latest first."""

    on: date
    what: str
    detail: str = ""
    url: str = ""
    kind: EventKind = EventKind.RECORD


@dataclass(frozen=True)
class Gesture:
    """Something to do for her, on a page of another app; `icon` is one of Bootstrap's."""

    label: str
    url: str
    icon: str


@dataclass(frozen=True)
class Panel:
    """A piece of another app on her sheet: `place` is "top", "ranking" or "main"."""

    place: str
    template: str
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Words:
    """An item as it is asked: the question, and the reply for each value."""

    question: str
    replies: Mapping[int, str] = field(default_factory=dict)
    domain: str = ""


@dataclass(frozen=True)
class Chapter:
    """What is kept of her on one subject, as she reads it: (what, in which words)."""

    title: str
    lines: tuple[tuple[str, str], ...]
    intro: str = ""


# Takes the ids of the records of one person; a fixed number of queries.
ChapterSource = Callable[[Sequence[int]], Iterable[Chapter]]
EventSource = Callable[[Sequence[int]], Iterable[Event]]
# Takes her record, the ids of all of them, and who reads; a fixed number of queries.
PanelSource = Callable[[Senior, Sequence[int], User], Iterable[Panel]]
GestureSource = Callable[[Senior, User], Iterable[Gesture]]
# Takes the ids of the records of one person; gives {(code of a text, day): the way she answered by
# that day (paper…)}, in a fixed number of queries.
WaySource = Callable[[Sequence[int]], Mapping[tuple[str, date], str]]
_events: list[EventSource] = []
_chapters: list[ChapterSource] = []
_panels: list[PanelSource] = []
_gestures: list[GestureSource] = []
_words: list[Callable[[], Mapping[str, Words]]] = []
_wordings: list[Callable[[str], str]] = []
_consent_texts: list[Callable[[str, str], str]] = []
_consent_ways: list[WaySource] = []


def add_events(source: EventSource) -> None:
    """Have the events of this source in every history."""
    _events.append(source)


def add_panels(source: PanelSource) -> None:
    """Have the pieces of this source on every sheet."""
    _panels.append(source)


def add_gestures(source: GestureSource) -> None:
    """Have the gestures of this source offered on every sheet."""
    _gestures.append(source)


def add_words(source: Callable[[], Mapping[str, Words]]) -> None:
    """Have the items of this source shown in their words."""
    _words.append(source)


def add_wordings(source: Callable[[str], str]) -> None:
    """Have the texts of this source named; it answers "" for a code that is not its own."""
    _wordings.append(source)


def add_consent_texts(source: Callable[[str, str], str]) -> None:
    """Have the agreements of this source quoted, from their kind and the code of their text."""
    _consent_texts.append(source)


def add_consent_ways(source: WaySource) -> None:
    """Have the ways by which this source heard her agreements said beside them."""
    _consent_ways.append(source)


def add_chapters(source: ChapterSource) -> None:
    """Have what this source keeps of her in the letter that tells her."""
    _chapters.append(source)


def chapters(records: Sequence[int]) -> list[Chapter]:
    """What every source keeps of the person of these records."""
    return [chapter for source in _chapters for chapter in source(records)]


def events(records: Sequence[int]) -> list[Event]:
    """The events of these records from every source, the latest first."""
    found = [event for source in _events for event in source(records)]
    return sorted(found, key=lambda event: event.on, reverse=True)


def panels(senior: Senior, records: Sequence[int], user: User) -> dict[str, list[Panel]]:
    """{place: the pieces shown there}."""
    found: dict[str, list[Panel]] = {"top": [], "ranking": [], "main": []}
    for source in _panels:
        for panel in source(senior, records, user):
            found[panel.place].append(panel)
    return found


def gestures(senior: Senior, user: User) -> list[Gesture]:
    """What can be done for her."""
    return [gesture for source in _gestures for gesture in source(senior, user)]


def words() -> dict[str, Words]:
    """{item code: its words} from every source; the first that has an item is kept."""
    found: dict[str, Words] = {}
    for source in _words:
        found = {**source(), **found}
    return found


def wording_of(code: str) -> str:
    """The French name of the text on which a consent was given, from the code kept with it."""
    named = (source(code) for source in _wordings)
    return next(filter(None, named), f"texte «\u00a0{code}\u00a0»")


def consent_text(kind: str, code: str) -> str:
    """The words that were read when a consent was asked, "" when they are not known here."""
    said = (source(kind, code) for source in _consent_texts)
    return next(filter(None, said), "")


def consent_ways(records: Sequence[int]) -> dict[tuple[str, date], str]:
    """{(code of a text, day): the way she answered by}, from every source that knows it."""
    return {key: way for source in _consent_ways for key, way in source(records).items()}
