"""Needs found and gone: the door of Need, with `follow_up` for what is done about them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction

from seniors.models import Senior, User
from seniors.person import records_of
from visits.acting import lives_in
from visits.acting.follow_up_rules import FollowUpRefusal, before, check_day, check_role
from visits.acting.moving import close, locked, make_move
from visits.acting.steps import OPEN
from visits.enums import State
from visits.models import Need, Signal, VisitForm
from visits.needs import NEEDS

NEED_IS_GONE = "Le besoin n’est plus là."


@dataclass(frozen=True)
class Finding:
    """A need as it was found."""

    senior: Senior
    code: str
    found_on: date
    form: VisitForm | None = None
    signal: Signal | None = None

    @property
    def key(self) -> tuple[int, str]:
        """Whose need it is, and which."""
        return self.senior.merged_into_id or self.senior.pk, self.code


def add_need(
    senior: Senior,
    code: str,
    *,
    found_on: date,
    by: User,
    form: VisitForm | None = None,
    signal: Signal | None = None,
) -> Need:
    """The person's need of this code: the open one, one closed since that day, or a new one.

    Raises FollowUpRefusal: role, need, future.
    """
    found = Finding(senior, code, found_on, form, signal)
    return add_needs([found], by=by)[found.key]


def add_needs(findings: Sequence[Finding], *, by: User) -> dict[tuple[int, str], Need]:
    """The same for several, {`Finding.key`: need}, in a few queries whatever their number."""
    check_role(by)
    if not NEEDS.keys() >= {one.code for one in findings}:
        raise FollowUpRefusal("need", "Ce besoin n’existe pas\u00a0: rien n’a été enregistré.")
    for day in {one.found_on for one in findings}:
        check_day(day)
    wanted = {one.key: one for one in findings}
    known = _known_needs(wanted) if wanted else {}
    if missing := {key: one for key, one in wanted.items() if key not in known}:
        homes = lives_in.homes_of({person for person, _ in missing})
        rows = [
            Need(
                senior_id=person,
                lives_in_id=homes.get(person),
                code=code,
                family=NEEDS[code].family,
                found_on=one.found_on,
                found_by=by,
                form=one.form,
                signal=one.signal,
            )
            for (person, code), one in missing.items()
        ]
        try:
            with transaction.atomic():
                made = Need.objects.bulk_create(rows)
            known |= {(need.senior_id, need.code): need for need in made}
        except IntegrityError:  # one was added by someone else since
            Need.objects.bulk_create(rows, ignore_conflicts=True)
            known |= _known_needs(missing)
    return known


@transaction.atomic
def close_need(need: Need, *, on: date, by: User) -> Need:
    """The need is gone: closed, and its open actions are cancelled.

    Raises FollowUpRefusal: role, closed, future, before.
    """
    check_role(by)
    need = locked(need.pk)
    if need.closed_on:
        raise FollowUpRefusal("closed", "Ce besoin est déjà clos\u00a0: rien n’a changé.")
    check_day(on)
    if on < need.found_on:
        raise before(need.found_on)
    for action in need.actions.filter(state__in=OPEN).select_related("kind"):
        make_move(action, State.CANCELLED, on=on, by=by, note=NEED_IS_GONE)
    return close(need, on, by)


def _known_needs(wanted: Mapping[tuple[int, str], Finding]) -> dict[tuple[int, str], Need]:
    """On any record of each person: the open need, else the last closed after it was found."""
    records = records_of([person for person, _ in wanted])
    needs = Need.objects.filter(senior__in=records, code__in={code for _, code in wanted})
    known = {}
    for need in sorted(needs, key=lambda one: one.closed_on or date.max):
        key = records[need.senior_id], need.code
        if key in wanted and (not need.closed_on or need.closed_on > wanted[key].found_on):
            known[key] = need
    return known
