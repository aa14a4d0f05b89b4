"""The letter of appointment: one page in large type, the address in the window of an envelope.

Pure: data in, PDF out. It says who comes, when and why in a word, that she is free to say no, and
how to know that it is not a fraud. Nothing of the person but her name and address.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from seniors.paper import BOLD, MARGIN, PAGE_HEIGHT, PAGE_WIDTH, REGULAR, clean, draw_text, wrap
from seniors.phones import readable
from surveys.documents import Sender, draw_address

SIZE, BIG, SMALL = 16, 22, 12
WIDTH = PAGE_WIDTH - 2 * MARGIN
TOP = PAGE_HEIGHT - 104 * mm  # under the fold, where the window does not reach
BETWEEN = 4.5 * mm
ASIDE = 70 * mm  # left of the window, wherever the sheet slides
BOX_PADDING = 5 * mm

PURPOSE = (
    "Nous venons voir avec vous si votre logement vous convient, ce qui pourrait y être amélioré, "
    "et de quoi vous auriez besoin. Comptez une demi-heure environ."
)
FREE = (
    "Vous êtes libre de dire non, sans donner de raison. Cela ne change rien à votre bail ni à "
    "votre loyer. Un proche peut être là avec vous."
)
TRUST = (
    "Nous ne vous demanderons ni argent, ni carte bancaire, ni numéro de sécurité sociale. En cas "
    "de doute, n’ouvrez pas\u00a0: demandez d’abord à votre agence."
)


@dataclass(frozen=True)
class Notice:
    """One letter; texts are in French and ready to draw.

    lines: name and address as on an envelope. day: « mardi 1er décembre 2026 ». moment: « le matin,
    entre 9 h et 12 h ». officer: who comes. written_on: « le 24 novembre 2026 ».
    """

    lines: tuple[str, ...]
    greeting: str
    day: str
    moment: str
    officer: str
    written_on: str


def print_notices(notices: Iterable[Notice], *, sender: Sender) -> bytes:
    """The PDF of these letters, a page each."""
    out = BytesIO()
    canvas = Canvas(out, pagesize=(PAGE_WIDTH, PAGE_HEIGHT), pageCompression=1, lang="fr")
    canvas.setTitle(clean(f"Rendez-vous – {sender.name}"))
    canvas.setAuthor(clean(sender.name))
    for notice in notices:
        _letterhead(canvas, sender)
        draw_address(canvas, notice.lines)
        _letter(canvas, notice, sender)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def _letterhead(canvas: Canvas, sender: Sender) -> None:
    """Who writes."""
    phone = readable(sender.phone)
    y = draw_text(
        canvas, sender.name, MARGIN, PAGE_HEIGHT - 22 * mm, size=15, width=ASIDE, font=BOLD
    )
    for line in (*sender.address, phone and f"Tél. {phone}"):
        if line:
            y = draw_text(canvas, line, MARGIN, y, size=SMALL, width=ASIDE)


def _letter(canvas: Canvas, notice: Notice, sender: Sender) -> None:
    """From the greeting to the name."""
    canvas.setFont(REGULAR, SMALL)
    canvas.drawRightString(PAGE_WIDTH - MARGIN, PAGE_HEIGHT - 22 * mm, clean(notice.written_on))
    y = _paragraph(canvas, notice.greeting, TOP)
    y = _paragraph(canvas, f"{notice.officer} viendra vous rendre visite chez vous\u00a0:", y)
    y = _when(canvas, notice, y)
    for text in (PURPOSE, FREE):
        y = _paragraph(canvas, text, y)
    y = _paragraph(canvas, change_words(sender), y, font=BOLD)
    y = _paragraph(canvas, TRUST, y)
    canvas.setFont(BOLD, SIZE)
    canvas.drawRightString(PAGE_WIDTH - MARGIN, y - 2 * mm, clean(notice.officer))
    canvas.setFont(REGULAR, SMALL)
    canvas.drawRightString(PAGE_WIDTH - MARGIN, y - 8 * mm, clean(sender.name))


def change_words(sender: Sender) -> str:
    """How to choose another day, or none."""
    if sender.phone:
        return f"Pour changer de jour ou refuser\u00a0: {readable(sender.phone)}."
    return "Pour changer de jour ou refuser, dites-le à votre agence ou à votre gardien."


def _when(canvas: Canvas, notice: Notice, y: float) -> float:
    """The day and the moment in a frame; gives the next baseline."""
    lines = [
        line
        for text in (notice.day, notice.moment)
        for line in wrap(text, BOLD, BIG, WIDTH - 2 * BOX_PADDING)
    ]
    height = len(lines) * BIG * 1.3 + 2 * BOX_PADDING - 2 * mm
    top = y + SIZE - 1 * mm
    canvas.setLineWidth(1.4)
    canvas.roundRect(MARGIN, top - height, WIDTH, height, 3 * mm)
    canvas.setFont(BOLD, BIG)
    line_y = top - BOX_PADDING - BIG * 0.8
    for line in lines:
        canvas.drawCentredString(PAGE_WIDTH / 2, line_y, line)
        line_y -= BIG * 1.3
    return top - height - SIZE - BETWEEN


def _paragraph(canvas: Canvas, text: str, y: float, *, font: str = REGULAR) -> float:
    """A paragraph; gives the baseline of the next."""
    return draw_text(canvas, text, MARGIN, y, size=SIZE, width=WIDTH, font=font) - BETWEEN
