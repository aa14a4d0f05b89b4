"""The workbook of the steering page: what the screen shows, a sheet for each of its tables."""

from collections.abc import Callable, Sequence
from typing import Any

from visits.lists.exports import Column, Sheet, write_sheets
from visits.steering.figures import CHAIN, FLOWS, WATCHED, Flow, Stage
from visits.steering.overview import METHOD, Overview, Share

SHARES = (
    Column("label", "Étape", "text", 40, lambda one: one.label),
    Column("count", "Personnes", "number", 12, lambda one: one.count),
    Column("of", "Sur", "number", 12, lambda one: one.of),
    Column("among", "Dénominateur", "text", 40, lambda one: one.among),
    Column("percent", "Part (%)", "number", 10, lambda one: one.percent),
)
WORKLOAD = (
    Column("name", "Chargé de clientèle", "text", 34, lambda one: one.name),
    Column("to_visit", "À visiter", "number", 12, lambda one: one.to_visit),
    Column("visited", "Personnes visitées", "number", 12, lambda one: one.visited),
    Column(
        "knocked", "Personnes chez qui il ou elle est allé", "number", 14, lambda one: one.knocked
    ),
    Column("open", "Actions en cours", "number", 12, lambda one: one.open_actions),
    Column("late", "dont en retard", "number", 12, lambda one: one.late),
)
ABOUT = (
    Column("what", "Ce que dit ce classeur", "text", 30, lambda line: line[0]),
    Column("said", "", "text", 90, lambda line: line[1]),
)


def write_overview(overview: Overview) -> bytes:
    """The XLSX of these figures."""
    return write_sheets(
        [
            Sheet("Lire d’abord", _about(overview), ABOUT),
            Sheet("La chaîne", [*overview.chain, *overview.doors], SHARES),
            Sheet("Par mois", overview.by_month, _columns("Mois", _month, FLOWS)),
            Sheet("Par territoire", overview.by_territory, _columns("Territoire", str, CHAIN)),
            Sheet("Laissés de côté", overview.by_territory, _columns("Territoire", str, WATCHED)),
            Sheet("Charge", overview.workload, WORKLOAD),
        ],
        title="Pilotage",
    )


def _columns(head: str, said: Callable[[Any], str], stages: Sequence[Stage | Flow]) -> list[Column]:
    """One row per place or month: a column per stage, and one for its denominator if it has one."""
    columns = [Column("head", head, "text", 26, lambda row: said(row[0]))]
    for stage in stages:
        columns.append(Column(stage.code, stage.label, "number", 14, _reader(stage, "count")))
        if stage.of:
            columns.append(Column(f"{stage.code}_of", "sur", "number", 9, _reader(stage, "of")))
    return columns


def _reader(stage: Stage | Flow, name: str) -> Callable[[Any], int | None]:
    """A figure of a row."""

    def read(row: tuple[Any, dict[str, Share]]) -> int | None:
        return getattr(row[1][stage.code], name)

    return read


def _month(month: Any) -> str:
    return f"{month:%m/%Y}"


def _about(overview: Overview) -> list[tuple[str, str]]:
    """What one must know to read the rest."""
    day = f"{overview.counted_at:%d/%m/%Y à %H:%M}"
    return [
        ("Période", overview.period.words),
        ("Territoires", ", ".join(map(str, overview.territories))),
        ("Compté le", day),
        *((f"À savoir {number}", said) for number, said in enumerate(METHOD, 1)),
    ]
