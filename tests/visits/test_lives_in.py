"""Where the person of a need or an action lives: the copy kept on the row follows every move."""

from datetime import date, timedelta
from itertools import count

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from seniors import erasing, merge, moves
from seniors.enums import Role
from seniors.extract import intake
from seniors.models import Senior
from seniors.refusal import Refusal
from tests.make import make_dwelling, make_residence, make_senior, make_territory, make_user
from tests.seniors.importing import csv_file
from tests.visits.acting import ago, kind_of, make_action, territory_of
from visits import tasks
from visits.acting import lives_in
from visits.acting.follow_up import add_need, decide
from visits.enums import State
from visits.models import Action, Need
from visits.works.backlog import bare_needs_of, works_of, works_open_to

pytestmark = pytest.mark.django_db
LIST = "/pilotage/travaux/"
PEOPLE, HOMES = 3, 4
_numbers = count(1)
KINDS = {"bars": "grab_bars", "light": "night_path"}
WHO, WHERE = st.integers(0, PEOPLE - 1), st.integers(0, HOMES - 1)
GESTURES = st.one_of(
    st.tuples(st.just("found"), WHO, st.sampled_from(list(KINDS))),
    st.tuples(st.just("decided"), st.integers(0, 9)),
    # Who lives where now, in the file of occupants; nobody for who is no longer in it.
    st.tuples(st.just("occupants"), st.lists(st.none() | WHERE, min_size=3, max_size=3)),
    # The residence of each dwelling in the file of dwellings, and the territory of each residence.
    st.tuples(
        st.just("dwellings"),
        st.lists(WHERE, min_size=HOMES, max_size=HOMES),
        st.integers(0, 1),
    ),
    st.tuples(st.just("merged"), WHO, WHO, st.sampled_from(["kept", "absorbed"])),
    st.tuples(st.just("parted"),),
    st.tuples(st.just("erased"), WHO),
)  # fmt: skip


def test_works_keep_the_residence_of_a_dwelling_that_she_has_left(tmp_path):
    """Also when the dwelling is then found to be of another residence, and nobody moves."""
    world = World(tmp_path)
    world.decided(0)
    world.occupants([1, 1, 2])
    action = Action.objects.get()
    assert (action.lives_in, action.made_in) == (world.places[1], world.places[0])
    world.dwellings([3, 1, 2, 3], 0)
    action.refresh_from_db()
    assert (action.lives_in, action.made_in) == (world.places[1], world.places[3])
    assert strays() == [0, 0]


class World:
    """Three people in four dwellings of two territories, and what may happen to them."""

    def __init__(self, folder) -> None:
        self.file, self.day = folder / "file.csv", date(2026, 1, 1)
        self.by = make_user(Role.ADMINISTRATOR)
        self.territories = [make_territory(), make_territory()]
        self.places = [
            make_residence(self.territories[n % 2], reference=f"r{next(_numbers)}")
            for n in range(HOMES)
        ]
        self.homes = [make_dwelling(place) for place in self.places]
        self.people = [make_senior(home, last_name=f"Person{'abc'[n]}")
                       for n, home in enumerate(self.homes[:PEOPLE])]  # fmt: skip
        for senior in self.people:
            self.found(self.people.index(senior), "bars")

    def senior(self, who: int) -> Senior:
        return Senior.objects.get(pk=self.people[who].pk)

    def found(self, who: int, code: str) -> None:
        add_need(self.senior(who), code, found_on=ago(3), by=self.by)

    def decided(self, place: int) -> None:
        needs = list(Need.objects.filter(closed_on=None).order_by("pk"))
        if needs:
            need = needs[place % len(needs)]
            decide(need, kind_of(KINDS[need.code]), state=State.PROPOSED, on=ago(2), by=self.by)

    def occupants(self, homes: list[int | None]) -> None:
        rows = [
            {"N° locataire": senior.reference, "Nom": senior.last_name, "Prénom": "Jeanne",
             "Date naissance": "17/05/1940", "Code UG": self.homes[home].reference}
            for senior, home in zip(self.people, homes, strict=True)
            if home is not None
        ]  # fmt: skip
        if rows:
            self._import("occupants", rows)

    def dwellings(self, places: list[int], moved: int) -> None:
        """`moved` says which territory each residence is now of."""
        rows = [
            {"Code UG": home.reference, "Code résidence": self.places[place].reference,
             "Résidence": self.places[place].name,
             "Agence": self.territories[(place + moved) % 2].name}
            for home, place in zip(self.homes, places, strict=True)
        ]  # fmt: skip
        self._import("dwellings", rows)

    def _import(self, kind: str, rows: list[dict[str, str]]) -> None:
        self.day += timedelta(days=1)
        file = csv_file(self.file, rows)
        run = intake.receive(file, kind=kind, name=file.name, extract_on=self.day)
        intake.choose(run, intake.propose(run))
        intake.import_now(run)
        assert run.state == run.State.APPLIED, run.error

    def merged(self, kept: int, absorbed: int, side: str) -> None:
        both = self.senior(kept), self.senior(absorbed)
        chosen = {clash.field: side for clash in merge.clashes(*both)}
        merge.merge(*both, chosen, by=self.by)

    def parted(self) -> None:
        if last := merge.Merge.objects.filter(undone_at=None).order_by("-pk").first():
            merge.undo(last, by=self.by)

    def erased(self, who: int) -> None:
        senior = self.senior(who)
        kept = senior.merged_into or senior
        erasing.erase(senior, by=self.by, typed=kept.reference)


def strays() -> list[int]:
    return [lives_in.astray(model.objects.all()).count() for model in lives_in.KEPT_ON]


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(gestures=st.lists(GESTURES, min_size=3, max_size=10))
def test_after_any_sequence_every_row_is_where_its_person_lives(gestures, tmp_path):
    world = World(tmp_path)
    for name, *told in gestures:
        try:
            getattr(world, name)(*told)
        except Refusal:
            continue
        assert strays() == [0, 0], name


def stale(manager) -> tuple[Action, Need]:
    """Of someone elsewhere, with the residence of the manager's kept by mistake."""
    here = make_residence(manager.territories.get())
    action = make_action("grab_bars", State.ACCEPTED)
    need = add_need(make_senior(), "light", found_on=ago(5), by=manager)
    Action.objects.filter(pk=action.pk).update(lives_in=here)
    Need.objects.filter(pk__in=[need.pk, action.need_id]).update(lives_in=here)
    return action, need


def test_a_copy_that_lies_shows_nobody_and_opens_nothing(client):
    manager = make_user(Role.MANAGER, make_territory())
    action, need = stale(manager)
    assert works_of(manager).exists()
    assert bare_needs_of(manager).filter(pk=need.pk).exists()
    client.force_login(manager)
    for order in ("", "age", "cost", "place"):
        assert client.get(f"{LIST}?order={order}").context["lines"] == []
    assert not works_open_to(manager).exists()
    told = {"kind": action.kind_id, "action": action.uid, "confirmed": "on", "label": "Lot"}
    client.post(reverse("visits:works-lot-new"), told)
    action.refresh_from_db()
    assert action.state == State.ACCEPTED


def test_the_work_of_the_night_mends_what_is_wrong_and_says_how_much(caplog):
    manager = make_user(Role.MANAGER, make_territory())
    stale(manager)
    with caplog.at_level("WARNING"):
        tasks.mend_homes()
    assert "3" in caplog.text
    assert strays() == [0, 0]
    assert not works_of(manager).exists()
    caplog.clear()
    with caplog.at_level("WARNING"):
        tasks.mend_homes()
    assert caplog.text == ""


def test_a_move_is_followed_again_once_it_is_written(django_capture_on_commit_callbacks):
    """What was written of her meanwhile could not see it."""
    action = make_action("grab_bars", State.ACCEPTED)
    person, new = action.senior, make_dwelling()
    with django_capture_on_commit_callbacks(execute=True):
        Senior.objects.filter(pk=person.pk).update(dwelling=new)
        moves.tell([person.pk])
        Action.objects.update(lives_in=territory_of(person).residences.get())
    action.refresh_from_db()
    assert action.lives_in == new.residence
