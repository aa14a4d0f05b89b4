"""The sheet that hangs in a hall, and the cards of caretakers and technicians: QR code and address.

Pure: a residence's name and an address in, PDF out. It names no tenant.
"""

from io import BytesIO

from django.conf import settings
from reportlab.graphics import renderPDF
from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.lib.colors import HexColor, white
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from seniors.paper import BOLD, MARGIN, PAGE_HEIGHT, PAGE_WIDTH, REGULAR, draw_text, wrap
from seniors.phones import readable

WIDTH = PAGE_WIDTH - 2 * MARGIN
PETROL, RED, INK = HexColor("#0f4c5c"), HexColor("#9c1c1c"), HexColor("#1d2b30")
DANGER = "Danger immédiat\u00a0? Appelez"
NUMBERS = (("15", "SAMU"), ("18", "pompiers"), ("112", "urgences"))
OTHERS = "114 par SMS si vous n’entendez pas · 3977 maltraitance"
TITLE = "Une voisine, un voisin vous inquiète\u00a0?"
SIGNS = (
    "Du courrier qui s’accumule, des volets toujours fermés",
    "Quelqu’un qu’on ne voit plus depuis plusieurs jours",
    "Une chute, une personne qui semble perdue, un appel à l’aide",
)
STEPS = (
    "Visez ce carré avec l’appareil photo de votre téléphone.",
    "Trois touches\u00a0: ce que vous avez vu, où, et quand venir.",
    "C’est envoyé\u00a0: ni compte, ni nom à donner.",
)
AFTER = (
    "Une personne de chez nous le lit, appelle ou passe, et note ce qu’il en est. "
    "On ne dit à personne qui a signalé\u00a0: nous ne le savons pas."
)
CARD_TITLE = "Un locataire vous inquiète\u00a0?"
CARD_HOW = "Visez le carré\u00a0: trois touches, sans compte."
# Pocket cards: two across, five down, cut on the line.
CARD_WIDTH, CARD_HEIGHT = 87 * mm, 54 * mm
ACROSS, DOWN = 2, 5


def draw_poster(residence: str, address: str) -> bytes:
    """One A4 sheet, read from three steps away."""
    out, canvas = _sheet(f"Affiche {residence}")
    y = _danger(canvas, 0, PAGE_HEIGHT, PAGE_WIDTH, 46 * mm, margin=MARGIN, size=21)
    canvas.setFillColor(PETROL)
    y = draw_text(canvas, TITLE, MARGIN, y - 18 * mm, size=38, width=WIDTH, font=BOLD, leading=1.1)
    canvas.setFillColor(INK)
    for sign in SIGNS:
        y = draw_text(canvas, f"•\u00a0{sign}", MARGIN, y - 1.5 * mm, size=18, width=WIDTH)
    side = 86 * mm
    _code(canvas, address, MARGIN - 7 * mm, y - side + 3 * mm, side)
    left, at = MARGIN + side - 3 * mm, y - 13 * mm
    for number, step in enumerate(STEPS, 1):
        canvas.setFont(BOLD, 34)
        canvas.setFillColor(PETROL)
        canvas.drawString(left, at - 3 * mm, str(number))
        canvas.setFillColor(INK)
        at = draw_text(canvas, step, left + 11 * mm, at, size=18, width=WIDTH - side - 8 * mm)
        at -= 5 * mm
    draw_text(canvas, AFTER, MARGIN, y - side - 5 * mm, size=18, width=WIDTH)
    _foot(canvas, residence, address)
    canvas.save()
    return out.getvalue()


def draw_cards(residence: str, address: str) -> bytes:
    """Ten cards on an A4 sheet, to cut out."""
    out, canvas = _sheet(f"Cartes {residence}")
    left = (PAGE_WIDTH - ACROSS * CARD_WIDTH) / 2
    bottom = (PAGE_HEIGHT - DOWN * CARD_HEIGHT) / 2
    for row in range(DOWN):
        for column in range(ACROSS):
            x, y = left + column * CARD_WIDTH, bottom + row * CARD_HEIGHT
            canvas.setStrokeColor(HexColor("#857d72"))
            canvas.setLineWidth(0.4)
            canvas.rect(x, y, CARD_WIDTH, CARD_HEIGHT)
            _card(canvas, x, y, residence, address)
    canvas.save()
    return out.getvalue()


def _card(canvas: Canvas, x: float, y: float, residence: str, address: str) -> None:
    """One card: the numbers, the code, what to do."""
    top = _danger(canvas, x, y + CARD_HEIGHT, CARD_WIDTH, 13 * mm, margin=3 * mm, size=8.5)
    square = 36 * mm
    _code(canvas, address, x + 1.5 * mm, y + 2.5 * mm, square)
    left, width = x + square + 2 * mm, CARD_WIDTH - square - 5 * mm
    canvas.setFillColor(PETROL)
    at = draw_text(canvas, CARD_TITLE, left, top - 6 * mm, size=12, width=width, font=BOLD)
    canvas.setFillColor(INK)
    at = draw_text(canvas, CARD_HOW, left, at - 0.5 * mm, size=9.5, width=width)
    for font, size, text in ((BOLD, 9, residence), (REGULAR, 8, _who())):
        for line in wrap(text, font, size, width)[:2]:
            canvas.setFont(font, size)
            canvas.drawString(left, at - 1 * mm, line)
            at -= 1.25 * size


def _danger(
    canvas: Canvas, x: float, top: float, width: float, height: float, *, margin: float, size: float
) -> float:
    """The band of the emergency numbers, above everything else; gives its lower edge."""
    canvas.setFillColor(RED)
    canvas.rect(x, top - height, width, height, stroke=0, fill=1)
    canvas.setFillColor(white)
    canvas.setFont(BOLD, size)
    canvas.drawString(x + margin, top - height * 0.4, DANGER)
    at = x + margin + stringWidth(DANGER, BOLD, size) + size
    step = (x + width - margin / 2 - at) / len(NUMBERS)
    for number, whom in NUMBERS:
        canvas.setFont(BOLD, size * 1.6)
        canvas.drawString(at, top - height * 0.45, number)
        canvas.setFont(REGULAR, size * 0.6)
        canvas.drawString(at, top - height * 0.45 - size * 0.7, whom)
        at += step
    canvas.setFont(REGULAR, size * 0.72)
    canvas.drawString(x + margin, top - height * 0.87, OTHERS)
    return top - height


def _code(canvas: Canvas, address: str, x: float, y: float, side: float) -> None:
    """The QR code, of a level that bears a scratch."""
    code = QrCodeWidget(address, barLevel="M", barBorder=4)
    left, bottom, right, top = code.getBounds()
    scale = side / (right - left)
    drawing = Drawing(side, side, transform=[scale, 0, 0, side / (top - bottom), 0, 0])
    drawing.add(code)
    renderPDF.draw(drawing, canvas, x, y)


def _foot(canvas: Canvas, residence: str, address: str) -> None:
    """Whose sheet it is, whom to ring, and the address for who has no camera."""
    canvas.setFillColor(INK)
    y = 30 * mm
    for line in wrap(f"{residence} · {_who()}", BOLD, 14, WIDTH)[:2]:
        canvas.setFont(BOLD, 14)
        canvas.drawString(MARGIN, y, line)
        y -= 6 * mm
    half = len(address) // 2 if stringWidth(address, REGULAR, 9) > WIDTH else len(address)
    canvas.setFont(REGULAR, 9)
    for part in (address[:half], address[half:]):
        canvas.drawString(MARGIN, y, part)
        y -= 4 * mm


def _who() -> str:
    """The landlord and how to ring it."""
    phone = readable(settings.LANDLORD_PHONE)
    return f"{settings.LANDLORD} · {phone}" if phone else settings.LANDLORD


def _sheet(title: str) -> tuple[BytesIO, Canvas]:
    """An empty A4 document."""
    out = BytesIO()
    canvas = Canvas(out, pagesize=(PAGE_WIDTH, PAGE_HEIGHT), pageCompression=1, lang="fr")
    canvas.setTitle(title)
    canvas.setAuthor(settings.LANDLORD)
    return out, canvas
