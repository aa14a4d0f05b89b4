// On every page of the site, log-in, error and no-network pages too, seen or hidden: the count of
// what is not sent, its sending, what is too old or blocked wiped, the day kept fresh for the phone,
// and a word before logging out with work that waits.
"use strict";

import * as outbox from "./outbox.js";
import * as phone from "./phone.js";
import * as store from "./store.js";
import * as unsent from "./unsent.js";

const CHECK_EVERY = 20_000;
const ASK_EVERY = 10 * 60_000;
// Without a session: another page logs in, or this one does and comes anew.
const LOGIN_WAIT = 2 * 60_000;
const DAY_OLDEST = 2 * 3_600_000;
// A day that could not be fetched anew.
const DAY_WAIT = 5 * 60_000;
const loggedIn = document.body.hasAttribute("data-logged-in");

let running = null;
let following = null;
let loginAt = 0;
let asked = 0;
let freshenAt = 0;

/** Send what waits, then show where things stand; asked for meanwhile, it is done once more. */
export function send(how = {}) {
  if (!running) {
    running = round(how).finally(() => { running = null; });
    return running;
  }
  following ??= running.catch(() => {}).then(() => {
    following = null;
    return send(how);
  });
  return following;
}

async function round(how) {
  const before = await unsent.show();
  const ended = before ? await outbox.send(how) : {};
  const left = await unsent.show();
  if (!ended.away) unsent.askLogin(ended.login ? left : 0);
  loginAt = ended.login ? Date.now() + LOGIN_WAIT : 0;
  return ended;
}

async function begin() {
  await phone.expire();
  await outbox.tidy();
  await send({ hurry: true });
  const answer = await contact();
  if (loggedIn) await freshen(answer);
}

/** The day of each phone of who is logged in, when it is too old or of another day. */
async function freshen({ status, data }) {
  freshenAt = Date.now() + DAY_WAIT;
  if (status !== 200) return;
  const mine = Object.keys(data.devices).filter((uid) => data.devices[uid] === "open");
  for (const uid of mine) await phone.freshen(uid, DAY_OLDEST);
}

/** The same for a page left open, overnight perhaps. */
async function keepFresh() {
  if (!navigator.onLine || Date.now() < freshenAt || !(await phone.isBehind(DAY_OLDEST))) return;
  freshenAt = Date.now() + DAY_WAIT;
  await freshen(await contact());
}

/** Where the phones stand; what a phone unknown until now had refused leaves. */
async function contact() {
  if (!navigator.onLine) return { status: 0 };
  asked = Date.now();
  const answer = await phone.contact();
  if (answer.isKnownAgain) await send({ hurry: true });
  return answer;
}

const sendSoon = (how) => send(how).then(keepFresh).catch(() => {});

/** Now and then, for a page that stays open: hidden, the browser makes it rarer by itself. */
async function tick() {
  await phone.expire();
  if (Date.now() - asked > ASK_EVERY) await contact();
  if (Date.now() > loginAt) await send();
  await keepFresh();
}

if (globalThis.indexedDB) {
  store.onChange(() => unsent.show().catch(() => {}));
  unsent.show().catch(() => {});
  begin().catch((error) => console.warn(error));
  addEventListener("online", () => sendSoon({ hurry: true }));
  addEventListener("focus", () => sendSoon());
  addEventListener("pageshow", (event) => { if (event.persisted) sendSoon(); });
  document.addEventListener("visibilitychange", () => sendSoon());
  setInterval(() => tick().catch(() => {}), CHECK_EVERY);
}

document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-log-out]") || event.target.dataset.warned) return;
  event.preventDefault();
  logOut(event.target);
});

/** Log out; with work that waits, counted at that moment, say so first: the next press does. */
async function logOut(form) {
  const count = await unsent.show().catch(() => 0);
  form.dataset.warned = "yes";
  if (!count) return form.submit();
  const warning = document.getElementById("unsent-log-out");
  const many = count > 1;
  warning.querySelector("span").textContent = many
    ? `${count} fiches attendent d’être envoyées. Elles restent sur ce téléphone et partiront à votre prochaine connexion.`
    : "1 fiche attend d’être envoyée. Elle reste sur ce téléphone et partira à votre prochaine connexion.";
  warning.hidden = false;
  warning.focus();
}
