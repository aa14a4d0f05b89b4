"""What a phone keeps of the site to open without network: one page, its files, a service worker.

None of it holds personal data or depends on who is logged in: people are in the encrypted package.
"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse

from seniors import guard
from visits.agenda.outcomes import (
    HOSPITAL_DAYS,
    LAST_TAPS,
    REFUSED_DAYS,
    TAPS,
    TRY_AGAIN_DAYS,
)
from visits.models import ActionKind, Visit
from visits.visiting import form, photos

WORKER = Path(__file__).parent.parent / "static/visits/worker.js"
MODULES = (
    "store",
    "seal",
    "wire",
    "outbox",
    "phone",
    "doors",
    "drafts",
    "fields",
    "photo",
    "words",
    "ui",
    "unsent",
    "everywhere",
    "day",
    "person",
    "visit",
    "refused",
    "sending",
    "page",
    "urgent_phone",
)
# In the order they are needed; fonts and icons are named by the stylesheets.
FILES = (
    "vendor/bootstrap/bootstrap.min.css",
    "vendor/bootstrap-icons/bootstrap-icons.min.css",
    "vendor/bootstrap-icons/fonts/bootstrap-icons.woff2",
    "vendor/atkinson/AtkinsonHyperlegibleNext_400Regular.ttf",
    "vendor/atkinson/AtkinsonHyperlegibleNext_700Bold.ttf",
    "vendor/idb/umd.js",
    "seniors/site.css",
    "seniors/mark.svg",
    "visits/field.css",
    *(f"visits/{name}.js" for name in MODULES),
)


@dataclass(frozen=True)
class Attempt:
    """A visit that was not made: the touch, and what follows from it."""

    code: str
    label: str
    consequence: str


Outcome = Visit.Outcome
CONSEQUENCES: dict[str, str] = {
    Outcome.ABSENT: f"À retenter dans {TRY_AGAIN_DAYS} jours.",
    Outcome.REFUSED: f"Personne ne sonnera avant {REFUSED_DAYS // 30} mois.",
    Outcome.HOSPITAL: f"En pause {HOSPITAL_DAYS} jours, puis prenez de ses nouvelles.",
    Outcome.UNSAFE: "Plus de visite tant que votre responsable n’a pas levé la pause.",
    Outcome.MOVED: "À confirmer par le fichier\u00a0: pas de visite avant.",
    Outcome.DECEASED: "À confirmer par le fichier\u00a0: plus aucun envoi.",
}


def _attempts(taps: tuple[tuple[str, str], ...]) -> list[Attempt]:
    return [Attempt(code, label, CONSEQUENCES[code]) for code, label in taps]


def page_context() -> dict[str, Any]:
    """What the kept page is made from: the form, the visits not made, the guard's words."""
    return {
        "sections": form.sections(ActionKind.objects.filter(is_active=True)),
        "version": form.VERSION,
        "outcomes": _attempts(TAPS),
        "last_outcomes": _attempts(LAST_TAPS),
        "soon": form.SOON,
        "why_most": form.WHY_MOST,
        "photos_most": photos.MOST_A_FORM,
        "guard": guard.for_a_browser(),
    }


def worker() -> str:
    """The service worker's script; its version changes as soon as something that it keeps does."""
    page = render_to_string("visits/field_page.html", page_context())
    away = render_to_string("visits/field_away.html")
    facts = {
        "version": _digest(page, away),
        "page": reverse("visits:field-page"),
        "away": reverse("visits:field-away"),
        "files": [static(name) for name in FILES],
    }
    return f"const KEPT = {json.dumps(facts)};\n{WORKER.read_text(encoding='utf-8')}"


def _digest(*pages: str) -> str:
    """One short text that changes with the pages or the files."""
    digest = hashlib.sha256()
    for page in pages:
        digest.update(page.encode())
    for name in FILES:
        digest.update(Path(finders.find(name)).read_bytes())
    return digest.hexdigest()[:16]
