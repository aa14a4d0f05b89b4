"""What the printed pages say: the data of a trip, and the words of `form` as paper needs them."""

from dataclasses import dataclass

from visits.models import Visit
from visits.needs import by_family
from visits.visiting import form

CONSENT_WORDING = form.VERSION
FAMILIES = tuple(
    (family.label, tuple(need.label for need in needs)) for family, needs in by_family().items()
)
SEVERITIES = (*(label for _, label in form.SEVERITIES), "pas vu")
HAZARDS = tuple((room.title, tuple(one.label for one in room.fields)) for room in form.ROOMS)


def _section(code: str) -> form.Section:
    return next(section for section in form.SECTIONS if section.code == code)


def _answers(field: form.Field) -> tuple[str, ...]:
    return tuple(label for _, label in field.choices)


# A star marks what tells of health: kept only with the second consent.
DAILY_LIFE = tuple((one.label, _answers(one)) for one in _section("life").fields)
RIGHTS = tuple(one.label for one in _section("rights").fields)
RIGHTS_ANSWERS = _answers(_section("rights").fields[0])
OUTCOMES = tuple(Visit.Outcome(code).label for code in ("done", "absent", "refused"))
NOTE = _section("home").title
NEXT = _answers(form.field("next.how"))
CONSENTS = tuple(
    form.SHARING if kind is None else form.field(f"consent.{kind}").label
    for kind in ("visit", "health", None, "evaluation")
)
NOTICE = f"À dire en arrivant : « {form.NOTICE} »"


@dataclass(frozen=True)
class Known:
    """One thing to confirm or correct: what, its value, from where and when."""

    label: str
    value: str
    source: str


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
