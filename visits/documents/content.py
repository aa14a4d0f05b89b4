"""What the printed pages say: the data of a trip, and the words of `form` as paper needs them."""

from dataclasses import dataclass

from visits.models import Visit
from visits.needs import by_family
from visits.visiting import form

CONSENT_WORDING = form.VERSION
FAMILIES = tuple(
    (family.label, tuple(need.label for need in needs)) for family, needs in by_family().items()
)
SEVERITIES = tuple(label for _, label in form.SEVERITIES)
HAZARDS = tuple(
    (room.title, room.clear, tuple(one.label for one in room.fields)) for room in form.ROOMS
)


def _section(code: str) -> form.Section:
    return next(section for section in form.SECTIONS if section.code == code)


def _answers(field: form.Field) -> tuple[str, ...]:
    return tuple(label for _, label in field.choices)


# The screen's own steps: its titles, helps and questions, which the paper repeats in its order.
WELCOME, KNOWN = _section("welcome"), _section("known")
HOME, LIFE, RIGHTS, WISHES, NEEDS, ACTIONS, NEXT = (
    _section(code) for code in ("home", "life", "rights", "wishes", "needs", "actions", "next")
)
PRESENT = tuple(one.label for one in WELCOME.fields if one.family == "present")
CONSENTS = tuple(one.label for one in WELCOME.fields if one.family == "consent")
SHARING = form.SHARING
KNOWN_LABELS = tuple(one.label for one in KNOWN.fields)
# A star marks what tells of health: kept only with the second consent.
DAILY_LIFE = tuple((one.label, _answers(one)) for one in LIFE.fields)
RIGHTS_ASKED = tuple((one.label, one.help) for one in RIGHTS.fields)
RIGHTS_ANSWERS = _answers(RIGHTS.fields[0])
DECISIONS = tuple(label for _, label in form.DECISIONS)
OUTCOMES = tuple(one.label for one in Visit.Outcome)
WHY = form.WHY
NEXT_HOW = _answers(form.field("next.how"))


@dataclass(frozen=True)
class Known:
    """One thing known: what, its value, from where and when; `asked`: to confirm or correct."""

    label: str
    value: str
    source: str
    asked: bool = True


@dataclass(frozen=True)
class Person:
    """One visit, as printed. Texts are in French and ready to draw; "" where unknown."""

    number: int  # her place on the list, kept when others are skipped
    name: str
    reference: str
    address: tuple[str, ...]
    access: str  # building, floor, lift, door
    phones: str
    why: str
    urgent: bool = False
    added: bool = False
    last_visit: str = ""
    known: tuple[Known, ...] = ()
    neighbours: tuple[str, ...] = ()
    when: str = ""  # the moment she expects someone


@dataclass(frozen=True)
class Round:
    """One officer's visits of one period, in order."""

    landlord: str
    phone: str
    officer: str
    period: str
    people: tuple[Person, ...]
    draft: bool = False
    # The landlord's catalogue: (family, (action, done by a partner)…).
    catalogue: tuple[tuple[str, tuple[tuple[str, bool], ...]], ...] = ()
