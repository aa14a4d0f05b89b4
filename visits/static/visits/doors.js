// What stands before the day: a phone to add, a PIN to give or to choose anew.
"use strict";

import * as phone from "./phone.js";
import * as store from "./store.js";
import { $, refused, say, screen, write } from "./ui.js";
import { contactWith } from "./wire.js";

// The address that the log-in comes back to, for a new PIN.
const RENEWING = "#nouveau-code";
let renewing = false;
let adding = false;
// What to do with the phone once it is open: { device, key }.
let open = null;

/** The screen that stands before the day: the first time, after a wiping, or the PIN. */
export async function show() {
  const device = await phone.current();
  for (const back of document.querySelectorAll("[data-door-back]")) back.hidden = !device || !device.wrapped;
  if (!device || adding) {
    $("enrol-home").hidden = !phone.forgetsInAWeek();
    $("enrol-label").value ||= (navigator.userAgent.match(/Android|iPhone|iPad/) || ["Téléphone"])[0];
    return screen("enrol");
  }
  if (renewing || location.hash === RENEWING || !device.wrapped) {
    if (device.blocked) say("Ce téléphone a été bloqué\u00a0: sa journée et ses clés sont effacées. Vos fiches terminées partent quand même. Pour vous en resservir, demandez à votre responsable de le débloquer.", { kind: "warning" });
    screen("renew");
    return passwordFirst();
  }
  await choice(device);
  screen("pin");
  $("pin").focus();
}

/** A new PIN once the site's password was typed a moment ago; without network, that is said later. */
async function passwordFirst() {
  const { status, data } = await contactWith([]);
  const isTyped = status === 200 ? data.typed_lately : status !== 401;
  $("renew-first").hidden = isTyped;
  $("renew").hidden = !isTyped;
}

function leaveRenewing() {
  renewing = adding = false;
  if (location.hash === RENEWING) history.replaceState(null, "", location.pathname);
}

/** Several people may share a phone: which one is asked, by the name each gave it. */
async function choice(device) {
  const all = await store.all("devices");
  $("pin-choice").hidden = all.length < 2;
  $("pin-which").replaceChildren(...all.map((one) => new Option(one.label, one.uid, false, one.uid === device.uid)));
  write($("pin-device"), all.length < 2 ? device.label : "");
}

/** A form with a PIN typed twice: the PIN, or null with the reason shown. */
function chosenPin(form, pin, again) {
  const said = phone.weakness(pin.value) || (pin.value === again.value ? "" : "Les deux codes ne sont pas les mêmes.");
  refused(form, said);
  return said ? null : pin.value;
}

const FAILED = { 0: "Pas de réseau\u00a0: il en faut pour ce geste.", 401: "Connectez-vous d’abord au site, puis revenez ici." };
const why = (answer) => (answer.data && answer.data.reason) || FAILED[answer.status] || "Le site ne répond pas. Réessayez dans un instant.";

async function submitPin(form, pin, again, gesture) {
  const chosen = chosenPin(form, pin, again);
  if (!chosen) return;
  const button = form.querySelector("button");
  button.disabled = true;
  const found = await gesture(chosen);
  button.disabled = false;
  if (found.answer && found.answer.data && found.answer.data.code === "password") return show();
  if (found.answer) {
    refused(form, why(found.answer));
    if (found.answer.status === 401) $("unsent-login").hidden = false;
    return;
  }
  form.reset();
  await enter(found);
}

async function unlock(event) {
  event.preventDefault();
  const button = $("unlock");
  button.disabled = true;
  const device = await phone.current();
  const { key, left } = await phone.unlock(device, $("pin").value);
  button.disabled = false;
  $("pin").value = "";
  if (key) {
    refused(event.target, "");
    return enter({ device, key });
  }
  if (left) {
    const tries = left > 1 ? `Encore ${left} essais` : "Encore un essai";
    refused(event.target, `Ce n’est pas le bon code. ${tries} avant que la journée soit effacée de ce téléphone.`);
    return $("pin").focus();
  }
  say("Trop d’essais\u00a0: la journée est effacée de ce téléphone. Vos fiches terminées partiront quand même. Choisissez un nouveau code, avec du réseau.", { kind: "warning" });
  return show();
}

function enter(found) {
  leaveRenewing();
  return open(found);
}

/** Attach the gestures, once; `entered({ device, key })` is called when a phone is open. */
export function begin(entered) {
  open = entered;
  $("unlock-form").addEventListener("submit", unlock);
  $("pin-which").addEventListener("change", (event) => phone.use(event.target.value));
  $("enrol").addEventListener("submit", (event) => {
    event.preventDefault();
    submitPin(event.target, $("enrol-pin"), $("enrol-again"), (pin) => phone.enrol($("enrol-label").value, pin));
  });
  $("renew").addEventListener("submit", async (event) => {
    event.preventDefault();
    const device = await phone.current();
    submitPin(event.target, $("renew-pin"), $("renew-again"), (pin) => phone.renew(device, pin));
  });
  for (const back of document.querySelectorAll("[data-door-back]")) {
    back.addEventListener("click", () => { leaveRenewing(); show(); });
  }
  $("forgotten").addEventListener("click", () => { renewing = true; show(); });
  $("another").addEventListener("click", () => { adding = true; show(); });
}
