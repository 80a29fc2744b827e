// The palette and the keys that work on every page. Without this file everything can be clicked.
"use strict";
(() => {
  const palette = document.getElementById("palette");
  const keys = document.getElementById("keys");
  const field = document.getElementById("palette-q");
  if (!palette || !keys || !field) return;

  const isTyping = (target) => /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName) || target.isContentEditable;
  const hits = () => [...palette.querySelectorAll("[data-hit]")];
  const isShown = () => shown === field.value;
  const isNothing = () => isShown() && !hits().length;
  const GO_MS = 1500;
  let going = -Infinity;
  let shown = null;
  let isHasty = false;
  let isLost = false;

  function open() {
    palette.showModal();
    field.select();
  }

  // A browser takes the focus from what is closed when it next draws; the next key may be sooner.
  function shut() {
    isHasty = false;
    palette.close();
    if (palette.contains(document.activeElement)) document.activeElement.blur();
  }

  function walk(by) {
    const all = [field, ...hits()];
    const at = Math.max(0, all.indexOf(document.activeElement));
    all[Math.min(Math.max(at + by, 0), all.length - 1)].focus();
  }

  function goTo(letter) {
    const way = keys.querySelector(`[data-key="${CSS.escape(letter)}"]`);
    if (way) way.click();
  }

  document.querySelectorAll("[data-opens-palette]").forEach((each) =>
    each.addEventListener("click", (event) => {
      event.preventDefault();
      open();
    }),
  );

  palette.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      walk(step);
    } else if (event.key === "Enter" && event.target === field && window.htmx && !isNothing() && !isLost) {
      event.preventDefault();
      if (isShown()) hits()[0].click();
      else isHasty = true;
    } else if (event.key === "Escape") {
      shut();
    }
  });
  // What is on the screen may still be the answer to fewer letters: Enter waits for that to all.
  palette.addEventListener("htmx:afterSwap", (event) => {
    shown = event.detail.requestConfig.parameters.q;
    if (!isHasty || !isShown()) return;
    isHasty = false;
    if (hits().length) hits()[0].click();
    else field.form.submit();
  });
  // No answer will come for these letters: the page of what is found may still be had.
  function lose() {
    isLost = true;
    if (isHasty) field.form.submit();
  }

  palette.addEventListener("htmx:sendError", lose);
  palette.addEventListener("htmx:responseError", lose);
  field.addEventListener("input", () => (isHasty = isLost = false));
  palette.addEventListener("click", (event) => event.target === palette && shut());
  keys.addEventListener("click", (event) => event.target === keys && keys.close());

  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      return open();
    }
    if (isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.querySelector("dialog[open]")) return;
    if (event.timeStamp - going < GO_MS) {
      going = -Infinity;
      if (event.key.length === 1) event.preventDefault();  // A letter may do a deed of the page.
      return goTo(event.key);
    }
    if (event.key === "g") {
      going = event.timeStamp;
    } else if (event.key === "/") {
      const search = document.querySelector('main input[type="search"]');
      event.preventDefault();
      if (search) search.select();
      else open();
    } else if (event.key === "?") {
      event.preventDefault();
      keys.showModal();
    }
  });
})();
