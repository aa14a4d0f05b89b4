"""The one table of what may become of an action: from where to where, by whom, said how.

Nothing here reads or writes: `follow_up` makes the moves, pages show the buttons.
"""

from dataclasses import dataclass

from visits.enums import State

# Nothing moves any more from these.
CLOSED = (State.DECLINED, State.CONFIRMED, State.CANCELLED)
OPEN = tuple(state for state in State if state not in CLOSED)
# In a partner's hands, or in those of the landlord's own people.
WITH_SOMEONE = (State.REQUESTED, State.PARTNER_ACCEPTED, State.UNDER_WAY)


@dataclass(frozen=True)
class Step:
    """One allowed move.

    verb: the button. you: what the partner chooses on his page, after « Vous »; "" when his link
    cannot make it. only: True for what partners do, False for what the landlord does himself, None
    for both. note: a reason is required. touch: one touch on a list is enough.
    """

    start: State
    to: State
    verb: str
    you: str = ""
    only: bool | None = None
    note: bool = False
    touch: bool = False


TABLE: tuple[Step, ...] = (
    Step(State.PROPOSED, State.ACCEPTED, "La personne accepte", touch=True),
    Step(State.PROPOSED, State.DECLINED, "La personne décline"),
    Step(State.ACCEPTED, State.REQUESTED, "Demander à nos équipes", only=False, touch=True),
    Step(State.ACCEPTED, State.REQUESTED, "Demander à un partenaire", only=True),
    Step(State.REQUESTED, State.UNDER_WAY, "C’est en cours", only=False, touch=True),
    Step(
        State.REQUESTED,
        State.PARTNER_ACCEPTED,
        "Le partenaire accepte",
        you="acceptez cette demande",
        only=True,
        touch=True,
    ),
    Step(
        State.REQUESTED,
        State.PARTNER_REFUSED,
        "Le partenaire refuse",
        you="ne pouvez pas la prendre",
        only=True,
        note=True,
    ),
    Step(State.PARTNER_REFUSED, State.REQUESTED, "Demander à un autre", only=True),
    Step(
        State.PARTNER_ACCEPTED,
        State.UNDER_WAY,
        "C’est en cours",
        you="avez commencé",
        only=True,
        touch=True,
    ),
    Step(State.UNDER_WAY, State.DONE, "C’est fait", you="avez terminé", touch=True),
    # Who accepted, or began, may have to stop: the tenant is then asked about someone else.
    *(
        Step(
            state,
            State.PARTNER_REFUSED,
            "Le partenaire ne peut pas continuer",
            you="ne pouvez pas continuer",
            only=True,
            note=True,
        )
        for state in (State.PARTNER_ACCEPTED, State.UNDER_WAY)
    ),
    Step(State.DONE, State.CONFIRMED, "La personne confirme", touch=True),
    Step(State.DONE, State.UNDER_WAY, "La personne dit que non"),
    *(Step(state, State.CANCELLED, "Annuler cette action", note=True) for state in OPEN),
)


def step(start: str, to: str, *, by_partner: bool) -> Step | None:
    """The allowed move from `start` to `to` for a kind made by a partner or not; None if none."""
    ways = steps_from(start, by_partner=by_partner)
    return next((one for one in ways if one.to == to), None)


def steps_from(start: str, *, by_partner: bool) -> list[Step]:
    """What may follow, in the order of the buttons; cancelling last."""
    return [one for one in TABLE if one.start == start and one.only in (None, by_partner)]
