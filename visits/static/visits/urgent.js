// Urgent signals: how many are new stands in the tab's title; the strip that says one has come goes
// once the board is in sight.
"use strict";

(() => {
  const title = document.title;

  function show() {
    const board = document.getElementById("urgent");
    const unseen = Number(board?.dataset.unseen || 0);
    document.title = unseen ? `(${unseen}) ${title}` : title;
    const strip = document.querySelector("[data-urgent-come]");
    if (!strip) return;
    const sight = new IntersectionObserver((seen) => {
      if (!seen.some((one) => one.isIntersecting)) return;
      strip.remove();
      sight.disconnect();
    });
    sight.observe(board.querySelector(".panel") || board);
  }

  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.elt.closest("#urgent")) show();
  });
  show();
})();
