"""The final count of pictures: each taken is with its form, once, wherever that stands. Pure."""

from collections import Counter
from collections.abc import Iterator, Sequence

from tests.torture.model import Model, Sheet, Shown, Stored, StoredPicture


def faults(model: Model, stored: Stored, phones: Sequence[Shown]) -> Iterator[str]:
    """Every picture lost, doubled, or with a form that is not its own."""
    widths = Counter(one.width for one in stored.pictures)
    yield from (f"doubled: {n} times the picture {width}" for width, n in widths.items() if n > 1)
    for one in stored.pictures:
        yield from _invented(model, one)
    arrived = {one.width for one in stored.pictures}
    sent = {form.uid for form in stored.forms}
    for sheet in model.sheets.values():
        if sheet.is_taken_back or sheet.is_replaced:
            continue
        phone = phones[sheet.officer]
        if sheet.is_finished:
            yield from _finished(sheet, arrived, phone, is_sent=sheet.uid in sent)
        elif sheet.uid in phone.drafts:
            yield from _unfinished(sheet, phone.pictures.get(sheet.uid, {}))


def _invented(model: Model, one: StoredPicture) -> Iterator[str]:
    """It is on the form it was taken in, in its room, on that person, by that officer."""
    sheet = model.sheets.get(one.form)
    able = sheet.pictures | sheet.doubtful_pictures if sheet else {}
    if able.get(one.width) != one.room:
        yield f"invented: the picture {one.width} of {one.room} is on the form {one.form}"
    elif (one.officer, one.person) != (sheet.officer, sheet.person):
        yield f"invented: the picture {one.width} is on another person, or by another officer"


def _finished(sheet: Sheet, arrived: set[int], phone: Shown, *, is_sent: bool) -> Iterator[str]:
    """On the server; or in the outbox, refused with a reason, or held with its refused form: of
    one that a doubled request brought in after all, the phone has only heard the refusal."""
    missing = sheet.pictures.keys() - arrived
    kept = [uid for uid, form in phone.followed.items() if form == sheet.uid]
    is_held = not is_sent or (sheet.refusable and sheet.uid in phone.refused)
    here = [
        uid
        for uid in kept
        if (sheet.refusable and phone.refused.get(uid, "").strip())
        or (is_held and uid in phone.waiting)
    ]
    if len(here) < len(missing):
        yield f"lost: pictures {sorted(missing)} of {sheet.uid}, {len(here)} in the outbox"
    if len(kept) > len(sheet.pictures | sheet.doubtful_pictures):
        yield f"doubled: {len(kept)} pictures of {sheet.uid} in the outbox"


def _unfinished(sheet: Sheet, shown: dict[int, str]) -> Iterator[str]:
    """On the phone, with the form that is not finished."""
    if lost := sheet.pictures.items() - shown.items():
        yield f"lost: pictures {sorted(lost)} of the draft {sheet.uid}"
    if extra := shown.items() - (sheet.pictures | sheet.doubtful_pictures).items():
        yield f"invented: pictures {sorted(extra)} in the draft {sheet.uid}"
