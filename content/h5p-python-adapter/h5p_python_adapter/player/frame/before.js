/* Runs in the player's frame before H5P's own script and before anything of a package. The frame has an opaque origin:
   storage and cookies, which content types reach for without asking, throw there. They get some that forget. */
(() => {
  "use strict";
  const memory = () => {
    const kept = new Map();
    const own = {
      getItem: (key) => (kept.has(String(key)) ? kept.get(String(key)) : null),
      setItem: (key, value) => { kept.set(String(key), String(value)); },
      removeItem: (key) => { kept.delete(String(key)); },
      clear: () => kept.clear(),
      key: (index) => [...kept.keys()][index] ?? null,
    };
    return new Proxy(own, {
      get: (_, name) => (name === "length" ? kept.size : name in own ? own[name] : kept.get(String(name))),
      set: (_, name, value) => { kept.set(String(name), String(value)); return true; },
      has: (_, name) => name in own || kept.has(String(name)),
      deleteProperty: (_, name) => { kept.delete(String(name)); return true; },
      ownKeys: () => [...kept.keys()],
      getOwnPropertyDescriptor: (_, name) =>
        kept.has(String(name)) ? { value: kept.get(String(name)), enumerable: true, configurable: true } : undefined,
    });
  };
  for (const name of ["localStorage", "sessionStorage"]) {
    Object.defineProperty(window, name, { value: memory(), configurable: true });
  }
  Object.defineProperty(document, "cookie", { get: () => "", set: () => {}, configurable: true });
  // Subtitles of a film are only read when the film is fetched as from elsewhere, which from here everything is.
  const create = Document.prototype.createElement;
  Document.prototype.createElement = function (name, ...more) {
    const element = create.call(this, name, ...more);
    if (element instanceof HTMLMediaElement) element.crossOrigin = "anonymous";
    return element;
  };
  // A text is not run as a program. What older libraries give to a timer mostly names a function to call.
  for (const name of ["setTimeout", "setInterval"]) {
    const own = window[name];
    window[name] = (what, ...more) => {
      const path = typeof what === "string" && /^\s*([\w$.]+)\(\s*\)\s*;?\s*$/.exec(what)?.[1].split(".");
      if (!path) return own.call(window, what, ...more);
      const last = path.pop();
      return own.call(window, () => path.reduce((holder, key) => holder[key], window)[last](), ...more);
    };
  }
  // The headers stop it where the browser knows them; this, where it does not.
  for (const name of ["RTCPeerConnection", "webkitRTCPeerConnection"]) delete window[name];
  // A sandbox prints nothing. Types that ask whether there is a way to print show no button for it then; with one,
  // H5P.CoursePresentation says that it is finished as soon as all slides are to be printed.
  delete window.print;

  // Fonts of libraries, each in the form that is smallest: by the page, which keeps them. Without it by their address.
  const { data, file, styles } = window.h5pFrame;
  // Fonts of text in many parts are left to the browser, which fetches those that it needs.
  const FORMS = ["woff2", "woff", "otf", "ttf"], MOST_FONTS = 8;
  const smallest = (source) => {
    const found = [...source.matchAll(/url\("([^"]+)"\)/g)].map(([, address]) => address);
    const form = (address) => FORMS.indexOf(/\.(\w+)(?:[?#]|$)/.exec(address)?.[1].toLowerCase());
    return found.filter((address) => form(address) >= 0).sort((one, other) => form(one) - form(other))[0];
  };
  const { sheet } = styles;
  const faces = [...sheet.cssRules].filter(
    (rule) => rule instanceof CSSFontFaceRule && !rule.style.getPropertyValue("unicode-range"),
  );
  for (const face of faces.length <= MOST_FONTS ? faces : []) {
    const of = (name) => face.style.getPropertyValue(name), address = smallest(of("src"));
    if (!address) continue;
    const rule = face.cssText;
    sheet.deleteRule([...sheet.cssRules].indexOf(face));
    file(address.replace(/#.*/, "")).then((bytes) => {
      if (!bytes) throw new Error(address);
      const about = { style: of("font-style"), weight: of("font-weight"), stretch: of("font-stretch") };
      const given = Object.entries({ ...about, featureSettings: of("font-feature-settings") }).filter(([, value]) => value);
      return new FontFace(of("font-family").replace(/^["']|["']$/g, ""), bytes, Object.fromEntries(given)).load();
    }).then((font) => document.fonts.add(font)).catch(() => sheet.insertRule(rule));
  }

  window.H5PIntegration = data.integration;
  // Not before the page has given the state, and the bridge is attached: `attempted` comes while H5P starts.
  window.H5P = { preventInit: true };
})();
