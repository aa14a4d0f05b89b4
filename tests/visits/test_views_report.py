"""The public page of the field watch: a report without an account."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.make import make_dwelling, make_residence, make_senior, make_user
from tests.visits.reporting import address, filled, make_hall
from tests.visits.test_watch import closed_tokens, make_link
from visits.field_watch.knocks import BY_ADDRESS
from visits.models import Signal, WatchLink

pytestmark = pytest.mark.django_db
NUMBERS = ("tel:15", "tel:18", "tel:112", "sms:114", "tel:3977")


@pytest.fixture
def link() -> WatchLink:
    """The link of a hall."""
    return make_hall()


def test_report_needs_no_account_and_leaves_no_cookie(client, link):
    page = client.get(address(link))
    sent = client.post(address(link, "watch-send"), filled())
    thanks = client.get(sent["Location"])
    assert (page.status_code, sent.status_code, thanks.status_code) == (200, 302, 200)
    assert not client.cookies
    made = Signal.objects.get()
    assert (made.link, made.kind, made.urgency, made.whereabouts) == (
        link,
        "not_seen",
        "now",
        "2e étage",
    )
    assert "appelez le 15" in thanks.content.decode()


def test_page_accepts_a_report_from_elsewhere_on_the_web_since_it_carries_no_right(link):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(make_user())
    assert strict.post(address(link, "watch-send"), filled()).status_code == 302
    assert Signal.objects.get().recorded_by is None


def test_numbers_stand_before_any_field_on_every_page(client, link):
    dead = reverse("watch-report", args=["x"])
    for url in (address(link), address(link, "watch-thanks"), dead):
        text = client.get(url).content.decode()
        last = max(text.index(f'"{number}"') for number in NUMBERS)
        assert last < text.find("<input") or "<input" not in text
        assert last < text.index("<h1")


def test_page_names_no_tenant_and_is_light(client, link):
    text = client.get(address(link)).content.decode()
    assert "Kerbernier" in text
    assert "Kermarrec" not in text
    assert "Anna" not in text
    assert "<script" not in text
    assert len(text) < 12_000


def test_every_dead_link_gives_the_same_page(client):
    pages = set()
    for token in closed_tokens().values():
        if token and "\x00" not in token:
            for name in ("watch-report", "watch-send", "watch-thanks"):
                answer = client.get(reverse(name, args=[token]))
                assert answer.status_code == 404
                pages.add(answer.content)
            answer = client.post(reverse("watch-send", args=[token]), filled())
            assert answer.status_code == 404
            pages.add(answer.content)
    assert len(pages) == 1
    assert not Signal.objects.exists()


def test_double_tap_counts_once(client, link):
    form = filled()
    first, second = (client.post(address(link, "watch-send"), form) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert Signal.objects.count() == 1


def test_what_is_missing_is_said_and_the_rest_is_kept(client, link):
    answer = client.post(address(link, "watch-send"), filled(urgency="", words="Trois colis"))
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "Dites quand il faut venir." in text
    assert "Trois colis" in text
    assert not Signal.objects.exists()


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "x"},
        {"urgency": "soon' OR 1=1"},
        {"floor": "99"},
        {"form_uid": "x"},
        {"words": "a" * 121},
        {"door": "a" * 26},
        {"reporter": "officer"},
        {"words": "a\x00"},
        {"kind": "other"},
        {"words": "Elle est folle"},
    ],
)
def test_what_the_page_does_not_offer_is_refused(client, link, fields):
    assert client.post(address(link, "watch-send"), filled(**fields)).status_code == 422
    assert not Signal.objects.exists()


def test_too_many_reports_get_a_friendly_answer_that_keeps_the_form(client, link):
    for _ in range(BY_ADDRESS):
        client.post(address(link, "watch-send"), filled())
    answer = client.post(address(link, "watch-send"), filled(words="Trois colis"))
    assert answer.status_code == 429
    assert "recommencez dans quelques minutes" in answer.content.decode()
    assert "Trois colis" in answer.content.decode()
    assert Signal.objects.count() == BY_ADDRESS


def test_limit_counts_where_the_proxy_heard_it_from(client, link, settings):
    settings.PROXIES = 1
    for n in range(BY_ADDRESS + 1):
        heard = {"X-Forwarded-For": f"198.51.100.{n}, 192.0.2.1"}
        answer = client.post(address(link, "watch-send"), filled(), headers=heard)
    assert answer.status_code == 429


def test_who_reports_is_remembered_in_the_address(client, link):
    sent = client.post(address(link, "watch-send"), filled(reporter="caretaker"))
    thanks = client.get(sent["Location"])
    again = thanks.context["again"]
    assert again.endswith("?qui=caretaker")
    assert client.get(again).context["form"]["reporter"].value() == "caretaker"
    assert client.get(address(link) + "?qui=<x>").context["form"]["reporter"].value() == ""


def test_only_dwelling_of_an_entrance_is_known_from_the_tap(client):
    """More entrances than doors that one looks through: the entrance alone is asked."""
    residence = make_residence()
    homes = [make_dwelling(residence, street_number=str(n)) for n in range(1, 15)]
    link = make_link(residence)
    offered = client.get(address(link)).context["form"]
    assert "floor" not in offered.fields
    entrances = [label for value, label in offered.fields["entrance"].choices]
    assert entrances[1:3] == ["1 rue de Siam", "2 rue de Siam"]
    assert entrances[-1] == "Je ne sais pas"
    client.post(address(link, "watch-send"), filled(entrance="10 rue de Siam"))
    client.post(address(link, "watch-send"), filled(entrance="?"))
    assert [one.dwelling for one in Signal.objects.order_by("pk")] == [homes[9], None]


@pytest.mark.parametrize("homes", [6, 14])
def test_three_touches_are_enough_whatever_the_entrances(client, homes):
    """What, where, then how urgent, which sends: the door where there are few, else the floor; the
    entrance stands at « Je ne sais pas »."""
    residence = make_residence()
    for n in range(homes):
        make_dwelling(residence, street_number=("2", "10")[n % 2], floor=n // 4, door=str(n))
    link = make_link(residence)
    form = client.get(address(link)).context["form"]
    asked = [name for name, field in form.fields.items() if field.required]
    touched = [name for name in asked if form[name].value() in (None, "")]
    assert sorted(touched) == sorted(["kind", "home" if homes == 6 else "floor", "urgency"])
    text = client.get(address(link)).content.decode()
    assert '<button type="submit" name="urgency" value="now">' in text


def test_number_of_queries_does_not_grow_with_the_residence(
    client, django_assert_num_queries, link
):
    for n in range(30):
        make_senior(make_dwelling(link.residence, floor=n % 5))
    with django_assert_num_queries(2):
        client.get(address(link))
