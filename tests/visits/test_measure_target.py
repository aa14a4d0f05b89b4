"""Whom a measure is for: each criterion, what is not known, what was known too late."""

import uuid
from datetime import date, timedelta
from html import unescape
from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from seniors.enums import ConsentKind, Role, Source
from seniors.fragility.indicators import compute
from seniors.fragility.load import Loader
from seniors.models import Consent, Observation, Senior
from tests.make import make_dwelling, make_residence, make_senior, make_territory, make_user
from tests.visits.acting import kind_of, make_action
from tests.visits.measuring import begin, make_measure
from visits.enums import State
from visits.evaluating.reach import reach_of
from visits.evaluating.target import IN, OUT, UNSURE, Target, target_words
from visits.models import Action, Measure, Need, Visit

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
JUDGED = 11  # queries
LONG_AGO = TODAY - timedelta(days=60)


def consent(senior, kind=ConsentKind.HEALTH, *, given=True) -> None:
    Consent.objects.create(senior=senior, kind=kind, given=given, wording="q",
                           decided_on=LONG_AGO, source=Source.OFFICER)  # fmt: skip


def told(senior, on=LONG_AGO, source=Source.OFFICER, **values) -> None:
    Observation.objects.create(uid=uuid.uuid4(), senior=senior, source=source, observed_on=on,
                               values=values)  # fmt: skip


def visited(senior, on=LONG_AGO) -> None:
    Visit.objects.create(senior=senior, made_on=on, outcome="done")


def needing(senior, code="bathroom", on=LONG_AGO, **more) -> None:
    Need.objects.create(senior=senior, code=code, family="adaptation", found_on=on, **more)


@pytest.fixture
def home():
    return make_residence(make_territory())


def standing(home, **target) -> dict[int, str]:
    """{person: IN, OUT or UNSURE} of a measure that began there 50 days ago."""
    measure = make_measure(**target)
    begin(measure, home, TODAY - timedelta(days=50))
    judged = Target(measure, measure.sites.all(), Action.objects.none()).judged()
    return dict(judged.values_list("pk", "standing"))


def test_age_is_that_of_the_last_day(home):
    at_80 = TODAY.replace(year=TODAY.year - 80, day=1)
    old, by_year = (make_senior(make_dwelling(home), born_on=at_80),
                    make_senior(make_dwelling(home), born_on=None, birth_year=1930))  # fmt: skip
    young = make_senior(make_dwelling(home), born_on=at_80.replace(year=at_80.year + 9))
    unknown = make_senior(make_dwelling(home), born_on=None)
    found = {old.pk: IN, by_year.pk: IN, young.pk: OUT, unknown.pk: UNSURE}
    assert standing(home, min_age=80) == found
    # She was not 80 yet when it ended.
    ended = at_80.replace(year=TODAY.year) - timedelta(days=1)
    assert standing(home, min_age=80, ends_on=ended) == found | {old.pk: OUT}


def test_who_lives_alone_is_as_the_score_says(home):
    def lives(size: int | None, couple: int | None = None, *, source=Source.OFFICER) -> Senior:
        senior = make_senior(make_dwelling(home, household_size=size))
        if couple is not None:
            told(senior, couple=couple, source=source)
        return senior

    two = make_dwelling(home, household_size=1)
    shared = [make_senior(two), make_senior(two)]
    merged = lives(1)
    make_senior(merged.dwelling, merged_into=merged)
    refused = lives(1, 1, source=Source.SURVEY)
    consent(refused, ConsentKind.VISIT, given=False)
    expected = {
        lives(1): IN, lives(1, 0): IN, lives(2): OUT, lives(1, 1): OUT, lives(None): UNSURE,
        lives(None, 1): OUT, lives(None, 0): UNSURE, shared[0]: OUT, shared[1]: OUT,
        merged: IN, refused: IN, lives(1, 1, source=Source.SURVEY): OUT,
    }  # fmt: skip
    found = standing(home, lives_alone=True)
    assert found == {senior.pk: said for senior, said in expected.items()}
    [(ids, people, answers)] = Loader(None, TODAY, 24).batches(100)
    scored = compute(people, answers, TODAY, codes=["alone"])[:, 0].tolist()
    said = {1: IN, 0: OUT, 255: UNSURE}
    assert found == {pk: said[one] for pk, one in zip(ids.tolist(), scored, strict=True)}


@pytest.mark.parametrize(
    ("floor", "lift", "said"),
    [(2, False, IN), (3, False, IN), (1, False, OUT), (3, True, OUT), (None, True, OUT),
     (0, None, OUT), (3, None, UNSURE), (None, False, UNSURE), (None, None, UNSURE)],
)  # fmt: skip
def test_a_floor_counts_where_there_is_no_lift(home, floor, lift, said):
    senior = make_senior(make_dwelling(home, floor=floor, has_lift=lift))
    assert standing(home, min_floor=2) == {senior.pk: said}


def test_a_gir_is_the_last_declared_in_time_and_as_she_agrees(home):
    ended = TODAY - timedelta(days=20)
    after, before = ended + timedelta(days=1), LONG_AGO - timedelta(days=90)

    def declared(*girs: tuple[int, date], agreed: bool = True) -> Senior:
        senior = make_senior(make_dwelling(home))
        if agreed:
            consent(senior)
        for gir, on in girs:
            told(senior, on, gir=gir)
        return senior

    joined, other = declared(), declared((5, LONG_AGO))
    Senior.objects.filter(pk=other.pk).update(merged_into=joined)
    expected = {
        declared((5, LONG_AGO)): IN, declared((4, LONG_AGO)): OUT, declared(): UNSURE,
        declared((4, before), (6, LONG_AGO)): IN, declared((6, before), (4, LONG_AGO)): OUT,
        declared((5, LONG_AGO), agreed=False): UNSURE, joined: IN,
        declared((5, TODAY - timedelta(days=900))): UNSURE,
        declared((5, after)): UNSURE, declared((4, LONG_AGO), (5, after)): OUT,
    }  # fmt: skip
    found = standing(home, girs=[5, 6], ends_on=ended)
    assert found == {senior.pk: said for senior, said in expected.items()}


def test_a_need_is_found_in_time_and_was_not_answered_before(home):
    ended = TODAY - timedelta(days=20)
    after, began = ended + timedelta(days=1), TODAY - timedelta(days=50)

    def person() -> Senior:
        return make_senior(make_dwelling(home))

    found, other, late, late_unseen, closed, answered, seen, old, never = (
        person() for _ in range(9)
    )
    needing(found)
    for senior in (other, late, answered, seen):
        visited(senior)
    needing(other, "bars")
    needing(late, on=after)
    needing(late_unseen, on=after)
    visited(late_unseen, after)
    needing(closed, closed_on=began)
    needing(answered, closed_on=began - timedelta(days=1))
    visited(old, TODAY - timedelta(days=900))
    expected = {found: IN, other: OUT, late: OUT, late_unseen: UNSURE, closed: IN, answered: OUT,
                seen: OUT, old: UNSURE, never: UNSURE}  # fmt: skip
    said = standing(home, needs=["bathroom", "toilet"], ends_on=ended)
    assert said == {senior.pk: one for senior, one in expected.items()}


def test_each_one_set_must_hold_and_one_that_does_not_is_enough(home):
    up = {"floor": 3, "has_lift": False}
    both = make_senior(make_dwelling(home, household_size=1, **up))
    low = make_senior(make_dwelling(home, household_size=None, floor=0, has_lift=False))
    unknown = make_senior(make_dwelling(home, household_size=None, **up))
    found = {both.pk: IN, low.pk: OUT, unknown.pk: UNSURE}
    assert standing(home, lives_alone=True, min_floor=1) == found


def test_who_it_reached_is_concerned_unless_a_fact_says_otherwise(home):
    """Moving down, growing frail or leaving since takes nobody out."""
    measure = make_measure(min_age=70, min_floor=2, girs=[5, 6])
    begin(measure, home, TODAY - timedelta(days=50))
    up = {"floor": 3, "has_lift": False}
    reached, moved, gone, low, young, frail, unsaid = (
        make_senior(make_dwelling(home, **(up if n != 3 else up | {"floor": 1}))) for n in range(7)
    )
    Senior.objects.filter(pk=young.pk).update(born_on=None, birth_year=TODAY.year - 65)
    for senior in (reached, moved, gone, low, young, frail):
        consent(senior)
        told(senior, gir=5)
    told(frail, TODAY, gir=3)
    for senior in (reached, moved, gone, low, young, frail):
        make_action("grab_bars", State.DONE, senior=senior)
    moved.dwelling = make_dwelling(home, floor=0)
    moved.save()
    Senior.objects.filter(pk=gone.pk).update(dwelling=None, ended_on=TODAY, end="died")
    reach = reach_of(measure, measure.sites.all())
    assert [(one.people, one.out_of) for one in reach.counts[:4]] == [(4, 4)] * 4
    # `unsaid` told no GIR; `low` and `young` are set apart, with what was done for them.
    assert (reach.lost, reach.unjudged, reach.outside, reach.delay.count) == (1, 1, 2, 4)
    assert Senior.objects.filter(pk=unsaid.pk).exists()


WHOLE = {"min_age": 80, "lives_alone": True, "min_floor": 2, "girs": [5, 6],
         "needs": ["bathroom", "toilet"]}  # fmt: skip
SAID = (
    "80 ans et plus, vivant seules, au 2e étage ou plus haut sans ascenseur, de GIR déclaré 5 ou 6,"
    " avec un besoin repéré : se laver sans enjamber ou s’asseoir et se relever aux WC"
)


def plain(text: str) -> str:
    return " ".join(unescape(text).replace("\u00a0", " ").replace("\u202f", " ").split())


def sheet_of(client, measure) -> str:
    answer = client.get(reverse("visits:measure-sheet", args=[measure.uid]))
    [page] = PdfReader(BytesIO(b"".join(answer.streaming_content))).pages
    return plain(page.extract_text())


def make_people(home, count: int, **told_) -> list[Senior]:
    """People of all the criteria of `WHOLE`."""
    born = date(TODAY.year - 85, 1, 1)
    people = []
    for _ in range(count):
        where = {"floor": 3, "has_lift": False, "household_size": 1} | told_
        senior = make_senior(make_dwelling(home, **where), born_on=born)
        consent(senior)
        told(senior, gir=5)
        needing(senior)
        people.append(senior)
    return people


def test_a_target_is_described_refused_for_nobody_and_read_back(client, home):
    manager = make_user(Role.MANAGER, home.territory)
    client.force_login(manager)
    kinds = [kind_of("grab_bars").pk]
    posted = {"name": "Douches", "purpose": "Se laver", "kinds": kinds, "ends_on": "",
              **WHOLE, "lives_alone": "True"}  # fmt: skip
    make_senior(make_dwelling(home, household_size=1))
    refused = client.post(reverse("visits:measure-new"), posted)
    text = plain(refused.content.decode())
    assert refused.status_code == 422
    assert (
        f"Rien n’a été enregistré : personne, dans ces lieux, ne répond à toute la cible « {SAID} »"
        in text
    )
    assert "de 1 personne, on n’en sait pas assez : il manque l’âge, le nombre d’occupants" in text
    assert not Measure.objects.exists()
    assert 'value="6" id="id_girs_5" checked' in text
    wrong = client.post(reverse("visits:measure-new"), posted | {"min_floor": 0, "girs": [7]})
    text = plain(wrong.content.decode())
    assert "Au rez-de-chaussée, l’ascenseur ne compte pas" in text
    make_people(home, 1)
    client.post(reverse("visits:measure-new"), posted)
    measure = Measure.objects.get()
    assert {name: getattr(measure, name) for name in WHOLE} == WHOLE
    page = reverse("visits:measure-show", args=[measure.uid])
    assert SAID in plain(client.get(page).content.decode())
    # Nor does it begin where nobody is of it; nothing is added.
    empty = {"residences": [make_residence(home.territory).pk], "starts_on": TODAY.isoformat()}
    place = reverse("visits:measure-add-sites", args=[measure.uid])
    answer = client.post(place, empty)
    assert (answer.status_code, measure.sites.count()) == (422, 0)
    assert "personne, dans ces lieux" in plain(answer.content.decode())
    client.post(place, empty | {"residences": [home.pk]})
    assert measure.sites.count() == 1
    # A change for nobody changes nothing; another field does while the target stays.
    edit = reverse("visits:measure-edit", args=[measure.uid])
    assert client.post(edit, posted | {"name": "Autre", "girs": [1]}).status_code == 422
    measure.refresh_from_db()
    assert (measure.name, measure.girs) == ("Douches", [5, 6])
    Senior.objects.update(dwelling=None, ended_on=TODAY, end="left")
    assert client.post(edit, posted | {"name": "Autre"}).status_code == 302


def test_screen_and_sheet_say_one_target_and_the_same_figures(client, home):
    measure = make_measure(**WHOLE)
    begin(measure, home, TODAY - timedelta(days=50))
    people = make_people(home, 44)
    make_people(home, 12, household_size=None)
    for senior in [*people[:20], *make_people(home, 3, has_lift=True)]:
        make_action("grab_bars", State.ACCEPTED, senior=senior)

    def read(role) -> tuple:
        client.force_login(make_user(role, home.territory))
        answer = client.get(reverse("visits:measure-show", args=[measure.uid]))
        page, reach = plain(answer.content.decode()), answer.context["reach"]
        pdf = sheet_of(client, measure)
        for text in (page, pdf):
            assert f"Cible : {SAID}" in text.replace("Cible :</strong>", "Cible :")
            assert plain(reach.unjudged_words) in text
            assert plain(reach.outside_words) in text
        shown = [None if one.hidden else one.people for one in reach.counts[:2]]
        assert f"{shown[1]} sur {shown[0]}" in pdf
        return *shown, reach.unjudged, reach.outside

    assert read(Role.MANAGER) == read(Role.ADMINISTRATOR) == (44, 20, 12, 3)
    assert read(Role.EVALUATOR) == (40, 20, 10, None)


def test_an_evaluator_tells_no_few_apart_from_two_targets(client, home):
    """Three of 44 do not live alone; ten live high up."""
    people = make_people(home, 41)
    make_people(home, 3, household_size=2)
    for senior in people[:10]:
        senior.dwelling.floor = 6
        senior.dwelling.save()
    client.force_login(make_user(Role.EVALUATOR))

    def read(**target) -> int | None:
        measure = make_measure(**target)
        begin(measure, home, TODAY - timedelta(days=50))
        answer = client.get(reverse("visits:measure-show", args=[measure.uid]))
        eligible = answer.context["reach"].counts[0]
        return None if eligible.hidden else eligible.people

    assert read(min_age=80) == read(min_age=80, lives_alone=True) == 40
    assert read(min_age=80, min_floor=6) is None
    # A target changed: what she reads stays that of the target told beside it.
    measure = make_measure(min_age=80)
    begin(measure, home, TODAY - timedelta(days=50))
    page = reverse("visits:measure-show", args=[measure.uid])
    assert client.get(page).context["reach"].counts[0].people == 40
    Measure.objects.filter(pk=measure.pk).update(min_floor=6)
    held = client.get(page).context["reach"]
    assert (held.counts[0].people, held.target) == (40, "80 ans et plus")


def test_a_target_is_judged_in_as_many_queries_whatever_their_number(
    client, home, django_assert_num_queries
):
    measure = make_measure(**WHOLE)
    begin(measure, home, TODAY - timedelta(days=50))
    for senior in make_people(home, 2):
        make_action("grab_bars", State.ACCEPTED, senior=senior)
    for count in (0, 8):
        make_people(home, count)
        sites = list(measure.sites.all())
        with django_assert_num_queries(JUDGED):
            reach_of(measure, sites)
    assert target_words(make_measure(min_floor=1)) == "60 ans et plus, en étage sans ascenseur"
