"""What stands on the first screen of a page, by where a browser puts it: what somebody sees before scrolling."""

from __future__ import annotations

from typing import Any

PHONE, DESK = (360, 740), (1280, 900)

# Kind of page (`tests.support.pages.KINDS`) → at a size, how many of what have to be whole in sight; 0: all.
FIRST_SCREEN: dict[str, dict[tuple[int, int], dict[str, int]]] = {
    # What to do now is not pushed down by what is new.
    "my learning": {PHONE: {"main .card--next .btn-primary": 1}},
    "home of a learner": {PHONE: {"main .card--next .btn-primary": 1}},
    "class": {
        PHONE: {"main > .acts a": 0, "main .tiles a.tile": 4},
        DESK: {"main > .acts a": 0, "main .tiles a.tile": 4, "main table tbody tr": 5},
    },
}

# Of the elements that a selector finds: how many there are, and how many are whole on the screen and not covered.
WHOLE = """selector => {
  const found = [...document.querySelectorAll(selector)];
  const seen = found.filter(element => {
    const box = element.getBoundingClientRect();
    if (!box.width || box.top < 0 || box.bottom > innerHeight || box.left < 0 || box.right > innerWidth) return false;
    const top = document.elementFromPoint((box.left + box.right) / 2, (box.top + box.bottom) / 2);
    return element.contains(top);
  });
  return [found.length, seen.length];
}"""


def missing_above(page: Any, kind: str) -> list[str]:
    """What a page of this kind has to show before scrolling and does not."""
    wrong = []
    for (width, height), wanted in FIRST_SCREEN.get(kind, {}).items():
        page.set_viewport_size({"width": width, "height": height})
        page.evaluate("scrollTo(0, 0)")
        for selector, least in wanted.items():
            there, seen = page.evaluate(WHOLE, selector)
            if not there or seen < (least or there):
                wrong.append(f"first screen of {width} × {height}: {seen} of {there} {selector}, not {least or 'all'}")
    return wrong
