// One person: why she is on the round, how to find and ring her, what is known, with its source.
"use strict";

import { $, day, make, moment, screen, weekday, write } from "./ui.js";

const CONSENTS = { visit: "préparer une visite", health: "santé et autonomie", sharing: "partage avec un partenaire", evaluation: "évaluation" };

/** Show her: { one, questions, rights, where, begun }. */
export function show({ one, questions, rights, where, begun }) {
  screen("person");
  $("person-name").textContent = one.name;
  write($("person-lead"), [one.age && `${one.age} ans`, when(one.when)].filter(Boolean).join(" · "));
  const alerts = (one.alerts || []).map((said) => make("li", said, { class: "message message-warning" }));
  $("person-alerts").replaceChildren(...alerts);
  $("person-alerts").hidden = !alerts.length;
  write($("person-why"), one.why);
  place(one);
  calls(one);
  write($("person-last"), one.last ? lastVisit(one.last) : "Aucune visite connue.");
  write($("person-state"), where.said);
  $("person-state").className = `message message-${where.tone === "bad" ? "error" : "success"}`;
  $("person-begin").href = `#fiche/${one.uid}`;
  $("person-begin").textContent = begun ? "Reprendre la fiche" : where.label ? "Remplir une autre fiche" : "Commencer la visite";
  $("person-outcomes").hidden = Boolean(where.label) || begun;
  facts(one, questions, rights);
}

const when = (said) => said && `${weekday(said.day)}, ${said.hour || said.slot}`;

function lastVisit({ on, outcome, by }) {
  const said = `Dernière visite le ${day(on)}\u00a0: ${outcome}`;
  return by ? `${said}, par ${by}` : said;
}

function place(one) {
  const lines = [[one.address, one.city].filter(Boolean).join(", "), one.residence, one.access].filter(Boolean);
  const nodes = lines.flatMap((line, n) => (n ? [make("br"), line] : [line]));
  $("person-place").replaceChildren(...nodes);
}

function calls(one) {
  const links = (one.phones || []).map(([said, digits]) => link(`tel:${digits}`, "bi-telephone", said));
  if (one.address) links.push(link(map(one), "bi-geo-alt", "Y aller"));
  $("person-calls").replaceChildren(...links);
}

function map(one) {
  const address = encodeURIComponent(`${one.address}, ${one.city || ""}`);
  if (/iPhone|iPad/.test(navigator.userAgent)) return `maps:?q=${address}`;
  return one.point ? `geo:${one.point.join(",")}?q=${address}` : `geo:0,0?q=${address}`;
}

function link(href, icon, text) {
  const made = make("a", "", { class: "call", href });
  made.append(make("i", "", { class: `bi ${icon}`, "aria-hidden": "true" }), make("span", text));
  return made;
}

function facts(one, questions, rights) {
  const parts = [];
  const list = (title, rows) => { if (rows.length) parts.push(details(title, rows)); };
  list("Besoins repérés", (one.needs || []).map(([, label]) => [label, ""]));
  list("Actions en cours", one.actions || []);
  list("Droits à vérifier", (one.rights || []).map((place) => rights[place]));
  list("Accords", Object.entries(one.consents || {}).map(([kind, [given, on]]) => [CONSENTS[kind], `${given ? "oui" : "non"}, le ${day(on)}`]));
  const told = new Map();
  for (const [place, words, origin, on] of one.told || []) {
    const [domain, label] = questions[place];
    if (!told.has(domain)) told.set(domain, []);
    told.get(domain).push([label, words, [origin, on && day(on)].filter(Boolean).join(", ")]);
  }
  told.forEach((rows, domain) => list(domain, rows));
  $("person-facts").replaceChildren(...(parts.length ? parts : [make("p", "Rien d’autre que son dossier.", { class: "unknown" })]));
}

function details(title, rows) {
  const made = make("details");
  const list = make("dl", "", { class: "facts" });
  for (const [label, words, origin] of rows) {
    const dd = make("dd", words);
    if (origin) dd.append(make("span", origin, { class: "under" }));
    list.append(make("dt", label), dd);
  }
  made.append(make("summary", `${title} (${rows.length})`), list);
  return made;
}

/** What became of a visit that was just noted, for the person's page. */
export function standingOf(item, label) {
  if (item.state === "sent") return { label: "reçue", tone: "good", done: true, said: `${label}\u00a0: reçue par le serveur sous le n°\u00a0${item.receipt}, le ${moment(item.received_at)}.` };
  if (item.state === "refused") return { label: "refusée", tone: "bad", done: false, said: `${label}\u00a0: le serveur l’a refusée. ${item.reason}` };
  return { label: "à envoyer", tone: "warm", done: true, said: `${label}\u00a0: gardée sur ce téléphone, elle part dès qu’il y a du réseau.` };
}
