"""How often one may report: so many an hour through one link, and from one place of the network.

Counted in the database, so that all the workers see the same count. Where a report comes from is
kept as a keyed digest, for an hour: it tells two places apart and is never read back.
"""

from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from visits.models import WatchKnock, WatchLink

BY_LINK, BY_ADDRESS = 30, 12
WHILE = timedelta(hours=1)


@transaction.atomic
def let_in(link: WatchLink, address: str | None) -> bool:
    """Count one more report, or say that there were enough; what was refused does not count."""
    WatchLink.objects.select_for_update().get(pk=link.pk)  # one at a time: none slips in uncounted
    since, place = timezone.now() - WHILE, _digest(address)
    _forget(since)
    recent = WatchKnock.objects.filter(at__gte=since)
    if recent.filter(link=link).count() >= BY_LINK:
        return False
    if recent.filter(address=place).count() >= BY_ADDRESS:
        return False
    WatchKnock.objects.create(link=link, address=place)
    return True


def _forget(since: datetime) -> None:
    """What is past is not kept; rows that another report is clearing are left to it."""
    past = WatchKnock.objects.select_for_update(skip_locked=True).filter(at__lt=since)
    WatchKnock.objects.filter(pk__in=list(past.values_list("pk", flat=True)[:500])).delete()


def _digest(address: str | None) -> str:
    """One phone or one home network: an IPv6 network counts whole, it has addresses to spare."""
    try:
        seen = ip_address(address or "")
    except ValueError:
        place = ""
    else:
        place = str(ip_network((seen, 64), strict=False) if seen.version == 6 else seen)
    return salted_hmac("visits.field_watch.knocks", place, algorithm="sha256").hexdigest()
