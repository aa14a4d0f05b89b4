"""The periods that managers look at: whole months, the current one up to today. Pure."""

from dataclasses import dataclass
from datetime import date

from seniors.french import day_words

LAST = (12, 3)  # the last so many months, the current one included
YEARS = 3
_SHORT = ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.",
          "nov.", "déc.")  # fmt: skip


@dataclass(frozen=True)
class Period:
    """From the first day of a month to a last day, both included; at most twelve months."""

    code: str
    label: str
    start: date
    end: date

    @property
    def days(self) -> tuple[date, date]:
        """Both ends, for a `range` of a query."""
        return self.start, self.end

    @property
    def words(self) -> str:
        """« du 1er décembre 2025 au 24 novembre 2026 »."""
        first, last = (day_words(day, weekday=False, year=True) for day in self.days)
        return f"du {first} au {last}"

    @property
    def months(self) -> list[date]:
        """The first day of each month."""
        first = 12 * self.start.year + self.start.month - 1
        last = 12 * self.end.year + self.end.month - 1
        return [_month(number) for number in range(first, last + 1)]


def periods(today: date) -> list[Period]:
    """Those one may choose; the first one is shown when nothing is chosen."""
    this = 12 * today.year + today.month - 1
    recent = [Period(str(n), f"{n} derniers mois", _month(this - n + 1), today) for n in LAST]
    years = [
        Period(str(year), f"année {year}", date(year, 1, 1), min(date(year, 12, 31), today))
        for year in range(today.year, today.year - YEARS, -1)
    ]
    return recent + years


def period_of(code: str, today: date) -> Period:
    """The period of that code, the first one when there is none."""
    offered = periods(today)
    return next((one for one in offered if one.code == code), offered[0])


def month_words(month: date, *, year: bool = False) -> str:
    """« nov. », « nov. 2026 »."""
    said = _SHORT[month.month - 1]
    return f"{said}\u00a0{month.year}" if year else said


def _month(number: int) -> date:
    """The first day of a month counted from year 0."""
    return date(number // 12, number % 12 + 1, 1)
