"""The final count: what was typed against what the server and the phones have. Pure.

Each fault is a sentence that begins with its kind: lost, doubled, overwritten, receipt, invented.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from tests.torture import pictures
from tests.torture.model import Content, Model, Sheet, Shown, Stored, StoredForm, Value

OUTCOME = "outcome"


def faults(
    model: Model, stored: Stored, phones: Sequence[Shown], blank: Content | None = None
) -> list[str]:
    """Everything that went wrong; `blank` is what a form holds before anything is typed."""
    by_uid = {form.uid: form for form in stored.forms}
    found: list[str] = []
    for sheet in model.sheets.values():
        if sheet.is_taken_back or sheet.is_replaced:
            found += _put_away(sheet, by_uid.get(sheet.uid), phones[sheet.officer])
        elif sheet.is_finished:
            found += _finished(sheet, by_uid.get(sheet.uid), phones[sheet.officer], blank or {})
        else:
            found += _unfinished(sheet, by_uid, phones[sheet.officer])
    found += _doubled(model, stored)
    found += _overwritten(stored)
    found += _outcomes(stored)
    found += pictures.faults(model, stored, phones)
    received = {one.uid: one.receipt for one in (*stored.forms, *stored.pictures)}
    for phone in phones:
        found += _receipts(received, phone)
    return found + [f"broken: {said}" for said in model.broken]


def _put_away(sheet: Sheet, form: StoredForm | None, phone: Shown) -> Iterator[str]:
    """A touch taken back never left; a refused form that was mended stands no more on the phone.

    The network may bring the latter a second time, once she is theirs again: it counts then, as
    it was.
    """
    if sheet.uid in phone.waiting | phone.refused.keys() | phone.receipts.keys():
        yield f"doubled: {sheet.uid} was put away, and is still in the outbox"
    if form and sheet.is_taken_back:
        yield f"invented: the touch {sheet.uid} was taken back, and is recorded"
    if form and sheet.is_replaced:
        yield from _differences(sheet, form.content)


def _finished(sheet: Sheet, form: StoredForm | None, phone: Shown, blank: Content) -> Iterator[str]:
    """A finished form is on the server as typed, or refused with a reason that one reads."""
    if form is None:
        if sheet.refusable and phone.refused.get(sheet.uid, "").strip():
            return
        where = "still waits" if sheet.uid in phone.waiting else "is nowhere"
        where = "is refused" if sheet.uid in phone.refused else where
        yield f"lost: the finished form {sheet.uid} {where}: {sheet.typed}"
        return
    yield from _differences(sheet, form.content)
    if form.outcome != sheet.outcome:
        yield f"overwritten: {sheet.uid} says {form.outcome}, not {sheet.outcome}"
    invented = form.content.keys() - sheet.typed.keys() - sheet.doubtful.keys()
    invented -= blank.keys() | sheet.suggested
    if invented:
        yield f"invented: {sheet.uid} holds {sorted(invented)}, that nobody typed"
    if (form.officer, form.person) != (sheet.officer, sheet.person):
        yield f"invented: {sheet.uid} is on another person, or signed by another officer"


def _unfinished(sheet: Sheet, by_uid: Mapping[str, StoredForm], phone: Shown) -> Iterator[str]:
    """A draft is on the phone with every field typed, and nowhere else."""
    if sheet.uid in by_uid:
        yield f"invented: {sheet.uid} was sent before it was finished"
    elif sheet.uid not in phone.drafts:
        if sheet.typed or sheet.pictures:
            yield f"lost: the draft {sheet.uid} is gone with {sheet.typed}"
    else:
        yield from _differences(sheet, phone.drafts[sheet.uid])


def _differences(sheet: Sheet, content: Content) -> Iterator[str]:
    """Each answer is there; one that the death of the browser left in doubt, before or after."""
    for code in sheet.typed | sheet.doubtful:
        able = [sheet.typed[code]] if code in sheet.typed else []
        able += sheet.doubtful.get(code, [])
        if code not in content:
            if code in sheet.typed:
                yield f"lost: {code}={able[0]!r} is not in {sheet.uid}"
        elif not any(_same(content[code], value) for value in able):
            yield f"overwritten: {sheet.uid} has {code}={content[code]!r}, not {able}"


def _doubled(model: Model, stored: Stored) -> Iterator[str]:
    """One form per identity, one visit per person and day, one receipt per form."""
    for name, ones in {
        "form": [form.uid for form in stored.forms],
        "receipt": [one.receipt for one in (*stored.forms, *stored.pictures)],
        "visit": [visit[1:] for visit in stored.visits],
        "need": stored.needs,
    }.items():
        yield from (
            f"doubled: {times} times the {name} {one}"
            for one, times in Counter(ones).items()
            if times > 1
        )
    for form in stored.forms:
        if form.uid not in model.sheets:
            yield f"doubled: the form {form.uid} is one that nobody began"
    empty = {visit[0] for visit in stored.visits} - {form.visit for form in stored.forms}
    yield from (f"doubled: the visit {visit} has no form" for visit in sorted(empty))


def _overwritten(stored: Stored) -> Iterator[str]:
    """Each value of each form stands in its visit, or in a clash that someone will settle."""
    clashes = {
        (one.visit, one.code, one.second): one.first
        for one in stored.clashes
        if one.code != OUTCOME
    }
    merged: dict[tuple[int, str], StoredForm] = {}
    for form in stored.forms:
        for code, value in form.content.items():
            first = merged.setdefault((form.visit, code), form)
            clash = clashes.pop((form.visit, code, form.uid), None)
            if _same(first.content[code], value):
                if clash:
                    yield f"invented: a clash on {code} in {form.uid}, which agrees"
            elif clash != first.uid:
                yield f"overwritten: {code}={value!r} of {form.uid}, silently"
    yield from (f"invented: a clash on {code} of {uid}" for _, code, uid in clashes)
    yield from _observations(stored, merged)


def _observations(stored: Stored, merged: Mapping[tuple[int, str], StoredForm]) -> Iterator[str]:
    """What the score will read is what stands in the visit."""
    for (_, code), form in merged.items():
        if not code.startswith("item."):
            continue
        read = stored.observed.get(form.person, {}).get(code.removeprefix("item."))
        if read is None or not _same(read, form.content[code]):
            yield f"overwritten: the observation reads {code}={read!r}, not {form.content[code]!r}"


def _outcomes(stored: Stored) -> Iterator[str]:
    """How each visit ended is what its first form says, an absence giving way; who says otherwise
    is in a clash."""
    clashes = {(one.visit, one.second): one.first for one in stored.clashes if one.code == OUTCOME}
    first: dict[int, StoredForm] = {}
    for form in stored.forms:
        standing = first.setdefault(form.visit, form)
        clash = clashes.pop((form.visit, form.uid), None)
        if form.outcome in (standing.outcome, "absent"):
            wanted = None
        elif standing.outcome == "absent":
            first[form.visit], wanted = form, None
        else:
            wanted = standing.uid
        if clash != wanted:
            yield f"overwritten: {form.uid} is {form.outcome}; its clash is {clash}, not {wanted}"
    yield from (f"invented: a clash on the outcome of {uid}" for _, uid in clashes)
    for visit, form in first.items():
        if stored.outcomes.get(visit) != form.outcome:
            yield f"overwritten: visit {visit} is {stored.outcomes.get(visit)}, not {form.outcome}"


def _receipts(received: Mapping[str, str], phone: Shown) -> Iterator[str]:
    """A receipt shown is the one stored, and nothing waits once the network is back, but for the
    pictures of a refused form."""
    for uid, receipt in phone.receipts.items():
        if uid not in received:
            yield f"receipt: {receipt} is shown for {uid}, which the server does not have"
        elif receipt != received[uid]:
            yield f"receipt: {receipt} is shown for {uid}, {received[uid]} is stored"
    held = {uid for uid, form in phone.followed.items() if form in phone.refused}
    yield from (f"receipt: {uid} still waits" for uid in sorted(phone.waiting - held))


def _same(one: Value, other: Value) -> bool:
    return str(one) == str(other)
