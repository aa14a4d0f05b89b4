// Urgent signals on the page of the round, as long as there is network and a session: what was seen
// and where, nobody's name, for the page may be open before the code is typed.
import { ask } from "./wire.js";
import { make } from "./ui.js";

const EVERY = 5_000;
const LATER = 60_000; // no session, or the server does not answer
const board = document.getElementById("urgent-phone");
const title = document.title;
let pulse = "";
let newest = -1;

const many = (count) => (count > 1 ? "s" : "");

function show(told) {
  board.hidden = told.count === 0;
  board.querySelector("h2").textContent = `${told.count} signalement${many(told.count)} urgent${many(told.count)}`;
  board.querySelector("ul").replaceChildren(...told.signals.map((one) => {
    const line = make("li");
    const link = make("a", "", { href: one.url });
    link.append(make("strong", one.what), `, ${one.where}, ${one.ago}${one.is_new ? ", nouveau" : ""}`);
    line.append(link);
    return line;
  }));
  document.title = told.unseen ? `(${told.unseen}) ${title}` : title;
  const come = newest >= 0 && told.newest > newest && told.signals.find((one) => one.is_new);
  if (come) board.querySelector("[role='alert']").textContent = `Nouveau signalement urgent\u00a0: ${come.what}, ${come.where}.`;
  newest = Math.max(newest, told.newest);
}

async function look() {
  let next = EVERY;
  if (navigator.onLine) {
    const { status, data } = await ask(`urgences/?pouls=${encodeURIComponent(pulse)}`);
    if (status === 200 && data) {
      pulse = board.dataset.pulse = data.pulse;
      show(data);
    } else if (status !== 204) next = LATER;
  }
  setTimeout(look, next);
}

look();
