"""Printing the questionnaires of a campaign: whose, and the files that hold them.

A printer's office takes files it can handle: past COPIES_PER_FILE, the copies are parted into
several PDF files in one archive, which also keeps memory flat.
"""

import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import IO, Any, TypeVar

from django.conf import settings
from django.db import transaction
from django.db.models import Func, IntegerField, QuerySet
from django.db.models.functions import Upper
from django.utils import timezone

from seniors import bulk
from seniors.access import territories_of
from seniors.models import Dwelling, Senior, Territory, User
from seniors.phones import readable
from surveys.documents import Addressee, Sender, TooLong, postal_lines, print_questionnaires
from surveys.models import Campaign, Printing, Wave
from surveys.questionnaires import questionnaire
from surveys.questionnaires.questionnaire import Questionnaire
from surveys.sending import asked, links

COPIES_PER_FILE = 1000
FOLDERS = ("printings", "waves")
# No drawing lasts so long.
ABANDONED_AFTER = timedelta(days=1)
T = TypeVar("T")


class LeadingNumber(Func):
    """The whole number that a text begins with, 0 without one: « 3 bis » before « 12 »."""

    output_field = IntegerField()

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> tuple[str, Any]:
        """SQLite reads the figures that a text begins with."""
        template = "CAST(%(expressions)s AS INTEGER)"
        return self.as_sql(compiler, connection, template=template, **more)

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> tuple[str, Any]:
        """PostgreSQL refuses a text that is not all figures."""
        template = "COALESCE(SUBSTRING(%(expressions)s FROM '^[0-9]{1,6}')::integer, 0)"
        return self.as_sql(compiler, connection, template=template, **more)


# As the post sorts: its machines first, then the walk of the person who delivers.
POSTAL_ORDER = (
    "dwelling__postcode",
    Upper("dwelling__city"),
    Upper("dwelling__street"),
    LeadingNumber("dwelling__street_number"),
    "dwelling__street_number",
    "dwelling_id",
    "pk",
)


def invited(campaign: Campaign, *, only_silent: bool) -> QuerySet[Senior]:
    """Those to print for, in postal order: invited, housed, no objection since; their answer, or
    their refusal on the telephone, not received when `only_silent`."""
    today = timezone.localdate()
    read = asked.silent if only_silent else asked.reachable
    return read(campaign, on=today).select_related("dwelling").order_by(*POSTAL_ORDER)


def whose(
    campaign: Campaign, *, user: User, territory: Territory | None, only_silent: bool
) -> QuerySet[Senior]:
    """Those `user` may print for, in one territory or in all of theirs."""
    territories = [territory] if territory else list(territories_of(user))
    people = invited(campaign, only_silent=only_silent)
    return people.filter(dwelling__residence__territory__in=territories)


def ask(
    campaign: Campaign, *, territory: Territory | None, only_silent: bool, by: User
) -> Printing:
    """A printing to be drawn, its number of copies known; of the one territory that `by` holds
    in this campaign when none is said."""
    if territory is None:
        held = list(campaign.territories.filter(pk__in=territories_of(by).values("pk")))
        territory = held[0] if len(held) == 1 else None
    people = whose(campaign, user=by, territory=territory, only_silent=only_silent)
    return Printing.objects.create(
        campaign=campaign,
        territory=territory,
        only_silent=only_silent,
        copies=people.count(),
        created_by=by,
    )


def draw(printing: Printing, *, progress: Callable[[int], None] = lambda done: None) -> None:
    """Draw the file of a printing; its path or its error is on the row at the end."""
    people = whose(
        printing.campaign,
        user=printing.created_by,
        territory=printing.territory,
        only_silent=printing.only_silent,
    )
    folder = Path(settings.MEDIA_ROOT) / "printings"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    printing.error = ""
    drawn: list[int] = []

    def noted() -> Iterator[Senior]:
        for senior in people.iterator(chunk_size=2000):
            drawn.append(senior.invitation)
            yield senior

    try:
        printing.copies, path = write_files(
            folder / printing.uid.hex, printing.campaign, noted(), progress=progress
        )
        printing.stored_as = f"printings/{path.name}"
    except TooLong as error:
        printing.error = str(error)
    _publish(printing, drawn)


@transaction.atomic
def _publish(printing: Printing, drawn: Sequence[int]) -> None:
    """Say that the file is there, or why not, and whose copies it holds."""
    printing.people.clear()
    if printing.stored_as:
        copies = Printing.people.through
        bulk.insert(copies, ["printing_id", "invitation_id"], ((printing.pk, one) for one in drawn))
    printing.finished_at = timezone.now()
    printing.save(update_fields=["copies", "stored_as", "error", "finished_at"])


def write_files(
    path: Path,
    campaign: Campaign,
    people: Iterable[Senior],
    *,
    progress: Callable[[int], None] = lambda done: None,
) -> tuple[int, Path]:
    """The questionnaires of these people, as `write_parts` does."""

    def draw(file: IO[bytes], some: list[Addressee]) -> Iterator[int]:
        return print_questionnaires(
            file,
            questionnaire.named(campaign.questionnaire),
            some,
            sender=sender(),
            closes_on=campaign.closes_on,
            least_age=campaign.least_age,
        )

    addressees = (addressee(campaign, senior) for senior in people)
    return write_parts(path, addressees, draw, name="questionnaires", progress=progress)


def sample(asked: Questionnaire) -> BytesIO:
    """A questionnaire as it is printed, for nobody. Raises TooLong."""
    someone = Addressee(
        "EXEMPLE", postal_lines("Mme Prénom Nom", street="1 rue", city="29000 Ville")
    )
    file, closes_on = BytesIO(), timezone.localdate() + timedelta(weeks=8)
    least_age = settings.SENIOR_AGE
    for _ in print_questionnaires(
        file, asked, [someone], sender=sender(), closes_on=closes_on, least_age=least_age
    ):
        continue
    file.seek(0)
    return file


def write_parts(
    path: Path,
    items: Iterator[T],
    draw: Callable[[IO[bytes], list[T]], Iterator[int]],
    *,
    name: str,
    progress: Callable[[int], None] = lambda done: None,
) -> tuple[int, Path]:
    """One PDF at `path`.pdf, or several in `path`.zip; gives (copies, path written).

    `draw` writes one file of some items, and gives how many it has drawn so far.
    """
    batch, done = list(islice(items, COPIES_PER_FILE)), 0
    following = list(islice(items, COPIES_PER_FILE))
    if not following:
        target = path.with_suffix(".pdf")
        with target.open("wb") as file:
            for done in draw(file, batch):
                progress(done)
        return done, target
    target, part = path.with_suffix(".zip"), 0
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        while batch:
            part += 1
            with tempfile.TemporaryDirectory(dir=path.parent) as folder:
                pdf = Path(folder) / f"{name}-{part:03d}.pdf"
                with pdf.open("wb") as file:
                    for count in draw(file, batch):
                        progress(done + count)
                done += len(batch)
                archive.write(pdf, pdf.name)
            batch, following = following, list(islice(items, COPIES_PER_FILE))
    return done, target


def sender() -> Sender:
    """The landlord, as the settings say it."""
    lines = (line.strip() for line in settings.LANDLORD_ADDRESS.splitlines())
    return Sender(settings.LANDLORD, tuple(filter(None, lines)), readable(settings.LANDLORD_PHONE))


def addressee(campaign: Campaign, senior: Senior) -> Addressee:
    """One of those whom `invited` gives: the reference of her invitation, and her address."""
    reference = senior.invitation_reference
    return Addressee(
        links.in_groups(reference),
        postal_address(senior),
        code=links.link_of(reference) if campaign.on_web else reference,
    )


def postal_address(senior: Senior) -> tuple[str, ...]:
    """Her name and address as on an envelope, from the record of her dwelling."""
    home = senior.dwelling
    return postal_lines(
        senior.full_name,
        inside=_joined(_named("Porte", home.door), _named("escalier", home.stair)),
        outside=_outside(home),
        street=home.address_line,
        city=home.city_line,
    )


def _outside(home: Dwelling) -> str:
    """Building, and what the landlord's file adds to the street."""
    return _joined(_named("Bâtiment", home.building), home.complement)


def _joined(*parts: str) -> str:
    return ", ".join(part for part in parts if part)


def _named(word: str, value: str) -> str:
    """« Porte 12 »; a value that already holds a word stands as it is."""
    return f"{word} {value}" if value and len(value) <= 4 else value


def forget(drawn: Printing | Wave) -> None:
    """Delete the file of questionnaires, or of letters: it holds names and addresses."""
    if drawn.stored_as:
        (Path(settings.MEDIA_ROOT) / drawn.stored_as).unlink(missing_ok=True)
        drawn.stored_as = ""
        drawn.save(update_fields=["stored_as"])
    if isinstance(drawn, Printing):
        drawn.people.clear()


def abandoned() -> list[Path]:
    """Files and folders of a drawing that died on the way: no row names them, and nothing was
    written there for a day."""
    names = {
        *Printing.objects.values_list("stored_as", flat=True),
        *Wave.objects.values_list("stored_as", flat=True),
    }
    limit = (timezone.now() - ABANDONED_AFTER).timestamp()
    return [
        path
        for folder in FOLDERS
        for path in (Path(settings.MEDIA_ROOT) / folder).glob("*")
        if f"{folder}/{path.name}" not in names and path.stat().st_mtime < limit
    ]


def erase(path: Path) -> None:
    """Erase what a drawing left there."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()
