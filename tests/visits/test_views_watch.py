"""The pages of the field watch for the teams: the inbox, a signal, the links."""

import uuid
from datetime import timedelta
from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from seniors.enums import Role
from seniors.models import AccessLog
from tests.make import make_dwelling, make_residence, make_senior, make_territory, make_user
from tests.visits.reporting import address, make_hall
from tests.visits.test_watch import make_link, seen
from visits.field_watch import watch
from visits.models import Need, Signal, Visit, WatchLink

pytestmark = pytest.mark.django_db


@pytest.fixture
def link() -> WatchLink:
    """The link of a hall."""
    return make_hall()


# The inbox


def staff(link: WatchLink):
    """The officer, a colleague of the territory, a manager, an administrator; then strangers."""
    here, elsewhere = link.residence.territory, make_territory()
    inside = [
        make_user(Role.OFFICER, here),
        make_user(Role.OFFICER, here, elsewhere),
        make_user(Role.MANAGER, here),
        make_user(Role.ADMINISTRATOR),
    ]
    outside = [make_user(Role.OFFICER, elsewhere), make_user(Role.MANAGER, elsewhere)]
    return inside, outside, make_user(Role.EVALUATOR, here)


@pytest.mark.parametrize("name", ["signal-show", "signal-take", "signal-match", "signal-close"])
def test_signal_opens_in_its_territory_only(client, link, name):
    signal = seen(link)
    url = reverse(f"visits:{name}", args=[signal.uid])
    ask = client.get if name == "signal-show" else client.post
    inside, outside, evaluator = staff(link)
    for user, expected in [
        *((one, (200, 302, 422)) for one in inside),
        *((one, (404,)) for one in outside),
        (evaluator, (403,)),
    ]:
        client.force_login(user)
        assert ask(url).status_code in expected
    client.force_login(outside[0])
    assert client.get(reverse("visits:signal-list")).context["page"].paginator.count == 0


def test_inbox_puts_the_most_urgent_then_the_oldest_first(client, link):
    made = [seen(link, urgency=one) for one in ("watch", "now", "soon", "now")]
    closed = watch.close(seen(link), outcome="fine", by=link.created_by)
    client.force_login(link.created_by)
    listed = list(client.get(reverse("visits:signal-list")).context["page"])
    assert listed == [made[1], made[3], made[2], made[0]]
    assert list(client.get(reverse("visits:signal-list") + "?clos").context["page"]) == [closed]


@pytest.mark.parametrize("count", [1, 30])
def test_inbox_asks_the_same_number_of_queries(client, link, count, django_assert_num_queries):
    senior = make_senior(make_dwelling(link.residence))
    for n in range(count):
        made = seen(link, address=f"192.0.2.{n}")
        watch.match(made, senior, by=link.created_by)
        watch.take(made, by=link.created_by)
    client.force_login(link.created_by)
    with django_assert_num_queries(8):
        text = client.get(reverse("visits:signal-list")).content.decode()
    assert text.count('class="visit alone') == count


def test_inbox_answers_nothing_new_when_nothing_is(client, link):
    seen(link)
    client.force_login(link.created_by)
    url = reverse("visits:signal-list")
    stamp = client.get(url).context["stamp"]
    polled = {"seen": stamp}
    assert client.get(url, polled, headers={"HX-Request": "true"}).status_code == 204
    seen(link)
    answer = client.get(url, polled, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert answer.content.decode().startswith('<section id="signals"')


@pytest.mark.parametrize("count", [1, 30])
def test_signal_asks_the_same_number_of_queries(client, link, count, django_assert_num_queries):
    for n in range(count):
        make_senior(make_dwelling(link.residence, floor=2, door=str(n)))
    signal = seen(link, whereabouts="3 rue de Siam, 2e étage")
    client.force_login(link.created_by)
    with django_assert_num_queries(7):
        client.get(reverse("visits:signal-show", args=[signal.uid]))


def test_people_at_the_place_said_come_first_and_one_tap_says_who_it_is(client, link):
    there = make_senior(make_dwelling(link.residence, floor=7, street_number="3"))
    signal = seen(link, whereabouts="3 rue de siam, 7e étage")
    client.force_login(link.created_by)
    found = client.get(reverse("visits:signal-show", args=[signal.uid])).context["candidates"]
    assert [one.senior for one in found if one.is_here] == [there] == [found[0].senior]
    client.post(reverse("visits:signal-match", args=[signal.uid]), {"senior": there.uid})
    signal.refresh_from_db()
    assert signal.senior == there
    page = client.get(reverse("visits:signal-show", args=[signal.uid])).content.decode()
    assert there.full_name in page
    assert AccessLog.objects.filter(user=link.created_by, gesture="signal-show").count() == 1


def test_nobody_of_another_territory_can_be_named(client, link):
    stranger, signal = make_senior(last_name="Salaun"), seen(link)
    client.force_login(link.created_by)
    for said in (stranger.uid, "x", uuid.uuid4()):
        answer = client.post(reverse("visits:signal-match", args=[signal.uid]), {"senior": said})
        assert answer.status_code == 404
    page = client.get(reverse("visits:signal-show", args=[signal.uid]) + "?q=Salaun")
    assert page.context["candidates"] == []


def test_signal_is_taken_then_closed_with_needs_from_its_page(client, link):
    senior = make_senior(make_dwelling(link.residence))
    signal = watch.match(seen(link), senior, by=link.created_by)
    client.force_login(link.created_by)
    taken = {"back": "list"}
    answer = client.post(reverse("visits:signal-take", args=[signal.uid]), taken)
    assert answer["Location"] == reverse("visits:signal-list")
    close = reverse("visits:signal-close", args=[signal.uid])
    assert client.post(close, {}).status_code == 422
    refused = client.post(close, {"outcome": "need"})
    assert refused.status_code == 422
    assert "Cochez le besoin trouvé" in refused.content.decode()
    assert client.post(close, {"outcome": "need", "needs": ["alarm"]}).status_code == 302
    signal.refresh_from_db()
    assert (signal.outcome, signal.taken_by) == ("need", link.created_by)
    assert Need.objects.get().signal == signal
    client.post(reverse("visits:signal-reopen", args=[signal.uid]))
    signal.refresh_from_db()
    assert signal.closed_on is None


def test_second_who_takes_reads_who_was_first(client, link):
    signal = seen(link)
    watch.take(signal, by=make_user(first_name="Ana", last_name="Le Roux"))
    client.force_login(link.created_by)
    url = reverse("visits:signal-take", args=[signal.uid])
    text = client.post(url, follow=True).content.decode()
    assert "Ana Le Roux vient de prendre ce signalement" in text


def test_officer_enters_a_signal_for_someone_or_for_a_residence(client, link):
    senior = make_senior(make_dwelling(link.residence), last_name="Salaun")
    client.force_login(link.created_by)
    new = reverse("visits:signal-new")
    found = client.get(new + "?q=salaun").context
    assert (found["people"], found["residences"]) == ([senior], [])
    assert client.get(new + "?q=kerbernier").context["residences"] == [link.residence]
    entered = {
        "form_uid": uuid.uuid4(),
        "kind": "fall",
        "urgency": "now",
        "reporter": "officer",
        "seen_on": timezone.localdate(),
    }
    answer = client.post(new + f"?senior={senior.uid}", entered)
    again = client.post(new + f"?senior={senior.uid}", entered)
    assert answer.status_code == again.status_code == 302
    client.post(new + f"?residence={link.residence.pk}", entered | {"whereabouts": "hall"})
    assert list(Signal.objects.order_by("pk").values_list("senior", "whereabouts")) == [
        (senior.pk, ""),
        (None, "hall"),
    ]


@pytest.mark.parametrize(
    ("fields", "named"), [({"kind": "other"}, "words"), ({"seen_on": "2020-01-01"}, "seen_on")]
)
def test_refused_entry_says_why_beside_its_field(client, link, fields, named):
    senior = make_senior(make_dwelling(link.residence))
    client.force_login(link.created_by)
    entered = {"form_uid": uuid.uuid4(), "kind": "fall", "urgency": "now", "reporter": "officer"}
    entered |= {"seen_on": timezone.localdate()} | fields
    answer = client.post(reverse("visits:signal-new") + f"?senior={senior.uid}", entered)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [named]
    assert not Signal.objects.exists()


@pytest.mark.parametrize("query", ["senior=x", "residence=x", "residence=99999999999999", "q=%00"])
def test_entry_survives_a_made_up_address(client, query):
    client.force_login(make_user(Role.OFFICER, make_territory()))
    assert client.get(reverse("visits:signal-new") + f"?{query}").status_code in (200, 404)


def test_officer_cannot_enter_a_signal_elsewhere(client, link):
    client.force_login(make_user(Role.OFFICER, make_territory()))
    senior = make_senior(make_dwelling(link.residence))
    for query in (f"senior={senior.uid}", f"residence={link.residence.pk}"):
        assert client.get(reverse("visits:signal-new") + f"?{query}").status_code == 404


# Links


def test_link_is_made_listed_with_what_it_brought_and_revoked(client):
    residence = make_residence(name="Kerbernier")
    officer = make_user(Role.OFFICER, residence.territory)
    client.force_login(officer)
    index = reverse("visits:signal-links")
    assert client.get(index + "?q=kerb").context["residences"] == [residence]
    made = {"label": "hall", "expires_on": "2027-11-24"}
    new = reverse("visits:signal-link-new", args=[residence.pk])
    assert client.post(new, made).status_code == 302
    link = WatchLink.objects.get()
    watch.close(seen(link), outcome="fine", by=officer)
    seen(link)
    (listed,) = client.get(index).context["page"]
    assert (listed.received, listed.waiting, listed.is_dead) == (2, 1, 0)
    revoke = reverse("visits:signal-link-revoke", args=[link.uid])
    assert "2 signalements reçus" in client.get(revoke).content.decode()
    client.post(revoke)
    (listed,) = client.get(index).context["page"]
    assert (listed.is_dead, listed.address) == (1, "")
    assert client.get(address(link)).status_code == 404
    assert Signal.objects.count() == 2


@pytest.mark.parametrize(
    "name", ["signal-link-revoke", "signal-link-poster", "signal-link-cards", "signal-link-new"]
)
def test_link_belongs_to_its_territory(client, link, name):
    args = [link.residence.pk] if name == "signal-link-new" else [link.uid]
    inside, outside, evaluator = staff(link)
    for users, expected in ((inside, 200), (outside, 404), ([evaluator], 403)):
        for user in users:
            client.force_login(user)
            assert client.get(reverse(f"visits:{name}", args=args)).status_code == expected


@pytest.mark.parametrize("count", [1, 30])
def test_links_ask_the_same_number_of_queries(client, link, count, django_assert_num_queries):
    for _ in range(count - 1):
        make_link(link.residence)
    client.force_login(link.created_by)
    with django_assert_num_queries(5):
        client.get(reverse("visits:signal-links"))


@pytest.mark.parametrize(
    ("name", "query"), [("poster", ""), ("cards", ""), ("cards", "?technicien")]
)
def test_paper_says_the_numbers_and_where_to_go_and_names_nobody(client, link, name, query):
    client.force_login(link.created_by)
    url = reverse(f"visits:signal-link-{name}", args=[link.uid]) + query
    content = BytesIO(client.get(url).getvalue())
    (page,) = PdfReader(content).pages
    text = page.extract_text()
    for said in ("15", "18", "112", "114", "3977", "Kerbernier"):
        assert said in text
    assert "Kermarrec" not in text
    if name == "poster":
        assert f"http://testserver{address(link)}" in text.replace("\n", "")


def test_paper_of_a_closed_link_is_not_printed(client, link):
    watch.revoke(link, by=link.created_by)
    client.force_login(link.created_by)
    url = reverse("visits:signal-link-poster", args=[link.uid])
    assert client.get(url).status_code == 404


@pytest.mark.parametrize(
    ("outcome", "button"), [("done", "Dire la suite"), ("absent", "Je m’en occupe")]
)
def test_a_visit_made_since_is_said_and_asks_for_its_outcome(client, link, outcome, button):
    senior = make_senior(make_dwelling(link.residence))
    officer = make_user(Role.OFFICER, link.residence.territory)
    signal = watch.report(officer, form_uid=uuid.uuid4(), kind="fall", urgency="now", senior=senior)
    client.force_login(officer)
    assert "personne ne s’en occupe" in client.get(reverse("visits:signal-list")).content.decode()
    before = client.get(reverse("visits:signal-list")).context["stamp"]
    Visit.objects.create(
        senior=senior, made_on=timezone.localdate(), outcome=outcome, made_by=officer
    )
    answer = client.get(reverse("visits:signal-list"))
    page = answer.content.decode()
    assert answer.context["stamp"] != before
    assert f"par {officer}" in page
    assert button in page
    assert "personne ne s’en occupe" not in page
    shown = client.get(reverse("visits:signal-show", args=[signal.uid])).content.decode()
    assert f"par {officer}\u00a0: <strong>" in shown
    assert ("Dire la suite" in shown) == (outcome == "done")


def test_a_visit_made_before_says_nothing_of_the_signal(client, link):
    senior = make_senior(make_dwelling(link.residence))
    officer = make_user(Role.OFFICER, link.residence.territory)
    yesterday = timezone.localdate() - timedelta(days=1)
    Visit.objects.create(senior=senior, made_on=yesterday, outcome="done", made_by=officer)
    watch.report(officer, form_uid=uuid.uuid4(), kind="fall", urgency="now", senior=senior)
    client.force_login(officer)
    page = client.get(reverse("visits:signal-list")).content.decode()
    assert "personne ne s’en occupe" in page
    assert "Dire la suite" not in page
