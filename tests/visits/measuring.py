"""Measures, the places where they begin, and two surveys around a start."""

import uuid
from datetime import date

import pytest

from seniors.enums import ConsentKind, Role, Source
from seniors.fragility.scales import LSNS_FAMILY, LSNS_FRIENDS
from seniors.models import Consent, Observation
from surveys.models import Campaign, Response
from tests.make import make_dwelling, make_residence, make_senior, make_territory, make_user
from tests.visits.acting import kind_of
from visits.models import (
    Measure,
    MeasureSite,
)

LSNS_CODES = (*LSNS_FAMILY, *LSNS_FRIENDS)


def make_measure(*codes: str, by=None, **fields) -> Measure:
    """A measure with these actions."""
    fields = {
        "name": f"Dispositif {uuid.uuid4().hex[:6]}",
        "purpose": "Rompre l’isolement",
    } | fields
    by = by or make_user(Role.ADMINISTRATOR)
    measure = Measure.objects.create(created_by=by, **fields)
    measure.kinds.set([kind_of(code) for code in codes or ("grab_bars",)])
    return measure


def begin(measure: Measure, place, on: date) -> MeasureSite:
    """It begins there."""
    key = "territory" if place.__class__.__name__ == "Territory" else "residence"
    return MeasureSite.objects.create(measure=measure, starts_on=on, **{key: place})


def answered(campaign: Campaign, senior, worst: int) -> None:
    """She answered, each item of LSNS-6 at `worst` (0: nobody, 5: nine or more)."""
    seen = Observation.objects.create(
        uid=uuid.uuid4(), senior=senior, source=Source.SURVEY, observed_on=campaign.opened_on,
        values=dict.fromkeys(LSNS_CODES, worst),
    )  # fmt: skip
    Response.objects.create(
        campaign=campaign, senior=senior, observation=seen, channel="paper",
        received_on=campaign.opened_on, content_digest=str(seen.uid),
    )  # fmt: skip


def agree(senior, *, on: date, given: bool = True) -> None:
    """To evaluation, or no more."""
    Consent.objects.create(
        senior=senior, kind=ConsentKind.EVALUATION, given=given, wording="q", decided_on=on,
        source=Source.SURVEY,
    )  # fmt: skip


@pytest.fixture
def tried():
    """Twenty-four residences, half of them joined between two surveys; there, ties came back."""
    territory = make_territory()
    surveys = [
        Campaign.objects.create(
            name=str(year), questionnaire="q", opened_on=date(year, 3, 1),
            closes_on=date(year, 6, 1),
        )
        for year in (2025, 2026)
    ]  # fmt: skip
    for survey in surveys:
        survey.territories.set([territory])
    measure = make_measure(effects=["lsns6"])
    homes = [make_residence(territory) for _ in range(24)]
    people = []
    for n, home in enumerate(homes):
        if n % 2:
            begin(measure, home, date(2025, 9, 1))
        for _ in range(4):
            senior = make_senior(make_dwelling(home))
            people.append(senior)
            agree(senior, on=date(2025, 3, 1))
            answered(surveys[0], senior, 0)
            answered(surveys[1], senior, 5 if n % 2 else n % 4 // 2)
    return measure, people
