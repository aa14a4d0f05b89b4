"""What to do in the same works: the adaptations that wait in a residence, by kind of works.

Ready: the tenant said yes, nobody is asked yet; that is what a gesture launches. An open need that
nothing answers counts once, under the first kind that answers it, those of the programme first: it
is decided with the tenant before. Amounts are in euros without VAT, as in the backlog.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, F, Q, Sum

from seniors.models import Residence, User
from visits.acting.hand_over import person_of
from visits.acting.steps import OPEN
from visits.acting.waiting import LINKS
from visits.enums import State
from visits.models import Action, ActionKind, Need, Programme
from visits.programmes.natures import works_with
from visits.works.backlog import bare_needs_of, priced, truly_seen, works_of, works_open_to
from visits.works.prices import kinds_of_works, price_of

READY = Q(state=State.ACCEPTED) & (Q(works=None) | Q(works__lot=None))


@dataclass(frozen=True)
class Ready:
    """What can be launched in a residence now; `estimate` leaves out what has no price."""

    count: int = 0
    estimate: Decimal = Decimal(0)
    unpriced: int = 0


@dataclass(frozen=True)
class Proposal:
    """One kind of works in one residence."""

    kind: ActionKind
    fits: bool  # goes well with the works of the programme
    ready: tuple[Action, ...]  # with their `amount`
    asked: int  # proposed: the tenant has not answered
    under_way: int  # asked for already
    bare: int  # needs that it would answer, nothing decided yet
    dwellings: int  # where something is ready, proposed or lacking

    @property
    def estimate(self) -> Decimal:
        """Of what is ready and has a price."""
        return sum((one.amount for one in self.ready if one.amount is not None), Decimal(0))

    @property
    def unpriced(self) -> int:
        """What is ready without a price."""
        return sum(one.amount is None for one in self.ready)

    @property
    def if_all(self) -> Decimal | None:
        """One unit more for each who has not answered and each need; None without a price."""
        price, more = price_of(self.kind), self.asked + self.bare
        if price is None and (more or self.unpriced):
            return None
        return self.estimate + (more * price.unit_cost if more else Decimal(0))


def proposals_of(user: User, programme: Programme) -> list[Proposal]:
    """By kind of works, those that go with the programme first; kinds nobody waits for left out."""
    here = {"lives_in": programme.residence_id}
    # Made there, for who still lives there: the yes of who has left is not that of the next.
    works = priced(works_open_to(user)).filter(state__in=OPEN, made_in=F("lives_in"), **here)
    works = list(works.select_related(*LINKS).order_by("need__found_on", "pk"))
    needs = truly_seen(user, bare_needs_of(user)).filter(**here)
    needs = needs.select_related("senior__merged_into")
    fitting = works_with(programme.natures)
    kinds = sorted(kinds_of_works(), key=lambda kind: kind.code not in fitting)
    lacking = _by_kind(kinds, needs)
    found = [
        _proposal(
            kind,
            kind.code in fitting,
            [one for one in works if one.kind_id == kind.pk],
            lacking.get(kind.pk, []),
        )
        for kind in kinds
    ]
    return [one for one in found if one.dwellings or one.under_way]


def _by_kind(kinds: Sequence[ActionKind], needs: Iterable[Need]) -> dict[int, list[Need]]:
    """{kind: the needs counted under it}; each once, nowhere when no kind answers it."""
    first: dict[str, int] = {}
    for kind in kinds:
        if kind.is_active:
            for code in kind.needs:
                first.setdefault(code, kind.pk)
    found: dict[int, list[Need]] = {}
    for need in needs:
        if need.code in first:
            found.setdefault(first[need.code], []).append(need)
    return found


def _proposal(kind: ActionKind, fits: bool, works: list[Action], needs: list[Need]) -> Proposal:
    ready = [one for one in works if is_ready(one)]
    asked = [one for one in works if one.state == State.PROPOSED]
    waiting = [*ready, *asked, *needs]
    return Proposal(
        kind=kind,
        fits=fits,
        ready=tuple(ready),
        asked=len(asked),
        under_way=len(works) - len(ready) - len(asked),
        bare=len(needs),
        dwellings=len({person_of(one).dwelling_id for one in waiting}),
    )


def is_ready(action: Action) -> bool:
    """`READY`, of works read with their `works`."""
    works = getattr(action, "works", None)
    return action.state == State.ACCEPTED and (works is None or works.lot_id is None)


def ready_of(user: User, residences: Iterable[Residence | int]) -> dict[int, Ready]:
    """{residence: what can be launched there}, of any number of residences in one query."""
    works = priced(works_of(user)).filter(
        READY, made_in=F("lives_in"), lives_in__in=list(residences)
    )
    rows = (
        works.order_by()
        .values(home=F("lives_in"))
        .annotate(count=Count("pk"), sum=Sum("amount"), unpriced=Count("pk", Q(amount=None)))
    )
    return {
        row["home"]: Ready(row["count"], row["sum"] or Decimal(0), row["unpriced"]) for row in rows
    }
