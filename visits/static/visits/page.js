// The kept page: which screen is shown, and the phone that is open.
"use strict";

import * as dayScreen from "./day.js";
import * as doors from "./doors.js";
import { attempt, drafts, today } from "./drafts.js";
import { send } from "./everywhere.js";
import * as outbox from "./outbox.js";
import * as person from "./person.js";
import * as phone from "./phone.js";
import * as seal from "./seal.js";
import * as sending from "./sending.js";
import * as store from "./store.js";
import { $, isOutOfRoom, refused, say, screen, write } from "./ui.js";
import * as visit from "./visit.js";
import { refusal } from "./words.js";

const DAY_OLDEST = 15 * 60_000;
const LOCK_AFTER = 30 * 60_000;
const OUTCOMES = Object.fromEntries([...document.querySelectorAll("[data-outcome]")]
  .map((one) => [one.dataset.outcome, one.dataset.label]));
// The open phone: { device, key, day }; null while the PIN has not been given.
let opened = null;
// Whether the day is on its way.
let fetching = false;

const route = () => location.hash.slice(1).split("/");

// One at a time: what takes longer to be shown must not come out on top of what was asked later.
let showing = Promise.resolve();

/** Show what the address says, behind the PIN unless it is the outbox. */
function show() {
  showing = showing.catch(() => {}).then(showNow);
  return showing;
}

async function showNow() {
  const [place, uid, draft] = route();
  // Asked for again while it is being written in: opened anew, it would drop the answer under way.
  if (opened && place === "fiche" && visit.isOpenOn(uid, draft)) return;
  if (place !== "fiche") await visit.leave();
  if (place === "envois") await sending.show(opened, taken);
  else if (!opened) await doors.show();
  else if (place === "personne" && known(uid)) await showPerson(known(uid));
  else if (place === "fiche") await showForm(uid, draft);
  else await showDay();
}

const known = (uid) => opened.day && opened.day.people.find((one) => one.uid === uid);

async function enter(found) {
  opened = { ...found, day: null };
  await readDay();
  refresh(DAY_OLDEST);
  await show();
  storage();
}

async function readDay() {
  const kept = await store.get("days", opened.device.uid);
  opened.device = await store.get("devices", opened.device.uid);
  opened.day = kept ? await seal.openDay(opened.key, kept).catch(() => null) : null;
}

/** Fetch the day anew when it is that old, and show it unless a form is being filled in. */
async function refresh(oldest) {
  if (!opened || !navigator.onLine) return { status: 0 };
  fetching = true;
  const answer = await phone.freshen(opened.device.uid, oldest).finally(() => { fetching = false; });
  const isFresh = answer.status === 200;
  if (opened && isFresh) await readDay();
  if (opened && (isFresh || !opened.day) && route()[0] !== "fiche") await show();
  return answer;
}

async function refreshNow() {
  const answer = await refresh(0);
  const said = {
    200: "Votre journée est à jour.",
    401: "Votre session a expiré\u00a0: reconnectez-vous pour mettre à jour.",
    0: "Pas de réseau\u00a0: vous gardez les données déjà là.",
  }[answer.status] || (answer.data && answer.data.reason) || "Le site ne répond pas. Réessayez dans un instant.";
  say(said, { kind: answer.status === 200 ? "success" : "warning", lasts: 8000 });
}

/** Where each person's visit stands: what the server said this morning, and what was done since. */
async function standing() {
  const here = new Map();
  for (const item of await outbox.items()) {
    const about = item.kind === "form" ? await sending.aboutOf(item, opened) : null;
    // Received on another day, or before the package was made, it is in the package, which also
    // knows what was undone since.
    const isNews = item.state !== "sent" || (about?.made_on === today() && isAfterPackage(item));
    if (about && isNews && !item.undone_at) here.set(about.senior, person.standingOf(item, OUTCOMES[about.outcome] || "Visite"));
  }
  const open = new Set((await drafts(opened.device, opened.key)).map((one) => one.senior));
  return {
    begun: (one) => open.has(one.uid),
    of(one) {
      if (open.has(one.uid)) return { label: "commencée", tone: "warm", done: false, said: "" };
      if (here.has(one.uid)) return here.get(one.uid);
      if (!one.today) return { label: "", tone: "", done: false, said: "" };
      const label = OUTCOMES[one.today] || "visite faite";
      return { label: label.toLowerCase(), tone: "good", done: true, said: `Déjà noté aujourd’hui\u00a0: ${label.toLowerCase()}.` };
    },
  };
}

/** Both times are the server's. */
const isAfterPackage = (item) => !opened.day || Date.parse(item.received_at) > Date.parse(opened.day.made_at);

async function showDay() {
  dayScreen.show({ device: opened.device, day: opened.day, fetching, standing: await standing() });
}

async function showPerson(one) {
  const where = await standing();
  person.show({ one, questions: opened.day.questions, rights: opened.day.rights || [], where: where.of(one), begun: where.begun(one) });
}

/** The form of a person: that draft of hers, when the address names one. */
async function showForm(uid, which) {
  const draft = (await drafts(opened.device, opened.key)).find((one) => one.senior === uid);
  const one = known(uid) || (draft && { uid, name: draft.name });
  if (!one) return showDay();
  const free = await visit.open({ ...opened, one, which, done: ended });
  if (!free) {
    say("Cette fiche est déjà ouverte dans un autre onglet\u00a0: terminez-la là-bas.", { kind: "warning" });
    location.hash = "";
    return;
  }
  // What was said of someone else does not stand over her form.
  $("said").replaceChildren();
}

function ended({ finished, name }) {
  say(finished ? `La fiche de ${name} est terminée. Elle part dès qu’il y a du réseau.` : `La fiche de ${name} est abandonnée.`, { lasts: 10_000 });
  location.hash = "";
  if (finished) send({ hurry: true });
}

/** A visit that was not made: noted at the first touch, sent a little later, time to undo. */
async function outcome(button) {
  const one = known(route()[1]);
  const why = $("outcome-why").value.trim();
  const wrong = refusal(why);
  refused($("outcome-field"), wrong);
  if (wrong) return $("outcome-why").focus();
  button.disabled = true;
  const content = why ? { "why.words": why } : {};
  let uid;
  try {
    uid = await attempt(opened.device, opened.key, one, button.dataset.outcome, document.body.dataset.version, content);
  } catch (error) {
    return say(`La visite chez ${one.name} n’est pas notée\u00a0: ${isOutOfRoom(error) ? "le téléphone n’a plus de place. Libérez de la place, puis touchez de nouveau." : "touchez de nouveau."}`, { kind: "error" });
  } finally {
    button.disabled = false;
  }
  $("outcome-why").value = "";
  location.hash = "";
  const noted = `Noté pour ${one.name}\u00a0: ${button.dataset.label.toLowerCase()}. ${button.dataset.done}`;
  say(noted, { label: "Annuler", gesture: () => undo(uid, one.name), lasts: outbox.UNDO_MS });
  setTimeout(() => send(), outbox.UNDO_MS + 500);
}

async function undo(uid, name) {
  taken({ undone: await outbox.takeBack(uid), about: { name } });
}

/** After a gesture of the outbox. */
async function taken({ draft, undone, about, again, dropped }) {
  if (draft) {
    location.hash = `#fiche/${draft.said.senior}/${draft.uid}`;
    return;
  }
  if (undone === true) say(`C’est annulé\u00a0: la visite de ${about.name} reste à faire.`, { lasts: 8000 });
  if (undone === false) say("Trop tard pour annuler ici\u00a0: l’envoi est parti. Corrigez sur le site, depuis la fiche de la personne.", { kind: "warning" });
  if (dropped) say(dropped, { lasts: 8000 });
  store.changed();
  await show();
  if (again) send({ hurry: true });
}

function network() {
  write($("network"), navigator.onLine ? "" : "Hors réseau");
}

async function storage() {
  const refused = await phone.persist() === "refused";
  $("storage").hidden = !refused || phone.forgetsInAWeek();
  $("storage-week").hidden = !phone.forgetsInAWeek();
}

function lock() {
  opened = null;
  $("pin").value = "";
  location.hash = "";
  return show();
}

function gestures() {
  addEventListener("hashchange", () => show());
  addEventListener("online", () => { network(); refresh(DAY_OLDEST); });
  addEventListener("offline", network);
  $("refresh").addEventListener("click", refreshNow);
  $("lock").addEventListener("click", lock);
  $("send-now").addEventListener("click", () => send({ hurry: true }));
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-outcome]");
    if (button) outcome(button);
  });
  lockWhenAway();
}

/** Left in a pocket for long, the day closes; what is being written is already kept. */
function lockWhenAway() {
  let left = 0;
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") left = Date.now();
    else if (opened && left && Date.now() - left > LOCK_AFTER) lock();
  });
}

/** Something changed, here or in another page: show it without moving what is being done. */
async function follow() {
  const [place] = route();
  if (opened) {
    const device = await store.get("devices", opened.device.uid);
    if (!device || device.blocked) return lock();
    // Fetched anew by any page; or too old meanwhile: not even in this page's memory.
    const kept = await store.get("days", device.uid);
    if ((kept && kept.made_at) !== (opened.day ? opened.day.made_at : undefined)) await readDay();
  }
  if (place === "envois") return sending.fill(opened, taken);
  if (!opened && document.body.dataset.screen === "pin" && !(await phone.current()).wrapped) return doors.show();
  if (opened && place !== "fiche") return show();
}

async function begin() {
  if (!seal.available() || !globalThis.indexedDB || !globalThis.DecompressionStream) return screen("blind");
  visit.begin();
  doors.begin(enter);
  gestures();
  network();
  store.onChange(() => follow().catch((error) => console.warn(error)));
  await phone.expire();
  await show();
  if ("serviceWorker" in navigator) await navigator.serviceWorker.register("/visites/terrain/sw.js", { scope: "/" });
}

begin().catch((error) => {
  screen("wait");
  say(`La page n’a pas pu s’ouvrir (${error.name}). Rechargez-la\u00a0; rien de ce que vous avez saisi n’est perdu.`, { kind: "error" });
});
