"""Log-in, and nothing typed is lost to a session that ended: what a page was sending waits in the
log-in page, then in one that sends it once its author is back. Back already, through another tab,
she finds it in the latter at once: the page left open holds the token of the session before.

Nothing of it is kept here: it stays in the browser that had the page open. A page says for whose
account it was made: on a shared computer nobody signs what another typed.
"""

import json
from collections.abc import Callable

from django.contrib.auth import views
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.utils.crypto import salted_hmac
from django.utils.decorators import method_decorator
from django.views.csrf import csrf_failure

from seniors import password

MOST_FIELDS, LONGEST = 500, 20_000
ENDED, EXPIRED, ANOTHER = 401, 403, 409
ACCOUNT = "account"  # beside the token of each form (`templatetags.account`)
NOT_KEPT = ("csrfmiddlewaretoken", ACCOUNT)
SESSION_ENDED = (
    "Votre session est terminée\u00a0: votre dernière réponse n’est pas enregistrée. Laissez cette "
    "page ouverte, connectez-vous dans un autre onglet, puis continuez ici."
)
OF_ANOTHER = (
    "Cette page a été ouverte par un autre compte que celui qui est connecté\u00a0: rien n’a été "
    "enregistré. Dans un autre onglet, connectez-vous avec le compte qui l’a ouverte, puis "
    "recommencez ici\u00a0; ou rechargez la page pour agir avec le vôtre."
)

View = Callable[..., HttpResponse]
Fields = list[tuple[str, str]]


def keeps_form(view: View) -> View:
    """A view whose form, sent after the session ended, is sent again after the log-in."""
    view.keeps_form = True
    return view


def account_of(user: AbstractBaseUser | AnonymousUser) -> str:
    """What a page says of whose it is: the same for each page of an account, and says no more; ""
    for nobody."""
    if not user.is_authenticated:
        return ""
    return salted_hmac("seniors.signing_in.account", str(user.pk)).hexdigest()[:16]


def waits(request: HttpRequest, view: View) -> bool:
    """Whether what this request sends is to be kept: a page's form, not what a script asks for."""
    return _is_form(request, view) and not _is_by_script(request)


def is_of_another(request: HttpRequest, view: View) -> bool:
    """Whether the page that sends this was made for another account than the one logged in. What
    comes from no page says nothing, and the doors of a phone know whose it is; whoever is logged
    in may log out, or do what takes no log-in."""
    if request.method != "POST" or not request.user.is_authenticated:
        return False
    is_open = not getattr(view, "login_required", True) or getattr(view, "answers_json", False)
    if is_open or request.resolver_match.url_name == "logout":
        return False
    account = _account(request)
    return bool(account) and account != account_of(request.user)


def ended(request: HttpRequest, view: View) -> HttpResponse | None:
    """The answer to a form that keeps what is typed, when the session has ended; None for another
    request, which goes to the log-in page."""
    if not _is_form(request, view):
        return None
    if _is_by_script(request):  # the page stays, with what is typed in it
        return JsonResponse({"said": SESSION_ENDED}, status=ENDED)
    return ask_again(request)


def ask_again(request: HttpRequest) -> HttpResponse:
    """The log-in page, with what was being sent."""
    return _ask(request, request.get_full_path(), _kept(request), EXPIRED)


def refuse_another(request: HttpRequest, view: View) -> HttpResponse:
    """Nothing is recorded of a page made for another account: what it held waits for its author."""
    if _is_by_script(request):
        return JsonResponse({"said": OF_ANOTHER}, status=ANOTHER)
    kept = _kept(request) if waits(request, view) else ""
    return _ask(request, request.get_full_path(), kept, ANOTHER)


def token_refused(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without the token of this session: what a page of ours was sending may be sent again
    by its author; of any other, Django's own refusal. Nothing was recorded."""
    view = getattr(request.resolver_match, "func", None)
    if not waits(request, view) or not _is_from_here(request):
        return csrf_failure(request, reason)
    if not request.user.is_authenticated:
        return ask_again(request)
    if _account(request) != account_of(request.user):  # one that does not say so is nobody's
        return refuse_another(request, view)
    return _resume(request, _sent(request), request.get_full_path(), EXPIRED)


def _ask(request: HttpRequest, then: str, kept: str, status: int) -> HttpResponse:
    """The log-in page, with what is kept; or why it is refused to who is logged in."""
    context = {
        "form": AuthenticationForm(request),
        "next": then,
        "kept": kept,
        "of_another": status == ANOTHER,
    }
    page = render(request, "registration/login.html", context, status=status)
    add_never_cache_headers(page)  # nobody reads it with « back » on a shared computer
    return page


def _resume(request: HttpRequest, fields: Fields, then: str, status: int = 200) -> HttpResponse:
    """The page that sends it again."""
    context = {"fields": fields, "then": then}
    page = render(request, "registration/resume.html", context, status=status)
    add_never_cache_headers(page)
    return page


def _is_form(request: HttpRequest, view: View) -> bool:
    return request.method == "POST" and getattr(view, "keeps_form", False)


def _is_by_script(request: HttpRequest) -> bool:
    return bool(request.htmx) or request.headers.get("Sec-Fetch-Dest") == "empty"


def _is_from_here(request: HttpRequest) -> bool:
    """Whether one of our pages sent it: another site would have her confirm what it wrote."""
    here = f"{request.scheme}://{request.get_host()}"
    sent_by = request.headers
    return sent_by.get("Sec-Fetch-Site") == "same-origin" or sent_by.get("Origin") == here


def _account(request: HttpRequest) -> str:
    """The account for which the page that sends this was made."""
    return request.POST.get(ACCOUNT) or request.headers.get("X-Account", "")


def _sent(request: HttpRequest) -> Fields:
    """The fields of a form, but its token."""
    sent = [
        (name, value[:LONGEST])
        for name, values in request.POST.lists()
        for value in values
        if name not in NOT_KEPT
    ]
    return sent[:MOST_FIELDS]


def _kept(request: HttpRequest) -> str:
    """The same, and whose they are, as a page keeps them."""
    return json.dumps({"account": _account(request), "fields": _sent(request)})


def _read(text: str) -> tuple[str, Fields]:
    """Whose it is, and what was kept; nothing when it is none of ours."""
    try:
        kept = json.loads(text)
        fields = [(str(name), str(value)) for name, value in kept["fields"]]
        return str(kept["account"]), fields[:MOST_FIELDS]
    except (ValueError, TypeError, KeyError, RecursionError):  # nested without end
        return "", []


@method_decorator(login_not_required, name="dispatch")  # its own dispatch loses what Django's said
class LoginView(views.LoginView):
    """Django's, and what waited goes on once the password was right."""

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        """Who is logged in goes on, unless the password is asked of her again, or she comes for
        what another account typed."""
        is_asked = password.is_asked(request) or bool(request.POST.get("kept"))
        self.redirect_authenticated_user = not is_asked
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: object) -> dict:
        """A wrong password keeps it too."""
        kept = self.request.POST.get("kept", "")
        told = {"kept": kept, "of_another": bool(kept) and self.request.user.is_authenticated}
        return super().get_context_data(**kwargs) | told

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """On to where she was going, or to the page that sends what waited there."""
        answer = super().form_valid(form)
        kept, then = self.request.POST.get("kept", ""), self.get_redirect_url()
        account, fields = _read(kept)
        if not fields or not then:
            return answer
        if account != account_of(self.request.user):
            return _ask(self.request, then, kept, ANOTHER)
        return _resume(self.request, fields, then)
