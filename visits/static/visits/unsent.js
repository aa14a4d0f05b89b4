// « 3 à envoyer » on every page, and who must log in again for them to leave.
"use strict";

import { unsent } from "./outbox.js";

/** Put the count wherever the page shows it; answers it. */
export async function show() {
  const { count, waiting } = await unsent();
  for (const place of document.querySelectorAll("[data-unsent]")) {
    place.dataset.unsent = count;
    place.dataset.waiting = waiting;
    place.textContent = count;
    place.hidden = count === 0;
    const link = place.closest("[data-unsent-link]");
    if (link) link.hidden = count === 0;
  }
  const banner = document.getElementById("unsent-login");
  if (banner && !banner.hidden) askLogin(count);
  return count;
}

/** Say that the session has ended while something waits. */
export function askLogin(count) {
  const banner = document.getElementById("unsent-login");
  if (!banner) return;
  banner.hidden = !count;
  const link = banner.querySelector("a");
  link.textContent = `Reconnectez-vous pour envoyer ${count} fiche${count > 1 ? "s" : ""}`;
}
