"""What axe-core looked at since the test began: the views and the templates of its pages."""

from urllib.parse import urlsplit

from django.http import HttpRequest
from django.template import Context, Template
from django.test.signals import template_rendered
from django.urls import Resolver404, resolve

LOOKED_AT: set[str] = set()
# {path: (the last request of a whole page there, the templates of its answer)}
_answers: dict[str, tuple[HttpRequest, set[str]]] = {}


def forget() -> None:
    """A test begins."""
    LOOKED_AT.clear()
    _answers.clear()


def note(url: str) -> None:
    """axe has looked at the page of this address, as it was last answered."""
    path = urlsplit(url).path
    LOOKED_AT.update(_answers.get(path, (None, set()))[1])
    try:
        LOOKED_AT.add(resolve(path).view_name)
    except Resolver404:
        return


def _rendered(template: Template, context: Context, **_: object) -> None:
    """Django's test client has every template tell when it is rendered, in the live site too."""
    request = getattr(context, "request", None)
    if request is None or request.headers.get("HX-Request"):
        return
    last, _names = _answers.get(request.path, (None, set()))
    if last is not request:
        _answers[request.path] = (request, set())
    _answers[request.path][1].add(template.name)


template_rendered.connect(_rendered)
