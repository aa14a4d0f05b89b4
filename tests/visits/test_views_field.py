"""The doors that the phone calls: every answer they give, and to whom."""

import base64
import json
import uuid
from datetime import timedelta
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from seniors import password
from seniors.enums import Role
from seniors.models import AccessLog
from tests.make import make_senior, make_territory, make_user
from tests.visits.makers import make_agency
from tests.visits.phone_makers import make_form, opened, sealed
from tests.visits.sending import YES
from visits.agenda import outcomes
from visits.models import ActionKind, AsideForm, Device, Photo, Visit, VisitForm
from visits.phone import offline, phones
from visits.views import field
from visits.visiting import effects

pytestmark = pytest.mark.django_db
SEND = "/visites/terrain/visites/"
QUERIES, QUERIES_AGAIN = 40, 6
SOME = "5f0c7c1e-2b39-4c53-9d0f-3c7c0b8f6a11"


@pytest.fixture
def agency():
    """An officer with a phone, and the people of the territory."""
    _, officer, seniors = make_agency(3)
    return officer, phones.enrol(officer, "Téléphone"), seniors


@pytest.fixture
def phone(client, agency):
    """The officer's browser."""
    client.force_login(agency[0])
    return client


def post(client: Client, address: str, content: object):
    return client.post(address, json.dumps(content), content_type="application/json")


def send(client: Client, *forms: object) -> list[dict]:
    """What becomes of each."""
    answer = post(client, SEND, {"forms": forms})
    assert answer.status_code == 200
    return answer.json()["answers"]


def statuses(client: Client, *forms: object) -> list[int]:
    return [one["status"] for one in send(client, *forms)]


def test_a_form_is_received_once_however_often_it_is_sent(phone, agency):
    _, device, (senior, *_) = agency
    form = make_form(senior)
    shut = sealed(device, form)
    (first,), (again,) = send(phone, shut), send(phone, shut)
    (resealed,) = send(phone, sealed(device, form))
    assert [one.pop("status") for one in (first, again, resealed)] == [201, 200, 200]
    assert first == again == resealed
    stored = VisitForm.objects.get()
    assert first == {
        "uid": form["uid"],
        "receipt": stored.receipt,
        "received_at": stored.received_at.isoformat(),
        "clashes": 0,
        "kept_out": 0,
    }
    assert (stored.device, stored.by, str(stored.uid)) == (device, agency[0], form["uid"])


def test_the_same_identity_with_other_content_is_kept_aside(phone, agency):
    _, device, (senior, *_) = agency
    form = make_form(senior)
    send(phone, sealed(device, form))
    (answer,) = send(phone, sealed(device, form | {"content": {"present.family": 1}}))
    assert (answer["status"], answer["code"]) == (409, "conflict")
    assert AsideForm.objects.count() == 1
    assert VisitForm.objects.get().content == {"present.senior": 1}


def test_an_outcome_undone_at_the_desk_does_not_come_back_from_a_phone_that_did_not_hear(
    phone, agency
):
    officer, device, (senior, *_) = agency
    form = make_form(senior, outcome="refused", content={})
    (first,) = send(phone, sealed(device, form))
    outcomes.undo(Visit.objects.get(), by=officer)
    (again,) = send(phone, sealed(device, form))
    assert (again["status"], again["receipt"]) == (200, first["receipt"])
    assert again["undone_at"]
    assert not Visit.objects.exists()
    (other,) = send(phone, sealed(device, form | {"outcome": "absent"}))
    assert other["status"] == 409
    assert not Visit.objects.exists()
    anew = make_form(senior, outcome="refused", content={})  # touched again, it is another one
    assert statuses(phone, sealed(device, anew)) == [201]


@pytest.mark.parametrize(
    "changes",
    [
        {"content": {"wish.words": "Elle a un Alzheimer"}},
        {"content": {"no.such": 1}},
        {"made_on": "2999-01-01"},
        {"senior": SOME},
        {"outcome": "x"},
        {"content": []},
    ],
)
def test_a_form_that_cannot_be_kept_is_refused_with_its_reason(phone, agency, changes):
    _, device, (senior, *_) = agency
    (answer,) = send(phone, sealed(device, make_form(senior) | changes))
    assert answer["status"] == 422
    assert answer["reason"]
    assert not VisitForm.objects.exists()


def test_a_form_about_another_territory_is_refused(phone, agency):
    elsewhere = make_senior()
    assert statuses(phone, sealed(agency[1], make_form(elsewhere))) == [422]
    assert not Visit.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        "", "[]", "null", "{", '"x"', "é", pytest.param("[" * 50_000, id="nested"),
        "{}", '{"forms": {}}', '{"forms": [1]}', '{"forms": [{}, null]}',
    ],
)  # fmt: skip
def test_what_is_no_list_of_forms_is_refused(phone, body):
    answer = phone.post(SEND, body, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (422, "unreadable")


def test_a_form_too_large_is_not_read_and_the_others_are(phone, agency):
    _, device, seniors = agency
    first, last = (sealed(device, make_form(one)) for one in seniors[:2])
    large = sealed(device, make_form(seniors[2])) | {"box": "x" * field.FORM_MOST}
    answers = send(phone, first, large, last)
    assert [one["status"] for one in answers] == [201, 413, 201]
    assert answers[1]["code"] == "too_large"


def test_more_than_a_sending_may_hold_is_not_read(phone, agency):
    _, device, (senior, *_) = agency
    many = [sealed(device, make_form(senior))] * (field.FORMS_MOST + 1)
    heavy = [{"box": "x" * field.FORM_MOST * field.FORMS_MOST}]
    for forms in (many, heavy):
        answer = post(phone, SEND, {"forms": forms})
        assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert not VisitForm.objects.exists()


def test_half_of_a_sending_lost_on_the_way_is_no_verdict_on_its_forms(phone, agency):
    """Nothing is recorded and no form is answered: the phone sends them all again."""
    _, device, seniors = agency
    body = json.dumps({"forms": [sealed(device, make_form(one)) for one in seniors]})
    answer = phone.post(SEND, body[: len(body) // 2], content_type="application/json")
    assert answer.status_code == 422
    assert "answers" not in answer.json()
    assert not VisitForm.objects.exists()


def test_each_form_of_a_sending_has_its_own_answer_in_its_place(client, agency):
    """Good, damaged, refused, twice, a colleague's, of a phone unknown, of one blocked since."""
    officer, device, (jeanne, marie, yvonne) = agency
    colleague = make_user(Role.OFFICER, jeanne.dwelling.residence.territory)
    theirs, gone = phones.enrol(colleague, "x"), phones.enrol(officer, "y")
    blocked = phones.enrol(officer, "z")
    good = sealed(device, make_form(jeanne))
    sent = [
        good,
        sealed(device, make_form(marie)) | {"iv": "AAAA"},
        sealed(device, make_form(marie, content={"no.such": 1})),
        good,
        sealed(theirs, make_form(marie)),
        sealed(gone, make_form(marie)),
        sealed(blocked, make_form(yvonne)),
        {},
        {"uid": ["x"], "device": {"a": 1}, "epk": 3},
    ]
    gone.delete()
    phones.revoke(blocked, officer)
    client.force_login(officer)
    answers = send(client, *sent)
    assert [one["status"] for one in answers] == [201, 422, 422, 200, 403, 404, 201, 404, 404]
    assert [one["uid"] for one in answers] == [one.get("uid") for one in sent]
    assert answers[0]["receipt"] == answers[3]["receipt"]
    assert {one.get("code") for one in answers} == {
        None, "unreadable", "unknown_field", "other_user", "unknown",
    }  # fmt: skip
    assert [form.visit.senior for form in VisitForm.objects.all()] == [jeanne, yvonne]


def test_a_form_that_breaks_the_site_holds_none_of_the_others(phone, agency, monkeypatch, caplog):
    """It is to be tried again: no verdict, no receipt, and nothing of it is written."""
    _, device, seniors = agency
    forms = [make_form(one, content={"known.phone": "02 98 11 22 33"}) for one in seniors]
    correct = effects.correct_record

    def broken(person, *args, **kwargs):
        if person == seniors[1]:
            raise ZeroDivisionError(person.last_name)
        return correct(person, *args, **kwargs)

    monkeypatch.setattr(effects, "correct_record", broken)
    answers = send(phone, *[sealed(device, form) for form in forms])
    assert [one["status"] for one in answers] == [201, 500, 201]
    assert answers[1] == {"uid": forms[1]["uid"], "status": 500}
    assert {visit.senior for visit in Visit.objects.all()} == {seniors[0], seniors[2]}
    assert [one.levelname for one in caplog.records] == ["WARNING", "ERROR"]
    monkeypatch.undo()
    assert statuses(phone, *[sealed(device, form) for form in forms]) == [200, 201, 200]


def test_thirty_forms_are_received_in_as_many_queries_as_two(phone, django_assert_num_queries):
    """The phones of an agency find the network again at the same moment. One action each: SQLite
    cuts longer inserts in two."""
    _, officer, seniors = make_agency(32)
    device = phones.enrol(officer, "Téléphone")
    phone.force_login(officer)
    content = {
        **YES, "item.falls": 1, "hazard.inside.rugs": 1, "known.phone": "ok", "need.bars": 1,
        "action.grab_bars": "accepted", "next.on": "2099-01-01",
    }  # fmt: skip
    forms = [sealed(device, make_form(one, content=content)) for one in seniors]
    for some in (forms[:2], forms[2:]):
        with django_assert_num_queries(QUERIES):
            assert set(statuses(phone, *some)) == {201}
    with django_assert_num_queries(QUERIES_AGAIN):
        assert set(statuses(phone, *forms[2:])) == {200}


def test_a_phone_unknown_to_the_site_is_told_so(phone, agency):
    _, device, (senior, *_) = agency
    shut = sealed(device, make_form(senior))
    device.delete()
    assert statuses(phone, shut) == [404]


def test_a_form_of_a_colleague_waits_for_her(client, agency):
    """Neither an officer of the same territory nor a stranger sends it; she does."""
    officer, device, (senior, *_) = agency
    shut = sealed(device, make_form(senior))
    territory = senior.dwelling.residence.territory
    for user in (make_user(Role.OFFICER, territory), make_user(Role.OFFICER, make_territory())):
        client.force_login(user)
        (answer,) = send(client, shut)
        assert (answer["status"], answer["code"]) == (403, "other_user")
    assert not VisitForm.objects.exists()
    client.force_login(officer)
    assert statuses(client, shut) == [201]


def test_a_blocked_phone_still_sends_what_it_finished(phone, agency):
    officer, device, (senior, *_) = agency
    phones.revoke(device, officer)
    assert statuses(phone, sealed(device, make_form(senior))) == [201]


@pytest.mark.parametrize(
    ("method", "address"),
    [
        ("get", "contact/"),
        ("get", "jour/"),
        ("post", "appareil/"),
        ("post", f"appareil/{SOME}/cle/"),
        ("post", "visites/"),
        ("post", f"photos/{SOME}/"),
    ],
)
def test_without_a_session_a_script_is_told_to_log_in(client, method, address):
    answer = getattr(client, method)(f"/visites/terrain/{address}")
    assert (answer.status_code, answer.json()["login"]) == (401, reverse("login"))


def test_a_post_needs_its_token_and_contact_gives_one(agency):
    """What the browser does when the token has changed."""
    officer, device, (senior, *_) = agency
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(officer)
    waiting = {"forms": [sealed(device, make_form(senior))]}
    assert post(strict, SEND, waiting).status_code == 403
    strict.get("/visites/terrain/contact/")
    token = strict.cookies["csrftoken"].value
    answer = strict.post(
        SEND, json.dumps(waiting), content_type="application/json", headers={"X-CSRFToken": token}
    )
    assert answer.json()["answers"][0]["status"] == 201


def test_contact_says_where_the_phones_of_this_account_stand(phone, agency):
    officer, device, _ = agency
    blocked, other = phones.enrol(officer, "x"), phones.enrol(make_user(), "y")
    phones.revoke(blocked, officer)
    uids = [device.uid, blocked.uid, other.uid, "no-uid"]
    query = "&".join(f"appareil={uid}" for uid in uids)
    answer = phone.get(f"/visites/terrain/contact/?{query}").json()
    assert answer["devices"] == {str(device.uid): "open", str(blocked.uid): "revoked"}


def test_a_phone_learns_that_it_is_blocked_without_a_session(client, agency):
    """Of a lost phone the session has ended; of the others nothing is said."""
    officer, device, _ = agency
    blocked = phones.enrol(officer, "x")
    phones.revoke(blocked, officer)
    query = "&".join(f"appareil={uid}" for uid in (device.uid, blocked.uid, SOME, "no-uid"))
    answer = client.get(f"/visites/terrain/bloques/?{query}").json()
    assert answer == {"devices": {str(blocked.uid): "revoked"}}
    client.force_login(make_user(Role.OFFICER, make_territory()))
    answer = client.get(f"/visites/terrain/contact/?{query}").json()
    assert answer["devices"] == {str(blocked.uid): "revoked", str(SOME): "unknown"}


def test_a_phone_that_a_restored_backup_lacks_is_known_again_to_its_account(client, agency):
    """With the keys it had: what it sealed before is received, what it keeps opens."""
    officer, device, (senior, *_) = agency
    waiting = sealed(device, make_form(senior))
    asked = {"uid": str(device.uid), "label": "x", "public_key": phones.public_key(device)}
    address = "/visites/terrain/appareil/"
    key = device.key
    device.delete()
    client.force_login(make_user(Role.OFFICER, senior.dwelling.residence.territory))
    assert post(client, address, asked).status_code == 404
    client.force_login(officer)
    other = phones.public_key(phones.enrol(officer, "y"))
    for wrong in (other, "", None, 3):
        assert post(client, address, asked | {"public_key": wrong}).json()["code"] == "unknown"
    assert post(client, address, asked | {"uid": str(SOME)}).status_code == 404
    assert post(client, address, asked).json()["key"] == key
    assert statuses(client, waiting) == [201]
    assert post(client, address, asked).status_code == 404


def test_a_phone_is_enrolled_and_gets_its_keys(phone):
    answer = post(phone, "/visites/terrain/appareil/", {"label": "Le mien"})
    device = Device.objects.get(label="Le mien")
    assert answer.status_code == 201
    assert answer.json() == {
        "uid": str(device.uid),
        "label": "Le mien",
        "key": device.key,
        "public_key": phones.public_key(device),
        "days": 7,
    }
    assert "PRIVATE" not in answer.content.decode()


def test_a_phones_name_holds_nothing_that_a_base_cannot(phone):
    for label in ("a\x00b", ["x"], 3, "x" * 500):
        assert post(phone, "/visites/terrain/appareil/", {"label": label}).status_code in (201, 409)
    assert Device.objects.filter(label="ab").exists()


def test_too_many_phones_are_refused(phone):
    for _ in range(phones.MOST_DEVICES - 1):
        post(phone, "/visites/terrain/appareil/", {})
    answer = post(phone, "/visites/terrain/appareil/", {})
    assert (answer.status_code, answer.json()["code"]) == (409, "too_many")


def test_the_key_is_given_again_to_its_owner_only(client, agency):
    officer, device, _ = agency
    address = f"/visites/terrain/appareil/{device.uid}/cle/"
    client.force_login(make_user(Role.ADMINISTRATOR))
    assert post(client, address, {}).status_code == 403
    client.force_login(officer)
    assert post(client, address, {}).json() == {"key": device.key}
    phones.revoke(device, officer)
    answer = post(client, address, {})
    assert (answer.status_code, answer.json()["code"]) == (403, "revoked")


def test_a_session_left_open_gives_no_key_before_the_password_is_typed(client, agency):
    officer, device, _ = agency
    officer.set_password("un mot de passe")
    officer.save()
    client.force_login(officer)
    address = f"/visites/terrain/appareil/{device.uid}/cle/"
    assert client.get("/visites/terrain/contact/").json()["typed_lately"]
    session = client.session
    session["password_typed_at"] -= password.LATELY
    session.save()
    assert not client.get("/visites/terrain/contact/").json()["typed_lately"]
    answer = post(client, address, {})
    assert (answer.status_code, answer.json()["code"]) == (401, "password")
    asked = client.get(reverse("visits:field-password"))
    form = client.get(asked.url)  # not sent away, though she is logged in
    assert form.status_code == 200
    typed = {"username": officer.username, "next": form.context["next"]}
    assert client.post(reverse("login"), typed | {"password": "?"}).status_code == 200
    assert post(client, address, {}).status_code == 401
    back = client.post(reverse("login"), typed | {"password": "un mot de passe"})
    assert back.url == "/visites/terrain/#nouveau-code"
    assert post(client, address, {}).json() == {"key": device.key}
    assert client.get(reverse("login")).status_code == 302


def test_the_day_leaves_shut_and_only_its_phone_opens_it(phone, agency):
    _, device, _ = agency
    answer = phone.get(f"/visites/terrain/jour/?appareil={device.uid}").json()
    assert set(answer) == {"made_at", "expires_at", "iv", "box"}
    assert opened(device, answer)["made_at"] == answer["made_at"]
    device.refresh_from_db()
    assert timezone.now() - device.seen_at < timedelta(minutes=1)


def test_the_day_is_refused_to_a_blocked_phone_and_to_a_colleague(client, agency):
    officer, device, (senior, *_) = agency
    colleague = make_user(Role.OFFICER, senior.dwelling.residence.territory)
    phones.revoke(device, officer)
    codes = []
    for user in (officer, colleague):
        client.force_login(user)
        answer = client.get(f"/visites/terrain/jour/?appareil={device.uid}")
        codes.append((answer.status_code, answer.json()["code"]))
    assert codes == [(403, "revoked"), (403, "other_user")]


def test_days_are_not_given_without_end(phone, agency):
    officer, device, _ = agency
    AccessLog.objects.bulk_create(
        AccessLog(user=officer, gesture="package") for _ in range(60 * phones.MOST_DAYS)
    )
    answer = phone.get(f"/visites/terrain/jour/?appareil={device.uid}")
    assert (answer.status_code, answer.json()["code"]) == (429, "too_often")


def _picture() -> str:
    out = BytesIO()
    Image.new("RGB", (40, 30), "red").save(out, "JPEG")
    return base64.b64encode(out.getvalue()).decode()


def test_a_photo_is_received_once(phone, agency):
    _, device, (senior, *_) = agency
    sent = {"uid": str(uuid.uuid4()), "form_uid": str(uuid.uuid4()), "senior": str(senior.uid)}
    sent |= {"room": "bathroom", "image": _picture()}
    address = f"/visites/terrain/photos/{sent['uid']}/"
    shut = sealed(device, sent, "photo")
    assert [post(phone, address, shut).status_code for _ in range(2)] == [201, 200]
    assert Photo.objects.get().room == "bathroom"
    mended = shut | {"form": str(uuid.uuid4())}
    assert post(phone, address, mended).json()["code"] == "other"
    as_form = sealed(device, sent, "form")
    assert post(phone, address, as_form).status_code == 422
    other = f"/visites/terrain/photos/{uuid.uuid4()}/"
    assert post(phone, other, shut).status_code == 422


def test_a_photo_follows_the_form_that_took_the_place_of_its_own(phone, agency):
    """That one was refused: no form of that identity will come."""
    _, device, (senior, *_) = agency
    sent = {"uid": str(uuid.uuid4()), "form_uid": str(uuid.uuid4()), "senior": str(senior.uid)}
    sent |= {"room": "bathroom", "image": _picture()}
    mended = uuid.uuid4()
    shut = sealed(device, sent, "photo") | {"form": str(mended)}
    assert post(phone, f"/visites/terrain/photos/{sent['uid']}/", shut).status_code == 201
    assert Photo.objects.get().form_uid == mended


def test_what_is_no_picture_is_refused_with_its_reason(phone, agency):
    _, device, (senior, *_) = agency
    sent = {"uid": str(uuid.uuid4()), "form_uid": str(uuid.uuid4()), "senior": str(senior.uid)}
    sent |= {"room": "bathroom", "image": base64.b64encode(b"no picture").decode()}
    answer = post(phone, f"/visites/terrain/photos/{sent['uid']}/", sealed(device, sent, "photo"))
    assert answer.status_code == 422
    assert answer.json()["reason"]


@pytest.mark.parametrize("name", ["field-page", "field-away", "field-worker"])
def test_what_a_phone_keeps_of_the_site_names_nobody(client, agency, name):
    """The same bytes for a visitor and for an officer, without a token."""
    officer, device, seniors = agency
    answers = [client.get(reverse(f"visits:{name}")).content]
    client.force_login(officer)
    answers.append(client.get(reverse(f"visits:{name}")).content)
    assert answers[0] == answers[1]
    said = answers[1].decode()
    for private in (str(officer), officer.username, seniors[0].last_name, str(device.uid)):
        assert private not in said
    assert "csrfmiddlewaretoken" not in said


def test_the_worker_is_for_the_whole_site_and_keeps_files_that_exist(client):
    answer = client.get(reverse("visits:field-worker"))
    assert answer["Service-Worker-Allowed"] == "/"
    assert answer["Content-Type"].startswith("text/javascript")
    facts = json.loads(answer.content.decode().split("\n")[0].removeprefix("const KEPT = ")[:-1])
    assert len(facts["files"]) == len(offline.FILES)
    assert facts["page"] == "/visites/terrain/"


def test_the_worker_changes_with_what_it_keeps():
    before = offline.worker()
    assert offline.worker() == before
    ActionKind.objects.filter(code="grab_bars").update(label="Barres")
    assert offline.worker() != before


def test_every_script_that_the_page_loads_is_kept():
    """A file forgotten in the list would be missing without network."""
    folder = offline.WORKER.parent
    kept = {f"{name}.js" for name in offline.MODULES}
    for name in kept:
        for line in (folder / name).read_text(encoding="utf-8").splitlines():
            if line.startswith("import ") and '"./' in line:
                assert line.rpartition('"./')[2].removesuffix('";') in kept


def test_an_officer_blocks_his_phone_and_a_manager_opens_it_again(client, agency):
    officer, device, (senior, *_) = agency
    client.force_login(officer)
    client.post(reverse("visits:device-revoke", args=[device.uid]))
    device.refresh_from_db()
    assert device.revoked_by == officer
    assert client.post(reverse("visits:device-restore", args=[device.uid])).status_code == 403
    client.force_login(make_user(Role.MANAGER, senior.dwelling.residence.territory))
    client.post(reverse("visits:device-restore", args=[device.uid]))
    device.refresh_from_db()
    assert device.revoked_at is None


def test_a_phone_of_another_territory_is_not_found(client, agency):
    _, device, _ = agency
    for role in (Role.MANAGER, Role.OFFICER):
        client.force_login(make_user(role, make_territory()))
        assert client.post(reverse("visits:device-revoke", args=[device.uid])).status_code == 404
    assert Device.objects.get(pk=device.pk).revoked_at is None


def test_the_page_of_phones_shows_ones_own_and_those_of_ones_people(client, agency):
    officer, device, (senior, *_) = agency
    client.force_login(officer)
    assert device.label in client.get(reverse("visits:device-list")).content.decode()
    client.force_login(make_user(Role.MANAGER, senior.dwelling.residence.territory))
    assert "Camille Bihan" in client.get(reverse("visits:device-list")).content.decode()
    client.force_login(make_user(Role.MANAGER, make_territory()))
    assert "Camille Bihan" not in client.get(reverse("visits:device-list")).content.decode()
