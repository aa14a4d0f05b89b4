"""The money of works: one work with its invoices, the tax register, the budgets of a year."""

from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from seniors.access import DECIDERS, roles, visible_residences, visible_seniors
from seniors.models import AccessLog
from seniors.web import download
from visits.acting.waiting import LINKS, dress
from visits.enums import Claim
from visits.models import Action, Budget, Invoice, Works
from visits.works import budgets, invoices, tax
from visits.works.backlog import costs_of, works_kept_by
from visits.works.declared import ASKED
from visits.works.funders import FUNDERS
from visits.works.funding import suggestions_of
from visits.works.money_forms import BudgetForm, InvoiceForm, WorksForm

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
YEARS = range(2000, 2200)


@require_http_methods(["GET", "POST"])
@roles(*DECIDERS)
def show(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One work: its quantity, estimate and funder, its invoices, who might pay."""
    action = _action(request, uid)
    works = getattr(action, "works", None) or Works(action=action)
    form = WorksForm(request.POST or None, instance=works)
    if request.method == "POST" and form.is_valid():
        invoices.save_works(form.instance, by=request.user)
        messages.success(request, "C’est enregistré.")
        return redirect("visits:works-show", action.uid)
    return _page(request, action, works_form=form, status=422 if form.errors else 200)


@require_POST
@roles(*DECIDERS)
def invoice_new(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Write down an invoice of these works."""
    action, form = _action(request, uid), InvoiceForm(request.POST)
    if form.is_valid() and _kept(request, form, action):
        return redirect("visits:works-show", action.uid)
    return _page(request, action, invoice_form=form, status=422)


@require_http_methods(["GET", "POST"])
@roles(*DECIDERS)
def invoice_edit(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Correct an invoice that no claim holds."""
    invoice = _invoice(request, uid)
    action, form = invoice.works.action, InvoiceForm(request.POST or None, instance=invoice)
    if request.method == "POST" and form.is_valid() and _kept(request, form, action):
        return redirect("visits:works-show", action.uid)
    context = {"form": form, "invoice": invoice, "action": action}
    status = 422 if form.errors else 200
    return render(request, "visits/works_invoice.html", context, status=status)


@require_POST
@roles(*DECIDERS)
def invoice_remove(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Take away an invoice written by mistake."""
    invoice = _invoice(request, uid)
    try:
        invoices.remove_invoice(invoice, by=request.user)
        messages.success(request, f"La facture {invoice.number} est retirée.")
    except invoices.InvoiceRefusal as refusal:
        messages.error(request, str(refusal))
    return redirect("visits:works-show", invoice.works.action.uid)


@require_GET
@roles(*DECIDERS)
def register(request: HttpRequest) -> HttpResponse:
    """What may be claimed from the property tax, and where each claim stands."""
    entries = tax.register(request.user)
    years = sorted({entry.year for entry in entries}, reverse=True)
    context = {"entries": entries, "years": years, "left_out": tax.left_out(request.user)}
    return render(request, "visits/works_tax.html", context)


@require_POST
@roles(*DECIDERS)
def register_mark(request: HttpRequest, year: int, residence: int) -> HttpResponse:
    """Mark a line of the register, in one gesture."""
    place = get_object_or_404(visible_residences(request.user), pk=residence)
    _check_year(year)
    before, claim = request.POST.get("from", ""), request.POST.get("claim", "")
    if not {before, claim} <= set(Claim.values):
        messages.error(request, "Cet état n’existe pas\u00a0: rien n’a changé.")
        return redirect("visits:works-tax")
    try:
        count = tax.mark(
            request.user,
            year=year,
            residence=place,
            tax_roll=request.POST.get("roll", "")[:40],
            before=Claim(before),
            claim=Claim(claim),
            on=timezone.localdate(),
        )
        said = f"{count} facture{'s' if count > 1 else ''}"
        messages.success(request, f"{place}, {year}\u00a0: {said}, {Claim(claim).label}.")
    except tax.ClaimRefusal as refusal:
        messages.error(request, str(refusal))
    return redirect("visits:works-tax")


@require_GET
@roles(*DECIDERS)
def register_workbook(request: HttpRequest, year: int) -> FileResponse:
    """The claim file of a year: one row for each invoice, nobody named."""
    from visits.works.exports import write_claim  # noqa: PLC0415

    _check_year(year)
    name = f"taxe-fonciere-paiements-{year}.xlsx"
    return download(write_claim(tax.claim_file(request.user, year)), name, XLSX)


@require_GET
@roles(*DECIDERS)
def budget(request: HttpRequest) -> HttpResponse:
    """The budget of a year by funder: given, committed, spent, left."""
    this_year = timezone.localdate().year
    year = _year(request.GET.get("annee", ""), this_year)
    lines = budgets.lines_of(year)
    context = {"year": year, "lines": lines, "before": year - 1, "after": year + 1}
    context["together"] = budgets.together(lines)
    context["missing"] = all(line.given is None for line in lines)
    return render(request, "visits/works_budget.html", context)


@require_http_methods(["GET", "POST"])
@roles(*DECIDERS)
def budget_edit(request: HttpRequest, year: int, funder: str) -> HttpResponse:
    """Give or change the budget of one funder."""
    _check_year(year)
    if funder not in FUNDERS:
        raise Http404
    known = Budget.objects.filter(year=year, funder=funder).first()
    form = BudgetForm(request.POST or None, instance=known or Budget(year=year, funder=funder))
    if request.method == "POST" and form.is_valid():
        budgets.save_budget(year, funder, by=request.user, **form.cleaned_data)
        messages.success(request, f"Budget {year}, {FUNDERS[funder]}\u00a0: c’est enregistré.")
        return redirect(f"{reverse('visits:works-budget')}?annee={year}")
    context = {"form": form, "year": year, "label": FUNDERS[funder]}
    status = 422 if form.errors else 200
    return render(request, "visits/works_budget_edit.html", context, status=status)


def _kept(request: HttpRequest, form: InvoiceForm, action: Action) -> bool:
    """Whether the door kept the invoice; its refusal is on the form."""
    try:
        invoices.save_invoice(form.instance, action, by=request.user)
    except invoices.InvoiceRefusal as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, f"La facture {form.instance.number} est enregistrée.")
    return True


def _page(
    request: HttpRequest,
    action: Action,
    *,
    works_form: WorksForm | None = None,
    invoice_form: InvoiceForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page of a work; the person is named if she is still in sight, so it is journalled."""
    [dressed] = dress([action])
    in_sight = visible_seniors(request.user).filter(pk=dressed.person.pk).exists()
    if in_sight:
        AccessLog.objects.create(user=request.user, gesture="works-show", senior=dressed.person)
    works = getattr(action, "works", None)
    context = {
        "action": dressed,
        "in_sight": in_sight,
        "works": works,
        "price": getattr(action.kind, "price", None),
        "cost": costs_of([action]).get(action.pk),
        "asked_on": invoices.requested_on(action),
        "invoices": Invoice.objects.filter(works__action=action),
        "works_form": works_form or WorksForm(instance=works or Works(action=action)),
        "invoice_form": invoice_form or InvoiceForm(),
        "suggestions": suggestions_of(dressed.person, action.kind) if in_sight else [],
        "declared": ASKED if in_sight and dressed.person.dwelling_id else (),
    }
    return render(request, "visits/works_show.html", context, status=status)


def _action(request: HttpRequest, uid: UUID) -> Action:
    """Works whose money this person keeps."""
    seen = works_kept_by(request.user).select_related(*LINKS, "kind__price", "dwelling__residence")
    return get_object_or_404(seen, uid=uid)


def _invoice(request: HttpRequest, uid: UUID) -> Invoice:
    """An invoice of such works."""
    seen = Invoice.objects.filter(works__action__in=works_kept_by(request.user).values("pk"))
    return get_object_or_404(seen.select_related("works__action__kind"), uid=uid)


def _year(text: str, default: int) -> int:
    """A year of four figures; the default for anything else."""
    known = text.isdecimal() and len(text) == 4 and int(text) in YEARS
    return int(text) if known else default


def _check_year(year: int) -> None:
    """An address of no year that may be is nowhere."""
    if year not in YEARS:
        raise Http404
