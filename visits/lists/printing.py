"""From a list to what its papers say. Nothing on health, solitude or age leaves here."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from operator import attrgetter

from django.conf import settings

from seniors import consents
from seniors.enums import Source
from seniors.french import day_words, readable_street
from seniors.models import Consent, Dwelling, Observation, Senior, User
from seniors.person import records_of
from seniors.phones import of as phones_of
from visits.agenda.appointment_rules import moment_words
from visits.documents import Person, Round
from visits.documents.content import Known
from visits.enums import Family
from visits.lists.places import access_line, address_lines
from visits.lists.queries import entries_read
from visits.models import ActionKind, Appointment, Neighbour, VisitList, VisitListEntry
from visits.visiting import confirm, form

YES_NO = {0: "non", 1: "oui"}
# What is printed of what she told: her home and her wishes, never her health or her ties.
TOLD = {
    "bathing": ("Pour se laver", {1: "douche sans marche", 2: "douche à marche", 3: "baignoire"}),
    "grab_bars": ("Barres d’appui", YES_NO),
}
WISHES = {
    "wish_bars": "barres",
    "wish_shower": "douche",
    "wish_wc": "WC",
    "wish_shutters": "volets",
    "wish_light": "éclairage",
    "wish_move": "autre logement",
}
UNKNOWN = "pas connu"
Told = dict[str, tuple[int, Observation]]


@dataclass(frozen=True)
class About:
    """What is known of one person: what she told, what the form asks to confirm."""

    told: Told
    known: confirm.Known


def trip_of(visit_list: VisitList, *, only: VisitListEntry | None = None) -> Round:
    """The printed round of a list, skipped people left out, or of one entry."""
    entries = [
        entry
        for entry in entries_read(visit_list, "senior__read_in", "senior__dwelling__read_in")
        if (entry.pk == only.pk if only else not entry.skipped_at)
    ]
    about = _about({_person_id(entry): entry.senior for entry in entries})
    return Round(
        landlord=settings.LANDLORD,
        phone=settings.LANDLORD_PHONE,
        officer=str(visit_list.officer),
        period=f"du {visit_list.starts_on:%d/%m/%Y} au {visit_list.ends_on:%d/%m/%Y}",
        people=tuple(_person(entry, about[_person_id(entry)]) for entry in entries),
        draft=visit_list.published_at is None,
        catalogue=_catalogue(),
    )


def _catalogue() -> tuple[tuple[str, tuple[tuple[str, bool], ...]], ...]:
    """The actions of the form, family by family, in its order."""
    kinds = form.in_order(ActionKind.objects.filter(is_active=True))
    return tuple(
        (Family(family).label, tuple((kind.label, kind.by_partner) for kind in some))
        for family, some in groupby(kinds, key=attrgetter("family"))
    )


def day_of(officer: User, day: date, appointments: Sequence[Appointment]) -> Round:
    """The printed round of a day, in the order of the appointments."""
    about = _about({one.person: one.whom for one in appointments})
    return Round(
        landlord=settings.LANDLORD,
        phone=settings.LANDLORD_PHONE,
        officer=str(officer),
        period=day_words(day, year=True),
        people=tuple(
            _expected(number, one, about[one.person]) for number, one in enumerate(appointments, 1)
        ),
    )


def _expected(number: int, appointment: Appointment, about: About) -> Person:
    """One appointment as printed; `week` reads its last visit and neighbours."""
    entry = appointment.entry
    near = entry.neighbours.all() if entry else ()
    moment = moment_words(appointment)
    printed = _visit(
        appointment.whom, about, number=number, last=appointment.last_visit_on, near=near
    )
    return replace(
        printed,
        why=entry.paper_reason if entry else "Visite prévue",
        urgent=bool(entry) and entry.why == VisitListEntry.Why.URGENT,
        when=moment[:1].upper() + moment[1:],
    )


def _person_id(entry: VisitListEntry) -> int:
    """The record kept, of a person merged into another since the list."""
    return entry.senior.merged_into_id or entry.senior_id


def _person(entry: VisitListEntry, about: About) -> Person:
    """One visit of a list as printed."""
    printed = _visit(
        entry.senior,
        about,
        number=entry.position,
        last=entry.last_visit_on,
        near=entry.neighbours.all(),
    )
    return replace(
        printed,
        why=entry.paper_reason,
        urgent=entry.why == VisitListEntry.Why.URGENT,
        added=entry.added_at is not None,
    )


def _visit(
    senior: Senior, about: About, *, number: int, last: date | None, near: Iterable[Neighbour]
) -> Person:
    """Who she is and how to reach her."""
    home = senior.dwelling
    return Person(
        number=number,
        name=senior.full_name,
        reference=senior.reference,
        address=address_lines(home) if home else ("N’habite plus les territoires de la liste",),
        access=access_line(home) if home else "",
        phones=phones_of(senior.phone, senior.mobile),
        why="",
        last_visit=f"Dernière visite le {last:%d/%m/%Y}" if last else "",
        known=tuple(_known(about)) if home else (),
        neighbours=tuple(_neighbour(one, home) for one in near),
    )


def _neighbour(one: Neighbour, near: Dwelling | None) -> str:
    """A neighbour's name and where to find her, the address only when it is another."""
    home = one.senior.dwelling
    if home is None or one.closeness == Neighbour.Closeness.HOME:
        return f"{one.senior.full_name} ({one.get_closeness_display()})"
    same = near is not None and home.address_line == near.address_line
    inside = access_line(home)
    inside = inside[:1].lower() + inside[1:]
    where = ", ".join(
        part for part in ("" if same else readable_street(home.address_line), inside) if part
    )
    return f"{one.senior.full_name} ({where or one.get_closeness_display()})"


def _known(about: About) -> Iterable[Known]:
    """What is to be confirmed, in the order and words of the form, then what she told before of
    her home, which it does not ask again."""
    for one in form.KNOWN.fields:
        words, source = about.known.get(one.code, (UNKNOWN, ""))
        if one.name == "household":  # alone or not: asked there, never told by a lost sheet
            words, source = UNKNOWN, ""
        yield Known(one.label, words, source)
    for code, (label, words) in TOLD.items():
        value, observation = about.told.get(code, (None, None))
        yield Known(label, words.get(value, UNKNOWN), _source(observation), asked=False)
    yield _wishes(about.told)


def _wishes(told: Told) -> Known:
    """What she said would help her at home."""
    wished = [(words, told[code][1]) for code, words in WISHES.items() if _said_yes(told, code)]
    if wished:
        said = ", ".join(words for words, _ in wished)
        return Known("Souhaits", said, _source(wished[0][1]), asked=False)
    value, observation = told.get("wants_adaptation", (None, None))
    words = {0: "pas de travaux", 1: "des travaux"}.get(value, UNKNOWN)
    return Known("Souhaits", words, _source(observation), asked=False)


def _said_yes(told: Told, code: str) -> bool:
    """Whether the last answer to a yes/no item is yes."""
    return code in told and told[code][0] == 1


def _source(observation: Observation | None) -> str:
    """From where and when."""
    if observation is None:
        return ""
    return f"{observation.get_source_display()}, {observation.observed_on:%d/%m/%Y}"


def _about(people: Mapping[int, Senior]) -> dict[int, About]:
    """What is known of these people, {id of the record kept: the record printed}."""
    told = _told(list(people))
    known = confirm.known_of_many(list(people.values()))
    return {pk: About(told[pk], known[one.pk]) for pk, one in people.items()}


def _told(senior_ids: list[int]) -> dict[int, Told]:
    """The latest known value of each printed item, by senior; none of them is on health."""
    codes = {*TOLD, *WISHES, "wants_adaptation"}
    records = records_of(senior_ids)
    agreed = consents.latest(Consent.objects.filter(senior__in=records), records)
    told: dict[int, Told] = {senior_id: {} for senior_id in senior_ids}
    seen = Observation.objects.filter(senior__in=records).order_by("observed_on", "pk")
    for observation in seen:
        who = records[observation.senior_id]
        if observation.source == Source.SURVEY and not consents.allows_survey(agreed, who):
            continue
        for code in codes & observation.values.keys():
            told[who][code] = observation.values[code], observation
    return told
