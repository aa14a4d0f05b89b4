"""Forms as a phone or a page sends them."""

import uuid
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from seniors.models import Senior
from visits.visiting import form
from visits.visiting.recording import Recorded, record_visit

YES = {"consent.visit": 1, "consent.health": 1}


def sent(senior: Senior, content: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    """A finished form; `days_ago` says when the visit was."""
    ago = changes.pop("days_ago", 0)
    return {
        "uid": str(uuid.uuid4()),
        "senior": str(senior.uid),
        "entry": None,
        "made_on": (timezone.localdate() - timedelta(days=ago)).isoformat(),
        "outcome": "done",
        "channel": "phone",
        "version": form.VERSION,
        "started_at": None,
        "finished_at": None,
        "content": {"present.senior": 1} if content is None else content,
    } | changes


def send(senior: Senior, by, content: dict[str, Any] | None = None, **changes: Any) -> Recorded:
    """The same, recorded."""
    return record_visit(sent(senior, content, **changes), by=by)


def days_ago(count: int) -> date:
    return timezone.localdate() - timedelta(days=count)
