"""The services that count around a residence: the codes and labels of `services.toml`. Pure."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).parent / "services.toml"
_CONTENT = tomllib.loads(FILE.read_text(encoding="utf-8"))
WITHIN: int = _CONTENT["within"]  # metres: up to there, a service is near


@dataclass(frozen=True)
class Service:
    """One kind of service; `without` says that none is near, `words` are its other names."""

    code: str
    label: str
    without: str
    words: tuple[str, ...]


SERVICES: dict[str, Service] = {
    code: Service(code, line["label"], line["without"], tuple(line["words"]))
    for code, line in _CONTENT["services"].items()
}
