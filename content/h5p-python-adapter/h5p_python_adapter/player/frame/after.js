/* Runs after H5P's own script: the bridge to the page around the frame. One port, given by the page (boot.js); everything
   that leaves the frame goes through it: statements, states, heights. */
(() => {
  "use strict";
  const { data: { scripts, ran }, port, show, given, template, run: runJoined } = window.h5pFrame;
  const { H5P, H5PIntegration } = window;
  const content = H5PIntegration.contents["cid-1"];
  delete window.h5pFrame;
  const tell = (message) => port.postMessage(message);

  // --- Heights: H5P asks as it asks a page that embeds it, and is answered here
  const asked = {};
  let told = 0;
  const size = () => {
    // A frame that has no width for a moment has no height that means anything.
    if (!window.innerWidth) return;
    // The body and not the document: that is never lower than the frame.
    const height = Math.ceil(document.body.scrollHeight);
    // What is shown on the full screen leaves nothing in the body.
    if (height && !document.fullscreenElement && height !== told) tell({ t: "size", h: (told = height) });
  };
  H5P.communicator = {
    on: (action, answer) => { asked[action] = answer; },
    send: (action) => {
      const next = { hello: "hello", prepareResize: "resizePrepared" }[action];
      if (action !== "hello") size();
      if (next && asked[next]) setTimeout(asked[next], 0);
    },
  };
  let width = window.innerWidth;
  addEventListener("resize", () => {
    if (!window.innerWidth || window.innerWidth === width) return;
    width = window.innerWidth;
    for (const instance of H5P.instances) H5P.trigger(instance, "resize");
  });

  // --- Letters: as large as the page's. What is measured in em and rem grows with them, and H5P sets its pieces anew.
  const letters = (times) => {
    if (!(times >= 0.5 && times <= 4)) return;
    document.documentElement.style.fontSize = `${16 * times}px`;
    for (const instance of H5P.instances || []) H5P.trigger(instance, "resize");
    size();
  };

  // --- Files: from an opaque origin the content's own come from elsewhere, too. H5P knows that of names below the
  // content's folder only; older content types ask with a whole address, or with none, and draw on canvas and WebGL.
  const here = `${window.location.protocol}//${window.location.host}/`;
  H5P.getCrossOrigin = (source) => {
    const path = typeof source === "string" ? source : source?.path;
    const elsewhere = /^[a-z0-9]+:\/\//i.test(path) && !path.startsWith(here);
    return elsewhere ? null : "anonymous";
  };

  // Content types name versions of themselves and of others that were right once; the one that plays has its files.
  const folders = H5PIntegration.libraryDirectories, pathOf = H5P.getLibraryPath;
  H5P.getLibraryPath = (folder) => {
    const name = /^(.+)-\d+\.\d+$/.exec(folder)?.[1];
    if (name === undefined || Object.hasOwn(folders, folder)) return pathOf(folder);
    return pathOf(Object.keys(folders).find((one) => /^(.+)-\d+\.\d+$/.exec(one)?.[1] === name) ?? folder);
  };

  // What jQuery 3, which H5P brings now, has no more of what older content types call.
  const { fn } = H5P.jQuery;
  fn.size ??= function () { return this.length; };
  fn.andSelf ??= fn.addBack;

  // jQuery gives the document that it parses in an address (<base>), which the policy does not let it.
  const parse = H5P.jQuery.parseHTML, empty = () => document.implementation.createHTMLDocument("");
  H5P.jQuery.parseHTML = (text, context, scripts) =>
    typeof context === "boolean" ? parse(text, empty(), context) : parse(text, context || empty(), scripts);

  // --- States: H5P asks an address without a server
  H5P.jQuery.ajaxTransport("+*", (options, original) => {
    const match = /^h5p-state:[^/]*\/([^/]*)\/([^/]*)$/.exec(options.url);
    if (!match) return undefined;
    return {
      send: (headers, done) => {
        if (options.type === "POST") {
          const text = original.data.data;
          tell({ t: "state", kind: match[1], part: match[2], data: typeof text === "string" ? text : null });
        }
        done(200, "OK", { json: { success: true, data: false } });
      },
      abort: () => {},
    };
  });
  const save = () => {
    for (const instance of H5P.instances) {
      if (typeof instance.getCurrentState !== "function") continue;
      try {
        const state = instance.getCurrentState();
        if (state !== undefined) H5P.setUserData(instance.contentId, "state", state, { deleteOnChange: true });
      } catch { /* asked in a moment for which it was not written; it is asked again */ }
    }
  };
  let soon = 0;
  const saveSoon = () => {
    clearTimeout(soon);
    soon = setTimeout(() => { soon = 0; save(); }, 700);
  };

  // --- Statements
  let said = 0;
  const listen = () => {
    H5P.externalDispatcher.on("xAPI", (event) => {
      // As it is now: content types go on writing into it.
      tell({ t: "statement", n: ++said, s: JSON.parse(JSON.stringify(event.data.statement)) });
      saveSoon();
    });
    if (H5PIntegration.saveFreq === false) return;
    for (const name of ["pointerup", "keyup", "change"]) addEventListener(name, saveSoon, { capture: true, passive: true });
    // What goes on by itself some seconds after an answer says so in no other way. Nothing waits for the last of them.
    addEventListener("transitionend", () => { if (!soon) saveSoon(); }, { capture: true, passive: true });
    document.addEventListener("visibilitychange", () => { if (document.hidden) save(); });
  };

  // --- Start
  const load = (address) => new Promise((resolve) => {
    const script = document.createElement("script");
    script.src = address;
    script.crossOrigin = "anonymous";
    script.async = false;
    script.onload = script.onerror = resolve;
    document.head.append(script);
  });
  const run = async () => {
    // A joined file has no address of its own; what asks for it, as webpack does, is told that of its part.
    Object.defineProperty(document, "currentScript", {
      configurable: true,
      get: () => {
        const script = document.createElement("script"), address = scripts[(window[ran] || []).length];
        if (address) script.src = address;
        return script;
      },
    });
    try { runJoined(); } finally { delete document.currentScript; }
    // What one file breaks in the joined script, it breaks for those after it: they come one by one.
    const done = new Set(window[ran] || []);
    for (const [number, address] of scripts.entries()) if (!done.has(number)) await load(address);
    // Which runs texts as programs: what a template says is done without.
    const EJS = window.EJS;
    if (typeof EJS !== "function") return;
    window.EJS = function (options) {
      if (typeof options?.text === "string" && (options.type ?? "<") === "<") {
        try { return template(options.text); } catch (error) { console.warn(error.message); }
      }
      return new EJS(options);
    };
    Object.setPrototypeOf(window.EJS, EJS);
  };
  const start = async (states) => {
    const kept = (content.contentUserData = content.contentUserData || {});
    for (const { subContentId, dataType, data } of states) (kept[subContentId] = kept[subContentId] || {})[dataType] = data;
    await run();
    H5P.jQuery(document).ready(() => {
      listen();
      let shown = false;
      try {
        H5P.init(document.body);
        shown = H5P.instances.length > 0;
        // The page draws a frame around; questions keep away from one that they know of.
        document.querySelector(".h5p-content").classList.replace("h5p-no-frame", "h5p-frame");
        for (const instance of H5P.instances) H5P.trigger(instance, "resize");
      } finally {
        new ResizeObserver(size).observe(document.body);
        size();
        tell({ t: shown ? "shown" : "broken" });
        if (!shown) show("broken");
      }
    });
  };
  port.addEventListener("message", ({ data }) => { if (data?.t === "letters") letters(data.letters); });
  document.documentElement.style.fontSize = given.letters > 0.5 ? `${16 * Math.min(given.letters, 4)}px` : "";
  start(Array.isArray(given.states) ? given.states : []);
})();
