"""What is noted of dwellings, the levels kept, what works and visits would prove."""

import uuid
from datetime import date

import pytest
from django.utils import timezone

from seniors.enums import ConsentKind, Role, Source
from seniors.models import Consent, Dwelling, ImportRun
from tests.make import make_dwelling, make_residence, make_senior, make_user
from tests.visits.acting import ago, kind_of, make_action
from tests.visits.stocking import ADAPTED, criterion, level, say
from visits.enums import Channel, State
from visits.models import StockFinding, StockLabel, StockLevel, StockStanding, Visit, VisitForm
from visits.stock import label as labels
from visits.stock.label import LabelRefusal, read_label
from visits.stock.proposals import accept, proposals_for
from visits.stock.register import (
    Noted,
    RegisterRefusal,
    is_stale,
    known_of,
    note,
    refresh_all,
    standing_of,
)

pytestmark = pytest.mark.django_db
E = StockFinding.Evidence


@pytest.fixture
def manager():
    return make_user(Role.MANAGER)


def reached(home: Dwelling) -> str:
    """The level kept of a dwelling, « possible » behind it."""
    now = StockStanding.objects.select_related("level", "possible").get(dwelling=home)
    return f"{now.level or '–'} / {now.possible or '–'} / {now.to_check}"


def test_a_new_installation_has_a_label_that_says_it_is_an_assumption():
    label = read_label()
    assert (label.row.name, label.row.is_assumption) == ("Bien vieillir", True)
    assert [one.name for one in label.levels] == [
        "Accessible", "Adaptable", "Adapté", "Bien vieillir",
    ]  # fmt: skip
    assert {one.meaning for one in label.levels} == set(StockLevel.Meaning)
    codes = {code for one in label.criteria for code in one.works}
    assert {kind_of(code).code for code in codes} == codes
    labels.begin()
    assert StockLevel.objects.count() == 4


def test_each_point_of_the_visit_that_proves_a_criterion_is_one_of_the_form():
    from visits.visiting.form import FIELDS  # noqa: PLC0415

    seen = {code for one in labels.shipped()["criteria"] for code in one.get("seen", ())}
    assert seen
    assert seen <= FIELDS.keys()


def test_the_file_says_what_nobody_noted_and_a_note_prevails(manager):
    home = make_dwelling(floor=0, is_accessible=True)
    refresh_all()
    assert reached(home) == "Accessible / Bien vieillir / 8"
    say(home, "entrance", met=False, by=manager)
    assert reached(home) == "– / – / 0"
    say(home, "entrance", met=None, by=manager)  # no longer known: the file speaks again
    assert reached(home) == "Accessible / Bien vieillir / 8"


def test_the_latest_day_holds_whatever_the_order_of_entry(manager):
    home = make_dwelling(floor=0)
    say(home, "shower", met=True, by=manager, on=ago(5))
    say(home, "shower", met=False, by=manager, on=ago(9))
    known = known_of([home], [criterion("shower")])[home.pk]
    assert known[criterion("shower").pk].met is True
    say(home, "shower", met=False, by=manager, on=ago(5))  # of one day, the last written
    known = known_of([home], [criterion("shower")])[home.pk]
    assert known[criterion("shower").pk].met is False
    assert StockFinding.objects.filter(dwelling=home).count() == 3


def test_the_level_kept_is_the_one_computed(manager):
    """One rule: what is counted in SQL is what the page of a dwelling says."""
    homes = [make_dwelling(floor=n % 3, has_lift=[None, True, False][n % 3]) for n in range(6)]
    for n, home in enumerate(homes):
        say(home, *ADAPTED[: n + 1], by=manager)
        say(home, *ADAPTED[n + 1 :: 2], met=False, by=manager)
    refresh_all()
    label = read_label()
    known = known_of(homes, label.criteria)
    for home in homes:
        kept = StockStanding.objects.get(dwelling=home)
        told = standing_of(label, known[home.pk])
        assert (kept.level_id, kept.possible_id) == (told.level, told.possible)
        assert kept.to_check == len(told.to_check)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"on": date(2100, 1, 1)}, "future"),
        ({"on": date(1889, 1, 1)}, "too_old"),
        ({"evidence": "rumour"}, "evidence"),
        ({"words": "vu chez Mme qui a un cancer"}, "diagnosis"),
        ({"words": "1 51 02 46 102 043 25"}, "nir"),
    ],
)
def test_a_note_that_makes_no_sense_is_refused_and_nothing_is_written(manager, wrong, code):
    home = make_dwelling()
    told = {"evidence": E.SURVEYED, "on": timezone.localdate(), "words": ""} | wrong
    good = Noted(home.pk, criterion("bars"), True, E.VISIT, timezone.localdate())
    with pytest.raises(RegisterRefusal) as refusal:
        note([good, Noted(home.pk, criterion("shower"), True, **told)], by=manager)
    assert refusal.value.code == code
    assert not StockFinding.objects.exists()


def test_an_officer_notes_nothing():
    with pytest.raises(RegisterRefusal) as refusal:
        note([], by=make_user(Role.OFFICER))
    assert refusal.value.code == "role"


def test_levels_are_stale_after_a_change_of_the_label_or_an_import(manager):
    assert is_stale(StockLabel.objects.get())
    refresh_all()
    assert not is_stale(StockLabel.objects.get())
    labels.save_level(level("Adapté"), [criterion("shower")], by=manager)
    assert is_stale(StockLabel.objects.get())
    refresh_all()
    run = {"kind": "dwellings", "extract_on": timezone.localdate(), "applied_at": timezone.now()}
    ImportRun.objects.create(state=ImportRun.State.APPLIED, **run)
    assert is_stale(StockLabel.objects.get())


def test_bringing_up_to_date_twice_changes_nothing_and_costs_the_same(
    manager, django_assert_num_queries
):
    for _ in range(3):
        say(make_dwelling(floor=0), *ADAPTED, by=manager)
    assert refresh_all() == 0
    with django_assert_num_queries(9):
        refresh_all()


def test_a_level_changed_changes_what_dwellings_reach(manager):
    home = make_dwelling(floor=0)
    say(home, "shower", by=manager)
    assert reached(home).startswith("–")
    top = labels.save_level(
        StockLevel(name="Douche", meaning="adapted"), [criterion("shower")], by=manager
    )
    refresh_all()
    assert StockStanding.objects.get(dwelling=home).level == top
    labels.raise_level(level("Accessible"), by=manager)
    assert [one.name for one in read_label().levels][:2] == ["Adaptable", "Accessible"]
    labels.remove_level(top, by=manager)
    refresh_all()
    assert reached(home).startswith("–")


def test_what_the_label_cannot_lose_is_refused(manager):
    with pytest.raises(LabelRefusal) as empty:
        labels.save_level(level("Adapté"), [], by=manager)
    say(make_dwelling(), "shower", by=manager)
    with pytest.raises(LabelRefusal) as noted:
        labels.remove_criterion(criterion("shower"), by=manager)
    labels.save_level(level("Adapté"), [criterion("toilet")], by=manager)
    with pytest.raises(LabelRefusal) as asked:
        labels.remove_criterion(criterion("toilet"), by=manager)
    for name in ("Adaptable", "Adapté", "Bien vieillir"):
        labels.remove_level(level(name), by=manager)
    with pytest.raises(LabelRefusal) as last:
        labels.remove_level(level("Accessible"), by=manager)
    codes = [one.value.code for one in (empty, noted, asked, last)]
    assert codes == ["empty", "noted", "asked", "last"]


# Evidence


def offered(*homes: Dwelling) -> list[str]:
    """« criterion yes/no evidence » of what is proposed."""
    criteria = read_label().criteria
    found = proposals_for(list(homes), criteria, known_of(homes, criteria))
    return [f"{o.criterion} {'oui' if o.met else 'non'} {o.evidence}" for o in found]


def test_works_done_are_proposed_and_noted_only_when_ticked(manager):
    senior = make_senior()
    home = senior.dwelling
    make_action("shower", State.DONE, senior=senior)
    make_action("grab_bars", State.REQUESTED, senior=senior)
    expected = [
        "Salle de bains où une douche sans marche peut se poser oui works",
        "Douche sans marche oui works",
    ]
    assert offered(home) == expected
    assert not StockFinding.objects.exists()
    criteria = read_label().criteria
    found = proposals_for([home], criteria, known_of([home], criteria))
    assert accept(found, [found[1].key], by=manager) == 1
    kept = StockFinding.objects.get()
    assert (kept.criterion, kept.met, kept.evidence) == (criterion("shower"), True, E.WORKS)
    assert kept.action.kind.code == "shower"
    assert offered(home) == expected[:1]


def test_works_older_than_what_was_seen_are_not_proposed(manager):
    senior = make_senior()
    make_action("grab_bars", State.DONE, senior=senior, on=ago(20))
    say(senior.dwelling, "bars", met=False, by=manager, on=ago(2))
    assert offered(senior.dwelling) == []


def _visited(senior, content: dict, on: date) -> None:
    visit = Visit.objects.create(senior=senior, made_on=on, outcome=Visit.Outcome.DONE)
    VisitForm.objects.create(
        uid=uuid.uuid4(), visit=visit, wording="v", outcome="done", channel=Channel.DESK,
        content=content, digest="0" * 64, by=make_user(Role.OFFICER),
    )  # fmt: skip


def test_a_visit_is_proposed_when_every_point_was_looked_at():
    senior = make_senior(housed_since=ago(300))
    half = {"hazard.bathroom.bars": 0, "hazard.bathroom.step": 0, "hazard.toilet.low": 2}
    _visited(senior, half, ago(10))
    assert offered(senior.dwelling) == [
        "Douche sans marche oui visit", "WC à bonne hauteur non visit",
    ]  # fmt: skip


def test_a_visit_of_another_home_or_withdrawn_proves_nothing():
    moved = make_senior(housed_since=ago(5))
    _visited(moved, {"hazard.bathroom.step": 0}, ago(10))
    withdrawn = make_senior()
    _visited(withdrawn, {"hazard.bathroom.step": 0}, ago(10))
    Consent.objects.create(
        senior=withdrawn, kind=ConsentKind.VISIT, given=False, decided_on=ago(1), wording="v",
        source=Source.VISIT,
    )  # fmt: skip
    assert offered(moved.dwelling, withdrawn.dwelling) == []


def test_proposals_cost_the_same_for_one_dwelling_and_for_many(django_assert_max_num_queries):
    place = make_residence()
    for _ in range(4):
        make_action("shower", State.DONE, senior=make_senior(make_dwelling(place)))
    homes = list(Dwelling.objects.filter(residence=place))
    criteria = read_label().criteria
    known = known_of(homes, criteria)
    with django_assert_max_num_queries(6):
        assert len(proposals_for(homes, criteria, known)) == 8
