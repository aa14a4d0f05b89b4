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
    if request.method == "POST":
        told = request.POST.get("decision", "")
        decision = Aside.Decision(told) if told in Aside.Decision.values else None
        try:
            if decision is None:
                raise asides.AsideRefusal("decision", "Choisissez une réponse. Rien n’a changé.")
            asides.decide(aside, decision, chosen=request.POST.dict(), by=request.user)
            messages.success(request, DONE[decision])
            return redirect("surveys:aside-list", aside.campaign.uid)
        except asides.AsideRefusal as refusal:
            refused = str(refusal)
            aside.refresh_from_db()
    person = aside.senior.merged_into or aside.senior
    AccessLog.objects.create(user=request.user, gesture="survey-aside-show", senior=person)
    lines = [] if aside.decision else asides.compare(aside)
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
