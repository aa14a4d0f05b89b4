"""The pages of the lists: who opens them, and every gesture with and without JavaScript."""

import re

import pytest
from django.urls import reverse

from seniors.enums import Role
from seniors.fragility.store import score_seniors
from seniors.models import AccessLog, Objection
from tests.make import make_territory, make_user
from tests.visits.makers import TODAY, make_agency, make_list, names_on
from visits.lists.listing import publish_list, skip_entry
from visits.models import VisitList

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def page(client, user, name: str, *args) -> str:
    """The text of a page that opens."""
    client.force_login(user)
    answer = client.get(reverse(f"visits:{name}", args=args))
    assert answer.status_code == 200
    return answer.content.decode()


def filled(officer, territory, **fields) -> dict:
    """The form of a new list, filled in."""
    return {
        "officer": officer.pk,
        "territories": [territory.pk],
        "starts_on": "2026-11-30",
        "ends_on": "2026-12-04",
        "capacity": 3,
        "random_percent": 10,
        "silent_percent": 20,
        "revisit_months": 12,
    } | fields


GETS = ["list-show", "list-publish", "list-discard", "list-add", "list-round", "list-workbook"]


@pytest.mark.parametrize("name", GETS)
def test_list_opens_to_its_officer_and_his_manager_only(client, name):
    territory, officer, _ = make_agency(3)
    made = make_list(territory, officer)
    allowed = [officer, make_user(Role.MANAGER, territory), make_user(Role.ADMINISTRATOR)]
    hidden = [
        make_user(Role.OFFICER, territory),  # a colleague: each works on his own lists
        make_user(Role.OFFICER, make_territory()),
        make_user(Role.MANAGER, make_territory()),
    ]
    forbidden = [make_user(Role.EVALUATOR, territory)]
    for status, people in ((200, allowed), (404, hidden), (403, forbidden)):
        for user in people:
            client.force_login(user)
            assert client.get(reverse(f"visits:{name}", args=[made.uid])).status_code == status


def test_gestures_of_a_stranger_change_nothing(client):
    territory, officer, _ = make_agency(3)
    made = make_list(territory, officer)
    entry = made.entries.first()
    client.force_login(make_user(Role.MANAGER, make_territory()))
    for name, args in [
        ("list-again", [made.uid]),
        ("list-publish", [made.uid]),
        ("list-discard", [made.uid]),
        ("list-skip", [made.uid, entry.pk]),
        ("list-add", [made.uid]),
    ]:
        assert client.post(reverse(f"visits:{name}", args=args)).status_code == 404
    made.refresh_from_db()
    assert made.published_at is None
    assert len(names_on(made)) == 3


def test_officer_whose_territory_is_taken_away_no_longer_sees_his_list(client):
    territory, officer, _ = make_agency(3)
    made = make_list(territory, officer)
    officer.territories.clear()
    client.force_login(officer)
    assert client.get(reverse("visits:list-show", args=[made.uid])).status_code == 404
    assert "Du 30/11/2026" not in page(client, officer, "list-index")


def test_manager_of_one_of_two_territories_does_not_see_the_list_of_both(client):
    territory, officer, _ = make_agency(2)
    made = make_list(territory, officer)
    made.territories.add(make_territory())
    client.force_login(make_user(Role.MANAGER, territory))
    assert client.get(reverse("visits:list-show", args=[made.uid])).status_code == 404


def test_index_says_what_to_do_when_there_is_no_list(client):
    assert "Aucune liste" in page(client, make_user(Role.OFFICER), "list-index")


def test_officer_proposes_a_list_for_himself(client):
    territory, officer, _ = make_agency(6)
    score_seniors(territory=territory, as_of=TODAY)
    client.force_login(officer)
    answer = client.post(reverse("visits:list-new"), filled(officer, territory))
    made = VisitList.objects.get()
    assert answer.url == reverse("visits:list-show", args=[made.uid])
    assert (made.officer, made.created_by, made.capacity) == (officer, officer, 3)
    assert made.random_share == 0.1


def test_officer_cannot_propose_for_a_colleague_nor_elsewhere(client):
    territory, officer, _ = make_agency(6)
    colleague = make_user(Role.OFFICER, territory)
    score_seniors(as_of=TODAY)
    client.force_login(officer)
    for wrong in [filled(colleague, territory), filled(officer, make_territory())]:
        answer = client.post(reverse("visits:list-new"), wrong)
        assert answer.status_code == 422
    assert not VisitList.objects.exists()


def test_new_list_says_how_many_seniors_live_in_the_territories_ticked(client):
    territory, officer, _ = make_agency(3)
    elsewhere, _, _ = make_agency(2)
    assert "<strong>3</strong> locataires seniors" in page(client, officer, "list-new")
    address = reverse("visits:list-reach")
    both = client.get(address, {"territories": [territory.pk, elsewhere.pk]}, headers=HTMX)
    assert "<strong>3</strong> locataires" in both.content.decode()
    assert "Cochez" in client.get(address, headers=HTMX).content.decode()


def test_new_list_without_score_says_to_compute_first(client):
    territory, officer, _ = make_agency(1)
    client.force_login(officer)
    answer = client.post(reverse("visits:list-new"), filled(officer, territory))
    assert "lancez d’abord un calcul" in answer.content.decode()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"ends_on": "2026-11-01"}, "vient avant son début"),
        ({"ends_on": "2027-06-01"}, "trois mois au plus"),
        ({"capacity": 0}, "supérieure ou égale"),
        ({"capacity": 61}, "inférieure ou égale"),
    ],
)
def test_new_list_refuses_what_cannot_be_meant(client, fields, said):
    territory, officer, _ = make_agency(1)
    client.force_login(officer)
    answer = client.post(reverse("visits:list-new"), filled(officer, territory, **fields))
    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_page_shows_each_visit_with_reason_address_phone_and_what_is_around(client):
    territory, officer, seniors = make_agency(6, phone="0298000001")
    Objection.objects.create(senior=seniors[0], since=TODAY, reason="non merci")
    made = make_list(territory, officer, capacity=2)
    text = page(client, officer, "list-show", made.uid)
    for entry in made.entries.all():
        assert entry.reason in text.replace("&#x27;", "'")
    assert "3 rue de Siam, 29200 Brest" in text
    assert 'href="tel:0298000001"' in text
    assert "qui ne souhaite pas de visite" in text
    assert "Tant que vous y êtes" in text
    assert "Un jour de visites de plus" in text


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_person_is_skipped_then_put_back_with_and_without_javascript(client, headers):
    territory, officer, _ = make_agency(4)
    made = make_list(territory, officer)
    entry = made.entries.first()
    client.force_login(officer)
    client.post(
        reverse("visits:list-skip", args=[made.uid, entry.pk]),
        {"because": "Hospitalisée"},
        headers=headers,
    )
    assert entry.senior_id not in names_on(made)
    assert "Hospitalisée" in page(client, officer, "list-show", made.uid)
    client.post(reverse("visits:list-unskip", args=[made.uid, entry.pk]), headers=headers)
    assert names_on(made)[0] == entry.senior_id


def test_piece_after_a_gesture_is_what_the_page_shows_when_reloaded(client):
    territory, officer, _ = make_agency(6)
    made = make_list(territory, officer)
    client.force_login(officer)
    address = reverse("visits:list-skip", args=[made.uid, made.entries.first().pk])
    piece = client.post(address, {"because": "Absente"}, headers=HTMX).content.decode()
    whole = page(client, officer, "list-show", made.uid)
    assert body(piece) == body(whole)


def body(text: str) -> str:
    """The list in a page, without what changes at each answer."""
    text = text[text.index('<div id="visit-list">') :]
    text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", text)
    return text.split('<p id="announce"')[0].split("</main>")[0].strip()


def test_skipping_without_a_reason_is_refused_in_words(client):
    territory, officer, _ = make_agency(4)
    made = make_list(territory, officer)
    client.force_login(officer)
    address = reverse("visits:list-skip", args=[made.uid, made.entries.first().pk])
    answer = client.post(address, {"because": " "}, headers=HTMX)
    assert answer.status_code == 422
    assert "Dites en quelques mots" in answer.content.decode()


def test_neighbour_is_added_in_one_click(client):
    territory, officer, _ = make_agency(4)
    made = make_list(territory, officer, capacity=1)
    near = made.neighbours.get()
    client.force_login(officer)
    client.post(reverse("visits:list-neighbour", args=[made.uid, near.pk]), headers=HTMX)
    assert near.senior_id in names_on(made)


def test_anyone_of_the_territory_is_found_and_added_with_a_reason(client):
    territory, officer, seniors = make_agency(4)
    made = make_list(territory, officer, capacity=1)
    missing = next(one for one in seniors if one.pk not in names_on(made))
    client.force_login(officer)
    address = reverse("visits:list-add", args=[made.uid])
    found = client.get(address, {"q": missing.reference}, headers=HTMX).content.decode()
    assert str(missing.uid) in found
    client.post(address, {"senior": missing.uid, "because": "Sa fille a appelé"})
    assert made.entries.get(senior=missing).reason == "Sa fille a appelé"
    assert "Déjà sur cette liste" in client.get(address, {"q": missing.reference}).content.decode()


def test_search_finds_nobody_of_another_territory(client):
    territory, officer, _ = make_agency(2)
    _, _, elsewhere = make_agency(1)
    made = make_list(territory, officer)
    client.force_login(officer)
    address = reverse("visits:list-add", args=[made.uid])
    assert (
        "Personne de ce nom" in client.get(address, {"q": elsewhere[0].reference}).content.decode()
    )
    answer = client.post(address, {"senior": elsewhere[0].uid, "because": "Demande"})
    assert answer.status_code == 404


def test_draft_is_proposed_again_with_another_capacity(client):
    territory, officer, _ = make_agency(6)
    made = make_list(territory, officer, capacity=2)
    client.force_login(officer)
    address = reverse("visits:list-again", args=[made.uid])
    shares = {"random_percent": 0, "silent_percent": 0, "revisit_months": 12}
    client.post(address, shares | {"capacity": 4})
    assert len(names_on(made)) == 4
    assert client.post(address, shares | {"capacity": 0}).status_code == 422
    assert len(names_on(made)) == 4


def test_publication_is_confirmed_with_its_count_then_the_list_is_frozen(client):
    territory, officer, _ = make_agency(6)
    made = make_list(territory, officer)
    assert "Publier 3 visites" in page(client, officer, "list-publish", made.uid)
    client.post(reverse("visits:list-publish", args=[made.uid]), {"expected": "3"})
    made.refresh_from_db()
    assert made.published_by == officer
    text = page(client, officer, "list-show", made.uid)
    assert "Proposer de nouveau" not in text
    assert "Ajout urgent" in text
    client.post(
        reverse("visits:list-again", args=[made.uid]),
        {"capacity": 1, "random_percent": 0, "silent_percent": 0, "revisit_months": 12},
    )
    assert len(names_on(made)) == 3
    client.post(reverse("visits:list-discard", args=[made.uid]))
    assert VisitList.objects.exists()


def test_list_that_changed_since_the_confirmation_is_not_published(client):
    territory, officer, _ = make_agency(6)
    made = make_list(territory, officer)
    skip_entry(made.entries.first(), because="Absente", by=officer)
    client.force_login(officer)
    client.post(reverse("visits:list-publish", args=[made.uid]), {"expected": "3"})
    made.refresh_from_db()
    assert made.published_at is None


def test_urgent_addition_is_marked_on_the_page_with_who_made_it(client):
    territory, officer, seniors = make_agency(4)
    made = publish_list(make_list(territory, officer, capacity=1), by=officer)
    missing = next(one for one in seniors if one.pk not in names_on(made))
    client.force_login(officer)
    client.post(
        reverse("visits:list-add", args=[made.uid]),
        {"senior": missing.uid, "because": "Le gardien s’inquiète"},
    )
    text = page(client, officer, "list-show", made.uid)
    assert "ajout urgent du" in text
    assert "par Camille Bihan" in text


def test_draft_is_deleted_after_a_question(client):
    territory, officer, _ = make_agency(2)
    made = make_list(territory, officer)
    page(client, officer, "list-discard", made.uid)
    client.post(reverse("visits:list-discard", args=[made.uid]))
    assert not VisitList.objects.exists()


@pytest.mark.parametrize("name", ["list-show", "list-publish", "list-round", "list-forms"])
def test_page_of_a_list_takes_the_same_queries_for_1_and_30_visits(
    client, django_assert_max_num_queries, name
):
    counts = []
    for people in (2, 60):
        territory, officer, _ = make_agency(people)
        made = make_list(territory, officer, capacity=people // 2)
        client.force_login(officer)
        with django_assert_max_num_queries(16) as captured:
            assert client.get(reverse(f"visits:{name}", args=[made.uid])).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_index_takes_the_same_queries_for_1_and_25_lists(client, django_assert_max_num_queries):
    territory, officer, _ = make_agency(2)
    made = make_list(territory, officer)
    client.force_login(officer)
    counts = []
    for copies in (0, 24):
        for _ in range(copies):
            made.pk, made.uid = None, None
            made.uid = VisitList._meta.get_field("uid").get_default()
            made.save()
            made.territories.set([territory])
        with django_assert_max_num_queries(9) as captured:
            client.get(reverse("visits:list-index"))
        counts.append(len(captured))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("name", "kind"),
    [("list-round", "pdf"), ("list-forms", "pdf"), ("list-workbook", "spreadsheet")],
)
def test_papers_are_downloads_kept_by_no_cache_and_journalled(client, name, kind):
    territory, officer, _ = make_agency(3)
    made = make_list(territory, officer)
    client.force_login(officer)
    answer = client.get(reverse(f"visits:{name}", args=[made.uid]))
    assert kind in answer["Content-Type"]
    assert answer["Cache-Control"] == "private, no-store"
    assert "attachment" in answer["Content-Disposition"]
    assert {line.user for line in AccessLog.objects.all()} == {officer}


def test_neighbours_are_folded_under_their_number(client):
    territory, officer, _ = make_agency(6)
    made = make_list(territory, officer, capacity=2)
    text = page(client, officer, "list-show", made.uid)
    most = max(entry.neighbours.count() for entry in made.entries.all())
    assert most
    assert re.search(rf'<details id="near-\d+" class="near">\s*<summary>[^<]*\({most}<', text)


def test_the_title_of_a_list_elides_the_name(client):
    territory, officer, _ = make_agency(3)
    officer.first_name, officer.last_name = "Erwan", "Tanguy"
    officer.save()
    made = make_list(territory, officer)
    assert "<title>Visites d’Erwan Tanguy" in page(client, officer, "list-show", made.uid)


@pytest.mark.parametrize(
    ("role", "words"),
    [
        (Role.OFFICER, "Aucun territoire ne vous est confié"),
        (Role.MANAGER, "Aucun territoire ne vous est confié"),
        (Role.ADMINISTRATOR, "importez d’abord le fichier des logements"),
    ],
)
def test_without_a_territory_to_tick_the_form_says_what_to_do(client, role, words):
    client.force_login(make_user(role))
    address = reverse("visits:list-new")
    page = client.get(address).content.decode()
    assert words in page
    assert "Cochez au moins un territoire" not in page
    answer = client.post(address, {"capacity": 10})
    assert "aucun territoire à cocher" in str(answer.context["form"].errors["territories"])
    assert words in answer.content.decode()
    assert "Cochez au moins un territoire" not in answer.content.decode()
    assert "Cochez" not in client.get(reverse("visits:list-reach")).content.decode()
