"""Pictures and sounds of a package, as far as they are in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bdhvs_lms.base.api import nfc
from bdhvs_lms.plugins.api import PlainMedia
from h5p_python_adapter import Package, PackageChanged

MOST_BYTES = 15 * 1024 * 1024
# All files of one package stay in memory until the questions are stored.
MOST_TOGETHER = 100 * 1024 * 1024
# By the first bytes: what every browser shows or plays.
_SIGNS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"), (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"), (b"ID3", "audio/mpeg"), (b"\xff\xfb", "audio/mpeg"), (b"\xff\xf3", "audio/mpeg"),
    (b"OggS", "audio/ogg"),
)  # fmt: skip


class MediaLeftOut(Exception):
    """The medium is not taken."""


class Files:
    """Files of one package, while it is open."""

    def __init__(self, package: Package) -> None:
        self._package, self._left = package, MOST_TOGETHER

    def media(self, file: Any, alt: Any = "") -> PlainMedia:
        """Read the medium. file: as content names it, `{"path": "images/a.png"}`. Raises MediaLeftOut."""
        path = file.get("path") if isinstance(file, Mapping) else None
        if not isinstance(path, str) or "://" in path:
            raise MediaLeftOut
        path = path.split("#")[0]
        facts = self._package.facts.content.get(path)
        if facts is None or facts.size > min(MOST_BYTES, self._left):
            raise MediaLeftOut
        try:
            with self._package.open(f"content/{path}") as opened:
                data = opened.read()
        except (KeyError, PackageChanged):
            raise MediaLeftOut from None
        kind = _kind(data)
        if kind is None:
            raise MediaLeftOut
        self._left -= len(data)
        words = nfc(" ".join(alt.split())) if isinstance(alt, str) else ""
        return PlainMedia(path.rsplit("/", 1)[-1], kind, lambda: data, words)


def _kind(data: bytes) -> str | None:
    if data[:4] == b"RIFF" and data[8:12] in (b"WEBP", b"WAVE"):
        return "image/webp" if data[8:12] == b"WEBP" else "audio/wav"
    if data[4:8] == b"ftyp" and data[8:11] in (b"M4A", b"mp4", b"iso"):
        return "audio/mp4"
    return next((kind for sign, kind in _SIGNS if data.startswith(sign)), None)
