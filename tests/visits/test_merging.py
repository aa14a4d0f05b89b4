"""Any order, any duplicate: one visit says the same, clashes aside, and no value is lost."""

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from seniors.enums import Role
from seniors.models import Consent, Observation, Senior
from tests.make import make_user
from tests.visits.makers import make_agency
from tests.visits.sending import days_ago, sent
from visits.models import Clash, Need, Visit, VisitForm
from visits.visiting import merging
from visits.visiting.recording import OUTCOME, record_visit, told

# Few codes and few values, so that forms meet on the same fields.
VALUES = {
    "item.online": [0, 1], "item.goes_out": [0, 1, 2], "hazard.toilet.low": [0, 1, 2],
    "need.bars": [1], "need.light": [1], "consent.visit": [1], "right.css": [0, 1],
    "next.on": ["2027-01-05", "2027-02-05"], "wish.words": ["Une douche", "Un banc"],
}  # fmt: skip
CONTENT = st.fixed_dictionaries({}, optional={k: st.sampled_from(v) for k, v in VALUES.items()})


@given(st.lists(CONTENT, min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_the_order_of_forms_changes_nothing_but_what_clashes(forms, dice):
    other = forms[:]
    dice.shuffle(other)
    one, two = merging.put_together(forms), merging.put_together(other)
    assert one.keys() == two.keys()
    for code in one:
        said = {content[code] for content in forms if code in content}
        assert {one[code].value, two[code].value} <= said
        if len(said) == 1:
            assert one[code].value == two[code].value


@given(st.lists(CONTENT, min_size=1, max_size=3), CONTENT)
def test_what_a_form_says_is_added_or_clashes_or_was_told(forms, content):
    stands = merging.put_together(forms)
    added, clashing = merging.added(stands, content), merging.clashing(stands, content)
    same = {code for code in content if code in stands and stands[code].value == content[code]}
    assert added.keys() | set(clashing) | same == content.keys()
    assert len(added) + len(clashing) + len(same) == len(content)


def test_a_choice_stands_before_the_first():
    forms = [{"a": 1, "b": 1}, {"a": 2}, {"a": 3}]
    stands = merging.put_together(forms, {"a": 2})
    assert {code: one.value for code, one in stands.items()} == {"a": 3, "b": 1}


OUTCOMES = st.sampled_from(["done", "done", "absent", "refused"])


@pytest.mark.django_db
@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(
    st.lists(st.tuples(OUTCOMES, CONTENT), min_size=1, max_size=3),
    st.integers(0, 2**32),
)
def test_any_order_and_any_repetition_of_sendings_make_the_same_visit(forms, seed):
    first = _sent_in_order(forms, range(len(forms)))
    dice = random.Random(seed)
    order = [n for n in range(len(forms)) for _ in range(dice.randint(1, 2))]
    dice.shuffle(order)
    second = _sent_in_order(forms, order)
    clashing = first.pop("clashing") | second.pop("clashing")
    for one in (first, second):
        one["told"] = {k: v for k, v in one["told"].items() if k not in clashing}
        one["observed"] = {k: v for k, v in one["observed"].items() if f"item.{k}" not in clashing}
        if OUTCOME in clashing:
            one.pop("outcome")
    assert first == second


def _sent_in_order(forms, order) -> dict:
    """What is left of these forms sent in this order to someone new."""
    for model in (Visit, Observation, Consent, Need):
        model.objects.all().delete()
    _, officer, _ = make_agency(1)
    jeanne = Senior.objects.order_by("pk").last()
    people = [officer, make_user(Role.OFFICER, jeanne.dwelling.residence.territory)]
    rows = [
        sent(
            jeanne,
            content if outcome == "done" else {k: v for k, v in content.items() if k == "next.on"},
            outcome=outcome,
        )
        for outcome, content in forms
    ]
    for n in order:
        record_visit(rows[n], by=people[n % 2])
    visit = Visit.objects.get()
    kept = {str(form.uid): form for form in VisitForm.objects.all()}
    clashes = list(Clash.objects.select_related("first", "second"))
    stands = told(visit)
    for row in rows:  # nothing said is lost: it stands, or a clash points to its form
        for code, value in row["content"].items():
            pointed = {c.second_id for c in clashes if c.field == code}
            assert stands[code] == value or kept[row["uid"]].pk in pointed
    observed: dict = {}
    for row in Observation.objects.order_by("pk"):
        assert not observed.keys() & row.values.keys()
        observed |= row.values
    return {
        "told": stands,
        "outcome": visit.outcome,
        "forms": len(kept),
        "observed": {k: v for k, v in observed.items() if k in ("online", "goes_out")},
        "needs": set(Need.objects.values_list("code", flat=True)),
        "clashing": {clash.field for clash in clashes},
        "day": visit.made_on == days_ago(0),
    }
