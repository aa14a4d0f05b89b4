"""Who may fund works: from declared facts, to be checked, never promised."""

import uuid
from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from seniors.enums import ConsentKind, Role
from seniors.models import Observation
from tests.make import make_senior, make_user
from tests.visits.acting import kind_of, make_action
from tests.visits.releasing import consent
from visits.enums import State
from visits.models import WorksPrice
from visits.rights_rules import BadRules, read
from visits.works.funders import FUNDERS
from visits.works.funding import (
    funding_facts,
    rules,
    suggestions_of,
    who_may_pay,
    works_facts,
)

DAY = date(2026, 11, 24)
CARSAT = {"age": 70, "retired": 1, "apa": 0, "gir": 5}


def funders(**facts) -> dict[str, bool]:
    """{funder: whether nothing is left to ask}."""
    return {one.code: not one.to_ask for one in who_may_pay(facts, DAY)}


def test_nothing_known_leaves_everyone_to_ask():
    found = who_may_pay({}, DAY)
    assert [one.code for one in found] == ["landlord", "carsat", "department", "mutual"]
    assert all(one.asks.startswith("À demander") for one in found if one.code != "landlord")


def test_a_gir_5_or_6_without_apa_goes_to_the_pension_fund_only():
    for gir in (5, 6):
        found = funders(**CARSAT | {"gir": gir})
        assert (found["carsat"], "department" in found) == (True, False)


def test_a_gir_1_to_4_goes_to_the_department_only():
    for gir in range(1, 5):
        found = funders(**CARSAT | {"gir": gir, "apa": 1})
        assert (found["department"], "carsat" in found) == (True, False)


@pytest.mark.parametrize("fact", [{"apa": 1}, {"age": 64}, {"retired": 0}, {"gir": 4}])
def test_one_false_fact_rules_the_pension_fund_out(fact):
    assert "carsat" not in funders(**CARSAT | fact)
    assert "carsat" in funders(**CARSAT | {"age": 65})


def test_an_age_between_two_years_is_to_be_asked():
    [carsat] = [one for one in who_may_pay(CARSAT | {"age": (64, 65)}, DAY) if one.code == "carsat"]
    assert carsat.to_ask == ("sa date de naissance",)


def test_each_rule_names_a_funder_its_source_and_with_whom_to_check():
    for rule in rules().rules:
        assert rule.code in FUNDERS
        assert rule.source
        assert rule.check_with.startswith("à vérifier avec")


def test_a_scheme_closed_to_social_tenants_is_refused_on_loading():
    text = """
    [facts]
    works = "x"
    [[rules]]
    code = "other"
    label = "MaPrimeAdapt’"
    with = "à vérifier avec l’Anah"
    from = "inconnu"
    source = "x"
    domain = "2.3"
    checked = 2026-01-15
    review = 2027-01-15
    certain = true
    because = [{ fact = "works", is = 1, words = "x" }]
    """
    with pytest.raises(BadRules, match="closed to social tenants"):
        read(text)


def test_a_mutual_is_known_from_the_health_cover_she_told():
    assert funding_facts({"no_cover": 1, "tight": 1}) == {"mutual": 0}
    assert funding_facts({"no_cover": 0, "age": 70}) == {"mutual": 1, "age": 70}
    assert funding_facts({}) == {}


@pytest.mark.django_db
def test_the_property_tax_is_told_of_works_marked_as_accessibility_only(client):
    """The mark of the catalogue, as it is today: not of every kind, nor of one without a price."""
    client.force_login(make_user(Role.ADMINISTRATOR))
    told = {}
    for code in ("shower", "grab_bars", "thresholds"):
        action = make_action(code, State.ACCEPTED)
        page = client.get(reverse("visits:works-show", args=[action.uid]))
        [landlord] = [one for one in page.context["suggestions"] if one.code == "landlord"]
        told[code] = "1391\u00a0C" in landlord.note
        assert ("1391\u00a0C" in page.content.decode()) == told[code]
        assert not landlord.to_ask
    assert told == {"shower": True, "grab_bars": False, "thresholds": False}
    WorksPrice.objects.update(is_deductible=False)
    assert works_facts(kind_of("shower")) == {"deductible": 0}


@pytest.mark.django_db
def test_what_is_known_of_someone_is_read_from_her_record():
    young = make_senior(born_on=date(1965, 1, 1))
    old = make_senior(born_on=date(1940, 1, 1))
    bars = kind_of("grab_bars")
    assert "carsat" not in [one.code for one in suggestions_of(young, bars, DAY)]
    found = {one.code: one.asks for one in suggestions_of(old, bars, DAY)}
    assert "si on lui a donné un GIR" in found["carsat"]


@pytest.mark.django_db
@pytest.mark.parametrize(("gir", "funder"), [(5, "carsat"), (2, "department")])
def test_a_gir_she_declares_decides_who_may_pay_and_needs_her_consent(client, gir, funder):
    """Noted from the page of the works, with its day; nothing is kept without the consent on
    health."""
    action = make_action("shower", State.ACCEPTED)
    person = action.senior
    person.born_on = timezone.localdate().replace(year=timezone.localdate().year - 80, day=1)
    person.save()
    client.force_login(make_user(Role.ADMINISTRATOR))
    page = reverse("visits:works-show", args=[action.uid])
    asked = {code: reverse("seniors:fact-correct", args=[person.uid, code])
             for code in ("gir", "apa", "retired")}  # fmt: skip
    shown = client.get(page).content.decode()
    assert all(address in shown for address in asked.values())
    refused = client.post(asked["gir"], {"reply": gir, "form_uid": uuid.uuid4()})
    assert "si la personne l’accepte" in refused.content.decode()
    assert not Observation.objects.exists()
    for kind in (ConsentKind.HEALTH, ConsentKind.VISIT):
        consent(person, kind)
    for code, reply in (("gir", gir), ("apa", 0), ("retired", 1)):
        client.post(asked[code], {"reply": reply, "form_uid": uuid.uuid4()})
    assert Observation.objects.filter(values__gir=gir).get().observed_on == timezone.localdate()
    found = {one.code: one for one in suggestions_of(person, action.kind)}
    assert funder in found
    assert len(found.keys() & {"carsat", "department"}) == 1
    assert found[funder].to_ask == ()
    sheet = client.get(reverse("seniors:senior-show", args=[person.uid])).content.decode()
    assert f"GIR {gir}" in sheet
