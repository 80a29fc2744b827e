// Cards of the production board, dragged or moved from their menus. Every move is the press of a
// form that is on the page without this file too; what the server refuses goes back where it was.
"use strict";
(() => {
  const says = document.getElementById("board-says");
  if (!says) return;
  let dragged = null;
  let isPressed = false;
  let ticked = [];
  const asked = new Map();
  const asking = new WeakSet();

  const live = () => document.getElementById("live");
  const column = (state) => document.querySelector(`.column[data-state="${state}"]`);
  const moves = (card) => card.dataset.moves.split(" ").filter(Boolean);
  const formTo = (card, to) => card.querySelector(`form.move[data-to="${to}"]`);

  function refresh() {
    if (!window.htmx || !live()) return location.reload();
    const where = live().getAttribute("hx-get").replace(/([?&])stamp=[^&]*&?/, "$1");
    return window.htmx.ajax("GET", where, { target: "#live", swap: "outerHTML" });
  }

  function place(card, to) {
    const home = card.nextElementSibling;
    const from = card.parentElement;
    column(to)?.querySelector("h2").after(card);
    card.classList.add("dragged");
    return () => {
      card.classList.remove("dragged");
      from.insertBefore(card, home && home.parentElement === from ? home : null);
    };
  }

  // A column that does not take a card is asked too: the answer says why it does not.
  function formAsking(card, to) {
    const form = card.querySelector("form.move")?.cloneNode(true);
    if (!form || to === "done") return null;
    form.dataset.run = card.dataset.run;
    form.dataset.to = to;
    form.querySelector('[name="to"]').value = to;
    return form;
  }

  // A second press is not another move; a later move of a run must not come in before an earlier one.
  function send(form) {
    if (form.dataset.to === "done") return form.submit();
    if (asking.has(form)) return;
    asking.add(form);
    const { run } = (form.closest(".run-card") || form).dataset;
    const before = asked.get(run);
    asked.set(run, before ? before.then(() => move(form, run)) : move(form, run));
  }

  // Moves at once and asks, whoever leaves the page by then; a no puts the card back and says why.
  async function move(form, run) {
    const to = form.dataset.to;
    const card = document.getElementById(`card-${run}`);
    const body = new FormData(form);
    const menu = form.closest("details");
    if (menu) menu.open = false;
    const undo = card ? place(card, to) : () => {};
    try {
      const answer = await fetch(form.action, {
        method: "POST", body, headers: { "X-Board": "1" }, redirect: "manual", keepalive: true,
      });
      says.innerHTML = await answer.text();
      says.scrollIntoView({ block: "nearest" });
      if (!answer.ok) return undo();
      card?.classList.remove("dragged");
      await refresh();
      if (isBusy() || document.activeElement !== document.body) return;  // They went on.
      // A card of a long column may now be on another of its pages: then the way back is at hand.
      (document.getElementById(`menu-${run}`) || document.querySelector(`#card-${run} a`)
        || says.querySelector("a, button"))?.focus();
    } catch (problem) {
      undo();
      location.reload();
    } finally {
      asking.delete(form);
    }
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("form.move")) return;
    event.preventDefault();
    send(form);
  });

  document.addEventListener("dragstart", (event) => {
    const card = event.target.closest?.(".run-card[draggable]");
    if (!card) return;
    dragged = card;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", card.dataset.number);
    card.classList.add("dragged");
    for (const each of document.querySelectorAll(".column")) {
      const fits = moves(card).includes(each.dataset.state);
      each.classList.toggle("welcome", fits);
      each.classList.toggle("shut", !fits && each !== card.parentElement);
    }
  });

  const target = (event) => event.target.closest?.(".column:not(:has(.run-card.dragged))");

  document.addEventListener("dragover", (event) => {
    if (dragged && target(event)) event.preventDefault();
  });

  document.addEventListener("drop", (event) => {
    const to = dragged && target(event);
    if (!to) return;
    event.preventDefault();
    const form = formTo(dragged, to.dataset.state) || formAsking(dragged, to.dataset.state);
    if (form) send(form);
  });

  document.addEventListener("dragend", () => {
    dragged?.classList.remove("dragged");
    dragged = null;
    for (const each of document.querySelectorAll(".column")) {
      each.classList.remove("welcome", "shut");
    }
  });

  // Up and down walk through an open menu; Escape closes it and goes back to its button.
  document.addEventListener("keydown", (event) => {
    const menu = event.target.closest?.("details.move-menu");
    if (!menu) return;
    const buttons = [...menu.querySelectorAll(".panel button")];
    const at = buttons.indexOf(event.target);
    if (event.key === "Escape") {
      menu.open = false;
      menu.querySelector("summary").focus();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      menu.open = true;
      const next = at + (event.key === "ArrowDown" ? 1 : -1);
      buttons[Math.max(0, Math.min(next, buttons.length - 1))]?.focus();
    }
  });

  // A hand is on a card from the press on, before the browser calls it a drag.
  document.addEventListener("pointerdown", (event) => {
    isPressed = Boolean(event.target.closest?.(".run-card[draggable]"));
  });
  for (const end of ["pointerup", "pointercancel", "blur"]) {
    window.addEventListener(end, () => { isPressed = false; });
  }

  const isBusy = () => isPressed || dragged || document.querySelector(".move-menu[open]");

  // Nothing moves under a hand: the board keeps still while a card is held or a menu is open. What
  // was asked for before and comes only now is left out; the next look, in seconds, brings it.
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.elt?.id === "live" && isBusy()) event.preventDefault();
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target?.id !== "live") return;
    if (isBusy()) {
      event.detail.shouldSwap = false;
      return;
    }
    ticked = [...document.querySelectorAll('input[name="run"]:checked')].map((each) => each.id);
  });
  document.addEventListener("htmx:afterSwap", () => {
    for (const id of ticked.splice(0)) {
      const box = document.getElementById(id);
      if (box) box.checked = true;
    }
  });
})();
