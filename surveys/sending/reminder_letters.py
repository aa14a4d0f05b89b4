"""Reminders on paper: a file or an archive of letters, whose people are checked again as each is
drawn.

Nothing has left until the file is whole: a drawing that a crash stopped begins again from nothing,
and nobody gets two letters.
"""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import IO

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from seniors.models import Senior
from seniors.person import records_of
from surveys.documents import Letter, print_reminders
from surveys.locking import lock_campaign
from surveys.models import Invitation, Sending, Wave
from surveys.sending import asked, links, reminders, waves
from surveys.sending.printing import POSTAL_ORDER, postal_address, sender, write_parts

Outcome = Sending.Outcome
# Held together while their pages are drawn: a tenth of a second.
AT_ONCE = 50


def draw(wave: Wave, *, today: date, progress: Callable[[int], None] = lambda done: None) -> None:
    """Draw the letters of a wave, in postal order, and note to whom; its path is on the row at
    the end, unless it was cancelled in the meantime."""
    wave.sendings.all().delete()
    folder = Path(settings.MEDIA_ROOT) / "waves"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def draw_some(file: IO[bytes], letters: list[Letter]) -> Iterator[int]:
        closes_on = wave.campaign.closes_on
        return print_reminders(
            file, letters, sender=sender(), written_on=today, closes_on=closes_on
        )

    letters = _letters(wave, today)
    _, path = write_parts(
        folder / wave.uid.hex, letters, draw_some, name="relances", progress=progress
    )
    if not _publish(wave, path):
        path.unlink()


@transaction.atomic
def _publish(wave: Wave, path: Path) -> bool:
    """Say that the file is there; not when the wave was cancelled, or finished by another."""
    now = Wave.objects.select_for_update().get(pk=wave.pk)
    if now.cancelled_at:
        now.sendings.all().delete()
        return False
    has_letters = now.sendings.filter(outcome=Outcome.SENT).exists()
    now.stored_as = f"waves/{path.name}" if has_letters else ""
    now.finished_at = now.finished_at or timezone.now()
    now.save(update_fields=["stored_as", "finished_at"])
    return has_letters


def _letters(wave: Wave, today: date) -> Iterator[Letter]:
    """One for each person who may still be written to when her page is drawn."""
    order = waves.left(wave, on=today).order_by(*POSTAL_ORDER).values_list("pk", flat=True)
    people = list(order)
    for start in range(0, len(people), AT_ONCE):
        ids = people[start : start + AT_ONCE]
        if not waves.goes_on(wave):
            return
        yield from _some(wave, ids, today)


@transaction.atomic
def _some(wave: Wave, ids: list[int], today: date) -> list[Letter]:
    """The letters of some people, noted with those who get none, their rows held."""
    campaign = lock_campaign(wave.campaign)
    asked.lock(ids)
    found = Senior.objects.unmerged().select_related("dwelling").in_bulk(ids)
    # Absorbed by another record since the list was read: she is written to there, and once.
    ids = [one for one in ids if one in found]
    barred = dict.fromkeys(_written_to(wave, ids), Outcome.TWICE)
    barred |= asked.barred(campaign, ids, on=today)
    invitations = asked.invitations_of(campaign, ids)
    now = timezone.now()
    Sending.objects.bulk_create(
        Sending(
            wave=wave,
            invitation_id=invitations[one].pk,
            outcome=barred.get(one, Outcome.SENT),
            at=now,
        )
        for one in ids
    )
    return [_letter(found[one], invitations[one], today) for one in ids if one not in barred]


def _written_to(wave: Wave, ids: list[int]) -> set[int]:
    """Those of these people whom this wave already has a letter for, on another record."""
    records = records_of(ids)
    sent = wave.sendings.filter(outcome=Outcome.SENT, invitation__senior__in=list(records))
    return {records[one] for one in sent.values_list("invitation__senior", flat=True)}


def _letter(senior: Senior, invitation: Invitation, today: date) -> Letter:
    """What one page says."""
    campaign = invitation.campaign
    again = invitation.sent_on < today
    return Letter(
        lines=postal_address(senior),
        opening=reminders.opening(settings.LANDLORD, again=again),
        reference=links.in_groups(invitation.reference),
        link=links.web_link(invitation) if campaign.on_web else "",
    )
