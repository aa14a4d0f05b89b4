// « Envois »: what waits, what was received under which number, what was refused and why. Open
// without the PIN; with it, names are shown and a refused form can be taken up again.
"use strict";

import * as outbox from "./outbox.js";
import { drafts } from "./drafts.js";
import { gestures } from "./refused.js";
import * as seal from "./seal.js";
import { $, copyOf, make, many, moment, renew, screen, write } from "./ui.js";

const STATES = { waiting: ["à envoyer", "warm"], sent: ["reçue", "good"], refused: ["refusée", "bad"] };
const UNDONE = ["annulée", "warm"];
let latest = 0;

/** Show the outbox; `phone` is { device, key } once the PIN was given, else null. */
export async function show(phone, taken) {
  screen("sending");
  await fill(phone, taken);
}

/** The same without moving anything: after a change. */
export async function fill(phone, taken) {
  latest += 1;
  const mine = latest;
  $("screen-sending").setAttribute("aria-busy", "true");
  const found = (await outbox.items()).reverse();
  const forms = new Map(found.map((one) => [one.uid, one]));
  // Under a thumb, or while a day is being chosen, a line that says the same stays as it is.
  const before = new Map([...$("outbox").children].map((line) => [line.dataset.said, line]));
  const rows = await Promise.all(found.map(async (one) => {
    const said = JSON.stringify([one.uid, one.state, one.code, one.tries, one.begun, Boolean(phone)]);
    return before.get(said) || row(one, said, forms, phone, taken);
  }));
  // Two changes in a row are read side by side: what the older one read is not shown over the newer.
  if (mine !== latest) return;
  const isSame = rows.length === before.size && rows.every((line, n) => line === $("outbox").children[n]);
  if (!isSame) $("outbox").replaceChildren(...rows);
  $("outbox").hidden = !rows.length;
  const left = found.filter((one) => one.state !== "sent").length;
  write($("sending-lead"), left ? `${many(left, "envoi n’est pas arrivé", "envois ne sont pas arrivés")} au serveur.` : "Tout ce qui est terminé est arrivé au serveur.");
  $("send-now").hidden = !left;
  await begun(phone);
  $("screen-sending").setAttribute("aria-busy", "false");
}

async function begun(phone) {
  const open = phone ? await drafts(phone.device, phone.key) : [];
  $("begun").hidden = !open.length;
  renew($("drafts"), open.map((one) => {
    const line = make("li");
    line.append(make("a", one.name, { href: `#fiche/${one.senior}` }), ` commencée le ${moment(one.started_at)}`);
    return line;
  }));
}

/** What an item is about, for who gave the PIN; null otherwise. */
export async function aboutOf(item, phone) {
  if (!phone || !item.about || item.device !== phone.device.uid) return null;
  return seal.open(phone.key, `about|${item.uid}`, item.about).catch(() => null);
}

async function row(one, said, forms, phone, taken) {
  const made = copyOf("sending-row");
  made.dataset.uid = one.uid;
  made.dataset.state = one.state;
  made.dataset.said = said;
  // A picture is about whom its form is about.
  const about = await aboutOf(forms.get(one.form) || one, phone);
  const what = one.kind === "photo" ? "Photo" : "Fiche";
  made.querySelector(".what").textContent = about ? `${what}\u00a0: ${about.name}` : `${what} du ${moment(one.queued_at)}`;
  const [label, tone] = one.undone_at ? UNDONE : STATES[one.state];
  const tag = made.querySelector(".state");
  tag.textContent = label;
  tag.classList.add(`tag-${tone}`);
  write(made.querySelector(".receipt"), one.receipt ? `n°\u00a0${one.receipt}, le ${moment(one.received_at)}` : "");
  write(made.querySelector(".reason"), reasonOf(one));
  gestures(made.querySelector(".gestures"), one, phone, about, taken);
  return made;
}

function reasonOf(one) {
  if (one.undone_at) return "Reçue, puis annulée sur le site\u00a0: la visite reste à faire.";
  if (one.state === "sent" && one.clashes) return `${many(one.clashes, "réponse diffère", "réponses diffèrent")} de celles d’une autre fiche du même jour\u00a0: une personne choisira.`;
  if (one.state === "sent" && one.kept_out) return `${many(one.kept_out, "accord n’a pas pu être gardé", "accords n’ont pas pu être gardés")}\u00a0: le partenaire n’est plus disponible là où vit la personne. Choisissez-en un autre dans «\u00a0Actions\u00a0».`;
  if (one.state === "waiting" && one.tries > 1 && !one.reason) return `${one.tries} essais sans réponse du serveur\u00a0; le prochain vient tout seul.`;
  return one.reason || "";
}
