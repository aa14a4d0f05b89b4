"""What every test shares: the database under test, inline tasks, a place for files."""

import os

import pytest
from hypothesis import settings

# No example is judged by the clock: the machine may be busy with something else.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright runs its own loop


@pytest.fixture(autouse=True)
def _own_files(settings, tmp_path):
    """Uploads of a test stay in its folder."""
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture(autouse=True)
def _quick_passwords(settings):
    """Passwords of invented accounts need no slow digest."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
