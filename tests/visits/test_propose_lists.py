"""The command that proposes the lists of a period."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from seniors.fragility.store import score_seniors
from tests.visits.makers import TODAY, make_agency
from visits.models import VisitList

pytestmark = pytest.mark.django_db
PERIOD = ("2026-11-30", "2026-12-04")


def run(*args: str) -> str:
    """What the command prints."""
    out = StringIO()
    call_command("propose_lists", *PERIOD, *args, stdout=out, stderr=out)
    return out.getvalue().replace("\xa0", " ")


def test_command_shows_counts_and_no_name_and_writes_only_when_told():
    _, officer, seniors = make_agency(4)
    score_seniors(as_of=TODAY)
    said = run("--capacity", "2")
    assert f"{officer.username} : 2 visites sur 4 personnes" in said
    assert seniors[0].last_name not in said
    assert not VisitList.objects.exists()
    run("--capacity", "2", "--apply")
    assert VisitList.objects.get().entries.count() == 2


def test_command_goes_on_when_one_officer_has_a_list_already():
    make_agency(2)
    score_seniors(as_of=TODAY)
    run("--apply")
    make_agency(2)
    score_seniors(as_of=TODAY)
    said = run("--apply")
    assert "a déjà une liste" in said
    assert "1 liste(s)" in said


def test_command_publishes_in_the_name_of_someone():
    _, officer, _ = make_agency(2)
    score_seniors(as_of=TODAY)
    with pytest.raises(CommandError, match="--by"):
        run("--publish", "--apply")
    run("--publish", "--by", officer.username, "--apply", "--seed", "5")
    made = VisitList.objects.get()
    assert (made.published_by, made.seed) == (officer, 5)


def test_command_keeps_to_the_territories_named():
    here, officer, _ = make_agency(2)
    make_agency(2)
    score_seniors(as_of=TODAY)
    run("--territory", here.code, "--apply")
    assert VisitList.objects.get().officer == officer
    with pytest.raises(CommandError, match="territoire"):
        run("--territory", "nulle part")


def test_command_without_any_officer_says_whom_it_misses():
    with pytest.raises(CommandError, match="open_account"):
        run("--apply")
