"""The rows of a file of answers: read, judged against what was received, recorded.

The campaign is that of the run's options, else the last one opened before the extract. A row
with one wrong cell is refused whole: half an answer would count as an answer.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from seniors.enums import ConsentKind
from seniors.extract import cells
from seniors.extract.comparing import Comparison
from seniors.extract.kinds import SAMPLES, Piece, refusals
from seniors.extract.table import Block, UnreadableFile
from seniors.extract.text import plain
from seniors.french import full_day
from seniors.models import ImportRun, Senior
from surveys.models import Campaign, Response
from surveys.questionnaires import questionnaire
from surveys.questionnaires.questionnaire import Questionnaire
from surveys.receiving import decode, intake, matching, whose
from surveys.receiving.answering import split_coded

BATCH = 500
ANSWERS_AT_ONCE = 2000  # bounds memory
TWIN = "plusieurs lignes de cette personne, avec des réponses différentes"

CHANNELS = {
    "papier": Response.Channel.PAPER,
    "courrier": Response.Channel.PAPER,
    "telephone": Response.Channel.PHONE,
    "tel": Response.Channel.PHONE,
    "en ligne": Response.Channel.WEB,
    "internet": Response.Channel.WEB,
    "web": Response.Channel.WEB,
    "paper": Response.Channel.PAPER,
    "phone": Response.Channel.PHONE,
}
# What LimeSurvey writes for an answer of a survey that keeps no date.
LIMESURVEY_UNDATED = date(1980, 1, 1)
ONLINE = {"submitdate", "submission time", "date de soumission"}
BY_PHONE = 3  # value of filled_by


def campaign_of(run: ImportRun) -> Campaign:
    """The campaign whose answers these are. Raises UnreadableFile when there is none, or when it
    had not begun on the day of the extract."""
    chosen = run.choices.get("options", {}).get("campaign")
    campaigns = Campaign.objects.order_by("-opened_on", "-pk")
    if chosen:
        found = next((c for c in campaigns if chosen in (str(c.uid), c.name)), None)
    else:
        found = campaigns.filter(opened_on__lte=run.extract_on).first()
    if found is None:
        raise UnreadableFile(
            "Aucune enquête n’attend ces réponses.",
            "Ouvrez d’abord l’enquête annuelle, puis envoyez le fichier.",
        )
    if run.extract_on < found.opened_on:
        raise UnreadableFile(
            f"Ce fichier est daté d’avant l’ouverture de l’enquête\u00a0: elle s’est ouverte le "
            f"{full_day(found.opened_on)}.",
            "Corrigez la date de l’extrait, ou choisissez une autre enquête.",
        )
    return found


@dataclass
class _Row:
    """One row as understood: the answer, or why not."""

    line: int
    answer: intake.Answer


class AnswersBatch:
    """One file of answers against those already received."""

    def __init__(self, run: ImportRun) -> None:
        self.run, self.campaign = run, campaign_of(run)
        self.asked: Questionnaire = questionnaire.named(self.campaign.questionnaire)
        self.default_channel = _channel_of(run)
        self.overrides = run.choices.get("values", {})
        left_out = run.choices.get("left_out", {})
        self.refused_lines = set(left_out.get("refused", ()))
        self.dropped_lines = set(left_out.get("dropped", ()))
        # {senior: {digest: [lines]}} of the whole file, to find two answers of one person.
        self.lines: dict[int, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))

    def compare(self, block: Block, reading: Comparison) -> Piece:
        """A block of rows against the answers already received."""
        rows, refused = reading.rows_of(block)
        piece = self._compare(rows)
        piece.counts["rows"] = len(rows) + len(refused)
        piece.counts["refused"] = piece.counts.get("refused", 0) + len(refused)
        piece.refusals = pd.concat([refused, piece.refusals])
        return piece

    def _compare(self, piece: pd.DataFrame) -> Piece:
        told: list[tuple[int, str, str]] = [
            (line, "", TWIN) for line in piece.index if line in self.refused_lines
        ]
        piece = piece[~piece.index.isin(self.refused_lines | self.dropped_lines)]
        piece = piece[(piece != "").any(axis=1)]
        columns, wrong = self._read_columns(piece)
        told += wrong
        bad = {line for line, _, _ in wrong}
        rows = [
            self._answer(line, n, columns) for n, line in enumerate(piece.index) if line not in bad
        ]
        return self._sort(rows, told)

    def write(self, piece: Piece) -> None:
        """Record the new answers, through the one door."""
        by = self.run.created_by
        for start in range(0, len(piece.rows), ANSWERS_AT_ONCE):
            some = piece.rows[start : start + ANSWERS_AT_ONCE]
            intake.receive_many(self.campaign, some, read_in=self.run, by=by)

    def finish(self, write: bool) -> dict[str, Any]:
        """Nothing is gone: who is not in the file has not answered yet."""
        return {"counts": {"gone": 0}, "samples": {}}

    def twins(self) -> list[list[int]]:
        """Lines of one senior that do not say the same."""
        return [
            sorted(line for lines in contents.values() for line in lines)
            for contents in self.lines.values()
            if len(contents) > 1
        ]

    def _read_columns(
        self, piece: pd.DataFrame
    ) -> tuple[dict[str, np.ndarray], list[tuple[int, str, str]]]:
        """{field: values by row}, and every cell that cannot be understood."""
        columns: dict[str, np.ndarray] = {}
        told: list[tuple[int, str, str]] = []
        for code in piece.columns:
            read = self._reader(code)
            if read is None:
                continue
            values, reasons = cells.column(piece[code], read)
            columns[code] = values
            wrong = np.flatnonzero(reasons != "")
            told += [(piece.index[n], code, reasons[n]) for n in wrong]
        seniors, unknown = matching.find_seniors(piece["reference"], self.campaign)
        columns["senior"] = seniors
        told += [(piece.index[n], "reference", reason) for n, reason in unknown]
        return columns, told

    def _reader(self, code: str) -> Any:
        """What reads the cells of a column; None for the reference, read apart."""
        if code == "reference":
            return None
        if code == "received_on":
            return self._read_day
        if code == "channel":
            return _read_channel
        item = self.asked.items.get(code)
        if item is None:
            return None
        words, chosen = decode.words_of(item), self.overrides.get(code, {})

        def read(text: str) -> int | None:
            if text in chosen:
                return int(chosen[text]) if chosen[text] not in (None, "") else None
            try:
                return decode.read_cell(item, text, words)
            except decode.NotAChoice as error:
                raise cells.Unread(str(error)) from None

        return read

    def _read_day(self, text: str) -> date | None:
        """A day of the campaign, no later than the extract: another one is a slip, or a column of
        births, and a reply dated before its time would be erased before its term."""
        if not text and self.default_channel == Response.Channel.WEB:
            raise cells.Unread("réponse commencée en ligne, mais pas envoyée")
        day = cells.read_date(text)
        if day == LIMESURVEY_UNDATED:
            return None
        if day and day > self.run.extract_on:
            raise cells.Unread("cette date est après celle de l’extrait")
        if day and day < self.campaign.opened_on:
            raise cells.Unread("cette date est avant l’ouverture de l’enquête")
        if day and day > self.campaign.closes_on:
            raise cells.Unread("cette date est après la fin de l’enquête")
        return day

    def _answer(self, line: int, n: int, columns: dict[str, np.ndarray]) -> _Row:
        """One row as an answer."""
        coded = {
            code: values[n]
            for code, values in columns.items()
            if code in self.asked.items and values[n] is not None
        }
        values, consents, objects = split_coded(self.asked, coded)
        told = {code: columns[code][n] for code in ("received_on", "channel") if code in columns}
        by_phone = values.get("filled_by") == BY_PHONE
        channel = Response.Channel.PHONE if by_phone else self.default_channel
        answer = intake.Answer(
            senior_id=columns["senior"][n],
            channel=told.get("channel") or channel,
            # Without a day: the last one on which it can have come.
            received_on=told.get("received_on")
            or min(self.run.extract_on, self.campaign.closes_on),
            values=values,
            consents=consents,
            objects=objects,
        )
        return _Row(line, answer)

    def _sort(self, rows: list[_Row], told: list[tuple[int, str, str]]) -> Piece:
        """New, to set aside, unchanged or refused, against what the campaign already received."""
        before = intake.digests(self.campaign, (row.answer.senior_id for row in rows))
        known = intake.known(self.campaign, before)
        names = _references(row.answer.senior_id for row in rows)
        counts: Counter[str] = Counter()
        new: list[intake.Answer] = []
        samples: dict[str, list] = {"new": []}
        answers = whose.as_of_today([row.answer for row in rows])
        for row, answer in zip(rows, answers, strict=True):
            repeated = bool(self.lines[answer.senior_id])
            self.lines[answer.senior_id][answer.digest].append(row.line)
            if not answer.values and not answer.consents and not answer.objects:
                told.append((row.line, "", "aucune réponse sur cette ligne"))
            elif repeated or not known[answer.senior_id].isdisjoint(answer.digests):
                counts["unchanged"] += 1
            else:
                new.append(answer)
                counts["aside"] += answer.senior_id in before
                counts["objections"] += answer.objects
                counts["unconsented"] += not answer.consents.get(ConsentKind.VISIT)
                if len(samples["new"]) < SAMPLES:
                    samples["new"].append(_sample(_Row(row.line, answer), names[answer.senior_id]))
        counts["new"] = len(new)
        counts["refused"] = len({line for line, _, _ in told})
        return Piece(counts=dict(counts), refusals=refusals(told), samples=samples, rows=new)


def _sample(row: _Row, reference: str) -> dict[str, Any]:
    """A new answer on the preview page: who and how much, never what."""
    kept = len(row.answer.stored)
    told = str(kept) if kept else "aucune (sans accord, la réponse est seulement comptée)"
    return {
        "line": int(row.line),
        "what": reference,
        "changes": [{"label": "réponses gardées", "before": "", "after": told}],
    }


def _channel_of(run: ImportRun) -> Response.Channel:
    """On line for an export of an on-line form, paper otherwise."""
    heading = run.choices.get("columns", {}).get("received_on") or ""
    return Response.Channel.WEB if plain(heading) in ONLINE else Response.Channel.PAPER


def _read_channel(text: str) -> Response.Channel | None:
    """How the answer came."""
    if cells.is_unknown(text):
        return None
    try:
        return CHANNELS[plain(text)]
    except KeyError:
        raise cells.Unread("attendu\u00a0: papier, téléphone ou en ligne") from None


def _references(senior_ids: Iterable[int]) -> dict[int, str]:
    """{senior id: reference}."""
    found: dict[int, str] = {}
    for ids in matching.batches(sorted(set(senior_ids))):
        found |= dict(Senior.objects.filter(pk__in=ids).values_list("pk", "reference"))
    return found
