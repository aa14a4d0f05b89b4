"""Log-in, and nothing typed is lost to a session that ended: what a page was sending waits in the
log-in page, then in one that sends it once its author is back. Back already, through another tab,
she finds it in the latter at once: the page left open holds the token of the session before.

Nothing of it is kept here: it stays in the browser that had the page open.
"""

import json
from collections.abc import Callable

from django.contrib.auth import views
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.utils.decorators import method_decorator
from django.views.csrf import csrf_failure

from seniors import password

MOST_FIELDS, LONGEST = 300, 4000
EXPIRED = 403
NOT_KEPT = ("csrfmiddlewaretoken",)

View = Callable[..., HttpResponse]


def keeps_form(view: View) -> View:
    """A view whose form, sent after the session ended, is sent again after the log-in."""
    view.keeps_form = True
    return view


def waits(request: HttpRequest, view: View) -> bool:
    """Whether what this request sends is to be kept: a page's form, not what a script asks for."""
    by_script = request.headers.get("Sec-Fetch-Dest") == "empty"
    return request.method == "POST" and getattr(view, "keeps_form", False) and not by_script


def ask_again(request: HttpRequest) -> HttpResponse:
    """The log-in page, with what was being sent."""
    context = {
        "form": AuthenticationForm(request),
        "next": request.path,
        "kept": json.dumps(_sent(request)),
    }
    page = render(request, "registration/login.html", context, status=EXPIRED)
    add_never_cache_headers(page)  # nobody reads it with « back » on a shared computer
    return page


def token_refused(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without the token of this session: what a page of ours was sending may be sent again;
    of any other, Django's own refusal. Nothing was recorded."""
    view = getattr(request.resolver_match, "func", None)
    if not waits(request, view) or not _is_from_here(request):
        return csrf_failure(request, reason)
    if not request.user.is_authenticated:
        return ask_again(request)
    context = {"fields": _sent(request), "then": request.path}
    page = render(request, "registration/resume.html", context, status=EXPIRED)
    add_never_cache_headers(page)
    return page


def _is_from_here(request: HttpRequest) -> bool:
    """Whether one of our pages sent it: another site would have her confirm what it wrote."""
    here = f"{request.scheme}://{request.get_host()}"
    sent_by = request.headers
    return sent_by.get("Sec-Fetch-Site") == "same-origin" or sent_by.get("Origin") == here


def _sent(request: HttpRequest) -> list[tuple[str, str]]:
    """The fields of a form, but its token."""
    sent = [
        (name, value[:LONGEST])
        for name, values in request.POST.lists()
        for value in values
        if name not in NOT_KEPT
    ]
    return sent[:MOST_FIELDS]


@method_decorator(login_not_required, name="dispatch")  # its own dispatch loses what Django's said
class LoginView(views.LoginView):
    """Django's, and what waited goes on once the password was right."""

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        """Who is logged in goes on, unless the password is asked of her again."""
        self.redirect_authenticated_user = not password.is_asked(request)
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: object) -> dict:
        """A wrong password keeps it too."""
        return super().get_context_data(**kwargs) | {"kept": self.request.POST.get("kept", "")}

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """On to where she was going, or to the page that sends what waited there."""
        answer = super().form_valid(form)
        fields, then = _read(self.request.POST.get("kept", "")), self.get_redirect_url()
        if not fields or not then:
            return answer
        context = {"fields": fields, "then": then}
        return render(self.request, "registration/resume.html", context)


def _read(text: str) -> list[tuple[str, str]]:
    """What was kept; nothing when it is none of ours."""
    try:
        return [(str(name), str(value)) for name, value in json.loads(text)][:MOST_FIELDS]
    except (ValueError, TypeError, RecursionError):  # nested without end
        return []
