// What the form on line gains from a script: keys 1, 2, 3… for who types a paper in, a second touch
// that takes an answer away, dates in one touch, a short list of actions, pictures of a room.
// Without it every answer is sent with the page.
"use strict";

import { small } from "./photo.js";

const form = document.getElementById("visit-form");
const fields = () => [...form.querySelectorAll(".field")].filter((one) => one.offsetParent);
const picks = (field) => [...field.querySelectorAll("input[type='radio'], input[type='checkbox']")];
const changed = (input) => input.dispatchEvent(new Event("change", { bubbles: true }));

/** Put the focus on the next question on the page. */
function moveOn(field) {
  const all = fields();
  const next = all[all.indexOf(field) + 1];
  const input = next && next.querySelector("input, textarea");
  if (input) input.focus();
}

form.addEventListener("keydown", (event) => {
  const field = event.target.closest(".field");
  if (!field || !picks(field).includes(event.target) || event.altKey || event.ctrlKey || event.metaKey) return;
  const pick = /^[1-9]$/.test(event.key) && picks(field)[Number(event.key) - 1];
  if (pick) {
    event.preventDefault();
    pick.checked = true;
    changed(pick);
    moveOn(field);
  } else if (event.key === "Enter") {
    event.preventDefault();
    moveOn(field);
  } else if (event.key === "Backspace" || event.key === "0") {
    event.preventDefault();
    picks(field).forEach((one) => { one.checked = false; });
    changed(event.target);
  }
});

// A second touch on a chosen answer takes it away.
let held = null;
form.addEventListener("pointerdown", (event) => {
  const input = event.target.closest(".choice")?.querySelector("input[type='radio']");
  held = input && input.checked && !input.required ? input : null;
});
form.addEventListener("click", (event) => {
  if (held && event.target === held) {
    held.checked = false;
    changed(held);
    held = null;
  }
});

// A text typed beside « c’est juste », or the other way round: one answer only.
form.addEventListener("change", (event) => {
  const field = event.target.closest(".field");
  if (!field) return;
  const typed = [...field.querySelectorAll("input:not([type='radio'], [type='checkbox'])")];
  if (typed.includes(event.target) && event.target.value.trim()) picks(field).forEach((one) => { one.checked = false; });
  else if (picks(field).includes(event.target)) typed.forEach((one) => { one.value = ""; });
}, true);

// A step that an answer brings back shows what the site knew when it was asked. An answer touched
// here, that it may not have had yet, stands: these say when, in turns.
let turn = 0;
const touched = new Map();
const sent = new Map();
const kept = new Map();
let brought = {};

for (const kind of ["change", "input"]) {
  form.addEventListener(kind, (event) => {
    const code = event.target.closest(".field")?.dataset.field;
    if (code) touched.set(code, turn += 1);
  }, true);
}
form.addEventListener("htmx:beforeRequest", ({ detail: { elt, xhr } }) => {
  const code = elt.dataset.field;
  const asked = turn += 1;
  sent.set(code, asked);
  // Of the request itself: what it was asked from, or was to change, may have left the page by then.
  xhr.addEventListener("readystatechange", () => { brought = { code, asked }; });
  xhr.addEventListener("loadend", () => { if (xhr.status && sent.get(code) === asked) kept.set(code, turn += 1); });
});

function isNewer(code) {
  const at = touched.get(code);
  if (!at || (code === brought.code && at < brought.asked)) return false;
  return !(at < sent.get(code) && sent.get(code) < kept.get(code) && kept.get(code) < brought.asked);
}

document.addEventListener("htmx:oobBeforeSwap", ({ detail }) => {
  for (const field of detail.target.querySelectorAll(".field")) {
    const twin = isNewer(field.dataset.field) && detail.fragment.querySelector(`#${field.id}`);
    if (twin) carry(field, twin);
  }
});

/** What is touched in a field, in the one that takes its place. */
function carry(field, twin) {
  for (const input of field.querySelectorAll("input, textarea")) {
    const there = twin.querySelector(`#${CSS.escape(input.id)}`);
    if (!there) continue;
    there.value = input.value;
    there.checked = input.checked;
  }
  twin.dataset.wanted = "";
  // A request that had not left went with the field.
  twin.toggleAttribute("data-to-send", !(sent.get(field.dataset.field) > touched.get(field.dataset.field)));
}

/** Dates in one touch, and the few actions that the needs call for. */
function begin() {
  form.querySelectorAll(".days[hidden], .photos label[hidden]").forEach((one) => { one.hidden = false; });
  const button = form.querySelector("[data-all-actions]");
  if (!button) return;
  button.hidden = false;
  const all = form.dataset.allActions === "yes";
  button.setAttribute("aria-expanded", String(all));
  button.textContent = all ? "Ne voir que les actions qui répondent aux besoins" : "Voir toutes les actions du catalogue";
  for (const field of form.querySelectorAll("[data-step='actions'] .field")) {
    field.hidden = !all && !("wanted" in field.dataset);
  }
}

form.addEventListener("click", (event) => {
  const days = event.target.closest("[data-days]");
  if (days) {
    const input = form.querySelector("[name='next.on']");
    const from = new Date(`${form.querySelector("[name='made_on']").value}T12:00`);
    from.setDate(from.getDate() + Number(days.dataset.days));
    input.value = from.toISOString().slice(0, 10);
    changed(input);
  }
  if (event.target.closest("[data-all-actions]")) {
    form.dataset.allActions = form.dataset.allActions === "yes" ? "no" : "yes";
    begin();
  }
});

// One tap said that all is well here: on to the next step.
document.addEventListener("htmx:afterSettle", (event) => {
  begin();
  for (const field of form.querySelectorAll("[data-to-send]")) {
    field.removeAttribute("data-to-send");
    changed(field.querySelector("input, textarea"));
  }
  const gesture = event.detail.requestConfig?.elt;
  if (!gesture?.matches?.(".clear")) return;
  const step = document.getElementById(gesture.closest(".step")?.id || `step-${gesture.value}`);
  const title = step?.nextElementSibling?.querySelector("h2");
  if (title) {
    title.focus({ preventScroll: true });
    title.closest(".step").scrollIntoView({ block: "start" });
  }
});

/** The token of today, which a log-in in another tab changed, and the account of this page. */
function headers() {
  const { csrfmiddlewaretoken, account } = form.elements;
  const today = /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie);
  return { "X-CSRFToken": today ? today[1] : csrfmiddlewaretoken.value, "X-Account": account.value, "Content-Type": "image/jpeg" };
}

form.addEventListener("change", async (event) => {
  const input = event.target;
  if (!input.dataset.photo || !input.files.length) return;
  const place = input.closest(".photos");
  try {
    const body = await small(input.files[0]);
    const answer = await fetch(`${input.dataset.photo}?numero=${crypto.randomUUID()}`, { method: "POST", body, headers: headers() });
    if (answer.status === 401 || answer.status === 409) {
      place.querySelector(".refusal").textContent = (await answer.json()).said;
      input.value = "";
      return;
    }
    if (answer.status !== 200 && answer.status !== 422) throw new Error(String(answer.status));
    const made = document.createElement("template");
    made.innerHTML = await answer.text();
    place.replaceWith(made.content);
    begin();
  } catch {
    place.querySelector(".refusal").textContent = "La photo n’est pas arrivée\u00a0: recommencez.";
    input.value = "";
  }
});

begin();
