// Calls to the site's JSON doors. An answer is { status, data }: status 0 when there is no network,
// data null when what came back is not ours (a proxy's page, a token that has changed).
"use strict";

export const DOORS = "/visites/terrain/";
const TIMEOUT = 30_000;
// A photo takes its time on a poor network: 2 characters a millisecond.
const SLOWEST = 2;

const cookie = () => (document.cookie.match(/(?:^|; )csrftoken=([^;]+)/) || [])[1] || "";

async function once(method, path, body) {
  const headers = { Accept: "application/json" };
  if (body) {
    headers["Content-Type"] = "application/json";
    headers["X-CSRFToken"] = cookie();
  }
  const how = { method, headers, redirect: "manual", cache: "no-store", credentials: "same-origin" };
  if (body) how.body = JSON.stringify(body);
  if (AbortSignal.timeout) how.signal = AbortSignal.timeout(TIMEOUT + (how.body || "").length / SLOWEST);
  try {
    const answer = await fetch(DOORS + path, how);
    const ours = (answer.headers.get("Content-Type") || "").includes("json");
    return { status: answer.status, data: ours ? await answer.json() : null };
  } catch {
    return { status: 0, data: null };
  }
}

/** Ask for something. */
export const ask = (path) => once("GET", path);

/**
 * Send something; a token refused is asked for anew, once. Without any token nothing is sent before
 * the server knows who asks: its refusal would change the token of a log-in page opened meanwhile.
 */
export async function post(path, body) {
  if (!cookie()) {
    const contact = await contactWith([]);
    if (contact.status !== 200) return contact;
  }
  const answer = await once("POST", path, body);
  if (answer.status !== 403 || answer.data) return answer;
  const contact = await contactWith([]);
  return contact.status === 200 ? once("POST", path, body) : contact;
}

const asking = (uids) => uids.map((uid) => `appareil=${encodeURIComponent(uid)}`).join("&");

/** A token in the browser, and where these phones stand: { devices: { uid: "open", "revoked" or "unknown" } }. */
export const contactWith = (uids) => ask(`contact/?${asking(uids)}`);

/** Those of these phones that are blocked, asked without a session: { uid: "revoked" }. */
export async function blockedAmong(uids) {
  const answer = await ask(`bloques/?${asking(uids)}`);
  return (answer.status === 200 && answer.data && answer.data.devices) || {};
}
