"""The steering page: the same figures on screen, in XLSX and in PDF, counted once and kept."""

import re
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser
from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook
from pypdf import PdfReader
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth

from seniors import pulse
from seniors.enums import Role
from seniors.french import full_day
from seniors.paper import REGULAR
from tests.make import make_territory, make_user
from tests.visits.acting import make_action
from tests.visits.steering import (
    OUTCOME,
    ago,
    ask,
    make_agency,
    shares,
    someone,
    visit,
    year,
)
from visits import tasks
from visits.documents.steering_report import SMALL
from visits.enums import State
from visits.steering.kept import keep_all
from visits.steering.overview import overview_for
from visits.steering.periods import periods

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _inline(settings):
    """Asked for, counted at once."""
    settings.Q_CLUSTER = settings.Q_CLUSTER | {"sync": True}


@pytest.fixture
def agency():
    return make_agency()


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


def printed(client):
    """The pages of the report."""
    content = b"".join(client.get(reverse("visits:steering-report")).streaming_content)
    return PdfReader(BytesIO(content)).pages


def report(client):
    """The text of each page of the report, with ordinary blanks."""
    return [" ".join(page.extract_text().split()) for page in printed(client)]


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
    """A long name stays out of the figures: on two lines, cut at the end of the second."""
    long = "Agence de territoire de Brest Métropole, rive droite et rive gauche de la Penfeld"
    names = [long, "A" * 60, *(f"Agence numéro {n}" for n in range(18))]
    territories = [make_territory(name) for name in names]
    for territory in territories:
        visit(someone(territory))
        for _ in range(2):
            make_user(Role.OFFICER, territory)
    client.force_login(make_user(Role.MANAGER, *territories))
    pages = printed(client)
    assert len(pages) == 2
    said = {}
    pages[1].extract_text(
        visitor_text=lambda text, _, tm, *__: said.update(dict.fromkeys(text.splitlines(), tm[5]))
    )
    left = {int(text.split()[0]) for text in said if "lignes de plus" in text}
    assert len(left) == 2  # of the territories, of the officers
    [foot] = [height for text, height in said.items() if text.startswith("Compté le")]
    assert min(height for text, height in said.items() if text.startswith("•")) > foot + 10
    firsts = [text for text in said if text.startswith(("Agence", "Métropole", "rive", "AA"))]
    assert any(text.endswith("…") for text in firsts)
    assert max(stringWidth(text, REGULAR, SMALL) for text in firsts) <= 38 * mm


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
    counted_on = timezone.localtime(first.context["overview"].counted_at)
    assert f"Chiffres du {full_day(counted_on)} à" in first.content.decode()
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


def test_an_empty_stock_says_what_will_come(client):
    client.force_login(make_user(Role.MANAGER, make_territory()))
    assert "Aucun locataire senior" in client.get(reverse("visits:steering-show")).content.decode()
