"""A zip archive's directory, read as strictly as PKWARE's APPNOTE allows: one end, one directory, no contradiction.

Python's zipfile reads a whole directory into memory before anyone can count it, takes the last end record that it
finds, and believes sizes. Numbers in comments name clauses of APPNOTE.TXT 6.3.10.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from h5p_python_adapter.findings import Broken
from h5p_python_adapter.limits import Limits

__all__ = [
    "DEFLATED",
    "ENCRYPTED",
    "HAS_DESCRIPTOR",
    "STORED",
    "ZIP64_EXTRA",
    "Directory",
    "Entry",
    "directory",
    "entries",
    "extra_fields",
]

STORED, DEFLATED = 0, 8
# Bits of the general purpose flag, 4.4.4
ENCRYPTED = 1 << 0 | 1 << 6 | 1 << 13
HAS_DESCRIPTOR = 1 << 3
_UTF8 = 1 << 11

_END = struct.Struct("<4s4H2LH")
_END64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR64 = struct.Struct("<4sLQL")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END_SIGNATURE, _END64_SIGNATURE, _LOCATOR64_SIGNATURE = b"PK\5\6", b"PK\6\6", b"PK\6\7"
_CENTRAL_SIGNATURE = b"PK\1\2"
_MAX16, _MAX32 = 0xFFFF, 0xFFFFFFFF
_LONGEST_COMMENT = _MAX16
ZIP64_EXTRA, _UNICODE_PATH_EXTRA = 0x0001, 0x7075


@dataclass(frozen=True, slots=True)
class Directory:
    """Position of the central directory."""

    offset: int
    size: int
    count: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One file or folder as the central directory says; ``data_offset`` is known once its local header is read."""

    name: str
    raw_name: bytes
    flags: int
    method: int
    checksum: int
    packed: int
    size: int
    offset: int
    made_by: int
    attributes: int
    bad_encoding: bool = False
    data_offset: int = -1

    @property
    def is_folder(self) -> bool:
        return self.name.endswith("/")


def directory(stream: BinaryIO, size: int, limits: Limits) -> Directory:
    """Find the directory of an archive of ``size`` bytes. Raises Broken."""
    length = min(size, _END.size + _LONGEST_COMMENT)
    stream.seek(size - length)
    tail = stream.read(length)
    position = size - length + _end_in(tail)
    fields = _END.unpack_from(tail, position - (size - length))
    _, disk, first_disk, here, count, directory_size, offset, _ = fields
    end = position
    found64 = _zip64(stream, position)
    if found64 is not None:
        end, values = found64
        for plain, wide, largest in zip(fields[1:7], values, (_MAX16,) * 4 + (_MAX32,) * 2, strict=True):
            if plain not in (wide, largest):
                raise Broken("zip64-mismatch", detail="they say %(wide)s instead of %(plain)s", wide=wide, plain=plain)
        disk, first_disk, here, count, directory_size, offset = values
    elif directory_size == _MAX32 or offset == _MAX32:
        raise Broken("zip64-mismatch", detail="they are missing")
    if disk or first_disk or here != count:
        raise Broken("multi-disk")
    if count > limits.entries:
        raise Broken("too-many-entries", count=count, most=limits.entries)
    if not count and not directory_size:
        raise Broken("empty-archive")
    if offset + directory_size < end:
        # What stands before an archive moves it, and readers find it by counting back from its end.
        raise Broken("prepended-data", count=end - offset - directory_size)
    if offset + directory_size > end:
        raise Broken("directory-mismatch", detail="the directory would reach behind its own end")
    return Directory(offset, directory_size, count)


def _end_in(tail: bytes) -> int:
    """Find the end record (4.3.16): its comment has to reach the end of the file, and no other's may."""
    exact: list[tuple[int, int]] = []
    others: list[tuple[int, int]] = []
    place = tail.find(_END_SIGNATURE)
    while place >= 0 and place + _END.size <= len(tail):
        over = len(tail) - place - _END.size - int.from_bytes(tail[place + 20 : place + 22], "little")
        (others if over else exact).append((place, over))
        place = tail.find(_END_SIGNATURE, place + 1)
    if len(exact) > 1:
        raise Broken("ambiguous-end")
    if exact:
        return exact[0][0]
    if others and others[-1][1] > 0:
        raise Broken("trailing-data", count=others[-1][1])
    raise Broken("unable-to-unzip", detail="it is cut off" if others else "it has no end record")


def _zip64(stream: BinaryIO, position: int) -> tuple[int, tuple[int, ...]] | None:
    """Return where the zip64 end record begins, and its values (4.3.14, 4.3.15); None when there is none."""
    if position < _LOCATOR64.size + _END64.size:
        return None
    stream.seek(position - _LOCATOR64.size)
    locator = stream.read(_LOCATOR64.size)
    signature, disk, offset, disks = _LOCATOR64.unpack(locator)
    if signature != _LOCATOR64_SIGNATURE:
        return None
    if disk or disks > 1:
        raise Broken("multi-disk")
    if offset + _END64.size > position - _LOCATOR64.size:
        raise Broken("zip64-mismatch", detail="their locator points elsewhere")
    stream.seek(offset)
    signature, length, _, _, *values = _END64.unpack(stream.read(_END64.size))
    # The length leaves out itself and the signature.
    if signature != _END64_SIGNATURE or offset + 12 + length != position - _LOCATOR64.size:
        raise Broken("zip64-mismatch", detail="their locator points elsewhere")
    return offset, tuple(values)


def entries(stream: BinaryIO, found: Directory, limits: Limits) -> Iterator[Entry]:
    """Yield the directory's entries (4.3.12) one after the other: an entry may have 128 kB of extra fields and
    comment."""
    stream.seek(found.offset)
    left = found.size

    def take(count: int) -> bytes:
        nonlocal left
        data = stream.read(count) if count <= left else b""
        if len(data) != count:
            raise Broken("directory-mismatch", detail="it is shorter than it says")
        left -= count
        return data

    for _ in range(found.count):
        header = _CENTRAL.unpack(take(_CENTRAL.size))
        signature, made_by, _, flags, method, _, _, checksum, packed, size, *rest = header
        name_length, extra_length, comment_length, disk, _, attributes, offset = rest
        if signature != _CENTRAL_SIGNATURE:
            raise Broken("directory-mismatch", detail="it has fewer entries than it says")
        raw_name, extra = take(name_length), take(extra_length)
        take(comment_length)
        name, bad_encoding = _decoded(raw_name, flags, extra)
        if max(len(raw_name), len(name)) > limits.name_bytes:
            # At once, because all names stay in memory.
            raise Broken("name-too-long", name, length=max(len(raw_name), len(name)), most=limits.name_bytes)
        size, packed, offset, disk = _wide(extra, name, size, packed, offset, disk)
        if disk:
            raise Broken("multi-disk")
        yield Entry(
            name, raw_name, flags, method, checksum, packed, size, offset, made_by >> 8, attributes, bad_encoding
        )
    if left:
        raise Broken("directory-mismatch", detail="it has more entries than it says")


def extra_fields(extra: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield extra fields by their ids (4.5.1). What is too short to be one is padding, as some writers leave it."""
    place = 0
    while place + 4 <= len(extra):
        id, length = struct.unpack_from("<2H", extra, place)
        if place + 4 + length > len(extra):
            return
        yield id, extra[place + 4 : place + 4 + length]
        place += 4 + length


def _wide(extra: bytes, name: str, size: int, packed: int, offset: int, disk: int) -> tuple[int, int, int, int]:
    """Return values of an entry with those in its zip64 field (4.5.3), which holds what the header has no room for."""
    fields = [data for id, data in extra_fields(extra) if id == ZIP64_EXTRA]
    if len(fields) > 1:
        raise Broken("zip64-mismatch", name, detail="they stand twice at one entry")
    data = fields[0] if fields else b""
    values, place = [], 0
    for value, largest, width in ((size, _MAX32, 8), (packed, _MAX32, 8), (offset, _MAX32, 8), (disk, _MAX16, 4)):
        if value == largest:
            if place + width > len(data):
                raise Broken("zip64-mismatch", name, detail="they are missing")
            value = int.from_bytes(data[place : place + width], "little")
            place += width
        values.append(value)
    if data and not place and data[:8] != size.to_bytes(8, "little"):
        # Not needed, and says something else than the header: some readers would believe it.
        raise Broken("zip64-mismatch", name, detail="they give another size")
    return values[0], values[1], values[2], values[3]


def _decoded(raw: bytes, flags: int, extra: bytes) -> tuple[str, bool]:
    """Decode an entry's name, and return whether it is not what it says it is.

    UTF-8 where the flag says so. Without it most writers mean UTF-8 too; what is not is of the DOS code page (Appendix
    D). Info-ZIP's field with the name in UTF-8 (4.6.9) counts while it has the checksum of the header's name.
    """
    for id, data in extra_fields(extra):
        if id == _UNICODE_PATH_EXTRA and len(data) > 5 and data[0] == 1:
            if int.from_bytes(data[1:5], "little") == zlib.crc32(raw):
                raw, flags = data[5:], flags | _UTF8
    try:
        return raw.decode("utf-8"), False
    except UnicodeDecodeError:
        return raw.decode("cp437"), bool(flags & _UTF8)
