"""Makers of campaigns and of files of answers."""

import csv
from datetime import date, datetime
from pathlib import Path

from django.utils import timezone

from seniors.extract import intake as file_intake
from seniors.models import ImportRun, Senior, Territory, User
from surveys.campaigns import dispatch
from surveys.models import Campaign, Sending, Wave

QUESTIONNAIRE = "bienvieillir-60-2026"
TODAY = date(2026, 11, 24)
CONSENTS = {
    "consent_visit": "oui",
    "consent_health": "oui",
    "consent_sharing": "non",
    "consent_evaluation": "oui",
}


def make_campaign(*territories: Territory, **fields) -> Campaign:
    """A campaign open since 1 October, its invitations made."""
    fields = {
        "name": "Enquête 2026",
        "questionnaire": QUESTIONNAIRE,
        "opened_on": date(2026, 10, 1),
        "closes_on": date(2026, 12, 31),
        "least_age": 60,
    } | fields
    return dispatch.open_campaign(territories=territories, **fields)


def settle(campaign: Campaign) -> Campaign:
    """Over for long enough to be read by an evaluator, whatever the day."""
    campaign.opened_on, campaign.closes_on = date(2024, 10, 1), date(2024, 12, 31)
    campaign.asked_at = timezone.make_aware(timezone.datetime(2024, 10, 1, 9))
    campaign.save()
    return campaign


def make_letters(campaign: Campaign, at: datetime, by: User) -> Wave:
    """A wave of letters that reached every record asked."""
    wave = Wave.objects.create(
        campaign=campaign,
        channel=Wave.Channel.LETTER,
        planned_on=at.date(),
        created_by=by,
        started_at=at,
    )
    for one in campaign.invitations.all():
        Sending.objects.create(wave=wave, invitation=one, outcome=Sending.Outcome.SENT, at=at)
    return wave


def territory_of(senior: Senior) -> Territory:
    """Where she lives."""
    return senior.dwelling.residence.territory


def write_csv(path: Path, rows: list[dict[str, object]], *, separator: str = ";") -> Path:
    """A CSV file as a provider sends it; missing cells are empty."""
    headings = list(dict.fromkeys(heading for row in rows for heading in row))
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        writer = csv.DictWriter(file, headings, restval="", delimiter=separator)
        writer.writeheader()
        writer.writerows(rows)
    return path


def preview(path: Path, campaign: Campaign | None = None, **options) -> ImportRun:
    """The file of answers received and previewed, as the site does."""
    run = file_intake.receive(path, kind="answers", name=path.name, extract_on=TODAY)
    if campaign:
        options["campaign"] = str(campaign.uid)
    run.choices = {"options": options}
    run.save()
    file_intake.choose(run, file_intake.propose(run))
    file_intake.preview(run)
    return run


def bring_in(path: Path, campaign: Campaign | None = None) -> ImportRun:
    """The file of answers previewed, then applied."""
    run = preview(path, campaign)
    file_intake.apply(run)
    return run
