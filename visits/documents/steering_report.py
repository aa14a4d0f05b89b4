"""The steering figures on two pages, to be put on a table. Pure: data in, PDF out.

No person is named but the officers, and those in their own order; nothing is ranked.
"""

from collections.abc import Iterable, Sequence
from io import BytesIO

from reportlab.lib.colors import HexColor
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from seniors.french import clock
from seniors.paper import BOLD, MARGIN, PAGE_HEIGHT, PAGE_WIDTH, REGULAR, clean, draw_text, wrap
from visits.steering.overview import METHOD, Overview, Share, spaced

WIDTH = PAGE_WIDTH - 2 * MARGIN
BOTTOM = 15 * mm
DARK, PALE, LINE = HexColor("#0f4c5c"), HexColor("#d5e4e7"), HexColor("#857d72")
TITLE, HEAD, SIZE, SMALL = 20, 13, 10, 8.5
# Of a table on the second page; fewer when they do not hold: the workbook has the others.
MOST_LINES, LEAST_LINES = 14, 4
SHORT = ("Seniors", "Ont répondu", "Inscrits", "Visités", "Avec besoin", "Demandée",
         "Faite", "Confirmée")  # fmt: skip
MORE = "{n} lignes de plus\u00a0: voir l’écran ou le classeur."


def print_report(overview: Overview, *, landlord: str) -> bytes:
    """The PDF of these figures, always two pages."""
    for most in range(MOST_LINES, LEAST_LINES - 1, -1):
        out = BytesIO()
        canvas = Canvas(out, pagesize=(PAGE_WIDTH, PAGE_HEIGHT), pageCompression=1, lang="fr")
        canvas.setTitle(clean(f"Pilotage, {overview.period.words}"))
        canvas.setAuthor(clean(landlord))
        _first(canvas, overview, landlord)
        canvas.showPage()
        if _second(canvas, overview, most) >= BOTTOM:
            break
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def _first(canvas: Canvas, overview: Overview, landlord: str) -> None:
    """The chain, what happens at the door, the months."""
    top = PAGE_HEIGHT - 20 * mm
    y = draw_text(canvas, landlord, MARGIN, top, size=SIZE, width=WIDTH)
    y = draw_text(
        canvas, "Bien vieillir\u00a0: où nous en sommes", MARGIN, y - 3 * mm,
        size=TITLE, width=WIDTH, font=BOLD,
    )  # fmt: skip
    where = overview.where
    said = f"{where[:1].upper()}{where[1:]}, {overview.period.words}."
    y = draw_text(canvas, said, MARGIN, y, size=SIZE + 1, width=WIDTH)
    y = _heading(canvas, "La chaîne, du repérage à l’action", y)
    for share in overview.chain:
        y = _bar(canvas, share, y)
    hint = "Toute la barre\u00a0: le dénominateur de l’étape. Partie foncée\u00a0: l’étape."
    y = draw_text(canvas, hint, MARGIN, y - 1 * mm, size=SMALL, width=WIDTH)
    y = _heading(canvas, "À la porte", y)
    for share in overview.doors:
        told = f"{share.label}\u00a0: {share.part}" + (f", soit {share.words}" if share.of else "")
        y = draw_text(canvas, told, MARGIN, y, size=SIZE, width=WIDTH)
    y = draw_text(canvas, METHOD[2], MARGIN, y, size=SIZE, width=WIDTH, font=BOLD)
    y = _heading(canvas, "Visites, mois par mois", y)
    _months(canvas, overview, y)
    _foot(canvas, overview, 1)


def _second(canvas: Canvas, overview: Overview, most: int) -> float:
    """The territories, who is left out, who carries what, at most so many lines of each; how it is
    counted. Gives where it ends."""
    y = _heading(canvas, "Territoire par territoire", PAGE_HEIGHT - 12 * mm)
    codes = ("seniors", "answered", "listed", "visited", "found", "requested", "done", "confirmed")
    rows = [(str(one), *(told[code].part for code in codes)) for one, told in overview.by_territory]
    y = _table(canvas, ("Territoire", *SHORT), _few(rows, most), y, first=32 * mm)
    y = _heading(canvas, "Qui la chaîne laisse de côté", y)
    heads = ["Territoire", *(share.label for share in overview.watched)]
    rows = [(str(one), *map(_both, told)) for one, told in overview.watched_by_territory]
    rows = [*_few(rows, most), ("Ensemble", *map(_both, overview.watched))]
    y = _table(canvas, heads, rows, y, first=40 * mm)
    caution = (
        "Un écart ne dit pas sa cause, et un petit nombre varie beaucoup d’une période à l’autre."
    )
    y = draw_text(canvas, caution, MARGIN, y - 1 * mm, size=SMALL, width=WIDTH)
    y = _heading(canvas, "La charge de chacun, par ordre alphabétique", y)
    heads = ["Chargé de clientèle", "À visiter", "Personnes visitées", "Actions en cours",
             "dont en retard"]  # fmt: skip
    rows = [
        (one.name, *map(spaced, (one.to_visit, one.visited, one.open_actions, one.late)))
        for one in overview.workload
    ]
    y = _table(canvas, heads, _few(rows, most), y, first=62 * mm)
    y = _heading(canvas, "Comment c’est compté", y)
    for said in METHOD:
        y = draw_text(canvas, f"•\u00a0{said}", MARGIN, y, size=SMALL, width=WIDTH)
    _foot(canvas, overview, 2)
    return y


def _both(share: Share) -> str:
    """« 62 % (43 sur 74) »."""
    return f"{share.words} ({share.part})"


def _few(rows: Sequence[tuple], most: int) -> list[tuple]:
    """No more rows than that, and how many are left: a row of one cell."""
    if len(rows) <= most:
        return list(rows)
    return [*rows[:most], (MORE.format(n=len(rows) - most),)]


def _heading(canvas: Canvas, text: str, y: float) -> float:
    """A title; gives the baseline under it."""
    return draw_text(canvas, text, MARGIN, y - 6 * mm, size=HEAD, width=WIDTH, font=BOLD) - 1 * mm


def _bar(canvas: Canvas, share: Share, y: float) -> float:
    """A stage: its name, the part of its denominator, both numbers."""
    bar_x, bar_width = MARGIN + 68 * mm, 52 * mm
    canvas.setFont(REGULAR, SIZE)
    canvas.drawString(MARGIN, y, clean(share.label))
    if share.of is not None:
        canvas.setFillColor(PALE)
        canvas.rect(bar_x, y - 0.8 * mm, bar_width, 3.6 * mm, stroke=0, fill=1)
        canvas.setFillColor(DARK)
        canvas.rect(
            bar_x, y - 0.8 * mm, bar_width * share.length / 1000, 3.6 * mm, stroke=0, fill=1
        )
        canvas.setFillColorRGB(0, 0, 0)
    canvas.drawRightString(PAGE_WIDTH - MARGIN - 14 * mm, y, clean(share.part))
    canvas.setFont(BOLD, SIZE)
    canvas.drawRightString(PAGE_WIDTH - MARGIN, y, clean(share.words))
    return y - 6 * mm


def _months(canvas: Canvas, overview: Overview, top: float) -> None:
    """A table of the months: doors knocked at, visits, refusals, with a bar for the visits."""
    most = max((told["knocked"].count for _, told in overview.by_month), default=0) or 1
    heads = ["Mois", "Allés chez", "Visités", "Refus", "Demandées", "Faites", "Confirmées"]
    edges = [MARGIN + 45 * mm + 19 * mm * n for n in range(len(heads) - 1)]
    canvas.setFont(BOLD, SMALL)
    canvas.drawString(MARGIN, top, heads[0])
    for head, edge in zip(heads[1:], edges, strict=True):
        canvas.drawRightString(edge, top, head)
    y = top
    codes = ("knocked", "visited", "refused", "requested", "done", "confirmed")
    for (name, _), (_, told) in zip(overview.flows_by_month, overview.by_month, strict=True):
        y -= 4.7 * mm
        canvas.setFont(REGULAR, SMALL)
        canvas.drawString(MARGIN, y, clean(name))
        for code, edge in zip(codes, edges, strict=True):
            canvas.drawRightString(edge, y, clean(spaced(told[code].count)))
        left, width = edges[-1] + 4 * mm, PAGE_WIDTH - MARGIN - edges[-1] - 4 * mm
        for code, colour in (("knocked", PALE), ("visited", DARK)):
            canvas.setFillColor(colour)
            canvas.rect(left, y, width * told[code].count / most, 2.6 * mm, stroke=0, fill=1)
        canvas.setFillColorRGB(0, 0, 0)
    hint = "Toute la barre\u00a0: allés chez. Partie foncée\u00a0: visités."
    draw_text(canvas, hint, MARGIN, y - 6 * mm, size=SMALL, width=WIDTH)


def _table(
    canvas: Canvas, heads: Sequence[str], rows: Iterable[Sequence[str]], y: float, *, first: float
) -> float:
    """A table, its first column of that width, the others sharing the rest; a row of one cell has
    the whole width."""
    column = (WIDTH - first) / (len(heads) - 1)
    widths = (first, *[column] * (len(heads) - 1))
    lines = [
        wrap(head, BOLD, SMALL, room - 3 * mm) for head, room in zip(heads, widths, strict=True)
    ]
    deep = max(map(len, lines))
    for place, said in enumerate(lines):
        for number, line in enumerate(said):
            _cell(canvas, line, place, y - number * SMALL * 1.2, first, column, BOLD)
    y -= deep * SMALL * 1.2
    canvas.setStrokeColor(LINE)
    canvas.setLineWidth(0.5)
    canvas.line(MARGIN, y + SMALL * 0.7, PAGE_WIDTH - MARGIN, y + SMALL * 0.7)
    for row in rows:
        y -= 1 * mm
        for place, said in enumerate(row[1:], 1):
            _cell(canvas, said, place, y, first, column, REGULAR)
        for line in _two_lines(row[0], first - 2 * mm) if len(row) > 1 else row:
            _cell(canvas, line, 0, y, first, column, REGULAR)
            y -= SMALL * 1.2
    return y


def _two_lines(text: str, room: float) -> list[str]:
    """A name on two lines at most, whose end is cut where it has no room."""
    said = wrap(text, REGULAR, SMALL, room)
    return [
        _cut(line, room, more=number == 1 and len(said) > 2) for number, line in enumerate(said[:2])
    ]


def _cut(line: str, room: float, *, more: bool) -> str:
    """The line, or as much of it as has room, with « … » where something is left out."""
    left_out = more or stringWidth(line, REGULAR, SMALL) > room
    while left_out and stringWidth(f"{line}…", REGULAR, SMALL) > room:
        line = line[:-1]
    return f"{line.rstrip()}…" if left_out else line


def _cell(
    canvas: Canvas, text: str, place: int, y: float, first: float, column: float, font: str
) -> None:
    """A text on the left in the first column, figures on the right; smaller when it is too wide."""
    text, room = clean(text), (WIDTH if place == 0 else column - 2 * mm)
    size = min(SMALL, SMALL * room / max(stringWidth(text, font, SMALL), 1))
    canvas.setFont(font, size)
    if place == 0:
        canvas.drawString(MARGIN, y, text)
    else:
        canvas.drawRightString(MARGIN + first + place * column, y, text)


def _foot(canvas: Canvas, overview: Overview, page: int) -> None:
    """When it was counted, and which page."""
    at = overview.counted_at
    said = f"Compté le {at:%d/%m/%Y} à {clock(at)}"
    canvas.setFont(REGULAR, SMALL)
    canvas.drawString(MARGIN, 11 * mm, clean(said))
    canvas.drawRightString(PAGE_WIDTH - MARGIN, 11 * mm, f"{page}/2")
