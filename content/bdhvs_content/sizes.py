"""Size and kind of a file, in words for people."""

from __future__ import annotations

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

KB, MB = 1024, 1024 * 1024

WEAK_LINE = 100_000
"""Bytes a second of a bad mobile line in a village: what an editor is told is the wait of many learners."""

# Brand names of the file types that people know by name; others are named by their ending.
_KINDS = {"doc": "Word", "docx": "Word", "xls": "Excel", "xlsx": "Excel", "ppt": "PowerPoint", "pptx": "PowerPoint"}


def kind_of_file(extension: str) -> str:
    return _KINDS.get(extension.lower(), extension.upper())


def size_words(size: int | None) -> str:
    """Return the size as “240 KB”, “1,2 MB”: rounded up, so that nobody pays for more than was said. Empty: not
    known."""
    if size is None:
        return ""
    if size < MB:
        return f"{max(1, -(-size // KB))} KB"
    tenths = -(-size * 10 // MB)
    return f"{formats.number_format(tenths / 10, 0 if tenths >= 100 else 1)} MB"


def wait_words(size: int) -> str:
    """Return “18 MB: about 3 minutes on a slow connection”."""
    minutes = round(size / WEAK_LINE / 60)
    if minutes < 1:
        return _("%(size)s: less than a minute on a slow connection") % {"size": size_words(size)}
    return ngettext(
        "%(size)s: about %(count)s minute on a slow connection",
        "%(size)s: about %(count)s minutes on a slow connection",
        minutes,
    ) % {"size": size_words(size), "count": minutes}
