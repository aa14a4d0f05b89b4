"""What a phone keeps of the site, as a server in service gives it: names with digests."""

import json
import re
from pathlib import Path

import pytest
from django.core.management import call_command

from visits.phone import offline

pytestmark = pytest.mark.django_db


@pytest.fixture
def served(settings, tmp_path) -> Path:
    """The folder of static files of a site in service."""
    settings.STATIC_ROOT = tmp_path / "static"
    backend = {"BACKEND": "seniors.static_files.HashedFiles"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": backend}
    call_command("collectstatic", "--no-input", verbosity=0)
    return settings.STATIC_ROOT


def kept() -> list[str]:
    """The addresses that the service worker puts in its cache."""
    first = offline.worker().split("\n")[0]
    return json.loads(first.removeprefix("const KEPT = ")[:-1])["files"]


def test_a_phone_finds_every_file_under_the_name_that_goes_with_the_others(served):
    """Each kept name holds its digest, and what a kept script or style asks for is kept too, by
    that very name: no script ever runs beside an older one that it was not written for."""
    files = {name.removeprefix("/static/") for name in kept()}
    assert len(files) == len(offline.FILES)
    for name in files:
        assert re.search(r"\.[0-9a-f]{12}\.\w+$", name)
        for path in asked_by(served / name):
            one = path.relative_to(served).as_posix()
            assert one in files or one.endswith(".woff"), (name, one)


def asked_by(path: Path) -> list[Path]:
    """The files that a script imports or a stylesheet names; Bootstrap's pictures are in it."""
    if path.suffix not in (".js", ".css"):
        return []
    text = path.read_text(encoding="utf-8")
    asked = re.findall(r'^import [^"]*"(\.[^"]+)";', text, re.MULTILINE)
    asked += re.findall(r'url\("?(\.[^")?]+)', text)
    return [path.parent.joinpath(one).resolve() for one in asked]


# For people without an account, on any telephone: no script, nothing of an officer's.
OTHERS = {
    "surveys/web_base.html",
    "visits/watch_base.html",
    "visits/referral_show.html",
    "visits/referral_shut.html",
}
PIECES = {"visits/form_answer.html"}


def test_every_page_of_the_site_shows_the_count_and_sends():
    """Each shell that pages stand on has the script of every page; error pages have it too."""
    folder = Path(offline.__file__).parents[2] / "templates"
    texts = {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in folder.rglob("*.html")
        if not path.name.startswith("_")
    }
    shells = {name for name, text in texts.items() if "{% extends" not in text} - PIECES
    assert shells - OTHERS == {"base.html", "visits/field_page.html", "visits/field_away.html"}
    for name in shells - OTHERS:
        script = "visits/page.js" if name == "visits/field_page.html" else "visits/everywhere.js"
        assert script in texts[name]
    assert 'from "./everywhere.js"' in (offline.WORKER.parent / "page.js").read_text()
    for name, text in texts.items():
        if "{% extends" in text:
            stands_on_ours = text.split('"')[1] in {"base.html"} | OTHERS
            assert stands_on_ours or "visits/everywhere.js" in text, name  # Django's back office
