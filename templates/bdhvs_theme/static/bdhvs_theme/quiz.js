/* Keeps the answers of an open quiz quietly: over the network, and while there is none on this device.
   The page does its job without it. Texts are the page's. */
(() => {
  "use strict";
  const PREFIX = "bdhvs-quiz:", DAYS = 7 * 864e5;

  // What could not be sent: {t, sent, fields: {name: [values]}} by attempt. Signing out clears it.
  const stored = (id) => {
    try { return JSON.parse(localStorage.getItem(PREFIX + id)); } catch { return null; }
  };
  const store = (id, value) => {
    try {
      if (value) localStorage.setItem(PREFIX + id, JSON.stringify(value));
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

  const uuid = () => "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (c) =>
    (c ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (c / 4)))).toString(16));

  const done = document.querySelector("[data-quiz-done]");
  if (done) return store(done.dataset.quizDone);

  const form = document.querySelector("form[data-quiz], form[data-quiz-confirm]");
  if (!form) return;
  const id = form.dataset.quiz || form.dataset.quizConfirm;
  let busy = null, leaving = false, timer = 0, tick = 0;
  const dirty = new Map(); // name of a question to the tick of its last change

  form.addEventListener("submit", (event) => {
    if (leaving) return event.preventDefault();
    if (busy) {
      // What is under way must arrive before this.
      event.preventDefault();
      const { submitter } = event;
      return busy.finally(() => form.requestSubmit(submitter));
    }
    leaving = true;
    clearTimeout(timer);
    setTimeout(() => { leaving = false; }, 8000);
    form.elements.occurred_at.value = new Date().toISOString();
    const kept = stored(id);
    if (kept) store(id, { ...kept, sent: true });
  });
  addEventListener("pageshow", () => { leaving = false; });

  if (form.dataset.quizConfirm) {
    // Reached without sending: what is only kept here goes first.
    const kept = stored(id);
    if (kept && !kept.sent) location.replace(form.action);
    else store(id);
    return;
  }

  const text = form.dataset, line = document.getElementById("saved"), count = document.getElementById("answered");
  const controls = [...form.elements].filter((el) => el.name && el.name.startsWith("q-"));
  const names = [...new Set(controls.map((el) => el.name))];
  const boxed = (el) => el.type === "radio" || el.type === "checkbox";
  const valuesOf = (name) => controls
    .filter((el) => el.name === name && (boxed(el) ? el.checked : el.value.trim()))
    .map((el) => el.value);

  const show = (words, problem) => {
    line.textContent = words;
    line.classList.toggle("save-state--problem", Boolean(problem));
    const at = document.activeElement;
    if (names.includes(at.name)) at.scrollIntoView({ block: "nearest" }); // not below the line
  };
  const mark = () => {
    let answered = 0;
    for (const link of document.querySelectorAll(".steps a")) {
      const yes = valuesOf(link.hash.slice(1)).length > 0;
      answered += yes;
      link.classList.toggle("answered", yes);
      link.lastElementChild.textContent = ` ${yes ? text.answered : text.open}`;
    }
    count.textContent = text.count.replace("{done}", answered);
  };
  const keep = () => store(id, dirty.size
    ? { t: Date.now(), fields: Object.fromEntries([...dirty.keys()].map((name) => [name, valuesOf(name)])) }
    : null);
  const later = (delay) => { clearTimeout(timer); timer = setTimeout(save, delay); };

  async function send(last) {
    const upTo = tick, body = new URLSearchParams(new FormData(form));
    body.set("do", "save");
    body.set("act_id", uuid());
    body.set("occurred_at", new Date().toISOString());
    const stop = new AbortController(), limit = setTimeout(() => stop.abort(), 10000);
    try {
      const answer = await fetch(form.action, {
        method: "POST", body, headers: { Accept: "application/json" }, redirect: "manual",
        keepalive: last === true, signal: stop.signal,
      });
      if (answer.status >= 500) throw new Error(answer.status);
      const said = await answer.json().catch(() => ({}));
      if (!answer.ok) return show(said.message || text.refused, true);
      for (const [name, at] of dirty) if (at <= upTo) dirty.delete(name);
      keep();
      show(text.saved.replace("{time}", said.saved_at));
      if (dirty.size) later(500);
    } catch {
      show(text.offline, true);
      later(15000);
    } finally {
      clearTimeout(limit);
    }
  }
  function save(last) {
    if (busy || leaving || !dirty.size) return;
    busy = send(last).finally(() => { busy = null; });
  }
  const touch = (name, delay) => {
    dirty.set(name, ++tick);
    form.elements.act_id.value = uuid(); // other answers are another act
    keep();
    later(delay);
  };

  form.addEventListener("input", ({ target }) => {
    if (!names.includes(target.name)) return;
    touch(target.name, boxed(target) ? 500 : 1500);
    mark();
  });
  addEventListener("online", () => save());
  document.querySelector(".who")?.addEventListener("submit", (event) => {
    save();
    if (!busy) return;
    event.preventDefault();
    busy.then(() => event.target.submit());
  });
  document.addEventListener("visibilitychange", () => { if (document.hidden) save(true); });

  const kept = stored(id);
  for (const name of names) {
    const values = kept && kept.fields && kept.fields[name];
    const own = controls.filter((el) => el.name === name);
    if (Array.isArray(values)) {
      for (const el of own) {
        if (boxed(el)) el.checked = values.includes(el.value);
        else el.value = values[0] || "";
      }
    }
    // Also what the browser brought back.
    if (own.some((el) => (boxed(el) ? el.checked !== el.defaultChecked : el.value !== el.defaultValue))) touch(name, 0);
  }
  if (kept && !dirty.size) store(id);
  mark();
})();
