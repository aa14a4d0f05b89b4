"""A landlord with enough people for an export, conventions and requests."""

import io
import zipfile
from datetime import date, timedelta
from itertools import cycle, islice, product
from uuid import uuid4

from django.utils import timezone

from seniors import observe
from seniors.enums import ConsentKind, Role, Sex, Source
from seniors.models import Consent, Senior, User
from tests.make import make_dwelling, make_residence, make_senior, make_territory, make_user
from visits.models import Convention, Release, Visit
from visits.releasing import making, releases

YEAR = timezone.localdate().year
BORN = (date(YEAR - 65, 1, 1), date(YEAR - 75, 1, 1), date(YEAR - 85, 1, 1))


def make_stock(people: int = 60, *, agree: bool = True, of: int = 1) -> list[Senior]:
    """People of two agencies, three ages and both sexes; a third of them visited this year. Of each
    `of` dozens, one agrees to the evaluation."""
    homes = [
        make_residence(make_territory(name)) for name in ("Agence Kernével", "Agence Rosporden")
    ]
    kinds = islice(cycle(product(homes, BORN, Sex.values)), people)
    seniors = []
    for number, (residence, born_on, sex) in enumerate(kinds):
        home = make_dwelling(
            residence, floor=number % 4, household_size=1, street="rue Xaintrailles"
        )
        told = {"last_name": "Zwertvaegher", "first_name": "Hermeline", "mobile": "06 39 98 12 34"}
        senior = make_senior(home, born_on=born_on, sex=sex, **told)
        seniors.append(senior)
        if agree and number // 12 % of == 0:
            consent(senior, ConsentKind.EVALUATION)
        if number % 3 == 0:
            Visit.objects.create(senior=senior, made_on=timezone.localdate(), outcome="done")
    return seniors


def consent(senior: Senior, kind: ConsentKind, *, given: bool = True, days: int = 30) -> None:
    """Her answer to one of the four consents."""
    day = timezone.localdate() - timedelta(days=days)
    told = {"wording": "2026", "source": Source.SURVEY, "decided_on": day}
    Consent.objects.create(senior=senior, kind=kind, given=given, **told)


def tell(senior: Senior, **values: int) -> None:
    """Her reply to a survey, today."""
    told = {"source": Source.SURVEY, "observed_on": timezone.localdate(), "values": values}
    observe.record(senior, uid=uuid4(), **told)


def make_convention(**fields) -> Convention:
    """One that runs, with the individual file."""
    today = timezone.localdate()
    fields = {
        "recipient": "Carsat Bretagne",
        "purpose": "Évaluer le programme",
        "starts_on": today - timedelta(days=30),
        "ends_on": today + timedelta(days=300),
        "rows": True,
    } | fields
    return Convention.objects.create(created_by=make_user(Role.ADMINISTRATOR), **fields)


def make_release(kind: str = "tables", *, convention: Convention | None = None,
                 by: User | None = None, year: int = YEAR) -> Release:  # fmt: skip
    """Asked for by an evaluator, approved and made."""
    convention = convention or make_convention()
    by = by or make_user(Role.EVALUATOR)
    told = {"convention": convention, "kind": kind, "year": year, "purpose": "Bilan annuel"}
    release = releases.ask(**told, by=by)
    release = releases.approve(release, by=convention.created_by)
    making.make_release(release)
    release.refresh_from_db()
    return release


def opened(release: Release) -> dict[str, bytes]:
    """The files of its archive."""
    with zipfile.ZipFile(io.BytesIO(releases.path_of(release).read_bytes())) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
