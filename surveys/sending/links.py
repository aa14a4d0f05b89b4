"""What an invitation is known by outside: its reference as printed and typed, its public link."""

import re

from django.conf import settings

from surveys.models import Campaign, Invitation
from surveys.models.campaign import REFERENCE_LENGTH, REFERENCE_LETTERS

_REFERENCE = re.compile(f"[{REFERENCE_LETTERS}]{{{REFERENCE_LENGTH}}}")
_PATH = re.compile(r"/enquete/([^/?#]+)", re.IGNORECASE)
GROUP = 4


class UnknownReference(ValueError):
    """No invitation of this campaign bears what was typed; the message is a French sentence."""


def web_link(invitation: Invitation) -> str:
    """Where she answers on line: the address that the QR code and the mails carry."""
    return link_of(invitation.reference)


def link_of(reference: str) -> str:
    """The same, from the reference alone."""
    return f"{settings.SITE}/enquete/{reference}/"


def in_groups(reference: str) -> str:
    """As printed: « ABCD EFGH JKMN », easier to copy; the spaces do not break a line."""
    return "\u00a0".join(
        reference[start : start + GROUP] for start in range(0, len(reference), GROUP)
    )


def read_reference(text: str) -> str | None:
    """The reference that was typed or scanned, in any case, with spaces or dashes, or inside the
    whole link; None when it cannot be one."""
    if found := _PATH.search(text):
        text = found[1]
    bare = re.sub(r"[\s.\-_]", "", text).upper()
    return bare if _REFERENCE.fullmatch(bare) else None


def find_invitation(campaign: Campaign, text: str) -> Invitation:
    """The invitation of this campaign that bears a reference as typed. Raises UnknownReference."""
    reference = read_reference(text)
    found = Invitation.objects.select_related("campaign").filter(reference=reference).first()
    if reference is None or found is None:
        raise UnknownReference(
            "Aucun envoi ne porte cette référence\u00a0: relisez les douze lettres et chiffres "
            "imprimés en bas de page."
        )
    if found.campaign_id != campaign.pk:
        why = of_another(found.campaign.name)
        raise UnknownReference(f"{why[0].upper()}{why[1:]}.")
    return found


def of_another(campaign_name: str) -> str:
    """Why a reference of that campaign is refused in another one."""
    return f"cette référence est celle d’une autre enquête, «\u00a0{campaign_name}\u00a0»"
