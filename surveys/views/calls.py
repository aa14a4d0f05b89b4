"""Calls: who comes next, the sheet of one call, its form, what it gave, what a manager checks."""

from collections.abc import Collection
from uuid import UUID

from django.contrib import messages
from django.db.models import F
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from seniors import observe
from seniors.access import DECIDERS, STAFF, roles, visible_seniors
from seniors.french import of_name, plural
from seniors.models import AccessLog, Senior
from seniors.person import rows_of
from seniors.refusal import Refusal
from seniors.signing_in import keeps_form
from surveys.models import Aside, Draft, Invitation
from surveys.questionnaires import questionnaire
from surveys.receiving import answering, call_form, call_queue, call_state, calls, keying
from surveys.views.campaign import campaign_or_404

SHOWN = 20
LABELS = ("à rappeler maintenant", "jamais appelées", "à réessayer")

UNKEPT = (
    "Sans son accord, les réponses marquées ci-dessous ne peuvent pas être gardées. Les autres "
    "sont enregistrées."
)


@require_GET
@roles(*STAFF)
def call_list(request: HttpRequest, uid: UUID) -> HttpResponse:
    """How many to call, who is to be called back, the last calls."""
    campaign, now = campaign_or_404(request, uid), timezone.now()
    try:
        calls.check_open(campaign, now)
        closed = ""
    except calls.CallRefusal as refusal:
        closed = str(refusal)
    counts = call_queue.how_many(campaign, request.user, now)
    recent = list(calls.recent(campaign, request.user)[:SHOWN])
    context = {
        "campaign": campaign,
        "closed": closed,
        "order": call_queue.ORDER,
        "due": sum(counts),
        "counts": zip(LABELS, counts, strict=True),
        "coming": call_queue.later(campaign, request.user, now, limit=SHOWN),
        "recent": [(one, calls.may_undo(one, request.user, now)) for one in recent],
    }
    return render(request, "surveys/call_list.html", context)


@require_POST
@roles(*STAFF)
def call_next(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Hold the next person, or her whose reference is given, and open her sheet."""
    campaign, now = campaign_or_404(request, uid), timezone.now()
    try:
        if text := request.POST.get("reference", "").strip():
            invitation = keying.find(campaign, request.user, text)
            calls.hold(invitation, by=request.user, now=now)
        else:
            invitation = call_queue.next_person(campaign, request.user, now=now)
    except Refusal as refusal:
        messages.error(request, f"{refusal}")
        return redirect("surveys:call-list", campaign.uid)
    if invitation is None:
        messages.info(request, "Personne n’est à appeler maintenant dans vos territoires.")
        return redirect("surveys:call-list", campaign.uid)
    return redirect("surveys:call-sheet", campaign.uid, _person(invitation).uid)


@require_GET
@roles(*STAFF)
def call_sheet(request: HttpRequest, uid: UUID, person: UUID) -> HttpResponse:
    """Whom to call, what was noted before, the form where it stopped."""
    invitation = _invitation_or_404(request, uid, person)
    AccessLog.objects.create(
        user=request.user, gesture="survey-call-sheet", senior=_person(invitation)
    )
    return _sheet(request, invitation)


@keeps_form
@require_POST
@roles(*STAFF)
def call_save(request: HttpRequest, uid: UUID, person: UUID) -> HttpResponse:
    """Keep one answer for the script, the page without one, or the whole answer at the end."""
    invitation = _invitation_or_404(request, uid, person)
    if "one" in request.POST:
        return _save_one(request, invitation)
    coded, problems = _read(request, invitation)
    if problems:
        return _sheet(request, invitation, coded, problems, status=422)
    try:
        if request.POST.get("then") == "finish" and _is_whole(request):
            return _finish(request, invitation, coded)
        draft = _save_page(request, invitation, coded)
    except call_form.Elsewhere as behind:
        return _compare(request, invitation, coded, behind)
    except Refusal as refusal:
        return _sheet(request, invitation, coded, refusal=f"{refusal}", status=422)
    except observe.Refused as refused:
        refusal = f"{refused} Rien n’est enregistré."
        return _sheet(request, invitation, coded, refusal=refusal, status=422)
    if unkept := call_form.unkept(coded, draft):
        told = {**draft.values, **coded}  # of a page cut on its way, what did not come is there
        return _sheet(request, invitation, told, unkept, refusal=UNKEPT, status=422)
    if _is_whole(request):
        messages.success(request, "Les réponses sont enregistrées.")
    else:
        messages.warning(
            request,
            "La page n’est arrivée qu’en partie\u00a0: ce qui est arrivé est enregistré, rien "
            "n’est effacé. Vérifiez la fin, puis enregistrez à nouveau.",
        )
    return redirect("surveys:call-sheet", uid, person)


@keeps_form
@require_POST
@roles(*STAFF)
def call_outcome(request: HttpRequest, uid: UUID, person: UUID) -> HttpResponse:
    """Note what the call gave; the answers of the page are kept first."""
    invitation = _invitation_or_404(request, uid, person)
    outcome, now = request.POST.get("outcome", ""), timezone.now()
    if outcome not in (*calls.ENDING, calls.Outcome.WRONG_NUMBER):
        _save_unless_behind(request, invitation)
    if outcome == "release":
        calls.release(invitation, by=request.user)
        messages.info(request, "Aucun appel n’est noté. Cette personne est laissée à qui suit.")
        return redirect("surveys:call-list", uid)
    try:
        call = calls.note(
            invitation,
            outcome,
            by=request.user,
            now=now,
            known=_whole(request.POST.get("known", "")),
            back_at=calls.read_back(
                outcome, request.POST.get("back_on", ""), request.POST.get("back_time", "")
            ),
        )
    except calls.CallRefusal as refusal:
        coded, problems = _read(request, invitation)
        return _sheet(request, invitation, coded, problems, refusal=f"{refusal}", status=422)
    said = f"{_person(invitation).full_name}\u00a0: {call.get_outcome_display()}."
    if outcome in calls.DEPARTURES:
        said += " À vérifier par un responsable\u00a0: sa fiche n’est pas changée."
    messages.success(request, f"Appel noté. {said}")
    return redirect("surveys:call-list", uid)


@require_POST
@roles(*STAFF)
def call_undo(request: HttpRequest, uid: UUID, pk: int) -> HttpResponse:
    """Take back the call just noted, and open her sheet again."""
    campaign = campaign_or_404(request, uid)
    call = get_object_or_404(calls.recent(campaign, request.user), pk=pk)
    try:
        calls.undo(call, by=request.user, now=timezone.now())
    except calls.CallRefusal as refusal:
        messages.error(request, f"{refusal}")
        return redirect("surveys:call-list", campaign.uid)
    messages.success(request, "Cet appel n’est plus noté.")
    return redirect("surveys:call-sheet", campaign.uid, _person(call.invitation).uid)


@require_POST
@roles(*DECIDERS)
def call_check(request: HttpRequest, uid: UUID, pk: int) -> HttpResponse:
    """A manager says whether a death or a departure told on the telephone holds."""
    campaign = campaign_or_404(request, uid)
    call = get_object_or_404(calls.to_check(campaign, request.user), pk=pk)
    try:
        calls.check(call, request.POST.get("said", ""), by=request.user, now=timezone.now())
    except calls.CallRefusal as refusal:
        messages.error(request, f"{refusal}")
    else:
        messages.success(request, "C’est noté. La fiche de la personne n’est pas changée.")
    return redirect("surveys:campaign-show", campaign.uid)


def _sheet(
    request: HttpRequest,
    invitation: Invitation,
    coded: answering.Coded | None = None,
    problems: dict[str, str] | None = None,
    *,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    """The sheet, with what is kept, or what was typed and is wrong."""
    now, campaign = timezone.now(), invitation.campaign
    draft = call_form.begun(invitation)
    told = coded if coded is not None else (draft.values if draft else {})
    history = list(calls.story(invitation).select_related("by"))
    hold = calls.held_by_another(invitation, request.user, now)
    senior = _person(invitation)
    asked = questionnaire.named(campaign.questionnaire).items
    context = {
        "campaign": campaign,
        "invitation": invitation,
        "senior": senior,
        "age": senior.age_on(timezone.localdate(now)),
        "numbers": dict.fromkeys(one for one in (senior.mobile, senior.phone) if one),
        "draft": draft,
        "version": draft.version if draft else 0,
        "parts": call_form.parts(invitation, told, problems or {}),
        "marked": [(code, asked[code].wording) for code in problems or {}],
        "history": history,
        "refused": invitation.call_state == call_state.ENDED,
        "hold": hold,
        "may_type": coded is not None or calls.is_held(invitation, request.user, now),
        "barred": calls.barred(invitation, now),
        "outcomes": [one for one in calls.Outcome if one not in calls.NOT_A_BUTTON],
        "refusal": refusal,
        "back_on": request.POST.get("back_on", ""),
        "back_time": request.POST.get("back_time", ""),
    }
    return render(request, "surveys/call_sheet.html", context, status=status)


def _save_one(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    """One answer, for the script: what version the form is at, and what could not be kept."""
    code = request.POST["one"]
    coded, problems = _read(request, invitation)
    if code not in questionnaire.named(invitation.campaign.questionnaire).items or problems:
        return JsonResponse({"said": "Cette réponse n’est pas comprise."}, status=422)
    try:
        draft = call_form.save(
            invitation,
            {code: coded.get(code)},
            version=_whole(request.POST.get("version", "")),
            by=request.user,
            now=timezone.now(),
        )
    except call_form.Elsewhere:
        return JsonResponse({"said": call_form.BEHIND}, status=409)
    except Refusal as refusal:
        return JsonResponse({"said": f"{refusal}"}, status=409)
    return JsonResponse(
        {
            "version": draft.version,
            "unkept": call_form.unkept(coded, draft).get(code, ""),
            "kept": list(draft.values),
        }
    )


def _save_page(
    request: HttpRequest,
    invitation: Invitation,
    coded: answering.Coded,
    problems: Collection[str] = (),
) -> Draft:
    """Every answer of the page, those left empty included; of a page cut on its way, those that
    came. What is kept of a question whose answer is not understood stays."""
    asked = questionnaire.named(invitation.campaign.questionnaire).items
    sent = [code for code in asked if code not in problems] if _is_whole(request) else coded
    told = {code: coded.get(code) for code in sent if code not in call_form.NOT_ASKED}
    version = _whole(request.POST.get("version", ""))
    return call_form.save(invitation, told, version=version, by=request.user, now=timezone.now())


def _is_whole(request: HttpRequest) -> bool:
    """Whether the page arrived to its end."""
    return "whole" in request.POST


def _save_unless_behind(request: HttpRequest, invitation: Invitation) -> None:
    """The answers of the page beside which a call is noted, unless another page changed them."""
    coded, problems = _read(request, invitation)
    unkept = {}
    try:
        if coded:
            unkept = call_form.unkept(coded, _save_page(request, invitation, coded, problems))
    except (call_form.Elsewhere, Refusal):
        messages.warning(
            request,
            "Les réponses de cette page n’ont pas été gardées\u00a0: elles ont été "
            "changées depuis une autre page.",
        )
        return
    asked = questionnaire.named(invitation.campaign.questionnaire).items
    if problems:
        names = ", ".join(f"«\u00a0{asked[code].wording}\u00a0»" for code in problems)
        messages.warning(request, f"Réponse pas comprise, et pas gardée\u00a0: {names}.")
    if unkept:
        lost = plural(len(unkept), "réponse n’est pas gardée", "réponses ne sont pas gardées")
        messages.warning(request, f"{len(unkept)} {lost}\u00a0: il faut d’abord son accord.")


def _finish(request: HttpRequest, invitation: Invitation, coded: answering.Coded) -> HttpResponse:
    """The whole answer; the next person."""
    kept = call_form.finish(
        invitation,
        coded,
        version=_whole(request.POST.get("version", "")),
        by=request.user,
        now=timezone.now(),
    )
    name = _person(invitation).full_name
    if isinstance(kept, Aside):
        messages.warning(
            request,
            f"{name} avait répondu autrement entre-temps. Les deux réponses sont gardées côte à "
            "côte, une personne choisira.",
        )
    else:
        messages.success(request, f"La réponse {of_name(name)} est enregistrée.")
    return redirect("surveys:call-list", invitation.campaign.uid)


def _compare(
    request: HttpRequest,
    invitation: Invitation,
    coded: answering.Coded,
    behind: call_form.Elsewhere,
) -> HttpResponse:
    """What was typed here, each answer that differs from what another page kept marked so."""
    marks = call_form.differences(invitation, coded, behind.draft)
    return _sheet(request, invitation, coded, marks, refusal=call_form.BEHIND_PAGE, status=409)


def _read(request: HttpRequest, invitation: Invitation) -> tuple[answering.Coded, dict[str, str]]:
    """The answers of the page."""
    asked = questionnaire.named(invitation.campaign.questionnaire)
    return answering.read(asked, request.POST)


def _invitation_or_404(request: HttpRequest, uid: UUID, person: UUID) -> Invitation:
    """The invitation of someone of the user's territories, the record kept first."""
    campaign = campaign_or_404(request, uid)
    senior = get_object_or_404(visible_seniors(request.user), uid=person)
    mine = visible_seniors(request.user).filter(pk=senior.pk)
    found = rows_of(mine, Invitation.objects.filter(campaign=campaign))
    found = found.select_related("campaign", "senior__dwelling__residence", "senior__merged_into")
    kept_first = F("senior__merged_into").asc(nulls_first=True)
    return get_object_or_404(found.order_by(kept_first, "pk")[:1])


def _person(invitation: Invitation) -> Senior:
    """The record kept of the person asked."""
    return invitation.senior.merged_into or invitation.senior


def _whole(text: str) -> int:
    """A version, a count; what is none is none ever reached."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1
