"""The visit form: four pages in large type, drawn once and stamped for each person.

The fixed part of each page is a form XObject; a person adds her name, how to reach her and what
is known, so that a thousand forms cost little more than their own words.
"""

from collections.abc import Callable, Iterable, Sequence

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
    wrap,
)
from visits.documents.content import (
    CONSENT_WORDING,
    CONSENTS,
    DAILY_LIFE,
    FAMILIES,
    HAZARDS,
    NEXT,
    NOTE,
    NOTICE,
    OUTCOMES,
    RIGHTS,
    RIGHTS_ANSWERS,
    SEVERITIES,
    Known,
    Person,
    Round,
)

WIDTH, RIGHT = PAGE_WIDTH - 2 * MARGIN, PAGE_WIDTH - MARGIN
TOP = PAGE_HEIGHT - 30 * mm
SIZE, TITLE, SMALL = 14, 16, 12
BOX = 4.5 * mm
KNOWN_TOP = 150 * mm  # where the known things begin on the first page
KNOWN_ROW, KNOWN_MOST = 11.6 * mm, 9


class FormPrinter:
    """Draws forms on one canvas; the fixed pages are drawn at its making."""

    def __init__(self, canvas: Canvas, trip: Round) -> None:
        self.canvas = canvas
        self.trip = trip
        self.pages = ("form-1", "form-2", "form-3", "form-4")
        fixed: Sequence[Callable[[Canvas], None]] = (_welcome, _home, _life, _outcome)
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
            if number == 0:
                _reach(canvas, self.trip, person)
                _known(canvas, person.known[:KNOWN_MOST])
            canvas.showPage()


def _reach(canvas: Canvas, trip: Round, person: Person) -> None:
    """Where she lives and how to reach her."""
    y = TOP - 8 * mm
    for text in (*person.address, person.access):
        y = draw_text(canvas, text, MARGIN + 4 * mm, y, size=14, width=WIDTH - 8 * mm)
    phones = f"Tél. {person.phones}" if person.phones else "Téléphone : pas connu"
    y = draw_text(canvas, phones, MARGIN + 4 * mm, y, size=14, width=WIDTH - 8 * mm, font=BOLD)
    last = person.last_visit or "Première visite connue"
    draw_text(canvas, last, MARGIN + 4 * mm, y, size=SIZE, width=WIDTH - 8 * mm)
    canvas.setFont(REGULAR, SIZE)
    canvas.drawString(MARGIN + 110 * mm, TOP - 61 * mm, clean(trip.officer))


def _known(canvas: Canvas, known: Iterable[Known]) -> None:
    """What is known, with its source, on the ruled lines of the first page."""
    y = KNOWN_TOP - 16 * mm
    for item in known:
        canvas.setFont(BOLD, SIZE)
        label = clean(f"{item.label} : ")
        canvas.drawString(MARGIN, y + 1.4 * mm, label)
        canvas.setFont(REGULAR, SIZE)
        canvas.drawString(MARGIN + stringWidth(label, BOLD, SIZE), y + 1.4 * mm, clean(item.value))
        canvas.setFont(REGULAR, SMALL)
        canvas.drawString(MARGIN, y - 3.2 * mm, clean(item.source))
        y -= KNOWN_ROW


def _footer(canvas: Canvas, trip: Round, number: int, pages: int) -> None:
    """Whose paper it is, where to call, which page."""
    canvas.setLineWidth(0.6)
    canvas.line(MARGIN, PAGE_HEIGHT - 24 * mm, RIGHT, PAGE_HEIGHT - 24 * mm)
    canvas.setFont(REGULAR, 10)
    phone = f" · {trip.phone}" if trip.phone else ""
    canvas.drawString(MARGIN, 10 * mm, clean(f"{trip.landlord}{phone} · Visite à domicile"))
    canvas.drawRightString(RIGHT, 10 * mm, f"{number}/{pages}")


def _title(canvas: Canvas, text: str, y: float) -> float:
    """A heading; gives the next baseline."""
    canvas.setFont(BOLD, TITLE)
    canvas.drawString(MARGIN, y, clean(text))
    return y - 8 * mm


def _choices(canvas: Canvas, labels: Iterable[str], x: float, y: float, gap: float) -> None:
    """Boxes to tick, each followed by its label."""
    canvas.setFont(REGULAR, SIZE)
    for label in labels:
        draw_box(canvas, x, y - 0.8 * mm, BOX)
        canvas.drawString(x + BOX + 1.5 * mm, y, clean(label))
        x += BOX + 1.5 * mm + stringWidth(clean(label), REGULAR, SIZE) + gap


def _write_line(canvas: Canvas, x: float, y: float, right: float = RIGHT) -> None:
    """A line to write on."""
    canvas.setLineWidth(0.5)
    canvas.setDash(1, 2)
    canvas.line(x, y, right, y)
    canvas.setDash()


def _label_line(canvas: Canvas, text: str, x: float, y: float, right: float = RIGHT) -> None:
    """A label followed by a line to write on."""
    canvas.setFont(REGULAR, SIZE)
    canvas.drawString(x, y, clean(text))
    _write_line(canvas, x + stringWidth(clean(text), REGULAR, SIZE) + 2 * mm, y - 1 * mm, right)


def _welcome(canvas: Canvas) -> None:
    """Page 1: how to reach her, how the visit went, what to say, what is known."""
    canvas.setLineWidth(1)
    canvas.roundRect(MARGIN, TOP - 49 * mm, WIDTH, 49 * mm, 2 * mm)
    y = TOP - 61 * mm
    _label_line(canvas, "Visite du", MARGIN, y, MARGIN + 72 * mm)
    canvas.drawString(MARGIN + 84 * mm, y, "Faite par")
    y -= 10 * mm
    _choices(canvas, (*OUTCOMES, "autre"), MARGIN, y, 10 * mm)
    y = draw_text(canvas, NOTICE, MARGIN, y - 12 * mm, size=SIZE, width=WIDTH)
    y = _title(canvas, "Ce que nous savons : est-ce toujours juste ?", KNOWN_TOP)
    canvas.setFont(BOLD, SMALL)
    canvas.drawString(RIGHT - 75 * mm, y + 0.5 * mm, "juste")
    canvas.drawString(RIGHT - 58 * mm, y + 0.5 * mm, "sinon, la bonne réponse")
    y = KNOWN_TOP - 16 * mm
    for _ in range(KNOWN_MOST):
        draw_box(canvas, RIGHT - 72 * mm, y - 0.5 * mm, BOX)
        _write_line(canvas, RIGHT - 58 * mm, y - 1 * mm)
        y -= KNOWN_ROW


def _home(canvas: Canvas) -> None:
    """Page 2: the home, room by room."""
    y = _title(canvas, "Le logement, pièce par pièce", TOP - 2 * mm) + 1 * mm
    lefts = (RIGHT - 57 * mm, RIGHT - 42 * mm, RIGHT - 27 * mm, RIGHT - 11 * mm)
    columns = dict(zip(SEVERITIES, lefts, strict=True))
    for room, hazards in HAZARDS:
        canvas.setFillGray(0.9)
        canvas.rect(MARGIN, y - 1.8 * mm, WIDTH, 6.6 * mm, stroke=0, fill=1)
        canvas.setFillGray(0)
        canvas.setFont(BOLD, SIZE)
        canvas.drawString(MARGIN + 1 * mm, y, clean(room))
        canvas.setFont(BOLD, SMALL)
        for label, x in columns.items():
            canvas.drawCentredString(x + BOX / 2, y, label)
        y -= 7.4 * mm
        for hazard in hazards:
            y = _hazard(canvas, hazard, columns.values(), y)
        y -= 0.6 * mm
    _label_line(canvas, f"{NOTE}\u00a0:", MARGIN, y - 1.5 * mm)


def _hazard(canvas: Canvas, text: str, columns: Iterable[float], y: float) -> float:
    """One hazard and its boxes; gives the next baseline."""
    canvas.setFont(REGULAR, SIZE)
    canvas.drawString(MARGIN + 1 * mm, y, clean(text))
    for x in columns:
        draw_box(canvas, x, y - 1 * mm, BOX)
    return y - 7.1 * mm


def _life(canvas: Canvas) -> None:
    """Page 3: daily life and ties, rights, wishes in her words."""
    y = _title(canvas, "La vie de tous les jours", TOP - 2 * mm)
    for question, answers in DAILY_LIFE:
        canvas.setFont(REGULAR, SIZE)
        canvas.drawString(MARGIN, y, clean(question))
        room = sum(BOX + 4.5 * mm + stringWidth(clean(one), REGULAR, SIZE) for one in answers)
        left = MARGIN + 57 * mm
        if left + room > RIGHT:  # too long beside its question: under it
            y -= 7 * mm
            left = MARGIN + 4 * mm
        _choices(canvas, answers, left, y, 3 * mm)
        y -= 8 * mm
    y = _title(canvas, "Les droits à vérifier", y - 5 * mm)
    canvas.setFont(BOLD, SMALL)
    columns = (RIGHT - 63 * mm, RIGHT - 28 * mm)
    for x, label in zip(columns, RIGHTS_ANSWERS, strict=True):
        canvas.drawCentredString(x + BOX / 2, y + 8 * mm, label)
    for right in RIGHTS:
        canvas.setFont(REGULAR, SIZE)
        canvas.drawString(MARGIN, y, clean(right))
        for x in columns:
            draw_box(canvas, x, y - 1 * mm, BOX)
        y -= 7.4 * mm
    y = _title(canvas, "Ses souhaits, avec ses mots", y - 5 * mm) - 3 * mm
    while y > 20 * mm:
        _write_line(canvas, MARGIN, y)
        y -= 10 * mm


def _outcome(canvas: Canvas) -> None:
    """Page 4: needs, actions, consents, next contact, signatures."""
    y = _needs(canvas, _title(canvas, "Les besoins repérés", TOP - 2 * mm))
    y = _actions(canvas, y - 2 * mm)
    y = _consents(canvas, y - 6 * mm)
    y -= 4 * mm
    canvas.setFont(BOLD, SIZE)
    canvas.drawString(MARGIN, y, "Prochain contact")
    _choices(canvas, NEXT, MARGIN + 48 * mm, y, 5 * mm)
    _label_line(canvas, "le", MARGIN + 126 * mm, y)
    canvas.setFont(REGULAR, SIZE)
    canvas.drawString(MARGIN, y - 11 * mm, clean("Votre signature :"))
    canvas.drawString(MARGIN + WIDTH / 2, y - 11 * mm, "Pour le bailleur :")


def _needs(canvas: Canvas, top: float) -> float:
    """Every need to tick, two families a column; gives the lowest line."""
    lowest, half = top, len(FAMILIES) // 2
    for column, families in enumerate((FAMILIES[:half], FAMILIES[half:])):
        x, y = MARGIN + column * WIDTH / 2, top
        for family, needs in families:
            canvas.setFont(BOLD, SMALL)
            canvas.drawString(x, y, clean(family))
            y -= 6.6 * mm
            for need in needs:
                _choices(canvas, (need,), x, y, 0)
                y -= 6.6 * mm
        lowest = min(lowest, y)
    return lowest


def _actions(canvas: Canvas, y: float) -> float:
    """What was decided: what, who, when."""
    y = _title(canvas, "Ce qui est décidé", y)
    columns = (
        (MARGIN, 92 * mm, "quoi"),
        (MARGIN + 96 * mm, 42 * mm, "qui"),
        (MARGIN + 142 * mm, 32 * mm, "pour le"),
    )
    canvas.setFont(BOLD, SMALL)
    for x, _, label in columns:
        canvas.drawString(x, y + 1 * mm, label)
    for _ in range(3):
        y -= 9 * mm
        for x, width, _ in columns:
            _write_line(canvas, x, y, x + width)
    return y - 8 * mm


def _consents(canvas: Canvas, y: float) -> float:
    """The four consents with their wording."""
    y = _title(canvas, "Vos accords, à reprendre quand vous voulez", y)
    for number, text in enumerate(CONSENTS):
        lines = wrap(text, REGULAR, SIZE, WIDTH - 44 * mm)
        first = y
        canvas.setFont(REGULAR, SIZE)
        for line in lines:
            canvas.drawString(MARGIN, y, line)
            y -= 6 * mm
        _choices(canvas, ("oui", "non"), RIGHT - 36 * mm, first, 4 * mm)
        if number == 2:
            y -= 3 * mm
            _write_line(canvas, MARGIN, y, RIGHT - 42 * mm)
            y -= 6 * mm
        y -= 3.4 * mm
    canvas.setFont(REGULAR, 9)
    canvas.drawRightString(RIGHT, y + 3 * mm, clean(f"texte {CONSENT_WORDING}"))
    return y
