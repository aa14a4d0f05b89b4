// Reading and showing the fields of the form: one value per field, as it is sent.
"use strict";

import { day, make } from "./ui.js";
import { refusal } from "./words.js";

const TELEPHONE = /^\+?[\d\s.\-()/]{8,20}$/;
const EMAIL = /^[^@\s]+@[^@\s]+\.[^@\s.]+$/;
const WHOLE = /^-?\d+$/;

/** The inputs of a field. */
export const inputs = (field) => [...field.querySelectorAll("input, textarea, select")];

/** Chosen rather than typed. */
export const isPick = (input) => input.type === "radio" || input.type === "checkbox";

/** Show a value in its field. */
export function put(field, value) {
  for (const input of inputs(field)) {
    if (isPick(input)) {
      input.checked = value !== undefined && input.value === String(value);
      input.dataset.was = input.checked ? "on" : "";
    } else input.value = value === undefined || value === "ok" ? "" : value;
  }
}

/** What was typed in a field, "" when nothing was. */
export const typed = (field) => inputs(field).filter((input) => !isPick(input)).map((input) => input.value.trim()).join("");

/** The value of a field as it is sent; undefined when it is not answered. */
export function valueOf(field) {
  const text = typed(field);
  if (text) return field.dataset.kind === "number" && WHOLE.test(text) ? Number(text) : text;
  const picked = inputs(field).find((input) => isPick(input) && input.checked);
  if (!picked) return undefined;
  return /^-?\d{1,3}$/.test(picked.value) ? Number(picked.value) : picked.value;
}

/** Why the server would refuse what was typed, as it says it (visits/visiting/fields.py); "" when it is fine. */
export function problem(field, madeOn) {
  const text = typed(field);
  const { kind, field: code, least, most } = field.dataset;
  if (!text) return "";
  if (kind === "number" && !(WHOLE.test(text) && Number(text) >= Number(least) && Number(text) <= Number(most))) {
    return `Écrivez un nombre entre ${least} et ${most}.`;
  }
  if (kind === "date" && text < madeOn) return `Ce jour est avant la visite, qui est du ${day(madeOn)}.`;
  if (kind !== "text") return "";
  const number = /\.(phone|mobile)$/.test(code);
  if (number && text.toLowerCase() !== "aucun" && (!TELEPHONE.test(text) || text.replace(/\D/g, "").length < 8)) {
    return "Ce n’est pas un numéro de téléphone.";
  }
  if (code.endsWith(".email") && !EMAIL.test(text)) return "Ce n’est pas une adresse de courriel.";
  return refusal(text);
}

/** The answer in words, for the summary. */
export function wordsOf(field) {
  const value = valueOf(field);
  const pick = inputs(field).find((one) => isPick(one) && one.checked);
  if (field.dataset.kind === "tick") return "coché";
  if (field.dataset.kind === "date") return day(value);
  return pick ? pick.closest("label").textContent.trim() : String(value);
}

/** The question. */
export const titleOf = (field) => (field.querySelector("legend") || field.querySelector("label")).textContent.trim();

/** What is known already with its source, and the answer that confirms it. */
export function known(place, values, sources) {
  const [said, source] = values[place.dataset.known] || [];
  place.textContent = said === undefined ? "inconnu" : said;
  if (said !== undefined) place.append(make("span", sources[source], { class: "under" }));
  const confirm = place.parentElement.querySelector("input[value='ok']");
  confirm.closest("label").hidden = said === undefined;
}

/** Whom a decided action may be handed over to where she lives: known from the day only. */
export function agreements(form, day, one) {
  for (const old of form.querySelectorAll("[data-agree]")) old.remove();
  for (const kind of (day ? day.kinds : []).filter((one) => one.by_partner)) {
    const able = day.partners.filter(({ kinds, territories }) => kinds.includes(kind.code) && territories.includes(one.territory));
    const action = form.querySelector(`[data-field="action.${kind.code}"]`);
    if (!able.length || !action) continue;
    const code = `agree.${kind.code}`;
    const field = make("fieldset", "", { class: "field", "data-field": code, "data-kind": "choice", "data-agree": kind.code, id: `field-${code}` });
    field.append(make("legend", `${kind.label}\u00a0: d’accord pour transmettre à`));
    for (const one of able) {
      const label = make("label", "", { class: "choice" });
      label.append(make("input", "", { type: "radio", name: code, value: one.uid }), " ", make("span", one.name));
      field.append(label);
    }
    action.after(field);
  }
}
