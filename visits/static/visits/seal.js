// All the cryptography of the phone, and nothing else: WebCrypto only. The other end of each
// function is in visits/phone/phones.py. docs/field.md says what it protects from, and what it does not.
"use strict";

const TURNS = 600_000;
const words = new TextEncoder();
const text = new TextDecoder();

/** WebCrypto exists on https pages and on localhost only. */
export const available = () => Boolean(globalThis.crypto && crypto.subtle);

export function toBase64(buffer) {
  const bytes = new Uint8Array(buffer);
  let found = "";
  for (let start = 0; start < bytes.length; start += 0x8000) {
    found += String.fromCharCode(...bytes.subarray(start, start + 0x8000));
  }
  return btoa(found);
}

export const fromBase64 = (said) => Uint8Array.from(atob(said), (char) => char.charCodeAt(0));
const random = (length) => crypto.getRandomValues(new Uint8Array(length));

/** The key of a day, from its bytes; it cannot be taken out again. */
export const keyOf = (bytes) => crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]);

async function keyOfPin(pin, salt, turns) {
  const typed = await crypto.subtle.importKey("raw", words.encode(pin), "PBKDF2", false, ["deriveKey"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations: turns };
  return crypto.subtle.deriveKey(how, typed, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

/** The bytes of a key under a PIN. */
export async function wrap(bytes, pin) {
  const salt = random(16);
  const iv = random(12);
  const box = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await keyOfPin(pin, salt, TURNS), bytes);
  return { salt, turns: TURNS, iv, box };
}

/** The bytes again; null when the PIN is not the right one. */
export async function unwrap(wrapped, pin) {
  const key = await keyOfPin(pin, wrapped.salt, wrapped.turns);
  try {
    return new Uint8Array(await crypto.subtle.decrypt({ name: "AES-GCM", iv: wrapped.iv }, key, wrapped.box));
  } catch {
    return null;
  }
}

/** Bytes that only `key` opens, and only under that name. */
export async function lockBytes(key, name, bytes) {
  const iv = random(12);
  const how = { name: "AES-GCM", iv, additionalData: words.encode(name) };
  return { iv, box: await crypto.subtle.encrypt(how, key, bytes) };
}

export async function openBytes(key, name, locked) {
  const how = { name: "AES-GCM", iv: locked.iv, additionalData: words.encode(name) };
  return new Uint8Array(await crypto.subtle.decrypt(how, key, locked.box));
}

/** The same with anything that JSON writes. */
export const lock = (key, name, value) => lockBytes(key, name, words.encode(JSON.stringify(value)));
export const open = async (key, name, locked) => JSON.parse(text.decode(await openBytes(key, name, locked)));

/** The day as the server shut it: gzip, then AES-GCM. */
export async function openDay(key, day) {
  const shut = { iv: fromBase64(day.iv), box: fromBase64(day.box) };
  const packed = await openBytes(key, `day||${day.device}`, shut);
  const unpacked = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(unpacked).json();
}

/** What only the server opens: a key of one use, ECDH, HKDF, AES-GCM. `kind`: form or photo. */
export async function sealFor(device, kind, content) {
  const curve = { name: "ECDH", namedCurve: "P-256" };
  const theirs = await crypto.subtle.importKey("raw", fromBase64(device.public_key), curve, false, []);
  const once = await crypto.subtle.generateKey(curve, true, ["deriveBits"]);
  const shared = await crypto.subtle.deriveBits({ name: "ECDH", public: theirs }, once.privateKey, 256);
  const epk = await crypto.subtle.exportKey("raw", once.publicKey);
  const base = await crypto.subtle.importKey("raw", shared, "HKDF", false, ["deriveKey"]);
  const how = { name: "HKDF", hash: "SHA-256", salt: epk, info: words.encode(`bienveille ${kind} 1`) };
  const key = await crypto.subtle.deriveKey(how, base, { name: "AES-GCM", length: 256 }, false, ["encrypt"]);
  const locked = await lockBytes(key, `${kind}|${content.uid}|${device.uid}`, words.encode(JSON.stringify(content)));
  return {
    uid: content.uid,
    device: device.uid,
    epk: toBase64(epk),
    iv: toBase64(locked.iv),
    box: toBase64(locked.box),
  };
}
