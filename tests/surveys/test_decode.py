"""One cell of a file of answers, whatever the tool that wrote it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.questionnaires import questionnaire
from surveys.receiving import answers, decode
from tests.surveys.make import QUESTIONNAIRE

ITEMS = questionnaire.named(QUESTIONNAIRE).items
ALL = st.sampled_from(list(ITEMS.values()))


def read(code: str, cell: str) -> int | None:
    item = ITEMS[code]
    return decode.read_cell(item, cell, decode.words_of(item))


@pytest.mark.parametrize("cell", ["1", "1.0", "1,0", "oui", "Oui ", "OUI", "Y", "yes", "x", "✓"])
def test_yes_in_every_writing(cell):
    assert read("grab_bars", cell) == 1


@pytest.mark.parametrize("cell", ["2", "0", "2.0", "non", "Non", "N", "no"])
def test_no_in_every_writing(cell):
    assert read("grab_bars", cell) == 0


@pytest.mark.parametrize("cell", ["", " ", "NSP", "ne sait pas", "NR", "sans réponse", "n/a", "99"])
def test_no_answer_is_unknown_and_never_no(cell):
    assert read("grab_bars", cell) is None
    assert read("bathing", cell) is None


@pytest.mark.parametrize(
    ("code", "cell", "value"),
    [
        ("bathing", "A1", 1),
        ("bathing", "AO03", 3),
        ("bathing", "une baignoire", 3),
        ("lonely", "A1", 0),
        ("lonely", "Très souvent ou toujours", 4),
        ("goes_out", "0", 0),
        ("lsns_family_seen", "3 ou 4", 3),
        ("lsns_family_seen", "3-4", 3),
        ("lsns_family_seen", "9+", 5),
        ("lsns_family_seen", "9", 5),
        ("ucla_left_out", "Souvent", 3),
        ("falls", "Deux fois ou plus", 2),
        ("wish_bars", "X", 1),
        ("wish_bars", "0", 0),
    ],
)
def test_codes_and_words_give_the_value(code, cell, value):
    assert read(code, cell) == value


@pytest.mark.parametrize(
    ("code", "cell"),
    [("bathing", "4"), ("bathing", "1;2"), ("grab_bars", "3"), ("lonely", "5"), ("falls", "A9"),
     ("bathing", "=1+1"), ("bathing", "-1"), ("grab_bars", "oui et non")],
)  # fmt: skip
def test_a_cell_outside_the_replies_is_refused_without_repeating_it(code, cell):
    with pytest.raises(decode.NotAChoice) as caught:
        read(code, cell)
    assert cell not in str(caught.value)


@given(item=ALL, cell=st.text(max_size=30))
def test_any_text_is_a_reply_unknown_or_refused(item, cell):
    try:
        value = decode.read_cell(item, cell, decode.words_of(item))
    except decode.NotAChoice:
        return
    assert value is None or value in {choice.value for choice in item.choices}


@given(item=ALL, data=st.data())
def test_each_reply_as_printed_gives_its_own_value(item, data):
    choice = data.draw(st.sampled_from(item.choices))
    for cell in (choice.label, choice.label.upper(), f"  {choice.label} ", str(choice.value)):
        assert decode.read_cell(item, cell, decode.words_of(item)) == choice.value


@given(item=ALL, rank=st.integers(min_value=1, max_value=12))
def test_a_limesurvey_rank_is_the_reply_in_that_place(item, rank):
    if rank <= len(item.choices):
        value = decode.read_cell(item, f"A{rank}", decode.words_of(item))
        assert value == item.choices[rank - 1].value
    else:
        with pytest.raises(decode.NotAChoice):
            decode.read_cell(item, f"A{rank}", decode.words_of(item))


@pytest.mark.parametrize(
    "heading",
    ["bathing", "logement/bathing", "G01[bathing]", "bathing. Pour vous laver, vous avez :"],
)
def test_the_code_is_found_in_the_headings_of_each_tool(heading):
    assert "bathing" in set(answers.names_in(heading))
