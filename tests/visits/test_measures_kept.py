"""Figures of measures that are kept: effects of a large landlord, counts that evaluators read."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from seniors.enums import Role
from seniors.models import Observation
from surveys.models import Response
from tests.make import make_dwelling, make_residence, make_senior, make_territory, make_user
from tests.visits.acting import make_action
from tests.visits.measuring import begin, make_measure, tried
from visits import tasks
from visits.acting.follow_up import move
from visits.enums import Satisfaction, State
from visits.evaluating import kept
from visits.evaluating.effects import Effect, may_follow
from visits.evaluating.means import Mean
from visits.evaluating.measures import labels_of
from visits.evaluating.outcomes import effect_on
from visits.evaluating.reach import Count, Reach, reach_of, told_apart
from visits.evaluating.sides import Side
from visits.models import Action, MeasureFigure

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
__all__ = ["tried"]


def test_who_is_satisfied_is_asked_when_she_confirms_and_counted_once(client):
    home = make_residence(make_territory())
    measure, by = make_measure("grab_bars", "shower"), make_user(Role.ADMINISTRATOR)
    begin(measure, home, TODAY - timedelta(days=60))
    people = [make_senior(make_dwelling(home)) for _ in range(4)]
    answers = (Satisfaction.YES, Satisfaction.RATHER, Satisfaction.NO, "")
    for person, said in zip(people, answers, strict=True):
        action = make_action("grab_bars", State.DONE, senior=person)
        move(action, State.CONFIRMED, on=TODAY, by=by, satisfied=said)
    # Of two actions, the one that she is not satisfied with counts.
    other = make_action("shower", State.DONE, senior=people[0])
    client.force_login(by)
    told = {"to": State.CONFIRMED, "on": TODAY.isoformat(), "satisfied": Satisfaction.NO}
    client.post(reverse("visits:action-step", args=[other.uid]), told)
    assert Action.objects.get(pk=other.pk).satisfied == Satisfaction.NO
    page = client.get(reverse("visits:action-show", args=[other.uid])).content.decode()
    assert "Satisfaction\u00a0: non" in page
    counts = {one.code: one for one in reach_of(measure, measure.sites.all()).counts}
    assert (counts["confirmed"].people, counts["asked"].people) == (4, 3)
    assert (counts["satisfied"].people, counts["satisfied"].out_of) == (1, 3)
    assert counts["satisfied"].interval == (6, 79)


def reach(*people: int, lost: int = 0, paid: int = 0, euros: int = 0) -> Reach:
    codes = ("eligible", "reached", "accepted", "done", "confirmed", "asked", "satisfied")
    counts = tuple(Count(code, code, n, n) for code, n in zip(codes, people, strict=True))
    cost = Mean(paid, euros / paid, 0, 200, is_range=False) if paid else None
    return Reach(counts, lost, None, Decimal(euros), cost)


BEFORE = reach(300, 100, 80, 60, 40, 20, 20, paid=40, euros=4000)


@pytest.mark.parametrize(
    ("after", "tells"),
    [
        (BEFORE, False),
        (reach(301, 100, 80, 60, 40, 20, 20, paid=40, euros=4000), True),
        (reach(300, 120, 100, 80, 60, 40, 40, paid=60, euros=5000), False),
        (reach(300, 120, 100, 80, 60, 40, 30, paid=60, euros=5000), True),  # 24, then 25
        (reach(300, 100, 80, 60, 40, 20, 20, paid=40, euros=4100), True),  # one invoice
    ],
)
def test_two_readings_must_not_tell_of_a_few_people(after, tells):
    assert told_apart(BEFORE, after, 11) is tells


def test_a_count_that_grew_by_one_is_not_read_by_an_evaluator(client):
    home = make_residence(make_territory())
    measure = make_measure()
    begin(measure, home, TODAY - timedelta(days=60))
    people = [make_senior(make_dwelling(home)) for _ in range(30)]
    page = reverse("visits:measure-show", args=[measure.uid])

    def read(role: str) -> int:
        client.force_login(make_user(role))
        return client.get(page).context["reach"].counts[0].people

    assert read(Role.EVALUATOR) == 30
    MeasureFigure.objects.update(kept_at=timezone.now() - timedelta(days=9))
    make_senior(make_dwelling(home))
    assert (read(Role.EVALUATOR), read(Role.ADMINISTRATOR)) == (30, 31)
    client.force_login(make_user(Role.EVALUATOR))
    assert client.get(page).context["reach_on"] == TODAY - timedelta(days=9)
    for _ in range(10):
        make_senior(make_dwelling(home))
    assert (read(Role.EVALUATOR), read(Role.ADMINISTRATOR)) == (30, 41)  # it may be 35, then 44
    for _ in range(5):
        make_senior(make_dwelling(home))
    assert (read(Role.EVALUATOR), read(Role.ADMINISTRATOR)) == (50, 46)
    assert len(people) == 30


def test_less_a_table_or_a_residence_an_evaluator_s_counts_tell_no_few(client):
    """44 people are 80 or more: a table gives 40 under 90. Three live in a residence that another
    measure leaves out."""
    territory, by = make_territory(), make_user(Role.ADMINISTRATOR)
    large, small = make_residence(territory), make_residence(territory)
    born = date(TODAY.year - 85, 1, 1)
    people = [make_senior(make_dwelling(large), born_on=born) for _ in range(41)]
    people += [make_senior(make_dwelling(small), born_on=born) for _ in range(3)]
    whole, part = (make_measure(min_age=80, name=name) for name in ("Tout", "Partie"))
    begin(whole, territory, TODAY - timedelta(days=60))
    begin(part, large, TODAY - timedelta(days=60))
    for senior in people[::2]:
        make_action("grab_bars", State.ACCEPTED, senior=senior, by=by)

    def read(role: str, measure) -> list[tuple[int, int]]:
        client.force_login(make_user(role))
        page = client.get(reverse("visits:measure-show", args=[measure.uid]))
        assert ("arrondis à la dizaine" in page.content.decode()) is (role == Role.EVALUATOR)
        return [(one.people, one.out_of) for one in page.context["reach"].counts[:3]]

    assert read(Role.ADMINISTRATOR, whole) == [(44, 44), (22, 44), (22, 22)]
    assert read(Role.ADMINISTRATOR, part) == [(41, 41), (21, 41), (21, 21)]
    told = [(40, 40), (20, 40), (20, 20)]
    assert read(Role.EVALUATOR, whole) == read(Role.EVALUATOR, part) == told
    pdf = client.get(reverse("visits:measure-sheet", args=[whole.uid]))
    text = PdfReader(BytesIO(b"".join(pdf.streaming_content))).pages[0].extract_text()
    assert "arrondis à la dizaine" in text
    assert "44" not in text


def test_a_manager_reads_of_which_places_the_figures_are_on_page_and_sheet(client):
    """Reached are counted in her territories, the effect is that of all: it is said."""
    here, away = make_territory(), make_territory()
    measure = make_measure()
    for place in (here, away, make_residence(away)):
        begin(measure, place, TODAY - timedelta(days=30))
    said = "Dans vos territoires : {} ; l’effet porte sur tous."
    for user, words in (
        (make_user(Role.MANAGER, here), said.format("1 lieu sur 3")),
        (make_user(Role.MANAGER, away), said.format("2 lieux sur 3")),
        (make_user(Role.MANAGER, here, away), ""),
        (make_user(Role.ADMINISTRATOR), ""),
        (make_user(Role.EVALUATOR), ""),
    ):
        client.force_login(user)
        page = client.get(reverse("visits:measure-show", args=[measure.uid])).content.decode()
        pdf = client.get(reverse("visits:measure-sheet", args=[measure.uid]))
        [sheet] = PdfReader(BytesIO(b"".join(pdf.streaming_content))).pages
        for text in (page, sheet.extract_text()):
            told = " ".join(text.split())
            assert (words in told, "Dans vos territoires" in told) == (True, bool(words))


def test_a_large_landlord_s_effects_are_computed_apart_and_kept(client, tried, monkeypatch):
    measure, _ = tried
    now = effect_on(measure, "lsns6")
    monkeypatch.setattr(kept, "LARGE", 0)
    client.force_login(make_user(Role.ADMINISTRATOR))
    page = reverse("visits:measure-effect", args=[measure.uid, "lsns6"])
    first = client.get(page)
    assert "found" not in first.context
    assert "Lancer le calcul" in first.content.decode()
    client.post(reverse("visits:measure-compute", args=[measure.uid, "lsns6"]))
    assert "Calcul en cours" in client.get(page).content.decode()
    tasks.compute_effects(measure.pk)
    noon = datetime.combine(TODAY - timedelta(days=40), time(12))  # whatever the hour of summer
    MeasureFigure.objects.update(kept_at=timezone.make_aware(noon))
    second = client.get(page)
    assert second.context["found"] == now
    assert second.context["computed_at"] == TODAY - timedelta(days=40)
    # An indicator of which nothing can be said keeps its reason.
    words = kept.effects_of(measure)["Besoins repérés"].found
    assert "il en faut au moins" in words
    unknown = reverse("visits:measure-compute", args=[measure.uid, "age"])
    assert client.post(unknown).status_code == 404


def test_an_evaluator_s_two_readings_of_an_effect_do_not_tell_one_answer(client, tried):
    """Someone answers again in between: her answer is the difference of both readings."""
    measure, people = tried
    page = reverse("visits:measure-effect", args=[measure.uid, "lsns6"])

    def read(role: str):
        client.force_login(make_user(role))
        return client.get(page).context["found"]

    first = read(Role.EVALUATOR)
    assert first == read(Role.ADMINISTRATOR)
    noon = timezone.make_aware(datetime.combine(TODAY - timedelta(days=40), time(12)))
    MeasureFigure.objects.filter(code="read:lsns6").update(kept_at=noon)
    for count, person in enumerate(people[: 2 * 11 : 2], 1):
        Response.objects.filter(senior=person).delete()
        Observation.objects.filter(senior=person).delete()
        sides = read(Role.ADMINISTRATOR)
        assert sides.reached.people + sides.others.people == 96 - count
        shown = read(Role.EVALUATOR)
        if count < 11:
            assert shown == first
            assert client.get(page).context["computed_at"] == TODAY - timedelta(days=40)
    # Six on one side and five on the other: fewer than eleven of each are still a few.
    assert read(Role.EVALUATOR) == first != read(Role.ADMINISTRATOR)
    # The decision sheet says the same.
    label = labels_of(measure)["lsns6"]
    assert kept.effects_of(measure, read=kept.effect_shown)[label].found == first
    # So does her page, computed again, and it tells nothing of people whose effect is refused.
    client.force_login(make_user(Role.EVALUATOR))
    client.post(reverse("visits:measure-compute-all", args=[measure.uid]))
    page = client.get(reverse("visits:measure-show", args=[measure.uid]))
    lines = {one["code"]: one for one in page.context["indicators"]}
    assert lines["lsns6"]["found"] == first
    assert lines["lsns6"]["sides"] == (first.reached, first.others)
    assert (lines["besoins"]["found"], lines["besoins"]["sides"]) == (None, ())


@pytest.mark.parametrize(
    ("reached", "others", "may"),
    [
        (Side(60, 4, 12), Side(60, 0, 12), False),  # nobody moved: an answer was mended
        (Side(61, 4, 12), Side(60, 0, 12), False),
        (Side(71, 4, 12), Side(60, 0, 12), True),
        (Side(71, 5, 12), Side(60, 0, 12), False),
        (Side(71, None, 12), Side(60, 0, 12), False),
        (Side(49, 4, 12), Side(90, 22, 12), True),
    ],
)
def test_an_effect_follows_another_once_enough_people_moved(reached, others, may):
    before = Effect("stepped", -6.0, -8.0, -4.0, Side(60, 4, 12), Side(60, 0, 12))
    after = Effect("stepped", -5.5, -8.0, -4.0, reached, others)
    assert may_follow(before, after, 11) is may
    assert not may_follow(before, "Moins de 30 personnes", 11)
