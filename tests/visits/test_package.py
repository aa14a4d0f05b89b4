"""The day kept on a phone: who is in it, in which order, what is said, how heavy and how long."""

import json
import uuid
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from seniors.enums import ConsentKind, Role, Source
from seniors.fragility.items import ITEMS
from seniors.models import AccessLog, Consent, Dwelling, Merge, Objection, Observation, Senior
from tests.make import make_senior, make_territory, make_user
from tests.visits.acting import make_partner
from tests.visits.makers import make_agency, make_list
from tests.visits.sending import send
from tests.visits.weekly import make_week, people_of
from visits.agenda import tray
from visits.enums import Family, Slot
from visits.home import waiting_for
from visits.lists.listing import publish_list
from visits.models import Appointment, Cover, Mute, Need, Signal, Visit
from visits.phone import phones
from visits.phone.package import MOST_PEOPLE, package_of

pytestmark = pytest.mark.django_db


def today() -> date:
    return timezone.localdate()


def make_published(people: int = 6, capacity: int = 3, **fields):
    """An officer whose published list covers today, and the list."""
    territory, officer, seniors = make_agency(people, **fields)
    monday = today() - timedelta(days=today().weekday())
    made = make_list(territory, officer, capacity=capacity, starts_on=monday)
    made.ends_on = monday + timedelta(days=6)
    made.save()
    publish_list(made, by=officer)
    return officer, made, seniors


def make_appointment(senior, officer, *, days: int = 0, **fields) -> Appointment:
    fields = {"slot": Slot.MORNING, "day": today() + timedelta(days=days)} | fields
    return Appointment.objects.create(senior=senior, officer=officer, created_by=officer, **fields)


def names(package: dict) -> list[str]:
    return [one["uid"] for one in package["people"]]


def test_the_round_comes_first_then_the_list_then_the_days_to_come():
    officer, made, seniors = make_published()
    first, second, third = [entry.senior for entry in made.entries.all()]
    outside = next(one for one in seniors if one not in (first, second, third))
    make_appointment(third, officer, slot=Slot.AFTERNOON, position=1)
    make_appointment(outside, officer, slot=Slot.MORNING, position=2)
    make_appointment(first, officer, days=2)
    expected = [outside, third, second, first]
    assert names(package_of(officer)) == [str(one.uid) for one in expected]


def test_a_cancelled_appointment_is_not_one():
    officer, *_ = make_published(capacity=1)
    other = make_senior(make_agency(1)[2][0].dwelling)
    make_appointment(other, officer, cancelled_at=timezone.now(), cancelled_by=officer)
    assert str(other.uid) not in names(package_of(officer))


def test_only_people_of_the_officers_territories_are_kept():
    """An appointment left behind by a move to another agency gives nothing away."""
    officer, *_ = make_published(capacity=1)
    elsewhere = make_senior()
    make_appointment(elsewhere, officer)
    package = package_of(officer)
    assert len(package["people"]) == 1
    assert elsewhere.last_name in json.dumps(package)  # they share a name in these tests
    assert str(elsewhere.uid) not in json.dumps(package)


def test_a_colleagues_list_is_not_in_it():
    officer, made, _ = make_published()
    colleague = make_user(Role.OFFICER, made.territories.get())
    assert package_of(colleague)["people"] == []
    assert len(package_of(officer)["people"]) == 3


def test_who_stands_in_for_a_colleague_has_her_round():
    officer, made, _ = make_published()
    colleague = make_user(Role.OFFICER, made.territories.get())
    cover = Cover.objects.create(
        officer=officer, colleague=colleague, created_by=officer,
        starts_on=today(), ends_on=today(),
    )  # fmt: skip
    make_appointment(made.entries.first().senior, officer)
    assert names(package_of(colleague)) == names(package_of(officer))
    cover.delete()
    assert names(package_of(colleague)) == []


def test_a_number_to_confirm_is_written_by_pairs():
    officer, made, _ = make_published(capacity=1)
    Senior.objects.filter(pk=made.entries.get().senior_id).update(phone="+33298123456")
    [one] = package_of(officer)["people"]
    assert one["known"]["phone"][0].replace("\u00a0", " ") == "02 98 12 34 56"


def test_what_a_visit_corrected_comes_with_the_day_of_the_visit():
    officer, made, _ = make_published(capacity=1, phone="02 98 00 11 22")
    senior = made.entries.get().senior
    Dwelling.objects.filter(pk=senior.dwelling_id).update(floor=2, has_lift=True)
    send(senior, officer, {"known.floor": 3, "known.lift": "ok"}, days_ago=1)
    package = package_of(officer)
    known = {
        name: (words, package["sources"][place])
        for name, (words, place) in package["people"][0]["known"].items()
    }
    day = f"{today() - timedelta(days=1):%d/%m/%Y}"
    assert known["floor"] == ("3e étage", f"corrigé en visite le {day}")
    assert known["lift"] == ("oui", f"confirmé en visite le {day}")
    assert known["phone"][1].startswith("dossier du bailleur")
    assert "3e étage" in package["people"][0]["access"]


def test_who_was_not_there_is_not_tried_again_too_soon():
    officer, made, _ = make_published(capacity=1)
    again = today() + timedelta(days=6)
    Visit.objects.create(
        senior=made.entries.get().senior, made_on=today() - timedelta(days=1), outcome="absent",
        made_by=officer, try_again_on=again,
    )  # fmt: skip
    [one] = package_of(officer)["people"]
    assert one["last"]["again"] == again.isoformat()


@pytest.mark.parametrize("until", [None, 0, 5])
def test_who_objects_is_left_out(until):
    officer, made, _ = make_published()
    senior = made.entries.first().senior
    end = None if until is None else today() + timedelta(days=until)
    Objection.objects.create(senior=senior, since=today(), until=end, reason="x")
    assert str(senior.uid) not in names(package_of(officer))


def test_who_is_left_in_peace_is_left_out_until_the_day():
    officer, made, _ = make_published()
    senior = made.entries.first().senior
    mute = Mute.objects.create(senior=senior, why="refused", since=today(), created_by=officer)
    assert str(senior.uid) not in names(package_of(officer))
    mute.since, mute.until = today() - timedelta(days=9), today() - timedelta(days=1)
    mute.save()
    assert str(senior.uid) in names(package_of(officer))


def test_who_refused_today_stays_in_sight_today():
    """What the officer just noted does not vanish from the round at the next refresh."""
    officer, made, _ = make_published()
    senior = made.entries.first().senior
    visit = Visit.objects.create(senior=senior, made_on=today(), outcome="refused", made_by=officer)
    Mute.objects.create(
        senior=senior, why="refused", since=today(), created_by=officer, visit=visit
    )
    [one] = [one for one in package_of(officer)["people"] if one["uid"] == str(senior.uid)]
    assert one["today"] == "refused"


def test_who_was_seen_on_another_day_of_the_list_is_done():
    officer, made, _ = make_published()
    entry = made.entries.first()
    visit = {"senior": entry.senior, "entry": entry, "made_by": officer}
    made_on = today() - timedelta(days=1)
    Visit.objects.create(**visit, made_on=made_on, outcome="absent")
    assert str(entry.senior.uid) in names(package_of(officer))
    Visit.objects.update(outcome="done")
    assert str(entry.senior.uid) not in names(package_of(officer))


@pytest.mark.parametrize("outcome", ["done", "absent"])
def test_a_visit_without_its_entry_settles_her_on_every_screen(outcome):
    """« Remplir une fiche » from her sheet names no entry: tray, phone and first page agree.

    Nobody opened yesterday: the phone keeps her, as she may be tried again within its days.
    """
    week = make_week(2, monday=today() - timedelta(days=1))
    hers, other = people_of(week)
    send(hers, week.officer, {}, days_ago=1, outcome=outcome)

    def shown(senior) -> list[bool]:
        placed = tray.to_place(week.officer, week.starts_on, week.ends_on)
        ways = (placed, waiting_for(week.officer)["next"])
        there = str(senior.uid) in names(package_of(week.officer))
        return [senior in [entry.senior for entry in way] for way in ways] + [there]

    assert shown(other) == [True] * 3
    assert shown(hers) == [False, False, outcome == "absent"]


def test_a_visit_before_the_list_began_leaves_her_to_see():
    week = make_week(1, monday=today() - timedelta(days=1))
    (hers,) = people_of(week)
    send(hers, week.officer, days_ago=3)
    assert names(package_of(week.officer)) == [str(hers.uid)]
    assert [entry.senior for entry in waiting_for(week.officer)["next"]] == [hers]


def test_a_merged_record_is_one_person():
    officer, made, seniors = make_published()
    absorbed = made.entries.first().senior
    kept = next(one for one in seniors if not made.entries.filter(senior=one).exists())
    absorbed.merged_into = kept
    absorbed.save()
    Merge.objects.create(kept=kept, absorbed=absorbed)
    Need.objects.create(senior=absorbed, code="bars", family=Family.ADAPTATION, found_on=today())
    [one] = [one for one in package_of(officer)["people"] if one["uid"] == str(kept.uid)]
    assert [code for code, _ in one["needs"]] == ["bars"]


def test_what_is_told_at_the_door_has_its_source_and_day():
    officer, made, _ = make_published(capacity=1)
    senior = made.entries.get().senior
    observed = date(2026, 3, 2)
    for kind in (ConsentKind.VISIT, ConsentKind.HEALTH):
        Consent.objects.create(
            senior=senior, kind=kind, given=True, decided_on=observed, wording="v", source="survey"
        )
    Observation.objects.create(
        uid=uuid.uuid4(), senior=senior, source=Source.SURVEY, observed_on=observed,
        values={"falls": 2, "lonely": 1},
    )  # fmt: skip
    Visit.objects.create(senior=senior, made_on=observed, outcome="unsafe", made_by=officer)
    Signal.objects.create(
        senior=senior, urgency="now", kind="fall", seen_on=today(), what="Une chute"
    )
    package = package_of(officer)
    [one] = package["people"]
    assert len(one["told"]) == 2
    assert {(origin, on) for _, _, origin, on in one["told"]} == {
        (Source.SURVEY.label, observed.isoformat())
    }
    assert one["last"] == {"on": "2026-03-02", "by": "Camille Bihan",
                           "outcome": "visite impossible sans danger"}  # fmt: skip
    assert "02/03/2026" in one["alerts"][0]
    assert "Une chute" in one["alerts"][1]
    assert one["consents"]["health"] == [True, "2026-03-02"]


def test_health_stays_out_without_the_consent():
    officer, made, _ = make_published(capacity=1)
    senior = made.entries.get().senior
    Observation.objects.create(
        uid=uuid.uuid4(), senior=senior, source=Source.VISIT, observed_on=today(),
        values={"falls": 2, "lonely": 1},
    )  # fmt: skip
    [one] = package_of(officer)["people"]
    assert len(one["told"]) == 1


def test_partners_are_those_at_work_where_its_people_live():
    officer, made, _ = make_published(capacity=1)
    territory = made.territories.get()
    officer.territories.add(other := make_territory())
    make_partner(name="ici", territory=territory).territories.add(other)
    make_partner(name="nulle part")
    make_partner(name="ailleurs", territory=other)
    make_partner(name="fermé", territory=territory, is_active=False)
    package = package_of(officer)
    [one] = package["partners"]
    assert (one["name"], one["kinds"], one["territories"]) == ("ici", ["home_help"], [territory.pk])
    assert package["people"][0]["territory"] == territory.pk


def test_the_rights_to_check_are_said_once_each_with_whom_and_what_is_missing():
    officer, made, _ = make_published(people=4, capacity=2)
    for entry in made.entries.all():
        Need.objects.create(
            senior=entry.senior, code="income", family=Family.RIGHTS, found_on=today()
        )
    package = package_of(officer)
    said = [[package["rights"][place] for place in one["rights"]] for one in package["people"]]
    assert said[0] == said[1]
    assert [line for line, asks in said[0] if "ASPA" in line and "ressources" in asks] == [
        "À vérifier avec la caisse de retraite\u00a0: Minimum vieillesse (ASPA)"
    ]
    assert len({tuple(one) for one in package["rights"]}) == len(package["rights"])


def test_each_reading_is_in_the_access_log():
    officer, *_ = make_published()
    package_of(officer)
    read = AccessLog.objects.filter(user=officer, gesture="package")
    assert read.values("senior").distinct().count() == 3


def test_it_expires_after_the_days_of_the_phone():
    officer, *_ = make_published(capacity=1)
    at = timezone.now()
    package = package_of(officer, at=at)
    assert package["expires_at"] == (at + timedelta(days=phones.FIELD_DAYS)).isoformat()


def queries_of(officer) -> int:
    with CaptureQueriesContext(
        connection,
    ) as done:
        package_of(officer)
    return len(done)


def test_one_person_or_thirty_cost_the_same_queries():
    one, *_ = make_published(people=2, capacity=1)
    thirty, *_ = make_published(people=32, capacity=30)
    assert queries_of(one) == queries_of(thirty) == 28


def _well_known(seniors, officer) -> None:
    """As much as is ever known: every item of the survey, needs, signals, visits."""
    day = date(2026, 3, 2)
    values = {code: item.high for code, item in ITEMS.items()}
    for kind in (ConsentKind.VISIT, ConsentKind.HEALTH):
        Consent.objects.bulk_create(
            Consent(senior=one, kind=kind, given=True, decided_on=day, wording="v", source="survey")
            for one in seniors
        )
    Observation.objects.bulk_create(
        Observation(
            uid=uuid.uuid4(), senior=one, source=Source.SURVEY, observed_on=day, values=values
        )
        for one in seniors
    )
    Visit.objects.bulk_create(
        Visit(senior=one, made_on=day, outcome="absent", made_by=officer) for one in seniors
    )
    Signal.objects.bulk_create(
        Signal(senior=one, urgency="soon", kind="fall", seen_on=day, what="Une chute")
        for one in seniors
    )


def test_sixty_people_well_known_weigh_little():
    """The bar: 300 kB in clear. The time it takes is measured by the bench."""
    officer, _, seniors = make_published(people=70, capacity=66)
    _well_known(seniors, officer)
    package = package_of(officer)
    assert (len(package["people"]), package["left_out"]) == (MOST_PEOPLE, 6)
    assert len(json.dumps(package, ensure_ascii=False).encode()) <= 300_000
    device = phones.enrol(officer, "x")
    assert len(json.dumps(phones.shut(device, package))) <= 60_000
