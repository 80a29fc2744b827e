// Copies an address for whoever presses the button; without it the address is selected by hand.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copies]");
  const source = button && document.getElementById(button.dataset.copies);
  if (!source) return;
  try {
    await navigator.clipboard.writeText(source.textContent.trim());
    button.textContent = button.dataset.done;
  } catch {
    const range = document.createRange();
    range.selectNodeContents(source);
    const chosen = window.getSelection();
    chosen.removeAllRanges();
    chosen.addRange(range);
  }
});
