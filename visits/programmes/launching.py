"""The adaptations of one kind launched with a programme: a lot, asked for in the same works.

Works already asked for are never asked for again: they are candidates no more, and two clicks at
once wait for each other.
"""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.db import transaction

from seniors.models import User
from visits.enums import State
from visits.models import Action, ActionKind, Programme, WorksLot
from visits.programmes.recording import ProgrammeRefusal
from visits.works import lots


def preview(
    programme: Programme, kind: ActionKind, chosen: Collection[UUID], *, on: date, by: User
) -> lots.Preview:
    """What `launch` would do with the same words; nothing is kept. Raises ProgrammeRefusal: done,
    again."""
    return lots.preview(_free(programme, kind, chosen, by=by), on=on, by=by)


@transaction.atomic
def launch(
    programme: Programme, kind: ActionKind, chosen: Collection[UUID], *, on: date, by: User
) -> tuple[WorksLot, list[tuple[Action, str]]]:
    """Ask for these works of that kind, as one lot of the programme.

    Gives the lot, and those left as they were with the reason. Raises ProgrammeRefusal (done,
    again) and `lots.LotRefusal`.
    """
    held = Programme.objects.select_for_update(of=("self",)).select_related("residence")
    programme = held.get(pk=programme.pk)
    works = _free(programme, kind, chosen, by=by)
    lot, refused = lots.launch(
        works,
        kind=kind,
        label=f"{kind.label}, {programme.residence}, programme {programme.year}"[:120],
        residence=programme.residence,
        company="",
        wanted_by=None,
        note="",
        on=on,
        by=by,
    )
    programme.lots.add(lot)
    return lot, refused


def _free(
    programme: Programme, kind: ActionKind, chosen: Collection[UUID], *, by: User
) -> list[Action]:
    """Those chosen that can still be asked for. Raises ProgrammeRefusal: done, again."""
    if programme.state == Programme.State.DONE:
        raise ProgrammeRefusal(
            "done", "Ce programme est fait\u00a0: lancez ces travaux en lot, à part."
        )
    free = lots.candidates(by, kind, programme.residence).select_related("kind")
    works = list(free.filter(uid__in=list(chosen), state=State.ACCEPTED)[: lots.MOST])
    if not works:
        raise ProgrammeRefusal(
            "again",
            "Ces travaux sont déjà demandés, ou ne peuvent plus l’être\u00a0: rien n’a été lancé "
            "une deuxième fois.",
        )
    return works
