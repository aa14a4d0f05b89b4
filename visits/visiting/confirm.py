"""What is known of someone, to confirm or correct at her door: words, and from where and when.

The tenant record first; what a later visit confirmed or corrected stands before it.
"""

from collections.abc import Iterator, Sequence
from datetime import date

from seniors.models import ImportRun, Senior
from seniors.person import records_of
from seniors.phones import readable
from visits.lists.places import floor_words
from visits.models import VisitForm
from visits.visiting import form
from visits.visiting.fields import OK

# {field code: (words, source)}
Known = dict[str, tuple[str, str]]
LIFT = {True: "oui", False: "non"}


def known_of(senior: Senior) -> Known:
    """What the form shows beside each `known.*` field; what is unknown is absent."""
    return known_of_many([senior])[senior.pk]


def known_of_many(seniors: Sequence[Senior]) -> dict[int, Known]:
    """{senior id: what is known} of people read with their dwelling and the runs they were read
    in. Two queries, whatever the number.
    """
    people = {one.pk: one for one in seniors}
    known = {pk: dict(_record(one)) for pk, one in people.items()}
    records = records_of(list(people))
    forms = VisitForm.objects.filter(visit__senior__in=records)
    rows = forms.order_by("-visit__made_on", "pk")
    seen: set[tuple[int, str]] = set()
    for senior_id, content, on in rows.values_list("visit__senior", "content", "visit__made_on"):
        person = people[records[senior_id]]
        for one in form.KNOWN.fields:
            if one.code in content and (person.pk, one.code) not in seen:
                seen.add((person.pk, one.code))
                _confirm(known[person.pk], one.code, content[one.code], on, person)
    return known


def _record(senior: Senior) -> Iterator[tuple[str, tuple[str, str]]]:
    """(field code, (words, source)) of what the landlord's files say, unknown things left out."""
    home = senior.dwelling
    own = {name: readable(getattr(senior, name)) for name in ("phone", "mobile")}
    own["email"] = senior.email
    place = {}
    if home:
        size = home.household_size
        place = {
            "household": "" if size is None else str(size),
            "floor": floor_words(home.floor),
            "lift": LIFT.get(home.has_lift, ""),
            "door": home.door,
        }
    for words_of, run in ((own, senior.read_in), (place, home and home.read_in)):
        for name, words in words_of.items():
            if words:
                yield f"known.{name}", (words, _source(run))


def _source(run: ImportRun | None) -> str:
    return f"dossier du bailleur, {run.extract_on:%d/%m/%Y}" if run else "dossier du bailleur"


def _confirm(known: Known, code: str, value: int | str, on: date, senior: Senior) -> None:
    """Put what a visit said in the place of what the record says, unless a file read since does."""
    run = senior.read_in
    if run and run.extract_on > on:
        return
    if value != OK:
        known[code] = (_words(code, value), f"corrigé en visite le {on:%d/%m/%Y}")
    elif code in known:
        known[code] = (known[code][0], f"confirmé en visite le {on:%d/%m/%Y}")


def _words(code: str, value: int | str) -> str:
    if code == "known.floor":
        return floor_words(int(value))
    return dict(form.field(code).choices).get(value, str(value))
