"""A senior's agreements, taken back from her sheet: what goes is shown, then done."""

import uuid
from io import BytesIO

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from seniors import erasing, queries, retention, withdrawal
from seniors.access import DECIDERS, STAFF, roles, visible_seniors
from seniors.consent_forms import ErasureForm, WithdrawalForm
from seniors.enums import ConsentKind, Role
from seniors.models import AccessLog
from seniors.web import download


@require_http_methods(["GET", "POST"])
@roles(*STAFF)
def consent_withdraw(request: HttpRequest, uid: uuid.UUID, kind: str) -> HttpResponse:
    """What taking one agreement back erases, with counts; confirmed, it is erased at once."""
    from seniors import sheet  # noqa: PLC0415

    senior = get_object_or_404(visible_seniors(request.user), uid=uid)
    if kind not in ConsentKind.values:
        raise Http404
    kind = ConsentKind(kind)
    form = WithdrawalForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            done = withdrawal.withdraw(
                senior, [kind], by=request.user, channel=form.cleaned_data["channel"]
            )
            messages.success(request, withdrawal.said_of(done))
        except withdrawal.WithdrawalRefusal as refusal:
            messages.error(request, str(refusal))
        return redirect("seniors:senior-show", senior.uid)
    records = queries.records_of(senior)
    context = {
        "senior": senior,
        "form": form,
        "agreed": next(one for one in sheet.agreements(records) if one.kind == kind),
        "pieces": withdrawal.what_goes(senior, [kind]),
        "after": withdrawal.AFTER[kind],
    }
    status = 422 if form.errors else 200
    return render(request, "seniors/consent_withdraw.html", context, status=status)


@require_GET
@roles(*DECIDERS)
def letter_show(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """What is kept about her, to be given to her: a PDF in large type; that it was made is
    logged."""
    from seniors.letter.content import letter_of  # noqa: PLC0415
    from seniors.letter.pdf import print_letter  # noqa: PLC0415

    linked = visible_seniors(request.user).select_related("dwelling__read_in", "read_in")
    senior = get_object_or_404(linked, uid=uid)
    AccessLog.objects.create(user=request.user, gesture="letter-print", senior=senior)
    content = BytesIO(print_letter(letter_of(senior)))
    return download(content, "ce-que-nous-gardons.pdf", "application/pdf")


@require_http_methods(["GET", "POST"])
@roles(Role.ADMINISTRATOR)
def erase(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """All of hers that would go and what would stay, and why; a second page confirms."""
    senior = get_object_or_404(visible_seniors(request.user).filter(erased_on=None), uid=uid)
    second = request.method == "POST" or "confirmer" in request.GET
    form = ErasureForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            erasing.erase(senior, by=request.user, typed=form.cleaned_data["typed"])
        except erasing.ErasureRefusal as refusal:
            form.add_error("typed", str(refusal))
        else:
            messages.success(request, "Tout est effacé. Il ne reste que ce qui était annoncé.")
            return redirect("seniors:senior-list")
    context = {"senior": senior, "plan": erasing.plan(senior), "form": form if second else None}
    status = 422 if form.errors else 200
    return render(request, "seniors/erase_plan.html", context, status=status)


@require_GET
@roles(Role.ADMINISTRATOR)
def retention_show(request: HttpRequest) -> HttpResponse:
    """What is erased tonight and within a month, rule by rule; nobody is named."""
    return render(request, "seniors/retention_show.html", {"lines": retention.lines()})
