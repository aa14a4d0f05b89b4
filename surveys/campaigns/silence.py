"""What silence tells: questions left empty, what each wave brought back, who replies no more.

Figures count people where they lived when they were asked, as the response rates do.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import msgspec
from django.conf import settings
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum, TextField
from django.db.models.functions import Cast
from django.utils import timezone

from seniors import consents
from seniors.enums import ConsentKind, Role, Source
from seniors.french import full_day
from seniors.models import Consent, Senior, Territory, User
from seniors.person import PERSON, people_of
from seniors.shares import percents
from surveys.campaigns import counting
from surveys.campaigns.dispatch import months_before
from surveys.campaigns.queries import Rate, count_asked, is_small, own_territories, silent_seniors
from surveys.models import Campaign, Invitation, Response, Sending, Tally, Wave
from surveys.questionnaires import questionnaire
from surveys.questionnaires.questionnaire import Item

# An annual survey drifts by some months from a year to the next.
YEAR_BEFORE_MONTHS = 18
RETURN_DAYS = (14, 28)
HIDDEN = Rate("", 0, 0, hidden=True)


@dataclass(frozen=True)
class QuestionRate:
    """How many were asked one question and answered it; `hidden` when too few to be shown."""

    item: Item
    rate: Rate

    @property
    def left_empty(self) -> int | None:
        """Of a hundred who were asked, how many left it empty."""
        return None if self.rate.percent is None else 100 - self.rate.percent

    @property
    def interval(self) -> tuple[int, int] | None:
        """The 95 % interval of that percentage."""
        return percents(self.rate.silent, self.rate.asked)


def question_rates(user: User, campaign: Campaign) -> list[tuple[str, list[QuestionRate]]]:
    """For each section, who answered each of its questions: [(title, questions)].

    Asked: who answered the survey and lets her answers be used; a question on health, only who
    agreed to have such answers kept, then and now. A box left empty says nothing: boxes to tick
    are left out. An evaluator reads those who agreed to evaluation, and no small group, nor two
    figures whose difference is one.
    """
    asked, health, told = 0, 0, Counter()
    for agreed_on_health, codes in _kept_answers(user, campaign):
        asked += 1
        health += agreed_on_health
        told.update(codes)
    least = settings.SMALL_CELL if user.role == Role.EVALUATOR else 0
    hidden = _told_by_difference(user, campaign, asked, health) if least else frozenset()

    def rate_of(item: Item) -> Rate:
        if item.sensitive in hidden:
            return HIDDEN
        return _of_question(item, health if item.sensitive else asked, told, least)

    found = []
    for section in questionnaire.named(campaign.questionnaire).sections:
        items = [item for item in section.items if item.is_answer and item.kind != "tick"]
        rates = [QuestionRate(item, rate_of(item)) for item in items]
        if rates:
            found.append((section.title, rates))
    return found


def _told_by_difference(user: User, campaign: Campaign, asked: int, health: int) -> frozenset[bool]:
    """The questions to hide, those on health (True) or not (False): how many answered the survey,
    how many of them are counted here, and on health, would tell of a few by subtraction."""
    counts = count_asked(user, [campaign], "answered_by").items()
    answered = sum(count for (_, answered_by), count in counts if answered_by)
    if 0 < answered - asked < settings.SMALL_CELL:
        return frozenset({True, False})
    return frozenset({True} if 0 < asked - health < settings.SMALL_CELL else ())


def _of_question(item: Item, asked: int, told: Counter[str], least: int) -> Rate:
    rate = Rate(item.wording, asked, min(told[item.code], asked))
    return HIDDEN if is_small(rate, least) else rate


def _kept_answers(user: User, campaign: Campaign) -> Iterator[tuple[bool, Iterable[str]]]:
    """(whether answers on health were kept, codes answered) of each person whose may be used."""
    responses = _responses(user, campaign)
    agreed = _agreements(responses, campaign)
    rows = responses.annotate(told=Cast("observation__values", TextField()))
    sensitive = {
        item.code
        for item in questionnaire.named(campaign.questionnaire).items.values()
        if item.sensitive
    }
    for person, text in rows.values_list("person", "told").iterator(chunk_size=2000):
        hers = agreed.get(person, frozenset())
        if "used" not in hers or (user.role == Role.EVALUATOR and "evaluation" not in hers):
            continue
        codes = list(msgspec.json.decode(text))
        on_health = "health" in hers
        yield on_health, codes if on_health else [code for code in codes if code not in sensitive]


def _responses(user: User, campaign: Campaign) -> QuerySet[Response]:
    """The answers kept, of people asked in this user's territories."""
    responses = Response.objects.filter(campaign=campaign, observation__isnull=False)
    responses = responses.annotate(person=PERSON)
    own = own_territories(user)
    if own is None:
        return responses
    asked = Invitation.objects.filter(campaign=campaign, territory__in=own)
    return responses.filter(person__in=people_of(asked))


def _agreements(responses: QuerySet[Response], campaign: Campaign) -> dict[int, frozenset[str]]:
    """{person: what may be done of her answers, among used, health and evaluation}."""
    kinds = (*consents.KINDS, ConsentKind.EVALUATION.value)
    rows = Consent.objects.filter(kind__in=kinds).annotate(person=PERSON)
    rows = rows.filter(person__in=responses.values("person")).order_by("decided_on", "pk")
    latest: dict[tuple[int, str], bool] = {}
    then: set[int] = set()
    fields = ("person", "kind", "given", "source", "wording")
    for person, kind, given, source, wording in rows.values_list(*fields).iterator():
        latest[person, kind] = given
        if (kind, source, wording) == (consents.HEALTH, Source.SURVEY, campaign.questionnaire):
            (then.add if given else then.discard)(person)
    found: dict[int, set[str]] = {}
    for (person, kind), given in latest.items():
        if given and (kind != consents.HEALTH or person in then):
            found.setdefault(person, set()).add("used" if kind == consents.VISIT else kind)
    return {person: frozenset(hers) for person, hers in found.items()}


@dataclass(frozen=True)
class WaveReturn:
    """What one sending brought back: answers within 14 and 28 days, out of what was sent.

    `within` is [(days, rate, whether those days are over)].
    """

    label: str
    sent_on: date
    within: tuple[tuple[int, Rate, bool], ...]

    @property
    def sent(self) -> int:
        """How many it was sent to."""
        return self.within[0][1].asked


@dataclass(frozen=True)
class Week:
    """Answers received up to a day: new since the line before, and all of them."""

    until: date
    new: int
    rate: Rate


@dataclass(frozen=True)
class Returns:
    """How answers came back; `waves` is None for who may not read them."""

    total: Rate
    weeks: list[Week]
    waves: list[WaveReturn] | None


def returns_of(user: User, campaign: Campaign, *, today: date) -> Returns:
    """The curve of answers week by week, and the return of each sending.

    An answer counts for every sending it follows within the days said: two close reminders share
    it. For an evaluator weeks are joined until each brings enough people, and sendings, whose days
    would cut those weeks again, are left out.
    """
    cells = count_asked(user, [campaign], "sent_on", "answered_on")
    days: Counter[date] = Counter()
    for (_, _, answered_on), count in cells.items():
        if answered_on:
            days[answered_on] += count
    total = Rate("Total", sum(cells.values()), sum(days.values()))
    if user.role == Role.EVALUATOR:
        least = settings.SMALL_CELL
        if is_small(total, least):
            return Returns(Rate("Total", 0, 0, hidden=True), [], None)
        return Returns(total, join_weeks(weeks_of(days, total.asked, campaign, today), least), None)
    # Of one day, the questionnaires come before the reminders.
    waves = [*_first_sendings(cells, today), *_waves(user, campaign, today)]
    waves.sort(key=lambda one: one.sent_on)
    return Returns(total, weeks_of(days, total.asked, campaign, today), waves)


def weeks_of(days: Counter[date], asked: int, campaign: Campaign, today: date) -> list[Week]:
    """One line a week from the opening day to the last answer, or to today if it is still open."""
    if not days:
        return []
    start = campaign.opened_on
    last = max(*days, min(today, campaign.closes_on), start)
    new: Counter[int] = Counter()
    for day, count in days.items():
        new[max((day - start).days // 7, 0)] += count
    found, together = [], 0
    for week in range((last - start).days // 7 + 1):
        together += new[week]
        until = start + timedelta(days=7 * week + 6)
        found.append(Week(until, new[week], Rate("", asked, together)))
    return found


def join_weeks(weeks: list[Week], least: int) -> list[Week]:
    """The same, weeks joined so that each line brings nobody or at least `least` people."""
    found: list[Week] = []
    waiting = 0
    for week in weeks:
        waiting += week.new
        if waiting == 0 or waiting >= least:
            found.append(Week(week.until, waiting, week.rate))
            waiting = 0
    if waiting:
        # Too few at the end: they join the last line that brought somebody.
        while found and not found[-1].new:
            found.pop()
        before = found.pop().new if found else 0
        found.append(Week(weeks[-1].until, before + waiting, weeks[-1].rate))
    return found


def _first_sendings(cells: Counter, today: date) -> list[WaveReturn]:
    """What followed the day each person was asked on, from the cells of `returns_of`."""
    found: dict[date, list[int]] = {}
    for (_, sent_on, answered_on), count in cells.items():
        counts = found.setdefault(sent_on, [0] * (1 + len(RETURN_DAYS)))
        counts[0] += count
        for place, days in enumerate(RETURN_DAYS, 1):
            if answered_on and sent_on <= answered_on <= sent_on + timedelta(days=days):
                counts[place] += count
    return [_return("Envoi", day, counts, today) for day, counts in sorted(found.items())]


def _waves(user: User, campaign: Campaign, today: date) -> list[WaveReturn]:
    """What followed each wave that went out. A person written to on two records, joined since,
    counts once; those forgotten since stay among whom it was sent to."""
    waves = list(Wave.objects.filter(campaign=campaign, started_at__isnull=False))
    sendings = Sending.objects.filter(wave__in=waves, outcome=Sending.Outcome.SENT)
    forgotten = Tally.objects.filter(campaign=campaign, by=Tally.By.WAVE)
    own = own_territories(user)
    if own is not None:
        sendings = sendings.filter(invitation__territory__in=own)
        forgotten = forgotten.filter(territory__in=own)
    days_of = {wave.pk: timezone.localdate(wave.started_at) for wave in waves}
    counts = {"sent": Count("pk")} | {
        f"within_{days}": Count("pk", filter=_answered_within(days_of, days))
        for days in RETURN_DAYS
    }
    once = sendings.exclude(pk__in=counting.sent_twice(sendings))
    rows = once.order_by().values_list("wave").annotate(**counts)
    found = {wave: told for wave, *told in rows}
    gone = forgotten.order_by().values_list("wave").annotate(Sum("people"))
    for wave, people in gone:
        told = found.setdefault(wave, [0] * len(counts))
        told[0] += people
    return [
        _return(_label(wave, rank), days_of[wave.pk], found[wave.pk], today)
        for rank, wave in enumerate(waves, 1)
        if wave.pk in found
    ]


def _answered_within(days_of: dict[int, date], days: int) -> Q:
    """Sendings answered in that many days after their wave."""
    found = Q(pk=None)
    for wave, day in days_of.items():
        window = (day, day + timedelta(days=days))
        found |= Q(wave=wave, invitation__answered_on__range=window)
    return found


def _label(wave: Wave, rank: int) -> str:
    return f"Relance {rank}, par {wave.get_channel_display()}"


def _return(label: str, day: date, counts: list[int], today: date) -> WaveReturn:
    within = tuple(
        (days, Rate(label, counts[0], count), today > day + timedelta(days=days))
        for days, count in zip(RETURN_DAYS, counts[1:], strict=True)
    )
    return WaveReturn(label, day, within)


def year_before(campaign: Campaign) -> QuerySet[Campaign]:
    """The surveys of the year before this one."""
    earliest = months_before(campaign.opened_on, YEAR_BEFORE_MONTHS)
    return Campaign.objects.filter(opened_on__gte=earliest, opened_on__lt=campaign.opened_on)


def fell_silent(user: User, campaign: Campaign) -> QuerySet[Senior]:
    """Those of the user's territories who replied the year before and have not replied to this
    one, still housed, the eldest first; `replied_on` is the day of that reply."""
    before = Response.objects.filter(campaign__in=year_before(campaign))
    hers = before.filter(Q(senior=OuterRef("pk")) | Q(senior__merged_into=OuterRef("pk")))
    last = hers.order_by("-received_on").values("received_on")[:1]
    people = silent_seniors(user, campaign).filter(pk__in=people_of(before))
    return people.annotate(replied_on=Subquery(last))


def voices_lost(territories: Collection[Territory], on: date) -> dict[int, str]:
    """{senior: French words} of who replied the year before and let the last survey go by.

    Only surveys closed in the twelve months before that day count: until it closes, there is time
    to answer. The words stand in a reason: « a répondu à l’enquête de 2025, pas à celle de 2026 ».
    """
    closed = Campaign.objects.filter(
        territories__in=territories, closes_on__lt=on, closes_on__gte=months_before(on, 12)
    )
    found: dict[int, str] = {}
    for campaign in closed.distinct().order_by("opened_on", "pk"):
        answered = set(people_of(Response.objects.filter(campaign=campaign)))
        asked = Invitation.objects.filter(campaign=campaign, territory__in=territories)
        silent = set(people_of(asked)) - answered
        before = Response.objects.filter(campaign__in=year_before(campaign))
        rows = before.order_by("campaign__opened_on").values_list(PERSON, "campaign__opened_on")
        # Whoever answered a later survey has been heard again.
        found = {person: words for person, words in found.items() if person not in answered}
        found |= {
            person: _one_not_the_other(day, campaign.opened_on)
            for person, day in rows
            if person in silent
        }
    return found


def _one_not_the_other(before: date, after: date) -> str:
    """Which survey was answered and which was not, by their years, or by the days they opened on
    when both are of one year."""
    if before.year != after.year:
        return f"a répondu à l’enquête de {before.year}, pas à celle de {after.year}"
    days = full_day(before), full_day(after)
    return "a répondu à l’enquête ouverte le {}, pas à celle ouverte le {}".format(*days)
