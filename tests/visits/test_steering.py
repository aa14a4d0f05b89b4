"""The steering page: each figure with its denominator, the same on screen, in XLSX and in PDF."""

import re
from dataclasses import replace
from datetime import date, timedelta
from html.parser import HTMLParser
from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook
from pypdf import PdfReader

from seniors import merge, pulse
from seniors.enums import Role
from surveys.models import Campaign, Invitation, Response
from tests.make import make_dwelling, make_residence, make_senior, make_territory, make_user
from tests.visits.acting import make_action
from tests.visits.makers import make_list
from visits import tasks
from visits.acting.follow_up import add_need, move
from visits.enums import Family, State
from visits.models import Visit
from visits.releasing import content, people_rows
from visits.steering.figures import CLOSED_ACCOUNTS
from visits.steering.kept import keep_all
from visits.steering.overview import overview_for
from visits.steering.periods import period_of, periods

pytestmark = pytest.mark.django_db
OUTCOME = Visit.Outcome


@pytest.fixture(autouse=True)
def _inline(settings):
    """Asked for, counted at once."""
    settings.Q_CLUSTER = settings.Q_CLUSTER | {"sync": True}


def ago(days: int) -> date:
    return timezone.localdate() - timedelta(days=days)


def someone(territory, **fields):
    """A person at home there."""
    return make_senior(make_dwelling(make_residence(territory)), **fields)


def ask(*people, answered=()):
    """A survey sent to them a month ago, answered by some of them."""
    today = timezone.localdate()
    campaign = Campaign.objects.create(
        name=f"Enquête {Campaign.objects.count()}",
        questionnaire="bienvieillir-60-2026",
        opened_on=ago(30),
        closes_on=today,
    )
    for one in people:
        Invitation.objects.create(campaign=campaign, senior=one, sent_on=ago(30))
    for one in answered:
        Response.objects.create(
            campaign=campaign, senior=one, channel="paper", received_on=ago(20), content_digest="x"
        )


def visit(senior, outcome=OUTCOME.DONE, days=20, by=None):
    return Visit.objects.create(senior=senior, made_on=ago(days), outcome=outcome, made_by=by)


def publish(territory, officer, people):
    """A published list of this month with everyone of the territory, people of them kept."""
    made = make_list(territory, officer, capacity=len(people), starts_on=timezone.localdate())
    made.ends_on = timezone.localdate() + timedelta(days=4)
    made.published_at, made.published_by = timezone.now(), officer
    made.save()
    return made


def year(today=None):
    return periods(today or timezone.localdate())[0]


def shares(overview):
    """{code: (count, denominator)} of the chain and of the doors."""
    told = [*overview.chain, *overview.doors]
    return {share.code: (share.count, share.of) for share in told}


@pytest.fixture
def agency():
    """Six people: one goes through the whole chain, one refuses, one is absent, one is silent."""
    territory = make_territory("Agence de Brest")
    officer = make_user(Role.OFFICER, territory, first_name="Camille", last_name="Bihan")
    manager = make_user(Role.MANAGER, territory, first_name="Dominique", last_name="Kerlann")
    whole, refuses, absent, silent, asked_for, calm = (someone(territory) for _ in range(6))
    ask(whole, refuses, absent, silent, answered=[whole, absent])
    publish(territory, officer, [whole, refuses, absent, silent, asked_for, calm])
    for one, outcome in ((whole, OUTCOME.DONE), (refuses, OUTCOME.REFUSED), (calm, OUTCOME.DONE),
                         (absent, OUTCOME.ABSENT), (asked_for, OUTCOME.DONE)):  # fmt: skip
        visit(one, outcome, by=officer)
    make_action("grab_bars", State.CONFIRMED, senior=whole, by=officer)
    make_action("shower", State.REQUESTED, senior=asked_for, by=officer)
    # Asked for, of someone never visited: an action, but not of this chain.
    make_action("raised_wc", State.REQUESTED, senior=silent, by=officer)
    return territory, officer, manager


def test_each_stage_counts_people_among_those_of_its_denominator(agency):
    _, _, manager = agency
    assert shares(overview_for(manager, year())) == {
        "seniors": (6, None),
        "asked": (4, 6),
        "answered": (2, 4),
        "silent": (2, 4),
        "listed": (6, 6),
        "listed_visited": (3, 6),
        "visited": (3, 6),
        "found": (2, 3),
        "requested": (2, 2),
        "done": (1, 2),
        "confirmed": (1, 1),
        "knocked": (5, None),
        "refused": (1, 5),
        "absent": (1, 5),
    }


def test_a_refused_visit_is_no_visit_until_the_door_opens(agency):
    territory, _, manager = agency
    senior = someone(territory)
    before = shares(overview_for(manager, year()))
    visit(senior, OUTCOME.REFUSED, days=30)
    after = shares(overview_for(manager, year()))
    assert after["visited"][0] == before["visited"][0]
    assert after["refused"] == (2, 6)
    visit(senior, OUTCOME.DONE, days=3)
    later = shares(overview_for(manager, year()))
    assert (later["visited"][0], later["refused"]) == (before["visited"][0] + 1, (1, 6))


def test_what_a_tenant_says_is_not_done_is_not_done(agency):
    territory, officer, manager = agency
    senior = someone(territory)
    visit(senior)
    action = make_action("shutters", State.DONE, senior=senior, by=officer)
    assert shares(overview_for(manager, year()))["done"] == (2, 3)
    move(action, State.UNDER_WAY, on=ago(1), by=officer)
    assert shares(overview_for(manager, year()))["done"] == (1, 3)


def test_a_person_on_two_records_counts_once(agency):
    territory, _, manager = agency
    kept, other = someone(territory), someone(territory)
    visit(kept, days=9)
    visit(other, days=6)
    chosen = {clash.field: "kept" for clash in merge.clashes(kept, other)}
    merge.merge(kept, other, chosen, by=manager)
    told = shares(overview_for(manager, year()))
    assert (told["seniors"][0], told["visited"][0], told["knocked"][0]) == (7, 4, 6)
    month = overview_for(manager, year()).by_month
    assert sum(one["visited"].count for _, one in month) >= 4


def test_who_has_left_is_in_no_figure(agency):
    _, _, manager = agency
    gone = make_senior(ended_on=ago(1), end="left")
    visit(gone)
    assert shares(overview_for(manager, year()))["visited"] == (3, 6)


def test_what_happened_before_the_period_is_not_counted(agency):
    _, _, manager = agency
    old = next(one for one in periods(timezone.localdate()) if one.code.startswith("20"))
    last = period_of(str(int(old.code) - 2), timezone.localdate())
    told = shares(overview_for(manager, last))
    assert told["seniors"] == (6, None)
    assert [told[code][0] for code in ("asked", "visited", "found", "requested")] == [0, 0, 0, 0]


def test_a_manager_counts_her_territories_only(agency):
    _, _, manager = agency
    elsewhere = someone(make_territory())
    visit(elsewhere)
    ask(elsewhere)
    assert shares(overview_for(manager, year()))["visited"] == (3, 6)
    admin = make_user(Role.ADMINISTRATOR)
    assert shares(overview_for(admin, year()))["visited"] == (4, 7)


def test_a_territory_of_another_in_the_filter_shows_ones_own(client, agency):
    territory, _, manager = agency
    other = make_territory()
    client.force_login(manager)
    shown = client.get(reverse("visits:steering-show"), {"territory": other.pk, "period": "zzz"})
    assert shown.context["overview"].territories == [territory]
    assert shown.context["overview"].period == year()


def test_the_workload_is_in_the_order_of_names_and_leaves_nothing_out(agency):
    territory, officer, manager = agency
    other = make_user(Role.OFFICER, territory, first_name="Zoé", last_name="Abgrall")
    visit(someone(territory), by=make_user(Role.OFFICER, is_active=False))
    loads = overview_for(manager, year()).workload
    assert [load.name for load in loads] == [*map(str, (other, officer, manager)), CLOSED_ACCOUNTS]
    assert (loads[1].to_visit, loads[1].visited, loads[1].knocked) == (3, 3, 5)
    assert (loads[1].open_actions, loads[3].visited) == (2, 1)


def test_who_answered_and_who_did_not_are_visited_side_by_side(agency):
    _, _, manager = agency
    told = {share.code: (share.count, share.of) for share in overview_for(manager, year()).watched}
    assert told["silent_visited"] == (0, 2)
    assert told["answered_visited"] == (1, 2)


class Cells(HTMLParser):
    """The rows of the tables of a page, as texts."""

    def __init__(self):
        super().__init__()
        self.rows, self.open = [], False

    def handle_starttag(self, tag, attrs):
        """A new row, a new cell; a second line of a cell is apart."""
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
            self.open = True
        if tag == "span" and self.open:
            self.rows[-1][-1] += "|"

    def handle_endtag(self, tag):
        """Out of a cell."""
        if tag in ("td", "th"):
            self.open = False

    def handle_data(self, data):
        """What a cell says."""
        if self.open:
            self.rows[-1][-1] += " ".join(data.split())


def on_screen(client):
    """{label: (count, denominator)} as the page says it."""
    reader = Cells()
    reader.feed(client.get(reverse("visits:steering-show")).content.decode())
    rows = {row[0]: row for row in reader.rows if len(row) == 4 and row[0] != "Étape"}
    return {label: (int(row[1]), _first_number(row[2])) for label, row in rows.items()}


def _first_number(text):
    found = re.match(r"\d+", text)
    return int(found[0]) if found else None


def in_workbook(client):
    """The same, in the workbook."""
    content = b"".join(client.get(reverse("visits:steering-workbook")).streaming_content)
    rows = load_workbook(BytesIO(content))["La chaîne"].iter_rows(min_row=2, values_only=True)
    return {label: (count, of) for label, count, of, *_ in rows}


def report(client):
    """The text of each page of the report, with ordinary blanks."""
    content = b"".join(client.get(reverse("visits:steering-report")).streaming_content)
    return [" ".join(page.extract_text().split()) for page in PdfReader(BytesIO(content)).pages]


def test_screen_workbook_and_report_say_the_same(client, agency):
    _, _, manager = agency
    client.force_login(manager)
    told = {share.label: (share.count, share.of) for share in overview_for(manager, year()).chain}
    assert on_screen(client) == told
    workbook = in_workbook(client)
    assert {label: workbook[label] for label in told} == told
    pages = report(client)
    for label, (count, of) in told.items():
        part = f"{count} sur {of}" if of is not None else str(count)
        assert f"{label} {part}" in pages[0]


def test_the_report_has_two_pages_however_many_territories_and_officers(client):
    territories = [make_territory(f"Agence numéro {n}") for n in range(20)]
    for territory in territories:
        visit(someone(territory))
        for _ in range(2):
            make_user(Role.OFFICER, territory)
    client.force_login(make_user(Role.MANAGER, *territories))
    pages = report(client)
    assert len(pages) == 2
    assert "6 lignes de plus" in pages[1]
    assert "Comment c’est compté" in pages[1]


def test_the_page_asks_the_same_number_of_queries_however_many_people(
    client, agency, django_assert_num_queries
):
    """Counted at once, then kept: eight for the page itself, its territories and its officers."""
    territory, _, manager = agency
    client.force_login(manager)
    address = reverse("visits:steering-show")
    client.get(address)
    with django_assert_num_queries(COUNTED):
        client.get(address)
    keep_all(timezone.localdate())
    with django_assert_num_queries(KEPT):
        client.get(address)
    other = make_territory()
    manager.territories.add(other)
    people = [someone(place) for place in (territory, other) for _ in range(20)]
    ask(*people, answered=people[:9])
    for one in people:
        visit(one, by=make_user(Role.OFFICER, territory))
    with django_assert_num_queries(COUNTED):
        client.get(address)
    keep_all(timezone.localdate())
    with django_assert_num_queries(KEPT):
        client.get(address)


COUNTED, KEPT = 15, 6


def test_what_is_kept_is_what_would_be_counted_for_any_of_the_territories(agency):
    """Screen, workbook and report take it from one place: kept or counted now, it says the same."""
    territory, officer, manager = agency
    other = make_territory()
    elsewhere = make_user(Role.MANAGER, territory, other)
    for one in (someone(other), someone(other)):
        visit(one, OUTCOME.REFUSED, by=officer)
        make_action("shower", State.REQUESTED, senior=one, by=manager)
    users = manager, elsewhere, make_user(Role.ADMINISTRATOR)
    asked = [(user, period) for user in users for period in periods(timezone.localdate())]
    now = [overview_for(*one) for one in asked]
    keep_all(timezone.localdate())
    for (user, period), counted in zip(asked, now, strict=True):
        told = overview_for(user, period)
        assert told.counted_at > counted.counted_at
        assert replace(told, counted_at=counted.counted_at) == counted


def test_what_was_counted_is_kept_until_one_asks_for_another_count(client, agency):
    territory, _, manager = agency
    client.force_login(manager)
    address, again = reverse("visits:steering-show"), reverse("visits:steering-recount")
    keep_all(timezone.localdate() - timedelta(days=1))
    first = client.get(address)
    assert first.context["overview"].period.end == ago(1)
    assert f"Chiffres du {first.context['overview'].counted_at.day} " in first.content.decode()
    visit(someone(territory))
    kept = client.get(address).context["overview"]
    assert (kept.counted_at, shares(kept)) == (
        first.context["overview"].counted_at,
        shares(first.context["overview"]),
    )
    assert client.get(again).status_code == 405
    answer = client.post(again, {"period": "3", "territory": territory.pk})
    assert answer["Location"] == f"{address}?period=3&territory={territory.pk}"
    assert shares(client.get(address).context["overview"])["seniors"] == (7, None)
    assert client.get(address).context["overview"].period.end == timezone.localdate()
    manager.territories.add(make_territory())  # never counted: all are, now
    visit(someone(territory))
    assert shares(client.get(address).context["overview"])["seniors"] == (8, None)


def test_a_count_that_stopped_is_said_and_may_be_asked_for_again(client, agency):
    _, _, manager = agency
    client.force_login(manager)
    address = reverse("visits:steering-show")
    pulse.wait(tasks.STEERING)
    assert "un nouveau calcul est en cours" in client.get(address).content.decode()
    client.post(reverse("visits:steering-recount"))
    assert tasks.steering_pulse().state == pulse.WAITING  # the one asked for is enough
    with pytest.raises(RuntimeError), pulse.beating(tasks.STEERING, lambda: 0):
        raise RuntimeError
    assert "s’est arrêté avant la fin" in client.get(address).content.decode()
    client.post(reverse("visits:steering-recount"))
    assert tasks.steering_pulse() is None


def test_who_was_visited_and_had_a_need_is_the_same_in_steering_and_in_exports(agency):
    """A refusal, a record absorbed, a need said by telephone, another of someone never visited."""
    territory, officer, manager = agency
    today = timezone.localdate()
    said, absorbed, refuses, unseen = (someone(territory) for _ in range(4))
    for one in (said, absorbed):
        visit(one, days=0, by=officer)
    visit(refuses, OUTCOME.REFUSED, days=0)
    for one, code in ((said, "bars"), (absorbed, "light"), (refuses, "bars"), (unseen, "bars")):
        add_need(one, code, found_on=today, by=officer)
    kept_one = someone(territory)
    chosen = {clash.field: "kept" for clash in merge.clashes(kept_one, absorbed)}
    merge.merge(kept_one, absorbed, chosen, by=manager)
    told = shares(overview_for(manager, period_of(str(today.year), today)))
    span = content.Span.of(today.year, today)
    people = content.with_events(content.people_on(span.day), span)
    with_need = people[[f"need_{family.value}" for family in Family]].any(axis=1)
    assert told["visited"][0] == people["visited"].sum() >= 2
    assert told["found"][0] == with_need.sum() >= 2
    assert people["reached"].sum() == told["visited"][0]  # nothing else was heard of anybody
    events = people_rows._Events(span).of(people.index)
    assert events["visitee"].astype(bool).tolist() == people["visited"].tolist()
    assert events["jointe"].astype(bool).tolist() == people["reached"].tolist()


def test_an_empty_stock_says_what_will_come(client):
    client.force_login(make_user(Role.MANAGER, make_territory()))
    assert "Aucun locataire senior" in client.get(reverse("visits:steering-show")).content.decode()


def test_a_period_is_whole_months_up_to_today():
    offered = periods(date(2026, 1, 15))
    assert [one.code for one in offered] == ["12", "3", "2026", "2025", "2024"]
    assert offered[0].start == date(2025, 2, 1)
    assert offered[1].months == [date(2025, 11, 1), date(2025, 12, 1), date(2026, 1, 1)]
    assert (offered[2].end, offered[3].end) == (date(2026, 1, 15), date(2025, 12, 31))
