"""The check itself is checked: each way of losing, doubling or overwriting is seen."""

from dataclasses import replace

import pytest

from tests.torture.check import faults
from tests.torture.model import Model, Shown, Stored, StoredClash, StoredForm, StoredPicture


@pytest.fixture
def model() -> Model:
    """Two officers finished a form on one person and differ; the first has a draft on another."""
    model = Model()
    for uid, officer, person in (("a", 0, 0), ("b", 1, 0), ("draft", 0, 1)):
        model.opens(uid, officer, person)
    model.sheets["a"].typed = {"item.lonely": 2, "wish.words": "Rester chez moi"}
    model.sheets["b"].typed = {"item.lonely": 4, "need.bars": 1}
    model.sheets["draft"].typed = {"item.goes_out": 3}
    model.finishes("a")
    model.finishes("b")
    return model


@pytest.fixture
def stored() -> Stored:
    return Stored(
        forms=[
            StoredForm("a", "V1", 0, 0, 7, {"item.lonely": 2, "wish.words": "Rester chez moi"}),
            StoredForm("b", "V2", 1, 0, 7, {"item.lonely": 4, "need.bars": 1}),
        ],
        visits=[(7, 0, "2026-11-24")],
        outcomes={7: "done"},
        clashes=[StoredClash(7, "item.lonely", "a", "b")],
        needs=[(0, "bars")],
        observed={0: {"lonely": 2}},
    )


@pytest.fixture
def phones() -> list[Shown]:
    return [
        Shown(drafts={"draft": {"item.goes_out": "3"}}, receipts={"a": "V1"}),
        Shown(receipts={"b": "V2"}),
    ]


def kinds(model: Model, stored: Stored, phones: list[Shown]) -> set[str]:
    return {fault.partition(":")[0] for fault in faults(model, stored, phones)}


def test_nothing_wrong_is_found_where_nothing_is(model, stored, phones):
    assert faults(model, stored, phones) == []


def test_finished_form_that_is_nowhere_is_lost(model, stored, phones):
    del stored.forms[1], stored.clashes[0], phones[1].receipts["b"]
    assert kinds(model, stored, phones) == {"lost"}


def test_field_that_is_missing_from_a_form_is_lost(model, stored, phones):
    del stored.forms[0].content["wish.words"]
    assert kinds(model, stored, phones) == {"lost"}


def test_draft_that_is_gone_or_lacks_a_field_is_lost(model, stored, phones):
    phones[0].drafts["draft"].clear()
    assert kinds(model, stored, phones) == {"lost"}
    phones[0].drafts.clear()
    assert kinds(model, stored, phones) == {"lost"}


def test_answer_given_as_the_browser_died_is_the_old_one_or_the_new_one(model, stored, phones):
    model.doubts("draft", "item.goes_out", 1)
    model.doubts("draft", "need.bars", 1)
    assert faults(model, stored, phones) == []
    phones[0].drafts["draft"] = {"item.goes_out": "1", "need.bars": "1"}
    assert faults(model, stored, phones) == []
    phones[0].drafts["draft"]["item.goes_out"] = "2"
    assert kinds(model, stored, phones) == {"overwritten"}
    del phones[0].drafts["draft"]["item.goes_out"]
    assert kinds(model, stored, phones) == {"lost"}


def test_of_two_answers_in_doubt_either_may_be_there(model, stored, phones):
    model.doubts("draft", "item.goes_out", 1)
    model.doubts("draft", "item.goes_out", 3)
    for kept in ("1", "3"):
        phones[0].drafts["draft"]["item.goes_out"] = kept
        assert faults(model, stored, phones) == []
    phones[0].drafts["draft"]["item.goes_out"] = "2"
    assert kinds(model, stored, phones) == {"overwritten"}


def test_form_still_waiting_at_the_end_is_lost(model, stored, phones):
    del stored.forms[1], stored.clashes[0], phones[1].receipts["b"]
    phones[1].waiting.add("b")
    assert kinds(model, stored, phones) == {"lost", "receipt"}


def test_refused_form_needs_a_reason_and_a_cause(model, stored, phones):
    del stored.forms[1], stored.clashes[0], phones[1].receipts["b"]
    phones[1].refused["b"] = "Cette personne a quitté votre territoire."
    assert kinds(model, stored, phones) == {"lost"}
    model.leaves(0)
    assert faults(model, stored, phones) == []
    phones[1].refused["b"] = " "
    assert kinds(model, stored, phones) == {"lost"}


def test_value_that_became_another_one_is_overwritten(model, stored, phones):
    stored.forms[1].content["need.bars"] = 0
    assert kinds(model, stored, phones) == {"overwritten"}


def test_disagreement_without_a_clash_is_overwritten(model, stored, phones):
    stored.clashes.clear()
    assert kinds(model, stored, phones) == {"overwritten"}


def test_score_that_reads_the_second_word_is_overwritten(model, stored, phones):
    stored.observed[0]["lonely"] = 4
    assert kinds(model, stored, phones) == {"overwritten"}


def test_second_visit_of_the_day_form_need_or_receipt_is_doubled(model, stored, phones):
    stored.visits.append((8, 0, "2026-11-24"))
    assert kinds(model, stored, phones) == {"doubled"}
    del stored.visits[1]
    stored.needs *= 2
    assert kinds(model, stored, phones) == {"doubled"}
    stored.needs.pop()
    stored.forms.append(replace(stored.forms[1], uid="c", receipt="V3"))
    assert "doubled" in kinds(model, stored, phones)


def test_receipt_shown_must_be_the_one_stored(model, stored, phones):
    phones[0].receipts["a"] = "V9"
    assert kinds(model, stored, phones) == {"receipt"}


def test_field_that_nobody_typed_is_invented(model, stored, phones):
    stored.forms[0].content["need.care"] = 1
    assert kinds(model, stored, phones) == {"invented"}
    draft = replace(stored.forms[0], uid="draft", receipt="V3", content={})
    stored.forms[0].content.pop("need.care")
    stored.forms.append(draft)
    assert "invented" in kinds(model, stored, phones)


@pytest.fixture
def picture(model, stored) -> StoredPicture:
    """Taken in the first form, and with it on the server."""
    model.sheets["a"].pictures[41] = "bathroom"
    stored.pictures.append(StoredPicture("p", "P1", "a", 0, 0, "bathroom", 41))
    return stored.pictures[0]


def test_picture_that_is_nowhere_is_lost(model, stored, phones, picture):
    assert faults(model, stored, phones) == []
    stored.pictures.clear()
    assert kinds(model, stored, phones) == {"lost"}
    model.sheets["draft"].pictures[42] = "toilet"
    stored.pictures.append(picture)
    assert kinds(model, stored, phones) == {"lost"}
    phones[0].pictures["draft"] = {42: "toilet"}
    assert faults(model, stored, phones) == []
    phones[0].pictures["draft"][43] = "toilet"
    assert kinds(model, stored, phones) == {"invented"}


def test_picture_is_stored_once_with_its_own_form(model, stored, phones, picture):
    stored.pictures.append(replace(picture, uid="q", receipt="P2"))
    assert kinds(model, stored, phones) == {"doubled"}
    for elsewhere in ({"form": "b"}, {"room": "toilet"}, {"person": 1}, {"width": 42}):
        stored.pictures[:] = [replace(picture, **elsewhere)]
        assert "invented" in kinds(model, stored, phones)


def test_picture_of_a_refused_form_waits_with_it(model, stored, phones):
    model.leaves(1)
    model.finishes("draft")
    model.sheets["draft"].pictures[41] = "bathroom"
    phones[0] = replace(
        phones[0],
        drafts={},
        refused={"draft": "Cette personne a quitté votre territoire."},
        waiting={"p"},
        followed={"p": "draft"},
    )
    assert faults(model, stored, phones) == []
    phones[0].waiting.clear()
    phones[0].followed.clear()
    assert kinds(model, stored, phones) == {"lost"}


def test_refused_form_that_is_mended_stands_no_more(model, stored, phones):
    model.leaves(1)
    model.finishes("draft")
    assert model.mendable(0, 1) == "draft"
    model.mends("draft", "mended")
    assert model.mendable(0, 1) == ""
    phones[0].refused["draft"] = "Cette personne a quitté votre territoire."
    phones[0].drafts = {"mended": {"item.goes_out": 3}}
    assert faults(model, stored, phones) == []
    model.returns(1)
    model.finishes("mended")
    phones[0].drafts = {}
    assert kinds(model, stored, phones) == {"lost", "doubled"}
    del phones[0].refused["draft"]
    stored.forms.append(StoredForm("mended", "V3", 0, 1, 8, {"item.goes_out": 3}))
    stored.visits.append((8, 1, "2026-11-24"))
    stored.outcomes[8] = "done"
    stored.observed[1] = {"goes_out": 3}
    assert faults(model, stored, phones) == []


def test_touch_taken_back_never_left(model, stored, phones):
    model.touches("t", 0, 2, "absent")
    model.takes_back("t", undone=True)
    assert faults(model, stored, phones) == []
    phones[0].waiting.add("t")
    assert "doubled" in kinds(model, stored, phones)
    phones[0].waiting.clear()
    stored.forms.append(StoredForm("t", "V3", 0, 2, 9, {}, "absent"))
    stored.visits.append((9, 2, "2026-11-24"))
    stored.outcomes[9] = "absent"
    assert kinds(model, stored, phones) == {"invented"}


def test_touch_can_be_taken_back_before_it_leaves(model, stored, phones):
    model.touches("t", 0, 2, "absent")
    model.takes_back("t", undone=False)
    assert kinds(model, stored, phones) == {"lost", "broken"}
    model.broken.clear()
    model.time_passes(0)
    model.takes_back("t", undone=False)
    assert kinds(model, stored, phones) == {"lost"}


def test_outcome_gives_way_to_another_only_when_nobody_opened(model, stored, phones):
    model.touches("t", 0, 0, "refused")
    stored.forms.insert(0, StoredForm("t", "V3", 0, 0, 7, {}, "absent"))
    assert kinds(model, stored, phones) == {"overwritten"}
    model.sheets["t"].outcome = "absent"
    assert faults(model, stored, phones) == []
    stored.outcomes[7] = "absent"
    assert kinds(model, stored, phones) == {"overwritten"}
    model.sheets["t"].outcome = "refused"
    stored.outcomes[7] = "refused"
    stored.forms[0] = replace(stored.forms[0], outcome="refused")
    assert kinds(model, stored, phones) == {"overwritten"}
    stored.clashes += [StoredClash(7, "outcome", "t", second) for second in "ab"]
    assert faults(model, stored, phones) == []
