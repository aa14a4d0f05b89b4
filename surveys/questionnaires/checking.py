"""What is wrong with the parts of a questionnaire, as French sentences: the types of what was
written, then what the catalogue says of a code. Pure.

Whatever TOML holds can be asked about here: nothing raises.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from seniors.fragility import items

CONSENTS = ("visit", "health", "sharing", "evaluation")
CONSENT_CODES = {f"consent_{kind}": kind for kind in CONSENTS}
TEXTS = ("code", "text", "kind", "help", "lead", "domain", "measures", "consent", "scale")

Raw = Mapping[str, Any]


def text(raw: Raw, key: str, default: str = "") -> str:
    """A text; "" for what is none, which `wrong_texts` tells."""
    value = raw.get(key, default)
    return value if isinstance(value, str) else ""


def texts(raw: Raw, key: str) -> tuple[str, ...]:
    """A list of texts; empty for what is none."""
    value = raw.get(key, [])
    return tuple(value) if _are(str, value) else ()


def tables(value: object) -> list[dict[str, Any]] | None:
    """A list of tables; None for what is none."""
    return value if _are(dict, value) else None


def wrong_texts(raw: Raw, keys: Iterable[str]) -> Iterator[str]:
    """Those of these keys that hold something else than a text."""
    for key in keys:
        if not isinstance(raw.get(key, ""), str):
            yield f"«\u00a0{key}\u00a0» doit être un texte, entre guillemets."


def wrong_types(raw: Raw) -> Iterator[str]:
    """What of a question is not of its type."""
    yield from wrong_texts(raw, TEXTS)
    for key in ("sensitive", "objection"):
        if not isinstance(raw.get(key, False), bool):
            yield f"«\u00a0{key}\u00a0» doit être true ou false."
    if not _are(str, raw.get("aliases", [])):
        yield "«\u00a0aliases\u00a0» doit être une liste de textes, entre crochets."


def wrong_replies(given: Iterable[Raw]) -> Iterator[str]:
    """What of the replies of a question is not of its type."""
    if any(not _are(str, one.get("aliases", [])) for one in given):
        yield "les «\u00a0aliases\u00a0» d’une réponse doivent être une liste de textes."


def wrong_answer(code: str, values: Iterable[int], *, sensitive: bool) -> Iterator[str]:
    """Where an answer could not be stored, or not as it is asked: its code, values, consent."""
    known = items.TOLD.get(code)
    if known is None:
        yield (
            "ce code n’est pas au dictionnaire des réponses\u00a0: aucune réponse ne pourrait "
            "être gardée."
        )
        return
    if not all(known.low <= value <= known.high for value in values):
        yield f"les valeurs de ce code vont de {known.low} à {known.high}."
    if known.sensitive and not sensitive:
        yield "cette réponse parle de santé\u00a0: ajoutez sensitive = true."
    elif sensitive and not known.sensitive:
        yield (
            "cette réponse ne parle pas de santé, elle est gardée sans cet accord\u00a0: retirez "
            "sensitive = true."
        )


def wrong_consent(code: str, consent: str) -> Iterator[str]:
    """Where a consent and the code that asks it do not go together."""
    asked = CONSENT_CODES.get(code)
    if consent in CONSENTS and asked != consent:
        yield f"la question de cet accord porte le code «\u00a0consent_{consent}\u00a0»."
    elif asked and not consent:
        yield f'cette question recueille un accord\u00a0: ajoutez consent = "{asked}".'


def _are(kind: type, value: object) -> bool:
    """Whether this is a list of things of one type."""
    return isinstance(value, list) and all(isinstance(one, kind) for one in value)
