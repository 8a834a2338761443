"""Zip archives written byte by byte, so that each number in them can lie. Needs no Django."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["DEFLATED", "STORED", "Raw", "deflated", "raw_zip", "zeros"]

STORED, DEFLATED = 0, 8


@dataclass
class Raw:
    """An entry; ``local`` and ``central`` say otherwise in one of its two headers than the truth."""

    name: str | bytes
    data: bytes = b""
    method: int = DEFLATED
    flags: int = 0x800
    packed: bytes | None = None
    """Instead of what ``data`` packs to."""
    made_by: int = 3
    mode: int = 0o100644
    extra: bytes = b""
    local: Mapping[str, Any] = field(default_factory=dict)
    """name, flags, method, checksum, packed, size, extra"""
    central: Mapping[str, Any] = field(default_factory=dict)
    """name, flags, method, checksum, packed, size, extra, disk, offset"""
    before: bytes = b""
    descriptor: bytes = b""

    @property
    def raw_name(self) -> bytes:
        return self.name.encode() if isinstance(self.name, str) else self.name


def deflated(data: bytes, level: int = 9) -> bytes:
    packer = zlib.compressobj(level, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


def zeros(mebibytes: int) -> bytes:
    """Deflate data of so many MiB of zeros: a thousandth as long, and made at once."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    one = packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    return one * mebibytes + deflated(b"")


def raw_zip(
    entries: Iterable[Raw],
    *,
    prefix: bytes = b"",
    shifted: bool = True,
    before_directory: bytes = b"",
    before_end: bytes = b"",
    comment: bytes = b"",
    after: bytes = b"",
    end: Mapping[str, int] | None = None,
    zip64: Mapping[str, int] | None = None,
) -> bytes:
    """``prefix`` stands in front, and offsets count it if ``shifted``. ``end``: what the end record says otherwise
    (disk, first_disk, here, count, size, offset, comment). ``zip64``: adds zip64 records, and what they say otherwise
    (also locator, length, disks)."""
    base = prefix if shifted else b""
    body = bytearray(base)
    directory = bytearray()
    count = 0
    for entry in entries:
        body += entry.before
        offset = len(body)
        packed = entry.packed if entry.packed is not None else _packed(entry)
        true = {
            "name": entry.raw_name, "flags": entry.flags, "method": entry.method, "checksum": zlib.crc32(entry.data),
            "packed": len(packed), "size": len(entry.data), "extra": entry.extra, "disk": 0, "offset": offset,
        }  # fmt: skip
        here: dict[str, Any] = true | dict(entry.local)
        body += struct.pack(
            "<4s5H3L2H", b"PK\3\4", 20, here["flags"], here["method"], 0, 0x21, here["checksum"], here["packed"],
            here["size"], len(here["name"]), len(here["extra"]),
        ) + here["name"] + here["extra"] + packed + entry.descriptor  # fmt: skip
        there: dict[str, Any] = true | dict(entry.central)
        directory += struct.pack(
            "<4s6H3L5H2L", b"PK\1\2", entry.made_by << 8 | 20, 20, there["flags"], there["method"], 0, 0x21,
            there["checksum"], there["packed"], there["size"], len(there["name"]), len(there["extra"]), 0,
            there["disk"], 0, entry.mode << 16, there["offset"],
        ) + there["name"] + there["extra"]  # fmt: skip
        count += 1
    body += before_directory
    values = {
        "disk": 0, "first_disk": 0, "here": count, "count": count, "size": len(directory), "offset": len(body),
        "comment": len(comment),
    }  # fmt: skip
    said = values | dict(end or {})
    body += directory
    if zip64 is not None:
        start = len(body)
        wide = values | {"locator": start, "length": 44, "disks": 1} | dict(zip64)
        body += struct.pack(
            "<4sQ2H2L4Q", b"PK\6\6", wide["length"], 45, 45, wide["disk"], wide["first_disk"], wide["here"],
            wide["count"], wide["size"], wide["offset"],
        )  # fmt: skip
        body += struct.pack("<4sLQL", b"PK\6\7", 0, wide["locator"], wide["disks"])
    body += before_end + struct.pack(
        "<4s4H2LH", b"PK\5\6", said["disk"], said["first_disk"], said["here"], said["count"], said["size"],
        said["offset"], said["comment"],
    ) + comment + after  # fmt: skip
    return bytes(body) if shifted else prefix + bytes(body)


def _packed(entry: Raw) -> bytes:
    return deflated(entry.data) if entry.method == DEFLATED else entry.data
