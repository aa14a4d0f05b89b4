"""Printing the questionnaires of a campaign: whose, and the file that holds them.

A printer's office takes files it can handle: past COPIES_PER_FILE, the copies are parted into
several PDF files in one archive, which also keeps memory flat.
"""

import tempfile
import zipfile
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from seniors.access import territories_of
from seniors.models import Dwelling, Senior, Territory, User
from seniors.person import people_of
from surveys import dispatch, questionnaire
from surveys.documents import Addressee, Sender, TooLong, postal_lines, print_questionnaires
from surveys.models import Campaign, Invitation, Printing, Response

COPIES_PER_FILE = 1000


def invited(campaign: Campaign, *, only_silent: bool) -> QuerySet[Senior]:
    """Those to print for: invited, housed, no objection since; residence by residence."""
    people = (
        Senior.objects.housed()
        .filter(pk__in=people_of(Invitation.objects.filter(campaign=campaign)))
        .exclude(pk__in=people_of(dispatch.running_objections(timezone.localdate())))
    )
    if only_silent:
        people = people.exclude(pk__in=people_of(Response.objects.filter(campaign=campaign)))
    return people.select_related("dwelling").order_by(
        "dwelling__residence_id", "dwelling__street", "dwelling__street_number", "pk"
    )


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
    try:
        printing.copies, path = write_files(
            folder / printing.uid.hex, printing.campaign, people, progress=progress
        )
        printing.stored_as = f"printings/{path.name}"
    except TooLong as error:
        printing.error = str(error)
    printing.finished_at = timezone.now()
    printing.save(update_fields=["copies", "stored_as", "error", "finished_at"])


def write_files(
    path: Path,
    campaign: Campaign,
    people: QuerySet[Senior],
    *,
    progress: Callable[[int], None] = lambda done: None,
) -> tuple[int, Path]:
    """One PDF at `path`.pdf, or several in `path`.zip; gives (copies, path written)."""
    addressees = (addressee(senior) for senior in people.iterator(chunk_size=2000))
    batch, done = list(islice(addressees, COPIES_PER_FILE)), 0
    following = list(islice(addressees, COPIES_PER_FILE))
    if not following:
        target = path.with_suffix(".pdf")
        for done in _draw_one(target, campaign, batch):
            progress(done)
        return done, target
    target, part = path.with_suffix(".zip"), 0
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        while batch:
            part += 1
            with tempfile.TemporaryDirectory(dir=path.parent) as folder:
                pdf = Path(folder) / f"questionnaires-{part:03d}.pdf"
                for count in _draw_one(pdf, campaign, batch):
                    progress(done + count)
                done += len(batch)
                archive.write(pdf, pdf.name)
            batch, following = following, list(islice(addressees, COPIES_PER_FILE))
    return done, target


def _draw_one(path: Path, campaign: Campaign, addressees: list[Addressee]) -> Iterator[int]:
    """One PDF file."""
    with path.open("wb") as file:
        yield from print_questionnaires(
            file,
            questionnaire.named(campaign.questionnaire),
            addressees,
            sender=sender(),
            closes_on=campaign.closes_on,
            least_age=campaign.least_age,
        )


def sender() -> Sender:
    """The landlord, as the settings say it."""
    lines = (line.strip() for line in settings.LANDLORD_ADDRESS.splitlines())
    return Sender(settings.LANDLORD, tuple(filter(None, lines)), settings.LANDLORD_PHONE)


def addressee(senior: Senior) -> Addressee:
    """Her reference and her address, from the record of her dwelling."""
    home = senior.dwelling
    lines = postal_lines(
        senior.full_name,
        inside=_joined(_named("Porte", home.door), _named("escalier", home.stair)),
        outside=_outside(home),
        street=home.address_line,
        city=home.city_line,
    )
    return Addressee(senior.reference, lines)


def _outside(home: Dwelling) -> str:
    """Building, and what the landlord's file adds to the street."""
    return _joined(_named("Bâtiment", home.building), home.complement)


def _joined(*parts: str) -> str:
    return ", ".join(part for part in parts if part)


def _named(word: str, value: str) -> str:
    """« Porte 12 »; a value that already holds a word stands as it is."""
    return f"{word} {value}" if value and len(value) <= 4 else value


def forget(printing: Printing) -> None:
    """Delete the file: it holds names and addresses."""
    if printing.stored_as:
        (Path(settings.MEDIA_ROOT) / printing.stored_as).unlink(missing_ok=True)
        printing.stored_as = ""
        printing.save(update_fields=["stored_as"])
