// Reading aloud: one tap instead of two, one voice at a time. What no file says, the device says: where it has a voice of its own in
// the language of the text. Voices that send the text to others are not asked. Without this script the files play.
(() => {
  const voices = window.speechSynthesis;
  let quiet = null, playing = null;
  const begin = (what, stop) => {
    if (playing !== what && quiet) quiet();
    playing = what;
    quiet = stop;
  };
  document.querySelectorAll(".aloud audio").forEach((audio) => {
    const box = audio.parentElement;
    box.addEventListener("toggle", () => { if (box.open) audio.play().catch(() => {}); else audio.pause(); });
    audio.addEventListener("play", () => begin(audio, () => audio.pause()));
  });
  if (!voices) return;
  const offer = (button) => {
    const lang = button.closest("[lang]").lang, [sign, words] = button.children, listen = words.textContent;
    const voice = voices.getVoices().find((one) => one.localService && one.lang.slice(0, 2).toLowerCase() === lang.slice(0, 2));
    if (!voice || !button.parentElement.hidden) return;
    button.parentElement.hidden = false;
    const still = () => {
      sign.textContent = "▶";
      words.textContent = listen;
      if (playing === button) { playing = quiet = null; voices.cancel(); }
    };
    button.addEventListener("click", () => {
      if (playing === button) return still();
      begin(button, still);
      sign.textContent = "■";
      words.textContent = button.dataset.stop;
      voices.cancel();
      // Line by line: browsers break off what is long.
      button.dataset.text.split("\n").forEach((line, place, lines) => {
        const said = new SpeechSynthesisUtterance(line);
        Object.assign(said, { voice, lang: voice.lang, rate: .9, onerror: still });
        // Held, or its end may never be told.
        if (place === lines.length - 1) (button.said = said).onend = still;
        voices.speak(said);
      });
    });
  };
  const all = () => document.querySelectorAll(".aloud button").forEach(offer);
  all();
  // Many browsers know their voices only later.
  voices.addEventListener?.("voiceschanged", all);
  addEventListener("pagehide", () => quiet?.());
})();
