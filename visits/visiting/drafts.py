"""Forms being filled in on line: each answer is kept as it changes, until the form is finished.

A draft is its officer's alone. What tells of health is not kept in it before she agrees to it. It
holds the fields of `form`, and beside them the day and the outcome, under `made_on` and `outcome`.
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from seniors.access import visible_seniors
from seniors.models import Senior, User
from seniors.observe import having_health_consent
from seniors.person import rows_of
from seniors.queries import records_of
from visits.acting.partners import offered_to
from visits.enums import Channel
from visits.models import ActionKind, Visit, VisitDraft, VisitListEntry
from visits.visiting import form, form_page, photos, recording
from visits.visiting.envelope import OLDEST_DAYS
from visits.visiting.fields import FIGURES_MOST, Refused
from visits.visiting.recording import Recorded

ENVELOPE = ("made_on", "outcome")
NO_HEALTH = (
    "Cette réponse touche à la santé : elle n’est gardée qu’avec son accord. Cochez d’abord "
    "« oui » à cet accord, dans « En arrivant »."
)
Content = dict[str, int | str]


def drafts_of(user: User) -> list[VisitDraft]:
    """The drafts of this officer on people he still sees, the latest first, each with `person`:
    the record kept."""
    drafts = rows_of(visible_seniors(user), VisitDraft.objects.filter(officer=user))
    found = list(drafts.select_related("senior__merged_into"))
    for draft in found:
        draft.person = draft.senior.merged_into or draft.senior
    return found


def count_of(user: User) -> int:
    """How many there are."""
    return rows_of(visible_seniors(user), VisitDraft.objects.filter(officer=user)).count()


def draft_of(user: User, senior: Senior) -> VisitDraft | None:
    """The draft of this officer on this person, on whichever of her records it was begun."""
    return VisitDraft.objects.filter(officer=user, senior__in=records_of(senior)).first()


@transaction.atomic
def save_fields(
    senior: Senior,
    values: Mapping[str, object],
    *,
    by: User,
    channel: str = Channel.DESK,
    entry: VisitListEntry | None = None,
    day: date | None = None,
    seen: Mapping[str, str] | None = None,
) -> tuple[VisitDraft, dict[str, str]]:
    """Keep these answers, an empty one taking the former away; the draft is made if need be, of
    that `day` when the card it comes from names one.

    `seen` is what the page showed of them (`seen_in`): one left as it was is not written, one
    changed elsewhere since is refused. A field that is refused keeps its former value: answers
    {field code: French sentence} of those, beside the draft, whose `changed` holds the codes of
    the fields that are no longer what they were.
    """
    begun = draft_of(by, senior)
    draft, _ = VisitDraft.objects.select_for_update().get_or_create(
        officer=by,
        senior=begun.senior if begun else senior,
        defaults={"channel": channel, "entry": entry, "content": form.blank() | _of_day(day)},
    )
    refused: dict[str, str] = {}
    before = dict(draft.content)
    for code, value in values.items():
        if seen is not None and _is_left(draft.content, code, value, seen):
            continue
        try:
            if seen is not None:
                _refuse_if_stale(draft.content, code, value, seen, senior)
            _keep(draft.content, code, value, senior)
        except Refused as refusal:
            refused[code] = str(refusal)
    for code in _without_consent(draft.content, senior):
        del draft.content[code]
        if code in values:
            refused[code] = NO_HEALTH
    both = draft.content.keys() | before.keys()
    draft.changed = {code for code in both if draft.content.get(code) != before.get(code)}
    if draft.changed:
        draft.save(update_fields=["content", "updated_at"])
    return draft, refused


def fields_of(draft: VisitDraft) -> Content:
    """Its fields, without the day and the outcome."""
    return {code: value for code, value in draft.content.items() if code not in ENVELOPE}


def outcome_of(draft: VisitDraft) -> str:
    """How the visit went; made, until told otherwise."""
    return str(draft.content.get("outcome", Visit.Outcome.DONE))


def kept_of(draft: VisitDraft) -> Content:
    """The fields that are sent: a visit not made has nobody present unless it was said."""
    content = fields_of(draft)
    if outcome_of(draft) == Visit.Outcome.DONE:
        return content
    return {code: value for code, value in content.items() if form.blank().get(code) != value}


def finish(draft: VisitDraft, *, by: User) -> Recorded:
    """Record the form and let the draft go. Same exceptions as `recording.record_visit`.

    A form refused leaves its draft as it is. In conflict, it is kept aside and the draft goes.
    """
    sent = {
        "uid": str(draft.uid),
        "senior": str(draft.senior.uid),
        "entry": draft.entry_id,
        "made_on": day_of(draft).isoformat(),
        "outcome": outcome_of(draft),
        "channel": draft.channel,
        "version": form.VERSION,
        "started_at": draft.started_at.isoformat(),
        "finished_at": timezone.now().isoformat(),
        "content": kept_of(draft),
    }
    try:
        recorded = recording.record_visit(sent, by=by)
    except recording.Conflict:
        draft.delete()
        raise
    draft.delete()
    return recorded


def day_of(draft: VisitDraft | None) -> date:
    """The day of the visit, until it is said: that on which the form was begun, as on a phone;
    today for what is typed from a paper."""
    if draft and (said := draft.content.get("made_on")):
        return date.fromisoformat(str(said))
    if draft and draft.channel != Channel.PAPER:
        return timezone.localdate(draft.started_at)
    return timezone.localdate()


def day_named(text: str) -> date | None:
    """The day that an address names, when a visit may be of it; None for any other text."""
    today = timezone.localdate()
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if today - timedelta(days=OLDEST_DAYS) <= day <= today else None


def seen_in(content: Mapping[str, object], codes: Iterable[str]) -> list[tuple[str, str, str]]:
    """(identifier on a page, field code, what the page shows of it), for the `seen` it sends."""
    return [(code.replace(".", "-"), code, _as_seen(content, code)) for code in codes]


def discard(draft: VisitDraft) -> None:
    """Let a draft go: nothing of it is kept, its pictures no more than its answers."""
    draft.delete()
    photos.forget(draft.uid)


def answered(content: Mapping[str, int | str], sections: Iterable[form.Section]) -> int:
    """How many steps have an answer of someone's own."""
    own = {code for code, value in content.items() if form.blank().get(code) != value}
    return sum(any(one.code in own for one in section.fields) for section in sections)


def _of_day(day: date | None) -> Content:
    return {"made_on": day.isoformat()} if day else {}


def _as_seen(content: Mapping[str, object], code: str) -> str:
    """An answer as a page sends it back when it is left alone, on one line."""
    value = content.get(code, Visit.Outcome.DONE.value if code == "outcome" else None)
    return " ".join(str("" if value is None else value).split())


def _is_left(content: Content, code: str, value: object, seen: Mapping[str, str]) -> bool:
    """Whether a page says nothing new of a field: as it showed it, or as it stands already.

    The day is written all the same when none is yet: it is no longer the one of the next morning.
    """
    if code == "made_on" and code not in content:
        return False
    said = _as_seen({code: value}, code)
    shown = _as_seen({**form.blank(), **seen}, code)
    return not code.startswith("clear.") and said in (shown, _as_seen(content, code))


def _refuse_if_stale(
    content: Content, code: str, value: object, seen: Mapping[str, str], senior: Senior
) -> None:
    """Raises Refused: elsewhere, when a field changed on a page changed under it too; those of
    `_keep` before, for what is not stored is not said again."""
    stands = _as_seen(content, code)
    is_new = code.startswith("clear.") or (code in ENVELOPE and code not in content)
    if not is_new and stands != _as_seen({**form.blank(), **seen}, code):
        _keep(dict(content), code, value, senior)
        raise Refused("elsewhere", _elsewhere(code, stands, _as_seen({code: value}, code)), code)


def _elsewhere(code: str, stands: str, said: str) -> str:
    """What stands, and what does not."""
    return (
        "Cette réponse a changé entre-temps, dans une autre page ou sur un autre appareil. "
        f"Ce qui est gardé\u00a0: {_quoted(code, stands)}. Ce que disait cette page, qui ne l’est "
        f"pas\u00a0: {_quoted(code, said)}. Rouvrez la fiche pour choisir."
    )


def _quoted(code: str, text: str) -> str:
    """An answer in words."""
    if not text:
        return "aucune réponse"
    if code == "outcome":
        words = dict(Visit.Outcome.choices).get(text, text)
    elif code == "made_on":
        words = "/".join(reversed(text.split("-")))
    else:
        value = int(text) if text.isdecimal() and len(text) < FIGURES_MOST else text
        words = form_page.words_of(code, value, form_page.Names.read())
    return f"«\u00a0{words}\u00a0»"


def _without_consent(content: Content, senior: Senior) -> list[str]:
    """Codes that tell of health, when she has not agreed to have that kept."""
    sensitive = [code for code in content if code not in ENVELOPE and form.field(code).sensitive]
    said = content.get("consent.health")
    if not sensitive or said == 1 or (said is None and having_health_consent([senior.pk])):
        return []
    return sensitive


def _keep(content: Content, code: str, value: object, senior: Senior) -> None:
    """One answer about this person, in place. Raises Refused."""
    if code in ENVELOPE:
        content[code] = _envelope(code, str(value or ""))
        return
    for section in form.SECTIONS:
        if code == section.clear_code and section.clear:
            for one in section.fields:
                content.setdefault(one.code, section.clear_to)
            return
    family, _, name = code.partition(".")
    kinds, partners = (), ()
    if family in ("action", "agree"):
        kinds = ActionKind.objects.filter(code=name).values_list("code", flat=True)
    if family == "agree":
        partners = [str(uid) for uid in offered_to(senior).values_list("uid", flat=True)]
        partners += [content[code]] if code in content else []  # put away since, he stays as said
    cleaned = form.clean({code: value}, kinds=frozenset(kinds), partners=partners)
    if cleaned:
        content.update(cleaned)
    else:
        content.pop(code, None)


def _envelope(code: str, value: str) -> str:
    """The day or the outcome, as it was said."""
    if code == "outcome" and value in Visit.Outcome.values:
        return value
    try:
        day = date.fromisoformat(value)
    except ValueError:
        day = None
    if code == "outcome" or day is None or day > timezone.localdate():
        raise Refused("bad_value", "Choisissez le jour de la visite, aujourd’hui ou avant.", code)
    return value
