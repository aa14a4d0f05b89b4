// The phone itself: its key under the PIN, the day that it keeps, and when both are wiped.
"use strict";

import * as outbox from "./outbox.js";
import * as seal from "./seal.js";
import * as store from "./store.js";
import { ask, blockedAmong, contactWith, post } from "./wire.js";

export const MOST_TRIES = 10;
export const LEAST_PIN = 6;
const ASKED_AGAIN = 7 * 86_400_000;

/** The phone last used here, or the only one; null when there is none. */
export async function current() {
  const last = await store.get("meta", "device");
  const found = await store.all("devices");
  return found.find((one) => last && one.uid === last.value) || found[0] || null;
}

export const use = (uid) => store.put("meta", { key: "device", value: uid });

/** Why a PIN cannot be taken, in French; "" when it can. */
export function weakness(pin) {
  if (!new RegExp(`^\\d{${LEAST_PIN},}$`).test(pin)) return `Le code a au moins ${LEAST_PIN} chiffres.`;
  const steps = new Set([...pin].slice(1).map((digit, place) => digit - pin[place]));
  return steps.size === 1 ? "Ce code est trop facile à deviner\u00a0: mélangez les chiffres." : "";
}

/** A new phone of who is logged in, shut with that PIN. Answers { device, key } or { answer }. */
export async function enrol(label, pin) {
  const answer = await post("appareil/", { label });
  if (answer.status !== 201) return { answer };
  const { key, ...device } = answer.data;
  return keep({ ...device, tries: 0 }, key, pin);
}

/** The key again for a PIN that was forgotten. Answers { device, key } or { answer }. */
export async function renew(device, pin) {
  const answer = await post(`appareil/${device.uid}/cle/`, {});
  if (answer.status !== 200) return { answer };
  return keep({ ...device, tries: 0, blocked: false }, answer.data.key, pin);
}

async function keep(device, key, pin) {
  const bytes = seal.fromBase64(key);
  const kept = { ...device, wrapped: await seal.wrap(bytes, pin) };
  await store.change(["devices", "meta"], (tx) => {
    tx.objectStore("devices").put(kept);
    tx.objectStore("meta").put({ key: "device", value: kept.uid });
  });
  return { device: kept, key: await seal.keyOf(bytes) };
}

/** The key of a phone, or how many tries are left. A try counts before it is made. */
export async function unlock(device, pin) {
  const counted = await store.change("devices", async (tx) => {
    const one = await tx.objectStore("devices").get(device.uid);
    if (!one || !one.wrapped) return null;
    one.tries += 1;
    await tx.objectStore("devices").put(one);
    return one;
  });
  if (!counted) return { left: 0 };
  const bytes = counted.tries > MOST_TRIES ? null : await seal.unwrap(counted.wrapped, pin);
  if (bytes) {
    await store.put("devices", { ...counted, tries: 0 });
    return { key: await seal.keyOf(bytes) };
  }
  if (counted.tries >= MOST_TRIES) await wipe(device.uid);
  return { left: Math.max(MOST_TRIES - counted.tries, 0) };
}

/** Forget the day and the key. What was typed and what waits stay, shut. */
export function wipe(uid, changes = {}) {
  return store.change(["devices", "days"], async (tx) => {
    const one = await tx.objectStore("devices").get(uid);
    await tx.objectStore("days").delete(uid);
    if (one) await tx.objectStore("devices").put({ ...one, wrapped: null, tries: 0, ...changes });
  });
}

/** Wipe the days that are too old, on any page; what is not sent stays (docs/field.md). */
export async function expire(now = Date.now()) {
  const isOld = (day) => Date.parse(day.expires_at) <= now;
  if (!(await store.all("days")).some(isOld)) return;
  await store.change(["devices", "days"], async (tx) => {
    for (const day of (await tx.objectStore("days").getAll()).filter(isOld)) {
      await tx.objectStore("days").delete(day.device);
      const one = await tx.objectStore("devices").get(day.device);
      if (one) await tx.objectStore("devices").put({ ...one, expired_day: day.made_at });
    }
  });
  store.changed();
}

/**
 * Ask the site how the phones of this browser stand, with or without a session: those that were
 * blocked are wiped, one that a restored backup does not hold makes itself known again.
 */
export async function contact() {
  const all = await store.all("devices");
  if (!all.length) return { status: 204, data: null };
  const answer = await contactWith(all.map((one) => one.uid));
  const stands = answer.status === 200 ? answer.data.devices : await blockedAmong(all.map((one) => one.uid));
  let isKnownAgain = false;
  for (const one of all) {
    if (stands[one.uid] === "revoked") await block(one.uid);
    const isNew = stands[one.uid] === "unknown" && await knownAgain(one);
    // Open: a page made it known, and was perhaps left before it had what was refused wait again.
    const waits = (isNew || stands[one.uid] === "open") && await outbox.again(one.uid);
    isKnownAgain ||= isNew || waits;
  }
  if (isKnownAgain) store.changed();
  return { ...answer, isKnownAgain };
}

/** The same phone again, when the site can make its keys anew for who is logged in. */
async function knownAgain({ uid, label, public_key }) {
  return (await post("appareil/", { uid, label, public_key })).status === 201;
}

async function block(uid) {
  const one = await store.get("devices", uid);
  if (!one.blocked) {
    await wipe(uid, { blocked: true });
    store.changed();
  }
}

/** Whether a day kept, if any, is older than that, or of another day than today. */
function isStale(kept, oldest, now = Date.now()) {
  const madeAt = kept ? Date.parse(kept.made_at) : 0;
  return now - madeAt >= oldest || new Date(madeAt).toDateString() !== new Date(now).toDateString();
}

/** Whether one of the phones of this browser is to have its day anew. */
export async function isBehind(oldest) {
  const days = new Map((await store.all("days")).map((one) => [one.device, one]));
  return (await store.all("devices")).some((one) => !one.blocked && isStale(days.get(one.uid), oldest));
}

/** Fetch the day when the one kept is older than that, or of another day; the PIN is not needed. */
export async function freshen(uid, oldest) {
  const kept = await store.get("days", uid);
  if (!isStale(kept, oldest)) return { status: 304 };
  const answer = await ask(`jour/?appareil=${uid}`);
  if (answer.status === 200) {
    await store.change(["days", "devices"], async (tx) => {
      const one = await tx.objectStore("devices").get(uid);
      if (!one || one.blocked) return;
      await tx.objectStore("days").put({ ...answer.data, device: uid });
      await tx.objectStore("devices").put({ ...one, expired_day: "" });
    });
    store.changed();
  }
  if (answer.data && answer.data.code === "revoked") await block(uid);
  return answer;
}

/**
 * Keep what is stored out of the browser's own cleaning. Asked for again each week: Chrome and
 * Safari say yes, without a word, once the site is used often or stands on the home screen.
 */
export async function persist(now = Date.now()) {
  if (!navigator.storage || !navigator.storage.persist) return "unknown";
  if (await navigator.storage.persisted()) return "kept";
  const asked = await store.get("meta", "persist");
  if (!asked || !(now - asked.value < ASKED_AGAIN)) {
    await store.put("meta", { key: "persist", value: now });
    if (await navigator.storage.persist()) return "kept";
  }
  return "refused";
}

/** An iPhone's browser, not the home screen: it forgets a site left alone for a week. */
export const forgetsInAWeek = () => "standalone" in navigator && !navigator.standalone;
