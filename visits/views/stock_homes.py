"""Vacant dwellings and the people who would need them; a person decides each time."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from seniors.access import DECIDERS, STAFF, roles, visible_dwellings, visible_seniors
from seniors.models import AccessLog, Dwelling, Senior
from visits.acting.follow_up import FollowUpRefusal
from visits.acting.waiting import visible_actions
from visits.models import HomeOffer, StockFinding
from visits.stock import offers
from visits.stock.forms import NoteForm
from visits.stock.homes import detailed, listed
from visits.stock.label import read_label
from visits.stock.offers import OfferRefusal
from visits.stock.register import known_of
from visits.stock.stock_list import vacant
from visits.stock.vacancies import SHOWN, against_people, homes_for, vacancies_of

PAGE = 10


@require_GET
@roles(*DECIDERS)
def vacancies(request: HttpRequest) -> HttpResponse:
    """The vacant dwellings that reach a level, each with how many people would need it; nobody is
    named."""
    label = read_label()
    found = vacancies_of(request.user)
    # By territory: a page then reads the people of one or two of them.
    found = found.order_by(
        "residence__territory__name", "-standing__level__rank", "residence__name", "pk"
    )
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    rows = against_people(request.user, label, list(page.object_list), timezone.localdate())
    context = {"label": label, "page": page, "rows": rows}
    return render(request, "visits/stock_vacant.html", context)


@require_GET
@roles(*DECIDERS)
def show(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One dwelling: each criterion with its evidence; vacant, who would need it."""
    label, dwelling = read_label(), _dwelling(request, uid)
    home = detailed(label, [dwelling], known_of([dwelling], label.criteria))[0]
    context = {
        "label": label,
        "home": home,
        "history": StockFinding.objects.filter(dwelling=dwelling).select_related(
            "criterion", "recorded_by"
        ),
        "form": NoteForm(),
        "is_vacant": vacant(Dwelling.objects.filter(pk=dwelling.pk)).exists(),
    }
    named: set[int] = set()
    if context["is_vacant"]:
        row = against_people(request.user, label, [dwelling], timezone.localdate())[0]
        named = {one.person.pk for one in row.matches}
        context |= {"row": row, "shown": SHOWN}
    context["offers"] = _offers(request, dwelling)
    named |= {one.person.pk for one in context["offers"]}
    known = Senior.objects.select_related("dwelling__residence").in_bulk(named)
    if context["is_vacant"]:
        context["people"] = [(known[one.person.pk], one) for one in context["row"].matches]
    AccessLog.objects.bulk_create(
        AccessLog(user=request.user, gesture="stock-dwelling", senior_id=pk) for pk in sorted(named)
    )
    return render(request, "visits/stock_dwelling.html", context)


@require_http_methods(["GET", "POST"])
@roles(*STAFF)
def propose(request: HttpRequest, uid: UUID, senior: UUID) -> HttpResponse:
    """Propose a vacant dwelling to someone: what it will do is said first."""
    dwelling, person = _dwelling(request, uid), _senior(request, senior)
    if request.method == "POST":
        try:
            offer = offers.propose(dwelling, person, by=request.user)
            messages.success(request, "C’est noté\u00a0: le logement est proposé.")
            return redirect("visits:action-show", offer.action.uid)
        except (OfferRefusal, FollowUpRefusal) as refusal:
            messages.error(request, str(refusal))
            return redirect("visits:stock-person", person.uid)
    label = read_label()
    matches, _ = homes_for(request.user, label, person, timezone.localdate())
    AccessLog.objects.create(user=request.user, gesture="stock-propose", senior=person)
    context = {
        "home": listed(label, [dwelling])[0],
        "senior": person,
        "match": next((one for one in matches if one.place.pk == dwelling.pk), None),
    }
    return render(request, "visits/stock_propose.html", context)


@require_POST
@roles(*STAFF)
def decline(request: HttpRequest, uid: UUID) -> HttpResponse:
    """She does not want this dwelling; her action goes on."""
    mine = visible_actions(request.user).values("pk")
    offer = get_object_or_404(
        HomeOffer.objects.select_related("action__senior__merged_into", "dwelling"),
        uid=uid,
        action__in=mine,
    )
    try:
        offers.decline(offer, by=request.user)
        messages.success(request, "C’est noté\u00a0: ce logement ne lui convient pas.")
    except OfferRefusal as refusal:
        messages.error(request, str(refusal))
    person = offer.action.senior.merged_into or offer.action.senior
    return redirect("visits:stock-person", person.uid)


@require_GET
@roles(*STAFF)
def person(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The vacant dwellings that would answer someone, and those already proposed."""
    senior, label = _senior(request, uid), read_label()
    matches, known = homes_for(request.user, label, senior, timezone.localdate())
    AccessLog.objects.create(user=request.user, gesture="stock-person", senior=senior)
    shown = matches[:SHOWN]
    found = vacancies_of(request.user).in_bulk([one.place.pk for one in shown])
    homes = {one.dwelling.pk: one for one in listed(label, list(found.values()))}
    mine = visible_actions(request.user).filter(person=senior.pk)
    context = {
        "senior": senior,
        "known": known,
        "label": label,
        "matches": [(homes[one.place.pk], one) for one in shown],
        "count": len(matches),
        "offers": _dress(
            HomeOffer.objects.filter(action__in=mine.values("pk")).select_related(
                "action__kind", "action__senior__merged_into", "dwelling__residence", "offered_by"
            )
        ),
    }
    return render(request, "visits/stock_person.html", context)


def _dwelling(request: HttpRequest, uid: UUID) -> Dwelling:
    """A dwelling of one's territories, still in the stock."""
    seen = visible_dwellings(request.user).filter(gone_on=None)
    return get_object_or_404(
        seen.select_related("residence__territory", "standing__level"), uid=uid
    )


def _senior(request: HttpRequest, uid: UUID) -> Senior:
    """Someone at home in one's territories."""
    seen = visible_seniors(request.user).filter(dwelling__isnull=False)
    return get_object_or_404(seen.select_related("dwelling__residence"), uid=uid)


def _offers(request: HttpRequest, dwelling: Dwelling) -> list[HomeOffer]:
    """What was proposed of it, to people in one's sight."""
    mine = visible_actions(request.user).values("pk")
    return _dress(offers.offers_of([dwelling]).filter(action__in=mine))


def _dress(found: object) -> list[HomeOffer]:
    """Each with its person and whether an answer is awaited."""
    rows = list(found)
    for one in rows:
        one.person = one.action.senior.merged_into or one.action.senior
        one.is_open = offers.is_open(one)
    return rows
