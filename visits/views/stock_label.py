"""The landlord's label: its levels and criteria, read and changed."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from seniors.access import DECIDERS, roles
from visits import tasks
from visits.models import StockCriterion, StockLevel
from visits.stock import label as door
from visits.stock.forms import CriterionForm, LabelForm, LevelForm
from visits.stock.label import LabelRefusal, read_label


@require_http_methods(["GET", "POST"])
@roles(*DECIDERS)
def show(request: HttpRequest) -> HttpResponse:
    """What each level asks for; name and source of the label are changed here."""
    label = read_label()
    form = LabelForm(request.POST or None, instance=label.row)
    if form.is_valid():
        door.save_label(form.instance, by=request.user)
        messages.success(request, "Le label est enregistré.")
        return redirect("visits:stock-label")
    context = {
        "label": label,
        "levels": list(reversed(label.levels)),
        "form": form,
    }
    status = 422 if form.errors else 200
    return render(request, "visits/stock_label.html", context, status=status)


@require_http_methods(["GET", "POST"])
@roles(*DECIDERS)
def level_new(request: HttpRequest) -> HttpResponse:
    """A level above the others."""
    return _edit_level(request, StockLevel())


@require_http_methods(["GET", "POST"])
@roles(*DECIDERS)
def level_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a level and what it asks for."""
    return _edit_level(request, get_object_or_404(StockLevel, pk=pk))


@require_POST
@roles(*DECIDERS)
def level_raise(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a level above the next one."""
    level = get_object_or_404(StockLevel, pk=pk)
    return _try(request, lambda: door.raise_level(level, by=request.user), "L’ordre est changé.")


@require_POST
@roles(*DECIDERS)
def level_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a level out of the label."""
    level = get_object_or_404(StockLevel, pk=pk)
    return _try(
        request,
        lambda: door.remove_level(level, by=request.user),
        f"Le niveau «\u00a0{level}\u00a0» est retiré. Ce qui est noté des logements reste.",
    )


@require_http_methods(["GET", "POST"])
@roles(*DECIDERS)
def criterion_new(request: HttpRequest) -> HttpResponse:
    """One more criterion; levels then ask for it."""
    return _edit_criterion(request, StockCriterion())


@require_http_methods(["GET", "POST"])
@roles(*DECIDERS)
def criterion_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the words of a criterion, and what proves it."""
    return _edit_criterion(request, get_object_or_404(StockCriterion, pk=pk))


@require_POST
@roles(*DECIDERS)
def criterion_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take out a criterion that was never noted."""
    one = get_object_or_404(StockCriterion, pk=pk)
    return _try(
        request,
        lambda: door.remove_criterion(one, by=request.user),
        f"Le critère «\u00a0{one}\u00a0» est retiré.",
    )


def _edit_level(request: HttpRequest, level: StockLevel) -> HttpResponse:
    form = LevelForm(request.POST or None, instance=level)
    if form.is_valid():
        try:
            chosen = list(form.cleaned_data["criteria"])
            door.save_level(form.instance, chosen, by=request.user)
            tasks.start_stock_refresh()
            messages.success(request, f"Le niveau «\u00a0{level}\u00a0» est enregistré.")
            return redirect("visits:stock-label")
        except LabelRefusal as refusal:
            form.add_error(None, str(refusal))
    return _edited(request, form, {"what": "Niveau", "level": level})


def _edit_criterion(request: HttpRequest, one: StockCriterion) -> HttpResponse:
    form = CriterionForm(request.POST or None, instance=one)
    if form.is_valid():
        door.save_criterion(form.instance, by=request.user)
        tasks.start_stock_refresh()
        messages.success(request, f"Le critère «\u00a0{one}\u00a0» est enregistré.")
        return redirect("visits:stock-label")
    return _edited(request, form, {"what": "Critère", "criterion": one})


def _edited(request: HttpRequest, form: Any, context: dict[str, Any]) -> HttpResponse:
    status = 422 if form.errors else 200
    return render(request, "visits/stock_label_edit.html", context | {"form": form}, status=status)


def _try(request: HttpRequest, gesture: Callable[[], None], done: str) -> HttpResponse:
    """The gesture and what to say of it, or why it was refused."""
    try:
        gesture()
        tasks.start_stock_refresh()
        messages.success(request, done)
    except LabelRefusal as refusal:
        messages.error(request, str(refusal))
    return redirect("visits:stock-label")
