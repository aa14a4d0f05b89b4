// What can be done of an item of « Envois »: take a touch back before it leaves; mend a refused form,
// send it again or give it up; a refused picture too. With the PIN only.
"use strict";

import { forget, reopen, resend } from "./drafts.js";
import * as outbox from "./outbox.js";
import { $, make } from "./ui.js";

// Refused for its day alone: it is asked here.
const DATED = new Set(["future", "too_old"]);

/** The gestures of an item, in their place; `taken` is told what was done. */
export function gestures(place, one, phone, about, taken) {
  const isMine = phone && one.device === phone.device.uid;
  if (isMine && one.state === "refused" && one.kind === "photo") photo(place, one, taken);
  else if (about && one.state === "refused") form(place, one, phone, about, taken);
  else if (about && one.kind === "form" && one.state === "waiting" && !one.begun && about.outcome !== "done") {
    place.append(button("Annuler", async () => taken({ undone: await outbox.takeBack(one.uid), about })));
  }
  place.hidden = !place.childElementCount;
}

function button(label, gesture, look = "secondary") {
  const made = make("button", label, { class: `btn btn-${look}`, type: "button" });
  made.addEventListener("click", gesture);
  return made;
}

/** A gesture that cannot be undone: the first touch says what is lost, the second does it. */
function sure(label, warning, gesture) {
  const made = button(label, async () => {
    if (made.dataset.sure) return gesture();
    made.dataset.sure = "yes";
    made.textContent = `Toucher encore une fois\u00a0: ${warning}`;
  }, "quiet");
  return made;
}

function photo(place, one, taken) {
  const again = async () => { await outbox.retry(one.uid); taken({ again: true }); };
  const drop = async () => { await outbox.giveUp(one.uid); taken({ dropped: "La photo est abandonnée." }); };
  place.append(
    button("Envoyer de nouveau", again),
    sure("Abandonner cette photo", "elle sera effacée, et n’est gardée nulle part ailleurs", drop),
  );
}

function form(place, one, phone, about, taken) {
  const { device, key } = phone;
  const again = async (changes) => {
    await resend(device, key, one.uid, document.body.dataset.version, changes);
    taken({ again: true });
  };
  const drop = async () => {
    await forget(device, key, one.uid);
    taken({ dropped: `L’envoi pour ${about.name} est abandonné.` });
  };
  const isMade = about.outcome === "done";
  if (DATED.has(one.code)) place.append(...day(one, about, again));
  else if (isMade) place.append(button("Corriger", async () => taken({ draft: await reopen(device, key, one.uid) })));
  else place.append(button("Envoyer de nouveau", () => again()));
  // In the form that is being mended too, once it is read again.
  if (!isMade || DATED.has(one.code)) place.append(sure("Abandonner", isMade ? LOST : NOT_MADE, drop));
}

const LOST = "la fiche et ses photos seront effacées, et la visite ne sera pas notée";
const NOT_MADE = "ce que vous aviez noté sera effacé, et la visite restera à faire";

/** The day of the visit, to be mended. */
function day(one, about, again) {
  const id = `day-${one.uid}`;
  const input = make("input", "", { id, type: "date", required: "" });
  input.value = about.made_on;
  const field = make("div");
  field.append(make("label", "Jour de la visite", { for: id }), input);
  const send = button("Envoyer avec ce jour", () => {
    if (input.reportValidity()) again({ made_on: input.value });
  });
  return [field, send];
}
