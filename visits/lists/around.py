"""What surrounds a list, in words: who was left out, what the shares mean, one more day. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil

from visits.models import VisitList, VisitListEntry

# Reason code: what follows "1 personne" and "n personnes".
LEFT_OUT = {
    "beyond_capacity": ("au-delà des visites possibles",) * 2,
    "visited": (
        "vue à domicile il y a moins de {months} mois",
        "vues à domicile il y a moins de {months} mois",
    ),
    "on_other_list": ("déjà sur une autre liste de la période",) * 2,
    "objection": ("qui ne souhaite pas de visite", "qui ne souhaitent pas de visite"),
    "muted": ("en pause",) * 2,
    "same_home": (
        "qui vit avec une personne de la liste et est proposée avec elle",
        "qui vivent avec une personne de la liste et sont proposées avec elle",
    ),
    "skipped": ("que vous avez écartée", "que vous avez écartées"),
    "no_score": (
        "arrivée depuis le dernier calcul, sans ordre de visite",
        "arrivées depuis le dernier calcul, sans ordre de visite",
    ),
    "moved": ("partie depuis le dernier calcul", "parties depuis le dernier calcul"),
}


@dataclass(frozen=True)
class OneMoreDay:
    """What one more day of visits would add: how many, and between which scores."""

    visits: int
    highest: float
    lowest: float


def left_out_lines(visit_list: VisitList) -> list[tuple[int, str]]:
    """How many people were left out and why, in words; only the reasons that hold."""
    counts = visit_list.left_out
    return [
        (counts[code], words[counts[code] > 1].format(months=visit_list.revisit_months))
        for code, words in LEFT_OUT.items()
        if counts.get(code)
    ]


def one_more_day(visit_list: VisitList) -> OneMoreDay | None:
    """The next people down by score, as many as one day of the period sees; None without any."""
    per_day = ceil(
        visit_list.capacity / max(working_days(visit_list.starts_on, visit_list.ends_on), 1)
    )
    totals = visit_list.next_totals[:per_day]
    return OneMoreDay(len(totals), totals[0], totals[-1]) if totals else None


def working_days(first: date, last: date) -> int:
    """Days from Monday to Friday, both ends included."""
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return sum(day.weekday() < 5 for day in days)


def lowest_by_score(entries: Iterable[VisitListEntry]) -> float | None:
    """The lowest score of those chosen by score; None without any."""
    chosen = (entry for entry in entries if entry.why == VisitListEntry.Why.SCORE)
    totals = [entry.total for entry in chosen if entry.total is not None]  # None: erased
    return min(totals, default=None)


def mean_shares(visit_list: VisitList) -> dict[str, float]:
    """How many visits each share makes on average."""
    return {
        "silent": visit_list.capacity * visit_list.silent_share,
        "random": visit_list.capacity * visit_list.random_share,
    }
