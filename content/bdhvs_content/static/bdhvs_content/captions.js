/* Captions from a file go into the field above its button, to be looked at and saved like what is typed. */
(function () {
  "use strict";
  var LIMIT = 2 * 1024 * 1024;
  function words(bytes) {
    var kinds = bytes[0] === 0xff && bytes[1] === 0xfe ? ["utf-16le"] : ["utf-8", "windows-1258"];
    for (var place = 0; place < kinds.length; place += 1) {
      try { return new TextDecoder(kinds[place], { fatal: place === 0 }).decode(bytes); } catch (broken) { /* the next */ }
    }
    return null;
  }
  document.addEventListener("change", function (event) {
    var input = event.target;
    if (!input.matches || !input.matches("[data-bdhvs-captions]") || !input.files.length) { return; }
    var file = input.files[0], row = input.closest(".captions-file");
    var field = row.parentElement.querySelector("textarea"), said = row.querySelector(".captions-said");
    file.arrayBuffer().then(function (buffer) {
      var text = buffer.byteLength > LIMIT ? null : words(new Uint8Array(buffer));
      if (text === null || text.indexOf("\0") !== -1) {
        said.textContent = input.dataset.unreadable;
      } else {
        field.value = text.replace(/^\ufeff/, "").replace(/\r\n?/g, "\n");
        said.textContent = file.name;
        field.dispatchEvent(new Event("input", { bubbles: true }));
        field.dispatchEvent(new Event("change", { bubbles: true }));
      }
      // The same file may be taken again, once it is mended.
      input.value = "";
    });
  });
})();
