"""Limits on what a package may ask of the machine that looks at it: what is over a limit gets a finding."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["DEFAULT_LIMITS", "Limits"]

_KIB = 1024
_MIB = 1024 * _KIB


@dataclass(frozen=True)
class Limits:
    """Every number is the largest that is still accepted. The defaults let every package of H5P's hub through."""

    packed_bytes: int = 200 * _MIB
    """Of the package itself."""
    unpacked_bytes: int = 600 * _MIB
    """Of all files together. Asked of what the archive says, and again while unpacking."""
    entry_bytes: int = 300 * _MIB
    """Of one file."""
    entries: int = 10_000
    """Files and folders in the archive, those that H5P skips included."""
    ratio: int = 200
    """Unpacked to packed bytes, of one file and of all together. Deflate reaches 1,032."""
    ratio_from_bytes: int = 8 * _MIB
    """Unpacked bytes from which the ratio is asked: short files of one colour or one character are innocent."""
    name_bytes: int = 512
    """Of a path in the archive, in UTF-8."""
    segment_bytes: int = 255
    """Of a file's or folder's own name: more, and no file system takes it."""
    libraries: int = 300
    json_bytes: int = 5 * _MIB
    """Of content.json, semantics.json and translations."""
    facts_bytes: int = 256 * _KIB
    """Of h5p.json and of one library.json: these stay in memory, one for each library."""
    kept_bytes: int = 8 * _MIB
    """Of h5p.json, content.json and every library.json together. One rare character makes a string four times as large
    in memory."""
    json_values: int = 200_000
    """Commas and brackets in one JSON file, and in all that stay in memory: a value takes up to 250 bytes there."""
    json_depth: int = 128
    """Arrays and objects in one another. PHP stops at 512; no real content comes near 50."""
    drawing_bytes: int = 4 * _MIB
    """Of an SVG or XML file in content/, which is searched for what would run."""
    findings: int = 200
    """Findings in a report; what is over it is counted in a last one."""
    core_api: tuple[int, int] = (1, 28)
    """The newest H5P core API that the host's player has: that of h5p-standalone 3.8.2."""


DEFAULT_LIMITS = Limits()
