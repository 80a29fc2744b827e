// Keys of the page of a new order. Without this file the page works too: Enter asks the server.
"use strict";
(() => {
  const form = document.getElementById("entry");
  const lines = document.getElementById("lines");
  const blank = document.getElementById("new-line");
  if (!form || !lines || !blank) return;

  const codes = () => [...lines.querySelectorAll('input[name^="sku-"]')];
  const highest = () => Math.max(0, ...codes().map((each) => Number(each.name.slice(4))));

  function addLine() {
    const text = blank.innerHTML.replaceAll("__at__", String(highest() + 1));
    lines.insertAdjacentHTML("beforeend", text);
    const row = lines.lastElementChild;
    if (window.htmx) window.htmx.process(row);
    return row;
  }

  function toNextLine(from) {
    const row = from.closest("tr");
    const code = row.querySelector('input[name^="sku-"]');
    if (!code.value.trim()) return code.focus();
    const next = row.nextElementSibling || addLine();
    next.querySelector('input[name^="sku-"]').focus();
  }

  const picks = () => [...form.querySelectorAll(".picks .pick")];

  function walk(from, by) {
    const all = picks();
    const to = all.indexOf(from) + by;
    if (to < 0) document.getElementById("who-q")?.focus();
    else all[Math.min(to, all.length - 1)]?.focus();
  }

  form.addEventListener("keydown", (event) => {
    const at = event.target;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      document.getElementById(event.shiftKey ? "save-next" : "save").click();
    } else if (event.key === "Enter" && at.closest("#lines") && at.type !== "checkbox") {
      event.preventDefault();
      toNextLine(at);
    } else if (event.key === "Enter" && at.id === "who-q" && picks().length) {
      event.preventDefault();
      picks()[0].focus();
    } else if (event.key === "ArrowDown" && (at.id === "who-q" || at.matches(".pick"))) {
      event.preventDefault();
      walk(at, 1);
    } else if (event.key === "ArrowUp" && at.matches(".pick")) {
      event.preventDefault();
      walk(at, -1);
    }
  });
})();
