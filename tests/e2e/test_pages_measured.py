"""Every kind of page outside the admin, measured in Chromium with an empty cache: its weight, who is asked, whether
axe-core finds something, whether it fits and can be pressed at three widths, and whether a language strays into the
other. The limits are those of a village line and of a thumb."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]

from tests.e2e.first_screen import missing_above
from tests.e2e.wire import Wire
from tests.support.live import Installation
from tests.support.pages import approach, by_reader, reach, sign_in
from tests.support.words import strays

pytestmark = pytest.mark.thorough

CLOCK = "2025-11-15T10:00:00+07:00"
REQUESTS = 8
# 320: a small telephone, and a screen of 1280 at 400 % (WCAG 1.4.10).
WIDTHS = (360, 1280, 320)
# Dark at one of them: colours are looked at in both. At 320 the rules of style are those of 360: axe-core looks at one.
DARK_AT = 360
AXE_AT = (360, 1280)
AXE = """() => axe.run({resultTypes: ["violations"], preload: false})"""

# What is beside the screen, and what is too small for a thumb. Of a choice its whole row is the target; a link in
# running text is as high as its line (WCAG 2.5.8, "inline"); what only shows with the keyboard is no target yet.
FITS = """() => {
  const small = [];
  const controls = "a[href], button, summary, select, textarea, input:not([type=hidden])";
  const blocks = "p, li, dd, dt, td, th, h1, h2, h3, h4, figcaption, caption, blockquote, div, section";
  for (const control of document.querySelectorAll(controls)) {
    const target = control.closest("label") || control, box = target.getBoundingClientRect();
    if (!control.checkVisibility({contentVisibilityAuto: true})) continue;
    if (!box.width || box.right <= 0 || getComputedStyle(control).visibility === "hidden") continue;
    const block = control.closest(blocks);
    const inText = control.tagName === "A" && block && getComputedStyle(control).display === "inline" &&
      block.textContent.replace(/\\s+/g, "").length > control.textContent.replace(/\\s+/g, "").length + 3;
    if (!inText && (box.height < 43.5 || box.width < 43.5))
      small.push(`${control.outerHTML.slice(0, 110)} ${Math.round(box.width)}×${Math.round(box.height)}`);
  }
  const root = document.scrollingElement;
  return {beside: root.scrollWidth - root.clientWidth, small};
}"""

# Every text and spoken attribute with the language it is marked with.
TEXTS = """() => {
  const found = [];
  const say = (element, text) => {
    const marked = element.closest("[lang]");
    if (text && text.trim()) found.push([marked ? marked.lang : "", text.trim()]);
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    if (!parent.closest("script, style")) say(parent, walker.currentNode.textContent);
  }
  for (const element of document.querySelectorAll("[aria-label], [alt], [title], [placeholder]"))
    for (const name of ["aria-label", "alt", "title", "placeholder"]) say(element, element.getAttribute(name));
  return found;
}"""


# Of a screen that is 740 high; at the largest letters.
BAR, BAR_LARGE = 56, 90
BAR_HEIGHT = "() => document.querySelector('header.bar').getBoundingClientRect().height"


def look(page: Any, axe: Axe) -> list[str]:
    wrong = []
    page.set_viewport_size({"width": WIDTHS[0], "height": 740})
    before = page.evaluate("document.documentElement.className")
    for size, most in (("", BAR), ("text-130", BAR_LARGE)):
        page.evaluate("size => { document.documentElement.className = size; }", size)
        if (height := page.evaluate(BAR_HEIGHT)) > most:
            wrong.append(f"the bar is {height} px high, letters {size or 'as usual'}")
    page.evaluate("before => { document.documentElement.className = before; }", before)
    page.evaluate(axe.axe_script)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme="dark" if width == DARK_AT else "light")
        page.evaluate("open => { document.querySelector('.menu').open = open; }", width == DARK_AT)
        found = page.evaluate(FITS)
        if found["beside"] > 0:
            wrong.append(f"{width}: {found['beside']} px beside the screen")
        wrong += [f"{width}: too small: {control}" for control in found["small"]]
        for violation in page.evaluate(AXE)["violations"] if width in AXE_AT else ():
            nodes = [node["html"][:110] for node in violation["nodes"][:3]]
            wrong.append(f"{width}: axe {violation['id']}: {nodes}")
    return wrong


def test_every_kind_of_page_is_light_fits_and_can_be_used(demo: Installation, browser: Any) -> None:
    url = demo.serve(BDHVS_TEST_CLOCK=CLOCK).url
    axe = Axe()
    wrong: list[str] = []
    measured: dict[str, tuple[int, int]] = {}
    for who, kinds in by_reader():
        context = browser.new_context(locale="vi-VN", viewport={"width": WIDTHS[0], "height": 800})
        page = context.new_page()
        page.set_default_timeout(20_000)
        if who is not None:
            sign_in(page, url, who)
        wire, second = Wire(page, url), context.new_page()
        for kind in kinds:
            approach(page, kind)
            wire.empty()
            response = reach(page, url, kind)
            found = [f"status {response.status}"] if response.status != kind.status else []
            found += look(page, axe)
            # Read last: what was asked for late, the icon, has come by now.
            measured[kind.name] = (wire.bytes, wire.requests)
            if wire.bytes > kind.most or wire.requests > REQUESTS:
                found.append(f"{wire.bytes} bytes in {wire.requests} requests: {sorted(wire.addresses.values())}")
            found += [f"asks a stranger: {stranger}" for stranger in wire.strangers]
            wire.strangers.clear()
            found += strays(page.evaluate(TEXTS))
            found += missing_above(page, kind.name)
            if response.request.method == "GET":
                # By the link that every page has, beside it: an attempt goes on where it was.
                second.goto(url + page.locator("header a[hreflang=en]").get_attribute("href"))
                assert second.locator("html").get_attribute("lang") == "en", kind.name
                found += strays(second.evaluate(TEXTS))
            wrong += [f"{kind.name}: {problem}" for problem in found]
        context.close()
    assert min(weight for weight, _requests in measured.values()) > 1_000, "nothing was measured"
    assert not wrong, "\n".join([*wrong, str(measured)])
