/* Stands in the player's document, which no browser keeps: small. It runs nothing of H5P and nothing of a package before
   the page around it has given it a port. The scripts and styles come through that port: the page's browser keeps them
   for ever, and a frame of opaque origin would fetch them anew each time. A script runs only with the SHA-256 that the
   document's policy names. */
(() => {
  "use strict";
  const data = JSON.parse(document.getElementById("h5p-data").textContent);
  const show = (id) => { document.getElementById(id).hidden = false; };
  // Opened by itself: there is no page to shut a package in.
  if (window.parent === window) return show("alone");
  const asked = new Map();
  let port = null;
  // Several fonts may be in one file.
  const file = (address) => {
    if (!asked.has(address)) {
      const one = {};
      one.bytes = new Promise((done) => { one.done = done; });
      asked.set(address, one);
      port.postMessage({ t: "file", address });
    }
    return asked.get(address).bytes;
  };
  const add = (kind, bytes) => {
    const element = document.createElement(kind);
    // A byte order mark would count for the SHA-256, and so it stays.
    element.textContent = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
    document.head.append(element);
    return element;
  };
  const start = async (given) => {
    const files = await Promise.all(data.files.map(file));
    if (files.every(Boolean)) {
      const [style, styles, script, scripts] = files;
      add("style", style);
      window.h5pFrame = { data, port, file, show, given, styles: add("style", styles), run: () => add("script", scripts) };
      add("script", script);
      // It has taken that away, and goes on.
      if (!window.h5pFrame) return;
    }
    show("broken");
    port.postMessage({ t: "broken" });
  };
  addEventListener("message", (event) => {
    if (port || event.source !== window.parent || event.origin !== data.site || !event.ports[0]) return;
    port = event.ports[0];
    port.addEventListener("message", ({ data: said }) => {
      if (said && said.t === "file") asked.get(said.address)?.done(said.bytes);
    });
    port.start();
    start(event.data);
  });
  window.parent.postMessage({ h5p: "frame", t: "ready" }, data.site);
})();
