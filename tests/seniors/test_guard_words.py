"""Illnesses and judgements are found however they are written; ordinary sentences pass."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seniors.guard import DIAGNOSIS, JUDGEMENT, NIR, explain, found

DIAGNOSES = [
    "Elle a Alzheimer",
    "début de parkinson",
    "démence",
    "DÉMENCE",
    "demence sénile",
    "un cancer du sein",
    "il fait une dépression",
    "très dépressive",
    "Diabète de type 2",
    "il est diabétique",
    "a eu un AVC",
    "schizophrène",
    "sclérose en plaques",
    "psychotique",
    "alcoolique",
    "alcoolisme",
    "toxicomane",
    "droguée",
    "épileptique",
    "suivi en psychiatrie",
    "bipolaire",
    "dialysé 3 fois par semaine",
    "sous insuline",
    "DMLA avancée",
    "arthrose des genoux",
    "insuffisance cardiaque",
    "troubles cognitifs",
    "syndrome de Diogène",
    "maladie de Charcot",
    "maladie d’Huntington",
    "trisomie",
    "hémiplégique",
    "BPCO",
    "hypertendue",
    "séropositif",
    "il a le sida",
    "chimio en cours",
    "incontinente",
    "obèse",
]
JUDGEMENTS = [
    "elle est folle",
    "Mme est complètement folle",
    "sénile",
    "Elle est sale",
    "Dame sale et agressive",
    "gros feignant",
    "fainéante",
    "un ivrogne",
    "menteuse",
    "c’est un menteur",
    "Elle est pénible",
    "locataire pénible",
    "vieille folle",
    "cas social",
    "cassos",
    "il ment",
    "perd la tête",
    "n’a plus toute sa tête",
    "Monsieur est très agressif",
    "la voisine est méchante",
    "râleuse",
    "mauvais payeur",
    "mauvaise foi",
    "caractère difficile",
    "elle pue",
    "radin",
    "hystérique",
    "le fils est crasseux",
    "mari violent et ivre",
    "têtue",
    "gâteuse",
    "problème d’alcool",
    "boit trop",
    "procédurier",
    "sale bonhomme, sale femme",
    "Jeanne est sale",
    "sale",
    "pénible",
]
ORDINARY = [
    "la salle de bains est sale",
    "La cage d’escalier est sale depuis lundi",
    "C’est sale dans la cave",
    "Le sol de la cuisine est sale",
    "La salle de bains de Madame est sale",
    "Le logement du locataire est sale",
    "Linge sale dans l’entrée",
    "Sale odeur dans le hall",
    "Tout est sale sur le palier",
    "Le local poubelles pue",
    "L’escalier est pénible à monter",
    "La porte est pénible à ouvrir",
    "C’est pénible pour elle de monter",
    "Le chien du voisin est agressif",
    "Un chien méchant au 2e",
    "L’ascenseur est capricieux",
    "Bruit bizarre dans les tuyaux",
    "Odeur bizarre dans la salle d’eau",
    "Le bruit est insupportable la nuit",
    "Volets négligés",
    "Herbes folles devant la porte",
    "Il y a un monde fou au marché",
    "Elle a eu un fou rire",
    "Garde-fou descellé au balcon",
    "Elle est folle de joie de nous voir",
    "C’est fou comme il fait froid ici",
    "Une douche sans marche",
    "Elle voudrait une barre près de la baignoire",
    "Souhaite changer de logement pour un rez-de-chaussée",
    "Ne sort plus depuis que l’ascenseur est en panne",
    "Préfère qu’on l’appelle le matin",
    "A peur de tomber dans la baignoire",
    "Tombée deux fois cet hiver",
    "Marche avec une canne",
    "Voit mal le soir",
    "Entend mal au téléphone",
    "Son fils passe le dimanche",
    "Sa voisine fait ses courses",
    "Aimerait voir du monde",
    "Voudrait reprendre le jardinage",
    "Le chauffage ne marche plus depuis trois jours",
    "Fuite sous l’évier",
    "Humidité au plafond de la chambre",
    "Demande un rendez-vous avec l’assistante sociale",
    "N’a plus de mutuelle depuis janvier",
    "Carte Vitale à renouveler",
    "Dossier envoyé à l’assurance maladie",
    "Caisse d’assurance maladie de Brest",
    "Congé maladie de l’aide à domicile",
    "Attend une réponse du médecin",
    "Rendez-vous chez le médecin mardi",
    "Rue de la Démocratie, bâtiment C",
    "Habite rue du Commandant Charcot",
    "Boulevard Parmentier, porte 12",
    "Droguerie fermée au rez-de-chaussée",
    "Parking borné par la mairie",
    "Enveloppe timbrée remise",
    "Elle parle peu, elle est fatiguée",
    "A besoin d’aide pour les papiers",
    "Le facteur laisse le colis en bas",
    "Ne veut pas de travaux pour le moment",
    "Ne souhaite pas qu’on revienne avant l’été",
    "Les volets sont durs à ouvrir",
    "Le tapis du couloir glisse",
    "Téléphone fixe en panne",
    "Petite-fille présente pendant la visite",
    "Content de la visite, nous a offert le café",
    "Boit beaucoup de café, dort mal",
    "Ne boit pas assez l’été",
    "Propose le jeudi après-midi",
    "La boîte aux lettres est trop haute",
    "Loyer payé par virement",
    "Impayé de deux mois, plan en cours",
    "Elle attend sa pension de réversion",
    "Le mur du couloir est sale, à repeindre",
    "Elle dit que le hall est sale",
    "Vaisselle sale dans l’évier",
    "La cour où il passe est sale",
    "Vitres sales au 3e",
    "Une cave sale et humide",
]


@pytest.mark.parametrize("text", DIAGNOSES)
def test_an_illness_is_found(text):
    assert DIAGNOSIS in {one.kind for one in found(text)}


@pytest.mark.parametrize("text", JUDGEMENTS)
def test_a_judgement_is_found(text):
    assert {one.kind for one in found(text)} == {JUDGEMENT}


@pytest.mark.parametrize("text", ORDINARY)
def test_an_ordinary_sentence_passes(text):
    assert found(text) == []


def test_the_words_are_given_as_they_were_written():
    assert [one.words for one in found("Elle a un CANCER, elle est Folle")] == ["CANCER", "Folle"]


def test_a_social_security_number_comes_first():
    assert [one.kind for one in found("2 40 05 29 019 005, Alzheimer")] == [NIR]


def test_the_explanation_names_the_words_and_proposes_others():
    said = explain(found("Elle a un cancer, elle est pénible"))
    assert "«\u00a0cancer\u00a0»" in said
    assert "«\u00a0pénible\u00a0»" in said
    assert said.count("Écrivez plutôt") == 2
    assert explain([]) == ""


@given(st.text(max_size=80), st.sampled_from(["démence", "Alzheimer", "diabétique"]))
def test_any_text_around_hides_nothing(text, illness):
    assert DIAGNOSIS in {one.kind for one in found(f"{text} {illness} {text}")} or NIR in {
        one.kind for one in found(f"{text} {illness} {text}")
    }
