"""Every address that holds no identifier × who asks: it shows nothing of another territory.

All that the first territory holds bears one name; whoever works there meets it, in the lists at
least, and whoever works elsewhere never does, on no page and in no file.
"""

import pytest
from django.test import Client
from django.urls import reverse

from seniors.enums import Role
from tests.rules.access_table import TABLE
from tests.rules.territory_records import crowd
from tests.rules.test_evaluator import text_of
from tests.rules.test_roles import ADDRESSES

MARK = "Quemeneurici"
# Whoever knocks, where there is no record in the address, no secret either.
LISTS = sorted(view for view in TABLE if not ADDRESSES[view].pattern.converters)
# Where an insider does read the name: the lists, and what is downloaded from them.
SHOWN = {
    "seniors:account-list", "seniors:senior-list", "visits:action-list", "visits:action-workbook",
    "visits:clash-list", "visits:cover-list", "visits:form-drafts", "visits:list-new",
    "visits:measure-list", "visits:partner-list", "visits:programme-list",
    "visits:programme-new", "visits:signal-links", "visits:signal-list", "visits:stock-list",
    "visits:stock-workbook", "visits:works-list", "visits:works-lot-new", "visits:works-tax",
    "visits:works-workbook",
}  # fmt: skip


def read(client: Client, view: str) -> tuple[int, bool]:
    """Its status, 405 where something must be posted, and whether the name is there."""
    answer = client.get(reverse(view))
    return answer.status_code, MARK in text_of(answer)


@pytest.mark.django_db
def test_a_list_shows_nothing_of_another_territory(client):
    cast = crowd(MARK)
    seen, wrong = set(), {}
    for asker in ("owner", "manager", "far_officer", "far_manager", "evaluator", "administrator"):
        user = getattr(cast, asker)
        client.force_login(user)
        for view in LISTS:
            roles = TABLE[view].roles
            is_in = not isinstance(roles, set) or Role(user.role) in roles
            status, is_there = read(client, view)
            if (status == 403) == is_in and status != 405:
                wrong[view, asker] = status
            if is_there and asker.startswith("far_"):
                wrong[view, asker] = "shown"
            if is_there:
                seen.add(view)
    assert wrong == {}
    assert seen >= SHOWN
