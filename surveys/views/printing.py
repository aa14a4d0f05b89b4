"""Printed questionnaires: asked for, drawn out of the request, downloaded."""

from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.views.decorators.http import require_GET, require_POST

from seniors import web
from seniors.access import DECIDERS, roles
from seniors.models import AccessLog
from surveys import tasks
from surveys.campaigns import queries
from surveys.forms import PrintingForm
from surveys.models import Printing
from surveys.questionnaires import questionnaire
from surveys.views.campaign import campaign_or_404


@require_POST
@roles(*DECIDERS)
def printing_start(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Have the questionnaires of a campaign drawn."""
    from surveys.sending import printing as gestures  # noqa: PLC0415

    campaign = campaign_or_404(request, uid)
    form = PrintingForm(request.user, campaign, request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(form.errors.get("territory", ["Choix non compris."])))
        return redirect("surveys:campaign-show", campaign.uid)
    printing = gestures.ask(campaign, by=request.user, **form.cleaned_data)
    if printing.copies:
        tasks.start_printing(printing)
    else:
        printing.delete()
        messages.warning(request, "Personne à qui l’envoyer\u00a0: rien n’est imprimé.")
        return redirect("surveys:campaign-show", campaign.uid)
    shown = reverse("surveys:campaign-show", args=[campaign.uid])
    return redirect(f"{shown}#campaign-printings")


@require_GET
@roles(*DECIDERS)
def printing_show(request: HttpRequest, uid: UUID) -> HttpResponse:
    """How far a printing is: a line of the campaign's page."""
    printing = _printing_or_404(request, uid)
    if not request.htmx:
        return redirect("surveys:campaign-show", printing.campaign.uid)
    printing.pulse = None if printing.finished_at else tasks.pulse_of(printing)
    context = {"printing": printing}
    return render(request, "surveys/_printing.html", context)


@require_GET
@roles(*DECIDERS)
def printing_file(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The file, and a line in the journal: it holds names and addresses."""
    printing = _printing_or_404(request, uid)
    path = Path(settings.MEDIA_ROOT) / printing.stored_as
    if printing.is_closed or not printing.stored_as or not path.is_file():
        raise Http404
    AccessLog.objects.create(user=request.user, gesture="questionnaires imprimés")
    name = f"questionnaires-{slugify(printing.campaign.name)}{path.suffix}"
    kind = "application/pdf" if path.suffix == ".pdf" else "application/zip"
    return web.download(path.open("rb"), name, kind)


@require_GET
@roles(*DECIDERS)
def questionnaire_sample(request: HttpRequest, name: str) -> HttpResponse:
    """A questionnaire as it will be printed, for nobody."""
    from surveys.sending import printing  # noqa: PLC0415

    try:
        asked = questionnaire.named(name)
    except questionnaire.QuestionnaireError as error:
        raise Http404 from error
    file = printing.sample(asked)
    return web.download(file, f"{asked.name}.pdf", "application/pdf")


def _printing_or_404(request: HttpRequest, uid: UUID) -> Printing:
    """A printing that this user may open."""
    printing = get_object_or_404(Printing.objects.select_related("campaign"), uid=uid)
    visible = queries.visible_printings(request.user, printing.campaign)
    return get_object_or_404(visible.select_related("campaign", "territory"), uid=uid)
