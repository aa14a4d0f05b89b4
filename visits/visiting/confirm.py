"""What is known of someone, to confirm or correct at her door: words, and from where and when.

What the record says, with what it was last read or corrected from; and the last visit that
confirmed or corrected it.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from seniors.corrections import FIELDS
from seniors.models import HomeCorrection, ImportRun, RecordChange, Senior
from seniors.person import records_of
from seniors.phones import readable
from visits.lists.places import floor_words
from visits.models import VisitForm
from visits.visiting import form
from visits.visiting.effects import HOME
from visits.visiting.fields import NONE, OK

# {field code: (words, source)}
Known = dict[str, tuple[str, str]]
LIFT = {True: "oui", False: "non"}


@dataclass
class Changes:
    """What was changed of someone's record: {column: (day, by a person)} and the day of a move."""

    own: dict[str, tuple[date, bool]] = field(default_factory=dict)
    home: dict[str, date] = field(default_factory=dict)
    moved_on: date = date.min


def known_of(senior: Senior) -> Known:
    """What the form shows beside each `known.*` field; what is unknown is absent."""
    return known_of_many([senior])[senior.pk]


def known_of_many(seniors: Sequence[Senior]) -> dict[int, Known]:
    """{senior id: what is known} of people read with their dwelling and the runs they were read
    in. Four queries, whatever the number.
    """
    people = {one.pk: one for one in seniors}
    records = records_of(list(people))
    changes = _changes(people, records)
    record = {pk: dict(_record(one, changes[pk])) for pk, one in people.items()}
    told: dict[int, Known] = {
        pk: {code: (words, source) for code, (words, source, _) in rows.items()}
        for pk, rows in record.items()
    }
    forms = VisitForm.objects.filter(visit__senior__in=records)
    rows = forms.order_by("-visit__made_on", "pk")
    seen: set[tuple[int, str]] = set()
    for senior_id, content, on in rows.values_list("visit__senior", "content", "visit__made_on"):
        pk = records[senior_id]
        for code in (one.code for one in form.KNOWN.fields):
            if code in content and (pk, code) not in seen:
                seen.add((pk, code))
                stands = record[pk].get(code, ("", "", date.min))
                if how := _visited(code, content[code], on, stands, changes[pk]):
                    told[pk][code] = how
    return told


def _changes(people: Mapping[int, Senior], records: Mapping[int, int]) -> dict[int, Changes]:
    """What changed since they are known."""
    found: defaultdict[int, Changes] = defaultdict(Changes)
    rows = RecordChange.objects.filter(senior__in=records).order_by("on", "pk")
    for senior_id, fields, on, by in rows.values_list("senior", "fields", "on", "by"):
        person = found[records[senior_id]]
        columns = fields.split(",")
        person.own |= dict.fromkeys(columns, (on, by is not None))
        if "dwelling_id" in columns:
            person.moved_on = on
    at = defaultdict(list)
    for one in people.values():
        at[one.dwelling_id].append(one.pk)
    corrections = HomeCorrection.objects.filter(dwelling__in=[home for home in at if home])
    for home, column, on in corrections.values_list("dwelling", "field", "on"):
        for pk in at[home]:
            found[pk].home[column] = on
    return found


def _record(senior: Senior, changes: Changes) -> Iterator[tuple[str, tuple[str, str, date]]]:
    """(field code, (words, source, its day)) of what the record says, unknown things left out."""
    for name in FIELDS:
        on, by_one_of_us = changes.own.get(name, (date.min, False))
        words = senior.email if name == "email" else readable(getattr(senior, name))
        if words:
            corrected = (f"corrigé le {on:%d/%m/%Y}", on)
            yield f"known.{name}", (words, *(corrected if by_one_of_us else _file(senior.read_in)))
    home = senior.dwelling
    for name, column in HOME.items() if home else ():
        words = _home_words(name, getattr(home, column))
        if words:
            on = changes.home.get(column)
            source = (_at_her_door("corrigé", on), on) if on else _file(home.read_in)
            yield f"known.{name}", (words, *source)


def _file(run: ImportRun | None) -> tuple[str, date]:
    if run is None:
        return "dossier du bailleur", date.min
    return f"dossier du bailleur, {run.extract_on:%d/%m/%Y}", run.extract_on


def _home_words(name: str, value: object) -> str:
    if value is None:
        return ""
    if name == "floor":
        return floor_words(value)
    return LIFT[value] if name == "lift" else str(value)


def _visited(
    code: str, value: int | str, on: date, stands: tuple[str, str, date], changes: Changes
) -> tuple[str, str] | None:
    """(words, source) when the record still is as that visit found it; None when it is not."""
    words, _, since = stands
    moved = code.removeprefix("known.") in HOME and changes.moved_on > on
    if moved or since > on:
        return None
    if value == OK:
        return (words, _at_her_door("confirmé", on)) if words else None
    said = _words(code, value)
    if words != ("" if value == NONE else said):
        return None
    return said, _at_her_door("corrigé", on)


def _at_her_door(what: str, on: date) -> str:
    return f"{what} en visite le {on:%d/%m/%Y}"


def _words(code: str, value: int | str) -> str:
    if code == "known.floor":
        return floor_words(int(value))
    return dict(form.field(code).choices).get(value, str(value))
