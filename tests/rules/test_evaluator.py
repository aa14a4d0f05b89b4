"""An evaluator never reads a name, an address or a telephone: on no page, in no file, in no error.

Every address of the site is asked for, with the identifiers of real records.
"""

import io
import logging
import re
import zipfile

import pytest
from django.urls import reverse
from django.utils import timezone

from seniors.enums import Role
from tests.make import make_user
from tests.rules.test_roles import TABLE, _address
from tests.visits.acting import make_action
from tests.visits.releasing import make_convention, make_release, make_stock
from visits.enums import State
from visits.models import Visit
from visits.releasing import releases

pytestmark = pytest.mark.django_db
# What the people of `make_stock` are called, where they live, how they are rung.
SECRETS = ("Zwertvaegher", "ZWERTVAEGHER", "Hermeline", "Xaintrailles", "06 39 98", "0639981234")


def text_of(answer) -> str:
    """A page, a file, or the files of an archive; with its headers."""
    data = b"".join(answer.streaming_content) if answer.streaming else answer.content
    told = f"{answer.headers}{data.decode('utf-8', 'replace')}"
    if zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name in archive.namelist():
                told += name
                inner = archive.read(name)
                told += text_of_zip(inner) if name.endswith(".xlsx") else inner.decode()
    return told


def text_of_zip(data: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return "".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())


def test_an_evaluator_reads_no_name_no_address_no_telephone(client, caplog):
    caplog.set_level(logging.DEBUG)
    people = make_stock(60)
    make_action("home_help", State.REQUESTED, senior=people[0])
    evaluator, convention = make_user(Role.EVALUATOR), make_convention()
    made = [make_release(kind, convention=convention, by=evaluator) for kind in ("tables", "rows")]
    client.force_login(evaluator)
    pages = [_address(name) for name, allowed in TABLE.items() if allowed]
    pages += [reverse("visits:release-show", args=[one.uid]) for one in made]
    pages += [reverse("visits:release-file", args=[one.uid]) for one in made]
    pages += [reverse("seniors:senior-show", args=[people[0].uid]), "/seniors/?q=Zwertvaegher"]
    for page in pages:
        for method in (client.get, client.post):
            told = text_of(method(page))
            found = [secret for secret in SECRETS if secret in told.replace(page, "")]
            assert (page, found) == (page, [])
    assert [secret for secret in SECRETS if secret in caplog.text] == []
    names = [path.name for path in releases.path_of(made[0]).parent.iterdir()]
    assert not any(secret in name for name in names for secret in SECRETS)


def test_the_check_itself_sees_a_name(client):
    """An administrator's page does hold them: the other test does look."""
    people = make_stock(2)
    client.force_login(make_user(Role.ADMINISTRATOR))
    told = text_of(client.get(reverse("seniors:senior-show", args=[people[0].uid])))
    assert {"Zwertvaegher", "Hermeline", "Xaintrailles"} <= {one for one in SECRETS if one in told}


def test_the_first_page_counts_nobody_as_it_happens(client):
    """Read each day, a count that grew by one would tell of one person."""
    client.force_login(make_user(Role.EVALUATOR))
    person = make_stock(60)[-1]  # thirty of them are visited
    assert not Visit.objects.filter(senior=person).exists()
    before = client.get("/").content.decode()
    Visit.objects.create(senior=person, made_on=timezone.localdate(), outcome="done")
    after = client.get("/").content.decode()
    assert content_of(after) == content_of(before)


def content_of(page: str) -> str:
    """Without what differs at each reading, all of it around the content."""
    return re.search(r"<main.*</main>", page, re.DOTALL)[0]
