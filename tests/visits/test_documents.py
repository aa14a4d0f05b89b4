"""The papers of a round, read back from the PDF."""

import uuid
from collections.abc import Iterator
from io import BytesIO

import pytest
from pypdf import PdfReader

from seniors.models import Observation
from tests.visits.makers import TODAY, make_agency, make_list
from tests.visits.sending import days_ago, send
from visits.acting.catalogue import shipped as catalogue
from visits.documents import Person, Round, print_round
from visits.documents.content import Known
from visits.enums import Family
from visits.lists.listing import skip_entry
from visits.lists.printing import UNKNOWN, trip_of
from visits.models import ActionKind, Signal, Visit
from visits.visiting import form

FREE_TEXTS = [one for one in form.FIELDS.values() if one.kind == "text" and one.most > 120
              and not one.confirms]  # fmt: skip
CATALOGUE = tuple(
    (family.label, tuple((one["label"], one.get("by_partner", False)) for one in catalogue()
                         if one["family"] == family))
    for family in Family
)  # fmt: skip


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


def test_sheet_then_six_pages_per_person_each_with_her_name():
    pages = read(print_round(trip(person(1), person(2, name="M. Yves Abgrall"))))
    assert len(pages) == 13
    assert all("Jeanne Le Goff" in page for page in pages[1:7])
    assert all("Yves Abgrall" in page for page in pages[7:])


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


def said_in(one: form.Section) -> Iterator[str]:
    """What a step asks, in its order: title, headings, questions and their answers."""
    if not one.room:
        yield one.title
    for field in one.fields:
        if field.heading:
            yield field.heading
        yield field.label


def test_the_paper_asks_each_question_of_the_screen_in_its_order_and_words():
    shown = form.sections([ActionKind(**line) for line in catalogue()])
    printed = read(print_round(trip(person(), catalogue=CATALOGUE), sheet=False))
    assert len(printed) == 6
    text = " ".join(" ".join(printed).split())
    place = 0
    for section in shown:
        if section.code != "known":  # stamped, on its own page: the next test
            for words in said_in(section):
                found = text.find(words.replace("\xa0", " "), place)
                assert found >= 0, (section.code, words)
                place = found
        if section.clear:
            assert section.clear in text
        for field in section.fields:
            assert field.kind in ("text", "number") or all(
                said in text for _, said in field.choices
            )
    assert all(room.clear in text and room.title in text for room in form.ROOMS)
    for outcome in Visit.Outcome:
        assert outcome.label in text
    for said in (form.VERSION, form.NOTICE, form.SHARING, form.NEVER):
        assert said.replace("\xa0", " ") in text
    assert text.count(form.NEVER.replace("\xa0", " ")) == len(FREE_TEXTS)


def test_the_paper_has_the_whole_catalogue_whatever_its_length():
    long = (("Adapter le logement", tuple((f"Action numéro {n}", n % 2 == 0) for n in range(90))),)
    pages = read(print_round(trip(person(), catalogue=long), sheet=False))
    text = " ".join(pages)
    assert all(f"Action numéro {n}\n" in text for n in range(90))
    assert "Le prochain contact" in pages[-1]
    assert "Le prochain contact" not in "".join(pages[:-1])
    assert all("Jeanne Le Goff" in page for page in pages)


@pytest.mark.django_db
def test_the_printed_catalogue_is_the_landlord_s_and_in_the_order_of_the_screen():
    territory, officer, _ = make_agency(1)
    made = make_list(territory, officer)
    ActionKind.objects.filter(code="shower").update(is_active=False)
    ActionKind.objects.filter(code="calls").update(label="Un appel par semaine")
    printed = [label for _, some in trip_of(made).catalogue for label, _ in some]
    shown = form.sections(ActionKind.objects.filter(is_active=True))
    (actions,) = (one for one in shown if one.code == "actions")
    assert printed == [one.label for one in actions.fields]
    assert "Un appel par semaine" in printed
    assert "Douche à la place de la baignoire" not in printed


@pytest.mark.django_db
def test_the_paper_asks_to_confirm_what_the_form_does_with_what_a_visit_said_since():
    territory, officer, (jeanne,) = make_agency(1, phone="0298000000")
    send(jeanne, officer, {"known.phone": "ok", "known.door": "12"})
    made = make_list(territory, officer, revisit_months=0)
    known = {one.label: one for one in trip_of(made).people[0].known}
    asked = [one.label for one in trip_of(made).people[0].known if one.asked]
    assert asked == [one.label for one in form.KNOWN.fields]
    assert (known["Porte"].value, known["Porte"].source) == (
        "12", f"corrigé en visite le {days_ago(0):%d/%m/%Y}",
    )  # fmt: skip
    assert known["Téléphone"].source.startswith("confirmé en visite le")


def test_form_shows_what_is_known_with_its_source():
    known = (Known("Pour se laver", "baignoire", "enquête annuelle, 12/03/2026"),)
    text = read(print_round(trip(person(known=known)), sheet=False))[1]
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
    pages = read(print_round(trip_of(made), sheet=False))
    first = " ".join(page for place, page in enumerate(pages) if place % 6 in (0, 1))
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
