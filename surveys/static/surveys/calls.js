// The form of a call: each answer is kept as soon as it is given, one after the other, and what is
// not kept yet is said. Without this script the page is saved by its buttons.
"use strict";

const form = document.getElementById("call-form");
const line = document.getElementById("call-saved");
const waiting = new Map(); // item code → value, in the order given
let busy = false;
let leaving = false;
let refused = false; // in words: sent one by one, nothing more is kept

function say(sentence, wrong = false) {
  line.textContent = sentence;
  line.classList.toggle("unsaved", wrong);
}

/** What is chosen for a question, "" for no answer. */
function chosen(code) {
  const input = form.querySelector(`[name="${code}"]:checked`);
  return input ? input.value : "";
}

/** Say under a question that its answer cannot be kept, or that it can again. */
function mark(code, sentence) {
  const ask = document.getElementById(`ask-${code}`);
  let problem = ask.querySelector(".problem");
  if (!sentence) {
    if (problem) problem.remove();
    return;
  }
  if (!problem) {
    problem = document.createElement("p");
    problem.className = "problem";
    problem.setAttribute("role", "status");
    ask.append(problem);
  }
  problem.textContent = sentence;
}

/** The token of this session: another log-in since the page was opened changed it. */
function token() {
  const found = /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie);
  if (found) form.elements.csrfmiddlewaretoken.value = found[1];
  return form.elements.csrfmiddlewaretoken.value;
}

async function send(code, value) {
  const body = new FormData();
  body.set("one", code);
  body.set(code, value);
  body.set("version", form.elements.version.value);
  body.set("csrfmiddlewaretoken", token());
  body.set("account", form.elements.account.value); // kept for nobody else
  try {
    const answer = await fetch(form.action, { method: "POST", body, redirect: "manual", cache: "no-store" });
    const ours = (answer.headers.get("Content-Type") || "").includes("json");
    return { status: answer.status, data: ours ? await answer.json() : null };
  } catch {
    return { status: 0, data: null };
  }
}

const many = (count) => (count > 1 ? `${count} réponses ne sont pas enregistrées` : "Une réponse n’est pas enregistrée");

/** Nothing is on its way any more. */
function rest() {
  busy = false;
  form.dispatchEvent(new Event("kept"));
}

/** Send what waits, oldest first; stop at the first that does not go through. */
async function flush() {
  if (busy) return;
  busy = true;
  refused = false;
  while (waiting.size) {
    const [code, value] = waiting.entries().next().value;
    const { status, data } = await send(code, value);
    if (status === 200 && data) {
      form.elements.version.value = data.version;
      // Chosen anew while it was being sent: the newer one still waits.
      if (waiting.get(code) === value) waiting.delete(code);
      mark(code, data.unkept);
      again(code, data.kept);
      continue;
    }
    refused = Boolean(data);
    rest();
    if (data) say(data.said, true);
    else if (status === 0) say(`Pas de réseau ou session finie\u00a0: ${many(waiting.size).toLowerCase()}. Laissez cette page ouverte, elles partiront à la prochaine réponse.`, true);
    else say(`Le site n’a pas pu répondre\u00a0: ${many(waiting.size).toLowerCase()}.`, true);
    return;
  }
  rest();
  const at = new Date().toLocaleTimeString("fr-FR", { hour: "numeric", minute: "2-digit" }).replace(":", "\u00a0h\u00a0");
  say(`Enregistré à ${at}.`);
}

/** An agreement just given: what could not be kept before it is sent again. */
function again(code, kept) {
  if (!code.startsWith("consent_") || chosen(code) !== "1") return;
  for (const ask of form.querySelectorAll(".ask")) {
    const other = ask.id.replace("ask-", "");
    if (!waiting.has(other) && chosen(other) && !kept.includes(other)) waiting.set(other, chosen(other));
  }
}

if (form) {
  form.addEventListener("change", (event) => {
    const ask = event.target.closest(".ask");
    if (!ask) return;
    const code = event.target.name;
    waiting.delete(code);
    waiting.set(code, chosen(code));
    flush();
  });
  form.addEventListener("submit", async (event) => {
    if (leaving) {
      event.preventDefault();
      return;
    }
    if (busy || waiting.size) { // what is on its way first, so that the page is not behind itself
      event.preventDefault();
      while (busy) await new Promise((done) => { form.addEventListener("kept", done, { once: true }); });
      await flush();
      if (refused) waiting.clear(); // the page holds every answer, and is answered in its turn
      if (!waiting.size) form.requestSubmit(event.submitter);
      return;
    }
    token();
    leaving = true;
  });
  window.addEventListener("pageshow", () => { leaving = false; });
  window.addEventListener("online", flush);
  window.addEventListener("beforeunload", (event) => {
    if (waiting.size && !leaving) event.preventDefault();
  });
}
