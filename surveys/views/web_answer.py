"""The questions on the web: one a screen or all in one page, saved at each step."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from seniors.enums import ConsentKind
from surveys.models import Draft, Invitation
from surveys.receiving import answering, drafts
from surveys.receiving.answering import Block
from surveys.receiving.drafts import Page
from surveys.views import web_door as door

any_method = require_http_methods(["GET", "HEAD", "POST"])
HALF = (
    "Cette page est arrivée incomplète. Ce qui est arrivé est gardé\u00a0: vérifiez les réponses "
    "ci-dessous, puis validez de nouveau."
)
UNKNOWN = "Une réponse n’a pas été comprise. Les autres sont gardées\u00a0: voyez ci-dessous."
FIRST = "Répondez oui ou non pour continuer. Vous êtes libre de refuser."
HEALTH = "Vos réponses sur la santé ne sont gardées que si vous dites oui ici."
WITHOUT_HEALTH = (
    "Rien n’est encore gardé\u00a0: il manque votre réponse au deuxième accord, celui sur la "
    "santé. Dites oui ou non, ou validez une seconde fois pour garder le reste."
)


@dataclass(frozen=True)
class _Answer:
    """What became of a page that was sent; `message` is empty when it was kept whole."""

    coded: Mapping[str, int]
    draft: Draft | None = None
    message: str = ""
    problems: Mapping[str, str] = field(default_factory=dict)
    confirm: bool = False


@any_method
@door.inside
def web_question(request: HttpRequest, invitation: Invitation, code: str) -> HttpResponse:
    """One question, or the lines of one table."""
    asked, draft = drafts.questionnaire_of(invitation), drafts.draft_of(invitation)
    whole = {one.code: one for one in drafts.blocks_of(answering.parts(asked))}
    screens = drafts.blocks_of(drafts.steps(asked, draft.values if draft else {}))
    codes = [screen.code for screen in screens]
    if request.method != "POST":
        if code not in codes:
            return door.to("web-question", invitation, codes[0])
        return _ask(request, invitation, draft, code)
    if code not in whole:
        return door.to("web-question", invitation, codes[0])
    try:
        answer = _keep(request, invitation, [whole[code]], step=code)
    except drafts.Gone:
        return door.gone(request, invitation)
    if answer.draft and answer.draft.clashing:
        return door.to("web-clash", invitation)
    if answer.message:
        return _ask(request, invitation, answer.draft or draft, code, answer)
    return _onward(invitation, answer.draft, list(whole), code, request.POST.get("go", ""))


@any_method
@door.inside
def web_all(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    """Every question in one page."""
    asked, draft = drafts.questionnaire_of(invitation), drafts.draft_of(invitation)
    answer, values = None, draft.values if draft else {}
    if request.method == "POST":
        blocks = drafts.blocks_of(answering.parts(asked, without=drafts.NOT_ASKED))
        try:
            answer = _keep(request, invitation, blocks)
        except drafts.Gone:
            return door.gone(request, invitation)
        if answer.draft and answer.draft.clashing:
            return door.to("web-clash", invitation)
        if not answer.message:
            later = request.POST.get("go") == "later"
            return door.to("web-later" if later else "web-check", invitation)
        draft = answer.draft or draft
        # Of a page cut on its way, what did not come is shown too: sent again, it is not erased.
        before = draft.values if draft and "whole" not in request.POST else {}
        values = {**before, **answer.coded}
    context = {
        "parts": answering.parts(
            asked, values, answer.problems if answer else {}, without=drafts.NOT_ASKED
        ),
        "answer": answer,
        "version": draft.version if draft else 0,
        "seen": _seen(draft),
    }
    status = 422 if answer else 200
    return door.inner_page(request, "surveys/web_all.html", invitation, context, status=status)


@any_method
@door.inside
def web_clash(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    """Two pages open at once said otherwise: both are shown, she chooses."""
    chosen, refused, confirm = {}, "", False
    if request.method == "POST":
        sides = ("first", "second")
        chosen = {code: side for code, side in request.POST.items() if side in sides}
        try:
            drafts.choose(invitation, chosen, confirmed="confirm" in request.POST)
        except drafts.Gone:
            return door.gone(request, invitation)
        except drafts.DraftRefusal as refusal:
            refused, confirm = str(refusal), True
        else:
            refused = "Il reste une réponse à choisir."
    draft = drafts.draft_of(invitation)
    if draft is None or not draft.clashing:
        return door.to("web-check", invitation)
    clashes = drafts.clashes(drafts.questionnaire_of(invitation), draft)
    context = {
        "clashes": [(one, chosen.get(one.item.code)) for one in clashes],
        "refused": refused,
        "confirm": confirm,
    }
    status = 422 if refused else 200
    return door.inner_page(request, "surveys/web_clash.html", invitation, context, status=status)


def _keep(
    request: HttpRequest, invitation: Invitation, blocks: Sequence[Block], *, step: str = ""
) -> _Answer:
    """Keep what the page says of these questions, or say what is wrong. Raises drafts.Gone."""
    asked, sent = drafts.questionnaire_of(invitation), request.POST
    codes = [one.item.code for block in blocks for one in block.fields]
    coded, problems = answering.read(asked, {code: sent.get(code, "") for code in codes})
    whole = "whole" in sent
    told = {
        code: coded.get(code) for code in codes if code not in problems and (whole or code in coded)
    }
    page = Page(
        told=told,
        seen=_read_seen(sent.get("seen", "")),
        version=door.number(sent.get("version")),
        step=step,
        confirmed="confirm" in sent,
    )
    first, second = (
        drafts.consent_item(asked, kind).code for kind in (ConsentKind.VISIT, ConsentKind.HEALTH)
    )
    later = sent.get("go") == "later"
    lacks = drafts.unanswered(asked, coded)  # what she typed is not let go without a word
    if first in codes and told.get(first) is None and whole and (lacks or not later):
        problems.setdefault(first, FIRST)
        if len(codes) > 1:  # nothing of the whole page may be kept without it
            return _Answer(coded, None, f"Rien n’est encore gardé. {FIRST}", problems)
    if whole and second in codes and later and lacks == ConsentKind.HEALTH and not page.confirmed:
        problems.setdefault(second, HEALTH)
        return _Answer(coded, None, WITHOUT_HEALTH, problems, confirm=True)
    try:
        draft = drafts.save(invitation, page)
    except drafts.DraftRefusal as refusal:
        return _Answer(coded, None, str(refusal), problems, confirm=True)
    message = next(iter(problems.values()), "") if len(codes) == 1 else UNKNOWN * bool(problems)
    return _Answer(coded, draft, message or HALF * (not whole), problems)


def _ask(
    request: HttpRequest,
    invitation: Invitation,
    draft: Draft | None,
    code: str,
    answer: _Answer | None = None,
) -> HttpResponse:
    """The page of one question."""
    asked, values = drafts.questionnaire_of(invitation), draft.values if draft else {}
    parts = drafts.steps(asked, values)
    shown = {**values, **answer.coded} if answer else values
    told = drafts.blocks_of(answering.parts(asked, shown, answer.problems if answer else {}))
    screen = next(one for one in told if one.code == code)
    at = next((n for n, part in enumerate(parts, 1) if code in _codes(part.blocks)), 1)
    part = parts[at - 1]
    context = {
        "screen": screen,
        "part": part,
        "part_at": at,
        "parts": len(parts),
        "at": _codes(part.blocks).index(code) + 1 if code in _codes(part.blocks) else 1,
        "is_first": at == 1 and part.blocks[0].code == code,
        "answer": answer,
        "version": draft.version if draft else 0,
        "seen": _seen(draft, {one.item.code for one in screen.fields}),
    }
    status = 422 if answer else 200
    return door.inner_page(request, "surveys/web_question.html", invitation, context, status=status)


def _onward(
    invitation: Invitation, draft: Draft, order: list[str], code: str, go: str
) -> HttpResponse:
    """The next screen that may be asked, the one before, or out."""
    if go == "later":
        return door.to("web-later", invitation)
    if go == "check":
        return door.to("web-check", invitation)
    asked = drafts.questionnaire_of(invitation)
    screens = _codes(drafts.blocks_of(drafts.steps(asked, draft.values)))
    place = order.index(code)
    before = [one for one in order[:place] if one in screens]
    after = [one for one in order[place + 1 :] if one in screens]
    if go == "back" and before:
        return door.to("web-question", invitation, before[-1])
    return (
        door.to("web-question", invitation, after[0]) if after else door.to("web-check", invitation)
    )


def _codes(blocks: Sequence[Block]) -> list[str]:
    return [block.code for block in blocks]


def _seen(draft: Draft | None, codes: set[str] | None = None) -> str:
    """What the page shows, as it will say it when it is sent."""
    values = draft.values if draft else {}
    return " ".join(f"{c}:{v}" for c, v in values.items() if codes is None or c in codes)


def _read_seen(text: str) -> dict[str, int]:
    """The reverse; what is not understood was not seen."""
    pairs = (pair.partition(":") for pair in text.split())
    return {code: int(value) for code, _, value in pairs if _is_number(value)}


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10
