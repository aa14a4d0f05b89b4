"""The order sheet of a lot: one block for each work, to be ticked and signed at the door."""

from io import BytesIO

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from seniors.french import plural
from seniors.paper import BOLD, MARGIN, PAGE_HEIGHT, PAGE_WIDTH, REGULAR, clean, draw_box, wrap
from visits.works.order_sheet import Order, Ordered

WIDTH = PAGE_WIDTH - 2 * MARGIN
TOP, BOTTOM = PAGE_HEIGHT - 46 * mm, 20 * mm
NUMBER_WIDTH, BOXES_WIDTH = 12 * mm, 44 * mm
TEXT_WIDTH = WIDTH - NUMBER_WIDTH - BOXES_WIDTH
SIZE, LEADING = 11.5, 5.2 * mm
CARE = (
    "Noms et téléphones servent au rendez-vous seulement\u00a0: ne les gardez pas et détruisez "
    "cette feuille à la fin des travaux."
)


def print_order(order: Order) -> bytes:
    """The PDF of a lot, on as many pages as it takes."""
    out = BytesIO()
    canvas = Canvas(out, pagesize=(PAGE_WIDTH, PAGE_HEIGHT), pageCompression=1, lang="fr")
    canvas.setTitle(clean(f"Bon de travaux, {order.label}"))
    canvas.setAuthor(clean(order.landlord))
    pages = _paged(order)
    for number, page in enumerate(pages, 1):
        y = _frame(canvas, order, f"{number}/{len(pages)}")
        for one in page:
            y = _work(canvas, one, y)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def _paged(order: Order) -> list[list[Ordered]]:
    """The works cut into pages; a work is never cut."""
    pages, y = [[]], TOP
    for one in order.works:
        if pages[-1] and y - _height(one) < BOTTOM:
            pages.append([])
            y = TOP
        pages[-1].append(one)
        y -= _height(one)
    return pages


def _lines(one: Ordered) -> list[tuple[str, str]]:
    """What is said of a work under its place: font and text of each line."""
    agreed = f"Accord du locataire le {one.agreed_on:%d/%m/%Y}" if one.agreed_on else ""
    said = [
        (REGULAR, one.access),
        (BOLD, f"{one.kind}, {one.quantity}"),
        (REGULAR, one.name),
        (BOLD, f"Tél. {one.phones}" if one.phones else ""),
        (REGULAR, agreed),
    ]
    return [(font, line) for font, text in said if text for line in _wrapped(text, font)]


def _wrapped(text: str, font: str) -> tuple[str, ...]:
    return wrap(text, font, SIZE, TEXT_WIDTH)


def _where(one: Ordered) -> tuple[str, ...]:
    return _wrapped(", ".join(part for part in (one.address, one.city) if part), BOLD)


def _height(one: Ordered) -> float:
    """Room taken by a work, at least that of its boxes."""
    return max((len(_lines(one)) + len(_where(one))) * LEADING + 6 * mm, 32 * mm)


def _frame(canvas: Canvas, order: Order, page: str) -> float:
    """Title, what the order says, footer; gives where the works begin."""
    canvas.setFont(BOLD, 18)
    title = wrap(f"Bon de travaux\u00a0: {order.label}", BOLD, 18, WIDTH)[0]
    canvas.drawString(MARGIN, PAGE_HEIGHT - 18 * mm, title)
    count = len(order.works)
    told = [
        ", ".join(filter(None, (order.landlord, order.phone and f"Tél. {order.phone}"))),
        ", ".join(
            filter(
                None,
                (
                    order.company,
                    f"commandé le {order.ordered_on}",
                    order.wanted_by and f"attendu pour le {order.wanted_by}",
                    f"{count} {plural(count, 'chantier', 'chantiers')}",
                ),
            )
        ),
        order.note,
    ]
    y = PAGE_HEIGHT - 25 * mm
    canvas.setFont(REGULAR, 11)
    for text in filter(None, told):
        for line in wrap(text, REGULAR, 11, WIDTH)[:2]:
            canvas.drawString(MARGIN, y, line)
            y -= 4.8 * mm
    canvas.setFont(REGULAR, 9)
    canvas.drawString(MARGIN, 11 * mm, clean(CARE))
    canvas.drawRightString(PAGE_WIDTH - MARGIN, 11 * mm, page)
    return TOP


def _work(canvas: Canvas, one: Ordered, top: float) -> float:
    """One work under a rule; gives where the next begins."""
    canvas.setLineWidth(0.6)
    canvas.line(MARGIN, top, PAGE_WIDTH - MARGIN, top)
    x, y = MARGIN + NUMBER_WIDTH, top - 6 * mm
    canvas.setFont(BOLD, 16)
    canvas.drawString(MARGIN, y, str(one.number))
    for font, line in [*((BOLD, line) for line in _where(one)), *_lines(one)]:
        canvas.setFont(font, SIZE)
        canvas.drawString(x, y, line)
        y -= LEADING
    _boxes(canvas, PAGE_WIDTH - MARGIN - BOXES_WIDTH + 4 * mm, top - 7 * mm)
    return top - _height(one)


def _boxes(canvas: Canvas, x: float, y: float) -> None:
    """How it went, and the signature."""
    canvas.setFont(REGULAR, SIZE)
    for label in ("Fait le", "Pas fait"):
        draw_box(canvas, x, y - 0.8 * mm)
        canvas.drawString(x + 7 * mm, y, label)
        y -= 7 * mm
    canvas.setFont(REGULAR, 9)
    canvas.drawString(x, y, "Signature du locataire")
