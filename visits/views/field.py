"""The phone's page and the few doors it calls: JSON in, JSON out, never a redirect.

docs/field.md has the table of the answers.
"""

import json
import logging
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET, require_POST

from seniors import password
from seniors.access import STAFF, roles
from visits.models import Device, UndoneForm
from visits.phone import offline, phones
from visits.visiting import photos
from visits.visiting.effects import kept_out
from visits.visiting.recording import Conflict, Recorded, Refused, record_visits

log = logging.getLogger(__name__)

# Bytes of a form, and how many at a time; bytes of a picture.
FORM_MOST, FORMS_MOST = 64_000, 30
PHOTO_MOST = 2_000_000
# Phones of one browser.
MOST_ASKED = 10
TOO_LARGE = "L’envoi est trop lourd\u00a0: il n’a pas été reçu."
DAMAGED = "L’envoi est arrivé abîmé. Recommencez."
OTHER_USER = (
    "Cette fiche a été faite avec un autre compte. Elle reste sur ce téléphone et partira quand "
    "cette personne s’y connectera."
)


def json_door(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A view that answers JSON, also to who has no session (`middleware.login_required`)."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except phones.PhoneRefusal as refusal:
            return _refused(REFUSALS.get(refusal.code, 422), refusal.code, str(refusal))

    answer.answers_json = True
    return answer


REFUSALS = {
    "password": 401,
    "other_user": 403,
    "revoked": 403,
    "unknown": 404,
    "too_many": 409,
    "too_large": 413,
    "too_often": 429,
}


@require_GET
@login_not_required
def page(request: HttpRequest) -> HttpResponse:
    """The page that a phone keeps: the same for everyone, nobody's name in it.

    Open without a session: in a stairwell an officer whose session has ended still reads her day
    and writes her form. Rendered without the request, so that no account can slip into it.
    """
    return HttpResponse(render_to_string("visits/field_page.html", offline.page_context()))


@require_GET
@login_not_required
def away(request: HttpRequest) -> HttpResponse:
    """What is shown for any other page of the site when there is no network."""
    return HttpResponse(render_to_string("visits/field_away.html"))


@require_GET
@login_not_required
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker: for the whole site, new as soon as a file it keeps is."""
    answer = HttpResponse(offline.worker(), content_type="text/javascript; charset=utf-8")
    answer["Service-Worker-Allowed"] = "/"
    answer["Cache-Control"] = "no-cache"
    return answer


@require_GET
@json_door
@roles(*STAFF)
@ensure_csrf_cookie
def contact(request: HttpRequest) -> JsonResponse:
    """A cookie to post with, and where the phones of this browser stand with this account.

    `?appareil=` may be repeated: a phone may be shared. Of another account's phone, nothing is
    said unless it is blocked. `typed_lately`: a new PIN may be chosen without a log-in.
    """
    stands = phones.standing(_asked(request), request.user)
    return JsonResponse({"devices": stands, "typed_lately": password.typed_lately(request)})


@require_GET
@json_door
@login_not_required
def blocked(request: HttpRequest) -> JsonResponse:
    """Which of these phones are blocked, without a session: a lost phone's has soon ended.

    Who knows a phone's identity, random and long, has the phone.
    """
    return JsonResponse({"devices": phones.standing(_asked(request), None)})


def _asked(request: HttpRequest) -> list[UUID]:
    """The phones that a browser asks about, MOST_ASKED at most."""
    found = filter(None, map(_uid, request.GET.getlist("appareil")[:MOST_ASKED]))
    return list(dict.fromkeys(found))


@require_GET
@json_door
@roles(*STAFF)
def day(request: HttpRequest) -> JsonResponse:
    """The day of the officer, shut for this phone: any page may fetch it without the PIN."""
    from visits.phone import package  # noqa: PLC0415

    device = _mine(request, request.GET.get("appareil"))
    phones.refuse_revoked(device)
    phones.refuse_hurry(request.user, "package", package.MOST_PEOPLE * phones.MOST_DAYS)
    content = package.package_of(request.user)
    phones.seen(device)
    times = {name: content[name] for name in ("made_at", "expires_at")}
    return JsonResponse(times | phones.shut(device, content))


@require_POST
@json_door
@roles(*STAFF)
def enrol(request: HttpRequest) -> JsonResponse:
    """A new phone of this account: its keys, given once.

    With `uid` and `public_key`, one enrolled since the backup that was restored.
    """
    sent = _body(request, FORM_MOST)
    label = sent.get("label") if isinstance(sent.get("label"), str) else ""
    if "uid" in sent:
        device = phones.enrol_again(
            request.user, label, uid=_uid(sent["uid"]), public=sent.get("public_key")
        )
    else:
        device = phones.enrol(request.user, label)
    return JsonResponse(
        {
            "uid": str(device.uid),
            "label": device.label,
            "key": device.key,
            "public_key": phones.public_key(device),
            "days": phones.FIELD_DAYS,
        },
        status=201,
    )


@require_POST
@json_door
@roles(*STAFF)
def key(request: HttpRequest, uid: UUID) -> JsonResponse:
    """The key again, for a new PIN: the account's password was typed less than five minutes ago,
    for a session left open opens no phone."""
    device = _mine(request, str(uid))
    again = phones.key_again(device, typed_lately=password.typed_lately(request))
    return JsonResponse({"key": again})


@require_GET
@roles(*STAFF)
def type_password(request: HttpRequest) -> HttpResponse:
    """To the log-in form, though logged in, then back to the choice of a new PIN."""
    back = reverse("visits:field-page") + "#nouveau-code"
    if password.typed_lately(request):
        return redirect(back)
    password.ask(request)
    return redirect(f"{reverse('login')}?{urlencode({'next': back})}")


@require_POST
@json_door
@roles(*STAFF)
def forms(request: HttpRequest) -> JsonResponse:
    """What waits on a phone, sealed form by form; what becomes of each, in their order."""
    sealed = _body(request, FORMS_MOST * FORM_MOST).get("forms")
    if not isinstance(sealed, list) or not all(isinstance(one, dict) for one in sealed):
        raise phones.PhoneRefusal("unreadable", DAMAGED)
    if len(sealed) > FORMS_MOST:
        raise phones.PhoneRefusal("too_large", TOO_LARGE)
    uids = {_uid(one.get("device")) for one in sealed} - {None}
    devices = {one.uid: one for one in Device.objects.filter(uid__in=uids)}
    answers: dict[int, dict[str, Any]] = {}
    opened = {}
    for place, one in enumerate(sealed):
        try:
            opened[place] = _opened(request, one, devices)
        except phones.PhoneRefusal as refusal:
            answers[place] = _no(REFUSALS.get(refusal.code, 422), refusal.code, str(refusal))
    recorded = record_visits(list(opened.values()), by=request.user)
    answers |= zip(opened, map(_answer, recorded), strict=True)
    for device in {device for _, device in opened.values()}:
        phones.seen(device)
    told = [{"uid": one.get("uid"), **answers[place]} for place, one in enumerate(sealed)]
    return JsonResponse({"answers": told})


def _opened(
    request: HttpRequest, sealed: dict[str, Any], devices: dict[UUID, Device]
) -> tuple[dict[str, Any], Device]:
    """The form, and its phone. Raises PhoneRefusal."""
    if sum(len(part) for part in sealed.values() if isinstance(part, str)) > FORM_MOST:
        raise phones.PhoneRefusal("too_large", TOO_LARGE)
    device = _hers(request, devices.get(_uid(sealed.get("device"))))
    return phones.open_sealed(device, sealed), device


def _answer(recorded: Recorded | UndoneForm | Exception) -> dict[str, Any]:
    """201 the first time, 200 the same again, with `undone_at` if it was taken back since, 409
    other content, 422 refused, 500 our fault."""
    if isinstance(recorded, Conflict):
        return _no(409, "conflict", str(recorded))
    if isinstance(recorded, Refused):
        return _no(422, recorded.code, str(recorded))
    if isinstance(recorded, Exception):
        log.error("a form could not be recorded", exc_info=recorded)
        return {"status": 500}
    is_undone = isinstance(recorded, UndoneForm)
    form = recorded if is_undone else recorded.form
    received = {"receipt": form.receipt, "received_at": form.received_at.isoformat()}
    if is_undone:
        return {"status": 200, **received, "undone_at": form.undone_at.isoformat()}
    return {
        "status": 201 if recorded.is_new else 200,
        **received,
        "clashes": recorded.clashes,
        # A count only: the phone keeps its list of what was sent in clear.
        "kept_out": len(kept_out(form)),
    }


def _no(status: int, code: str, sentence: str) -> dict[str, Any]:
    return {"status": status, "code": code, "reason": sentence}


@require_POST
@json_door
@roles(*STAFF)
def photo(request: HttpRequest, uid: UUID) -> JsonResponse:
    """One sealed picture of a room: 201 the first time, 200 the same again, 422 refused."""
    sealed = _body(request, PHOTO_MOST)
    device = _mine(request, sealed.get("device"))
    sent = phones.open_sealed(device, sealed | {"uid": str(uid)}, phones.PHOTO)
    # A form that was refused and mended has another identity than the one sealed with the picture.
    sent |= {"form_uid": sealed["form"]} if sealed.get("form") else {}
    try:
        kept, is_new = photos.receive(sent, by=request.user)
    except (photos.PhotoRefusal, Refused) as refused:
        return _refused(422, refused.code, str(refused))
    phones.seen(device)
    received = {"receipt": f"P{kept.pk:06d}", "received_at": kept.received_at.isoformat()}
    return JsonResponse(received, status=201 if is_new else 200)


def _mine(request: HttpRequest, uid: Any) -> Device:
    """A phone of this account, blocked or not. Raises PhoneRefusal: other_user, unknown."""
    return _hers(request, Device.objects.filter(uid=_uid(uid)).select_related("user").first())


def _hers(request: HttpRequest, device: Device | None) -> Device:
    """The same, once it is found."""
    if device is None:
        raise phones.PhoneRefusal("unknown", phones.UNKNOWN)
    if device.user_id != request.user.pk:
        raise phones.PhoneRefusal("other_user", OTHER_USER)
    return device


def _body(request: HttpRequest, most: int) -> dict[str, Any]:
    """The JSON object that was sent. Raises PhoneRefusal: too_large, unreadable."""
    announced = request.headers.get("Content-Length", "")
    if announced.isdecimal() and int(announced) > most:
        raise phones.PhoneRefusal("too_large", TOO_LARGE)
    try:
        sent = json.loads(request.body)
    except (ValueError, RecursionError):
        sent = None
    if not isinstance(sent, dict):
        raise phones.PhoneRefusal("unreadable", DAMAGED)
    return sent


def _uid(text: Any) -> UUID | None:
    """An identity that was sent; None for what is none."""
    try:
        return UUID(str(text))
    except ValueError:
        return None


def _refused(status: int, code: str, sentence: str) -> JsonResponse:
    return JsonResponse({"code": code, "reason": sentence}, status=status)
