"""The measures: who sees them, and the one door by which they change."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from seniors.access import DECIDERS, territories_of
from seniors.enums import Role
from seniors.fragility import items
from seniors.french import counted
from seniors.models import Residence, Territory, User
from seniors.refusal import Refusal
from visits.enums import Outcome
from visits.evaluating.target import CRITERIA, IN, UNSURE, Target, missing_words, target_words
from visits.models import Action, Measure, MeasureDecision, MeasureSite

ELSEWHERE = (
    "Rien n’a été enregistré : ce dispositif concerne aussi des territoires qui ne vous sont pas "
    "confiés. Demandez à un administrateur."
)
# The needs found in visits drawn at random, beside the answers to the survey.
FOUND = "besoins"


class MeasureRefusal(Refusal):
    """A change of a measure that cannot be made."""


def visible_measures(user: User) -> QuerySet[Measure]:
    """All of them, to who sees only figures or everything; else those of one's territories, and
    those one described that have begun nowhere yet."""
    if user.role in (Role.ADMINISTRATOR, Role.EVALUATOR):
        return Measure.objects.all()
    mine = Q(pk__in=_sites_of(user).values("measure")) | Q(created_by=user)
    return Measure.objects.filter(mine)


def visible_sites(user: User, measure: Measure) -> QuerySet[MeasureSite]:
    """Where it runs, of what this person may see."""
    sites = measure.sites.select_related("territory", "residence__territory")
    if user.role in (Role.ADMINISTRATOR, Role.EVALUATOR):
        return sites
    return sites.filter(pk__in=_sites_of(user).values("pk"))


def _sites_of(user: User) -> QuerySet[MeasureSite]:
    there = list(territories_of(user))
    sites = MeasureSite.objects.filter(territory__in=there)
    return sites | MeasureSite.objects.filter(residence__territory__in=there)


def scope_words(user: User, measure: Measure) -> str:
    """How much of the measure the figures of `user` are about, beside an effect that is about all
    of it; "" for who sees every place."""
    if user.role in (Role.ADMINISTRATOR, Role.EVALUATOR):
        return ""
    seen, whole = visible_sites(user, measure).count(), measure.sites.count()
    if seen == whole:
        return ""
    there = counted(seen, "lieu", "lieux")
    return f"Dans vos territoires\u00a0: {there} sur {whole}\u00a0; l’effet porte sur tous."


def may_change(user: User, measure: Measure) -> bool:
    """A decider, for a measure that runs nowhere else than in his territories."""
    if user.role == Role.ADMINISTRATOR:
        return True
    all_mine = visible_sites(user, measure).count() == measure.sites.count()
    return user.role in DECIDERS and all_mine


def effects_offered() -> list[tuple[str, str]]:
    """(code, label) of what it may change: what the survey asks again, as the grid reads it."""
    from seniors.fragility.store import current_grid  # noqa: PLC0415

    return [
        (one.code, one.label) for one in current_grid().indicators if one.code not in items.RECORD
    ]


def labels_of(measure: Measure) -> dict[str, str]:
    """{code: label} of what is compared: what it should change, and the needs still found."""
    asked = {code: label for code, label in effects_offered() if code in measure.effects}
    return asked | {FOUND: "Besoins repérés"}


@transaction.atomic
def save_measure(measure: Measure, *, told: dict[str, Any], by: User) -> Measure:
    """Keep the fields of `told` (name, purpose, ends_on, effects, kinds and the target's).

    Raises MeasureRefusal for who may not, an end before the beginning, or a new target that holds
    for nobody.
    """
    if measure.pk is None:
        measure.created_by = by
    elif not may_change(by, measure):
        raise MeasureRefusal("not_yours", ELSEWHERE)
    kinds = told["kinds"]
    before = Measure.objects.filter(pk=measure.pk).values(*CRITERIA).first()
    for name in ("name", "purpose", "ends_on", "effects", *CRITERIA):
        setattr(measure, name, told[name])
    sites = _stored_sites(measure)
    _refuse_ended(measure, [site.starts_on for site in sites])
    if before != {name: told[name] for name in CRITERIA}:
        _refuse_nobody(measure, sites or _anywhere(by))
    measure.save()
    measure.kinds.set(kinds)
    return measure


@transaction.atomic
def add_sites(
    measure: Measure,
    *,
    territories: Iterable[Territory],
    residences: Iterable[Residence],
    starts_on: date,
    by: User,
) -> int:
    """Have it begin there on that day; the number of places added, those it had left as they are.

    Raises MeasureRefusal outside one's territories, after the end of the measure, or when nobody
    there nor where it runs is of its target.
    """
    territories, residences = list(territories), list(residences)
    mine = set(territories_of(by).values_list("pk", flat=True))
    asked = {one.pk for one in territories} | {one.territory_id for one in residences}
    if not asked <= mine:
        raise MeasureRefusal("not_yours", ELSEWHERE)
    _refuse_ended(measure, [starts_on])
    had = _stored_sites(measure)
    known = {(site.territory_id, site.residence_id) for site in had}
    wanted = [(one, None) for one in territories] + [(None, one) for one in residences]
    new = [
        MeasureSite(measure=measure, territory=there, residence=home, starts_on=starts_on)
        for there, home in wanted
        if (there and there.pk, home and home.pk) not in known
    ]
    if new:
        _refuse_nobody(measure, [*had, *new])
    MeasureSite.objects.bulk_create(new)
    return len(new)


@transaction.atomic
def remove_site(site: MeasureSite, *, by: User) -> None:
    """Take a place back: it is compared as one where nothing began. Raises MeasureRefusal."""
    home = site.territory or site.residence.territory
    if not territories_of(by).filter(pk=home.pk).exists():
        raise MeasureRefusal("not_yours", ELSEWHERE)
    site.delete()


def decide(measure: Measure, *, outcome: str, words: str, on: date, by: User) -> MeasureDecision:
    """What the meeting decided, with its reason. Raises MeasureRefusal."""
    if outcome not in Outcome.values or not words.strip():
        raise MeasureRefusal(
            "no_words",
            "La décision n’a pas été enregistrée : dites ce qui a été décidé, et pourquoi.",
        )
    if not may_change(by, measure):
        raise MeasureRefusal("not_yours", ELSEWHERE)
    return MeasureDecision.objects.create(
        measure=measure, outcome=outcome, words=words.strip(), on=on, by=by
    )


def _stored_sites(measure: Measure) -> list[MeasureSite]:
    return list(measure.sites.all()) if measure.pk else []


def _refuse_ended(measure: Measure, starts: Iterable[date]) -> None:
    if measure.ends_on and any(start > measure.ends_on for start in starts):
        raise MeasureRefusal(
            "ended",
            "Rien n’a été enregistré : un lieu commencerait après la fin du dispositif. "
            "Changez l’une des deux dates.",
        )


def _anywhere(user: User) -> list[MeasureSite]:
    """Where it could begin, for who describes it."""
    today = timezone.localdate()
    return [MeasureSite(territory=one, starts_on=today) for one in territories_of(user)]


def _refuse_nobody(measure: Measure, sites: Iterable[MeasureSite]) -> None:
    """An age alone is no mistake: people come, and grow older."""
    if not (measure.lives_alone or measure.min_floor or measure.girs or measure.needs):
        return
    target = Target(measure, sites, Action.objects.none())
    found = Counter(target.judged().order_by().values_list("standing", flat=True))
    if found[IN]:
        return
    lacks = ""
    if unknown := found[UNSURE]:
        many = counted(unknown, "personne")
        lacks = f" (de {many}, on n’en sait pas assez\u00a0: il manque {missing_words(measure)})"
    raise MeasureRefusal(
        "nobody",
        f"Rien n’a été enregistré\u00a0: personne, dans ces lieux, ne répond à toute la cible "
        f"«\u00a0{target_words(measure)}\u00a0»{lacks}. Retirez un critère, ou complétez les "
        "fiches d’abord.",
    )
