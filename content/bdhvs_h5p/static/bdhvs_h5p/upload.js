/* An H5P file that is being sent shows how far it is; one that is too large is never sent. Without this script the
   form works as any other. */
(function () {
  "use strict";
  function notice(form, text) {
    var box = form.querySelector(".bdhvs-h5p-notice") || document.createElement("div");
    box.className = "bdhvs-h5p-notice help-block help-critical";
    box.setAttribute("role", "alert");
    box.tabIndex = -1;
    box.textContent = "";
    [].concat(text).forEach(function (line) {
      var paragraph = document.createElement("p");
      paragraph.textContent = line;
      box.append(paragraph);
    });
    form.prepend(box);
    box.scrollIntoView({ block: "center" });
    box.focus();
    // Wagtail's button waits half a minute for a page that does not come, and begins to after the click.
    setTimeout(function () {
      form.querySelectorAll("[data-controller~=w-progress]").forEach(function (button) {
        button.setAttribute("data-w-progress-loading-value", "false");
      });
    }, 0);
  }
  function shown(input) {
    var box = document.createElement("div");
    var words = document.createElement("p");
    var bar = document.createElement("progress");
    box.className = "bdhvs-h5p-progress";
    words.setAttribute("role", "status");
    words.id = input.id + "-progress";
    bar.max = 100;
    bar.value = 0;
    bar.setAttribute("aria-labelledby", words.id);
    box.append(words, bar);
    input.after(box);
    return {
      say: function (text) { if (words.textContent !== text) { words.textContent = text; } },
      at: function (percent) { if (percent === null) { bar.removeAttribute("value"); } else { bar.value = percent; } },
      end: function () { box.remove(); }
    };
  }
  document.addEventListener("submit", function (event) {
    var form = event.target;
    var input = form.querySelector("input[type=file][data-h5p-upload]");
    if (!input || !input.files.length) { return; }
    event.preventDefault();
    event.stopImmediatePropagation();
    if (input.files[0].size > Number(input.dataset.limit)) {
      notice(form, input.dataset.tooLarge);
      return;
    }
    if (form.dataset.sending) { return; }
    form.dataset.sending = "1";
    var progress = shown(input);
    var request = new XMLHttpRequest();
    function failed(text) {
      progress.end();
      delete form.dataset.sending;
      notice(form, text);
    }
    request.open("POST", form.action);
    request.setRequestHeader("X-Requested-With", "XMLHttpRequest");
    progress.say(input.dataset.sending);
    request.upload.addEventListener("progress", function (sent) {
      if (sent.lengthComputable) { progress.at(Math.round(100 * sent.loaded / sent.total)); }
    });
    request.upload.addEventListener("load", function () {
      progress.say(input.dataset.checking);
      progress.at(null);
    });
    request.addEventListener("load", function () {
      var answer = null;
      try { answer = JSON.parse(request.responseText); } catch (error) { /* a page: no answer of ours */ }
      if (answer && answer.location) {
        // What was typed is saved: leaving needs no question.
        form.dispatchEvent(new CustomEvent("w-unsaved:clear", { bubbles: true }));
        form.setAttribute("data-w-unsaved-force-value", "false");
        form.setAttribute("data-w-unsaved-confirmation-value", "false");
        window.location.assign(answer.location);
      } else {
        failed(answer && answer.errors ? answer.errors : input.dataset.failed);
      }
    });
    request.addEventListener("error", function () { failed(input.dataset.failed); });
    request.send(new FormData(form));
  }, true);
})();
