"""What the visits hold of someone who takes an agreement back: forms, drafts, pictures, signals,
appointments, lists, opinions, hand-overs. What was seen in the dwelling, needs and actions under
way stay, as the forms keep them without that agreement.
"""

from collections.abc import Collection, Iterator, Mapping

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from seniors import erasers
from seniors.enums import ConsentKind, Source
from seniors.erasers import Asked, Piece
from seniors.models import Consent, Observation
from visits.models import (
    Agreement,
    Appointment,
    AsideForm,
    Clash,
    Contest,
    Mute,
    Photo,
    Referral,
    Signal,
    Visit,
    VisitDraft,
    VisitForm,
)
from visits.releasing import releases
from visits.visiting import form, photos
from visits.visiting.effects import SAID

Content = Mapping[str, int | str]
# What a sign tells of health, once it is answered.
OF_HEALTH = (Signal.Kind.FALL, Signal.Kind.CONFUSION)
ENVELOPE = ("made_on", "outcome")


def pieces(asked: Asked) -> Iterator[Piece]:
    """What goes with these agreements."""
    told = asked.kinds & {ConsentKind.VISIT, ConsentKind.HEALTH}
    if told:
        # Pictures first: which of them go is read from the forms.
        if ConsentKind.HEALTH in told:
            yield _photos(asked)
        yield from _forms(asked)
        yield from _opinions(asked)
    if ConsentKind.VISIT in told:
        if asked.plans:
            yield from _plans(asked)
        yield _observations(asked)
    if ConsentKind.HEALTH in told:
        yield from _health_elsewhere(asked)
    if told:
        yield _reasons(asked)
    if ConsentKind.SHARING in asked.kinds:
        yield from _hand_overs(asked)
    if ConsentKind.EVALUATION in asked.kinds:
        yield from files_piece(asked)


def consent_text(kind: str, code: str) -> str:
    """The words of an agreement as a visit form reads them, "" for another text."""
    if not code.startswith("visite-"):
        return ""
    return dict(form.CONSENTS).get(kind, "")


def kept_of(content: Content, kinds: Collection[ConsentKind]) -> dict[str, int | str]:
    """A form's content without what these agreements allowed.

    Where something told of her health, its texts and its tick go too: they may say it again.
    """
    lost = {code for code in content if _is_lost(code, content, kinds)}
    return {code: value for code, value in content.items() if code not in lost}


def _is_lost(code: str, content: Content, kinds: Collection[ConsentKind]) -> bool:
    if code in ENVELOPE:
        return False
    if ConsentKind.VISIT in kinds and (code.startswith(SAID) or code == "consent.visit"):
        return True
    if ConsentKind.HEALTH not in kinds:
        return False
    if _is_sensitive(code) or code == "consent.health":
        return True
    return tells_of_health(content) and _is_text(code)


def tells_of_health(content: Content) -> bool:
    """Whether an answer of this form is about health."""
    return any(_is_sensitive(code) for code in content)


def _is_sensitive(code: str) -> bool:
    return code not in ENVELOPE and form.field(code).sensitive


def _is_text(code: str) -> bool:
    """Whether it is a text of someone's own, beside what is known of the home and its telephone."""
    return form.field(code).kind == "text" and not code.startswith("known.")


def _answers_lost(content: Content, kinds: Collection[ConsentKind]) -> bool:
    """Whether more than the tick of the agreement would go."""
    gone = content.keys() - kept_of(content, kinds).keys()
    return any(not code.startswith("consent.") for code in gone)


def _forms(asked: Asked) -> Iterator[Piece]:
    """Forms received, begun and set aside, for the answers that go; the rest of each stays."""
    here = {"senior__in": asked.records}
    kinds = asked.kinds
    received = [
        one.pk
        for one in VisitForm.objects.filter(visit__senior__in=asked.records)
        if _answers_lost(one.content, kinds)
    ]
    yield Piece(
        "fiche de visite, pour les réponses données",
        "fiches de visite, pour les réponses données",
        len(received),
        lambda: _reduce(VisitForm.objects.filter(pk__in=received), kinds),
    )
    begun = [one.pk for one in VisitDraft.objects.filter(**here) if kept_of(one.content, kinds)
             != one.content]  # fmt: skip
    yield Piece(
        "fiche commencée",
        "fiches commencées",
        len(begun),
        lambda: _reduce(VisitDraft.objects.filter(pk__in=begun), kinds),
    )
    aside = [one.pk for one in AsideForm.objects.filter(**here) if kept_of(one.content, kinds)
             != one.content]  # fmt: skip
    yield Piece(
        "fiche mise de côté",
        "fiches mises de côté",
        len(aside),
        lambda: _reduce(AsideForm.objects.filter(pk__in=aside), kinds),
    )


def _reduce(rows: QuerySet, kinds: Collection[ConsentKind]) -> None:
    """Take out of these forms what goes, and the disagreements about it."""
    found = list(rows)
    for one in found:
        one.content = kept_of(one.content, kinds)
    rows.model.objects.bulk_update(found, ["content"])
    if rows.model is VisitForm:
        for clash in Clash.objects.filter(second__in=found).select_related("first", "second"):
            told = (clash.first.content, clash.second.content)
            if clash.field not in ENVELOPE and not all(clash.field in one for one in told):
                clash.delete()


def _photos(asked: Asked) -> Piece:
    """The pictures of the visits at which she told of her health."""
    forms = VisitForm.objects.filter(visit__senior__in=asked.records)
    drafts = VisitDraft.objects.filter(senior__in=asked.records)
    told = [one.uid for rows in (forms, drafts) for one in rows if tells_of_health(one.content)]
    return photos_piece(Photo.objects.filter(form_uid__in=told))


def photos_piece(rows: QuerySet[Photo]) -> Piece:
    """Pictures, with their files: those go once nothing can be undone."""

    def erase() -> None:
        paths = [photos.path_of(one) for one in rows]
        rows.delete()
        for path in paths:
            transaction.on_commit(lambda path=path: path.unlink(missing_ok=True))

    return Piece("photo d’une pièce", "photos de pièces", rows.count(), erase)


def _observations(asked: Asked) -> Piece:
    """What she told at visits; what was seen in the dwelling stays."""
    seen = {item for item, _ in form.SEEN.values()}
    told = [
        (one, codes)
        for one in Observation.objects.filter(senior__in=asked.records, source=Source.VISIT)
        if (codes := [code for code in one.values if code not in seen])
    ]

    def erase() -> None:
        for one in Observation.objects.filter(pk__in=[row.pk for row, _ in told]):
            one.values = {k: v for k, v in one.values.items() if k in seen}
            one.save(update_fields=["values"])

    count = sum(len(codes) for _, codes in told)
    return Piece("réponse donnée en visite", "réponses données en visite", count, erase)


def _opinions(asked: Asked) -> Iterator[Piece]:
    """What officers thought of her place in the order."""
    rows = Contest.objects.filter(senior__in=asked.records)
    yield erasers.deleting("avis sur l’ordre de visite", "avis sur l’ordre de visite", rows)


def _plans(asked: Asked) -> Iterator[Piece]:
    """Appointments to come, cancelled; lines of lists that are not over, taken away."""
    from visits.lists import leaving  # noqa: PLC0415 - after the models

    today = timezone.localdate()
    planned = Appointment.objects.filter(
        senior__in=asked.records, day__gte=today, cancelled_at=None
    )

    def cancel() -> None:
        now = timezone.now()
        planned.update(
            cancelled_at=now, cancelled_by=asked.by, changed_at=now, revision=F("revision") + 1
        )

    yield Piece("rendez-vous à venir, annulé", "rendez-vous à venir, annulés", planned.count(),
                cancel)  # fmt: skip
    lines = leaving.to_come(asked.records, today).count()
    yield Piece(
        "place sur une liste de visites",
        "places sur des listes de visites",
        lines + leaving.beside(asked.records).count(),
        lambda: leaving.take_off(asked.records, today),
    )


def _reasons(asked: Asked) -> Piece:
    """Why she was on lists, which quotes what she said."""
    from visits.lists import leaving  # noqa: PLC0415

    return Piece(
        "motif écrit sur une liste de visites",
        "motifs écrits sur des listes de visites",
        leaving.explained(asked.records).count(),
        lambda: leaving.forget_reasons(asked.records),
    )


def _health_elsewhere(asked: Asked) -> Iterator[Piece]:
    """A stay in hospital, a fall that was reported and answered: what is under way stays."""
    here = {"senior__in": asked.records}
    stays = Visit.objects.filter(**here, outcome=Visit.Outcome.HOSPITAL)

    def forget_stays() -> None:
        ids = list(stays.values_list("pk", flat=True))
        VisitForm.objects.filter(visit__in=ids, outcome=Visit.Outcome.HOSPITAL).update(
            outcome=Visit.Outcome.ABSENT
        )
        stays.update(outcome=Visit.Outcome.ABSENT)

    label = "visite pendant une hospitalisation, gardée comme une absence"
    many = "visites pendant une hospitalisation, gardées comme des absences"
    yield Piece(label, many, stays.count(), forget_stays)
    pauses = Mute.objects.filter(**here, why=Mute.Why.HOSPITAL)
    yield Piece(
        "pause pour hospitalisation, gardée sans son motif",
        "pauses pour hospitalisation, gardées sans leur motif",
        pauses.count(),
        lambda: pauses.update(why=Mute.Why.OFFICER, reason=""),
    )
    closed = Signal.objects.filter(**here, kind__in=OF_HEALTH, closed_on__isnull=False)
    yield signals_piece(closed)


def signals_piece(rows: QuerySet[Signal]) -> Piece:
    """Signals that no longer name her: the sign stays counted in its residence, without a word.

    One whose place is not known any more goes altogether.
    """

    def erase() -> None:
        for one in rows.select_related("senior__dwelling", "dwelling"):
            home = one.dwelling or one.senior.dwelling
            one.residence_id = one.residence_id or (home and home.residence_id)
            if one.residence_id is None:
                one.delete()
                continue
            one.senior = one.dwelling = None
            one.what, one.whereabouts = one.get_kind_display(), ""
            one.save(update_fields=["residence", "senior", "dwelling", "what", "whereabouts"])

    return Piece(
        "signalement, gardé sans rien qui désigne la personne",
        "signalements, gardés sans rien qui désigne la personne",
        rows.count(),
        erase,
    )


def _hand_overs(asked: Asked) -> Iterator[Piece]:
    """Agreements to hand over to a named partner end, and their links open nothing any more."""
    given = Agreement.objects.filter(action__senior__in=asked.records, withdrawn_on=None)
    links = Referral.objects.filter(agreement__in=given.values("pk"), revoked_at=None)
    ids = list(given.values_list("pk", flat=True))

    def end() -> None:
        now = timezone.now()
        Referral.objects.filter(agreement__in=ids, revoked_at=None).update(revoked_at=now)
        Agreement.objects.filter(pk__in=ids).update(
            withdrawn_on=timezone.localdate(now), withdrawn_by=asked.by
        )

    alive = links.filter(expires_at__gt=timezone.now()).count()
    yield Piece(
        "lien donné à un partenaire, éteint",
        "liens donnés à des partenaires, éteints",
        alive,
        lambda: links.update(revoked_at=timezone.now()),
    )
    yield Piece("accord de transmission, retiré", "accords de transmission, retirés", len(ids), end)


def files_piece(asked: Asked) -> Iterator[Piece]:
    """Files with a row a person, made or being made: hers cannot be told from the others'
    (it has no name), so they go whole. The next ones are made without her."""
    told = Consent.objects.filter(senior__in=asked.records, kind=ConsentKind.EVALUATION)
    latest = told.order_by("decided_on", "pk").last()
    if latest is None or not latest.given:
        return
    yield Piece(
        "export individuel à télécharger ou en préparation, retiré pour tous",
        "exports individuels à télécharger ou en préparation, retirés pour tous",
        releases.waiting_rows().count(),
        releases.withdraw_rows,
    )
