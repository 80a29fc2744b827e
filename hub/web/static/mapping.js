// Keys of the mapping page: up and down walk the rows, a letter does the deed of the row.
// Without this file the page works too: every deed is a button or a link.
"use strict";
(() => {
  const live = () => document.getElementById("live");
  const panel = document.getElementById("panel");
  if (!live() || !panel) return;

  const PLACE = "mapping.row";
  const rows = () => [...document.querySelectorAll("tr[data-listing]")];
  const current = () => document.activeElement?.closest?.("tr[data-listing]");
  const picks = () => [...document.querySelectorAll('input[name="listing"]')];
  const isNarrow = () => window.matchMedia("(max-width: 1040px)").matches;
  const isTyping = (at) => /^(INPUT|SELECT|TEXTAREA)$/.test(at.tagName) && at.type !== "checkbox";

  // What refreshes itself takes nothing from under anybody's hand.
  const isBusy = () => current() || picks().some((each) => each.checked);

  // Whoever walked on before the panel came, or writes by now, is not called back to it.
  function isStill() {
    const at = document.activeElement;
    return at === document.body || panel.contains(at) || Boolean(at.closest("tr[data-open]"));
  }

  function count() {
    const many = document.getElementById("many");
    if (!many) return;
    const chosen = picks().filter((each) => each.checked).length;
    document.getElementById("chosen").textContent = String(chosen);
    many.querySelectorAll("button").forEach((each) => (each.disabled = !chosen));
  }

  function walk(by) {
    const all = rows();
    const at = current() ? all.indexOf(current()) + by : by > 0 ? 0 : all.length - 1;
    all[Math.max(0, Math.min(at, all.length - 1))]?.focus();
  }

  function press(row, key) {
    const found = row.querySelector(`[data-key="${key}"]`) || row.querySelector('[data-key="e"]');
    if (!found || (found.dataset.key !== key && key !== "Enter")) return;
    if (found.tagName === "BUTTON") sessionStorage.setItem(PLACE, String(rows().indexOf(row)));
    found.click();
  }

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey) return;
    const at = event.target;
    if (event.key === "Escape" && panel.contains(at)) {
      const open = document.querySelector("tr[data-open]") || rows()[0];
      open?.focus();
      return;
    }
    if (isTyping(at)) {
      if (event.key === "ArrowDown" && at.matches("[data-find]")) {
        event.preventDefault();
        walk(1);
      }
      return;
    }
    if (panel.contains(at)) return;
    const row = current();
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      walk(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "/") {
      event.preventDefault();
      document.querySelector("[data-find]")?.focus();
    } else if (event.key === "u") {
      document.querySelector("#undo-last button")?.click();
    } else if (row && event.key === "Enter" && at === row) {
      event.preventDefault();
      press(row, "Enter");
    } else if (row && ["e", "n", "i", "x"].includes(event.key)) {
      event.preventDefault();
      press(row, event.key);
    }
  });

  document.addEventListener("change", (event) => {
    if (event.target.name === "listing") count();
  });

  // On a phone the listing has a page of its own; nothing is laid beside the queue.
  document.addEventListener("htmx:beforeRequest", (event) => {
    const from = event.detail.elt;
    if (from.dataset.key === "e" || from.matches("a[hx-target='#panel']")) {
      if (isNarrow()) {
        event.preventDefault();
        window.location.href = from.href;
        return;
      }
      rows().forEach((each) => each.removeAttribute("data-open"));
      from.closest("tr")?.setAttribute("data-open", "");
    }
    if (from.id === "live" && isBusy()) event.preventDefault();
  });

  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.requestConfig.elt.id === "live" && isBusy()) event.detail.shouldSwap = false;
  });

  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target === panel || event.detail.elt === panel) {
      panel.scrollTop = 0;
      if (isStill()) panel.querySelector("select, button")?.focus();
    }
    count();
  });

  const place = sessionStorage.getItem(PLACE);
  if (place !== null) {
    sessionStorage.removeItem(PLACE);
    const all = rows();
    all[Math.min(Number(place), all.length - 1)]?.focus();
  }
  count();
})();
