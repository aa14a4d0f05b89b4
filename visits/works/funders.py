"""Who may pay for works: the codes and labels of `funders.toml`. Pure."""

import tomllib
from pathlib import Path

FILE = Path(__file__).parent / "funders.toml"
FUNDERS: dict[str, str] = tomllib.loads(FILE.read_text(encoding="utf-8"))["funders"]
TO_ASK = "à demander"


def funder_label(code: str) -> str:
    """« Bailleur »; « à demander » when nobody is known."""
    return FUNDERS.get(code, code) or TO_ASK
