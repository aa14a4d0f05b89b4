"""Databases of an invented landlord at several stages, made once per bench in its own folder."""

import os
import shutil
import sqlite3
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from tests.bench.measure import bienveille, run

TODAY = date(2026, 11, 24)
STAGES = ("database", "stock", "people", "score", "lists")


class Bases:
    """The files and databases of one size; each stage is made when first asked for."""

    def __init__(self, folder: Path, dwellings: int, seed: int = 2026) -> None:
        self.folder = folder / f"{dwellings}-{seed}"
        self.dwellings, self.seed = dwellings, seed
        self.folder.mkdir(parents=True, exist_ok=True)

    def at(self, stage: str) -> Path:
        """The database and its files, in a folder, once that step of the demonstration is done."""
        path = self._path(stage)
        if not path.exists():
            earlier = STAGES[: STAGES.index(stage)]
            made = [self._path(name) for name in earlier if self._path(name).exists()]
            case = {
                "folder": str(self.folder / "files"),
                "dwellings": self.dwellings,
                "seed": self.seed,
                "until": stage,
                "to": str(path),
            }
            run("tests.bench.bases:build", case, base=made[-1] if made else None)
        return path

    def _path(self, stage: str) -> Path:
        return self.folder / stage

    def file(self, name: str) -> Path:
        """One of the landlord's files."""
        self.at("database")
        return self.folder / "files" / name


def build(case: dict[str, Any]) -> Callable[[], int]:
    """Go through the demonstration up to a step, keep the database."""
    bienveille()
    from django.db import connection

    from visits import demo

    def timed() -> int:
        plan = demo.begin(
            Path(case["folder"]), dwellings=case["dwellings"], seed=case["seed"], today=TODAY
        )
        for step in demo.steps(plan):
            if case["until"] == "database" and step.code == "stock":
                break
            if step.code == "last_year":
                continue  # one survey is what is measured
            step.gesture()
            if step.code == case["until"] != "database":
                break
        connection.close()
        here = Path(os.environ["BIENVEILLE_VAR_DIR"])
        with sqlite3.connect(here / "bienveille.sqlite3") as base:
            base.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copytree(here, case["to"], ignore=shutil.ignore_patterns("*-wal", "*-shm"))
        return case["dwellings"]

    return timed
