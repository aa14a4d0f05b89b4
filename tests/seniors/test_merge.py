"""The same person on two records: joined by a choice, parted again exactly."""

from datetime import date
from uuid import uuid4

import pytest
from django.urls import reverse

from seniors import merge, observe
from seniors.enums import Role, Source
from seniors.models import Dwelling, Merge, Objection, Senior
from tests.make import make_dwelling, make_residence, make_senior, make_territory, make_user

pytestmark = pytest.mark.django_db
SAME = {"last_name": "Kerbrat", "first_name": "Yvonne", "born_on": date(1938, 2, 3)}


@pytest.fixture
def territory():
    return make_territory()


@pytest.fixture
def pair(territory):
    """One person on two records of one territory: she moved, and has another phone."""
    residence = make_residence(territory)
    kept = make_senior(make_dwelling(residence), phone="02 98 00 00 01", **SAME)
    absorbed = make_senior(
        make_dwelling(residence),
        phone="02 98 00 00 02",
        email="y.kerbrat@exemple.fr",
        last_contact_on=date(2026, 5, 1),
        **SAME,
    )
    return kept, absorbed


def record_of(senior: Senior) -> dict:
    """Every column of a record as it is in the database."""
    return Senior.objects.filter(pk=senior.pk).values().get()


CHOSEN = {"phone": "absorbed", "home": "absorbed"}


def test_clashes_are_what_both_records_fill_differently(pair):
    assert [clash.field for clash in merge.clashes(*pair)] == ["phone", "home"]


def test_merge_takes_what_was_chosen_and_fills_what_is_empty(pair):
    kept, absorbed = pair
    merge.merge(kept, absorbed, CHOSEN, by=make_user())
    kept.refresh_from_db()
    assert (kept.phone, kept.email) == ("02 98 00 00 02", "y.kerbrat@exemple.fr")
    assert (kept.dwelling, kept.last_contact_on) == (absorbed.dwelling, date(2026, 5, 1))


def test_merge_leaves_the_absorbed_record_as_it_was(pair):
    kept, absorbed = pair
    before = record_of(absorbed)
    merge.merge(kept, absorbed, CHOSEN, by=make_user())
    assert record_of(absorbed) == before | {"merged_into_id": kept.pk}


def test_merge_is_refused_while_a_clash_has_no_choice(pair):
    with pytest.raises(merge.MergeRefusal) as refusal:
        merge.merge(*pair, {"phone": "kept"}, by=make_user())
    assert (refusal.value.code, str(refusal.value)) == (
        "choice_missing",
        "Choisissez une valeur pour\u00a0: logement.",
    )
    assert Senior.objects.unmerged().count() == 2


def test_a_record_is_not_merged_with_itself_nor_twice(pair):
    kept, absorbed = pair
    merge.merge(kept, absorbed, CHOSEN, by=make_user())
    codes = []
    for one, other in ((kept, kept), (kept, absorbed)):
        with pytest.raises(merge.MergeRefusal) as refusal:
            merge.merge(one, other, CHOSEN, by=make_user())
        codes.append(refusal.value.code)
    assert codes == ["same", "already_merged"]


def test_undo_restores_both_records_exactly(pair):
    before = [record_of(one) for one in pair]
    done = merge.merge(*pair, CHOSEN, by=make_user())
    merge.undo(done, by=make_user())
    assert [record_of(one) for one in pair] == before


def test_undo_twice_is_refused(pair):
    done = merge.merge(*pair, CHOSEN, by=make_user())
    merge.undo(done, by=make_user())
    with pytest.raises(merge.MergeRefusal, match="déjà annulée"):
        merge.undo(done, by=make_user())


def test_undo_keeps_what_an_import_changed_since(pair):
    kept, _ = pair
    done = merge.merge(*pair, CHOSEN, by=make_user())
    Senior.objects.filter(pk=kept.pk).update(phone="06 00 00 00 09")
    merge.undo(done, by=make_user())
    kept.refresh_from_db()
    assert (kept.phone, kept.email) == ("06 00 00 00 09", "")


def test_merges_of_three_records_are_undone_from_the_last(pair, territory):
    kept, absorbed = pair
    third = make_senior(make_dwelling(make_residence(territory)), **SAME)
    before = [record_of(one) for one in (kept, absorbed, third)]
    first = merge.merge(kept, absorbed, CHOSEN, by=make_user())
    second = merge.merge(third, kept, {"home": "kept", "phone": "kept"}, by=make_user())
    assert set(third.absorbed.values_list("pk", flat=True)) == {kept.pk, absorbed.pk}
    with pytest.raises(merge.MergeRefusal, match="plus récente"):
        merge.undo(first, by=make_user())
    merge.undo(second, by=make_user())
    merge.undo(first, by=make_user())
    assert [record_of(one) for one in (kept, absorbed, third)] == before


def test_candidates_are_pairs_nobody_has_judged(pair, territory):
    kept, absorbed = pair
    make_senior(
        make_dwelling(make_residence(territory)), last_name="Autre", **{"first_name": "Yvonne"}
    )
    seen = Senior.objects.unmerged()
    assert merge.candidates(seen) == [(kept, absorbed)]
    merge.keep_apart(kept, absorbed, by=make_user())
    assert merge.candidates(seen) == []


def test_the_sheet_reads_both_records_after_a_merge(client, pair, territory):
    kept, absorbed = pair
    observe.record(
        absorbed,
        uid=uuid4(),
        source=Source.VISIT,
        observed_on=date(2026, 4, 2),
        values={"bathing": 3},
    )
    Objection.objects.create(senior=absorbed, since=date(2026, 4, 2), reason="Attendre l’été")
    merge.merge(kept, absorbed, CHOSEN, by=make_user())
    client.force_login(make_user(Role.OFFICER, territory))
    text = client.get(reverse("seniors:senior-show", args=[kept.uid])).content.decode()
    assert "02/04/2026" in text
    assert "Attendre l’été" in text
    followed = client.get(reverse("seniors:senior-show", args=[absorbed.uid]))
    assert followed["Location"] == reverse("seniors:senior-show", args=[kept.uid])


def test_a_manager_compares_joins_and_parts_on_screen(client, pair, territory):
    kept, absorbed = pair
    client.force_login(make_user(Role.MANAGER, territory))
    address = reverse("seniors:merge-compare", args=[kept.uid, absorbed.uid])
    refused = client.post(address, {"phone": "kept"})
    assert refused.status_code == 422
    assert "Choisissez l’une des deux valeurs." in refused.content.decode()
    client.post(address, CHOSEN)
    done = Merge.objects.get()
    assert Senior.objects.get(pk=absorbed.pk).merged_into == kept
    client.post(reverse("seniors:merge-undo", args=[done.pk]))
    assert Senior.objects.get(pk=absorbed.pk).merged_into is None


def test_a_manager_of_one_of_two_territories_does_not_join_them(client, pair):
    kept, _ = pair
    elsewhere = make_senior(**SAME)
    client.force_login(make_user(Role.MANAGER, kept.dwelling.residence.territory))
    address = reverse("seniors:merge-compare", args=[kept.uid, elsewhere.uid])
    assert client.get(address).status_code == 404


def test_who_holds_one_of_two_territories_does_not_part_them(client, pair, territory):
    kept, absorbed = pair
    other = make_territory()
    chosen = {"phone": "kept", "home": "kept"}
    made = merge.merge(kept, absorbed, chosen, by=make_user(Role.ADMINISTRATOR))
    home = Dwelling.objects.filter(pk=absorbed.dwelling_id)
    home.update(residence=make_residence(other))
    one, both = make_user(Role.MANAGER, territory), make_user(Role.MANAGER, territory, other)
    url = reverse("seniors:merge-undo", args=[made.pk])
    client.force_login(one)
    assert client.post(url).status_code == 404
    assert not client.get(reverse("seniors:merge-list")).context["recent"]
    client.force_login(both)
    assert client.post(url).status_code == 302
    absorbed.refresh_from_db()
    assert absorbed.merged_into is None
