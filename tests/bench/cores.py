"""The two cores of the bars: the site, its database and its clients share them."""

import os

CORES = 2


def pin() -> str:
    """Keep this process, and those that it starts, on CORES cores; says which, for the report.

    Where the system does not let one choose (macOS), says how many there are.
    """
    if not hasattr(os, "sched_setaffinity"):
        return f"On all the {os.cpu_count()} cores of this machine: the bars are for {CORES}."
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])
    kept = sorted(os.sched_getaffinity(0))
    said = f"On {len(kept)} core(s) of {os.cpu_count()} ({', '.join(map(str, kept))})"
    short = "" if len(kept) == CORES else f"; the bars are for {CORES}"
    return f"{said}, for the site, its database and its clients together{short}."
