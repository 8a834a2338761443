/* Keeps the answers of an open quiz: over the network, and on this device. */
(() => {
  "use strict";
  const PREFIX = "bdhvs-quiz:", DAYS = 7 * 864e5;

  // Unsent: {t, who, base, sent, fields: {name: [state of each field]}} by attempt and copy.
  const all = (id = "") => {
    try {
      return Object.keys(localStorage).filter((key) => key.startsWith(PREFIX + id))
        .map((key) => [key, JSON.parse(localStorage.getItem(key))]);
    } catch { return []; }
  };
  const store = (key, value) => {
    try {
      if (value) localStorage.setItem(key, JSON.stringify(value));
      else localStorage.removeItem(key);
    } catch { /* the network remains */ }
    // Whose they are: signing out asks first.
    const whose = [...new Set(all().map(([, one]) => one.who))].join(".");
    document.cookie = `bdhvs-unsent=${whose}; path=/; samesite=lax; max-age=${whose ? DAYS / 1000 : 0}${
      location.protocol === "https:" ? "; secure" : ""}`;
  };
  for (const [key, one] of all()) if (!(Date.now() - (one || {}).t < DAYS)) store(key);

  const uuid = () => "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (c) =>
    (c ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (c / 4)))).toString(16));

  const drop = document.querySelector("[data-unsent]");
  if (drop) {
    return drop.addEventListener("click", () => {
      for (const [key, one] of all()) if (one.who === drop.dataset.unsent) store(key);
    });
  }
  const done = document.querySelector("[data-quiz-done]");
  if (done) return all(done.dataset.quizDone).forEach(([key]) => store(key));

  const form = document.querySelector("form[data-quiz], form[data-quiz-confirm]");
  if (!form) return;
  const text = form.dataset, id = text.quiz || text.quizConfirm, at = form.elements;
  const line = document.getElementById("saved");
  const show = (words, problem) => {
    line.textContent = words;
    line.classList.toggle("save-state--problem", Boolean(problem));
    const focused = document.activeElement;
    if (focused.name && focused.name.startsWith("q-")) focused.scrollIntoView({ block: "nearest" }); // not below the line
  };
  const ask = async (options) => {
    const stop = new AbortController(), limit = setTimeout(() => stop.abort(), 10000);
    try {
      const answer = await fetch(form.action, { redirect: "manual", cache: "no-store", signal: stop.signal, ...options });
      if (answer.status >= 500) throw new Error(answer.status);
      return answer;
    } finally {
      clearTimeout(limit);
    }
  };

  // A form leaves only when the server answers; without a network it waits.
  let flush = () => ask({ method: "HEAD" }).then(() => true, () => false);
  let waiting = null, going = false, passing = false, leaving = false, again = 0;
  async function go() {
    if (going || !waiting) return;
    going = true;
    clearTimeout(again);
    const there = await flush();
    going = false;
    if (!waiting) return;
    if (!there) {
      show(text.waits, true);
      again = setTimeout(go, 15000);
      return;
    }
    passing = true;
    form.requestSubmit(waiting.button);
  }
  form.addEventListener("submit", (event) => {
    if (leaving) return event.preventDefault();
    if (!passing) {
      event.preventDefault();
      waiting = { button: event.submitter };
      return go();
    }
    passing = false;
    waiting = null;
    leaving = true;
    setTimeout(() => { leaving = false; }, 8000);
    at.occurred_at.value = new Date().toISOString();
    for (const [key, one] of all(id)) if (key === own) store(key, { ...one, sent: true });
  });
  addEventListener("pageshow", () => { leaving = passing = false; waiting = null; });
  addEventListener("online", () => (waiting ? go() : text.quiz && save()));

  const copy = uuid(), own = `${PREFIX}${id}:${copy}`;
  if (text.quizConfirm || "told" in text) for (const [key, one] of all(id)) if (one.sent) store(key);
  if (text.quizConfirm) {
    // What is only kept here goes first.
    if (all(id).length) location.replace(form.action);
    return;
  }

  const count = document.getElementById("answered");
  const boxed = (el) => el.type === "radio" || el.type === "checkbox";
  const several = (el) => el.type === "select-multiple";
  const fields = (name, root = form) =>
    [...(root.elements || root.querySelectorAll("[name]"))].filter((el) => el.name === name && el.type !== "hidden");
  const names = [...new Set([...at].map((el) => el.name))].filter((name) => name && name.startsWith("q-"));
  const chosen = (el) => [...el.selectedOptions].map((one) => one.value);
  const read = (el) => (boxed(el) ? (el.checked ? el.value : null) : several(el) ? chosen(el) : el.value);
  const asSent = (el) => {
    if (boxed(el)) return el.defaultChecked ? el.value : null;
    if (!el.options) return el.defaultValue;
    const set = [...el.options].filter((one) => one.defaultSelected).map((one) => one.value);
    return several(el) ? set : set.length ? set[set.length - 1] : (el.options[0] || el).value;
  };
  const write = (el, state) => {
    if (boxed(el)) el.checked = state !== null;
    else if (several(el)) for (const one of el.options) one.selected = state.includes(one.value);
    else el.value = state;
  };
  const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
  // An option that is a picture is called as the picture is.
  const told = (el) => el && (el.textContent.trim() || el.querySelector("img")?.alt);
  const inWords = (name) => fields(name).filter((el) => read(el) !== null).map((el) =>
    told(boxed(el) ? el.labels[0] : el.options ? el.selectedOptions[0] : null) ?? el.value.trim())
    .filter(Boolean).join("; ") || text.none;

  let busy = null, timer = 0, tick = 0, sent = -15000;
  const dirty = new Map(); // name of a question to the tick of its last change
  const mark = () => {
    let answered = 0;
    for (const link of document.querySelectorAll(".steps a, .steps button")) {
      const yes = fields(link.dataset.q || link.hash.slice(1)).some((el) => read(el)?.toString().trim());
      answered += yes;
      link.classList.toggle("answered", yes);
      link.lastElementChild.textContent = ` ${yes ? text.answered : text.open}`;
    }
    count.textContent = text.count.replace("{done}", answered);
  };
  const keep = () => store(own, dirty.size ? {
    t: Date.now(), who: at.who.value, base: +at.base.value,
    fields: Object.fromEntries([...dirty.keys()].map((name) => [name, fields(name).map(read)])),
  } : null);
  // Soon after a save: with the next one.
  const later = (delay) => {
    clearTimeout(timer);
    timer = setTimeout(save, navigator.onLine ? Math.max(delay, sent + 15000 - performance.now()) : delay);
  };

  // Another copy has answered otherwise: show both.
  async function adopt(changed) {
    const answer = await ask({ headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const base = page.querySelector("[name=base]");
    if (dirty.size || !base) return false;
    for (const name of names) {
      const here = document.getElementById(name), there = page.getElementById(name);
      if (!there || same(fields(name).map(read), fields(name, there).map(asSent))) continue;
      if (changed.includes(name)) {
        const note = document.createElement("p");
        note.className = "notice";
        note.textContent = text.elsewhere.replace("{mine}", inWords(name));
        there.append(note);
      }
      const focused = here.contains(document.activeElement);
      here.replaceWith(document.adoptNode(there));
      if (focused) fields(name)[0].focus();
    }
    at.base.value = base.value;
    mark();
    return true;
  }
  async function reason(answer) {
    if (!(answer.headers.get("Content-Type") || "").includes("html")) return (await answer.json()).message;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    return [...page.querySelectorAll("main h1, main h1 + p")].map((el) => el.textContent.trim()).join(". ");
  }
  // Whether the server answered.
  async function send(last = false) {
    const upTo = tick, body = new URLSearchParams(new FormData(form));
    body.set("do", "save");
    body.set("act_id", uuid());
    body.set("occurred_at", new Date().toISOString());
    if (last) body.set("only", all().length); // answer unread
    try {
      const answer = await ask({ method: "POST", body, headers: { Accept: "application/json" }, keepalive: last });
      if (!answer.ok) {
        show(await reason(answer).catch(() => "") || text.refused, true);
        return true;
      }
      const said = await answer.json();
      sent = performance.now();
      for (const [name, when] of dirty) if (when <= upTo) dirty.delete(name);
      let look = false;
      if (!said.changed.length) at.base.value = said.base;
      else if (!dirty.size) look = await adopt(said.changed) && waiting?.button?.value === "submit";
      keep();
      if (look) waiting = null; // told before it is handed in
      show(look ? text.look : text.saved.replace("{time}", said.saved_at), look);
      if (dirty.size) later(500);
      return true;
    } catch {
      show(text.offline, true);
      later(15000);
      return false;
    }
  }
  function save(last) {
    if (busy || going || leaving || !dirty.size) return;
    busy = send(last).finally(() => { busy = null; });
  }
  const ping = flush;
  flush = async () => {
    await busy;
    clearTimeout(timer);
    return dirty.size ? send() : ping();
  };
  const touch = (name, delay) => {
    dirty.set(name, ++tick);
    at.act_id.value = uuid(); // other answers are another act
    at.copy.value = `${copy}.${tick}`;
    document.getElementById(name).querySelector(":scope > .notice")?.remove();
    keep();
    later(delay);
  };

  form.addEventListener("input", ({ target }) => {
    if (!names.includes(target.name)) return;
    waiting = null;
    touch(target.name, boxed(target) ? 500 : 1500);
    mark();
  });
  document.addEventListener("visibilitychange", () => { if (document.hidden) save(true); });

  const due = document.getElementById("due");
  if (due) {
    const end = Date.now() + due.dataset.left * 1000;
    const clock = setInterval(() => {
      const left = Math.max(0, end - Date.now());
      due.lastElementChild.textContent = due.dataset.text.replace("{left}",
        new Date(left).toISOString().slice(11, 19));
      if (left) return;
      clearInterval(clock);
      form.requestSubmit(form.querySelector("[value=submit]"));
    }, 1000);
  }

  at.copy.value = `${copy}.0`;
  const left = all(id).filter(([key]) => key !== own);
  for (const [, one] of left) for (const name of names) {
    const states = one.fields[name] || [];
    fields(name).forEach((el, place) => { if (states.length > place) write(el, states[place]); });
  }
  // What was chosen before this script came.
  for (const name of names) if (fields(name).some((el) => !same(read(el), asSent(el)))) touch(name, 0);
  for (const [key, one] of left) {
    if (Object.keys(one.fields).some((name) => dirty.has(name))) at.base.value = Math.min(at.base.value, one.base);
    store(key);
  }
  if (left.length) keep();
  mark();
})();
