"""What the fields of a form write elsewhere: consents, observation, corrections, needs, actions.

Called by `recording` alone, in its transaction, with only the fields that a form adds to those
received before it. A form may arrive weeks late: nothing newer is written over. Forms of several
people are written together, in as many queries as for one.
"""

import re
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from seniors import observe
from seniors.corrections import FIELDS as CORRECTED
from seniors.corrections import correct, correct_home
from seniors.enums import ConsentKind, Source
from seniors.models import Consent, Senior, User
from seniors.queries import records_of
from visits.acting import follow_up, partners
from visits.models import ActionKind, Agreement, Clash, Need, Partner, Visit, VisitForm
from visits.visiting import form
from visits.visiting.fields import NONE, OK

Content = Mapping[str, int | str]
_SLUG = re.compile(r"[-\w]{1,40}", re.ASCII)
CONSENTS = tuple(
    kind.value for kind in (ConsentKind.VISIT, ConsentKind.HEALTH, ConsentKind.EVALUATION)
)
# Of what is known of her home, {name of the field: column of the dwelling}.
HOME = {"household": "household_size", "floor": "floor", "lift": "has_lift", "door": "door"}
SAID = ("item.", "right.", "wish.")  # what she told, kept unless she says no to the first consent

NOT_HANDED_OVER = (
    "L’accord pour transmettre «\u00a0{kind}\u00a0» à {partner} n’est pas gardé\u00a0: ce "
    "partenaire n’est plus proposé là où vit cette personne. Le reste de la fiche l’est\u00a0; "
    "choisissez un autre partenaire avec elle."
)


@dataclass(frozen=True)
class Addition:
    """What the form `made` adds to what its visit told; `told` is all of it, `content` included.

    `records` are those of the person (`visit.senior`). Of several, each is about someone else.
    """

    visit: Visit
    records: Sequence[int]
    made: VisitForm
    content: Content
    told: Content

    @property
    def kinds(self) -> set[str]:
        """The lines of the catalogue that it speaks of."""
        return _kinds_of(self.content)


def write_consents(additions: Sequence[Addition]) -> None:
    """One row per consent answered; a no of the same day from elsewhere stays the last word."""
    said = [one for one in additions if any(f"consent.{kind}" in one.content for kind in CONSENTS)]
    if not said:
        return
    elsewhere = Consent.objects.filter(
        senior__in=[record for one in said for record in one.records],
        decided_on__in={one.visit.made_on for one in said},
        given=False,
    ).exclude(source=Source.VISIT)
    refused = set(elsewhere.values_list("senior", "decided_on", "kind"))
    Consent.objects.bulk_create(
        Consent(
            senior=one.visit.senior,
            kind=kind,
            given=bool(one.content[f"consent.{kind}"]),
            decided_on=one.visit.made_on,
            wording=one.made.wording,
            source=Source.VISIT,
        )
        for one in said
        for kind in CONSENTS
        if f"consent.{kind}" in one.content
        and not (one.content[f"consent.{kind}"] and _is_refused(one, kind, refused))
    )


def _is_refused(one: Addition, kind: str, refused: set[tuple[int, date, str]]) -> bool:
    return any((record, one.visit.made_on, kind) in refused for record in one.records)


def tells_of_health(content: Content) -> bool:
    """Whether something in it is kept only with that consent."""
    return any(form.field(code).sensitive for code in content)


def tells_what_was_said(content: Content) -> bool:
    """Whether something in it is kept unless she says no to the first consent."""
    return any(code.startswith(SAID) for code in content)


def taken_back(days: Mapping[int, date]) -> set[int]:
    """Of these people, {record: day of the visit}, those who took the first consent back since: a
    form that comes late brings nothing back."""
    refusals = Consent.objects.filter(senior__in=days, kind=ConsentKind.VISIT, given=False)
    refusals = refusals.exclude(source=Source.VISIT)  # said at a visit, its form holds it
    told = refusals.values_list("senior", "decided_on")
    return {record for record, day in told if day >= days[record]}


def allowed(content: Content, *, health: bool, said: bool = True) -> dict[str, int | str]:
    """The content without what she did not agree to have kept; `health`: she agreed to that;
    `said`: she did not take back since what she told there."""
    health = health and content.get("consent.health") != 0
    refused = not said or content.get("consent.visit") == 0
    return {
        code: value
        for code, value in content.items()
        if (health or not form.field(code).sensitive) and not (refused and code.startswith(SAID))
    }


def observed(one: Addition) -> dict[str, int]:
    """The items that it adds to those told before."""
    before = form.observed({code: one.told[code] for code in one.told if code not in one.content})
    values = form.observed(one.told)
    return {code: value for code, value in values.items() if code not in before}


def correct_record(person: Senior, content: Content, *, on: date, by: User) -> dict[str, Any]:
    """How to reach her and what is known of her home, as she corrected it, unless a later visit
    did already.

    Gives {name of the field: what it was} of what was changed.
    """
    replaced = {}
    for name in (*CORRECTED, *HOME):
        value = content.get(f"known.{name}")
        if value in (None, OK) or _told_later(person, f"known.{name}", on):
            continue
        before = _before(person, name)
        if _write(person, name, _stored(name, value), on=on, by=by):
            replaced[name] = before
    return replaced


def _before(person: Senior, name: str) -> Any:
    if name in HOME:
        return person.dwelling and getattr(person.dwelling, HOME[name])
    return getattr(person, name)


def _stored(name: str, value: int | str) -> Any:
    """An answer as the record keeps it."""
    if name == "lift":
        return bool(value)
    return "" if value == NONE else value


def _write(person: Senior, name: str, value: Any, *, on: date, by: User) -> bool:
    if name in HOME:
        return correct_home(person, HOME[name], value, on=on, by=by)
    return correct(person, name, value, on=on, by=by)


def _told_later(person: Senior, code: str, on: date) -> bool:
    """Whether a visit after that day confirmed or corrected the field."""
    later = VisitForm.objects.filter(visit__senior__in=records_of(person), visit__made_on__gt=on)
    return any(code in content for content in later.values_list("content", flat=True))


def follow(additions: Sequence[Addition], *, kinds: Sequence[ActionKind], by: User) -> None:
    """Needs found and actions decided. `kinds` are those that `kinds_named` gives, or more.

    Raises follow_up.FollowUpRefusal.
    """
    answered = _needs_of(additions, kinds)
    needs = follow_up.add_needs(
        [
            follow_up.Finding(one.visit.senior, code, one.visit.made_on, one.made)
            for one, answers in zip(additions, answered, strict=True)
            for code in sorted({*_named(one.content, "need."), *answers.values()})
        ],
        by=by,
    )
    decisions = [
        follow_up.Decision(
            needs[one.visit.senior.pk, answers[kind.code]],
            kind,
            str(one.told[f"action.{kind.code}"]),
            one.visit.made_on,
            one.made,
            _partner(one, kind),
        )
        for one, answers in zip(additions, answered, strict=True)
        for kind in kinds
        if kind.code in answers
    ]
    if not decisions:
        return
    actions = follow_up.decide_all(decisions, by=by)
    for action, told in zip(actions, decisions, strict=True):
        if told.partner:
            follow_up.agree(
                action, told.partner, given_on=told.on, by=by, wording=told.form.wording
            )


def kinds_named(contents: Iterable[Mapping[str, object]]) -> list[ActionKind]:
    """The lines of the catalogue that forms speak of, those no longer proposed included."""
    codes = {code for content in contents for code in _kinds_of(content)}
    codes = {code for code in codes if _SLUG.fullmatch(code)}  # a database chokes on the rest
    return list(ActionKind.objects.filter(code__in=codes)) if codes else []


def partners_named(contents: Iterable[Mapping[str, object]]) -> list[str]:
    """The uids of the partners that forms may name; none when they name nobody."""
    if not any(_named(content, "agree.") for content in contents):
        return []
    return [str(uid) for uid in Partner.objects.values_list("uid", flat=True)]


def _named(content: Mapping[str, object], prefix: str) -> list[str]:
    return [code.removeprefix(prefix) for code in content if code.startswith(prefix)]


def _kinds_of(content: Mapping[str, object]) -> set[str]:
    return {*_named(content, "action."), *_named(content, "agree.")}


def _needs_of(
    additions: Sequence[Addition], kinds: Sequence[ActionKind]
) -> list[dict[str, str]]:  # fmt: skip
    """For each, {kind: the need that it answers}: said at this visit, open, or else its first."""
    spoken = [[kind for kind in kinds if kind.code in one.kinds] for one in additions]
    here = [one for one, named in zip(additions, spoken, strict=True) if named]
    records = [record for one in here for record in one.records]
    opened = Need.objects.filter(senior__in=records, closed_on=None)
    open_ones = set(opened.values_list("senior", "code")) if here else set()

    def answer(one: Addition, kind: ActionKind) -> str:
        for code in kind.needs:
            if f"need.{code}" in one.told:
                return code
        for code in kind.needs:
            if any((record, code) in open_ones for record in one.records):
                return code
        return kind.needs[0]

    return [
        {kind.code: answer(one, kind) for kind in named}
        for one, named in zip(additions, spoken, strict=True)
    ]


def _partner(one: Addition, kind: ActionKind) -> Partner | None:
    """Who the action may be handed over to: nobody who can be asked no more.

    The form may have been finished without network, before he was put away: it is kept whole, and
    `kept_out` tells what was left of it.
    """
    chosen = str(one.content.get(f"agree.{kind.code}", ""))
    if not chosen:
        return None
    able = partners.offered_to(one.visit.senior).filter(kinds=kind)
    return able.filter(uid=chosen).first()


def kept_out(made: VisitForm) -> list[str]:
    """In French sentences, the agreements that a form tells and that were not kept."""
    named = {name: str(made.content[f"agree.{name}"]) for name in _named(made.content, "agree.")}
    if not named:
        return []
    hers = records_of(made.visit.senior)
    given = Agreement.objects.filter(action__senior__in=hers, partner__uid__in=named.values())
    kept = {
        (code, str(uid)) for code, uid in given.values_list("action__kind__code", "partner__uid")
    }
    # A field that two forms tell otherwise is another page's: « À trancher ».
    clashes = Clash.objects.filter(second=made).exclude(chosen=made)
    clashing = set(clashes.values_list("field", flat=True))
    names = dict(Partner.objects.filter(uid__in=named.values()).values_list("uid", "name"))
    labels = dict(ActionKind.objects.filter(code__in=named).values_list("code", "label"))
    return [
        NOT_HANDED_OVER.format(partner=names[uuid.UUID(uid)], kind=labels[code])
        for code, uid in named.items()
        if (code, uid) not in kept and f"agree.{code}" not in clashing
    ]


def not_corrected(made: VisitForm) -> list[str]:
    """Names of what a form corrects and the record says otherwise since: something newer stands,
    or she lives elsewhere."""
    codes = {name: made.content.get(f"known.{name}") for name in (*CORRECTED, *HOME)}
    told = {name: value for name, value in codes.items() if value not in (None, OK)}
    if not told.keys() - made.replaced.keys():
        return []
    clashes = Clash.objects.filter(second=made).exclude(chosen=made)
    clashing = set(clashes.values_list("field", flat=True))
    person = made.visit.senior
    return [
        name
        for name, value in told.items()
        if name not in made.replaced
        and f"known.{name}" not in clashing
        and _before(person, name) != _stored(name, value)
    ]


def visited_since(visit: Visit) -> bool:
    """Whether she was called on again after this visit."""
    later = Visit.objects.filter(senior__in=records_of(visit.senior), made_on__gt=visit.made_on)
    return later.exists()


@dataclass(frozen=True)
class Choice:
    """Of two forms, the one that a person kept; `rank` counts the choices of that clash, from 1."""

    kept: VisitForm
    other: VisitForm
    rank: int

    def uid(self, code: str) -> uuid.UUID:
        """The identity of the observation that follows: one per choice, the last counts."""
        return uuid.uuid5(self.kept.uid, code if self.rank == 1 else f"{code} {self.rank}")


def choose(
    visit: Visit, code: str, value: int | str, *, choice: Choice, told: Content, by: User
) -> None:
    """Write elsewhere what a person chose for a field that two forms told otherwise."""
    person, content, on = visit.senior, {code: value}, visit.made_on
    kept, other = choice.kept, choice.other
    addition = Addition(visit, records_of(person), kept, content, told)
    write_consents([addition])
    if values := form.observed(content):
        observe.record(
            person, uid=choice.uid(code), source=Source.VISIT, observed_on=on, values=values, by=by
        )
    name = code.removeprefix("known.")
    if value == OK and name in other.replaced:
        _write(person, name, other.replaced[name], on=on, by=by)
    if replaced := correct_record(person, content, on=on, by=by):
        # What it was before both forms, for who finds it right after all.
        kept.replaced = {**kept.replaced, **replaced, **other.replaced}
        kept.save(update_fields=["replaced"])
    if code.startswith("agree."):
        _withdraw(visit, str(other.content[code]), by)
    follow([addition], kinds=kinds_named([content]), by=by)


def _withdraw(visit: Visit, partner: str, by: User) -> None:
    """Take back the agreement of this visit to a partner who was not the one."""
    given = Agreement.objects.filter(
        action__senior__in=records_of(visit.senior), partner__uid=partner,
        given_on=visit.made_on, withdrawn_on=None,
    )  # fmt: skip
    for agreement in given:
        follow_up.withdraw(agreement, by=by)
