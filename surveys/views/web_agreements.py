"""Her agreements on her own page: what she gave, and how to take it back at once; a closed survey
leaves that page open for a year."""

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from seniors import consents, withdrawal
from seniors.enums import ConsentKind
from seniors.models import Consent, Senior
from seniors.person import records_of
from surveys.models import Invitation
from surveys.receiving import drafts, web
from surveys.views import web_door as door


@require_http_methods(["GET", "HEAD", "POST"])
@door.came_in
def web_agreements(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    """Choose agreements, read what goes with them, confirm: erased at once."""
    if not web.may_come_in(invitation.campaign):
        return door.to("web-open", invitation)
    person = invitation.senior.merged_into or invitation.senior
    given = _given(person)
    kinds = [kind for kind in given if kind in request.POST.getlist("kind")]
    context = {
        "lines": _lines(invitation, given),
        "status": "",
        "is_open": web.is_open(invitation.campaign),
    }
    if request.method == "POST" and "confirm" in request.POST:
        try:
            context["erased"] = withdrawal.withdraw(
                person, kinds, by=None, channel=withdrawal.Channel.WEB
            )
            context |= {"status": "done", "lines": _lines(invitation, _given(person))}
        except withdrawal.WithdrawalRefusal as refusal:
            context["refused"] = str(refusal)
    elif request.method == "POST" and kinds:
        goes = withdrawal.what_goes(person, kinds)
        context |= {"status": "confirm", "goes": goes, "lines": _lines(invitation, kinds)}
    elif request.method == "POST":
        context["refused"] = "Aucun accord n’est choisi\u00a0: rien n’a changé."
    status = 422 if "refused" in context else 200
    template = "surveys/web_agreements.html"
    return door.inner_page(request, template, invitation, context, status=status)


def _given(person: Senior) -> list[ConsentKind]:
    """The agreements that hold today, and those refused since by which something is still kept: a
    second answer that waits to be compared, or the night."""
    rows = Consent.objects.filter(senior__in=records_of([person.pk]))
    latest = consents.latest_by_kind(rows)
    told = [kind for kind in ConsentKind if kind in latest]
    return [kind for kind in told if latest[kind].given or withdrawal.what_goes(person, [kind])]


def _lines(invitation: Invitation, kinds: Sequence[ConsentKind]) -> list[tuple[str, str]]:
    """[(kind, the words she agreed to)]."""
    asked = drafts.questionnaire_of(invitation)
    words = {item.consent: item.text for item in asked.items.values() if item.consent}
    return [(kind.value, words.get(kind, kind.label)) for kind in kinds]
