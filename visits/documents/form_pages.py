"""The pages of the visit form that are the same for everyone: the questions of the screen, in its
order and words, so that a paper is typed in line after line."""

from collections.abc import Callable, Sequence

from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from seniors.paper import BOLD, MARGIN, REGULAR, clean, draw_text, wrap
from visits.documents.content import (
    ACTIONS,
    CONSENT_WORDING,
    CONSENTS,
    DAILY_LIFE,
    DECISIONS,
    FAMILIES,
    HAZARDS,
    HOME,
    KNOWN,
    KNOWN_LABELS,
    LIFE,
    NEEDS,
    NEXT,
    NEXT_HOW,
    OUTCOMES,
    PRESENT,
    RIGHTS,
    RIGHTS_ANSWERS,
    RIGHTS_ASKED,
    SEVERITIES,
    SHARING,
    WELCOME,
    WHY,
    WISHES,
)
from visits.documents.form_parts import (
    BOTTOM,
    HINT,
    LINE,
    RIGHT,
    SIZE,
    SMALL,
    TOP,
    WIDTH,
    boxes,
    choices,
    columns,
    group,
    hint,
    label_line,
    lines,
    tick_width,
    title,
    write_line,
)

Page = Callable[[Canvas], None]
Catalogue = Sequence[tuple[str, Sequence[tuple[str, bool]]]]

REACH_HEIGHT = 47 * mm  # the frame that says where she lives
VISIT_TOP = TOP - REACH_HEIGHT - 9 * mm
KNOWN_TOP = TOP - 15 * mm  # the first thing known
KNOWN_ROW = 11.6 * mm
TOLD_ROW = 5.6 * mm  # what is said again and not asked
ROOMS_ON_KNOWN = 2  # the rooms that stand on the page of what is known
KNOWN_ROWS = len(KNOWN_LABELS)
TOLD_MOST = 3
HAZARD_COLUMNS = (RIGHT - 48 * mm, RIGHT - 31 * mm, RIGHT - 12 * mm)
RIGHTS_COLUMNS = (RIGHT - 60 * mm, RIGHT - 25 * mm)
ACTION_SIZE, ACTION_ROW, ACTION_TEXT = 12, 6.05 * mm, 83 * mm
ACTION_COLUMNS = tuple(MARGIN + one * mm for one in (88, 107, 126))
PARTNER_X = MARGIN + 137 * mm
END_HEIGHT = 35 * mm  # the next contact and the signatures


def pages(catalogue: Catalogue) -> Sequence[Page]:
    """Every page, in the order of the screen."""
    return (welcome, known, rooms, life, needs, *decided(catalogue))


def welcome(canvas: Canvas) -> None:
    """How to reach her, how the visit went, who is there, what she agrees to."""
    canvas.setLineWidth(1)
    canvas.roundRect(MARGIN, TOP - REACH_HEIGHT + 4 * mm, WIDTH, REACH_HEIGHT, 2 * mm)
    y = VISIT_TOP
    label_line(canvas, "Jour de la visite", MARGIN, y, MARGIN + 84 * mm)
    canvas.drawString(MARGIN + 90 * mm, y, "Faite par")
    y = group(canvas, "Comment s’est-elle passée\u00a0?", y - 10 * mm)
    y = choices(canvas, OUTCOMES, MARGIN, y)
    y = label_line(canvas, f"{WHY.label}\u00a0:", MARGIN, y - 2 * mm)
    y = hint(canvas, WHY.help, y + 3 * mm)
    y = title(canvas, WELCOME.title, y - 5 * mm)
    y = draw_text(canvas, WELCOME.help, MARGIN, y, size=SIZE, width=WIDTH) - 2 * mm
    y = group(canvas, _heading("present."), y - 1 * mm)
    y = choices(canvas, PRESENT, MARGIN, y)
    y = group(canvas, _heading("consent."), y - 3 * mm)
    for text in CONSENTS:
        first = y
        canvas.setFont(REGULAR, SIZE)
        for line in wrap(text, REGULAR, SIZE, WIDTH - 42 * mm):
            canvas.drawString(MARGIN, y, line)
            y -= 6 * mm
        choices(canvas, ("oui", "non"), RIGHT - 34 * mm, first)
        y -= 3 * mm
    canvas.setFont(REGULAR, 9)
    canvas.drawRightString(RIGHT, y + 2 * mm, clean(f"texte {CONSENT_WORDING}"))


def _heading(prefix: str) -> str:
    """What the screen says before these fields."""
    return next(
        one.heading for one in WELCOME.fields if one.code.startswith(prefix) and one.heading
    )


def known(canvas: Canvas) -> None:
    """Room for what is known of her, then the first rooms."""
    title(canvas, KNOWN.title, TOP, clear=KNOWN.clear)
    canvas.setFont(BOLD, SMALL)
    canvas.drawString(RIGHT - 77 * mm, TOP - 8 * mm, "c’est juste")
    canvas.drawString(RIGHT - 52 * mm, TOP - 8 * mm, "sinon, la bonne réponse")
    y = KNOWN_TOP
    for _ in range(KNOWN_ROWS):
        boxes(canvas, (RIGHT - 70 * mm,), y)
        write_line(canvas, RIGHT - 52 * mm, y - 1 * mm)
        y -= KNOWN_ROW
    y = title(canvas, "Le logement, pièce par pièce", y - TOLD_MOST * TOLD_ROW - 5 * mm)
    y = hint(canvas, "Rien de coché à une ligne\u00a0: pas vu.", y + 1.5 * mm)
    _rooms(canvas, HAZARDS[:ROOMS_ON_KNOWN], y)


def rooms(canvas: Canvas) -> None:
    """The other rooms, what to know before coming to mend."""
    y = _rooms(canvas, HAZARDS[ROOMS_ON_KNOWN:], TOP)
    y = title(canvas, HOME.title, y - 6 * mm)
    (field,) = HOME.fields
    y = hint(canvas, f"{field.label}. {field.help}", y)
    lines(canvas, 5, y)


def _rooms(canvas: Canvas, some: Sequence[tuple[str, str, Sequence[str]]], y: float) -> float:
    """Rooms and their hazards; one tick says that all is well in one."""
    for room, clear, hazards in some:
        canvas.setFillGray(0.9)
        canvas.rect(MARGIN, y - 1.8 * mm, WIDTH, 6.6 * mm, stroke=0, fill=1)
        canvas.setFillGray(0)
        canvas.setFont(BOLD, SIZE)
        canvas.drawString(MARGIN + 1 * mm, y, clean(room))
        columns(canvas, SEVERITIES, HAZARD_COLUMNS, y)
        y -= 7.4 * mm
        for hazard in hazards:
            canvas.setFont(REGULAR, SIZE)
            canvas.drawString(MARGIN + 1 * mm, y, clean(hazard))
            boxes(canvas, HAZARD_COLUMNS, y)
            y -= 7.1 * mm
        choices(canvas, (clear,), MARGIN + 1 * mm, y)
        y -= 9 * mm
    return y


def life(canvas: Canvas) -> None:
    """Daily life and ties, rights."""
    y = hint(canvas, LIFE.help, title(canvas, LIFE.title, TOP))
    for question, answers in DAILY_LIFE:
        canvas.setFont(REGULAR, SIZE)
        canvas.drawString(MARGIN, y, clean(question))
        room = sum(tick_width(one) + 4 * mm for one in answers) - 4 * mm
        left = max(RIGHT - room, RIGHT - 34 * mm)
        if MARGIN + stringWidth(clean(question), REGULAR, SIZE) + 4 * mm > RIGHT - room:
            y -= 7 * mm  # too long beside its question: under it
            left = MARGIN + 4 * mm
        elif room > 34 * mm:
            left = RIGHT - room
        choices(canvas, answers, left, y)
        y -= 8 * mm
    _rights(canvas, y - 3 * mm)


def _rights(canvas: Canvas, y: float) -> None:
    """What to check, and with whom."""
    y = title(canvas, RIGHTS.title, y)
    choices(canvas, (RIGHTS.clear,), MARGIN, y)
    columns(canvas, RIGHTS_ANSWERS, RIGHTS_COLUMNS, y, size=HINT)
    y -= 7 * mm
    for label, asked in RIGHTS_ASKED:
        canvas.setFont(REGULAR, SMALL)
        canvas.drawString(MARGIN, y, clean(label))
        boxes(canvas, RIGHTS_COLUMNS, y)
        canvas.setFont(REGULAR, 8)
        canvas.drawString(MARGIN, y - 3.6 * mm, clean(asked))
        y -= 9.4 * mm


def needs(canvas: Canvas) -> None:
    """Wishes in her words, then every need to tick, two families a column."""
    (field,) = WISHES.fields
    y = title(canvas, WISHES.title, TOP)
    y = hint(canvas, f"{field.label}. {field.help}", y)
    y = lines(canvas, 7, y)
    top = title(canvas, NEEDS.title, y - 4 * mm) - 1 * mm
    half = len(FAMILIES) // 2
    for column, families in enumerate((FAMILIES[:half], FAMILIES[half:])):
        x, y = MARGIN + column * WIDTH / 2, top
        for family, labels in families:
            canvas.setFont(BOLD, SMALL)
            canvas.drawString(x, y, clean(family))
            y -= 7 * mm
            for label in labels:
                choices(canvas, (label,), x, y)
                y -= 7.4 * mm
            y -= 1 * mm


def decided(catalogue: Catalogue) -> Sequence[Page]:
    """The catalogue to tick, on as many pages as it takes, the last with what ends a visit."""
    rows: list[tuple[str, bool | None]] = []
    for family, actions in catalogue:
        rows += [(family, None), *actions]
    parts: list[list[tuple[str, bool | None]]] = [[]]
    y = first = TOP - 8 * mm
    for place, (label, by_partner) in enumerate(rows):
        left = BOTTOM + (END_HEIGHT if place == len(rows) - 1 else 0)
        if parts[-1] and y - _action_height(label, by_partner) < left:
            parts.append([])
            y = first
        parts[-1].append((label, by_partner))
        y -= _action_height(label, by_partner)
    return [_decided(part, is_last=part is parts[-1]) for part in parts]


def _action_height(label: str, by_partner: bool | None) -> float:
    extra = len(wrap(label, REGULAR, ACTION_SIZE, ACTION_TEXT)) - 1
    return ACTION_ROW + extra * 4.6 * mm + (1.5 * mm if by_partner is None else 0)


def _decided(rows: Sequence[tuple[str, bool | None]], *, is_last: bool) -> Page:
    """One page of the catalogue."""

    def draw(canvas: Canvas) -> None:
        y = title(canvas, ACTIONS.title, TOP)
        columns(canvas, DECISIONS, ACTION_COLUMNS, TOP - 7 * mm, size=10)
        canvas.drawString(PARTNER_X + 2 * mm, TOP - 7 * mm, "transmis à")
        for label, by_partner in rows:
            if by_partner is None:
                canvas.setFont(BOLD, SMALL)
                canvas.drawString(MARGIN, y - 1.5 * mm, clean(label))
                y -= _action_height(label, by_partner)
                continue
            canvas.setFont(REGULAR, ACTION_SIZE)
            below = y
            for line in wrap(label, REGULAR, ACTION_SIZE, ACTION_TEXT):
                canvas.drawString(MARGIN, below, line)
                below -= 4.6 * mm
            boxes(canvas, ACTION_COLUMNS, y)
            if by_partner:
                write_line(canvas, PARTNER_X, y - 1 * mm)
            y -= _action_height(label, by_partner)
        if is_last:
            _end(canvas)

    return draw


def _end(canvas: Canvas) -> None:
    """What the tenant agrees to hand over, the next contact, the signatures."""
    y = BOTTOM + END_HEIGHT - 4 * mm
    y = hint(canvas, f"Transmis à\u00a0: «\u00a0{SHARING}\u00a0»", y)
    y = title(canvas, NEXT.title, y - 1 * mm)
    how, _ = NEXT.fields
    canvas.setFont(REGULAR, SIZE)
    canvas.drawString(MARGIN, y, clean(how.label))
    choices(canvas, NEXT_HOW, MARGIN + 26 * mm, y)
    label_line(canvas, "Le", MARGIN + 110 * mm, y)
    y -= LINE
    canvas.setFont(REGULAR, SIZE)
    canvas.drawString(MARGIN, y, clean("Votre signature\u00a0:"))
    canvas.drawString(MARGIN + WIDTH / 2, y, clean("Pour le bailleur\u00a0:"))
