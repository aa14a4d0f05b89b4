"""Field watch: the only door of a Signal and of the links that bring one.

A signal comes from a link, without an account, or from one of us. Its identity is made of the form
it was filled in and of what it says: sent twice, it counts once; corrected after « back », it is
another signal, and a person reads both.

Whose dwelling it is, is said by a person (`match`), never guessed: until then the signal weighs on
nobody's order of visit. It leaves its observation, which holds no value, once we answer for who it
is about: at once when one of us enters it for someone, else when it is closed.
"""

import uuid
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from datetime import date, timedelta

from django.core import signing
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from seniors import guard, observe
from seniors.enums import Source
from seniors.models import AccessLog, Dwelling, Residence, Senior, User
from seniors.refusal import Refusal
from visits.access import visible_signals
from visits.acting.follow_up import add_need
from visits.field_watch.knocks import let_in
from visits.models import Signal, WatchLink

Kind, Urgency, Outcome, Reporter = Signal.Kind, Signal.Urgency, Signal.Outcome, Signal.Reporter
WORDS_MOST = 120
LINK_MOST = timedelta(days=3 * 366)
OLDEST = timedelta(days=60)
# What may be found when it is closed this way.
WITH_NEEDS = (Outcome.NEED, Outcome.KNOWN, Outcome.EMERGENCY)
# Printed on posters: another salt, and every poster in every hall is dead. Not this module's name.
_SIGNER = signing.Signer(salt="visits.watch", sep=".")


class WatchRefusal(Refusal):
    """A gesture that cannot be made."""


class NoSuchLink(Exception):
    """Forged, unknown, expired or revoked: all the same to who holds it."""


# Links


def make_link(residence: Residence, *, label: str, expires_on: date, by: User) -> WatchLink:
    """An address from which anybody may report what is seen in this residence, until that day.

    Raises WatchRefusal: what the guard found, expires.
    """
    check_words(label)
    today = timezone.localdate()
    if not today <= expires_on <= today + LINK_MOST:
        raise WatchRefusal(
            "expires",
            "Choisissez une date à venir, dans les trois ans\u00a0: le lien n’est pas créé.",
        )
    return WatchLink.objects.create(
        residence=residence, label=label.strip(), expires_on=expires_on, created_by=by
    )


def revoke(link: WatchLink, *, by: User) -> None:
    """The link opens nothing from now on; twice changes nothing. What it brought stays."""
    WatchLink.objects.filter(pk=link.pk, revoked_at=None).update(
        revoked_at=timezone.now(), revoked_by=by
    )


def token_of(link: WatchLink) -> str:
    """What stands in the address of the link: its identity, signed."""
    return _SIGNER.sign(urlsafe_b64encode(link.uid.bytes).decode().rstrip("="))


def link_of(token: str) -> WatchLink:
    """The link of this token, if it still opens. Raises NoSuchLink."""
    try:
        uid = uuid.UUID(bytes=urlsafe_b64decode(f"{_SIGNER.unsign(token)}=="))
    except (signing.BadSignature, ValueError) as error:
        raise NoSuchLink from error
    links = WatchLink.objects.select_related("residence")
    link = links.filter(uid=uid, revoked_at=None, expires_on__gte=timezone.localdate()).first()
    if link is None:
        raise NoSuchLink
    return link


# Signals


def open_urgent(user: User) -> QuerySet[Signal]:
    """The urgent signals that `user` sees and that nobody has closed, the oldest first."""
    urgent = visible_signals(user).filter(urgency=Urgency.NOW, closed_on=None)
    return urgent.order_by("recorded_at", "pk")


def report(
    origin: WatchLink | User,
    *,
    form_uid: uuid.UUID,
    kind: str,
    urgency: str,
    reporter: str = "",
    words: str = "",
    whereabouts: str = "",
    senior: Senior | None = None,
    dwelling: Dwelling | None = None,
    residence: Residence | None = None,
    seen_on: date | None = None,
    address: str | None = None,
) -> Signal:
    """Keep what was seen, or give back the signal if the same form said the same before.

    `origin` is the link it came through, which says the residence, or who of us enters it, for a
    senior, a dwelling or a residence. `address` is where on the network a link was used from.
    Raises WatchRefusal: what the guard found, words, seen_on, too_many.
    """
    link = origin if isinstance(origin, WatchLink) else None
    check_words(words, whereabouts)
    signal = Signal(
        senior=senior,
        dwelling=dwelling or (senior.dwelling if senior else None),
        residence=link.residence if link else residence,
        whereabouts=whereabouts,
        kind=Kind(kind),
        urgency=Urgency(urgency),
        reporter=Reporter(reporter or (Reporter.OTHER if link else Reporter.OFFICER)),
        what=_what(Kind(kind), words.strip()),
        link=link,
        recorded_by=None if link else origin,
        seen_on=_checked_day(seen_on),
    )
    signal.uid = _identity(form_uid, signal)
    known = Signal.objects.filter(uid=signal.uid).first()
    if known:
        return _said_again(known)
    if link and not let_in(link, address):
        raise WatchRefusal(
            "too_many",
            "Beaucoup de signalements viennent d’arriver d’ici. Celui-ci n’est pas enregistré"
            "\u00a0: recommencez dans quelques minutes, ou téléphonez-nous.",
        )
    return _keep(signal)


@transaction.atomic
def take(signal: Signal, *, by: User, instead_of: User | None = None) -> Signal:
    """Answer for it. `instead_of` is who had it on the page that was read.

    Raises WatchRefusal: closed, taken.
    """
    signal = _locked_open(signal)
    if signal.taken_by_id not in (None, by.pk, instead_of.pk if instead_of else None):
        raise WatchRefusal(
            "taken", f"{signal.taken_by} vient de prendre ce signalement\u00a0: rien n’a changé."
        )
    if signal.taken_by_id != by.pk:
        signal.taken_by, signal.taken_at = by, timezone.now()
        signal.save(update_fields=["taken_by", "taken_at"])
        _log("signal-take", signal, by)
    return signal


@transaction.atomic
def match(signal: Signal, senior: Senior | None, *, by: User) -> Signal:
    """Say who it is about, or, with None, that nobody knows any more. Raises WatchRefusal: closed,
    nowhere."""
    signal = _locked_open(signal)
    if senior is None and not (signal.dwelling_id or signal.residence_id):
        raise WatchRefusal(
            "nowhere",
            "Ce signalement n’a pas d’autre lieu que cette personne\u00a0: rien n’a changé.",
        )
    _log("signal-unmatch", signal, by)
    signal.senior = senior
    signal.save(update_fields=["senior"])
    _log("signal-match", signal, by)
    return signal


@transaction.atomic
def close(signal: Signal, *, outcome: str, by: User, needs: Sequence[str] = ()) -> Signal:
    """Say what came of it, and which needs were found: they go to the person's actions.

    Raises WatchRefusal: closed, outcome, needs, who; FollowUpRefusal.
    """
    signal = _locked_open(signal)
    _check_outcome(signal, outcome, needs)
    today = timezone.localdate()
    signal.outcome, signal.closed_on, signal.closed_by = outcome, today, by
    if signal.taken_by_id is None:
        signal.taken_by, signal.taken_at = by, timezone.now()
    signal.save(update_fields=["outcome", "closed_on", "closed_by", "taken_by", "taken_at"])
    for code in needs:
        add_need(signal.senior, code, found_on=today, by=by, signal=signal)
    if outcome != Outcome.MISTAKEN:
        _leave_observation(signal, by)
    _log("signal-close", signal, by)
    return signal


@transaction.atomic
def reopen(signal: Signal, *, by: User) -> Signal:
    """It was closed too soon: open again. The needs found stay, to be followed or closed."""
    signal = _locked(signal)
    if signal.closed_on:
        signal.outcome, signal.closed_on, signal.closed_by = "", None, None
        signal.save(update_fields=["outcome", "closed_on", "closed_by"])
        _log("signal-reopen", signal, by)
    return signal


def _what(kind: Signal.Kind, words: str) -> str:
    """What one reads on a list: the reporter's own words, or those of the kind."""
    if kind == Kind.OTHER and not words:
        raise WatchRefusal(
            "words",
            "Dites en quelques mots ce que vous avez vu\u00a0: rien n’est encore enregistré.",
        )
    return (words or kind.label)[:WORDS_MOST]


def _said_again(signal: Signal) -> Signal:
    """The same form once more; one that its reporter had taken back stands again."""
    if signal.outcome == Outcome.MISTAKEN and signal.closed_by_id is None:
        signal.outcome, signal.closed_on = "", None
        signal.save(update_fields=["outcome", "closed_on"])
    return signal


def _identity(form_uid: uuid.UUID, signal: Signal) -> uuid.UUID:
    """The same for the same form with the same content, whoever sends it again.

    A page behind a link asks neither who saw it nor when: sent again past midnight, it says the
    same. What one of us enters has both, and may be corrected after « back ».
    """
    said = (
        signal.kind,
        signal.urgency,
        signal.what,
        signal.whereabouts,
        signal.link_id,
        signal.senior_id,
        signal.dwelling_id,
        signal.residence_id,
        *(() if signal.link_id else (signal.reporter, signal.seen_on)),
    )
    return uuid.uuid5(form_uid, "\x1f".join(map(str, said)))


def _keep(signal: Signal) -> Signal:
    """Write it; two identical sendings at once make one row."""
    try:
        with transaction.atomic():
            signal.save(force_insert=True)
            if signal.senior:
                _leave_observation(signal, signal.recorded_by)
                _log("signal-record", signal, signal.recorded_by)
    except IntegrityError:
        return Signal.objects.get(uid=signal.uid)
    return signal


def _leave_observation(signal: Signal, by: User | None) -> None:
    """That there was news of her on that day; nothing else is known from a signal."""
    if signal.senior:
        observe.record(
            signal.senior,
            uid=uuid.uuid5(signal.uid, str(signal.senior.uid)),
            source=Source.SIGNAL,
            observed_on=signal.seen_on,
            values={},
            by=by,
        )


def _locked(signal: Signal) -> Signal:
    """The signal as it stands, held until the gesture is made."""
    rows = Signal.objects.select_related("senior", "taken_by")
    return rows.select_for_update(of=("self",)).get(pk=signal.pk)


def _locked_open(signal: Signal) -> Signal:
    """The same, refused once it is closed."""
    signal = _locked(signal)
    if signal.closed_on:
        raise WatchRefusal("closed", "Ce signalement est déjà clos\u00a0: rien n’a changé.")
    return signal


def _check_outcome(signal: Signal, outcome: str, needs: Sequence[str]) -> None:
    """An outcome is needed; a need, someone who has it."""
    if outcome not in Outcome.values:
        raise WatchRefusal("outcome", "Dites ce qu’il en est\u00a0: le signalement reste ouvert.")
    if outcome == Outcome.NEED and not needs:
        raise WatchRefusal("needs", "Cochez le besoin trouvé\u00a0: le signalement reste ouvert.")
    if needs and outcome not in WITH_NEEDS:
        raise WatchRefusal(
            "needs",
            "Un besoin est coché, mais la suite dit autre chose\u00a0: choisissez «\u00a0un besoin "
            "a été trouvé\u00a0», ou décochez-le. Le signalement reste ouvert.",
        )
    if needs and signal.senior is None:
        raise WatchRefusal(
            "who", "Dites d’abord de qui il s’agit\u00a0: le signalement reste ouvert."
        )


def check_words(*texts: str) -> None:
    """What is never written down."""
    for text in texts:
        if found := guard.found(text):
            raise WatchRefusal(
                found[0].kind, f"{guard.explain(found)} Rien n’est encore enregistré."
            )


def _checked_day(seen_on: date | None) -> date:
    """Today unless told otherwise."""
    today = timezone.localdate()
    if seen_on and not today - OLDEST <= seen_on <= today:
        raise WatchRefusal(
            "seen_on",
            "Choisissez un jour des deux derniers mois, pas un jour à venir\u00a0: rien n’est "
            "encore enregistré.",
        )
    return seen_on or today


def _log(gesture: str, signal: Signal, by: User | None) -> None:
    """A line in the journal of who is concerned."""
    if signal.senior and by:
        AccessLog.objects.create(user=by, gesture=gesture, senior=signal.senior)
