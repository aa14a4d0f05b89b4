"""Where a home is, and where inside its building, in French. Pure."""

from seniors.french import readable_street
from seniors.models import Dwelling


def address_lines(home: Dwelling) -> tuple[str, ...]:
    """The lines of an address as one reads them; what is unknown is not said."""
    streets = (readable_street(one) for one in (home.address_line, home.complement))
    return tuple(line for line in (*streets, home.city_line) if line)


def access_line(home: Dwelling) -> str:
    """Building, stair, floor, lift and door in one line; what is unknown is not said."""
    lift = {True: "ascenseur", False: "sans ascenseur"}.get(home.has_lift, "")
    lift = "" if home.floor == 0 else lift  # nobody on the ground floor takes it
    floor = " ".join(part for part in (floor_words(home.floor), lift) if part)
    parts = (
        f"bât. {home.building}" if home.building else "",
        f"esc. {home.stair}" if home.stair else "",
        floor.replace(" ascenseur", ", ascenseur") if home.has_lift else floor,
        f"porte {home.door}" if home.door else "",
    )
    line = ", ".join(part for part in parts if part)
    return line[:1].upper() + line[1:]


def floor_words(floor: int | None) -> str:
    """« rez-de-chaussée », « 1er étage », « sous-sol »; "" when unknown."""
    if floor is None:
        return ""
    if floor < 1:
        return "sous-sol" if floor else "rez-de-chaussée"
    return "1er étage" if floor == 1 else f"{floor}e étage"
