"""What the visits keep of someone, in the words of the letter that tells her (`seniors.letter`).

Every text that someone wrote about her is quoted: what is kept may be read by whom it is about.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

from django.utils import timezone

from seniors.french import day_words, plural, readable_street
from seniors.known import Chapter
from visits.models import (
    Action,
    Agreement,
    Appointment,
    AsideForm,
    Attendance,
    Contest,
    Mute,
    Need,
    Photo,
    Signal,
    Visit,
    VisitDraft,
    VisitListEntry,
)
from visits.needs import NEEDS
from visits.visiting import form, photos

# Said elsewhere in the letter: who was there, agreements, needs and actions.
ELSEWHERE = ("present.", "consent.", "need.", "action.", "agree.", "next.")
Line = tuple[str, str]


def chapters(records: Sequence[int]) -> Iterator[Chapter]:
    """One per subject, in a fixed number of queries; those with nothing are left out."""
    found = (
        Chapter("Nos visites chez vous", tuple(_visits(records))),
        Chapter("Les besoins repérés et ce qui a été décidé", tuple(_needs(records))),
        Chapter("Ce que nous avons transmis, avec votre accord", tuple(_handed(records))),
        Chapter("Ce qui nous a été signalé", tuple(_signals(records))),
        Chapter("Rendez-vous, listes de visites et pauses", tuple(_plans(records))),
    )
    yield from (one for one in found if one.lines)


def day(value: object) -> str:
    """« 12 mars 2026 »."""
    return day_words(value, weekday=False, year=True)


def answers_of(content: dict) -> Iterator[Line]:
    """(question, answer) of a form."""
    nothing = 0
    for code, value in content.items():
        if code.startswith(ELSEWHERE) or code in ("made_on", "outcome"):
            continue
        one = form.FIELDS.get(code)
        if one is None:
            continue
        if value == 0 and code.startswith("hazard."):
            nothing += 1
            continue
        said = dict(one.choices).get(value, "oui" if one.kind == "tick" else str(value))
        yield one.label, "toujours juste" if value == "ok" else said
    if nothing:
        yield "Points vus dans le logement", f"rien à signaler pour {nothing} d’entre eux"


def _visits(records: Sequence[int]) -> Iterator[Line]:
    visits = Visit.objects.filter(senior__in=records).prefetch_related("forms")
    for one in visits:
        yield f"Visite du {day(one.made_on)}", one.get_outcome_display()
        for each in one.forms.all():
            yield from answers_of(each.content)
    for each in (*AsideForm.objects.filter(senior__in=records), *_drafts(records)):
        yield "Fiche pas encore enregistrée", "elle dit\u00a0:"
        yield from answers_of(each.content)
    rooms = Counter(Photo.objects.filter(senior__in=records).values_list("room", flat=True))
    for room, count in rooms.items():
        words = f"{count} {plural(count, 'photo', 'photos')}"
        yield f"Photos\u00a0: {photos.ROOMS.get(room, room)}", words


def _drafts(records: Sequence[int]) -> list[VisitDraft]:
    return list(VisitDraft.objects.filter(senior__in=records))


def _needs(records: Sequence[int]) -> Iterator[Line]:
    for one in Need.objects.filter(senior__in=records):
        label = NEEDS[one.code].label if one.code in NEEDS else one.code
        end = f", clos le {day(one.closed_on)}" if one.closed_on else ", toujours ouvert"
        yield f"Besoin\u00a0: {label}", f"repéré le {day(one.found_on)}{end}"
    actions = Action.objects.filter(senior__in=records).select_related("kind", "partner")
    for one in actions.prefetch_related("steps", "offers__dwelling"):
        by = f", avec {one.partner}" if one.partner else ""
        because = f" ({one.cancelled_because})" if one.cancelled_because else ""
        said = f"{one.get_state_display()} depuis le {day(one.state_on)}{by}{because}"
        if one.satisfied:
            said += f"\u00a0; satisfaction\u00a0: {one.get_satisfied_display()}"
        yield f"Action\u00a0: {one.kind}", said
        for offer in one.offers.all():
            said = f", décliné le {day(offer.declined_on)}" if offer.declined_on else ""
            home = readable_street(offer.dwelling.address_line)
            yield f"Logement proposé\u00a0: {home}", f"le {day(offer.offered_on)}{said}"
        for step in one.steps.all():
            if step.note:
                yield f"Précision du {day(step.on)}", f"«\u00a0{step.note}\u00a0»"
    for one in Attendance.objects.filter(senior__in=records).select_related("partner"):
        yield f"{one.partner}, le {day(one.on)}", "présence" if one.came else "absence"


def _handed(records: Sequence[int]) -> Iterator[Line]:
    given = Agreement.objects.filter(action__senior__in=records)
    given = given.select_related("action__kind", "partner").prefetch_related("referrals__reads")
    for one in given:
        links = one.referrals.all()
        reads = sum(len(link.reads.all()) for link in links)
        said = f"accord donné le {day(one.given_on)}"
        if one.withdrawn_on:
            said += f", retiré le {day(one.withdrawn_on)}"
        if links:
            times = f"{reads} {plural(reads, 'lecture', 'lectures')}"
            said += f". Vos nom, adresse et téléphones lui ont été montrés\u00a0: {times}"
        yield f"À {one.partner}\u00a0: {one.action.kind}", said


def _signals(records: Sequence[int]) -> Iterator[Line]:
    for one in Signal.objects.filter(senior__in=records):
        end = f", clos le {day(one.closed_on)}" if one.closed_on else ", encore suivi"
        outcome = f" ({one.get_outcome_display()})" if one.outcome else ""
        yield (
            f"Le {day(one.seen_on)}, par {one.get_reporter_display()}",
            (f"«\u00a0{one.what}\u00a0»{end}{outcome}"),
        )


def _plans(records: Sequence[int]) -> Iterator[Line]:
    for one in Appointment.objects.filter(senior__in=records):
        said = "annulé" if one.cancelled_at else one.get_slot_display()
        yield f"Rendez-vous du {day(one.day)}", said
    lines = VisitListEntry.objects.filter(senior__in=records).select_related("visit_list")
    for one in lines:
        first, last = one.visit_list.starts_on, one.visit_list.ends_on
        said = f"«\u00a0{one.reason}\u00a0»"
        if one.skipped_because:
            said += f". Visite écartée\u00a0: «\u00a0{one.skipped_because}\u00a0»"
        yield f"Liste de visites du {day(first)} au {day(last)}", said
    for one in Mute.objects.filter(senior__in=records):
        until = f"jusqu’au {day(one.until)}" if one.until else "sans date de fin"
        reason = f" «\u00a0{one.reason}\u00a0»" if one.reason else ""
        yield (
            f"Visites en pause, depuis le {day(one.since)}",
            (f"{one.get_why_display()}, {until}.{reason}"),
        )
    for one in Contest.objects.filter(senior__in=records):
        at = timezone.localdate(one.at)
        said = f"{one.get_says_display()}\u00a0: «\u00a0{one.reason}\u00a0»"
        yield f"Avis d’une personne de nos équipes, le {day(at)}", said
