// Buttons that copy a text. Without this script there are none, and the text is selected by hand.
"use strict";
for (const button of document.querySelectorAll("[data-copy]")) {
  const text = document.getElementById(button.dataset.copy), said = button.parentElement.querySelector("[role=status]");
  button.parentElement.hidden = false;
  button.addEventListener("click", async () => {
    said.textContent = "";
    text.select();
    // Over plain HTTP a page has no clipboard, but may copy what is selected.
    const copied = navigator.clipboard
      ? await navigator.clipboard.writeText(text.value).then(() => true, () => document.execCommand("copy"))
      : document.execCommand("copy");
    if (copied) said.textContent = said.dataset.copied;
  });
}
