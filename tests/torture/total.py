"""What came of some schedules, to be added up. Pure: it goes from one process to another."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Sum:
    """Of some schedules: how many were played, the faults found, and what was put to the test."""

    played: int = 0
    found: Counter[str] = field(default_factory=Counter)
    counts: Counter[str] = field(default_factory=Counter)

    def __add__(self, other: "Sum") -> "Sum":
        found, counts = self.found + other.found, self.counts + other.counts
        return Sum(self.played + other.played, found, counts)

    def __str__(self) -> str:
        kinds = dict.fromkeys(["lost", "doubled", "overwritten", *sorted(self.found)])
        wrong = ", ".join(f"{self.found[kind]} {kind}" for kind in kinds)
        much = ", ".join(f"{count} {name}" for name, count in self.counts.items())
        return f"{self.played} schedules ({much}): {wrong}"
