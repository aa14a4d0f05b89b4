"""An answer as it was coded, whatever its way: what its own consents allow to keep, and the digests
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
    # What she took back after that day (`whose.as_of_today`).
    withdrawn: frozenset[ConsentKind] = frozenset()

    @cached_property
    def kept(self) -> dict[str, int]:
        """The values that the consents of this very answer allow to store."""
        if not self.consents.get(ConsentKind.VISIT):
            return {}
        health = self.consents.get(ConsentKind.HEALTH, False)
        return {c: v for c, v in self.values.items() if health or not items.is_sensitive(c)}

    @property
    def unanswered(self) -> ConsentKind | None:
        """The agreement left without yes or no, for want of which some of the values are not
        kept; None once she has decided."""
        if self.values.keys() == self.kept.keys():
            return None
        agreed = self.consents.get(ConsentKind.VISIT)
        wanted = ConsentKind.HEALTH if agreed else ConsentKind.VISIT
        return None if wanted in self.consents else wanted

    @cached_property
    def stored(self) -> dict[str, int]:
        """Of these, what she has not taken back since: nothing else is written."""
        if ConsentKind.VISIT in self.withdrawn:
            return {}
        health = ConsentKind.HEALTH not in self.withdrawn
        return {c: v for c, v in self.kept.items() if health or not items.is_sensitive(c)}

    @cached_property
    def digest(self) -> str:
        """Digest of what is stored, and of nothing else: what was refused or taken back leaves no
        trace."""
        return self._digest_of(self.stored)

    @cached_property
    def digests(self) -> frozenset[str]:
        """Those by which it is known: one received before she took anything back is the same."""
        return frozenset({self.digest, self._digest_of(self.kept)})

    def _digest_of(self, values: Mapping[str, int]) -> str:
        """Who held the pen is not what was answered: one sheet typed twice is the same answer."""
        told = {code: value for code, value in values.items() if code != FILLED_BY}
        content = [told, {str(k): v for k, v in self.consents.items()}, self.objects]
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
