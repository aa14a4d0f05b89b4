"""Who may answer on the web: a reference and a birth year, tried so many times and no more.

Wrong reference, wrong year, campaign over for a year, person whose birth year we do not know: the
same refusal after the same work, so that nothing is learned from it. Someone whose birth year is
unknown answers on paper or by telephone: nothing else would prove that it is she.

Tries are counted in the database, so that all the workers see the same count, from one place of the
network and on one reference; of either, only a keyed digest is kept.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from ipaddress import ip_address, ip_network
from secrets import compare_digest

from django.core import signing
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac

from seniors.refusal import Refusal
from surveys.campaigns.queries import is_forgotten
from surveys.models import Campaign, Invitation, Miss, Response
from surveys.sending import links

HOUR, MONTH = timedelta(hours=1), timedelta(days=30)
FROM_A_PLACE = 20  # an hour; a library or a telephone company is one place
ON_A_REFERENCE = 6  # an hour
ON_A_REFERENCE_MOST = 20  # a month: there are about fifty years to try
# How long a page may stay open before the birth year is asked again.
OPEN_FOR = timedelta(hours=2)
COOKIE = "enquete"
NOBODY = "0000"
_SALT = "surveys.receiving.web"

WRONG = (
    "Cette référence et cette année de naissance n’ouvrent pas de questionnaire. Vérifiez la "
    "référence sur votre courrier, et l’année. La date limite de réponse est peut-être passée."
)
TOO_MANY = (
    "Il y a eu trop d’essais. Attendez une heure, ou téléphonez-nous\u00a0: rien n’est perdu."
)
TOO_MANY_IN_A_MONTH = (
    "Il y a eu trop d’essais avec cette référence depuis un mois\u00a0: elle n’ouvre plus rien "
    "pour l’instant, même dans une heure. Téléphonez-nous\u00a0: rien n’est perdu."
)


class Shut(Refusal):
    """Nothing opens: wrong (one sentence, whatever is wrong) or too_many."""


@dataclass(frozen=True)
class Receipt:
    """What a receipt says: when, and what became of the answer; nothing of her."""

    at: str
    aside: bool


def open_invitation(reference: str, year: str, *, address: str | None) -> Invitation:
    """The invitation that these open. Raises Shut, and counts what opened nothing."""
    bare = links.read_reference(reference) or ""
    keys = {
        Miss.Kind.PLACE: _digest("place", _place(address)),
        Miss.Kind.REFERENCE: _digest("reference", bare or reference.strip().upper()),
    }
    if stopped := _too_many(keys):
        raise Shut("too_many", stopped)
    found = _invitations().filter(reference=bare).first()
    expected = (_birth_year(found) if found else "") or NOBODY
    same = compare_digest(year.strip().encode(), expected.encode())
    if not (same and expected != NOBODY and found and may_come_in(found.campaign)):
        Miss.objects.bulk_create(Miss(kind=kind, digest=key) for kind, key in keys.items())
        _forget()
        raise Shut("wrong", WRONG)
    return found


def is_open(campaign: Campaign, on: date | None = None) -> bool:
    """Whether answers come in on the web on that day (today)."""
    return (
        campaign.on_web and campaign.opened_on <= (on or timezone.localdate()) <= campaign.closes_on
    )


def may_come_in(campaign: Campaign) -> bool:
    """Whether its links open something today: the questionnaire while it is open; then, until those
    who did not answer are forgotten, what is kept of her and how to take it back."""
    today = timezone.localdate()
    return campaign.on_web and campaign.opened_on <= today and not is_forgotten(campaign, today)


def key_of(invitation: Invitation) -> str:
    """What the browser keeps once the birth year was right: signed and dated."""
    return signing.TimestampSigner(salt=_SALT).sign(invitation.reference)


def opened_by(key: str, reference: str) -> Invitation | None:
    """The invitation that a browser's key still opens, its campaign closed or not."""
    try:
        kept = signing.TimestampSigner(salt=_SALT).unsign(key, max_age=OPEN_FOR)
    except signing.BadSignature:
        return None
    if not compare_digest(kept.encode(), reference.encode()):
        return None
    return _invitations().filter(reference=kept).first()


def answer_before(invitation: Invitation) -> Response | None:
    """The answer that we already have of her in this campaign, by whatever channel."""
    person = invitation.senior.merged_into_id or invitation.senior_id
    hers = Q(senior=person) | Q(senior__merged_into=person)
    return Response.objects.filter(hers, campaign=invitation.campaign_id).order_by("pk").first()


def receipt_token(receipt: Receipt) -> str:
    """What stands in the address of a receipt."""
    return signing.dumps([receipt.at, receipt.aside], salt=f"{_SALT}.receipt")


def read_receipt(token: str) -> Receipt | None:
    """The receipt of this address; None for one that we did not make."""
    try:
        at, aside = signing.loads(token, salt=f"{_SALT}.receipt")
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return Receipt(str(at), bool(aside))


def _invitations() -> QuerySet[Invitation]:
    return Invitation.objects.select_related("campaign", "senior__merged_into")


def _birth_year(invitation: Invitation) -> str:
    """Of the record kept; "" when it is unknown."""
    senior = invitation.senior.merged_into or invitation.senior
    year = senior.born_on.year if senior.born_on else senior.birth_year
    return str(year or "")


def _too_many(keys: dict[Miss.Kind, str]) -> str:
    """What to say when enough was tried from this place, or on this reference; "" otherwise."""
    now = timezone.now()
    tried = list(
        Miss.objects.filter(digest__in=keys.values(), at__gte=now - MONTH).values_list("kind", "at")
    )
    recent = [kind for kind, at in tried if at >= now - HOUR]
    if sum(kind == Miss.Kind.REFERENCE for kind, _ in tried) >= ON_A_REFERENCE_MOST:
        return TOO_MANY_IN_A_MONTH
    here, there = recent.count(Miss.Kind.PLACE), recent.count(Miss.Kind.REFERENCE)
    return TOO_MANY if here >= FROM_A_PLACE or there >= ON_A_REFERENCE else ""


@transaction.atomic
def _forget() -> None:
    """What is past is not kept; rows that another request is clearing are left to it."""
    now = timezone.now()
    past = Miss.objects.filter(
        Q(kind=Miss.Kind.PLACE, at__lt=now - HOUR) | Q(at__lt=now - MONTH)
    ).select_for_update(skip_locked=True)
    Miss.objects.filter(pk__in=[one.pk for one in past[:500]]).delete()


def _place(address: str | None) -> str:
    """One telephone or one home network: an IPv6 network counts whole."""
    try:
        seen = ip_address(address or "")
    except ValueError:
        return ""
    return str(ip_network((seen, 64), strict=False) if seen.version == 6 else seen)


def _digest(kind: str, text: str) -> str:
    return salted_hmac(f"{_SALT}.{kind}", text, algorithm="sha256").hexdigest()
