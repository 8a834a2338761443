/* A select of competencies becomes a field to type in (an editable combobox with a list, as the ARIA Authoring Practices
   have it): words of either language, with or without diacritics, or a code. The select stays, hidden: it is what is
   sent. Of the levels beside it those of the chosen competency's framework are offered. Wagtail's Stimulus connects
   what is added later, too: rows of an inline panel, blocks of a stream. */
(function () {
  "use strict";
  if (!window.StimulusModule || !window.wagtail || !window.wagtail.app) { return; }

  function fold(text) {
    return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/[đð]/g, "d");
  }

  function made(tag, name, values) {
    var element = document.createElement(tag);
    element.className = name;
    Object.keys(values || {}).forEach(function (key) { element.setAttribute(key, values[key]); });
    return element;
  }

  class Competency extends window.StimulusModule.Controller {
    static values = { hint: String, none: String, found: String };

    connect() {
      var select = this.element;
      if (this.input) { return; }
      var id = select.id || select.name;
      // Around the select nothing is put: moving it would connect it again.
      select.parentElement.classList.add("bdhvs-competency");
      this.input = made("input", "", {
        id: id + "-typed", type: "text", role: "combobox", autocomplete: "off", spellcheck: "false",
        "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": id + "-list",
        placeholder: this.hintValue
      });
      this.of = made("p", "bdhvs-competency__of", { id: id + "-of" });
      this.list = made("div", "bdhvs-competency__list", { id: id + "-list", role: "listbox", tabindex: "-1" });
      this.list.hidden = true;
      this.said = made("p", "bdhvs-competency__said", { role: "status" });
      this.labels = Array.from(select.labels || []);
      this.labels.forEach((label) => { label.htmlFor = this.input.id; });
      var name = this.labels.map(function (label) { return label.textContent.replace("*", "").trim(); }).join(" ");
      this.list.setAttribute("aria-label", name);
      if (!name) { this.input.setAttribute("aria-label", this.hintValue); }
      var described = [this.of.id, select.getAttribute("aria-describedby")].filter(Boolean).join(" ");
      this.input.setAttribute("aria-describedby", described);
      if (select.getAttribute("aria-invalid")) { this.input.setAttribute("aria-invalid", "true"); }
      select.after(this.input, this.list, this.said, this.of);
      select.hidden = true;
      this.input.addEventListener("input", (event) => {
        // What is typed is nothing that is sent.
        event.stopPropagation();
        this.open(this.input.value);
      });
      this.input.addEventListener("change", function (event) { event.stopPropagation(); });
      this.input.addEventListener("focus", () => { this.input.select(); });
      this.input.addEventListener("click", () => { if (this.list.hidden) { this.open(""); } });
      this.input.addEventListener("keydown", (event) => { this.pressed(event); });
      this.input.addEventListener("blur", () => { this.left(); });
      // Before the field would be left.
      this.list.addEventListener("mousedown", function (event) { event.preventDefault(); });
      this.list.addEventListener("click", (event) => {
        var option = event.target.closest("[role=option]");
        if (option) { this.take(option.dataset.value); }
      });
      this.changed = () => { this.show(); };
      select.addEventListener("change", this.changed);
      this.show();
    }

    disconnect() {
      if (!this.input) { return; }
      clearTimeout(this.timer);
      [this.input, this.list, this.said, this.of].forEach(function (element) { element.remove(); });
      this.labels.forEach((label) => { label.htmlFor = this.element.id; });
      this.element.removeEventListener("change", this.changed);
      this.element.hidden = false;
      this.input = null;
    }

    chosen() { return this.element.value ? this.element.selectedOptions[0] : null; }

    show() {
      var option = this.chosen();
      this.input.value = option ? option.text : "";
      this.of.textContent = option && option.parentElement.label ? option.parentElement.label : "";
      this.levels(option ? option.dataset.framework : "");
    }

    open(typed) {
      var words = fold(typed).split(/\s+/).filter(Boolean);
      var id = this.list.id, found = 0;
      this.list.textContent = "";
      this.element.querySelectorAll("optgroup").forEach((group, place) => {
        var there = Array.from(group.querySelectorAll("option")).filter(function (option) {
          var known = option.dataset.search || fold(option.text);
          return words.every(function (word) { return known.includes(word); });
        });
        if (!there.length) { return; }
        var heading = made("div", "bdhvs-competency__group", { id: id + "-group-" + place, role: "presentation" });
        heading.textContent = group.label;
        var box = made("div", "", { role: "group", "aria-labelledby": heading.id });
        box.append(heading);
        there.forEach((option) => {
          var row = made("div", "bdhvs-competency__option", {
            id: id + "-" + option.value, role: "option", "data-value": option.value,
            "aria-selected": String(option.value === this.element.value)
          });
          row.textContent = option.text;
          box.append(row);
          found += 1;
        });
        this.list.append(box);
      });
      this.list.hidden = !found;
      this.input.setAttribute("aria-expanded", String(Boolean(found)));
      this.said.textContent = found ? (words.length ? this.foundValue + " " + found : "") : this.noneValue;
      var current = this.list.querySelector("[aria-selected=true]");
      this.move(words.length ? this.options()[0] : current);
      // All of it, above the bar at the foot of the form; after the browser has scrolled to what is typed.
      clearTimeout(this.timer);
      this.timer = setTimeout(() => {
        (found ? this.list : this.said).scrollIntoView({ block: "nearest" });
      }, 50);
    }

    close() {
      this.list.hidden = true;
      this.said.textContent = "";
      this.input.setAttribute("aria-expanded", "false");
      this.move(null);
    }

    options() { return Array.from(this.list.querySelectorAll("[role=option]")); }

    move(option) {
      if (this.active) { this.active.classList.remove("is-active"); }
      this.active = option || null;
      if (!option) { this.input.removeAttribute("aria-activedescendant"); return; }
      option.classList.add("is-active");
      this.input.setAttribute("aria-activedescendant", option.id);
      // Within the list only: the page is where `open` has put it.
      var list = this.list, top = option.offsetTop, bottom = top + option.offsetHeight;
      if (top < list.scrollTop) { list.scrollTop = top; }
      if (bottom > list.scrollTop + list.clientHeight) { list.scrollTop = bottom - list.clientHeight; }
    }

    pressed(event) {
      var closed = this.list.hidden, rows = closed ? [] : this.options(), at = rows.indexOf(this.active);
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        if (closed) { this.open(""); rows = this.options(); at = rows.indexOf(this.active); if (at >= 0) { return; } }
        if (!rows.length) { return; }
        var step = event.key === "ArrowDown" ? at + 1 : (at < 0 ? rows.length : at) - 1;
        this.move(rows[(step + rows.length) % rows.length]);
      } else if (event.key === "Enter") {
        // A page's form is not sent by it.
        event.preventDefault();
        if (this.active) { this.take(this.active.dataset.value); }
      } else if (event.key === "Escape" && !closed) {
        event.preventDefault();
        event.stopPropagation();
        this.close();
        this.show();
        this.input.select();
      }
    }

    take(value) {
      this.close();
      if (this.element.value !== value) {
        this.element.value = value;
        this.element.dispatchEvent(new Event("input", { bubbles: true }));
        this.element.dispatchEvent(new Event("change", { bubbles: true }));
      }
      this.show();
      this.input.select();
    }

    left() {
      if (!this.input) { return; }
      this.close();
      // Emptied: nothing is chosen. Half a word: what was chosen stays.
      if (!this.input.value.trim()) { if (this.element.value) { this.take(""); } } else { this.show(); }
    }

    levels(framework) {
      var form = this.element.form, name = this.element.name.replace(/competency$/, "level");
      var select = form && name !== this.element.name ? form.elements.namedItem(name) : null;
      if (!select || !select.options) { return; }
      if (!this.offered) {
        this.offered = Array.from(select.querySelectorAll("option")).map(function (option) {
          return option.cloneNode(true);
        });
      }
      var value = select.value;
      var fitting = this.offered.filter(function (option) {
        return !option.value || option.value.split("-")[0] === framework;
      });
      if (framework && fitting.length > 1) { fitting = fitting.filter(function (option) { return option.value; }); }
      select.replaceChildren.apply(select, fitting.map(function (option) { return option.cloneNode(true); }));
      var stays = fitting.some(function (option) { return option.value === value; });
      select.value = stays ? value : fitting[0] ? fitting[0].value : "";
    }
  }

  window.wagtail.app.register("bdhvs-competency", Competency);
})();
