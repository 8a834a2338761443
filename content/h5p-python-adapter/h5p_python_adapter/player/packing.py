"""Bytes that are sent often, compressed once."""

from __future__ import annotations

import gzip
import re
from dataclasses import dataclass

__all__ = ["Packed", "accepted", "packed"]

try:
    import brotli
except ImportError:  # the extra `brotli`
    brotli = None

_REFUSED = re.compile(r"q\s*=\s*0(\.0*)?")


@dataclass(frozen=True)
class Packed:
    """Compressed bytes. `forms`: by content coding ("br", "gzip", "" for none), the smallest first."""

    forms: dict[str, bytes]

    @property
    def plain(self) -> bytes:
        return self.forms[""]

    def for_browser(self, accept_encoding: str) -> tuple[str, bytes]:
        """Return (coding, bytes) that a browser takes which sends this header."""
        takes = accepted(accept_encoding)
        return next((coding, data) for coding, data in self.forms.items() if not coding or coding in takes)


def packed(data: bytes) -> Packed:
    forms = {}
    if brotli is not None:
        # 11 costs seconds for a megabyte and saves a tenth.
        forms["br"] = brotli.compress(data, quality=9)
    # Without a time in it: the same bytes give the same file.
    forms["gzip"] = gzip.compress(data, 6, mtime=0)
    forms[""] = data
    return Packed(forms)


def accepted(accept_encoding: str) -> set[str]:
    """Return content codings that a request with this header takes; one with q=0 is refused."""
    found = set()
    for part in accept_encoding.split(","):
        name, _, weight = part.partition(";")
        if not _REFUSED.fullmatch(weight.strip()):
            found.add(name.strip().lower())
    return found
