"""Records that may be the same person: proposed, compared, joined, parted again."""

import uuid

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from seniors import merge
from seniors.access import DECIDERS, roles, territories_of, visible_dwellings, visible_seniors
from seniors.enums import Role
from seniors.models import AccessLog, Merge, Senior
from seniors.record_forms import MergeForm

RECENT = 20


@require_GET
@roles(*DECIDERS)
def merge_list(request: HttpRequest) -> HttpResponse:
    """Pairs to look at, and the merges made lately."""
    seen = visible_seniors(request.user)
    done = _mine(request, Merge.objects.filter(undone_at=None))
    recent = done.select_related("kept", "absorbed", "merged_by").order_by("-pk")[:RECENT]
    context = {"pairs": merge.candidates(seen), "recent": list(recent)}
    return render(request, "seniors/merge_list.html", context)


@require_http_methods(["GET", "POST"])
@roles(*DECIDERS)
def merge_compare(request: HttpRequest, kept: uuid.UUID, absorbed: uuid.UUID) -> HttpResponse:
    """Two records side by side; where they clash, a person chooses."""
    first, second = _seen(request, kept), _seen(request, absorbed)
    AccessLog.objects.bulk_create(
        AccessLog(user=request.user, gesture="merge-compare", senior=one) for one in (first, second)
    )
    form = MergeForm(first, second, request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            merge.merge(first, second, form.cleaned_data, by=request.user)
        except merge.MergeRefusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Les deux fiches n’en font plus qu’une.")
            return redirect("seniors:senior-show", first.uid)
    context = {"form": form, "kept": first, "absorbed": second}
    status = 422 if form.errors else 200
    return render(request, "seniors/merge_compare.html", context, status=status)


@require_POST
@roles(*DECIDERS)
def merge_refuse(request: HttpRequest, kept: uuid.UUID, absorbed: uuid.UUID) -> HttpResponse:
    """They are two people: the pair is not proposed again."""
    try:
        merge.keep_apart(_seen(request, kept), _seen(request, absorbed), by=request.user)
        messages.success(request, "C’est noté\u00a0: ce sont deux personnes.")
    except merge.MergeRefusal as refusal:
        messages.error(request, str(refusal))
    return redirect("seniors:merge-list")


@require_POST
@roles(*DECIDERS)
def merge_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Part two records again."""
    done = get_object_or_404(_mine(request, Merge.objects.all()), pk=pk)
    given_back = done.before["fields"].get("dwelling_id", [None])[0]
    if given_back:
        get_object_or_404(visible_dwellings(request.user), pk=given_back)
    try:
        merge.undo(done, by=request.user)
        messages.success(
            request, "La fusion est annulée\u00a0: les deux fiches sont de nouveau là."
        )
    except merge.MergeRefusal as refusal:
        messages.error(request, str(refusal))
    return redirect("seniors:merge-list")


def _mine(request: HttpRequest, merges: QuerySet[Merge]) -> QuerySet[Merge]:
    """The merges of whom this person sees both records: parted again, each goes back to its own
    home. A record of someone who left belongs to no territory, and follows the other."""
    if request.user.role == Role.ADMINISTRATOR:
        return merges
    here = list(territories_of(request.user))
    for record in ("kept", "absorbed"):
        there = {f"{record}__dwelling__residence__territory__in": here}
        merges = merges.filter(Q(**there) | Q(**{f"{record}__dwelling": None}))
    return merges.exclude(kept__dwelling=None, absorbed__dwelling=None)


def _seen(request: HttpRequest, uid: uuid.UUID) -> Senior:
    """A record that this person may see."""
    seen = visible_seniors(request.user).select_related("dwelling__residence__territory")
    return get_object_or_404(seen, uid=uid)
