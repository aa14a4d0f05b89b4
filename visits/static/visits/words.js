// The free text's guard without network: the lists, patterns and sentences of seniors/guard.py,
// which the page carries as JSON, read in the same way. The server checks again.
"use strict";

const data = document.getElementById("guard-words");
const WORDS = data ? JSON.parse(data.textContent) : null;
const sets = WORDS && Object.fromEntries(
  ["people", "pronouns", "things", "determiners", "owned", "little"].map((name) => [name, new Set(WORDS[name])]));
const whole = (name) => new RegExp(`(?<![\\p{L}\\p{N}_-])(?:${WORDS[name]})(?![\\p{L}\\p{N}_-])`, "giu");
const TOKEN = /[\p{L}\p{N}_-]+/gu;
const CLAUSE_ENDS = /[.;:!?\n,()]|\b(?:mais|car|qui|donc)\b/;

/** Why the text would be refused, in French; "" when it is fine. */
export function refusal(text) {
  if (!WORDS) return "";
  const said = text.replace(/\s+/g, " ").trim().normalize("NFKC").replace(/[\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]/g, "");
  if (holdsNir(said)) return WORDS.why.nir;
  const bare = [...said].map((char) => bareOf(char)).join("");
  const ambiguous = matches("ambiguous", bare).filter((one) => !isOfAThing(bare, one));
  const found = {
    diagnosis: [...matches("diagnoses", bare), ...matches("rawDiagnoses", said)],
    judgement: [...matches("judgements", bare), ...matches("rawJudgements", said), ...ambiguous],
  };
  return Object.entries(found).filter(([, some]) => some.length).map(([kind, some]) => {
    const once = new Set(some.map((one) => said.slice(one.index, one.index + one[0].length).trim()));
    const quoted = [...once].map((word) => `«\u00a0${word}\u00a0»`).join(", ");
    return WORDS.why[kind].replace("{words}", quoted);
  }).join(" ");
}

const matches = (name, text) => [...text.matchAll(whole(name))];

/** The letter without its accent, small, of the same length. */
function bareOf(char) {
  const small = char.normalize("NFD").slice(0, char.length).toLowerCase();
  return small.length === char.length ? small : char;
}

function holdsNir(text) {
  return [...text.matchAll(new RegExp(WORDS.nir, "gu"))].some((match) => isNir(match));
}

function isNir(match) {
  const body = match[1].replace(/[^0-9ABab]/g, "").toUpperCase();
  const figures = body.replace(/^(.{5})2A/, "$119").replace(/^(.{5})2B/, "$118");
  if (!/^\d{13}$/.test(figures)) return false;
  const month = Number(body.slice(3, 5));
  if (!((month >= 1 && month <= 12) || (month >= 20 && month <= 42) || month >= 50)) return false;
  if (body.slice(5, 7) === "00") return false;
  const key = match[2] && Number(match[2].replace(/\D/g, ""));
  const right = match[2] !== undefined && BigInt(key) === 97n - (BigInt(figures) % 97n);
  const around = match.input.slice(Math.max(match.index - 1, 0), match.index)
    + match.input.slice(match.index + match[0].length, match.index + match[0].length + 1);
  if (right || /\p{L}/u.test(around)) return right;
  return match[2] === undefined || new RegExp(`^${WORDS.grouped}`, "u").test(match[1]);
}

function isOfAThing(bare, match) {
  const after = bare.slice(match.index + match[0].length).trimStart();
  if (match[0].startsWith("fo") && /^(?:rire|de |d'|d’)/.test(after)) return true;
  const clause = bare.slice(0, match.index).split(CLAUSE_ENDS).at(-1);
  const before = clause.match(TOKEN) || [];
  for (let place = before.length - 1; place >= 0; place -= 1) {
    const told = spokenOf(before, place);
    if (told !== null) return told;
  }
  const next = (after.split(CLAUSE_ENDS)[0].match(TOKEN) || [])[0];
  return Boolean(next) && !["people", "pronouns", "little"].some((name) => sets[name].has(next));
}

/** True when the word there is a thing, false a person, null when it says neither. */
function spokenOf(before, place) {
  const [word, previous, owner] = [before[place], before[place - 1] || "", before[place - 2] || ""];
  if (sets.things.has(word)) return true;
  if (sets.pronouns.has(word)) return sets.owned.has(previous) ? null : false;
  if (sets.people.has(word)) {
    const owned = sets.owned.has(previous) || (sets.determiners.has(previous) && sets.owned.has(owner));
    return owned ? null : false;
  }
  return sets.determiners.has(previous) ? true : null;
}
