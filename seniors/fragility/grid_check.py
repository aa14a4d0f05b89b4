"""What is wrong with a points grid, line by line, in French.

tomllib gives no line numbers: `Lines` finds them again by reading the headers and keys of the
text, which is enough for the layout that docs/grid.md shows (one key a line).
"""

import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping
from typing import Any

from seniors.fragility import items

GRID_KEYS = frozenset(
    ["version", "answers_valid_months", "minimum_known_share", "bands", "indicators", "silence"]
)
BAND_KEYS = frozenset({"code", "label", "from"})
SILENCE_KEYS = frozenset({"months", "indicators"})
INDICATOR_KEYS = frozenset(["code", "domain", "label", "levels", "unknown", "source", "sensitive"])
LEVEL_KEYS = frozenset({"from", "upto", "points", "words"})
DOMAINS = ("home", "autonomy", "isolation", "rights")
# What the words of a level may have replaced: see `reasons`.
PLACES = frozenset({"{value}", "{rank}", "{e}"})
# A reason is about a situation, never a judgement on a person.
FORBIDDEN = re.compile(
    r"fragil|vulnérab|dépendan|malad|sénil|démen|grabat|invalid|handicap|impoten|\bvieu?x|\bvieill",
    re.IGNORECASE,
)


class GridError(ValueError):
    """A grid that cannot be used; `problems` lists every (line number, French sentence)."""

    def __init__(self, problems: Iterable[tuple[int, str]]) -> None:
        self.problems = sorted(problems)
        super().__init__("\n".join(f"Ligne {line} : {said}" for line, said in self.problems))


class Lines:
    """Line numbers of the tables and keys of a TOML text."""

    def __init__(self, text: str) -> None:
        self.tables: dict[str, list[int]] = {}
        self.keys: dict[tuple[int, str], int] = {}
        self.levels: dict[int, list[int]] = {}
        table = 0
        for number, line in enumerate(text.splitlines(), start=1):
            bare = re.sub(r'"(?:\\.|[^"\\])*"|\'[^\']*\'', '""', line).split("#")[0]
            if header := re.match(r"\s*\[\[?\s*([\w.-]+)\s*\]\]?\s*$", bare):
                table = number
                self.tables.setdefault(header[1], []).append(number)
            elif key := re.match(r"\s*([\w-]+)\s*=", bare):
                self.keys.setdefault((table, key[1]), number)
            self.levels.setdefault(table, []).extend([number] * bare.count("{"))

    def table(self, path: str, index: int) -> int:
        """Line of the index-th [[path]] header, or of the key when it is written inline."""
        found = self.tables.get(path, [])
        return found[index] if index < len(found) else self.keys.get((0, path), 1)

    def key(self, table: int, name: str) -> int:
        """Line of a key of the table whose header is on line `table`, else that line."""
        return self.keys.get((table, name), table or 1)

    def level(self, table: int, index: int) -> int:
        """Line of the index-th level of an indicator."""
        found = self.levels.get(table, [])
        return found[index] if index < len(found) else self.key(table, "levels")


def check(text: str) -> dict[str, Any]:
    """The parsed grid, free of mistakes; raises `GridError` with all of them otherwise."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        number = int(line[1]) if line else max(1, len(text.splitlines()))
        said = "ce n’est pas du TOML valide : vérifier les guillemets, virgules et crochets."
        raise GridError([(number, said)]) from error
    problems = _Check(Lines(text)).grid(raw)
    if problems:
        raise GridError(problems)
    return raw


def _close(word: str, known: Iterable[str]) -> str:
    """« vouliez-vous dire … ? » when a known word is near, else nothing."""
    near = difflib.get_close_matches(str(word), list(known), n=1, cutoff=0.6)
    return f" Vouliez-vous dire « {near[0]} » ?" if near else ""


def _is_number(value: object) -> bool:
    """A finite number, not a boolean."""
    return type(value) in (int, float) and abs(value) < 1e9


def _are_tables(value: object) -> bool:
    """A list of tables."""
    return isinstance(value, list) and all(isinstance(one, dict) for one in value)


class _Check:
    """Walks the parsed grid and notes what is wrong."""

    def __init__(self, lines: Lines) -> None:
        self.lines = lines
        self.problems: list[tuple[int, str]] = []

    def say(self, line: int, sentence: str) -> None:
        """Note a mistake."""
        self.problems.append((line or 1, sentence))

    def grid(self, raw: Mapping[str, Any]) -> list[tuple[int, str]]:
        """All the mistakes of the grid."""
        self.known_keys(raw, GRID_KEYS, 0)
        self.text(raw, "version", 0)
        self.months(raw, "answers_valid_months", 0)
        share = raw.get("minimum_known_share")
        if not _is_number(share) or not 0 < share < 1:
            line = self.lines.key(0, "minimum_known_share")
            self.say(line, "minimum_known_share attend une part entre 0 et 1, par exemple 0.4.")
        self.bands(self.tables(raw, "bands"))
        self.indicators(self.tables(raw, "indicators"), "indicators", domain=True)
        self.silence(raw.get("silence"))
        return self.problems

    def tables(self, raw: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
        """The tables [[name]], at least one."""
        found = raw.get(name)
        if _are_tables(found) and found:
            return found
        self.say(self.lines.key(0, name), f"il manque les tables [[{name}]].")
        return []

    def known_keys(self, table: Mapping[str, Any], known: frozenset[str], line: int) -> None:
        """Refuse a key that nothing reads."""
        for key in table.keys() - known:
            at = self.lines.key(line, key)
            self.say(at, f"la clé « {key} » n’existe pas.{_close(key, known)}")

    def text(self, table: Mapping[str, Any], key: str, line: int) -> None:
        """Require a text."""
        if not isinstance(table.get(key), str) or not table[key].strip():
            self.say(self.lines.key(line, key), f"il manque « {key} », un texte entre guillemets.")

    def months(self, table: Mapping[str, Any], key: str, line: int) -> None:
        """Require a number of months."""
        value = table.get(key)
        if type(value) is not int or not 1 <= value <= 240:
            self.say(self.lines.key(line, key), f"{key} attend un nombre de mois, de 1 à 240.")

    def bands(self, bands: list[dict[str, Any]]) -> None:
        """Bands go down from the highest to the one that starts at 0."""
        codes: set[str] = set()
        above = 100.0001
        for index, band in enumerate(bands):
            line = self.lines.table("bands", index)
            self.known_keys(band, BAND_KEYS, line)
            self.text(band, "code", line)
            self.text(band, "label", line)
            self.once(band.get("code"), codes, "niveau", self.lines.key(line, "code"))
            if len(str(band.get("code", ""))) > 20:
                self.say(self.lines.key(line, "code"), "le code d’un niveau a 20 lettres au plus.")
            start, at = band.get("from"), self.lines.key(line, "from")
            if not _is_number(start) or not 0 <= start <= 100:
                self.say(at, "« from » attend un nombre de 0 à 100.")
            elif start >= above:
                self.say(at, "les niveaux se suivent du plus haut au plus bas.")
            else:
                above = start
        if bands and above != 0:
            last = self.lines.key(self.lines.table("bands", len(bands) - 1), "from")
            self.say(last, "le dernier niveau commence à 0, sinon des personnes n’en ont aucun.")

    def silence(self, silence: object) -> None:
        """The rule that orders the silent."""
        line = self.lines.table("silence", 0)
        if not isinstance(silence, dict):
            self.say(1, "il manque la table [silence].")
            return
        self.known_keys(silence, SILENCE_KEYS, line)
        self.months(silence, "months", line)
        tables = silence.get("indicators")
        if not _are_tables(tables) or "months_silent" not in [one.get("code") for one in tables]:
            self.say(line, "[[silence.indicators]] doit compter « months_silent ».")
            return
        for table in tables:
            if str(table.get("code")) in items.ITEMS:
                said = f"« {table['code']} » vient d’une réponse : un senior silencieux n’en a pas."
                self.say(line, said)
        self.indicators(tables, "silence.indicators", domain=False)

    def indicators(self, tables: list[dict[str, Any]], path: str, *, domain: bool) -> None:
        """Each indicator by itself, and no code twice."""
        codes: set[str] = set()
        for index, table in enumerate(tables):
            line = self.lines.table(path, index)
            self.indicator(table, line, domain=domain)
            self.once(table.get("code"), codes, "indicateur", self.lines.key(line, "code"))

    def once(self, code: object, seen: set[str], what: str, line: int) -> None:
        """Refuse a code already used."""
        if str(code) in seen:
            self.say(line, f"le code « {code} » sert déjà à un autre {what}.")
        seen.add(str(code))

    def indicator(self, table: dict[str, Any], line: int, *, domain: bool) -> None:
        """One indicator."""
        self.known_keys(table, INDICATOR_KEYS, line)
        for key in ("code", "label", "source"):
            self.text(table, key, line)
        code, at = table.get("code"), self.lines.key(line, "code")
        if isinstance(code, str) and code not in items.INDICATORS:
            near = _close(code, items.INDICATORS)
            self.say(at, f"l’indicateur « {code} » n’existe pas.{near}")
        if domain and table.get("domain") not in DOMAINS:
            said = f"dimension inconnue : choisir parmi {', '.join(DOMAINS)}."
            self.say(self.lines.key(line, "domain"), said + _close(table.get("domain"), DOMAINS))
        self.sensitive(table, line)
        unknown = table.get("unknown")
        if not _is_number(unknown) or not 0 < unknown < 1:
            said = "« unknown » est la part des points attendue sans réponse, entre 0 et 1 exclus."
            self.say(self.lines.key(line, "unknown"), said)
        self.levels(table.get("levels"), line)

    def sensitive(self, table: dict[str, Any], line: int) -> None:
        """The grid says of each indicator what the catalogue says."""
        truth = items.is_sensitive(str(table.get("code")))
        if table.get("sensitive", False) is not truth:
            said = "cet indicateur touche à la santé : écrire sensitive = true."
            other = "cet indicateur ne touche pas à la santé : retirer sensitive."
            self.say(self.lines.key(line, "sensitive"), said if truth else other)

    def levels(self, levels: object, line: int) -> None:
        """Levels grow in seriousness and in points."""
        if not isinstance(levels, list) or not levels:
            self.say(self.lines.key(line, "levels"), "il manque « levels », au moins un niveau.")
            return
        points, bound, side = 0.0, None, None
        for index, level in enumerate(levels):
            at = self.lines.level(line, index)
            if not isinstance(level, dict):
                self.say(at, 'un niveau s’écrit { from = 1, points = 2, words = "…" }.')
                continue
            self.known_keys(level, LEVEL_KEYS, line)
            self.words(level.get("words"), at)
            points = self.points(level.get("points"), points, at)
            side = side or ("upto" if "upto" in level else "from")
            bound = self.bound(level, side, bound, at)

    def points(self, points: object, before: float, line: int) -> float:
        """Points above those of the level before; answers the highest so far."""
        if not _is_number(points):
            self.say(line, "il manque « points », un nombre.")
        elif points < 0:
            self.say(
                line, f"des points négatifs ({points})\u00a0: une difficulté n’en retire jamais."
            )
        elif points <= before:
            self.say(
                line, f"{points} points : il en faut plus qu’au niveau précédent ({before:g})."
            )
        else:
            return float(points)
        return before

    def bound(
        self, level: Mapping[str, Any], side: str, before: float | None, line: int
    ) -> float | None:
        """A value more serious than that of the level before; answers it."""
        value = level.get(side)
        if len(level.keys() & {"from", "upto"}) != 1 or not _is_number(value):
            said = "chaque niveau a « from » (à partir de) ou « upto » (jusqu’à), le même partout."
            self.say(line, said)
            return before
        if before is not None and (value <= before if side == "from" else value >= before):
            self.say(line, f"{side} = {value} : les niveaux vont du moins au plus sérieux.")
        return value

    def words(self, words: object, line: int) -> None:
        """The words of the reason, without judgement."""
        if not isinstance(words, str) or not words.strip():
            self.say(line, "il manque « words », les mots de la raison.")
        elif found := FORBIDDEN.search(words):
            said = f"« {found[0]}… » juge la personne : dire la situation, pas ce qu’elle serait."
            self.say(line, said)
        elif len(words) > 80:
            self.say(line, "« words » a 80 lettres au plus.")
        elif odd := set(re.findall(r"\{[^}]*\}?", words)) - PLACES:
            said = "seuls {value}, {rank} et {e} sont remplacés dans « words »."
            self.say(line, f"« {sorted(odd)[0]} » : {said}")
