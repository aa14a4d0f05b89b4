"""Questionnaires of a whole campaign to PDF, as the background task draws them: addresses read in
postal order, four pages each, a QR code of one's own, several files in an archive."""

import os
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from tests.bench.measure import bienveille


def work(case: dict[str, Any]) -> Callable[[], int]:
    """The printing of everyone asked, addresses all different."""
    bienveille()
    from django.core.management import call_command

    from surveys.campaigns import dispatch
    from surveys.sending import printing
    from tests.make import make_territory

    call_command("migrate", verbosity=0)
    territory = make_territory()
    _people(territory, case["people"])
    campaign = dispatch.open_campaign(
        name="Enquête",
        questionnaire="bienvieillir-60-2026",
        territories=[territory],
        opened_on=date(2026, 10, 1),
        closes_on=date(2026, 12, 31),
        least_age=60,
    )
    path = Path(os.environ["BIENVEILLE_VAR_DIR"]) / "questionnaires"

    def timed() -> int:
        people = printing.invited(campaign, only_silent=False)
        copies, written = printing.write_files(path, campaign, people.iterator(2000))
        timed.more = {"bytes": written.stat().st_size}
        return copies

    return timed


def _people(territory: Any, count: int) -> None:
    """That many people, each in a home of her own."""
    from seniors.models import Dwelling, Senior
    from tests.make import make_residence

    residence = make_residence(territory)
    homes = Dwelling.objects.bulk_create(
        Dwelling(
            residence=residence,
            reference=f"L{number}",
            street_number=str(number % 200),
            street=f"rue du Port {number // 200}",
            postcode=f"29{number % 7:03d}",
            city="Brest",
            door=str(number % 40),
            building="B",
        )
        for number in range(count)
    )
    Senior.objects.bulk_create(
        Senior(
            reference=f"P{number}",
            title="Mme",
            first_name="Jeanne",
            last_name=f"Le Goff {number}",
            search_name=f"le goff {number} jeanne",
            born_on=date(1940, 5, 17),
            dwelling=home,
        )
        for number, home in enumerate(homes)
    )
