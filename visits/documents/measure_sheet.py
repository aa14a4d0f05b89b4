"""One page on a measure for the meeting that keeps, changes or stops it."""

from collections.abc import Mapping
from datetime import date
from io import BytesIO

from django.conf import settings
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from seniors.french import day_words, plural
from seniors.paper import (
    BOLD,
    MARGIN,
    PAGE_HEIGHT,
    PAGE_WIDTH,
    clean,
    draw_box,
    draw_text,
)
from visits.enums import Outcome
from visits.evaluating.effects import Effect
from visits.evaluating.reach import Count, Reach
from visits.models import Measure

WIDTH = PAGE_WIDTH - 2 * MARGIN
BAR = 70 * mm
FOOT = 46 * mm  # what the boxes to tick need
SCALES = (1, 0.9, 0.8, 0.7, 0.6)
HIDDEN = "trop peu de personnes pour être dit"


def print_measure(
    measure: Measure, reach: Reach, effects: Mapping[str, Effect | str], today: date
) -> bytes:
    """The PDF, on one page: where there is much to say, letters are smaller."""
    for scale in SCALES:
        out = BytesIO()
        canvas = Canvas(out, pagesize=(PAGE_WIDTH, PAGE_HEIGHT), pageCompression=1, lang="fr")
        canvas.setTitle(clean(measure.name))
        canvas.setAuthor(clean(settings.LANDLORD))
        y = _head(canvas, measure, today, scale)
        y = _reach(canvas, measure, reach, y, scale)
        y = _effects(canvas, effects, y, scale)
        if y > FOOT:
            break
    _boxes(canvas)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def _head(canvas: Canvas, measure: Measure, today: date, scale: float) -> float:
    """Its name, what for, and of what day the figures are."""
    y = PAGE_HEIGHT - 22 * mm
    said = f"{settings.LANDLORD} – fiche de décision, chiffres du {day_words(today, year=True)}"
    y = draw_text(canvas, said, MARGIN, y, size=11 * scale, width=WIDTH)
    y = draw_text(canvas, measure.name, MARGIN, y - 4 * mm, size=22 * scale, width=WIDTH, font=BOLD)
    return draw_text(canvas, measure.purpose, MARGIN, y - 1 * mm, size=13 * scale, width=WIDTH)


def _title(canvas: Canvas, text: str, y: float, scale: float) -> float:
    canvas.setLineWidth(0.8)
    canvas.line(MARGIN, y, PAGE_WIDTH - MARGIN, y)
    y = draw_text(canvas, text, MARGIN, y - 7 * mm, size=14 * scale, width=WIDTH, font=BOLD)
    return y - 1.5 * mm


def _reach(canvas: Canvas, measure: Measure, reach: Reach, y: float, scale: float) -> float:
    """Each step with its bar and its denominator, then delays and cost."""
    y = _title(canvas, "Qui est touché", y, scale)
    for count in reach.counts:
        y = _step(canvas, count, measure, y, scale)
    for label, words in _facts(reach):
        y = draw_text(canvas, f"{label} : {words}", MARGIN, y, size=12 * scale, width=WIDTH)
    return y - 2 * mm


def _step(canvas: Canvas, count: Count, measure: Measure, y: float, scale: float) -> float:
    size = 12 * scale
    draw_text(canvas, count.label, MARGIN, y, size=size, width=60 * mm, font=BOLD)
    x = MARGIN + 62 * mm
    if count.code == "eligible" and not count.hidden:
        words = f"{_spaced(count.people)}, de {measure.min_age} ans et plus"
    else:
        words = share_words(count)
    if count.percent is not None and not count.hidden and count.code != "eligible":
        canvas.setFillGray(0.85)
        canvas.rect(x, y - 1.2 * mm, BAR * count.percent / 100, 4.4 * mm, stroke=0, fill=1)
        canvas.setFillGray(0)
    return draw_text(canvas, words, x + 1 * mm, y, size=size, width=WIDTH - 63 * mm) - 1.5 * mm


def share_words(count: Count) -> str:
    """« 40 sur 60, soit 67 % (de 54 à 77 %) »."""
    if count.hidden:
        return HIDDEN
    if count.interval is None:
        return f"{_spaced(count.people)}, personne à l’étape précédente"
    low, high = count.interval
    many, whole = _spaced(count.people), _spaced(count.out_of)
    return f"{many} sur {whole}, soit {count.percent} % (de {low} à {high} %)"


def _spaced(count: int) -> str:
    return f"{count:,}".replace(",", "\u202f")


def _facts(reach: Reach) -> list[tuple[str, str]]:
    return [
        ("De la demande à la fin", reach.delay_words),
        ("Coût par personne", reach.cost_words),
        (
            "Parties depuis",
            HIDDEN
            if reach.lost is None
            else f"{_spaced(reach.lost)} {plural(reach.lost, 'personne', 'personnes')}",
        ),
    ]


def _effects(canvas: Canvas, effects: Mapping[str, Effect | str], y: float, scale: float) -> float:
    """What changed, indicator by indicator, or why nobody can tell."""
    y = _title(canvas, "Ce qu’il change", y, scale)
    if not effects:
        y = draw_text(
            canvas, "Rien n’est attendu de l’enquête.", MARGIN, y, size=12 * scale, width=WIDTH
        )
    for label, found in effects.items():
        y = draw_text(canvas, label, MARGIN, y, size=12 * scale, width=WIDTH, font=BOLD)
        words = found if isinstance(found, str) else found.sentence
        y = draw_text(canvas, words, MARGIN, y, size=11 * scale, width=WIDTH) - 1.5 * mm
    return y


def _boxes(canvas: Canvas) -> None:
    """What the meeting decides, by hand."""
    y = FOOT - 8 * mm
    canvas.line(MARGIN, y + 8 * mm, PAGE_WIDTH - MARGIN, y + 8 * mm)
    draw_text(canvas, "Décision", MARGIN, y, size=14, width=WIDTH, font=BOLD)
    for n, outcome in enumerate(Outcome):
        x = MARGIN + 40 * mm + n * 42 * mm
        draw_box(canvas, x, y - 1 * mm)
        draw_text(canvas, outcome.label.capitalize(), x + 7 * mm, y, size=13, width=35 * mm)
    draw_text(canvas, "Parce que :", MARGIN, y - 10 * mm, size=12, width=WIDTH)
    canvas.line(MARGIN + 25 * mm, y - 10 * mm, PAGE_WIDTH - MARGIN, y - 10 * mm)
    canvas.line(MARGIN, y - 20 * mm, PAGE_WIDTH - MARGIN, y - 20 * mm)
