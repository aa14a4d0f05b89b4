"""The name lists of names.toml."""

import tomllib
from pathlib import Path

_LISTS = tomllib.loads((Path(__file__).parent / "names.toml").read_text(encoding="utf-8"))
LAST_NAMES: tuple[str, ...] = tuple(_LISTS["last_names"])
RESIDENCE_NAMES: tuple[str, ...] = tuple(_LISTS["residences"])
# (sex, whether 50 or over): first names
FIRST_NAMES: dict[tuple[str, bool], tuple[str, ...]] = {
    (sex, elder): tuple(_LISTS["first_names"][f"{'elder' if elder else 'younger'}_{people}"])
    for sex, people in (("F", "women"), ("M", "men"))
    for elder in (True, False)
}
