"""`python -m tests.torture [--schedules N] [--processes P] [--seed S] [--only K]`.

Sees first that faults planted in the database are found. Plays N schedules, each drawn from
« S/K » alone, and prints each on a line with its seed and its steps, in full when something is
wrong; `--only` plays one again and prints its steps as they come. Each of P processes has a server,
browsers and a database of its own: PostgreSQL, or else SQLite.
"""

import argparse
import functools
import operator
import random
import sys

from tests.torture.processes import play_in

MOST = 10**6


def main() -> int:
    """0 when nothing was lost, doubled or overwritten."""
    parser = argparse.ArgumentParser(prog="tests.torture")
    parser.add_argument("--schedules", type=int, default=300)
    parser.add_argument("--seed", default=str(random.SystemRandom().randrange(MOST)))
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--only", type=int, help="play this one again, step by step")
    options = parser.parse_args()
    places = range(options.first, options.first + options.schedules)
    if options.only is not None:
        places = range(options.only, options.only + 1)
    sums = play_in(options.processes, options.seed, places, proves=options.only is None)
    total = functools.reduce(operator.add, sums)
    sys.stdout.write(f"Seed {options.seed}, {total}\n")
    return int(bool(total.found))


if __name__ == "__main__":
    raise SystemExit(main())
