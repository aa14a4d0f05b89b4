"""Gestures of who answers on the web."""

import re
from datetime import timedelta

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from surveys.models import Invitation
from tests.surveys.make import make_campaign, territory_of

YES = {"consent_visit": "1", "consent_health": "1"}


def open_campaign(senior, **fields):
    """A campaign that is open today."""
    today = timezone.localdate()
    fields = {
        "opened_on": today - timedelta(days=20),
        "closes_on": today + timedelta(days=20),
    } | fields
    return make_campaign(territory_of(senior), **fields)


def url(name: str, invitation: Invitation, *args: str) -> str:
    return reverse(f"surveys:{name}", args=[invitation.reference, *args])


def come_in(client: Client, invitation: Invitation, year: str = "1940"):
    return client.post(url("web-open", invitation), {"year": year})


def text_of(page) -> str:
    """What the page says, its no-break spaces as spaces."""
    return page.content.decode().replace("&nbsp;", " ").replace("\xa0", " ")


def hidden(html: str) -> dict[str, str]:
    """What the page's main form sends beside her answers."""
    pairs = re.findall(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)"', html)
    return {name: value for name, value in pairs if name != "csrfmiddlewaretoken"}


def answer(client, invitation, code, value="", *, go="next", page=None, **more):
    """Open a question, answer it; `page` is one that was opened before."""
    address = url("web-question", invitation, code)
    page = page or client.get(address)
    told = hidden(page.content.decode()) | {"go": go, code: value} | more
    return client.post(address, {name: one for name, one in told.items() if one != ""})


def fill_all(client, invitation, **values):
    """The whole questionnaire in one page."""
    address = url("web-all", invitation)
    sent = hidden(client.get(address).content.decode()) | {"go": "check"} | values
    return client.post(address, sent)


def send(client, invitation):
    address = url("web-check", invitation)
    return client.post(address, hidden(client.get(address).content.decode()))
