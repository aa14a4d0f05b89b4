"""The directory of partners, attendance at a place, and the catalogue of actions."""

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from seniors.access import DECIDERS, STAFF, roles
from seniors.french import counted
from seniors.models import AccessLog
from seniors.web import page_or_piece, pks_among
from visits.acting import partners as door
from visits.acting.partner_forms import KindForm, PartnerFilter, PartnerForm
from visits.acting.partners import PartnerRefusal, visible_partners
from visits.acting.waiting import dress, in_order, visible_actions
from visits.models import ActionKind, Partner

ON_PAGE = 30


@require_GET
@roles(*STAFF)
def index(request: HttpRequest) -> HttpResponse:
    """Who can help, in one's territories."""
    form = PartnerFilter(request.user, request.GET)
    context = {
        "form": form,
        "partners": form.filter(visible_partners(request.user)),
        "decides": request.user.role in DECIDERS,
    }
    return page_or_piece(request, "visits/partner_list.html", "visits/_partner_list.html", context)


@require_GET
@roles(*STAFF)
def show(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One partner: what he does, where, how to reach him, what is entrusted to him."""
    partner = _partner(request, uid)
    theirs = door.open_actions(partner).values("pk")
    actions = in_order(visible_actions(request.user).filter(pk__in=theirs))
    shown = dress(actions[:ON_PAGE])
    _log(request, "partner-show", [action.person.pk for action in shown])
    context = {
        "partner": partner,
        "actions": shown,
        "count": actions.count(),
        "sessions": door.sessions(partner, request.user) if partner.is_place else [],
        "decides": request.user.role in DECIDERS,
    }
    return render(request, "visits/partner_show.html", context)


@require_http_methods(["GET", "POST"])
@roles(*DECIDERS)
def new(request: HttpRequest) -> HttpResponse:
    """Add a partner."""
    return _edit(request, Partner())


@require_http_methods(["GET", "POST"])
@roles(*DECIDERS)
def edit(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Change a partner."""
    return _edit(request, _partner(request, uid))


@require_http_methods(["GET", "POST"])
@roles(*DECIDERS)
def close(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Put a partner away, or back; what is entrusted to him is said first."""
    partner = _partner(request, uid)
    if request.method == "POST":
        partner = door.set_active(partner, not partner.is_active, by=request.user)
        said = "est de nouveau proposé" if partner.is_active else "n’est plus proposé"
        messages.success(request, f"{partner} {said}.")
        return redirect("visits:partner-show", partner.uid)
    context = {"partner": partner, "going": door.open_actions(partner).count()}
    return render(request, "visits/partner_close.html", context)


@require_http_methods(["GET", "POST"])
@roles(*STAFF)
def attendance(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Who came, one day: tick, keep, print."""
    partner = get_object_or_404(visible_partners(request.user), uid=uid, is_place=True)
    on = _day(request.GET.get("jour", "")) or timezone.localdate()
    seats = door.sheet(partner, on, request.user)
    if request.method == "POST" and "forget" in request.POST:
        gone = door.forget_sheet(
            partner, on, listed=[seat.person for seat in seats], by=request.user
        )
        messages.success(
            request, f"Feuille du {on:%d/%m/%Y} retirée\u00a0: {counted(gone, 'ligne')}."
        )
        return redirect("visits:partner-show", partner.uid)
    if request.method == "POST":
        came, on_page = _ids(request, "came"), _ids(request, "listed")
        # Whoever was added since the sheet was read was not looked for: she is not missing.
        listed = [seat.person for seat in seats if seat.person.pk in on_page]
        try:
            count = door.record_attendance(partner, on, came=came, listed=listed, by=request.user)
            said = f"{counted(count, 'personne venue', 'personnes venues')} sur {len(listed)}"
            messages.success(request, f"Feuille du {on:%d/%m/%Y} enregistrée : {said}.")
        except PartnerRefusal as refusal:
            messages.error(request, str(refusal))
        return redirect(f"{request.path}?jour={on.isoformat()}")
    _log(request, "partner-attendance", [seat.person.pk for seat in seats])
    context = {
        "partner": partner,
        "on": on,
        "today": timezone.localdate(),
        "seats": seats,
        "came": sum(bool(seat.came) for seat in seats),
        "kept": sum(seat.came is not None for seat in seats),
    }
    return render(request, "visits/partner_attendance.html", context)


@require_GET
@roles(*DECIDERS)
def kinds(request: HttpRequest) -> HttpResponse:
    """The catalogue of actions, by family."""
    return _catalogue(request)


@require_http_methods(["GET", "POST"])
@roles(*DECIDERS)
def kind_new(request: HttpRequest) -> HttpResponse:
    """Add a line to the catalogue."""
    return _kind(request, ActionKind())


@require_http_methods(["GET", "POST"])
@roles(*DECIDERS)
def kind_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a line of the catalogue."""
    return _kind(request, get_object_or_404(ActionKind, pk=pk))


@require_POST
@roles(*DECIDERS)
def kind_move(request: HttpRequest, pk: int) -> HttpResponse:
    """Move a line up or down in its family."""
    kind = get_object_or_404(ActionKind, pk=pk)
    door.move_kind(kind, request.POST.get("way") == "up", by=request.user)
    return _catalogue(request) if request.htmx else redirect("visits:kind-list")


@require_http_methods(["GET", "POST"])
@roles(*DECIDERS)
def kind_close(request: HttpRequest, pk: int) -> HttpResponse:
    """Propose a line no more, or again; how often it is in use is said first."""
    kind = get_object_or_404(ActionKind, pk=pk)
    if request.method == "POST":
        kind = door.set_proposed(kind, not kind.is_active, by=request.user)
        said = "est de nouveau proposée" if kind.is_active else "n’est plus proposée"
        messages.success(request, f"« {kind} » {said}.")
        return redirect("visits:kind-list")
    line = next(one for _, lines in door.catalogue() for one in lines if one.pk == kind.pk)
    return render(request, "visits/partner_kind_close.html", {"kind": line})


def _partner(request: HttpRequest, uid: UUID) -> Partner:
    """A partner of one's territories."""
    seen = visible_partners(request.user).prefetch_related("kinds", "territories")
    return get_object_or_404(seen, uid=uid)


def _edit(request: HttpRequest, partner: Partner) -> HttpResponse:
    form = PartnerForm(request.POST or None, instance=partner, user=request.user)
    if form.is_valid():
        door.save_partner(
            form.instance,
            kinds=form.cleaned_data["kinds"],
            territories=form.territories_chosen(),
            by=request.user,
        )
        messages.success(request, f"{form.instance} est dans l’annuaire.")
        return redirect("visits:partner-show", form.instance.uid)
    context = {"form": form, "partner": partner if partner.pk else None}
    status = 422 if form.errors else 200
    return render(request, "visits/partner_edit.html", context, status=status)


def _kind(request: HttpRequest, kind: ActionKind) -> HttpResponse:
    form = KindForm(request.POST or None, instance=kind)
    if form.is_valid():
        saved = door.save_kind(form.instance, by=request.user)
        messages.success(request, f"« {saved} » est au catalogue.")
        return redirect("visits:kind-list")
    context = {"form": form, "kind": kind if kind.pk else None}
    status = 422 if form.errors else 200
    return render(request, "visits/partner_kind_edit.html", context, status=status)


def _catalogue(request: HttpRequest) -> HttpResponse:
    return page_or_piece(
        request,
        "visits/partner_kinds.html",
        "visits/_partner_kinds.html",
        {"families": door.catalogue()},
    )


def _log(request: HttpRequest, gesture: str, people: list[int]) -> None:
    """A line in the journal for each person shown."""
    AccessLog.objects.bulk_create(
        AccessLog(user=request.user, gesture=gesture, senior_id=pk) for pk in dict.fromkeys(people)
    )


def _ids(request: HttpRequest, name: str) -> set[int]:
    """The numbers posted under that name."""
    return set(pks_among(request.POST.getlist(name)))


def _day(text: str) -> date | None:
    """A day of this century; None for anything else."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 2000 <= day.year < 2100 else None
