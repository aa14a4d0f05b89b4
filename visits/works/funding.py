"""Who might pay the works of someone, from `funders.toml`, what is known of her and of the works.

The engine is that of the rights to check (`rights_rules`), with its own file: what is unknown is to
be asked, nothing is promised, and a rule that names a scheme closed to social tenants is refused on
loading (DOMAIN.md 2.2: a GIR 5 or 6 without APA goes to the pension fund, a GIR 1 to 4 to the
department). The GIR is the declared one, with its date, never one we would compute.
"""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache

from django.utils import timezone

from seniors.models import Senior
from visits.models import ActionKind
from visits.rights_rules import Facts, Rules, Suggestion, read, suggestions
from visits.works.funders import FILE, FUNDERS
from visits.works.prices import price_of


class UnknownFunder(ValueError):
    """A rule names a funder that is not in the list."""


@lru_cache(maxsize=1)
def rules() -> Rules:
    """The rules of `funders.toml`. Raises BadRules, UnknownFunder."""
    found = read(FILE.read_text(encoding="utf-8"))
    for rule in found.rules:
        if rule.code not in FUNDERS:
            raise UnknownFunder(rule.code)
    return found


def who_may_pay(known: Facts, as_of: date) -> list[Suggestion]:
    """The funders to check with for works decided, in the order of the file. Pure."""
    return suggestions({"works": 1} | dict(known), as_of, rules())


def funding_facts(facts: Mapping[str, int | tuple[int, int]]) -> Facts:
    """What the rights' facts (`rights.facts_of`) say to the rules of funding."""
    found = {name: facts[name] for name in ("age", "apa", "gir", "retired") if name in facts}
    if "no_cover" in facts:
        found["mutual"] = 1 - facts["no_cover"]
    return found


def works_facts(kind: ActionKind) -> Facts:
    """What the catalogue says of these works; a kind without a price bears no mark."""
    price = price_of(kind)
    return {"deductible": int(price is not None and price.is_deductible)}


def suggestions_of(senior: Senior, kind: ActionKind, as_of: date | None = None) -> list[Suggestion]:
    """Who might pay her works of this kind, from what is known of her today."""
    from visits.rights import facts_for  # noqa: PLC0415 - pandas comes with it

    today = as_of or timezone.localdate()
    told = funding_facts(facts_for([senior.pk], today)[senior.pk])
    return who_may_pay({**told, **works_facts(kind)}, today)
