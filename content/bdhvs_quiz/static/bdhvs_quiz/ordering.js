/* Steps are put in order with buttons. The numbers that are chosen without this stay the answer, out of sight. */
(() => {
  "use strict";
  const form = document.getElementById("answers");
  if (!form) return;

  const button = (sign, name, act) => {
    const made = Object.assign(document.createElement("button"), { type: "button", textContent: sign });
    if (name) made.setAttribute("aria-label", name);
    made.addEventListener("click", act);
    return made;
  };

  const begin = (field) => {
    const words = field.dataset;
    const selects = [...field.querySelectorAll("select")];
    const list = Object.assign(document.createElement("ol"), { className: "ordering-list", tabIndex: -1 });
    const said = Object.assign(document.createElement("p"), { className: "visually-hidden" });
    said.setAttribute("role", "status");
    let order = [];

    const rows = selects.map((select, step) => {
      const label = select.labels[0], name = label.textContent.trim();
      const row = document.createElement("li"), place = document.createElement("b"), text = document.createElement("span");
      text.lang = label.lang;
      text.append(...label.cloneNode(true).childNodes);
      const moves = document.createElement("span");
      const up = button("↑", words.up.replace("{step}", name), () => move(step, -1));
      const down = button("↓", words.down.replace("{step}", name), () => move(step, 1));
      moves.append(up, down);
      row.append(place, text, moves);
      select.parentElement.hidden = true;
      return { row, place, name, up, down };
    });

    const show = () => {
      const places = selects.map((select) => +select.value.split(":")[1] || 0);
      const done = new Set(places.filter(Boolean)).size === selects.length;
      order = [...selects.keys()].sort((a, b) => (places[a] || Infinity) - (places[b] || Infinity) || a - b);
      order.forEach((step, at) => {
        const { row, place, up, down } = rows[step];
        if (list.children[at] !== row) list.insertBefore(row, list.children[at] || null);
        place.textContent = done ? at + 1 : "–";
        up.disabled = !at;
        down.disabled = at === order.length - 1;
      });
      keep.hidden = done;
    };
    const answer = (wanted) => {
      wanted.forEach((step, at) => { selects[step].selectedIndex = at + 1; });
      selects[0].dispatchEvent(new Event("input", { bubbles: true }));
      show();
    };
    const move = (step, by) => {
      const wanted = [...order], at = wanted.indexOf(step);
      [wanted[at], wanted[at + by]] = [wanted[at + by], wanted[at]];
      answer(wanted);
      const { up, down, name } = rows[step], [pressed, other] = by < 0 ? [up, down] : [down, up];
      (pressed.disabled ? other : pressed).focus();
      said.textContent = words.now.replace("{step}", name).replace("{place}", at + by + 1);
    };
    const keep = button(words.keep, "", () => {
      answer(order);
      list.focus();
      said.textContent = words.kept;
    });
    keep.className = "btn-secondary";
    field.querySelector("[data-how]").textContent = words.how;
    field.append(list, keep, said);
    show();
    addEventListener("pageshow", show);
  };

  // Another copy of a question may come into the page later.
  const all = () => form.querySelectorAll("fieldset[data-up]:enabled").forEach((field) => {
    if (!field.querySelector(".ordering-list")) begin(field);
  });
  new MutationObserver(all).observe(form, { childList: true });
  all();
})();
