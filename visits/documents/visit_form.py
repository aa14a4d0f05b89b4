"""The visit form on paper, drawn once and stamped for each person.

The fixed part of each page (`form_pages`) is a form XObject; a person adds her name, how to reach
her and what is known, so that a thousand forms cost little more than their own words.
"""

from collections.abc import Sequence

from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from seniors.paper import BOLD, MARGIN, PAGE_HEIGHT, PAGE_WIDTH, REGULAR, clean, draw_text
from visits.documents.content import Known, Person, Round
from visits.documents.form_pages import (
    KNOWN_ROW,
    KNOWN_ROWS,
    KNOWN_TOP,
    TOLD_MOST,
    TOLD_ROW,
    VISIT_TOP,
    pages,
)
from visits.documents.form_parts import RIGHT, SIZE, SMALL, TOP, WIDTH

SMALLEST = 8
REACH, KNOWN = 0, 1  # the pages that are stamped with more than her name


class FormPrinter:
    """Draws forms on one canvas; the fixed pages are drawn at its making."""

    def __init__(self, canvas: Canvas, trip: Round) -> None:
        self.canvas = canvas
        self.trip = trip
        fixed = pages(trip.catalogue)
        self.pages = [f"form-{number}" for number in range(1, len(fixed) + 1)]
        for number, (name, draw) in enumerate(zip(self.pages, fixed, strict=True), 1):
            canvas.beginForm(name, 0, 0, PAGE_WIDTH, PAGE_HEIGHT)
            draw(canvas)
            _footer(canvas, trip, number, len(self.pages))
            canvas.endForm()

    def draw(self, person: Person) -> None:
        """The pages of one person; her name is on each, for pages come apart."""
        canvas = self.canvas
        name, reference = clean(person.name), clean(f"Réf. {person.reference}")
        size = 17 if stringWidth(name, BOLD, 17) < WIDTH - 62 * mm else 12
        for number, page in enumerate(self.pages):
            canvas.doForm(page)
            canvas.setFont(BOLD, size)
            canvas.drawString(MARGIN, PAGE_HEIGHT - 20 * mm, name)
            canvas.setFont(REGULAR, SMALL)
            canvas.drawRightString(RIGHT, PAGE_HEIGHT - 20 * mm, reference)
            if number == REACH:
                _reach(canvas, self.trip, person)
            elif number == KNOWN:
                _known(canvas, person.known)
            canvas.showPage()


def _reach(canvas: Canvas, trip: Round, person: Person) -> None:
    """Where she lives and how to reach her."""
    y = TOP - 4 * mm
    for text in (*person.address, person.access):
        y = draw_text(canvas, text, MARGIN + 4 * mm, y, size=14, width=WIDTH - 8 * mm)
    phones = f"Tél. {person.phones}" if person.phones else "Téléphone\u00a0: pas connu"
    y = draw_text(canvas, phones, MARGIN + 4 * mm, y, size=14, width=WIDTH - 8 * mm, font=BOLD)
    last = person.last_visit or "Première visite connue"
    draw_text(canvas, last, MARGIN + 4 * mm, y, size=SIZE, width=WIDTH - 8 * mm)
    canvas.setFont(REGULAR, SIZE)
    canvas.drawString(MARGIN + 113 * mm, VISIT_TOP, clean(trip.officer))


def _known(canvas: Canvas, known: Sequence[Known]) -> None:
    """What is known, with its source: what is asked on its own lines, then what she told before."""
    y = KNOWN_TOP
    for item in [one for one in known if one.asked][:KNOWN_ROWS]:
        _said(canvas, item, y + 1.4 * mm, RIGHT - 72 * mm)
        canvas.setFont(REGULAR, SMALL)
        canvas.drawString(MARGIN, y - 3.2 * mm, clean(item.source))
        y -= KNOWN_ROW
    y = KNOWN_TOP - KNOWN_ROWS * KNOWN_ROW
    for item in [one for one in known if not one.asked][:TOLD_MOST]:
        x = _said(canvas, item, y, RIGHT)
        canvas.setFont(REGULAR, SMALL)
        canvas.drawString(x + 2 * mm, y, clean(f"({item.source})" if item.source else ""))
        y -= TOLD_ROW


def _said(canvas: Canvas, item: Known, y: float, right: float) -> float:
    """What and its value, smaller when it would pass `right`; gives where they end."""
    label, value = clean(f"{item.label}\u00a0: "), clean(item.value)
    canvas.setFont(BOLD, SIZE)
    canvas.drawString(MARGIN, y, label)
    x = MARGIN + stringWidth(label, BOLD, SIZE)
    wide = stringWidth(value, REGULAR, SIZE)
    size = max(min(SIZE, SIZE * (right - x) / wide), SMALLEST) if wide else SIZE
    canvas.setFont(REGULAR, size)
    canvas.drawString(x, y, value)
    return x + stringWidth(value, REGULAR, size)


def _footer(canvas: Canvas, trip: Round, number: int, count: int) -> None:
    """Whose paper it is, where to call, which page."""
    canvas.setLineWidth(0.6)
    canvas.line(MARGIN, PAGE_HEIGHT - 24 * mm, RIGHT, PAGE_HEIGHT - 24 * mm)
    canvas.setFont(REGULAR, 10)
    phone = f" · {trip.phone}" if trip.phone else ""
    canvas.drawString(MARGIN, 10 * mm, clean(f"{trip.landlord}{phone} · Visite à domicile"))
    canvas.drawRightString(RIGHT, 10 * mm, f"{number}/{count}")
