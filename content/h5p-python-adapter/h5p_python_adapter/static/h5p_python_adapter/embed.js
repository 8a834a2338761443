/* The page around frames of `Player.embed`: what they say goes to the player's own address, some at once. What cannot be
   sent is tried again while the page is open; a host that must lose nothing keeps it, with H5PFrame (host.js) alone. What
   is refused, as after the token has ended, is an event "h5p-refused" of the box, {status}. */
(() => {
  "use strict";
  const AT_ONCE = 50, SOON = 300, LONGEST = 30000, LAST = 60000;
  for (const box of document.querySelectorAll("[data-h5p-embed]")) {
    const { address, files, told, token, states } = JSON.parse(box.dataset.h5pEmbed), frame = box.querySelector("iframe");
    const statements = [], kept = new Map();
    let timer = 0, busy = false, stopped = false, wait = 1000, most = AT_ONCE;
    const later = (time) => {
      clearTimeout(timer);
      timer = setTimeout(send, time);
    };
    const refused = (status) => box.dispatchEvent(new CustomEvent("h5p-refused", { bubbles: true, detail: { status } }));
    // Statements before states, each by itself: one that is refused takes none of the others along.
    const next = () =>
      statements.length ? { statements: statements.slice(0, most) } : { states: [...kept.values()].slice(0, most) };
    const done = (said) => {
      statements.splice(0, said.statements?.length || 0);
      for (const one of said.states || []) {
        const name = `${one.subContentId} ${one.dataType}`;
        if (kept.get(name) === one) kept.delete(name);
      }
    };
    const send = async () => {
      if (busy || stopped || !(statements.length || kept.size)) return;
      busy = true;
      const said = next(), body = JSON.stringify({ token, ...said });
      try {
        // What goes on after the page has gone may not be larger.
        const keepalive = document.hidden && new Blob([body]).size < LAST;
        const { status, type } = await fetch(told, { method: "POST", body, keepalive, redirect: "manual" });
        if (status >= 500 || status === 408 || status === 429 || type === "opaqueredirect") throw new Error("later");
        const many = (said.statements || said.states).length;
        if (status === 401 || status === 403) {
          stopped = true;
          refused(status);
        } else if (status !== 200 && many > 1) most = many >> 1;
        else {
          if (status !== 200) refused(status);
          done(said);
          most = AT_ONCE;
        }
        wait = 0;
      } catch {
        wait = Math.min(Math.max(wait, 500) * 2, LONGEST);
      }
      busy = false;
      later(wait);
    };
    frame.style.width = "100%";
    frame.style.border = "0";
    H5PFrame.attach(frame, {
      address, files, states,
      letters: () => parseFloat(getComputedStyle(document.documentElement).fontSize) / 16,
      on: {
        statement: (one) => { statements.push(one); later(SOON); },
        state: (one) => { kept.set(`${one.subContentId} ${one.dataType}`, one); later(SOON); },
        halted: () => box.remove(),
      },
    });
    addEventListener("online", () => later(0));
    document.addEventListener("visibilitychange", () => { if (document.hidden) send(); });
  }
})();
