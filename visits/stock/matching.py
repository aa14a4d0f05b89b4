"""Who would need a vacant dwelling, and which one a person: the rule, in points and words. Pure.

A score orders, a person decides: nothing here chooses. Someone is named only when at least one
thing known of her is answered by that dwelling; what nobody knows counts for nothing. The weights
are judgements, written here alone and in docs/stock.md.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

ADAPTED = "adapted"
# What answers a need.
AGREED, WISH = 60, 30
BY_FLOOR, MOST_FLOORS = 8, 4
AID, STAIRS, BATH, FALLS = 12, {1: 6, 2: 14}, {1: 5, 2: 12}, 6
# What only orders those who need it.
SAME_RESIDENCE, SAME_CITY, RIGHT_SIZE, WRONG_SIZE = 8, 4, 6, -6


@dataclass(frozen=True, slots=True)
class Person:
    """Someone at home, as far as her consents go; what is not known is None, a wish not said "".

    `agreed` and `wish` are words that complete « elle … »: the day she said yes, where she said it.
    `refuses`: she said that she does not want to move. `paused`: nobody calls on her for now.
    `rank` is that of the level her home reaches, 0 without one.
    """

    pk: int
    residence: int
    city: str
    floor: int | None
    has_lift: bool | None
    household: int | None
    rank: int = 0
    agreed: str = ""
    wish: str = ""
    refuses: bool = False
    paused: bool = False
    stairs_difficulty: int | None = None
    bath_difficulty: int | None = None
    walking_aid: int | None = None
    falls: int | None = None

    @property
    def has_stairs(self) -> bool | None:
        """Whether she climbs to her door; None when the file does not say."""
        return stairs(self.floor, self.has_lift)


@dataclass(frozen=True, slots=True)
class Place:
    """A vacant dwelling: `rank` and `meaning` are those of the level it reaches."""

    pk: int
    residence: int
    city: str
    floor: int | None
    has_lift: bool | None
    rooms: int | None
    rank: int
    meaning: str


@dataclass(frozen=True, slots=True)
class Fact:
    """One reason: what it weighs, its words in a sentence that begins with « elle »."""

    points: int
    words: str


@dataclass(frozen=True, slots=True)
class Match:
    """A person and a dwelling; `facts` the heaviest first, `drawback` what speaks against it."""

    person: Person
    place: Place
    facts: tuple[Fact, ...]
    drawback: str = ""

    @property
    def points(self) -> int:
        """What orders: the sum of the facts, less the drawback."""
        return sum(one.points for one in self.facts) + (WRONG_SIZE if self.drawback else 0)

    @property
    def reason(self) -> str:
        """The facts in one sentence; take one away and the person comes lower."""
        said = ", ".join(one.words for one in self.facts)
        said = f"{said}\u00a0; mais {self.drawback}" if self.drawback else said
        return f"{said[:1].upper()}{said[1:]}."


def stairs(floor: int | None, has_lift: bool | None) -> bool | None:
    """Whether one climbs to a door at that floor."""
    if floor == 0 or has_lift:
        return False
    return True if floor is not None and has_lift is False else None


def match(person: Person, place: Place) -> Match | None:
    """The person and the dwelling, None when it answers nothing known of her, when she said that
    she does not want to move or is not to be called on, or when it is too small."""
    if person.refuses or person.paused or _too_small(person, place):
        return None
    needs = needs_answered(person, place)
    if not needs:
        return None
    size, drawback = _size(person, place)
    facts = sorted((*needs, *_near(person, place), *size), key=lambda one: -one.points)
    return Match(person, place, tuple(facts), drawback)


def needs_answered(person: Person, place: Place) -> list[Fact]:
    """The needs known of her that this dwelling answers."""
    found = []
    if person.agreed:
        found.append(Fact(AGREED, person.agreed))
    elif person.wish:
        found.append(Fact(WISH, person.wish))
    elif place.rank <= person.rank:
        return []  # her own home is as good, and she asks for nothing
    if person.has_stairs is not False and stairs(place.floor, place.has_lift) is False:
        found += _climbing(person)
    if place.meaning == ADAPTED and person.rank < place.rank and person.bath_difficulty:
        much = "beaucoup" if person.bath_difficulty > 1 else "un peu"
        words = f"a {much} de mal à utiliser sa salle de bains"
        found.append(Fact(BATH[person.bath_difficulty], words))
    return found


def _climbing(person: Person) -> Iterable[Fact]:
    """What a door without stairs answers."""
    if person.has_stairs:
        floor = abs(person.floor or 0)
        words = f"habite {_floor_words(person.floor)} sans ascenseur"
        yield Fact(BY_FLOOR * min(floor, MOST_FLOORS), words)
    if person.walking_aid:
        yield Fact(AID, "se déplace avec une canne ou une autre aide")
    if person.stairs_difficulty:
        much = "beaucoup" if person.stairs_difficulty > 1 else "un peu"
        yield Fact(STAIRS[person.stairs_difficulty], f"a {much} de mal dans les escaliers")
    if person.falls:
        many = "une chute" if person.falls == 1 else "plusieurs chutes"
        yield Fact(FALLS, f"a fait {many} en douze mois")


def _near(person: Person, place: Place) -> Iterable[Fact]:
    """What keeps her neighbours, or her town."""
    if person.residence == place.residence:
        yield Fact(SAME_RESIDENCE, "resterait dans sa résidence")
    elif person.city and person.city == place.city:
        yield Fact(SAME_CITY, f"resterait à {place.city}")


def _size(person: Person, place: Place) -> tuple[list[Fact], str]:
    """The right number of rooms, or what is wrong with it; nothing when one is not known.

    More than one room beyond the number of people is what the law calls under-occupied (CCH
    art. L. 621-2).
    """
    if not place.rooms or not person.household:
        return [], ""
    said = f"{_count(place.rooms, 'pièce')} pour {_count(person.household, 'personne')}"
    if place.rooms > person.household + 1:
        return [], f"le logement est grand\u00a0: {said}"
    if place.rooms < person.household:
        return [], f"le logement est petit\u00a0: {said}"
    return [Fact(RIGHT_SIZE, f"la taille convient\u00a0: {said}")], ""


def _too_small(person: Person, place: Place) -> bool:
    """Two rooms or more short of one for each."""
    known = place.rooms and person.household
    return bool(known) and place.rooms + 1 < person.household


def _count(number: int, noun: str) -> str:
    return f"{number}\u00a0{noun}{'s' if number > 1 else ''}"


def _floor_words(floor: int | None) -> str:
    """« au 3e étage », « au sous-sol »."""
    if floor is None or floor < 0:
        return "au sous-sol"
    return "au 1er étage" if floor == 1 else f"au {floor}e étage"


def ranked(matches: Iterable[Match | None]) -> list[Match]:
    """The best first; of equals, the first recorded."""
    found = [one for one in matches if one is not None]
    return sorted(found, key=lambda one: (-one.points, one.person.pk, one.place.pk))


class Crowd:
    """Many people against several dwellings: those alike in all that a need is made of are judged
    once. Says what `match` says of each, without asking it of each person and dwelling."""

    def __init__(self, people: Iterable[Person]) -> None:
        groups: dict[tuple, list[Person]] = defaultdict(list)
        for one in people:
            if not (one.refuses or one.paused):
                groups[_kind_of(one)].append(one)
        # Of each group someone who lives nowhere, so that being near counts apart.
        self._groups = [
            (replace(them[0], pk=0, residence=0, city=""), them) for them in groups.values()
        ]

    def best_for(
        self, place: Place, most: int, *, without: Collection[int] = ()
    ) -> tuple[list[Match], int]:
        """Who would need this dwelling, the first `most` in order, and how many in all."""
        found, count = [], 0
        for someone, them in self._groups:
            judged = match(someone, place)
            if judged:
                asked = [one for one in them if one.pk not in without] if without else them
                count += len(asked)
                found.append((judged.points, asked))
        found.sort(key=lambda one: -one[0])
        told: list[Match] = []
        for points, them in found:
            # Being near is worth this at most: nobody further on can come before those held.
            if len(told) >= most and told[most - 1].points > points + SAME_RESIDENCE:
                break
            told = ranked([*told, *(match(one, place) for one in them)])
        return told[:most], count


def _kind_of(person: Person) -> tuple:
    """All that decides what a dwelling is worth to her, but for where she lives."""
    return (
        person.floor,
        person.has_lift,
        person.household,
        person.rank,
        bool(person.agreed),
        bool(person.wish),
        person.stairs_difficulty,
        person.bath_difficulty,
        person.walking_aid,
        person.falls,
    )


def best_places(person: Person, places: Iterable[Place]) -> list[Match]:
    """Which dwellings would answer this person, in order."""
    return ranked(match(person, place) for place in places)
