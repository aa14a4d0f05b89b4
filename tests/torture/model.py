"""What each officer typed and finished, written down as it happens. Pure."""

from dataclasses import dataclass, field

from visits.visiting.form import suggested_needs

Value = int | str
Content = dict[str, Value]


@dataclass
class Sheet:
    """One form on one person, as the officer believes it to be.

    `typed` is what the phone must still have; `doubtful`, the answers given as the browser died,
    that it may have instead; `refusable`, that the server may refuse it; `suggested`, what the
    phone may have ticked by itself on the way.
    """

    uid: str
    officer: int
    person: int
    typed: Content = field(default_factory=dict)
    doubtful: dict[str, list[Value]] = field(default_factory=dict)
    is_finished: bool = False
    refusable: bool = False
    suggested: set[str] = field(default_factory=set)


@dataclass
class Model:
    """Every form begun in one schedule."""

    sheets: dict[str, Sheet] = field(default_factory=dict)
    gone: set[int] = field(default_factory=set)

    def opens(self, uid: str, officer: int, person: int) -> Sheet:
        """The form of this identity, begun now unless it already was."""
        return self.sheets.setdefault(uid, Sheet(uid, officer, person))

    def types(self, uid: str, code: str, value: Value) -> None:
        """She answered, and the phone said that it is kept."""
        sheet = self.sheets[uid]
        sheet.typed[code] = value
        sheet.doubtful.pop(code, None)
        self._suggests(sheet, code, value)

    def doubts(self, uid: str, code: str, value: Value) -> None:
        """She answered, and the browser died before a word of the phone."""
        sheet = self.sheets[uid]
        sheet.doubtful.setdefault(code, []).append(value)
        self._suggests(sheet, code, value)

    @staticmethod
    def _suggests(sheet: Sheet, code: str, value: Value) -> None:
        sheet.suggested |= {f"need.{need}" for need in suggested_needs({code: value})}

    def finishes(self, uid: str) -> None:
        """From now on it is on its way."""
        sheet = self.sheets[uid]
        sheet.is_finished, sheet.refusable = True, sheet.person in self.gone

    def leaves(self, person: int) -> None:
        """She is no longer in the officers' territory: what has not arrived may be refused."""
        self.gone.add(person)
        for sheet in self.sheets.values():
            sheet.refusable |= sheet.person == person and sheet.is_finished


@dataclass(frozen=True)
class StoredForm:
    """A form as the server has it; `person` and `officer` are those of the schedule."""

    uid: str
    receipt: str
    officer: int
    person: int
    visit: int
    content: Content


@dataclass(frozen=True)
class StoredClash:
    """A field on which a second form of the visit says another thing than the first."""

    visit: int
    code: str
    first: str
    second: str


@dataclass
class Stored:
    """What the server has at the end; `visits` are (visit, person, day)."""

    forms: list[StoredForm] = field(default_factory=list)
    visits: list[tuple[int, int, str]] = field(default_factory=list)
    clashes: list[StoredClash] = field(default_factory=list)
    # (person, need) and (person, need, action): once each.
    needs: list[tuple[int, str]] = field(default_factory=list)
    # {person: {item: value}} of the latest word of each observation.
    observed: dict[int, Content] = field(default_factory=dict)


@dataclass
class Shown:
    """What one officer's phone shows at the end: unfinished forms, and the outbox."""

    drafts: dict[str, Content] = field(default_factory=dict)
    receipts: dict[str, str] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    waiting: set[str] = field(default_factory=set)
