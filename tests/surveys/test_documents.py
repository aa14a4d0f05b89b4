"""The questionnaire on paper: four pages whoever the senior and the landlord are."""

from dataclasses import replace
from datetime import date
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader
from reportlab.lib.units import mm

from surveys import documents
from surveys.documents import Addressee, Letter, Sender, TooLong, postal_lines
from surveys.questionnaires import questionnaire
from tests.surveys.make import QUESTIONNAIRE

ASKED = questionnaire.named(QUESTIONNAIRE)
LANDLORD = Sender("Finistère Habitat", ("6 rue du Port", "29000 Quimper"), "02 98 00 00 00")
JEANNE = Addressee("LOC-000123", ("Mme Jeanne Le Goff", "3 RUE DE SIAM", "29200 BREST"))
ON_LINE = Addressee(
    "ABCD\u00a0EFGH\u00a0JKMN",
    JEANNE.lines,
    "https://bien-vieillir.office-public-de-l-habitat.example/enquete/ABCDEFGHJKMN/",
)
LONGEST = Addressee(
    "RÉFÉRENCE-" + "9" * 70,
    postal_lines(
        "Mme " + "Marie-Bernadette " * 5 + "de Kermoal-" * 7,
        inside="Porte du fond à gauche après le local à vélos, escalier " + "B" * 20,
        outside="Bâtiment " + "C" * 60 + " " + "Résidence des Ajoncs d’Or " * 6,
        street="1234 bis " + "avenue du Général de Gaulle " * 5,
        city="29200 " + "SAINT-" * 12,
    ),
)


def draw(*addressees: Addressee, sender: Sender = LANDLORD) -> PdfReader:
    file, last = BytesIO(), date(2026, 12, 31)
    steps = documents.print_questionnaires(
        file, ASKED, addressees, sender=sender, closes_on=last, least_age=65
    )
    assert list(steps) == list(range(1, len(addressees) + 1))
    return PdfReader(file)


def placed_text(page) -> list[tuple[str, float, float, float]]:
    """(text, left mm, top mm, size) of each string drawn."""
    found = []

    def see(text, cm, tm, font, size):
        if text.strip():
            x, y = tm[4] + cm[4], tm[5] + cm[5]
            found.append((text.strip(), x / mm, 297 - y / mm, size))

    page.extract_text(visitor_text=see)
    return found


def test_each_copy_has_four_numbered_pages_with_the_reference():
    reader = draw(JEANNE, Addressee("LOC-000124", JEANNE.lines))
    texts = [page.extract_text() for page in reader.pages]
    assert len(texts) == 8
    for number, text in enumerate(texts):
        assert f"Page {number % 4 + 1} sur 4" in text
        assert ("LOC-000123" if number < 4 else "LOC-000124") in text


def test_every_question_is_printed_with_its_replies():
    text = " ".join(" ".join(page.extract_text().split()) for page in draw(JEANNE).pages)
    for item in ASKED.items.values():
        assert " ".join(item.text.split()) in text, item.code
        if item.kind == "choice":
            assert all(choice.label in text for choice in item.choices), item.code


def test_all_that_she_reads_is_at_least_fourteen_points():
    """Letterhead, replies, helps, heads of tables, number of the page; the post reads the rest."""
    for someone in (JEANNE, ON_LINE):
        for page in draw(someone).pages:
            small = [text for text, _, _, size in placed_text(page) if size < 14]
            assert small == []
    smaller = postal_lines("Mme Le Goff", inside="Porte 2", outside="B", street="3 r", city="29 B")
    address = placed_text(draw(Addressee("R", smaller)).pages[0])
    assert [text for text, _, _, size in address if size < 12] == []


def test_a_question_never_shares_a_line_with_another():
    """Each begins its line, at the left: what stands further is a reply or the head of a column."""
    replies = {choice.label for item in ASKED.items.values() for choice in item.choices}
    placed = [told for page in draw(JEANNE).pages for told in placed_text(page)]
    aside = {text for text, left, *_ in placed if left > 35} - replies
    firsts = {item.text[:12] for item in ASKED.items.values()}
    assert {text for text, left, *_ in placed if left < 35 and text[:12] in firsts}
    assert [text for text in aside if text[:12] in firsts] == []


def test_sensitive_questions_are_marked_by_the_star_that_the_consent_names():
    text = " ".join(" ".join(page.extract_text().split()) for page in draw(JEANNE).pages)
    assert "marquées d’une étoile" in text
    for item in ASKED.items.values():
        words = " ".join(item.text.split())
        assert (f"{words} *" in text) == item.sensitive, item.code


@pytest.mark.parametrize("someone", [JEANNE, LONGEST, Addressee("R", ())])
def test_the_address_stands_in_the_window_and_nothing_else_does(someone):
    first = draw(someone).pages[0]
    in_window = [
        (text, left, top)
        for text, left, top, _ in placed_text(first)
        if left > 90 and 44 < top < 90
    ]
    assert all(left == pytest.approx(110, abs=0.5) for _, left, _ in in_window)
    assert all(55 < top <= 79.5 for _, _, top in in_window)
    assert bool(in_window) == bool(someone.lines)


def test_the_longest_names_and_addresses_still_make_four_pages():
    assert len(draw(LONGEST, JEANNE, LONGEST).pages) == 12


@pytest.mark.parametrize(
    "sender",
    [
        Sender("OPH"),
        Sender("H", ("x",), ""),
        Sender(
            "Office public de l’habitat de la communauté d’agglomération",
            ("Service Bien vieillir", "123 avenue de la République", "29000 Quimper Cedex"),
            "02 98 00 00 00 (prix d’un appel local)",
        ),
    ],
)
def test_four_pages_whatever_the_landlord_is_called(sender):
    assert len(draw(JEANNE, sender=sender).pages) == 4
    assert len(draw(ON_LINE, sender=sender).pages) == 4


def test_the_age_printed_is_that_of_the_campaign():
    text = " ".join(draw(JEANNE).pages[0].extract_text().split())
    assert "locataires de 65 ans et plus" in text


def test_a_landlord_without_telephone_prints_no_empty_number():
    text = draw(JEANNE, sender=Sender("OPH")).pages[0].extract_text()
    assert "Appelez-nous au" not in text
    assert "{" not in text


def test_markup_in_a_name_is_printed_and_not_obeyed():
    sender = Sender("Habitat & <b>Fils</b> {x}", ("1 rue <i>",), "02")
    text = draw(Addressee("<r>", ("M. <b>Gras</b> & Cie",)), sender=sender).pages[0].extract_text()
    assert "M. <b>Gras</b> & Cie" in text
    assert "Habitat & <b>Fils</b> {x}" in " ".join(text.split())


def test_a_questionnaire_too_long_for_its_pages_is_refused_and_said():
    crowded = replace(questionnaire.named(QUESTIONNAIRE), pages=1)
    steps = documents.print_questionnaires(
        BytesIO(), crowded, [JEANNE], sender=LANDLORD, closes_on=date(2026, 12, 31), least_age=65
    )
    with pytest.raises(TooLong, match="1 page"):
        list(steps)


@settings(max_examples=20)
@given(name=st.text(max_size=120), street=st.text(max_size=160), reference=st.text(max_size=80))
def test_any_name_and_reference_make_four_pages(name, street, reference):
    lines = postal_lines(name, street=street, city="29200 Brest")
    assert len(draw(Addressee(reference or "R", lines)).pages) == 4


def test_postal_lines_follow_the_norm_with_no_empty_line():
    lines = postal_lines(
        "Mme Jeanne Le Goff",
        inside="Porte 2",
        outside="",
        street="3 rue de Siam",
        city="29200 Brest",
    )
    assert lines == ("Mme Jeanne Le Goff", "Porte 2", "3 RUE DE SIAM", "29200 BREST")


def test_the_qr_code_holds_the_reference():
    """Read back by the rule of the code itself: same modules as a code made of that text."""
    one = documents.qr_path("LOC-000123", 0, 0, 40).getCode()
    same = documents.qr_path("LOC-000123", 0, 0, 40).getCode()
    other = documents.qr_path("LOC-000124", 0, 0, 40).getCode()
    assert one == same
    assert one != other


def test_on_line_the_first_page_gives_the_address_in_letters_and_each_page_the_reference():
    texts = [page.extract_text() for page in draw(ON_LINE).pages]
    typed = "office-public-de-l-habitat.example/enquete/ABCDEFGHJKMN"  # on two lines, it is long
    told = [typed in "".join(text.split()) for text in texts]
    assert told == [True, False, False, False]
    assert "répondre en ligne" in texts[0]
    assert all("ABCD EFGH JKMN" in text.replace("\u00a0", " ") for text in texts)
    on_paper = draw(replace(ON_LINE, code="ABCDEFGHJKMN")).pages[0].extract_text()
    assert "enquete/" not in on_paper
    assert "en ligne" not in on_paper


def letter(**fields) -> Letter:
    told = {"lines": JEANNE.lines, "opening": "Nous vous avons écrit.", "link": ON_LINE.code}
    return Letter(**{**told, "reference": ON_LINE.reference, **fields})


def draw_letters(*letters: Letter, sender: Sender = LANDLORD) -> PdfReader:
    file, days = BytesIO(), {"written_on": date(2026, 11, 29), "closes_on": date(2026, 12, 31)}
    steps = documents.print_reminders(file, letters, sender=sender, **days)
    assert list(steps) == list(range(1, len(letters) + 1))
    return PdfReader(file)


@pytest.mark.parametrize("someone", [letter(), letter(link=""), letter(lines=LONGEST.lines)])
def test_a_reminder_is_one_page_in_large_type_with_its_address_in_the_window(someone):
    reader = draw_letters(someone)
    assert len(reader.pages) == 1
    placed = placed_text(reader.pages[0])
    in_window = [left for _, left, top, _ in placed if left > 90 and 44 < top < 90]
    assert all(left == pytest.approx(110, abs=0.5) for left in in_window)
    assert min(size for _, left, _, size in placed if left < 100) >= 14
    assert max(top for _, _, top, _ in placed) < 285
    text = " ".join(reader.pages[0].extract_text().replace("\u00a0", " ").split())
    assert "Votre référence : ABCD EFGH JKMN" in text
    assert "avant le 31 décembre 2026" in text
    assert "Pour ne plus recevoir de courrier" in text
    assert ("ABCDEFGHJKMN" in text.replace("/ ", "/")) == bool(someone.link)


def test_reminders_are_a_page_each_whatever_the_landlord_is_called():
    long = Sender("Office public de l’habitat de l’agglomération", ("Service", "1 rue"), "0298")
    assert len(draw_letters(letter(), letter(link=""), sender=long).pages) == 2
    alone = draw_letters(letter(), sender=Sender("OPH")).pages[0].extract_text()
    assert "appelez-nous" not in alone


def test_what_is_common_is_drawn_once(tmp_path):
    def size(count):
        file = BytesIO()
        for _ in documents.print_questionnaires(
            file,
            ASKED,
            [JEANNE] * count,
            sender=LANDLORD,
            closes_on=date(2026, 12, 31),
            least_age=65,
        ):
            continue
        return len(file.getvalue())

    one, eleven = size(1), size(11)
    assert (eleven - one) / 10 < 8_000


def test_a_table_that_goes_on_over_the_page_says_its_columns_again():
    shown = next(one for one in ASKED.sections if any(i.measures == "lsns6" for i in one.items))
    tables = [item for item in shown.items if item.kind == "scale"]
    long = replace(ASKED, sections=(replace(shown, items=tuple(tables * 4)),))
    file = BytesIO()
    steps = documents.print_questionnaires(
        file, long, [JEANNE], sender=LANDLORD, closes_on=date(2026, 12, 31), least_age=65
    )
    assert list(steps) == [1]
    for page in PdfReader(file).pages[1:]:
        words = [text for text, *_ in placed_text(page)]
        first_box_row = next(
            (n for n, text in enumerate(words) if text in {one.text for one in tables}), len(words)
        )
        assert first_box_row == len(words) or "une" in words or "parfois" in words
