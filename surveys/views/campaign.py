"""Campaigns: the list, opening one, its response rates, who is silent."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from seniors.access import DECIDERS, STAFF, roles
from seniors.enums import Role
from surveys import calls, dispatch, keying, queries, tasks
from surveys.forms import CampaignForm, PrintingForm
from surveys.models import Campaign

PER_PAGE = 50


def campaign_or_404(request: HttpRequest, uid: UUID) -> Campaign:
    """A campaign of the user's territories."""
    return get_object_or_404(queries.visible_campaigns(request.user), uid=uid)


@require_GET
@roles(*Role)
def campaign_list(request: HttpRequest) -> HttpResponse:
    """Every campaign, the newest first, with its rate."""
    campaigns = queries.visible_campaigns(request.user)
    page = Paginator(campaigns, PER_PAGE).get_page(request.GET.get("page"))
    totals = queries.campaign_totals(request.user, page.object_list)
    context = {
        "page": page,
        "rows": [(campaign, totals[campaign.pk]) for campaign in page.object_list],
        "may_decide": request.user.role in DECIDERS,
        "today": timezone.localdate(),
    }
    return render(request, "surveys/campaign_list.html", context)


@require_http_methods(["GET", "POST"])
@roles(*DECIDERS)
def campaign_new(request: HttpRequest) -> HttpResponse:
    """Ask what the campaign is, say how many it asks, open it once confirmed."""
    form = CampaignForm(request.user, request.POST or None)
    context = {"form": form}
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        if "confirm" in request.POST:
            campaign = dispatch.open_campaign(**asked)
            messages.success(request, f"«\u00a0{campaign.name}\u00a0» est ouverte.")
            return redirect("surveys:campaign-show", campaign.uid)
        counts = dispatch.count_to_ask(
            list(asked["territories"]), least_age=asked["least_age"], on=asked["opened_on"]
        )
        total = sum(count for _, count in counts)
        context |= {"counts": counts, "total": total, "back": "back" in request.POST}
    status = 422 if form.errors else 200
    return render(request, "surveys/campaign_new.html", context, status=status)


@require_GET
@roles(*Role)
def campaign_show(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One campaign: its rates, and for who decides, its printings."""
    user, campaign = request.user, campaign_or_404(request, uid)
    rates = queries.campaign_rates(user, campaign)
    context = {
        "campaign": campaign,
        "rates": queries.shown(rates, user),
        "small_cell": settings.SMALL_CELL,
        "is_open": campaign.closes_on >= timezone.localdate(),
        "may_see_people": user.role in STAFF,
        "may_decide": user.role in DECIDERS,
        "may_import": user.role == Role.ADMINISTRATOR,
    }
    if user.role in STAFF:
        context |= {
            "figures": keying.figures(campaign, user),
            "to_type_again": keying.waiting(campaign, user).count(),
            "to_check": calls.to_check(campaign, user) if user.role in DECIDERS else (),
        }
    if user.role in DECIDERS:
        printings = list(queries.visible_printings(user, campaign)[:10])
        for printing in printings:
            printing.pulse = None if printing.finished_at else tasks.pulse_of(printing)
        context |= {"form": PrintingForm(user, campaign), "printings": printings}
    return render(request, "surveys/campaign_show.html", context)


@require_GET
@roles(*STAFF)
def campaign_silent(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Those asked who did not answer, the eldest first."""
    campaign = campaign_or_404(request, uid)
    people = queries.silent_seniors(request.user, campaign)
    page = Paginator(people, PER_PAGE).get_page(request.GET.get("page"))
    today = timezone.localdate()
    rows = [(senior, senior.age_on(today)) for senior in page.object_list]
    context = {"campaign": campaign, "page": page, "rows": rows}
    return render(request, "surveys/campaign_silent.html", context)
