"""The decision sheet: one page whatever there is to say, and nothing written over the boxes."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from django.utils import timezone
from pypdf import PdfReader

from visits.acting.delay import Spread
from visits.documents.measure_sheet import FOOT, print_measure
from visits.enums import Outcome
from visits.evaluating.effects import Effect
from visits.evaluating.kept import NEVER, Computed
from visits.evaluating.means import Mean
from visits.evaluating.measures import effects_offered
from visits.evaluating.reach import Count, Reach
from visits.evaluating.sides import Change, Side
from visits.evaluating.target import missing_words, target_words
from visits.models import Measure
from visits.needs import NEEDS

STEPS = (
    "Personnes concernées", "À qui on l’a proposé", "Ont accepté", "Action faite",
    "Confirmée par la personne", "Ont dit ce qu’elles en pensent",
    "En sont satisfaites, ou plutôt",
)  # fmt: skip
REACH = Reach(
    counts=tuple(Count(str(n), label, 900 - 90 * n, 1000 - 90 * n)
                 for n, label in enumerate(STEPS)),
    lost=35,
    delay=Spread(540, 62.5, 180, 58, 67),
    invoiced=Decimal(420_000),
    cost=Mean(512, 820.31, 790.11, 850.52, is_range=False),
    unjudged=1200,
    outside=12,
)  # fmt: skip
LONGEST = Measure(name="Barres et main courante " * 5, purpose="Poser sans attendre un plan " * 10,
                  min_age=70, lives_alone=True, min_floor=2, girs=[1, 2, 3, 4, 5],
                  needs=list(NEEDS))  # fmt: skip


def told(number: int) -> Computed | None:
    """An effect, an effect that is not to be believed, a refusal, or nothing yet."""
    change = Change(42.125, 38.0, -4.125, -6.04, -2.21)
    reached, others = Side(1480, 312, 60, change), Side(1600, 290, 71, change)
    trend = Effect("stepped", 12.5, 10.2, 14.8, reached, others)
    found = Effect("stepped", -12.25, -15.75, -10.25, reached, others, before=trend)
    at = timezone.now()
    sides = (reached, others)
    few = "Les personnes à qui comparer habitent moins de 10 résidences : il en faut au moins 10 "
    return (
        Computed(found, at, sides),
        Computed(trend, at, sides),
        Computed(f"{few}de chaque côté pour un intervalle honnête. Aucun effet n’est calculé.",
                 at, sides),
        None,
    )[number % 4]  # fmt: skip


def printed(effects: dict[str, Computed | None]) -> tuple[str, list[str]]:
    """The words of the only page, and those from the boxes down."""
    target = {"target": target_words(LONGEST), "missing": missing_words(LONGEST)}
    reach = replace(REACH, **target)
    scope = "Dans vos territoires : 120 lieux sur 340 ; l’effet porte sur tous."
    pdf = print_measure(LONGEST, reach, effects, date(2026, 11, 30), scope=scope)
    [page] = PdfReader(BytesIO(pdf)).pages
    low: list[str] = []

    def visit(text: str, _user: list, matrix: list, *_rest: object) -> None:
        if text.strip() and matrix[5] < FOOT:
            low.append(" ".join(text.split()))

    return " ".join(page.extract_text(visitor_text=visit).split()), low


@pytest.mark.parametrize("count", [0, 1, 4, 8, len(effects_offered()) + 1, 90])
def test_the_sheet_is_one_page_and_the_boxes_are_free(count):
    words, low = printed({f"Indicateur, {n}": told(n) for n in range(count)})
    assert low == ["Décision", *[one.label.capitalize() for one in Outcome], "Parce que :"]
    for n in range(min(count, 18)):
        assert f"Indicateur, {n} " in words
    assert ("sur la page du dispositif" in words.replace(NEVER, "")) is (count > 30)
    if count:
        assert "−4,1 (de −6,0 à −2,2)" in words
        assert "12,2 points de moins" in words or "−12,2 (de −15,8 à −10,2)" in words
        assert "évoluaient déjà différemment" in words
    if count > 3:
        assert "moins de 10 résidences" in words
        assert "Pas encore calculé" in words
