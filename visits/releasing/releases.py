"""Exports: asked for under a convention, approved by someone else, made, downloaded, gone.

The only door of Convention, Release and ReleaseRead. Figures are made once, kept seven days, and
each download is journalled. What was given away is remembered after that: the next exports must
not let anyone subtract.
"""

import fcntl
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from seniors import pulse
from seniors.enums import Role
from seniors.models import AccessLog, User
from seniors.refusal import Refusal
from visits.enums import ReleaseKind, ReleaseState
from visits.models import Convention, Release, ReleaseRead

KEPT_FOR = timedelta(days=7)
ASKING = (Role.EVALUATOR, Role.MANAGER, Role.ADMINISTRATOR)
FIRST_YEAR = 2018  # the programme's first (DOMAIN.md 0)
ROWS_K = 11  # least group of a file with a row a person, whatever the convention
SETTLED = ("recipient", "purpose")  # of a convention under which an export was asked for
WHOLE, BEGUN = ".zip", ".part"  # an archive, and what there is of it while it is made
SILENT_FOR = timedelta(hours=1)  # without any sign of life since it was approved: nobody makes it
STOPPED = (
    "La fabrication s’est arrêtée avant la fin\u00a0; aucun fichier n’a été écrit. Demandez un "
    "nouvel export\u00a0; si cela se répète, prévenez la personne qui s’occupe du serveur."
)
TAKEN_BACK = (
    "Un accord a été repris pendant la fabrication\u00a0; aucun fichier n’a été écrit. Demandez un "
    "nouvel export\u00a0: il tiendra compte de ce choix."
)


class ReleaseRefusal(Refusal):
    """An export that cannot be asked for, approved, made or read."""


def visible_releases(user: User) -> QuerySet[Release]:
    """Those that she asked for; all of them for an administrator."""
    releases = Release.objects.select_related("convention", "asked_by", "decided_by")
    if user.role == Role.ADMINISTRATOR:
        return releases
    return releases.filter(asked_by=user) if user.role in ASKING else releases.none()


def is_settled(convention: Convention) -> bool:
    """Whether an export was asked for under it: its manifest says for whom and what for, and the
    key of its pseudonyms is one recipient's."""
    return convention.releases.exists()


def running_conventions(today: date | None = None) -> QuerySet[Convention]:
    """Those under which an export may be asked for."""
    today = today or timezone.localdate()
    return Convention.objects.filter(starts_on__lte=today, ends_on__gte=today)


@transaction.atomic
def save_convention(convention: Convention, *, by: User) -> Convention:
    """A convention, new or changed, as an administrator wrote it. Raises ReleaseRefusal: role,
    settled (another recipient or purpose, once an export was asked for under it)."""
    if by.role != Role.ADMINISTRATOR:
        raise ReleaseRefusal("role", "Seule l’administration enregistre une convention.")
    if convention.pk is None:
        convention.created_by = by
    else:
        # Whoever asks for an export under it waits: its row refers to this one.
        before = Convention.objects.select_for_update().get(pk=convention.pk)
        if is_settled(before) and any(
            getattr(before, name) != getattr(convention, name) for name in SETTLED
        ):
            raise ReleaseRefusal(
                "settled",
                "Des exports ont été demandés au titre de cette convention\u00a0: son destinataire "
                "et sa finalité ne changent plus. Rien n’a été enregistré\u00a0; pour un autre "
                "destinataire ou une autre finalité, enregistrez une nouvelle convention.",
            )
    convention.save()
    return convention


@transaction.atomic
def ask(*, convention: Convention, kind: str, year: int, purpose: str, by: User) -> Release:
    """An export to be approved."""
    if by.role not in ASKING:
        raise ReleaseRefusal("role", "Votre compte ne peut pas demander d’export.")
    _must_run(convention)
    if kind == ReleaseKind.ROWS and not convention.rows:
        raise ReleaseRefusal(
            "rows",
            f"La convention avec {convention.recipient} ne prévoit pas de fichier individuel. "
            "Rien n’a été demandé\u00a0; choisissez les tableaux.",
        )
    if not FIRST_YEAR <= year <= timezone.localdate().year:
        raise ReleaseRefusal(
            "year", f"Choisissez une année de {FIRST_YEAR} à celle-ci. Rien n’a été demandé."
        )
    AccessLog.objects.create(user=by, gesture="release-ask")
    return Release.objects.create(
        convention=convention, kind=kind, year=year, purpose=purpose, asked_by=by
    )


def may_decide(release: Release, user: User) -> bool:
    """An administrator decides, never of her own request unless she is the only one."""
    if user.role != Role.ADMINISTRATOR or release.state != ReleaseState.ASKED:
        return False
    return release.asked_by_id != user.pk or is_alone(user)


def is_alone(user: User) -> bool:
    """Whether no other administrator has an open account."""
    others = User.objects.filter(role=Role.ADMINISTRATOR, is_active=True).exclude(pk=user.pk)
    return user.role == Role.ADMINISTRATOR and not others.exists()


@transaction.atomic
def approve(release: Release, *, by: User) -> Release:
    """Let it be made; the caller has it made (`visits.tasks.start_release`)."""
    release = _to_decide(release, by)
    _must_run(release.convention)
    release.state = ReleaseState.MAKING
    release.save()
    AccessLog.objects.create(user=by, gesture="release-approve")
    return release


@transaction.atomic
def refuse(release: Release, *, because: str, by: User) -> Release:
    """Say no, and why."""
    release = _to_decide(release, by)
    release.state, release.refused_because = ReleaseState.REFUSED, because
    release.save()
    AccessLog.objects.create(user=by, gesture="release-refuse")
    return release


def _to_decide(release: Release, by: User) -> Release:
    """The release, locked, with who decides and when."""
    found = Release.objects.select_for_update(of=("self",)).select_related("convention")
    release = found.get(pk=release.pk)
    if release.state != ReleaseState.ASKED:
        raise ReleaseRefusal(
            "decided",
            f"Cet export est déjà {release.get_state_display()}\u00a0: rien n’a été changé.",
        )
    if not may_decide(release, by):
        raise ReleaseRefusal(
            "own",
            "Une autre personne de l’administration doit décider de cette demande. Rien n’a été "
            "changé.",
        )
    release.decided_by, release.decided_at = by, timezone.now()
    return release


def _must_run(convention: Convention) -> None:
    today = timezone.localdate()
    if convention.starts_on <= today <= convention.ends_on:
        return
    when = "n’a pas commencé" if today < convention.starts_on else "est terminée"
    raise ReleaseRefusal(
        "convention",
        f"La convention avec {convention.recipient} {when} (du {convention.starts_on:%d/%m/%Y} "
        f"au {convention.ends_on:%d/%m/%Y}). Rien n’a été fait\u00a0: demandez à l’administration "
        "de la renouveler.",
    )


@transaction.atomic
def read(release: Release, *, by: User) -> Path:
    """The file, once its download is journalled."""
    is_over = release.expires_at is None or release.expires_at <= timezone.now()
    path = path_of(release)
    if release.state != ReleaseState.READY or is_over or not path.exists():
        raise ReleaseRefusal(
            "gone",
            "Ce fichier n’est pas ou n’est plus disponible\u00a0: un export se télécharge pendant "
            "sept jours. Demandez-en un nouveau.",
        )
    _must_run(release.convention)
    ReleaseRead.objects.create(release=release, user=by)
    AccessLog.objects.create(user=by, gesture="release-download")
    return path


def old_releases() -> QuerySet[Release]:
    """Those whose seven days are over and whose file is still there."""
    return Release.objects.filter(state=ReleaseState.READY, expires_at__lte=timezone.now())


def purge() -> int:
    """Delete the files of those, and what works that died have left; answers how many exports are
    over. What rows gave away is remembered: a convention that is renewed has the same pseudonyms.
    """
    over = old_releases().update(state=ReleaseState.EXPIRED)
    for release in Release.objects.filter(state=ReleaseState.MAKING):
        if _is_dead(release):
            fail(release, STOPPED)
            pulse.forget(key_of(release))
    _sweep()
    return over


def _is_dead(release: Release) -> bool:
    """Whether nobody makes it any more."""
    said = pulse.read(key_of(release))
    if said is None:
        return (release.decided_at or release.asked_at) < timezone.now() - SILENT_FOR
    return said.is_dead


def _sweep() -> None:
    """Delete every archive, whole or begun, whose export is neither ready nor being made."""
    found = [path for path in _folder().glob("*") if path.suffix in (WHOLE, BEGUN)]
    # Asked after the files were listed: none of what is begun meanwhile is among them.
    alive = Release.objects.filter(state__in=(ReleaseState.READY, ReleaseState.MAKING))
    kept = {uid.hex for uid in alive.values_list("uid", flat=True)}
    for path in found:
        if path.stem not in kept:
            path.unlink(missing_ok=True)


@transaction.atomic
def deliver(release: Release, begun: Path, manifest: dict[str, Any]) -> bool:
    """Let the archive, now whole, be downloaded; False, without a file, if its making was given up
    meanwhile (`withdraw_rows`, `purge`)."""
    now = timezone.now()
    told = {"manifest": manifest, "made_at": now, "expires_at": now + KEPT_FOR}
    if not _end(release, ReleaseState.READY, **told):
        begun.unlink(missing_ok=True)
        return False
    begun.replace(path_of(release))  # nobody reads that it is ready before this is done
    return True


def fail(release: Release, words: str) -> bool:
    """Say why no file was made; False if it is no more being made."""
    return _end(release, ReleaseState.FAILED, manifest={"error": words})


def _end(release: Release, state: str, **told: Any) -> bool:
    """Only once: whoever comes second, in whatever process, changes nothing."""
    making = Release.objects.filter(pk=release.pk, state=ReleaseState.MAKING)
    is_first = bool(making.update(state=state, **told))
    release.refresh_from_db(fields=["state", "manifest", "made_at", "expires_at"])
    return is_first


def waiting_rows() -> QuerySet[Release]:
    """Files with a row a person that are being made, or may still be downloaded."""
    states = (ReleaseState.MAKING, ReleaseState.READY)
    return Release.objects.filter(kind=ReleaseKind.ROWS, state__in=states)


def withdraw_rows() -> None:
    """Nobody downloads those: someone who may be in them has taken her agreement back. In a
    transaction; files go once it is over."""
    for path in [path_of(release) for release in waiting_rows()]:
        transaction.on_commit(lambda path=path: path.unlink(missing_ok=True))
    told = {"state": ReleaseState.FAILED, "manifest": {"error": TAKEN_BACK}}
    waiting_rows().filter(state=ReleaseState.MAKING).update(**told)
    waiting_rows().filter(state=ReleaseState.READY).update(state=ReleaseState.EXPIRED)


def key_of(release: Release) -> str:
    """The name of the work that makes it (`seniors.pulse`)."""
    return f"release-{release.uid}"


def path_of(release: Release) -> Path:
    """Where the archive is; no name is in it."""
    return _folder() / f"{release.uid.hex}{WHOLE}"


def memory_path() -> Path:
    """Where the history of what files with a row a person gave away is kept (`given.Memory`)."""
    return _folder() / "paths.csv"


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Wait for whoever else, in whatever process, holds the lock that this file is."""
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def writing_memory() -> AbstractContextManager[None]:
    """Nobody else writes the memory meanwhile: what a file adds and what an erasure takes out come
    one after the other. Held for the time of a copy, never while a file is made."""
    return alone(memory_path().with_suffix(".writing"))


def is_wanted(release: Release) -> bool:
    """Whether it is still being made; in a transaction, nobody gives it up before its end."""
    making = Release.objects.select_for_update(of=("self",))
    return bool(making.filter(pk=release.pk, state=ReleaseState.MAKING))


def _folder() -> Path:
    return Path(settings.MEDIA_ROOT) / "releases"


def report_of(release: Release) -> list[tuple[str, Any]]:
    """What was lost, as its manifest says."""
    return [tuple(line) for line in release.manifest.get("bilan", [])]
