"""An answer as it was coded, whatever its way: what its own consents allow to keep, and the digest
by which it is known when it comes again."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from seniors.enums import ConsentKind
from seniors.fragility import items
from surveys.models import Response

FILLED_BY = "filled_by"


@dataclass(frozen=True)
class Answer:
    """What one senior sent back, as coded; `consents` holds only those answered."""

    senior_id: int
    channel: Response.Channel
    received_on: date
    values: Mapping[str, int]
    consents: Mapping[ConsentKind, bool] = field(default_factory=dict)
    objects: bool = False

    @cached_property
    def kept(self) -> dict[str, int]:
        """The values that the consents of this very answer allow to store."""
        if not self.consents.get(ConsentKind.VISIT):
            return {}
        health = self.consents.get(ConsentKind.HEALTH, False)
        return {c: v for c, v in self.values.items() if health or not items.is_sensitive(c)}

    @cached_property
    def digest(self) -> str:
        """Digest of what is kept, and of nothing else: what was refused leaves no trace.

        Who held the pen is not what was answered: one sheet typed twice is the same answer.
        """
        told = {code: value for code, value in self.kept.items() if code != FILLED_BY}
        content = [told, {str(k): v for k, v in self.consents.items()}, self.objects]
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
