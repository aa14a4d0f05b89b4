"""Campaigns: the list, opening one, its response rates, who is silent."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods
from django_htmx.http import HttpResponseClientRefresh

from seniors.access import DECIDERS, STAFF, roles
from seniors.enums import Role
from seniors.french import counted
from seniors.signing_in import keeps_form
from seniors.web import page_or_piece
from surveys import tasks
from surveys.campaigns import dispatch, frozen, queries
from surveys.forms import CampaignForm, PrintingForm
from surveys.models import Campaign, Wave
from surveys.receiving import asides, calls, keying
from surveys.sending import waves

PER_PAGE = 50
ASKING = "campaign-asking"  # the piece that waits for a campaign to be open


def campaign_or_404(request: HttpRequest, uid: UUID) -> Campaign:
    """A campaign of the user's territories."""
    return get_object_or_404(queries.visible_campaigns(request.user), uid=uid)


@require_GET
@roles(*Role)
def campaign_list(request: HttpRequest) -> HttpResponse:
    """Every campaign, the newest first, with its rate."""
    campaigns = queries.visible_campaigns(request.user)
    page = Paginator(campaigns, PER_PAGE).get_page(request.GET.get("page"))
    totals = frozen.totals(request.user, page.object_list)
    context = {
        "page": page,
        "rows": [(campaign, totals.get(campaign.pk)) for campaign in page.object_list],
        "may_decide": request.user.role in DECIDERS,
        "today": timezone.localdate(),
    }
    return render(request, "surveys/campaign_list.html", context)


@keeps_form
@require_http_methods(["GET", "POST"])
@roles(*DECIDERS)
def campaign_new(request: HttpRequest) -> HttpResponse:
    """Ask what the campaign is, say how many it asks, open it once confirmed."""
    if "confirm" in request.POST and (same := _opened_already(request)):
        messages.info(
            request, f"«\u00a0{same.name}\u00a0» est déjà ouverte\u00a0: rien n’est doublé."
        )
        return redirect("surveys:campaign-show", same.uid)
    form = CampaignForm(request.user, request.POST or None)
    context = {"form": form}
    if request.method == "POST" and form.is_valid():
        target = dispatch.target(list(form.cleaned_data["territories"]), **form.criteria())
        if "confirm" in request.POST:
            return _open(request, form, target.total.asked)
        context |= {
            "target": target,
            "waves": [(Wave.Channel(channel).label, day) for channel, day in form.waves()],
            "back": "back" in request.POST,
        }
    status = 422 if form.errors else 200
    return render(request, "surveys/campaign_new.html", context, status=status)


def _open(request: HttpRequest, form: CampaignForm, count: int) -> HttpResponse:
    """Open it, for as many as the page said; those are written down in the background."""
    try:
        campaign = waves.launch(form.campaign(), form.waves(), by=request.user)
    except waves.WaveRefusal as refusal:
        same = _opened_already(request)  # clicked twice at the same moment
        if same is None:
            form.add_error(None, str(refusal))
            return render(request, "surveys/campaign_new.html", {"form": form}, status=422)
        return redirect("surveys:campaign-show", same.uid)
    tasks.start_asking(campaign, count)
    messages.success(
        request,
        f"«\u00a0{campaign.name}\u00a0» est ouverte\u00a0: {counted(count, 'personne')} à "
        "interroger.",
    )
    return redirect("surveys:campaign-show", campaign.uid)


def _opened_already(request: HttpRequest) -> Campaign | None:
    """The campaign that this very page already opened: the button was clicked twice."""
    said = [request.POST.get(name, "") for name in ("opened_on", "closes_on", "questionnaire")]
    named = queries.visible_campaigns(request.user).filter(
        name__iexact=request.POST.get("name", "").strip()
    )
    same = [
        one for one in named if [f"{one.opened_on}", f"{one.closes_on}", one.questionnaire] == said
    ]
    return same[0] if same else None


@require_http_methods(["GET", "POST"])
@roles(*DECIDERS)
def campaign_newcomers(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Those who would be asked today and are not: how many, then added once confirmed."""
    campaign, today = campaign_or_404(request, uid), timezone.localdate()
    if campaign.asked_at is None:
        if request.method == "POST":  # what stopped is taken up again
            tasks.start_asking(campaign, tasks.FEW + 1)
        return redirect("surveys:campaign-show", campaign.uid)
    try:
        dispatch.check_open(campaign, on=today)
    except dispatch.AskingRefusal as refusal:
        messages.error(request, str(refusal))
        return redirect("surveys:campaign-show", campaign.uid)
    territories = waves.territories_for(campaign, request.user)
    found = dispatch.newcomers(campaign, territories=territories, on=today).count()
    if request.method == "POST" and request.POST.get("count") == str(found):
        added = dispatch.invite(campaign, territories=territories, on=today)
        messages.success(
            request,
            f"{counted(added, 'personne ajoutée', 'personnes ajoutées')} à l’enquête. Imprimez "
            "leur questionnaire ci-dessous.",
        )
        return redirect("surveys:campaign-show", campaign.uid)
    context = {
        "campaign": campaign,
        "count": found,
        "territories": territories,
        "changed": request.method == "POST",
    }
    return render(request, "surveys/campaign_newcomers.html", context)


@require_GET
@roles(*Role)
def campaign_show(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One campaign: its rates, and for who decides, its printings."""
    user, campaign = request.user, campaign_or_404(request, uid)
    later = frozen.later_for(user, campaign)
    if campaign.asked_at is None and not later:
        return _asking(request, campaign)
    if request.htmx.target == ASKING:  # it was being opened: the page is whole now
        return HttpResponseClientRefresh()
    context = {
        "campaign": campaign,
        "later": later,
        "rates": None if later else frozen.rates(user, campaign),
        "small_cell": settings.SMALL_CELL,
        "is_open": campaign.closes_on >= timezone.localdate(),
        "forgotten": queries.is_forgotten(campaign, timezone.localdate()),
        "may_see_people": user.role in STAFF,
        "may_decide": user.role in DECIDERS,
        "may_import": user.role == Role.ADMINISTRATOR,
    }
    if user.role in STAFF:
        context |= {
            "figures": keying.figures(campaign, user),
            "to_type_again": keying.waiting(campaign, user).count(),
            "to_compare": asides.waiting(user, campaign).count(),
            "to_check": calls.to_check(campaign, user) if user.role in DECIDERS else (),
        }
    if user.role in DECIDERS:
        printings = list(queries.visible_printings(user, campaign)[:10])
        for printing in printings:
            printing.pulse = None if printing.finished_at else tasks.pulse_of(printing)
        context |= {
            "form": PrintingForm(user, campaign),
            "printings": printings,
            "just_opened": not context["rates"].total.answered and not printings,
            "waves": waves.listed(user, campaign),
            "today": timezone.localdate(),
        }
    return render(request, "surveys/campaign_show.html", context)


def _asking(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    """How far the writing down of those asked is; a piece for the page that waits."""
    context = {
        "campaign": campaign,
        "pulse": tasks.pulse_of_asking(campaign),
        "may_decide": request.user.role in DECIDERS,
    }
    page, piece = "surveys/campaign_asking.html", "surveys/_campaign_asking.html"
    return page_or_piece(request, page, piece, context)


@require_GET
@roles(*STAFF)
def campaign_silent(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Those asked who did not answer, the eldest first."""
    campaign = campaign_or_404(request, uid)
    people = queries.silent_seniors(request.user, campaign)
    page = Paginator(people, PER_PAGE).get_page(request.GET.get("page"))
    today, shown = timezone.localdate(), list(page.object_list)
    news = queries.last_news(shown)
    rows = [(one, one.age_on(today), news[one.pk]) for one in shown]
    context = {
        "campaign": campaign,
        "page": page,
        "rows": rows,
        "forgotten": queries.is_forgotten(campaign, today),
    }
    return render(request, "surveys/campaign_silent.html", context)
