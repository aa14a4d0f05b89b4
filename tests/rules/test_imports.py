"""Which module may import which: the directions of the code, held."""

import ast
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
APPS = ("seniors", "surveys", "visits")
# What an app may import of the others.
BELOW = {"seniors": (), "surveys": ("seniors",), "visits": ("seniors", "surveys")}
LEAVES = ("pandas", "numpy", "sklearn", "reportlab", "xlsxwriter", "scipy", "statsmodels")
# Modules that may import a leaf at their top, and so are leaves too.
LEAF_MODULES = (
    "seniors.extract",
    "seniors.fragility",
    "seniors.import_look",
    "seniors.letter",
    "seniors.paper",
    "seniors.sheet",
    "seniors.timeline",
    "seniors.demo",
    "surveys.receiving.answer_rows",
    "surveys.receiving.decode",
    "surveys.receiving.matching",
    "surveys.documents",
    "surveys.sending.printing",
    "surveys.sending.reminder_letters",
    "surveys.questionnaires.xlsform",
    "visits.acting.action_exports",
    "visits.lists.around",
    "visits.lists.candidates",
    "visits.demo",
    "visits.documents",
    "visits.evaluating.effects",
    "visits.evaluating.kept",
    "visits.evaluating.outcomes",
    "visits.evaluating.sides",
    "visits.lists.exports",
    "visits.lists.listing",
    "visits.agenda.notices",
    "visits.phone.package",
    "visits.lists.printing",
    "visits.rights",
    "visits.lists.selection",
    "visits.lists.wording",
    "visits.releasing.cells",
    "visits.releasing.choosing",
    "visits.releasing.content",
    "visits.releasing.differences",
    "visits.releasing.files",
    "visits.releasing.given",
    "visits.releasing.making",
    "visits.releasing.people_rows",
    "visits.releasing.rows",
    "visits.releasing.tables",
    "visits.releasing.workbook",
    "visits.steering.backlog_read",
    "visits.steering.exports",
    "visits.steering.future",
    "visits.steering.future_exports",
    "visits.steering.projection",
    "visits.steering.scenario_exports",
    "visits.stock.criteria_file",
    "visits.stock.exports",
    "visits.stock.people",
    "visits.stock.vacancies",
    "visits.works.exports",
    "visits.programmes.file_rows",
    "visits.programmes.reading",
)
PURE = (
    "seniors.guard",
    "seniors.extract.text",
    "seniors.fragility.grid",
    "seniors.fragility.grid_check",
    "seniors.fragility.indicators",
    "seniors.fragility.items",
    "seniors.fragility.reasons",
    "seniors.fragility.scales",
    "seniors.fragility.score",
    "seniors.readings",
    "surveys.questionnaires.checking",
    "surveys.questionnaires.questionnaire",
    "visits.agenda.rounds",
    "visits.evaluating.effects",
    "visits.evaluating.means",
    "visits.evaluating.sides",
    "visits.rights_rules",
    "visits.lists.selection",
    "visits.releasing.cells",
    "visits.releasing.differences",
    "visits.releasing.rows",
    "visits.steering.charts",
    "visits.steering.periods",
    "visits.steering.projection",
    "visits.steering.rates",
    "visits.steering.scenario",
    "visits.stock.levels",
    "visits.stock.matching",
    "visits.stock.record_facts",
    "visits.works.funders",
    "visits.programmes.natures",
    "visits.programmes.services",
)
WEB = ("views", "forms", "tasks", "urls")


def modules() -> Iterator[tuple[str, ast.Module]]:
    """Name and syntax of every module of the three apps."""
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            if "migrations" not in path.parts:
                name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
                yield name.removesuffix(".__init__"), ast.parse(path.read_text(encoding="utf-8"))


MODULES = dict(modules())


def imported(tree: ast.AST) -> Iterator[str]:
    """Full names of what a piece of syntax imports, wherever it stands; typing aside."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"relative import of {node.module}"
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def imported_at_top(tree: ast.Module) -> Iterator[str]:
    """The same, for the imports that run when the module loads."""
    for node in tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from imported(node)


def within(name: str, parents: tuple[str, ...]) -> bool:
    """Whether a module is one of these, or stands inside one."""
    return any(name == parent or name.startswith(f"{parent}.") for parent in parents)


MODELS = tuple(f"{app}.models" for app in APPS)
LEAVES_HERE = [name for name in MODULES if within(name, LEAF_MODULES)]
# Leaves whose top loads a heavy library: who imports them loads it too.
LOADERS = tuple(
    name
    for name in LEAVES_HERE
    if any(within(one, LEAVES) for one in imported_at_top(MODULES[name]))
)


def offenders(names: Iterable[str], wrong: Callable[[str, str], bool], read=imported) -> list[str]:
    """« module → what it should not import », for the modules of these names."""
    return [
        f"{name} → {one}"
        for name in sorted(names)
        for one in read(MODULES[name])
        if wrong(name.partition(".")[0], one)
    ]


def test_data_moves_one_way():
    """visits → surveys → seniors, never back."""

    def wrong(app: str, one: str) -> bool:
        return within(one, tuple(o for o in APPS if o != app and o not in BELOW[app]))

    assert offenders(MODULES, wrong) == []


def test_another_app_gives_gestures_and_models_only():
    """Never its views, forms, tasks or urls."""

    def wrong(app: str, one: str) -> bool:
        return within(one, tuple(f"{other}.{part}" for other in BELOW[app] for part in WEB))

    assert offenders(MODULES, wrong) == []


def test_a_heavy_library_loads_only_where_it_serves():
    """Modules that are no leaves import pandas and its like inside a function, or never."""
    rest = set(MODULES) - set(LEAVES_HERE)
    found = offenders(rest, lambda _, one: within(one, LEAVES + LOADERS), imported_at_top)
    assert found == []


def test_a_pure_module_knows_nothing_of_django():
    assert offenders(PURE, lambda _, one: within(one, ("django", *MODELS))) == []


def test_a_model_imports_no_gesture():
    """Models stand at the bottom: enums and other models only."""

    def wrong(app: str, one: str) -> bool:
        return within(one, APPS) and ".models" not in one and ".enums" not in one

    assert offenders([name for name in MODULES if ".models" in name], wrong) == []


def circle_from(name: str, edges: dict[str, set[str]], above: tuple[str, ...], seen: set[str]):
    """The first circle met from a module downwards, None without one."""
    if name in above:
        return [*above[above.index(name) :], name]
    if name in seen:
        return None
    seen.add(name)
    found = (circle_from(one, edges, (*above, name), seen) for one in sorted(edges[name]))
    return next(filter(None, found), None)


def test_no_module_needs_one_that_needs_it():
    """Not even through an import inside a function."""
    edges = {name: {one for one in imported(tree) if one in MODULES and one != name}
             for name, tree in MODULES.items()}  # fmt: skip
    seen: set[str] = set()
    assert [found for name in edges if (found := circle_from(name, edges, (), seen))] == []
