"""The shipped questionnaire, and what is said of a wrong one."""

import copy
import io
import json
import tomllib
from collections.abc import Iterator
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seniors.fragility import items
from surveys import documents
from surveys.questionnaires import code_book, questionnaire
from surveys.questionnaires.questionnaire import QuestionnaireError
from tests.surveys.make import QUESTIONNAIRE

LANDLORD = documents.Sender("Finistère Habitat", ("6 rue du Port",), "02 98 00 00 00")
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
HEAD, _, _ = GOOD.partition("[scales]")
LONELY = """
[[sections.items]]
code = "ucla_isolated"
text = "Seule ?"
kind = "scale"
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
        ('text = "Froid ?"', 'objection = 1\ntext = "Froid ?"', 17, "true ou false"),
        ('text = "Froid ?"', 'objection = true\ntext = "Froid ?"', 17, "celui d’une réponse"),
        ('text = "Froid ?"', 'sensitive = true\ntext = "Froid ?"', 17, "ne parle pas de santé"),
        ('code = "cold_home"', 'code = "has_garden"', 17, "pas au dictionnaire"),
        ('code = "cold_home"', 'code = "bathing"', 17, "vont de 1 à 3"),
        ('code = "cold_home"', 'code = "falls"', 17, "ajoutez sensitive = true"),
        ('consent = "visit"', "", 12, 'ajoutez consent = "visit"'),
        ('consent = "visit"', 'consent = "health"', 12, "«\u00a0consent_health\u00a0»"),
        ('kind = "yes_no"\nconsent', 'kind = "tick"\nconsent', 12, "par oui ou non"),
        ('introduction = "Bonjour."', 'introduction = "B."\npages = 0xffffff', 1, "pages"),
        ('introduction = "Bonjour."', 'introduction = "B."\nclosing = 3', 1, "closing"),
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


@pytest.mark.parametrize(
    ("text", "line", "sentence"),
    [
        (HEAD + 'sections = "abc"', 6, "sous [[sections]]"),
        (HEAD + "sections = 5", 6, "sous [[sections]]"),
        (HEAD + '[[sections]]\nitems = "abc"', 6, "sous [[sections.items]]"),
        (HEAD + "[[sections]]\ntitle = 3", 6, "«\u00a0title\u00a0» doit être un texte"),
        (HEAD + "[[sections]]\n[[sections.items]]\ncode = [1]", 6, "«\u00a0code\u00a0» doit être"),
        (HEAD + "scales = 3\n[[sections]]\n" + LONELY + 'scale = "a"', 10, "l’échelle"),
        (GOOD + LONELY + "scale = [1]", 22, "«\u00a0scale\u00a0» doit être un texte"),
        (GOOD + LONELY + "aliases = 5", 22, "«\u00a0aliases\u00a0» doit être une liste"),
        (GOOD + LONELY.replace("scale", "choice") + "choices = 5", 22, "les réponses s’écrivent"),
        (
            GOOD
            + LONELY.replace("scale", "choice")
            + 'choices = [{ value = 1, label = "a", aliases = [3] }, { value = 2, label = "b" }]',
            22,
            "«\u00a0aliases\u00a0» d’une réponse",
        ),
        (GOOD + "x = " + "[" * 5000, 0, "TOML"),
        (GOOD + "x = " + "9" * 5000, 0, "TOML"),
    ],
)
def test_what_is_not_of_its_type_is_said_with_its_line(text, line, sentence):
    found = problems(text)
    assert [said for place, said in found if place == line and sentence in said], found


def test_answers_on_health_are_refused_without_the_consent_that_keeps_them():
    text = GOOD.replace('code = "cold_home"', 'code = "unsteady"\nsensitive = true')
    assert problems(text) == [
        (1, "la question «\u00a0consent_health\u00a0» (l’accord sur la santé) manque.")
    ]


def places(value: object, path: tuple = ()) -> Iterator[tuple]:
    """The way to everything that a definition holds."""
    if path:
        yield path
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield from places(value[key], (*path, key))


def toml(value: object) -> str:
    """A value as TOML writes it."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(k)} = {toml(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return f"[{', '.join(map(toml, value))}]"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    return str(value).lower() if isinstance(value, bool | float) else str(value)


WHOLE = tomllib.loads(
    GOOD
    + LONELY
    + 'scale = "often"\naliases = ["seule"]\n'
    + '[[sections.items]]\ncode = "bathing"\ntext = "Bain ?"\nkind = "choice"\n'
    + 'choices = [{ value = 1, label = "a", aliases = ["b"] }, { value = 2, label = "c" }]\n'
)
ANYTHING = st.recursive(
    st.one_of(
        st.booleans(),
        st.integers(),
        st.floats(),
        st.dates(),
        st.text(max_size=8),
        st.sampled_from(["falls", "consent_health", "health", "yes_no", "scale", "often", ""]),
    ),
    lambda one: (
        st.lists(one, max_size=3)
        | st.dictionaries(st.sampled_from(["code", "kind", "items", "value", "label", "z"]), one)
    ),
    max_leaves=6,
)


@settings(max_examples=200)
@given(path=st.sampled_from(list(places(WHOLE))), value=ANYTHING)
def test_whatever_is_written_is_complained_about_or_can_be_asked_printed_and_stored(path, value):
    data = copy.deepcopy(WHOLE)
    inside = data
    for key in path[:-1]:
        inside = inside[key]
    inside[path[-1]] = value
    text = "\n".join(f"{key} = {toml(one)}" for key, one in data.items())
    try:
        found = questionnaire.load(text)
    except QuestionnaireError as error:
        found, complaints = None, questionnaire.quoted(text, error.problems)
    if found is None:
        assert complaints
        return
    assert code_book.as_csv(found)
    with suppress(documents.TooLong):
        steps = documents.print_questionnaires(
            io.BytesIO(), found, [], sender=LANDLORD, closes_on=date(2026, 12, 31), least_age=65
        )
        assert list(steps) == []
    for item in found.items.values():
        told = [items.problems({item.code: one.value}) for one in item.choices if item.is_answer]
        assert not any(told)


def test_an_unknown_scale_is_refused():
    item = '[[sections.items]]\ncode = "x1"\ntext = "?"\nkind = "scale"\nscale = "rare"\n'
    assert "l’échelle «\u00a0rare\u00a0» n’existe pas" in problems(GOOD + item)[0][1]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{bailleur}, bonjour.", "«\u00a0{bailleur}\u00a0» n’est pas connu"),
        ("Bon{jour", "une accolade"),
        ("{landlord!x}, bonjour.", "s’écrit seul"),
        ("Avant le {closes_on:>400}.", "s’écrit seul"),
    ],
)
def test_a_wrong_word_between_braces_is_refused_before_any_printing(text, sentence):
    assert sentence in problems(GOOD.replace("Bonjour.", text))[0][1]


def test_a_note_holds_no_word_between_braces():
    noted = GOOD.replace('title = "Tout"', 'title = "Tout"\nnote = "Appelez le {phone}."')
    assert problems(noted) == [
        (8, "«\u00a0note\u00a0» s’écrit sans accolades\u00a0: rien n’y est remplacé.")
    ]


def test_a_questionnaire_without_the_visit_consent_is_refused():
    assert "consent_visit" in problems(GOOD.replace("consent_visit", "accord"))[0][1]


@pytest.mark.parametrize("name", ["inconnu", "../settings", ""])
def test_a_name_that_is_no_questionnaire_is_refused(name):
    with pytest.raises(QuestionnaireError):
        questionnaire.named(name)
