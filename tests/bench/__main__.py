"""`python -m tests.bench [--sizes 11000,110000,550000] [--only import,score] [--keep FOLDER]`."""

import argparse
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from seniors.demo.landlord import FIRST_EXTRACT, OCCUPANTS, STOCK
from tests.bench import cores, field, large, reach, releasing, web_form
from tests.bench.bases import TODAY, Bases
from tests.bench.measure import Compared, JobFailed, Once, compare, run
from tests.bench.rates import SENIORS
from tests.run import postgresql, postgresql_programs

_IMPORTING = "tests.bench.importing"
WORKS = (
    "import",
    "reimport",
    "score",
    "pages",
    "rates",
    "forms",
    "questionnaires",
    "field",
    "web",
    "project",
    "release",
    "reach",
)
MEMORY_MB = 600  # at 110,000 dwellings and under; flat beyond
FLAT = 1.25


@dataclass(frozen=True)
class Line:
    """One line of the table; `met` is None when no bar applies."""

    work: str
    size: int
    per_second: float | None
    peak_mb: float | None
    figure: str
    bar: str
    met: bool | None

    def __str__(self) -> str:
        rate = "" if self.per_second is None else f"{self.per_second:,.0f}"
        peak = "" if self.peak_mb is None else f"{self.peak_mb:,.0f}"
        met = {True: "met", False: "NOT MET", None: ""}[self.met]
        return (
            f"{self.work:<34}{self.size:>9,}{rate:>11}{peak:>9}  "
            f"{self.figure:<46}{self.bar:<20}{met}"
        )


HEADING = f"{'work':<34}{'size':>9}{'rows/s':>11}{'peak MB':>9}  {'measured':<46}{'bar':<20}"


def main() -> int:
    """Measure, print each line as it comes; 1 when a bar is not met."""
    parser = argparse.ArgumentParser(prog="tests.bench")
    parser.add_argument("--sizes", default="11000,110000,550000")
    parser.add_argument("--only", default=",".join(WORKS))
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--keep", type=Path, help="make the databases here and leave them")
    options = parser.parse_args()
    sizes = [int(size) for size in options.sizes.split(",")]
    with tempfile.TemporaryDirectory(prefix="bienveille-bases-") as folder:
        return _all(options.keep or Path(folder), sizes, options.only.split(","), options.times)


def _all(folder: Path, sizes: list[int], only: list[str], times: int) -> int:
    print(cores.pin())
    busy = os.getloadavg()[0]
    if busy > 1:
        print(f"Load average {busy:.1f}: the machine does something else, times are unsure.")
    print(HEADING, flush=True)
    missed = 0
    for name in only:
        try:
            for line in _LINES[name](folder, sizes, times):
                print(line, flush=True)
                missed += line.met is False
        except JobFailed as error:
            print(f"{name}: not measured. {error}", flush=True)
            missed += 1
    if "reach" in only:
        print("", *reach.table(folder, dwellings=10_936, seeds=(2026, 1, 2)), sep="\n")
    print(f"\n{missed} bar(s) not met." if missed else "\nEvery bar is met.")
    return int(missed > 0)


def _imports(folder: Path, sizes: list[int], times: int) -> Iterator[Line]:
    """Dwellings, then occupants, compared and written in one reading as `import_extract --apply`
    does; then against django-import-export."""
    peaks: dict[str, list[float]] = {}
    for size in sizes:
        bases = Bases(folder, size)
        for what, base in (("dwellings", "database"), ("occupants", "stock")):
            case = _case(bases, what, base)
            done = compare(
                f"{_IMPORTING}:work",
                f"{_IMPORTING}:floor",
                case,
                base=bases.at(base),
                times=times,
            )
            yield _line(f"import {what}, by the command", size, done, 3.0)
            yield _on_the_site(done, run(f"{_IMPORTING}:previewed", case, base=bases.at(base)))
            peaks.setdefault(what, []).append(done.peak_mb)
            if size == min(sizes) and what == "dwellings":
                yield from _against_yardstick(bases)
    yield from _flat("import", sizes, peaks)


def _case(bases: Bases, what: str, base: str) -> dict:
    """The file, and the columns that the import reads in it."""
    name, encoding = {
        "dwellings": (STOCK, "utf-8-sig"),
        "occupants": (OCCUPANTS, "cp1252"),
    }[what]
    case = {
        "file": str(bases.file(name)),
        "name": name,
        "kind": what,
        "encoding": encoding,
        "extract_on": (TODAY - FIRST_EXTRACT).isoformat(),
    }
    read = run(f"{_IMPORTING}:columns_read", case, base=bases.at(base))
    case["columns"] = read.more["columns"]
    return case


def _against_yardstick(bases: Bases) -> Iterator[Line]:
    """Rows per second of both on the same file; one run each, the gap is wide."""
    case = _case(bases, "dwellings", "database")
    ours = run(f"{_IMPORTING}:work", case, base=bases.at("database"))
    for bulk in (False, True):
        theirs = run(
            f"{_IMPORTING}:yardstick",
            case | {"bulk": bulk, "rows": 4_000},
            base=bases.at("database"),
        )
        ratio = (ours.rows / ours.seconds) / (theirs.rows / theirs.seconds)
        yield Line(
            f"django-import-export{', bulk mode' if bulk else ''}",
            theirs.rows,
            theirs.rows / theirs.seconds,
            theirs.peak_mb,
            f"ours is {ratio:.1f} x faster",
            "" if bulk else ">= 10 x",
            None if bulk else ratio >= 10,
        )


def _reimports(folder: Path, sizes: list[int], times: int) -> Iterator[Line]:
    """The file that was just applied, once more."""
    peaks: dict[str, list[float]] = {}
    for size in sizes:
        bases = Bases(folder, size)
        for what, before, after in (
            ("dwellings", "database", "stock"),
            ("occupants", "stock", "people"),
        ):
            case = _case(bases, what, before)
            done = compare(
                f"{_IMPORTING}:work",
                f"{_IMPORTING}:parse",
                case,
                base=bases.at(after),
                times=times,
            )
            yield _line(f"re-import {what}", size, done, 2.0)
            peaks.setdefault(what, []).append(done.peak_mb)
            other = run(f"{_IMPORTING}:work", _one_byte_more(case), base=bases.at(after))
            ratio = other.seconds / done.floor_seconds
            measured = f"{other.seconds:.2f} s = {ratio:.2f}"
            rate = other.rows / other.seconds
            yield Line("  same rows, other bytes", size, rate, other.peak_mb, measured, "", None)
    yield from _flat("re-import", sizes, peaks)


def _one_byte_more(case: dict) -> dict:
    """The same file with a blank line at its end: no row differs, the file does."""
    path = Path(case["file"])
    longer = path.with_name(f"longer-{path.name}")
    longer.write_bytes(path.read_bytes() + b"\r\n")
    return case | {"file": str(longer)}


def _scores(folder: Path, sizes: list[int], times: int) -> Iterator[Line]:
    """Everyone, once more: answers, visits and silence are in the base."""
    peaks: dict[str, list[float]] = {}
    for size in sizes:
        base = Bases(folder, size).at("score")
        counted = run("tests.bench.scoring:count", {}, base=base)
        case = counted.more | {"as_of": (TODAY + timedelta(days=1)).isoformat()}
        done = compare(
            "tests.bench.scoring:work",
            "tests.bench.scoring:floor",
            case,
            base=base,
            times=times,
        )
        yield _line("score everyone", size, done, 4.0)
        peaks.setdefault("everyone", []).append(done.peak_mb)
    yield from _flat("score", sizes, peaks)


def _pages(folder: Path, sizes: list[int], times: int) -> Iterator[Line]:
    """The largest base only."""
    size = max(sizes)
    done: Once = run("tests.bench.pages:serve", {}, base=Bases(folder, size).at("lists"))
    for name, times_of in done.more.items():
        p95, floor = times_of["p95"] * 1000, times_of["floor"] * 1000
        measured = f"p50 {times_of['p50'] * 1000:.0f} ms, p95 {p95:.0f} ms, floor {floor:.1f} ms"
        yield Line(f"page: {name}", size, None, done.peak_mb, measured, "p95 <= 100 ms", p95 <= 100)


def _rates(folder: Path, sizes: list[int], times: int) -> Iterator[Line]:
    """The largest landlord only, whatever the sizes asked."""
    done: Once = run("tests.bench.rates:serve", {})
    for name, times_of in done.more.items():
        p95, floor = times_of["p95"] * 1000, times_of["floor"] * 1000
        measured = f"p50 {times_of['p50'] * 1000:.0f} ms, p95 {p95:.0f} ms, floor {floor:.1f} ms"
        yield Line(
            f"page: {name}", SENIORS, None, done.peak_mb, measured, "p95 <= 150 ms", p95 <= 150
        )


def _steering(folder: Path, sizes: list[int], times: int) -> Iterator[Line]:
    """The backlog and the steering pages of the largest landlord. On PostgreSQL only."""
    programs = postgresql_programs()
    if not programs:
        raise JobFailed("no PostgreSQL on this machine.")
    with postgresql(programs) as base:
        told = run("tests.bench.steering_pages:serve", {}, **base).more
    for name, of in told["pages"].items():
        p50, p95, busy, floor = (1000 * of[one] for one in ("p50", "p95", "busy", "floor"))
        measured = f"p50 {p50:.0f} ms, p95 {p95:.0f} ms, busy {busy:.0f}, floor {floor:.1f}"
        yield Line(
            f"page: {name}", large.ACTIONS, None, None, measured, "p95 <= 200 ms", p95 <= 200
        )
    measured = f"{told['counting']:.0f} s, in the background"
    yield Line("  steering figures counted", large.SENIORS, None, None, measured, "", None)


def _forms(folder: Path, sizes: list[int], times: int) -> Iterator[Line]:
    """A thousand forms."""
    case = {"forms": 1_000, "strings": str(folder / "strings.pickle")}
    run("tests.bench.forms:record", case)
    done = compare("tests.bench.forms:work", "tests.bench.forms:floor", case, times=times)
    yield _line("visit forms to PDF", 1_000, done, 2.0, memory=False)


def _questionnaires(folder: Path, sizes: list[int], times: int) -> Iterator[Line]:
    """A thousand people, then five thousand: as many a second, in as much memory."""
    few, many = (run("tests.bench.questionnaires:work", {"people": n}) for n in (1_000, 5_000))
    rate, growth = many.rows / many.seconds, many.peak_mb / few.peak_mb
    measured = f"{many.seconds:.0f} s, memory {growth:.2f} x that of 1,000"
    met = rate >= 25 and growth <= FLAT
    yield Line(
        "questionnaires to PDF", many.rows, rate, many.peak_mb, measured, ">= 25/s, flat", met
    )


def _field(folder: Path, sizes: list[int], times: int) -> Iterator[Line]:
    """A hundred phones at once; then the package of sixty people. On PostgreSQL only."""
    programs = postgresql_programs()
    if not programs:
        raise JobFailed("no PostgreSQL on this machine.")
    with postgresql(programs) as base:
        case = {"phones": field.PHONES, "forms": field.FORMS}
        done = run("tests.bench.field:storm", case, **base)
    told, sent = done.more, done.rows
    lost = sent - min(told["receipts"], told["forms"], told["visits"])
    measured = f"p50 {told['p50']:.1f} s, p95 {told['p95']:.1f} s, {lost} lost"
    met = told["p95"] <= 10 and lost == 0
    rate = sent / told["last"]
    yield Line("100 phones, 30 forms each", sent, rate, None, measured, "p95 <= 10 s, 0 lost", met)
    with postgresql(programs) as base:
        case = {"people": field.PEOPLE, "officers": 20}
        told = run("tests.bench.field:morning", case, **base).more
    p95, size = told["p95"] * 1000, told["bytes"] / 1000
    measured = f"p50 {told['p50'] * 1000:.0f} ms, p95 {p95:.0f} ms, {size:.0f} kB"
    met = p95 <= 300 and size <= 300
    yield Line("the day kept on a phone", 60, None, None, measured, "<= 300 ms, 300 kB", met)


def _web(folder: Path, sizes: list[int], times: int) -> Iterator[Line]:
    """Two hundred people on the public form at once. On PostgreSQL only."""
    programs = postgresql_programs()
    if not programs:
        raise JobFailed("no PostgreSQL on this machine.")
    with postgresql(programs) as base:
        case = {"people": web_form.PEOPLE, "screens": web_form.SCREENS}
        done = run("tests.bench.web_form:answering", case, **base)
    told, people = done.more, web_form.PEOPLE
    p50, p95, most = (told[name] * 1000 for name in ("p50", "p95", "most"))
    errors = len(told["errors"]) + people - told["responses"] + told["drafts"]
    measured = f"p50 {p50:.0f} ms, p95 {p95:.0f} ms, most {most:.0f} ms, {errors} errors"
    met = p95 <= 300 and not errors
    rate = done.rows / done.seconds
    yield Line("survey on the web, screens", people, rate, None, measured, "p95 <= 300 ms", met)


def _projections(folder: Path, sizes: list[int], times: int) -> Iterator[Line]:
    """The smallest base, as large as a pilot landlord."""
    size = min(sizes)
    done = run("tests.bench.projecting:work", {}, base=Bases(folder, size).at("people"))
    told = done.more
    measured = f"{done.seconds:.1f} s, {told['groups']} residences, {told['draws']} draws"
    met = done.seconds <= 10 and told["draws"] == 1_000
    rate = done.rows / done.seconds
    yield Line("15 years ahead", size, rate, done.peak_mb, measured, "<= 10 s", met)


def _releases(folder: Path, sizes: list[int], times: int) -> Iterator[Line]:
    """A row a person for 100,000 people, against `to_csv` of the same frames. On PostgreSQL."""
    programs = postgresql_programs()
    if not programs:
        raise JobFailed("no PostgreSQL on this machine.")
    case = {"memory": str(folder / "memory.csv")}
    with postgresql(programs) as base:
        run("tests.bench.releasing:fill", case, **base)
        done = compare(
            "tests.bench.releasing:work", "tests.bench.releasing:floor", case, times=times, **base
        )
        smaller = []
        for people in releasing.FEWER:
            run("tests.bench.releasing:fewer", case | {"people": people}, **base)
            smaller.append(run("tests.bench.releasing:work", case, **base))
    line = _line("export, 150 columns", done.rows, done, 4.0, memory=False)
    met = bool(line.met) and done.seconds <= 60 and done.peak_mb <= 300
    yield replace(line, bar="<= 4 x, 60 s, 300 MB", met=met)
    measured = f"{done.more['cpu']:.1f} s of processor, the database aside"
    yield Line("  of which in Python", done.rows, None, None, measured, "", None)
    for one in smaller:
        more = f"{done.peak_mb - one.peak_mb:+.0f} MB for {done.rows - one.rows:,} rows more"
        rate = one.rows / one.seconds
        yield Line("  fewer who agree", one.rows, rate, one.peak_mb, more, "<= 300 MB",
                   one.peak_mb <= 300)  # fmt: skip


def _reach(folder: Path, sizes: list[int], times: int) -> Iterator[Line]:
    """Printed after the table."""
    yield from ()


_LINES = {
    "import": _imports,
    "reimport": _reimports,
    "score": _scores,
    "pages": _pages,
    "steering": _steering,
    "rates": _rates,
    "forms": _forms,
    "questionnaires": _questionnaires,
    "field": _field,
    "web": _web,
    "project": _projections,
    "release": _releases,
    "reach": _reach,
}


def _line(work: str, size: int, done: Compared, bar: float, *, memory: bool = True) -> Line:
    """A ratio against its bar, and the memory against its own."""
    light = not memory or size > 110_000 or done.peak_mb <= MEMORY_MB
    measured = (
        f"{done.seconds:.2f} s / {done.floor_seconds:.2f} s = {done.ratio:.2f} "
        f"({done.least:.2f}-{done.most:.2f})"
    )
    bound = f"<= {bar:g} x" + (", <= 600 MB" if memory and size <= 110_000 else "")
    return Line(
        work, size, done.per_second, done.peak_mb, measured, bound, done.ratio <= bar and light
    )


def _on_the_site(done: Compared, site: Once) -> Line:
    """What a person waits for before and after she confirms; no bar of its own."""
    preview, apply = site.more["preview"], site.more["apply"]
    ratios = [seconds / done.floor_seconds for seconds in (preview, apply)]
    told = f"preview {preview:.2f} s = {ratios[0]:.2f}, apply {apply:.2f} s = {ratios[1]:.2f}"
    return Line("  on the site", site.rows, None, site.peak_mb, told, "", None)


def _flat(work: str, sizes: list[int], peaks: dict[str, list[float]]) -> Iterator[Line]:
    """Memory beyond 110,000 dwellings must not grow with the file."""
    if 110_000 not in sizes or max(sizes) <= 110_000:
        return
    for what, values in peaks.items():
        growth = values[sizes.index(max(sizes))] / values[sizes.index(110_000)]
        yield Line(
            f"{work} {what}: memory",
            max(sizes),
            None,
            max(values),
            f"{growth:.2f} x that of 110,000",
            f"flat (<= {FLAT} x)",
            growth <= FLAT,
        )


if __name__ == "__main__":
    raise SystemExit(main())
