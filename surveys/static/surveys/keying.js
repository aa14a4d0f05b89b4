// Paper typed in without the mouse: a digit picks the reply and goes to the next question. Without
// this script the page is a plain form.
"use strict";

const form = document.getElementById("keying-form");
const reference = document.getElementById("reference");
const asks = form ? [...form.querySelectorAll(".ask")] : [];
const inputs = (ask) => [...ask.querySelectorAll("input")];
// The replies, « sans réponse » left out.
const picks = (ask) => inputs(ask).filter((one) => one.value !== "");

/** Put the focus on that question, or on the button after the last one. */
function go(rank) {
  const ask = asks[Math.max(rank, 0)];
  if (!ask) {
    document.getElementById("keying-save").focus();
    return;
  }
  const all = inputs(ask);
  (all.find((one) => one.checked) || all[0]).focus({ preventScroll: true });
  ask.scrollIntoView({ block: "nearest" });
}

/** Which reply the key means: its input, "none" for no answer, null when the key says nothing. */
function meant(ask, event) {
  // The row of digits of a French keyboard gives letters without Shift: the key counts, not the sign.
  const digit = /^(?:Digit|Numpad)([0-9])$/.exec(event.code);
  if (digit) return digit[1] === "0" ? "none" : picks(ask)[Number(digit[1]) - 1] || null;
  if (/^[0-9]$/.test(event.key)) return event.key === "0" ? "none" : picks(ask)[Number(event.key) - 1] || null;
  const letter = event.key.toLowerCase();
  if (letter === "o" && ["yes_no", "tick"].includes(ask.dataset.kind)) return picks(ask)[0];
  if (letter === "n" && ask.dataset.kind === "yes_no") return picks(ask)[1];
  return letter === "n" || letter === "enter" ? "none" : null;
}

/** A key that is no reply changes nothing, and says so: what is typed next would be out of step. */
function refuse(ask, key) {
  if (key.length !== 1 || key === " ") return;
  const line = ask.querySelector(".no-key") || document.createElement("p");
  line.className = "problem no-key";
  line.setAttribute("role", "alert");
  line.textContent = `La touche «\u00a0${key.toUpperCase()}\u00a0» n’est pas une réponse à cette question\u00a0: reprenez ici.`;
  ask.append(line);
}

function answer(ask, pick) {
  ask.querySelector(".no-key")?.remove();
  for (const one of inputs(ask)) one.checked = pick === "none" ? one.value === "" : one === pick;
}

const MOVES = { ArrowUp: -1, ArrowLeft: -1, Backspace: -1, ArrowDown: 1, ArrowRight: 1 };

if (form) {
  form.addEventListener("keydown", (event) => {
    const ask = event.target.closest(".ask");
    if (!ask || event.altKey || event.ctrlKey || event.metaKey) return;
    const rank = asks.indexOf(ask);
    if (event.key === "End") {
      event.preventDefault();
      go(asks.length);
      return;
    }
    if (event.key in MOVES) {
      event.preventDefault();
      go(rank + MOVES[event.key]);
      return;
    }
    const pick = meant(ask, event);
    if (pick === null) {
      refuse(ask, event.key);
      return;
    }
    event.preventDefault();
    // « Entrée » on a question already answered leaves it as it is.
    if (!(event.key === "Enter" && picks(ask).some((one) => one.checked))) answer(ask, pick);
    go(rank + 1);
  });
  // From the button, back to the last question.
  document.getElementById("keying-save").addEventListener("keydown", (event) => {
    if (MOVES[event.key] !== -1) return;
    event.preventDefault();
    go(asks.length - 1);
  });
  // A second « Entrée » while the paper is being sent sends nothing more.
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
  });
  window.addEventListener("pageshow", () => delete form.dataset.sent);
  const wrong = form.querySelector("[aria-invalid='true']");
  go(wrong ? asks.indexOf(wrong.closest(".ask")) : 0);
} else if (reference) {
  // The text refused is replaced by what is typed or scanned next.
  reference.focus();
  reference.select();
}
