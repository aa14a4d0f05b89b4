"""A year that nobody means, in any form of the site."""

import importlib
import pkgutil
from datetime import date

import pytest
from django import forms
from django.core.exceptions import ValidationError

import seniors
import surveys
import visits
from seniors.day_field import DayField


@pytest.mark.parametrize("text", ["0026-12-01", "0226-12-01", "1999-12-31", "2100-01-01"])
def test_a_year_that_nobody_means_is_refused_with_a_sentence(text):
    with pytest.raises(ValidationError) as refused:
        DayField().clean(text)
    assert refused.value.messages == ["Vérifiez l’année\u00a0: elle va de 2000 à 2099."]


def test_a_day_of_this_century_is_read():
    assert DayField().clean("2026-12-01") == date(2026, 12, 1)
    assert DayField(required=False).clean("") is None


def test_every_form_asks_its_days_so():
    """Reckoned from, a year such as 26 fails in the middle of a page."""
    modules = [
        importlib.import_module(found.name)
        for package in (seniors, surveys, visits)
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
        if found.name.endswith("forms")
    ]
    asked = {
        f"{form.__module__}.{form.__name__}.{name}": field
        for module in modules
        for form in vars(module).values()
        if isinstance(form, type) and issubclass(form, forms.BaseForm)
        for name, field in getattr(form, "base_fields", {}).items()
        if isinstance(field, forms.DateField)
    }
    assert len(asked) > 15
    assert [name for name, field in asked.items() if not isinstance(field, DayField)] == []
