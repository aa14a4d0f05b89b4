"""The letter says all that is kept about her, to her, in large type."""

import re
from datetime import timedelta
from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from seniors.enums import ConsentKind, Role
from seniors.fragility.store import score_seniors
from seniors.letter.content import letter_of
from seniors.letter.pdf import print_letter
from seniors.models import AccessLog
from seniors.withdrawal import Channel, withdraw
from surveys.models import Campaign, Draft, Response
from surveys.receiving import intake
from tests.make import make_senior, make_user
from tests.surveys.make import territory_of
from tests.visits.acting import make_action
from tests.visits.sending import YES, send
from tests.visits.telling import WHY, WISH, tell_everything
from visits.enums import State

pytestmark = pytest.mark.django_db


@pytest.fixture
def jeanne():
    return make_senior()


@pytest.fixture
def officer(jeanne):
    return make_user(Role.OFFICER, territory_of(jeanne), first_name="Camille")


@pytest.fixture
def told(jeanne, officer):
    return tell_everything(jeanne, officer)


def words_of(content: bytes) -> str:
    """The text of a PDF in one line, its blanks alike."""
    pages = PdfReader(BytesIO(content)).pages
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pages))


def sizes_of(content: bytes) -> set[float]:
    """Every size of letters in a PDF."""
    found = set()
    for page in PdfReader(BytesIO(content)).pages:
        drawn = page.get_contents().get_data().decode("latin-1")
        found |= {float(size) for size in re.findall(r"/F\d+\+\S+ ([\d.]+) Tf", drawn)}
    return found


def test_it_tells_all_that_is_kept(jeanne, officer, told):
    action = make_action("home_help", State.REQUESTED, senior=jeanne, by=officer)
    Draft.objects.update(values={"bathing": 1}, clashing={"bathing": 3})
    intake.record_or_set_aside(
        jeanne, campaign=Campaign.objects.get(), channel=Response.Channel.WEB,
        received_on=timezone.localdate(), values={"grab_bars": 1},
        consents=dict.fromkeys(ConsentKind, True),
    )  # fmt: skip
    AccessLog.objects.create(user=officer, gesture="senior-show", senior=jeanne)
    content = print_letter(letter_of(jeanne))
    text = words_of(content)
    for said in (
        "Mme Jeanne Le Goff", "17 mai 1940", "rue de Siam", WISH[1:], WHY, "Besoin : se tenir",
        str(action.partner), "J’accepte que soient gardées mes réponses sur ma santé",
        "Enquête 2026", "Retirer un accord", "CNIL", "Photos : ", "Rendez-vous du",
        "Votre place dans l’ordre des visites", "Ce qui nous a été signalé",
        "une douche sans marche", "(dans une autre page)", "en attente d’être comparée",
        "barres d’appui dans la salle de bains ?",
    ):  # fmt: skip
        assert said in text, said
    assert min(sizes_of(content)) >= 16
    # The one who visited is not named; how many times her sheet was opened is.
    assert "Camille" not in text
    assert "Personnes qui suivent votre résidence" in text


def test_what_is_taken_back_is_not_in_it(jeanne, officer, told):
    withdraw(jeanne, [ConsentKind.VISIT, ConsentKind.HEALTH], by=officer, channel=Channel.ORAL)
    text = words_of(print_letter(letter_of(jeanne)))
    assert WISH[1:] not in text
    assert "dit de vive voix" in text


def test_as_many_queries_for_much_as_for_little(
    jeanne,
    officer,
    django_assert_max_num_queries,
):
    for days in range(6):
        send(jeanne, officer, YES | {"wish.words": "un banc"}, days_ago=days)
    score_seniors(territory=territory_of(jeanne))
    with django_assert_max_num_queries(45):
        letter_of(jeanne)


def test_managers_print_it_and_that_is_logged(client, jeanne, officer):
    address = reverse("seniors:letter-show", args=[jeanne.uid])
    client.force_login(officer)
    assert client.get(address).status_code == 403
    manager = make_user(Role.MANAGER, territory_of(jeanne))
    client.force_login(manager)
    answer = client.get(address)
    assert answer["Content-Type"] == "application/pdf"
    assert "Ce que nous gardons sur vous" in words_of(b"".join(answer.streaming_content))
    log = AccessLog.objects.latest("pk")
    assert (log.user, log.gesture, log.senior) == (manager, "letter-print", jeanne)
    assert timezone.now() - log.at < timedelta(hours=1)
