/* Lists: ticked rows are counted, keep their place while the list refreshes itself; filters apply at once. */
(function () {
  "use strict";
  function boxes() {
    return Array.prototype.slice.call(document.querySelectorAll('td.tick input[form="bulk"]'));
  }
  function ticked() {
    return boxes().filter(function (box) { return box.checked; });
  }
  function show() {
    var all = document.querySelector("[data-tick-all]");
    if (!all) return;
    var count = ticked().length;
    document.querySelector("[data-ticked]").textContent = String(count);
    all.checked = count > 0 && count === boxes().length;
    all.indeterminate = count > 0 && !all.checked;
    document.querySelectorAll("#bulk button").forEach(function (button) { button.disabled = !count; });
  }
  function isHeld() {
    var at = document.activeElement;
    return ticked().length > 0 || Boolean(at && at.closest && at.closest("#bulk"));
  }
  /* Where filters are folded away, several are set before they are asked for: each asking folds them. */
  function isFolded(form) {
    var fold = form.closest("details.folded").querySelector("summary");
    return fold.offsetParent !== null;
  }
  document.addEventListener("change", function (event) {
    var target = event.target;
    if (target.matches("[data-tick-all]")) {
      boxes().forEach(function (box) { box.checked = target.checked; });
    }
    if (target.matches("[data-tick-all], [form='bulk']")) show();
    if (target.matches("[data-filters] select") && !isFolded(target.form)) target.form.requestSubmit();
  });
  document.addEventListener("htmx:beforeRequest", function (event) {
    if (event.target.id === "live" && isHeld()) event.preventDefault();
  });
  document.addEventListener("htmx:beforeSwap", function (event) {
    if (event.target.id === "live" && isHeld()) event.detail.shouldSwap = false;
  });
  document.addEventListener("htmx:afterSettle", show);
  show();
})();
