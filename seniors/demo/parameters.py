"""What shapes the invented landlord: each figure once, with its source or « hypothèse ».

Sources are the sections of the domain notes and the studies they quote; « hypothèse » means that
no published figure was found and that ours is a guess to be replaced by a measure.
"""

from typing import NamedTuple


class Parameter(NamedTuple):
    """One figure and where it comes from."""

    value: float | tuple[float, ...]
    source: str


TABLE: dict[str, Parameter] = {
    # The stock
    "let": Parameter(0.955, "hypothèse : 4,5 % de logements vacants ou sortis de la location"),
    "houses": Parameter(0.15, "hypothèse : part de logements individuels"),
    "top_floors": Parameter((2, 3, 4, 5, 6, 8, 10), "hypothèse : hauteurs de R+2 à R+10"),
    "top_floor_shares": Parameter(
        (0.18, 0.32, 0.27, 0.08, 0.05, 0.06, 0.04),
        "hypothèse, pour des étages 0 à 4+ proches de 28/24/20/14/14 %",
    ),
    "lift_by_top_floor": Parameter(
        (0.02, 0.08, 0.42, 0.93, 0.95, 1.0, 1.0),
        "hypothèse, pour un ascenseur dans 35 % des immeubles (ANCOLS 2024 : 26–28 % accessibles)",
    ),
    "accessible": Parameter(0.27, "ANCOLS 2024 : 26–28 % de logements accessibles"),
    "adapted": Parameter(0.07, "ANCOLS 2024 : environ 7 % de logements adaptés"),
    "no_energy_class": Parameter(0.12, "RPLS 2025 : 12 % de lignes sans DPE"),
    # Who lives there
    "senior_households": Parameter(
        0.35, "fédération des ESH 2023 : 35 % d’habitants de plus de 60 ans"
    ),
    "age_bands": Parameter((0.45, 0.33, 0.18, 0.04), "hypothèse : 60–69, 70–79, 80–89, 90 et plus"),
    "alone_by_band": Parameter(
        (0.75, 0.80, 0.84, 0.86), "hypothèse, pour 67 % de 65 ans et plus seuls (USH 2024)"
    ),
    "lone_women_by_band": Parameter(
        (0.64, 0.70, 0.78, 0.82), "hypothèse, pour 62–65 % de femmes (USH 2013 : 40 seules sur 60)"
    ),
    "with_adult_child": Parameter(0.04, "hypothèse"),
    "tenure_median_senior": Parameter(20.0, "hypothèse, d’après 2 % de mobilité annuelle à 65 ans"),
    "tenure_median_other": Parameter(8.0, "enquête Logement 2013 : 12 ans en moyenne, tous âges"),
    "longest_tenure": Parameter(50.0, "hypothèse"),
    "very_low_income": Parameter(0.15, "hypothèse : 12–18 % des 65 ans et plus autour de l’ASPA"),
    "arrears": Parameter(0.06, "hypothèse"),
    "phone_known": Parameter(0.82, "hypothèse"),
    # What troubles them
    "limited": Parameter(0.40, "USH 2017 : 40 % des retraités HLM gênés au quotidien"),
    "dependent_by_band": Parameter(
        (0.02, 0.05, 0.15, 0.40), "hypothèse, d’après DREES CARE 2015 (GIR 1 à 4 à domicile)"
    ),
    "fell": Parameter(
        0.33, "BEH 2017 : une personne sur trois après 65 ans, une sur deux après 80"
    ),
    "isolated": Parameter(0.25, "hypothèse : LSNS-6 < 12 pour 22–28 % (11–20 % en Europe)"),
    "lonely_often": Parameter(0.13, "Petits Frères des Pauvres 2025 : 13 %"),
    "online": Parameter(0.68, "Petits Frères 2025 : 5 millions de 60 ans et plus jamais en ligne"),
    "epices": Parameter(
        0.60, "hypothèse : EPICES ≥ 30,17 pour 55–65 % (35,1 % des 60 ans et plus)"
    ),
    "bath": Parameter(0.58, "hypothèse : baignoire, plus souvent quand l’occupation est longue"),
    # The survey
    "response_by_band": Parameter(
        (0.35, 0.48, 0.42, 0.25), "hypothèse : aucun taux publié pour une enquête non obligatoire"
    ),
    "response_lost_if_isolated": Parameter(0.12, "hypothèse : 12 points de moins"),
    "item_missing": Parameter(0.042, "ESPS 2008 : 35 % ont au moins un trou sur 11 items EPICES"),
    "consent_visit": Parameter(0.90, "hypothèse"),
    "consent_health": Parameter(0.80, "hypothèse"),
    "consent_sharing": Parameter(0.65, "hypothèse"),
    "consent_evaluation": Parameter(0.75, "hypothèse"),
    "no_contact": Parameter(0.01, "hypothèse : « ne plus me contacter » coché dans l’enquête"),
    "same_answer": Parameter(0.80, "hypothèse : réponses inchangées d’une année à l’autre"),
    "same_consent": Parameter(0.97, "hypothèse : accords inchangés d’une année à l’autre"),
    "habit": Parameter(
        (0.30, -0.18), "hypothèse : en plus et en moins, selon qu’on répond aussi l’année suivante"
    ),
    "on_paper": Parameter(0.80, "hypothèse"),
    # What happens in six months
    "moves": Parameter(0.01, "enquête Logement 2013 : 2 % par an à 65 ans"),
    "departures": Parameter(0.012, "hypothèse"),
    "deaths_by_band": Parameter(
        (0.005, 0.011, 0.035, 0.11), "hypothèse, d’après les quotients de mortalité de l’INSEE"
    ),
    "new_couples": Parameter(0.004, "hypothèse"),
    # What the field saw
    "urgent_signals": Parameter(0.004, "hypothèse"),
    "objections": Parameter(0.006, "hypothèse : refus de visite notés au dossier"),
    "visited_last_year": Parameter(0.05, "hypothèse"),
}


def value(code: str) -> float:
    """One figure of the table."""
    found = TABLE[code].value
    if isinstance(found, tuple):
        raise TypeError(f"{code} is a series")
    return found


def series(code: str) -> tuple[float, ...]:
    """One series of the table, by age band 60–69, 70–79, 80–89, 90+ unless it says otherwise."""
    found = TABLE[code].value
    if not isinstance(found, tuple):
        raise TypeError(f"{code} is one figure")
    return found
