"""An evaluator never reads a name, an address or a telephone: on no page, in no file, in no error.

Every address of the site is asked for, with the identifiers of real records.
"""

import io
import logging
import re
import zipfile
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from seniors.enums import ConsentKind, Role
from seniors.fragility import store
from seniors.models import Senior, User
from surveys.campaigns import counting
from surveys.models import Campaign, Response
from surveys.receiving import intake
from tests.make import make_senior, make_user
from tests.rules.test_roles import TABLE, _address
from tests.surveys.make import make_campaign, settle
from tests.visits.acting import make_action
from tests.visits.releasing import consent, make_convention, make_release, make_stock
from visits.enums import State
from visits.field_watch import watch
from visits.models import Signal, Visit
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


def test_no_page_moves_with_one_person(client):
    """Read each day, a count that grew by one would tell of one person, however many they are."""
    people = make_stock(60)
    today, by = timezone.localdate(), make_user(Role.ADMINISTRATOR)
    places = [one.dwelling.residence.territory for one in people[::6]]
    running = make_campaign(
        *places,
        opened_on=today - timedelta(days=30),
        closes_on=today + timedelta(days=30),
    )
    over = settle(make_campaign(*places, name="Enquête 2024"))
    settled = date(today.year - 2, 6, 1)
    for number, senior in enumerate(people[:36]):
        answer(running, senior)
        answer(over, senior)
        notice(senior, settled, by, "need" if number % 3 else "fine")
    run = store.score_seniors()
    client.force_login(make_user(Role.EVALUATOR))
    pages = ["/", reverse("surveys:campaign-list"), reverse("seniors:run-list")]
    pages += [reverse("seniors:run-show", args=[run.uid])]
    pages += [reverse("visits:signal-yields") + f"?annee={today.year - n}" for n in range(3)]
    for name in ("campaign-show", "silence-returns", "silence-questions"):
        pages += [reverse(f"surveys:{name}", args=[one.uid]) for one in (running, over)]
    before = {page: content_of(client.get(page).content.decode()) for page in pages}
    told, later = (
        before[reverse("surveys:campaign-show", args=[one.uid])] for one in (over, running)
    )
    assert "<dd>36</dd>" in told
    assert "Chiffres à lire à partir du" in later
    assert "36" in before[reverse("visits:signal-yields") + f"?annee={settled.year}"]

    person = people[-1]
    assert not Visit.objects.filter(senior=person).exists()
    Visit.objects.create(senior=person, made_on=today, outcome="done")
    for campaign in (running, over):
        answer(campaign, person)
        answer(campaign, people[-2])
        Response.objects.filter(campaign=campaign, senior=people[0]).delete()
        counting.note_answers(campaign, [people[0].pk])
    for day in (today, settled):
        notice(person, day, by, "need")
    consent(people[1], ConsentKind.EVALUATION, given=False, days=0)
    make_senior(person.dwelling)
    store.score_seniors()
    for page in pages:
        assert content_of(client.get(page).content.decode()) == before[page], page


def answer(campaign: Campaign, senior: Senior) -> None:
    """A paper of hers, whole."""
    agreed = {ConsentKind.VISIT: True, ConsentKind.EVALUATION: True}
    day = campaign.opened_on + timedelta(days=5)
    told = intake.Answer(senior.pk, Response.Channel.PAPER, day, {"cold_home": 1}, agreed)
    intake.record_many(campaign, [told])


def notice(senior: Senior, day: date, by: User, outcome: str) -> None:
    """Something seen at her home that day, and what came of it."""
    form = {"form_uid": uuid4(), "kind": "fall", "urgency": "watch"}
    made = watch.report(by, senior=senior, **form)
    needs = ["bars"] if outcome == "need" else []
    watch.close(made, outcome=outcome, needs=needs, by=by)
    Signal.objects.filter(pk=made.pk).update(seen_on=day)


def content_of(page: str) -> str:
    """Without what differs at each reading, all of it around the content."""
    return re.search(r"<main.*</main>", page, re.DOTALL)[0]
