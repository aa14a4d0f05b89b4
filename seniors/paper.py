"""What all printed pages share: an A4 sheet, a font for tired eyes, boxes to tick.

Pure drawing: it is given its texts and asks nothing of the database.
"""

from functools import lru_cache
from pathlib import Path

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

PAGE_WIDTH, PAGE_HEIGHT = A4
MARGIN = 18 * mm
REGULAR, BOLD = "Atkinson", "Atkinson-Bold"

_FONTS = Path(__file__).parent / "static/vendor/atkinson"
pdfmetrics.registerFont(TTFont(REGULAR, _FONTS / "AtkinsonHyperlegibleNext_400Regular.ttf"))
pdfmetrics.registerFont(TTFont(BOLD, _FONTS / "AtkinsonHyperlegibleNext_700Bold.ttf"))

# The font has no narrow no-break space; the ordinary one reads the same on paper.
_TYPOGRAPHY = str.maketrans({"\u202f": "\u00a0"})


def clean(text: str) -> str:
    """The text with only characters that the font can draw as they are meant."""
    return text.translate(_TYPOGRAPHY)


@lru_cache(maxsize=20_000)
def wrap(text: str, font: str, size: float, width: float) -> tuple[str, ...]:
    """The lines of `text` set in `font` at `size` points, each at most `width` points wide.

    A no-break space never ends a line. A word wider than `width` stands alone on its line.
    """
    lines, line = [], ""
    for word in clean(text).split(" "):
        longer = f"{line} {word}" if line else word
        if line and pdfmetrics.stringWidth(longer, font, size) > width:
            lines.append(line)
            line = word
        else:
            line = longer
    return (*lines, line)


def draw_text(
    canvas: Canvas,
    text: str,
    x: float,
    y: float,
    *,
    size: float,
    width: float,
    font: str = REGULAR,
    leading: float = 1.25,
) -> float:
    """Draw `text` wrapped from the baseline `y` downwards; gives the next free baseline."""
    canvas.setFont(font, size)
    for line in wrap(text, font, size, width):
        canvas.drawString(x, y, line)
        y -= size * leading
    return y


def draw_box(canvas: Canvas, x: float, y: float, size: float = 4.5 * mm) -> None:
    """An empty box to tick, its lower left corner at (x, y)."""
    canvas.setLineWidth(1)
    canvas.rect(x, y, size, size)
