"""Paper typed in: whose it is, the sheet, the papers to type a second time."""

from collections.abc import Iterator
from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_GET, require_http_methods

from seniors import observe
from seniors.access import STAFF, roles
from seniors.signing_in import keeps_form
from surveys.models import Campaign, Invitation, Response
from surveys.questionnaires import questionnaire
from surveys.receiving import answering, asides, keying
from surveys.sending import links
from surveys.views.campaign import campaign_or_404

RECEIVED = "keying-received"  # the day the papers came back, kept from one paper to the next

LOOK = "Sur le papier\u00a0: oui, non, ou rien\u00a0?"


@keeps_form
@require_http_methods(["GET", "POST"])
@roles(*STAFF)
def keying_start(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Ask which paper; then its sheet."""
    campaign = campaign_or_404(request, uid)
    text, refusal = request.POST.get("reference", ""), None
    if request.method == "POST":
        try:
            invitation = keying.find(campaign, request.user, text)
            day = _received(request.POST.get("received_on", ""))
            keying.check_received(campaign, day, timezone.localdate())
        except keying.KeyingRefusal as error:
            refusal = error
        else:
            request.session[RECEIVED] = [f"{timezone.localdate()}", f"{day}"]
            return redirect("surveys:keying-sheet", campaign.uid, invitation.reference)
    context = {
        "campaign": campaign,
        "text": text,
        "received_on": request.POST.get("received_on") or _received_before(request, campaign),
        "refusal": refusal,
        "figures": keying.figures(campaign, request.user),
        "to_type_again": keying.waiting(campaign, request.user).count(),
        "to_compare": asides.waiting(request.user, campaign).count(),
        "is_closed": campaign.closes_on < timezone.localdate(),
    }
    return render(request, "surveys/keying_start.html", context, status=422 if refusal else 200)


@require_GET
@roles(*STAFF)
def keying_again(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The papers drawn, to be taken out of the pile and typed by somebody else."""
    campaign = campaign_or_404(request, uid)
    waiting = keying.waiting(campaign, request.user)[:100]
    rows = [(one, links.in_groups(one.reference)) for one in waiting]
    return render(request, "surveys/keying_again.html", {"campaign": campaign, "rows": rows})


@keeps_form
@require_http_methods(["GET", "POST"])
@roles(*STAFF)
def keying_sheet(request: HttpRequest, uid: UUID, reference: str) -> HttpResponse:
    """The questions in the order printed; sent, it is kept and the next paper is asked for."""
    campaign = campaign_or_404(request, uid)
    try:
        invitation = keying.find(campaign, request.user, reference)
    except keying.KeyingRefusal as refused:
        raise Http404 from refused
    if request.method == "GET":
        return _sheet(request, invitation)
    asked = questionnaire.named(campaign.questionnaire)
    coded, problems = answering.read(asked, request.POST)
    if problems or not request.POST.get("whole"):
        return _sheet(request, invitation, coded, problems, _half(request))
    try:
        done = keying.record(
            invitation,
            coded,
            received_on=_received(request.POST.get("received_on", "")),
            by=request.user,
            again="again" in request.POST,
            looked_at=request.POST.get("looked_at", ""),
        )
    except keying.Unanswered as lacks:
        marked = {lacks.item: LOOK}
        return _sheet(request, invitation, coded, marked, f"{lacks}", looked_at=lacks.kind)
    except keying.KeyingRefusal as refused:
        return _sheet(request, invitation, coded, problems, str(refused))
    except observe.Refused as refused:
        refusal = f"{refused} Rien n’est enregistré."
        return _sheet(request, invitation, coded, problems, refusal)
    _tell(request, done)
    if done.again and done.aside:  # the paper is in hand: now is the time to choose
        return redirect("surveys:aside-show", done.aside.uid)
    return redirect("surveys:keying-start", campaign.uid)


def _sheet(
    request: HttpRequest,
    invitation: Invitation,
    coded: answering.Coded | None = None,
    problems: dict[str, str] | None = None,
    refusal: str = "",
    *,
    looked_at: str = "",
) -> HttpResponse:
    """The form, with what was typed and what is wrong; `looked_at` is the agreement left empty,
    asked about once."""
    campaign = invitation.campaign
    response = keying.response_to(invitation)
    asked = questionnaire.named(campaign.questionnaire)
    context = {
        "campaign": campaign,
        "invitation": invitation,
        "senior": invitation.senior.merged_into or invitation.senior,
        "reference": links.in_groups(invitation.reference),
        "received_on": request.POST.get("received_on") or _received_before(request, campaign),
        "parts": list(_numbered(answering.parts(asked, coded, problems))),
        "count": len(asked.items),
        "problems": problems,
        "refusal": refusal,
        "looked_at": looked_at,
        "response": response,
        "again": keying.is_second(response, request.user),
        "is_mine": _is_mine(response, request),
    }
    status = 422 if problems or refusal else 200
    return render(request, "surveys/keying_sheet.html", context, status=status)


def _numbered(parts: list[answering.Part]) -> Iterator[dict]:
    """The sections, each question with its rank in the whole paper."""
    rank = 0
    for part in parts:
        blocks = []
        for block in part.blocks:
            fields = list(enumerate(block.fields, rank + 1))
            rank += len(fields)
            blocks.append({"lead": block.lead, "fields": fields})
        yield {"title": part.title, "blocks": blocks}


def _is_mine(response: Response | None, request: HttpRequest) -> bool:
    """Whether this very user typed that paper before."""
    typed = getattr(response, "keying", None)
    return bool(typed and typed.by_id == request.user.pk)


def _half(request: HttpRequest) -> str:
    """What to say of a form cut on its way."""
    if request.POST.get("whole"):
        return ""
    return (
        "La page n’est arrivée qu’en partie\u00a0: rien n’est enregistré. Vérifiez ce qui est "
        "coché, puis enregistrez à nouveau."
    )


def _received(text: str) -> date:
    """The day the paper came back; what cannot be read is no day of any campaign."""
    try:
        return parse_date(text) or date.min
    except ValueError:
        return date.min


def _received_before(request: HttpRequest, campaign: Campaign) -> str:
    """The day said today for the paper before; else today, or nothing once all is over."""
    today = timezone.localdate()
    said_on, day = request.session.get(RECEIVED, ["", ""])
    if said_on == f"{today}" and f"{campaign.opened_on}" <= day <= f"{campaign.closes_on}":
        return day
    return f"{today}" if today <= campaign.closes_on else ""


def _tell(request: HttpRequest, done: keying.Done) -> None:
    """The receipt of one paper."""
    paper = f"Papier {links.in_groups(done.invitation.reference)}"
    if done.again and not done.different:
        messages.success(request, f"{paper}\u00a0: les deux saisies sont identiques.")
    elif done.again:
        plural = "s diffèrent" if done.different > 1 else " diffère"
        messages.warning(
            request,
            f"{paper}\u00a0: {done.different} réponse{plural} de la première saisie. Choisissez, "
            "papier en main, ou laissez une autre personne le faire.",
        )
    elif done.aside:
        messages.warning(
            request,
            f"{paper}\u00a0: cette personne avait déjà répondu autrement. Les deux réponses sont "
            "gardées côte à côte, une personne choisira.",
        )
    elif done.known:
        messages.info(request, f"{paper}\u00a0: ces réponses étaient déjà là, rien n’est doublé.")
    else:
        messages.success(request, f"{paper}\u00a0: enregistré. Au suivant.")
