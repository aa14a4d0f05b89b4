"""One page on a measure for the meeting that keeps, changes or stops it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from io import BytesIO

from django.conf import settings
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from seniors.french import day_words
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
from visits.enums import Outcome
from visits.evaluating.kept import NEVER, Computed
from visits.evaluating.reach import HIDDEN, Count, Reach
from visits.models import Measure

WIDTH = PAGE_WIDTH - 2 * MARGIN
BAR = 70 * mm
FOOT = 46 * mm  # what the boxes to tick need
# How it is tried to hold on the page: sentences, then a line an indicator, smaller and smaller.
SENTENCES, LINES = (1, 0.9, 0.8, 0.7), (0.9, 0.8, 0.7)
# A line: the name, what changed in those reached and in the others, the effect.
COLUMNS = (48 * mm, 43 * mm, 43 * mm, 40 * mm)
HEADS = ("Sur 100, avec l’intervalle à 95\u00a0%", "Touchées", "Comparées", "Effet")
CHANGES = "Ce qu’il change, pour toutes les personnes des lieux, de la cible ou non"
SIDES = ("Touchées", "Comparées")


def print_measure(
    measure: Measure,
    reach: Reach,
    effects: Mapping[str, Computed | None],
    today: date,
    *,
    scope: str = "",
) -> bytes:
    """The PDF, on one page: where there is much to say, letters are smaller, then each indicator
    has a line in place of its sentences, and what has no room is told to be on the page. `scope`
    says which places are counted when they are not all (`measures.scope_words`)."""
    forms = [(scale, _effects) for scale in SENTENCES] + [(scale, _lines) for scale in LINES]
    for scale, draw in [*forms, (LINES[-1], partial(_lines, cut=True))]:
        out = BytesIO()
        canvas = Canvas(out, pagesize=(PAGE_WIDTH, PAGE_HEIGHT), pageCompression=1, lang="fr")
        canvas.setTitle(clean(measure.name))
        canvas.setAuthor(clean(settings.LANDLORD))
        y = _head(canvas, measure, today, scale)
        y = _reach(canvas, reach, y, scale, scope)
        y = draw(canvas, effects, y, scale)
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


def _reach(canvas: Canvas, reach: Reach, y: float, scale: float, scope: str) -> float:
    """Each step with its bar and its denominator, then delays and cost."""
    rounded = " (nombres arrondis à la dizaine)" if reach.is_rounded else ""
    y = _title(canvas, f"Qui est touché{rounded}", y, scale)
    y = draw_text(canvas, f"Cible\u00a0: {reach.target}", MARGIN, y, size=12 * scale, width=WIDTH)
    if scope:
        y = draw_text(canvas, scope, MARGIN, y, size=12 * scale, width=WIDTH, font=BOLD)
    y -= 1.5 * mm * scale
    for count in reach.counts:
        y = _step(canvas, count, y, scale)
    for label, words in _facts(reach):
        y = draw_text(canvas, f"{label} : {words}", MARGIN, y, size=12 * scale, width=WIDTH)
    return y - 2 * mm


def _step(canvas: Canvas, count: Count, y: float, scale: float) -> float:
    size = 12 * scale
    below = draw_text(canvas, count.label, MARGIN, y, size=size, width=67 * mm, font=BOLD)
    x = MARGIN + 68 * mm
    if count.code == "eligible" and not count.hidden:
        words = f"{_spaced(count.people)}, dans les lieux du dispositif"
    else:
        words = share_words(count)
    if count.percent is not None and not count.hidden and count.code != "eligible":
        canvas.setFillGray(0.85)
        canvas.rect(x, y - 1.2 * mm, BAR * count.percent / 100, 4.4 * mm, stroke=0, fill=1)
        canvas.setFillGray(0)
    after = draw_text(canvas, words, x + 1 * mm, y, size=size, width=WIDTH - 69 * mm)
    return min(below, after) - 1.5 * mm


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
            f"{reach.lost_words}\u00a0; proposé hors de la cible\u00a0: {reach.outside_words}",
        ),
        ("Impossibles à juger", reach.unjudged_words),
    ]


def _effects(
    canvas: Canvas, effects: Mapping[str, Computed | None], y: float, scale: float
) -> float:
    """What changed, indicator by indicator, or why nobody can tell."""
    y = _title(canvas, CHANGES, y, scale)
    for label, computed in effects.items():
        y = draw_text(canvas, label, MARGIN, y, size=12 * scale, width=WIDTH, font=BOLD)
        for words in _said(computed):
            y = draw_text(canvas, words, MARGIN, y, size=11 * scale, width=WIDTH)
        y -= 1.5 * mm
    return y


def _said(computed: Computed | None) -> Iterator[str]:
    """What each side became, then the effect or why there is none."""
    if computed is None:
        yield NEVER
        return
    for name, side in zip(SIDES, computed.sides, strict=False):
        if side.change:
            change = side.change
            yield f"{name}\u00a0: {change.levels}, soit {change.words}\u00a0; {side.words}."
    yield computed.found if isinstance(computed.found, str) else computed.found.sentence


def _lines(
    canvas: Canvas,
    effects: Mapping[str, Computed | None],
    y: float,
    scale: float,
    *,
    cut: bool = False,
) -> float:
    """The same, a line an indicator, and the reasons below. With `cut`, what has no room is counted
    in place of being drawn."""
    size, notes = 9 * scale, _notes(effects)
    y = _title(canvas, CHANGES, y, scale)
    y = _row(canvas, HEADS, y, size, font=BOLD)
    low = FOOT + 1.3 * size * (3 + 2 * len(notes))
    for shown, (label, computed) in enumerate(effects.items()):
        if cut and y < low:
            more = f"… et {len(effects) - shown} autres, sur la page du dispositif."
            y = draw_text(canvas, more, MARGIN, y, size=size, width=WIDTH)
            break
        y = _row(canvas, (label, *_figures(computed, notes)), y, size)
    for number, words in enumerate(notes, 1):
        y = draw_text(canvas, f"({number}) {words}", MARGIN, y, size=size, width=WIDTH)
    said = "Un intervalle qui contient zéro n’établit aucun changement ; n : personnes."
    return draw_text(canvas, said, MARGIN, y, size=size, width=WIDTH)


def _notes(effects: Mapping[str, Computed | None]) -> list[str]:
    """What must be said of some of them, once each."""
    return list(dict.fromkeys(filter(None, map(_note, effects.values()))))


def _note(computed: Computed | None) -> str:
    if computed is None:
        return NEVER
    found = computed.found
    if isinstance(found, str):
        return found
    return found.pre_trend if found.was_parallel is False else ""


def _figures(computed: Computed | None, notes: Sequence[str]) -> Iterator[str]:
    """The three cells of an indicator."""
    sides = computed.sides if computed else ()
    for side in (*sides, None, None)[:2]:
        told = side.change if side else None
        yield f"{told.words}, n\u00a0{side.people}" if side and told else "–"
    found, note = computed.found if computed else "", _note(computed)
    mark = f" ({notes.index(note) + 1})" if note else ""
    if isinstance(found, str):
        yield mark.strip() or "–"
        return
    points, low, high = found.said
    yield f"{points} (de {low} à {high}){mark}"


def _row(
    canvas: Canvas, cells: Sequence[str], y: float, size: float, *, font: str = REGULAR
) -> float:
    """One line of the table; what is too long for its column is cut."""
    x = MARGIN
    for cell, width in zip(cells, COLUMNS, strict=True):
        first, *rest = wrap(cell, font, size, width - 2 * mm)
        draw_text(canvas, f"{first}…" if rest else first, x, y, size=size, width=width, font=font)
        x += width
    return y - 1.3 * size


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
