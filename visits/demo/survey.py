"""The annual survey: asked, and what came back."""

from datetime import timedelta

from seniors.demo.landlord import ANSWERED, ANSWERS, ASKED
from seniors.models import Territory
from surveys.campaigns import dispatch
from surveys.models import Campaign
from surveys.questionnaires import questionnaire as questionnaires
from visits.demo.files import import_file
from visits.demo.plan import Demo, spaced


def _campaign_name(demo: Demo) -> str:
    return f"Enquête {(demo.as_of - ASKED).year}"


def open_campaign(demo: Demo) -> str | None:
    """Open the survey everywhere."""
    if Campaign.objects.filter(name=_campaign_name(demo)).exists():
        return None
    campaign = dispatch.open_campaign(
        name=_campaign_name(demo),
        questionnaire=questionnaires.available()[-1].name,
        territories=list(Territory.objects.all()),
        opened_on=demo.as_of - ASKED,
        closes_on=demo.as_of - timedelta(days=20),
        least_age=60,
    )
    return f"{spaced(campaign.invitations.count())} envois"


def import_answers(demo: Demo) -> str | None:
    """Import what came back."""
    campaign = Campaign.objects.get(name=_campaign_name(demo))
    return import_file(
        demo, ANSWERS, "answers", demo.as_of - ANSWERED, options={"campaign": str(campaign.uid)}
    )
