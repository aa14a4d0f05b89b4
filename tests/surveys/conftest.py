"""What the tests of the survey share."""

import pytest


@pytest.fixture(autouse=True)
def _quick_passwords(settings):
    """A slow digest of passwords protects accounts, not tests."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
