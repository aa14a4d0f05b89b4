"""What a schedule is made of, and how it is told. Pure."""

from dataclasses import dataclass
from itertools import groupby

OFFICERS = "AB"
# "statement-n": just before the nth statement of the request.
MOMENTS = (
    "now",
    "arrival",
    "statement-3",
    "statement-8",
    "statement-15",
    "before-commit",
    "after-commit",
    "answer",
    "half-answer",
)
AT_A_PICTURE = "picture-"  # before a moment: of the next picture, not of the next form
FIRST_WIDTH = 40  # of the pictures, each its own


@dataclass(frozen=True)
class Step:
    """One thing that happens; `who` is an officer's place, or None for the server."""

    kind: str
    who: int | None = None
    person: int | None = None
    code: str = ""
    value: str | int = ""

    def __str__(self) -> str:
        who = "server" if self.who is None else OFFICERS[self.who]
        words = [who, self.kind.replace("_", " ")]
        words += [] if self.person is None else [f"person {self.person + 1}"]
        words += [self.code] if self.code else []
        words += ["=", str(self.value)] if self.code and self.value != "" else []
        words += [str(self.value)] if not self.code and self.value != "" else []
        return " ".join(words)


@dataclass(frozen=True)
class Schedule:
    """What is played: so many officers, so many people on their lists, these steps."""

    seed: str
    officers: int
    people: int
    steps: tuple[Step, ...]

    def __str__(self) -> str:
        told = "; ".join(str(step) for step in self.steps)
        return f"{self.seed} ({self.officers} officers, {self.people} people): {told}"

    @property
    def brief(self) -> str:
        """The same on a short line: answers counted, officers named when another one acts."""
        told: list[str] = []
        last: int | None = -1
        for (who, kind, person, value), some in groupby(self.steps, key=_briefly):
            words = [OFFICERS[who]] if who is not None and who != last else []
            words += [kind.replace("_", " "), *([] if person is None else [f"P{person + 1}"])]
            words += [str(value)] if value != "" else []
            count = len(list(some))
            told.append(" ".join([*words, *([f"×{count}"] if count > 1 else [])]))
            last = who if who is not None else last
        return f"{self.seed} {self.officers}o {self.people}p: {', '.join(told)}"


# What is played before the others, once with each fault planted for the count to find.
PROOF = Schedule(
    "proof",
    1,
    2,
    (
        Step("opens", 0, 0),
        Step("types", 0, code="wish.words", value="Voir la mer"),
        Step("photographs", 0, code="bathroom", value=FIRST_WIDTH),
        Step("finishes", 0),
        Step("touches", 0, 1, value="absent"),
    ),
)


def _briefly(step: Step) -> tuple[int | None, str, int | None, str | int]:
    return step.who, step.kind, step.person, "" if step.code else step.value
