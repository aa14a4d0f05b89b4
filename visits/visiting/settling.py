"""What waits for a person: fields that two forms tell otherwise, and forms set aside.

Reads, and the mark that a form set aside was read; `recording.settle` writes a choice.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from seniors.access import visible_seniors
from seniors.models import User
from seniors.person import rows_of
from seniors.queries import records_of
from visits.models import AsideForm, Clash, ClashChoice, Visit, VisitForm
from visits.visiting import recording
from visits.visiting.form_page import ROOMS, Names, label_of, words_of

SETTLED_SHOWN = 20
TO_SETTLE = (
    "Une fiche de ce jour dit autre chose\u00a0: c’est à trancher. Rien d’autre n’est changé."
)
NOTED = "C’est déjà noté\u00a0: rien d’autre n’est changé."
STANDS = "La visite de ce jour est déjà notée «\u00a0{}\u00a0»\u00a0: rien n’est changé."


@dataclass(frozen=True)
class Tap:
    """What came of an outcome told in one tap: the sentence, what it leaves to settle, and whether
    it, or the same tap before, made something that may be taken back."""

    said: str
    clash: Clash | None
    may_be_undone: bool


@dataclass(frozen=True)
class Side:
    """One of the two forms of a clash."""

    form: VisitForm
    words: str
    stands: bool


@dataclass(frozen=True)
class Dressed:
    """A clash as it is shown."""

    clash: Clash
    label: str
    sides: tuple[Side, Side]
    past: Sequence["Past"] = ()


@dataclass(frozen=True)
class Past:
    """A choice that was made: by whom, when, what it kept."""

    choice: ClashChoice
    words: str


@dataclass(frozen=True)
class Compared:
    """A field of a form set aside, beside what was kept."""

    label: str
    kept: str
    aside: str

    @property
    def differs(self) -> bool:
        """Whether the two say the same."""
        return self.kept != self.aside


def tap_of(recorded: recording.Recorded) -> Tap:
    """Never silent: what followed, or why nothing did."""
    clash = Clash.objects.filter(second=recorded.form, settled_at=None).first()
    stands = recorded.visit.outcome
    nothing = (
        NOTED if stands == recorded.form.outcome else STANDS.format(Visit.Outcome(stands).label)
    )
    said = recorded.consequence or (TO_SETTLE if clash else nothing)
    is_ours = bool(recorded.consequence) or not (recorded.is_new or clash)
    return Tap(said, clash, is_ours)


def visible_clashes(user: User) -> QuerySet[Clash]:
    """Those of visits to the user's people, settled or not."""
    visits = rows_of(visible_seniors(user), Visit.objects.all()).values("pk")
    clashes = Clash.objects.filter(visit__in=visits)
    return clashes.select_related("visit__senior", "first__by", "second__by", "settled_by")


def open_clashes(user: User, names: Names) -> list[Dressed]:
    """Those that wait for a choice, the latest visit first."""
    waiting = visible_clashes(user).filter(settled_at=None)
    return [dressed(one, names) for one in waiting.order_by("-visit__made_on", "visit", "pk")]


def settled_clashes(user: User, names: Names) -> list[Dressed]:
    """The last ones that were settled, the latest first: a choice may be made again."""
    done = visible_clashes(user).filter(settled_at__isnull=False)
    return [dressed(one, names) for one in done.order_by("-settled_at", "-pk")[:SETTLED_SHOWN]]


def visible_asides(user: User) -> QuerySet[AsideForm]:
    """Forms set aside about the user's people."""
    asides = rows_of(visible_seniors(user), AsideForm.objects.all())
    return asides.select_related("senior", "by", "read_by")


def unread_asides(user: User) -> QuerySet[AsideForm]:
    """Those nobody has read yet."""
    return visible_asides(user).filter(read_at=None)


def count_of(user: User) -> int:
    """How much waits for a person: what a menu says."""
    clashes = visible_clashes(user).filter(settled_at=None).count()
    return clashes + unread_asides(user).count()


@transaction.atomic
def mark_read(aside: AsideForm, *, by: User) -> None:
    """Someone has read a form set aside; said once."""
    AsideForm.objects.filter(pk=aside.pk, read_at=None).update(read_at=timezone.now(), read_by=by)


def with_past(clash: Clash, names: Names) -> Dressed:
    """The same with every choice that was made, the first one first."""
    shown = dressed(clash, names)
    words = {one.form.pk: one.words for one in shown.sides}
    rows = clash.choices.select_related("by").order_by("pk")
    return replace(shown, past=[Past(one, words[one.chosen_id]) for one in rows])


def dressed(clash: Clash, names: Names) -> Dressed:
    """The clash with the words of both sides; the first stands until someone chooses."""
    stands = clash.chosen_id or clash.first_id
    first, second = (
        Side(one, _words(clash.field, _value(one, clash.field), names), one.pk == stands)
        for one in (clash.first, clash.second)
    )
    return Dressed(clash, _label(clash.field, names), (first, second))


def compared(aside: AsideForm) -> list[Compared]:
    """Every field of a form set aside beside the form that has its identity, those that differ
    first. A form about someone else is not shown, whatever its identity."""
    hers = records_of(aside.senior.merged_into or aside.senior)
    forms = VisitForm.objects.select_related("visit").filter(visit__senior__in=hers)
    kept = forms.filter(uid=aside.uid).first()
    before, names = {}, Names.read()
    if kept:
        before = {
            **kept.content,
            recording.OUTCOME: kept.outcome,
            "made_on": kept.visit.made_on.isoformat(),
        }
    lines = [
        Compared(
            _label(code, names),
            _words(code, before.get(code), names),
            _words(code, aside.content.get(code), names),
        )
        for code in {**before, **aside.content}
    ]
    return sorted(lines, key=lambda line: not line.differs)


def _value(one: VisitForm, code: str) -> int | str:
    return one.outcome if code == recording.OUTCOME else one.content[code]


def _label(code: str, names: Names) -> str:
    """The field in words; a room says which one it is."""
    if code in ENVELOPE:
        return ENVELOPE[code]
    family, _, name = code.partition(".")
    said = label_of(code, names)
    if family == "hazard":
        room = name.partition(".")[0]
        return f"{ROOMS[room]}\u00a0: {said}"
    return said


ENVELOPE = {recording.OUTCOME: "Issue de la visite", "made_on": "Jour de la visite"}


def _words(code: str, value: int | str | None, names: Names) -> str:
    """A value in words."""
    if value is None:
        return "pas de réponse"
    if code == recording.OUTCOME:
        return Visit.Outcome(value).label
    if code == "made_on":
        return "/".join(reversed(str(value).split("-")))
    return words_of(code, value, names)
