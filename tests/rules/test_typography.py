"""French typography: no line ends before a sign that belongs to the word before it.

A no-break space (U+00A0) stands before « : ; ? ! » % » and inside quotes, and the apostrophe is
curly, in all that a user reads: text and attributes of templates, strings of code and of TOML.
"""

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APPS = ("seniors", "surveys", "visits")
READ_ATTRIBUTES = {"title", "placeholder", "aria-label", "alt", "label", "content", "data-confirm"}
# What a variable will put there.
VALUE = "\ufffc"

_END = r"(?=$|[\s.,)\]…*«»\u00a0<\"])"
MISTAKES = {
    "blank that breaks before a sign": re.compile(
        rf"(?<![^\w)\]»%€²°*\"{VALUE}])[ \t\n]+[:;?!»]{_END}|(?<=[\d{VALUE}])[ \t\n]+%{_END}"
    ),
    "no blank before a sign": re.compile(rf"(?<=[^\W\d_])[?!]{_END}|(?<=[\d{VALUE}])%{_END}"),
    "quote without its no-break space": re.compile(r"«(?!\u00a0)|(?<!\u00a0)»"),
    "straight apostrophe": re.compile(r"(?<=[^\W\d_])'(?=[^\W\d_])"),
}
# Headings as landlords type them.
STRAIGHT = {"seniors/extract/dwelling_fields.py", "seniors/extract/occupant_fields.py"}
# Where the demonstration's numbers come from.
NOT_READ = {"seniors/demo/parameters.py", "seniors/guard_words.py"}


def mistakes_of(text: str) -> list[tuple[int, str]]:
    """(lines down from the first one, what is wrong) of a text that a user reads."""
    if len(text) == 1 or "0123456789" in text:  # an alphabet
        return []
    return [
        (text[: found.start()].count("\n"), f"{name}: {text[max(found.start() - 20, 0) :][:40]!r}")
        for name, pattern in MISTAKES.items()
        for found in pattern.finditer(text)
    ]


def _as_blank(value: str) -> str:
    """What keeps the lines where they are."""
    return "\n" * value.count("\n")


class Texts(HTMLParser):
    """Collects (line, text) of what a page shows or has read aloud."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[int, str]] = []

    def handle_data(self, data):
        """Text between tags."""
        self.found.append((self.getpos()[0], data))

    def handle_starttag(self, tag, attrs):
        """Attributes that are read."""
        read = [value for name, value in attrs if name in READ_ATTRIBUTES and value]
        self.found += [(self.getpos()[0], value) for value in read]


def texts_of_template(source: str) -> list[tuple[int, str]]:
    """(line, text) of a template: its text, its attributes, the strings given to its tags."""
    source = re.sub(
        r"{% comment %}.*?{% endcomment %}|{#.*?#}",
        lambda found: _as_blank(found[0]),
        source,
        flags=re.DOTALL,
    )
    tags = re.finditer(r"{[%{].*?[%}]}", source, flags=re.DOTALL)
    strings = [
        (source[: tag.start()].count("\n") + 1, string)
        for tag in tags
        for string in re.findall(r"\"([^\"]*)\"", tag[0])
    ]
    source = re.sub(r"{{.*?}}", lambda found: VALUE + _as_blank(found[0]), source, flags=re.DOTALL)
    source = re.sub(r"{%.*?%}", lambda found: _as_blank(found[0]), source, flags=re.DOTALL)
    parser = Texts()
    parser.feed(source)
    parser.close()
    return [*strings, *parser.found]


def texts_of_python(source: str) -> Iterator[tuple[int, str]]:
    """(line, text) of the strings of a module, save docstrings and patterns."""
    tree = ast.parse(source)
    left = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr):
            left.add(id(node.value))
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("re."):
            left |= {id(below) for below in ast.walk(node)}
        if isinstance(node, ast.JoinedStr):
            left |= {id(value) for value in node.values}
            said = (part.value if isinstance(part, ast.Constant) else VALUE for part in node.values)
            if id(node) not in left:
                yield node.lineno, "".join(map(str, said))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in left:
            yield node.lineno, node.value


_QUOTED = re.compile(r"\"([^\"]*)\"|'([^']*)'|`([^`]*)`")
_GIVEN = re.compile(r"\$\{([^{}]*)\}")


def texts_of_script(source: str) -> Iterator[tuple[int, str]]:
    """(line, text) of the quoted strings of a script, those inside a template's values too."""
    for number, line in enumerate(source.splitlines(), 1):
        if line.lstrip().startswith(("//", "*", "/*")):
            continue
        pieces = []
        while inner := _GIVEN.search(line):
            pieces.append(inner[1])
            line = line[: inner.start()] + VALUE + line[inner.end() :]
        for string in _QUOTED.findall("\n".join([*pieces, line])):
            yield number, "".join(string).replace("\\u00a0", "\u00a0")


def texts_of_toml(source: str) -> Iterator[tuple[int, str]]:
    """(line, text) of the lines of a TOML file, save its comments."""
    for number, line in enumerate(source.splitlines(), 1):
        if not line.lstrip().startswith("#"):
            yield number, line.replace("\\u00a0", "\u00a0")


READERS = {
    ".html": texts_of_template,
    ".py": texts_of_python,
    ".js": texts_of_script,
    ".toml": texts_of_toml,
}
LEFT_OUT = {"vendor", "migrations"}
FILES = sorted(
    {
        path.relative_to(ROOT).as_posix()
        for folder in ("templates", *APPS)
        for path in (ROOT / folder).rglob("*.*")
        if path.suffix in READERS and LEFT_OUT.isdisjoint(path.parts)
    }
    - NOT_READ
)


@pytest.mark.parametrize("name", FILES)
def test_what_a_user_reads_is_in_french_typography(name):
    path = ROOT / name
    texts = READERS[path.suffix](path.read_text(encoding="utf-8"))
    found = [
        f"{name}:{line + down} {said}"
        for line, text in texts
        for down, said in mistakes_of(text)
        if not (name in STRAIGHT and said.startswith("straight"))
    ]
    assert found == []


@pytest.mark.parametrize(
    ("suffix", "source"),
    [
        (".html", "<p>Une difficulté ?</p>"),
        (".html", "<p>{{ name }} : {{ what }}</p>"),
        (".html", "<p>{{ rate }} %</p>"),
        (".html", "<p>{{ rate }}%</p>"),
        (".html", "<p>ligne\n: la suite</p>"),
        (".html", '<a title="Aïe !"></a>'),
        (".html", '{% include "x.html" with title="Prêt ?" %}'),
        (".html", "<p>« oui\u00a0»</p>"),
        (".html", "<p>Quoi?</p>"),
        (".html", "<p>l'autre</p>"),
        (".py", 'say("Refusé : trop long")'),
        (".py", 'say(f"{name} : trop long")'),
        (".py", 'say(f"«\\u00a0{name} »")'),
        (".js", "say(`${count} : trop`);"),
        (".js", 'say(`${count ? "Trop !" : ""}`);'),
        (".toml", 'label = "Aide ?"'),
    ],
)
def test_the_rule_sees_a_mistake(suffix, source):
    assert [said for _, text in READERS[suffix](source) for said in mistakes_of(text)]


@pytest.mark.parametrize(
    ("suffix", "source"),
    [
        (".html", '<p>À 12:30\u00a0: <a href="https://a.fr/?b=c;d">«\u00a0oui\u00a0»</a></p>'),
        (".html", "{% comment %}why ? how !{% endcomment %}<p>{{ rate }}\u00a0%&nbsp;!</p>"),
        (".py", '"""Why ? « how » : so."""\nre.compile("(a) ?: b")'),
        (".py", 'log.info("%s of %s: %d %%", 1, 2, 3)'),
        (".js", "say(`Reste${n > 1 ? `nt ${n} essais` : ''}.`);"),
        (".py", 'ALPHABET = " !«»?0123456789"'),
        (".js", "// why ?\nconst a = b ? 'c' : \"d\";"),
        (".toml", "# why ?\nlabel = 'Aide\u00a0?'"),
    ],
)
def test_the_rule_lets_pass_what_is_right_or_not_read(suffix, source):
    assert not [said for _, text in READERS[suffix](source) for said in mistakes_of(text)]
