// A button that copies the field it names; hidden where the browser cannot.
"use strict";

for (const button of document.querySelectorAll("[data-copy]")) {
  const field = document.getElementById(button.dataset.copy);
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(field.value);
    button.textContent = "Copié";
    document.getElementById("announce").textContent = "Le lien est copié.";
  });
  field.addEventListener("focus", () => field.select());
}
