"""After a report: the door, a word, or that it was a mistake, for some minutes and no account."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.make import make_dwelling, make_residence, make_senior, make_user
from tests.visits.reporting import address, filled
from tests.visits.test_watch import make_link
from visits.field_watch import watch
from visits.field_watch.completing import WHILE, ticket_of
from visits.field_watch.whereabouts import doors_in, places_in
from visits.models import Signal, WatchLink

pytestmark = pytest.mark.django_db


@pytest.fixture
def link() -> WatchLink:
    """A link of two entrances, ten doors each on five floors, a senior behind every one."""
    residence = make_residence(name="Kerbernier")
    for n in range(20):
        street_number, floor = ("2", "10")[n // 10], n % 10 // 2
        home = make_dwelling(
            residence, street_number=street_number, floor=floor, door=("A", "B")[n % 2]
        )
        make_senior(home, last_name="Kermarrec", first_name="Anna")
    return make_link(residence)


def sent(client, link: WatchLink, **fields) -> tuple[Signal, str]:
    """A report, and the address of the page after it."""
    answer = client.post(address(link, "watch-send"), filled(**{"entrance": "?"} | fields))
    return Signal.objects.latest("pk"), answer["Location"]


def add(client, page: str, **fields):
    """What is added from that page, and what it then says."""
    path, _, query = page.partition("?")
    return client.post(f"{path}suite/?{query}", fields, follow=True)


def test_the_door_is_one_more_touch_and_names_nobody(client, link):
    signal, page = sent(client, link, entrance="10 rue de Siam", floor="3")
    shown = client.get(page)
    assert [label for _, label in shown.context["doors"]] == [
        "10 rue de Siam, 3e étage, porte A",
        "10 rue de Siam, 3e étage, porte B",
    ]
    assert "Kermarrec" not in shown.content.decode()
    pk = shown.context["doors"][1][0]
    answer = add(client, page, home=pk)
    signal.refresh_from_db()
    assert (signal.dwelling_id, signal.whereabouts) == (pk, "10 rue de Siam, 3e étage, porte B")
    assert signal.whereabouts in answer.content.decode()
    assert 'aria-pressed="true"' in answer.content.decode()
    assert Signal.objects.count() == 1


def test_where_nothing_was_said_the_entrance_then_the_floor_are_links(client, link):
    _, page = sent(client, link, floor="?", entrance="?")
    steps = client.get(page).context["steps"]
    assert [label for label, _ in steps] == ["2 rue de Siam", "10 rue de Siam"]
    shown = client.get(page.partition("?")[0] + steps[1][1]).context["doors"]
    assert len(shown) == 10
    assert {label.split(",")[0] for _, label in shown} == {"10 rue de Siam"}


def test_few_doors_are_touched_on_the_first_page(client):
    residence = make_residence()
    homes = [make_dwelling(residence, floor=n // 2, door=str(n)) for n in range(6)]
    link = make_link(residence)
    form = client.get(address(link)).context["form"]
    assert [label for _, label in form.fields["home"].choices][1:3] == [
        "Rez-de-chaussée, porte 1",
        "1er étage, porte 2",
    ]
    made, _ = sent(client, link, home=str(homes[3].pk))
    assert made.dwelling == homes[3]
    assert made.whereabouts == "3 rue de Siam, 1er étage, porte 3"
    elsewhere, _ = sent(client, link, home="?")
    assert elsewhere.dwelling is None


def test_doors_that_nobody_tells_apart_are_not_offered():
    residence = make_residence()
    twins = [make_dwelling(residence, floor=1, door="") for _ in range(2)]
    alone = make_dwelling(residence, floor=2, door="")
    assert doors_in([*twins, alone]) == ((alone.pk, "2e étage"),)
    assert places_in([*twins, alone]).doors == ()


def test_words_are_added_and_kept_once(client, link):
    signal, page = sent(client, link)
    for _ in range(2):
        add(client, page, words="Trois colis devant la porte")
    signal.refresh_from_db()
    assert signal.what == "Trois colis devant la porte"
    add(client, page, words="Volets fermés")
    signal.refresh_from_db()
    assert signal.what == "Trois colis devant la porte. Volets fermés"


@pytest.mark.parametrize("words", ["Elle est folle", "a" * 121, "a\x00"])
def test_what_is_never_written_down_is_refused_and_kept_in_the_field(client, link, words):
    signal, page = sent(client, link)
    answer = add(client, page, words=words)
    assert answer.status_code == 422
    signal.refresh_from_db()
    assert signal.what == "aucun signe depuis plusieurs jours"


def test_a_mistake_is_taken_back_and_kept_as_such(client, link):
    signal, page = sent(client, link)
    text = add(client, page, mistake="1").content.decode()
    assert "Signalement annulé" in text
    signal.refresh_from_db()
    assert (signal.outcome, signal.closed_by) == ("mistaken", None)
    assert "Signaler autre chose" in text
    assert "mistake" not in text


def test_the_same_form_sent_again_stands_again(client, link):
    form = filled(entrance="?")
    client.post(address(link, "watch-send"), form)
    signal = Signal.objects.get()
    page = reverse("watch-done", args=[watch.token_of(link), ticket_of(signal)])
    add(client, page, mistake="1")
    client.post(address(link, "watch-send"), form)
    signal.refresh_from_db()
    assert (Signal.objects.count(), signal.closed_on) == (1, None)


def test_what_one_of_us_closed_as_a_mistake_stays_closed(client, link):
    form = filled(entrance="?")
    client.post(address(link, "watch-send"), form)
    watch.close(Signal.objects.get(), outcome="mistaken", by=link.created_by)
    client.post(address(link, "watch-send"), form)
    assert Signal.objects.get().closed_on is not None


@pytest.mark.parametrize("fields", [{"home": True}, {"words": "Trois colis"}, {"mistake": "1"}])
@pytest.mark.parametrize("why", ["late", "closed"])
def test_later_nothing_changes_and_the_page_says_why(client, link, fields, why):
    signal, page = sent(client, link, entrance="2 rue de Siam", floor="3")
    doors = client.get(page).context["doors"]
    fields = {key: doors[0][0] if key == "home" else value for key, value in fields.items()}
    if why == "late":
        Signal.objects.update(recorded_at=timezone.now() - WHILE - timedelta(seconds=1))
    else:
        watch.close(signal, outcome="fine", by=link.created_by)
    before = Signal.objects.values().get()
    answer = add(client, page, **fields)
    assert answer.status_code == 422
    assert "Téléphonez-nous" in answer.content.decode()
    assert Signal.objects.values().get() == before
    assert "doors" not in answer.context


def test_what_an_officer_took_is_no_longer_taken_back_but_may_be_completed(client, link):
    signal, page = sent(client, link, entrance="2 rue de Siam", floor="0")
    watch.take(signal, by=make_user())
    answer = add(client, page, mistake="1")
    assert "Quelqu’un s’occupe déjà de ce signalement" in answer.content.decode()
    add(client, page, home=answer.context["doors"][0][0], words="Colis")
    signal.refresh_from_db()
    assert (signal.closed_on, signal.what) == (None, "Colis")
    assert signal.dwelling.floor == 0


def test_the_ticket_opens_one_signal_through_its_own_link(client, link):
    signal, _ = sent(client, link)
    other = make_link(make_residence())
    strange = make_dwelling(other.residence)
    for token, ticket in [
        (watch.token_of(other), ticket_of(signal)),
        (watch.token_of(link), "x"),
        (watch.token_of(link), ticket_of(Signal(uid=uuid.uuid4()))),
        ("x", ticket_of(signal)),
    ]:
        page = reverse("watch-done", args=[token, ticket])
        assert client.get(page).status_code == 404
        assert client.post(f"{page}suite/", {"mistake": "1"}).status_code == 404
    page = reverse("watch-done", args=[watch.token_of(link), ticket_of(signal)])
    add(client, page, home=strange.pk)
    signal.refresh_from_db()
    assert (signal.closed_on, signal.dwelling) == (None, None)


@pytest.mark.parametrize("homes", [1, 200])
def test_the_page_after_stays_light_and_reads_the_same(client, django_assert_num_queries, homes):
    residence = make_residence()
    for n in range(homes):
        make_dwelling(residence, floor=n // 8, door=str(n))
    link = make_link(residence)
    _, page = sent(client, link, floor="1")
    with django_assert_num_queries(4):
        text = client.get(page).content.decode()
    assert len(text) < 12_000
