"""Every text and every JSON of the base that says a word: what an erasure must leave nowhere."""

from django.apps import apps
from django.db import models

APPS = ("seniors", "surveys", "visits")
# The landlord's own settings: about nobody.
NOBODYS = {"GridVersion", "ImportMapping", "ActionKind", "Measure"}


def saying(*words: str) -> set[str]:
    """« Model.field » of each column where a row says one of these words, JSON keys included."""
    found = set()
    for model in (one for app in APPS for one in apps.get_app_config(app).get_models()):
        if model.__name__ in NOBODYS:
            continue
        fields = [
            one.attname
            for one in model._meta.concrete_fields
            if isinstance(one, models.CharField | models.TextField | models.JSONField)
        ]
        for row in model._base_manager.values_list(*fields) if fields else ():
            for name, value in zip(fields, row, strict=True):
                if any(word in str(value) for word in words):
                    found.add(f"{model.__name__}.{name}")
    return found
