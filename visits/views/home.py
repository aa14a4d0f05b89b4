"""The first page after log-in. It stands here because it reads all three apps."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from seniors.access import roles
from seniors.enums import Role
from visits.home import waiting_for


@require_GET
@roles(*Role)
def home(request: HttpRequest) -> HttpResponse:
    """What waits for this person."""
    return render(request, "home.html", waiting_for(request.user))
