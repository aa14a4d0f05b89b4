"""The final count: what was typed against what the server and the phones have. Pure.

Each fault is a sentence that begins with its kind: lost, doubled, overwritten, receipt, invented.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from tests.torture.model import Content, Model, Sheet, Shown, Stored, StoredForm, Value


def faults(
    model: Model, stored: Stored, phones: Sequence[Shown], blank: Content | None = None
) -> list[str]:
    """Everything that went wrong; `blank` is what a form holds before anything is typed."""
    by_uid = {form.uid: form for form in stored.forms}
    found: list[str] = []
    for sheet in model.sheets.values():
        if sheet.is_finished:
            found += _finished(sheet, by_uid.get(sheet.uid), phones[sheet.officer], blank or {})
        else:
            found += _unfinished(sheet, by_uid, phones[sheet.officer])
    found += _doubled(model, stored)
    found += _overwritten(stored)
    for phone in phones:
        found += _receipts(by_uid, phone)
    return found


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
        if sheet.typed:
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
        "receipt": [form.receipt for form in stored.forms],
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
    clashes = {(one.visit, one.code, one.second): one.first for one in stored.clashes}
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


def _receipts(by_uid: Mapping[str, StoredForm], phone: Shown) -> Iterator[str]:
    """A receipt shown is the one stored, and nothing waits once the network is back."""
    for uid, receipt in phone.receipts.items():
        if uid not in by_uid:
            yield f"receipt: {receipt} is shown for {uid}, which the server does not have"
        elif receipt != by_uid[uid].receipt:
            yield f"receipt: {receipt} is shown for {uid}, {by_uid[uid].receipt} is stored"
    yield from (f"receipt: {uid} still waits" for uid in sorted(phone.waiting))


def _same(one: Value, other: Value) -> bool:
    return str(one) == str(other)
