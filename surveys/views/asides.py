"""Second answers to an enquiry: which wait, both side by side, what was decided."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from seniors.access import STAFF, roles
from seniors.models import AccessLog
from seniors.signing_in import keeps_form
from surveys.models import Aside
from surveys.receiving import asides
from surveys.views.campaign import campaign_or_404

PER_PAGE = 50
DONE = {
    Aside.Decision.FIRST: "La première réponse est gardée.",
    Aside.Decision.SECOND: "La seconde réponse remplace la première.",
    Aside.Decision.MERGED: "Les réponses choisies sont enregistrées.",
}


@require_GET
@roles(*STAFF)
def aside_list(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Those of a campaign that wait."""
    campaign = campaign_or_404(request, uid)
    waiting = asides.waiting(request.user, campaign)
    page = Paginator(waiting, PER_PAGE).get_page(request.GET.get("page"))
    context = {"campaign": campaign, "page": page}
    return render(request, "surveys/aside_list.html", context)


@keeps_form
@require_http_methods(["GET", "POST"])
@roles(*STAFF)
def aside_show(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Both answers, question by question; the reading is logged."""
    aside = get_object_or_404(asides.visible_asides(request.user), uid=uid)
    refused = ""
    try:
        if request.method == "POST":
            refused = _decide(request, aside)
            if not refused:
                return redirect("surveys:aside-list", aside.campaign.uid)
            aside.refresh_from_db()
        lines = [] if aside.decision else asides.compare(aside)
    except asides.AsideRefusal as alone:  # the row may be gone
        messages.warning(request, f"{alone}")
        return redirect("surveys:aside-list", aside.campaign.uid)
    person = aside.senior.merged_into or aside.senior
    AccessLog.objects.create(user=request.user, gesture="survey-aside-show", senior=person)
    context = {
        "aside": aside,
        "person": person,
        "first": asides.first_of(aside),
        "lines": [line for line in lines if line.differs],
        "same": [line for line in lines if not line.differs],
        "chosen": request.POST,
        "refused": refused,
    }
    status = 422 if refused else 200
    return render(request, "surveys/aside_show.html", context, status=status)


def _decide(request: HttpRequest, aside: Aside) -> str:
    """Why the decision sent is not taken; "" when it is. Raises AsideRefusal: alone."""
    told = request.POST.get("decision", "")
    if told not in Aside.Decision.values:
        return "Choisissez une réponse. Rien n’a changé."
    try:
        asides.decide(aside, Aside.Decision(told), chosen=request.POST.dict(), by=request.user)
    except asides.AsideRefusal as refusal:
        if refusal.code == "alone":
            raise
        return f"{refusal}"
    messages.success(request, DONE[told])
    return ""
