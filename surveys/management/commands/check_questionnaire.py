"""Say what is wrong with a questionnaire, line by line, or what it changes; nothing is stored."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from surveys.questionnaires import questionnaire, versions
from surveys.questionnaires.questionnaire import QuestionnaireError


class Command(BaseCommand):
    """`manage.py check_questionnaire draft.toml [--against bienvieillir-60-2026]`."""

    help = "Check a questionnaire written in TOML; with --against, compare it with one of ours."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file, and the version to compare it with."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--against", help="the name of a version kept here")

    def handle(self, *, file: Path, against: str | None, **options: Any) -> None:
        """Load, draw, then compare."""
        from surveys.sending import printing  # noqa: PLC0415

        try:
            found = questionnaire.load(file.read_text(encoding="utf-8-sig"))
            printing.sample(found)
            before = questionnaire.named(against) if against else None
        except (QuestionnaireError, printing.TooLong) as error:
            raise CommandError(str(error)) from None
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"Fichier illisible\u00a0: {error}") from None
        self.stdout.write(f"{found.name}\u00a0: {len(found.items)} questions, rien à corriger.")
        if before:
            for line in versions.compare(before, found).lines:
                if line.verdict != versions.Verdict.SAME:
                    said = "\u00a0; ".join(line.notes)
                    self.stdout.write(f"{line.code}\u00a0: {line.verdict}, {said}")
