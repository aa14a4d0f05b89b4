// The visit form: one step at a time, each answer kept as it is given, a summary before the end.
"use strict";

import { $, day as isoDay, isOutOfRoom, make, many, screen, write } from "./ui.js";
import { Draft, today } from "./drafts.js";
import { agreements, inputs, isPick, known, problem, put, titleOf, valueOf, wordsOf } from "./fields.js";
import { small } from "./photo.js";
import { toBase64 } from "./seal.js";

const form = () => $("visit-form");
const steps = () => [...form().querySelectorAll(".step")];
let draft = null;
let ended = null;
let release = () => {};

/** Open the form of a person: a new one, or her draft, the one of the uid `which` if she has several.
 * `done(gesture)` is called at its end. */
export async function open({ device, key, one, which, day, done }) {
  await leave();
  if (!await alone(one.uid)) return false;
  draft = await Draft.of(device, key, one, which);
  ended = done;
  fill(one, day);
  await photos();
  screen("form");
  showStep(draft.said.step);
  return true;
}

/** Whether that person's form, that draft when one is named, is the one being filled in. */
export const isOpenOn = (uid, which) => Boolean(draft) && draft.said.senior === uid && (!which || draft.uid === which);

/** Keep what is being written, and let another page open the form. */
export async function leave() {
  const former = draft;
  draft = null;
  if (former) await former.writing;
  release();
}

/** One open page per person: two would write over each other. */
function alone(uid) {
  if (!navigator.locks) return Promise.resolve(true);
  return new Promise((answer) => {
    navigator.locks.request(`bienveille-fiche-${uid}`, { ifAvailable: true }, (lock) => {
      answer(Boolean(lock));
      return lock && new Promise((done) => { release = done; });
    });
  });
}

function fill(one, day) {
  form().reset();
  form().dataset.uid = draft.uid;
  form().dataset.saved = draft.isKept ? "yes" : "no";
  $("form-title").textContent = one.name || draft.said.name;
  $("form-back").href = `#personne/${draft.said.senior}`;
  write($("form-saved"), draft.isKept ? begun() : "");
  for (const place of form().querySelectorAll("[data-known]")) known(place, one.known || {}, day ? day.sources : []);
  agreements(form(), day, one);
  if (!draft.isKept) {
    for (const tick of form().querySelectorAll("[data-default]")) draft.said.content[tick.name] = 1;
  }
  for (const field of fields()) put(field, draft.said.content[field.dataset.field]);
}

function begun() {
  if (draft.said.reason) return `Refusée par le serveur\u00a0: ${draft.said.reason}`;
  if (draft.said.made_on === today()) return "Reprise de votre saisie.";
  return `Reprise de votre saisie du ${isoDay(draft.said.made_on)}.`;
}

const fields = () => [...form().querySelectorAll("[data-field]")];
async function keep(field) {
  const value = valueOf(field);
  await saved(draft.set(field.dataset.field, value));
}

/** Say that it is on the disk once it is, or why it is not. */
async function saved(writing) {
  form().dataset.saved = "no";
  const mine = draft;
  try {
    await writing;
    if (draft !== mine || draft.writing) return;
    form().dataset.saved = "yes";
    write($("form-saved"), "Enregistré sur ce téléphone");
  } catch (error) {
    write($("form-saved"), isOutOfRoom(error)
      ? "Le téléphone n’a plus de place\u00a0: la dernière réponse n’est pas enregistrée. Libérez de la place, puis touchez-la de nouveau."
      : "La dernière réponse n’est pas enregistrée\u00a0: touchez-la de nouveau.");
  }
}

function answered(event) {
  const field = event.target.closest("[data-field]");
  if (!draft || !field) return;
  if (isPick(event.target)) inputs(field).filter((one) => !isPick(one)).forEach((one) => { one.value = ""; });
  else inputs(field).filter(isPick).forEach((one) => { one.checked = false; });
  // Half a number is no mistake yet; a word that cannot be kept is one at once.
  if (event.type === "change" || event.target.matches("textarea") || !warned(field)) warn(field);
  if (field.dataset.field.startsWith("action.")) agreementOf(field);
  keep(field);
}

/** A declined action is handed over to nobody. */
function agreementOf(action) {
  const agree = form().querySelector(`[data-agree="${action.dataset.field.slice(7)}"]`);
  if (!agree) return;
  agree.hidden = action.hidden || valueOf(action) === "declined";
  if (valueOf(action) !== "declined") return;
  put(agree, undefined);
  delete draft.said.content[agree.dataset.field];
}

const warned = (field) => problem(field, draft.said.made_on);

/** Say under a field why the server would refuse it. */
function warn(field) {
  const line = field.querySelector(".refusal");
  const said = line ? warned(field) : "";
  if (line) write(line, said);
  return said;
}

/** A second touch on a chosen answer takes it away. */
function untick(event) {
  const input = event.target.closest("input[type='radio']");
  if (!input || !draft) return;
  const field = input.closest("[data-field]");
  if (String(draft.said.content[field.dataset.field]) === input.value && input.dataset.was === "on") {
    input.checked = false;
    keep(field);
  }
  inputs(field).forEach((one) => { one.dataset.was = one.checked ? "on" : ""; });
}

/** One touch says the same of all that is still unanswered in the step. */
function clear(button) {
  const step = button.closest(".step");
  for (const field of step.querySelectorAll("[data-field]")) {
    const pick = inputs(field).find((one) => isPick(one) && one.value === button.dataset.clear);
    if (valueOf(field) === undefined && pick && !pick.closest("label").hidden) {
      pick.checked = true;
      draft.said.content[field.dataset.field] = valueOf(field);
    }
  }
  const kept = draft.save();
  nextStep();
  return saved(kept);
}

function goTo(place) {
  showStep(place);
  if (draft.isKept) saved(draft.save());
}

function showStep(place) {
  const all = steps();
  draft.said.step = Math.max(0, Math.min(place, all.length - 1));
  all.forEach((one, n) => { one.hidden = n !== draft.said.step; });
  $("form-progress").value = (draft.said.step + 1) / all.length;
  write($("form-place"), `Étape ${draft.said.step + 1} sur ${all.length}`);
  const last = draft.said.step === all.length - 1;
  $("step-back").hidden = draft.said.step === 0;
  $("step-next").hidden = last;
  const step = all[draft.said.step].dataset.step;
  if (step === "needs") suggest();
  if (step === "actions") actions(false);
  if (last) summary();
  scrollTo(0, 0);
}

/** Tick the needs that the answers let one think of, once each. */
function suggest() {
  draft.said.suggested ||= [];
  for (const field of form().querySelectorAll("[data-need]")) {
    const value = valueOf(field);
    const need = field.dataset.need;
    if (value === undefined || !field.dataset.when.split(" ").includes(String(value))) continue;
    if (draft.said.suggested.includes(need)) continue;
    draft.said.suggested.push(need);
    const tick = form().querySelector(`[data-field="need.${need}"]`);
    if (tick && valueOf(tick) === undefined) {
      put(tick, 1);
      draft.said.content[`need.${need}`] = 1;
    }
  }
}

/** The actions that answer the needs found, or the whole catalogue. */
function actions(all) {
  const needs = new Set(Object.keys(draft.said.content).filter((code) => code.startsWith("need.")).map((code) => code.slice(5)));
  let left = 0;
  for (const field of form().querySelectorAll("[data-field^='action.']")) {
    const wanted = valueOf(field) !== undefined || field.dataset.answers.split(" ").some((need) => needs.has(need));
    field.hidden = !all && !wanted;
    agreementOf(field);
    left += wanted ? 0 : 1;
  }
  const button = $("all-actions");
  button.hidden = !left;
  button.setAttribute("aria-expanded", String(all));
  button.textContent = all ? "Ne voir que ce qui répond aux besoins" : `Voir les ${left} autres actions du catalogue`;
}

/** « Dans une semaine »: the day of the next contact in one touch. */
function soon(days) {
  const day = new Date();
  day.setDate(day.getDate() + days);
  const field = form().querySelector("[data-field='next.on']");
  put(field, today(day));
  keep(field);
}

function summary() {
  const said = steps().map((step, place) => part(step, place)).filter(Boolean);
  $("form-summary").replaceChildren(...said);
  dated();
  write($("form-refusal"), said.length ? "" : "La fiche est vide\u00a0: répondez au moins à une question, ou notez pourquoi la visite ne s’est pas faite.");
  $("finish").disabled = !said.length;
}

/** The day of the visit, that on which its form was begun until she says another. */
function dated() {
  $("form-day").value = draft.said.made_on;
  $("form-day").max = today();
  sayDay();
}

function sayDay() {
  const { made_on } = draft.said;
  write($("form-day-begun"), made_on === today() ? "" : `La fiche dit le ${isoDay(made_on)}\u00a0: changez le jour si la visite s’est faite un autre jour.`);
}

/** Another day; what is not one stops the end. */
function changeDay(input) {
  if (!input.checkValidity()) return;
  saved(draft.setDay(input.value));
  sayDay();
}

/** What was answered in one step, and the way back to it. */
function part(step, place) {
  const answers = [...step.querySelectorAll("[data-field]")].filter((field) => valueOf(field) !== undefined);
  if (!answers.length) return null;
  const title = make("h3", step.querySelector("h2").textContent);
  const edit = make("button", "Modifier", { type: "button", class: "btn btn-quiet" });
  edit.addEventListener("click", () => goTo(place));
  title.append(edit);
  const list = make("dl", "", { class: "facts" });
  list.append(...rows(answers, step.querySelector("[data-clear]")?.dataset.clear)
    .flatMap(([what, said]) => [make("dt", what), make("dd", said)]));
  const made = make("section");
  made.append(title, list);
  return made;
}

/** A line per answer; those that one touch gave together, and the ticks, share one. */
function rows(answers, usual) {
  const same = new Map();
  const alone = [];
  for (const field of answers) {
    const words = wordsOf(field);
    if (field.dataset.kind !== "tick" && String(valueOf(field)) !== usual) alone.push([titleOf(field), words]);
    else same.set(words, [...(same.get(words) || []), titleOf(field)]);
  }
  const together = [...same].map(([words, titles]) => [words[0].toUpperCase() + words.slice(1), titles.join(" · ")]);
  return [...alone, ...together];
}

/** Whether something written there would be refused: it is then said and shown. */
function stopped(among) {
  const wrong = among.map((field) => [field, warn(field)]).find(([, said]) => said);
  if (!wrong) return false;
  const place = steps().findIndex((step) => step.contains(wrong[0]));
  if (place !== draft.said.step) goTo(place);
  inputs(wrong[0]).find((one) => !isPick(one)).focus();
  return true;
}

function nextStep() {
  const here = steps()[draft.said.step];
  if (!stopped(fields().filter((field) => here.contains(field)))) goTo(draft.said.step + 1);
}

async function finish() {
  if (stopped(fields()) || !$("form-day").reportValidity()) return;
  $("finish").disabled = true;
  try {
    const { uid, said } = draft;
    await draft.finish(document.body.dataset.version);
    await leave();
    ended({ finished: uid, name: said.name });
  } catch (error) {
    write($("form-refusal"), `La fiche n’a pas pu être terminée\u00a0: elle reste ici telle que vous l’avez remplie. (${error.name})`);
    $("finish").disabled = false;
  }
}

async function giveUp(button) {
  if (!button.dataset.sure) {
    button.dataset.sure = "yes";
    button.textContent = draft.said.replaces
      ? "Toucher encore une fois pour tout effacer, la fiche refusée aussi"
      : "Toucher encore une fois pour tout effacer de cette fiche";
    return;
  }
  delete button.dataset.sure;
  button.textContent = "Abandonner cette fiche";
  const { name } = draft.said;
  await draft.drop();
  await leave();
  ended({ dropped: true, name });
}

async function addPhoto(input) {
  const [file] = input.files;
  if (!file || !draft) return;
  try {
    if (!await draft.addPhoto(input.dataset.photo, small(file), mostPhotos())) write($("form-saved"), tooMany());
  } catch (error) {
    write($("form-saved"), isOutOfRoom(error)
      ? "Le téléphone n’a plus de place\u00a0: cette photo n’est pas gardée. Libérez de la place, puis reprenez-la."
      : "Cette photo n’a pas pu être lue\u00a0: elle n’est pas gardée.");
  }
  input.value = "";
  if (draft) await photos();
}

/** The pictures kept, each with its way out. */
async function photos() {
  const kept = await draft.photos();
  const isFull = await draft.countPhotos() >= mostPhotos();
  for (const input of form().querySelectorAll("[data-photo]")) {
    const here = kept.filter((one) => one.room === input.dataset.photo);
    const words = here.length ? many(here.length, "photo gardée", "photos gardées") : "";
    input.closest(".photo").querySelector(".photos").replaceChildren(words, ...here.map(picture));
    input.closest(".photo").querySelector(".most").hidden = !isFull;
    input.disabled = isFull;
    input.closest("label").hidden = isFull;
  }
}

const mostPhotos = () => Number(form().dataset.mostPhotos);
const tooMany = () => `Cette fiche a déjà ${mostPhotos()} photos, le plus possible\u00a0: celle-ci n’est pas gardée.`;

function picture({ uid, bytes }) {
  const made = make("span", "", { class: "picture" });
  const remove = make("button", "Retirer cette photo", { type: "button", class: "btn btn-quiet", "data-drop-photo": uid });
  made.append(make("img", "", { src: `data:image/jpeg;base64,${toBase64(bytes)}`, alt: "Photo gardée" }), remove);
  return made;
}

/** Attach the gestures of the form, once. */
export function begin() {
  form().addEventListener("submit", (event) => event.preventDefault());
  form().addEventListener("input", (event) => { if (!event.target.dataset.photo) answered(event); });
  form().addEventListener("change", (event) => {
    if (event.target.dataset.photo) addPhoto(event.target);
    else if (event.target.id === "form-day") changeDay(event.target);
    else answered(event);
  });
  form().addEventListener("click", (event) => {
    untick(event);
    const button = event.target.closest("button");
    if (button?.dataset.clear) clear(button);
    if (button?.dataset.dropPhoto) draft.dropPhoto(button.dataset.dropPhoto).then(photos);
    if (button?.dataset.days) soon(Number(button.dataset.days));
    if (button?.id === "all-actions") actions(button.getAttribute("aria-expanded") === "false");
  });
  $("step-next").addEventListener("click", nextStep);
  $("step-back").addEventListener("click", () => goTo(draft.said.step - 1));
  $("finish").addEventListener("click", finish);
  $("give-up").addEventListener("click", (event) => giveUp(event.currentTarget));
}
