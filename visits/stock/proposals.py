"""What works done, home visits and what stands around would prove: proposed to a person, noted
only when she says so.

A visit tells of the home where the person lived that day; what she said is used as far as her
consent to visits goes.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from seniors import consents
from seniors.models import Consent, Dwelling, Senior, User
from seniors.person import records_of
from visits.enums import State
from visits.models import Action, StockCriterion, StockFinding, Surrounding, VisitForm
from visits.programmes.services import SERVICES
from visits.programmes.surroundings import is_near_all
from visits.stock.register import Known, Noted, note
from visits.visiting.arrivals import told_at_visits


@dataclass(frozen=True)
class Proposal:
    """Something that could be noted; `key` names it on a form."""

    dwelling: Dwelling
    criterion: StockCriterion
    met: bool
    evidence: str
    on: date
    words: str
    action: Action | None = None

    @property
    def key(self) -> str:
        return f"{self.dwelling.pk}-{self.criterion.pk}-{self.evidence}-{self.on:%Y%m%d}"


def proposals_for(
    dwellings: Sequence[Dwelling],
    criteria: Sequence[StockCriterion],
    known: dict[int, dict[int, Known]],
) -> list[Proposal]:
    """What would tell more than what is `known` (`register.known_of`), the latest of each dwelling
    and criterion, in the order of the dwellings: six queries."""
    found: dict[tuple[int, int], Proposal] = {}
    sources = (_from_works, _from_visits, _from_around)
    for one in (told for source in sources for told in source(dwellings, criteria)):
        key = one.dwelling.pk, one.criterion.pk
        if _is_news(one, known[key[0]][key[1]]) and (key not in found or found[key].on <= one.on):
            found[key] = one
    order = {home.pk: place for place, home in enumerate(dwellings)}
    place = {one.pk: place for place, one in enumerate(criteria)}
    return sorted(found.values(), key=lambda o: (order[o.dwelling.pk], place[o.criterion.pk]))


def accept(proposals: Iterable[Proposal], keys: Collection[str], *, by: User) -> int:
    """Note those whose key was ticked; answers how many. Raises RegisterRefusal as `note`."""
    chosen = [
        Noted(one.dwelling.pk, one.criterion, one.met, one.evidence, one.on, one.words, one.action)
        for one in proposals
        if one.key in keys
    ]
    return note(chosen, by=by) if chosen else 0


def _is_news(one: Proposal, known: Known) -> bool:
    """Whether it is later than what was noted, or says otherwise on the same day or later."""
    if known.finding is None:
        return known.met is not one.met
    if known.finding.met is one.met:
        return False
    return one.on > known.finding.on


def _from_works(
    dwellings: Sequence[Dwelling], criteria: Sequence[StockCriterion]
) -> Iterator[Proposal]:
    """Works done there since, whoever lives there now."""
    of_kind: dict[str, list[StockCriterion]] = {}
    for one in criteria:
        for code in one.works:
            of_kind.setdefault(code, []).append(one)
    homes = {home.pk: home for home in dwellings}
    done = Action.objects.filter(
        dwelling__in=homes, kind__code__in=of_kind, state__in=(State.DONE, State.CONFIRMED)
    )
    for action in done.select_related("kind").order_by("state_on", "pk"):
        for criterion in of_kind[action.kind.code]:
            yield Proposal(
                homes[action.dwelling_id],
                criterion,
                True,
                StockFinding.Evidence.WORKS,
                action.state_on,
                action.kind.label,
                action,
            )


def _from_visits(
    dwellings: Sequence[Dwelling], criteria: Sequence[StockCriterion]
) -> Iterator[Proposal]:
    """What the forms say of the homes of those who live there."""
    looked = [one for one in criteria if one.seen]
    homes = {home.pk: home for home in dwellings}
    people = {
        pk: (homes[home], since)
        for pk, home, since in Senior.objects.housed()
        .filter(dwelling__in=homes)
        .values_list("pk", "dwelling", "housed_since")
    }
    if not people or not looked:
        return
    records = records_of(list(people))
    answers = consents.latest(Consent.objects.filter(senior__in=records), records)
    for record, on, content in told_at_visits(VisitForm.objects.filter(visit__senior__in=records)):
        home, since = people[records[record]]
        if not consents.allows_survey(answers, records[record]) or (since and on < since):
            continue
        for criterion in looked:
            said = [content[code] for code in criterion.seen if code in content]
            met = _met(said, len(criterion.seen))
            if met is not None:
                yield Proposal(
                    home, criterion, met, StockFinding.Evidence.VISIT, on, "Fiche de visite"
                )


def _from_around(
    dwellings: Sequence[Dwelling], criteria: Sequence[StockCriterion]
) -> Iterator[Proposal]:
    """The distances written down around their residence."""
    wanted = [one for one in criteria if one.near]
    codes = {code for one in wanted for code in one.near}
    places = {home.residence_id for home in dwellings}
    around: dict[int, dict[str, Surrounding]] = {}
    for one in Surrounding.objects.filter(residence__in=places, kind__in=codes) if codes else ():
        around.setdefault(one.residence_id, {})[one.kind] = one
    for home in dwellings:
        told = around.get(home.residence_id, {})
        for criterion in wanted:
            services = [told[code] for code in criterion.near if code in told]
            if (met := is_near_all(services, len(criterion.near))) is not None:
                words = "Services alentour\u00a0: " + ", ".join(map(_far, services))
                on = max(one.known_on for one in services)
                evidence = StockFinding.Evidence.DOCUMENT
                yield Proposal(home, criterion, met, evidence, on, words[:200])


def _far(one: Surrounding) -> str:
    """« pharmacie 320 m », « poste aucun tout près »."""
    far = "aucun tout près" if one.metres is None else f"{one.metres} m"
    return f"{SERVICES[one.kind].label.lower()} {far}"


def _met(said: Sequence[int], asked: int) -> bool | None:
    """No as soon as one point was found, yes when all were looked at and none was."""
    if any(said):
        return False
    return True if len(said) == asked else None
