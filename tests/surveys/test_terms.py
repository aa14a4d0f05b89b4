"""Who gave no answer is forgotten twelve months after the end; every figure stays."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from seniors.enums import ConsentKind, Role
from surveys import terms
from surveys.campaigns import queries, silence
from surveys.models import Call, Invitation, Keying, Response
from surveys.receiving import intake
from tests.make import make_dwelling, make_residence, make_senior, make_territory, make_user
from tests.surveys.make import make_campaign, make_letters, territory_of

pytestmark = pytest.mark.django_db
CLOSED = date(2025, 3, 31)


def figures(user, campaign, place):
    """Every figure of a campaign."""
    return (
        queries.campaign_rates(user, campaign),
        queries.residence_rates(user, campaign, place),
        queries.campaign_totals(user, [campaign]),
        silence.returns_of(user, campaign, today=date(2026, 4, 1)),
    )


def past(on):
    return next(term for term in terms.terms(on) if term.code == "silent")


def test_the_silent_are_forgotten_at_their_term_and_the_counts_stay(client):
    brest = make_territory("Brest")
    homes = [make_dwelling(make_residence(brest, name=name)) for name in ("Iroise", "Sein")]
    people = [make_senior(homes[n % 2]) for n in range(6)]
    manager = make_user(Role.MANAGER, brest)
    campaign = make_campaign(brest, opened_on=date(2025, 1, 2), closes_on=CLOSED)
    at = timezone.make_aware(timezone.datetime(2025, 2, 3, 9))
    make_letters(campaign, at, manager)
    Call.objects.create(
        invitation=campaign.invitations.last(), by=manager, at=at, outcome=Call.Outcome.NOBODY
    )
    told = [
        intake.Answer(
            one.pk, Response.Channel.PAPER, date(2025, 2, 10), {}, {ConsentKind.VISIT: True}
        )
        for one in people[:2]
    ]
    intake.record_many(campaign, told)
    open_still = make_campaign(brest, name="Enquête suivante")
    before = figures(manager, campaign, brest)
    assert past(date(2026, 3, 30)).count == 0
    term = past(date(2026, 3, 31))
    assert term.count == 4
    for _ in range(2):
        term.erase()
    assert set(campaign.invitations.values_list("senior", flat=True)) == {
        one.pk for one in people[:2]
    }
    assert not Call.objects.exists()
    assert Invitation.objects.filter(campaign=open_still).count() == 6
    assert figures(manager, campaign, brest) == before
    assert past(date(2026, 3, 31)).count == 0
    # The page of the silent says so, and offers nobody's name.
    client.force_login(manager)
    page = client.get(reverse("surveys:campaign-silent", args=[campaign.uid])).content.decode()
    assert "ne sont plus connues" in page


@pytest.mark.parametrize(
    ("code", "on"), [("shells", date(2026, 3, 31)), ("answers", date(2027, 2, 10))]
)
def test_what_waits_to_be_typed_again_goes_at_its_term_and_the_count_of_papers_stays(code, on):
    senior, typist = make_senior(), make_user(Role.OFFICER)
    closes = CLOSED if code == "shells" else date(2027, 1, 31)
    campaign = make_campaign(territory_of(senior), opened_on=date(2025, 1, 2), closes_on=closes)
    told = {ConsentKind.VISIT: True}
    paper = intake.Answer(senior.pk, Response.Channel.PAPER, date(2025, 2, 10), {"lonely": 3}, told)
    intake.record_many(campaign, [paper])
    Keying.objects.create(
        response=Response.objects.get(), by=typist, drawn=True, values={"lonely": 3}
    )

    def term(on):
        return next(one for one in terms.terms(on) if one.code == code)

    term(on - timedelta(days=1)).erase()
    assert Keying.objects.get().values == {"lonely": 3}
    assert term(on).count == 1
    term(on).erase()
    assert Keying.objects.get().values == {}
    assert term(on).count == 0
