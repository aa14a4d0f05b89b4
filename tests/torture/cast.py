"""The people of one schedule, new ones each time: officers with the same published list."""

import uuid
from dataclasses import dataclass
from datetime import date, timedelta

from django.test import Client
from django.utils import timezone

from seniors.enums import Role
from seniors.models import GridVersion, ScoreRun, Senior, User
from tests.make import make_dwelling, make_residence, make_senior, make_territory, make_user
from visits.models import VisitList, VisitListEntry


@dataclass
class Cast:
    """Officers and people, by their place in the schedule."""

    officers: list[User]
    people: list[Senior]

    def moves_away(self, person: int) -> None:
        """To a dwelling of another agency, and off the lists: she is nobody's here any more."""
        name = uuid.uuid4().hex
        elsewhere = make_residence(make_territory(name), reference=name)
        self.people[person].dwelling = make_dwelling(elsewhere, reference=name)
        self.people[person].save(update_fields=["dwelling"])
        self.people[person].list_entries.all().delete()

    def moves_back(self, person: int) -> None:
        """To the officers' agency."""
        name = uuid.uuid4().hex
        home = make_residence(self.officers[0].territories.get(), reference=name)
        self.people[person].dwelling = make_dwelling(home, reference=name)
        self.people[person].save(update_fields=["dwelling"])


def make_cast(officers: int, people: int, *, name: str = "") -> Cast:
    """So many officers of one agency, each with a list of the same people for this week."""
    name = name or uuid.uuid4().hex[:12]
    residence = make_residence(make_territory(name), reference=name)
    cast = Cast(
        [
            make_user(Role.OFFICER, residence.territory, username=f"{name}-{one}")
            for one in range(officers)
        ],
        [
            make_senior(
                make_dwelling(residence, reference=f"{name}-{one}", floor=one),
                reference=f"{name}-{one}",
                first_name=["Jeanne", "Marie", "Yvonne", "Denise"][one % 4],
            )
            for one in range(people)
        ],
    )
    run = _score_run()
    today = timezone.localdate()
    for officer in cast.officers:
        _publish(officer, cast.people, run, today)
    return cast


def session_of(user: User) -> str:
    """A new session of that account, as its log-in makes it."""
    client = Client()
    client.force_login(user)
    return client.cookies["sessionid"].value


def _score_run() -> ScoreRun:
    grid, _ = GridVersion.objects.get_or_create(
        digest="0" * 64, defaults={"version": "1", "text": ""}
    )
    run = ScoreRun.objects.first()
    return run or ScoreRun.objects.create(grid=grid, as_of=timezone.localdate(), code_version="1")


def _publish(officer: User, people: list[Senior], run: ScoreRun, today: date) -> None:
    made = VisitList.objects.create(
        officer=officer,
        score_run=run,
        starts_on=today - timedelta(days=1),
        ends_on=today + timedelta(days=5),
        capacity=len(people),
        seed=1,
        random_share=0,
        silent_share=0,
        revisit_months=12,
        published_at=timezone.now(),
        published_by=officer,
    )
    made.territories.set(officer.territories.all())
    VisitListEntry.objects.bulk_create(
        VisitListEntry(
            visit_list=made,
            senior=senior,
            position=place,
            why=VisitListEntry.Why.SCORE,
            reason="Vit seule au troisième sans ascenseur",
        )
        for place, senior in enumerate(people, 1)
    )
