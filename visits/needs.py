"""What may be found lacking: codes, French words, family. Pure; one list for form and follow-up."""

from dataclasses import dataclass

from visits.enums import Family


@dataclass(frozen=True)
class NeedKind:
    """One kind of need; `label` completes « Besoin : … »."""

    code: str
    family: Family
    label: str


NEEDS: dict[str, NeedKind] = {
    kind.code: kind
    for kind in [
        NeedKind("bars", Family.ADAPTATION, "se tenir (barres, main courante)"),
        NeedKind("bathroom", Family.ADAPTATION, "se laver sans enjamber"),
        NeedKind("toilet", Family.ADAPTATION, "s’asseoir et se relever aux WC"),
        NeedKind("shutters", Family.ADAPTATION, "ouvrir et fermer les volets"),
        NeedKind("light", Family.ADAPTATION, "voir clair la nuit"),
        NeedKind("floor", Family.ADAPTATION, "marcher sans trébucher"),
        NeedKind("warmth", Family.ADAPTATION, "chauffage, humidité"),
        NeedKind("move", Family.ADAPTATION, "un logement mieux placé"),
        NeedKind("company", Family.SOCIAL, "voir du monde"),
        NeedKind("outings", Family.SOCIAL, "sortir, se déplacer"),
        NeedKind("digital", Family.SOCIAL, "téléphone, internet"),
        NeedKind("home_help", Family.HELP, "ménage, courses, repas"),
        NeedKind("care", Family.HELP, "toilette, lever, coucher"),
        NeedKind("alarm", Family.HELP, "appeler en cas de chute"),
        NeedKind("carer", Family.HELP, "soutien au proche qui aide"),
        NeedKind("income", Family.RIGHTS, "ressources, minimum vieillesse"),
        NeedKind("health_cover", Family.RIGHTS, "complémentaire santé"),
        NeedKind("autonomy_aid", Family.RIGHTS, "aide à l’autonomie (APA)"),
        NeedKind("bills", Family.RIGHTS, "factures d’énergie et d’eau"),
        NeedKind("rent", Family.RIGHTS, "loyer, impayé"),
        NeedKind("banking", Family.RIGHTS, "banque, budget"),
        NeedKind("safety", Family.RIGHTS, "installation électrique"),
        NeedKind("papers", Family.RIGHTS, "papiers, démarches"),
    ]
}


def by_family() -> dict[Family, list[NeedKind]]:
    """The needs of each family, in their order."""
    return {family: [kind for kind in NEEDS.values() if kind.family == family] for family in Family}
