"""Score the seniors of the stock or of one territory, or check an old run by computing it again."""

import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from seniors.day_field import day_argument
from seniors.models import ScoreRun, Territory


class Command(BaseCommand):
    """Prints counts, never names."""

    help = "Calcule l’ordre de visite des seniors, ou rejoue un calcul passé (--replay)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """A date, a territory, a grid file, or the run to replay."""
        parser.add_argument("--territory", metavar="CODE", help="un seul territoire")
        parser.add_argument("--as-of", type=day_argument, help="AAAA-MM-JJ (aujourd’hui)")
        parser.add_argument("--grid", type=Path, help="un autre fichier de grille")
        parser.add_argument("--replay", metavar="UID", help="le calcul à rejouer")

    def handle(self, *args: Any, **options: Any) -> None:
        """Dispatch."""
        started = time.monotonic()
        if options["replay"]:
            self._replay(options["replay"])
        else:
            self._score(options)
        self.stdout.write(f"En {time.monotonic() - started:.1f} s.")

    def _score(self, options: dict[str, Any]) -> None:
        """Compute, then say how many people each band holds."""
        from seniors.fragility import store  # noqa: PLC0415 - loads pandas
        from seniors.fragility.grid import GridError  # noqa: PLC0415 - loads pandas

        try:
            run = store.score_seniors(
                territory=_territory(options["territory"]),
                as_of=options["as_of"],
                grid_text=options["grid"].read_text(encoding="utf-8") if options["grid"] else None,
                progress=self._progress,
            )
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"La grille ne se lit pas : {error}") from error
        except GridError as error:
            raise CommandError(f"La grille est refusée.\n{error}") from error
        grid, counts = store.grid_of(run), store.band_counts(run)
        for code in [*(band.code for band in grid.bands), ""]:
            self.stdout.write(f"{grid.band_label(code)} : {counts.get(code, 0)}")
        self.stdout.write(f"{run.people} senior{'s' if run.people > 1 else ''}, calcul {run.uid}.")

    def _progress(self, done: int) -> None:
        """Say how far it is, to a person only."""
        if self.stdout.isatty():
            self.stdout.write(f"  {done}…", ending="\r")

    def _replay(self, uid: str) -> None:
        """Compute a run again and compare."""
        from seniors.fragility import store  # noqa: PLC0415 - loads pandas

        run = _run(uid)
        again, kept = store.replay(run), store.stored(run)
        if not again.equals(kept):
            changed = (again.compare(kept).notna()).any(axis=1).sum()
            raise CommandError(f"Calcul {run.uid} : scores différents : {changed} sur {len(kept)}.")
        self.stdout.write(f"Calcul {run.uid} : scores identiques : {len(kept)} sur {len(kept)}.")


def _territory(code: str | None) -> Territory | None:
    """The territory of that code."""
    if code is None:
        return None
    territory = Territory.objects.filter(code=code).first()
    if territory is None:
        known = ", ".join(Territory.objects.values_list("code", flat=True)) or "aucun"
        raise CommandError(f"Le territoire « {code} » n’existe pas. Territoires : {known}.")
    return territory


def _run(uid: str) -> ScoreRun:
    """The finished run of that identity."""
    runs = ScoreRun.objects.filter(finished_at__isnull=False).select_related("grid")
    run = runs.filter(uid=uid).first() if _is_uuid(uid) else None
    if run is None:
        raise CommandError(f"Aucun calcul terminé ne porte le numéro {uid}.")
    return run


def _is_uuid(text: str) -> bool:
    """Whether the text can be an identity."""
    return len(text.replace("-", "")) == 32 and all(c in "0123456789abcdef-" for c in text.lower())
