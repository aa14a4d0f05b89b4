"""The rights to check: dated rules, what is known, what is still to ask; never a promise."""

import tomllib
import uuid
from datetime import date, timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from seniors.enums import ConsentKind, Source
from seniors.models import Consent
from seniors.observe import Note, record_many
from tests.make import make_senior, make_user
from visits.acting.catalogue import shipped as catalogue
from visits.acting.follow_up import add_need
from visits.models import Clash, Visit, VisitForm
from visits.rights import suggestions_for
from visits.rights_rules import FILE, BadRules, read, shipped, suggestions
from visits.visiting.form import FIELDS
from visits.works.funding import rules as funders

TODAY = date(2026, 11, 24)
FACTS = sorted(shipped().asked)
CODES = sorted({rule.code for rule in shipped().rules})


def codes(facts, on=TODAY) -> list[str]:
    """The rights to check that day."""
    return [one.code for one in suggestions(facts, on)]


def of(code: str, facts, on=TODAY):
    """One suggestion."""
    return next((one for one in suggestions(facts, on) if one.code == code), None)


# Words


@given(
    st.dictionaries(st.sampled_from([*FACTS, "right.apa", "right.aspa"]), st.integers(-1, 120)),
    st.dates(date(2015, 1, 1), date(2040, 1, 1)),
)
def test_nothing_is_promised_and_maprimeadapt_is_never_there(facts, on):
    for one in suggestions(facts, on):
        assert one.check_with.startswith("à vérifier avec")
        assert one.because
        said = " ".join((one.code, one.label, one.check_with, one.note, *one.because)).casefold()
        assert "primeadapt" not in said
        assert "avez droit" not in said
        assert "a droit" not in said


def test_everything_that_may_be_said_has_no_maprimeadapt():
    content = tomllib.loads(FILE.read_text(encoding="utf-8"))
    assert "primeadapt" not in str(content).casefold().replace(" ", "")


GOOD = """
[facts]
age = "son âge"
[[rules]]
code = "x"
label = "Un droit"
with = "à vérifier avec la mairie"
from = "inconnu"
source = "essai"
domain = "2.3"
checked = 2026-01-15
review = 2027-01-15
certain = true
because = [{ fact = "age", least = 60, words = "elle a 60 ans" }]
"""


def test_rule_of_a_file_is_read():
    assert read(GOOD).rules[0].code == "x"


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("Un droit", "MaPrimeAdapt’"),
        ("Un droit", "Ma Prime Adapt’"),
        ('"x"', '"MaPrimeAdapt"'),
        ("Un droit", "Vous avez droit à une aide"),
        ("à vérifier avec la mairie", "demander à la mairie"),
        ('fact = "age"', 'fact = "salary"'),
        (', words = "elle a 60 ans"', ""),
        ("certain = true", 'certain = true\nnotes = [{ fact = "age", least = 60 }]'),
        (
            "certain = true",
            'certain = true\nnotes = [{ fact = "age", is = 60, words = "Elle a droit à tout" }]',
        ),
        ("certain = true\n", ""),
        ('from = "inconnu"', "from = 2026-02-01\nuntil = 2026-01-01"),
        ('from = "inconnu"\n', ""),
        ('"inconnu"', '"2026"'),
        ("checked = 2026-01-15\n", ""),
        ("review = 2027-01-15\n", ""),
        ("2027-01-15", "2026-01-15"),
        ('source = "essai"', 'source = ""'),
        ('source = "essai"\n', ""),
    ],
)
def test_rule_that_promises_or_cannot_be_read_is_refused(right, wrong):
    with pytest.raises(BadRules):
        read(GOOD.replace(right, wrong))


def test_two_rules_of_one_right_never_hold_on_one_day():
    with pytest.raises(BadRules):
        read(GOOD + GOOD[GOOD.index("[[rules]]") :])


@pytest.mark.parametrize("rules", [shipped(), funders()], ids=["rights", "funders"])
def test_every_rule_has_its_source_its_last_check_and_its_next(rules):
    for rule in rules.rules:
        assert rule.source
        assert rule.checked < rule.review
        assert (rule.review - rule.checked).days <= 366
    texts = tomllib.loads(FILE.read_text(encoding="utf-8"))["rules"]
    assert all({"from", "source", "checked", "review"} <= set(one) for one in texts)


@pytest.mark.parametrize(
    ("code", "on", "said"),
    [
        (
            "carsat",
            date(2027, 11, 30),
            "Règle vérifiée le 30\u00a0novembre 2026, en vigueur depuis le 10\u00a0février 2020.",
        ),
        (
            "carsat",
            date(2027, 12, 1),
            "Règle à revoir\u00a0: vérifiée le 30\u00a0novembre 2026, elle devait être revue au "
            "plus tard le 30\u00a0novembre 2027.",
        ),
        ("apa", date(2027, 2, 28), "Règle notée le 30\u00a0novembre 2026, à confirmer."),
        (
            "apa",
            date(2027, 3, 1),
            "Règle à revoir\u00a0: notée le 30\u00a0novembre 2026, à confirmer, elle devait être "
            "revue au plus tard le 28\u00a0février 2027.",
        ),
    ],
)
def test_a_rule_says_when_it_was_checked_and_that_it_is_old(code, on, said):
    one = of(code, {"age": 80, "adaptation": 1, "daily_help": 1}, on)
    assert one.dated == said
    assert one.is_stale == ("revoir" in said) == (said in one.brief)
    assert said not in one.asks


def test_rules_name_what_exists():
    kinds = {line["code"] for line in catalogue()}
    for rule in shipped().rules:
        assert set(rule.kinds) <= kinds
        assert not rule.right or f"right.{rule.right}" in FIELDS
        assert rule.domain in {"2.1", "2.2", "2.3"}


def test_every_right_of_the_visit_form_has_its_rule():
    asked = {code.removeprefix("right.") for code in FIELDS if code.startswith("right.")}
    assert asked == {rule.right for rule in shipped().rules if rule.right}


# Bounds and dates


@pytest.mark.parametrize(
    ("code", "age", "facts"),
    [
        ("carsat", 65, {"adaptation": 1}),
        ("apa", 60, {"daily_help": 1}),
        ("aspa", 65, {"tight": 1}),
    ],
)
def test_age_counts_from_its_day(code, age, facts):
    assert of(code, facts | {"age": age - 1}) is None
    assert "sa date de naissance" not in of(code, facts | {"age": age}).to_ask
    assert "sa date de naissance" in of(code, facts | {"age": (age - 1, age)}).to_ask
    assert "sa date de naissance" in of(code, facts).to_ask


def test_compensation_is_for_before_sixty():
    facts = {"daily_help": 1}
    assert of("pch", facts | {"age": 59})
    assert of("pch", facts | {"age": 60}) is None


@pytest.mark.parametrize("gir", [1, 2, 3, 4, 5, 6])
def test_gir_parts_the_department_from_the_pension_fund(gir):
    """DOMAIN.md 2.2: the fund for GIR 5 and 6 without APA, the department for 1 to 4."""
    facts = {"age": 80, "adaptation": 1, "daily_help": 1, "gir": gir, "apa": 0, "retired": 1}
    assert ("carsat" in codes(facts), "apa" in codes(facts)) == (gir >= 5, gir <= 4)


def test_who_has_apa_is_sent_to_neither():
    facts = {"age": 80, "adaptation": 1, "daily_help": 1, "apa": 1}
    assert {"carsat", "apa"}.isdisjoint(codes(facts))


def test_unknown_facts_stay_to_be_asked():
    one = of("carsat", {"age": 80, "adaptation": 1})
    assert one.to_ask == (
        "si elle touche une retraite",
        "si elle touche déjà l’APA",
        "si on lui a donné un GIR, et lequel",
    )
    assert one.because == ("un besoin ou un souhait d’adaptation est noté",)


def test_nothing_known_suggests_nothing():
    assert suggestions({}, TODAY) == []
    assert suggestions({"age": 80}, TODAY) == []


@pytest.mark.parametrize(
    ("on", "shown"),
    [
        (date(2025, 12, 31), None),
        (date(2026, 1, 1), True),
        (date(2026, 12, 31), True),
        (date(2027, 1, 1), False),
    ],
)
def test_amounts_of_2026_are_said_in_2026_only(on, shown):
    one = of("aspa", {"age": 70, "tight": 1}, on)
    said = one and ("1\u00a0043,59\u00a0€" in one.note, "1\u00a0620,18\u00a0€" in one.note)
    assert said == (None if shown is None else (shown, shown))


@pytest.mark.parametrize(
    ("on", "there"),
    [
        (date(2019, 9, 30), False),
        (date(2019, 10, 1), True),
        (date(2021, 4, 30), True),
        (date(2021, 5, 1), False),
        (TODAY, False),
    ],
)
def test_closed_scheme_is_not_suggested_after_its_end(on, there):
    assert ("action_logement" in codes({"age": 75, "adaptation": 1}, on)) == there


def test_uncertain_rules_say_so():
    assert of("css", {"no_cover": 1}).certain is False
    assert of("landlord", {"adaptation": 1}).certain is True


@given(
    st.dictionaries(st.sampled_from(FACTS), st.integers(0, 90)),
    st.sampled_from(FACTS),
    st.integers(0, 90),
)
def test_one_more_known_fact_never_makes_more_to_ask(facts, fact, value):
    """What is learned answers a question or rules a right out; it asks nothing new of one kept."""
    before = {one.code: one for one in suggestions(facts, TODAY)}
    for one in suggestions({fact: value} | facts, TODAY):
        if one.code in before:
            assert set(one.to_ask) <= set(before[one.code].to_ask)


# From what is known of people


def told(senior, *, on=TODAY, source=Source.SURVEY, health=True, **values) -> None:
    """What someone said, and her agreement on health."""
    if health:
        Consent.objects.create(
            senior=senior, kind=ConsentKind.HEALTH, given=True, decided_on=on, source=source,
            wording="essai",
        )  # fmt: skip
    record_many([Note(senior.pk, uuid.uuid4(), source, on, values)])


def noted(senior, on=TODAY, **rights) -> None:
    """A visit that speaks of rights."""
    officer = make_user()
    visit, _ = Visit.objects.get_or_create(
        senior=senior, made_on=on, defaults={"outcome": "done", "made_by": officer}
    )
    content = {f"right.{code}": value for code, value in rights.items()}
    VisitForm.objects.create(
        uid=uuid.uuid4(), visit=visit, digest="x", wording="essai", channel="desk",
        content=content, by=officer,
    )  # fmt: skip


def found(senior, as_of=TODAY) -> list[str]:
    """The codes of what to check with someone."""
    return [one.code for one in suggestions_for([senior.pk], as_of)[senior.pk]]


@pytest.mark.django_db
def test_birthday_itself_opens_the_question():
    senior = make_senior(born_on=date(1961, 11, 25))
    add_need(senior, "bathroom", found_on=TODAY, by=make_user())
    assert "carsat" not in found(senior)
    assert "carsat" in found(senior, TODAY + timedelta(days=1))


@pytest.mark.django_db
def test_birth_year_alone_leaves_the_age_to_ask():
    senior = make_senior(born_on=None, birth_year=1961)
    add_need(senior, "bathroom", found_on=TODAY, by=make_user())
    (carsat,) = (
        one for one in suggestions_for([senior.pk], TODAY)[senior.pk] if one.code == "carsat"
    )
    assert "sa date de naissance" in carsat.to_ask


@pytest.mark.django_db
def test_what_was_told_counts_as_far_as_she_agrees():
    senior = make_senior(born_on=date(1940, 1, 1))
    told(senior, walking_aid=1, health_cover=0, errands_difficulty=2)
    assert {"cmi", "css", "apa"} <= set(found(senior))
    later = TODAY + timedelta(days=1)
    Consent.objects.create(
        senior=senior, kind=ConsentKind.HEALTH, given=False, decided_on=later,
        source=Source.VISIT, wording="essai",
    )  # fmt: skip
    assert {"cmi", "apa"}.isdisjoint(found(senior, later))
    assert "css" in found(senior, later)
    Consent.objects.create(
        senior=senior, kind=ConsentKind.VISIT, given=False, decided_on=later,
        source=Source.VISIT, wording="essai",
    )  # fmt: skip
    assert "css" not in found(senior, later)


@pytest.mark.django_db
def test_right_she_already_has_is_left_out_until_a_visit_says_otherwise():
    senior = make_senior(born_on=date(1940, 1, 1), very_low_income=True)
    assert "energy" in found(senior)
    noted(senior, energy=0)
    assert "energy" not in found(senior)
    noted(senior, TODAY + timedelta(days=30), energy=1)
    again = suggestions_for([senior.pk], TODAY + timedelta(days=30))[senior.pk]
    energy = next(one for one in again if one.code == "energy")
    assert energy.because[0] == "noté à vérifier pendant une visite"


@pytest.mark.django_db
def test_first_form_of_a_day_stands():
    senior = make_senior(very_low_income=True)
    noted(senior, energy=0)
    noted(senior, energy=1)
    assert "energy" not in found(senior)


@pytest.mark.django_db
def test_what_a_person_chose_between_two_forms_stands():
    senior, by = make_senior(very_low_income=True), make_user()
    noted(senior, energy=0)
    noted(senior, energy=1)
    first, second = VisitForm.objects.order_by("pk")
    clash = Clash.objects.create(
        visit=first.visit, field="right.energy", first=first, second=second, chosen=second,
        settled_at=timezone.now(), settled_by=by,
    )  # fmt: skip
    assert "energy" in found(senior)
    clash.chosen = first
    clash.save()
    assert "energy" not in found(senior)


@pytest.mark.django_db
def test_sensitive_right_of_a_visit_needs_the_health_consent():
    senior = make_senior()
    noted(senior, cmi=1, css=1)
    assert "cmi" not in found(senior)
    assert "css" in found(senior)


@pytest.mark.django_db
def test_what_is_on_an_absorbed_record_counts_for_the_person_kept():
    kept = make_senior()
    absorbed = make_senior(merged_into=kept)
    told(absorbed, health_cover=0)
    assert "css" in found(kept)


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 30])
def test_many_people_take_the_same_number_of_queries(count, django_assert_num_queries):
    seniors = [make_senior(has_arrears=True) for _ in range(count)]
    for senior in seniors:
        told(senior, health_cover=0, walking_aid=1)
        noted(senior, aspa=1)
        add_need(senior, "bars", found_on=TODAY, by=make_user())
    with django_assert_num_queries(6):
        made = suggestions_for([one.pk for one in seniors], TODAY)
    assert {len(one) for one in made.values()} == {len(made[seniors[0].pk])}
    assert len(made) == count
