"""What the pages of the visit form are drawn with: titles, boxes to tick, lines to write on.

Each gives the next free baseline, in points from the bottom of the page.
"""

from collections.abc import Iterable

from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from seniors.paper import (
    BOLD,
    MARGIN,
    PAGE_HEIGHT,
    PAGE_WIDTH,
    REGULAR,
    clean,
    draw_box,
    draw_text,
)

WIDTH, RIGHT = PAGE_WIDTH - 2 * MARGIN, PAGE_WIDTH - MARGIN
TOP, BOTTOM = PAGE_HEIGHT - 32 * mm, 16 * mm
SIZE, TITLE, SMALL, HINT = 14, 16, 12, 11
BOX = 4.5 * mm
AFTER_BOX = 1.5 * mm
LINE = 10 * mm  # between two lines that a hand fills


def title(canvas: Canvas, text: str, y: float, *, clear: str = "") -> float:
    """A heading and, on its right, the one tick that answers the whole of it."""
    canvas.setFont(BOLD, TITLE)
    canvas.drawString(MARGIN, y, clean(text))
    if clear:
        tick_on_right(canvas, clear, RIGHT, y)
    return y - 8 * mm


def tick_on_right(canvas: Canvas, label: str, right: float, y: float) -> None:
    """A box and its label, that end there."""
    choices(canvas, (label,), right - tick_width(label), y)


def group(canvas: Canvas, text: str, y: float) -> float:
    """A smaller heading."""
    canvas.setFont(BOLD, SIZE)
    canvas.drawString(MARGIN, y, clean(text))
    return y - 7.5 * mm


def hint(canvas: Canvas, text: str, y: float, x: float = MARGIN) -> float:
    """What helps to ask, smaller."""
    return draw_text(canvas, text, x, y, size=HINT, width=RIGHT - x) - 2 * mm


def tick_width(label: str, size: float = SIZE) -> float:
    """The room that a box and its label take."""
    return BOX + AFTER_BOX + stringWidth(clean(label), REGULAR, size)


def choices(
    canvas: Canvas,
    labels: Iterable[str],
    x: float,
    y: float,
    *,
    gap: float = 4 * mm,
    row: float = 7.5 * mm,
) -> float:
    """Boxes to tick, each followed by its label, on as many rows as they take."""
    left = x
    for label in labels:
        if x > left and x + tick_width(label) > RIGHT:
            x, y = left, y - row
        canvas.setFont(REGULAR, SIZE)
        draw_box(canvas, x, y - 0.8 * mm, BOX)
        canvas.drawString(x + BOX + AFTER_BOX, y, clean(label))
        x += tick_width(label) + gap
    return y - row


def write_line(canvas: Canvas, x: float, y: float, right: float = RIGHT) -> None:
    """A line to write on."""
    canvas.setLineWidth(0.5)
    canvas.setDash(1, 2)
    canvas.line(x, y, right, y)
    canvas.setDash()


def label_line(canvas: Canvas, text: str, x: float, y: float, right: float = RIGHT) -> float:
    """A label followed by a line to write on."""
    canvas.setFont(REGULAR, SIZE)
    canvas.drawString(x, y, clean(text))
    write_line(canvas, x + stringWidth(clean(text), REGULAR, SIZE) + 2 * mm, y - 1 * mm, right)
    return y - LINE


def lines(canvas: Canvas, count: int, y: float) -> float:
    """So many lines to write on."""
    for _ in range(count):
        write_line(canvas, MARGIN, y - 3 * mm)
        y -= LINE
    return y - 2 * mm


def columns(
    canvas: Canvas, labels: Iterable[str], lefts: Iterable[float], y: float, *, size: float = SMALL
) -> None:
    """The heads of columns of boxes, each centred over its own."""
    canvas.setFont(BOLD, size)
    for label, x in zip(labels, lefts, strict=True):
        canvas.drawCentredString(x + BOX / 2, y, clean(label))


def boxes(canvas: Canvas, lefts: Iterable[float], y: float) -> None:
    """One box in each column."""
    for x in lefts:
        draw_box(canvas, x, y - 1 * mm, BOX)
