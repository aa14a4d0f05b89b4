"""A week to come and its officer, for the tests of its pages."""

import pytest

from seniors.models import User
from tests.visits.week_pages import plan
from tests.visits.weekly import make_week, today
from visits.models import Appointment, VisitList


@pytest.fixture
def week() -> VisitList:
    """Four people for a week to come."""
    return make_week(4)


@pytest.fixture
def officer(week, client) -> User:
    """Its officer, logged in."""
    client.force_login(week.officer)
    return week.officer


@pytest.fixture
def at_her_door(week) -> Appointment:
    """An appointment of today."""
    return plan(week, day=today())
