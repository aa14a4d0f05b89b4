"""A French telephone number as one dials it: pairs of figures. Pure."""

import re


def readable(number: str) -> str:
    """« 06 12 34 56 78 » for any writing of a French number; another is left as it is."""
    digits = re.sub(r"[\s.\-()]", "", number)
    digits = re.sub(r"^(\+33|0033)0?", "0", digits)
    if not re.fullmatch(r"0\d{9}", digits):
        return number
    return "\u00a0".join(digits[n : n + 2] for n in range(0, 10, 2))


def of(phone: str, mobile: str) -> str:
    """Both numbers, the mobile first, each once; "" when none is known."""
    return " · ".join(dict.fromkeys(readable(one) for one in (mobile, phone) if one))
