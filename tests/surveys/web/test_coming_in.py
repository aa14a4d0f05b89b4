"""Who comes in: one refusal for whatever is wrong, and not many tries."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from surveys.models import Invitation, Miss
from surveys.receiving import web
from tests.make import make_senior
from tests.surveys.web.pages import (
    come_in,
    open_campaign,
    text_of,
    url,
)

pytestmark = pytest.mark.django_db


def test_the_link_asks_the_year_and_shows_nothing_of_her(client, invitation):
    page = client.get(url("web-open", invitation))
    text = page.content.decode()
    assert "Bonjour" in text
    assert "Jeanne" not in text
    assert "Goff" not in text
    assert page["Cache-Control"] == "private, no-store"
    assert page["Referrer-Policy"] == "strict-origin"
    assert "noindex" in page["X-Robots-Tag"]
    assert "<script" not in text


def test_the_right_year_opens_and_so_does_a_reference_typed_with_spaces(client, invitation):
    assert come_in(client, invitation)["Location"] == url("web-start", invitation)
    ref = invitation.reference
    typed = f"{ref[:4].lower()} {ref[4:8]}-{ref[8:]}"
    other = Client()
    answer = other.post(reverse("surveys:web-home"), {"reference": typed, "year": "1940"})
    assert answer["Location"] == url("web-start", invitation)
    page = other.get(answer["Location"]).content.decode()
    assert "Jeanne" not in page
    assert "Goff" not in page


def test_whatever_is_wrong_is_answered_with_the_same_words(client, invitation, jeanne):
    unknown_year = make_senior(jeanne.dwelling, born_on=None)
    old = timezone.localdate() - timedelta(days=400)
    days = {"opened_on": old - timedelta(days=30), "closes_on": old}
    closed = open_campaign(jeanne, name="Close", **days)
    paper = open_campaign(jeanne, name="Papier")
    paper.on_web = False
    paper.save()
    later = open_campaign(jeanne, name="Future", opened_on=timezone.localdate() + timedelta(days=1))
    of = {one: one.invitations.get(senior=jeanne).reference for one in (closed, paper, later)}
    tries = [
        (invitation.reference, "1941"),
        (invitation.reference, ""),
        ("ABCDEFGHJKMN", "1940"),
        ("pas une référence", "1940"),
        *((reference, "1940") for reference in of.values()),
        (closed.invitations.get(senior=unknown_year).reference, ""),
        (closed.invitations.get(senior=unknown_year).reference, web.NOBODY),
    ]
    said = set()
    for reference, year in tries:
        page = client.post(reverse("surveys:web-home"), {"reference": reference, "year": year})
        text = re.sub(r'value="[^"]*"', "", page.content.decode())
        said.add((page.status_code, text, str(sorted(page.cookies.keys()))))
    assert len(said) == 1
    assert next(iter(said))[0] == 422


def test_fifty_wrong_links_a_minute_are_stopped(client, invitation):
    statuses = [
        client.post(
            reverse("surveys:web-open", args=[f"ABCDEFGHJ{n:03d}"]), {"year": "1940"}
        ).status_code
        for n in range(200, 250)
    ]
    assert statuses == [422] * web.FROM_A_PLACE + [429] * (50 - web.FROM_A_PLACE)
    assert come_in(client, invitation).status_code == 429
    elsewhere = Client(REMOTE_ADDR="203.0.113.9")
    assert come_in(elsewhere, invitation).status_code == 302


def test_the_years_of_one_reference_are_not_tried_out_from_many_places(invitation):
    for n in range(web.ON_A_REFERENCE):
        assert (
            come_in(Client(REMOTE_ADDR=f"203.0.113.{n}"), invitation, f"{1930 + n}").status_code
            == 422
        )
    assert come_in(Client(REMOTE_ADDR="198.51.100.1"), invitation).status_code == 429
    Miss.objects.update(at=timezone.now() - timedelta(hours=2))
    assert come_in(Client(REMOTE_ADDR="198.51.100.1"), invitation).status_code == 302


def test_tries_of_a_month_on_one_reference_shut_it(invitation):
    key = web._digest("reference", invitation.reference)
    made = [Miss(kind="reference", digest=key) for _ in range(web.ON_A_REFERENCE_MOST)]
    Miss.objects.bulk_create(made)
    Miss.objects.update(at=timezone.now() - timedelta(days=9))
    page = come_in(Client(), invitation)
    assert page.status_code == 429
    assert "depuis un mois" in text_of(page)
    assert "Attendez une heure" not in text_of(page)
    Miss.objects.update(at=timezone.now() - timedelta(days=31))
    assert come_in(Client(), invitation).status_code == 302


def test_without_the_year_no_page_opens_not_even_with_the_key_of_another(
    client, inside, jeanne, campaign
):
    other = make_senior(jeanne.dwelling)
    theirs = Invitation.objects.create(campaign=campaign, senior=other, sent_on=campaign.opened_on)
    client.cookies[web.COOKIE]["path"] = "/"
    for name, more in [
        ("web-start", []),
        ("web-question", ["falls"]),
        ("web-all", []),
        ("web-check", []),
        ("web-clash", []),
        ("web-later", []),
        ("web-agreements", []),
    ]:
        page = client.get(url(name, theirs, *more))
        assert page["Location"] == url("web-open", theirs)
