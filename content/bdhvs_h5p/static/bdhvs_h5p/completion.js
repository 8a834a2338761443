/* When another activity is chosen, what finishes it is chosen with it: some say themselves when they are finished, some
   never do. The editor may choose otherwise afterwards. */
(function () {
  "use strict";
  document.addEventListener("change", function (event) {
    var select = event.target.name === "content" && event.target.form &&
      event.target.form.querySelector("select[data-h5p-suggested]");
    if (!select) { return; }
    var suggested = JSON.parse(select.dataset.h5pSuggested)[event.target.value];
    if (suggested) { select.value = suggested; }
  });
})();
