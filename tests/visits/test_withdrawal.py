"""An agreement taken back leaves nothing of what it allowed, in no table and no file."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as rounds
from hypothesis import strategies as st

from seniors import withdrawal
from seniors.enums import ConsentKind, Role, Source
from seniors.fragility import store
from seniors.models import AccessLog, Consent, FragilityScore, Objection, Observation
from seniors.withdrawal import Channel, what_goes, withdraw
from surveys.models import Draft, Response
from tests.crawl import saying
from tests.make import make_senior, make_user
from tests.surveys.make import territory_of
from tests.visits.acting import make_action
from tests.visits.sending import YES, send
from tests.visits.telling import SAID, WHY, WISH, WORDS, tell_everything
from visits.acting.follow_up import agreement_for
from visits.acting.referrals import Why, make_link, open_link
from visits.enums import ReleaseKind, ReleaseState, State
from visits.models import Appointment, Convention, Release, VisitForm
from visits.releasing import releases
from visits.releasing.choosing import agreeing
from visits.visiting import form
from visits.withdrawal import kept_of

pytestmark = pytest.mark.django_db
VISIT, HEALTH, SHARING, EVALUATION = ConsentKind


@pytest.fixture
def jeanne():
    """She agreed to all four, and told everything everywhere."""
    return make_senior(last_contact_on=timezone.localdate())


@pytest.fixture
def officer(jeanne):
    return make_user(Role.OFFICER, territory_of(jeanne), first_name="Camille")


@pytest.fixture
def told(jeanne, officer):
    return tell_everything(jeanne, officer)


def shown(jeanne, kind) -> dict[str, int]:
    return dict(what_goes(jeanne, [kind]))


@pytest.mark.parametrize("kind", [VISIT, HEALTH])
def test_nothing_is_left_of_what_was_told_in_any_table(
    jeanne, officer, told, kind, django_capture_on_commit_callbacks
):
    picture = Path(settings.MEDIA_ROOT) / "photos/p.jpg"
    assert len(saying("falls")) >= 5
    announced = what_goes(jeanne, [kind])
    before = AccessLog.objects.count()
    with django_capture_on_commit_callbacks(execute=True):
        done = withdraw(jeanne, [kind], by=officer, channel=Channel.PHONE)
    assert done == announced
    assert all(count for _, count in done)
    gone = [*SAID, WISH, WHY] + ([WORDS] if kind == HEALTH else [])
    assert saying(*gone) == set()
    # What it did not allow stays.
    assert VisitForm.objects.get().content["hazard.bathroom.bars"] == 1
    assert Response.objects.count() == 1
    assert jeanne.needs.count() == 1
    assert picture.exists() == (kind == VISIT)
    log = AccessLog.objects.latest("pk")
    assert (AccessLog.objects.count() - before, log.user) == (1, officer)
    assert log.gesture == f"withdraw-{kind} {sum(count for _, count in done)}"
    last = Consent.objects.filter(kind=kind).latest("pk")
    assert (last.given, last.source) == (False, Source.OFFICER)
    assert withdrawal.wording_of(last.wording) == "dit par téléphone"
    assert what_goes(jeanne, [kind]) == []  # the score computed again is made without them


def test_the_rest_of_what_was_told_survives_health(jeanne, officer, told):
    withdraw(jeanne, [HEALTH], by=officer, channel=Channel.ORAL)
    assert Observation.objects.get(source=Source.SURVEY).values == {"lonely": 4}
    assert Draft.objects.get().values == {"lonely": 1}
    assert FragilityScore.objects.get().total is not None
    assert not Objection.objects.exists()
    assert saying("Motif effacé à la demande") == {"VisitListEntry.reason"}


def test_the_visit_agreement_taken_back_frees_her_week(jeanne, officer, told):
    withdraw(jeanne, [VISIT], by=officer, channel=Channel.ORAL)
    assert not Appointment.objects.filter(cancelled_at=None).exists()
    assert not jeanne.list_entries.exists()
    assert Objection.objects.get(senior=jeanne, until=None).recorded_by == officer
    assert not Observation.objects.exclude(values={}).exclude(source=Source.VISIT).exists()
    assert set(Observation.objects.get(source=Source.VISIT).values) == {"grab_bars"}


def test_done_by_herself_it_is_signed_by_nobody(jeanne, officer, told):
    logged = AccessLog.objects.count()
    withdraw(jeanne, [VISIT, HEALTH], by=None, channel=Channel.WEB)
    gone = Appointment.objects.get()
    assert (gone.cancelled_by, gone.cancelled_at is None) == (None, False)
    assert Consent.objects.latest("pk").source == Source.SURVEY
    assert AccessLog.objects.count() == logged
    assert saying("falls", WISH) == set()


def test_twice_changes_nothing_and_says_so(jeanne, officer, told):
    withdraw(jeanne, [VISIT], by=officer, channel=Channel.ORAL)
    rows = Consent.objects.count()
    with pytest.raises(withdrawal.WithdrawalRefusal) as refusal:
        withdraw(jeanne, [VISIT], by=officer, channel=Channel.ORAL)
    assert (refusal.value.code, Consent.objects.count()) == ("already", rows)


def test_a_failure_leaves_everything(jeanne, officer, told, monkeypatch):
    def broken(*_):
        raise RuntimeError

    monkeypatch.setattr(store, "score_again", broken)
    with pytest.raises(RuntimeError):
        withdraw(jeanne, [HEALTH], by=officer, channel=Channel.ORAL)
    assert len(saying("falls")) >= 5
    assert (Path(settings.MEDIA_ROOT) / "photos/p.jpg").exists()


def test_sharing_taken_back_shuts_every_link_for_good(jeanne, officer):
    action = make_action("home_help", State.REQUESTED, senior=jeanne, by=officer)
    _, secret = make_link(action, by=officer)
    assert shown(jeanne, SHARING) == {
        "lien donné à un partenaire, éteint": 1,
        "accord de transmission, retiré": 1,
    }
    withdraw(jeanne, [SHARING], by=None, channel=Channel.WEB)
    assert open_link(secret).why == Why.WITHDRAWN
    # A later yes does not bring the old agreement back.
    Consent.objects.create(
        senior=jeanne, kind=SHARING, given=True, source="survey", wording="x",
        decided_on=timezone.localdate() + timedelta(days=1),
    )  # fmt: skip
    assert agreement_for(action, action.partner) is None


def test_evaluation_taken_back_withdraws_the_files_that_wait(
    jeanne, officer, django_capture_on_commit_callbacks
):
    today = timezone.localdate()
    Consent.objects.create(
        senior=jeanne, kind=EVALUATION, given=True, source="survey", wording="x",
        decided_on=today - timedelta(days=1),
    )  # fmt: skip
    convention = Convention.objects.create(
        recipient="CNAV", purpose="évaluer", starts_on=today, ends_on=today, created_by=officer
    )
    made = Release.objects.create(
        convention=convention, kind=ReleaseKind.ROWS, year=2026, purpose="x", asked_by=officer,
        state=ReleaseState.READY, expires_at=timezone.now() + timedelta(days=3),
    )  # fmt: skip
    told = {"kind": ReleaseKind.ROWS, "year": 2026, "purpose": "x", "asked_by": officer}
    begun = Release.objects.create(convention=convention, state=ReleaseState.MAKING, **told)
    path = releases.path_of(made)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"zip")
    assert jeanne.pk in agreeing()
    with django_capture_on_commit_callbacks(execute=True):
        withdraw(jeanne, [EVALUATION], by=officer, channel=Channel.LETTER)
    assert jeanne.pk not in agreeing()
    made.refresh_from_db()
    assert (made.state, path.exists()) == (ReleaseState.EXPIRED, False)
    begun.refresh_from_db()
    assert begun.state == ReleaseState.FAILED
    assert "Un accord a été repris" in begun.manifest["error"]


def test_a_form_that_comes_late_brings_nothing_back(jeanne, officer):
    withdraw(jeanne, [VISIT], by=officer, channel=Channel.PHONE)
    content = YES | {"wish.words": WISH, "item.lonely": 1, "hazard.bathroom.bars": 1}
    send(jeanne, officer, content, days_ago=2)
    assert saying(WISH, "lonely") == set()
    assert VisitForm.objects.get().content["hazard.bathroom.bars"] == 1


CODES = sorted(form.FIELDS)


@rounds(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    content=st.dictionaries(st.sampled_from(CODES), st.integers(0, 3) | st.text(max_size=5)),
    kinds=st.sets(st.sampled_from(list(ConsentKind))),
)
def test_what_is_kept_of_any_form(content, kinds):
    """Never more than there was, never an answer of an agreement taken back, the same twice."""
    kept = kept_of(content, kinds)
    assert kept.items() <= content.items()
    if HEALTH in kinds:
        assert not any(form.field(code).sensitive for code in kept)
    if VISIT in kinds:
        assert not any(code.startswith(("item.", "right.", "wish.")) for code in kept)
    if not kinds & {VISIT, HEALTH}:
        assert kept == content
    assert kept_of(kept, kinds) == kept


def test_the_page_tells_what_goes_then_does_it(client, jeanne, officer, told):
    client.force_login(officer)
    sheet = reverse("seniors:senior-show", args=[jeanne.uid])
    page = client.get(sheet).content.decode()
    assert "J’accepte que soient gardées mes réponses sur ma santé, marquées d’une étoile" in page
    address = reverse("seniors:consent-withdraw", args=[jeanne.uid, "health"])
    assert address in page
    asked = client.get(address).content.decode()
    for label, count in what_goes(jeanne, [HEALTH]):
        assert f"<strong>{count}</strong> {label}" in asked
    assert client.post(address, {}).status_code == 422
    assert len(saying("falls")) >= 5
    answer = client.post(address, {"channel": "oral"}, follow=True)
    assert "L’accord est retiré. C’est effacé" in answer.content.decode()
    assert saying("falls") == set()
    assert client.get(address.replace("health", "autre")).status_code == 404
