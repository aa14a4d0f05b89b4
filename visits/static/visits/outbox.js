// Sealed forms and photos on their way to the server. Any page of the site sends them: no PIN, no
// key, nothing readable here. An item leaves the state "waiting" on the server's word only.
//
// { uid, kind: "form" | "photo", form, device, queued_at, state: "waiting" | "sent" | "refused",
//   sealed, about, begun, tries, next_at, not_before, code, reason, receipt, received_at, clashes,
//   undone_at (received, then undone on the site) }
// `about` says whom it is about, encrypted for the officer.
"use strict";

import * as store from "./store.js";
import { post } from "./wire.js";

const KEPT_DAYS = 7;
// Forms that leave together, at most: the site takes no more.
const MOST = 30;
// The server's verdict on what was sent; whatever else it answers, we try again later.
const VERDICTS = new Set([400, 404, 409, 413, 422]);
const TURN = "bienveille-outbox";
const HELD_MOST = 2 * 60_000;
const WAITING = { state: "waiting", code: "", reason: "", tries: 0, next_at: 0 };
const UNTOLD = { status: 500, data: null };
// How long a touch can be taken back before it leaves.
export const UNDO_MS = 8_000;
/** Until when what is put there now stays, to be taken back. */
export const undoUntil = () => Date.now() + UNDO_MS;
const FIRST_WAIT = 5_000;
const LONGEST_WAIT = 10 * 60_000;

/** The items, the oldest first; photos after the forms of their moment. */
export async function items() {
  const found = await store.all("outbox");
  return found.sort((a, b) => a.queued_at.localeCompare(b.queued_at) || a.kind.localeCompare(b.kind));
}

/** How many forms and photos the server does not have, and how many of them still wait. */
export async function unsent() {
  const left = (await items()).filter((item) => item.state !== "sent");
  return { count: left.length, waiting: left.filter((item) => item.state === "waiting").length };
}

/** A new item, as it is put in the outbox. */
export const item = (kind, sealed, more = {}) => ({
  uid: sealed.uid, kind, form: sealed.uid, device: sealed.device, queued_at: new Date().toISOString(),
  state: "waiting", sealed, begun: false, tries: 0, next_at: 0, not_before: 0, ...more,
});

/**
 * Alone among all open pages, hidden ones too. A page that the system has frozen keeps its turn for
 * ever (iOS): past HELD_MOST another takes it. Two at once do no harm, since the site counts once
 * what comes twice, and `settle` never undoes what another page has settled.
 */
async function alone(work) {
  if (!navigator.locks) return work();
  let begun = false;
  const patience = new AbortController();
  const late = setTimeout(() => patience.abort(), HELD_MOST);
  const mine = () => {
    begun = true;
    clearTimeout(late);
    return work();
  };
  try {
    return await navigator.locks.request(TURN, { signal: patience.signal }, mine);
  } catch (error) {
    if (begun || error.name !== "AbortError") throw error;
    return navigator.locks.request(TURN, { steal: true }, work);
  }
}

/** Send what waits. Answers { login } (must log in again), { away } (no network), or {}. */
export function send(how = {}) {
  return alone(async () => {
    const found = (await items()).filter((one) => isDue(one, how));
    const ended = await sendForms(found.filter((one) => one.kind === "form"));
    return ended || await sendPhotos(found.filter((one) => one.kind === "photo")) || {};
  });
}

function isDue(one, { hurry = false }) {
  return one.state === "waiting" && Date.now() >= (hurry ? one.not_before : Math.max(one.next_at, one.not_before));
}

/**
 * Together, the oldest first. Fewer at a time when the server or the network could not take them,
 * down to one, then more again: a form that cannot be taken now ends up alone and holds nobody.
 */
async function sendForms(forms) {
  const left = [...forms];
  let most = left.length && Math.max(1, Math.floor(MOST / 2 ** left[0].tries));
  while (left.length) {
    if (!navigator.onLine) return { away: true };
    const batch = left.splice(0, most);
    const answer = await posted(batch, "visites/", { forms: batch.map((one) => one.sealed) });
    const answers = answer.data && answer.data.answers;
    if (!answers && !ending(answer) && batch.length > 1) {
      left.unshift(...batch);
      most = Math.ceil(batch.length / 2);
      continue;
    }
    const told = new Map((answers || []).map(({ uid, status, ...data }) => [uid, { status, data }]));
    await settle(batch, (one) => told.get(one.uid) || (answer.status === 200 ? UNTOLD : answer));
    if (ending(answer)) return ending(answer);
    if (answers) most = Math.min(MOST, most * 2);
  }
  return null;
}

/** One by one, each after its form. */
async function sendPhotos(photos) {
  for (const one of photos) {
    const form = await store.get("outbox", one.form);
    if (form && form.state !== "sent") continue;
    if (!navigator.onLine) return { away: true };
    // Under the form's identity of now: one that was refused and mended has taken another.
    const answer = await posted([one], `photos/${one.uid}/`, { ...one.sealed, form: one.form });
    await settle([one], () => answer);
    if (ending(answer)) return ending(answer);
  }
  return null;
}

/** The site's answer, once it is on the disk that these have begun to leave. */
async function posted(some, door, body) {
  await store.change("outbox", (tx) => kept(tx, some.map((one) => ({ ...one, begun: true }))));
  return post(door, body);
}

/** Why nothing more can leave now. */
function ending({ status }) {
  if (status === 401) return { login: true };
  return status === 0 ? { away: true } : null;
}

/** Keep what the server said of each. */
async function settle(some, answerOf) {
  const told = some.map((one) => after(one, answerOf(one)));
  await store.change(["outbox", "copies"], async (tx) => {
    await kept(tx, told);
    told.filter((one) => one.state === "sent").forEach((one) => tx.objectStore("copies").delete(one.uid));
  });
  store.changed();
}

/** Put these, save those that another page has meanwhile seen received, or taken away. */
async function kept(tx, some) {
  for (const one of some) {
    const now = await tx.objectStore("outbox").get(one.uid);
    if (now && now.state !== "sent") await tx.objectStore("outbox").put(one);
  }
}

/** An item after what the server said of it. */
function after(one, { status, data }) {
  const now = Date.now();
  const left = { ...one, begun: true, code: "", reason: "" };
  if (data && (status === 200 || status === 201)) {
    const { sealed: _gone, ...rest } = left;
    return { ...rest, state: "sent", ...data };
  }
  if (data && data.code && VERDICTS.has(status)) return { ...left, state: "refused", code: data.code, reason: data.reason };
  if (data && status === 403) return { ...left, code: data.code, reason: data.reason, next_at: now + LONGEST_WAIT };
  if (status === 401) return left;
  const tries = one.tries + 1;
  return { ...left, tries, next_at: now + Math.min(FIRST_WAIT * 2 ** (tries - 1), LONGEST_WAIT) };
}

/** Take back an item that was never tried; answers whether it could be. */
export function takeBack(uid) {
  return alone(() => store.change(["outbox", "copies"], async (tx) => {
    const one = await tx.objectStore("outbox").get(uid);
    if (!one || one.state !== "waiting" || one.begun) return false;
    await tx.objectStore("outbox").delete(uid);
    await tx.objectStore("copies").delete(uid);
    return true;
  }));
}

/** Have a refused picture wait again, as it is. */
export async function retry(uid) {
  await store.change("outbox", async (tx) => {
    const one = await tx.objectStore("outbox").get(uid);
    if (one && one.state === "refused") await tx.objectStore("outbox").put({ ...one, ...WAITING });
  });
}

/** Forget a refused picture. */
export async function giveUp(uid) {
  await store.change("outbox", async (tx) => {
    const one = await tx.objectStore("outbox").get(uid);
    if (one && one.state === "refused") await tx.objectStore("outbox").delete(uid);
  });
}

/** Forget what was received long ago; what was not stays, however old. */
export async function tidy(now = Date.now()) {
  const old = new Date(now - KEPT_DAYS * 86_400_000).toISOString();
  const past = (await items()).filter((one) => one.state === "sent" && (one.received_at || one.queued_at) < old);
  if (!past.length) return;
  await store.change("outbox", (tx) => past.forEach((one) => tx.objectStore("outbox").delete(one.uid)));
}

/** What was refused because the site did not know the phone waits again, for it knows it now;
 * answers whether something does. */
export function again(device) {
  return store.change("outbox", async (tx) => {
    const isLeft = (one) => one.device === device && one.state === "refused" && one.code === "unknown";
    const left = (await tx.objectStore("outbox").getAll()).filter(isLeft);
    for (const one of left) await tx.objectStore("outbox").put({ ...one, ...WAITING });
    return left.length > 0;
  });
}
