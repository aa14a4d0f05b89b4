"""The form on the phone: kept as it is typed, guarded, short; visits not made; pictures."""

import pytest
from PIL import Image
from playwright.sync_api import expect

from seniors import guard
from tests.browser.phone import (
    PAGE,
    at_form,
    at_outbox,
    at_step,
    back,
    cut,
    enrolled,
    finished,
    kept,
    sound,
    stored,
    tick,
    unlocked,
)
from tests.visits.acting import make_partner
from tests.visits.sending import days_ago
from visits.agenda import outcomes
from visits.models import ActionKind, Photo, Visit, VisitForm
from visits.visiting import photos

pytestmark = pytest.mark.django_db(transaction=True)


def test_each_field_survives_a_reload_where_it_was_left(log_in, officer):
    page = enrolled(log_in(officer))
    at_form(page)
    tick(page, "present.neighbour")
    tick(page, "hazard.bathroom.bars", "2")
    page.reload()
    unlocked(page)
    expect(page.locator('.step[data-step="bathroom"]')).to_be_visible()
    expect(page.locator('[name="hazard.bathroom.bars"][value="2"]')).to_be_checked()
    expect(page.locator('[name="present.neighbour"]')).to_be_checked()
    expect(page.locator("#form-saved")).to_contain_text("Reprise")


def test_two_pages_do_not_write_the_same_form(log_in, officer):
    page = enrolled(log_in(officer))
    at_form(page)
    tick(page, "present.family")
    other = page.context.new_page()
    other.goto(page.url)
    unlocked(other)
    expect(other.locator("#said")).to_contain_text("déjà ouverte dans un autre onglet")
    page.close()
    other.wait_for_function(FREE)
    other.locator("li[data-senior] a").first.click()
    other.locator("#person-begin").click()
    expect(other.locator('[name="present.family"]')).to_be_checked()


def test_words_that_would_be_refused_are_told_without_network(log_in, officer):
    page = enrolled(log_in(officer))
    cut(page)
    at_form(page)
    while not page.locator('[name="wish.words"]').is_visible():
        page.locator("#step-next").click()
    page.locator('[name="wish.words"]').fill("Elle a un Alzheimer")
    refusal = page.locator('[data-field="wish.words"] .refusal')
    expect(refusal).to_contain_text("«\u00a0Alzheimer\u00a0»")
    page.locator("#step-next").click()
    expect(page.locator('[name="wish.words"]')).to_be_focused()
    page.locator('[name="wish.words"]').fill("Une barre dans la douche")
    expect(refusal).to_be_hidden()
    kept(page)
    finished(page)
    expect(page.locator("[data-unsent]")).to_have_text("1")


def test_what_the_server_would_refuse_is_told_before_the_end(log_in, officer):
    page = enrolled(log_in(officer))
    at_form(page)
    at_step(page, "known")
    wrong = {"known.mobile": "06 12", "known.email": "jeanne@", "known.household": "2 ou 3"}
    for name, text in wrong.items():
        typed = page.locator(f'[name="{name}"]:not([type="radio"])')
        typed.fill(text)
        typed.blur()
        expect(page.locator(f'[data-field="{name}"] .refusal')).to_be_visible()
    page.locator("#step-next").click()
    expect(page.locator('[name="known.mobile"]:not([type="radio"])')).to_be_focused()
    right = {"known.mobile": "06 12 34 56 78", "known.email": "", "known.household": "2"}
    for name, text in right.items():
        page.locator(f'[name="{name}"]:not([type="radio"])').fill(text)
        expect(page.locator(f'[data-field="{name}"] .refusal')).to_be_hidden()
    kept(page)
    at_step(page, "summary")
    page.get_by_label("Jour de la visite").fill(days_ago(2).isoformat())
    expect(page.locator("#form-day-begun")).to_be_visible()
    kept(page)
    sound(page)
    finished(page)
    expect(page.locator("[data-unsent]")).to_be_hidden()
    made = VisitForm.objects.select_related("visit").get()
    assert (made.content["known.household"], made.visit.made_on) == (2, days_ago(2))


def test_an_action_is_handed_over_to_a_partner_of_the_day_unless_declined(log_in, officer):
    kind = ActionKind.objects.get(code="grab_bars")
    kind.by_partner = True
    kind.save()
    partner = make_partner("grab_bars", name="Soliha", territory=officer.territories.get())
    page = enrolled(log_in(officer))
    at_form(page)
    tick(page, "need.bars")
    tick(page, "action.grab_bars", "accepted")
    tick(page, "agree.grab_bars", str(partner.uid))
    tick(page, "action.grab_bars", "declined")
    expect(page.locator('[data-field="agree.grab_bars"]')).to_be_hidden()
    tick(page, "action.grab_bars", "accepted")
    tick(page, "agree.grab_bars", str(partner.uid))
    finished(page)
    expect(page.locator("[data-unsent]")).to_be_hidden()
    assert VisitForm.objects.get().content["agree.grab_bars"] == str(partner.uid)


def test_a_visit_not_made_takes_one_touch_and_is_undone(log_in, officer):
    page = enrolled(log_in(officer))
    page.locator("li[data-senior] a").first.click()
    page.locator('[data-outcome="absent"]').click()
    expect(page.locator("#said")).to_contain_text("absence. À retenter dans 7 jours")
    expect(page.locator("[data-unsent]")).to_have_text("1")
    page.get_by_role("button", name="Annuler").click()
    expect(page.locator("#said")).to_contain_text("annulé")
    expect(page.locator("[data-unsent]")).to_be_hidden()
    assert stored(page, "outbox") == stored(page, "copies") == []
    assert not Visit.objects.exists()


def test_a_phone_without_room_says_what_it_could_not_keep(log_in, officer):
    page = enrolled(log_in(officer))
    page.locator("li[data-senior] a").first.click()
    page.evaluate(
        """() => {
          window.put = IDBObjectStore.prototype.put;
          const full = new DOMException("", "QuotaExceededError");
          IDBObjectStore.prototype.put = () => { throw full; };
        }"""
    )
    page.locator('[data-outcome="absent"]').click()
    expect(page.locator("#said")).to_contain_text(
        "n’est pas notée\u00a0: le téléphone n’a plus de place"
    )
    page.evaluate("() => { IDBObjectStore.prototype.put = window.put; }")
    page.locator('[data-outcome="absent"]').click()
    expect(page.locator("#said")).to_contain_text("absence. À retenter dans 7 jours")
    expect(page.locator("[data-unsent]")).to_have_text("1")


@pytest.mark.parametrize("code", ["deceased", "moved"])
def test_what_ends_all_visits_takes_one_touch_too_apart_from_the_others(log_in, officer, code):
    page = enrolled(log_in(officer))
    page.locator("li[data-senior] a").first.click()
    expect(page.locator("#screen-person")).to_be_visible()
    last = page.locator(f'[data-outcome="{code}"]')
    every_day = page.locator('[data-outcome="unsafe"] + small')
    beneath = every_day.bounding_box()
    gap = last.bounding_box()["y"] - beneath["y"] - beneath["height"]
    assert gap >= 24  # no thumb slips from one to the other
    sound(page)
    label = last.get_attribute("data-label").lower()
    last.click()
    expect(page.locator("#said")).to_contain_text(f"{label}. À confirmer par le fichier")
    page.get_by_role("button", name="Annuler").click()
    expect(page.locator("#said")).to_contain_text("annulé")
    assert not Visit.objects.exists()


def test_a_word_that_cannot_be_kept_is_told_at_its_step(log_in, officer):
    page = enrolled(log_in(officer))
    at_form(page)
    tick(page, "present.family")
    at_step(page, "wishes")
    wish = page.locator('[name="wish.words"]')
    wish.fill("Sa carte : 2 94 05 29 019 123 45")
    page.locator("#step-next").click()
    step = page.locator('.step[data-step="wishes"]')
    expect(step.locator(".refusal:visible")).to_contain_text("sécurité sociale")
    expect(wish).to_be_focused()
    expect(step).to_be_visible()
    page.locator("#step-back").click()
    at_step(page, "wishes")
    wish.fill("Changer la baignoire")
    page.locator("#step-next").click()
    expect(step).to_be_hidden()
    expect(page.locator('[name="present.family"]')).to_be_checked()


def test_a_visit_not_made_leaves_by_itself_a_moment_later(log_in, officer):
    page = enrolled(log_in(officer))
    page.clock.install()
    page.locator("li[data-senior] a").first.click()
    page.get_by_label("En quelques mots").fill("Hospitalisée pour un cancer")
    page.locator('[data-outcome="hospital"]').click()
    expect(page.locator("#outcome-field .refusal")).to_contain_text("cancer")
    page.get_by_label("En quelques mots").fill("Sa voisine l’a dit")
    page.locator('[data-outcome="hospital"]').click()
    expect(page.locator("[data-unsent]")).to_have_text("1")
    page.clock.run_for(10_000)
    expect(page.locator("[data-unsent]")).to_be_hidden()
    assert Visit.objects.get().outcome == "hospital"
    assert VisitForm.objects.get().content == {"why.words": "Sa voisine l’a dit"}
    expect(page.locator("li[data-senior] .state").first).to_have_text("reçue")
    # Undone on the site since, it is to be done again here once the day is fetched anew.
    outcomes.undo(Visit.objects.get(), by=officer)
    page.locator("#refresh").click()
    expect(page.locator("#said")).to_contain_text("à jour")
    page.locator("li[data-senior] a").first.click()
    expect(page.locator('[data-outcome="hospital"]')).to_be_visible()


def test_a_touch_that_has_left_is_not_taken_back_here(log_in, officer):
    page = enrolled(log_in(officer))
    page.clock.install()
    page.route("**/terrain/visites/", lambda route: route.fulfill(status=503, body=""))
    page.locator("li[data-senior] a").first.click()
    page.locator('[data-outcome="absent"]').click()
    expect(page.locator("[data-unsent]")).to_have_text("1")
    with page.expect_response("**/terrain/visites/"):
        page.clock.fast_forward(10_000)
    at_outbox(page)
    expect(page.locator("#outbox li")).to_have_count(1)
    expect(page.get_by_role("button", name="Annuler")).to_have_count(0)


SAID = [
    "Elle est folle", "La cuisine est sale", "Folle de joie", "Sale odeur dans le hall",
    "Madame est très sale", "La cuisine de Madame est sale", "garde-fou à poser",
    "2 94 05 29 019 123 45", "294052901912345", "Tel 02 98 00 11 22", "un fainéant", "voit mal",
    "Cas soc’", "Diabète",
    "Le gardien est agressif", "Son chien est agressif", "simple d’esprit", "perd la tête",
    "syndrome de Diogène", "C’est bizarre", "Il pue", "œil fragile", "Problème d’alcool", "",
]  # fmt: skip


def test_the_guard_of_the_page_says_what_the_servers_says(log_in, officer):
    page = log_in(officer)
    page.goto(PAGE)
    told = page.evaluate(
        "(texts) => import('/static/visits/words.js').then((words) => texts.map(words.refusal))",
        SAID,
    )
    assert told == [guard.explain(guard.found(text)) for text in SAID]


def test_a_photo_is_made_small_loses_where_it_was_taken_and_follows_its_form(
    log_in, officer, tmp_path
):
    picture = tmp_path / "room.jpg"
    place = Image.Exif()
    place[0x010E] = "29200 Brest, porte 12"
    Image.new("RGB", (4000, 3000), "teal").save(picture, exif=place)
    page = enrolled(log_in(officer))
    cut(page)
    at_form(page)
    tick(page, "hazard.bathroom.bars", "2")
    page.locator('[data-photo="bathroom"]').set_input_files(picture)
    expect(page.locator('.step[data-step="bathroom"] .photos')).to_contain_text("1 photo gardée")
    page.locator('[data-photo="bathroom"]').set_input_files(picture)
    expect(page.locator(".picture")).to_have_count(2)
    page.get_by_role("button", name="Retirer cette photo").first.click()
    expect(page.locator(".picture")).to_have_count(1)
    page.reload()
    unlocked(page)
    expect(page.locator('.step[data-step="bathroom"] .photos')).to_contain_text("1 photo gardée")
    sound(page)
    finished(page)
    expect(page.locator("[data-unsent]")).to_have_text("2")
    back(page)
    expect(page.locator("[data-unsent]")).to_be_hidden()
    photo = Photo.objects.get()
    assert photo.form_uid == VisitForm.objects.get().uid
    with Image.open(photos.path_of(photo)) as image:
        assert (image.size, dict(image.getexif())) == ((1280, 960), {})


def test_a_usual_visit_takes_less_than_sixty_touches(log_in, officer):
    """Ten rooms and steps read aloud, most of them fine; counted on the page."""
    page = enrolled(log_in(officer))
    page.evaluate("window.touches = 0; addEventListener('pointerdown', () => { touches += 1; })")
    at_form(page)
    while page.locator("#step-next").is_visible():
        step = page.locator(".step:visible").get_attribute("data-step")
        for name, value in USUAL.get(step, {}).items():
            page.locator(f'[name="{name}"][value="{value}"]').locator("xpath=..").click()
        clear = page.locator(".step:visible [data-clear]")
        if clear.count():
            clear.click()
        else:
            page.locator("#step-next").click()
    page.locator("button#finish").click()
    expect(page.locator("#screen-day")).to_be_visible()
    assert page.evaluate("touches") < 60
    expect(page.locator("[data-unsent]")).to_be_hidden()
    assert len(VisitForm.objects.get().content) > 40


# The browser lets go of a closed page's locks a little after it is closed.
FREE = """() => navigator.locks.query()
  .then(({ held }) => !held.some((one) => one.name.startsWith("bienveille-fiche-")))"""

USUAL = {
    "welcome": {"consent.visit": 1, "consent.health": 1, "consent.evaluation": 1},
    "bathroom": {"hazard.bathroom.step": 2, "hazard.bathroom.bars": 2},
    "inside": {"hazard.inside.rugs": 1},
    "life": {
        "item.goes_out": 1, "item.falls": 1, "item.fear_falling": 1, "item.errands_difficulty": 1,
        "item.help_home": 0, "item.help_family": 1, "item.help_enough": 0, "item.can_count_on": 1,
        "item.lonely": 1, "item.online": 0,
    },
    "rights": {"right.apa": 1},
    "actions": {"action.grab_bars": "accepted", "action.shower": "proposed"},
    "next": {"next.how": "call"},
}  # fmt: skip
