"""Pictures out of files of others: what their bytes say they are."""

from __future__ import annotations

from bdhvs_lms.plugins.api import PlainMedia

# By the first bytes: what browsers show. EMF and WMF, which Word draws with, are not among them.
_SIGNS = ((b"\x89PNG\r\n\x1a\n", "png", "image/png"), (b"\xff\xd8\xff", "jpg", "image/jpeg"),
          (b"GIF87a", "gif", "image/gif"), (b"GIF89a", "gif", "image/gif"))  # fmt: skip
MOST_BYTES = 15 * 1024 * 1024


def picture_of(data: bytes, name: str, alt: str = "") -> PlainMedia | None:
    """name: without an ending. None: no picture that browsers show, or too large a one."""
    if len(data) > MOST_BYTES:
        return None
    kind = next(((ending, kind) for sign, ending, kind in _SIGNS if data.startswith(sign)), None)
    if kind is None and data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        kind = ("webp", "image/webp")
    if kind is None:
        return None
    return PlainMedia(f"{name}.{kind[0]}", kind[1], lambda: data, alt)
