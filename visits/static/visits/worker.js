// The service worker: opens the kept page without network, and says so for any other page. The
// server writes KEPT above: { version, page, away, files }. Nothing else is ever put in the cache,
// so no page about anyone is in it.
"use strict";

const CACHE = `terrain-${KEPT.version}`;
// A file whose name holds a digest of its content never changes.
const NEVER_CHANGES = /\.[0-9a-f]{12}\./;
const PATIENCE = 4_000;

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const cache = await caches.open(CACHE);
    const all = [KEPT.page, KEPT.away, ...KEPT.files].map((url) => new Request(url, { cache: "reload", credentials: "omit" }));
    await cache.addAll(all);
    await self.skipWaiting();
  })());
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    const old = (await caches.keys()).filter((name) => name.startsWith("terrain-") && name !== CACHE);
    await Promise.all(old.map((name) => caches.delete(name)));
    await self.clients.claim();
  })());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate") {
    event.respondWith(url.pathname === KEPT.page ? page(request) : elsewhere(request));
  } else if (KEPT.files.includes(url.pathname)) {
    event.respondWith(file(request, url.pathname));
  }
});

/** The kept page: from the network when it answers soon, else as it was kept. */
async function page(request) {
  const kept = await caches.match(KEPT.page, { cacheName: CACHE });
  if (!kept) return fetch(request);
  const late = new Promise((done) => { setTimeout(() => done(kept), PATIENCE); });
  const fresh = fetch(request).then((answer) => (answer.status < 500 ? answer : kept), () => kept);
  return Promise.race([fresh, late]);
}

/** Any other page is the network's; without it, a word and a way to the kept page. */
async function elsewhere(request) {
  try {
    return await fetch(request);
  } catch (error) {
    const away = await caches.match(KEPT.away, { cacheName: CACHE });
    if (away) return away;
    throw error;
  }
}

async function file(request, path) {
  const kept = await caches.match(path, { cacheName: CACHE });
  if (kept && NEVER_CHANGES.test(path)) return kept;
  try {
    const answer = await fetch(request);
    return answer.ok || !kept ? answer : kept;
  } catch (error) {
    if (kept) return kept;
    throw error;
  }
}
