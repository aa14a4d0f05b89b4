"""All that happened with one person, from every source, the latest first; by kind, year and words.

What is told of her is told by the other apps (`known`); what is written here is on her record:
homes left, agreements, oppositions, records put together, what files and corrections changed.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.db.models import F, Q
from django.utils import timezone

from seniors import known
from seniors.enums import Source
from seniors.extract.text import plain
from seniors.fragility import items
from seniors.french import full_day, readable_street
from seniors.known import Event, EventKind
from seniors.models import Consent, Merge, Objection, Observation, RecordChange, Senior, Stay

PAGE = 20


@dataclass(frozen=True)
class Timeline:
    """One page of a history; `years` and `kinds` are those there is something of."""

    events: list[Event]
    count: int
    whole: int
    years: list[int]
    kinds: list[EventKind]
    page: int
    has_next: bool


def timeline_of(
    records: Sequence[int],
    *,
    kind: str = "",
    year: int | None = None,
    words: str = "",
    page: int = 1,
    whole: bool = False,
) -> Timeline:
    """A page of what happened to the person of these records, or all of it when `whole`, to be
    printed; in a fixed number of queries."""
    everything = all_events(records)
    chosen = [one for one in everything if _is_asked(one, kind, year, words)]
    page = 1 if whole else page
    start, most = (page - 1) * PAGE, len(chosen) if whole else PAGE
    there = {one.kind for one in everything}
    return Timeline(
        events=chosen[start : start + most],
        count=len(chosen),
        whole=len(everything),
        years=sorted({one.on.year for one in everything}, reverse=True),
        kinds=[one for one in EventKind if one in there],
        page=page,
        has_next=len(chosen) > start + most,
    )


def all_events(records: Sequence[int]) -> list[Event]:
    """Everything, the latest first."""
    own = (_moves, _consents, _objections, _merges, _said, _changes)
    found: Iterable[Event] = (event for source in own for event in source(records))
    return sorted([*known.events(records), *found], key=lambda event: event.on, reverse=True)


def _is_asked(event: Event, kind: str, year: int | None, words: str) -> bool:
    """Whether an event is of that kind and year, and says those words."""
    said = plain(f"{event.what} {event.detail}")
    return (
        kind in ("", event.kind)
        and year in (None, event.on.year)
        and all(word in said for word in plain(words).split())
    )


def _moves(records: Sequence[int]) -> Iterator[Event]:
    """Homes she left."""
    for stay in Stay.objects.filter(senior__in=records).select_related("dwelling__residence"):
        home = f"{readable_street(stay.dwelling.address_line)}, {stay.dwelling.city_line}"
        what = stay.get_end_display()
        yield Event(stay.until, what[:1].upper() + what[1:], f"logement quitté\u00a0: {home}")


def _consents(records: Sequence[int]) -> Iterator[Event]:
    """Each answer to each consent."""
    ways = known.consent_ways(records)
    for one in Consent.objects.filter(senior__in=records):
        said = "Accord donné" if one.given else "Accord refusé ou retiré"
        way = ways.get((one.wording, one.decided_on), "")
        told = (one.get_source_display(), way, known.wording_of(one.wording))
        detail = ", ".join(filter(None, told))
        what = f"{said}\u00a0: {one.get_kind_display()}"
        yield Event(one.decided_on, what, detail, kind=EventKind.CONSENT)


def _objections(records: Sequence[int]) -> Iterator[Event]:
    """Oppositions noted and lifted."""
    for one in Objection.objects.filter(senior__in=records).select_related("recorded_by"):
        until = f"jusqu’au {full_day(one.until)}" if one.until else "sans limite de date"
        by = f", noté par {one.recorded_by}" if one.recorded_by else ""
        what = f"Ne pas visiter\u00a0: {one.reason}"
        yield Event(one.since, what, f"{until}{by}", kind=EventKind.PAUSE)
        if one.lifted_on:
            yield Event(one.lifted_on, "Opposition levée", one.reason, kind=EventKind.PAUSE)


def _merges(records: Sequence[int]) -> Iterator[Event]:
    """Records put together, and parted again; two that were only said to differ are no event."""
    rows = Merge.objects.filter(Q(kept__in=records) | Q(absorbed__in=records))
    made = rows.exclude(undone_at__lte=F("merged_at"))
    for one in made.select_related("kept", "absorbed", "merged_by"):
        by = f", par {one.merged_by}" if one.merged_by else ""
        detail = f"fiches {one.kept.reference} et {one.absorbed.reference}"
        yield Event(timezone.localdate(one.merged_at), "Fiches réunies", f"{detail}{by}")
        if one.undone_at:
            yield Event(timezone.localdate(one.undone_at), "Fiches séparées de nouveau", detail)


def _said(records: Sequence[int]) -> Iterator[Event]:
    """What one of us noted between two visits."""
    noted = Observation.objects.filter(senior__in=records, source=Source.OFFICER)
    words = known.words()
    for one in noted.select_related("recorded_by"):
        by = f"noté par {one.recorded_by}" if one.recorded_by else ""
        for code in one.values:
            # What a question on health is about is not said here: the reply is, as far as agreed.
            asked = words.get(code, known.Words(code)).question
            what = "santé et autonomie" if items.is_sensitive(code) else asked
            yield Event(one.observed_on, f"Réponse notée\u00a0: {what}", by)


def _changes(records: Sequence[int]) -> Iterator[Event]:
    """What a file or one of us changed on her record: which fields, by whom."""
    rows = RecordChange.objects.filter(senior__in=records).select_related("run__created_by", "by")
    for one in rows:
        names = one.fields.split(",")
        if one.by:
            for name in names:
                yield Event(one.on, f"{_field(name).capitalize()} corrigé", f"par {one.by}")
            continue
        back = "Revenue dans le parc" if "ended_on" in names else "Fiche mise à jour"
        told = ", ".join(_field(name) for name in names if name != "ended_on")
        by = f", importé par {one.run.created_by}" if one.run.created_by else ""
        of = "logements" if one.run.kind == "dwellings" else "occupants"
        detail = f"fichier des {of} du {full_day(one.run.extract_on)}{by}"
        yield Event(one.on, f"{back}\u00a0: {told}" if told else back, detail)


# Of a dwelling: words that « corrigé » agrees with.
HOME_WORDS = {
    "household_size": "nombre d’occupants",
    "floor": "étage",
    "has_lift": "ascenseur",
    "door": "numéro de porte",
}


def _field(column: str) -> str:
    """« téléphone », from the name of a column."""
    if column in HOME_WORDS:
        return HOME_WORDS[column]
    names = {one.attname: one for one in Senior._meta.concrete_fields}
    return str(names[column].verbose_name) if column in names else column
