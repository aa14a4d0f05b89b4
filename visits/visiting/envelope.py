"""Reading a visit form as it was sent: who, when, how it ended, and fields not judged yet.

{"uid": uuid, "senior": uuid of the senior, "entry": id of the entry of the list or null,
 "made_on": "YYYY-MM-DD", "outcome": code, "channel": code, "version": `form.VERSION`,
 "started_at": instant or null, "finished_at": instant or null, "content": {code: value}}
"""

import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from visits.enums import Channel
from visits.models import Visit
from visits.visiting.fields import Refused, whole

OLDEST_DAYS = 366
FIELDS_MOST, TEXT_MOST = 400, 5000


@dataclass(frozen=True)
class Sent:
    """A form as it came, its envelope read."""

    uid: uuid.UUID
    senior: uuid.UUID
    entry: int | None
    made_on: date
    outcome: str
    channel: str
    version: str
    started_at: datetime | None
    finished_at: datetime | None
    content: Mapping[str, object]

    @property
    def digest(self) -> str:
        """Of what the form says, whatever the order of its fields and when it was sent."""
        said = [str(self.senior), self.made_on.isoformat(), self.outcome, dict(self.content)]
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def read(sent: Mapping[str, Any]) -> Sent:
    """The envelope, typed. Raises Refused: unreadable, future, too_old."""
    content = sent.get("content")
    if not isinstance(content, Mapping) or not _is_plain(content):
        raise _unreadable("son contenu")
    entry = sent.get("entry")
    found = Sent(
        uid=_uuid(sent, "uid"),
        senior=_uuid(sent, "senior"),
        entry=int(entry) if str(entry).isdecimal() and len(str(entry)) < 18 else None,
        made_on=_day(sent),
        outcome=_one_of(sent, "outcome", Visit.Outcome.values),
        channel=_one_of(sent, "channel", Channel.values),
        version=whole(str(sent.get("version") or ""))[:30],
        started_at=_instant(sent.get("started_at")),
        finished_at=_instant(sent.get("finished_at")),
        content=content,
    )
    if not found.version:
        raise _unreadable("la version de ses textes")
    return found


def _is_plain(content: Mapping) -> bool:
    """Codes and short values only."""
    return len(content) <= FIELDS_MOST and all(
        isinstance(code, str)
        and (value is None or isinstance(value, int | str))
        and len(str(value)) <= TEXT_MOST
        for code, value in content.items()
    )


def _uuid(sent: Mapping[str, Any], name: str) -> uuid.UUID:
    try:
        return uuid.UUID(str(sent.get(name)))
    except ValueError:
        raise _unreadable("son numéro" if name == "uid" else "la personne") from None


def _day(sent: Mapping[str, Any]) -> date:
    """The day of the visit: not to come, and not so old that it must be a slip."""
    try:
        day = date.fromisoformat(str(sent.get("made_on")))
    except ValueError:
        raise _unreadable("le jour de la visite") from None
    today = timezone.localdate()
    if day > today:
        raise Refused(
            "future",
            f"La visite est datée du {day:%d/%m/%Y}, qui n’est pas encore passé. Rien n’a été "
            "enregistré ; corrigez la date.",
            "made_on",
        )
    if day < today - timedelta(days=OLDEST_DAYS):
        raise Refused(
            "too_old",
            f"La visite est datée du {day:%d/%m/%Y}, il y a plus d’un an. Rien n’a été "
            "enregistré ; corrigez la date.",
            "made_on",
        )
    return day


def _one_of(sent: Mapping[str, Any], name: str, codes: list[str]) -> str:
    value = sent.get(name)
    if value not in codes:
        raise _unreadable("l’issue de la visite" if name == "outcome" else "d’où elle vient")
    return value


def _instant(value: object) -> datetime | None:
    """An instant, None for what is none: a phone's clock decides nothing here."""
    try:
        found = parse_datetime(str(value)) if value else None
        if found and timezone.is_naive(found):
            found = timezone.make_aware(found)
        return found and found.astimezone(UTC)
    except (ValueError, OverflowError):  # the first and the last day that there is
        return None


def _unreadable(what: str) -> Refused:
    return Refused(
        "unreadable",
        f"Cette fiche ne se lit pas : il manque {what}, ou c’est mal écrit. Rien n’a été "
        "enregistré ; envoyez-la de nouveau, ou appelez l’assistance.",
    )
