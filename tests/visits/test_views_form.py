"""The form on line: each answer kept, read again, finished once; and who may open it."""

import re
import uuid
from datetime import timedelta
from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from PIL import Image

from seniors import guard
from seniors.enums import Role
from seniors.french import day_words
from seniors.models import AccessLog, Senior
from tests.make import make_senior, make_territory, make_user
from tests.visits.acting import make_partner, territory_of
from tests.visits.makers import make_agency, make_list
from tests.visits.sending import days_ago, send
from visits.acting.follow_up import add_need
from visits.models import ActionKind, AsideForm, Clash, Photo, Visit, VisitDraft, VisitForm
from visits.visiting import drafts, form
from visits.visiting.fields import Refused

pytestmark = pytest.mark.django_db
HOME_QUERIES = 23
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def officer(client):
    officer = make_agency(1)[1]
    client.force_login(officer)
    return officer


@pytest.fixture
def jeanne(officer):
    return Senior.objects.get()


def address(gesture: str, senior: Senior, query: str = "") -> str:
    return reverse(f"visits:form-{gesture}", args=[senior.uid]) + query


def answer(client, senior, code, value, **more):
    return client.post(address("save", senior, f"?champ={code}"), {code: value}, **HTMX | more)


def posted(client, senior, **values):
    """The whole page as a browser without script sends it."""
    page = client.get(address("fill", senior)).content.decode()
    codes = page.split('name="fields" value="')[1].split('"')[0]
    kept = drafts.draft_of(client.user, senior) if hasattr(client, "user") else None
    return {"fields": codes, "made_on": days_ago(0).isoformat(), "outcome": "done",
            "present.senior": "1"} | (kept.content if kept else {}) | values  # fmt: skip


def test_the_page_opens_and_its_reading_is_logged(client, officer, jeanne):
    page = client.get(address("fill", jeanne))
    assert page.status_code == 200
    assert "Salle de bains" in page.content.decode()
    assert AccessLog.objects.filter(gesture="visit-form", senior=jeanne, user=officer).count() == 1
    assert not VisitDraft.objects.exists()


def test_each_answer_is_kept_as_it_changes(client, officer, jeanne):
    said = answer(client, jeanne, "item.online", "1").content.decode()
    assert "Enregistré à" in said
    answer(client, jeanne, "item.goes_out", "2")
    answer(client, jeanne, "item.online", "")
    draft = VisitDraft.objects.get()
    assert draft.content == {"present.senior": 1, "item.goes_out": 2}
    page = client.get(address("fill", jeanne)).content.decode()
    assert 'id="item-goes_out-2" name="item.goes_out" value="2" checked' in page


def test_a_refused_answer_is_not_kept_and_says_why(client, officer, jeanne):
    answer(client, jeanne, "wish.words", "Une douche")
    refused = answer(client, jeanne, "wish.words", "Elle a Alzheimer")
    assert refused.status_code == 422
    said = refused.content.decode()
    assert "aucune maladie" in said
    assert 'id="refusal-wish-words"' in said
    assert VisitDraft.objects.get().content["wish.words"] == "Une douche"


def test_a_text_typed_beside_a_confirmation_counts_before_it(client, officer, jeanne):
    url = address("save", jeanne, "?champ=known.phone")
    client.post(url, {"known.phone": ["ok", "02 98 11 22 33"]}, **HTMX)
    assert VisitDraft.objects.get().content["known.phone"].endswith("33")


def test_one_tap_clears_a_room_and_brings_it_back(client, officer, jeanne):
    said = answer(client, jeanne, "clear.toilet", "1").content.decode()
    assert 'id="step-toilet"' in said
    assert said.count("checked") == 3
    assert said.count('name="seen.hazard.toilet.') == said.count('name="seen.') == 3
    assert VisitDraft.objects.get().content["hazard.toilet.low"] == 0


def test_a_hazard_proposes_its_need_and_a_need_its_actions(client, officer, jeanne):
    said = answer(client, jeanne, "hazard.bathroom.step", "2").content.decode()
    assert 'id="step-needs"' in said
    assert said.count("proposé</span>") == 1
    said = answer(client, jeanne, "need.bathroom", "1").content.decode()
    assert 'id="step-actions"' in said
    assert 'id="field-action-shower" data-field="action.shower" data-wanted' in said


def test_without_script_the_page_is_kept_whole_and_read_again(client, officer, jeanne):
    values = posted(client, jeanne, **{"item.online": "1", "need.bars": "1"})
    sent = client.post(address("fill", jeanne), values)
    assert sent["Location"] == address("review", jeanne)
    page = client.get(sent["Location"]).content.decode()
    assert "Allez-vous sur internet sans aide" in page
    assert "Aucun accord n’est noté" in page
    later = client.post(address("fill", jeanne), values | {"then": "later"})
    assert later["Location"] == reverse("visits:form-drafts")
    cleared = client.post(address("fill", jeanne), values | {"clear": "toilet"})
    assert cleared["Location"].endswith("#step-bedroom")
    assert VisitDraft.objects.get().content["hazard.toilet.bars"] == 0


def whole(page: str, **changes: str) -> dict[str, str]:
    """All that a page sends without a touch, then what is changed on it."""
    found = dict(re.findall(r'<input type="hidden"[^>]* name="([^"]*)" value="([^"]*)"', page))
    shown = {name.removeprefix("seen."): value for name, value in found.items()
             if name.startswith("seen.") and value}  # fmt: skip
    return found | shown | changes


def test_a_page_opened_before_writes_only_what_was_changed_on_it(client, officer, jeanne):
    old = client.get(address("fill", jeanne)).content.decode()
    elsewhere = {"item.online": "1", "wish.words": "Une douche", "need.bars": "1",
                 "consent.visit": "1", "outcome": "done"}  # fmt: skip
    for code, value in elsewhere.items():
        answer(client, jeanne, code, value)
    before = VisitDraft.objects.get().content
    sent = client.post(address("fill", jeanne), whole(old, **{"item.goes_out": "2"}))
    after = VisitDraft.objects.get().content
    day = {"made_on": days_ago(0).isoformat()}
    assert (sent.status_code, after) == (302, before | day | {"item.goes_out": 2})
    # An answer taken away on the page of today is taken away.
    now = client.get(address("fill", jeanne)).content.decode()
    client.post(address("fill", jeanne), whole(now, **{"item.online": "", "wish.words": ""}))
    gone = before.keys() - VisitDraft.objects.get().content.keys()
    assert gone == {"item.online", "wish.words"}


def test_a_page_without_what_it_showed_takes_nothing_away(client, officer, jeanne):
    answer(client, jeanne, "wish.words", "Une douche")
    values = posted(client, jeanne, **{"present.senior": ""})
    values = {name: value for name, value in values.items() if not name.startswith("seen.")}
    client.post(address("fill", jeanne), values)
    content = VisitDraft.objects.get().content
    assert (content["wish.words"], "present.senior" in content) == ("Une douche", False)


def test_what_changed_here_and_elsewhere_is_refused_and_both_are_said(client, officer, jeanne):
    old = client.get(address("fill", jeanne)).content.decode()
    answer(client, jeanne, "wish.words", "Une douche")
    answer(client, jeanne, "item.online", "1")
    answer(client, jeanne, "outcome", "absent")
    changes = {"wish.words": "Un banc", "item.online": "0", "item.goes_out": "2", "foo": "x"}
    sent = client.post(address("fill", jeanne), whole(old, **changes))
    page = sent.content.decode()
    assert sent.status_code == 422
    assert "Ce qui est gardé\u00a0: «\u00a0Une douche\u00a0»." in page
    assert "Ce que disait cette page, qui ne l’est pas\u00a0: «\u00a0Un banc\u00a0»." in page
    assert "«\u00a0oui\u00a0»" in page
    content = VisitDraft.objects.get().content
    assert (content["wish.words"], content["item.online"], content["item.goes_out"]) == (
        "Une douche", 1, 2,
    )  # fmt: skip
    assert content["outcome"] == "absent"  # left alone on that page
    # That page, shown anew, knows what stands: chosen on it, the other is written.
    client.post(address("fill", jeanne), whole(page, **{"wish.words": "Un banc"}))
    assert VisitDraft.objects.get().content["wish.words"] == "Un banc"


def test_words_typed_on_a_page_opened_before_do_not_go_over_others(client, officer, jeanne):
    url = address("save", jeanne, "?champ=wish.words")
    first = client.post(url, {"wish.words": "Une douche", "seen.wish.words": ""}, **HTMX)
    assert 'name="seen.wish.words" value="Une douche" hx-swap-oob' in first.content.decode()
    again = client.post(url, {"wish.words": "Un banc", "seen.wish.words": ""}, **HTMX)
    assert again.status_code == 422
    assert "Une douche" in again.content.decode()
    assert 'name="seen.wish.words"' not in again.content.decode()
    typed = {"wish.words": "Elle a Alzheimer", "seen.wish.words": ""}
    assert "aucune maladie" in client.post(url, typed, **HTMX).content.decode()
    assert VisitDraft.objects.get().content["wish.words"] == "Une douche"


def test_a_starred_answer_let_go_with_its_agreement_is_sent_again_by_its_page(
    client, officer, jeanne
):
    answer(client, jeanne, "consent.health", "1")
    answer(client, jeanne, "item.falls", "1")
    page = client.get(address("fill", jeanne)).content.decode()
    said = answer(client, jeanne, "consent.health", "0").content.decode()
    assert 'name="seen.item.falls" value="" hx-swap-oob' in said
    answer(client, jeanne, "consent.health", "1")
    values = whole(page) | {"seen.item.falls": ""}
    client.post(address("fill", jeanne), values)
    assert VisitDraft.objects.get().content["item.falls"] == 1


FREE_TEXTS = sorted(one.code for one in form.FIELDS.values() if one.kind == "text")
NEVER_KEPT = {
    "nir": "2400529019005",
    "diagnosis": "elle a Alzheimer",
    "judgement": "elle est folle",
}


@pytest.mark.parametrize("kind", NEVER_KEPT)
@pytest.mark.parametrize("code", FREE_TEXTS)
def test_no_free_text_keeps_what_is_never_stored_and_each_door_says_why(
    client, officer, jeanne, kind, code
):
    """On a screen, typed from a paper, without script, from a phone."""
    said = NEVER_KEPT[kind]
    why = escape(guard.explain(guard.found(said)))
    outcome = "absent" if code == form.WHY.code else "done"
    for paper in ("", "&papier=1"):
        sent = client.post(address("save", jeanne, f"?champ={code}{paper}"), {code: said}, **HTMX)
        assert (sent.status_code, why in sent.content.decode()) == (422, True)
    whole = client.post(address("fill", jeanne), posted(client, jeanne, **{code: said}))
    assert (whole.status_code, why in whole.content.decode()) == (422, True)
    assert code not in VisitDraft.objects.get().content
    with pytest.raises(Refused) as refused:
        send(jeanne, officer, {code: said}, outcome=outcome)
    assert (refused.value.code, refused.value.field) == (kind, code)


def test_without_script_a_refused_answer_is_shown_at_its_place(client, officer, jeanne):
    values = posted(client, jeanne, **{"item.online": "1", "known.email": "jeanne"})
    page = client.post(address("fill", jeanne), values)
    assert page.status_code == 422
    assert "n’est pas une adresse de courriel" in page.content.decode()
    assert VisitDraft.objects.get().content["item.online"] == 1


def test_a_form_finished_gives_its_receipt_and_lets_the_draft_go(client, officer, jeanne):
    partner = make_partner(name="CCAS de Brest", territory=territory_of(jeanne))
    answer(client, jeanne, "need.home_help", "1")
    answer(client, jeanne, "agree.home_help", str(partner.uid))
    day = days_ago(-45)
    answer(client, jeanne, "next.on", f"{day}")
    draft = VisitDraft.objects.get()
    done = client.post(address("review", jeanne), {"uid": draft.uid})
    made = VisitForm.objects.get()
    assert done["Location"] == reverse("visits:form-receipt", args=[made.uid])
    assert not VisitDraft.objects.exists()
    page = client.get(done["Location"]).content.decode()
    assert made.receipt in page
    assert "CCAS de Brest" in page
    words = day_words(day, weekday=False).replace("\u00a0", " ")
    assert words in page.replace("\u00a0", " ")


def test_finishing_twice_makes_one_form(client, officer, jeanne):
    answer(client, jeanne, "item.online", "1")
    uid = VisitDraft.objects.get().uid
    first = client.post(address("review", jeanne), {"uid": uid})
    again = client.post(address("review", jeanne), {"uid": uid})
    assert first["Location"] == again["Location"]
    assert VisitForm.objects.count() == 1


def test_an_old_page_neither_finishes_nor_gives_up_the_form_begun_since(client, officer, jeanne):
    answer(client, jeanne, "item.online", "1")
    first = VisitDraft.objects.get().uid
    done = client.post(address("review", jeanne), {"uid": first})
    answer(client, jeanne, "known.phone", "aucun")
    again = client.post(address("review", jeanne), {"uid": first})
    assert again["Location"] == done["Location"]
    other = client.post(address("review", jeanne), {"uid": uuid.uuid4()}, follow=True)
    assert other.redirect_chain[0][0] == address("fill", jeanne)
    assert "n’est pas terminée" in other.content.decode()
    client.post(address("discard", jeanne), {"uid": first})
    assert (VisitForm.objects.count(), VisitDraft.objects.count()) == (1, 1)


def test_the_day_is_that_on_which_the_form_was_begun_and_said(client, officer, jeanne):
    said = "Ce n’est pas aujourd’hui"
    page = answer(client, jeanne, "item.online", "1").content.decode()
    assert said not in page
    VisitDraft.objects.update(started_at=timezone.now() - timedelta(days=1))
    for gesture in ("fill", "review"):
        page = client.get(address(gesture, jeanne)).content.decode()
        assert said in page
        assert day_words(days_ago(1)) in page
    client.post(address("review", jeanne))
    assert Visit.objects.get().made_on == days_ago(1)


def test_a_form_opened_from_the_card_of_a_day_is_of_that_day(client, officer, jeanne):
    query = f"?jour={days_ago(2)}"
    page = client.get(address("fill", jeanne, query)).content.decode()
    assert f'name="made_on" type="date" value="{days_ago(2)}"' in page
    url = address("save", jeanne, f"{query}&champ=item.online")
    client.post(url, {"item.online": "1"}, **HTMX)
    said = answer(client, jeanne, "made_on", days_ago(1).isoformat()).content.decode()
    assert "Ce n’est pas aujourd’hui" in said
    answer(client, jeanne, "made_on", days_ago(2).isoformat())
    client.post(address("review", jeanne))
    assert Visit.objects.get().made_on == days_ago(2)
    for text in ("2999-01-01", "1999-01-01", "x"):
        page = client.get(address("fill", jeanne, f"?jour={text}")).content.decode()
        assert f'name="made_on" type="date" value="{days_ago(0)}"' in page


def test_a_form_refused_stays_a_draft_with_its_reason(client, officer, jeanne):
    answer(client, jeanne, "item.online", "1")
    answer(client, jeanne, "outcome", "absent")
    refused = client.post(address("review", jeanne))
    assert refused.status_code == 422
    assert "n’a pas eu lieu" in refused.content.decode()
    answer(client, jeanne, "item.online", "")
    assert client.post(address("review", jeanne)).status_code == 302
    assert Visit.objects.get().outcome == "absent"


def test_a_paper_form_is_typed_with_its_day(client, officer, jeanne):
    query = "?papier=1"
    client.post(address("save", jeanne, f"{query}&champ=item.online"), {"item.online": "1"}, **HTMX)
    day = days_ago(3).isoformat()
    client.post(address("save", jeanne, f"{query}&champ=made_on"), {"made_on": day}, **HTMX)
    client.post(address("review", jeanne, query))
    made = VisitForm.objects.select_related("visit").get()
    assert (made.channel, made.visit.made_on) == ("paper", days_ago(3))


def test_a_day_to_come_is_refused(client, officer, jeanne):
    assert answer(client, jeanne, "made_on", "2999-01-01").status_code == 422


def test_the_visit_is_joined_to_its_line_on_the_list(client, officer, jeanne):
    made = make_list(jeanne.dwelling.residence.territory, officer)
    entry = made.entries.get()
    query = f"?entree={entry.pk}"
    client.post(address("save", jeanne, f"{query}&champ=item.online"), {"item.online": "1"}, **HTMX)
    client.post(address("review", jeanne, query))
    assert Visit.objects.get().entry == entry


def test_a_draft_is_listed_resumed_and_given_up_with_its_count(client, officer, jeanne):
    answer(client, jeanne, "item.online", "1")
    page = client.get(reverse("visits:form-drafts")).content.decode()
    assert "1 fiche à terminer" in page
    assert address("fill", jeanne) in page
    asked = client.get(address("discard", jeanne)).content.decode()
    assert "2 réponses seront perdues" in asked.replace("\xa0", " ")
    client.post(address("discard", jeanne))
    assert not VisitDraft.objects.exists()
    assert "Aucune fiche commencée" in client.get(reverse("visits:form-drafts")).content.decode()


@pytest.mark.parametrize("outcome", ["moved", "deceased", "absent"])
def test_who_was_not_met_is_neither_present_nor_asked_to_agree(client, officer, jeanne, outcome):
    answer(client, jeanne, "outcome", outcome)
    page = client.get(address("review", jeanne)).content.decode()
    assert "Aucun accord" not in page
    assert "En arrivant" not in page
    done = client.post(address("review", jeanne))
    assert "Aucun besoin ni action noté" in client.get(done["Location"]).content.decode()
    answer(client, jeanne, "item.online", "1")
    assert "Aucun accord" in client.get(address("review", jeanne)).content.decode()


def test_a_draft_is_its_officer_s_alone(client, officer, jeanne):
    answer(client, jeanne, "item.online", "1")
    client.force_login(make_user(Role.OFFICER, jeanne.dwelling.residence.territory))
    assert (
        'id="item-online-1" name="item.online" value="1" checked'
        not in client.get(address("fill", jeanne)).content.decode()
    )
    answer(client, jeanne, "item.online", "0")
    assert VisitDraft.objects.count() == 2


def test_a_draft_begun_on_a_record_since_merged_is_taken_up_on_the_one_kept(
    client, officer, jeanne
):
    twin = make_senior(jeanne.dwelling)
    answer(client, twin, "item.online", "1")
    twin.merged_into = jeanne
    twin.save()
    assert address("fill", jeanne) in client.get(reverse("visits:form-drafts")).content.decode()
    answer(client, jeanne, "item.goes_out", "0")
    assert VisitDraft.objects.get().content["item.online"] == 1
    client.post(address("review", jeanne))
    assert Visit.objects.get().senior == jeanne


def test_the_officer_a_colleague_and_a_stranger(client, officer, jeanne):
    made = send(jeanne, officer).form
    pages = [address("fill", jeanne), reverse("visits:form-receipt", args=[made.uid])]
    colleague = make_user(Role.MANAGER, jeanne.dwelling.residence.territory)
    stranger = make_user(Role.OFFICER, make_territory())
    for user, status in ((officer, 200), (colleague, 200), (stranger, 404)):
        client.force_login(user)
        assert [client.get(page).status_code for page in pages] == [status, status]
    assert answer(client, jeanne, "item.online", "1").status_code == 404


def test_only_partners_at_work_where_she_lives_are_proposed(client, officer, jeanne):
    here = territory_of(jeanne)
    officer.territories.add(elsewhere := make_territory())
    make_partner(name="Ici", territory=here)
    make_partner(name="Ailleurs", territory=elsewhere)
    make_partner(name="Nulle part")
    make_partner(name="Rangé", territory=here, is_active=False)
    page = client.get(address("fill", jeanne)).content.decode()
    step = page.split('id="step-actions"')[1].split("</section>")[0]
    assert [name in step for name in ("Ici", "Ailleurs", "Nulle part", "Rangé")] == [
        True, False, False, False,
    ]  # fmt: skip


def test_the_rights_to_check_with_her_stand_beside_their_questions(client, officer, jeanne):
    add_need(jeanne, "income", found_on=days_ago(1), by=officer)
    said = "À vérifier avec la caisse de retraite\u00a0: Minimum vieillesse (ASPA)."
    page = client.get(address("fill", jeanne)).content.decode()
    step = page.split('id="step-rights"')[1].split("</section>")[0]
    assert said in step
    assert "À demander\u00a0: " in step
    assert said in answer(client, jeanne, "clear.rights", "1").content.decode()


def test_a_page_that_names_more_fields_than_a_form_has_is_refused_whole(
    client, officer, jeanne, django_assert_max_num_queries
):
    values = posted(client, jeanne, **{"item.online": "1"})
    values["fields"] += "".join(f" agree.x{n}" for n in range(100_000))
    with django_assert_max_num_queries(40):
        sent = client.post(address("fill", jeanne), values)
    assert sent.status_code == 422
    assert "rien n’a été enregistré" in sent.content.decode()
    assert not VisitDraft.objects.exists()


def test_the_receipt_tells_of_an_agreement_that_was_not_kept(client, officer, jeanne):
    partner = make_partner(territory=territory_of(jeanne), is_active=False)
    made = send(jeanne, officer, {"agree.home_help": str(partner.uid)}).form
    page = client.get(reverse("visits:form-receipt", args=[made.uid])).content.decode()
    assert f"à {partner.name} n’est pas gardé" in page


def test_the_receipt_tells_of_what_was_not_corrected(client, officer, jeanne):
    send(jeanne, officer, {"known.floor": 3})
    late = send(jeanne, officer, {"known.floor": 4, "known.door": "12"}, days_ago=5).form
    page = client.get(reverse("visits:form-receipt", args=[late.uid])).content.decode()
    assert "Dossier corrigé\u00a0: Porte." in page
    assert "n’a pas été corrigé pour\u00a0: Étage." in page


def test_the_page_asks_as_many_queries_with_a_full_form(
    client, officer, jeanne, django_assert_max_num_queries
):
    for n in range(3):
        partner = make_partner(name=f"Partenaire {n}", territory=territory_of(jeanne))
        partner.kinds.set(ActionKind.objects.all())
        send(jeanne, officer, {"known.phone": "ok"}, days_ago=n + 1)
    answer(client, jeanne, "clear.known", "1")
    with django_assert_max_num_queries(20):
        client.get(address("fill", jeanne))
    with django_assert_max_num_queries(26):
        answer(client, jeanne, "item.online", "1")


def test_what_is_known_is_shown_with_its_source_and_its_day(client, officer, jeanne):
    jeanne.phone = "0298000000"
    jeanne.save()
    send(jeanne, officer, {"known.phone": "ok", "known.door": "12"}, days_ago=40)
    page = client.get(address("fill", jeanne)).content.decode()
    assert f"confirmé en visite le {days_ago(40):%d/%m/%Y}" in page
    assert f"corrigé en visite le {days_ago(40):%d/%m/%Y}" in page
    assert "02\u00a098\u00a000\u00a000\u00a000" in page


def jpeg() -> bytes:
    out = BytesIO()
    Image.new("RGB", (40, 30), "red").save(out, "JPEG")
    return out.getvalue()


def test_a_picture_is_added_shown_and_its_reading_logged(client, officer, jeanne):
    url = reverse("visits:photo-add", args=[jeanne.uid, "bathroom"])
    uid = uuid.uuid4()
    for _ in range(2):
        sent = client.post(f"{url}?numero={uid}", jpeg(), content_type="image/jpeg")
        assert sent.status_code == 200
    photo = Photo.objects.get()
    assert photo.form_uid == VisitDraft.objects.get().uid
    shown = client.get(reverse("visits:photo-show", args=[photo.uid]))
    assert shown["Content-Type"] == "image/jpeg"
    assert b"".join(shown.streaming_content)[:2] == b"\xff\xd8"
    assert AccessLog.objects.filter(gesture="photo-show", senior=jeanne).count() == 1
    assert client.post(url, b"no picture", content_type="image/jpeg").status_code == 422
    assert client.post(url, b"x" * 3_000_000, content_type="image/jpeg").status_code == 422
    answer(client, jeanne, "item.online", "1")
    done = client.post(address("review", jeanne))
    page = client.get(done["Location"]).content.decode()
    assert "1 photo<" in page
    assert ">Salle de bains</a>" in page
    client.force_login(make_user(Role.OFFICER, make_territory()))
    assert client.get(reverse("visits:photo-show", args=[photo.uid])).status_code == 404


def test_clashes_are_listed_with_their_count_and_settled(client, officer, jeanne):
    colleague = make_user(Role.OFFICER, jeanne.dwelling.residence.territory, first_name="Ana")
    send(jeanne, officer, {"hazard.toilet.low": 0})
    second = send(jeanne, colleague, {"hazard.toilet.low": 2})
    clash = Clash.objects.get()
    page = client.get(reverse("visits:clash-list")).content.decode()
    assert "1 réponse en désaccord." in page
    one = reverse("visits:clash-settle", args=[clash.pk])
    asked = client.get(one).content.decode()
    assert "WC\u00a0: Cuvette trop basse" in asked
    assert "danger" in asked
    assert "Les choix faits" not in asked
    assert client.post(one, {"keep": "9"}).status_code == 422
    assert client.post(one, {"keep": second.form.pk}).status_code == 302
    clash.refresh_from_db()
    assert clash.chosen == second.form
    done = client.get(one).content.decode()
    assert "Vous pouvez changer ce choix" in done
    assert "a gardé «&nbsp;danger&nbsp;»" in done
    page = client.get(reverse("visits:clash-list")).content.decode()
    assert "Tout est en ordre" in page
    assert f'href="{one}">Revoir' in page
    # Another page, opened before that choice, may not undo it unseen.
    stale = client.post(one, {"keep": clash.first_id})
    assert stale.status_code == 422
    assert "entre-temps" in stale.content.decode()
    again = {"keep": clash.first_id, "instead_of": clash.second_id}
    assert client.post(one, again).status_code == 302
    done = client.get(one).content.decode()
    assert done.index("a gardé «&nbsp;danger&nbsp;»") < done.index("a gardé «&nbsp;non&nbsp;»")


def test_clashes_and_forms_aside_are_seen_in_their_territory_only(client, officer, jeanne):
    colleague = make_user(Role.OFFICER, jeanne.dwelling.residence.territory)
    send(jeanne, officer, {"item.online": 1})
    send(jeanne, colleague, {"item.online": 0})
    aside = AsideForm.objects.create(
        uid=uuid.uuid4(), senior=jeanne, digest="x", content={"outcome": "done"}, by=officer
    )
    pages = [
        reverse("visits:clash-settle", args=[Clash.objects.get().pk]),
        reverse("visits:aside-show", args=[aside.pk]),
    ]
    stranger = make_user(Role.OFFICER, make_territory())
    for user, status in ((officer, 200), (colleague, 200), (stranger, 404)):
        client.force_login(user)
        assert [client.get(page).status_code for page in pages] == [status, status]
    assert "Rien n’attend" in client.get(reverse("visits:clash-list")).content.decode()


def test_a_form_aside_is_read_beside_the_one_kept_then_put_away(client, officer, jeanne):
    made = send(jeanne, officer, {"item.online": 1})
    aside = AsideForm.objects.create(
        uid=made.form.uid, senior=jeanne, digest="x", by=officer,
        content={"outcome": "done", "made_on": days_ago(0).isoformat(), "item.online": 0},
    )  # fmt: skip
    page = reverse("visits:aside-show", args=[aside.pk])
    assert "<strong>non</strong>" in client.get(page).content.decode()
    client.post(page)
    aside.refresh_from_db()
    assert aside.read_by == officer


@pytest.mark.parametrize("count", [1, 15])
def test_the_list_of_clashes_asks_as_many_queries(
    client, officer, jeanne, django_assert_max_num_queries, count
):
    colleague = make_user(Role.OFFICER, jeanne.dwelling.residence.territory)
    for n in range(count):
        first = {"hazard.toilet.low": 0, "action.grab_bars": "proposed"}
        send(jeanne, officer, first, days_ago=n)
        send(
            jeanne, colleague, {"hazard.toilet.low": 1, "action.grab_bars": "accepted"}, days_ago=n
        )
    client.get(reverse("visits:clash-list"))
    with django_assert_max_num_queries(10):
        client.get(reverse("visits:clash-list"))


def test_the_first_page_counts_what_is_begun_and_what_waits_for_a_choice(client, officer, jeanne):
    assert "Fiches à terminer" not in client.get("/").content.decode()
    answer(client, jeanne, "item.online", "1")
    colleague = make_user(Role.OFFICER, territory_of(jeanne))
    send(jeanne, colleague, {"item.online": 1})
    send(jeanne, officer, {"item.online": 0})
    page = client.get("/").content.decode()
    assert "1 fiche commencée</a>" in page
    assert "1 à trancher</a>" in page
    client.force_login(colleague)  # the draft is its officer's alone
    page = client.get("/").content.decode()
    assert ("fiche commencée" in page, "1 à trancher</a>" in page) == (False, True)
    client.force_login(make_user(Role.OFFICER, make_territory()))
    assert "Fiches à terminer" not in client.get("/").content.decode()


def test_the_first_page_reads_as_much_for_one_form_as_for_many(client, django_assert_num_queries):
    for people in (1, 6):
        _, officer, seniors = make_agency(people)
        client.force_login(officer)
        for senior in seniors:
            answer(client, senior, "item.online", "1")
            send(senior, officer, {"item.lonely": 1, "item.online": 1})
            send(senior, officer, {"item.online": 0})
        client.get("/")
        with django_assert_num_queries(HOME_QUERIES):
            client.get("/")
