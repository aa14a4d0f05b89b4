"""The text message of an appointment: 160 characters of the telephone's own alphabet."""

import unicodedata

from django.conf import settings

from seniors.french import day_words
from seniors.phones import readable
from visits.agenda.appointment_rules import moment_words
from visits.models import Appointment

# The basic alphabet of text messages (3GPP TS 23.038); another character makes them 70 long.
_ALPHABET = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ\"#¤!%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
) | {" "}
_SAME = str.maketrans({"’": "'", "\u00a0": " ", "\u202f": " ", "«": '"', "»": '"', "·": ".",
                       "œ": "oe", "Œ": "OE", "–": "-", "…": "..."})  # fmt: skip
MOST = 160


def text_message(appointment: Appointment) -> str:
    """What to send for this appointment."""
    senior = appointment.whom
    return appointment_text(
        name=senior.full_name,
        short_name=" ".join(part for part in (senior.title, senior.last_name) if part),
        officer=str(appointment.officer),
        landlord=settings.LANDLORD,
        when=f"{day_words(appointment.day)} {moment_words(appointment)}",
        phone=readable(settings.LANDLORD_PHONE),
    )


def in_alphabet(text: str) -> str:
    """The text in the basic alphabet: « août » as « aout », « l’après-midi » kept."""
    return "".join(_plainest(char) for char in text.translate(_SAME))


def appointment_text(
    *, name: str, short_name: str, officer: str, landlord: str, when: str, phone: str
) -> str:
    """The message, the shortest wording that says all; cut at 160 characters at worst."""
    change = (
        f"Pour changer ou refuser\u00a0: {phone}"
        if phone
        else "Vous pouvez changer le jour ou refuser."
    )
    wordings = (
        f"Bonjour {name}, {officer} ({landlord}) viendra vous voir {when}. {change}",
        f"Bonjour {short_name}, {officer} ({landlord}) viendra vous voir {when}. {change}",
        f"{officer} ({landlord}) viendra vous voir {when}. {change}",
        f"{landlord}\u00a0: visite chez vous {when}. {change}",
        f"Visite de votre bailleur {when}. {change}",
    )
    texts = [in_alphabet(one) for one in wordings]
    return next((one for one in texts if len(one) <= MOST), texts[-1][:MOST])


def _plainest(char: str) -> str:
    """The character, or its letter without the accent; nothing for what has neither."""
    if char in _ALPHABET:
        return char
    letters = unicodedata.normalize("NFKD", char)
    return "".join(one for one in letters if one in _ALPHABET)
