"""What is kept of someone, as she reads it: the same facts as her sheet, in whole sentences.

What she told and has since taken back is not there, for it is erased (`seniors.withdrawal`).
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.utils import timezone

from seniors import known, phones, queries, sheet, tenant_record
from seniors.enums import Role
from seniors.fragility import store
from seniors.french import day_words, plural, readable_street
from seniors.known import Chapter
from seniors.models import (
    AccessLog,
    FragilityScore,
    Objection,
    Observation,
    Senior,
    Stay,
)

READERS = {
    Role.OFFICER: "Personnes qui suivent votre résidence",
    Role.MANAGER: "Responsables d’agence",
    Role.ADMINISTRATOR: "Administration du logiciel",
}
MONTHS = 12  # of readings, told month by month; the earlier ones are counted together
UNKNOWN = "nous ne le savons pas"
WHY = (
    "{landlord}, votre bailleur, garde les informations qui suivent pour savoir quels locataires "
    "âgés visiter d’abord, préparer ces visites et suivre ce qui est décidé avec vous. Elles ne "
    "servent ni à votre bail, ni à votre loyer, ni à refuser quoi que ce soit."
)
RECIPIENTS = (
    "Les lisent les personnes qui suivent votre résidence, leurs responsables et l’administration "
    "du logiciel. Un partenaire (aide à domicile, caisse de retraite…) ne reçoit rien sans votre "
    "accord. Les bilans du programme ne donnent que des chiffres, sans votre nom."
)
HOW_LONG = (
    "Vos réponses à l’enquête sont gardées 24 mois. Le reste est gardé tant que vous êtes notre "
    "locataire, puis 2 ans. Les factures de travaux sont gardées 10 ans, sans rien sur votre "
    "santé. La trace de vos accords est gardée 5 ans."
)
RIGHTS = (
    (
        "Corriger",
        "Une information est fausse ou a changé\u00a0? Dites-le-nous\u00a0: nous la corrigeons.",
    ),
    (
        "Retirer un accord",
        "Vous pouvez retirer chacun de vos accords quand vous voulez, sans dire pourquoi. Ce "
        "qu’il permettait de garder est effacé aussitôt.",
    ),
    (
        "Dire non",
        "Vous pouvez refuser les visites, l’enquête, ou tout le programme. Cela ne change ni vos "
        "droits, ni votre bail, ni votre loyer.",
    ),
    (
        "Faire effacer",
        "Vous pouvez demander que tout soit effacé. Nous ne gardons alors que ce que la loi nous "
        "impose, et nous vous disons quoi.",
    ),
    (
        "Vous plaindre",
        "Si notre réponse ne vous convient pas, écrivez à la CNIL\u00a0: 3\u00a0place de "
        "Fontenoy, TSA\u00a080715, 75334\u00a0Paris cedex\u00a007. Téléphone\u00a0: "
        "01\u00a053\u00a073\u00a022\u00a022. Site\u00a0: www.cnil.fr",
    ),
)


@dataclass(frozen=True)
class Letter:
    """All that the letter says, ready to be drawn."""

    landlord: str
    landlord_lines: tuple[str, ...]
    name: str
    address: tuple[str, ...]
    on: str
    opening: tuple[str, ...]
    chapters: tuple[Chapter, ...]
    rights: tuple[tuple[str, str], ...]
    contact: str


def letter_of(senior: Senior, today: date | None = None) -> Letter:
    """What is kept of her today, in a fixed number of queries."""
    records = queries.records_of(senior)
    today = today or timezone.localdate()
    home = senior.dwelling
    streets = (readable_street(one) for one in (home.address_line, home.complement)) if home else ()
    own = (
        _person(senior),
        _home(senior),
        _stays(records),
        _told(records),
        _agreements(records),
        _order(senior, records),
    )
    chapters = [*own, *known.chapters(records), _objections(records), _readings(records, today)]
    phone = phones.readable(settings.LANDLORD_PHONE)
    return Letter(
        landlord=settings.LANDLORD,
        landlord_lines=tuple(filter(None, settings.LANDLORD_ADDRESS.split("\n"))),
        name=senior.full_name,
        address=tuple(filter(None, (*streets, home.city_line))) if home else (),
        on=day(today),
        opening=(WHY.format(landlord=settings.LANDLORD), RECIPIENTS, HOW_LONG),
        chapters=tuple(one for one in chapters if one and one.lines),
        rights=RIGHTS,
        contact=f"Pour toute question, appelez-nous au {phone}." if phone else "",
    )


def day(value: date) -> str:
    """« 12 mars 2026 »."""
    return day_words(value, weekday=False, year=True)


def _said(facts: Sequence[tuple[str, str | None]]) -> tuple[tuple[str, str], ...]:
    return tuple((label, words or UNKNOWN) for label, words in facts)


def _person(senior: Senior) -> Chapter:
    origin = tenant_record.origin_of(senior.read_in, "fichier des occupants")
    facts = [("Nom", senior.full_name), *tenant_record.person_facts(senior)]
    if senior.ended_on:
        facts.append(("Locataire jusqu’au", f"{day(senior.ended_on)} ({senior.get_end_display()})"))
    return Chapter("Votre fiche de locataire", _said(facts), f"D’après le {origin}.")


def _home(senior: Senior) -> Chapter | None:
    if senior.dwelling is None:
        return None
    origin = tenant_record.origin_of(senior.dwelling.read_in, "fichier des logements")
    facts = _said(tenant_record.home_facts(senior.dwelling))
    return Chapter("Votre logement", facts, f"D’après le {origin}.")


def _stays(records: Sequence[int]) -> Chapter:
    """Homes she left."""
    lines = [
        (
            f"{readable_street(one.dwelling.address_line)}, {one.dwelling.city_line}",
            f"jusqu’au {day(one.until)} ({one.get_end_display()})",
        )
        for one in Stay.objects.filter(senior__in=records).select_related("dwelling")
    ]
    return Chapter("Vos anciens logements", tuple(lines))


def _told(records: Sequence[int]) -> Chapter:
    """Each question with her latest answer to it, whoever noted it; the earlier ones counted."""
    observations = list(Observation.objects.filter(senior__in=records))
    told = sheet.latest_told(observations, health=True, survey=True)
    lines = [
        (fact.label, f"{fact.words} ({fact.origin}, {day(fact.on)})")
        for fact in sheet.facts_told(told)
    ]
    earlier = sum(len(one.values) for one in observations) - len(lines)
    if earlier:
        words = plural(earlier, "réponse plus ancienne est", "réponses plus anciennes sont")
        lines.append(("Et avant", f"{earlier} {words} encore gardées, aux mêmes questions"))
    intro = "Chaque question, avec la dernière réponse que nous avons."
    return Chapter("Ce que vous nous avez dit", tuple(lines), intro)


def _agreements(records: Sequence[int]) -> Chapter:
    lines = []
    for one in sheet.agreements(records):
        label = one.kind.label[:1].upper() + one.kind.label[1:]
        if one.answer is None:
            lines.append((label, "nous ne vous l’avons pas demandé"))
            continue
        said = "oui" if one.answer.given else "non"
        quoted = f" «\u00a0{one.text}\u00a0»" if one.text else ""
        asked = ", ".join(filter(None, (one.way, one.wording)))
        words = f"{said}, le {day(one.answer.decided_on)} ({asked}).{quoted}"
        lines.append((label, words))
    return Chapter("Vos accords", tuple(lines))


def _order(senior: Senior, records: Sequence[int]) -> Chapter:
    """Where she stands in the order of visit and why; how many times it was computed."""
    scores = FragilityScore.objects.filter(senior__in=records, run__finished_at__isnull=False)
    latest = scores.select_related("run__grid").order_by("-run_id").first()
    if latest is None:
        return Chapter("Votre place dans l’ordre des visites", ())
    origin = tenant_record.origin_of(senior.read_in, "fichier des occupants")
    ranking = sheet.ranking_of(senior, latest, {}, sheet.Fact("", "", origin))
    count = scores.count()
    lines = [
        ("Au dernier calcul", f"{ranking.band.label}, le {day(latest.run.as_of)}"),
        ("Pourquoi", ranking.sentence),
        ("Calculs gardés", str(count)),
        ("Grille de points", store.grid_of(latest.run).version),
    ]
    intro = (
        "Un calcul aide à choisir qui visiter d’abord. Il ne décide de rien\u00a0: une personne "
        "choisit. Ce n’est pas un diagnostic."
    )
    return Chapter("Votre place dans l’ordre des visites", tuple(lines), intro)


def _objections(records: Sequence[int]) -> Chapter:
    lines = []
    for one in Objection.objects.filter(senior__in=records).order_by("since", "pk"):
        until = f"jusqu’au {day(one.until)}" if one.until else "sans limite de date"
        lifted = f", levée le {day(one.lifted_on)}" if one.lifted_on else ""
        lines.append((f"Depuis le {day(one.since)}, {until}", f"{one.reason}{lifted}"))
    return Chapter("Vos refus de visite ou de courrier", tuple(lines))


def _readings(records: Sequence[int], today: date) -> Chapter:
    """Who opened her sheet or changed it, by role and month; nobody is named."""
    rows = AccessLog.objects.filter(senior__in=records).values_list("at", "user__role")
    counts: Counter[tuple[int, str]] = Counter()
    for at, role in rows:
        local = timezone.localtime(at)
        counts[local.year * 12 + local.month - 1, role] += 1
    lines = list(_by_month(counts, today.year * 12 + today.month - 1))
    lines = lines or [("Jusqu’ici", "personne ne l’a ouverte")]
    intro = "Chaque lecture ou changement de votre fiche est noté."
    return Chapter("Qui a ouvert votre fiche", tuple(lines), intro)


def _by_month(counts: Counter[tuple[int, str]], now: int) -> Iterator[tuple[str, str]]:
    """The last months one by one, those before together."""
    for month in sorted({month for month, _ in counts if month > now - MONTHS}, reverse=True):
        yield _month(month), _of_roles({r: n for (m, r), n in counts.items() if m == month})
    before: Counter[str] = Counter()
    for (month, role), count in counts.items():
        if month <= now - MONTHS:
            before[role] += count
    if before:
        yield "Avant", _of_roles(before)


def _of_roles(counts: dict[str, int]) -> str:
    return ", ".join(
        f"{READERS.get(role, 'autres')}\u00a0: {count} fois"
        for role, count in sorted(counts.items())
    )


def _month(number: int) -> str:
    """« Mars 2026 »."""
    words = day_words(date(number // 12, number % 12 + 1, 2), weekday=False, year=True)
    month = words.partition("\u00a0")[2]
    return month[:1].upper() + month[1:]
