// Forms being filled in: each change is on the disk, encrypted, before the next one is looked at.
"use strict";

import * as outbox from "./outbox.js";
import * as seal from "./seal.js";
import * as store from "./store.js";

/** Local day, as YYYY-MM-DD. */
export function today(now = new Date()) {
  const two = (number) => String(number).padStart(2, "0");
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}

/** All the drafts of a phone, opened; one that does not open is left where it is. */
export async function drafts(device, key) {
  const found = await Promise.all((await store.all("drafts")).filter((row) => row.device === device.uid)
    .map((row) => seal.open(key, `draft|${row.uid}`, row).catch(() => null)));
  return found.filter(Boolean);
}

/** A form of this phone, new or as it was left. */
export class Draft {
  constructor(device, key, said) {
    this.device = device;
    this.key = key;
    this.said = said;
    this.writing = null;
    this.again = false;
    this.closed = false;
    // Pictures on their way to the disk: a form does not end before them.
    this.drawing = Promise.resolve();
  }

  /** The draft of that person if there is one, that of this uid rather; else a new one: it is kept
   * at its first change. */
  static async of(device, key, person, uid) {
    const before = (await drafts(device, key)).filter((one) => one.senior === person.uid);
    return new Draft(device, key, before.find((one) => one.uid === uid) || before[0] || blank(person));
  }

  get uid() { return this.said.uid; }

  get isKept() { return Boolean(this.said.started_at); }

  /** The day of the visit, when it is another than that on which the form was begun. */
  setDay(day) {
    this.said.made_on = day;
    return this.save();
  }

  /** Put an answer, or take it away when it is undefined; kept when the promise is. */
  set(code, value) {
    if (value === undefined || value === "") delete this.said.content[code];
    else this.said.content[code] = value;
    return this.save();
  }

  /** Write the draft as it is now. Changes made while a write is under way share the next one. */
  save() {
    if (this.closed) return Promise.resolve();
    this.said.started_at ||= new Date().toISOString();
    if (this.writing) {
      this.again = true;
      return this.writing;
    }
    this.writing = this.#write();
    return this.writing;
  }

  async #write() {
    try {
      do {
        this.again = false;
        const locked = await seal.lock(this.key, `draft|${this.uid}`, this.said);
        const row = { uid: this.uid, device: this.device.uid, touched_at: new Date().toISOString(), ...locked };
        if (!this.closed) await store.put("drafts", row);
      } while (this.again);
    } finally {
      // At once: a change made from now on must start a write of its own.
      this.writing = null;
    }
  }

  /** Give it up: what was typed is forgotten, and with it the refused form that it mends. */
  async drop() {
    await this.drawing;
    this.closed = true;
    await this.writing;
    const photos = await photosOf(this.uid);
    await store.change(["outbox", "copies", "drafts", "photos"], async (tx) => {
      tx.objectStore("drafts").delete(this.uid);
      photos.forEach((one) => tx.objectStore("photos").delete(one.uid));
      if (!this.said.replaces) return;
      tx.objectStore("outbox").delete(this.said.replaces);
      tx.objectStore("copies").delete(this.said.replaces);
      for (const one of await sentAfter(tx, this.said.replaces)) await tx.objectStore("outbox").delete(one.uid);
    });
    store.changed();
  }

  /** Seal it for the server with its photos and put all in the outbox, in one go. */
  async finish(version, notBefore = 0) {
    await this.drawing;
    await this.writing;
    this.closed = true;
    try {
      const form = sentForm(this.said, version);
      const sealed = await seal.sealFor(this.device, "form", form);
      const about = await seal.lock(this.key, `about|${form.uid}`, aboutOf(this.said));
      const copy = await seal.lock(this.key, `copy|${form.uid}`, { ...form, name: this.said.name });
      const photos = await this.#sealedPhotos();
      await store.change(["outbox", "copies", "drafts", "photos"], async (tx) => {
        tx.objectStore("outbox").put(outbox.item("form", sealed, { about, not_before: notBefore }));
        tx.objectStore("copies").put({ uid: form.uid, device: this.device.uid, ...copy });
        photos.forEach((one) => {
          tx.objectStore("outbox").put(outbox.item("photo", one, { form: form.uid }));
          tx.objectStore("photos").delete(one.uid);
        });
        tx.objectStore("drafts").delete(this.uid);
        if (this.said.replaces) {
          tx.objectStore("outbox").delete(this.said.replaces);
          tx.objectStore("copies").delete(this.said.replaces);
          for (const one of await sentAfter(tx, this.said.replaces)) await tx.objectStore("outbox").put({ ...one, form: form.uid });
        }
      });
    } catch (error) {
      this.closed = false;
      throw error;
    }
    store.changed();
  }

  async #sealedPhotos() {
    const sealed = [];
    for (const row of await photosOf(this.uid)) {
      const bytes = await seal.openBytes(this.key, `photo|${row.uid}`, row);
      const photo = { uid: row.uid, form_uid: this.uid, senior: this.said.senior, room: row.room, image: seal.toBase64(bytes) };
      sealed.push(await seal.sealFor(this.device, "photo", photo));
    }
    return sealed;
  }

  /** Keep a picture of a room, encrypted; `drawn` promises its bytes. Answers false, and keeps
   * nothing, when the form has `most` of them. One after the other, so that they are well counted. */
  addPhoto(room, drawn, most) {
    const kept = this.drawing.then(() => this.#photo(room, drawn, most));
    this.drawing = kept.catch(() => {});
    return kept;
  }

  async #photo(room, drawn, most) {
    const bytes = await drawn;
    if (await this.countPhotos() >= most) return false;
    await this.save();
    const uid = crypto.randomUUID();
    const locked = await seal.lockBytes(this.key, `photo|${uid}`, bytes);
    await store.put("photos", { uid, form: this.uid, device: this.device.uid, room, ...locked });
    return true;
  }

  /** How many it has, those that follow the refused form that it mends included. */
  async countPhotos() {
    const { uid, said } = this;
    const sealed = said.replaces ? await store.look("outbox", (tx) => sentAfter(tx, said.replaces)) : [];
    return (await photosOf(uid)).length + sealed.length;
  }

  /** Its pictures: [{ uid, room, bytes }]. */
  async photos() {
    return Promise.all((await photosOf(this.uid)).map(async (row) => (
      { uid: row.uid, room: row.room, bytes: await seal.openBytes(this.key, `photo|${row.uid}`, row) })));
  }

  /** Forget a picture. */
  dropPhoto(uid) { return store.drop("photos", uid); }
}

/** The sealed pictures that follow a form of the outbox. */
const sentAfter = async (tx, form) => (await tx.objectStore("outbox").getAll()).filter((one) => one.kind === "photo" && one.form === form);

const photosOf = async (form) => (await store.all("photos")).filter((row) => row.form === form);

function blank(person) {
  return {
    uid: crypto.randomUUID(), senior: person.uid, name: person.name, entry: person.entry || null,
    made_on: today(), outcome: "done", started_at: null, step: 0, content: {},
  };
}

const aboutOf = ({ name, senior, outcome, made_on }) => ({ name, senior, outcome, made_on });

function sentForm(said, version) {
  const { uid, senior, entry, made_on, outcome, started_at, content } = said;
  return {
    uid, senior, entry, made_on, outcome, channel: "phone", version, started_at,
    finished_at: new Date().toISOString(), content,
  };
}

/** A visit that was not made: one tap. */
export async function attempt(device, key, person, outcome, version, content = {}) {
  const draft = new Draft(device, key, { ...blank(person), outcome, content, started_at: new Date().toISOString() });
  await draft.finish(version, outbox.undoUntil());
  return draft.uid;
}

/** A form of the outbox as it was written, while the server has not received it. */
export async function copyOf(key, uid) {
  const row = await store.get("copies", uid);
  return row ? seal.open(key, `copy|${uid}`, row).catch(() => null) : null;
}

/** A refused form under a new identity, kept nowhere yet: finished, it takes the place of the first. */
async function again(device, key, uid, changes = {}) {
  const copy = await copyOf(key, uid);
  if (!copy) return null;
  const { name, senior, entry, made_on, outcome, started_at, content } = copy;
  const { reason } = await store.get("outbox", uid);
  const said = { ...blank({ uid: senior, name, entry }), made_on, outcome, started_at, content, replaces: uid, reason };
  return new Draft(device, key, { ...said, ...changes });
}

const reopening = new Map();

/** A refused form as a draft again, to be mended: the same one however often it is asked for, since
 * giving up one of two would take from the other the pictures that follow the form. */
export function reopen(device, key, uid) {
  if (!reopening.has(uid)) {
    reopening.set(uid, toMend(device, key, uid).finally(() => reopening.delete(uid)));
  }
  return reopening.get(uid);
}

async function toMend(device, key, uid) {
  const before = (await drafts(device, key)).find((one) => one.replaces === uid);
  if (before) return new Draft(device, key, before);
  const draft = await again(device, key, uid);
  if (!draft) return null;
  await draft.save();
  store.changed();
  return draft;
}

/** A refused form as it was, or with another day ({ made_on }), finished again. */
export async function resend(device, key, uid, version, changes) {
  const draft = await again(device, key, uid, changes);
  if (draft) await draft.finish(version);
}

/** Give a refused form up, with the pictures that follow it. */
export async function forget(device, key, uid) {
  const draft = await again(device, key, uid);
  if (draft) await draft.drop();
}
