"""Days reckoned from another: ages by the year. Pure."""

from datetime import date


def years_before(day: date, years: int) -> date:
    """The same day that many years before; 28 February for a 29th that does not exist."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)
