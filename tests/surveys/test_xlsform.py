"""The XLSForm: read by pyxform, and what it collects read back by the import of answers."""

import io
from datetime import date

import pytest
from pyxform.xls2xform import convert

from surveys.models import Response
from surveys.questionnaires import questionnaire, xlsform
from surveys.receiving.answers import Answers
from tests.make import make_senior
from tests.surveys.make import QUESTIONNAIRE, bring_in, make_campaign, territory_of, write_csv
from tests.surveys.test_questionnaire import GOOD

CHOICES = {"reference", "received_on", "channel"}


@pytest.fixture(scope="module")
def asked():
    return questionnaire.named(QUESTIONNAIRE)


@pytest.mark.parametrize("definition", ["shipped", "small"])
def test_pyxform_reads_the_form_without_a_warning(asked, definition):
    form = asked if definition == "shipped" else questionnaire.load(GOOD)
    warnings = []
    found = convert(
        xlsform=io.BytesIO(xlsform.write_xlsform(form)), file_type=".xlsx", warnings=warnings
    )
    assert warnings == []
    for item in form.items.values():
        assert f'/{item.code}"' in found.xform
    for choice in {choice.label for item in form.items.values() for choice in item.choices}:
        if not choice.endswith("coché"):
            assert choice.replace("’", "'") in found.xform, "pyxform writes plain quotes"


def test_what_a_consent_forbids_to_keep_is_not_asked(asked):
    rows = {row["name"]: row for row in xlsform.survey_rows(asked)}
    assert rows["cold_home"]["relevant"] == "${consent_visit} = '1'"
    assert rows["falls"]["relevant"] == "${consent_visit} = '1' and ${consent_health} = '1'"
    assert rows["consent_health"]["relevant"] == rows["no_contact"]["relevant"] == ""
    assert rows["falls"]["label"].endswith(" *")


def test_every_name_of_the_form_is_a_column_of_the_import(asked):
    names = [
        row["name"] for row in xlsform.survey_rows(asked) if not row["type"].startswith("note")
    ]
    # As ODK Central and KoboToolbox write them, with what they add.
    own = ["SubmissionDate", "start", "end", *names, "_id", "_uuid", "_status"]
    kind = Answers()
    found = kind.recognise({}, own)
    assert {code: heading for code, heading in found.items() if heading} == {
        name: name for name in names
    }
    assert set(names) >= CHOICES
    assert set(asked.items) == set(names) - CHOICES


@pytest.mark.django_db
def test_what_the_form_collects_is_imported_and_kept(tmp_path):
    senior, other = make_senior(), make_senior()
    campaign = make_campaign(territory_of(senior), territory_of(other))
    agreed = {"consent_visit": 1, "consent_health": 1, "consent_sharing": 0}
    rows = [
        {
            "received_on": "2026-11-03",
            "reference": senior.reference,
            "channel": "phone",
            **agreed,
            "cold_home": 1,
            "falls": 2,
            "wish_bars": 0,
            "lsns_family_help": 4,
            "filled_by": 3,
            "_submission_time": "2026-11-04T10:00:00",
        },
        {
            "received_on": "2026-11-05",
            "reference": other.reference,
            "channel": "web",
            "consent_visit": 0,
            "_submission_time": "2026-11-05T09:30:00",
        },
    ]
    bring_in(write_csv(tmp_path / "kobo.csv", rows), campaign)
    first = Response.objects.get(senior=senior)
    assert (first.channel, first.received_on) == ("phone", date(2026, 11, 4))
    assert first.observation.values == {
        "cold_home": 1,
        "falls": 2,
        "wish_bars": 0,
        "lsns_family_help": 4,
        "filled_by": 3,
    }
    second = Response.objects.get(senior=other)
    assert (second.channel, second.observation) == ("web", None)
