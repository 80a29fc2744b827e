/* Up and down go from row to row of a list; Enter opens the one that has the focus. */
document.addEventListener("keydown", function (event) {
  var step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  var inField = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
  if (!step || inField || event.altKey || event.ctrlKey || event.metaKey) return;
  var rows = Array.prototype.slice.call(document.querySelectorAll("[data-row]"));
  if (!rows.length) return;
  var at = rows.indexOf(document.activeElement);
  var next = at < 0 ? (step > 0 ? 0 : rows.length - 1) : at + step;
  if (rows[next]) {
    event.preventDefault();
    rows[next].focus();
  }
});
