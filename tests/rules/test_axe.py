"""Every page of the site is one that axe-core looks at, as `axe_table` says, or needs none."""

import re

import pytest

from seniors.enums import Role
from tests.make import make_user
from tests.rules.axe_table import LOOKED_AT, NO_PAGE, NO_TEMPLATE, POSTED
from tests.rules.test_roles import EVERY, _address
from tests.rules.test_templates import PIECES, ROOT, TEMPLATES

PAGES = {name for name in TEMPLATES if name not in PIECES and not name.startswith("includes/")}
SEEN = {name for names in LOOKED_AT.values() for name in names}


def test_axe_looks_at_every_view_that_shows_a_page():
    excused = POSTED | NO_PAGE.keys()
    assert {name for name in SEEN if not name.endswith(".html")} | excused == EVERY.keys()
    assert SEEN & excused == set()
    assert POSTED & NO_PAGE.keys() == set()


def test_axe_looks_at_every_page_template():
    assert {name for name in SEEN if name.endswith(".html")} | NO_TEMPLATE.keys() == PAGES
    assert SEEN & NO_TEMPLATE.keys() == set()


@pytest.mark.parametrize("test", LOOKED_AT)
def test_a_test_of_the_table_is_there(test):
    file, name = test.split("::")
    text = (ROOT / "tests/browser" / file).read_text(encoding="utf-8")
    assert re.search(rf"^def {name}\(", text, re.MULTILINE)


@pytest.mark.django_db
def test_what_is_excused_because_it_is_posted_answers_nothing_else(client):
    client.force_login(make_user(Role.ADMINISTRATOR))
    assert {client.get(_address(name)).status_code for name in POSTED} == {405}


def test_what_is_made_for_all_phones_is_looked_at_by_its_view():
    assert {"visits:field-page", "visits:field-away"} <= SEEN
