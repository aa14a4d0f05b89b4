// A button that ticks all the boxes of one name, then unticks them; how many are ticked is said.
"use strict";

function count(name) {
  const ticked = document.querySelectorAll(`input[name="${name}"]:checked`).length;
  for (const place of document.querySelectorAll("[data-ticked]")) place.textContent = ticked;
}

document.addEventListener("change", (event) => {
  if (event.target.type === "checkbox") count(event.target.name);
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-check-all]");
  if (!button) return;
  const boxes = [...document.querySelectorAll(`input[name="${button.dataset.checkAll}"]`)];
  const all = boxes.some((box) => !box.checked);
  for (const box of boxes) box.checked = all;
  button.textContent = all ? "Tout décocher" : "Tout cocher";
  count(button.dataset.checkAll);
});
