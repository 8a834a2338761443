"""What somebody who looks at a page would call broken, told from its HTML: choices without anything to choose, what
can be pressed and has no words, an icon that is not there, and Python's own words for nothing, yes and an object."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser

from wagtail.admin.icons import get_icons

_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
_UNSHOWN = {"script", "style", "head", "noscript"}
# Python's, or a model without a name for its rows: "Question object (63)", in Vietnamese "Đối tượng Question (63)".
_PYTHON = re.compile(r"^(?:None|True|False)$|\bobject \(\w+\)|Đối tượng [\w ]+ \(\d+\)|^1-0 ")


@cache
def _icons() -> set[str]:
    """Names of the symbols that the admin's pages draw their icons with."""
    return set(re.findall(r'id="icon-([\w-]+)"', get_icons()))


@dataclass
class _Element:
    tag: str
    values: dict[str, str]
    words: str = ""
    options: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        known = [self.values[name] for name in ("name", "id", "class", "href") if self.values.get(name)]
        return f"{self.tag} {known[0]}" if known else self.tag


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[_Element] = []
        self.found: list[str] = []
        # id → words, and who is named by which ids.
        self.named: dict[str, str] = {}
        self.by_others: list[tuple[_Element, list[str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = _Element(tag, {name: value or "" for name, value in attrs})
        if tag == "img":
            self._say(element.values.get("alt", ""))
        if tag == "option":
            for outer in reversed(self.open):
                if outer.tag == "select":
                    outer.options.append(element.values.get("value", "-"))
                    break
        if tag == "input" and element.values.get("type") in ("submit", "button", "reset"):
            if not element.values.get("value", "").strip() and not self._hidden(element):
                self.found.append(f"no words: {element}")
        # Scripts draw the sidebar from a script's data: its icons are not looked at here.
        name = element.values.get("href", "").removeprefix("#icon-")
        if tag == "use" and name != element.values["href"] and name not in _icons():
            self.found.append(f"no such icon: {name}")
        if tag not in _VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        if not any(element.tag == tag for element in self.open):
            return
        while self.open:
            element = self.open.pop()
            self._close(element)
            if element.tag == tag:
                break

    def handle_data(self, data: str) -> None:
        if any(element.tag in _UNSHOWN for element in self.open):
            return
        self._say(data)
        text = re.sub(r"\s+", " ", data).strip()
        # The counter of a side panel holds None until the script writes the number, and is shown only then.
        if _PYTHON.search(text) and not any("data-side-panel-toggle-counter" in e.values for e in self.open):
            self.found.append(f"Python's words: {text[:60]}")

    def _say(self, words: str) -> None:
        for element in self.open:
            element.words += words

    def _hidden(self, element: _Element) -> bool:
        around = [*self.open, element]  # Wagtail hides by a class, too
        return any(
            each.tag in _UNSHOWN
            or "hidden" in each.values
            or "w-hidden" in each.values.get("class", "")
            or each.values.get("aria-hidden") == "true"
            for each in around
        )

    def _close(self, element: _Element) -> None:
        values = element.values
        if "id" in values:
            self.named[values["id"]] = element.words
        if element.tag == "select" and "disabled" not in values and not any(element.options):
            # A filter of what there is none of yet offers "any", and need not be set.
            if not element.options or "required" in values:
                self.found.append(f"nothing to choose: {element}")
        pressed = element.tag in ("button", "summary") or (element.tag == "a" and "href" in values)
        if not pressed or self._hidden(element):
            return
        if element.words.strip() or values.get("aria-label", "").strip() or values.get("title", "").strip():
            return
        if "aria-labelledby" in values:
            self.by_others.append((element, values["aria-labelledby"].split()))
        else:
            self.found.append(f"no words: {element}")

    def close(self) -> None:
        super().close()
        while self.open:
            self._close(self.open.pop())
        for element, ids in self.by_others:
            if not any(self.named.get(each, "").strip() for each in ids):
                self.found.append(f"no words: {element}")


def broken_in(html: str) -> list[str]:
    """One line for each thing, as often as it is there."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.found
