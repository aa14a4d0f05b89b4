"""Whom a campaign asks."""

import uuid
from collections import Counter
from datetime import date

import pandas as pd
import pytest

from seniors.enums import Source
from seniors.models import Objection, Observation, Senior
from surveys.campaigns import dispatch
from surveys.models import Invitation
from surveys.models.campaign import REFERENCE_LENGTH, REFERENCE_LETTERS, new_references
from surveys.receiving import matching
from surveys.sending import links
from tests.make import make_dwelling, make_residence, make_senior, make_territory
from tests.surveys.make import make_campaign

pytestmark = pytest.mark.django_db
OPENED = date(2026, 10, 1)


@pytest.fixture
def brest():
    return make_territory("Brest")


@pytest.fixture
def home(brest):
    return make_dwelling(make_residence(brest))


def invited(campaign):
    return set(campaign.invitations.values_list("senior__reference", flat=True))


def test_seniors_housed_in_the_territories_are_asked_and_no_others(brest, home):
    make_senior(home, reference="ici")
    make_senior(reference="ailleurs")
    make_senior(reference="partie", ended_on=date(2026, 1, 1), end="left")
    assert invited(make_campaign(brest)) == {"ici"}


@pytest.mark.parametrize(
    ("fields", "asked"),
    [
        ({"born_on": date(1961, 10, 1)}, True),
        ({"born_on": date(1961, 10, 2)}, False),
        ({"born_on": None, "birth_year": 1961}, True),
        ({"born_on": None, "birth_year": 1962}, False),
        ({"born_on": None, "birth_year": None}, True),
    ],
)
def test_the_least_age_counts_on_the_opening_day_and_an_unknown_age_is_asked(
    brest, home, fields, asked
):
    make_senior(home, reference="P", **fields)
    assert invited(make_campaign(brest, least_age=65)) == ({"P"} if asked else set())


@pytest.mark.parametrize(
    ("objection", "asked"),
    [
        ({}, False),
        ({"until": date(2026, 10, 1)}, False),
        ({"until": date(2026, 9, 30)}, True),
        ({"lifted_on": date(2026, 9, 1)}, True),
        ({"since": date(2026, 10, 2)}, True),
    ],
)
def test_who_objected_is_not_asked_while_the_objection_runs(brest, home, objection, asked):
    senior = make_senior(home, reference="P")
    fields = {"since": date(2025, 1, 1), "reason": "ne veut pas"} | objection
    Objection.objects.create(senior=senior, **fields)
    assert invited(make_campaign(brest)) == ({"P"} if asked else set())


def test_inviting_again_adds_only_newcomers(brest, home):
    make_senior(home)
    campaign = make_campaign(brest)
    assert dispatch.invite(campaign, on=OPENED) == 0
    make_senior(home, reference="nouvelle")
    assert dispatch.invite(campaign, on=date(2026, 11, 1)) == 1
    newcomer = Invitation.objects.get(senior__reference="nouvelle")
    assert newcomer.sent_on == date(2026, 11, 1)
    with pytest.raises(dispatch.AskingRefusal, match="est terminée"):
        dispatch.invite(campaign, on=date(2027, 1, 1))


def test_the_target_before_opening_counts_whom_each_exclusion_leaves_out_once(brest, home):
    """Somebody left out for two reasons counts under the first; the rest is who is invited."""
    for _ in range(3):
        make_senior(home)
    young = make_senior(home, born_on=date(1963, 1, 1))
    both, objecting, seen, long_ago = (make_senior(home) for _ in range(4))
    for senior in (both, objecting, young):
        Objection.objects.create(senior=senior, since=date(2025, 1, 1), reason="ne veut pas")
    visit(both, date(2026, 9, 1))
    visit(seen, date(2026, 4, 2))
    visit(long_ago, date(2026, 4, 1))
    visit(make_senior(home, reference="demain"), date(2026, 10, 2))
    empty = make_territory("Crozon")
    criteria = {"least_age": 65, "spared_months": 6, "on": OPENED}
    target = dispatch.target([brest, empty], **criteria)
    assert target.rows == [
        dispatch.TargetRow("Brest", housed=9, too_young=1, objecting=2, visited=1),
        dispatch.TargetRow("Crozon"),
    ]
    assert (target.rows[0].asked, target.total.asked) == (5, 5)
    assert dispatch.whom_to_ask([brest, empty], **criteria).count() == 5
    campaign = make_campaign(brest, empty, least_age=65, spared_months=6)
    assert campaign.invitations.count() == 5
    everyone = dispatch.target([brest], least_age=65, on=OPENED)
    assert (everyone.total.visited, everyone.total.asked) == (0, 6)


def visit(senior, day):
    """What a visit of that day told."""
    return Observation.objects.create(
        uid=uuid.uuid4(), senior=senior, source=Source.VISIT, observed_on=day, values={}
    )


def test_a_merged_record_that_was_visited_spares_the_person(brest, home):
    kept = make_senior(home)
    absorbed = make_senior(home)
    visit(absorbed, date(2026, 9, 1))
    Senior.objects.filter(pk=absorbed.pk).update(merged_into=kept)
    assert not dispatch.whom_to_ask([brest], least_age=60, spared_months=3, on=OPENED).exists()


def test_the_target_is_frozen_and_newcomers_come_in_by_a_gesture_territory_by_territory(
    brest, home
):
    campaign = make_campaign(brest, other := make_territory())
    make_senior(home, reference="ici")
    make_senior(make_dwelling(make_residence(other)), reference="là")
    assert campaign.invitations.count() == 0
    day = date(2026, 11, 1)
    assert dispatch.newcomers(campaign, territories=[brest], on=day).count() == 1
    assert dispatch.invite(campaign, territories=[brest], on=day) == 1
    assert invited(campaign) == {"ici"}
    assert dispatch.invite(campaign, on=day) == 1


def test_references_are_drawn_and_say_nothing_of_her(brest, home):
    for number in range(30):
        make_senior(home, reference=f"LOC{number:09d}")
    references = set(make_campaign(brest).invitations.values_list("reference", flat=True))
    assert len(references) == 30
    assert all(links.read_reference(one) == one for one in references)
    assert not references & set(Senior.objects.values_list("reference", flat=True))


def test_references_use_every_letter_as_often_and_never_repeat():
    drawn = new_references(20_000)
    assert len(set(drawn)) == 20_000
    counts = Counter("".join(drawn))
    assert set(counts) == set(REFERENCE_LETTERS)
    mean = 20_000 * REFERENCE_LENGTH / len(REFERENCE_LETTERS)
    assert all(abs(count - mean) < 6 * mean**0.5 for count in counts.values())
    assert new_references(0) == []


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("ABCDEFGHJKMN", "ABCDEFGHJKMN"),
        (" abcd-efgh\u00a0jkmn ", "ABCDEFGHJKMN"),
        ("https://site.fr/enquete/ABCDEFGHJKMN/?etape=2", "ABCDEFGHJKMN"),
        ("ABCDEFGHJKM", None),
        ("ABCDEFGHJKM0", None),
        ("", None),
    ],
)
def test_a_reference_is_read_however_it_is_typed_or_scanned(text, read):
    assert links.read_reference(text) == read
    assert links.read_reference(links.in_groups("ABCDEFGHJKMN")) == "ABCDEFGHJKMN"


def test_a_reference_of_another_campaign_is_refused_with_its_name(brest, home):
    make_senior(home)
    before, now = make_campaign(brest, name="Enquête 2025"), make_campaign(brest)
    asked = now.invitations.get()
    assert links.find_invitation(now, links.in_groups(asked.reference).lower()) == asked
    with pytest.raises(links.UnknownReference, match="autre enquête, «\u00a0Enquête 2025"):
        links.find_invitation(now, before.invitations.get().reference)
    with pytest.raises(links.UnknownReference, match="Aucun envoi"):
        links.find_invitation(now, "222222222222")


def test_a_file_is_matched_by_invitation_then_by_her_own_reference(brest, home):
    senior = make_senior(home, reference="00123", lease_reference="B1")
    before, now = make_campaign(brest, name="Enquête 2025"), make_campaign(brest)
    mine = now.invitations.get().reference
    cells = [mine, links.link_of(mine), links.in_groups(mine), "00123", "123", "B1", "222222222222",
             before.invitations.get().reference]  # fmt: skip
    found, reasons = matching.find_seniors(pd.Series(cells), now)
    assert list(found) == [senior.pk] * 6 + [None, None]
    assert [(n, "Enquête 2025" in why) for n, why in reasons] == [(6, False), (7, True)]


@pytest.mark.parametrize(
    ("day", "months", "before"),
    [
        (date(2026, 3, 31), 1, date(2026, 2, 28)),
        (date(2026, 1, 15), 1, date(2025, 12, 15)),
        (date(2026, 11, 30), 24, date(2024, 11, 30)),
        (date(2026, 11, 30), 0, date(2026, 11, 30)),
    ],
)
def test_months_before_a_day(day, months, before):
    assert dispatch.months_before(day, months) == before


def test_sixty_on_a_leap_day_is_read_without_error(brest, home):
    make_senior(home, born_on=date(1963, 2, 28))
    assert dispatch.whom_to_ask([brest], least_age=65, on=date(2028, 2, 29)).count() == 1
