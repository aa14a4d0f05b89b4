"""What she sees on the web, without account or script: come in, then check and send.

The questions themselves are in `web_answer`.
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from seniors import observe
from seniors.enums import ConsentKind
from seniors.french import clock, day_words
from seniors.middleware import client_ip
from surveys import terms
from surveys.models import Aside, Draft, Invitation
from surveys.receiving import drafts, web
from surveys.views import web_door as door

any_method = require_http_methods(["GET", "HEAD", "POST"])
STATUS = {"wrong": 422, "too_many": 429}


@any_method
@door.public
def web_home(request: HttpRequest) -> HttpResponse:
    """Where the reference is typed."""
    return _come_in(request, request.POST.get("reference", "")[:80], typed=True)


@any_method
@door.public
def web_open(request: HttpRequest, reference: str) -> HttpResponse:
    """Where the personal link leads: the birth year is asked, whatever the reference."""
    return _come_in(request, reference)


def _come_in(request: HttpRequest, reference: str, *, typed: bool = False) -> HttpResponse:
    """Ask, then let in, or say in one sentence that nothing opens."""
    then, kept = door.next_path(request.POST.get("then", ""), reference), door.kept_of(request)
    context = {"reference": reference, "typed": typed, "then": then}
    context["kept"] = door.keep(kept) if then else ""
    if request.method != "POST":
        return door.page(request, "surveys/web_open.html", context)
    if not door.is_ours(request):
        context["expired"] = True
        return door.page(request, "surveys/web_open.html", context, status=door.EXPIRED)
    try:
        year = request.POST.get("year", "")[:10]
        invitation = web.open_invitation(reference, year, address=client_ip(request))
    except web.Shut as shut:
        context |= {"refused": str(shut), "year": year}
        return door.page(request, "surveys/web_open.html", context, status=STATUS[shut.code])
    if then:
        context = {"then": then, "fields": kept}
        response = door.page(request, "surveys/web_resume.html", context)
    else:
        is_open = web.is_open(invitation.campaign)
        response = door.to("web-start" if is_open else "web-agreements", invitation)
    door.keep_open(response, invitation)
    return response


@any_method
@door.inside
def web_start(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    """What it is about, who answers, and how: one question a screen or all in one page."""
    draft = drafts.draft_of(invitation)
    asked = drafts.questionnaire_of(invitation)
    if request.method == "POST":
        helper = request.POST.get("helper", "")
        drafts.begin(invitation, helper=helper if helper in Draft.Helper.values else "")
        if request.POST.get("go") == "all":
            return door.to("web-all", invitation)
        screens = drafts.blocks_of(drafts.steps(asked, draft.values if draft else {}))
        codes = [block.code for block in screens]
        at = draft.step if draft and draft.step in codes else codes[0]
        return door.to("web-question", invitation, at)
    context = {
        "asked": asked,
        "paragraphs": _paragraphs(asked.introduction, invitation),
        "draft": draft,
        "begun": len(draft.values) if draft else 0,
        "helpers": Draft.Helper.choices,
    }
    return door.inner_page(request, "surveys/web_start.html", invitation, context)


@any_method
@door.inside
def web_check(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    """All that will be sent; sent once it was read."""
    refused = ""
    if request.method == "POST":
        try:
            version = door.number(request.POST.get("version"))
            kept = drafts.send(invitation, version=version)
        except drafts.Gone:
            return door.gone(request, invitation)
        except (drafts.DraftRefusal, observe.Refused) as refusal:
            refused = str(refusal)
        else:
            return _receipt(invitation, aside=isinstance(kept, Aside))
    draft = drafts.draft_of(invitation)
    if draft is None:
        return door.to("web-start", invitation)
    if draft.clashing:
        return door.to("web-clash", invitation)
    asked = drafts.questionnaire_of(invitation)
    parts = drafts.steps(asked, draft.values)
    fields = [one for block in drafts.blocks_of(parts) for one in block.fields]
    context = {
        "parts": parts,
        "draft": draft,
        "refused": refused,
        "may_send": drafts.may_go_on(asked, draft.values),
        "agrees": drafts.agrees(asked, draft.values, ConsentKind.VISIT),
        "health": drafts.agrees(asked, draft.values, ConsentKind.HEALTH),
        "silent": sum(not one.is_answered for one in fields if one.item.kind != "tick"),
    }
    status = door.CHANGED if refused else 200
    return door.inner_page(request, "surveys/web_check.html", invitation, context, status=status)


@require_safe
@door.public
def web_receipt(request: HttpRequest, token: str) -> HttpResponse:
    """That an answer arrived, and when; nothing of her: it may stay on a table."""
    receipt = web.read_receipt(token)
    if receipt is None:
        return redirect("surveys:web-home")
    return door.page(request, "surveys/web_receipt.html", {"receipt": receipt})


@require_safe
@door.inside
def web_later(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    """What is kept, until when, how to come back; the browser is let out."""
    context = {"draft": drafts.draft_of(invitation), "months": 12 * terms.SHELL_YEARS}
    response = door.inner_page(request, "surveys/web_later.html", invitation, context)
    return door.close(response, invitation.reference)


@require_POST
@door.inside
def web_forget(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    """Erase what was begun and not sent."""
    drafts.forget(invitation)
    return door.to("web-start", invitation)


def _receipt(invitation: Invitation, *, aside: bool) -> HttpResponse:
    """On to the receipt, and out."""
    now = timezone.localtime()
    at = f"{day_words(now.date(), weekday=False, year=True)} à {clock(now)}"
    token = web.receipt_token(web.Receipt(at, aside))
    return door.close(redirect("surveys:web-receipt", token), invitation.reference)


def _paragraphs(text: str, invitation: Invitation) -> list[str]:
    """A text of the questionnaire as plain paragraphs."""
    words = {
        "landlord": settings.LANDLORD,
        "phone": settings.LANDLORD_PHONE,
        "closes_on": day_words(invitation.campaign.closes_on, weekday=False, year=True),
        "return_address": "",
        "least_age": invitation.campaign.least_age,
    }
    return [line.format(**words).replace("**", "") for line in text.splitlines() if line.strip()]
