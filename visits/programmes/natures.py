"""What a programme of works is made of: the codes and labels of `natures.toml`. Pure."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).parent / "natures.toml"


@dataclass(frozen=True)
class Nature:
    """One nature of works; `works` are codes of adaptations that go well with it, `words` its
    other names."""

    code: str
    label: str
    words: tuple[str, ...]
    works: tuple[str, ...]


NATURES: dict[str, Nature] = {
    code: Nature(code, line["label"], tuple(line["words"]), tuple(line["works"]))
    for code, line in tomllib.loads(FILE.read_text(encoding="utf-8")).items()
}


def labels_of(codes: Iterable[str]) -> str:
    """« Salles de bains, Électricité », in the order of the list; a code since gone, as it is."""
    codes = set(codes)
    known = [nature.label for code, nature in NATURES.items() if code in codes]
    return ", ".join([*known, *sorted(codes - NATURES.keys())])


def works_with(codes: Iterable[str]) -> set[str]:
    """Codes of the adaptations that go well with works of these natures."""
    return {work for code in codes if code in NATURES for work in NATURES[code].works}
