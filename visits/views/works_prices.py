"""The prices of works: the list, and one of them to change."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from seniors.access import DECIDERS, roles
from visits.models import WorksPrice
from visits.works.price_forms import PriceForm
from visits.works.prices import VAT_ASSUMED, kinds_of_works, price_of, save_price


@require_GET
@roles(*DECIDERS)
def index(request: HttpRequest) -> HttpResponse:
    """What each kind of works costs, and those whose price is to be given."""
    kinds = list(kinds_of_works())
    for kind in kinds:
        kind.known = price_of(kind)
    return render(request, "visits/works_prices.html", {"kinds": kinds})


@require_http_methods(["GET", "POST"])
@roles(*DECIDERS)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Give or change the price of one kind of works."""
    kind = get_object_or_404(kinds_of_works(), pk=pk)
    price = price_of(kind) or WorksPrice(kind=kind, delay_days=kind.due_days, vat_rate=VAT_ASSUMED)
    form = PriceForm(request.POST or None, instance=price)
    if form.is_valid():
        save_price(form.instance, by=request.user)
        messages.success(request, f"Le prix de «\u00a0{kind}\u00a0» est enregistré.")
        return redirect("visits:works-prices")
    status = 422 if form.errors else 200
    return render(request, "visits/works_price.html", {"form": form, "kind": kind}, status=status)
