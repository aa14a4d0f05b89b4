"""The list of seniors and one senior's sheet, as an officer uses them."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from seniors import observe, queries, sheet
from seniors.enums import ConsentKind, Role, Source
from seniors.fragility import store
from seniors.models import AccessLog, Consent, Objection, Senior
from tests.make import make_dwelling, make_residence, make_senior, make_territory, make_user
from visits.models import Signal, Visit

pytestmark = pytest.mark.django_db
LIST = reverse("seniors:senior-list")


@pytest.fixture
def territory():
    return make_territory("Agence de Brest")


@pytest.fixture
def officer(client, territory):
    """An officer of the territory, logged in."""
    user = make_user(Role.OFFICER, territory)
    client.force_login(user)
    return user


@pytest.fixture
def residence(territory):
    return make_residence(territory, name="Résidence de la Penfeld")


def names(client, query: str = "") -> list[str]:
    """Last names on the list, in order."""
    rows = client.get(f"{LIST}?{query}").context["rows"]
    return [row.senior.last_name for row in rows]


def test_the_list_goes_by_score_then_those_without_one(client, officer, residence):
    make_senior(make_dwelling(residence, floor=0), last_name="Jeune", born_on=date(1964, 1, 1))
    make_senior(
        make_dwelling(residence, floor=5, has_lift=False),
        last_name="Agee",
        born_on=date(1930, 1, 1),
    )
    store.score_seniors()
    make_senior(make_dwelling(residence), last_name="Nouvelle")
    assert names(client) == ["Agee", "Jeune", "Nouvelle"]


def test_a_territory_scored_since_is_read_from_its_own_run(client, residence, territory):
    """Two territories, one scored again: each person once, with the latest score of her own."""
    other = make_residence(make_territory())
    client.force_login(make_user(Role.ADMINISTRATOR))
    here = make_senior(make_dwelling(residence), last_name="Ici", born_on=date(1930, 1, 1))
    make_senior(make_dwelling(other), last_name="Ailleurs", born_on=date(1931, 1, 1))
    store.score_seniors()
    later = store.score_seniors(territory=territory)
    rows = {row.senior.last_name: row.score.run_id for row in client.get(LIST).context["rows"]}
    assert sorted(rows) == ["Ailleurs", "Ici"]
    assert rows["Ici"] == later.pk != rows["Ailleurs"]
    assert here.scores.count() == 2


def test_when_many_match_the_walk_gives_the_same_order(client, officer, residence, monkeypatch):
    for year in range(1930, 1960):
        make_senior(make_dwelling(residence), last_name=f"N{year}", born_on=date(year, 1, 1))
    store.score_seniors()
    few = [names(client, f"page={page}") for page in (1, 2)]
    monkeypatch.setattr(queries, "FEW", 5)
    many = [names(client, f"page={page}") for page in (1, 2)]
    assert many == few
    assert [len(page) for page in many] == [25, 5]
    assert client.get(LIST).context["page"].count is None


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=guegen", []),
        ("q=gueguen", ["Guéguen"]),
        ("q=GUÉGUEN+élise", ["Guéguen"]),
        ("q=elise+gue", ["Guéguen"]),
        ("q=REF-7", ["Guéguen"]),
        ("q=emile+zola", ["Guéguen"]),
        ("q=12+rue+emile+zola", ["Guéguen"]),
        ("q=13+rue+emile+zola", []),
        ("q=penfeld", ["Guéguen", "Moal"]),
        ("q=moal", ["Moal"]),
        ("age=90-150", ["Moal"]),
        ("alone=on", ["Guéguen"]),
        ("no_lift=on", ["Moal"]),
        ("answered=yes", ["Moal"]),
        ("answered=no", ["Guéguen"]),
        ("band=none", ["Guéguen", "Moal"]),
        ("age=nimporte&page=-3&territory=zz", ["Guéguen", "Moal"]),
        ("q=%20", ["Guéguen", "Moal"]),
    ],
)
def test_a_search_or_filter_narrows_the_list(client, officer, residence, query, found):
    zola = make_dwelling(
        residence, street_number="12", street="RUE ÉMILE ZOLA", household_size=1, floor=0
    )
    make_senior(zola, last_name="Guéguen", first_name="Élise", reference="REF-7")
    stairs = make_dwelling(residence, floor=3, has_lift=False, household_size=2)
    moal = make_senior(stairs, last_name="Moal", born_on=date(1930, 1, 1))
    day = timezone.localdate() - timedelta(days=30)
    observe.record(moal, uid=uuid4(), source=Source.SURVEY, observed_on=day, values={"bathing": 3})
    assert names(client, f"sort=name&{query}") == found


def test_silent_seniors_come_the_longest_silent_first(client, officer, residence):
    make_senior(make_dwelling(residence), last_name="Vue", last_contact_on=timezone.localdate())
    make_senior(make_dwelling(residence), last_name="Jeune", born_on=date(1960, 1, 1))
    make_senior(make_dwelling(residence), last_name="Agee", born_on=date(1930, 1, 1))
    store.score_seniors()
    assert names(client, "silent=on") == ["Agee", "Jeune"]


def test_who_left_is_listed_for_the_administrator_alone(client, officer, residence):
    make_senior(make_dwelling(residence), last_name="Reste")
    make_senior(last_name="Partie", ended_on=date(2026, 1, 2), end="left")
    assert names(client, "left=on") == ["Reste"]
    client.force_login(make_user(Role.ADMINISTRATOR))
    assert names(client) == ["Reste"]
    assert names(client, "left=on") == ["Partie"]


def test_someone_of_another_territory_is_not_found(client, officer, residence):
    make_senior(make_dwelling(residence), last_name="Kerbrat")
    make_senior(last_name="Kerbrat", first_name="Ailleurs")
    assert names(client, "q=kerbrat") == ["Kerbrat"]


def test_htmx_gets_the_table_that_the_page_holds(client, officer, residence):
    make_senior(make_dwelling(residence))
    whole = client.get(LIST)
    piece = client.get(LIST, headers={"HX-Request": "true"})
    assert piece.content.decode().strip() in whole.content.decode()
    assert "HX-Request" in piece["Vary"]


def test_an_empty_territory_says_what_to_wait_for(client, officer):
    assert "Aucun senior pour l’instant" in client.get(LIST).content.decode()


@pytest.mark.parametrize("people", [1, 30])
def test_the_list_takes_the_same_queries_for_one_or_thirty(
    client, officer, residence, people, django_assert_num_queries
):
    for _ in range(people):
        make_senior(make_dwelling(residence))
    store.score_seniors()
    with django_assert_num_queries(13):
        client.get(LIST)


@pytest.fixture
def told(residence):
    """Someone who answered with her health consent."""
    senior = make_senior(make_dwelling(residence, floor=4, has_lift=False))
    Consent.objects.create(
        senior=senior,
        kind=ConsentKind.HEALTH,
        given=True,
        decided_on=date(2026, 3, 4),
        wording="2026",
        source=Source.SURVEY,
    )
    observe.record(
        senior, uid=uuid4(), source=Source.SURVEY, observed_on=date(2026, 3, 4), values={"falls": 2}
    )
    return senior


def sheet_of(client, senior: Senior) -> str:
    return client.get(reverse("seniors:senior-show", args=[senior.uid])).content.decode()


def test_the_sheet_shows_each_fact_with_its_source_and_date(client, officer, told):
    store.score_seniors()
    text = sheet_of(client, told)
    assert "Est tombée au moins deux fois en douze mois" in text
    assert "Enquête annuelle, 04/03/2026" in text
    assert "deux fois ou plus" in text.lower()


def test_the_sheet_takes_the_latest_answer(client, officer, told):
    observe.record(
        told, uid=uuid4(), source=Source.VISIT, observed_on=date(2026, 9, 1), values={"falls": 0}
    )
    facts = client.get(reverse("seniors:senior-show", args=[told.uid])).context["told"]
    assert [(fact.words, fact.on) for fact in facts] == [("non", date(2026, 9, 1))]


def test_a_rank_is_explained_by_what_it_was_computed_from(client, officer, told):
    store.score_seniors()
    observe.record(
        told, uid=uuid4(), source=Source.VISIT, observed_on=date(2026, 9, 1), values={"falls": 0}
    )
    ranking = client.get(reverse("seniors:senior-show", args=[told.uid])).context["ranking"]
    fall = next(fact for fact in ranking.weighing if "tombée" in fact.words)
    assert (fall.origin, fall.on) == ("enquête annuelle", date(2026, 3, 4))
    assert "1 réponse plus récente, à prendre en compte" in sheet_of(client, told)
    store.score_seniors()
    assert "plus récente" not in sheet_of(client, told)


def test_a_domain_nobody_told_us_about_is_unknown_with_its_bounds(client, officer, residence):
    senior = make_senior(make_dwelling(residence))
    store.score_seniors()
    ranking = client.get(reverse("seniors:senior-show", args=[senior.uid])).context["ranking"]
    isolation = next(bar for bar in ranking.bars if bar.label == "Isolement")
    assert isolation.value is None
    assert 0 <= isolation.least < isolation.most <= 100
    assert "on ne sait pas" in sheet_of(client, senior)


def test_bounds_are_said_only_where_something_is_unknown(client, officer, told):
    store.score_seniors()
    for bar in client.get(reverse("seniors:senior-show", args=[told.uid])).context["ranking"].bars:
        shown = render_to_string("seniors/_bar.html", {"bar": bar})
        assert ("entre" in shown) == (round(bar.least) != round(bar.most))
    shut = render_to_string("seniors/_bar.html", {"bar": sheet.Bar("Ensemble", 71, 71, 71.2)})
    assert "entre" not in shut


def test_what_weighs_most_is_shown_and_the_rest_is_folded(client, officer, told):
    told_of = {"cold_home": 1, "money_trouble": 1, "lonely": 4, "grab_bars": 0, "bathing": 3}
    observe.record(
        told, uid=uuid4(), source=Source.VISIT, observed_on=date(2026, 9, 1), values=told_of
    )
    store.score_seniors()
    facts = client.get(reverse("seniors:senior-show", args=[told.uid])).context["ranking"].weighing
    assert len(facts) > 6
    above, _, folded = sheet_of(client, told).partition("Ce qui pèse aussi")
    assert f"({len(facts) - 6})" in folded[:20]
    assert above.count('<th scope="row">') == 6


def test_a_telephone_is_written_as_it_is_dialled(client, officer, residence):
    senior = make_senior(make_dwelling(residence), phone="0261919986")
    assert sheet_of(client, senior).count("02\xa061\xa091\xa099\xa086") == 2


def test_the_bounds_of_the_domains_agree_with_those_of_the_score(client, officer, told):
    """Weighted by their maximum, the bounds of the four domains add up to those kept."""
    store.score_seniors()
    ranking = client.get(reverse("seniors:senior-show", args=[told.uid])).context["ranking"]
    grid = store.grid_of(ranking.score.run)
    weights = {
        bar.label: sum(one.max_points for one in grid.indicators if one.domain == domain)
        for bar, domain in zip(
            ranking.bars, ("home", "autonomy", "isolation", "rights"), strict=True
        )
    }
    whole = sum(weights.values())
    for bound in ("least", "most"):
        added = sum(getattr(bar, bound) * weights[bar.label] for bar in ranking.bars) / whole
        assert added == pytest.approx(getattr(ranking.score, bound))


def test_reading_a_sheet_is_logged_and_a_refused_reading_is_not(client, officer, told):
    sheet_of(client, told)
    stranger = make_senior()
    client.get(reverse("seniors:senior-show", args=[stranger.uid]))
    logged = AccessLog.objects.values_list("user", "gesture", "senior")
    assert list(logged) == [(officer.pk, "senior-show", told.pk)]


@pytest.mark.parametrize("answers", [1, 30])
def test_the_sheet_takes_the_same_queries_for_one_or_thirty_answers(
    client, officer, told, answers, django_assert_num_queries
):
    for number in range(answers):
        day = date(2026, 1, 1) + timedelta(days=number)
        observe.record(told, uid=uuid4(), source=Source.VISIT, observed_on=day, values={"falls": 1})
        make_senior(told.dwelling)
        Objection.objects.create(senior=told, since=day, reason="Pas ce mois-ci")
    store.score_seniors()
    with django_assert_num_queries(57):
        sheet_of(client, told)


def test_an_objection_is_noted_then_lifted(client, officer, told):
    client.post(reverse("seniors:objection-new", args=[told.uid]), {"reason": "Ne veut pas"})
    objection = Objection.objects.get()
    assert (objection.senior, objection.until, objection.recorded_by) == (told, None, officer)
    assert "Ne pas visiter" in sheet_of(client, told)
    lift = reverse("seniors:objection-lift", args=[told.uid, objection.pk])
    assert client.get(lift).status_code == 200
    assert Objection.objects.get().lifted_on is None
    client.post(lift)
    assert Objection.objects.get().lifted_on == timezone.localdate()


@pytest.mark.parametrize(
    ("posted", "said"),
    [
        ({"reason": ""}, "Ce champ est obligatoire."),
        ({"reason": "non", "until": "2020-01-01"}, "Choisissez une date à venir"),
        ({"reason": "son numéro 2 40 05 29 019 123 45"}, "Retirez le numéro de sécurité sociale"),
    ],
)
def test_an_objection_that_cannot_be_kept_says_why(client, officer, told, posted, said):
    answer = client.post(reverse("seniors:objection-new", args=[told.uid]), posted)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Objection.objects.exists()


def test_the_sheet_shows_the_latest_computations_first(client, officer, told):
    for day in (date(2025, 11, 1), date(2026, 11, 1)):
        store.score_seniors(as_of=day)
    past = client.get(reverse("seniors:senior-show", args=[told.uid])).context["past"]
    assert [score.run.as_of for score, _ in past] == [date(2026, 11, 1), date(2025, 11, 1)]


def test_the_sheet_tells_of_visits_and_signals(client, officer, told):
    Visit.objects.create(senior=told, made_on=date(2026, 5, 2), outcome=Visit.Outcome.ABSENT)
    Signal.objects.create(
        senior=told, urgency=Signal.Urgency.NOW, what="Volets fermés", seen_on=date(2026, 6, 3)
    )
    told_of = client.get(reverse("seniors:senior-show", args=[told.uid])).context["timeline"]
    events = [one for one in told_of.events if one.kind in ("visit", "signal")]
    assert [(event.on, event.what) for event in events] == [
        (date(2026, 6, 3), "Signalement\u00a0: Volets fermés"),
        (date(2026, 5, 2), "Visite à domicile\u00a0: absence"),
    ]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (
            "bienvieillir-60-2026",
            "questionnaire «\u00a0Bien vieillir chez\u00a0vous\u00a0», version 2026",
        ),
        ("visite-2026-1", "fiche de visite, version 2026-1"),
        ("au téléphone", "texte «\u00a0au téléphone\u00a0»"),
    ],
)
def test_a_consent_names_the_text_that_was_shown(client, officer, told, code, words):
    told.consents.update(wording=code)
    text = sheet_of(client, told)
    assert f"le 4\u00a0mars 2026 ({words})" in text
    assert code == "au téléphone" or code not in text
