"""Links handed to partners: one file, to whoever has the secret, while the tenant says yes."""

import re
from datetime import date, timedelta
from itertools import pairwise

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from seniors.enums import ConsentKind, Source
from seniors.models import Consent, Dwelling
from tests.make import make_senior
from tests.visits.acting import (
    WORDING,
    ago,
    kind_of,
    make_asked,
    make_partner,
    territory_of,
)
from visits.acting.follow_up import FollowUpRefusal, add_need, agree, decide, move, withdraw
from visits.acting.referrals import DAYS, READS_AN_HOUR, make_link
from visits.acting.taking_back import take_back
from visits.doors import MISSES
from visits.enums import State
from visits.models import Referral, ReferralRead

pytestmark = pytest.mark.django_db
S = State


@pytest.fixture(autouse=True)
def _empty_memory():
    cache.clear()


def page(client, secret: str, **extra):
    return client.get(reverse("referral-show", args=[secret]), **extra)


def say(client, secret: str, to: State, *, seen: State = S.REQUESTED, note: str = ""):
    """What a partner answers from a page that shows the action as `seen`."""
    told = {"to": to, "seen": seen, "signed": "Anne Kerjean", "note": note}
    return client.post(reverse("referral-answer", args=[secret]), told)


def is_bare(answer) -> bool:
    """Whether a page tells nothing of the file."""
    text = answer.content.decode()
    return not any(
        one in text for one in ("Kermarrec", "Siam", "tel:", "domicile", "ADMR", "Camille")
    )


# What a link shows


def test_a_link_shows_one_file_without_an_account(client):
    action, secret = make_asked()
    answer = page(client, secret)
    text = answer.content.decode()
    assert answer.status_code == 200
    for said in ("Kermarrec", "3 rue de Siam", "06\u00a000\u00a000\u00a000\u00a002",
                 "Aide à domicile", "J’accepte que", "Camille"):  # fmt: skip
        assert said in text
    assert action.senior.reference not in text
    assert "Menu" not in text


def test_a_link_shows_nothing_else_of_the_person(client):
    """No score, no other need or action, nothing on health, no birth."""
    action, secret = make_asked()
    by = action.created_by
    other = add_need(action.senior, "care", found_on=ago(9), by=by)
    decide(other, kind_of("alarm"), state=S.ACCEPTED, on=ago(9), by=by)
    text = page(client, secret).content.decode()
    for hidden in ("Téléassistance", "toilette", "1940", "score", "ménage"):
        assert hidden not in text


def test_an_address_in_capitals_is_written_as_one_reads_it(client):
    _, secret = make_asked()
    street = {"street_number": "38", "street": "BD JEAN MOULIN"}
    Dwelling.objects.update(complement="RESIDENCE LES DUNES", **street)
    shown = page(client, secret).content.decode()
    assert "38 boulevard Jean Moulin<br>Résidence les Dunes<br>" in shown


def test_a_link_is_kept_by_no_cache_and_told_to_no_site(client):
    _, secret = make_asked()
    for answer in (page(client, secret), page(client, "faux")):
        assert answer["Cache-Control"] == "private, no-store"
        assert answer["Referrer-Policy"] == "strict-origin"
        assert "noindex" in answer["X-Robots-Tag"]


def test_only_the_digest_of_a_secret_is_kept(client):
    _, secret = make_asked()
    referral = Referral.objects.get()
    assert len(secret) >= 43
    assert secret not in str(vars(referral))
    assert page(client, referral.digest).status_code == 404


def test_each_opening_is_written_down(client):
    _, secret = make_asked()
    page(client, secret)
    client.get(reverse("referral-paper", args=[secret]))
    say(client, secret, S.PARTNER_ACCEPTED)
    reads = ReferralRead.objects.order_by("pk").values_list("gesture", flat=True)
    assert list(reads) == ["read", "pdf", "answer"]


# What shuts it


def test_a_wrong_secret_opens_nothing(client):
    make_asked()
    answer = page(client, "x" * 43)
    assert answer.status_code == 404
    assert is_bare(answer)


def test_an_agreement_taken_back_shuts_the_link_at_once(client):
    action, secret = make_asked()
    withdraw(action.agreements.get(), by=action.created_by)
    for answer in (page(client, secret), say(client, secret, S.PARTNER_ACCEPTED),
                   client.get(reverse("referral-paper", args=[secret]))):  # fmt: skip
        assert answer.status_code == 410
        assert "a retiré son accord" in answer.content.decode()
        assert is_bare(answer)
    action.refresh_from_db()
    assert action.state == S.REQUESTED
    # A new yes makes new links; the old one stays shut.
    agree(action, action.partner, given_on=ago(0), by=action.created_by, wording=WORDING)
    assert page(client, secret).status_code == 410
    assert page(client, make_link(action, by=action.created_by)[1]).status_code == 200


def test_a_later_no_to_any_sharing_shuts_the_link_too(client):
    action, secret = make_asked()

    def told(given: bool, day: date) -> None:
        Consent.objects.create(
            senior=action.senior, kind=ConsentKind.SHARING, given=given, decided_on=day,
            wording="enquête", source=Source.SURVEY,
        )  # fmt: skip

    told(False, ago(30))  # before the yes for this action
    assert page(client, secret).status_code == 200
    told(False, ago(2))
    assert "a retiré son accord" in page(client, secret).content.decode()
    with pytest.raises(FollowUpRefusal):
        make_link(action, by=action.created_by)
    told(True, ago(1))
    assert page(client, secret).status_code == 200


def test_a_link_lasts_thirty_days(client):
    _, secret = make_asked()
    expires = Referral.objects.get().expires_at
    assert abs(expires - timezone.now() - timedelta(days=DAYS)) < timedelta(minutes=1)
    Referral.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    answer = page(client, secret)
    assert (answer.status_code, is_bare(answer)) == (410, True)


def test_a_new_link_shuts_the_one_before(client):
    action, secret = make_asked()
    newer = make_link(action, by=action.created_by)[1]
    answer = page(client, secret)
    assert (answer.status_code, is_bare(answer)) == (410, True)
    assert page(client, newer).status_code == 200


@pytest.mark.parametrize("state", [S.PARTNER_REFUSED, S.CONFIRMED, S.CANCELLED])
def test_a_link_shuts_when_there_is_nothing_more_to_do(client, state):
    action, secret = make_asked(S.DONE if state == S.CONFIRMED else S.REQUESTED)
    move(action, state, on=ago(0), by=action.created_by, note="Complet")
    answer = page(client, secret)
    assert (answer.status_code, is_bare(answer)) == (410, True)


def test_a_link_shuts_when_she_has_left(client):
    action, secret = make_asked()
    senior = action.senior
    senior.dwelling, senior.ended_on, senior.end = None, ago(1), "left"
    senior.save()
    answer = page(client, secret)
    assert (answer.status_code, is_bare(answer)) == (410, True)


def test_a_link_of_another_partner_shuts_when_the_action_is_asked_of_someone_else(client):
    action, secret = make_asked()
    by = action.created_by
    other = make_partner(name="Autre", territory=territory_of(action.senior))
    agree(action, other, given_on=ago(2), by=by, wording=WORDING)
    move(action, S.PARTNER_REFUSED, on=ago(1), by=by, note="Complet")
    move(action, S.REQUESTED, on=ago(1), by=by, partner=other)
    assert page(client, secret).status_code == 410
    newer = make_link(action, by=by)[1]
    assert "Autre" in page(client, newer).content.decode()


def test_a_merged_person_is_shown_as_the_record_kept(client):
    action, secret = make_asked()
    kept = make_senior(last_name="Gardée")
    action.senior.merged_into = kept
    action.senior.save()
    text = page(client, secret).content.decode()
    assert "Gardée" in text
    assert "Kermarrec" not in text


# Answering


def test_a_partner_answers_with_his_name_up_to_the_end(client):
    action, secret = make_asked()
    way = (S.REQUESTED, S.PARTNER_ACCEPTED, S.UNDER_WAY, S.DONE)
    for seen, to in pairwise(way):
        assert f'name="seen" value="{seen}"' in page(client, secret).content.decode()
        answer = say(client, secret, to, seen=seen)
        assert answer["Location"] == reverse("referral-show", args=[secret])
    steps = action.steps.filter(by=None).values_list("to_state", "signed", "partner__name")
    assert list(steps) == [(to, "Anne Kerjean", "ADMR de l’Iroise") for to in way[1:]]
    assert "c’est fait" in page(client, secret).content.decode()


def test_an_answer_passes_as_a_browser_sends_it_without_its_referrer():
    """Over TLS, with the token and the origin that the policy lets through."""
    action, secret = make_asked()
    browser = Client(enforce_csrf_checks=True)
    token = re.search(r"csrfmiddlewaretoken\" value=\"(\w+)", page(browser, secret, secure=True)
                      .content.decode())[1]  # fmt: skip
    told = {"to": S.PARTNER_ACCEPTED, "seen": S.REQUESTED, "signed": "Anne"}
    told["csrfmiddlewaretoken"] = token
    address = reverse("referral-answer", args=[secret])
    assert browser.post(address, told, secure=True).status_code == 403
    told = {"data": told, "secure": True, "headers": {"Origin": "https://testserver"}}
    assert browser.post(address, **told).status_code == 302
    action.refresh_from_db()
    assert action.state == S.PARTNER_ACCEPTED


def test_a_partner_refuses_with_a_reason_and_then_sees_nothing(client):
    action, secret = make_asked()
    assert say(client, secret, S.PARTNER_REFUSED).status_code == 422
    answer = say(client, secret, S.PARTNER_REFUSED, note="Plus de place avant mars")
    assert "Merci" in answer.content.decode()
    assert is_bare(answer)
    step = action.steps.last()
    assert (step.to_state, step.note) == (S.PARTNER_REFUSED, "Plus de place avant mars")
    assert page(client, secret).status_code == 410


@pytest.mark.parametrize("seen", [S.PARTNER_ACCEPTED, S.UNDER_WAY])
def test_a_partner_who_accepted_or_began_may_still_say_that_he_cannot_go_on(client, seen):
    action, secret = make_asked(seen)
    assert "ne pouvez pas continuer" in page(client, secret).content.decode()
    assert say(client, secret, S.PARTNER_REFUSED, seen=seen).status_code == 422
    answer = say(client, secret, S.PARTNER_REFUSED, seen=seen, note="Notre bénévole est parti")
    assert "Merci" in answer.content.decode()
    assert is_bare(answer)
    action.refresh_from_db()
    assert action.state == S.PARTNER_REFUSED
    step = action.steps.last()
    assert (step.note, step.signed) == ("Notre bénévole est parti", "Anne Kerjean")
    assert page(client, secret).status_code == 410
    client.force_login(action.created_by)
    staff = client.get(reverse("visits:action-show", args=[action.uid])).content.decode()
    assert "ne montre plus rien" in staff
    assert "valable jusqu’au" not in staff


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"signed": ""}, "Écrivez votre nom"),
        ({"to": S.CONFIRMED}, "n’est plus possible"),
        ({"to": "?"}, "n’est plus possible"),
        ({"to": S.PARTNER_REFUSED, "note": "Elle est démente"}, "Rien n’a changé"),
        ({"note": "2 40 05 29 019 001 21"}, "sécurité sociale"),
    ],
)
def test_a_wrong_answer_comes_back_with_what_was_typed(client, told, said):
    action, secret = make_asked()
    filled = {"to": S.PARTNER_ACCEPTED, "seen": S.REQUESTED, "signed": "Anne <b>"} | told
    answer = client.post(reverse("referral-answer", args=[secret]), filled)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    if filled["signed"]:
        assert "Anne &lt;b&gt;" in answer.content.decode()
    assert action.steps.count() == 3


def test_an_answer_sent_twice_counts_once(client):
    action, secret = make_asked()
    answers = [say(client, secret, S.PARTNER_ACCEPTED) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert action.steps.count() == 4


def test_a_partner_on_an_old_page_does_not_undo_what_happened_since(client):
    action, secret = make_asked()
    say(client, secret, S.PARTNER_ACCEPTED)
    answer = say(client, secret, S.PARTNER_REFUSED, note="Complet")
    assert answer.status_code == 422
    action.refresh_from_db()
    assert action.state == S.PARTNER_ACCEPTED


# Too often


def test_who_tries_many_secrets_waits(client):
    _, secret = make_asked()
    for _ in range(MISSES):
        assert page(client, "faux").status_code == 404
    answers = [page(client, "faux"), page(client, secret)]
    assert [answer.status_code for answer in answers] == [429, 429]
    assert is_bare(answers[1])
    assert page(client, secret, REMOTE_ADDR="192.0.2.7").status_code == 200


def test_one_link_opens_so_many_times_an_hour(client):
    _, secret = make_asked()
    referral = Referral.objects.get()
    ReferralRead.objects.bulk_create(
        ReferralRead(referral=referral, gesture="read") for _ in range(READS_AN_HOUR)
    )
    assert page(client, secret).status_code == 429
    ReferralRead.objects.update(at=timezone.now() - timedelta(minutes=61))
    assert page(client, secret).status_code == 200


def test_a_wrong_answer_that_shows_the_file_again_is_written_down(client):
    _, secret = make_asked()
    client.post(reverse("referral-answer", args=[secret]), {"to": "done", "seen": "requested"})
    assert list(ReferralRead.objects.values_list("gesture", flat=True)) == ["read"]


def test_a_request_taken_back_shuts_the_link_for_good(client):
    action, secret = make_asked()
    step = action.steps.standing().last()
    take_back(action, seen=step.pk, by=step.by)
    assert "Cette demande est close" in page(client, secret).content.decode()
