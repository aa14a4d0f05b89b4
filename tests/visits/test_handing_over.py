"""Handing an action over, as staff do it: the link shown once, the paper, the agreement."""

import re
from io import BytesIO
from urllib.parse import unquote

import pytest
from django.core.cache import cache
from django.urls import reverse
from pypdf import PdfReader

from seniors.enums import Role
from seniors.models import AccessLog, Senior
from tests.make import make_dwelling, make_user
from tests.visits.acting import (
    make_action,
    make_asked,
    make_person,
    page_of,
    territory_of,
)
from visits.acting.follow_up import FollowUpRefusal, withdraw
from visits.acting.hand_over import HandOver
from visits.acting.referrals import make_link
from visits.documents.referral import print_hand_over
from visits.enums import State
from visits.models import ActionKind, Referral

pytestmark = pytest.mark.django_db
S = State


@pytest.fixture(autouse=True)
def _empty_memory():
    cache.clear()


def page(client, secret: str, **extra):
    return client.get(reverse("referral-show", args=[secret]), **extra)


# What staff do


def staff_addresses(action) -> tuple[str, str]:
    return (
        reverse("visits:action-link", args=[action.uid]),
        reverse("visits:action-paper", args=[action.uid]),
    )


def test_a_link_is_shown_once_with_a_mail_that_names_nobody(client):
    action, _ = make_asked()
    client.force_login(action.created_by)
    text = client.post(staff_addresses(action)[0]).content.decode()
    secret = re.search(r"/transmission/([\w-]+)/\" readonly", text)[1]
    assert page(client, secret).status_code == 200
    mail = unquote(re.search(r"href=\"(mailto:[^\"]+)\"", text)[1])
    assert mail.startswith("mailto:accueil@admr.example?")
    assert f"/transmission/{secret}/" in mail
    for hidden in ("Kermarrec", "Siam", "domicile"):
        assert hidden not in mail
    assert (
        secret not in client.get(reverse("visits:action-show", args=[action.uid])).content.decode()
    )
    gestures = list(AccessLog.objects.values_list("gesture", flat=True))
    assert gestures == ["referral-link", "action-show"]


def test_nothing_is_handed_over_without_an_agreement(client):
    action, _ = make_asked()
    withdraw(action.agreements.get(), by=action.created_by)
    client.force_login(action.created_by)
    link, paper = staff_addresses(action)
    for answer in (client.post(link, follow=True), client.get(paper, follow=True)):
        assert "Il n’y a pas d’accord de la personne" in answer.content.decode()
    assert Referral.objects.count() == 1


@pytest.mark.parametrize("state", [S.ACCEPTED, S.PARTNER_REFUSED, S.CANCELLED])
def test_nothing_is_handed_over_before_it_is_asked_or_after_it_ended(state):
    action = make_action("home_help", state)
    with pytest.raises(FollowUpRefusal) as raised:
        make_link(action, by=action.created_by)
    assert raised.value.code == "not_asked"
    works = make_action("grab_bars", S.REQUESTED)
    with pytest.raises(FollowUpRefusal):
        make_link(works, by=works.created_by)


def test_the_paper_is_one_page_that_says_who_where_and_what(client):
    action, _ = make_asked()
    client.force_login(action.created_by)
    answer = client.get(staff_addresses(action)[1])
    reader = PdfReader(BytesIO(answer.getvalue()))
    text = " ".join(reader.pages[0].extract_text().split())
    assert len(reader.pages) == 1
    for said in ("Demande à ADMR de l’Iroise", "Aide à domicile", "Jeanne Kermarrec",
                 "3 rue de Siam", "J’accepte que", "Camille"):  # fmt: skip
        assert said in text
    for hidden in ("1940", action.senior.reference, "score", "ménage"):
        assert hidden not in text
    assert AccessLog.objects.get().gesture == "referral-pdf"


@pytest.mark.parametrize(("code", "stays"), [("grab_bars", True), ("home_help", False)])
def test_works_stay_with_the_dwelling_she_left_and_help_follows_her(client, code, stays):
    """Of a dwelling that she has left, the partner reads where it is, not who or where she is."""
    ActionKind.objects.filter(code=code).update(by_partner=True)
    senior, officer = make_person(last_name="Kermarrec", mobile="0600000002")
    action = make_action(code, S.REQUESTED, senior=senior, by=officer)
    _, secret = make_link(action, by=officer)
    new = make_dwelling(senior.dwelling.residence, street="Cale")
    Senior.objects.filter(pk=senior.pk).update(dwelling=new)
    client.force_login(officer)
    warned = "n’habite plus le logement de ces travaux"
    assert (warned in client.get(page_of(action)).content.decode()) == stays
    papers = (reverse("referral-paper", args=[secret]), staff_addresses(action)[1])
    texts = [PdfReader(BytesIO(client.get(one).getvalue())).pages[0].extract_text()
             for one in papers]  # fmt: skip
    for text in (page(client, secret).content.decode(), *texts):
        said = {one for one in ("rue de Siam", "Cale", "Kermarrec", "J’accepte", "00 00 02",
                                "rendez-vous avec") if one in " ".join(text.split())}  # fmt: skip
        assert said == (
            {"rue de Siam", "rendez-vous avec"} if stays
            else {"Cale", "Kermarrec", "J’accepte", "00 00 02"}
        )  # fmt: skip


def test_the_longest_names_stay_on_one_page_and_whole():
    words = " ".join(["Quéméneur"] * 17)
    file = HandOver(
        landlord=words[:60], contact=words[:80], contact_phone="02 98 00 00 00",
        partner=words[:120], asked=words[:80], name=words,
        address=(words, words, words[:80]), access=words[:90],
        phones=("06 00 00 00 00", "02 98 00 00 01"), agreed=f"{words} {words} {words} fin",
        given_on="1er octobre 2026",
    )  # fmt: skip
    reader = PdfReader(BytesIO(print_hand_over(file)))
    heights = []
    reader.pages[0].extract_text(visitor_text=lambda said, _, tm, *__: heights.append(tm[5]))
    assert len(reader.pages) == 1
    assert min(one for one in heights if one) > 25
    assert "fin" in reader.pages[0].extract_text().split()


def test_taking_an_agreement_back_says_what_stops(client):
    action, secret = make_asked()
    here = territory_of(action.senior)
    client.force_login(make_user(Role.MANAGER, here))
    agreement = action.agreements.get()
    address = reverse("visits:action-withdraw", args=[agreement.pk])
    assert "1 lien s’éteint" in client.get(address).content.decode()
    assert page(client, secret).status_code == 200
    client.post(address)
    assert page(client, secret).status_code == 410
    text = client.get(reverse("visits:action-show", args=[action.uid])).content.decode()
    assert "Il n’y a plus d’accord pour ADMR de l’Iroise" in text
