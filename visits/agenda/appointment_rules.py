"""Who may be expected when: the refusals of an appointment, each with its sentence."""

from datetime import date, time, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from seniors.french import day_words
from seniors.models import Senior, User
from seniors.queries import records_of
from seniors.refusal import Refusal
from visits import access
from visits.agenda import mutes
from visits.agenda.weeks import week_of
from visits.enums import Slot
from visits.models import Appointment, Visit

# Nobody rings at an older person's door outside these hours.
EARLIEST, NOON, LATEST = time(8), time(13), time(19)
FARTHEST = timedelta(days=366)


class PlanRefusal(Refusal):
    """A gesture that cannot be made."""


def standing() -> QuerySet[Appointment]:
    """The appointments that were not cancelled."""
    return Appointment.objects.filter(cancelled_at=None)


def check_moment(
    officer: User,
    day: date,
    slot: str,
    starts_at: time | None,
    *,
    but: Appointment | None = None,
) -> None:
    """Refuse a day gone by or too far, an hour nobody expects, or one already taken.

    Who has that hour is not said: she may live in a territory that the reader does not have.
    """
    if day < timezone.localdate():
        raise PlanRefusal(
            "past", "Ce jour est passé\u00a0: choisissez aujourd’hui ou un jour à venir."
        )
    if day > timezone.localdate() + FARTHEST:
        raise PlanRefusal("far", "Ce jour est à plus d’un an\u00a0: choisissez-en un plus proche.")
    if slot not in Slot.values:
        raise PlanRefusal("slot", "Choisissez le matin ou l’après-midi.")
    if starts_at is None:
        return
    if not EARLIEST <= starts_at <= LATEST or (starts_at < NOON) != (slot == Slot.MORNING):
        raise PlanRefusal(
            "slot",
            "Cette heure ne va pas\u00a0: de 8\u00a0h à 13\u00a0h le matin, de 13\u00a0h à "
            "19\u00a0h l’après-midi.",
        )
    others = standing().filter(officer=officer, day=day, starts_at=starts_at)
    if others.exclude(pk=but.pk if but else None).exists():
        raise PlanRefusal(
            "hour",
            f"Quelqu’un attend déjà à {hour_words(starts_at)} ce jour-là\u00a0: choisissez une "
            "autre heure.",
        )


def check_person(senior: Senior, officer: User, day: date) -> None:
    """Refuse whoever has left, lives elsewhere, is left in peace, or said no."""
    home = senior.dwelling
    if home is None:
        raise PlanRefusal(
            "elsewhere", f"{senior} n’habite plus le parc\u00a0: rien n’est planifié."
        )
    if not access.holds(officer, home.residence.territory_id):
        raise PlanRefusal(
            "elsewhere", f"{officer} ne travaille pas dans le territoire de cette personne."
        )
    if pause := mutes.mute_of(senior, day):
        raise PlanRefusal("muted", f"{mutes.words(pause)} Levez la pause pour planifier.")
    objecting = mutes.objections(day, day).filter(senior__in=records_of(senior))
    if objecting.exists():
        raise PlanRefusal(
            "objection", "Cette personne ne souhaite pas de visite\u00a0: respectons-le."
        )


def check_free(senior: Senior, day: date, *, but: Appointment | None = None) -> None:
    """Refuse a second appointment of the day, or while another is still to come that week."""
    records, today = records_of(senior), timezone.localdate()
    others = standing().filter(senior__in=records).exclude(pk=but.pk if but else None)
    monday, sunday = week_of(day)
    tried = Visit.objects.filter(senior__in=records, made_on=today).exists()
    ahead = Q(day__gt=today) if tried else Q(day__gte=today)
    other = others.filter(Q(day=day) | ahead & Q(day__range=(monday, sunday))).first()
    if other:
        raise PlanRefusal(
            "planned",
            f"{senior} a déjà un rendez-vous le {day_words(other.day)}\u00a0: déplacez-le plutôt.",
        )


def hour_words(hour: time) -> str:
    """« 9 h », « 14 h 30 »."""
    nine = f"{hour.hour}\u00a0h"
    return f"{nine}\u00a0{hour.minute:02}" if hour.minute else nine


def moment_words(appointment: Appointment) -> str:
    """« le matin », « à 10 h 30 »."""
    if appointment.starts_at:
        return f"à {hour_words(appointment.starts_at)}"
    return appointment.get_slot_display()
