"""Import a landlord's file: shows what it would change, and changes it only with --apply."""

import time
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from seniors import applied
from seniors import import_words as words


class Command(BaseCommand):
    """Prints counts, never names. With --apply the file is read once, compared and written."""

    help = "Lit un fichier de logements, d’occupants ou de réponses, et montre ce qu’il changerait."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", help="dwellings, occupants ou answers")
        parser.add_argument("file", type=Path)
        parser.add_argument("--date", default="", help="jour de l’extrait, AAAA-MM-JJ")
        parser.add_argument("--map", action="append", default=[], metavar="champ=en-tête")
        parser.add_argument("--option", action="append", default=[], metavar="nom=valeur")
        parser.add_argument("--refusals", type=Path, help="où écrire les lignes à reprendre (XLSX)")
        parser.add_argument("--apply", action="store_true", help="enregistrer")

    def handle(self, *args: Any, **options: Any) -> None:
        from seniors.extract import intake  # noqa: PLC0415 - loads pandas
        from seniors.extract.read import UnreadableFile  # noqa: PLC0415

        started = time.monotonic()
        try:
            run = self._receive(intake, options)
        except UnreadableFile as error:
            raise CommandError(str(error)) from error
        try:
            self._map(intake, run, options)
            (intake.import_now if options["apply"] else intake.preview)(run)
            self._show(intake, run, options["refusals"])
        except (UnreadableFile, intake.NotNow) as error:
            raise CommandError(str(error)) from error
        finally:  # nobody will come back to it: its copy is not kept
            if run.state in intake.OPEN_STATES:
                intake.cancel(run)
        if run.state == run.State.APPLIED:
            applied.tell(run)
        done = "Enregistré" if options["apply"] else "Aperçu"
        self.stdout.write(f"{done} en {time.monotonic() - started:.1f} s.")
        if not options["apply"]:
            self.stdout.write("Rien n’a été modifié\u00a0: ajoutez --apply pour enregistrer.")

    def _receive(self, intake: Any, options: dict[str, Any]) -> Any:
        path: Path = options["file"]
        if options["kind"] not in intake.KINDS:
            raise CommandError(f"Contenu inconnu\u00a0: {', '.join(intake.KINDS)} attendu.")
        if not path.is_file():
            raise CommandError(f"Le fichier {path} n’existe pas.")
        if options["refusals"] and not options["refusals"].absolute().parent.is_dir():
            raise CommandError(f"Le dossier {options['refusals'].parent} n’existe pas.")
        day = _day(options["date"]) if options["date"] else date.fromtimestamp(path.stat().st_mtime)  # noqa: DTZ012 - the machine's day
        return intake.receive(path, kind=options["kind"], name=path.name, extract_on=day)

    def _map(self, intake: Any, run: Any, options: dict[str, Any]) -> None:
        given = dict(pair.partition("=")[::2] for pair in options["option"])
        _check_options(intake.KINDS[run.kind], given)
        choices = intake.propose(run, given)
        read = choices["options"]
        if given.get("sheet") and ("sheets" not in read or read["sheet"] != given["sheet"]):
            raise CommandError(f"Ce fichier n’a pas de feuille «\u00a0{given['sheet']}\u00a0».")
        chosen = dict(pair.partition("=")[::2] for pair in options["map"])
        unknown = set(chosen) - set(choices["columns"])
        if unknown:
            raise CommandError(f"Champ inconnu\u00a0: {', '.join(sorted(unknown))}.")
        choices["columns"] |= {code: heading or None for code, heading in chosen.items()}
        intake.choose(run, choices)

    def _show(self, intake: Any, run: Any, refusals: Path | None) -> None:
        self._fail_if_refused(run)
        labels = intake.count_labels(run.kind)
        for key, label in labels.items():
            if key in intake.COUNTS or run.counts.get(key):
                self.stdout.write(f"{run.counts.get(key, 0):>9} {label}")
        if lacking := words.to_complete(run):
            self.stdout.write(lacking)
        stored, rows = intake.refusals_workbook(run), words.returned_rows(run)
        if refusals and stored:
            refusals.write_bytes(stored.getvalue())
            self.stdout.write(f"{rows.capitalize()} écrites dans {refusals}.")
        elif stored:
            self.stdout.write(f"--refusals FICHIER.xlsx donne les {rows}.")

    def _fail_if_refused(self, run: Any) -> None:
        if run.state == run.State.REFUSED:
            raise CommandError(run.error)


def _day(text: str) -> date:
    """AAAA-MM-JJ or JJ/MM/AAAA."""
    try:
        return date.fromisoformat("-".join(reversed(text.split("/"))))
    except ValueError:
        raise CommandError(f"Date illisible\u00a0: {text}. Écrivez AAAA-MM-JJ.") from None


def _check_options(kind: Any, given: dict[str, str]) -> None:
    """Refuse what no file could be read by."""
    from seniors.extract.csv_file import ENCODINGS, SEPARATORS  # noqa: PLC0415

    asked = [question.code for question in kind.questions()]
    allowed = {
        "encoding": ENCODINGS,
        "separator": SEPARATORS,
        "header_row": None,
        "sheet": None,
    } | dict.fromkeys(asked)
    for name, value in given.items():
        if name not in allowed:
            raise CommandError(
                f"Option inconnue\u00a0: {name}. Options\u00a0: {', '.join(allowed)}."
            )
        if allowed[name] and value not in allowed[name]:
            known = " ".join(map(repr, allowed[name]))
            raise CommandError(
                f"Valeur inconnue pour {name}\u00a0: {value!r}. Valeurs\u00a0: {known}."
            )
    if not given.get("header_row", "1").isdecimal() or given.get("header_row") == "0":
        raise CommandError("header_row est le numéro d’une ligne, à partir de 1.")
