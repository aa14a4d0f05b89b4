"""Long work of the survey, out of the request: drawing thousands of questionnaires."""

import logging
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django_q.tasks import async_task

from seniors import pulse
from seniors.logs import discreet
from surveys.models import Printing

KEPT_FOR = timedelta(days=7)
# Drawn at once, in the request: some tenths of a second.
SMALL = 100

log = logging.getLogger(__name__)


def start_printing(printing: Printing) -> None:
    """Have a printing drawn: at once when it is small, else by the task runner."""
    pulse.wait(key_of(printing))
    if printing.copies <= SMALL or settings.Q_CLUSTER["sync"]:
        draw_printing(printing.pk)
    else:
        transaction.on_commit(lambda: async_task("surveys.tasks.draw_printing", printing.pk))


def pulse_of(printing: Printing) -> pulse.Pulse | None:
    """The last sign of life of a printing being drawn."""
    return pulse.read(key_of(printing))


def key_of(printing: Printing) -> str:
    """The name of this work."""
    return f"printing-{printing.uid}"


@discreet
def draw_printing(printing_id: int) -> None:
    """Draw the file of a printing, unless it is already there."""
    from surveys import printing as gestures  # noqa: PLC0415

    printing = Printing.objects.select_related("campaign", "created_by", "territory").get(
        pk=printing_id
    )
    if printing.stored_as:
        return
    done = 0

    def progress(copies: int) -> None:
        nonlocal done
        done = copies

    with pulse.beating(key_of(printing), lambda: done):
        gestures.draw(printing, progress=progress)
    log.info("printing %s: %s copies", printing.pk, printing.copies)


def old_printings() -> QuerySet[Printing]:
    """Those whose file was drawn over a week ago and is still there."""
    return Printing.objects.filter(created_at__lt=timezone.now() - KEPT_FOR).exclude(stored_as="")


def purge_printings() -> int:
    """Delete the files drawn over a week ago: how many."""
    from surveys import printing as gestures  # noqa: PLC0415

    old = list(old_printings())
    for printing in old:
        gestures.forget(printing)
    return len(old)
