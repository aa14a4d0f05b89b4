"""The timeline of a senior's sheet: everything that happened, filtered, paged, in few queries."""

import uuid
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from seniors import observe
from seniors.enums import ConsentKind, Role, Source
from seniors.french import full_day
from seniors.merge import keep_apart, merge, undo
from seniors.models import (
    AccessLog,
    Consent,
    ImportRun,
    Objection,
    Observation,
    RecordChange,
    Stay,
)
from seniors.timeline import PAGE, all_events, timeline_of
from surveys.models import Call, Invitation
from tests.make import make_dwelling, make_senior, make_territory, make_user
from tests.surveys.make import make_campaign
from visits import contests
from visits.acting import follow_up
from visits.agenda import mutes
from visits.field_watch import watch
from visits.models import (
    ActionCharge,
    ActionKind,
    Agreement,
    Appointment,
    Attendance,
    Clash,
    HomeOffer,
    Invoice,
    Need,
    Partner,
    Referral,
    ReferralRead,
    Visit,
    VisitForm,
    Works,
)

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
TODAY = date(2026, 11, 24)


@pytest.fixture
def senior():
    return make_senior()


@pytest.fixture
def officer(client, senior):
    """An officer of her territory, logged in."""
    user = make_user(Role.OFFICER, senior.dwelling.residence.territory, first_name="Ana")
    client.force_login(user)
    return user


def said(senior, kind: str = "") -> list[str]:
    """What the history says, of one kind or of all."""
    return [one.what for one in all_events([senior.pk]) if kind in ("", one.kind)]


def live(senior, officer, times: int = 1) -> None:
    """One of everything that may happen to her, or several."""
    today = timezone.localdate()
    kind = ActionKind.objects.get(code="activities")
    for n in range(times):
        day = today - timedelta(days=n)
        visit = Visit.objects.create(senior=senior, made_on=day, outcome="done", made_by=officer)
        VisitForm.objects.create(
            uid=uuid.uuid4(), visit=visit, digest="x", wording="v", channel="paper", content={},
            by=officer,
        )  # fmt: skip
        signal = watch.report(
            officer, form_uid=uuid.uuid4(), kind="mail", urgency="soon", senior=senior
        )
        watch.close(signal, outcome="fine", by=officer)
        Appointment.objects.create(
            senior=senior, officer=officer, day=day, slot="morning", created_by=officer
        )
        need = follow_up.add_need(senior, "company", found_on=today, by=officer)
        action = follow_up.decide(need, kind, state="accepted", on=today, by=officer)
        partner = Partner.objects.create(name=f"Le Relais {n}")
        partner.kinds.add(kind)
        agreement = Agreement.objects.create(
            action=action, partner=partner, given_on=today, wording="v", recorded_by=officer
        )
        Referral.objects.create(
            agreement=agreement, digest=str(uuid.uuid4()), created_by=officer,
            expires_at=timezone.now(),
        )  # fmt: skip
        Attendance.objects.create(
            partner=partner, senior=senior, on=today, came=True, recorded_by=officer
        )
        mutes.lift(mutes.mute(senior, why="officer", by=officer), by=officer)
        contests.contest(senior, says="sooner", reason="Sa sœur est partie", by=officer)
        Consent.objects.create(
            senior=senior, kind=ConsentKind.VISIT, given=True, decided_on=day, wording="v",
            source=Source.VISIT,
        )  # fmt: skip
        Objection.objects.create(
            senior=senior, since=day, reason="non merci", lifted_on=day, recorded_by=officer
        )
        Stay.objects.create(senior=senior, dwelling=make_dwelling(), until=day, end="moved")
        observe.record(
            senior, uid=uuid.uuid4(), source=Source.OFFICER, observed_on=day,
            values={"online": 1}, by=officer,
        )  # fmt: skip
        RecordChange.objects.create(senior=senior, on=day, fields="phone", by=officer)
        _more(senior, officer, action, visit, n)


def _more(senior, officer, action, visit, n: int) -> None:
    """The rest of what may happen, each signed."""
    today, now = timezone.localdate(), timezone.now()
    run = ImportRun.objects.create(
        kind="occupants", file_name="a.csv", extract_on=today, created_by=officer
    )
    RecordChange.objects.create(senior=senior, on=today, fields="has_arrears,mobile", run=run)
    ActionCharge.objects.create(action=action, officer=officer, by=officer)
    if not n:
        Need.objects.filter(pk=action.need_id).update(closed_on=today, closed_by=officer)
        last = action.steps.last().pk
        action.steps.filter(pk=last).update(taken_back_at=now, taken_back_by=officer)
    referral = Referral.objects.order_by("pk").last()
    for gesture in ("read", "read", "pdf", "answer"):
        ReferralRead.objects.create(referral=referral, gesture=gesture)
    HomeOffer.objects.create(
        action=action, dwelling=make_dwelling(), offered_on=today, offered_by=officer,
        declined_on=today,
    )  # fmt: skip
    works = Works.objects.get_or_create(action=action)[0]
    Invoice.objects.create(
        works=works, supplier="Artisan", number=f"F{n}", billed_on=today, net="500", gross="550",
        subsidy="200", subsidy_from="landlord", recorded_by=officer,
    )  # fmt: skip
    form = visit.forms.get()
    Clash.objects.create(
        visit=visit, field="item.online", first=form, second=form, settled_at=now,
        settled_by=officer, chosen=form,
    )  # fmt: skip
    campaign = make_campaign(name=f"Enquête {n}")
    invitation = Invitation.objects.create(campaign=campaign, senior=senior, sent_on=today)
    Call.objects.create(
        invitation=invitation, by=officer, at=now, outcome="died", check_said="mistaken",
        checked_at=now, checked_by=officer,
    )  # fmt: skip


def test_everything_that_happened_is_told_with_who_and_whence(senior, officer):
    live(senior, officer)
    offered = HomeOffer.objects.get().dwelling
    home = f"{offered.address_line}, {offered.city_line}"
    assert sorted(said(senior)) == sorted(
        [
            "Visite à domicile\u00a0: faite",
            "Signalement\u00a0: courrier qui s’accumule",
            "Signalement clos\u00a0: tout va bien",
            "Rendez-vous",
            "Besoin repéré\u00a0: voir du monde",
            "Activités collectives\u00a0: proposée",
            "Activités collectives\u00a0: acceptée par la personne",
            "Accord pour transmettre\u00a0: Activités collectives à Le Relais 0",
            "Transmis à Le Relais 0\u00a0: Activités collectives",
            "Le Relais 0\u00a0: présence",
            "Visites en pause\u00a0: choix du chargé de clientèle",
            "Pause levée",
            "Avis sur l’ordre de visite\u00a0: à voir plus tôt",
            "Accord donné\u00a0: réponses utilisées pour préparer une visite",
            "Ne pas visiter\u00a0: non merci",
            "Opposition levée",
            "A déménagé dans le parc",
            "Réponse notée\u00a0: Allez-vous sur internet sans aide\u00a0?",
            "Téléphone corrigé",
            "Fiche mise à jour\u00a0: impayé, portable",
            "Activités collectives\u00a0: suivi confié à Ana",
            "Besoin clos\u00a0: voir du monde",
            "Étape annulée, elle ne compte plus\u00a0: Activités collectives\u00a0: acceptée par "
            "la personne",
            "Demande lue par Le Relais 0\u00a0: Activités collectives",
            "Feuille de la demande prise par Le Relais 0\u00a0: Activités collectives",
            f"Logement proposé\u00a0: {home}",
            f"Logement décliné\u00a0: {home}",
            "Facture de travaux\u00a0: Activités collectives, 550,00\u00a0€",
            "Subvention des travaux\u00a0: Activités collectives, 200,00\u00a0€",
            "Deux fiches en désaccord\u00a0: choix fait",
            "Questionnaire envoyé",
            "Appel de l’enquête\u00a0: décès",
            "Appel de l’enquête vérifié\u00a0: c’est une erreur",
        ]
    )
    details = {one.what.partition("\u00a0:")[0]: one.detail for one in all_events([senior.pk])}
    today = full_day(timezone.localdate())
    assert details["Besoin clos"] == "par Ana"
    assert details["Le Relais 0"] == "noté par Ana"
    assert details["Fiche mise à jour"] == f"fichier des occupants du {today}, importé par Ana"
    assert details["Demande lue par Le Relais 0"] == "par son lien, 2 fois ce jour-là"
    assert details["Facture de travaux"] == "Artisan, facture F0, noté par Ana"
    assert details["Appel de l’enquête"] == "Enquête 0, par Ana"
    form = VisitForm.objects.get()
    visit = next(one for one in all_events([senior.pk]) if one.kind == "visit")
    assert visit.detail == f"par Ana, fiche {form.receipt} (papier, saisi ensuite)"


def test_merges_are_told_and_refused_ones_are_not(senior, officer):
    twin, other = make_senior(senior.dwelling), make_senior(senior.dwelling)
    made = merge(senior, twin, {"home": "kept"}, by=officer)
    keep_apart(senior, other, by=officer)
    assert said(senior) == ["Fiches réunies"]
    undo(made, by=officer)
    assert sorted(said(senior)) == ["Fiches réunies", "Fiches séparées de nouveau"]


def test_events_of_an_absorbed_record_are_those_of_the_person(client, senior, officer):
    absorbed = make_senior(merged_into=senior)
    Visit.objects.create(senior=absorbed, made_on=TODAY, outcome="absent")
    shown = client.get(reverse("seniors:senior-show", args=[senior.uid])).context["timeline"]
    assert [one.what for one in shown.events] == ["Visite à domicile\u00a0: absence"]


def test_question_on_health_is_not_named_in_the_history(senior, officer):
    Consent.objects.create(
        senior=senior, kind=ConsentKind.HEALTH, given=True, decided_on=TODAY, wording="v",
        source=Source.VISIT,
    )  # fmt: skip
    observe.record(
        senior, uid=uuid.uuid4(), source=Source.OFFICER, observed_on=TODAY, values={"falls": 2}
    )
    assert "Réponse notée\u00a0: santé et autonomie" in said(senior)


def test_history_is_filtered_by_kind_year_and_words(senior, officer):
    live(senior, officer)
    Visit.objects.create(senior=senior, made_on=date(2024, 1, 5), outcome="refused")
    records = [senior.pk]
    assert {one.kind for one in timeline_of(records, kind="pause").events} == {"pause"}
    assert [one.on for one in timeline_of(records, year=2024).events] == [date(2024, 1, 5)]
    assert timeline_of(records, words="sœur PARTIE").count == 1
    assert timeline_of(records, words="rien de tel").events == []
    assert timeline_of(records).years[-1] == 2024


@pytest.mark.parametrize(
    "query", ["quoi=x", "annee=x", "annee=99999", "page=0", "page=-1", "mots=%00", "page=9999"]
)
def test_filter_that_makes_no_sense_counts_as_none(client, senior, officer, query):
    live(senior, officer)
    url = reverse("seniors:senior-show", args=[senior.uid])
    assert client.get(f"{url}?{query}").context["timeline"].count == len(said(senior))


def test_htmx_gets_the_history_that_the_page_holds_and_is_logged(client, senior, officer):
    live(senior, officer)
    url = reverse("seniors:senior-show", args=[senior.uid]) + "?quoi=visit"
    piece = client.get(url, headers=HTMX).content.decode().strip()
    assert piece.startswith('<section id="senior-history"')
    assert piece in client.get(url).content.decode()
    assert AccessLog.objects.filter(gesture="senior-show", senior=senior).count() == 2


def test_long_history_is_read_page_by_page(client, senior, officer):
    for n in range(PAGE + 3):
        Visit.objects.create(
            senior=senior, made_on=TODAY - timedelta(days=n), outcome="absent", made_by=officer
        )
    url = reverse("seniors:senior-show", args=[senior.uid])
    first = client.get(url)
    assert "Plus anciens" in first.content.decode()
    second = client.get(f"{url}?{first.context['after']}").context["timeline"]
    assert (len(first.context["timeline"].events), len(second.events)) == (PAGE, 3)
    whole = client.get(f"{url}?{first.context['all_of_it']}").context["timeline"]
    assert (len(whole.events), whole.has_next) == (PAGE + 3, False)


@pytest.mark.parametrize("times", [1, 30])
def test_history_takes_the_same_queries_for_one_or_thirty_of_everything(
    senior, officer, times, django_assert_num_queries
):
    """Thirty times thirty kinds of events: some nine hundred."""
    live(senior, officer, times)
    with django_assert_num_queries(28):
        events = all_events([senior.pk])
    assert len(events) > 24 * times


# Gestures of her own record


def test_telephone_is_corrected_from_the_sheet_and_signed(client, senior, officer):
    url = reverse("seniors:senior-correct", args=[senior.uid])
    client.post(url, {"phone": "02 98 00 11 22", "mobile": "", "email": ""})
    senior.refresh_from_db()
    assert senior.phone == "02 98 00 11 22"
    assert said(senior) == ["Téléphone corrigé"]


@pytest.mark.parametrize(
    "fields", [{"phone": "appeler le soir"}, {"mobile": "2 40 05 29 019 123 45"}, {"email": "x"}]
)
def test_what_is_no_number_or_address_is_refused(client, senior, officer, fields):
    posted = {"phone": "", "mobile": "", "email": ""} | fields
    answer = client.post(reverse("seniors:senior-correct", args=[senior.uid]), posted)
    assert answer.status_code == 422
    senior.refresh_from_db()
    assert (senior.phone, senior.mobile, senior.email) == ("", "", "")


def test_reply_is_noted_as_an_observation_of_the_officer_once(client, senior, officer):
    url = reverse("seniors:fact-correct", args=[senior.uid, "online"])
    assert "Allez-vous sur internet" in client.get(url).content.decode()
    posted = {"form_uid": uuid.uuid4(), "reply": "0"}
    for _ in range(2):
        assert client.post(url, posted).status_code == 302
    one = Observation.objects.get()
    assert (one.source, one.values, one.recorded_by) == (Source.OFFICER, {"online": 0}, officer)
    client.post(url, posted | {"reply": "1"})  # corrected after « back »
    told = client.get(reverse("seniors:senior-show", args=[senior.uid])).context["told"]
    assert [(fact.words, fact.origin) for fact in told] == [("oui", "chargé de clientèle")]


def test_reply_on_health_waits_for_the_consent(client, senior, officer):
    url = reverse("seniors:fact-correct", args=[senior.uid, "falls"])
    posted = {"form_uid": uuid.uuid4(), "reply": "1"}
    assert "son accord n’est pas noté" in client.get(url).content.decode()
    assert client.post(url, posted).status_code == 200
    assert not Observation.objects.exists()
    Consent.objects.create(
        senior=senior, kind=ConsentKind.HEALTH, given=True, decided_on=TODAY, wording="v",
        source=Source.VISIT,
    )  # fmt: skip
    assert client.post(url, posted).status_code == 302
    assert Observation.objects.get().values == {"falls": 1}


@pytest.mark.parametrize(("code", "reply"), [("online", "7"), ("online", "x"), ("online", "")])
def test_reply_that_was_not_offered_is_refused(client, senior, officer, code, reply):
    url = reverse("seniors:fact-correct", args=[senior.uid, code])
    assert client.post(url, {"form_uid": uuid.uuid4(), "reply": reply}).status_code == 422
    assert not Observation.objects.exists()


def test_question_that_does_not_exist_is_not_found(client, senior, officer):
    for code in ("age", "nothing", "prisma6"):
        url = reverse("seniors:fact-correct", args=[senior.uid, code])
        assert client.get(url).status_code == 404


def test_nobody_corrects_someone_of_another_territory(client, senior):
    client.force_login(make_user(Role.MANAGER, make_territory()))
    for name, args in (("senior-correct", []), ("fact-correct", ["online"])):
        url = reverse(f"seniors:{name}", args=[senior.uid, *args])
        assert client.post(url, {"phone": "0298"}).status_code == 404
