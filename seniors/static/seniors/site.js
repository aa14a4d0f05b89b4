// What the whole site needs beyond HTML: say when an htmx request fails, tell a screen reader what
// a swapped piece announces, put the focus on the first field that was refused or back where the
// gesture was, print.
"use strict";

function say(sentence) {
  const line = document.createElement("p");
  line.className = "message message-error";
  line.textContent = sentence;
  document.getElementById("messages").replaceChildren(line);
  line.scrollIntoView({ block: "nearest" });
}

// A log-in in another tab since the page was opened changed the token: what is sent carries that of
// today, and the account that the page was made for; of another account, the server records nothing.
const tokenOfToday = () => (/(?:^|; )csrftoken=([^;]+)/.exec(document.cookie) || [])[1];

document.addEventListener("submit", (event) => {
  const token = event.target.elements.csrfmiddlewaretoken;
  if (token && tokenOfToday()) token.value = tokenOfToday();
}, true);

document.addEventListener("htmx:configRequest", ({ detail }) => {
  if (detail.verb === "get" || !tokenOfToday()) return;
  detail.headers["X-CSRFToken"] = tokenOfToday();
  if (detail.parameters.csrfmiddlewaretoken) detail.parameters.csrfmiddlewaretoken = tokenOfToday();
});

document.addEventListener("htmx:sendError", () =>
  say("Le site ne répond pas. Vérifiez votre connexion, puis recommencez."));

const WHY = {
  403: "Ce geste n’est pas permis à votre compte, ou la page est ouverte depuis trop longtemps\u00a0: rechargez-la.",
  404: "Cette fiche n’existe plus ou n’est pas dans vos territoires. Rechargez la page.",
};

document.addEventListener("htmx:responseError", ({ detail: { xhr } }) => {
  const inWords = (xhr.getResponseHeader("Content-Type") || "").includes("json");
  say((inWords && JSON.parse(xhr.responseText).said)
    || WHY[xhr.status]
    || "Le site n’a pas pu répondre. Rien n’a été enregistré\u00a0: recommencez dans un instant.");
});

// Where the gesture was made, then its neighbours: what is still in the list after the swap.
let places = [];

document.addEventListener("htmx:beforeSwap", (event) => {
  const gesture = event.detail.requestConfig.elt;
  const place = gesture.closest("li[id]");
  const around = place ? [place.nextElementSibling, place.previousElementSibling, place] : [];
  if (gesture.closest(".near")) around.reverse();
  places = around.filter((one) => one && one.id).map((one) => one.id);
});

document.addEventListener("htmx:afterSettle", () => {
  if (document.activeElement && document.activeElement !== document.body) return;
  const there = places.map((id) => document.getElementById(id)).find((one) => one);
  places = [];
  const link = there && there.querySelector("a, button, summary");
  if (link) link.focus({ preventScroll: true });
});

document.addEventListener("htmx:afterSwap", (event) => {
  const refused = event.detail.target.querySelector("[aria-invalid='true']");
  if (refused) refused.focus();
  const announced = document.querySelector("[data-announce]");
  if (announced) document.getElementById("announce").textContent = announced.textContent;
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});

// « Plus » closes when one goes elsewhere.
document.addEventListener("click", (event) => {
  const open = document.querySelector(".menu-more[open]");
  if (open && !open.contains(event.target)) open.open = false;
});

document.addEventListener("keydown", (event) => {
  const open = event.key === "Escape" && document.querySelector(".menu-more[open]");
  if (!open) return;
  open.open = false;
  open.querySelector("summary").focus();
});
