"""The guides of docs/ as pages of the site. hatch_build.py makes them: a site needs no parser for it and no network."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.templatetags.static import static
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

FOLDER = Path(__file__).parent / "guide_pages"

# By the end of their addresses; first those of the five roles, in the order in which most people need them.
NAMES = {
    "nguoi-hoc": "guide-learner",
    "nguoi-huong-dan": "guide-teacher",
    "ban-chi-dao": "guide-committee",
    "nguoi-bien-soan": "guide-editor",
    "nguoi-van-hanh": "guide-operator-vi",
}
_ADDRESSES = {name: slug for slug, name in NAMES.items()}
_TOKEN = re.compile(r"\{\{(picture|guide):([\w.-]+)\}\}")


@dataclass(frozen=True)
class Guide:
    slug: str
    title: str
    lang: str
    made: str
    """HTML, in which addresses are still to be filled in."""

    @property
    def url(self) -> str:
        return reverse("bdhvs_theme:guide", args=[self.slug])

    @property
    def html(self) -> SafeString:
        """From our own documents, at build time: nothing of it was typed by a visitor."""
        return mark_safe(_TOKEN.sub(_address, self.made))  # noqa: S308


def _address(found: re.Match[str]) -> str:
    if found[1] == "picture":
        return static(f"bdhvs_theme/guides/{found[2]}")
    return reverse("bdhvs_theme:guide", args=[_ADDRESSES.get(found[2], found[2])])


@cache
def _all() -> dict[str, Guide]:
    found = {}
    for path in sorted(FOLDER.glob("*.json")):
        slug = _ADDRESSES.get(path.stem, path.stem)
        data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        found[slug] = Guide(slug, data["title"], data["lang"], data["html"])
    return found


def guide(slug: str) -> Guide | None:
    return _all().get(slug)


def guides() -> tuple[list[Guide], list[Guide]]:
    """Those of the five roles, and those for whoever runs a site or builds on it. Empty where none were built."""
    every = _all()
    return [every[slug] for slug in NAMES if slug in every], [one for slug, one in every.items() if slug not in NAMES]
