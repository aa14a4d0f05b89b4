"""A file of answers sent for one campaign; the import pages then take it on."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from seniors.access import roles
from seniors.enums import Role
from seniors.signing_in import keeps_form
from seniors.uploads import is_too_large
from surveys.forms import AnswersFileForm
from surveys.views.campaign import campaign_or_404


@keeps_form
@require_http_methods(["GET", "POST"])
@roles(Role.ADMINISTRATOR)
def answers_new(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Receive the file, its campaign already chosen."""
    from seniors.extract import intake, read  # noqa: PLC0415

    campaign = campaign_or_404(request, uid)
    form = AnswersFileForm(
        request.POST or None, request.FILES or None, too_large=is_too_large(request)
    )
    if request.method == "POST" and form.is_valid():
        file, day = form.cleaned_data["file"], form.cleaned_data["extract_on"]
        try:
            run = intake.receive(
                file, kind="answers", name=file.name, extract_on=day, by=request.user
            )
        except read.UnreadableFile as refusal:
            form.add_error("file", str(refusal))
        else:
            run.choices = {"options": {"campaign": str(campaign.uid)}}
            run.save(update_fields=["choices"])
            return redirect("seniors:import-columns", run.uid)
    status = 422 if form.errors else 200
    context = {"form": form, "campaign": campaign}
    return render(request, "surveys/answers_new.html", context, status=status)
