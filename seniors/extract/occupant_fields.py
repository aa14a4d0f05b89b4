"""What can be read of an occupant, and the headings that landlords give it (DATA.md 2 and 3)."""

from seniors.extract.dwelling_fields import FIELDS as DWELLING_FIELDS
from seniors.extract.dwelling_fields import YES_NO
from seniors.extract.kinds import Field

_DWELLING_NAMES = next(field.synonyms for field in DWELLING_FIELDS if field.code == "reference")

# Columns of a second person on the same row: « Nom2 », « Né2 ».
SECOND = ("reference_2", "title_2", "last_name_2", "first_name_2", "full_name_2", "sex_2",
          "born_on_2", "birth_year_2", "age_2", "mobile_2", "role_2")  # fmt: skip
# A cell in one of these says that there is a second person.
SAYS_SOMEONE = frozenset({"last_name_2", "first_name_2", "full_name_2", "born_on_2",
                          "reference_2"})  # fmt: skip
# Without one of these columns, a second name is another name of the first person.
IDENTIFIES_SECOND = frozenset({"first_name_2", "full_name_2", "born_on_2", "birth_year_2",
                               "age_2", "reference_2"})  # fmt: skip


def _second(*names: str) -> tuple[str, ...]:
    ends = ("{}2", "{} 2", "{} (2)", "{} conjoint", "{} du conjoint", "{} cotitulaire",
            "{} co-titulaire", "{} occupant 2")  # fmt: skip
    return tuple(end.format(name) for name in names for end in ends)


FIELDS = (
    Field("dwelling", "Référence du logement", _DWELLING_NAMES, required=True,
          help="La même clé que dans le fichier des logements."),
    Field("reference", "Numéro de locataire",
          ("N° locataire", "No locataire", "Num locataire", "Numéro locataire", "Code locataire",
           "Référence locataire", "Réf locataire", "Code client", "N° client", "Code tiers",
           "N° tiers", "N° occupant", "Identifiant occupant", "Identifiant locataire",
           "Matricule"),
          help="Un numéro par personne. S’il est commun au couple, laissez vide\u00a0: le bail et "
               "le nom en tiendront lieu."),
    Field("lease_reference", "Numéro de bail",
          ("N° bail", "No bail", "Num bail", "Numéro bail", "Numéro de bail", "Bail", "N° contrat",
           "Code bail", "Référence bail", "Contrat", "N° compte", "Code compte")),
    Field("role", "Place dans le bail",
          ("Qualité", "Rôle", "Lien", "Lien de parenté", "Lien parenté", "Type occupant",
           "Qualité occupant", "Parenté")),
    Field("title", "Civilité", ("Civilité", "Civ", "Titre", "M. Mme", "Titre civilité")),
    Field("last_name", "Nom", ("Nom usuel", "Nom d'usage", "Nom", "Nom locataire", "Nom occupant",
                               "Nom de famille", "Nom de naissance", "Nom titulaire")),
    Field("first_name", "Prénom", ("Prénom", "Prénoms", "Prénom locataire", "Prénom occupant",
                                   "Prénom titulaire")),
    Field("full_name", "Nom et prénom en une cellule",
          ("Nom prénom", "NOM PRENOM", "Nom et prénom", "Nom complet", "Identité", "Titulaire",
           "Locataire", "Occupant", "Nom - prénom", "Nom/prénom")),
    Field("sex", "Sexe", ("Sexe", "Genre")),
    Field("born_on", "Date de naissance",
          ("Date naissance", "Date de naissance", "DDN", "Né(e) le", "Né le", "Née le", "Dt Naiss",
           "Date naiss", "Dt naissance", "Naissance", "Né", "Date nais"), is_day=True),
    Field("birth_year", "Année de naissance", ("Année naissance", "Année de naissance", "An naiss",
                                               "Année naiss")),
    Field("age", "Âge", ("Age", "Âge", "Age occupant", "Age titulaire"),
          help="À la date de l’extrait. La date de naissance vaut mieux."),
    Field("phone", "Téléphone",
          ("Tél. fixe", "Tel fixe", "Tel", "Tél", "Téléphone", "Tel 1", "Téléphone 1", "Tel1",
           "Téléphone fixe", "Tél domicile")),
    Field("mobile", "Portable", ("Portable", "GSM", "Mobile", "Tél portable", "Tel portable",
                                 "Téléphone portable", "Tel 2", "Tel2", "Téléphone 2",
                                 "Téléphone mobile", "Tél mobile")),
    Field("email", "Courriel", ("Courriel", "E-mail", "Email", "Mail", "Adresse mail",
                                "Adresse e-mail", "Mèl")),
    Field("household_size", "Nombre d’occupants",
          ("Nb occupants", "Nombre d'occupants", "Nbre occupants", "Nb pers", "Nb pers.",
           "Nb personnes", "Nombre de personnes", "Nombre occupants", "Composition")),
    Field("housed_since", "Date d’entrée",
          ("Date entrée", "Date d'entrée", "Date d'effet", "Date effet", "DEB BAIL", "Début bail",
           "Date début bail", "Date entrée logement", "Entrée le", "Date signature bail",
           "Date d'effet bail"), is_day=True),
    Field("ended_on", "Date de sortie",
          ("Date sortie", "Date de sortie", "Date fin bail", "Fin bail", "Date départ",
           "Date de départ", "Sortie le", "FIN BAIL", "Date congé"), is_day=True),
    Field("end_reason", "Motif de sortie",
          ("Motif sortie", "Motif de sortie", "Motif départ", "Motif", "Motif congé",
           "Motif fin bail")),
    Field("died_on", "Décès", ("Date décès", "Date de décès", "Décédé le", "Décès", "Décédé"),
          is_day=True),
    Field("lease_type", "Type de bail",
          ("Type bail", "Type de bail", "Nature bail", "Type contrat", "Nature contrat",
           "Type lot", "Nature lot", "Type UG", "Nature UG", "Type de location"),
          help="Les baux de garage, de parking et de commerce sont laissés de côté."),
    Field("last_contact_on", "Dernier contact",
          ("Dernier contact", "Date dernier contact", "Dernière réclamation",
           "Date dernière demande", "Dernière demande"), is_day=True),
    Field("has_arrears", "Impayé",
          ("Impayé", "Impayés", "Dette", "En impayé", "Dette locative", "Montant dette"),
          values=YES_NO),
    Field("very_low_income", "Revenus très modestes",
          ("Revenus très modestes", "Minimum vieillesse", "ASPA", "AMV"), values=YES_NO,
          help="Un oui ou un non\u00a0: jamais un revenu."),
    Field("reference_2", "Numéro de la deuxième personne",
          _second("N° locataire", "Code client", "Code tiers", "Matricule")),
    Field("title_2", "Civilité de la deuxième personne", _second("Civilité", "Titre")),
    Field("last_name_2", "Nom de la deuxième personne", _second("Nom", "Nom usuel")),
    Field("first_name_2", "Prénom de la deuxième personne", _second("Prénom")),
    Field("full_name_2", "Nom et prénom de la deuxième personne",
          ("Conjoint", "Cotitulaire", "Co-titulaire", *_second("Nom prénom", "Titulaire"))),
    Field("sex_2", "Sexe de la deuxième personne", _second("Sexe")),
    Field("born_on_2", "Naissance de la deuxième personne",
          _second("Né", "Né(e) le", "Née", "Né le", "DDN", "Date naissance",
                  "Date de naissance", "Dt Naiss", "Naissance"), is_day=True),
    Field("birth_year_2", "Année de naissance de la deuxième personne",
          _second("Année naissance", "Année de naissance")),
    Field("age_2", "Âge de la deuxième personne", _second("Age")),
    Field("mobile_2", "Portable de la deuxième personne",
          (*_second("Portable", "Mobile", "GSM", "Téléphone"),)),
    Field("role_2", "Place de la deuxième personne", _second("Qualité", "Lien")),
)  # fmt: skip
