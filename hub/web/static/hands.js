// Nothing changes under a hand: what comes from the server waits while something is pressed or typed,
// focus and what was unfolded are kept, and a press counts once. Without this file pages work too.
"use strict";
(() => {
  const CLICK_MS = 300;
  const TWICE_MS = 10000;
  const waiting = [];
  let isPressed = false;
  let timer = 0;
  let wanted = 0;
  let kept = null;
  let pressed = new WeakMap();
  let leaving = -Infinity;

  const live = () => document.getElementById("live");
  const isPoll = (detail) => detail.requestConfig.elt.id === "live";
  const isLeaving = () => performance.now() - leaving < TWICE_MS;

  function hold() {
    clearTimeout(timer);
    isPressed = true;
  }

  // A finger is lifted a moment before its click comes; without a click it counts as gone by then.
  function letGo(after) {
    if (!isPressed) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      isPressed = false;
      waiting.splice(0).forEach(put);
    }, after);
  }

  addEventListener("pointerdown", hold, true);
  addEventListener("pointerup", () => letGo(CLICK_MS), true);
  addEventListener("pointercancel", () => letGo(0), true);
  addEventListener("click", () => letGo(0), true);
  addEventListener("blur", (event) => event.target === window && letGo(0), true);
  addEventListener("keydown", (event) => event.key === " " && hold(), true);
  addEventListener("keyup", (event) => event.key === " " && letGo(0), true);

  const isField = (each) => each.matches("textarea, select, input:not([type=checkbox], [type=radio], [type=hidden])");
  const isChanged = (each) => each.tagName === "SELECT"
    ? [...each.options].some((one) => one.defaultSelected && !one.selected)
    : each.value !== each.defaultValue;

  function isTyped(part) {
    const fields = [...part.querySelectorAll("input, select, textarea")].filter(isField);
    return fields.some((each) => each === document.activeElement || isChanged(each));
  }

  // What came while something was pressed; whoever else may say no to it is asked again.
  function put(detail) {
    const style = detail.swapOverride || detail.requestConfig.elt.closest("[hx-swap]")?.getAttribute("hx-swap");
    detail.shouldSwap = true;
    if (!detail.target.isConnected) return;
    if (!window.htmx.trigger(detail.target, "htmx:beforeSwap", detail) || !detail.shouldSwap) return;
    window.htmx.swap(
      detail.target, detail.serverResponse, { swapStyle: style || "innerHTML", settleDelay: 20 },
      { contextElement: detail.requestConfig.elt, eventInfo: detail },
    );
  }

  const words = (each) => (each.ariaLabel || each.textContent).trim();
  const link = (each) => each.getAttribute("href") || each.querySelector("a[href]")?.getAttribute("href");
  const press = (each) => each.form && [each.form.getAttribute("action"), each.name, each.value].join(" ");
  const nameOf = (each) => each.id || link(each) || press(each) || words(each);
  const foldOf = (each) => each.id || nameOf(each.querySelector("summary"));
  const folds = () => [...document.querySelectorAll("details")];

  function keep(detail) {
    const at = document.activeElement;
    const isIn = detail.target.contains(at);
    kept = {
      at: isIn ? at : null,
      name: isIn ? nameOf(at) : "",
      words: isIn ? words(at) : "",
      alike: new Set(isIn ? document.querySelectorAll(at.tagName) : []),
      asker: detail.requestConfig?.elt,
      unfolded: folds().filter((each) => each.open).map(foldOf),
      folded: folds().filter((each) => !each.open).map(foldOf),
      were: new Set(folds()),
    };
  }

  // A look of before must not come over what somebody asked for since.
  const isWanted = ({ detail }) => detail.target.id === "live" && !isPoll(detail);
  addEventListener("htmx:beforeSend", (event) => (wanted += isWanted(event)));
  addEventListener("htmx:afterRequest", (event) => (wanted -= isWanted(event)));

  // Listeners on the document were there first: they may still say that nothing is swapped.
  addEventListener("htmx:beforeSwap", (event) => {
    const detail = event.detail;
    kept = null;
    if (!detail.shouldSwap || event.defaultPrevented) return;
    if (isPoll(detail) && (isPressed || wanted || isLeaving() || isTyped(live()))) {
      detail.shouldSwap = false;
    } else if (isPressed) {
      detail.shouldSwap = false;
      waiting.push(detail);
    } else {
      keep(detail);
    }
  });

  addEventListener("htmx:afterSwap", () => {
    if (!kept) return;
    const was = kept;
    kept = null;
    for (const each of folds().filter((one) => !was.were.has(one))) {
      const [isOpen, isShut] = [was.unfolded, was.folded].map((known) => known.includes(foldOf(each)));
      if (isOpen !== isShut) each.open = isOpen;
    }
    if (!was.at || was.at.isConnected || document.activeElement !== document.body) return;
    const same = [...document.querySelectorAll(was.at.tagName)]
      .filter((each) => !was.alike.has(each) && nameOf(each) === was.name);
    const first = same.find((each) => words(each) === was.words) || same[0];
    if (first) first.focus({ preventScroll: true });
    else if (was.asker?.matches("input")) was.asker.focus();
  });

  // The second press of an impatient finger is not another deed; what it meets is what it met before.
  addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.getAttribute("method") !== "post") return;
    const last = pressed.get(form);
    const isAgain = last?.by === event.submitter && event.timeStamp - last.at < TWICE_MS;
    if (isAgain) event.preventDefault();
    else pressed.set(form, { by: event.submitter, at: (leaving = event.timeStamp) });
  });
  addEventListener("pageshow", () => {
    pressed = new WeakMap();
    leaving = -Infinity;
  });
})();
