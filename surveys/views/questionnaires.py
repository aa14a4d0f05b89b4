"""Questionnaires: what each version is, whether one is well made, what stays comparable."""

from io import BytesIO

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from seniors import web
from seniors.access import DECIDERS, roles
from seniors.enums import Role
from seniors.uploads import is_too_large
from surveys.forms import QuestionnaireForm
from surveys.questionnaires import code_book, questionnaire, versions
from surveys.questionnaires.questionnaire import Questionnaire

CSV, PDF = "text/csv; charset=utf-8", "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_GET
@roles(*DECIDERS)
def questionnaire_list(request: HttpRequest) -> HttpResponse:
    """Every version, and what can be had of it."""
    context = {
        "versions": questionnaire.available(),
        "may_check": request.user.role == Role.ADMINISTRATOR,
    }
    return render(request, "surveys/questionnaire_list.html", context)


@require_http_methods(["GET", "POST"])
@roles(Role.ADMINISTRATOR)
def questionnaire_check(request: HttpRequest) -> HttpResponse:
    """What is wrong with a definition, line by line, or what it asks; nothing is stored."""
    from surveys.sending import printing  # noqa: PLC0415

    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = QuestionnaireForm(*sent, too_large=is_too_large(request))
    context = {"form": form}
    if form.is_valid():
        text = form.cleaned_data["text"]
        try:
            found = questionnaire.load(text)
            printing.sample(found)
        except questionnaire.QuestionnaireError as error:
            context["problems"] = questionnaire.quoted(text, error.problems)
        except printing.TooLong as error:
            context["problems"] = questionnaire.quoted(text, [(0, str(error))])
        else:
            context |= {"found": found, "comparison": _against_last(found)}
    refused = bool(form.errors or context.get("problems"))
    return render(
        request, "surveys/questionnaire_check.html", context, status=422 if refused else 200
    )


@require_GET
@roles(*DECIDERS)
def questionnaire_compare(request: HttpRequest) -> HttpResponse:
    """What stays comparable between two versions; as a table with `format=csv`."""
    names = [version.name for version in questionnaire.available()]
    default = (names[1] if len(names) > 1 else names[0], names[0])
    before, after = (
        _named(request.GET.get(key) or name)
        for key, name in zip(("avant", "apres"), default, strict=True)
    )
    comparison = versions.compare(before, after)
    if request.GET.get("format") == "csv":
        name = f"comparaison-{before.name}-{after.name}.csv"
        return web.download(BytesIO(code_book.comparison_csv(comparison)), name, CSV)
    context = {"comparison": comparison, "versions": questionnaire.available()}
    return render(request, "surveys/questionnaire_compare.html", context)


@require_GET
@roles(*DECIDERS)
def questionnaire_codes(request: HttpRequest, name: str) -> HttpResponse:
    """The code book as a table."""
    asked = _named(name)
    return web.download(BytesIO(code_book.as_csv(asked)), f"codes-{asked.name}.csv", CSV)


@require_GET
@roles(*DECIDERS)
def questionnaire_paper(request: HttpRequest, name: str) -> HttpResponse:
    """The code book to print."""
    from surveys.documents import code_book as paper  # noqa: PLC0415

    asked = _named(name)
    content = paper.print_code_book(asked, landlord=settings.LANDLORD)
    return web.download(BytesIO(content), f"codes-{asked.name}.pdf", PDF)


@require_GET
@roles(*DECIDERS)
def questionnaire_xlsform(request: HttpRequest, name: str) -> HttpResponse:
    """The questionnaire as KoboToolbox and ODK ask it."""
    from surveys.questionnaires import xlsform  # noqa: PLC0415

    asked = _named(name)
    return web.download(BytesIO(xlsform.write_xlsform(asked)), f"{asked.name}.xlsx", XLSX)


def _named(name: str) -> Questionnaire:
    """A version of ours, or a 404."""
    try:
        return questionnaire.named(name)
    except questionnaire.QuestionnaireError as error:
        raise Http404 from error


def _against_last(found: Questionnaire) -> versions.Comparison | None:
    """The draft beside the last version of the same questionnaire."""
    last = next((one for one in questionnaire.available() if one.code == found.code), None)
    return versions.compare(last, found) if last else None
