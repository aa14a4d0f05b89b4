"""What a person may send to the lists by mistake or on purpose, and what must not come of it."""

import pytest
from django.urls import reverse
from django.utils import timezone

from seniors.enums import Role
from seniors.models import AccessLog
from tests.make import make_dwelling, make_residence, make_territory, make_user
from tests.visits.makers import make_agency, make_list, names_on
from tests.visits.test_views_lists import filled
from visits.lists.listing import publish_list
from visits.models import VisitList

pytestmark = pytest.mark.django_db
NIR = "2 40 05 29 019 004 24"


@pytest.fixture
def draft(client):
    """A draft of three visits, its officer logged in."""
    territory, officer, _ = make_agency(6)
    made = make_list(territory, officer)
    client.force_login(officer)
    return made


@pytest.mark.parametrize("typed", ["²", "9" * 23, "9" * 5000, "-1", "x", "\x00", ""])
def test_numbers_that_are_none_are_refused_without_an_error(client, draft, typed):
    territory = draft.territories.get()
    there = client.get(reverse("visits:list-reach"), {"territories": typed})
    assert there.status_code == 200
    wrong = filled(draft.officer, territory, capacity=typed) | {"officer": typed}
    assert client.post(reverse("visits:list-new"), wrong).status_code == 422
    client.post(reverse("visits:list-publish", args=[draft.uid]), {"expected": typed})
    draft.refresh_from_db()
    assert draft.published_at is None


@pytest.mark.parametrize("typed", ["", "x", "²", "\x00", "0" * 5000])
def test_a_person_who_is_no_one_is_not_found(client, draft, typed):
    address = reverse("visits:list-add", args=[draft.uid])
    assert client.post(address, {"senior": typed, "because": "x"}).status_code == 404
    assert client.get(address, {"q": f"Le{typed}"}).status_code == 200


def test_a_social_security_number_is_kept_in_no_reason(client, draft):
    entry = draft.entries.first()
    skip = reverse("visits:list-skip", args=[draft.uid, entry.pk])
    refused = client.post(skip, {"because": f"voir {NIR}"}, headers={"HX-Request": "true"})
    assert refused.status_code == 422
    assert "sécurité sociale" in refused.content.decode()
    left = make_agency(1)[2][0]
    left.dwelling.residence.territory = draft.territories.get()
    left.dwelling.residence.save()
    add = reverse("visits:list-add", args=[draft.uid])
    client.post(add, {"senior": left.uid, "because": f"voir {NIR}"})
    entry.refresh_from_db()
    assert entry.skipped_because == ""
    assert left.pk not in names_on(draft)


@pytest.mark.parametrize("name", ["list-forms", "list-round", "list-workbook"])
def test_each_person_of_a_paper_is_in_the_journal(client, draft, name):
    client.get(reverse(f"visits:{name}", args=[draft.uid]))
    logged = AccessLog.objects.values_list("senior", flat=True)
    assert sorted(logged) == sorted(names_on(draft))


def test_the_form_of_one_person_is_in_the_journal_as_hers(client, draft):
    entry = draft.entries.last()
    client.get(reverse("visits:list-form", args=[draft.uid, entry.pk]))
    assert AccessLog.objects.get().senior == entry.senior


def test_the_new_home_of_who_left_for_another_territory_is_not_shown(client, draft):
    """A published list keeps her name; where she lives now is another agency's to know."""
    publish_list(draft, by=draft.officer)
    moved = draft.entries.first().senior
    moved.dwelling = make_dwelling(
        make_residence(make_territory(), name="Résidence lointaine"),
        street="rue du Bout du Monde",
    )
    moved.phone = "0298111111"
    moved.save()
    page = client.get(reverse("visits:list-show", args=[draft.uid])).content.decode()
    assert moved.full_name in page
    for hidden in ("Bout du Monde", "lointaine", "02 98 11 11 11"):
        assert hidden not in page
    assert "N’habite plus" in page
    assert reverse("seniors:senior-show", args=[moved.uid]) not in page


def test_who_left_for_another_territory_is_no_longer_one_of_the_next_visits(client, draft):
    """The first page leads to sheets: hers is closed to this officer now."""
    today = timezone.localdate()
    VisitList.objects.filter(pk=draft.pk).update(starts_on=today, ends_on=today)
    publish_list(draft, by=draft.officer)
    moved = draft.entries.first().senior
    assert reverse("seniors:senior-show", args=[moved.uid]) in client.get("/").content.decode()
    moved.dwelling = make_dwelling(street="rue du Bout du Monde")
    moved.save()
    page = client.get("/").content.decode()
    assert reverse("seniors:senior-show", args=[moved.uid]) not in page
    assert "Bout du Monde" not in page


def test_the_list_of_a_colleague_cannot_be_had_for_oneself(client, draft):
    """The officer is a hidden field: another one's number in it is refused."""
    territory = draft.territories.get()
    colleague = make_user(Role.OFFICER, territory)
    asked = filled(colleague, territory, starts_on="2027-01-04", ends_on="2027-01-08")
    assert client.post(reverse("visits:list-new"), asked).status_code == 422
