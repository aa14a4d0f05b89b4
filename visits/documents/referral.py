"""One page for a partner: who, where, what is asked, what she said yes to. Large, and no more."""

from collections.abc import Iterator
from io import BytesIO

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from seniors.paper import BOLD, MARGIN, PAGE_HEIGHT, PAGE_WIDTH, REGULAR, clean, draw_text
from visits.acting.hand_over import HandOver

WIDTH = PAGE_WIDTH - 2 * MARGIN
LARGE, SIZE, SMALL = 24, 17, 12
SCALES = (1, 0.85, 0.7, 0.6)
CARE_TOP = 30 * mm
Line = tuple[str, float, str]
CARE = (
    "Cette feuille parle d’une personne : ne la laissez à personne d’autre, et détruisez-la quand "
    "la demande est close ou si la personne retire son accord."
)


def print_hand_over(file: HandOver) -> bytes:
    """The PDF of one file, on one page: long names make the letters smaller."""
    for scale in SCALES:
        out = BytesIO()
        canvas = Canvas(out, pagesize=(PAGE_WIDTH, PAGE_HEIGHT), pageCompression=1, lang="fr")
        canvas.setTitle("Demande transmise")
        canvas.setAuthor(clean(file.landlord))
        y = _head(canvas, file, scale)
        for title, lines in _parts(file):
            y = _part(canvas, title, lines, y, scale)
        if y > CARE_TOP:
            break
    draw_text(canvas, CARE, MARGIN, CARE_TOP - 8 * mm, size=SMALL, width=WIDTH)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def _parts(file: HandOver) -> Iterator[tuple[str, list[Line]]]:
    """Each heading with its lines."""
    yield "Ce qui est demandé", [(BOLD, LARGE, file.asked)]
    phones = f"Tél. {' · '.join(file.phones)}" if file.phones else "Pas de téléphone connu"
    where = [(REGULAR, SIZE, line) for line in (*file.address, file.access) if line]
    if file.has_moved:
        yield "Où", [*where, (BOLD, SIZE, file.name)]
    else:
        yield "Pour qui", [(BOLD, LARGE, file.name), *where, (BOLD, LARGE, phones)]
        given = f"Accord donné le {file.given_on} :"
        yield "Son accord", [(REGULAR, SIZE, given), (REGULAR, SIZE, f"« {file.agreed} »")]
    contact = [(BOLD, SIZE, file.contact), (REGULAR, SIZE, file.landlord)]
    contact += [(BOLD, SIZE, f"Tél. {file.contact_phone}")] if file.contact_phone else []
    yield "Votre interlocuteur", contact


def _head(canvas: Canvas, file: HandOver, scale: float) -> float:
    """From whom, to whom."""
    told = {"width": WIDTH, "font": REGULAR, "size": SIZE * scale}
    y = draw_text(canvas, file.landlord, MARGIN, PAGE_HEIGHT - 24 * mm, **told)
    told |= {"font": BOLD, "size": LARGE * scale}
    return draw_text(canvas, f"Demande à {file.partner}", MARGIN, y - 5 * mm, **told)


def _part(canvas: Canvas, title: str, lines: list[Line], y: float, scale: float) -> float:
    """A heading under a rule, then its lines; gives the next free baseline."""
    canvas.setLineWidth(0.8)
    canvas.line(MARGIN, y, PAGE_WIDTH - MARGIN, y)
    y = draw_text(canvas, title, MARGIN, y - 7 * mm, size=SMALL + 1, width=WIDTH, font=REGULAR)
    above = SMALL
    for font, size, text in lines:
        y -= max(size - above, 0) * scale  # the next baseline was left for letters of that size
        above = size
        y = draw_text(canvas, text, MARGIN, y, size=size * scale, width=WIDTH, font=font)
        y -= 1.5 * mm * scale
    return y - 2 * mm * scale
