"""How long things are kept (DOMAIN.md 4), and what is past its time: shown, then erased by night.

Each rule counts what it would erase on a day, so that a page tells what goes tonight and what goes
within a month. Each person is erased whole or not at all; a night that stops goes on the next one.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from seniors import erasers, erasing, withdrawal
from seniors.enums import ConsentKind
from seniors.erasers import Term
from seniors.models import Consent, Senior
from seniors.person import PERSON

log = logging.getLogger(__name__)
GONE_YEARS, PROOF_YEARS = 2, 5
SOON = timedelta(days=30)
# A no said in a questionnaire or at a visit is heard within the day; some nights may be missed.
LOOKED_BACK = timedelta(days=14)
A_NIGHT = 2_000  # people, so that a night ends before the morning


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
    refused = _refused(on)
    yield Term(
        "refused",
        "Accords refusés après un oui, dans un questionnaire ou en visite",
        "ce que l’accord permettait est effacé dans la nuit",
        len(refused),
        lambda: _settle(refused),
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


def _refused(on: date) -> dict[int, list[ConsentKind]]:
    """{person: agreements refused lately after a yes, of which something is still kept}."""
    since = on - LOOKED_BACK
    lately = Consent.objects.filter(given=False, recorded_at__date__gte=since)
    lately = lately.exclude(wording__startswith=withdrawal.WORDING)
    people = set(lately.values_list(PERSON, flat=True))
    told = Consent.objects.filter(senior__in=people) | Consent.objects.filter(
        senior__merged_into__in=people
    )
    latest: dict[tuple[int, str], bool] = {}
    agreed: set[tuple[int, str]] = set()
    rows = told.annotate(whose=PERSON).order_by("decided_on", "pk")
    for person, kind, given in rows.values_list("whose", "kind", "given"):
        latest[person, kind] = given
        if given:
            agreed.add((person, kind))
    found: dict[int, list[ConsentKind]] = {}
    for person, kind in agreed:
        if not latest[person, kind]:
            found.setdefault(person, []).append(ConsentKind(kind))
    seniors = Senior.objects.in_bulk(found)
    return {
        person: kinds for person, kinds in found.items()
        if withdrawal.what_goes(seniors[person], kinds)
    }  # fmt: skip


def _settle(refused: dict[int, list[ConsentKind]]) -> None:
    for senior in Senior.objects.filter(pk__in=refused):
        withdrawal.settle(senior, refused[senior.pk])
