/* A page's form that is larger than the server takes is not sent: leaving the page would lose what was typed. */
(function () {
  "use strict";
  var own = document.currentScript;
  var limit = Number(own.dataset.limit);
  var text = own.dataset.text;
  if (!limit) { return; }
  function size(form) {
    var total = 0;
    new FormData(form).forEach(function (value, name) {
      if (typeof value === "string") { total += new Blob([name, value]).size + 3; }
    });
    return total;
  }
  document.addEventListener("submit", function (event) {
    if (!event.target.matches("[data-edit-form]") || size(event.target) <= limit) { return; }
    event.preventDefault();
    event.stopImmediatePropagation();
    var notice = document.getElementById("bdhvs-too-large") || document.createElement("p");
    notice.id = "bdhvs-too-large";
    notice.className = "help-block help-critical";
    notice.setAttribute("role", "alert");
    notice.tabIndex = -1;
    notice.style.margin = "1rem 10rem 1rem 5rem";
    notice.textContent = text;
    event.target.prepend(notice);
    notice.scrollIntoView({ block: "center" });
    notice.focus();
  }, true);
})();

/* Wagtail saves quietly while somebody writes. The form then says which saving it goes on from: or a press on a button
   would look like another window's, and be refused. And a press waits for a quiet saving that is under way. */
(function () {
  "use strict";
  var busy = false, waiting = null, leaving = false;
  function ours(event) { return event.target.matches("[data-edit-form]"); }
  function field(form, name, value) {
    var input = form.querySelector("input[type=hidden][name='" + name + "']") || document.createElement("input");
    input.type = "hidden";
    input.name = name;
    input.value = value;
    if (!input.isConnected) { form.prepend(input); }
  }
  document.addEventListener("w-autosave:save", function (event) {
    if (!ours(event)) { return; }
    if (leaving) { event.preventDefault(); } else { busy = true; }
  });
  function over(event) {
    if (!ours(event)) { return; }
    busy = false;
    if (!waiting) { return; }
    var form = event.target, button = waiting;
    waiting = null;
    // Wagtail has disabled the button by now, and a disabled one is not sent.
    if (button.name) { field(form, button.name, button.value); }
    form.requestSubmit();
  }
  document.addEventListener("w-autosave:success", function (event) {
    var said = event.detail && event.detail.data;
    if (ours(event) && said && said.revision_id) {
      field(event.target, "loaded_revision_id", said.revision_id);
      field(event.target, "loaded_revision_created_at", said.revision_created_at);
    }
    over(event);
  });
  document.addEventListener("w-autosave:error", over);
  document.addEventListener("submit", function (event) {
    if (!ours(event) || event.defaultPrevented) { return; }
    if (busy) {
      event.preventDefault();
      event.stopImmediatePropagation();
      waiting = event.submitter || { name: "" };
      return;
    }
    leaving = true;
    setTimeout(function () { leaving = false; }, 8000);
  }, true);
})();

/* A dialog that comes back with an error shows it: the field that is wrong has the focus. */
(function () {
  "use strict";
  if (!window.jQuery) { return; }
  jQuery(document).on("ajaxComplete", function (event, answer, sent) {
    if (!/^post$/i.test(sent.type)) { return; }
    // Not before the tab is drawn.
    setTimeout(function () {
      var wrong = document.querySelector(".modal [aria-invalid=true]");
      if (wrong) { wrong.focus(); wrong.scrollIntoView({ block: "center" }); }
    }, 300);
  });
})();
