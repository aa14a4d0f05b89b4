"""The code book on paper: one block a question, in large letters, on as many pages as it takes."""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from seniors.paper import BOLD, MARGIN, PAGE_HEIGHT, PAGE_WIDTH, REGULAR, clean, draw_text, wrap
from surveys.questionnaires.code_book import UNKNOWN, Entry, entries
from surveys.questionnaires.questionnaire import Questionnaire

WIDTH = PAGE_WIDTH - 2 * MARGIN
TOP, BOTTOM = PAGE_HEIGHT - 22 * mm, 22 * mm
TITLE, HEAD, BODY, SMALL = 24, 17, 14, 12
LEADING = 1.3
INDENT = 8 * mm


@dataclass(frozen=True)
class _Text:
    """Some words of a block, set from `x`."""

    text: str
    font: str
    size: float
    x: float = 0
    after: float = 0

    @property
    def height(self) -> float:
        """What it takes, its room below included."""
        lines = wrap(self.text, self.font, self.size, WIDTH - self.x)
        return len(lines) * self.size * LEADING + self.after


def print_code_book(questionnaire: Questionnaire, *, landlord: str) -> bytes:
    """The PDF of every question: its code, its words, its replies, when it is kept."""
    out = BytesIO()
    canvas = Canvas(out, pagesize=(PAGE_WIDTH, PAGE_HEIGHT), pageCompression=1, lang="fr")
    canvas.setTitle(clean(f"Dictionnaire des réponses, {questionnaire.title}"))
    canvas.setAuthor(clean(landlord))
    pages = _paged(_blocks(questionnaire, landlord))
    for number, page in enumerate(pages, 1):
        y = TOP
        for block in page:
            y = _draw(canvas, block, y)
        foot = f"{questionnaire.title}, version {questionnaire.version} – {number}/{len(pages)}"
        draw_text(canvas, foot, MARGIN, 12 * mm, size=SMALL, width=WIDTH)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def _blocks(questionnaire: Questionnaire, landlord: str) -> list[list[_Text]]:
    """What is never cut by the end of a page: the head, then each question, the first one of a
    section with its title."""
    found = [
        [
            _Text(landlord, REGULAR, SMALL, after=6 * mm),
            _Text("Dictionnaire des réponses", BOLD, TITLE, after=1 * mm),
            _Text(f"{questionnaire.title}, version {questionnaire.version}", REGULAR, HEAD,
                  after=3 * mm),
            _Text(UNKNOWN, REGULAR, BODY, after=6 * mm),
        ]
    ]  # fmt: skip
    section = None
    for entry in entries(questionnaire):
        title = [] if entry.section == section else [_Text(entry.section, BOLD, HEAD, after=3 * mm)]
        section = entry.section
        found.append([*title, *_question(entry)])
    return found


def _question(entry: Entry) -> list[_Text]:
    """Its code, its words, its replies, what must be agreed for it to be kept."""
    item = entry.item
    replies = "\u00a0; ".join(f"{value} = {label}" for value, label in entry.replies)
    told = [
        entry.kind[:1].upper() + entry.kind[1:],
        f"dimension {entry.domain.lower()}" if entry.domain else "",
        entry.scale,
        "question de santé" if item.sensitive else "",
        f"gardée si {entry.kept_if}" if item.is_answer else entry.kept_if,
    ]
    return [
        _Text(item.code, BOLD, BODY),
        _Text(item.wording, REGULAR, BODY, INDENT),
        _Text(replies, REGULAR, BODY, INDENT),
        _Text(", ".join(word for word in told if word) + ".", REGULAR, SMALL, INDENT, 5 * mm),
    ]  # fmt: skip


def _paged(blocks: Sequence[list[_Text]]) -> list[list[list[_Text]]]:
    """The blocks cut into pages."""
    pages: list[list[list[_Text]]] = [[]]
    y = TOP
    for block in blocks:
        height = sum(text.height for text in block)
        if pages[-1] and y - height < BOTTOM:
            pages.append([])
            y = TOP
        pages[-1].append(block)
        y -= height
    return pages


def _draw(canvas: Canvas, block: Sequence[_Text], y: float) -> float:
    for text in block:
        y = draw_text(
            canvas, text.text, MARGIN + text.x, y,
            size=text.size, width=WIDTH - text.x, font=text.font, leading=LEADING,
        )  # fmt: skip
        y -= text.after
    return y
