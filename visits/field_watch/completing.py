"""What whoever has just reported adds, or takes back, for some minutes and without an account.

The address of the page after the report names the signal, signed: it opens no other. Past those
minutes, or once one of us has it in hand, nothing changes any more.
"""

import uuid
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import timedelta

from django.core import signing
from django.db import transaction
from django.utils import timezone

from seniors.models import Dwelling
from visits.field_watch.watch import (
    WORDS_MOST,
    Kind,
    NoSuchLink,
    Outcome,
    WatchRefusal,
    check_words,
)
from visits.field_watch.whereabouts import in_words, label_of
from visits.models import Signal, WatchLink

WHILE = timedelta(minutes=15)
_SIGNER = signing.Signer(salt="visits.watch.done", sep=".")
TOO_LATE = (
    "Il est trop tard pour changer ce signalement\u00a0: il est envoyé tel quel. Téléphonez-nous."
)
IN_HAND = "Quelqu’un s’occupe déjà de ce signalement\u00a0: rien n’est changé. Téléphonez-nous."


def ticket_of(signal: Signal) -> str:
    """What names it in the address of the page after the report."""
    return _SIGNER.sign(urlsafe_b64encode(signal.uid.bytes).decode().rstrip("="))


def signal_of(link: WatchLink, ticket: str) -> Signal:
    """The signal of this ticket, that came through this link. Raises NoSuchLink."""
    try:
        uid = uuid.UUID(bytes=urlsafe_b64decode(f"{_SIGNER.unsign(ticket)}=="))
        return Signal.objects.select_related("dwelling").get(uid=uid, link=link)
    except (signing.BadSignature, ValueError, Signal.DoesNotExist) as error:
        raise NoSuchLink from error


def may_change(signal: Signal) -> bool:
    """Whether something may still be added to it."""
    return signal.closed_on is None and timezone.now() - signal.recorded_at < WHILE


@transaction.atomic
def say_home(signal: Signal, home: Dwelling) -> Signal:
    """Say in which dwelling of the residence it was seen. Raises WatchRefusal: late, in_hand."""
    signal = _open(signal)
    if signal.senior_id:
        raise WatchRefusal("in_hand", IN_HAND)
    signal.dwelling = home
    signal.whereabouts = in_words(*label_of(home))
    signal.save(update_fields=["dwelling", "whereabouts"])
    return signal


@transaction.atomic
def add_words(signal: Signal, words: str) -> Signal:
    """Add what was seen, in words; the same twice changes nothing.

    Raises WatchRefusal: what the guard found, long, late.
    """
    words = words.strip()
    check_words(words)
    signal = _open(signal)
    if not words or words in signal.what:
        return signal
    said = "" if signal.what == Kind(signal.kind).label else f"{signal.what}. "
    if len(said + words) > WORDS_MOST:
        raise WatchRefusal(
            "long",
            f"C’est trop long\u00a0: {max(WORDS_MOST - len(said), 0)} caractères au plus. "
            "Rien n’est ajouté.",
        )
    signal.what = said + words
    signal.save(update_fields=["what"])
    return signal


@transaction.atomic
def take_back(signal: Signal) -> Signal:
    """It was a mistake: closed as such, and kept. Raises WatchRefusal: late, in_hand."""
    signal = _open(signal)
    if signal.taken_by_id or signal.senior_id:
        raise WatchRefusal("in_hand", IN_HAND)
    signal.outcome, signal.closed_on = Outcome.MISTAKEN, timezone.localdate()
    signal.save(update_fields=["outcome", "closed_on"])
    return signal


def is_taken_back(signal: Signal) -> bool:
    """Whether its own reporter called it a mistake."""
    return signal.outcome == Outcome.MISTAKEN and signal.closed_by_id is None


def _open(signal: Signal) -> Signal:
    """The signal as it stands, held until the gesture is made; refused past its minutes."""
    signal = Signal.objects.select_for_update(of=("self",)).get(pk=signal.pk)
    if not may_change(signal):
        raise WatchRefusal("late", TOO_LATE)
    return signal
