"""Copies of a questionnaire: the sheet that all share, then what is a person's own."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import IO

from reportlab.graphics.barcode.qrencoder import QRCode, QRErrorCorrectLevel
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas
from reportlab.pdfgen.pathobject import PDFPathObject

from seniors.paper import MARGIN, PAGE_HEIGHT, PAGE_WIDTH, REGULAR, clean, wrap
from surveys.documents.sheet import BODY, FOOT, WIDTH, Sender, draw_fixed_part, words_of
from surveys.questionnaires.questionnaire import Questionnaire

# Window of a French DL envelope, 35 × 100 mm, 20 mm from its right and lower edges: wherever the
# folded sheet slides, what stands between 100 and 190 mm from the left and 55 and 79 mm from the
# top is seen. Nothing else is printed where the window may show it (44 to 90 mm).
ADDRESS_X, ADDRESS_TOP, ADDRESS_WIDTH = 110 * mm, PAGE_HEIGHT - 55 * mm, 79 * mm
ADDRESS_HEIGHT = 24 * mm
ADDRESS_SIZES = (14, 13, 12, 11, 10, 9, 8, 7, 6, 5)
UNCUT = 10  # down to there, letters rather smaller than a line in two
QR_SIDE = 16 * mm
ON_LINE = "Pour répondre en ligne, photographiez ce carré ou tapez\u00a0:"
BESIDE = WIDTH - QR_SIDE - 4 * mm
QR_X, QR_Y = PAGE_WIDTH - MARGIN - QR_SIDE, FOOT


@dataclass(frozen=True)
class Addressee:
    """Who is asked: her reference as printed, her name and address as on an envelope, and what the
    QR code holds: a link, or her reference where it is empty."""

    reference: str
    lines: tuple[str, ...]
    code: str = ""

    @property
    def address(self) -> str:
        """What one types to answer on line, empty when it is not possible."""
        _, is_link, address = self.code.partition("://")
        return address.rstrip("/") if is_link else ""


def postal_lines(
    name: str, *, inside: str = "", outside: str = "", street: str, city: str
) -> tuple[str, ...]:
    """Name, inside (door, stair), outside (building, estate), street, town; no empty line.

    The order and the capitals of the last lines are those of NF Z10-011, six lines at most.
    """
    lines = (name, inside, outside, street.upper(), city.upper())
    return tuple(line for line in (" ".join(line.split()) for line in lines) if line)


def print_questionnaires(
    file: IO[bytes],
    questionnaire: Questionnaire,
    addressees: Iterable[Addressee],
    *,
    sender: Sender,
    closes_on: date,
    least_age: int,
) -> Iterator[int]:
    """Write one PDF of a copy for each addressee; gives the number of copies drawn so far.

    The file is complete once the iterator is exhausted. Raises TooLong when the questionnaire
    needs more than its `pages`.
    """
    canvas = Canvas(file, pagesize=(PAGE_WIDTH, PAGE_HEIGHT), pageCompression=1)
    canvas.setTitle(clean(f"{questionnaire.title} – {sender.name}"))
    canvas.setAuthor(clean(sender.name))
    words = words_of(sender, closes_on, least_age)
    draw_fixed_part(canvas, questionnaire, sender, words)
    for number, addressee in enumerate(addressees, 1):
        _draw_copy(canvas, questionnaire.pages, addressee)
        yield number
    canvas.save()


def _draw_copy(canvas: Canvas, pages: int, addressee: Addressee) -> None:
    """The pages of one senior."""
    code = qr_path(addressee.code or addressee.reference, QR_X, QR_Y, QR_SIDE)
    for page in range(1, pages + 1):
        canvas.doForm(f"page{page}")
        if page == 1:
            draw_address(canvas, addressee.lines)
            if addressee.address:
                told = [ON_LINE, *address_lines(addressee.address, REGULAR, BODY, BESIDE)]
                for at, text in enumerate(told):
                    _draw_beside_code(canvas, text, len(told) - at)
        canvas.drawPath(code, stroke=0, fill=1)
        _draw_beside_code(canvas, f"Référence\u00a0: {addressee.reference}", 0)
        canvas.showPage()


def draw_address(canvas: Canvas, lines: tuple[str, ...]) -> None:
    """The address, all of it inside the window, smaller when it is very long."""
    for size in ADDRESS_SIZES:
        leading = size * 1.09
        cut = [part for line in lines for part in _fit(line, size)]
        is_whole = len(cut) == len(lines) or size < UNCUT
        if is_whole and len(cut) * leading <= ADDRESS_HEIGHT:
            break
    canvas.setFont(REGULAR, size)
    y = ADDRESS_TOP - size
    for line in cut[: int(ADDRESS_HEIGHT // leading)]:
        canvas.drawString(ADDRESS_X, y, line)
        y -= leading


def _fit(line: str, size: float) -> Iterator[str]:
    """The line in pieces no wider than the window, words cut only when they must."""
    for part in wrap(line, REGULAR, size, ADDRESS_WIDTH):
        while stringWidth(part, REGULAR, size) > ADDRESS_WIDTH:
            count = next(
                n
                for n in range(len(part), 0, -1)
                if stringWidth(part[:n], REGULAR, size) <= ADDRESS_WIDTH
            )
            yield part[:count]
            part = part[count:]
        yield part


def address_lines(link: str, font: str, size: float, width: float) -> Iterator[str]:
    """An address without its « https:// », cut after a slash where it is too long for a line."""
    line = ""
    for part in link.removeprefix("https://").removeprefix("http://").rstrip("/").split("/"):
        longer = f"{line}/{part}" if line else part
        if line and stringWidth(longer, font, size) > width:
            yield f"{line}/"
            line = part
        else:
            line = longer
    yield line


def _draw_beside_code(canvas: Canvas, text: str, row: int) -> None:
    """A line in plain letters that ends beside the QR code, smaller when it is very long; the
    lowest, row 0, leaves room for the number of the page."""
    text, room = clean(text), BESIDE - (0 if row else 41 * mm)
    size = min(BODY, BODY * room / stringWidth(text, REGULAR, BODY))
    canvas.setFont(REGULAR, size)
    canvas.drawRightString(QR_X - 4 * mm, QR_Y + (2 + row * 5.8) * mm, text)


def qr_path(text: str, x: float, y: float, side: float) -> PDFPathObject:
    """The QR code of `text` as one path, its lower left corner at (x, y)."""
    code = QRCode(None, QRErrorCorrectLevel.M)
    code.addData(text)
    code.version = code.calculate_version()
    # A reader takes any mask; trying all eight costs more than all the rest of a copy.
    code.makeImpl(False, 0)
    count = code.getModuleCount()
    step, path = side / count, PDFPathObject()
    for row, modules in enumerate(code.modules):
        top = y + side - (row + 1) * step
        # Runs of dark modules: a change opens or closes one.
        edges = [n for n, (a, b) in enumerate(pairwise([False, *modules, False])) if a != b]
        for start, stop in zip(edges[::2], edges[1::2], strict=True):
            path.rect(x + start * step, top, (stop - start) * step, step)
    return path
