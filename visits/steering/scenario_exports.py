"""The workbook of two scenarios: what they suppose, then each request in both."""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from visits.lists.exports import Column, Sheet, write_sheets
from visits.steering.scenario import RULE, Month, Outcome, Plan, waits
from visits.works.prices import VAT_ASSUMED

if TYPE_CHECKING:
    from visits.steering.backlog_read import Backlog

ABOUT = (
    Column("what", "Ce que supposent ces scénarios", "text", 40, lambda line: line[0]),
    Column("said", "", "text", 90, lambda line: line[1]),
)
REQUESTS = (
    Column("label", "Travaux", "text", 34, lambda row: row[0].request.label),
    Column("place", "Résidence", "text", 28, lambda row: row[0].request.place),
    Column("since", "Besoin repéré le", "date", 14, lambda row: row[0].request.since),
    Column("cost", "Estimation (€ HT)", "money", 14, lambda row: row[0].request.cost),
    Column("gross", "Avec la TVA (€ TTC)", "money", 14, lambda row: row[0].request.gross),
    Column("urgent", "Urgent", "text", 9, lambda row: "oui" if row[0].request.urgent else ""),
    Column("a", "A\u00a0: mois du lancement", "number", 12, lambda row: row[0].month),
    Column("a_ends", "A\u00a0: mois de la fin attendue", "number", 12, lambda row: row[0].ends),
    Column("a_waits", "A\u00a0: attente (mois)", "number", 12, lambda row: row[0].waits),
    Column("b", "B\u00a0: mois du lancement", "number", 12, lambda row: row[1].month),
    Column("b_ends", "B\u00a0: mois de la fin attendue", "number", 12, lambda row: row[1].ends),
    Column("b_waits", "B\u00a0: attente (mois)", "number", 12, lambda row: row[1].waits),
    Column(
        "gap", "Attend en plus dans A (mois)", "number", 14, lambda row: row[0].waits - row[1].waits
    ),
)
WAITS = (
    Column("label", "Qui", "text", 40, lambda row: row[0].label),
    Column("count", "Demandes", "number", 11, lambda row: row[0].count),
    Column("a", "A\u00a0: lancées", "number", 11, lambda row: row[0].launched),
    Column("a_mid", "A\u00a0: attente médiane", "number", 12, lambda row: row[0].middle),
    Column("a_max", "A\u00a0: la plus longue", "number", 12, lambda row: row[0].longest),
    Column("b", "B\u00a0: lancées", "number", 11, lambda row: row[1].launched),
    Column("b_mid", "B\u00a0: attente médiane", "number", 12, lambda row: row[1].middle),
    Column("b_max", "B\u00a0: la plus longue", "number", 12, lambda row: row[1].longest),
)

MONTHS = (
    Column("scenario", "Scénario", "text", 10, lambda row: row[0]),
    Column("month", "Mois", "number", 8, lambda row: row[1].number),
    Column("homes", "Logements", "number", 11, lambda row: row[1].homes),
    Column("works", "Travaux lancés", "number", 12, lambda row: row[1].works),
    Column("cost", "Euros HT", "money", 14, lambda row: row[1].cost),
    Column("gross", "Euros TTC", "money", 14, lambda row: row[1].gross),
)
UNPRICED = (
    Column("label", "Travaux sans prix, hors du calcul", "text", 34, lambda one: one.label),
    Column("place", "Résidence", "text", 28, lambda one: one.place),
    Column("since", "Besoin repéré le", "date", 14, lambda one: one.since),
    Column("why", "Pourquoi", "text", 24, lambda one: one.why),
)


def write_scenarios(first: Plan, second: Plan, backlog: "Backlog", *, where: str) -> bytes:
    """The XLSX of two plans of one backlog."""
    rows = list(_pairs(first, second))
    return write_sheets(
        [
            Sheet("Lire d’abord", _about(first, second, backlog, where), ABOUT),
            Sheet("Qui attend", zip(waits(first), waits(second), strict=True), WAITS),
            Sheet("Mois par mois", _months(first, second), MONTHS),
            Sheet("Demandes", rows, REQUESTS),
            Sheet("Sans prix", backlog.unpriced, UNPRICED),
        ],
        title="Scénarios de budget",
    )


def _pairs(first: Plan, second: Plan) -> Iterable[tuple[Outcome, Outcome]]:
    """Each request in both, in the order of the rule."""
    others = {one.request.pk: one for one in second.outcomes}
    return ((one, others[one.request.pk]) for one in first.outcomes)


def _months(first: Plan, second: Plan) -> Iterable[tuple[str, Month]]:
    """Each month of both."""
    return ((name, one) for name, made in (("A", first), ("B", second)) for one in made.by_month)


def _about(
    first: Plan, second: Plan, backlog: "Backlog", where: str
) -> list[tuple[str, str | date]]:
    """The means, the rule, and what is left out."""
    lines = [("Territoire", where)]
    for name, made in (("A", first), ("B", second)):
        means = made.means
        lines += [
            (f"Scénario {name}, budget (€ HT)", f"{means.budget}"),
            (f"Scénario {name}, logements par mois", f"{means.capacity}"),
            (f"Scénario {name}, durée en mois", f"{means.months}"),
            (f"Scénario {name}, travaux lancés", f"{len(made.launched)}"),
            (f"Scénario {name}, logements", f"{made.homes}"),
            (f"Scénario {name}, dépensé (€ HT)", f"{made.spent}"),
            (f"Scénario {name}, dépensé (€ TTC)", f"{made.spent_gross}"),
            (f"Scénario {name}, attendent encore", f"{len(made.waiting)}"),
        ]
    lines += [(f"Règle {number}", said) for number, said in enumerate(RULE, 1)]
    lines += [
        ("Sans prix, hors du calcul", f"{len(backlog.unpriced)}"),
        ("Déjà demandés, hors du calcul", f"{backlog.asked}"),
        ("Sans accord du locataire, hors du calcul", f"{backlog.not_agreed}"),
        ("Refusés par un partenaire, hors du calcul", f"{backlog.refused}"),
        ("Besoins sans action, hors du calcul", f"{backlog.bare}"),
        ("Hypothèse", "Aucune demande nouvelle n’arrive, et les prix ne changent pas."),
        (
            "TVA et délais",
            "Ceux du catalogue des prix\u00a0; sans prix au catalogue, la TVA est "
            f"supposée de {VAT_ASSUMED}\u00a0% et le délai est celui de l’action.",
        ),
    ]
    return lines
