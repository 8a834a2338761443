// Choosing questions for a quiz: ticks stay over pages and searches, and a question is written in place.
(() => {
  const MULTIPLE = '[data-multiple-choice-form]';
  const RESULTS = `${MULTIPLE} #search-results input[name="id"]`;

  const keptOf = (form) => {
    form.bdhvsKept ??= new Map();
    return form.bdhvsKept;
  };

  const titleOf = (box) =>
    document.querySelector(`label[for="${box.id}"]`)?.textContent.trim() || box.title || box.value;

  // What is chosen, wherever the list is now; each can be taken out here too.
  const show = (form) => {
    const kept = keptOf(form);
    let list = form.querySelector('[data-kept]');
    if (!list) {
      list = document.createElement('fieldset');
      list.dataset.kept = '';
      list.className = 'quick-kept';
      form.querySelector('[data-multiple-choice-submit]').before(list);
    }
    const label = document.body.querySelector('[data-kept-label]')?.dataset.keptLabel || '';
    const legend = document.createElement('legend');
    legend.textContent = `${label} (${kept.size})`;
    const lines = [...kept].map(([value, title]) => {
      const line = document.createElement('label');
      const box = document.createElement('input');
      Object.assign(box, { type: 'checkbox', name: 'id', value, checked: true });
      box.dataset.multipleChoiceSelect = '';
      line.append(box, ` ${title}`);
      return line;
    });
    list.replaceChildren(legend, ...lines);
    list.hidden = kept.size === 0;
    form.querySelectorAll('#search-results input[name="id"]').forEach((box) => {
      box.checked = kept.has(box.value);
    });
    form.querySelector('[data-multiple-choice-submit]').disabled = kept.size === 0;
  };

  document.addEventListener('change', (event) => {
    const box = event.target;
    if (box.matches?.(`${MULTIPLE} input[name="id"]`)) {
      const kept = keptOf(box.form);
      if (box.checked) kept.set(box.value, titleOf(box));
      else kept.delete(box.value);
      show(box.form);
    } else if (box.matches?.('[data-quick-question] [name="kind"]')) {
      box.form.querySelectorAll('[data-quick-kind]').forEach((part) => {
        part.hidden = part.dataset.quickKind !== box.value;
      });
    }
  });

  // Wagtail shows a tab's panel some time after the click: once the one before has faded.
  const whenShown = (panel, act) => {
    if (!panel.hidden) {
      act();
      return;
    }
    new MutationObserver((_changes, observer) => {
      if (panel.hidden) return;
      observer.disconnect();
      act();
    }).observe(panel, { attributeFilter: ['hidden'] });
  };

  const prompt = () => document.querySelector('[data-quick-question]')?.elements.prompt;

  // A dialog takes the focus once it has faded in, a moment after it can be clicked: whoever writes by then goes on.
  let written = null;
  document.addEventListener('focusin', ({ target }) => {
    if (target.closest?.('[data-quick-question]')) written = target;
  });
  window.jQuery?.(document).on('shown.bs.modal', () => {
    if (written?.isConnected) written.focus();
  });

  document.addEventListener('click', (event) => {
    if (event.target.closest?.('#tab-label-create') && prompt()) {
      whenShown(prompt().closest('[role="tabpanel"]'), () => prompt().focus());
    }
    const more = event.target.closest?.('[data-quick-more]');
    if (!more) return;
    const next = more.parentElement.querySelector('.quick-option[hidden]');
    if (next) {
      next.hidden = false;
      next.querySelector('input[type="text"]').focus();
    }
    more.hidden = !more.parentElement.querySelector('.quick-option[hidden]');
  });

  // The list of results is replaced by each search and page.
  new MutationObserver(() => {
    const box = document.querySelector(RESULTS);
    const form = box?.form;
    if (!form?.bdhvsKept?.size || box.bdhvsSeen) return;
    box.bdhvsSeen = true;
    show(form);
  }).observe(document.body, { childList: true, subtree: true });

  const clear = (form) => {
    const stays = ['kind', 'category'].map((name) => [name, form.elements[name]?.value]);
    form.reset();
    stays.forEach(([name, value]) => {
      if (value !== undefined) form.elements[name].value = value;
    });
    form.querySelectorAll('details[open]').forEach((part) => {
      part.open = false;
    });
    form.elements.prompt.focus();
  };

  document.addEventListener('submit', async (event) => {
    const form = event.target;
    if (!form.matches?.('[data-quick-question]')) return;
    event.preventDefault();
    if (form.bdhvsSending) return;
    form.bdhvsSending = true;
    const go = event.submitter?.value === 'choose';
    const errors = form.querySelector('[data-quick-errors]');
    const several = document.querySelector(MULTIPLE);
    try {
      const answer = await fetch(form.action, {
        method: 'POST',
        body: new FormData(form),
        headers: { 'X-Requested-With': 'XMLHttpRequest' },
      });
      const said = await answer.json();
      errors.replaceChildren(
        ...(said.errors || []).map((text) => {
          const line = document.createElement('li');
          line.textContent = text;
          return line;
        }),
      );
      if (said.id) {
        keptOf(several).set(said.id, said.title);
        show(several);
        const done = form.querySelector('[data-quick-done]');
        done.textContent = `${done.dataset.text} ${said.title} (${keptOf(several).size})`;
        clear(form);
        if (go) several.querySelector('[data-multiple-choice-submit]').click();
      }
    } catch {
      errors.textContent = form.dataset.lost || '';
    } finally {
      form.bdhvsSending = false;
    }
  });
})();
