"""The papers of a round, read back from the PDF."""

import uuid
from io import BytesIO

import pytest
from pypdf import PdfReader

from seniors.models import Observation
from tests.visits.makers import TODAY, make_agency, make_list
from tests.visits.sending import days_ago, send
from visits.documents import Person, Round, print_round
from visits.documents.content import CONSENTS, DAILY_LIFE, HAZARDS, Known
from visits.lists.listing import skip_entry
from visits.lists.printing import UNKNOWN, trip_of
from visits.models import Signal
from visits.visiting import form


def read(content: bytes) -> list[str]:
    """The text of each page, with ordinary blanks."""
    pages = PdfReader(BytesIO(content)).pages
    return [page.extract_text().replace("\xa0", " ") for page in pages]


def person(number: int = 1, **fields) -> Person:
    """Someone to visit."""
    blank = {
        "number": number,
        "name": "Mme Jeanne Le Goff",
        "reference": "P12",
        "address": ("3 rue de Siam", "29200 Brest"),
        "access": "Bât. A, 4e étage sans ascenseur",
        "phones": "06 12 34 56 78",
        "why": "Prendre des nouvelles",
    }
    return Person(**blank | fields)


def trip(*people: Person, **fields) -> Round:
    """A week of an officer."""
    blank = {"landlord": "Finistère Habitat", "phone": "02 98 00 00 00", "officer": "Camille Bihan"}
    return Round(**blank | {"period": "du 30/11/2026 au 04/12/2026", "people": people} | fields)


def test_sheet_then_four_pages_per_person_each_with_her_name():
    pages = read(print_round(trip(person(1), person(2, name="M. Yves Abgrall"))))
    assert len(pages) == 9
    assert all("Jeanne Le Goff" in page for page in pages[1:5])
    assert all("Yves Abgrall" in page for page in pages[5:])


def test_sheet_says_who_where_how_to_ring_why_and_who_lives_near():
    near = ("M. Yves Le Goff (même logement)",)
    text = read(print_round(trip(person(neighbours=near, urgent=True)), forms=False))[0]
    for said in ("Jeanne Le Goff", "3 rue de Siam", "29200 Brest", "4e étage sans ascenseur"):
        assert said in text
    for said in ("06 12 34 56 78", "Prendre des nouvelles", "M. Yves Le Goff", "SIGNALEMENT"):
        assert said in text
    for box in ("Faite", "Absence", "Refus"):
        assert box in text


def test_sheet_of_sixty_long_visits_loses_none_and_cuts_none():
    people = [
        person(n, name=f"Mme Personne{n}", why="À voir : " + "baignoire, " * 9) for n in range(60)
    ]
    pages = read(print_round(trip(*people), forms=False))
    for n in range(60):
        assert sum(f"Personne{n}\n" in page + "\n" for page in pages) == 1
    assert f"{len(pages)}/{len(pages)}" in pages[-1]


def test_form_asks_for_every_hazard_every_question_and_the_four_consents():
    text = " ".join(" ".join(read(print_round(trip(person()), sheet=False))).split())
    for _, hazards in HAZARDS:
        assert all(hazard in text for hazard in hazards)
    assert all(question in text for question, _ in DAILY_LIFE)
    assert len(CONSENTS) == 4
    assert all(consent.replace("\xa0", " ") in text for consent in CONSENTS)
    assert text.count("pas vu") == len(HAZARDS)


def test_the_paper_asks_in_the_words_of_the_one_definition():
    text = " ".join(" ".join(read(print_round(trip(person()), sheet=False))).split())
    for section in form.SECTIONS:
        if section.room or section.code in ("life", "rights", "needs"):
            for field in section.fields:
                assert field.label.replace("\xa0", " ") in text
                assert all(label in text for _, label in field.choices)
    assert form.VERSION in text
    assert form.NOTICE.replace("\xa0", " ") in text


@pytest.mark.django_db
def test_the_paper_asks_to_confirm_what_the_form_does_with_what_a_visit_said_since():
    territory, officer, (jeanne,) = make_agency(1, phone="0298000000")
    send(jeanne, officer, {"known.phone": "ok", "known.door": "12"})
    made = make_list(territory, officer, revisit_months=0)
    known = {one.label: one for one in trip_of(made).people[0].known}
    fields = {one.label for one in form.KNOWN.fields} - {"Ascenseur"}
    assert fields <= known.keys()
    assert (known["Porte"].value, known["Porte"].source) == (
        "12", f"corrigé en visite le {days_ago(0):%d/%m/%Y}",
    )  # fmt: skip
    assert known["Téléphone"].source.startswith("confirmé en visite le")


def test_form_shows_what_is_known_with_its_source():
    known = (Known("Pour se laver", "baignoire", "enquête annuelle, 12/03/2026"),)
    text = read(print_round(trip(person(known=known)), sheet=False))[0]
    assert "Pour se laver : baignoire" in " ".join(text.split())
    assert "enquête annuelle, 12/03/2026" in text


@pytest.mark.parametrize(
    "name",
    ["M. " + "Jean-Baptiste de Kersauson de Pennendreff " * 2, "Mme Ł́ø Nguyễn", "<b>=1+1</b>"],
)
def test_any_name_is_printed(name):
    assert print_round(trip(person(name=name)))


@pytest.mark.django_db
def test_paper_tells_nothing_on_score_health_age_or_solitude():
    territory, officer, seniors = make_agency(4)
    Signal.objects.create(senior=seniors[0], urgency="now", what="Chute hier", seen_on=TODAY)
    for one in seniors:
        Observation.objects.create(
            uid=uuid.uuid4(),
            senior=one,
            source="survey",
            observed_on=TODAY,
            values={"falls": 2, "lonely": 4, "goes_out": 3, "bathing": 3, "stays_home": 1},
        )
    made = make_list(territory, officer, capacity=4)
    text = " ".join(read(print_round(trip_of(made), forms=False)))
    assert "baignoire" in text
    for secret in ("tombé", "Chute", "seul", "sort moins", " ans", "score", "niveau"):
        assert secret not in text
    for one in trip_of(made).people:
        assert " ans" not in one.why
        told = {each.label: each.value for each in one.known}
        assert told["Personnes dans le logement"] == UNKNOWN
    first = " ".join(read(print_round(trip_of(made), sheet=False))[::4])
    assert "baignoire" in first
    for secret in ("tombé", "Chute", "seul(e)", " ans", "score"):
        assert secret not in first


@pytest.mark.django_db
def test_skipped_people_are_not_printed_and_the_others_keep_their_number():
    territory, officer, _ = make_agency(4)
    made = make_list(territory, officer, capacity=3)
    skip_entry(made.entries.first(), because="Absente", by=officer)
    assert [one.number for one in trip_of(made).people] == [2, 3]


@pytest.mark.django_db
def test_latest_answer_is_the_one_to_confirm():
    territory, officer, seniors = make_agency(1)
    for day, bathing in ((TODAY.replace(year=2025), 3), (TODAY, 1)):
        Observation.objects.create(
            uid=uuid.uuid4(),
            senior=seniors[0],
            source="survey",
            observed_on=day,
            values={"bathing": bathing},
        )
    known = {one.label: one for one in trip_of(make_list(territory, officer)).people[0].known}
    assert known["Pour se laver"].value == "douche sans marche"
    assert known["Pour se laver"].source == "enquête annuelle, 24/11/2026"
    assert known["Barres d’appui"].value == "pas connu"
