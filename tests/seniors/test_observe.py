"""The observation door: identity, consent and range hold whoever calls it."""

import uuid
from datetime import date

import pytest

from seniors import observe
from seniors.enums import ConsentKind, Source
from seniors.models import Consent, Observation
from tests.make import make_senior, make_user

pytestmark = pytest.mark.django_db
DAY = date(2026, 10, 5)


def agree(senior, given=True, on=DAY):
    Consent.objects.create(
        senior=senior,
        kind=ConsentKind.HEALTH,
        given=given,
        decided_on=on,
        wording="2026",
        source=Source.SURVEY,
    )


def record(senior, values, **fields):
    fields = {"uid": uuid.uuid4(), "source": Source.SURVEY, "observed_on": DAY} | fields
    return observe.record(senior, values=values, **fields)


def test_sensitive_item_is_dropped_without_health_consent():
    senior = make_senior()

    observation = record(senior, {"falls": 2, "lonely": 3})

    assert Observation.objects.get(pk=observation.pk).values == {"lonely": 3}


def test_sensitive_item_is_kept_with_health_consent_and_author():
    senior, author = make_senior(), make_user()
    agree(senior)

    observation = record(senior, {"falls": 2}, source=Source.VISIT, by=author)

    stored = Observation.objects.get(pk=observation.pk)
    assert (stored.values, stored.recorded_by) == ({"falls": 2}, author)


def test_withdrawn_consent_closes_the_door_again():
    senior = make_senior()
    agree(senior, on=date(2026, 1, 1))
    agree(senior, given=False, on=date(2026, 6, 1))

    assert record(senior, {"falls": 2}).values == {}


def test_same_identity_and_content_counts_once():
    senior, uid = make_senior(), uuid.uuid4()

    first = record(senior, {"falls": 1, "lonely": 3}, uid=uid)
    second = record(senior, {"falls": 1, "lonely": 3}, uid=uid)

    assert first.pk == second.pk
    assert Observation.objects.count() == 1


@pytest.mark.parametrize(
    "other",
    [
        {"values": {"lonely": 4}},
        {"values": {"lonely": 3, "cold_home": 1}},
        {"values": {"lonely": 3}, "observed_on": date(2026, 10, 6)},
        {"values": {"lonely": 3}, "source": Source.VISIT},
    ],
)
def test_same_identity_with_other_content_is_refused(other):
    senior, uid = make_senior(), uuid.uuid4()
    record(senior, {"lonely": 3}, uid=uid)

    with pytest.raises(observe.Conflict):
        record(senior, uid=uid, **other)

    assert Observation.objects.get().values == {"lonely": 3}


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"fals": 1}, "« fals » n’existe pas"),
        ({"lonely": 5}, "va de 0 à 4"),
        ({"lonely": True}, "nombre entier"),
        ({"lonely": "3"}, "nombre entier"),
        ({"lonely": None}, "nombre entier"),
    ],
)
def test_unknown_code_or_value_out_of_range_is_refused_in_french(values, said):
    with pytest.raises(observe.Refused, match=said):
        record(make_senior(), values)

    assert not Observation.objects.exists()


def test_many_notes_cost_a_fixed_number_of_queries(django_assert_num_queries):
    seniors = [make_senior() for _ in range(5)]
    agree(seniors[0])
    notes = [
        observe.Note(s.pk, uuid.uuid4(), Source.SURVEY, DAY, {"falls": 1, "lonely": 2})
        for s in seniors
    ]

    # savepoint, merged records, consents, insert, read back, release
    with django_assert_num_queries(6):
        rows = observe.record_many(notes)

    assert [row.senior_id for row in rows] == [s.pk for s in seniors]
    assert [set(row.values) for row in rows] == [{"falls", "lonely"}, *[{"lonely"}] * 4]


def test_one_bad_note_keeps_all_out():
    senior, uid = make_senior(), uuid.uuid4()
    good = observe.Note(senior.pk, uuid.uuid4(), Source.SURVEY, DAY, {"lonely": 1})
    bad = observe.Note(senior.pk, uid, Source.SURVEY, DAY, {"lonely": 9})

    with pytest.raises(observe.Refused):
        observe.record_many([good, bad])

    assert not Observation.objects.exists()
