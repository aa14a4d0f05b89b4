"""Rows written at once are the rows given, on both databases."""

import uuid
from datetime import date

import pytest
from django.db import IntegrityError, transaction

from seniors import bulk
from seniors.models import Dwelling, Senior
from tests.make import make_dwelling, make_residence

pytestmark = pytest.mark.django_db

TEXTS = [
    field.attname
    for field in Dwelling._meta.concrete_fields
    if field.get_internal_type() == "CharField"
]


def insert(residence, reference, **values):
    row = dict.fromkeys(TEXTS, "") | {
        "uid": uuid.uuid4().hex, "reference": reference, "residence_id": residence.pk, **values,
    }  # fmt: skip
    bulk.insert(Dwelling, list(row), [list(row.values())])


def test_every_kind_of_value_is_read_back_as_it_was():
    values = {
        "street": 'rue de l’Étoile;\t"x"\n\\N', "has_lift": True, "floor": -1, "surface": 64.5,
        "energy_on": date(2021, 6, 1), "row_digest": -(2**63), "rent": None,
    }  # fmt: skip
    insert(make_residence(), "L1", **values)
    home = Dwelling.objects.get()
    assert {name: getattr(home, name) for name in values} == values


def test_rows_are_updated_by_their_key():
    one, two = make_dwelling(), make_dwelling()
    bulk.update(Dwelling, ["floor", "has_lift"], [(3, True, one.pk), (None, None, two.pk)])
    bulk.update(Dwelling, ["street"], [("quai", one.reference)], key="reference")
    bulk.update(Dwelling, ["street"], [])
    rows = Dwelling.objects.order_by("pk").values_list("floor", "has_lift", "street")
    assert list(rows) == [(3, True, "quai"), (None, None, "rue de Siam")]


def test_the_database_still_refuses_what_breaks_its_rules():
    residence = make_residence()
    insert(residence, "L1")
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(residence, "L1")
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(residence, "L2", latitude=48.0)
    assert Dwelling.objects.count() == 1
    assert not Senior.objects.exists()


def test_new_identifiers_are_random_uuids_in_increasing_order():
    made = bulk.new_uids(500)
    assert made == sorted(set(made))
    assert {uuid.UUID(one).version for one in made} == {4}
    assert {uuid.UUID(one).variant for one in made} == {uuid.RFC_4122}
