"""The shipped questionnaire, and what is said of a wrong one."""

import pytest

from seniors.fragility import items
from surveys.questionnaires import questionnaire
from surveys.questionnaires.questionnaire import QuestionnaireError
from tests.surveys.make import QUESTIONNAIRE

GOOD = """
code = "essai"
version = "1"
title = "Essai"
introduction = "Bonjour."
[scales]
often = [{ value = 1, label = "parfois" }, { value = 2, label = "souvent" }]
[[sections]]
title = "Tout"
domain = "home"
[[sections.items]]
code = "consent_visit"
text = "D’accord ?"
kind = "yes_no"
consent = "visit"
[[sections.items]]
code = "cold_home"
text = "Froid ?"
kind = "yes_no"
"""


def problems(text: str) -> list[tuple[int, str]]:
    with pytest.raises(QuestionnaireError) as caught:
        questionnaire.load(text)
    return caught.value.problems


def test_every_shipped_questionnaire_loads():
    assert QUESTIONNAIRE in [version.name for version in questionnaire.available()]


def test_shipped_answers_are_all_known_to_the_catalogue_with_their_range_and_sensitivity():
    for item in questionnaire.named(QUESTIONNAIRE).items.values():
        if not item.is_answer:
            continue
        known = items.ITEMS[item.code]
        values = [choice.value for choice in item.choices]
        assert (min(values), max(values)) == (known.low, known.high), item.code
        assert item.sensitive == known.sensitive, item.code


def test_shipped_questionnaire_asks_everything_the_catalogue_knows():
    asked = questionnaire.named(QUESTIONNAIRE).items
    assert set(items.ITEMS) <= set(asked)


def test_shipped_questionnaire_asks_the_four_consents_first():
    first = questionnaire.named(QUESTIONNAIRE).sections[0]
    assert [item.consent for item in first.items] == ["visit", "health", "sharing", "evaluation"]


def test_introduction_says_who_asks_that_one_is_free_and_how_to_be_forgotten():
    text = questionnaire.named(QUESTIONNAIRE).introduction
    for promise in ("{landlord}", "libre de répondre", "ne change rien à votre bail", "effacer"):
        assert promise in text


def test_a_line_of_a_table_carries_the_words_above_the_table():
    asked = questionnaire.named(QUESTIONNAIRE).items
    assert asked["lsns_family_help"].wording.startswith("Dans votre famille")
    assert asked["lsns_friends_help"].wording.startswith("Parmi vos amis")


def test_a_good_definition_loads_with_its_domain():
    assert questionnaire.load(GOOD).items["cold_home"].domain == "home"


@pytest.mark.parametrize(
    ("before", "after", "line", "sentence"),
    [
        ('code = "cold_home"', 'code = "Froid"', 17, "doit être en minuscules"),
        ('code = "cold_home"', 'code = "consent_visit"', 17, "sert deux fois"),
        ('text = "Froid ?"', 'text = ""', 17, "le texte de la question manque"),
        ('text = "Froid ?"', 'texte = "Froid ?"', 17, "le mot «\u00a0texte\u00a0» n’est pas connu"),
        ('kind = "yes_no"\n\n', 'kind = "yesno"\n', 17, "«\u00a0kind\u00a0» doit être"),
        ('domain = "home"', 'domain = "maison"', 12, "«\u00a0domain\u00a0» doit être"),
        ('consent = "visit"', 'consent = "tout"', 12, "«\u00a0consent\u00a0» doit être"),
        ('title = "Essai"', "", 1, "«\u00a0title\u00a0» manque"),
        ('text = "Froid ?"', 'text = "Froid ?', 18, "TOML"),
        ('text = "Froid ?"', 'sensitive = 1\ntext = "Froid ?"', 17, "true ou false"),
    ],
)
def test_what_is_wrong_is_said_in_french_with_its_line(before, after, line, sentence):
    text = GOOD + "\n"
    assert before in text
    place, said = problems(text.replace(before, after))[0]
    assert (place, sentence in said) == (line, True), said


@pytest.mark.parametrize(
    ("choices", "sentence"),
    [
        ('[{ value = 1, label = "a" }]', "au moins deux"),
        ('[{ value = 1, label = "a" }, { value = 1, label = "b" }]', "la même valeur"),
        ('[{ value = 1, label = "a" }, { value = 255, label = "b" }]', "de 0 à 254"),
        ('[{ value = 1, label = "a" }, { value = 2.5, label = "b" }]', "valeur entière"),
        ('[{ value = 1, label = "A" }, { value = 2, label = "à" }]', "les mêmes mots"),
        ('[{ value = 1, label = "a" }, { value = 2, label = "" }]', "n’a pas de texte"),
    ],
)
def test_wrong_replies_are_refused(choices, sentence):
    item = f'[[sections.items]]\ncode = "x1"\ntext = "?"\nkind = "choice"\nchoices = {choices}\n'
    assert any(sentence in said for _, said in problems(GOOD + item))


def test_an_unknown_scale_is_refused():
    item = '[[sections.items]]\ncode = "x1"\ntext = "?"\nkind = "scale"\nscale = "rare"\n'
    assert "l’échelle «\u00a0rare\u00a0» n’existe pas" in problems(GOOD + item)[0][1]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{bailleur}, bonjour.", "«\u00a0{bailleur}\u00a0» n’est pas connu"),
        ("Bon{jour", "une accolade"),
    ],
)
def test_a_wrong_word_between_braces_is_refused_before_any_printing(text, sentence):
    assert sentence in problems(GOOD.replace("Bonjour.", text))[0][1]


def test_a_questionnaire_without_the_visit_consent_is_refused():
    assert "consent_visit" in problems(GOOD.replace("consent_visit", "accord"))[0][1]


@pytest.mark.parametrize("name", ["inconnu", "../settings", ""])
def test_a_name_that_is_no_questionnaire_is_refused(name):
    with pytest.raises(QuestionnaireError):
        questionnaire.named(name)
