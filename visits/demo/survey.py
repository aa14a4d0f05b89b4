"""The annual surveys: last year's, closed, and this year's, open; who was asked, what came back."""

from datetime import datetime, time, timedelta

from django.utils import timezone

from seniors.demo.landlord import A_YEAR, ANSWERED, ANSWERS, ASKED, BEFORE, LASTS
from seniors.models import Territory
from surveys.campaigns import dispatch
from surveys.models import Campaign
from surveys.questionnaires import questionnaire as questionnaires
from visits.demo.files import import_file
from visits.demo.plan import Demo, spaced


def campaign_of(demo: Demo) -> Campaign:
    """This year's, once it is open."""
    return Campaign.objects.get(name=_name(demo, ASKED))


def ask_last_year(demo: Demo) -> str | None:
    """The survey of the year before, with what came back."""
    asked = ASKED + A_YEAR
    _open(demo, asked)
    campaign = Campaign.objects.get(name=_name(demo, asked))
    # Opened that year: evaluators read what came back (`frozen.later_for`).
    opened = timezone.make_aware(datetime.combine(campaign.opened_on, time(9)))
    Campaign.objects.filter(pk=campaign.pk).update(asked_at=opened)
    day = demo.as_of - asked + LASTS
    return import_file(demo, BEFORE, "answers", day, options={"campaign": str(campaign.uid)})


def open_campaign(demo: Demo) -> str | None:
    """Open this year's survey everywhere."""
    campaign = _open(demo, ASKED)
    return campaign and f"{spaced(campaign.invitations.count())} envois"


def import_answers(demo: Demo) -> str | None:
    """Import what came back so far."""
    campaign = campaign_of(demo)
    return import_file(
        demo, ANSWERS, "answers", demo.as_of - ANSWERED, options={"campaign": str(campaign.uid)}
    )


def _open(demo: Demo, asked: timedelta) -> Campaign | None:
    """Open the survey of that day; None when it was."""
    if Campaign.objects.filter(name=_name(demo, asked)).exists():
        return None
    return dispatch.open_campaign(
        name=_name(demo, asked),
        questionnaire=questionnaires.available()[-1].name,
        territories=list(Territory.objects.all()),
        opened_on=demo.as_of - asked,
        closes_on=demo.as_of - asked + LASTS,
        least_age=60,
    )


def _name(demo: Demo, asked: timedelta) -> str:
    return f"Enquête {(demo.as_of - asked).year}"
