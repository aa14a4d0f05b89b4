"""Tables of programmes and of surroundings: pasted or sent, previewed, then kept or not."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from seniors.access import DECIDERS, roles
from seniors.french import plural
from seniors.refusal import Refusal
from seniors.uploads import is_too_large
from visits.models import StockFinding
from visits.programmes import recording, surroundings
from visits.programmes.forms import PasteForm
from visits.programmes.natures import NATURES
from visits.programmes.services import SERVICES

SHOWN = 200  # rows of a preview


@require_http_methods(["GET", "POST"])
@roles(*DECIDERS)
def programmes(request: HttpRequest) -> HttpResponse:
    """A table of programmes, one row for each residence and year."""
    from visits.programmes import file_rows as table  # noqa: PLC0415

    page = {
        "title": "Importer des programmes",
        "headings": table.PROGRAMMES,
        "choices": [("Travaux", [one.label for one in NATURES.values()]),
                    ("État", ["prévu", "décidé", "fait"])],
        "example": ("Résidence d’Armor", "2027", "Salles de bains, Électricité", "décidé", ""),
        "back": "visits:programme-list",
    }  # fmt: skip
    return import_table(request, page, table.check_programmes, recording.save_many)


@require_http_methods(["GET", "POST"])
@roles(*DECIDERS)
def around(request: HttpRequest) -> HttpResponse:
    """A table of services around residences, one row for each service."""
    from visits.programmes import file_rows as table  # noqa: PLC0415

    page = {
        "title": "Importer les services alentour",
        "headings": table.SURROUNDINGS,
        "choices": [("Service", [one.label for one in SERVICES.values()]),
                    ("Distance (m)", ["des mètres", "aucun"])],
        "example": ("Résidence d’Armor", "Pharmacie", "320", "Relevé à pied", "12/10/2026"),
        "back": "visits:works-list",
    }  # fmt: skip
    return import_table(request, page, table.check_surroundings, surroundings.save_many)


@require_http_methods(["GET", "POST"])
@roles(*DECIDERS)
def criteria(request: HttpRequest) -> HttpResponse:
    """A table of the label's criteria, one row for each dwelling and criterion."""
    from visits.stock import criteria_file as table  # noqa: PLC0415
    from visits.stock.label import read_label  # noqa: PLC0415

    labels = [one.label for one in read_label().criteria]
    page = {
        "title": "Importer les critères du label",
        "headings": table.CRITERIA,
        "choices": [("Logement", ["sa référence"]), ("Critère", labels),
                    ("Rempli", ["oui", "non", "on ne sait plus"]),
                    ("Preuve", StockFinding.Evidence.labels)],
        "example": ("L-00012", labels[0] if labels else "", "oui", "relevé sur place",
                    "12/10/2026", ""),
        "first": "Logement",
        "back": "visits:stock-list",
    }  # fmt: skip
    return import_table(request, page, table.check_criteria, table.save_criteria)


def import_table(request: HttpRequest, page: dict, check, save) -> HttpResponse:
    """The form; then what the table would change; then the change itself."""
    from seniors.extract.table import UnreadableFile  # noqa: PLC0415
    from visits.programmes import reading  # noqa: PLC0415

    headings = page["headings"]
    form = PasteForm(request.user, request.POST or None, request.FILES or None)
    page |= {"form": form, "labels": reading.labels_of(headings)}
    if request.method == "POST" and is_too_large(request):
        form.add_error(None, "Ce fichier est trop lourd\u00a0: rien n’a été lu.")
    elif request.method == "POST" and form.is_valid():
        file = form.cleaned_data.get("file")
        try:
            if file:
                rows = reading.rows_of_file(file.temporary_file_path(), headings)
            else:
                rows = reading.rows_of_text(form.cleaned_data["text"], headings)
            checked = check(request.user, rows)
            if "confirmed" in request.POST:
                return _kept(
                    request, page, save([one.told for one in checked.rows], by=request.user)
                )
        except (UnreadableFile, Refusal) as refusal:
            form.add_error(None, str(refusal))
        else:
            page |= {"checked": checked, "rows": checked.rows[:SHOWN], "shown": SHOWN}
            page["text"] = reading.as_text(rows, headings)
            return render(request, "visits/programme_preview.html", page)
    status = 422 if form.errors else 200
    return render(request, "visits/programme_import.html", page, status=status)


def _kept(request: HttpRequest, page: dict, count: int) -> HttpResponse:
    said = plural(count, "ligne enregistrée", "lignes enregistrées")
    messages.success(request, f"{count} {said}.")
    return redirect(page["back"])
