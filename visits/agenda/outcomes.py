"""What follows from how a visit ended: try again, or leave in peace for a while or until told.

`recording` writes the visit and calls `apply`; a tap that was a mistake is taken back the same day.
A departure or a death is never written on the tenant record: the landlord's file alone closes it.
"""

from collections.abc import Sequence
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from seniors.french import day_words
from seniors.models import Observation, Senior, User
from seniors.queries import records_of
from seniors.refusal import Refusal
from visits.agenda import closing, mutes, planning
from visits.enums import Channel
from visits.lists import leaving
from visits.models import Appointment, Mute, UndoneForm, Visit, VisitForm

Outcome = Visit.Outcome
# A week: another time of the week is tried, and a note or a letter has the time to arrive.
TRY_AGAIN_DAYS = 7
# At the third closed door in a row, knocking is not the way: one writes, or asks around.
ABSENCES_BEFORE_WRITING = 3
# A no said at the door is heard for half a year; a lasting one is hers to say (an Objection).
REFUSED_DAYS = 183
# Most stays are over by then; she is then asked for news before being called on.
HOSPITAL_DAYS = 30

VISIT_DONE = "Visite faite."
# One touch each: what happens every day, then what ends visits and letters, apart.
TAPS = (
    (Outcome.ABSENT, "Absence"),
    (Outcome.REFUSED, "Refus"),
    (Outcome.HOSPITAL, "À l’hôpital"),
    (Outcome.UNSAFE, "Danger sur place"),
)
LAST_TAPS = ((Outcome.MOVED, "N’habite plus là"), (Outcome.DECEASED, "Décès"))
# Outcome: why she is left in peace, and for how many days (None: until someone lifts it).
PAUSES: dict[str, tuple[str, int | None]] = {
    Outcome.REFUSED: (Mute.Why.REFUSED, REFUSED_DAYS),
    Outcome.HOSPITAL: (Mute.Why.HOSPITAL, HOSPITAL_DAYS),
    Outcome.MOVED: (Mute.Why.MOVED, None),
    Outcome.DECEASED: (Mute.Why.DECEASED, None),
    Outcome.UNSAFE: (Mute.Why.UNSAFE, None),
}


class OutcomeRefusal(Refusal):
    """An outcome that cannot be taken back."""


def with_first_form(visits: QuerySet[Visit]) -> QuerySet[Visit]:
    """With what an undo asks: `received_at`, when its first form came (None without any);
    `forms_received`, how many came; `is_lifted`, whether a pause of hers was lifted since."""
    forms = VisitForm.objects.filter(visit=OuterRef("pk")).order_by("pk")
    counted = forms.order_by().values("visit").annotate(count=Count("pk")).values("count")
    lifted = Mute.objects.filter(visit=OuterRef("pk"), lifted_on__isnull=False)
    return visits.annotate(
        received_at=Subquery(forms.values("received_at")[:1]),
        forms_received=Coalesce(Subquery(counted), 0),
        is_lifted=Exists(lifted),
    )


def why_not_undone(visit: Visit, *, by: User) -> str:
    """Why `by` may not take back this outcome now, "" when she may; `visit` comes from
    `with_first_form`."""
    return str(_not_undone(visit, by) or "")


@transaction.atomic
def apply(visit: Visit, *, by: User) -> str:
    """Write what follows from the outcome, and say it in French.

    May be called again when the outcome of the day changes: what followed from the former one is
    taken back first.
    """
    _clear(visit)
    if visit.outcome == Outcome.DONE:
        return VISIT_DONE
    if visit.outcome == Outcome.ABSENT:
        return _absent(visit)
    why, days = PAUSES[visit.outcome]
    until = visit.made_on + timedelta(days=days) if days else None
    pause = mutes.mute(visit.senior, why=why, since=visit.made_on, until=until, visit=visit, by=by)
    if visit.outcome == Outcome.HOSPITAL and visit.next_contact_on is None:
        visit.next_contact_on = _after_hospital(visit)
        visit.save(update_fields=["next_contact_on"])
    return _consequence(visit.outcome, until) + closing.close(pause, by=by, visit=visit)


@transaction.atomic
def undo(visit: Visit, *, by: User) -> str:
    """Take back an outcome tapped by mistake today, with all that followed; says so in French.

    Raises OutcomeRefusal: gone (taken back already), done (a form was filled in), other_hand,
    other_day, other_form (another form of that day came), lifted (her pause was lifted since).
    """
    person = visit.senior.merged_into_id or visit.senior_id
    # She first, as `recording` does: a form of hers may be arriving.
    Senior.objects.select_for_update(no_key=True).get(pk=person)
    visit = with_first_form(Visit.objects.select_for_update()).filter(pk=visit.pk).first()
    if visit is None:
        raise OutcomeRefusal("gone", "C’est déjà annulé. Rien d’autre n’est changé.")
    if refusal := _not_undone(visit, by):
        raise refusal
    lost = _clear(visit)
    _remember(visit.forms.filter(channel=Channel.PHONE))
    Observation.objects.filter(visit_form__visit=visit).delete()
    visit.delete()
    return "C’est annulé\u00a0: la visite est de nouveau à faire." + _lost_words(lost)


def _remember(forms: QuerySet[VisitForm]) -> None:
    """A phone that did not hear that its form was received sends it again: it is not to come back.

    A desk hears at once, and its second tap of the day is a new one.
    """
    UndoneForm.objects.bulk_create(
        UndoneForm(uid=one.uid, digest=one.digest, receipt=one.receipt, received_at=one.received_at)
        for one in forms
    )


def _not_undone(visit: Visit, by: User) -> OutcomeRefusal | None:
    """Why `by` may not take this outcome back; None when she may."""
    if visit.outcome == Outcome.DONE:
        return OutcomeRefusal(
            "done",
            "Une fiche a été remplie ce jour-là\u00a0: elle ne s’annule pas. Rien n’est changé.",
        )
    if visit.made_by_id != by.pk:
        return OutcomeRefusal(
            "other_hand", "Seule la personne qui l’a noté peut l’annuler. Rien n’est changé."
        )
    if _written_on(visit) != timezone.localdate():
        return OutcomeRefusal(
            "other_day",
            "Cela ne s’annule que le jour même\u00a0: levez plutôt la pause depuis la fiche de la "
            "personne. Rien n’est changé.",
        )
    if visit.forms_received > 1:
        return OutcomeRefusal(
            "other_form",
            "Une autre fiche de ce jour est arrivée depuis : elle serait perdue. Levez plutôt la "
            "pause depuis la fiche de la personne. Rien n’est changé.",
        )
    if visit.is_lifted:
        return OutcomeRefusal(
            "lifted", "La pause a déjà été levée\u00a0: rien d’autre n’est à annuler."
        )
    return None


def _lost_words(lost: Sequence[Appointment]) -> str:
    """The appointments that do not stand again."""
    if not lost:
        return ""
    days = ", ".join(day_words(one.day) for one in lost)
    return f" Son rendez-vous du {days} a été remplacé entre-temps\u00a0: il reste annulé."


def _written_on(visit: Visit) -> date:
    """The day its first form came; that of the visit without any."""
    return timezone.localdate(visit.received_at) if visit.received_at else visit.made_on


def _clear(visit: Visit) -> list[Appointment]:
    """Take back what followed from the outcome this visit had before; the appointments whose place
    was taken since, which stay cancelled."""
    lost = planning.restore_after(visit)
    for pause in visit.mutes.all():
        leaving.put_back(pause)
    visit.mutes.all().delete()
    visit.try_again_on = None
    if visit.next_contact_on == _after_hospital(visit):
        visit.next_contact_on = None
    visit.save(update_fields=["try_again_on", "next_contact_on"])
    return lost


def _after_hospital(visit: Visit) -> date:
    """The day to ask for news."""
    return visit.made_on + timedelta(days=HOSPITAL_DAYS + 1)


def _absent(visit: Visit) -> str:
    """Nobody opened: from when to knock again, and what else to try at the third time."""
    visit.try_again_on = visit.made_on + timedelta(days=TRY_AGAIN_DAYS)
    visit.save(update_fields=["try_again_on"])
    said = f"Absence notée\u00a0: à retenter à partir du {day_words(visit.try_again_on)}."
    absences = absences_in_a_row(visit)
    if absences < ABSENCES_BEFORE_WRITING:
        return said
    return (
        f"{said} C’est la {absences}e absence de suite\u00a0: écrivez-lui, et demandez de ses "
        "nouvelles au gardien ou à un voisin."
    )


def absences_in_a_row(visit: Visit) -> int:
    """How many times nobody opened up to this visit, since someone last did."""
    before = Visit.objects.filter(
        senior__in=records_of(visit.senior), made_on__lte=visit.made_on
    ).order_by("-made_on", "-pk")
    outcomes = list(before.values_list("outcome", flat=True))
    others = (n for n, outcome in enumerate(outcomes) if outcome != Outcome.ABSENT)
    return next(others, len(outcomes))


def _consequence(outcome: str, until: date | None) -> str:
    """The sentence of a pause."""
    day = day_words(until, year=True) if until else ""
    return {
        Outcome.REFUSED: f"Refus noté\u00a0: en pause jusqu’au {day}. Si elle ne veut plus aucune "
        "visite, notez une opposition sur sa fiche.",
        Outcome.HOSPITAL: f"Hospitalisation notée\u00a0: en pause jusqu’au {day}, puis prenez de "
        "ses nouvelles avant d’y aller.",
        Outcome.MOVED: "Départ noté\u00a0: plus de visite ni de courrier. Le fichier des "
        "locataires le confirmera.",
        Outcome.DECEASED: "Décès noté\u00a0: plus de visite ni de courrier. Le fichier des "
        "locataires le confirmera.",
        Outcome.UNSAFE: "Danger noté\u00a0: plus de visite tant que votre responsable n’a pas levé "
        "la pause. Ne pas y aller seul.",
    }[outcome]
