"""What is handed over to a partner: its words, and the little that it says of a person.

Her name, where she lives, her telephones, what is asked and what she said yes to; nothing else. No
score, no other need, nothing on health. Works stay with their dwelling: once she has left it, the
file says that dwelling, and neither her name nor where to reach her; as on an order sheet.
"""

from dataclasses import dataclass

from django.conf import settings

from seniors.french import day_words
from seniors.models import Dwelling, Senior
from seniors.phones import readable
from visits.acting.catalogue import is_works
from visits.enums import State
from visits.lists.places import access_line, address_lines
from visits.models import Action, Agreement

WORDING = "transmission-2026-11"
TEXTS = {
    WORDING: (
        "J’accepte que {landlord} transmette mon nom, mon adresse et mes numéros de téléphone à "
        "ce partenaire\u00a0: {partner}, pour cette demande seulement\u00a0: {asked}. Je peux "
        "reprendre cet accord à tout moment, sans dire pourquoi."
    ),
}
# As it is read at home, on the form of the visit.
AT_HOME = (
    "J’accepte que ma demande «\u00a0{asked}\u00a0» soit transmise à ce partenaire\u00a0: "
    "{partner}."
)
MOVED = "La personne n’habite plus ce logement\u00a0: prenez rendez-vous avec votre interlocuteur."


@dataclass(frozen=True)
class HandOver:
    """One file, as the partner reads it. `has_moved`: of works in a dwelling that she has left;
    `name` then says so, and there is no agreement to read: who lives there now gave none."""

    landlord: str
    contact: str
    contact_phone: str
    partner: str
    asked: str
    name: str
    address: tuple[str, ...]
    access: str
    phones: tuple[str, ...]
    agreed: str
    given_on: str
    has_moved: bool = False


def wording(asked: str, partner: str, *, version: str = WORDING) -> str:
    """What the tenant said yes to, in the words of that version."""
    text = TEXTS.get(version, AT_HOME)
    return text.format(landlord=settings.LANDLORD, partner=partner, asked=asked)


def person_of(action: Action) -> Senior:
    """Whose action it is, on the record kept of a merged person."""
    return action.senior.merged_into or action.senior


def home_of(action: Action) -> Dwelling | None:
    """Where it is to be made: works, where they were decided, whoever lives there now; all else,
    where the person lives."""
    decided = action.dwelling if is_works(action.kind) else None
    return decided or person_of(action).dwelling


def has_moved(works: Action) -> bool:
    """Whether the person lives no more where these works are made."""
    home = person_of(works).dwelling_id
    return home is None or works.dwelling_id not in (None, home)


def hand_over_of(agreement: Agreement) -> HandOver:
    """What may be shown under this agreement, which is in force (`referrals` sees to that)."""
    action = agreement.action
    person = person_of(action)
    home, moved = home_of(action), is_works(action.kind) and has_moved(action)
    phones = () if moved else map(readable, filter(None, (person.mobile, person.phone)))
    agreed = wording(action.kind.label, agreement.partner.name, version=agreement.wording)
    return HandOver(
        landlord=settings.LANDLORD,
        contact=_contact(agreement),
        contact_phone=settings.LANDLORD_PHONE,
        partner=agreement.partner.name,
        asked=action.kind.label,
        name=MOVED if moved else person.full_name,
        address=address_lines(home) if home else (),
        access=access_line(home) if home else "",
        phones=tuple(dict.fromkeys(phones)),
        agreed="" if moved else agreed,
        given_on=day_words(agreement.given_on, weekday=False, year=True),
        has_moved=moved,
    )


def _contact(agreement: Agreement) -> str:
    """Who asked: whom the partner answers to."""
    asked = (
        agreement.action.steps.standing()
        .filter(to_state=State.REQUESTED, partner=agreement.partner_id, by__isnull=False)
        .last()
    )
    return str(asked.by if asked else agreement.recorded_by)
