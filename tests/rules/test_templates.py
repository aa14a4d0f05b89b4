"""Templates: nothing inline that the content policy refuses, pieces with one root, none unused."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "templates"
TEMPLATES = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.html"))
PIECES = [name for name in TEMPLATES if Path(name).name.startswith("_")]
# Found by Django or django-axes through their names.
BY_NAME = {
    "admin/base_site.html",
    "400.html",
    "403.html",
    "403_csrf.html",
    "404.html",
    "500.html",
    "registration/login.html",
    "registration/locked.html",
    "registration/password_change_form.html",
}
VOID = {"br", "hr", "img", "input", "link", "meta", "col", "rect", "path", "circle"}
# Forms that no cookie goes with: there is nothing for the token to protect (`views/report`).
WITHOUT_COOKIE = {"visits/watch_report.html", "visits/watch_thanks.html"}
# Bits of a line or of a list, included many times in one page: an id would be repeated.
BITS = {
    "seniors/_facts.html",
    "seniors/_bar.html",
    "visits/_field_outcome.html",
    "visits/_stock_level.html",
    "visits/_works_spread.html",
}


def text_of(name: str) -> str:
    """The template without its comments."""
    text = (FOLDER / name).read_text(encoding="utf-8")
    return re.sub(r"{% comment %}.*?{% endcomment %}|{#.*?#}", "", text, flags=re.DOTALL)


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_has_no_inline_code_or_style(name):
    text = text_of(name)
    assert re.findall(r"<script(?![^>]*\ssrc=)[^>]*>", text) == []
    assert re.findall(r"<style|\sstyle=|\son[a-z]+=|\shx-on|javascript:", text) == []


@pytest.mark.parametrize("name", TEMPLATES)
def test_an_htmx_link_or_form_works_without_it(name):
    for tag in re.findall(r"<(?:a|form)\b[^>]*hx-(?:get|post)=[^>]*>", text_of(name)):
        assert re.search(r"\s(href|action)=", tag), tag


@pytest.mark.parametrize("name", [name for name in TEMPLATES if name not in WITHOUT_COOKIE])
def test_a_posted_form_carries_its_token(name):
    forms = re.findall(r"<form\b[^>]*method=\"post\".*?</form>", text_of(name), flags=re.DOTALL)
    assert [form for form in forms if "{% csrf_token %}" not in form] == []


class Roots(HTMLParser):
    """Collects the elements that stand at the top."""

    def __init__(self) -> None:
        super().__init__()
        self.depth, self.roots = 0, []

    def handle_starttag(self, tag, attrs):
        """Count the elements that are open."""
        if self.depth == 0:
            self.roots.append(dict(attrs))
        self.depth += tag not in VOID

    def handle_startendtag(self, tag, attrs):
        """An element closed at once."""
        if self.depth == 0:
            self.roots.append(dict(attrs))

    def handle_endtag(self, tag):
        """Leave an element."""
        self.depth -= tag not in VOID


@pytest.mark.parametrize("name", [name for name in PIECES if name not in BITS])
def test_a_piece_has_one_root_with_an_id(name):
    parser = Roots()
    parser.feed(re.sub(r"{%.*?%}", "", text_of(name), flags=re.DOTALL))
    assert [bool(root.get("id")) for root in parser.roots] == [True]


@pytest.mark.parametrize("name", sorted(set(TEMPLATES) - BY_NAME))
def test_every_template_is_used(name):
    code = [
        *FOLDER.rglob("*.html"),
        *(p for a in ("seniors", "surveys", "visits") for p in (ROOT / a).rglob("*.py")),
    ]
    assert any(f'"{name}"' in path.read_text(encoding="utf-8") for path in code)
