"""The invented landlord and its demonstration: its figures, what must be found, the truth apart."""

from datetime import date
from io import StringIO

import numpy as np
import pandas as pd
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from seniors.demo import answers, erp, needs
from seniors.demo.landlord import (
    ANSWERS,
    BEFORE,
    BY_HAND,
    LATER,
    OCCUPANTS,
    STOCK,
    TRUTH,
    make_landlord,
    write,
)
from seniors.demo.parameters import TABLE, series, value
from seniors.demo.people import band_of
from seniors.fragility import items
from seniors.models import (
    Consent,
    Dwelling,
    FragilityScore,
    ImportRun,
    Objection,
    Observation,
    ScoreRun,
    Senior,
    Stay,
    User,
)
from surveys.campaigns import silence
from surveys.models import (
    Aside,
    Call,
    Campaign,
    Draft,
    Invitation,
    Keying,
    Response,
    Sending,
    Wave,
)
from surveys.receiving import asides, calls
from visits.demo import PASSWORD
from visits.models import Action, Appointment, Partner, Signal, Visit, VisitList, VisitListEntry

TODAY = date(2026, 11, 24)


@pytest.fixture(scope="module")
def landlord():
    return make_landlord(5_000, seed=7, as_of=TODAY)


@pytest.fixture(scope="module")
def truth(landlord):
    return landlord.truth


def near(figure, target, tolerance):
    assert figure == pytest.approx(target, abs=tolerance)


# What it is made of


def test_every_figure_has_a_source():
    assert all(parameter.source.strip() for parameter in TABLE.values())


def test_the_same_seed_gives_the_same_people_and_another_seed_others():
    one = make_landlord(300, seed=3, as_of=TODAY)
    again = make_landlord(300, seed=3, as_of=TODAY)
    other = make_landlord(300, seed=4, as_of=TODAY)

    pd.testing.assert_frame_equal(one.occupants, again.occupants)
    pd.testing.assert_frame_equal(one.replies, again.replies)
    assert not one.occupants.equals(other.occupants)


def test_a_landlord_too_small_to_hold_its_cases_is_refused():
    with pytest.raises(ValueError, match="100 dwellings"):
        make_landlord(99, seed=1, as_of=TODAY)


# True to its figures


def test_a_third_of_the_homes_hold_a_senior(landlord, truth):
    near(truth["dwelling"].nunique() / 5_000, value("senior_households"), 0.03)


def test_ages_sexes_and_households_follow_the_published_figures(truth):
    elders = truth[truth["age"] >= 65]

    near(elders["alone"].mean(), 0.67, 0.04)
    near((elders["sex"] == "F").mean(), 0.635, 0.04)
    bands = np.bincount(band_of(truth["age"]), minlength=4) / len(truth)
    assert bands == pytest.approx(series("age_bands"), abs=0.05)


def test_floors_and_lifts_follow_the_published_figures(landlord):
    rpls = landlord.stock.drop_duplicates("IDENT_INT")
    floor = pd.to_numeric(rpls["ETAGE"].replace({"RC": "0", "RDC": "0"})).dropna().clip(upper=4)

    shares = floor.value_counts(normalize=True).sort_index()
    assert list(shares) == pytest.approx([0.28, 0.24, 0.20, 0.14, 0.14], abs=0.07)
    blocks = rpls[rpls["TYPECONST"] == "C"].groupby("CODE PROGRAMME")["ASC"].first()
    near((blocks == "O").mean(), 0.35, 0.12)


def test_troubles_follow_the_published_figures(landlord, truth):
    said = landlord.said
    near(truth["limited"].mean(), value("limited"), 0.04)
    near((truth.loc[truth["age"] >= 65, "falls"] > 0).mean(), value("fell"), 0.05)
    near((truth.loc[truth["age"] >= 80, "falls"] > 0).mean(), 0.50, 0.08)
    near((said[list(answers.LSNS)].sum(axis=1) < 12).mean(), value("isolated"), 0.04)
    near((said["lonely"] == 4).mean(), value("lonely_often"), 0.03)
    near((answers.epices(said) >= 30.17).mean(), value("epices"), 0.08)
    near((said["online"] == 1).mean(), value("online"), 0.08)
    dependent = truth.groupby(band_of(truth["age"]))["dependent"].mean()
    assert list(dependent)[:3] == pytest.approx(series("dependent_by_band")[:3], abs=0.05)
    assert 0.3 < truth["need"].mean() < 0.5


def test_troubles_go_together_as_they_do_in_life(truth):
    upstairs = truth["steps"] >= 2

    assert truth["frailty"].corr(truth["age"].astype(float)) > 0.4
    assert (
        truth.loc[truth["alone"], "isolation"].mean()
        > truth.loc[~truth["alone"], "isolation"].mean()
    )
    assert truth.loc[upstairs, "isolation"].mean() > truth.loc[~upstairs, "isolation"].mean()
    long_here = truth["tenure"] > 25
    assert (truth.loc[long_here, "bathing"] == 3).mean() > (
        truth.loc[~long_here, "bathing"] == 3
    ).mean()


# What must be found


def test_isolated_people_answer_less(landlord, truth):
    came = truth.index.isin(landlord.replies["reference"])
    isolated = truth["isolation"] > 0.65

    near(came[~isolated].mean() - came[isolated].mean(), 0.12, 0.06)
    near(came.mean(), 0.38, 0.06)


def test_a_third_of_the_answers_lack_an_item_of_epices(landlord):
    codes = list(answers.EPICES_WEIGHTS)
    near((landlord.replies[codes] == "").any(axis=1).mean(), 0.35, 0.06)


def test_answers_hold_only_values_that_can_be_stored(landlord):
    for code, item in items.ITEMS.items():
        said = landlord.replies[code]
        told = said[said != ""].astype(int)
        assert told.between(item.low, item.high).all(), code


def test_the_bound_cases_stand_on_their_bounds(landlord, truth):
    replies = landlord.replies.set_index("reference")
    of_case = {case: reference for reference, case in truth["planted"].items() if case}

    def number(case, codes):
        return replies.loc[of_case[case], codes].astype(int)

    assert number("lsns_11", list(answers.LSNS)).sum() == 11
    assert number("lsns_12", list(answers.LSNS)).sum() == 12
    for case, score in (("epices_16_56", 16.56), ("epices_30_17", 30.17)):
        said = number(case, list(answers.EPICES_WEIGHTS)).to_frame().T
        assert answers.epices(said).item() == score
    assert truth.loc[of_case["age_85"], "age"] == 85
    assert truth.loc[of_case["age_86"], "age"] == 86
    supported, alone = of_case["prisma_supported"], of_case["prisma_alone"]
    assert list(replies.loc[[supported, alone], "can_count_on"]) == ["1", "0"]


def test_some_refuse_each_consent(landlord):
    for code in answers.CONSENTS:
        assert set(landlord.replies[code]) == {"0", "1"}


def test_the_occupants_file_holds_the_habits_of_real_exports(landlord):
    file = landlord.occupants
    person = file["N° locataire"]

    assert (file["NIR"].str.len() == 15).any()
    assert file["Date naissance"].str.fullmatch(r"\d\d/\d\d/\d\d").any()
    assert {"", "01/01/1900", "12/03/1840", "02/01/2027"} <= set(file["Date naissance"])
    assert file["Tél. fixe"].str.fullmatch(r"[1-9]\d{8}").any()
    assert {"HABITATION", "GARAGE"} <= set(file["Type bail"])
    assert {erp.DEATH, erp.DEPARTURE} <= set(file["Motif sortie"])
    assert file["Nom"].str.startswith("=").any()
    assert (file.astype(str).eq("").all(axis=1)).sum() == 1
    assert file[file["Type bail"] == "HABITATION"].duplicated().any()
    homes = file[file["Type bail"] == "HABITATION"]
    assert homes.drop_duplicates()["N° locataire"].duplicated().any()
    assert person.nunique() > 5_000


def test_the_invented_social_numbers_are_of_no_place_and_no_one(landlord):
    numbers = landlord.occupants["NIR"]
    numbers = numbers[numbers != ""].drop_duplicates()

    assert (numbers.str[5:10] == "99990").all()
    assert all((97 - int(n[:13]) % 97) == int(n[13:]) for n in numbers.head(50))


def test_six_months_bring_moves_couples_deaths_and_departures(landlord):
    happened = set(landlord.events["event"])
    later, before = landlord.later, landlord.occupants
    moved = landlord.events.query("event == 'moved'")["reference"]
    homes = before[before["Type bail"] == "HABITATION"].drop_duplicates("N° locataire")
    homes = homes.set_index("N° locataire")["Code UG"]

    assert happened == {"died", "left", "moved", "joined"}
    now = later.set_index("N° locataire").loc[moved, "Code UG"]
    assert (now != homes.loc[moved]).all()
    assert erp.DEATH in set(later["Motif sortie"])
    dead = landlord.events.query("event == 'died'")["reference"]
    assert 0 < dead.isin(later["N° locataire"]).sum() < len(dead)


def test_phones_ring_nowhere(landlord):
    phones = landlord.people[["phone", "mobile"]].to_numpy().ravel()

    assert {phone[:6] for phone in phones if phone} == {"026191", "063998"}


# The truth stays apart


def test_the_truth_is_in_no_file_that_is_imported(landlord, tmp_path):
    write(landlord, tmp_path)
    secret = {*needs.NEEDS, "frailty", "isolation", "precarity", "planted", "dependent"}

    for name, encoding in (
        (STOCK, "utf-8-sig"),
        (OCCUPANTS, "cp1252"),
        (LATER, "cp1252"),
        (ANSWERS, "utf-8-sig"),
        (BEFORE, "utf-8-sig"),
        (BY_HAND, "utf-8-sig"),
    ):
        headings = (tmp_path / name).read_text(encoding=encoding).splitlines()[0].split(";")
        assert not secret & set(headings)
    assert secret <= set((tmp_path / TRUTH).read_text().splitlines()[0].split(","))


def test_streets_are_of_brittany_and_their_codes_agree(landlord):
    rpls = landlord.stock

    assert set(rpls["DEPCOM"].str[:2]) <= {"22", "29", "35", "56"}
    assert (rpls["DEPCOM"].str[:2] == rpls["CODEPOSTAL"].str[:2]).mean() > 0.99
    assert set(rpls["EPSG"]) == {"2154"}


# The command


@pytest.fixture
def demo(settings, tmp_path, db):
    """The command on a small landlord; gives what it printed."""
    settings.VAR_DIR = tmp_path

    def run(**options):
        out = StringIO()
        call_command("demo", stdout=out, **options)
        return out.getvalue()

    return run


def counted():
    models = (Dwelling, Senior, Stay, Consent, Observation, Response, Invitation, Objection)
    models += (
        Signal,
        Visit,
        ScoreRun,
        FragilityScore,
        VisitList,
        VisitListEntry,
        User,
        ImportRun,
        Appointment,
        Partner,
        Action,
        Wave,
        Sending,
        Keying,
        Aside,
        Call,
        Draft,
    )
    return {model.__name__: model.objects.count() for model in models}


def test_the_demonstration_goes_from_files_to_lists_and_again_changes_nothing(demo):
    told = demo(dwellings=300, seed=5)
    before = counted()
    again = demo()

    assert all(before.values()), before
    assert counted() == before
    assert "300 logements" in told
    assert before["Dwelling"] == 300
    assert again.count("déjà là") == 22
    assert VisitList.objects.filter(published_at=None).exists()
    assert VisitList.objects.exclude(published_at=None).exists()
    for username in ("admin", "responsable", "evaluation", "brest"):
        assert username in told
        assert User.objects.get(username=username).check_password(PASSWORD)
    assert not Senior.objects.filter(reference__startswith="S", dwelling__isnull=False).exists()
    assert PASSWORD in told
    assert Senior.objects.filter(end="died").exists()


def test_the_demonstration_holds_two_surveys_last_year_s_closed_and_this_year_s_at_work(demo):
    demo(dwellings=300, seed=5)
    today = timezone.localdate()
    this_year, last_year = Campaign.objects.all()
    boss = User.objects.get(username="admin")

    assert last_year.closes_on < this_year.opened_on < today < this_year.closes_on
    assert all(one.responses.exists() for one in (this_year, last_year))
    assert silence.fell_silent(boss, this_year).exists()
    planned, sent = this_year.waves.get(started_at=None), this_year.waves.get(expected__gt=0)
    assert sent.planned_on < today < planned.planned_on
    typed = Keying.objects.filter(drawn=True)
    assert typed.filter(again_at=None).exists()
    assert typed.filter(different__gt=0).exists()
    assert set(Response.objects.values_list("channel", flat=True)) == set(Response.Channel.values)
    assert asides.waiting(boss, this_year).exists()
    assert set(Draft.objects.values_list("channel", flat=True)) == {"phone", "web"}
    assert calls.to_check(this_year, boss).exists()
    assert Call.objects.filter(back_at__gt=timezone.now()).exists()
    taken_back = Consent.objects.filter(wording__startswith="retrait-", given=False)
    assert taken_back.exists()


def test_the_demonstration_stores_no_social_number(demo, tmp_path):
    demo(dwellings=300, seed=5)
    file = (tmp_path / "demo" / OCCUPANTS).read_text(encoding="cp1252").splitlines()
    place = file[0].split(";").index("NIR")
    numbers = {number for line in file[1:] if (number := line.split(";")[place])}

    assert numbers
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - names of our tables
            cells = " ".join(str(row) for row in cursor.fetchall())
            assert not any(number in cells for number in numbers), table


def test_another_demonstration_over_the_first_is_refused(demo):
    demo(dwellings=300, seed=5)

    with pytest.raises(CommandError, match="effacez d’abord"):
        demo(dwellings=400)
    with pytest.raises(CommandError, match="effacez d’abord"):
        demo(seed=6)


def test_a_demonstration_too_small_is_refused(demo):
    with pytest.raises(CommandError, match="au moins 100 logements"):
        demo(dwellings=20)


def test_the_demonstration_never_runs_in_production(demo, settings):
    settings.DEV = False

    with pytest.raises(CommandError, match="BIENVEILLE_DEV"):
        demo()
    assert not User.objects.exists()
