"""What the pages of the form show: its steps filled in, what each answer changes, what came of it.

Reads only; the form is defined in `form`, kept in `drafts`, recorded by `recording`.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils import timezone

from seniors.models import Senior
from seniors.observe import having_health_consent
from visits.acting import partners
from visits.models import (
    Action,
    ActionKind,
    Clash,
    Need,
    Partner,
    Photo,
    Visit,
    VisitDraft,
    VisitForm,
)
from visits.needs import NEEDS
from visits.rights_rules import Suggestion
from visits.visiting import confirm, effects, form
from visits.visiting.fields import OK, Field, Section

Content = Mapping[str, int | str]
ROOMS = {room.code: room.title for room in form.ROOMS}


@dataclass(frozen=True)
class Line:
    """One answer as it is read again."""

    label: str
    words: str
    is_alert: bool = False


@dataclass(frozen=True)
class Result:
    """What a form received has changed."""

    needs: list[str]
    actions: Sequence[Action]
    clashes: int
    corrected: list[str]
    not_corrected: list[str]
    items: int
    kept_out: list[str]


def steps(senior: Senior, content: Content, refusals: Mapping[str, str]) -> list[Section]:
    """The form for this person, with the catalogue and the partners who work where she lives."""
    kinds = ActionKind.objects.filter(is_active=True)
    shown = form.sections(kinds, _partners(senior))
    return form.filled(shown, content, known=confirm.known_of(senior), refusals=refusals)


def _partners(senior: Senior) -> Iterable[tuple[str, uuid.UUID, str]]:
    """(kind code, uid, name) of those who may be asked for something where she lives."""
    able = partners.offered_to(senior).filter(kinds__isnull=False)
    return able.order_by("name").values_list("kinds__code", "uid", "name")


def rights_of(senior: Senior) -> list[Suggestion]:
    """The rights to check with her, from what is known today."""
    from visits.rights import suggestions_for  # noqa: PLC0415

    return suggestions_for([senior.pk], timezone.localdate())[senior.pk]


def codes_of(shown: Iterable[Section]) -> list[str]:
    """Codes of the fields of a page, so that one left empty is told from one that is not there."""
    return [one.code for section in shown for one in section.fields]


def field_of(shown: Iterable[Section], code: str) -> Field | None:
    """The field of this code on the page."""
    return next((one for section in shown for one in section.fields if one.code == code), None)


def why_of(content: Content, refusals: Mapping[str, str]) -> Section:
    """Why the visit was not made, filled in."""
    return form.filled([Section("why", "Pourquoi", (form.WHY,))], content, refusals=refusals)[0]


def after(code: str) -> str:
    """The step that follows."""
    codes = [section.code for section in form.SECTIONS]
    return codes[min(codes.index(code) + 1, len(codes) - 1)] if code in codes else codes[0]


def photos_of(made: VisitDraft | VisitForm | None) -> list[Photo]:
    """The pictures of a form, received or being filled in, each with its `room_title`."""
    found = list(Photo.objects.filter(form_uid=made.uid)) if made else []
    for photo in found:
        photo.room_title = ROOMS.get(photo.room, photo.room)
    return found


def touched(code: str, before: Content, after: Content) -> set[str]:
    """Codes of the steps to show again after an answer to `code`, its own step aside."""
    steps_ = {code.removeprefix("clear.")} if code.startswith("clear.") else set()
    if form.suggested_needs(before) != form.suggested_needs(after):
        steps_.add("needs")
    if code.startswith(("need.", "agree.")):
        steps_.add("actions")
    return steps_


@dataclass(frozen=True)
class Names:
    """What the codes of the catalogue and the uids of the partners are called."""

    kinds: Mapping[str, str]
    partners: Mapping[str, str]

    @classmethod
    def read(cls) -> "Names":
        """All of them, those put away included: two queries."""
        named = Partner.objects.values_list("uid", "name")
        return cls(
            dict(ActionKind.objects.values_list("code", "label")),
            {str(uid): name for uid, name in named},
        )


def summary_of(
    shown: Iterable[Section], content: Content, names: Names
) -> list[tuple[Section, list[Line]]]:
    """What was answered, step by step; what is fine in a room is one line."""
    found = []
    for section in shown:
        said = [one for one in section.fields if one.code in content]
        fine = [one for one in said if section.room and content[one.code] == 0]
        lines = [
            Line(
                label_of(one.code, names),
                words_of(one.code, content[one.code], names),
                one.family == "hazard" and content[one.code] == 2,
            )
            for one in said
            if one not in fine
        ]
        if fine:
            label = "Le reste" if lines else "Cette pièce"
            lines.append(Line(label, f"rien à signaler ({_count(len(fine), 'point')})"))
        if lines:
            found.append((section, lines))
    return found


def words_of(code: str, value: int | str, names: Names) -> str:
    """An answer in words."""
    one = form.field(code)
    if value == OK and one.confirms:
        return "juste"
    if one.family == "agree":
        return names.partners.get(str(value), "partenaire retiré de l’annuaire")
    if one.kind == "tick":
        return "oui"
    if one.kind == "date":
        return "/".join(reversed(str(value).split("-")))
    return str(dict(one.choices).get(value, value))


def label_of(code: str, names: Names) -> str:
    """A field in words; an action by its name in the catalogue."""
    family, _, name = code.partition(".")
    if family not in ("action", "agree"):
        return form.field(code).label
    said = names.kinds.get(name, name)
    return f"{said}\u00a0: transmettre à" if family == "agree" else said


def notes_on(content: Content, senior: Senior, outcome: str) -> list[str]:
    """What will not be kept, and what is missing, in French sentences."""
    notes = []
    if outcome == Visit.Outcome.DONE and not any(code.startswith("consent.") for code in content):
        notes.append("Aucun accord n’est noté : demandez-les avant de partir.")
    sensitive = [code for code in content if form.field(code).sensitive]
    health = content.get("consent.health")
    if sensitive and (health == 0 or (health is None and not having_health_consent([senior.pk]))):
        notes.append(
            f"Sans son accord sur la santé, {_count(len(sensitive), 'réponse')} marquée"
            f"{'s' if len(sensitive) > 1 else ''} d’une étoile ne ser"
            f"{'ont' if len(sensitive) > 1 else 'a'} pas gardée{'s' if len(sensitive) > 1 else ''}."
        )
    if content.get("consent.visit") == 0:
        notes.append(
            "Elle ne veut pas qu’on garde ce qu’elle a dit : sa vie de tous les jours, ses droits "
            "et ses souhaits ne seront pas gardés. Le logement et ce qui est décidé le seront."
        )
    return notes


def _count(count: int, word: str) -> str:
    return f"{count} {word}{'s' if count > 1 else ''}"


def result_of(made: VisitForm) -> Result:
    """What a form received has changed, in a fixed number of queries."""
    needs = Need.objects.filter(form=made).values_list("code", flat=True)
    observation = made.observation
    return Result(
        needs=[NEEDS[code].label for code in needs if code in NEEDS],
        actions=list(Action.objects.filter(form=made).select_related("kind", "partner")),
        clashes=Clash.objects.filter(second=made, settled_at=None).count(),
        corrected=[form.field(f"known.{name}").label for name in made.replaced],
        not_corrected=[form.field(f"known.{name}").label for name in effects.not_corrected(made)],
        items=len(observation.values) if observation else 0,
        kept_out=effects.kept_out(made),
    )


def uid_of(text: str | None) -> uuid.UUID | None:
    """An identity sent back by a page; None for what is none."""
    try:
        return uuid.UUID(text or "")
    except ValueError:
        return None
