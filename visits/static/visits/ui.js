// Small things that the screens share: find, write, say, dates as French people write them.
"use strict";

export const $ = (id) => document.getElementById(id);

/** Text in an element; hidden when there is none. */
export function write(element, text) {
  element.textContent = text || "";
  element.hidden = !text;
}

/** Why a form, or a part of it, is refused; "" when it is not. */
export const refused = (form, said) => write(form.querySelector(".refusal"), said);

/** An element with text and attributes. */
export function make(tag, text = "", attributes = {}) {
  const made = document.createElement(tag);
  if (text) made.textContent = text;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

/** Show these lines in a place. One that says the same stays as it is: under a thumb that has just
 * touched it, a line made anew would lose the touch. */
export function renew(place, lines) {
  const before = [...place.children];
  if (before.length !== lines.length) place.replaceChildren(...lines);
  else before.forEach((line, n) => { if (line.outerHTML !== lines[n].outerHTML) line.replaceWith(lines[n]); });
}

/** Whether a writing failed because the phone is full. */
export const isOutOfRoom = (error) => error.name === "QuotaExceededError";

/** A copy of the only element of a template. */
export const copyOf = (template) => $(template).content.firstElementChild.cloneNode(true);

/** One of the screens, and no other; the focus goes to its title, unless it was there already. */
export function screen(name) {
  for (const one of document.querySelectorAll("[id^='screen-']")) one.hidden = one.id !== `screen-${name}`;
  const here = `${name} ${location.hash}`;
  if (document.body.dataset.here === here) return;
  document.body.dataset.screen = name;
  document.body.dataset.here = here;
  scrollTo(0, 0);
  const title = $(`screen-${name}`).querySelector("h1");
  if (title) {
    title.tabIndex = -1;
    title.focus({ preventScroll: true });
  }
}

/** A sentence on top of the page, with perhaps a gesture: { label, gesture }. */
export function say(sentence, { kind = "success", label = "", gesture = null, lasts = 0 } = {}) {
  const line = make("p", sentence, { class: `message message-${kind}` });
  if (label) {
    const button = make("button", label, { class: "btn btn-secondary", type: "button" });
    button.addEventListener("click", () => { line.remove(); gesture(); });
    line.append(" ", button);
  }
  $("said").replaceChildren(line);
  if (lasts) setTimeout(() => line.remove(), lasts);
  return line;
}

const two = (number) => String(number).padStart(2, "0");

/** « 24/11/2026 » */
export function day(iso) {
  const [year, month, date] = iso.slice(0, 10).split("-");
  return `${date}/${month}/${year}`;
}

/** « 24/11 à 8\u00a0h\u00a012 », in the phone's time. */
export function moment(iso) {
  const at = new Date(iso);
  return `${two(at.getDate())}/${two(at.getMonth() + 1)} à ${at.getHours()}\u00a0h\u00a0${two(at.getMinutes())}`;
}

/** « mardi 24 novembre » */
export function weekday(iso) {
  const at = new Date(`${iso}T12:00:00`);
  return at.toLocaleDateString("fr-FR", { weekday: "long", day: "numeric", month: "long" }).replace(/ 1 /, " 1er ");
}

export const many = (count, one, more) => `${count} ${count > 1 ? more : one}`;
