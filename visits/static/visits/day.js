// The round: who is to be seen, in order, and where each visit stands.
"use strict";

import { $, copyOf, day as isoDay, make, many, moment, renew, screen, weekday, write } from "./ui.js";
import { today } from "./drafts.js";

const LATER = "Le reste de la liste";

/** Show the round of an open phone: { device, day, fetching, standing }. */
export function show({ device, day, fetching, standing }) {
  screen("day");
  const people = day ? day.people : [];
  write($("day-age"), day ? `Données du ${moment(day.made_at)}` : "");
  write($("day-wiped"), fetching ? "" : wiped(device, day));
  const left = people.filter((one) => !standing.of(one).done).length;
  write($("day-lead"), day ? lead(people.length, left) : arriving(fetching));
  $("day-empty").hidden = !day || people.length > 0;
  write($("day-more"), day && day.left_out ? `${many(day.left_out, "autre personne n’a pas pu être gardée", "autres personnes n’ont pas pu être gardées")}\u00a0: 60 au plus.` : "");
  const groups = new Map();
  for (const one of people) {
    const title = groupOf(one);
    if (!groups.has(title)) groups.set(title, []);
    groups.get(title).push(one);
  }
  const shown = [...$("days").children];
  const made = [...groups].map(([title, some]) => group(title, some, standing));
  const isSame = shown.length === made.length && shown.every((one, n) => titleOf(one) === titleOf(made[n]));
  if (!isSame) $("days").replaceChildren(...made);
  else shown.forEach((one, n) => renew(linesOf(one), [...linesOf(made[n]).children]));
}

const arriving = (fetching) => (fetching ? "Votre journée arrive sur ce téléphone…" : "");

const lead = (all, left) => (!all ? "" : left ? `${many(left, "personne à voir", "personnes à voir")} sur ${all}` : `${many(all, "visite faite", "visites faites")}\u00a0: c’est terminé.`);

function wiped(device, day) {
  if (day) return "";
  if (device.expired_day) return `La journée du ${moment(device.expired_day)} était trop ancienne\u00a0: elle a été effacée de ce téléphone. Vos fiches commencées et vos envois sont toujours là. Mettez à jour dès que vous avez du réseau.`;
  return "Aucune journée n’est gardée sur ce téléphone. Mettez à jour dès que vous avez du réseau.";
}

function groupOf(one) {
  if (!one.when) return LATER;
  return one.when.day === today() ? "Aujourd’hui" : weekday(one.when.day);
}

const titleOf = (group) => group.querySelector("h2").textContent;
const linesOf = (group) => group.querySelector("ol");

function group(title, people, standing) {
  const part = make("section", "", { class: "panel flush" });
  const list = make("ol", "", { class: "people" });
  list.append(...people.map((one) => row(one, standing)));
  const head = make("h2", title);
  part.append(head, list);
  return part;
}

/** What to know of someone to be seen before opening her page. */
function aside(one) {
  if ((one.alerts || []).length) return "à lire avant d’y aller";
  return one.last && one.last.again ? `à retenter à partir du ${isoDay(one.last.again)}` : "";
}

function row(one, standing) {
  const made = copyOf("person-row");
  made.dataset.senior = one.uid;
  made.querySelector("a").href = `#personne/${one.uid}`;
  made.querySelector(".name").textContent = one.name;
  write(made.querySelector(".when"), one.when ? one.when.hour || one.when.slot : "");
  write(made.querySelector(".where"), [one.address, one.access].filter(Boolean).join(", "));
  const { label, tone, done } = standing.of(one);
  const tag = made.querySelector(".state");
  write(tag, label || aside(one));
  tag.classList.add(label ? `tag-${tone}` : "tag-warm");
  made.classList.toggle("done", done);
  return made;
}
