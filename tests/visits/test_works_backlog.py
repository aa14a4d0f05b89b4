"""The backlog of adaptations: what is in it, whose, in which order, and what it amounts to."""

from decimal import Decimal
from io import BytesIO

import openpyxl
import pytest
from django.http import QueryDict
from django.urls import reverse

from seniors.enums import Role
from tests.make import make_dwelling, make_residence, make_senior, make_territory, make_user
from tests.visits.acting import ago, kind_of, make_action, make_person, territory_of
from visits.acting import lives_in
from visits.acting.follow_up import add_need, decide
from visits.acting.waiting import visible_actions
from visits.enums import State
from visits.models import Need, SavedView, Works
from visits.works.backlog import ORDERS, bare_needs_of, in_order, lines, works_of
from visits.works.totals import BAND_LABELS, totals

pytestmark = pytest.mark.django_db
LIST = "/pilotage/travaux/"


@pytest.fixture
def manager():
    return make_user(Role.MANAGER, make_territory())


def someone(manager, **fields):
    """A person at home in the manager's territory."""
    return make_senior(make_dwelling(make_residence(manager.territories.get())), **fields)


def rows_on(answer) -> list[tuple[str, str]]:
    return [(line.kind, line.state) for line in answer.context["lines"]]


def test_needs_without_an_action_stand_beside_the_works(client, manager):
    make_action("grab_bars", State.REQUESTED, senior=someone(manager), by=manager)
    add_need(someone(manager), "shutters", found_on=ago(5), by=manager)
    client.force_login(manager)
    answer = client.get(LIST)
    assert sorted(rows_on(answer)) == [
        ("Barres d’appui", "demandée"),
        ("Ouvrir et fermer les volets", "sans action"),
    ]
    assert (answer.context["totals"].count, answer.context["totals"].bare) == (2, 1)


@pytest.mark.parametrize(
    ("state", "stays"), [(State.CANCELLED, True), (State.DECLINED, False), (State.DONE, False)]
)
def test_a_need_is_bare_again_once_its_action_is_cancelled_only(manager, state, stays):
    make_action("grab_bars", state, senior=someone(manager), by=manager)
    assert bare_needs_of(manager).exists() == stays


def test_another_home_and_a_social_action_are_not_works(manager):
    for code in ("move_home", "calls"):
        make_action(code, State.PROPOSED, senior=someone(manager), by=manager)
    assert not works_of(manager).exists()
    assert not bare_needs_of(manager).exists()


def test_the_works_seen_are_those_of_the_people_seen():
    """By what is kept here, by people elsewhere: both say the same, of merged records too."""
    kept, officer = make_person()
    here = territory_of(kept)
    absorbed = make_senior(merged_into=kept)  # its own home is in another territory
    need = Need.objects.create(senior=absorbed, code="bars", family="adaptation", found_on=ago(9))
    decide(need, kind_of("grab_bars"), state=State.ACCEPTED, on=ago(9), by=officer)
    Need.objects.create(senior=absorbed, code="light", family="adaptation", found_on=ago(9))
    make_action("shower", State.ACCEPTED)
    gone = make_senior(ended_on=ago(3), end="left")
    Need.objects.create(senior=gone, code="bars", family="adaptation", found_on=ago(9))
    lives_in.mend()
    people = [
        make_user(Role.MANAGER, here),
        make_user(Role.MANAGER, territory_of_absorbed(absorbed)),
        make_user(Role.ADMINISTRATOR),
    ]
    for user in people:
        ids = set(works_of(user).values_list("pk", flat=True))
        assert ids == set(visible_actions(user).values_list("pk", flat=True))
    assert [works_of(user).count() for user in people] == [1, 0, 2]
    assert [bare_needs_of(user).count() for user in people] == [1, 0, 2]
    assert not works_of(make_user(Role.EVALUATOR, here)).exists()


def test_who_works_everywhere_sees_everyone_at_home_and_nobody_who_has_left():
    everywhere = make_territory()
    user = make_user(Role.MANAGER, everywhere)
    at_home_, gone = (
        make_senior(make_dwelling(make_residence(everywhere))),
        make_senior(ended_on=ago(3), end="left"),
    )
    doubles = [
        make_senior(merged_into=kept, dwelling=at_home_.dwelling) for kept in (at_home_, gone)
    ]
    for person in (at_home_, gone, *doubles):
        need = Need.objects.create(senior=person, code="bars", family="adaptation", found_on=ago(9))
        decide(need, kind_of("grab_bars"), state=State.ACCEPTED, on=ago(9), by=user)
    lives_in.mend()
    ids = set(works_of(user).values_list("pk", flat=True))
    assert ids == set(visible_actions(user).values_list("pk", flat=True))
    assert len(ids) == 2
    stranger = make_user(Role.EVALUATOR, everywhere)
    assert not works_of(stranger).exists()


def territory_of_absorbed(record):
    return record.dwelling.residence.territory


def test_the_latest_due_come_first_a_forgotten_need_among_them(manager):
    """A need is late once 30 days have passed without a decision."""
    make_action("grab_bars", State.REQUESTED, senior=someone(manager), by=manager, on=ago(60))
    add_need(someone(manager), "light", found_on=ago(90), by=manager)
    make_action("shower", State.REQUESTED, senior=someone(manager), by=manager, on=ago(60))
    found = lines(in_order(works_of(manager), bare_needs_of(manager)))
    assert [(line.kind, line.days_late) for line in found] == [
        ("Voir clair la nuit", 60),
        ("Barres d’appui", 15),
        ("Douche à la place de la baignoire", 0),
    ]


def test_a_kind_without_a_price_is_never_zero(client, manager):
    make_action("thresholds", State.ACCEPTED, senior=someone(manager), by=manager)
    client.force_login(manager)
    answer = client.get(LIST)
    assert answer.context["lines"][0].estimate is None
    assert "prix à donner" in answer.content.decode()
    assert (answer.context["totals"].unpriced, answer.context["totals"].estimate) == (1, 0)


def test_an_estimate_is_the_one_given_else_quantity_times_price(manager):
    for quantity, estimate in ((3, None), (3, Decimal(500)), (None, None)):
        action = make_action("grab_bars", State.ACCEPTED, senior=someone(manager), by=manager)
        if quantity:
            Works.objects.create(action=action, quantity=quantity, estimate=estimate)
    found = lines(in_order(works_of(manager), bare_needs_of(manager)))
    assert [line.estimate for line in found] == [Decimal(660), Decimal(500), Decimal(220)]
    assert totals(works_of(manager), bare_needs_of(manager)).estimate == Decimal(1380)


def test_ages_are_counted_by_kind_and_their_middle_is_said(manager):
    for days in (10, 100, 200, 400):
        make_action("grab_bars", State.ACCEPTED, senior=someone(manager), by=manager, on=ago(days))
    whole = totals(works_of(manager), bare_needs_of(manager))
    assert [(kind.label, kind.counts) for kind in whole.kinds] == [("Barres d’appui", (1, 1, 1, 1))]
    assert (whole.median_age, len(BAND_LABELS)) == (150, 4)
    assert totals(works_of(manager).none(), bare_needs_of(manager)).median_age is None


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", 3),
        ("state=bare", 1),
        ("state=requested", 1),
        ("state=confirmed", 1),
        ("state=done", 1),
        ("state=all", 5),
        ("late=on", 1),
        ("funder=carsat", 1),
        ("funder=none", 2),
        ("q=armor", 1),
        ("state=nonsense&order=nonsense", 3),
    ],
)
def test_the_filters_narrow_the_list_and_its_totals_alike(client, manager, query, expected):
    territory = manager.territories.get()
    home = make_dwelling(make_residence(territory, name="Résidence d’Armor"))
    make_action("shower", State.ACCEPTED, senior=make_senior(home), by=manager, on=ago(9))
    asked = make_action("grab_bars", State.REQUESTED, senior=someone(manager), by=manager)
    Works.objects.create(action=asked, funder="carsat")
    for state in (State.CONFIRMED, State.DONE):
        make_action("shutters", state, senior=someone(manager), by=manager)
    add_need(someone(manager), "light", found_on=ago(90), by=manager)
    client.force_login(manager)
    answer = client.get(f"{LIST}?{query}")
    assert (len(answer.context["lines"]), answer.context["totals"].count) == (expected, expected)


@pytest.mark.parametrize("order", ["", "age", "cost", "place"])
@pytest.mark.parametrize("rows", [1, 12])
def test_the_list_takes_the_same_queries(client, manager, django_assert_num_queries, order, rows):
    _listed(manager, rows)
    client.force_login(manager)
    with django_assert_num_queries(QUERIES):
        client.get(f"{LIST}?order={order}")
    client.force_login(make_user(Role.ADMINISTRATOR))
    with django_assert_num_queries(QUERIES - 4):  # her territories are not asked for
        client.get(f"{LIST}?order={order}")


def test_no_filter_takes_more_queries(client, manager, django_assert_max_num_queries):
    _listed(manager, 12)
    client.force_login(manager)
    for query in (
        "late=on", "state=all", "state=bare", "funder=none", "q=residence", "lacking=shop",
    ):  # fmt: skip
        with django_assert_max_num_queries(QUERIES):
            client.get(f"{LIST}?{query}")


@pytest.mark.parametrize("rows", [1, 9])
def test_a_residence_takes_the_same_queries(client, manager, django_assert_num_queries, rows):
    place = make_residence(manager.territories.get())
    for _ in range(rows):
        person = make_senior(make_dwelling(place))
        action = make_action("grab_bars", State.DONE, senior=person, by=manager)
        Works.objects.create(action=action)
        add_need(person, "light", found_on=ago(9), by=manager)
    client.force_login(manager)
    with django_assert_num_queries(QUERIES_OF_A_RESIDENCE):
        answer = client.get(reverse("visits:works-residence", args=[place.pk]))
    assert len(answer.context["lines"]) == 2 * rows


def _listed(manager, rows: int) -> None:
    """So many rows of each half."""
    for _ in range(rows):
        action = make_action("grab_bars", State.ACCEPTED, senior=someone(manager), by=manager)
        Works.objects.create(action=action)
        add_need(someone(manager), "light", found_on=ago(9), by=manager)


QUERIES = 19
QUERIES_OF_A_RESIDENCE = 23


@pytest.mark.parametrize("order", ORDERS)
def test_the_first_rows_alone_are_those_of_the_whole_list(manager, order):
    """Both halves, with and without a price, in homes and days that meet."""
    for day in (40, 40, 9, 75, 3):
        person = someone(manager)
        make_action("grab_bars", State.ACCEPTED, senior=person, by=manager, on=ago(day))
        add_need(person, "light", found_on=ago(day), by=manager)
        action = make_action("shower", State.PROPOSED, senior=person, by=manager)
        Works.objects.create(action=action, estimate=Decimal(100 * day % 7))
    halves = works_of(manager), bare_needs_of(manager)
    whole = list(in_order(*halves, order))
    assert len(whole) == 15
    for many in (1, 4, 9, 15, 20):
        assert list(in_order(*halves, order, first=many)[:many]) == whole[:many]


def test_the_workbook_holds_the_rows_of_the_screen(client, manager):
    make_action("grab_bars", State.REQUESTED, senior=someone(manager), by=manager)
    add_need(someone(manager), "shutters", found_on=ago(5), by=manager)
    client.force_login(manager)
    shown = client.get(LIST).context["lines"]
    answer = client.get(reverse("visits:works-workbook"))
    sheet = openpyxl.load_workbook(BytesIO(b"".join(answer.streaming_content))).active
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    assert [(row[3], row[6], row[10]) for row in rows] == [
        (line.kind, line.age, line.estimate and float(line.estimate)) for line in shown
    ]


def test_works_done_wait_no_more_and_are_counted_apart(client, manager):
    """Neither on the screen nor in the workbook, whose estimates add up to those of the screen."""
    home = make_dwelling(make_residence(manager.territories.get()))
    for state, days in ((State.ACCEPTED, 10), (State.UNDER_WAY, 30), (State.DONE, 400)):
        make_action("shower", state, senior=make_senior(home), by=manager, on=ago(days))
    client.force_login(manager)
    answer = client.get(LIST)
    whole = answer.context["totals"]
    assert (whole.count, whole.estimate, whole.median_age) == (2, 13_000, 20)
    assert [kind.counts for kind in whole.kinds] == [(2, 0, 0, 0)]
    assert (answer.context["done"], answer.context["done_query"]) == (1, "state=done")
    assert "à confirmer par le locataire" in answer.content.decode()
    book = client.get(reverse("visits:works-workbook"))
    sheet = openpyxl.load_workbook(BytesIO(b"".join(book.streaming_content))).active
    assert sum(row[10] for row in sheet.iter_rows(min_row=2, values_only=True)) == whole.estimate
    done = client.get(f"{LIST}?{answer.context['done_query']}")
    assert (rows_on(done), done.context["done"]) == (
        [("Douche à la place de la baignoire", "faite")], None,
    )  # fmt: skip
    assert "Depuis quand cela attend" not in done.content.decode()
    residence = client.get(reverse("visits:works-residence", args=[home.residence_id]))
    assert (residence.context["totals"].estimate, residence.context["counts"]["waiting"]) == (
        13_000, 2,
    )  # fmt: skip
    assert len(residence.context["lines"]) == 3


def test_nobody_is_named_in_the_list_or_its_workbook(client, manager):
    make_action(
        "grab_bars", State.REQUESTED, senior=someone(manager, last_name="Kerbiriou"), by=manager
    )
    client.force_login(manager)
    assert "Kerbiriou" not in client.get(LIST).content.decode()
    book = b"".join(client.get(reverse("visits:works-workbook")).streaming_content)
    sheet = openpyxl.load_workbook(BytesIO(book)).active
    said = [str(cell) for row in sheet.iter_rows(values_only=True) for cell in row]
    assert not any("Kerbiriou" in one for one in said)


def test_a_view_is_kept_under_a_name_for_oneself_only(client, manager):
    client.force_login(manager)
    address = reverse("visits:works-view-save")
    answer = client.post(address, {"name": "Retards", "late": "on", "other": "x"})
    assert answer["Location"] == f"{LIST}?late=on"
    kept = SavedView.objects.get()
    assert (kept.name, kept.query, kept.user) == ("Retards", "late=on", manager)
    client.post(address, {"name": "Retards", "q": "é" * 100, "state": "bare"})
    told = QueryDict(SavedView.objects.get().query)
    assert (told["q"], told["state"]) == ("é" * 100, "bare")
    drop = reverse("visits:works-view-drop", args=[kept.pk])
    client.force_login(make_user(Role.MANAGER))
    assert client.get(LIST).context["views"].count() == 0
    assert client.post(drop).status_code == 404
    client.force_login(manager)
    client.post(drop)
    assert not SavedView.objects.exists()


@pytest.mark.parametrize("posted", [{"late": "on"}, {"name": "Tout"}])
def test_a_view_without_a_name_or_a_filter_is_refused(client, manager, posted):
    client.force_login(manager)
    answer = client.post(reverse("visits:works-view-save"), posted, follow=True)
    assert "message-error" in answer.content.decode()
    assert not SavedView.objects.exists()
