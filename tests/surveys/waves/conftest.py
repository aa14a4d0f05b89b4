"""A place, a manager, a landlord who can write, a mail server."""

import pytest

from seniors.enums import Role
from tests.make import make_dwelling, make_residence, make_territory, make_user
from tests.surveys.waves.sending import Server


@pytest.fixture(autouse=True)
def _landlord(settings):
    settings.LANDLORD, settings.LANDLORD_PHONE = "Finistère Habitat", "0261910000"
    settings.SITE = "https://site.example"
    settings.Q_CLUSTER = settings.Q_CLUSTER | {"sync": True}


@pytest.fixture
def brest():
    return make_territory("Brest")


@pytest.fixture
def home(brest):
    return make_dwelling(make_residence(brest))


@pytest.fixture
def manager(brest):
    return make_user(Role.MANAGER, brest)


@pytest.fixture
def server(settings, monkeypatch):
    settings.EMAIL_BACKEND = "tests.surveys.waves.sending.Server"
    monkeypatch.setattr(Server, "plan", [])
    monkeypatch.setattr(Server, "down", False)
    return Server
