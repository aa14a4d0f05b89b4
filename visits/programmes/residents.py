"""Who lives in a residence to be renovated: how many seniors, of what ages, how fragile. Counts."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count
from django.utils import timezone

from seniors.models import Residence, Senior, User
from seniors.queries import runs_of, scores_of
from visits.works.residence import residents

# The first age of each band: those of the aggregates for the CFPPA (DOMAIN.md 2.3).
AGES = ((90, "90 ans et plus"), (80, "80 à 89 ans"), (70, "70 à 79 ans"), (60, "60 à 69 ans"),
        (0, "moins de 60 ans"))  # fmt: skip
NO_AGE, NO_BAND = "âge inconnu", "pas assez connus"


@dataclass(frozen=True)
class Residents:
    """`ages` and `bands` are (label, count), each adding up to `count`; bands seen first on top."""

    count: int
    ages: list[tuple[str, int]]
    bands: list[tuple[str, int]]


def residents_of(user: User, residence: Residence) -> Residents:
    """The seniors of the residence, by age and by band of today's scores."""
    from seniors import sheet  # noqa: PLC0415

    there = residents(residence).select_related(None)
    people = list(there.only("born_on", "birth_year"))
    today = timezone.localdate()
    ages = Counter(_age_band(one.age_on(today)) for one in people)
    scores = scores_of([one.pk for one in people], runs_of(user))
    codes = Counter(scores[one.pk].band if one.pk in scores else "" for one in people)
    known = sheet.bands()
    labels = {code for code, _ in known}
    unknown = sum(count for code, count in codes.items() if code not in labels)
    return Residents(
        count=len(people),
        ages=[
            (label, ages[label]) for label in [*(label for _, label in AGES), NO_AGE] if ages[label]
        ],
        bands=[(label, codes[code]) for code, label in known]
        + ([(NO_BAND, unknown)] if unknown else []),
    )


def _age_band(age: int | None) -> str:
    if age is None:
        return NO_AGE
    return next(label for least, label in AGES if age >= least)


def seniors_by_residence(residences: Iterable[Residence | int]) -> dict[int, int]:
    """{residence: how many seniors live there}; absent when none does. One query."""
    people = Senior.objects.housed().filter(dwelling__residence__in=list(residences)).order_by()
    return dict(people.values_list("dwelling__residence").annotate(count=Count("pk")))
