"""What the field saw before the lists: past visits, signals, people who want no visit."""

import uuid
from datetime import date, datetime, time

import pandas as pd
from django.db import transaction
from django.utils import timezone

from seniors import observe
from seniors.demo.field import SEEN
from seniors.enums import ConsentKind, Source
from seniors.models import Consent, Objection, Senior
from visits.demo.files import OBJECTIONS, SIGNALS, VISITS
from visits.demo.plan import Demo
from visits.documents.content import CONSENT_WORDING
from visits.models import Signal, Visit

_NAMESPACE = uuid.UUID("9d0dc1f4-6df5-4c8a-8a4e-0d3f0f1f6f52")


@transaction.atomic
def see_the_field(demo: Demo) -> str | None:
    """What the field saw before the lists: each row once, by an identity made of its content."""
    if Signal.objects.exists() or Visit.objects.exists():
        return None
    ids = dict(Senior.objects.values_list("reference", "id"))
    counts = (
        _visits(_read(demo, VISITS, ids), demo),
        _signals(_read(demo, SIGNALS, ids)),
        _objections(_read(demo, OBJECTIONS, ids)),
    )
    return "{} visites, {} signalements, {} oppositions".format(*counts)


def _read(demo: Demo, name: str, ids: dict[str, int]) -> pd.DataFrame:
    """Rows of people who are in the base, with their `senior_id`."""
    frame = pd.read_csv(demo.folder / name, dtype={"reference": str})
    frame["senior_id"] = frame["reference"].map(ids)
    return frame.dropna(subset=["senior_id"]).astype({"senior_id": int})


def _visits(rows: pd.DataFrame, demo: Demo) -> int:
    """Past visits, the consent given on the spot, and what was noted."""
    done = rows[rows["outcome"] == "done"]
    Consent.objects.bulk_create(
        Consent(
            senior_id=row.senior_id,
            kind=kind,
            given=row.consent_health if kind == ConsentKind.HEALTH else True,
            decided_on=row.made_on,
            wording=CONSENT_WORDING,
            source=Source.VISIT,
        )
        for row in done.itertuples()
        for kind in (ConsentKind.VISIT, ConsentKind.HEALTH)
    )
    notes = [
        observe.Note(
            senior_id=row["senior_id"],
            uid=uuid.uuid5(_NAMESPACE, f"visit {row['reference']}"),
            source=Source.VISIT,
            observed_on=date.fromisoformat(row["made_on"]),
            values={code: int(row[code]) for code in SEEN if not pd.isna(row[code])},
        )
        for row in done.to_dict("records")
    ]
    observe.record_many(notes)
    Visit.objects.bulk_create(
        Visit(
            senior_id=row.senior_id,
            made_on=row.made_on,
            outcome=row.outcome,
        )
        for row in rows.itertuples()
    )
    return len(rows)


def _signals(rows: pd.DataFrame) -> int:
    """Worrying signs, each leaving an observation: someone had news of the person."""
    observe.record_many(
        [
            observe.Note(
                senior_id=row.senior_id,
                uid=uuid.uuid5(_NAMESPACE, f"signal {row.reference}"),
                source=Source.SIGNAL,
                observed_on=date.fromisoformat(row.seen_on),
                values={},
            )
            for row in rows.itertuples()
        ]
    )
    Signal.objects.bulk_create(
        Signal(senior_id=row.senior_id, urgency=row.urgency, what=row.what, seen_on=row.seen_on)
        for row in rows.itertuples()
    )
    for row in Signal.objects.filter(senior__in=rows["senior_id"].tolist()):
        morning = timezone.make_aware(datetime.combine(row.seen_on, time(9, 20)))
        Signal.objects.filter(pk=row.pk).update(recorded_at=morning)
    return len(rows)


def _objections(rows: pd.DataFrame) -> int:
    """People who want no visit."""
    Objection.objects.bulk_create(
        Objection(
            senior_id=row.senior_id,
            since=row.since,
            until=None if pd.isna(row.until) else row.until,
            reason=row.reason,
        )
        for row in rows.itertuples()
    )
    return len(rows)
