"""The one definition of the visit form: its codes, what it stores, and how many taps it takes."""

from types import SimpleNamespace

import pytest

from seniors.fragility.items import ITEMS
from visits.acting import catalogue
from visits.needs import NEEDS
from visits.visiting import form

FIELDS = [one for section in form.SECTIONS for one in section.fields]
KINDS = [SimpleNamespace(**{"by_partner": False, **line}) for line in catalogue.shipped()]
PARTNER = "11111111-1111-4111-8111-111111111111"
# A usual visit: a bath to step over and no bar, a rug, she goes out little, one right to check.
USUAL = {
    "present.senior": 1, "consent.visit": 1, "consent.health": 1, "consent.evaluation": 1,
    **{one.code: "ok" for one in form.KNOWN.fields},
    **{one.code: 0 for room in form.ROOMS for one in room.fields},
    "hazard.bathroom.step": 2, "hazard.bathroom.bars": 1, "hazard.inside.rugs": 1,
    "item.goes_out": 2, "item.falls": 1, "item.fear_falling": 1, "item.errands_difficulty": 1,
    "item.help_home": 0, "item.help_family": 1, "item.help_enough": 0, "item.can_count_on": 1,
    "item.lonely": 2, "item.online": 0,
    **{one.code: 0 for section in form.SECTIONS if section.code == "rights"
       for one in section.fields},
    "right.energy": 1, "wish.words": "Une douche, sans travaux trop longs",
    "need.bathroom": 1, "need.bars": 1, "need.home_help": 1,
    "action.shower": "accepted", "action.grab_bars": "accepted", "action.home_help": "accepted",
    "agree.home_help": PARTNER, "next.how": "call", "next.on": "2026-12-15",
}  # fmt: skip


def clean(content: dict, **more) -> dict:
    return form.clean(content, kinds=[kind.code for kind in KINDS], partners=[PARTNER], **more)


def taps(content: dict) -> int:
    """Taps that give this content: one per choice, save what a default or one tap of a section
    says; the date is one tap on « dans trois semaines », words are dictated after one tap."""
    count = 1  # « terminer »
    filled = content.items() - form.blank().items()
    for section in form.sections(KINDS, [("home_help", PARTNER, "CCAS")]):
        here = {one.code: content[one.code] for one in section.fields if one.code in content}
        answered = [code for code, value in here.items() if (code, value) in filled]
        if section.clear and len(here) == len(section.fields):
            exceptions = [code for code in answered if here[code] != section.clear_to]
            count += min(len(answered), 1 + len(exceptions))
        else:
            count += len(answered)
    return count


def test_a_usual_visit_takes_under_sixty_taps():
    assert clean(USUAL) == dict(sorted(USUAL.items()))
    assert taps(USUAL) < 60
    assert taps(USUAL) == 36


def test_every_code_is_there_once_and_is_found():
    codes = [one.code for one in FIELDS]
    assert len(codes) == len(set(codes))
    assert all(form.field(code).code == code for code in codes)
    with pytest.raises(KeyError):
        form.field("wish.other")


def test_an_item_has_the_values_and_the_mark_of_the_catalogue_of_items():
    for one in FIELDS:
        if one.code.startswith("item."):
            item = ITEMS[one.name]
            assert [value for value, _ in one.choices] == sorted(
                range(item.low, item.high + 1), reverse=one.choices == form.YES_NO
            )
            assert one.sensitive == item.sensitive
            assert one.label.endswith(" *") == one.sensitive


def test_what_is_seen_is_an_item_that_exists():
    assert set(form.SEEN) <= {one.code for one in FIELDS}
    assert {item for item, _ in form.SEEN.values()} <= set(ITEMS)


def test_every_need_suggested_exists_and_has_an_action():
    suggested = {one.need for one in FIELDS if one.need}
    assert suggested <= set(NEEDS)
    assert suggested <= {need for kind in KINDS for need in kind.needs}


def test_each_right_says_with_whom_to_check_it():
    for one in FIELDS:
        if one.code.startswith("right."):
            assert one.help.startswith("À vérifier avec")


def test_needs_are_suggested_by_hazards_and_answers():
    content = {"hazard.bathroom.step": 1, "hazard.toilet.low": 0, "item.falls": 2}
    assert form.suggested_needs(content) == ["bathroom", "alarm"]


def test_one_tap_clears_a_room_and_leaves_what_was_answered():
    cleaned = clean({"clear.bathroom": "on", "hazard.bathroom.step": "2"})
    assert cleaned == {
        "hazard.bathroom.bars": 0, "hazard.bathroom.door": 0, "hazard.bathroom.seat": 0,
        "hazard.bathroom.slippery": 0, "hazard.bathroom.step": 2,
    }  # fmt: skip


def test_one_tap_confirms_all_that_is_known():
    assert clean({"clear.known": "1", "known.floor": "4"}) == {
        "known.door": "ok", "known.email": "ok", "known.floor": 4, "known.household": "ok",
        "known.lift": "ok", "known.mobile": "ok", "known.phone": "ok",
    }  # fmt: skip


def test_what_is_empty_is_not_an_answer():
    assert clean({"item.falls": "", "wish.words": "  ", "need.bars": 0, "next.on": None}) == {}


def test_a_number_is_kept_as_one_reads_it():
    assert clean({"known.mobile": "+33612345678"}) == {
        "known.mobile": "06\u00a012\u00a034\u00a056\u00a078"
    }
    assert clean({"known.phone": "Aucun"}) == {"known.phone": "aucun"}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ({"wish.other": "x"}, "unknown_field"),
        ({"action.none": "accepted"}, "unknown_field"),
        ({"item.falls": 3}, "bad_value"),
        ({"hazard.toilet.low": "gêne"}, "bad_value"),
        ({"known.floor": "quatrième"}, "bad_value"),
        ({"known.household": 0}, "bad_value"),
        ({"known.phone": "demander au fils"}, "bad_value"),
        ({"known.email": "jeanne"}, "bad_value"),
        ({"next.on": "demain"}, "bad_value"),
        ({"next.on": "0026-12-01"}, "bad_value"),
        ({"agree.home_help": "22222222-2222-4222-8222-222222222222"}, "bad_value"),
        ({"wish.words": "a" * 501}, "too_long"),
        ({"wish.words": "2 40 05 29 019 005"}, "nir"),
        ({"wish.words": "elle a Alzheimer"}, "diagnosis"),
        ({"home.words": "elle est folle"}, "judgement"),
        ({"agree.home_help": PARTNER, "action.home_help": "declined"}, "agree_declined"),
    ],
)
def test_a_form_is_refused_whole_with_its_reason(content, code):
    with pytest.raises(form.Refused) as refused:
        clean({"item.online": 1, **content})
    assert refused.value.code == code
    assert str(refused.value)


def test_an_agreement_to_hand_over_is_a_yes_to_the_action():
    assert clean({"agree.home_help": PARTNER})["action.home_help"] == "accepted"


def test_a_visit_that_was_not_made_keeps_why_and_the_next_contact_only():
    kept = {"why.words": "N’ouvre pas", "next.on": "2026-12-01"}
    assert clean(kept, outcome="absent") == kept
    with pytest.raises(form.Refused, match="n’a pas eu lieu"):
        clean({"need.bars": 1}, outcome="absent")


def test_what_is_observed_is_what_was_said_then_what_was_seen():
    content = {
        "item.online": 1, "hazard.entrance.steps": 0, "hazard.inside.night": 2,
        "hazard.bathroom.bars": 0, "hazard.equipment.cold": 1, "need.bars": 1,
    }  # fmt: skip
    assert form.observed(content) == {
        "online": 1, "entrance_steps": 0, "night_light": 0, "grab_bars": 1, "cold_home": 1,
    }  # fmt: skip


def test_the_catalogue_stands_in_the_actions_with_the_partners_of_each():
    sections = form.sections(KINDS, [("home_help", PARTNER, "CCAS de Brest")])
    actions = next(one for one in sections if one.code == "actions")
    codes = [one.code for one in actions.fields]
    assert codes[codes.index("action.home_help") + 1] == "agree.home_help"
    assert "agree.meals" not in codes
    assert form.field("agree.home_help").kind == "choice"
