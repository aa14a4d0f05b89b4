"""What all copies of a questionnaire share: texts, questions, boxes to tick, page by page."""

from dataclasses import dataclass
from datetime import date
from html import escape
from io import BytesIO
from math import ceil

from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import registerFontFamily, stringWidth
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph

from seniors.french import full_day
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
from surveys.questionnaires.questionnaire import Item, Questionnaire, Section

registerFontFamily(REGULAR, normal=REGULAR, bold=BOLD, italic=REGULAR, boldItalic=BOLD)

BODY = 14  # points: the least of all that is printed, for eyes of 85 (DOMAIN.md 4)
LINE = 6.0 * mm  # from one line to the next, same paragraph
# Around a question: the widest that keeps the questionnaire within its pages.
ROOMS = tuple(tenths * mm / 10 for tenths in (40, 33, 28, 24, 20, 15))
STEP = 7.6 * mm  # from one box to the next below it
BOX = 4.8 * mm
INDENT = 6 * mm
WIDTH = PAGE_WIDTH - 2 * MARGIN

FIRST_PAGE_TOP = PAGE_HEIGHT - 96 * mm

TOP = PAGE_HEIGHT - 15 * mm
BOTTOM = 27 * mm
FIRST_PAGE_BOTTOM = 33 * mm  # the address to answer on line takes up to three lines there
FOOT = 8 * mm  # where the number of the page and the reference stand

_BODY_STYLE = ParagraphStyle("body", fontName=REGULAR, fontSize=BODY, leading=LINE)


@dataclass(frozen=True)
class Sender:
    """Who asks: name, lines of the return address, telephone (empty when there is none)."""

    name: str
    address: tuple[str, ...] = ()
    phone: str = ""


class TooLong(ValueError):
    """The questionnaire does not fit in its number of pages."""


@dataclass
class _Sheet:
    """Where the next thing goes: the page being filled and the height left on it."""

    canvas: Canvas
    pages: int
    room: float
    page: int = 0
    y: float = 0.0
    # Title to repeat when the section goes on over the page.
    section: str = ""
    # The question whose `lead` stands above the lines of the table being drawn.
    table: Item | None = None

    def open(self) -> None:
        """Begin the next page."""
        if self.page:
            self.canvas.endForm()
        self.page += 1
        if self.page > self.pages:
            plural = "s" if self.pages > 1 else ""
            raise TooLong(
                f"Le questionnaire ne tient pas en {self.pages} page{plural} imprimée{plural}."
            )
        self.canvas.beginForm(f"page{self.page}")
        self.canvas.setFont(REGULAR, BODY)
        self.canvas.drawString(MARGIN, FOOT + 2 * mm, f"Page {self.page} sur {self.pages}")
        self.y = TOP

    def need(self, height: float) -> None:
        """Go to the next page when `height` does not fit on this one."""
        if self.y - height < (BOTTOM if self.page > 1 else FIRST_PAGE_BOTTOM):
            self.open()
            if self.section:
                self.title(f"{self.section} (suite)")

    def title(self, text: str) -> None:
        """The title of a section, underlined across the page."""
        self.canvas.setFont(BOLD, 17)
        self.canvas.drawString(MARGIN, self.y - 5 * mm, clean(text))
        self.canvas.setLineWidth(1.2)
        self.canvas.line(MARGIN, self.y - 7.2 * mm, PAGE_WIDTH - MARGIN, self.y - 7.2 * mm)
        self.y -= 9 * mm

    def rule(self) -> None:
        """A hairline that leads the eye from the words to their boxes."""
        self.canvas.setStrokeGray(0.6)
        self.canvas.setLineWidth(0.4)
        self.canvas.line(MARGIN, self.y, PAGE_WIDTH - MARGIN, self.y)
        self.canvas.setStrokeGray(0)


def words_of(sender: Sender, closes_on: date, least_age: int) -> dict[str, str]:
    """What stands for each `{word}` of the texts (`questionnaire.WORDS`), as markup."""
    return {
        "landlord": escape(clean(sender.name)),
        "phone": escape(clean(sender.phone)).replace(" ", "\u00a0"),
        "closes_on": full_day(closes_on),
        "return_address": escape(clean(", ".join((sender.name, *sender.address)))),
        "least_age": str(least_age),
    }


def draw_fixed_part(
    canvas: Canvas, questionnaire: Questionnaire, sender: Sender, words: dict[str, str]
) -> None:
    """One form per page, named page1, page2…, as airy as the pages allow. Raises TooLong."""
    for room in ROOMS[:-1]:
        try:
            _draw_pages(
                Canvas(BytesIO(), (PAGE_WIDTH, PAGE_HEIGHT)), questionnaire, sender, words, room
            )
        except TooLong:
            continue
        break
    else:
        room = ROOMS[-1]
    _draw_pages(canvas, questionnaire, sender, words, room)


def _draw_pages(
    canvas: Canvas,
    questionnaire: Questionnaire,
    sender: Sender,
    words: dict[str, str],
    room: float,
) -> None:
    sheet = _Sheet(canvas, questionnaire.pages, room)
    sheet.open()
    _draw_letterhead(canvas, questionnaire, sender)
    sheet.y = FIRST_PAGE_TOP
    _draw_paragraphs(sheet, questionnaire.introduction, words)
    if sender.phone:
        _draw_paragraphs(sheet, questionnaire.help_line, words)
    for section in questionnaire.sections:
        _draw_section(sheet, section)
    sheet.section = ""
    sheet.y -= 3 * mm
    _draw_paragraphs(sheet, questionnaire.closing, words)
    while sheet.page < sheet.pages:
        sheet.open()
    canvas.endForm()


def _draw_letterhead(canvas: Canvas, questionnaire: Questionnaire, sender: Sender) -> None:
    """Sender above the window, title below it: the envelope shows the address alone."""
    y = draw_text(canvas, sender.name, MARGIN, TOP - 2 * mm, size=15, width=WIDTH, font=BOLD)
    for line in (*sender.address, sender.phone and f"Téléphone\u00a0: {sender.phone}"):
        if line:
            y = draw_text(canvas, line, MARGIN, y, size=BODY, width=80 * mm)
    draw_text(canvas, questionnaire.title, MARGIN, TOP - 62 * mm, size=20, width=70 * mm, font=BOLD)


def _draw_paragraphs(sheet: _Sheet, text: str, words: dict[str, str]) -> None:
    """Running text; `**…**` is bold, `{word}` is replaced."""
    for line in text.splitlines():
        parts = escape(clean(line), quote=False).format(**words).split("**")
        markup = "".join(f"<b>{part}</b>" if n % 2 else part for n, part in enumerate(parts))
        paragraph = Paragraph(markup, _BODY_STYLE)
        _, height = paragraph.wrap(WIDTH, PAGE_HEIGHT)
        sheet.need(height)
        sheet.y -= height
        paragraph.drawOn(sheet.canvas, MARGIN, sheet.y)
        sheet.y -= 1.6 * mm


def _draw_section(sheet: _Sheet, section: Section) -> None:
    """A title kept with its first question, then the questions, boxes to tick together."""
    sheet.section = ""
    sheet.need(34 * mm)
    if sheet.y < TOP:
        sheet.y -= 3.5 * mm
    sheet.title(section.title)
    sheet.section = section.title
    if section.note:
        _draw_paragraphs(sheet, section.note, {})
    sheet.table, ticks = None, []
    for item in section.items:
        if item.kind == "tick" and not item.objection:
            ticks.append(item)
            continue
        _draw_ticks(sheet, ticks)
        ticks = []
        if item.kind != "scale":
            sheet.table = None
        _DRAW[item.kind](sheet, item)
    _draw_ticks(sheet, ticks)


def _text_of(item: Item) -> str:
    """The question as printed; a star marks what needs the health consent."""
    return f"{item.text}\u00a0*" if item.sensitive else item.text


def _row_height(item: Item, width: float, room: float) -> float:
    """What a one-line question and its help take."""
    lines = wrap(_text_of(item), REGULAR, BODY, width)
    help_lines = wrap(item.help, REGULAR, BODY, width) if item.help else ()
    return (len(lines) + len(help_lines)) * LINE + room


def _draw_row(sheet: _Sheet, item: Item, width: float) -> float:
    """The words of a one-line question, a hairline under them; gives the baseline of its boxes."""
    height = _row_height(item, width, sheet.room)
    sheet.need(height)
    first = sheet.y - 5.6 * mm
    y = draw_text(
        sheet.canvas, _text_of(item), MARGIN, first, size=BODY, width=width, leading=LINE / BODY
    )
    if item.help:
        draw_text(sheet.canvas, item.help, MARGIN, y, size=BODY, width=width, leading=LINE / BODY)
    sheet.y -= height
    sheet.rule()
    return first


def _draw_option(canvas: Canvas, x: float, y: float, label: str) -> None:
    """A box and its words."""
    draw_box(canvas, x, y - 0.7 * mm, BOX)
    canvas.setFont(REGULAR, BODY)
    canvas.drawString(x + BOX + 1.8 * mm, y, clean(label))


def _draw_yes_no(sheet: _Sheet, item: Item) -> None:
    """A question, then oui and non at the right edge."""
    _draw_lead(sheet, item)
    y = _draw_row(sheet, item, WIDTH - 39 * mm)
    right = PAGE_WIDTH - MARGIN
    for choice, offset in zip(item.choices, (35 * mm, 17 * mm), strict=True):
        _draw_option(sheet.canvas, right - offset, y, choice.label)


def _draw_scale(sheet: _Sheet, item: Item) -> None:
    """A line of a table: one box per column, whose words stand above the first line."""
    column = 16.6 * mm if len(item.choices) > 3 else 25 * mm
    width = WIDTH - column * len(item.choices)
    centres = [MARGIN + width + column * (n + 0.5) for n in range(len(item.choices))]
    page = sheet.page
    sheet.need(_row_height(item, width - 2 * mm, sheet.room))
    starts = bool(item.lead) or sheet.table is None
    if starts:
        sheet.table = item
    if starts or sheet.page != page:  # said again when the table goes on over the page
        _draw_scale_head(sheet, sheet.table, width, column, centres)
    y = _draw_row(sheet, item, width - 2 * mm)
    for x in centres:
        draw_box(sheet.canvas, x - BOX / 2, y - 0.7 * mm, BOX)


def _draw_scale_head(
    sheet: _Sheet, item: Item, width: float, column: float, centres: list[float]
) -> None:
    """The words before a table, and those of its columns."""
    heads = [wrap(choice.label, REGULAR, BODY, column - 1 * mm) for choice in item.choices]
    beside = len(wrap(item.lead, BOLD, BODY, width)) == 1
    above = () if beside else wrap(item.lead, BOLD, BODY, WIDTH)
    height = (len(above) + max(1, *map(len, heads))) * LINE + 3 * mm
    sheet.need(height + 22 * mm)
    y = sheet.y - 6.4 * mm
    for line in above or (clean(item.lead),):
        sheet.canvas.setFont(BOLD, BODY)
        sheet.canvas.drawString(MARGIN, y, line)
        y -= 0 if beside else LINE
    sheet.canvas.setFont(REGULAR, BODY)
    for x, head in zip(centres, heads, strict=True):
        for n, text in enumerate(head):
            sheet.canvas.drawCentredString(x, y - n * LINE, text)
    sheet.y -= height


def _draw_choice(sheet: _Sheet, item: Item) -> None:
    """A question, then its replies: beside it when they fit, else on lines of their own."""
    gap = 6 * mm
    widths = [BOX + 1.8 * mm + stringWidth(c.label, REGULAR, BODY) + gap for c in item.choices]
    text_width = stringWidth(_text_of(item), REGULAR, BODY)
    if text_width + sum(widths) + 2 * mm <= WIDTH:
        y = _draw_row(sheet, item, WIDTH)
        x = PAGE_WIDTH - MARGIN - sum(widths) + gap
        for choice, width in zip(item.choices, widths, strict=True):
            _draw_option(sheet.canvas, x, y, choice.label)
            x += width
        return
    columns = _columns(widths)
    rows = ceil(len(item.choices) / columns)
    height = LINE + rows * STEP + sheet.room
    sheet.need(height)
    draw_text(sheet.canvas, _text_of(item), MARGIN, sheet.y - 5.6 * mm, size=BODY, width=WIDTH)
    for n, choice in enumerate(item.choices):
        column, row = divmod(n, rows)
        x = MARGIN + INDENT + column * (WIDTH - INDENT) / columns
        y = sheet.y - 6.4 * mm - LINE - row * STEP
        _draw_option(sheet.canvas, x, y, choice.label)
    sheet.y -= height
    sheet.rule()


def _columns(widths: list[float]) -> int:
    """How many columns of replies, read downwards: all on one line, two, or one."""
    room = WIDTH - INDENT
    if sum(widths) <= room:
        return len(widths)
    return 2 if len(widths) > 3 and max(widths) <= room / 2 else 1


def _draw_tick(sheet: _Sheet, item: Item) -> None:
    """A box before its sentence."""
    sheet.need(LINE + 3 * mm)
    _draw_option(sheet.canvas, MARGIN, sheet.y - 6 * mm, item.text)
    sheet.y -= LINE + 2.6 * mm


def _draw_ticks(sheet: _Sheet, items: list[Item]) -> None:
    """Boxes to tick, one a line, kept together under the words before them."""
    if not items:
        return
    sheet.need(len(items) * STEP + 12 * mm)
    _draw_lead(sheet, items[0])
    for n, item in enumerate(items):
        y = sheet.y - 5.4 * mm - n * STEP
        _draw_option(sheet.canvas, MARGIN + INDENT, y, item.text)
    sheet.y -= len(items) * STEP + 1 * mm


def _draw_lead(sheet: _Sheet, item: Item) -> None:
    """The words before a group of questions."""
    if item.lead:
        sheet.need(LINE * 3)
        y = draw_text(
            sheet.canvas, item.lead, MARGIN, sheet.y - 6 * mm, size=BODY, width=WIDTH, font=BOLD
        )
        sheet.y = y + BODY - 1 * mm


_DRAW = {
    "yes_no": _draw_yes_no,
    "scale": _draw_scale,
    "choice": _draw_choice,
    "tick": _draw_tick,
}
