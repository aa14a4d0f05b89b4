// The week under the hand: a card is drawn by its grip with a finger or the mouse, or taken with
// Enter and carried with the arrows; a text message is copied. Every gesture also has its form.
"use strict";

const START = 6; // pixels before a press becomes a draw
const NEAR = 30; // pixels within which two taps are at the same place
const EDGE = 60; // pixels from the window's edge where the page follows
let taken = null;
let focusAfter = "";

function unhide(root) {
  root.querySelectorAll("[data-grip][hidden], [data-copy][hidden]").forEach((one) => { one.hidden = false; });
}

function tell(sentence) {
  document.getElementById("announce").textContent = sentence;
}

// Where a card may go: the half-days to come, and the tray for one that has a day.
function lists(card) {
  const all = document.querySelectorAll("#week .cards:not([data-over])");
  return [...all].filter((one) => one.offsetParent !== null && (card.dataset.uid || !("tray" in one.dataset)));
}

function others(list) {
  return [...list.children].filter((one) => "card" in one.dataset && one !== taken.card);
}

function take(card) {
  const place = document.createElement("li");
  place.className = "week-place";
  taken = { card, place, from: card.parentElement, moved: false };
}

function put(list, index) {
  const there = others(list);
  list.insertBefore(taken.place, there[index] || null);
  taken.list = list;
  taken.index = Math.min(index, there.length);
}

function release() {
  if (!taken) return;
  taken.place.remove();
  taken.card.classList.remove("is-moving");
  taken.card.removeAttribute("style"); // htmx would copy it, which the content policy refuses
  const grip = taken.card.querySelector("[data-grip]");
  grip.setAttribute("aria-pressed", "false");
  taken = null;
}

function drop() {
  const { card, list, index } = taken;
  const back = list && "tray" in list.dataset;
  release();
  if (!list) return;
  focusAfter = card.id;
  const values = back ? {} : { day: list.dataset.day, slot: list.dataset.slot, place: index };
  if (card.dataset.entry) values.entry = card.dataset.entry;
  const url = back ? card.dataset.cancel : card.dataset.move;
  htmx.ajax("POST", url, { source: card, target: "#week", swap: "outerHTML", values });
}

document.addEventListener("pointerdown", (event) => {
  const grip = event.target.closest("[data-grip]");
  if (!grip || event.button) return;
  event.preventDefault();
  release();
  take(grip.closest("[data-card]"));
  taken.x = event.clientX;
  taken.y = event.clientY;
  taken.scroll = window.scrollY;
  grip.setPointerCapture(event.pointerId);
  grip.focus();
});

document.addEventListener("pointermove", (event) => {
  if (!taken || taken.x === undefined) return;
  const dx = event.clientX - taken.x;
  const dy = event.clientY - taken.y + window.scrollY - taken.scroll;
  if (!taken.moved && Math.hypot(dx, dy) < START) return;
  taken.moved = true;
  taken.card.classList.add("is-moving");
  taken.card.style.transform = `translate(${dx}px, ${dy}px)`;
  const list = document.elementsFromPoint(event.clientX, event.clientY)
    .map((one) => one.closest(".week-tray, .cards")).find((one) => one);
  const found = list && (list.matches(".cards") ? list : list.querySelector(".cards"));
  if (found && lists(taken.card).includes(found)) {
    const after = others(found).findIndex((one) => {
      const box = one.getBoundingClientRect();
      return event.clientY < box.top + box.height / 2;
    });
    put(found, after < 0 ? others(found).length : after);
  }
  if (event.clientY < EDGE) window.scrollBy(0, -12);
  if (event.clientY > window.innerHeight - EDGE) window.scrollBy(0, 12);
});

document.addEventListener("pointerup", () => {
  if (!taken || taken.x === undefined) return;
  if (taken.moved && (taken.list !== taken.from || taken.index !== undefined)) drop();
  else release();
});

document.addEventListener("pointercancel", release);

function where(list, index) {
  if ("tray" in list.dataset) return "À placer";
  const name = list.getAttribute("aria-labelledby").split(" ")
    .map((id) => document.getElementById(id).textContent.trim()).join(", ");
  return `${name}, place ${index + 1} sur ${others(list).length + 1}`;
}

function carry(key) {
  const all = lists(taken.card);
  const at = all.indexOf(taken.list);
  const step = { ArrowLeft: -1, ArrowRight: 1 }[key];
  if (step) {
    const list = all[Math.min(Math.max(at + step, 0), all.length - 1)];
    put(list, list === taken.list ? taken.index : others(list).length);
  } else {
    const next = taken.index + (key === "ArrowUp" ? -1 : 1);
    put(taken.list, Math.min(Math.max(next, 0), others(taken.list).length));
  }
  taken.place.scrollIntoView({ block: "nearest" });
  tell(where(taken.list, taken.index));
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && taken) {
    release();
    tell("Rien n’est changé.");
    return;
  }
  const grip = event.target.closest && event.target.closest("[data-grip]");
  if (!grip) return;
  const pick = event.key === "Enter" || event.key === " ";
  const arrow = event.key.startsWith("Arrow");
  if (pick && taken) drop();
  else if (pick) {
    const card = grip.closest("[data-card]");
    take(card);
    grip.setAttribute("aria-pressed", "true");
    const open = lists(card);
    const list = open.includes(card.parentElement) ? card.parentElement : open[0];
    if (!list) return release();
    put(list, list === card.parentElement ? [...list.querySelectorAll("[data-card]")].indexOf(card) : others(list).length);
    tell("Pris. Les flèches le déplacent, Entrée le pose, Échap l’abandonne.");
  } else if (arrow && taken) carry(event.key);
  else return;
  event.preventDefault();
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const text = document.getElementById(button.dataset.copy).textContent;
  navigator.clipboard.writeText(text).then(
    () => { button.textContent = "SMS copié"; },
    () => { button.textContent = "Sélectionnez le texte"; });
});

// Where an outcome was tapped. Until another place is touched or the page is moved, a tap there
// reaches nobody else, whatever has come under the thumb.
let tapped = null;

function isAgain(event) {
  return tapped && event.detail > 0 && window.scrollY === tapped.scroll
    && Math.hypot(event.clientX - tapped.x, event.clientY - tapped.y) < NEAR;
}

// The card one touches, or the first in sight, stays where it is on the screen: a second tap must
// not reach someone else's.
let held = null;

function inSight() {
  const all = [...document.querySelectorAll("[data-card]")];
  return all.find((one) => one.offsetParent && one.getBoundingClientRect().bottom > 0);
}

document.addEventListener("htmx:beforeSwap", (event) => {
  const card = event.detail.requestConfig.elt.closest("[data-card]") || inSight();
  held = card && { id: card.id, top: card.getBoundingClientRect().top, y: window.scrollY };
});

document.addEventListener("htmx:afterSwap", () => {
  if (!held) return;
  const card = document.getElementById(held.id);
  const moved = card && card.offsetParent ? card.getBoundingClientRect().top - held.top : held.y - window.scrollY;
  window.scrollBy({ top: moved, behavior: "instant" });
  held = null;
  if (tapped) tapped.scroll = window.scrollY;
});

document.addEventListener("click", (event) => {
  const card = event.target.closest("[data-card]")?.id;
  if (!isAgain(event)) {
    const outcome = event.target.closest("[name='outcome']");
    tapped = outcome && { x: event.clientX, y: event.clientY, scroll: window.scrollY, card };
  } else if (card !== tapped.card) {
    event.preventDefault();
    event.stopPropagation();
  }
}, true);

document.addEventListener("htmx:afterSettle", () => {
  unhide(document);
  // A page that has become shorter moves by itself once more.
  requestAnimationFrame(() => requestAnimationFrame(() => {
    if (tapped) tapped.scroll = window.scrollY;
  }));
  const grip = focusAfter && document.querySelector(`#${CSS.escape(focusAfter)} [data-grip]`);
  focusAfter = "";
  if (grip) grip.focus();
});

unhide(document);
