"""The rows of a list are written by its gestures only: what they refuse is done nowhere else."""

import ast
from collections.abc import Iterator

from tests.rules.test_imports import MODULES

ROWS = {
    "VisitList", "VisitListEntry", "Neighbour", "entries", "neighbours", "visit_lists",
    "visit_list", "entry",
}  # fmt: skip
WRITERS = {
    "create", "update", "delete", "save", "bulk_create", "bulk_update", "get_or_create",
    "update_or_create", "add", "set", "insert",
}  # fmt: skip
GESTURES = ("visits.lists.listing", "visits.lists.leaving")


def names_in(tree: ast.AST) -> set[str]:
    """Every name and attribute of an expression."""
    return {getattr(node, "id", getattr(node, "attr", "")) for node in ast.walk(tree)}


def writings(tree: ast.Module) -> Iterator[str]:
    """Calls of a method that writes, on an expression or with an argument that names a list."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            named = set().union(*map(names_in, [node.func.value, *node.args]))
            if node.func.attr in WRITERS and named & ROWS:
                yield f"{node.lineno}: {ast.unparse(node.func)}"


def test_lists_are_written_by_their_gestures_only():
    found = {name: list(writings(tree)) for name, tree in MODULES.items() if name not in GESTURES}
    assert {name: lines for name, lines in found.items() if lines} == {}


def test_the_rule_sees_a_writing():
    tree = ast.parse("VisitListEntry.objects.filter(pk=1).update(reason='')\nx.entries.create()")
    assert len(list(writings(tree))) == 2
    assert list(writings(MODULES[GESTURES[0]]))
