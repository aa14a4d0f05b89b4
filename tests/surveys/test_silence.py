"""What silence tells: residences, returns, questions left empty, who replies no more."""

import uuid
from collections import Counter
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from seniors.enums import ConsentKind, Role, Source
from seniors.french import full_day
from seniors.models import Consent, Observation, Senior
from surveys.campaigns import dispatch, queries, silence
from surveys.campaigns.queries import Rate
from surveys.campaigns.silence import Week
from surveys.models import Campaign, Invitation, Response, Sending, Wave
from surveys.receiving import intake
from tests.make import make_dwelling, make_residence, make_senior, make_territory, make_user
from tests.surveys.make import make_campaign, settle

TODAY = date(2026, 12, 20)
AGREED = {ConsentKind.VISIT: True, ConsentKind.HEALTH: True, ConsentKind.EVALUATION: True}

pytestmark = pytest.mark.django_db


@pytest.fixture
def brest():
    return make_territory("Brest")


def people(territory, count, **fields):
    home = make_dwelling(make_residence(territory))
    return [make_senior(home, **fields) for _ in range(count)]


def answer(campaign, seniors, *, on=date(2026, 11, 2), values=None, consents=AGREED):
    intake.record_many(
        campaign,
        [
            intake.Answer(senior.pk, Response.Channel.PAPER, on, values or {}, consents)
            for senior in seniors
        ],
    )


def last_year(*territories):
    return make_campaign(
        *territories,
        name="Enquête 2025",
        opened_on=date(2025, 10, 1),
        closes_on=date(2025, 12, 31),
    )


# Returns


def test_answers_are_counted_week_by_week_and_after_each_sending(brest):
    seniors = people(brest, 10)
    campaign = make_campaign(brest)
    answer(campaign, seniors[:2], on=date(2026, 10, 5))
    answer(campaign, seniors[2:3], on=date(2026, 10, 20))
    manager = make_user(Role.MANAGER, brest)
    wave = Wave.objects.create(
        campaign=campaign,
        channel=Wave.Channel.LETTER,
        planned_on=date(2026, 11, 2),
        created_by=manager,
        started_at=timezone.make_aware(timezone.datetime(2026, 11, 2, 9)),
    )
    invitations = {one.senior_id: one for one in Invitation.objects.all()}
    for senior in seniors[3:]:
        Sending.objects.create(
            wave=wave,
            invitation=invitations[senior.pk],
            outcome=Sending.Outcome.GONE if senior == seniors[9] else Sending.Outcome.SENT,
            at=wave.started_at,
        )
    answer(campaign, seniors[3:5], on=date(2026, 11, 16))
    answer(campaign, seniors[5:6], on=date(2026, 11, 30))
    returns = silence.returns_of(manager, campaign, today=date(2026, 11, 30))
    assert returns.total == Rate("Total", 10, 6)
    assert [(one.label, one.sent) for one in returns.waves] == [
        ("Envoi", 10),
        ("Relance 1, par courrier", 6),
    ]
    first, second = returns.waves
    assert [(days, rate.answered) for days, rate, _ in first.within] == [(14, 2), (28, 3)]
    assert [(days, rate.answered) for days, rate, _ in second.within] == [(14, 2), (28, 3)]
    assert [is_over for _, _, is_over in second.within] == [True, False]
    assert [week.new for week in returns.weeks] == [2, 0, 1, 0, 0, 0, 2, 0, 1]
    assert returns.weeks[0].until == date(2026, 10, 7)
    assert returns.weeks[-1].rate == Rate("", 10, 6)
    # The curve, the page of rates and the list of campaigns say the same.
    assert queries.campaign_rates(manager, campaign).total.answered == 6
    # A reminder of the day itself stands beside what was sent to everybody.
    wave.started_at = timezone.make_aware(timezone.datetime(2026, 10, 1, 9))
    wave.save()
    first, second = silence.returns_of(manager, campaign, today=date(2026, 11, 30)).waves
    assert (first.label, first.sent, first.within[0][1].answered) == ("Envoi", 10, 2)
    assert (second.label, second.sent) == ("Relance 1, par courrier", 6)


def test_weeks_are_joined_until_none_brings_a_few():
    new = [3, 12, 0, 4, 5, 1, 0, 2]
    asked = Counter({date(2026, 1, 1): sum(new)})
    weeks, together = [], 0
    for place, count in enumerate(new):
        together += count
        until = date(2026, 1, 7) + timedelta(days=7 * place)
        weeks.append(Week(until, count, Rate("", asked.total(), together)))
    joined = silence.join_weeks(weeks, 11)
    assert [week.new for week in joined] == [15, 0, 12]
    assert joined[-1].rate == weeks[-1].rate
    joined = silence.join_weeks(weeks, 5)
    assert [week.new for week in joined] == [15, 0, 12]


def test_an_evaluator_reads_joined_weeks_and_no_sending(brest):
    seniors = people(brest, 60)
    campaign = make_campaign(brest)
    answer(campaign, seniors[:4], on=date(2026, 10, 2))
    answer(campaign, seniors[4:24], on=date(2026, 10, 12))
    returns = silence.returns_of(make_user(Role.EVALUATOR), campaign, today=TODAY)
    assert returns.waves is None
    assert all(week.new == 0 or week.new >= 11 for week in returns.weeks)
    assert sum(week.new for week in returns.weeks) == 24
    small = make_campaign(make_territory(), name="Petite")
    assert silence.returns_of(make_user(Role.EVALUATOR), small, today=TODAY).weeks == []


# Questions


def rates_by_code(user, campaign):
    return {
        one.item.code: one
        for _, questions in silence.question_rates(user, campaign)
        for one in questions
    }


def test_a_question_counts_whom_it_was_asked_and_who_left_it_empty(brest):
    seniors = people(brest, 6)
    campaign = make_campaign(brest)
    told = {"cold_home": 1, "falls": 0}
    answer(campaign, seniors[:2], values=told)
    answer(campaign, seniors[2:3], values={"cold_home": 0}, consents=AGREED)
    without_health = AGREED | {ConsentKind.HEALTH: False}
    answer(campaign, seniors[3:4], values=told, consents=without_health)
    answer(campaign, seniors[4:5], values=told, consents={ConsentKind.VISIT: False})
    rates = rates_by_code(make_user(Role.MANAGER, brest), campaign)
    assert (rates["cold_home"].rate.asked, rates["cold_home"].rate.answered) == (4, 4)
    assert (rates["falls"].rate.asked, rates["falls"].rate.answered) == (3, 2)
    assert (rates["falls"].left_empty, rates["falls"].interval) == (33, (6, 79))
    assert (rates["grab_bars"].rate.asked, rates["grab_bars"].left_empty) == (4, 100)
    assert not {"wish_bars", "consent_visit", "no_contact"} & rates.keys()
    # She takes her consent on health back: those answers are counted no more.
    Consent.objects.create(
        senior=seniors[0],
        kind=ConsentKind.HEALTH,
        given=False,
        decided_on=date(2026, 12, 1),
        wording="par téléphone",
        source=Source.OFFICER,
    )
    rates = rates_by_code(make_user(Role.MANAGER, brest), campaign)
    assert (rates["falls"].rate.asked, rates["falls"].rate.answered) == (2, 1)
    stranger = rates_by_code(make_user(Role.MANAGER, make_territory()), campaign)
    assert stranger["cold_home"].rate.asked == 0


def test_an_evaluator_reads_those_who_agreed_and_no_small_group(brest):
    seniors = people(brest, 46)
    campaign = make_campaign(brest)
    answer(campaign, seniors[:30], values={"cold_home": 1})
    answer(campaign, seniors[30:35], values={"grab_bars": 1})
    apart = AGREED | {ConsentKind.EVALUATION: False}
    answer(campaign, seniors[35:], values={"cold_home": 1}, consents=apart)
    rates = rates_by_code(make_user(Role.EVALUATOR), campaign)
    assert rates["cold_home"].rate.hidden, "five left it empty"
    assert rates["grab_bars"].rate.hidden, "five answered"
    assert (rates["night_light"].rate.asked, rates["night_light"].rate.answered) == (35, 0)
    assert rates_by_code(make_user(Role.ADMINISTRATOR), campaign)["cold_home"].rate.asked == 46


def test_an_evaluator_computes_no_small_group_by_subtraction(brest):
    seniors = people(brest, 60)
    campaign = make_campaign(brest)
    answer(campaign, seniors[:25])
    without_health = AGREED | {ConsentKind.HEALTH: False}
    answer(campaign, seniors[25:35], consents=without_health)
    evaluator = make_user(Role.EVALUATOR)

    def asked():
        rates = rates_by_code(evaluator, campaign)
        return [rates[code].rate.asked for code in ("night_light", "unsteady")]

    assert asked() == [35, 0], "ten refused that answers on health be kept"
    answer(campaign, seniors[35:36], consents=without_health)
    assert asked() == [36, 25]
    apart = AGREED | {ConsentKind.EVALUATION: False}
    answer(campaign, seniors[36:46], consents=apart)
    assert asked() == [0, 0], "ten of those who answered refused the evaluation"
    answer(campaign, seniors[46:47], consents=apart)
    assert asked() == [36, 25]


# Residences


def test_residences_of_a_territory_are_read_by_its_staff_never_by_an_evaluator(brest, client):
    large, other, tiny = (make_residence(brest, name=name) for name in ("A", "B", "C"))
    lived = [
        [make_senior(make_dwelling(place)) for _ in range(count)]
        for place, count in ((large, 40), (other, 30), (tiny, 3))
    ]
    campaign = make_campaign(brest)
    answer(campaign, [*lived[0][:20], *lived[1][:15]])
    officer = make_user(Role.OFFICER, brest)
    assert queries.residence_rates(officer, campaign, brest) == [
        Rate("A", 40, 20),
        Rate("B", 30, 15),
        Rate("C", 3, 0),
    ]
    client.force_login(make_user(Role.EVALUATOR))
    address = reverse("surveys:silence-residences", args=[campaign.uid])
    assert client.get(address).status_code == 403
    settle(campaign)
    shown = client.get(reverse("surveys:campaign-show", args=[campaign.uid])).content.decode()
    assert "Brest" in shown
    assert address not in shown
    client.force_login(officer)
    shown = client.get(reverse("surveys:campaign-show", args=[campaign.uid])).content.decode()
    assert address in shown


# Voices lost


def test_who_replied_last_year_and_not_this_year(brest):
    seniors = people(brest, 4, born_on=date(1940, 1, 1))
    gone = people(brest, 1)[0]
    before = last_year(brest)
    answer(before, [*seniors[:3], gone], on=date(2025, 11, 3))
    campaign = make_campaign(brest)
    answer(campaign, seniors[:1])
    gone.dwelling, gone.ended_on, gone.end = None, date(2026, 12, 1), "left"
    gone.save()
    officer = make_user(Role.OFFICER, brest)
    found = silence.fell_silent(officer, campaign)
    assert list(found) == seniors[1:3]
    assert {senior.replied_on for senior in found} == {date(2025, 11, 3)}
    # A visit to a record absorbed since is news of her, and so is last year's reply.
    absorbed = people(brest, 1)[0]
    Senior.objects.filter(pk=absorbed.pk).update(merged_into=seniors[1])
    told = {"source": "visit", "observed_on": date(2026, 5, 6), "values": {}}
    Observation.objects.create(senior=absorbed, uid=uuid.uuid4(), **told)
    news = [date(2026, 5, 6), date(2025, 11, 3)]
    assert list(queries.last_news(list(found)).values()) == news
    assert not silence.fell_silent(make_user(Role.OFFICER, make_territory()), campaign).exists()
    # Until it closes there is time to answer: nothing weighs yet.
    assert silence.voices_lost([brest], date(2026, 12, 31)) == {}
    words = "a répondu à l’enquête de 2025, pas à celle de 2026"
    assert silence.voices_lost([brest], date(2027, 1, 1)) == {
        seniors[1].pk: words,
        seniors[2].pk: words,
        gone.pk: words,
    }
    assert silence.voices_lost([make_territory()], date(2027, 1, 1)) == {}
    # Two of one year are told by the days they opened on.
    in_2026 = {"opened_on": date(2026, 1, 10), "closes_on": date(2026, 3, 1)}
    Campaign.objects.filter(pk=before.pk).update(**in_2026)
    assert silence.voices_lost([brest], date(2027, 1, 1))[gone.pk] == (
        "a répondu à l’enquête ouverte le 10\u00a0janvier 2026, pas à celle ouverte le "
        f"{full_day(campaign.opened_on)}"
    )


@pytest.mark.parametrize("role", list(Role))
def test_pages_have_a_fixed_number_of_queries(client, brest, django_assert_max_num_queries, role):
    seniors = people(brest, 3)
    before = last_year(brest)
    answer(before, seniors, on=date(2025, 11, 3))
    campaign = make_campaign(brest)
    answer(campaign, seniors[:1])
    client.force_login(make_user(role, brest))
    if role == Role.EVALUATOR:
        settle(campaign)
    pages = [
        reverse(f"surveys:{name}", args=[campaign.uid])
        for name in ("campaign-show", "silence-returns", "silence-questions")
    ]
    if role != Role.EVALUATOR:
        pages += [
            reverse(f"surveys:{name}", args=[campaign.uid])
            for name in ("silence-residences", "silence-people")
        ]
    for page in pages:  # an evaluator's figures are taken at the first reading
        client.get(page)
    counts = {}
    for many in (False, True):
        if many:
            more = people(brest, 30)
            Invitation.objects.filter(campaign=campaign).delete()
            dispatch.invite(campaign, on=campaign.opened_on)
            answer(campaign, more[:20])
        for page in pages:
            with django_assert_max_num_queries(30) as asked:
                assert client.get(page).status_code == 200
            counts.setdefault(page, set()).add(len(asked))
    assert {page: len(found) for page, found in counts.items()} == dict.fromkeys(pages, 1), counts
