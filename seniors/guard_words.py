"""The words that the guard looks for: illnesses, and what judges a person. Pure.

Written without accents, as people type on a phone; `RAW_*` need theirs to mean what they mean.
"""

# An illness, a treatment that names it, or the service that treats it. A difficulty (« marche
# avec une canne », « voit mal ») is no illness and is not here.
DIAGNOSES = r"""
alzheimer\w* | parkinson\w* | demences? | dementes? | dements? | senilite
| cancer | cancers | cancereu(?:x|se|ses) | tumeurs? | leucemi\w+ | metastas\w+ | chimiotherapi\w+
| chimio | radiotherapi\w+ | lymphomes?
| depressions? | depressi(?:f|fs|ve|ves) | bipolaires? | schizo\w* | psycho(?:se|ses|tique|tiques)
| psychopathes? | psychiatr\w+ | paranoia\w* | parano | nevros\w+ | burn[ -]?out | anorexi\w+
| boulimi\w+ | autis(?:me|te|tes|tique) | trisomi\w+ | hypocondri\w+
| alcooli(?:que|ques|sme) | alcoolodepend\w+ | ethyli(?:que|ques|sme) | toxicoman\w+
| toxicodepend\w+ | droguees? | addictions? | cirrhoses?
| diabet\w+ | insuline | avc | infarctus | phlebites? | embolies? | epilep\w+ | scleros\w+
| hypertension | hypertendue?s? | insuffisan\w+\ (?:cardiaque|renale|respiratoire)s?
| arthros\w+ | arthrites? | polyarthrit\w+ | osteoporos\w+ | rhumatismes?
| dmla | glaucomes? | cataractes? | bpco | asthm\w+ | emphysem\w+ | pneumopathi\w+ | covid\w*
| vih | sida | seropositi\w+ | hepatites? | tuberculos\w+ | dialys\w+ | obeses? | obesite
| hemipleg\w+ | parapleg\w+ | tetrapleg\w+ | aphasi\w+ | incontinen\w+ | syndrome\ de\ \w+
| maladie\ (?:de|d)[\ ’'](?:charcot|lyme|crohn|huntington|korsakoff|lewy|paget|raynaud)
| maladies?\ mentales? | (?:retard|handicap)\ mental | deficien\w+\ (?:mentale|intellectuelle)s?
| troubles?\ (?:psych\w+|cognitifs?|mentaux|bipolaires?|du\ comportement|de\ la\ memoire)
"""
RAW_DIAGNOSES = r"drogués?"

# Said of anyone, anywhere: an insult, or a trait of character.
JUDGEMENTS = r"""
cinglee?s? | toquees | dingues? | seniles? | gateu(?:x|se|ses) | gaga | debiles? | imbeciles?
| cretine?s? | abrutie?s? | attardee?s? | simplets? | simples?\ d[’' ]esprit | cons? | connes?
| connard\w* | connass\w*
| f(?:ei|ai)gnante?s? | faineante?s? | flemmarde?s? | paresseu(?:x|se|ses)
| ivrognes? | poivrote?s? | alcoolos? | pochard\w* | soulard\w* | ivres? | saoule?s?
| menteu(?:r|rs|se|ses) | mythoman\w+ | affabulat\w+ | manipulat(?:eur|eurs|rice|rices)
| (?:il|elle)s?\ ment(?:ent)? | malhonnetes? | hypocrites? | egoistes? | ingrate?s? | radine?s?
| pingres? | profiteu(?:r|rs|se|ses) | cas\ soc | cas\ social | cas\ sociaux | cassos | clocharde?s?
| pouilleu(?:x|se|ses) | emmerdeu\w+ | chiante?s? | casse[ -]pieds? | raleu(?:r|rs|se|ses)
| grincheu(?:x|se|ses) | ronchon\w* | acariatres? | tetue?s? | maniaques? | hysteriques?
| proceduri(?:er|ers|ere|eres) | perverse?s? | obsedee?s? | racistes? | naifs? | naives?
| mauvaise\ foi | mauvais(?:e|es)?\ payeu\w+ | mauvaise?\ (?:mere|pere|fille|fils)
| caractere\ (?:difficile|de\ cochon|impossible)
| vieille\ (?:peau|bique|chouette|toupie|folle) | vieux\ (?:debris|con|schnock|crouton|fou)
| perd(?:u|re|ait)?\ (?:completement\ |un\ peu\ )?la\ (?:tete|boule)
| (?:plus|pas)\ (?:toute\ )?sa\ tete
| est\ (?:un\ |une\ )?voleu(?:r|se) | (?:elle|il|dame|monsieur|madame)\ est\ (?:tres\ |trop\ )?bete
| problemes?\ (?:d|avec\ l)[’' ]alcool | boit\ trop(?!\ (?:peu|d))
| gros(?:se)?\ (?:dame|femme|bonhomme|monsieur)
"""
RAW_JUDGEMENTS = r"tarée?s? | soûle?s? | timbrées?\ (?=du\ |de\ la\ )"

# Said of a place or a thing it is a fact, of a person a judgement.
AMBIGUOUS = r"""
sales? | crasseu(?:x|se|ses) | degoutante?s? | repugnante?s? | puante?s? | pue | puent
| negligee?s? | folles? | fous? | penibles? | agressi(?:f|fs|ve|ves) | mechante?s?
| capricieu(?:x|se|ses) | bizarres? | insupportables? | idiote?s? | moches? | bornee?s?
"""


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


PEOPLE = _set(
    """
    dame dames monsieur madame mme m mr mlle mademoiselle locataire locataires personne personnes
    femme homme mari epouse epoux conjoint conjointe compagnon compagne fils fille filles enfant
    enfants frere freres soeur sœur voisin voisine voisins voisines gardien gardienne aidant
    aidante neveu niece famille proche proches gens mamie papi papy meme pepe vieux vieille ami
    amie amis occupant occupante occupants retraite retraitee senior seniors infirmier infirmiere
    medecin docteur pere mere cousin cousine gendre bru belle-fille beau-fils veuf veuve copain
    """
)
# Things written without « le » or « la », as one does on a phone.
THINGS = _set(
    """
    linge drap draps literie matelas vetements rideau rideaux vaisselle evier frigo four plaques
    salle cuisine chambre sejour couloir entree wc toilettes douche baignoire lavabo sol sols mur
    murs plafond plafonds moquette tapis carrelage vitre vitres fenetre fenetres volet volets porte
    portes serrure balcon logement appartement maison immeuble batiment hall palier escalier
    escaliers cage cave ascenseur local poubelles cour jardin parking quartier odeur odeurs bruit
    bruits eau fuite chauffage radiateur chien chiens chat chats animal animaux trajet marche
    """
)
PERSON_PRONOUNS = _set("elle il elles ils lui eux")
THING_PRONOUNS = _set("c ce ca cela ceci tout rien")
DETERMINERS = _set(
    """
    le la les l un une des son sa ses leur leurs mon ma mes votre vos notre nos ce cet cette ces
    quelques plusieurs deux trois aucun aucune
    """
)
# Before a person: she owns the thing, she is not what is spoken of.
OWNED = _set("de d du des chez ou que qu pour par avec a au aux dont")
# After « sale » and its like: what is no noun.
LITTLE = _set("et ou avec sans de d dans a au sur depuis ce elle il")
