"""People who went through the chain, as the tests of steering want them."""

from datetime import date, timedelta

from django.utils import timezone

from seniors.enums import Role
from surveys.models import Campaign, Invitation, Response
from tests.make import make_dwelling, make_residence, make_senior, make_territory, make_user
from tests.visits.acting import make_action
from tests.visits.makers import make_list
from visits.enums import State
from visits.models import Visit
from visits.steering.periods import periods

OUTCOME = Visit.Outcome


def ago(days: int) -> date:
    return timezone.localdate() - timedelta(days=days)


def someone(territory, **fields):
    """A person at home there."""
    return make_senior(make_dwelling(make_residence(territory)), **fields)


def ask(*people, answered=()):
    """A survey sent to them a month ago, answered by some of them."""
    today = timezone.localdate()
    campaign = Campaign.objects.create(
        name=f"Enquête {Campaign.objects.count()}",
        questionnaire="bienvieillir-60-2026",
        opened_on=ago(30),
        closes_on=today,
    )
    for one in people:
        Invitation.objects.create(campaign=campaign, senior=one, sent_on=ago(30))
    for one in answered:
        Response.objects.create(
            campaign=campaign, senior=one, channel="paper", received_on=ago(20), content_digest="x"
        )


def visit(senior, outcome=OUTCOME.DONE, days=20, by=None):
    return Visit.objects.create(senior=senior, made_on=ago(days), outcome=outcome, made_by=by)


def publish(territory, officer, people):
    """A published list of this month with everyone of the territory, people of them kept."""
    made = make_list(territory, officer, capacity=len(people), starts_on=timezone.localdate())
    made.ends_on = timezone.localdate() + timedelta(days=4)
    made.published_at, made.published_by = timezone.now(), officer
    made.save()
    return made


def year(today=None):
    return periods(today or timezone.localdate())[0]


def shares(overview):
    """{code: (count, denominator)} of the chain and of the doors."""
    told = [*overview.chain, *overview.doors]
    return {share.code: (share.count, share.of) for share in told}


def make_agency():
    """Six people: one goes through the whole chain, one refuses, one is absent, one is silent."""
    territory = make_territory("Agence de Brest")
    officer = make_user(Role.OFFICER, territory, first_name="Camille", last_name="Bihan")
    manager = make_user(Role.MANAGER, territory, first_name="Dominique", last_name="Kerlann")
    whole, refuses, absent, silent, asked_for, calm = (someone(territory) for _ in range(6))
    ask(whole, refuses, absent, silent, answered=[whole, absent])
    publish(territory, officer, [whole, refuses, absent, silent, asked_for, calm])
    for one, outcome in ((whole, OUTCOME.DONE), (refuses, OUTCOME.REFUSED), (calm, OUTCOME.DONE),
                         (absent, OUTCOME.ABSENT), (asked_for, OUTCOME.DONE)):  # fmt: skip
        visit(one, outcome, by=officer)
    make_action("grab_bars", State.CONFIRMED, senior=whole, by=officer)
    make_action("shower", State.REQUESTED, senior=asked_for, by=officer)
    # Asked for, of someone never visited: an action, but not of this chain.
    make_action("raised_wc", State.REQUESTED, senior=silent, by=officer)
    return territory, officer, manager
