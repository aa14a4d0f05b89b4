"""Work out of the request: what is done each morning, exports; each may run twice without harm."""

import logging

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django_q.tasks import async_task

from seniors import pulse
from seniors.logs import discreet
from seniors.models import ImportRun
from visits import workbooks
from visits.acting import late_reminders, lives_in, reminders
from visits.enums import ReleaseState
from visits.models import Measure, Release, Workbook
from visits.releasing.releases import key_of
from visits.steering import kept
from visits.stock import register

STOCK = "stock"  # the name of a work

log = logging.getLogger(__name__)


@discreet
def remind_partners() -> None:
    """Remind the partners who have not answered, where a mail server is named."""
    if _has_no_mail():
        return
    done = reminders.send_due()
    log.info("reminders: %s sent, %s refused, %s failed", done.sent, done.refused, done.failed)


@discreet
def tell_officers() -> None:
    """Tell who follows actions that have become late, where a mail server is named."""
    if _has_no_mail():
        return
    done = late_reminders.tell_officers()
    log.info(
        "late actions: %s told in %s mails, %s without an address, %s mails failed",
        done.actions, done.mails, done.unreached, done.failed,
    )  # fmt: skip


def _has_no_mail() -> bool:
    missing = settings.EMAIL_BACKEND.endswith("smtp.EmailBackend") and not settings.EMAIL_HOST
    if missing:
        log.info("reminders: no mail server is named")
    return missing


def start_release(release: Release) -> None:
    """Have the file of an approved export made; its page shows how far it is."""
    pulse.wait(key_of(release))
    if settings.Q_CLUSTER["sync"]:
        make_release(release.pk)
    else:
        transaction.on_commit(lambda: async_task("visits.tasks.make_release", release.pk))


def pulse_of(release: Release) -> pulse.Pulse | None:
    """The last sign of life of an export being made."""
    return pulse.read(key_of(release))


@discreet
def make_release(release_id: int) -> None:
    """Make the file of an export, unless it is already there."""
    from visits.releasing import making  # noqa: PLC0415

    release = Release.objects.select_related("convention").get(pk=release_id)
    if release.state != ReleaseState.MAKING:
        return
    done = 0

    def progress(rows: int) -> None:
        nonlocal done
        done = rows

    with pulse.beating(key_of(release), lambda: done):
        making.make_release(release, progress=progress)


def start_workbook(book: Workbook) -> None:
    """Have a long list written, unless it is, or already waits its turn; its page says how far."""
    going = workbook_pulse(book)
    if book.made_at or (going and not going.is_dead and not going.is_late):
        return
    pulse.wait(workbooks.key_of(book))
    if settings.Q_CLUSTER["sync"]:
        write_workbook(book.pk)
    else:
        transaction.on_commit(lambda: async_task("visits.tasks.write_workbook", book.pk))


def workbook_pulse(book: Workbook) -> pulse.Pulse | None:
    """The last sign of life of that work."""
    return pulse.read(workbooks.key_of(book))


@discreet
def write_workbook(book_id: int) -> None:
    """Write a long list, unless it is written, or another was asked for in its place."""
    from visits.acting.action_exports import actions_book  # noqa: PLC0415
    from visits.stock.exports import register_book  # noqa: PLC0415
    from visits.works.exports import backlog_book  # noqa: PLC0415

    book = Workbook.objects.select_related("user").filter(pk=book_id, made_at=None).first()
    if book is None:
        return
    books = {"works": backlog_book, "stock": register_book, "actions": actions_book}
    done, write = 0, books[book.kind]

    def progress(rows: int) -> None:
        nonlocal done
        done = rows

    with pulse.beating(workbooks.key_of(book), lambda: done):
        workbooks.write(book, write(book.user, book.query, progress))
    log.info("workbook: %s rows", book.count)


STEERING = "steering"


def start_count() -> None:
    """Have the figures of the steering page counted again, unless they already are; its page says
    that it waits."""
    going = pulse.read(STEERING)
    if going and not going.is_dead:
        return
    pulse.wait(STEERING)
    if settings.Q_CLUSTER["sync"]:
        count_steering()
    else:
        transaction.on_commit(lambda: async_task("visits.tasks.count_steering"))


def steering_pulse() -> pulse.Pulse | None:
    """The last sign of life of that count."""
    return pulse.read(STEERING)


@discreet
def count_steering() -> None:
    """Count what the steering page shows, every territory and period."""
    with pulse.beating(STEERING, lambda: 0):
        log.info("steering: %s rows", kept.keep_all(timezone.localdate()))


def start_effects(measure: Measure) -> None:
    """Have the effects of a measure computed again, unless they already are; its page says how far
    it is."""
    going = effects_pulse(measure)
    if going and not going.is_dead:
        return
    pulse.wait(_effects_key(measure))
    if settings.Q_CLUSTER["sync"]:
        compute_effects(measure.pk)
    else:
        transaction.on_commit(lambda: async_task("visits.tasks.compute_effects", measure.pk))


def effects_pulse(measure: Measure) -> pulse.Pulse | None:
    """The last sign of life of that work."""
    return pulse.read(_effects_key(measure))


def _effects_key(measure: Measure) -> str:
    return f"effects-{measure.uid}"


@discreet
def compute_effects(measure_id: int) -> None:
    """Compute every effect of a measure and keep it."""
    from visits.evaluating import kept as figures  # noqa: PLC0415

    measure, done = Measure.objects.get(pk=measure_id), 0

    def progress(count: int) -> None:
        nonlocal done
        done = count

    with pulse.beating(_effects_key(measure), lambda: done):
        log.info("measure: %s effects", figures.compute_all(measure, progress=progress))


@discreet
def mend_homes() -> None:
    """Bring needs and actions to where their people live: none is wrong unless a move was lost."""
    if count := lives_in.mend():
        log.warning("homes: %s needs and actions were not where their person lives", count)


def start_stock_refresh() -> None:
    """Have the level of every dwelling brought up to date."""
    pulse.wait(STOCK)
    if settings.Q_CLUSTER["sync"]:
        refresh_stock()
    else:
        transaction.on_commit(lambda: async_task("visits.tasks.refresh_stock"))


def follow_import(run: ImportRun) -> None:
    """After a file of dwellings: floors, lifts and dwellings gone may change levels."""
    if run.kind == "dwellings":
        start_stock_refresh()


def is_stock_refreshing() -> bool:
    """Whether that work is under way, or about to be."""
    said = pulse.read(STOCK)
    return said is not None and not said.is_dead and not said.is_late


@discreet
def refresh_stock() -> None:
    """Bring the level of every dwelling up to date."""
    done = 0

    def progress(count: int) -> None:
        nonlocal done
        done = count

    with pulse.beating(STOCK, lambda: done):
        changed = register.refresh_all(progress=progress)
    log.info("stock: %s dwellings changed", changed)
