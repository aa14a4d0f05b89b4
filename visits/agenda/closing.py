"""What a pause or an opposition closes: appointments to come; and, said gone or dead, her place on
every list.

Her record is left alone: the landlord's file closes it. Until then nobody calls on her and nothing
is sent to her; was it a mistake, what was closed is opened again.
"""

from datetime import date

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from seniors.departed import Word
from seniors.french import plural
from seniors.models import Objection, Senior, User
from seniors.queries import records_of
from visits.agenda import mutes, planning
from visits.agenda.mutes import DEPARTURES
from visits.lists import leaving
from visits.models import Mute, Visit

ON_THE_TELEPHONE = "Dit au téléphone pendant l’enquête."


def said_gone(on: date) -> QuerySet[Mute]:
    """The pauses that day of whoever was said gone or dead, at the door or from her sheet."""
    return mutes.in_force(on).filter(why__in=DEPARTURES)


def close(pause: Mute, *, by: User, visit: Visit | None = None) -> str:
    """Close what was to come for her, and say it in French, "" when nothing was.

    The appointments that `visit` cancels stand again when it is taken back.
    """
    senior, entries = pause.senior, 0
    cancelled = planning.cancel_within(senior, pause.since, pause.until, by=by, visit=visit)
    if pause.why in DEPARTURES:
        because = f"{mutes.noted(pause)}, à confirmer par le fichier"
        entries = leaving.set_aside(records_of(senior), pause, because=because, by=by)
    return _closed_words(cancelled, entries)


@transaction.atomic
def leave_in_peace(senior: Senior, *, why: str, by: User, until: date | None, reason: str) -> str:
    """Put a pause from her sheet, with what it closes; says so in French.

    Raises MuteRefusal as `mutes.mute`.
    """
    pause = mutes.mute(senior, why=why, by=by, until=until, reason=reason)
    return mutes.words(pause) + close(pause, by=by)


@transaction.atomic
def call_again(pause: Mute, *, by: User) -> str:
    """Lift a pause: she may be called on again from today; says so in French.

    Her appointments do not come back: she may have been told that they would not. Raises
    MuteRefusal as `mutes.lift`.
    """
    mutes.lift(pause, by=by)
    said = "La pause est levée\u00a0: la visite peut de nouveau être proposée."
    back = leaving.put_back(pause)
    if not back:
        return said
    return f"{said} Elle est de nouveau sur {back}\u00a0{plural(back, 'liste', 'listes')}."


def hear(word: Word, by: User) -> None:
    """What was told on the telephone pauses and closes as at the door; a mistake opens it again."""
    if not word.is_mistaken:
        why = Mute.Why.DECEASED if word.is_dead else Mute.Why.MOVED
        pause = mutes.mute(word.senior, why=why, by=by, reason=ON_THE_TELEPHONE)
        close(pause, by=by)
        return
    heard = said_gone(timezone.localdate()).filter(reason=ON_THE_TELEPHONE, visit=None)
    for pause in heard.filter(senior__in=records_of(word.senior)):
        call_again(pause, by=by)


def hear_objection(objection: Objection, by: User) -> str:
    """Whoever wants no visit is expected no more; says it in French, "" when nobody was to come.

    Lifted, her appointments do not come back, as after a pause.
    """
    found = planning.cancel_within(objection.senior, objection.since, objection.until, by=by)
    return _closed_words(found, 0).strip()


def _closed_words(cancelled: int, entries: int) -> str:
    """What became of what was to come, after another sentence."""
    said = ""
    if cancelled:
        said = (
            " Son rendez-vous à venir est annulé."
            if cancelled == 1
            else f" Ses {cancelled} rendez-vous à venir sont annulés."
        )
    if entries:
        lists = "de la liste" if entries == 1 else f"de {entries} listes"
        said += f" Elle est retirée {lists} de visites."
    return said
