"""What silence tells, page by page: residences, returns, questions left empty, voices lost."""

from uuid import UUID

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from seniors.access import STAFF, roles
from seniors.enums import Role
from seniors.models import Territory
from surveys.campaigns import charts, frozen, queries, silence
from surveys.views.campaign import campaign_or_404

PER_PAGE = 100


@require_GET
@roles(*STAFF)
def silence_residences(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Response rates of the residences of one territory. A residence is an address: evaluators read
    territories, on the page of the campaign."""
    user, campaign = request.user, campaign_or_404(request, uid)
    territories = queries.readable_territories(user, campaign)
    territory = _chosen(request.GET.get("territoire"), territories)
    rates = queries.residence_rates(user, campaign, territory) if territory else []
    context = {
        "campaign": campaign,
        "territories": territories,
        "territory": territory,
        "page": Paginator(rates, PER_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "surveys/silence_residences.html", context)


@require_GET
@roles(*Role)
def silence_returns(request: HttpRequest, uid: UUID) -> HttpResponse:
    """How answers came back, week by week and sending by sending."""
    campaign = campaign_or_404(request, uid)
    later = frozen.later_for(request.user, campaign)
    context = {"campaign": campaign, "later": later, "small_cell": settings.SMALL_CELL}
    if not later:
        returns = frozen.returns(request.user, campaign)
        context |= {
            "returns": returns,
            "curve": charts.curve(campaign.opened_on, returns.weeks),
        }
    return render(request, "surveys/silence_returns.html", context)


@require_GET
@roles(*Role)
def silence_questions(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Which questions were left empty."""
    campaign = campaign_or_404(request, uid)
    later = frozen.later_for(request.user, campaign)
    context = {
        "campaign": campaign,
        "later": later,
        "sections": [] if later else frozen.questions(request.user, campaign),
        "for_evaluator": request.user.role == Role.EVALUATOR,
        "small_cell": settings.SMALL_CELL,
    }
    return render(request, "surveys/silence_questions.html", context)


@require_GET
@roles(*STAFF)
def silence_people(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Who replied the year before and has not replied to this survey."""
    campaign = campaign_or_404(request, uid)
    people = silence.fell_silent(request.user, campaign)
    page = Paginator(people, PER_PAGE).get_page(request.GET.get("page"))
    today, shown = timezone.localdate(), list(page.object_list)
    news = queries.last_news(shown)
    context = {
        "campaign": campaign,
        "page": page,
        "rows": [(one, one.age_on(today), news[one.pk]) for one in shown],
        "is_open": campaign.closes_on >= today,
        "forgotten": queries.is_forgotten(campaign, today),
        "has_year_before": silence.year_before(campaign).exists(),
    }
    return render(request, "surveys/silence_people.html", context)


def _chosen(text: str | None, territories: list[Territory]) -> Territory | None:
    """The territory asked for, the first one when none is; 404 for one that is not hers."""
    if not text:
        return territories[0] if territories else None
    found = next((one for one in territories if str(one.pk) == text), None)
    if found is None:
        raise Http404
    return found
