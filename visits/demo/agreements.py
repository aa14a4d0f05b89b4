"""Agreements taken back: one on her own page, others told to an officer. What they allowed goes."""

from collections.abc import Iterator

from seniors import consents, withdrawal
from seniors.enums import ConsentKind
from seniors.french import counted
from seniors.models import Consent, Senior, User
from surveys.models import Response
from visits.demo.people import officers
from visits.demo.plan import Demo
from visits.demo.survey import campaign_of

LOOKED_AT = 40  # people, among whom someone holds all four
K, C = ConsentKind, withdrawal.Channel
# Which agreements, how she said it.
TAKEN_BACK = (
    ((K.HEALTH,), C.WEB),
    ((K.VISIT, K.HEALTH, K.SHARING, K.EVALUATION), C.PHONE),
    ((K.EVALUATION,), C.LETTER),
    ((K.SHARING,), C.ORAL),
)


def take_back(demo: Demo) -> str | None:
    """One in each of the first territories, once."""
    if Consent.objects.filter(wording__startswith=withdrawal.WORDING).exists():
        return None
    done = 0
    for (kinds, channel), (senior, officer) in zip(TAKEN_BACK, _people(demo), strict=False):
        by = None if channel == C.WEB else officer
        withdrawal.withdraw(senior, kinds, by=by, channel=channel)
        done += 1
    return counted(done, "accord retiré", "accords retirés")


def _people(demo: Demo) -> Iterator[tuple[Senior, User]]:
    """Someone who answered and agreed to everything, on no list, for each officer."""
    answered = Response.objects.filter(campaign=campaign_of(demo), observation__isnull=False)
    for officer in officers():
        people = Senior.objects.housed().filter(
            dwelling__residence__territory__in=officer.territories.all(),
            responses__in=answered,
            list_entries=None,
        )
        for senior in people.order_by("reference")[:LOOKED_AT]:
            told = consents.latest_by_kind(senior.consents.all())
            if all(kind in told and told[kind].given for kind in ConsentKind):
                yield senior, officer
                break
