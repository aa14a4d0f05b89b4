"""1,000 visit forms to PDF, against bare reportlab drawing the very same strings.

The strings are recorded once, outside the timing: each text with its font, size and place, page by
page. The floor draws those and nothing else: no box, no line, no wrapping.
"""

import pickle
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

from tests.bench.measure import bienveille


def work(case: dict[str, Any]) -> Callable[[], int]:
    """The PDF that an officer downloads, forms only."""
    bienveille()
    from visits.documents import print_round

    trip = _trip(case["forms"])

    def timed() -> int:
        timed.more = {"bytes": len(print_round(trip, sheet=False))}
        return case["forms"]

    return timed


def floor(case: dict[str, Any]) -> Callable[[], int]:
    """As many strings, with the same fonts, on as many pages."""
    from reportlab.lib.pagesizes import A4
    from reportlab.pdfgen.canvas import Canvas

    import seniors.paper  # noqa: F401 - registers the fonts

    pages = pickle.loads(Path(case["strings"]).read_bytes())

    def timed() -> int:
        canvas = Canvas(BytesIO(), pagesize=A4, pageCompression=1)
        for page in pages:
            for font, size, x, y, text in page:
                canvas.setFont(font, size)
                canvas.drawString(x, y, text)
            canvas.showPage()
        canvas.save()
        return case["forms"]

    return timed


def record(case: dict[str, Any]) -> Callable[[], int]:
    """Not a timing: write down what the work draws, for the floor."""
    bienveille()
    from reportlab.pdfgen import canvas as reportlab

    from visits.documents import print_round

    pages: list[list[tuple]] = [[]]
    draw, show = reportlab.Canvas.drawString, reportlab.Canvas.showPage

    def noted(self: Any, x: float, y: float, text: str, *args: Any, **kwargs: Any) -> None:
        pages[-1].append((self._fontname, self._fontsize, x, y, text))
        draw(self, x, y, text, *args, **kwargs)

    def turned(self: Any) -> None:
        pages.append([])
        show(self)

    def timed() -> int:
        reportlab.Canvas.drawString, reportlab.Canvas.showPage = noted, turned
        print_round(_trip(case["forms"]), sheet=False)
        Path(case["strings"]).write_bytes(pickle.dumps([page for page in pages if page]))
        return sum(map(len, pages))

    return timed


def _trip(count: int) -> Any:
    """A trip of that many people, all different."""
    from visits.documents.content import Known, Person, Round

    people = tuple(
        Person(
            number=number + 1,
            name=f"Mme Jeanne Le Goff {number}",
            reference=f"T{number:07d}",
            address=(f"{number} RUE DE SIAM", "29200 BREST"),
            access="bât. A, esc. 2, 3e étage sans ascenseur, porte 12",
            phones="02 61 91 00 00 / 06 39 98 00 00",
            why="Elle vit seule au 3e étage sans ascenseur.",
            known=(
                Known("Salle de bains", "baignoire", "enquête du 12/09/2026"),
                Known("Téléphone", "02 61 91 00 00", "dossier locataire"),
            ),
        )
        for number in range(count)
    )
    return Round(
        "Bailleur de démonstration",
        "02 61 91 00 00",
        "Nolwenn Riou",
        "du 23/11/2026 au 29/11/2026",
        people,
    )
