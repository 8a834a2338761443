"""Weight of an activity for a telephone in a village: told to editors before learners find out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bdhvs_content.api import size_words, wait_words

__all__ = ["Weight", "weight_of"]

LIGHT, MEDIUM = 300 * 1024, 1024 * 1024
"""Bytes up to which an activity is light, and medium."""

_LABELS = {"light": gettext_lazy("light"), "medium": gettext_lazy("medium"), "heavy": gettext_lazy("heavy")}


@dataclass(frozen=True)
class Weight:
    """The bytes that a learner's browser has to fetch at most, unpacked: its line carries less, its processor all of
    it."""

    js: int
    css: int
    media: int

    @property
    def total(self) -> int:
        return self.js + self.css + self.media

    @property
    def code(self) -> str:
        return "light" if self.total <= LIGHT else "medium" if self.total <= MEDIUM else "heavy"

    @property
    def label(self) -> str:
        return str(_LABELS[self.code])

    @property
    def words(self) -> str:
        """Return “heavy, 1,4 MB”."""
        return _("%(weight)s, %(size)s") % {"weight": self.label, "size": size_words(self.total)}

    @property
    def parts(self) -> str:
        return _("scripts %(js)s, styles %(css)s, media %(media)s") % {
            "js": size_words(self.js),
            "css": size_words(self.css),
            "media": size_words(self.media) if self.media else "0 KB",
        }

    @property
    def wait(self) -> str:
        return wait_words(self.total)

    @property
    def advice(self) -> str:
        """Return what an editor can do about it; empty when it is light."""
        if self.code == "light":
            return ""
        if self.media > self.js + self.css:
            return _(
                "Most of the size is media. Compress it in the application that created the activity "
                "(images 1,200 pixels wide, videos 480 lines high) and upload it again."
            )
        return _(
            "Most of the size is the code of this activity type. A simpler type is lighter (a single "
            "question instead of an interactive video). Choose an alternative lesson or quiz for learners "
            "whose phone cannot run it."
        )


def weight_of(version: Any) -> Weight:
    return Weight(version.js_bytes, version.css_bytes, version.media_bytes)
