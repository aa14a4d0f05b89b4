"""The annual survey: who was asked, how, and what came back."""

from surveys.models.answer import Aside, Draft, Miss, Response
from surveys.models.campaign import Campaign, Invitation, Sending, Tally, Wave
from surveys.models.paper import Keying, Printing
from surveys.models.telephone import Call, Hold

__all__ = [
    "Aside",
    "Call",
    "Campaign",
    "Draft",
    "Hold",
    "Invitation",
    "Keying",
    "Miss",
    "Printing",
    "Response",
    "Sending",
    "Tally",
    "Wave",
]
