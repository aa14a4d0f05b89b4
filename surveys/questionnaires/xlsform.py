"""A questionnaire as an XLSForm, which KoboToolbox, ODK Collect and Enketo ask.

Each question is named by its code and each reply by its value, outside any group: what those tools
export is then a file that the import of answers reads by itself. What a consent forbids to keep is
not asked.
"""

from collections.abc import Iterator
from io import BytesIO

import xlsxwriter

from surveys.questionnaires.questionnaire import TICK, YES_NO, Choice, Item, Questionnaire

SURVEY = ("type", "name", "label", "hint", "required", "relevant", "constraint",
          "constraint_message", "appearance")  # fmt: skip
CHOICES = ("list_name", "name", "label")
SETTINGS = ("form_title", "form_id", "version", "default_language")
# The columns that the import of answers knows beside the questions.
REFERENCE, RECEIVED_ON, CHANNEL = "reference", "received_on", "channel"
CHANNELS = (("phone", "téléphone"), ("web", "en ligne"), ("paper", "papier"))
YES = "1"

Row = dict[str, str]


def write_xlsform(questionnaire: Questionnaire) -> bytes:
    """The XLSX of the form. Every cell is a text: nothing in it computes."""
    out = BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        for name, headings, rows in (
            ("survey", SURVEY, list(survey_rows(questionnaire))),
            ("choices", CHOICES, list(choice_rows(questionnaire))),
            ("settings", SETTINGS, [_settings(questionnaire)]),
        ):
            sheet = book.add_worksheet(name)
            for place, heading in enumerate(headings):
                sheet.write_string(0, place, heading)
                for line, row in enumerate(rows, 1):
                    sheet.write_string(line, place, row.get(heading, ""))
    return out.getvalue()


def survey_rows(questionnaire: Questionnaire) -> Iterator[Row]:
    """The sheet « survey »: who answers and how, then each section under its title."""
    yield {"type": "today", "name": RECEIVED_ON}
    yield {
        "type": "text",
        "name": REFERENCE,
        "label": "Référence du locataire",
        "hint": "Celle imprimée sur le questionnaire, à côté du carré QR.",
        "required": "yes",
        "constraint": "string-length(normalize-space(.)) > 2",
        "constraint_message": "Recopiez toute la référence.",
    }
    yield {"type": f"select_one {CHANNEL}", "name": CHANNEL, "label": "Par quel moyen\u00a0?",
           "required": "yes"}  # fmt: skip
    lists = _lists(questionnaire)
    codes = {item.consent: item.code for item in questionnaire.items.values() if item.consent}
    for number, section in enumerate(questionnaire.sections, 1):
        if section.title or section.note:
            label = "\n".join(text for text in (f"## {section.title}", section.note) if text)
            yield {"type": "note", "name": f"section_{number}", "label": label}
        for item in section.items:
            yield _question(item, lists[item.choices], codes)


def choice_rows(questionnaire: Questionnaire) -> Iterator[Row]:
    """The sheet « choices »: one list for each set of replies; a name is the value kept."""
    for value, label in CHANNELS:
        yield {"list_name": CHANNEL, "name": value, "label": label}
    for choices, name in _lists(questionnaire).items():
        # A box to tick is asked as a question here.
        labels = YES_NO if choices == TICK else choices
        for choice in labels:
            yield {"list_name": name, "name": str(choice.value), "label": choice.label}


def _question(item: Item, replies: str, codes: dict[str, str]) -> Row:
    """One question; with few replies they stand side by side."""
    return {
        "type": f"select_one {replies}",
        "name": item.code,
        "label": item.wording + (" *" if item.sensitive else ""),
        "hint": item.help,
        "required": "yes" if item.consent == "visit" else "",
        "relevant": _relevant(item, codes),
        "appearance": "horizontal" if len(item.choices) == 2 else "",
    }


def _relevant(item: Item, codes: dict[str, str]) -> str:
    """Answers are asked once she agreed to have them used; on health, once she agreed to that."""
    if not item.is_answer:
        return ""
    kinds = ["visit", *(["health"] if item.sensitive else [])]
    asked = [f"${{{codes[kind]}}} = '{YES}'" for kind in kinds if kind in codes]
    return " and ".join(asked)


def _lists(questionnaire: Questionnaire) -> dict[tuple[Choice, ...], str]:
    """{replies: name of their list}."""
    found: dict[tuple[Choice, ...], str] = {}
    for item in questionnaire.items.values():
        if item.choices not in found:
            shared = {"yes_no": "yes_no", "tick": "tick"}
            found[item.choices] = shared.get(item.kind, f"{item.code}_replies")
    return found


def _settings(questionnaire: Questionnaire) -> Row:
    return {
        "form_title": questionnaire.title,
        "form_id": questionnaire.name.replace("-", "_"),
        "version": questionnaire.version,
        "default_language": "fr",
    }
