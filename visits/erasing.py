"""What the visits erase and keep when someone asks that all of hers goes.

Invoices are kept ten years (accounts), with the works that they pay, without a text about her. That
a visit was made stays as a date: figures already given must remain true.
"""

from collections.abc import Iterator

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from seniors.erasers import Asked, Kept, Piece, deleting
from visits.enums import State
from visits.models import (
    Action,
    ActionStep,
    Agreement,
    Appointment,
    AsideForm,
    Attendance,
    Contest,
    Invoice,
    Mute,
    Need,
    Photo,
    Referral,
    Signal,
    Visit,
    VisitDraft,
    VisitForm,
    VisitListEntry,
)
from visits.releasing import forgetting
from visits.withdrawal import files_piece, photos_piece, signals_piece

NO_WORDS = "Effacé à la demande de la personne"


def everything(asked: Asked) -> Iterator[Piece]:
    """What goes, in the order in which it is erased."""
    here = {"senior__in": asked.records}
    yield photos_piece(Photo.objects.filter(**here))
    forms = VisitForm.objects.filter(visit__senior__in=asked.records)
    yield deleting("fiche de visite", "fiches de visite", forms)
    drafts, aside = VisitDraft.objects.filter(**here), AsideForm.objects.filter(**here)
    yield deleting("fiche commencée", "fiches commencées", drafts)
    yield deleting("fiche mise de côté", "fiches mises de côté", aside)
    yield _visits(asked)
    yield from _follow_up(asked)
    yield signals_piece(Signal.objects.filter(**here))
    yield deleting("rendez-vous", "rendez-vous", Appointment.objects.filter(**here))
    yield from _lists(asked)
    yield deleting("mise en pause", "mises en pause", Mute.objects.filter(**here))
    opinions = Contest.objects.filter(**here)
    yield deleting("avis sur son ordre de visite", "avis sur son ordre de visite", opinions)
    yield from files_piece(asked)
    yield forgetting.piece(asked)


def kept(asked: Asked) -> Iterator[Kept]:
    """What stays, and why."""
    visits = Visit.objects.filter(senior__in=asked.records)
    why = "la date et l’issue seulement, pour que les bilans déjà remis restent vrais"
    yield Kept("visite comptée", "visites comptées", visits.count(), why)
    why = "obligation comptable de 10 ans\u00a0: les travaux et leurs montants, sans aucun texte"
    billed = _billed(asked).count()
    yield Kept("action facturée", "actions facturées", billed, why)
    past = VisitListEntry.objects.filter(senior__in=asked.records)
    why = "une ligne sans motif, pour que les listes passées gardent leur compte"
    lines = _over(past).count()
    yield Kept("place sur une ancienne liste", "places sur d’anciennes listes", lines, why)


def _visits(asked: Asked) -> Piece:
    """What a visit says beside its day: a stay in hospital, the next contact."""
    rows = Visit.objects.filter(senior__in=asked.records)

    def erase() -> None:
        rows.filter(outcome=Visit.Outcome.HOSPITAL).update(outcome=Visit.Outcome.ABSENT)
        rows.update(try_again_on=None, next_contact_on=None)

    return Piece("visite, pour ce qui y a été dit", "visites, pour ce qui y a été dit",
                 rows.count(), erase)  # fmt: skip


def _follow_up(asked: Asked) -> Iterator[Piece]:
    """Needs and actions, but for what an invoice holds; agreements and links all go."""
    here = {"senior__in": asked.records}
    came = Attendance.objects.filter(**here)
    yield deleting("présence à une activité", "présences à des activités", came)
    given = Agreement.objects.filter(action__senior__in=asked.records)
    links = Referral.objects.filter(agreement__in=given.values("pk"))
    yield deleting("lien donné à un partenaire", "liens donnés à des partenaires", links)
    yield deleting("accord de transmission", "accords de transmission", given)
    billed = _billed(asked)
    ids = list(billed.values_list("pk", flat=True))

    def silence() -> None:
        ActionStep.objects.filter(action__in=ids).update(note="")
        cancelled = Action.objects.filter(pk__in=ids, state=State.CANCELLED)
        cancelled.update(cancelled_because=NO_WORDS)
        Action.objects.filter(pk__in=ids).update(satisfied="")

    yield Piece("action facturée, pour ses textes", "actions facturées, pour leurs textes",
                len(ids), silence)  # fmt: skip
    others = Action.objects.filter(**here).exclude(pk__in=ids)
    yield deleting("action et ses étapes", "actions et leurs étapes", others)
    needs = Need.objects.filter(**here).exclude(Exists(billed.filter(need=OuterRef("pk"))))
    yield deleting("besoin repéré", "besoins repérés", needs)


def _lists(asked: Asked) -> Iterator[Piece]:
    """Lines of lists to come go; those of past ones say nothing any more."""
    from visits.lists import leaving  # noqa: PLC0415

    today = timezone.localdate()
    lines = leaving.to_come(asked.records, today).count()
    beside = leaving.beside(asked.records).count()
    yield Piece(
        "place sur une liste de visites",
        "places sur des listes de visites",
        lines + beside,
        lambda: leaving.take_off(asked.records, today),
    )
    yield Piece(
        "motif écrit sur une liste de visites",
        "motifs écrits sur des listes de visites",
        leaving.explained(asked.records).count(),
        lambda: leaving.forget_reasons(asked.records),
    )


def _billed(asked: Asked) -> QuerySet[Action]:
    """Her actions with an invoice."""
    invoices = Invoice.objects.filter(works__action=OuterRef("pk"))
    return Action.objects.filter(Exists(invoices), senior__in=asked.records)


def _over(lines: QuerySet[VisitListEntry]) -> QuerySet[VisitListEntry]:
    return lines.filter(visit_list__ends_on__lt=timezone.localdate())
