"""The round sheet: every visit in order, read in a stairwell at arm's length."""

from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from seniors.paper import BOLD, MARGIN, PAGE_HEIGHT, PAGE_WIDTH, REGULAR, clean, draw_box, wrap
from visits.documents.content import Person, Round

WIDTH = PAGE_WIDTH - 2 * MARGIN
TOP, BOTTOM = PAGE_HEIGHT - 34 * mm, 18 * mm
NUMBER_WIDTH, BOXES_WIDTH = 13 * mm, 30 * mm
TEXT_WIDTH = WIDTH - NUMBER_WIDTH - BOXES_WIDTH
SIZE, LEADING = 12, 5.4 * mm
AFTER_NAME = 0.8 * mm  # so that the mark beside a name touches nothing
OUTCOMES = ("Faite", "Absence", "Refus")
CARE = "Document personnel : à garder sur soi, puis à rendre à l’agence pour être détruit."


def draw_round(canvas: Canvas, trip: Round) -> None:
    """Draw the sheet on as many pages as it takes."""
    pages = _paged(trip.people)
    for number, page in enumerate(pages, 1):
        _frame(canvas, trip, f"{number}/{len(pages)}")
        y = TOP
        for person in page:
            y = _visit(canvas, person, y)
        canvas.showPage()


def _paged(people: tuple[Person, ...]) -> list[list[Person]]:
    """The visits cut into pages; a visit is never cut."""
    pages, y = [[]], TOP
    for person in people:
        height = _height(person)
        if pages[-1] and y - height < BOTTOM:
            pages.append([])
            y = TOP
        pages[-1].append(person)
        y -= height
    return pages


def _lines(person: Person) -> list[tuple[str, str]]:
    """What is said of a visit after the name: font and text of each line."""
    said = [
        (BOLD, person.when),
        *((REGULAR, line) for line in _address(person)),
        (REGULAR, person.access),
        (BOLD, f"Tél. {person.phones}" if person.phones else "Pas de téléphone connu"),
        (REGULAR, person.why),
        *((REGULAR, f"Tant que vous y êtes : {name}") for name in person.neighbours),
    ]
    return [
        (font, line) for font, text in said if text for line in wrap(text, font, SIZE, TEXT_WIDTH)
    ]


def _address(person: Person) -> tuple[str, ...]:
    """On one line where it fits."""
    line = clean(", ".join(person.address))
    return (line,) if stringWidth(line, REGULAR, SIZE) <= TEXT_WIDTH else person.address


def _height(person: Person) -> float:
    """Room taken by a visit, at least that of its boxes."""
    return max(len(_lines(person)) * LEADING + 6.5 * mm + AFTER_NAME, 24 * mm) + 4 * mm


def _frame(canvas: Canvas, trip: Round, page: str) -> None:
    """Title, count and footer of a page."""
    canvas.setFont(BOLD, 20)
    canvas.drawString(MARGIN, PAGE_HEIGHT - 20 * mm, "Mes visites")
    canvas.setFont(REGULAR, 12)
    canvas.drawRightString(PAGE_WIDTH - MARGIN, PAGE_HEIGHT - 17 * mm, clean(trip.officer))
    canvas.drawRightString(PAGE_WIDTH - MARGIN, PAGE_HEIGHT - 23 * mm, clean(trip.period))
    count = len(trip.people)
    status = "Brouillon, non publié · " if trip.draft else ""
    visits = f"{count} visite{'s' if count > 1 else ''}"
    canvas.drawString(MARGIN, PAGE_HEIGHT - 27 * mm, clean(f"{status}{visits}"))
    canvas.setFont(REGULAR, 10)
    canvas.drawString(MARGIN, 11 * mm, clean(CARE))
    canvas.drawRightString(PAGE_WIDTH - MARGIN, 11 * mm, page)


def _visit(canvas: Canvas, person: Person, top: float) -> float:
    """One visit under a rule; gives where the next begins."""
    bottom = top - _height(person)
    canvas.setLineWidth(0.6)
    canvas.line(MARGIN, top, PAGE_WIDTH - MARGIN, top)
    y, x = top - 6.5 * mm, MARGIN + NUMBER_WIDTH
    canvas.setFont(BOLD, 18)
    canvas.drawString(MARGIN, y, str(person.number))
    _name(canvas, person, x, y)
    y -= AFTER_NAME
    for font, line in _lines(person):
        y -= LEADING
        canvas.setFont(font, SIZE)
        canvas.drawString(x, y, line)
    _outcomes(canvas, PAGE_WIDTH - MARGIN - BOXES_WIDTH + 4 * mm, top - 7 * mm)
    return bottom


def _name(canvas: Canvas, person: Person, x: float, y: float) -> None:
    """Her name, and the mark of an urgent or late visit."""
    name = clean(person.name)
    size = 15 if stringWidth(name, BOLD, 15) < TEXT_WIDTH - 34 * mm else 12
    canvas.setFont(BOLD, size)
    canvas.drawString(x, y, name)
    marks = ["SIGNALEMENT"] * person.urgent + ["AJOUT"] * person.added
    if not marks:
        return
    left = x + stringWidth(name, BOLD, size) + 3 * mm
    text = " · ".join(marks)
    canvas.roundRect(left, y - 0.9 * mm, stringWidth(text, BOLD, 10) + 4 * mm, 4.6 * mm, 1.4 * mm)
    canvas.setFont(BOLD, 10)
    canvas.drawString(left + 2 * mm, y + 0.15 * mm, text)


def _outcomes(canvas: Canvas, x: float, y: float) -> None:
    """How the visit ended: three boxes."""
    canvas.setFont(REGULAR, SIZE)
    for label in OUTCOMES:
        draw_box(canvas, x, y - 0.8 * mm)
        canvas.drawString(x + 7 * mm, y, label)
        y -= 7.5 * mm
