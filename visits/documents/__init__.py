"""What an officer takes along: the round sheet, then one form per person. Pure: data in, PDF out.

Paper gets lost on a landing: no score, no band, no age, nothing on health or solitude is printed,
save what the person writes herself.
"""

from io import BytesIO

from reportlab.pdfgen.canvas import Canvas

from seniors.french import of_name
from seniors.paper import PAGE_HEIGHT, PAGE_WIDTH
from visits.documents.content import Person, Round
from visits.documents.round_sheet import draw_round
from visits.documents.visit_form import FormPrinter

__all__ = ["Person", "Round", "print_round"]


def print_round(trip: Round, *, sheet: bool = True, forms: bool = True) -> bytes:
    """The PDF of a trip: its sheet, then its forms in the order of visit; at least one of both."""
    out = BytesIO()
    canvas = Canvas(out, pagesize=(PAGE_WIDTH, PAGE_HEIGHT), pageCompression=1, lang="fr")
    canvas.setTitle(f"Tournée {of_name(trip.officer)}, {trip.period}")
    canvas.setAuthor(trip.landlord)
    if sheet:
        draw_round(canvas, trip)
    if forms:
        printer = FormPrinter(canvas, trip)
        for person in trip.people:
            printer.draw(person)
    canvas.save()
    return out.getvalue()
