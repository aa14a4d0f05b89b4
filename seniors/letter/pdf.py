"""The letter on paper: large type for tired eyes, one fact a line. Pure drawing."""

from io import BytesIO

from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from seniors.known import Chapter
from seniors.letter.content import Letter
from seniors.paper import (
    BOLD,
    MARGIN,
    PAGE_HEIGHT,
    PAGE_WIDTH,
    REGULAR,
    clean,
    draw_text,
    wrap,
)

SIZE, HEADING, TITLE = 16, 20, 24
WIDTH = PAGE_WIDTH - 2 * MARGIN
LEADING = 1.3
TOP, FOOT = PAGE_HEIGHT - 22 * mm, 24 * mm


def print_letter(letter: Letter) -> bytes:
    """The PDF: who keeps what and why, each subject, then what she may do about it."""
    pages = _Pages(letter)
    pages.head()
    for text in letter.opening:
        pages.text(text)
    for chapter in letter.chapters:
        pages.chapter(chapter)
    pages.chapter(Chapter("Ce que vous pouvez faire", letter.rights))
    if letter.contact:
        pages.text(letter.contact, font=BOLD)
    return pages.close()


class _Pages:
    """Text that flows from page to page; `y` is the next baseline."""

    def __init__(self, letter: Letter) -> None:
        self.letter, self.out, self.number = letter, BytesIO(), 1
        self.canvas = Canvas(
            self.out, pagesize=(PAGE_WIDTH, PAGE_HEIGHT), pageCompression=1, lang="fr"
        )
        self.canvas.setTitle("Ce que nous gardons sur vous")
        self.canvas.setAuthor(clean(letter.landlord))
        self.y = TOP

    def head(self) -> None:
        """From whom, to whom (where the window of an envelope shows it), about what."""
        y = TOP
        for line in (self.letter.landlord, *self.letter.landlord_lines):
            y = draw_text(self.canvas, line, MARGIN, y, size=SIZE, width=85 * mm)
        y = PAGE_HEIGHT - 55 * mm
        for line in (self.letter.name, *self.letter.address):
            y = draw_text(self.canvas, line, 105 * mm, y, size=SIZE, width=85 * mm)
        self.y = min(y, PAGE_HEIGHT - 85 * mm) - 6 * mm
        self.text(f"Le {self.letter.on}")
        self.y -= 4 * mm
        self.text("Ce que nous gardons sur vous", size=TITLE, font=BOLD)

    def chapter(self, chapter: Chapter) -> None:
        """A heading under a rule, never alone at the foot of a page; then its lines."""
        self._room(HEADING * 2.2 + 4 * SIZE * LEADING)
        self.y -= 5 * mm
        self.canvas.setLineWidth(1)
        self.canvas.line(MARGIN, self.y + 8 * mm, PAGE_WIDTH - MARGIN, self.y + 8 * mm)
        self.text(chapter.title, size=HEADING, font=BOLD)
        if chapter.intro:
            self.text(chapter.intro)
        for label, words in chapter.lines:
            self.fact(label, words)

    def fact(self, label: str, words: str) -> None:
        """What it is in bold, then its words: on the same line when both fit, else beneath, kept
        together where a page can hold them."""
        end = "" if label.rstrip().endswith((":", "?")) else "\u00a0:"
        head = clean(f"{label}{end} ")
        after = stringWidth(head, BOLD, SIZE)
        if after + stringWidth(clean(words), REGULAR, SIZE) <= WIDTH:
            self._room(SIZE * LEADING)
            self.canvas.setFont(REGULAR, SIZE)
            self.canvas.drawString(MARGIN + after, self.y, clean(words))
            self.text(head.rstrip(" "), font=BOLD)
            return
        said = words[:1].upper() + words[1:]
        lines = len(wrap(f"{label}{end}", BOLD, SIZE, WIDTH)) + len(
            wrap(said, REGULAR, SIZE, WIDTH - 6 * mm)
        )
        self._room(min(lines, 12) * SIZE * LEADING)
        self.text(f"{label}{end}", font=BOLD, gap=0)
        self.text(said, indent=6 * mm)

    def text(
        self,
        text: str,
        *,
        size: float = SIZE,
        font: str = REGULAR,
        indent: float = 0,
        gap: float = 2.5 * mm,
    ) -> None:
        """A paragraph, over as many pages as it takes."""
        self.canvas.setFont(font, size)
        for line in wrap(text, font, size, WIDTH - indent):
            self._room(size * LEADING)
            self.canvas.setFont(font, size)
            self.canvas.drawString(MARGIN + indent, self.y, line)
            self.y -= size * LEADING
        self.y -= gap

    def close(self) -> bytes:
        """The whole file."""
        self._foot()
        self.canvas.showPage()
        self.canvas.save()
        return self.out.getvalue()

    def _room(self, height: float) -> None:
        """Go to the next page when less than that is left."""
        if self.y - height >= FOOT or self.y == TOP:
            return
        self._foot()
        self.canvas.showPage()
        self.number += 1
        self.y = TOP

    def _foot(self) -> None:
        """Whose letter it is, and which page."""
        text = f"{self.letter.name} – page {self.number}"
        draw_text(self.canvas, text, MARGIN, 12 * mm, size=SIZE, width=WIDTH)
