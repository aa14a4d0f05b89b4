"""What someone may send on purpose: broken text, absurd numbers and days, other people's records.

A phone sends again whatever got a 5xx, for ever: each of these is answered, and the site goes on.
"""

import base64
import json
import logging
import struct
import uuid
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from zlib import compress, crc32

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from seniors import guard
from seniors.enums import Role
from seniors.logs import Discreet
from seniors.models import AccessLog, Consent, Observation, Senior, User
from tests.make import make_dwelling, make_senior, make_territory, make_user
from tests.rules.test_roles import TABLE, _address
from tests.visits.acting import make_action, make_partner, make_person, territory_of
from tests.visits.makers import make_agency
from tests.visits.phone_makers import make_form, opened, sealed
from tests.visits.sending import send
from tests.visits.weekly import coming_monday, make_week
from visits.acting import referrals
from visits.agenda import mutes, planning
from visits.agenda.weeks import is_worked
from visits.enums import State
from visits.field_watch import watch
from visits.models import (
    Action,
    Appointment,
    AsideForm,
    Attendance,
    Clash,
    Cover,
    Device,
    Mute,
    Photo,
    Signal,
    VisitForm,
    WatchLink,
)
from visits.phone import phones
from visits.visiting import photos
from visits.visiting.recording import Conflict, Refused

pytestmark = pytest.mark.django_db
DOORS = ["/visites/terrain/visites/", "/visites/terrain/appareil/"]
SEND = DOORS[0]
HALF_EMOJI = "\ud83d"


@pytest.fixture
def agency(client):
    """An officer with a phone, logged in, and the people of the territory."""
    _, officer, seniors = make_agency(2)
    client.force_login(officer)
    client.raise_request_exception = False
    return officer, phones.enrol(officer, "Téléphone"), seniors


def post(client, address, content):
    raw = content if isinstance(content, str) else json.dumps(content)
    return client.post(address, raw, content_type="application/json")


def answered(client, shut) -> int:
    """What became of one sealed form."""
    answer = post(client, SEND, {"forms": [shut]})
    assert answer.status_code == 200
    return answer.json()["answers"][0]["status"]


# Text and numbers that no database keeps


@pytest.mark.parametrize(
    "changes",
    [
        {"version": f"v{HALF_EMOJI}"},
        {"version": "v\x00"},
        {"content": {"wish.words": f"rester ici {HALF_EMOJI}\x00"}},
        {"content": {"known.door": HALF_EMOJI}},
        {"started_at": "0001-01-01T00:00:00+14:00"},
        {"started_at": "0001-01-01T00:00:00"},
        {"finished_at": "9999-12-31T23:59:59-14:00"},
    ],
)
def test_a_form_with_broken_text_or_clock_is_received(client, agency, changes):
    """A phone cuts an emoji in two, or has lost its clock: the visit was made all the same."""
    _, device, (senior, *_) = agency
    form = make_form(senior, **changes)
    assert answered(client, sealed(device, form)) == 201
    assert client.get(reverse("visits:form-receipt", args=[form["uid"]])).status_code == 200
    assert HALF_EMOJI not in json.dumps(VisitForm.objects.get().content, ensure_ascii=False)


@pytest.mark.parametrize(
    "content",
    [
        {"known.household": "9" * 4900},
        {"known.household": int("9" * 4000)},
        {"known.email": f"a{HALF_EMOJI} @b.fr"},
        {HALF_EMOJI: 1},
        {f"action.{HALF_EMOJI}": "accepted"},
        {"agree.home_help": HALF_EMOJI},
    ],
)
def test_a_form_that_says_nonsense_is_refused_not_broken(client, agency, content):
    _, device, (senior, *_) = agency
    assert answered(client, sealed(device, make_form(senior, content=content))) == 422
    assert not VisitForm.objects.exists()


@pytest.mark.parametrize("door", [*DOORS, f"/visites/terrain/photos/{uuid.UUID(int=1)}/"])
@pytest.mark.parametrize("body", ["[" * 30_000, '{"a":' * 9_000, '{"device":' + "9" * 5000 + "}"])
def test_json_too_deep_or_too_long_is_refused(client, agency, door, body):
    assert post(client, door, body).status_code == 422


def test_a_sealed_form_too_deep_is_refused(client, agency, monkeypatch):
    _, device, (senior, *_) = agency
    form = make_form(senior)
    with monkeypatch.context() as sealing:
        sealing.setattr("tests.visits.phone_makers.json.dumps", lambda _: "[" * 30_000)
        shut = sealed(device, form)
    assert answered(client, shut) == 422


@pytest.mark.parametrize("label", [f"{HALF_EMOJI}Téléphone", "\x00Téléphone", "\x00"])
def test_the_name_of_a_phone_is_kept_whole(client, agency, label):
    agency[1].delete()
    assert post(client, DOORS[1], {"label": label}).status_code == 201
    assert Device.objects.get().label == "Téléphone"
    assert client.get("/visites/terrain/appareils/").status_code == 200


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "2990-12-31"])
def test_nobody_is_expected_in_another_age(client, day):
    week = make_week(1)
    client.force_login(week.officer)
    asked = {"entry": week.entries.get().pk, "day": day, "slot": "morning"}
    assert client.post("/visites/semaine/placer/", asked).status_code == 302
    assert client.get("/visites/semaine/").status_code == 200
    assert not Appointment.objects.exists()


def test_an_entry_that_is_no_number_is_not_found(client):
    week = make_week(1)
    client.force_login(week.officer)
    for entry in (str(uuid.uuid4()), "²", "\x00", "9" * 5000):
        asked = {"entry": entry, "day": coming_monday(), "slot": "morning"}
        assert client.post("/visites/semaine/placer/", asked).status_code == 404


def test_a_sheet_of_attendance_stands_absurd_days_and_numbers(client):
    senior, officer = make_person()
    place = make_partner(territory=territory_of(senior), is_place=True)
    client.force_login(officer)
    address = reverse("visits:partner-attendance", args=[place.uid])
    for day in ("0001-01-01", "9999-12-31", "²", "\x00"):
        assert client.get(address, {"jour": day}).status_code == 200
    for came in ("9" * 5000, "²", "\x00"):
        assert client.post(address, {"came": came}).status_code == 302
    assert not Attendance.objects.exists()


def test_a_number_typed_on_line_may_be_endless(client, agency):
    senior = agency[2][0]
    address = reverse("visits:form-save", args=[senior.uid]) + "?champ=known.household"
    said = client.post(address, {"known.household": "9" * 4900}, headers={"HX-Request": "true"})
    assert said.status_code == 422


# What must not be kept, shown or logged


@pytest.mark.parametrize(
    "text",
    [
        "2 40 05 29\u200b 019 004 24",
        "２ ４０ ０５ ２９ ０１９ ００４ ２４",
        "2 40 05\n29 019 004 24",
        "2\t40\t05\t29\t019\t004\t24",
        "2·40·05·29·019·004·24",
        "2 – 40 – 05 – 29 – 019 – 004 – 24",
        "elle a Alz\u00adheimer",
        "elle a Ａlzheimer",
    ],
)
def test_what_is_never_kept_is_found_under_unseen_and_wide_signs(text):
    assert guard.found(text)


@pytest.mark.parametrize(
    "text", ["Tél. 02 98 11 22 33 – 06 12 34 56 78", "le 24/11 à 14 h 30 – 15 h", "👩‍🦽 12 m²"]
)
def test_ordinary_signs_are_no_secret_number(text):
    assert not guard.found(text)


@pytest.mark.parametrize("to", ["zzz", "partner_accepted"])
def test_the_secret_of_a_link_is_in_no_log(client, caplog, to):
    """« Unprocessable Entity: /transmission/…/ » would open the file to whoever reads logs."""
    action = make_action(state=State.REQUESTED)
    _, secret = referrals.make_link(action, by=action.created_by)
    place = action.senior.dwelling.residence
    link = watch.make_link(
        place, label="", expires_on=timezone.localdate() + timedelta(days=9), by=action.created_by
    )
    token = watch.token_of(link)
    client.post(f"/transmission/{secret}/reponse/", {"to": to})
    client.post(reverse("watch-send", args=[token]), {"kind": "zzz"})
    Client(enforce_csrf_checks=True).post(f"/transmission/{secret}/reponse/", {"to": to})
    lines = [Discreet("%(levelname)s %(message)s").format(one) for one in caplog.records]
    assert len(lines) == 3
    assert not [line for line in lines if secret in line or token in line]
    assert all(line.split(": /")[1].startswith(("transmission/…", "veille/…")) for line in lines)


def test_a_log_still_says_which_record_an_error_was_about():
    uid = uuid.uuid4()
    record = logging.makeLogRecord({"msg": f"Not Found: /seniors/{uid}/", "levelname": "WARNING"})
    assert Discreet("%(message)s").format(record) == f"Not Found: /seniors/{uid}/"


def test_a_form_set_aside_shows_nobody_else(client, agency):
    """The identity of a form of another agency, sent for one's own tenant, opens nothing of it."""
    _, device, (senior, *_) = agency
    _, colleague, (stranger,) = make_agency(1)
    theirs = send(stranger, colleague, {"present.senior": 1, "known.door": "PORTE-SECRETE"})
    form = make_form(senior, uid=str(theirs.form.uid))
    assert answered(client, sealed(device, form)) == 409
    aside = AsideForm.objects.get()
    page = client.get(reverse("visits:aside-show", args=[aside.pk]))
    assert page.status_code == 200
    assert "PORTE-SECRETE" not in page.content.decode()


@pytest.mark.parametrize(("consent", "kept"), [({}, False), ({"consent.health": 0}, False),
                                               ({"consent.health": 1}, True)])  # fmt: skip
def test_a_form_set_aside_keeps_health_with_her_yes_only(agency, consent, kept):
    officer, _, (senior, *_) = agency
    first = send(senior, officer, {"present.senior": 1})
    with pytest.raises(Conflict):
        send(senior, officer, {"item.falls": 1, **consent}, uid=str(first.form.uid))
    assert ("item.falls" in AsideForm.objects.get().content) is kept


# Pictures


def picture(form: str = "JPEG", **saved) -> bytes:
    out = BytesIO()
    Image.new("RGB", (64, 48), "red").save(out, form, **saved)
    return out.getvalue()


def test_the_pictures_of_a_form_let_go_are_let_go_too(client, agency):
    senior = agency[2][0]
    client.post(
        reverse("visits:photo-add", args=[senior.uid, "bathroom"]),
        picture(),
        content_type="image/jpeg",
    )
    path = photos.path_of(Photo.objects.get())
    assert path.exists()
    client.post(reverse("visits:form-discard", args=[senior.uid]))
    assert not Photo.objects.exists()
    assert not path.exists()


@given(damage=st.lists(st.tuples(st.integers(0, 399), st.integers(0, 255)), min_size=1, max_size=8),
       form=st.sampled_from(["JPEG", "PNG", "WEBP"]), cut=st.integers(20, 5000))  # fmt: skip
@settings(max_examples=200)
def test_a_damaged_picture_is_redrawn_or_refused_never_an_error(damage, form, cut):
    exif = Image.Exif()
    exif[0x0112], exif[0x8825], exif[0x010E] = 6, {1: "N", 2: (48.0, 1.0, 2.0)}, "x" * 50
    broken = bytearray(picture(form, exif=exif)[:cut])
    for place, value in damage:
        broken[place % len(broken)] = value
    with suppress(photos.PhotoRefusal):
        assert photos.redrawn(bytes(broken)).startswith(b"\xff\xd8")


def test_nothing_hidden_in_a_picture_stays():
    exif = Image.Exif()
    exif[0x010E] = "SECRET-PLACE"
    sent = picture(exif=exif, comment=b"SECRET-WORDS") + b"<script>alert(1)</script>PK\x03\x04"
    kept = photos.redrawn(sent)
    assert not [one for one in (b"SECRET", b"<script", b"PK\x03") if one in kept]


@pytest.mark.parametrize("sent", [b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"%PDF-1.4",
                                  b"GIF89a" + bytes(60), b"BM" + bytes(60)])  # fmt: skip
def test_what_is_no_photograph_is_refused(sent):
    with pytest.raises(photos.PhotoRefusal):
        photos.redrawn(sent)


def test_a_picture_that_unfolds_to_billions_of_points_is_refused_by_its_header():
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 60_000, 60_000, 1, 0, 0, 0, 0))
    bomb = b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", compress(bytes(10_000_000)))
    with pytest.raises(photos.PhotoRefusal):
        photos.redrawn(bomb + chunk(b"IEND", b""))


# Another agency's people, by any address


@dataclass
class Held:
    """One row of each kind about two people of an agency, and their officer."""

    officer: User
    senior: Senior
    expected: Senior
    appointment: Appointment
    action: Action
    signal: Signal
    link: WatchLink
    pause: Mute
    form: VisitForm
    clash: Clash
    aside: AsideForm
    photo: Photo


@pytest.fixture
def held():
    action = make_action(state=State.REQUESTED)
    senior = action.senior
    Senior.objects.filter(pk=senior.pk).update(last_name="SECRET-NAME")
    officer = make_user(Role.OFFICER, territory_of(senior))
    colleague = make_user(Role.OFFICER, territory_of(senior))
    form = send(senior, officer, {"present.senior": 1, "known.door": "A"}).form
    send(senior, colleague, {"present.senior": 1, "known.door": "B"})
    with pytest.raises(Conflict):
        send(senior, officer, {"present.senior": 1}, uid=str(form.uid))
    home = senior.dwelling.residence
    expected = make_senior(make_dwelling(home), last_name="SECRET-NAME")
    day = timezone.localdate() + timedelta(days=9)
    # Within what a phone keeps, whatever the day of the week.
    soon = (timezone.localdate() + timedelta(days=days) for days in range(1, 7))
    return Held(
        officer=officer,
        senior=senior,
        expected=expected,
        appointment=planning.plan(
            expected,
            officer=officer,
            day=next(one for one in soon if is_worked(one)),
            slot="morning",
            by=officer,
        ),
        action=action,
        signal=watch.report(
            officer, form_uid=uuid.uuid4(), kind="fall", urgency="now", senior=senior
        ),
        link=watch.make_link(home, label="", expires_on=day, by=officer),
        pause=mutes.mute(senior, why="officer", by=officer),
        form=form,
        clash=Clash.objects.get(),
        aside=AsideForm.objects.get(),
        photo=photos.store(
            picture(), uid=uuid.uuid4(), form_uid=form.uid, senior=senior, room="toilet", by=officer
        )[0],
    )


def doors_of(held: Held) -> list[tuple[str, dict]]:
    """Every address that names one of these rows, and what one would send there."""
    at, uid, monday = reverse, held.senior.uid, coming_monday().isoformat()
    tells = {"kind": "fall", "urgency": "now", "form_uid": uuid.uuid4(), "reporter": "officer"}
    tells |= {"seen_on": timezone.localdate()}
    agreement, home = held.action.agreements.get(), held.senior.dwelling.residence_id
    doors = [
        (at("seniors:senior-show", args=[uid]), {}),
        (at("visits:form-fill", args=[uid]), {}),
        (at("visits:form-save", args=[uid]) + "?champ=known.door", {"known.door": "X"}),
        (at("visits:form-review", args=[uid]), {}),
        (at("visits:form-discard", args=[uid]), {}),
        (at("visits:photo-add", args=[uid, "toilet"]), {}),
        (at("visits:form-receipt", args=[held.form.uid]), {}),
        (at("visits:photo-show", args=[held.photo.uid]), {}),
        (at("visits:clash-settle", args=[held.clash.pk]), {"keep": held.clash.second_id}),
        (at("visits:aside-show", args=[held.aside.pk]), {}),
        (at("visits:action-withdraw", args=[agreement.pk]), {}),
        (at("visits:action-need-close", args=[held.action.need.uid]), {}),
        (at("visits:action-new") + f"?senior={uid}", {"kind": held.action.kind_id}),
        (at("visits:action-step", args=[held.action.uid]), {"to": "cancelled", "note": "x"}),
        (at("visits:signal-new") + f"?senior={uid}", tells),
        (at("visits:signal-new") + f"?residence={home}", tells),
        (at("visits:signal-match", args=[held.signal.uid]), {"senior": uid}),
        (at("visits:signal-close", args=[held.signal.uid]), {"outcome": "fine"}),
        (at("visits:signal-link-new", args=[home]), {"expires_on": monday}),
        (at("visits:week-move", args=[held.appointment.uid]), {"day": monday, "slot": "afternoon"}),
        (at("visits:week-plan"), {"senior": uid, "day": monday, "slot": "morning"}),
        (
            at("visits:week-outcome"),
            {"appointment": held.appointment.uid, "outcome": "absent"},
        ),
        (at("visits:week-outcome-undo"), {"visit": held.form.visit.uid}),
        (at("visits:mute-lift", args=[held.pause.pk]), {}),
    ]
    plain = {
        held.action.uid: ("action-show", "action-paper", "action-link"),
        held.action.partner.uid: ("partner-show", "partner-edit", "partner-close",
                                  "partner-attendance"),
        held.signal.uid: ("signal-show", "signal-take", "signal-reopen"),
        held.link.uid: ("signal-link-revoke", "signal-link-poster", "signal-link-cards"),
        held.appointment.uid: ("week-cancel", "week-letter", "week-event"),
    }  # fmt: skip
    doors += [(at(f"visits:{name}", args=[key]), {}) for key, names in plain.items()
              for name in names]  # fmt: skip
    if held.officer.territories.exists():  # her own week stays hers, empty
        week = ("show", "calendar", "letters", "round", "order", "set-order")
        doors += [(at(f"visits:week-{one}") + f"?pour={held.officer.pk}", {}) for one in week]
    return doors


def rows() -> dict[str, list]:
    """All that the visits and the consents hold."""
    kinds = [*apps.get_app_config("visits").get_models(), Consent, Observation, Senior, AccessLog]
    return {one.__name__: list(one.objects.order_by("pk").values()) for one in kinds}


@pytest.mark.parametrize("who", ["stranger", "manager", "evaluator", "taken away"])
def test_nothing_of_another_agency_opens_changes_or_is_named(client, held, who):
    """The last one was their officer, until this territory was taken away from her."""
    elsewhere = make_territory()
    if who == "taken away":
        user = held.officer
        user.territories.clear()
    elif who == "evaluator":
        user = make_user(Role.EVALUATOR, territory_of(held.senior))
    else:
        user = make_user(Role.OFFICER if who == "stranger" else Role.MANAGER, elsewhere)
    client.force_login(user)
    before = rows()
    for address, said in doors_of(held):
        for answer in (client.get(address), client.post(address, said)):
            assert answer.status_code in (403, 404, 405), address
            assert b"SECRET-NAME" not in answer.content
    pages = ["", "actions/?state=all", "signalements/", "signalements/?clos", "visites/semaine/",
             "signalements/liens/", "visites/fiche/", "visites/fiche/a-trancher/", "partenaires/",
             "actions/logements/", "visites/semaine/departs/"]  # fmt: skip
    for page in pages:
        said = client.get(f"/{page}").content.decode()
        assert "SECRET-NAME" not in said
        assert held.action.partner.name not in said
    assert rows() == before


def test_the_day_of_a_phone_holds_nobody_of_a_territory_taken_away(client, held):
    device = phones.enrol(held.officer, "Téléphone")
    client.force_login(held.officer)
    address = f"/visites/terrain/jour/?appareil={device.uid}"
    assert "SECRET-NAME" in json.dumps(opened(device, client.get(address).json()))
    held.officer.territories.clear()
    assert "SECRET-NAME" not in json.dumps(opened(device, client.get(address).json()))


def test_the_pictures_of_a_form_come_after_the_leave_is_over(client):
    """Sent with the form, or days after: the colleague stood in when the visit was made."""
    week = make_week(1)
    senior = week.entries.get().senior
    colleague = make_user(Role.OFFICER, make_territory())
    day = timezone.localdate() - timedelta(days=3)
    Cover.objects.create(
        officer=week.officer, colleague=colleague, starts_on=day, ends_on=day, created_by=colleague
    )
    form = send(senior, colleague, days_ago=3).form
    sent = {"uid": str(uuid.uuid4()), "form_uid": str(form.uid), "senior": str(senior.uid)}
    image = base64.b64encode(picture()).decode()
    kept, is_new = photos.receive(sent | {"room": "toilet", "image": image}, by=colleague)
    assert (is_new, kept.senior) == (True, senior)
    with pytest.raises(Refused):
        photos.receive(
            sent | {"uid": str(uuid.uuid4()), "form_uid": str(uuid.uuid4()), "image": image},
            by=colleague,
        )


def test_reading_changes_nothing_but_the_journal(client, held):
    """A browser that fetches ahead, or a mail reader that opens links, must do no harm."""
    client.force_login(held.officer)
    _, secret = referrals.make_link(held.action, by=held.officer)
    token = watch.token_of(held.link)
    addresses = [address for address, _ in doors_of(held)]
    addresses += [f"/veille/{token}/", f"/veille/{token}/envoi/", f"/veille/{token}/merci/",
                  f"/transmission/{secret}/", f"/transmission/{secret}/reponse/"]  # fmt: skip
    before = rows()
    for address in addresses:
        response = client.get(address)
        if response.streaming:  # read to its end, it closes its file
            list(response.streaming_content)
    journals = ("AccessLog", "ReferralRead")
    assert {name for name, now in rows().items() if now != before[name]} <= {*journals}


@pytest.mark.parametrize("name", sorted(name for name, allowed in TABLE.items() if allowed))
def test_another_site_can_post_nothing_in_the_name_of_who_is_logged_in(name):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(make_user(Role.ADMINISTRATOR))
    assert browser.post(_address(name)).status_code in (403, 405)
