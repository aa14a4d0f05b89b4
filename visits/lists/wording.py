"""Why someone is on a list, said in French: on screen, and on paper that may be lost. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from textwrap import shorten

from seniors.fragility.items import is_sensitive
from seniors.fragility.reasons import OPENING, Contribution
from visits.lists.selection import RANDOM, SILENT, URGENT

SCREEN_LIMIT, PAPER_LIMIT = 400, 120


@dataclass(frozen=True)
class Facts:
    """What is known of one person when her reason is written.

    ranking: the sentence made from the score, "" without a score. home: words about the home, none
    of them on health. probability: that of being drawn, for those who were. voice_lost: the surveys
    answered and not, in words, which weigh among the silent only.
    """

    ranking: str = ""
    home: tuple[str, ...] = ()
    signal_what: str = ""
    signal_on: date | None = None
    probability: float | None = None
    voice_lost: str = ""


def screen_reason(why: str, facts: Facts) -> str:
    """The sentence shown to the officer, at most SCREEN_LIMIT characters."""
    first = {URGENT: _signal, RANDOM: _draw}.get(why)
    if why == SILENT and facts.voice_lost:
        return _cut(_lost(facts), SCREEN_LIMIT)
    if not first:
        return _cut(facts.ranking, SCREEN_LIMIT)
    ranking = facts.ranking
    if ranking.startswith(OPENING):
        ranking = f"Ce que l’on sait : {ranking.removeprefix(OPENING)}"
    return _cut(f"{first(facts)} {ranking}".strip(), SCREEN_LIMIT)


def neighbour_reason(facts: Facts) -> str:
    """What is known of someone who lives near a visit."""
    known = facts.ranking.removeprefix(OPENING)
    return known[:1].upper() + known[1:]


def paper_reason(why: str, facts: Facts) -> str:
    """One line for the round sheet: the home and the gesture, nothing that harms if it is lost."""
    if why == URGENT and facts.signal_on:
        return f"Signalement du {facts.signal_on:%d/%m/%Y}"
    if why == SILENT:
        return "Prendre des nouvelles"
    if why == RANDOM:
        return "Faire connaissance"
    if facts.home:
        return _cut(f"À voir : {', '.join(facts.home)}", PAPER_LIMIT)
    return "Faire le point ensemble"


def home_words(facts: Iterable[Contribution], limit: int = 3) -> tuple[str, ...]:
    """The words of what weighs in the home, save what tells of a person's health."""
    home = [fact for fact in facts if fact.domain == "home" and fact.excess > 0]
    return tuple(fact.words for fact in home if not is_sensitive(fact.code))[:limit]


def _signal(facts: Facts) -> str:
    """What the field reported."""
    return f"Signalement du {facts.signal_on:%d/%m/%Y} : {facts.signal_what}."


def _draw(facts: Facts) -> str:
    """That chance chose her, and how likely that was."""
    odds = round(1 / facts.probability)
    return f"Tirage au sort (1 chance sur {odds}), pour vérifier que l’on n’oublie personne."


def _lost(facts: Facts) -> str:
    """Her reason, with the survey that she let go by at its end."""
    known = facts.ranking.removesuffix(".") if facts.ranking.startswith(OPENING) else ""
    return f"{known}, {facts.voice_lost}." if known else f"{OPENING}{facts.voice_lost}."


def _cut(text: str, limit: int) -> str:
    """The text within `limit` characters, ended by an ellipsis at a word when it is longer."""
    return text if len(text) <= limit else shorten(text, limit, placeholder="…")
