"""The door of the signals: links, what is kept once, who answers, what came of it."""

import uuid
from datetime import date, timedelta

import pytest
from django.core import signing
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from seniors.enums import Role, Source
from seniors.models import AccessLog, Observation
from tests.make import make_dwelling, make_residence, make_senior, make_territory, make_user
from tests.visits.makers import make_agency, make_list
from visits.field_watch import watch
from visits.field_watch.knocks import BY_ADDRESS, BY_LINK, let_in
from visits.field_watch.watch import NoSuchLink, WatchRefusal
from visits.lists.listing import discard_list
from visits.models import Need, Signal, WatchKnock, WatchLink

pytestmark = pytest.mark.django_db
NIR = "2 40 05 29 019 123 45"


def make_link(residence=None, **fields) -> WatchLink:
    """A link that opens for a year."""
    residence = residence or make_residence()
    by = make_user(Role.OFFICER, residence.territory)
    expires_on = timezone.localdate() + timedelta(days=365)
    return watch.make_link(residence, **{"label": "", "expires_on": expires_on, "by": by} | fields)


def seen(origin, **fields) -> Signal:
    """A report of a new form."""
    fields = {"form_uid": uuid.uuid4(), "kind": "mail", "urgency": "soon"} | fields
    return watch.report(origin, **fields)


def refusal(gesture, *args, **fields) -> str:
    """The code of the refusal of a gesture."""
    with pytest.raises(WatchRefusal) as raised:
        gesture(*args, **fields)
    assert str(raised.value)
    return raised.value.code


# Links


def test_link_is_found_by_its_token_until_its_last_day():
    link = make_link(expires_on=timezone.localdate())
    assert watch.link_of(watch.token_of(link)) == link


def closed_tokens() -> dict[str, str]:
    """Tokens that open nothing, each for its own reason."""
    revoked, expired, gone = make_link(), make_link(), make_link()
    watch.revoke(revoked, by=revoked.created_by)
    WatchLink.objects.filter(pk=expired.pk).update(
        expires_on=timezone.localdate() - timedelta(days=1)
    )
    tokens = {"revoked": watch.token_of(revoked), "expired": watch.token_of(expired)}
    tokens |= {"gone": watch.token_of(gone)}
    gone.delete()
    right = watch.token_of(make_link())
    other = signing.Signer(salt="elsewhere", sep=".").sign(right.rpartition(".")[0])
    return tokens | {
        "other salt": other,
        "cut": right[:-1],
        "changed": ("B" if right[0] == "A" else "A") + right[1:],
        "empty": "",
        "junk": "é\x00.%",
        "signed junk": signing.Signer(salt="visits.watch", sep=".").sign("not-a-uid"),
    }


def test_forged_expired_revoked_and_unknown_tokens_open_nothing():
    for token in closed_tokens().values():
        with pytest.raises(NoSuchLink):
            watch.link_of(token)


def test_poster_in_a_hall_opens_whatever_becomes_of_the_code():
    """Signed as the first posters were: neither a module moved nor a name changed closes them."""
    link = make_link()
    printed = signing.Signer(salt="visits.watch", sep=".").sign(watch.token_of(link).split(".")[0])
    assert watch.link_of(printed) == link


def test_revoking_twice_keeps_the_first():
    link = make_link()
    watch.revoke(link, by=link.created_by)
    first = WatchLink.objects.get(pk=link.pk).revoked_at
    watch.revoke(link, by=make_user())
    assert WatchLink.objects.get(pk=link.pk).revoked_at == first


@pytest.mark.parametrize("days", [-1, 4 * 366])
def test_link_ends_in_the_three_coming_years(days):
    expires_on = timezone.localdate() + timedelta(days=days)
    residence = make_residence()
    assert refusal(make_link, residence, expires_on=expires_on) == "expires"
    assert not WatchLink.objects.exists()


def test_number_is_not_kept_in_the_label_of_a_link():
    assert refusal(make_link, label=NIR) == "nir"


# Reporting


def test_what_one_of_us_corrects_after_back_is_kept():
    """Said « enregistré », it is: the day and who saw it count like the rest."""
    senior = make_senior()
    officer = make_user(Role.OFFICER, senior.dwelling.residence.territory)
    first = {"form_uid": uuid.uuid4(), "kind": "fall", "urgency": "soon", "senior": senior}
    first |= {"reporter": "officer", "seen_on": timezone.localdate()}
    earlier = timezone.localdate() - timedelta(days=10)
    for change in ({}, {}, {"seen_on": earlier}, {"reporter": "neighbour"}, {}):
        made = watch.report(officer, **first | change)
        assert all(getattr(made, name) == said for name, said in change.items())
    assert Signal.objects.count() == 3


def test_same_form_sent_twice_counts_once():
    link, form = make_link(), uuid.uuid4()
    assert seen(link, form_uid=form) == seen(link, form_uid=form)
    assert Signal.objects.count() == WatchKnock.objects.count() == 1


def test_form_corrected_after_back_is_another_signal():
    link, form = make_link(), uuid.uuid4()
    seen(link, form_uid=form, urgency="soon")
    seen(link, form_uid=form, urgency="now")
    assert Signal.objects.count() == 2


class Resent(TestCase):
    """Any order of sendings, any repetition."""

    @settings(max_examples=25)
    @given(st.lists(st.tuples(st.integers(0, 1), st.sampled_from(["now", "soon"])), max_size=8))
    def test_signals_are_the_distinct_contents(self, sendings):
        link, forms = make_link(), [uuid.uuid4(), uuid.uuid4()]
        for form, urgency in sendings:
            seen(link, form_uid=forms[form], urgency=urgency)
        assert link.signals.count() == len(set(sendings))


def test_link_says_the_residence_and_nobody_is_named():
    link = make_link()
    make_senior(make_dwelling(link.residence))
    made = seen(link, reporter="caretaker", whereabouts="3e étage")
    assert (made.residence, made.dwelling, made.senior) == (link.residence, None, None)
    assert (made.what, made.seen_on) == ("courrier qui s’accumule", timezone.localdate())
    assert (made.recorded_by, made.reporter) == (None, "caretaker")
    assert not Observation.objects.exists()


def test_officer_reports_for_someone_and_leaves_her_observation():
    senior = make_senior()
    officer = make_user(Role.OFFICER, senior.dwelling.residence.territory)
    made = seen(officer, senior=senior, words="Volets fermés", seen_on=timezone.localdate())
    left = Observation.objects.get()
    assert (left.senior, left.source, left.values) == (senior, Source.SIGNAL, {})
    assert left.observed_on == made.seen_on
    assert (made.what, made.reporter, made.recorded_by) == ("Volets fermés", "officer", officer)
    assert AccessLog.objects.get(user=officer).gesture == "signal-record"


def test_something_else_needs_words():
    assert refusal(seen, make_link(), kind="other") == "words"
    assert seen(make_link(), kind="other", words="Une fuite").what == "Une fuite"


@pytest.mark.parametrize(
    "fields",
    [
        {"words": f"Elle a le numéro {NIR}"},
        {"whereabouts": NIR},
        {"words": "Il a la maladie d’Alzheimer"},
    ],
)
def test_what_is_never_stored_is_refused_and_nothing_is_kept(fields):
    link = make_link()
    assert refusal(seen, link, **fields) in {"nir", "diagnosis"}
    assert not Signal.objects.exists()
    assert not WatchKnock.objects.exists()


@pytest.mark.parametrize("days", [1, -61])
def test_day_is_of_the_last_two_months(days):
    senior = make_senior()
    day = timezone.localdate() + timedelta(days=days)
    assert refusal(seen, make_user(), senior=senior, seen_on=day) == "seen_on"


# Limits


def test_link_takes_so_many_reports_an_hour():
    link = make_link()
    for n in range(BY_LINK):
        seen(link, address=f"192.0.2.{n}")
    assert refusal(seen, link, address="192.0.2.200") == "too_many"
    assert Signal.objects.count() == BY_LINK
    assert seen(make_link(), address="192.0.2.200")


def test_place_of_the_network_sends_so_many_reports_an_hour_through_all_links():
    for _ in range(BY_ADDRESS):
        seen(make_link(), address="192.0.2.1")
    assert refusal(seen, make_link(), address="192.0.2.1") == "too_many"
    assert seen(make_link(), address="192.0.2.2")


def test_ipv6_network_counts_as_one_place():
    for n in range(BY_ADDRESS):
        seen(make_link(), address=f"2001:db8:0:1::{n}")
    assert refusal(seen, make_link(), address="2001:db8:0:1:ffff::1") == "too_many"
    assert seen(make_link(), address="2001:db8:0:2::1")


def test_refused_report_does_not_prolong_the_wait_and_an_hour_frees():
    link = make_link()
    for _ in range(BY_ADDRESS + 5):
        let_in(link, "192.0.2.1")
    assert WatchKnock.objects.count() == BY_ADDRESS
    WatchKnock.objects.update(at=timezone.now() - timedelta(minutes=61))
    assert seen(link, address="192.0.2.1")
    assert WatchKnock.objects.count() == 1  # what is past is not kept


def test_where_it_came_from_cannot_be_read_back():
    seen(make_link(), address="192.0.2.1")
    assert "192" not in WatchKnock.objects.get().address


def test_colleague_who_enters_signals_is_not_limited():
    officer, senior = make_user(), make_senior()
    for _ in range(BY_ADDRESS + 1):
        seen(officer, senior=senior)
    assert Signal.objects.count() == BY_ADDRESS + 1


# Answering


def test_two_who_take_at_once_the_second_is_told():
    made, first, second = seen(make_link()), make_user(first_name="Ana"), make_user()
    watch.take(made, by=first)
    assert refusal(watch.take, made, by=second) == "taken"
    assert watch.take(made, by=second, instead_of=first).taken_by == second
    at = Signal.objects.get().taken_at
    assert watch.take(made, by=second).taken_at == at


def test_match_is_a_persons_gesture_and_may_be_corrected_until_it_is_closed():
    link = make_link()
    one, other = (make_senior(make_dwelling(link.residence)) for _ in range(2))
    made = seen(link)
    by = link.created_by
    watch.match(made, one, by=by)
    watch.match(made, other, by=by)
    watch.close(made, outcome="fine", by=by)
    assert [left.senior for left in Observation.objects.all()] == [other]
    assert refusal(watch.match, made, one, by=by) == "closed"
    told = AccessLog.objects.filter(senior=one).values_list("gesture", flat=True)
    assert sorted(told) == ["signal-match", "signal-unmatch"]


def test_signal_keeps_a_place_when_the_person_is_taken_back():
    link, senior = make_link(), make_senior()
    made = watch.match(seen(link), senior, by=link.created_by)
    assert watch.match(made, None, by=link.created_by).senior is None
    placeless = Signal.objects.create(
        senior=senior, urgency="soon", what="x", seen_on=timezone.localdate()
    )
    assert refusal(watch.match, placeless, None, by=link.created_by) == "nowhere"


def test_signal_of_a_dwelling_weighs_on_a_list_once_a_person_says_who_it_is_about():
    territory, officer, seniors = make_agency(3)
    signal = seen(officer, dwelling=seniors[0].dwelling, urgency="now")
    first = make_list(territory, officer)
    assert not first.entries.filter(why="urgent").exists()
    discard_list(first)
    watch.match(signal, seniors[0], by=officer)
    urgent = make_list(territory, officer).entries.get(why="urgent")
    assert urgent.senior == seniors[0]


def test_outcome_is_required_and_a_need_goes_with_someone():
    link = make_link()
    senior = make_senior(make_dwelling(link.residence))
    made, by = seen(link), link.created_by
    assert refusal(watch.close, made, outcome="", by=by) == "outcome"
    assert refusal(watch.close, made, outcome="need", by=by) == "needs"
    assert refusal(watch.close, made, outcome="need", needs=["bars"], by=by) == "who"
    watch.match(made, senior, by=by)
    assert refusal(watch.close, made, outcome="fine", needs=["bars"], by=by) == "needs"
    assert Signal.objects.get().closed_on is None
    closed = watch.close(made, outcome="need", needs=["bars", "company"], by=by)
    assert (closed.closed_by, closed.taken_by) == (by, by)
    assert sorted(Need.objects.values_list("code", "signal", "senior")) == [
        ("bars", made.pk, senior.pk),
        ("company", made.pk, senior.pk),
    ]
    assert refusal(watch.close, made, outcome="fine", by=by) == "closed"


@pytest.mark.parametrize(("outcome", "left"), [("mistaken", 0), ("unreached", 1), ("fine", 1)])
def test_closing_leaves_the_observation_save_for_a_mistake(outcome, left):
    link = make_link()
    made = watch.match(seen(link), make_senior(), by=link.created_by)
    watch.close(made, outcome=outcome, by=link.created_by)
    assert Observation.objects.count() == left


def test_signal_closed_too_soon_is_reopened_and_closed_again():
    senior, officer = make_senior(), make_user()
    made = seen(officer, senior=senior)
    watch.close(made, outcome="need", needs=["bars"], by=officer)
    again = watch.reopen(made, by=officer)
    assert (again.closed_on, again.outcome) == (None, "")
    watch.close(made, outcome="known", by=officer)
    assert Observation.objects.count() == Need.objects.count() == 1


def test_urgent_signals_are_seen_by_whom_they_concern():
    link = make_link()
    here = link.residence.territory
    senior = make_senior(make_dwelling(link.residence))
    hall = seen(link, urgency="now")
    known = watch.match(seen(link, urgency="now"), senior, by=link.created_by)
    seen(link, urgency="soon")
    watch.close(seen(link, urgency="now"), outcome="fine", by=link.created_by)

    def urgent(role, *territories):
        return list(watch.open_urgent(make_user(role, *territories)))

    elsewhere = make_territory()
    assert urgent(Role.OFFICER, here) == urgent(Role.MANAGER, here) == [hall, known]
    assert urgent(Role.ADMINISTRATOR) == [hall, known]
    assert urgent(Role.OFFICER, elsewhere) == urgent(Role.EVALUATOR, here) == []
    senior.dwelling = make_dwelling(make_residence(elsewhere))
    senior.save()
    assert urgent(Role.OFFICER, here) == [hall]
    assert urgent(Role.OFFICER, elsewhere) == [known]


def test_signal_about_an_absorbed_record_is_that_of_the_person_kept():
    kept = make_senior()
    absorbed = make_senior(ended_on=date(2026, 1, 1), end="left", merged_into=kept)
    signal = seen(make_user(), senior=absorbed, urgency="now")
    officer = make_user(Role.OFFICER, kept.dwelling.residence.territory)
    assert list(watch.open_urgent(officer)) == [signal]
