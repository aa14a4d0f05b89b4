"""`python -m tests.simulations [--times 500]`: 1 when an interval does not hold what it says."""

import argparse
import sys

from tests.simulations.coverage import KINDS, coverage

LEAST, MOST = 0.92, 0.98


def main() -> int:
    """A line a method and effect."""
    parser = argparse.ArgumentParser(prog="tests.simulations")
    parser.add_argument("--times", type=int, default=500)
    times = parser.parse_args().times
    wrong = 0
    for kind in KINDS:
        for effect in (0.0, -8.0):
            held, clear, error = coverage(kind, times, effect=effect)
            well = LEAST <= held <= MOST
            wrong += not well
            sys.stdout.write(
                f"{kind.name:8} effect {effect:5.1f}: held {held:6.1%}, clear {clear:6.1%}, "
                f"mean error {error:+.2f}{'' if well else '  NOT BETWEEN 92 % AND 98 %'}\n"
            )
            sys.stdout.flush()
    return int(bool(wrong))


if __name__ == "__main__":
    raise SystemExit(main())
