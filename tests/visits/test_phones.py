"""Phones: keys, sealed forms that only the server opens, blocking, who sees which phone."""

import uuid

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from seniors.enums import Role
from tests.make import make_senior, make_territory, make_user
from tests.visits.phone_makers import make_form, opened, sealed
from visits.models import Device
from visits.phone import phones
from visits.phone.phones import PhoneRefusal

pytestmark = pytest.mark.django_db


def test_a_new_phone_has_keys_of_its_own():
    user = make_user()
    one, two = phones.enrol(user, " Téléphone de service "), phones.enrol(user, "")
    assert (one.label, two.label) == ("Téléphone de service", "Téléphone")
    assert one.key != two.key
    assert phones.public_key(one) != phones.public_key(two)


def test_an_evaluator_has_no_phone():
    with pytest.raises(PhoneRefusal) as refused:
        phones.enrol(make_user(Role.EVALUATOR), "x")
    assert refused.value.code == "role"


def test_a_sixth_phone_waits_until_one_is_blocked():
    user = make_user()
    first, *_ = [phones.enrol(user, str(n)) for n in range(phones.MOST_DEVICES)]
    with pytest.raises(PhoneRefusal) as refused:
        phones.enrol(user, "de trop")
    assert refused.value.code == "too_many"
    phones.revoke(first, user)
    assert phones.enrol(user, "le suivant")


class Sealing(TestCase):
    """What was sealed comes out the same, whatever it holds."""

    @settings(max_examples=30)
    @given(st.dictionaries(st.text(), st.integers() | st.text()))
    def test_a_sealed_form_opens_to_what_it_was(self, content):
        device = phones.enrol(make_user(), "x")
        form = {"uid": str(uuid.uuid4()), "content": content}
        assert phones.open_sealed(device, sealed(device, form)) == form


@pytest.mark.parametrize("part", ["uid", "epk", "iv", "box"])
def test_a_form_changed_on_its_way_is_refused(part):
    device = phones.enrol(make_user(), "x")
    form = make_form(make_senior())
    right, other = sealed(device, form), sealed(device, make_form(make_senior()))
    for wrong in (other[part], "", "é", None, right["box"][:-8]):
        with pytest.raises(PhoneRefusal) as refused:
            phones.open_sealed(device, right | {part: wrong})
        assert refused.value.code == "unreadable"
    assert phones.open_sealed(device, right) == form


def test_a_form_does_not_open_as_a_photo_nor_on_another_phone():
    user = make_user()
    device, other = phones.enrol(user, "x"), phones.enrol(user, "y")
    right = sealed(device, make_form(make_senior()))
    for wrong in ((device, "photo"), (other, "form")):
        with pytest.raises(PhoneRefusal):
            phones.open_sealed(wrong[0], right, wrong[1])


def test_the_uid_inside_is_the_one_outside():
    device = phones.enrol(make_user(), "x")
    form = make_form(make_senior())
    shell = sealed(device, form | {"uid": form["uid"]})
    inside = sealed(device, form) | {"uid": str(uuid.uuid4())}
    assert phones.open_sealed(device, shell) == form
    with pytest.raises(PhoneRefusal):
        phones.open_sealed(device, inside)


def test_the_day_opens_with_the_key_of_its_phone():
    device = phones.enrol(make_user(), "x")
    assert opened(device, phones.shut(device, {"people": ["é"]})) == {"people": ["é"]}


def test_a_blocked_phone_still_sends_what_it_sealed_and_gets_no_key():
    user = make_user()
    device = phones.enrol(user, "x")
    form = make_form(make_senior())
    shut = sealed(device, form)
    phones.revoke(device, user)
    device.refresh_from_db()
    assert phones.open_sealed(device, shut) == form
    with pytest.raises(PhoneRefusal) as refused:
        phones.key_again(device, typed_lately=True)
    assert refused.value.code == "revoked"


def test_blocking_twice_keeps_the_first_and_opening_again_gives_the_same_key():
    user, manager = make_user(), make_user(Role.ADMINISTRATOR)
    device = phones.enrol(user, "x")
    phones.revoke(device, user)
    phones.revoke(device, manager)
    device.refresh_from_db()
    assert device.revoked_by == user
    phones.restore(device, manager)
    device.refresh_from_db()
    assert phones.key_again(device, typed_lately=True) == device.key


def test_a_key_is_not_given_without_end():
    device = phones.enrol(make_user(), "x")
    for _ in range(phones.MOST_KEYS):
        phones.key_again(device, typed_lately=True)
    with pytest.raises(PhoneRefusal) as refused:
        phones.key_again(device, typed_lately=True)
    assert refused.value.code == "too_often"


def test_who_sees_which_phone():
    """One's own; a manager those of her territories; an administrator all."""
    here, elsewhere = make_territory(), make_territory()
    officer, colleague = make_user(Role.OFFICER, here), make_user(Role.OFFICER, here)
    manager = make_user(Role.MANAGER, here)
    stranger = make_user(Role.MANAGER, elsewhere)
    for user in (officer, colleague, manager, stranger):
        phones.enrol(user, user.username)
    seen = {
        user: set(phones.visible_devices(user).values_list("label", flat=True))
        for user in (officer, manager, stranger, make_user(Role.ADMINISTRATOR))
    }
    assert list(seen.values()) == [
        {officer.username},
        {officer.username, colleague.username, manager.username},
        {stranger.username},
        set(Device.objects.values_list("label", flat=True)),
    ]
