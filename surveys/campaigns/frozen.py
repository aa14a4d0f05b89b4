"""What an evaluator reads of a survey: taken once, weeks after its end, and the same ever since.

Read before and after one more answer, a rate tells that answer, however large the groups. So
nothing is read while answers come. Papers that came in time are still typed after the last day;
records are joined and answers erased for years: what was read stays as it was. Staff read the
figures of now.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone

from seniors import held
from seniors.enums import Role
from seniors.models import User
from surveys.campaigns import queries, silence
from surveys.campaigns.queries import Rate, Rates
from surveys.campaigns.silence import QuestionRate, Returns
from surveys.models import Campaign
from surveys.questionnaires import questionnaire

SETTLES_IN = timedelta(weeks=4)


@dataclass(frozen=True)
class Figures:
    """All that is read of one survey, taken at once: no page tells of an answer that another one
    has not. `questions` by code."""

    rates: Rates
    returns: Returns
    questions: dict[str, Rate]


def later_for(user: User, campaign: Campaign) -> date | None:
    """The day from which this user may read the figures; None from then on, and for staff.

    A survey of the past whose answers are still to be brought in was opened here not long ago.
    """
    if user.role != Role.EVALUATOR:
        return None
    today = timezone.localdate()
    opened = timezone.localdate(campaign.asked_at) if campaign.asked_at else today
    day = max(campaign.closes_on, opened) + SETTLES_IN
    return day if today < day else None


def totals(user: User, campaigns: Iterable[Campaign]) -> dict[int, Rate]:
    """{campaign id: rate}, without those that this user may not read yet."""
    if user.role != Role.EVALUATOR:
        return queries.campaign_totals(user, campaigns)
    readable = [one for one in campaigns if later_for(user, one) is None]
    known = held.among([_key(one) for one in readable], Figures)
    return {one.pk: (known.get(_key(one)) or _figures(user, one)).rates.total for one in readable}


def rates(user: User, campaign: Campaign) -> Rates:
    """Its response rates; of one that this user may read."""
    if user.role != Role.EVALUATOR:
        return queries.campaign_rates(user, campaign)
    return _figures(user, campaign).rates


def returns(user: User, campaign: Campaign) -> Returns:
    """How answers came back; of one that this user may read."""
    if user.role != Role.EVALUATOR:
        return silence.returns_of(user, campaign, today=timezone.localdate())
    return _figures(user, campaign).returns


def questions(user: User, campaign: Campaign) -> list[tuple[str, list[QuestionRate]]]:
    """Who answered each question, by section; of one that this user may read."""
    if user.role != Role.EVALUATOR:
        return silence.question_rates(user, campaign)
    told = _figures(user, campaign).questions
    found = []
    for section in questionnaire.named(campaign.questionnaire).sections:
        asked = [item for item in section.items if item.code in told]
        if asked:
            found.append((section.title, [QuestionRate(item, told[item.code]) for item in asked]))
    return found


def _figures(user: User, campaign: Campaign) -> Figures:
    return held.once(_key(campaign), Figures, lambda: _taken(user, campaign))


def _taken(user: User, campaign: Campaign) -> Figures:
    """The figures of now, as an evaluator may read them."""
    sections = silence.question_rates(user, campaign)
    return Figures(
        queries.shown(queries.campaign_rates(user, campaign), user),
        silence.returns_of(user, campaign, today=timezone.localdate()),
        {one.item.code: one.rate for _, questions in sections for one in questions},
    )


def _key(campaign: Campaign) -> str:
    return f"campaign {campaign.pk}"
