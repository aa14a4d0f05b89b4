"""Set what the worker does each morning; run again, it changes nothing but what was wrong."""

from datetime import datetime, time, timedelta
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from django_q.models import Schedule

MORNING = time(6, 30)
DAILY = {
    "rappels aux partenaires": "visits.tasks.remind_partners",
    "actions en retard": "visits.tasks.tell_officers",
    "chiffres de pilotage": "visits.tasks.count_steering",
    "relances de l’enquête": "surveys.tasks.start_waves",
    "résidence des besoins et actions": "visits.tasks.mend_homes",
    "effacement de nuit": "seniors.tasks.purge_records",
}


class Command(BaseCommand):
    """Writes the schedules; a morning already set keeps its next time."""

    help = "Programme ce que le service de fond fait chaque matin."

    def handle(self, **options: Any) -> None:
        """One line per task."""
        for name, task in DAILY.items():
            told = {"func": task, "schedule_type": Schedule.DAILY, "repeats": -1}
            schedule, is_new = Schedule.objects.update_or_create(
                name=name, defaults=told, create_defaults=told | {"next_run": next_morning()}
            )
            at = timezone.localtime(schedule.next_run)
            said = "programmé" if is_new else "déjà programmé"
            self.stdout.write(f"{name}\u00a0: {said}, prochain passage le {at:%d/%m/%Y à %H:%M}")


def next_morning() -> datetime:
    """Tomorrow, before anybody is at work."""
    day = timezone.localdate() + timedelta(days=1)
    return timezone.make_aware(datetime.combine(day, MORNING))
