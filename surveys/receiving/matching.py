"""Who sent an answer: from a cell to a senior."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd
from django.db.models.functions import Length

from seniors.extract import cells
from seniors.models import Senior
from seniors.person import PERSON
from surveys.models import Campaign, Invitation
from surveys.sending import links

BATCH = 500


def find_seniors(
    references: pd.Series, campaign: Campaign | None = None
) -> tuple[np.ndarray, list[tuple[int, str]]]:
    """(senior id or None by row, [(row, French reason)]) for a column of references.

    That of an invitation of `campaign` first (one of another campaign is refused); then her own;
    then hers whose leading zeros a spreadsheet dropped; then the number of a lease that one
    senior holds.
    """
    told, unread = cells.column(references, cells.read_code)
    told = [text or "" for text in told]
    found, elsewhere = _by_invitation(set(told), campaign)
    found |= _by_reference(set(told) - found.keys() - elsewhere.keys())
    missing = {text for text in told if text and text not in found and text not in elsewhere}
    found |= _by_padded_reference(missing)
    leases = _by_lease(missing - found.keys())
    seniors = np.empty(len(told), dtype=object)
    reasons = []
    for n, text in enumerate(told):
        on_lease = leases.get(text, [])
        seniors[n] = found.get(text) or (on_lease[0] if len(on_lease) == 1 else None)
        if seniors[n] is None:
            why = unread[n] or elsewhere.get(text) or _why_not_found(text, len(on_lease))
            reasons.append((n, why))
    return seniors, reasons


def _why_not_found(text: str, on_lease: int) -> str:
    if not text:
        return "la référence manque"
    if on_lease:
        return "plusieurs locataires seniors sur ce bail\u00a0: indiquez leur référence"
    return "aucun locataire senior ne porte cette référence"


def _by_invitation(
    texts: set[str], campaign: Campaign | None
) -> tuple[dict[str, int], dict[str, str]]:
    """{text: senior id} of the invitations of `campaign`, {text: reason} of those of others."""
    meant = {text: reference for text in texts if (reference := links.read_reference(text))}
    known: dict[str, tuple[int, int, str]] = {}
    for some in batches(sorted(set(meant.values()))):
        rows = Invitation.objects.filter(reference__in=some)
        for reference, *asked in rows.values_list(
            "reference", "campaign", PERSON, "campaign__name"
        ):
            known[reference] = tuple(asked)
    found, elsewhere = {}, {}
    for text, reference in meant.items():
        if reference not in known:
            continue
        asked_in, senior, name = known[reference]
        if campaign is None or asked_in == campaign.pk:
            found[text] = senior
        else:
            elsewhere[text] = links.of_another(name)
    return found, elsewhere


def _by_reference(texts: set[str]) -> dict[str, int]:
    """{reference: senior id}, a merged record giving the one that was kept."""
    found = {}
    for some in batches(sorted(texts - {""})):
        rows = Senior.objects.filter(reference__in=some)
        for pk, reference, kept in rows.values_list("pk", "reference", "merged_into"):
            found[reference] = kept or pk
    return found


def _by_padded_reference(texts: set[str]) -> dict[str, int]:
    """Digits whose leading zeros were lost, when one reference only can be meant."""
    digits = {text for text in texts if text.isdigit()}
    if not digits:
        return {}
    lengths = set(Senior.objects.values_list(Length("reference"), flat=True).order_by().distinct())
    padded = {text: {text.zfill(n) for n in lengths if n > len(text)} for text in digits}
    known = _by_reference(set().union(*padded.values()))
    candidates = {text: {known[p] for p in forms if p in known} for text, forms in padded.items()}
    return {text: ids.pop() for text, ids in candidates.items() if len(ids) == 1}


def _by_lease(texts: set[str]) -> dict[str, list[int]]:
    """{lease number: seniors housed on it}."""
    found: dict[str, list[int]] = defaultdict(list)
    for some in batches(sorted(texts)):
        rows = Senior.objects.housed().filter(lease_reference__in=some)
        for pk, lease in rows.values_list("pk", "lease_reference"):
            found[lease].append(pk)
    return found


def batches(texts: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """Pieces small enough for a query's parameters."""
    for start in range(0, len(texts), BATCH):
        yield texts[start : start + BATCH]
