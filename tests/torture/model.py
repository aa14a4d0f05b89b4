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
    outcome: str = "done"
    is_finished: bool = False
    refusable: bool = False
    suggested: set[str] = field(default_factory=set)
    # {width: room} of its pictures, and of those taken as the browser died.
    pictures: dict[int, str] = field(default_factory=dict)
    doubtful_pictures: dict[int, str] = field(default_factory=dict)
    # The refused form that it mends; and whether one that mends this one was finished.
    replaces: str = ""
    is_replaced: bool = False
    # A touch: it may have left meanwhile, or was taken back.
    may_have_left: bool = False
    is_taken_back: bool = False

    @property
    def is_touch(self) -> bool:
        """Whether it is a visit not made."""
        return self.outcome != "done"


@dataclass
class Model:
    """Every form begun in one schedule."""

    sheets: dict[str, Sheet] = field(default_factory=dict)
    gone: set[int] = field(default_factory=set)
    # What the phones did otherwise than they should, seen on the way.
    broken: list[str] = field(default_factory=list)

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
        if sheet.replaces:
            former = self.sheets[sheet.replaces]
            former.is_replaced = True
            sheet.pictures |= former.pictures
            sheet.doubtful_pictures |= former.doubtful_pictures

    def touches(self, uid: str, officer: int, person: int, outcome: str) -> None:
        """A visit not made was noted in one touch."""
        self.sheets[uid] = Sheet(uid, officer, person, outcome=outcome)
        self.finishes(uid)

    def last_touch(self, officer: int, person: int) -> str:
        """The one that could be taken back, if any."""
        return next((one.uid for one in self._hers(officer, person) if one.is_touch), "")

    def takes_back(self, uid: str, *, undone: bool) -> None:
        """What the phone answered to that gesture."""
        sheet = self.sheets[uid]
        sheet.is_taken_back = undone
        if not undone and not sheet.may_have_left:
            self.broken.append(f"the touch {uid} could not be taken back before it left")

    def time_passes(self, officer: int) -> None:
        """What was to wait on that phone may leave."""
        for sheet in self.sheets.values():
            sheet.may_have_left |= sheet.officer == officer and sheet.is_finished

    def is_untouched(self, officer: int, person: int) -> bool:
        """Whether that officer's phone holds nothing on her: a touch must then be proposed."""
        return not self._hers(officer, person)

    def mendable(self, officer: int, person: int) -> str:
        """A form that may have been refused, to be mended while no other one is begun on her."""
        hers = self._hers(officer, person)
        if not all(one.is_finished for one in hers):
            return ""
        return next((one.uid for one in hers if one.refusable and not one.is_touch), "")

    def refused_touch(self, officer: int, person: int) -> str:
        """A touch that may have been refused."""
        hers = self._hers(officer, person)
        return next((one.uid for one in hers if one.refusable and one.is_touch), "")

    def mends(self, former: str, uid: str) -> None:
        """A refused form taken up under another identity."""
        old = self.sheets[former]
        self.sheets[uid] = Sheet(
            uid,
            old.officer,
            old.person,
            typed=dict(old.typed),
            doubtful={code: list(values) for code, values in old.doubtful.items()},
            suggested=set(old.suggested),
            outcome=old.outcome,
            replaces=former,
        )

    def _hers(self, officer: int, person: int) -> list[Sheet]:
        """What that phone holds on her, the latest first."""
        hers = [
            one for one in self.sheets.values() if (one.officer, one.person) == (officer, person)
        ]
        return [one for one in reversed(hers) if not (one.is_taken_back or one.is_replaced)]

    def returns(self, person: int) -> None:
        """She is theirs again: what was refused stays so until it is mended."""
        self.gone.discard(person)

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
    outcome: str = "done"


@dataclass(frozen=True)
class StoredPicture:
    """A picture as the server has it, known by its width."""

    uid: str
    receipt: str
    form: str
    officer: int
    person: int
    room: str
    width: int


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
    # {visit: how it ended}.
    outcomes: dict[int, str] = field(default_factory=dict)
    pictures: list[StoredPicture] = field(default_factory=list)
    # (person, need) and (person, need, action): once each.
    needs: list[tuple[int, str]] = field(default_factory=list)
    # {person: {item: value}} of the latest word of each observation.
    observed: dict[int, Content] = field(default_factory=dict)


@dataclass
class Shown:
    """What one officer's phone shows at the end: unfinished forms with their pictures {width:
    room}, and the outbox; `followed` is {picture: the form it follows} of those there."""

    drafts: dict[str, Content] = field(default_factory=dict)
    receipts: dict[str, str] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    waiting: set[str] = field(default_factory=set)
    pictures: dict[str, dict[int, str]] = field(default_factory=dict)
    followed: dict[str, str] = field(default_factory=dict)
