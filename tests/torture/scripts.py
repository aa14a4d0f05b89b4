"""What the phone's gestures run in the page: each ends on a condition that the page shows.

`seen(test)` waits for it, `isAt(name)` tells the screen, `items()` reads the outbox as it is kept.
"""

PATIENCE = 30_000  # milliseconds
# Until the page shows it: told of each change of the page, where looking at each frame would cost
# most of the processor.
SEEN = f"""(test) => new Promise((done, fail) => {{
  const watch = new MutationObserver(look);
  const late = setTimeout(() => {{
    watch.disconnect();
    fail(new Error(`not seen: ${{test}}`));
  }}, {PATIENCE});
  function look() {{
    if (!document.body || !test()) return;
    watch.disconnect();
    clearTimeout(late);
    done(true);
  }}
  watch.observe(document, {{ subtree: true, childList: true, attributes: true }});
  look();
}})"""
IS_AT = """(name) => document.body.dataset.screen === name
  && !document.getElementById(`screen-${name}`).hidden"""
DAY = "() => isAt('day') && document.querySelector('li[data-senior]')"
OUTBOX = """() => isAt('sending')
  && document.getElementById('screen-sending').getAttribute('aria-busy') === 'false'"""
# What stands in the outbox, read beside the page; the base is there since the morning.
ITEMS = """() => new Promise((done, fail) => {
  const opening = indexedDB.open("bienveille");
  opening.onerror = fail;
  opening.onsuccess = () => {
    const reading = opening.result.transaction("outbox").objectStore("outbox").getAll();
    reading.onerror = fail;
    reading.onsuccess = () => { opening.result.close(); done(reading.result); };
  };
})"""
# Nothing waits any more but the pictures of a refused form, held with it; and the page says so.
ALL_LEFT = f"""async () => {{
  const late = Date.now() + {PATIENCE};
  for (;;) {{
    const all = await items();
    const refused = new Set(all.filter((one) => one.state === "refused").map((one) => one.uid));
    const waiting = all.filter((one) => one.state === "waiting");
    const held = waiting.filter((one) => one.kind === "photo" && refused.has(one.form));
    if (held.length === waiting.length) {{
      const count = document.querySelector("[data-unsent]").dataset;
      return seen(() => Number(count.waiting) === held.length);
    }}
    if (Date.now() > late) throw new Error(`not left: ${{waiting.map((one) => one.kind)}}`);
    await new Promise((done) => setTimeout(done, 40));
  }}
}}"""
# Time has passed, and the officer looks at the page again.
LOOK = "() => { dispatchEvent(new Event('focus')); }"
# The PIN, and the list of people.
UNLOCK = f"""async (pin) => {{
  await seen(() => isAt("pin"));
  document.getElementById("pin").value = pin;
  document.getElementById("unlock").click();
  await seen(() => document.getElementById("screen-pin").hidden);
  location.hash = "";
  await seen({DAY});
}}"""
ENROL = f"""async (pin) => {{
  await seen(() => isAt("enrol"));
  for (const id of ["enrol-pin", "enrol-again"]) document.getElementById(id).value = pin;
  document.querySelector("#enrol button[type=submit]").click();
  await seen({DAY});
  await navigator.serviceWorker.ready;
}}"""
# The outbox: [identity, state, receipt, reason] of each.
ROWS = """() => [...document.querySelectorAll("#outbox li")].map((row) => [
  row.dataset.uid, row.dataset.state,
  row.querySelector(".receipt").innerText, row.querySelector(".reason").innerText])"""
TYPED = """() => Object.fromEntries([...document.querySelectorAll("#visit-form [data-field]")]
  .map((field) => {
    const inputs = [...field.querySelectorAll("input, textarea")];
    const picked = inputs.find((one) => one.checked);
    const text = inputs.find((one) => !["radio", "checkbox"].includes(one.type) && one.value);
    return [field.dataset.field, (text || picked || {}).value];
  }).filter(([, value]) => value !== undefined))"""
# A form that was begun, opened from the outbox: its identity and what it shows; then the day.
READ = f"""async (place) => {{
  location.hash = place;
  await seen(() => isAt("form"));
  const form = document.getElementById("visit-form");
  const pictures = [];
  for (const input of form.querySelectorAll("[data-photo]")) {{
    for (const image of input.closest(".photo").querySelectorAll("img")) {{
      await image.decode();
      pictures.push([input.dataset.photo, image.naturalWidth]);
    }}
  }}
  const found = [form.dataset.uid, ({TYPED})(), pictures];
  location.hash = "";
  await seen({DAY});
  return found;
}}"""
# To the step of a field (or the last one), as many touches as it takes.
TO_FIELD = """(code) => {
  const steps = [...document.querySelectorAll("#visit-form .step")];
  const inside = (step) => code ? step.querySelector(`[data-field="${code}"]`)
    : step.dataset.step === "summary";
  const wanted = steps.findIndex(inside);
  const here = steps.findIndex((step) => !step.hidden);
  const button = document.getElementById(wanted > here ? "step-next" : "step-back");
  for (let touches = Math.abs(wanted - here); touches > 0; touches -= 1) button.click();
}"""
LOG_OUT = "[data-log-out] button"
MENU_OPEN = "#site-menu.collapse.show"
LOGGED_OUT_OR_WARNED = """() => document.getElementById("id_username")
  || document.getElementById("unsent-log-out")?.hidden === false"""
# The identity of the form that opened, or nothing when the page says that it cannot.
FORM_OR_WARNING = """async () => {
  await seen(() => isAt("form") || document.querySelector("#said .message-warning"));
  return isAt("form") ? document.getElementById("visit-form").dataset.uid : "";
}"""
# Her page, then her form; nothing when the page says that it cannot.
OPEN = f"""async (senior) => {{
  document.getElementById("said").replaceChildren();
  document.querySelector(`li[data-senior="${{senior}}"] a`).click();
  const begin = document.getElementById("person-begin");
  await seen(() => isAt("person") && begin.getAttribute("href") === `#fiche/${{senior}}`);
  begin.click();
  return ({FORM_OR_WARNING})();
}}"""
# A visit that was not made, in one touch: its identity once it is noted, or what was there before
# when the page is not to be waited for. Nothing when the page does not propose it.
TOUCH = f"""async (senior, outcome, waits) => {{
  document.querySelector(`li[data-senior="${{senior}}"] a`).click();
  const begin = document.getElementById("person-begin");
  await seen(() => isAt("person") && begin.getAttribute("href") === `#fiche/${{senior}}`);
  const before = (await items()).map((one) => one.uid);
  const button = document.querySelector(`[data-outcome="${{outcome}}"]`);
  if (document.getElementById("person-outcomes").hidden) {{
    location.hash = "";
    await seen({DAY});
    return null;
  }}
  button.click();
  if (!waits) return before;
  await seen({DAY});
  return (await items()).map((one) => one.uid).filter((uid) => !before.includes(uid));
}}"""
# The touch taken back, from the word just said or from the outbox; whether it was.
TAKE_BACK = f"""async (uid, atOnce) => {{
  const said = document.getElementById("said");
  const undo = (place) => [...place.querySelectorAll("button")]
    .find((one) => one.textContent === "Annuler");
  let button = atOnce && undo(said);
  if (!button) {{
    location.hash = "#envois";
    await seen({OUTBOX});
    const row = document.querySelector(`#outbox li[data-uid="${{uid}}"]`);
    button = row && undo(row);
    said.replaceChildren();
  }}
  if (button) {{
    button.click();
    await seen(() => /annulé|Trop tard/.test(said.textContent));
  }}
  const isUndone = Boolean(button) && said.textContent.includes("annulé");
  location.hash = "";
  await seen({DAY});
  return isUndone;
}}"""
# A refused form taken up again, at once in the form; nothing when it is not refused.
MEND = f"""async (uid) => {{
  location.hash = "#envois";
  await seen({OUTBOX});
  const row = document.querySelector(`#outbox li[data-uid="${{uid}}"][data-state="refused"]`);
  const mend = row && [...row.querySelectorAll("button")]
    .find((one) => one.textContent === "Corriger");
  if (mend) {{
    mend.click();
    await seen(() => isAt("form"));
    return document.getElementById("visit-form").dataset.uid;
  }}
  location.hash = "";
  await seen({DAY});
  return "";
}}"""
# A refused touch sent again as it is: its new identity, or nothing when it is not refused.
SEND_AGAIN = f"""async (uid) => {{
  const before = (await items()).map((one) => one.uid);
  location.hash = "#envois";
  await seen({OUTBOX});
  const row = document.querySelector(`#outbox li[data-uid="${{uid}}"][data-state="refused"]`);
  const button = row && [...row.querySelectorAll("button")]
    .find((one) => one.textContent === "Envoyer de nouveau");
  if (button) {{
    button.click();
    await seen(() => !document.querySelector(
      `#outbox li[data-uid="${{uid}}"][data-state="refused"]`));
  }}
  location.hash = "";
  await seen({DAY});
  return (await items()).map((one) => one.uid).find((one) => !before.includes(one)) || "";
}}"""
# A picture more in that room, on the disk.
PICTURES = """(room) => document.querySelector(`[data-photo="${room}"]`)
  .closest(".photo").querySelectorAll("img").length"""
PICTURE_KEPT = f"""(room, before) => seen(() => ({PICTURES})(room) > before)"""
# One answer, at the step where it is asked.
ANSWER = f"""([code, value]) => {{
  ({TO_FIELD})(code);
  const form = document.getElementById("visit-form");
  const pick = form.querySelector(`[name="${{code}}"][value="${{value}}"]`);
  if (pick && !pick.checked) pick.click();
  if (!pick) {{
    const input = form.querySelector(`[name="${{code}}"]:not([type=radio])`);
    input.value = value;
    input.dispatchEvent(new Event("input", {{ bubbles: true }}));
  }}
}}"""
# The same, then the page's word that it is on the disk.
TYPE = f"""async (code, value) => {{
  ({ANSWER})([code, value]);
  await seen(() => document.getElementById("visit-form").dataset.saved === "yes");
}}"""
