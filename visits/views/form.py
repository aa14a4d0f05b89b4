"""The visit form on line: filled in step by step, read again, finished; drafts and receipts."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.exceptions import RequestDataTooBig
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, QueryDict
from django.http.request import RawPostDataException
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from seniors.access import STAFF, roles, visible_seniors
from seniors.models import AccessLog, Senior
from seniors.queries import records_of
from seniors.signing_in import keeps_form
from visits.access import visible_lists
from visits.enums import Channel
from visits.models import Photo, Visit, VisitDraft, VisitForm, VisitListEntry
from visits.visiting import drafts, form, form_page, photos
from visits.visiting.envelope import FIELDS_MOST
from visits.visiting.fields import Refused
from visits.visiting.recording import Conflict

LINKS = ("dwelling__residence__territory", "dwelling__read_in", "read_in")
Refusals = dict[str, str]
TOO_MANY = (
    "Cette page a envoyé plus de réponses que la fiche n’en a\u00a0: rien n’a été enregistré. "
    "Rouvrez la fiche, puis recommencez."
)
OTHER = (
    "La page que vous avez envoyée est celle d’une fiche qui n’existe plus. Celle-ci, commencée "
    "depuis, n’est pas terminée\u00a0: relisez-la, puis terminez."
)


@require_GET
@roles(*STAFF)
def index(request: HttpRequest) -> HttpResponse:
    """The forms begun and not finished."""
    return render(request, "visits/form_drafts.html", {"drafts": drafts.drafts_of(request.user)})


@keeps_form
@require_http_methods(["GET", "POST"])
@roles(*STAFF)
def fill(request: HttpRequest, senior: UUID) -> HttpResponse:
    """The form. Posted whole: kept, then read again before the end, or one step cleared."""
    person = _person(request, senior)
    if request.method == "GET":
        AccessLog.objects.create(user=request.user, gesture="visit-form", senior=person)
        return _page(request, person)
    answers = _answers(request.POST)
    if len(answers) > FIELDS_MOST:
        messages.error(request, TOO_MANY)
        return _page(request, person, status=422)
    _, refused = _save(request, person, answers, _seen(request.POST, answers))
    if refused:
        return _page(request, person, refused, status=422)
    if step := request.POST.get("clear"):
        return redirect(f"{_address('fill', request, person)}#step-{form_page.after(step)}")
    if request.POST.get("then") == "later":
        return redirect("visits:form-drafts")
    return redirect(_address("review", request, person))


@keeps_form
@require_POST
@roles(*STAFF)
def save(request: HttpRequest, senior: UUID) -> HttpResponse:
    """One answer, kept as it changes; the steps that follow from it come back beside it."""
    person = _person(request, senior)
    code = request.GET.get("champ", "")
    draft = drafts.draft_of(request.user, person)
    before = draft.content if draft else form.blank()
    values = {code: _value(request.POST, code)}
    kept, refused = _save(request, person, values, _seen(request.POST, values) or None)
    if not request.htmx:
        return redirect(_address("fill", request, person))
    context = _context(request, person, refused)
    after = context["content"]
    changed = form_page.touched(code, before, after)
    here = kept.changed | {code} - refused.keys()
    context |= {
        "changed": [step for step in context["steps"] if step.code in changed],
        "seen": drafts.seen_in(
            kept.content, [one for one in context["codes"].split() if one in here]
        ),
        "field": form_page.field_of([*context["steps"], context["why_step"]], code),
        "refusal_said": refused.get(code, ""),
        "rights": form_page.rights_of(person) if "rights" in changed else [],
    }
    return render(request, "visits/form_answer.html", context, status=422 if refused else 200)


@keeps_form
@require_http_methods(["GET", "POST"])
@roles(*STAFF)
def review(request: HttpRequest, senior: UUID) -> HttpResponse:
    """What was answered, what will be kept, what follows; posted, the form is finished."""
    person = _person(request, senior)
    draft = drafts.draft_of(request.user, person)
    if request.method == "POST":
        return _finish(request, person, draft)
    if draft is None:
        return redirect(_address("fill", request, person))
    return _review(request, person, draft)


@require_http_methods(["GET", "POST"])
@roles(*STAFF)
def discard(request: HttpRequest, senior: UUID) -> HttpResponse:
    """Ask, with the count, then let the draft go."""
    person = _person(request, senior)
    draft = drafts.draft_of(request.user, person)
    if draft is None:
        return redirect("visits:form-drafts")
    if request.method == "POST" and request.POST.get("uid", str(draft.uid)) == str(draft.uid):
        drafts.discard(draft)
        messages.success(request, f"La fiche commencée pour {person} est supprimée.")
        return redirect("visits:form-drafts")
    context = {"senior": person, "draft": draft, "count": len(drafts.fields_of(draft))}
    return render(request, "visits/form_discard.html", context)


@require_GET
@roles(*STAFF)
def receipt(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The number of a form that was received, and what it changed."""
    received = VisitForm.objects.select_related("visit__senior", "by", "observation")
    made = get_object_or_404(received, uid=uid)
    person = made.visit.senior.merged_into or made.visit.senior
    get_object_or_404(visible_seniors(request.user), pk=person.pk)
    AccessLog.objects.create(user=request.user, gesture="visit-receipt", senior=person)
    context = {
        "made": made,
        "senior": person,
        "result": form_page.result_of(made),
        "photos": form_page.photos_of(made),
    }
    return render(request, "visits/form_receipt.html", context)


@keeps_form
@require_POST
@roles(*STAFF)
def add_photo(request: HttpRequest, senior: UUID, room: str) -> HttpResponse:
    """A picture of a room, sent as it is; the piece of that room comes back."""
    person = _person(request, senior)
    draft, _ = _save(request, person, {})
    refusal = ""
    try:
        photos.store(
            _picture(request),
            uid=form_page.uid_of(request.GET.get("numero")) or uuid4(),
            form_uid=draft.uid,
            senior=person,
            room=room,
            by=request.user,
        )
    except (photos.PhotoRefusal, RequestDataTooBig) as refused:
        too_big = isinstance(refused, RequestDataTooBig)
        refusal = photos.TOO_LARGE if too_big else str(refused)
    context = {"senior": person, "room": room, "photos": form_page.photos_of(draft)}
    context |= {"photo_refusal": refusal}
    status = 422 if refusal else 200
    return render(request, "visits/_form_photos.html", context, status=status)


def _picture(request: HttpRequest) -> bytes:
    """What was sent; nothing when that was a form, read already to know whose page it is of."""
    try:
        return request.body
    except RawPostDataException:
        return b""


@require_GET
@roles(*STAFF)
def photo(request: HttpRequest, uid: UUID) -> FileResponse:
    """A picture, for who sees the person; the reading is logged."""
    found = get_object_or_404(Photo.objects.select_related("senior__merged_into"), uid=uid)
    person = found.senior.merged_into or found.senior
    get_object_or_404(visible_seniors(request.user), pk=person.pk)
    AccessLog.objects.create(user=request.user, gesture="photo-show", senior=person)
    path = photos.path_of(found)
    if not path.exists():
        raise Http404
    answer = FileResponse(path.open("rb"), content_type="image/jpeg")
    answer["Cache-Control"] = "private, no-store"
    return answer


def _person(request: HttpRequest, uid: UUID) -> Senior:
    """Someone of the user's territories."""
    return get_object_or_404(visible_seniors(request.user).select_related(*LINKS), uid=uid)


def _entry(request: HttpRequest, person: Senior) -> VisitListEntry | None:
    """The line of the list the visit comes from, when the address names one of hers."""
    pk = request.GET.get("entree", "")
    if not pk.isdecimal() or len(pk) > 18:
        return None
    lists = visible_lists(request.user)
    entries = VisitListEntry.objects.filter(pk=pk, visit_list__in=lists)
    return entries.filter(senior__in=records_of(person)).first()


def _day(request: HttpRequest) -> date | None:
    """The day of the card the visit comes from, when the address names it."""
    return drafts.day_named(request.GET.get("jour", ""))


def _is_paper(request: HttpRequest) -> bool:
    return request.GET.get("papier") == "1"


def _address(gesture: str, request: HttpRequest, person: Senior, **more: str) -> str:
    """A page of this form, with where it comes from; `more` ends the address."""
    names = ("entree", "papier", "jour")
    kept = {name: request.GET[name] for name in names if request.GET.get(name)}
    kept |= more
    query = f"?{urlencode(kept)}" if kept else ""
    return reverse(f"visits:form-{gesture}", args=[person.uid]) + query


def _value(posted: QueryDict, code: str) -> str:
    """What a field says: a text typed beside « c’est juste » counts before it."""
    said = [value for value in posted.getlist(code) if value.strip()]
    return said[-1] if said else ""


def _answers(posted: QueryDict) -> dict[str, str]:
    """Every field of the page, those left empty included; then what one tap clears."""
    shown = {code for code in posted.get("fields", "").split() if code}
    answers = {code: _value(posted, code) for code in shown}
    cleared = posted.get("clear", "")
    return answers | ({f"clear.{cleared}": "1"} if cleared else {})


def _seen(posted: QueryDict, codes: Iterable[str]) -> dict[str, str]:
    """What the page showed of these fields, from which a change is told."""
    return {code: posted[f"seen.{code}"] for code in codes if f"seen.{code}" in posted}


def _save(
    request: HttpRequest,
    person: Senior,
    answers: dict[str, str],
    seen: dict[str, str] | None = None,
) -> tuple[VisitDraft, Refusals]:
    """Keep these answers in the user's draft."""
    return drafts.save_fields(
        person,
        answers,
        by=request.user,
        channel=Channel.PAPER if _is_paper(request) else Channel.DESK,
        entry=_entry(request, person),
        day=_day(request),
        seen=seen,
    )


def _context(request: HttpRequest, person: Senior, refused: Refusals) -> dict[str, Any]:
    """What the page and its pieces show."""
    draft = drafts.draft_of(request.user, person)
    content = draft.content if draft else form.blank()
    steps = form_page.steps(person, content, refused)
    return {
        "senior": person,
        "draft": draft,
        "content": content,
        "steps": steps,
        "codes": " ".join(["made_on", "outcome", form.WHY.code, *form_page.codes_of(steps)]),
        "refused": refused,
        "made_on": drafts.day_of(draft) if draft else _day(request) or timezone.localdate(),
        "today": timezone.localdate(),
        "outcome": content.get("outcome", Visit.Outcome.DONE.value),
        "outcomes": Visit.Outcome.choices,
        "why_step": form_page.why_of(content, refused),
        "outcome_words": Visit.Outcome(content.get("outcome", Visit.Outcome.DONE)).label,
        "soon": form.SOON,
        "photos": form_page.photos_of(draft),
        "paper": _is_paper(request) or bool(draft and draft.channel == Channel.PAPER),
        "answered": drafts.answered(content, steps),
        "save_url": _address("save", request, person, champ=""),
        "fill_url": _address("fill", request, person),
    }


def _page(
    request: HttpRequest, person: Senior, refused: Refusals | None = None, *, status: int = 200
) -> HttpResponse:
    context = _context(request, person, refused or {}) | {"rights": form_page.rights_of(person)}
    shown = {**context["content"], "made_on": context["made_on"]}
    context["seen"] = drafts.seen_in(shown, context["codes"].split())
    return render(request, "visits/form_fill.html", context, status=status)


def _review(
    request: HttpRequest,
    person: Senior,
    draft: VisitDraft | None,
    refusal: str = "",
    *,
    status: int = 200,
) -> HttpResponse:
    context, content = _context(request, person, {}), drafts.kept_of(draft)
    context |= {
        "summary": form_page.summary_of(
            [context["why_step"], *context["steps"]], content, form_page.Names.read()
        ),
        "notes": form_page.notes_on(content, person, drafts.outcome_of(draft)),
        "refusal": refusal,
        "review_url": _address("review", request, person),
    }
    return render(request, "visits/form_review.html", context, status=status)


def _finish(request: HttpRequest, person: Senior, draft: VisitDraft | None) -> HttpResponse:
    """Record; the same form sent again shows its receipt, whatever was begun since."""
    uid = form_page.uid_of(request.POST.get("uid"))
    if draft is None or (uid and uid != draft.uid):
        known = VisitForm.objects.filter(uid=uid, by=request.user).first()
        if known:
            return redirect("visits:form-receipt", known.uid)
        if draft:
            messages.warning(request, OTHER)
        return redirect(_address("fill", request, person))
    try:
        recorded = drafts.finish(draft, by=request.user)
    except Refused as refusal:
        return _review(request, person, draft, str(refusal), status=422)
    except Conflict as conflict:
        messages.warning(request, str(conflict))
        return redirect("visits:form-drafts")
    if recorded.consequence:
        messages.success(request, recorded.consequence)
    return redirect("visits:form-receipt", recorded.form.uid)
