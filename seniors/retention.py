"""How long things are kept (DOMAIN.md 4), and what is past its time: shown, then erased by night.

Each rule counts what it would erase on a day, so that a page tells what goes tonight and what goes
within a month. Each person is erased whole or not at all; a night that stops goes on the next one.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from seniors import erasers, erasing, withdrawal
from seniors.enums import ConsentKind
from seniors.erasers import Term
from seniors.models import Consent, Senior
from seniors.person import PERSON

log = logging.getLogger(__name__)
GONE_YEARS, PROOF_YEARS = 2, 5
SOON = timedelta(days=30)
A_NIGHT = 2_000  # people, so that a night ends before the morning
BATCH = 500


@dataclass(frozen=True)
class Line:
    """One rule as the page shows it: how many tonight, how many more within a month."""

    label: str
    rule: str
    tonight: int
    soon: int


def lines(today: date | None = None) -> list[Line]:
    """Every rule, those with nothing to erase included."""
    today = today or timezone.localdate()
    then = {one.code: one.count for one in erasers.past_terms(today + SOON)}
    return [
        Line(one.label, one.rule, one.count, max(then[one.code] - one.count, 0))
        for one in erasers.past_terms(today)
    ]


def purge(today: date | None = None) -> dict[str, int]:
    """Erase what is past its time; gives {rule: how many}."""
    done = {}
    for term in erasers.past_terms(today or timezone.localdate()):
        if term.count:
            term.erase()
            log.info("retention %s: %s erased", term.code, term.count)
        done[term.code] = term.count
    return done


def years_before(on: date, years: int) -> date:
    """The same day of an earlier year; 28 February for the 29th."""
    try:
        return on.replace(year=on.year - years)
    except ValueError:
        return on.replace(year=on.year - years, day=28)


def terms(on: date) -> Iterator[Term]:
    """The rules on records and agreements."""
    refused = _refused().values_list(PERSON).distinct().count()
    yield Term(
        "refused",
        "Accords refusés après un oui, dans un questionnaire ou en visite",
        "ce que l’accord permettait est effacé dans la nuit",
        refused,
        lambda: _settle(on),
    )
    gone = _gone(on)
    yield Term(
        "gone",
        "Personnes parties ou décédées",
        f"tout est effacé {GONE_YEARS} ans après la fin du bail, sauf les factures et les accords",
        gone.count(),
        lambda: _forget(gone),
    )
    proofs = _old_proofs(on)
    yield Term(
        "proofs",
        "Traces d’accords",
        f"effacées après {PROOF_YEARS} ans, quand une réponse plus récente compte ou que la "
        "personne est partie",
        proofs.count(),
        proofs.delete,
    )


def _gone(on: date) -> QuerySet[Senior]:
    """Those who left or died long enough ago, whose records still say something."""
    left = Senior.objects.unmerged().filter(ended_on__lte=years_before(on, GONE_YEARS))
    return left.exclude(search_name="")


def _forget(gone: QuerySet[Senior]) -> None:
    """One transaction each: the record stays, empty, and may be filled again if she comes back."""
    for senior in gone[:A_NIGHT]:
        erasing.forget(senior)


def _old_proofs(on: date) -> QuerySet[Consent]:
    """Answers of long ago: a later one of the same kind counts, or she has left as long ago."""
    limit = years_before(on, PROOF_YEARS)
    later = Consent.objects.filter(
        senior=OuterRef("senior"), kind=OuterRef("kind"), decided_on__gt=OuterRef("decided_on")
    )
    old = Consent.objects.filter(decided_on__lte=limit)
    return old.filter(Exists(later)) | old.filter(senior__ended_on__lte=limit)


def _unsettled() -> QuerySet[Consent]:
    """Refusals of which nobody has looked yet at what they end."""
    return Consent.objects.filter(given=False, settled_on=None)


def _refused() -> QuerySet[Consent]:
    """Those that end an agreement given before, on whichever record of the person, and that hold
    today."""
    same = Consent.objects.filter(kind=OuterRef("kind"), given=True)
    before = same.filter(decided_on__lte=OuterRef("decided_on"))
    after = same.filter(decided_on__gt=OuterRef("decided_on"))
    return _unsettled().filter(_of_hers(before)).exclude(_of_hers(after))


def _of_hers(consents: QuerySet[Consent]) -> Q:
    """Whether one of these stands on a record of the same person; each way along an index."""
    ways = (
        {"senior": "senior"},
        {"senior__merged_into": "senior"},
        {"senior": "senior__merged_into"},
        {"senior__merged_into": "senior__merged_into"},
    )
    found = Q()
    for way in ways:
        hers = {name: OuterRef(other) for name, other in way.items()}
        found |= Q(Exists(consents.filter(**hers)))
    return found


def _settle(on: date) -> None:
    """Each in her transaction; the other refusals end nothing."""
    kinds: dict[int, list[ConsentKind]] = {}
    for person, kind in _refused().values_list(PERSON, "kind")[:A_NIGHT]:
        kinds.setdefault(person, []).append(ConsentKind(kind))
    for start in range(0, len(kinds), BATCH):
        for senior in Senior.objects.filter(pk__in=list(kinds)[start : start + BATCH]):
            withdrawal.settle(senior, kinds[senior.pk])
    _unsettled().exclude(pk__in=_refused().values("pk")).update(settled_on=on)
