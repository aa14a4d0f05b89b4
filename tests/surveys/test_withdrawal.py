"""What the survey holds of someone who takes an agreement back: sent, begun, aside, typed twice."""

from datetime import timedelta

import pytest
from django.utils import timezone

from seniors.enums import ConsentKind
from seniors.known import consent_text
from seniors.models import Consent, Observation
from seniors.withdrawal import Channel, what_goes, withdraw
from surveys.models import Aside, Draft, Invitation, Keying, Response
from surveys.receiving import asides, drafts, intake
from surveys.withdrawal import ERASED
from tests.crawl import saying
from tests.make import make_senior, make_user
from tests.surveys.make import QUESTIONNAIRE, make_campaign, territory_of

pytestmark = pytest.mark.django_db
VISIT, HEALTH, SHARING, EVALUATION = ConsentKind
TOLD = {"falls": 1, "lonely": 3}
ON = timezone.localdate() - timedelta(days=10)


@pytest.fixture
def jeanne():
    """She answered on paper, waiting for a second typing; another answer came; one is begun."""
    senior = make_senior()
    campaign = make_campaign(territory_of(senior))
    first = answer(senior, campaign)
    Keying.objects.create(response=first, by=make_user(), drawn=True, values=TOLD)
    second = answer(senior, campaign, lonely=1)
    assert isinstance(second, Aside)
    Draft.objects.create(
        invitation=Invitation.objects.get(), channel="web", values=TOLD, clashing={"falls": 2}
    )
    return senior


def answer(senior, campaign, **values):
    return intake.record_or_set_aside(
        senior, campaign=campaign, channel=Response.Channel.PAPER, received_on=ON,
        values=TOLD | values, consents=dict.fromkeys(ConsentKind, True),
    )  # fmt: skip


def test_visit_taken_back_leaves_a_count(jeanne):
    withdraw(jeanne, [VISIT], by=None, channel=Channel.WEB)
    assert saying("falls", "lonely") == set()
    response = Response.objects.get()
    assert (response.observation, response.content_digest) == (None, ERASED)
    assert (Draft.objects.count(), Aside.objects.count()) == (0, 0)
    assert Invitation.objects.count() == 1


def test_health_taken_back_leaves_the_rest(jeanne):
    withdraw(jeanne, [HEALTH], by=None, channel=Channel.WEB)
    assert saying("falls") == set()
    assert Observation.objects.get().values == {"lonely": 3}
    assert [Draft.objects.get().values, Keying.objects.get().values] == [{"lonely": 3}] * 2
    assert Aside.objects.get().values == {"lonely": 1}
    assert Response.objects.get().content_digest == ERASED


@pytest.mark.parametrize("kind", [HEALTH, SHARING, EVALUATION])
def test_what_was_begun_or_set_aside_gives_no_agreement_again(jeanne, kind):
    """She agreed in each of them; sent or chosen the day that she took it back, they give none."""
    codes = [f"consent_{one}" for one in ConsentKind]
    begun = dict.fromkeys(codes, 1) | {"lonely": 3}
    Draft.objects.update(values=begun, clashing={})
    Aside.objects.update(received_on=timezone.localdate())
    goes = what_goes(jeanne, [kind])
    withdraw(jeanne, [kind], by=None, channel=Channel.WEB)
    assert {"réponse commencée", "seconde réponse mise de côté"} <= {
        label.partition(",")[0] for label, _ in goes
    }
    invitation = Invitation.objects.select_related("campaign", "senior").get()
    assert f"consent_{kind}" not in Draft.objects.get().values
    drafts.send(invitation, version=Draft.objects.get().version)
    asides.decide(Aside.objects.order_by("pk")[0], "second", by=make_user())
    latest = Consent.objects.filter(kind=kind).latest("decided_on", "pk")
    assert (latest.given, latest.wording) == (False, "retrait-web")


@pytest.mark.parametrize("kind", [VISIT, HEALTH])
def test_no_digest_of_a_second_answer_is_left_once_it_is_compared(jeanne, kind):
    """With the few answers that there are, whoever tries them all would find hers again."""
    asides.decide(Aside.objects.get(), "first", by=make_user())
    assert ("trace d’une seconde réponse comparée", 1) in what_goes(jeanne, [kind])
    withdraw(jeanne, [kind], by=None, channel=Channel.WEB)
    assert Aside.objects.get().content_digest.startswith(ERASED)
    assert not [label for label, _ in what_goes(jeanne, [kind]) if "seconde" in label]


@pytest.mark.parametrize("kind", [VISIT, HEALTH])
def test_the_same_paper_typed_again_brings_nothing_back(jeanne, kind):
    withdraw(jeanne, [kind], by=None, channel=Channel.WEB)
    answer(jeanne, Response.objects.get().campaign)
    assert saying("falls") == set()
    assert Response.objects.count() == 1


def test_the_words_of_each_agreement_are_those_of_the_questionnaire():
    assert consent_text("visit", QUESTIONNAIRE).startswith("J’accepte que mes réponses servent")
    assert consent_text("visit", "visite-2026-1").startswith("J’accepte que ce que j’ai dit")
    assert consent_text("visit", "autre") == ""
