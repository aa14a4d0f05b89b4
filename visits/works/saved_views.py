"""Filters that someone gave a name to: the only door of SavedView. Each sees her own."""

from urllib.parse import urlencode

from django.db import transaction
from django.http import QueryDict

from seniors.models import User
from seniors.refusal import Refusal
from visits.models import SavedView

MOST = 20


class SavedViewRefusal(Refusal):
    """A view that cannot be kept."""


@transaction.atomic
def save_view(user: User, page: str, name: str, query: QueryDict, fields: list[str]) -> SavedView:
    """Keep these filters under that name; the same name again takes their place.

    Only `fields` are kept. Raises SavedViewRefusal: name, empty, many.
    """
    name = name.replace("\x00", "").strip()[:60]
    if not name:
        raise SavedViewRefusal("name", "Donnez un nom à cette vue\u00a0: rien n’a été enregistré.")
    text = urlencode({one: query[one] for one in fields if query.get(one)})[:1000]
    if not text:
        raise SavedViewRefusal(
            "empty", "Cette vue montre tout\u00a0: choisissez d’abord un filtre, puis enregistrez."
        )
    mine = SavedView.objects.filter(user=user, page=page)
    if mine.exclude(name=name).count() >= MOST:
        raise SavedViewRefusal(
            "many", f"Vous avez déjà {MOST} vues\u00a0: retirez-en une pour en garder une autre."
        )
    return mine.update_or_create(user=user, page=page, name=name, defaults={"query": text})[0]
