"""The signals: what waits, who it is about, who takes it, what came of it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from seniors.access import STAFF, roles, visible_residences, visible_seniors
from seniors.enums import Role
from seniors.models import AccessLog, Residence, Senior, User
from seniors.signing_in import keeps_form
from seniors.web import page_or_piece
from visits.access import visible_signals
from visits.acting.follow_up import FollowUpRefusal
from visits.field_watch import inbox as reads
from visits.field_watch import watch
from visits.field_watch.since import since_each
from visits.field_watch.watch_forms import CloseForm, EnteredForm
from visits.field_watch.yields_read import years_of, yields_for
from visits.lists.places import access_line
from visits.models import Signal
from visits.needs import NEEDS

PAGE = 30


@require_GET
@roles(*STAFF)
def inbox(request: HttpRequest) -> HttpResponse:
    """What waits for someone, or what was answered."""
    closed = "clos" in request.GET
    signals = reads.closed_signals(request.user) if closed else reads.open_signals(request.user)
    page = Paginator(signals, PAGE).get_page(request.GET.get("page"))
    page.object_list = list(page.object_list)
    done = since_each(page)
    for signal in page:
        signal.since = done[signal.pk]
    stamp = reads.stamp_of(page)
    if request.GET.get("seen") == stamp:
        return HttpResponse(status=204)  # nothing new since: the page stays as it is
    for signal in page:
        signal.person, signal.home = reads.person_of(signal), reads.home_of(signal)
    context = {"page": page, "closed": closed, "stamp": stamp}
    return page_or_piece(request, "visits/signal_list.html", "visits/_signal_list.html", context)


@require_GET
@roles(*STAFF)
def show(request: HttpRequest, uid: str) -> HttpResponse:
    """One signal, and who it may be about; the reading is logged once it is known."""
    signal = _signal(request, uid)
    if signal.senior:
        AccessLog.objects.create(user=request.user, gesture="signal-show", senior=signal.senior)
    return _answer(request, signal)


@keeps_form
@require_http_methods(["GET", "POST"])
@roles(*STAFF)
def new(request: HttpRequest) -> HttpResponse:
    """Enter what one saw or was told: whom it is about first, unless a sheet already says so."""
    words = request.GET.get("q", "").replace("\x00", "")
    senior, residence = _senior(request), _residence(request)
    context: dict[str, Any] = {"senior": senior, "residence": residence, "words": words}
    if not (senior or residence):
        people, residences = reads.places_for(request.user, words)
        context |= {"people": people, "residences": residences}
        return render(request, "visits/signal_find.html", context)
    form = EnteredForm(request.POST or None, about_person=senior is not None)
    if form.is_valid():
        try:
            made = watch.report(
                request.user, senior=senior, residence=residence, **form.cleaned_data
            )
            messages.success(request, "Le signalement est enregistré.")
            return redirect("visits:signal-show", made.uid)
        except watch.WatchRefusal as refusal:
            form.add_error(refusal.code if refusal.code in form.fields else "words", str(refusal))
    context |= {"form": form, "keys": [form["kind"], form["urgency"], form["reporter"]]}
    status = 422 if form.errors else 200
    return render(request, "visits/signal_new.html", context, status=status)


@require_POST
@roles(*STAFF)
def take(request: HttpRequest, uid: str) -> HttpResponse:
    """Answer for it."""
    seen = request.POST.get("instead_of", "")
    colleague = User.objects.filter(pk=seen).first() if _is_id(seen) else None
    signal = _signal(request, uid)
    done = "C’est noté\u00a0: vous vous en occupez."
    return _gesture(request, signal, watch.take, by=request.user, instead_of=colleague, done=done)


@require_POST
@roles(*STAFF)
def match(request: HttpRequest, uid: str) -> HttpResponse:
    """Say who it is about, or that it was someone else."""
    signal = _signal(request, uid)
    said = request.POST.get("senior", "")
    if not said:
        done = "C’est noté\u00a0: on ne sait plus de qui il s’agit."
        return _gesture(request, signal, watch.match, None, by=request.user, done=done)
    people = visible_seniors(request.user).filter(dwelling__isnull=False)
    senior = get_object_or_404(people, uid=_uid(said))
    done = f"C’est noté\u00a0: le signalement concerne {senior.full_name}."
    return _gesture(request, signal, watch.match, senior, by=request.user, done=done)


@keeps_form
@require_POST
@roles(*STAFF)
def close(request: HttpRequest, uid: str) -> HttpResponse:
    """Say what came of it."""
    signal = _signal(request, uid)
    form = CloseForm(request.POST)
    if form.is_valid():
        try:
            watch.close(signal, by=request.user, **form.cleaned_data)
            messages.success(request, "Le signalement est clos.")
            return redirect("visits:signal-show", signal.uid)
        except (watch.WatchRefusal, FollowUpRefusal) as refusal:
            form.add_error("needs" if refusal.code == "needs" else "outcome", str(refusal))
    return _answer(request, signal, close_form=form, status=422)


@require_POST
@roles(*STAFF)
def reopen(request: HttpRequest, uid: str) -> HttpResponse:
    """It was closed too soon."""
    done = "Le signalement est de nouveau ouvert."
    return _gesture(request, _signal(request, uid), watch.reopen, by=request.user, done=done)


@require_GET
@roles(*Role)
def yields(request: HttpRequest) -> HttpResponse:
    """What each kind of sign led to, in one year."""
    year = request.GET.get("annee", "")
    years = years_of(request.user)
    year = int(year) if _is_id(year) and int(year) in years else next(iter(years), None)
    lines = yields_for(request.user, year) if year else []
    shown = [line for line in lines if not line.is_empty]
    context = {
        "lines": lines,
        "shown": shown,
        "empty": [line.label for line in lines if line.is_empty],
        "year": year,
        "years": years,
    }
    return render(request, "visits/signal_yields.html", context)


def _is_id(text: str) -> bool:
    """Whether a page sent back a number that may be one of a row."""
    return text.isascii() and text.isdigit() and len(text) < 12


def _uid(text: str) -> UUID | None:
    """An identity sent back by a page; None for what is none."""
    try:
        return UUID(text)
    except ValueError:
        return None


def _signal(request: HttpRequest, uid: str) -> Signal:
    """A signal that this person reads."""
    return get_object_or_404(reads.with_place(visible_signals(request.user)), uid=uid)


def _senior(request: HttpRequest) -> Senior | None:
    """The person named in the address, if any."""
    if "senior" not in request.GET:
        return None
    people = visible_seniors(request.user).filter(dwelling__isnull=False)
    people = people.select_related("dwelling__residence")
    return get_object_or_404(people, uid=_uid(request.GET["senior"]))


def _residence(request: HttpRequest) -> Residence | None:
    """The residence named in the address, if any."""
    if "residence" not in request.GET:
        return None
    said = request.GET["residence"]
    return get_object_or_404(visible_residences(request.user), pk=said if _is_id(said) else None)


def _gesture(
    request: HttpRequest, signal: Signal, gesture: Callable, *args: Any, done: str, **named: Any
) -> HttpResponse:
    """Make a gesture, say that it was made or why not, and come back where it was asked."""
    try:
        gesture(signal, *args, **named)
        messages.success(request, done)
    except watch.WatchRefusal as refusal:
        messages.error(request, str(refusal))
    if request.POST.get("back") == "list":
        return redirect("visits:signal-list")
    return redirect("visits:signal-show", signal.uid)


def _answer(
    request: HttpRequest, signal: Signal, *, close_form: CloseForm | None = None, status: int = 200
) -> HttpResponse:
    """The page of a signal."""
    words = request.GET.get("q", "").replace("\x00", "")
    open_ = signal.closed_on is None
    look = open_ and (signal.senior is None or words)
    person, home = reads.person_of(signal), reads.home_of(signal)
    context = {
        "signal": signal,
        "person": person,
        "numbers": [one for one in (person.mobile, person.phone) if one] if person else [],
        "home": home,
        "access": access_line(home) if home else "",
        "has_place": signal.dwelling_id or signal.residence_id,
        "candidates": reads.candidates(signal, request.user, words) if look else [],
        "words": words,
        "others": reads.others_open(signal, request.user) if open_ else 0,
        "since": since_each([signal])[signal.pk],
        "needs": [NEEDS[need.code] for need in signal.needs.all()],
        "close_form": close_form or CloseForm(),
    }
    return render(request, "visits/signal_show.html", context, status=status)
