"""Facts that payers ask for and that no survey does: how they are asked (`items.DECLARED`)."""

from collections.abc import Mapping

from seniors.enums import Domain
from seniors.known import Words

WORDS = {
    "gir": Words(
        "Le GIR qu’on lui a donné",
        {number: f"GIR {number}" for number in range(1, 7)},
        Domain.AUTONOMY,
    ),
    "retired": Words("Touche une retraite", {1: "oui", 0: "non"}, Domain.RIGHTS),
}
# What the rules of funding ask a person, and how a link says it.
ASKED = (("gir", "son GIR"), ("apa", "si elle touche l’APA"), ("retired", "sa retraite"))


def words() -> Mapping[str, Words]:
    """Their words, for the sheet and the form that corrects it."""
    return WORDS
