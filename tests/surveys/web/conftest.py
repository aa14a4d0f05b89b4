"""Jeanne, her campaign, her link, and a browser that came in."""

from datetime import date

import pytest

from tests.make import make_senior
from tests.surveys.web.pages import come_in, open_campaign


@pytest.fixture
def jeanne():
    return make_senior(born_on=date(1940, 5, 17))


@pytest.fixture
def campaign(jeanne):
    return open_campaign(jeanne)


@pytest.fixture
def invitation(jeanne, campaign):
    return campaign.invitations.get(senior=jeanne)


@pytest.fixture
def inside(client, invitation):
    """A browser that gave the right year."""
    assert come_in(client, invitation).status_code == 302
    return client
