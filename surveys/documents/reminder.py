"""The reminder on paper: one page in large type, her address in the window of an envelope.

Pure: data in, PDF out. It says how to answer, that she is free not to, and how to be left alone.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import IO

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from seniors.french import full_day
from seniors.paper import BOLD, MARGIN, PAGE_HEIGHT, PAGE_WIDTH, REGULAR, clean, draw_text, wrap
from seniors.phones import readable
from surveys.documents.copies import address_lines, draw_address, qr_path
from surveys.documents.sheet import Sender

SIZE, LEAST = 16, 14
WIDTH = PAGE_WIDTH - 2 * MARGIN
TOP = PAGE_HEIGHT - 104 * mm  # under the window
BETWEEN = 4.5 * mm
ASIDE = 70 * mm  # left of the window
QR = 34 * mm
PADDING = 5 * mm

FREE = "Vous êtes libre de répondre. Ne pas répondre ne change rien à votre bail ni à votre loyer."
CROSSED = "Si vous avez répondu ces jours-ci, merci\u00a0: ne tenez pas compte de cette lettre."


@dataclass(frozen=True)
class Letter:
    """One letter. lines: name and address as on an envelope. reference: as printed, in groups.
    link: where to answer on line, empty when it is not possible."""

    lines: tuple[str, ...]
    opening: str
    reference: str
    link: str = ""


def print_reminders(
    file: IO[bytes], letters: Iterable[Letter], *, sender: Sender, written_on: date, closes_on: date
) -> Iterator[int]:
    """Write one PDF, a page for each letter; gives how many are drawn so far.

    The file is complete once the iterator is exhausted.
    """
    canvas = Canvas(file, pagesize=(PAGE_WIDTH, PAGE_HEIGHT), pageCompression=1, lang="fr")
    canvas.setTitle(clean(f"Relance – {sender.name}"))
    canvas.setAuthor(clean(sender.name))
    for number, letter in enumerate(letters, 1):
        _letterhead(canvas, sender, written_on)
        draw_address(canvas, letter.lines)
        _body(canvas, letter, sender, closes_on)
        canvas.showPage()
        yield number
    canvas.save()


def _letterhead(canvas: Canvas, sender: Sender, written_on: date) -> None:
    """Who writes, and when."""
    y = draw_text(
        canvas, sender.name, MARGIN, PAGE_HEIGHT - 22 * mm, size=15, width=ASIDE, font=BOLD
    )
    for line in (*sender.address, sender.phone and f"Tél. {readable(sender.phone)}"):
        if line:
            y = draw_text(canvas, line, MARGIN, y, size=LEAST, width=ASIDE)
    canvas.setFont(REGULAR, LEAST)
    day = f"le {full_day(written_on)}"
    canvas.drawRightString(PAGE_WIDTH - MARGIN, PAGE_HEIGHT - 22 * mm, day)


def _body(canvas: Canvas, letter: Letter, sender: Sender, closes_on: date) -> None:
    """From the greeting to the way out."""
    y = _paragraph(canvas, "Bonjour,", TOP)
    y = _paragraph(canvas, letter.opening, y)
    y = _frame(canvas, letter, f"Réponse souhaitée avant le {full_day(closes_on)}.", y)
    for text in (paper_words(sender), FREE, no_more_words(sender), CROSSED):
        y = _paragraph(canvas, text, y)


def paper_words(sender: Sender) -> str:
    """How to answer without a screen."""
    ring = f", ou appelez-nous\u00a0: {readable(sender.phone)}" if sender.phone else ""
    return f"Sur papier, renvoyez le questionnaire que vous avez reçu{ring}."


def no_more_words(sender: Sender) -> str:
    """How to be left alone."""
    how = "appelez-nous ou écrivez-nous" if sender.phone else "écrivez-nous"
    return (
        f"Pour ne plus recevoir de courrier sur cette enquête, {how}, sans donner de raison, en "
        "indiquant votre référence."
    )


def _frame(canvas: Canvas, letter: Letter, by_when: str, y: float) -> float:
    """The reference, and on line the square and the address to type; gives the next baseline."""
    width = WIDTH - 2 * PADDING - (QR + PADDING if letter.link else 0)
    rows = [(f"Votre référence\u00a0: {letter.reference}", BOLD, SIZE)]
    if letter.link:
        rows.append(
            ("En ligne\u00a0: photographiez ce carré, ou tapez cette adresse\u00a0:", REGULAR, 14)
        )
        rows += [(part, BOLD, 14) for part in address_lines(letter.link, BOLD, 14, width)]
    rows.append((by_when, REGULAR, 14))
    lines = [
        (line, font, size) for text, font, size in rows for line in wrap(text, font, size, width)
    ]
    height = sum(size * 1.3 for _, _, size in lines) + 2 * PADDING - 2 * mm
    height = max(height, QR + 2 * PADDING) if letter.link else height
    top = y + SIZE - 1 * mm
    canvas.setLineWidth(1.4)
    canvas.roundRect(MARGIN, top - height, WIDTH, height, 3 * mm)
    line_y = top - PADDING - SIZE * 0.8
    for line, font, size in lines:
        canvas.setFont(font, size)
        canvas.drawString(MARGIN + PADDING, line_y, line)
        line_y -= size * 1.3
    if letter.link:
        x, middle = PAGE_WIDTH - MARGIN - PADDING - QR, top - height / 2
        canvas.drawPath(qr_path(letter.link, x, middle - QR / 2, QR), stroke=0, fill=1)
    return top - height - SIZE - BETWEEN


def _paragraph(canvas: Canvas, text: str, y: float) -> float:
    """A paragraph; gives the baseline of the next."""
    return draw_text(canvas, text, MARGIN, y, size=SIZE, width=WIDTH) - BETWEEN
