"""The common base of the kit's classes: the methods they take from TestCase, JSON, and a look at a fragment of HTML."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.test import TestCase as Mixin
else:
    # Not TestCase itself: a test runner would then collect the kit's own classes, which have nothing to test.
    Mixin = object

__all__ = ["Fragment", "Mixin", "as_json"]


def as_json(value: Any) -> str:
    """Write plain JSON. Raises TypeError or ValueError for what is none (sets, NaN, keys that are no strings)."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, allow_nan=False)
    if json.loads(text) != value:
        raise ValueError(f"changes on its way through JSON: {value!r}")
    return text


class Fragment(HTMLParser):
    """A piece of a page: names of its form fields, and (`forbidden`) what no page of ours may hold."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.fields: set[str] = set()
        self.labelled: set[str] = set()
        self.forbidden: list[str] = []
        self._inside_label = 0
        self._bare: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag in ("script", "style", "iframe", "object", "embed", "form", "link", "base", "meta"):
            self.forbidden.append(f"<{tag}>")
        for name, value in values.items():
            if name == "style" or name.startswith("on"):
                self.forbidden.append(f"{tag} {name}=")
            if name in ("src", "href", "action", "poster", "srcset") and (value or "").lstrip().lower().startswith(
                ("http:", "https:", "//", "javascript:", "data:")
            ):
                self.forbidden.append(f"{tag} {name}={value}")
        if tag == "label":
            self._inside_label += 1
            if values.get("for"):
                self.labelled.add(str(values["for"]))
        if tag in ("input", "textarea", "select") and values.get("type") != "hidden":
            if values.get("name"):
                self.fields.add(str(values["name"]))
            named = values.get("aria-label") or values.get("aria-labelledby")
            if not self._inside_label and not named:
                self._bare.append(str(values.get("id") or ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "label":
            self._inside_label -= 1

    def unlabelled(self) -> list[str]:
        """Return ids ('' for none) of controls that no label stands for: they cannot be used without
        seeing the page."""
        return [control for control in self._bare if control not in self.labelled]
