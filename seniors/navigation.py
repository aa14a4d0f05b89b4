"""The main menu: an entry shows only to the roles that its page lets in."""

from dataclasses import dataclass
from functools import cache

from django.http import HttpRequest
from django.urls import resolve, reverse

from seniors.access import STAFF
from seniors.enums import Role

# In the order of the day's work; what does not fit in one line goes under « Plus ».
ENTRIES = (
    ("visits:week-show", "Ma semaine"),
    ("visits:field-page", "Ma tournée"),
    ("visits:signal-list", "Signalements"),
    ("visits:list-index", "Listes"),
    ("visits:action-list", "Actions"),
    ("visits:steering-show", "Pilotage"),
    ("seniors:senior-list", "Seniors"),
    ("visits:partner-list", "Partenaires"),
    ("surveys:campaign-list", "Enquêtes"),
    ("visits:measure-list", "Dispositifs"),
    ("visits:release-list", "Exports"),
    ("seniors:import-list", "Imports"),
    ("seniors:run-list", "Calculs"),
    ("seniors:account-list", "Comptes"),
    ("seniors:retention-show", "Conservation"),
    ("visits:device-list", "Appareils"),
)
# Who is not an officer opens the weeks of several.
FOR_SEVERAL = {"visits:week-show": "Semaines"}
IN_ONE_LINE = 6
# Pages that stand under another's entry, as its tabs.
UNDER = {
    "visits:works": "visits:steering",
    "visits:programme": "visits:steering",
    "visits:surroundings": "visits:steering",
    "visits:stock": "visits:steering",
    "visits:workbook": "visits:steering",
}


@dataclass(frozen=True)
class Entry:
    """A line of the menu; `current` is the value of `aria-current`, empty elsewhere."""

    label: str
    url: str
    current: str = ""


def menu(request: HttpRequest) -> tuple[list[Entry], list[Entry]]:
    """The entries open to who is logged in, this page's marked: in one line, under « Plus »."""
    here = request.resolver_match.view_name if request.resolver_match else ""
    entries = [
        Entry(label, url, _current(name, here)) for name, label, url in _open_to(request.user.role)
    ]
    return entries[:IN_ONE_LINE], entries[IN_ONE_LINE:]


def _current(name: str, here: str) -> str:
    """ "page" on the page itself, "true" on another one about the same thing."""
    if here == name:
        return "page"
    about, thing = name.rpartition("-")[0], here.partition("-")[0]
    return "true" if here.startswith(f"{about}-") or UNDER.get(thing) == about else ""


@cache
def _open_to(role: str) -> list[tuple[str, str, str]]:
    """Name, label and address of the pages open to a role."""
    found = []
    for name, label in ENTRIES:
        url = reverse(name)
        # The phone's page opens without a session; it is for who visits.
        if role in getattr(resolve(url).func, "allowed_roles", STAFF):
            several = FOR_SEVERAL if role != Role.OFFICER else {}
            found.append((name, several.get(name, label), url))
    return found
