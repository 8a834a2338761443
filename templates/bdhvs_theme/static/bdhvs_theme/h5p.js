/* The page around an H5P activity: what the frame says (h5p_python_adapter/host.js, H5PFrame) is sent, and what cannot be
   sent is kept on this device. Texts are the page's. */
(() => {
  "use strict";
  const PREFIX = "bdhvs-h5p:", DAYS = 7 * 864e5, AT_ONCE = 50;
  // Of one frame: how often the same part may say that it was touched, how many parts and kinds of state there may be, and
  // how much may wait.
  const TOUCHED_EVERY = 10000, MOST_STATES = 64, MOST_WAITING = 1200;
  const stored = (id) => {
    try { return JSON.parse(localStorage.getItem(PREFIX + id)); } catch { return null; }
  };
  const store = (id, items) => {
    try {
      if (items.length) localStorage.setItem(PREFIX + id, JSON.stringify({ t: Date.now(), items }));
      else localStorage.removeItem(PREFIX + id);
    } catch { /* the network remains */ }
  };
  try {
    for (const key of Object.keys(localStorage)) {
      if (key.startsWith(PREFIX) && !(Date.now() - (stored(key.slice(PREFIX.length)) || {}).t < DAYS)) {
        localStorage.removeItem(key);
      }
    }
  } catch { /* no storage */ }

  for (const box of document.querySelectorAll("[data-h5p]")) {
    const text = box.dataset, find = (selector) => box.querySelector(selector);
    const stage = find(".h5p-stage"), frame = find("iframe"), line = find("[data-h5p-line]");
    const start = find("[data-h5p-start]"), full = find("[data-h5p-full]");
    const states = JSON.parse(find("script[type='application/json']")?.textContent || "[]");
    const recorded = Boolean(text.statements);
    let player = null, count = 0, slow = 0, halted = false;

    const show = (words, problem) => {
      if (halted) return;
      line.textContent = words;
      line.classList.toggle("save-state--problem", Boolean(problem));
    };

    // --- What is sent
    // {token, n, statement, at}: what earlier visits could not send goes first, under the token it was said with; sent
    // twice it counts once. Each page that is open keeps its own: one must not take away what another has not sent.
    const mine = `${text.attempt}:${(text.token || "").slice(-12)}`, out = [], dirty = new Map();
    if (recorded) {
      try {
        for (const key of Object.keys(localStorage).filter((one) => one.startsWith(PREFIX + text.attempt))) {
          const { items } = stored(key.slice(PREFIX.length)) || {};
          if (Array.isArray(items)) out.push(...items);
          localStorage.removeItem(key);
        }
      } catch { /* no storage */ }
      store(mine, out);
    }
    // Many things said in one moment are one thing written.
    let keeping = 0;
    const keepNow = () => { clearTimeout(keeping); keeping = 0; store(mine, out); };
    const keep = () => { if (document.hidden) keepNow(); else keeping = keeping || setTimeout(keepNow, 30); };
    addEventListener("pagehide", () => { if (keeping) keepNow(); });
    let begun = false, ready = false, busy = null, timer = 0, wait = 1000, most = AT_ONCE, stopped = false;

    async function post(address, body, last) {
      const stop = new AbortController(), limit = setTimeout(() => stop.abort(), 15000);
      try {
        const content = JSON.stringify(body);
        const answer = await fetch(address, {
          method: "POST", body: content, redirect: "manual", signal: stop.signal,
          // What goes on after the page has gone may not be larger.
          keepalive: last === true && new Blob([content]).size < 60000,
          headers: {
            "Content-Type": "application/json", Accept: "application/json",
            "X-CSRFToken": find("[name=csrfmiddlewaretoken]").value,
          },
        });
        if (answer.status >= 500 || answer.status === 429 || answer.type === "opaqueredirect") throw new Error("later");
        return { status: answer.status, said: await answer.json().catch(() => ({})) };
      } finally {
        clearTimeout(limit);
      }
    }
    async function sendStatements(last) {
      const { token, at } = out[0] || { token: text.token, at: new Date().toISOString() };
      const batch = out.filter((one) => one.token === token).slice(0, most);
      const own = token === text.token && ready;
      const { status, said } = await post(text.statements, {
        token, occurred_at: at, ...(own ? { ready: true } : {}),
        statements: batch.map(({ n, statement }) => ({ n, statement })),
      }, last);
      // Kept for when this can be made good: on a page that is opened again. Refused without a code: by the site and
      // not by this address, because somebody has signed in anew in another tab.
      if (status === 401 || said.code === "consent" || (status === 403 && !said.code)) {
        stopped = true;
        return show(said.message || text.again, true);
      }
      if (status === 413 && batch.length > 1) {
        most = batch.length >> 1;
        return undefined;
      }
      if (status !== 200) show(said.message || text.refused, true);
      if (own) ready = false;
      for (const one of batch) out.splice(out.indexOf(one), 1);
      keepNow();
      if (status === 200) progress(said.progress || {});
      else if (status === 409) stopped = true;
    }
    async function sendStates(last) {
      const batch = [...dirty.values()].slice(0, AT_ONCE);
      const { status, said } = await post(text.state, { token: text.token, states: batch }, last);
      for (const one of batch) if (dirty.get(one.subContentId + " " + one.dataType) === one) {
        dirty.delete(one.subContentId + " " + one.dataType);
      }
      if (status !== 200) show(said.message || text.refused, true);
      else saved();
    }
    const clock = () => new Date().toLocaleTimeString("vi-VN", { hour: "2-digit", minute: "2-digit" });
    const saved = () => show(text.saved.replace("{time}", clock()));
    const progress = (said) => {
      saved();
      for (const one of document.querySelectorAll("[data-h5p-score]")) one.textContent = said.score ? `: ${said.score}` : "";
      for (const one of document.querySelectorAll("[data-h5p-when]")) one.hidden = one.dataset.h5pWhen !== said.end;
    };
    const later = (delay) => {
      clearTimeout(timer);
      timer = setTimeout(send, delay);
    };
    function send(last) {
      if (busy || stopped || !(out.length || ready || dirty.size)) return;
      clearTimeout(timer);
      busy = (async () => {
        while (!stopped && (out.length || ready)) await sendStatements(last);
        while (!stopped && dirty.size) await sendStates(last);
        wait = 1000;
      })().catch(() => {
        show(text.offline, true);
        later((wait = Math.min(wait * 2, 60000)));
      }).finally(() => {
        busy = null;
        if (wait === 1000 && (out.length || dirty.size)) later(0);
      });
    }

    // --- What the frame says
    const touched = new Map();
    // Some types say at each move of a finger that they were touched.
    const again = ({ verb, object } = {}) => {
      if (verb?.id !== "http://adlnet.gov/expapi/verbs/interacted") return false;
      const id = String(object?.id).slice(0, 200), now = Date.now();
      if (now - touched.get(id) < TOUCHED_EVERY || touched.size > 500) return true;
      touched.set(id, now);
      return false;
    };
    const heard = {
      statement: (s) => {
        if (!recorded || out.length >= MOST_WAITING || again(s || undefined)) return;
        out.push({ token: text.token, n: ++count, statement: s, at: new Date().toISOString() });
        keep();
        // All of one moment together, and what is said while it starts with its being there.
        if (document.hidden) send(true);
        else if (begun && wait === 1000) later(50);
      },
      state: (one) => {
        const which = `${one.subContentId} ${one.dataType}`;
        if (!recorded || (dirty.size >= MOST_STATES && !dirty.has(which))) return;
        dirty.set(which, one);
        if (document.hidden) send(true);
        else if (begun && wait === 1000 && !out.length) later(300);
      },
      shown: () => {
        clearTimeout(slow);
        show("");
        begun = true;
        ready = recorded;
        full.hidden = !document.fullscreenEnabled;
        later(0);
      },
      broken: () => {
        clearTimeout(slow);
        begun = true;
        show(text.broken, true);
      },
      // More than a package has reason to say: the frame is taken away, and what it said until then is sent.
      halted: () => {
        show(text.hostile, true);
        halted = true;
        clearTimeout(slow);
        stage.remove();
        full.hidden = true;
        send();
      },
    };

    // --- Letters: as large as the page's, by its A+ or by the browser's own setting
    const letters = () => parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
    const rod = document.createElement("div");
    rod.style.cssText = "position:absolute;width:1rem;height:0;visibility:hidden";
    box.append(rod);
    new ResizeObserver(() => player?.letters()).observe(rod);

    const begin = () => {
      start.hidden = true;
      stage.hidden = false;
      show(text.loading);
      slow = setTimeout(() => show(text.slow), 12000);
      player = H5PFrame.attach(frame, { address: text.h5p, files: text.files.split(" "), states, letters, on: heard });
    };
    start.querySelector("button").addEventListener("click", () => {
      begin();
      frame.focus();
    });
    full.querySelector("button").addEventListener("click", () => stage.requestFullscreen());
    addEventListener("online", () => { wait = 1000; send(); });
    document.addEventListener("visibilitychange", () => { if (document.hidden) send(true); });
    document.querySelector(".who")?.addEventListener("submit", (event) => {
      send();
      if (!busy) return;
      event.preventDefault();
      busy.then(() => event.target.submit());
    });
    if (out.length) later(0);
    if ("atOnce" in text) begin();
    else start.hidden = false;
  }
})();
