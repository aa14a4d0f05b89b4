"""From appointments to the letters that announce them."""

from collections.abc import Iterable

from django.utils import timezone

from seniors.french import day_words
from surveys.sending.printing import postal_address, sender
from visits.agenda.appointment_rules import moment_words
from visits.documents.appointment import Notice, print_notices
from visits.enums import Slot
from visits.models import Appointment

# When someone may ring in a half-day; `calendar` draws the same.
BETWEEN = {
    Slot.MORNING: "le matin, entre 9\u00a0h et 12\u00a0h",
    Slot.AFTERNOON: "l’après-midi, entre 14\u00a0h et 17\u00a0h",
}
GREETINGS = {"Mme": "Madame", "Mlle": "Madame", "M.": "Monsieur", "M": "Monsieur"}


def write_letters(appointments: Iterable[Appointment]) -> bytes:
    """The PDF of one letter for each, in order; people who left have none."""
    return print_notices(
        (_notice(one) for one in appointments if one.whom.dwelling),
        sender=sender(),
    )


def _notice(appointment: Appointment) -> Notice:
    """What one letter says."""
    senior = appointment.whom
    said = GREETINGS.get(senior.title)
    return Notice(
        lines=postal_address(senior),
        greeting=f"{said} {senior.last_name}," if said else "Bonjour,",
        day=day_words(appointment.day, year=True),
        moment=moment_words(appointment) if appointment.starts_at else BETWEEN[appointment.slot],
        officer=str(appointment.officer),
        written_on=f"Le {day_words(timezone.localdate(), weekday=False, year=True)}",
    )
