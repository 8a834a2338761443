/* The page around frames of `Player.embed`: what they say goes to the player's own address, some at once. What cannot be
   sent is tried again while the page is open; a host that must lose nothing keeps it, with H5PFrame (host.js) alone. */
(() => {
  "use strict";
  const AT_ONCE = 50, SOON = 300, LONGEST = 30000;
  for (const box of document.querySelectorAll("[data-h5p-embed]")) {
    const { address, files, told, token, states } = JSON.parse(box.dataset.h5pEmbed);
    const statements = [], kept = new Map();
    let timer = 0, busy = false, wait = 1000;
    const later = (time) => {
      clearTimeout(timer);
      timer = setTimeout(send, time);
    };
    const send = async () => {
      if (busy || !(statements.length || kept.size)) return;
      busy = true;
      const said = statements.slice(0, AT_ONCE), changed = [...kept.values()].slice(0, AT_ONCE);
      const body = JSON.stringify({ token, statements: said, states: changed });
      try {
        const answer = await fetch(told, { method: "POST", body, keepalive: body.length < 60000 });
        if (answer.status >= 500) throw new Error("later");
        statements.splice(0, said.length);
        for (const one of changed) {
          const name = `${one.subContentId} ${one.dataType}`;
          if (kept.get(name) === one) kept.delete(name);
        }
        wait = 1000;
      } catch {
        wait = Math.min(wait * 2, LONGEST);
      }
      busy = false;
      if (statements.length || kept.size) later(wait);
    };
    H5PFrame.attach(box.querySelector("iframe"), {
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
