"""Bytes that are sent often, compressed once."""

from __future__ import annotations

import gzip
import re
from dataclasses import dataclass

from django.http import HttpRequest

__all__ = ["Packed", "accepted", "packed"]

try:
    import brotli
except ImportError:  # a project without the extra `site`
    brotli = None

_REFUSED = re.compile(r"q\s*=\s*0(\.0*)?")


@dataclass(frozen=True)
class Packed:
    """`forms`: by content coding ("br", "gzip", "" for none), the smallest first."""

    forms: dict[str, bytes]

    @property
    def plain(self) -> bytes:
        return self.forms[""]

    def for_request(self, request: HttpRequest) -> tuple[str, bytes]:
        """(coding, bytes) that the browser takes."""
        takes = accepted(request)
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


def accepted(request: HttpRequest) -> set[str]:
    """Content codings that the request takes; one with q=0 is refused."""
    found = set()
    for part in request.headers.get("Accept-Encoding", "").split(","):
        name, _, weight = part.partition(";")
        if not _REFUSED.fullmatch(weight.strip()):
            found.add(name.strip().lower())
    return found
