"""Reminders of a campaign: planned once counted, followed, cancelled, taken up, downloaded."""

from collections.abc import Iterable
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from seniors import web
from seniors.access import DECIDERS, roles
from seniors.french import counted, full_day
from seniors.models import AccessLog, Senior
from seniors.signing_in import keeps_form
from surveys import tasks
from surveys.forms import WaveForm
from surveys.models import Sending, Wave
from surveys.sending import links, waves
from surveys.views.campaign import campaign_or_404

PER_PAGE = 50


def wave_or_404(request: HttpRequest, uid: UUID) -> Wave:
    """A wave all of whose territories are the user's."""
    wave = get_object_or_404(Wave.objects.select_related("campaign", "created_by"), uid=uid)
    return get_object_or_404(
        waves.visible_waves(request.user, wave.campaign).select_related("campaign"), uid=uid
    )


@keeps_form
@require_http_methods(["GET", "POST"])
@roles(*DECIDERS)
def wave_new(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Ask how and when, say how many would be reminded, plan it once confirmed."""
    campaign = campaign_or_404(request, uid)
    form = WaveForm(campaign, request.POST or None)
    context = {"campaign": campaign, "form": form}
    if request.method == "POST" and form.is_valid():
        channel = form.cleaned_data["channel"]
        if "confirm" in request.POST:
            try:
                wave = waves.plan(campaign, by=request.user, **form.cleaned_data)
            except waves.WaveRefusal as refusal:
                form.add_error(None, str(refusal))
            else:
                return _planned(request, wave)
        territories = waves.territories_for(campaign, request.user)
        context |= {
            "reach": waves.reach(campaign, channel, territories),
            "territories": territories,
            "label": Wave.Channel(channel).label,
            "at_once": form.cleaned_data["planned_on"] == timezone.localdate(),
            "back": "back" in request.POST,
        }
    status = 422 if form.errors else 200
    return render(request, "surveys/wave_new.html", context, status=status)


def _planned(request: HttpRequest, wave: Wave) -> HttpResponse:
    """Say that it is planned; planned for today, it starts now."""
    if wave.planned_on == timezone.localdate():
        tasks.start_wave(wave)
        messages.success(request, "La relance commence.")
    else:
        messages.success(
            request,
            f"La relance par {wave.get_channel_display()} est prévue le "
            f"{full_day(wave.planned_on)}. Ce jour-là, elle commence d’elle-même.",
        )
    return redirect("surveys:wave-show", wave.uid)


@require_GET
@roles(*DECIDERS)
def wave_show(request: HttpRequest, uid: UUID) -> HttpResponse:
    """How far a wave is, what came of it and for whom."""
    wave = wave_or_404(request, uid)
    context = {"wave": wave, "campaign": wave.campaign, **_progress(wave)}
    if request.htmx:
        piece = render(request, "surveys/_wave_progress.html", context)
        if not context["at_work"]:  # the page has other buttons now
            piece["HX-Refresh"] = "true"
        return piece
    sendings = waves.sendings_of(wave, request.user)
    if request.GET.get("resultat") in Sending.Outcome.values:
        sendings = sendings.filter(outcome=request.GET["resultat"])
    page = Paginator(sendings, PER_PAGE).get_page(request.GET.get("page"))
    context |= {
        "page": page,
        "rows": _rows(page.object_list),
        "outcome": request.GET.get("resultat", ""),
        "territories": list(wave.territories.all()),
        "may_open": waves.may_open(request.user, wave),
        "late": _rows(waves.too_late(wave, request.user)),
    }
    if not wave.started_at and not wave.cancelled_at:
        context["reach"] = waves.reach(wave.campaign, wave.channel, context["territories"])
    return render(request, "surveys/wave_show.html", context)


def _progress(wave: Wave) -> dict:
    """What the piece of the page that is asked for again shows."""
    counts = waves.outcomes([wave])[wave.pk]
    life = None if wave.finished_at or wave.cancelled_at else tasks.pulse_of_wave(wave)
    return {
        "counts": [(outcome, outcome.label, count) for outcome, count in counts.items()],
        "sent": counts.get(Sending.Outcome.SENT, 0),
        "doubtful": counts.get(Sending.Outcome.BEGUN, 0) if not (life and life.done) else 0,
        "pulse": life,
        "at_work": bool(life and not life.is_dead and not wave.error),
        "today": timezone.localdate(),
    }


def _rows(sendings: Iterable[Sending]) -> list[tuple[Sending, Senior, str]]:
    """Each sending with the person as she is now, and her reference as printed."""
    return [
        (
            one,
            one.invitation.senior.merged_into or one.invitation.senior,
            links.in_groups(one.invitation.reference),
        )
        for one in sendings
    ]


@require_POST
@roles(*DECIDERS)
def wave_cancel(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Nothing more leaves."""
    wave = wave_or_404(request, uid)
    try:
        gone = waves.cancel(wave, by=request.user)
    except waves.WaveRefusal as refusal:
        messages.error(request, str(refusal))
    else:
        left = counted(gone, "envoi était parti", "envois étaient partis")
        left = left if gone else "rien n’était parti"
        messages.success(request, f"La relance est annulée\u00a0: {left}, plus rien ne part.")
    return redirect("surveys:wave-show", wave.uid)


@require_POST
@roles(*DECIDERS)
def wave_resume(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Take up a wave that stopped: who was dealt with is left alone."""
    wave = wave_or_404(request, uid)
    over = wave.finished_at or wave.cancelled_at
    if over or wave.planned_on > timezone.localdate() or wave.campaign.asked_at is None:
        messages.error(request, "Cette relance n’est pas à reprendre\u00a0: rien n’a changé.")
    else:
        tasks.start_wave(wave)
        messages.success(request, "La relance reprend, sans rien renvoyer de ce qui est parti.")
    return redirect("surveys:wave-show", wave.uid)


@require_GET
@roles(*DECIDERS)
def wave_file(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The letters, and a line in the journal: they hold names and addresses."""
    wave = wave_or_404(request, uid)
    path = Path(settings.MEDIA_ROOT) / wave.stored_as
    if not waves.may_open(request.user, wave) or not path.is_file():
        raise Http404
    AccessLog.objects.create(user=request.user, gesture="relances imprimées")
    name = f"relances-{slugify(wave.campaign.name)}-{wave.planned_on:%Y-%m-%d}{path.suffix}"
    kind = "application/pdf" if path.suffix == ".pdf" else "application/zip"
    return web.download(path.open("rb"), name, kind)
