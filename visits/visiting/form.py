"""What a home visit asks, in the order one says it beside someone of 85: the one definition.

The web form, the phone's page and the paper all read it, and `clean` says what may be stored.
A field is never taken out, nor its values given another meaning: a phone that kept an older
version still sends it. What is computed from the fields (needs to suggest, items to observe) is
here too. Answers are `{field code: value}`, whole numbers or short texts; unanswered is absent.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Protocol

from visits.enums import Family
from visits.needs import NEEDS, by_family
from visits.rights_rules import shipped
from visits.visiting.fields import OK, Field, Refused, Section, read
from visits.visiting.form_words import HAZARDS, LIFE, RIGHTS, Hazard, Right

VERSION = "visite-2026-1"
YES_NO = ((1, "oui"), (0, "non"))
SEVERITIES = ((0, "non"), (1, "gêne"), (2, "danger"))
DECISIONS = (("proposed", "à réfléchir"), ("accepted", "d’accord"), ("declined", "non merci"))
WORDS_MOST, WHY_MOST, NOTE_MOST = 500, 200, 300
# The next contact in one touch: days, words.
SOON = ((14, "dans 2 semaines"), (31, "dans 1 mois"), (92, "dans 3 mois"), (183, "dans 6 mois"))
# Said beside each free text, on a screen and on paper: `seniors.guard` refuses the three.
NEVER = (
    "Ni numéro de sécurité sociale, ni maladie, ni jugement\u00a0: cette personne peut demander à "
    "tout lire."
)
NOTICE = (
    "Vous êtes libre de répondre, à tout ou à une partie. Cela ne change rien à votre bail ni à "
    "votre loyer. Vous pouvez voir ce que nous gardons, le faire corriger ou effacer quand vous "
    "voulez."
)


class Kind(Protocol):
    """A line of the catalogue (`models.ActionKind`), as the form needs it."""

    code: str
    family: str
    label: str
    needs: list[str]
    by_partner: bool


PRESENT = (
    ("senior", "la personne"), ("spouse", "conjoint ou conjointe"), ("family", "famille"),
    ("neighbour", "quelqu’un du voisinage"), ("carer", "aide à domicile"), ("other", "autre"),
)  # fmt: skip
CONSENTS = (
    ("visit", "J’accepte que ce que j’ai dit aujourd’hui soit gardé pour préparer la suite."),
    ("health", "J’accepte que soient gardées mes réponses sur ma santé, marquées d’une étoile *."),
    (
        "evaluation",
        "J’accepte que mes réponses servent, sans mon nom, à mesurer ce que ces visites apportent.",
    ),
)
AGREEMENTS = "Vos accords, à retirer quand vous voulez"
SHARING = "J’accepte que ma demande soit transmise à ce partenaire :"


def _known(code: str, label: str, kind: str = "text", **more: object) -> Field:
    return Field(f"known.{code}", label, kind, confirms=True, **more)


def _hazard(room: str, hazard: Hazard) -> Field:
    return Field(
        f"hazard.{room}.{hazard.code}", hazard.label, "choice", SEVERITIES,
        need=hazard.need, when=(1, 2),
    )  # fmt: skip


def _right(right: Right) -> Field:
    """Something to check, and with whom (`rights.toml`)."""
    asked = next((rule.check_with for rule in shipped().rules if rule.code == right.code), "")
    return Field(
        f"right.{right.code}", right.label, "choice",
        ((1, "à vérifier"), (0, "l’a déjà ou sans objet")), right.sensitive,
        help=asked[:1].upper() + asked[1:], need=right.need, when=(1,),
    )  # fmt: skip


KNOWN = Section(
    "known",
    "Ce que nous savons : est-ce toujours juste ?",
    (
        _known("phone", "Téléphone", most=20, help="« aucun » s’il n’y en a plus"),
        _known("mobile", "Portable", most=20, help="« aucun » s’il n’y en a plus"),
        _known("email", "Courriel", most=254),
        _known("household", "Personnes dans le logement", "number", least=1, most=15),
        _known("floor", "Étage", "number", least=-3, most=60, help="0 pour le rez-de-chaussée"),
        _known("lift", "Ascenseur", "choice", choices=YES_NO),
        _known("door", "Porte", most=30),
    ),
    clear="Tout est juste",
    clear_to=OK,
)
ROOMS = tuple(
    Section(
        room.code,
        room.title,
        tuple(_hazard(room.code, one) for one in room.hazards),
        clear="Rien à signaler ici",
        room=True,
    )
    for room in HAZARDS
)
SECTIONS: tuple[Section, ...] = (
    Section(
        "welcome",
        "En arrivant",
        (
            *(
                Field(f"present.{code}", label, "tick", default=1 if code == "senior" else None,
                      heading="Qui est là\u00a0?" if code == PRESENT[0][0] else "")
                for code, label in PRESENT
            ),
            *(
                Field(f"consent.{code}", text, "choice", YES_NO,
                      heading=AGREEMENTS if code == CONSENTS[0][0] else "")
                for code, text in CONSENTS
            ),
        ),
        help=f"À dire : « {NOTICE} »",
    ),
    KNOWN,
    *ROOMS,
    Section(
        "home",
        "À noter sur le logement",
        (Field("home.words", "Ce qu’il faut savoir avant de venir réparer", "text",
               most=NOTE_MOST, help=f"Du logement seulement. {NEVER}"),),
    ),
    Section(
        "life",
        "La vie de tous les jours",
        tuple(
            Field(f"item.{one.code}", one.label, "choice", one.choices, one.sensitive,
                  need=one.need, when=one.when)
            for one in LIFE
        ),
        help="Une étoile * : gardé seulement avec l’accord sur la santé.",
    ),
    Section(
        "rights",
        "Les droits à vérifier",
        tuple(_right(one) for one in RIGHTS),
        clear="Rien d’autre à vérifier",
    ),
    Section(
        "wishes",
        "Ses souhaits, avec ses mots",
        (
            Field("wish.words", "Ce que la personne souhaite", "text", most=WORDS_MOST,
                  help=f"Comme elle le dit. {NEVER}"),
        ),
    ),
    Section(
        "needs",
        "Les besoins repérés",
        tuple(
            Field(f"need.{kind.code}", kind.label, "tick", heading="" if place else family.label)
            for family, kinds in by_family().items()
            for place, kind in enumerate(kinds)
        ),
        help="Ceux que vos réponses laissent penser sont marqués.",
    ),
    Section("actions", "Ce qui est décidé ensemble", ()),
    Section(
        "next",
        "Le prochain contact",
        (
            Field("next.how", "Comment", "choice",
                  (("visit", "visite"), ("call", "appel"), ("none", "aucun"))),
            Field("next.on", "Le", "date"),
        ),
    ),
)  # fmt: skip
WHY = Field(
    "why.words", "Pourquoi", "text", most=WHY_MOST,
    help=f"En quelques mots. {NEVER}",
)  # fmt: skip
FIELDS: dict[str, Field] = {
    one.code: one for one in (*(one for section in SECTIONS for one in section.fields), WHY)
}
# What tells, seen in a room, of an item of the score: {hazard: (item, value when there is none)}.
SEEN = {
    "hazard.entrance.steps": ("entrance_steps", 0),
    "hazard.inside.rugs": ("loose_rugs", 0),
    "hazard.inside.night": ("night_light", 1),
    "hazard.bathroom.bars": ("grab_bars", 1),
    "hazard.equipment.shutters": ("shutters_hard", 0),
    "hazard.equipment.cold": ("cold_home", 0),
}


def field(code: str) -> Field:
    """The field of this code. Actions and agreements are made for any code of the catalogue.

    Raises KeyError on a code that no version of the form had.
    """
    family, _, name = code.partition(".")
    if family == "action" and name:
        return Field(code, name, "choice", DECISIONS)
    if family == "agree" and name:
        return Field(code, SHARING, "choice")
    return FIELDS[code]


def sections(kinds: Iterable[Kind] = (), partners: Iterable[tuple] = ()) -> tuple[Section, ...]:
    """The sections with the landlord's catalogue in them; no personal data.

    `partners` are (kind code, partner uid, name): who may be asked for what.
    """
    of_kind: dict[str, list[tuple[str, str]]] = {}
    for kind, uid, name in partners:
        of_kind.setdefault(kind, []).append((str(uid), name))
    actions = tuple(
        one for kind in in_order(kinds) for one in _action(kind, of_kind.get(kind.code, ()))
    )
    return tuple(
        replace(section, fields=actions) if section.code == "actions" else section
        for section in SECTIONS
    )


def in_order(kinds: Iterable[Kind]) -> list[Kind]:
    """The lines of the catalogue, family by family as the needs are."""
    families = list(Family)
    return sorted(kinds, key=lambda kind: families.index(kind.family))


def _action(kind: Kind, partners: Collection[tuple[str, str]]) -> Iterable[Field]:
    """What is decided of one kind and, for a partner's, the agreement to hand it over."""
    yield Field(f"action.{kind.code}", kind.label, "choice", DECISIONS, answers=tuple(kind.needs))
    if kind.by_partner and partners:
        yield Field(
            f"agree.{kind.code}", SHARING, "choice", tuple(partners), answers=tuple(kind.needs)
        )


def filled(
    shown: Iterable[Section],
    content: Mapping[str, int | str],
    *,
    known: Mapping[str, tuple[str, str]] = MappingProxyType({}),
    refusals: Mapping[str, str] = MappingProxyType({}),
) -> list[Section]:
    """The sections with the answers in their fields, what is known, what is refused.

    `known` is {field code: (words, source)}, `refusals` {field code: sentence}.
    """
    needs = set(suggested_needs(content))
    wanted = {code.removeprefix("need.") for code in content if code.startswith("need.")}

    def fill(one: Field) -> Field:
        words, source = known.get(one.code, ("", ""))
        suggested = (
            one.name in needs
            if one.code.startswith("need.")
            else bool(wanted.intersection(one.answers))
        )
        return replace(
            one, value=content.get(one.code), known=words, source=source,
            is_suggested=suggested, refusal=refusals.get(one.code, ""),
        )  # fmt: skip

    return [
        replace(section, fields=tuple(fill(one) for one in section.fields)) for section in shown
    ]


def blank() -> dict[str, int | str]:
    """What a form begins with."""
    return {one.code: one.default for one in FIELDS.values() if one.default is not None}


def suggested_needs(content: Mapping[str, int | str]) -> list[str]:
    """Codes of the needs that the answers let one think of, in the order of `NEEDS`."""
    found = {
        one.need
        for code, value in content.items()
        if (one := FIELDS.get(code)) and value in one.when
    }
    return [code for code in NEEDS if code in found]


def observed(content: Mapping[str, int | str]) -> dict[str, int]:
    """{item code: value} that an observation keeps: what was said, then what was seen."""
    said = {
        code.removeprefix("item."): int(value)
        for code, value in content.items()
        if code.startswith("item.")
    }
    seen = {
        item: none if content[code] == 0 else 1 - none
        for code, (item, none) in SEEN.items()
        if code in content
    }
    return {**seen, **said}


def clean(
    content: Mapping[str, object],
    *,
    kinds: Collection[str],
    partners: Collection[str],
    outcome: str = "done",
) -> dict[str, int | str]:
    """The answers as they are stored; what is empty is left out, what one tap clears is said.

    `kinds` are the codes of the catalogue, those no longer proposed included, `partners` the
    uids that may be named. Values may be the texts of a web form. Raises Refused: unknown_field,
    not_done, bad_value, too_long, nir, diagnosis, judgement, agree_declined.
    """
    said = expand(content)
    if outcome != "done" and (more := said.keys() - {"next.on", "next.how", WHY.code}):
        raise Refused("not_done", NOT_DONE, min(more))
    found = {}
    for code, value in said.items():
        cleaned = read(_field(code, kinds, partners), value)
        if cleaned is not None:
            found[code] = cleaned
    for code in [one for one in found if one.startswith("agree.")]:
        action = code.replace("agree.", "action.", 1)
        if found.get(action) == "declined":
            raise Refused("agree_declined", AGREE_DECLINED, code)
        found[action] = "accepted"
    return dict(sorted(found.items()))


NOT_DONE = (
    "La visite n’a pas eu lieu : la fiche ne garde que la raison et le prochain contact. Rien n’a "
    "été enregistré ; videz le reste de la fiche, ou dites que la visite est faite."
)
AGREE_DECLINED = (
    "Une action déclinée ne peut pas être transmise à un partenaire. Rien n’a été enregistré ; "
    "retirez le partenaire, ou dites que la personne est d’accord."
)


def expand(content: Mapping[str, object]) -> dict[str, object]:
    """The same, each « rien à signaler » told field by field where nothing else was answered."""
    said = {code: value for code, value in content.items() if not _is_empty(value)}
    for section in SECTIONS:
        if section.clear and said.pop(section.clear_code, None):
            for one in section.fields:
                said.setdefault(one.code, section.clear_to)
    return said


def _is_empty(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _field(code: str, kinds: Collection[str], partners: Collection[str]) -> Field:
    """The field of a code that was sent."""
    family, _, name = str(code).partition(".")
    if family in ("action", "agree") and name not in kinds:
        sentence = (
            f"Une action de la fiche (code «\u00a0{name[:40]}\u00a0») n’est pas au catalogue du "
            "bailleur. Rien n’a été gardé\u00a0: retirez cette action, puis terminez de nouveau."
        )
        raise Refused("unknown_field", sentence, code)
    try:
        found = field(code)
    except KeyError:
        sentence = f"La fiche contient un champ inconnu : « {str(code)[:60]} ». Rien n’a été gardé."
        raise Refused("unknown_field", sentence, code) from None
    if family == "agree":
        return replace(found, choices=tuple((uid, "") for uid in partners))
    return found
