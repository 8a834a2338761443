"""What only a browser knows of a page: what is cut, what is larger than its button, what there is to choose."""

# For `page.evaluate`: one line for each thing that somebody who looks would call broken.
BROKEN = r"""() => {
  const out = new Set(), style = e => getComputedStyle(e), box = e => e.getBoundingClientRect();
  const shown = e => box(e).width > 1 && box(e).height > 1 && e.checkVisibility({visibilityProperty: true});
  const say = (what, e) => out.add(
    `${what}: ${e.tagName.toLowerCase()} ${e.id} "${e.textContent.trim().replace(/\s+/g, ' ').slice(0, 40)}"`);
  for (const select of document.querySelectorAll('select:not(:disabled)'))
    if (shown(select) && !select.options.length) say('nothing to choose', select);
  for (const icon of document.querySelectorAll('button svg, a svg, summary svg')) {
    const button = icon.closest('button, a, summary'), r = box(icon), q = box(button);
    if (shown(icon) && (r.height > q.height + 4 || r.width > q.width + 4)) say('icon larger than its button', button);
  }
  for (const e of document.querySelectorAll('a, button, h1, h2, label, th, .menuitem-label')) {
    if (!shown(e) || !e.textContent.trim() || e.closest('.w-sr-only, .visually-hidden')) continue;
    if (/hidden|clip/.test(style(e).overflowY) && e.scrollHeight > e.clientHeight + 2) say('cut below', e);
    if (/hidden|clip/.test(style(e).overflowX) && e.scrollWidth > e.clientWidth + 2) say('cut at the side', e);
  }
  for (const table of document.querySelectorAll('main table'))
    for (let e = table.parentElement; e && e.tagName !== 'BODY'; e = e.parentElement) {
      if (/auto|scroll/.test(style(e).overflowX)) break;
      if (style(e).overflowX !== 'hidden' || box(table).right <= box(e).right + 1) continue;
      say('cut at the side', table);
      break;
    }
  for (const b of document.querySelectorAll('button, a[href]'))
    if (shown(b) && !b.innerText.trim() && !b.ariaLabel && !b.title && !b.getAttribute('aria-labelledby')
        && !b.querySelector('img[alt]:not([alt=""]), .w-sr-only, .visually-hidden')) say('no words', b);
  return [...out];
}"""
