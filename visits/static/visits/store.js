// What the phone keeps, in IndexedDB: the only file that opens it.
//
// devices   the phones of this browser: their key under the PIN, the server's public key
// days      the day of each, encrypted
// drafts    forms being filled in, encrypted
// photos    pictures of those forms, encrypted
// outbox    finished forms, sealed for the server: readable by nobody here
// copies    the same, encrypted for the officer, until the receipt
// meta      { key, value }: which phone was last used, whether storage was asked for
//
// A write is on the disk when its promise is kept ("strict"). A connection that the browser closed
// under us (iOS does when it lacks memory) is opened again and the work done again.
"use strict";

import "../vendor/idb/umd.js";

const NAME = "bienveille";
const STORES = { devices: "uid", days: "device", drafts: "uid", photos: "uid", outbox: "uid", copies: "uid", meta: "key" };
const CLOSED = new Set(["InvalidStateError", "UnknownError", "AbortError", "TransactionInactiveError"]);
const TRIES = 4;
let opening = null;

/** The connection, opened when needed. */
export function connection() {
  opening ??= idb.openDB(NAME, 1, {
    upgrade(db) {
      for (const [store, keyPath] of Object.entries(STORES)) db.createObjectStore(store, { keyPath });
    },
    blocking: forget,
    terminated: forget,
  }).catch((error) => { opening = null; throw error; });
  return opening;
}

function forget() {
  const former = opening;
  opening = null;
  if (former) former.then((db) => db.close(), () => {});
}

/** Do `work(transaction)` as one whole; it may be called again, so it only reads and puts. */
async function transact(stores, mode, work) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const db = await connection();
      const tx = db.transaction(stores, mode, { durability: "strict" });
      const done = tx.done;
      done.catch(() => {});
      const result = await work(tx);
      await done;
      return result;
    } catch (error) {
      if (attempt === TRIES || !CLOSED.has(error.name)) throw error;
      forget();
    }
  }
}

/** Change several stores together: all of it is kept, or none. */
export const change = (stores, work) => transact([].concat(stores), "readwrite", work);

/** Read several stores as they are at one moment. */
export const look = (stores, work) => transact([].concat(stores), "readonly", work);

export const get = (store, key) => look(store, (tx) => tx.objectStore(store).get(key));
export const all = (store) => look(store, (tx) => tx.objectStore(store).getAll());
export const put = (store, value) => change(store, (tx) => tx.objectStore(store).put(value));
export const drop = (store, key) => change(store, (tx) => tx.objectStore(store).delete(key));

/** Have `gesture` done in every open page when something changed, here first. */
const others = new BroadcastChannel("bienveille");
const listeners = new Set();
others.onmessage = () => listeners.forEach((gesture) => gesture());

export function onChange(gesture) { listeners.add(gesture); }

export function changed() {
  listeners.forEach((gesture) => gesture());
  others.postMessage("changed");
}
