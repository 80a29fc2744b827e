// Copy buttons beside what is to be pasted elsewhere. Without them the text selects whole on a tap.
(() => {
  const copy = async (text, code) => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const range = document.createRange();
      range.selectNodeContents(code);
      getSelection().removeAllRanges();
      getSelection().addRange(range);
      document.execCommand("copy");
    }
  };
  const begin = () => {
    for (const button of document.querySelectorAll("[data-copy]")) button.hidden = false;
  };
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const code = button.previousElementSibling;
    await copy(code.textContent, code);
    button.dataset.words ??= button.textContent;
    button.textContent = button.dataset.copied;
    setTimeout(() => { button.textContent = button.dataset.words; }, 1600);
  });
  document.addEventListener("htmx:afterSwap", begin);
  begin();
})();
