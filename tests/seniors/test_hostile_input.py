"""What a page of imports or of records may be sent by mistake or on purpose; what is journalled."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from seniors import import_look
from seniors.enums import Role
from seniors.forms import ENCODINGS, SEPARATORS
from seniors.models import AccessLog, ImportRun, Merge
from tests.make import make_dwelling, make_residence, make_senior, make_territory, make_user

pytestmark = pytest.mark.django_db
CSV = (
    "IDENT_INT;RESIDENCE;LIBCOM;ETAGE\nL1;Kerfeunteun;Quimper;2\nL2;Kerfeunteun;Quimper;trop haut\n"
)


@pytest.fixture(autouse=True)
def _tasks_at_once(settings):
    """Tasks run where they are asked for."""
    settings.Q_CLUSTER = settings.Q_CLUSTER | {"sync": True}


@pytest.fixture
def boss(client):
    """A browser where an administrator is logged in."""
    client.force_login(make_user(Role.ADMINISTRATOR))
    return client


def received(client, content: str = CSV) -> str:
    """The address of the page of columns of a file just sent."""
    data = {"kind": "dwellings", "extract_on": "2026-11-02"}
    data["file"] = SimpleUploadedFile("logements.csv", content.encode())
    return client.post(reverse("seniors:import-new"), data)["Location"]


ODD = [
    *({"encoding": name} for name in ("rot13", "idna", "utf-7", "no-codec", "utf-8\x00")),
    *({"separator": name} for name in ("(a+)+$", "ab", "1", '"', "\n")),
    *({"header_row": name} for name in ("x", "-5", "0", "²", "9" * 5000)),
    {"sheet": "../../etc"},
]


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: next(iter(odd)))
def test_a_way_to_read_that_is_not_on_the_page_is_not_followed(boss, odd):
    """Some encodings would also hide a social security number from who looks for one."""
    answer = boss.post(received(boss), odd)
    assert answer.status_code == 200
    assert answer.context["look"].options["encoding"] == "utf-8"
    assert answer.context["look"].options["separator"] == ";"
    assert answer.context["look"].options["header_row"] == 1


def test_every_way_to_read_of_the_page_is_followed():
    assert {code for code, _ in ENCODINGS} == set(import_look.ENCODINGS)
    assert {code for code, _ in SEPARATORS} == set(import_look.SEPARATORS)


def test_an_encoding_that_the_file_cannot_have_is_refused_in_words(boss):
    answer = boss.post(received(boss), {"encoding": "utf-16"})
    assert answer.status_code == 422
    assert "Choisissez un autre codage" in answer.content.decode()


def test_the_refused_rows_taken_away_are_in_the_journal(boss):
    look = received(boss)
    page = boss.get(look)
    form = page.context["form"]
    data = {name: form[name].value() or "" for name in form.fields}
    boss.post(look, data | {"gesture": "read"})
    run = ImportRun.objects.get()
    assert run.refusals_as
    taken = boss.get(reverse("seniors:import-refusals", args=[run.uid]))
    assert taken.getvalue().startswith(b"PK")  # reads the file to its end, which closes it
    assert AccessLog.objects.get().gesture == "import-refusals"


@pytest.mark.parametrize("role", [None, Role.OFFICER, Role.EVALUATOR])
def test_a_file_from_who_brings_none_in_is_not_even_written_down(client, role):
    """Any form, that of the log-in included, takes a file before its view is reached."""
    if role:
        client.force_login(make_user(role))
    sent = {"username": "x", "file": SimpleUploadedFile("x.csv", b"a;b\n1;2\n")}
    for address in (reverse("login"), reverse("seniors:import-new")):
        assert not client.post(address, sent).wsgi_request.FILES


def test_two_records_compared_are_in_the_journal(boss):
    first, second = make_senior(), make_senior()
    address = reverse("seniors:merge-compare", args=[first.uid, second.uid])
    assert boss.get(address).status_code == 200
    logged = AccessLog.objects.values_list("gesture", "senior")
    assert sorted(logged) == [("merge-compare", first.pk), ("merge-compare", second.pk)]


def test_a_record_is_not_parted_from_itself(boss):
    senior = make_senior()
    answer = boss.post(reverse("seniors:merge-refuse", args=[senior.uid, senior.uid]), follow=True)
    assert "deux fiches différentes" in answer.content.decode()
    assert not Merge.objects.exists()


@pytest.mark.parametrize("name", ["merge-compare", "merge-refuse"])
def test_records_of_two_territories_are_not_joined_by_who_holds_one(client, name):
    here, there = make_territory(), make_territory()
    first = make_senior(make_dwelling(make_residence(here)))
    second = make_senior(make_dwelling(make_residence(there)))
    client.force_login(make_user(Role.MANAGER, here))
    for pair in ([first.uid, second.uid], [second.uid, first.uid]):
        assert client.post(reverse(f"seniors:{name}", args=pair)).status_code == 404
