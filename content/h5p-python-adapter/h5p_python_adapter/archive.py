"""An archive whose entries are where its directory says and as long as it says, unpacked in pieces without a file."""

from __future__ import annotations

import stat
import struct
import zlib
from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO

from h5p_python_adapter.directory import (
    DEFLATED,
    ENCRYPTED,
    HAS_DESCRIPTOR,
    STORED,
    ZIP64_EXTRA,
    Entry,
    directory,
    entries,
    extra_fields,
)
from h5p_python_adapter.findings import Broken, Findings
from h5p_python_adapter.limits import Limits
from h5p_python_adapter.names import check_name, folded, skipped

__all__ = ["PIECE", "Archive"]

PIECE = 64 * 1024
"""Bytes unpacked at a time."""

_LOCAL = struct.Struct("<4s5H3L2H")
_LOCAL_SIGNATURE = b"PK\3\4"
_HEADERS = (_LOCAL_SIGNATURE, b"PK\1\2", b"PK\5\6")
_MAX32 = 0xFFFFFFFF
# A descriptor (4.3.9) has checksum and two sizes of 4 or 8 bytes, with or without a signature.
_DESCRIPTORS = (12, 16, 20, 24)
# Systems whose attributes hold a Unix mode (4.4.2.2).
_UNIX = (3, 19)


class Archive:
    """The entries of an archive, checked against one another; raises Broken when that makes no sense.

    ``findings`` gets what is wrong with single entries.
    """

    def __init__(self, stream: BinaryIO, limits: Limits, findings: Findings) -> None:
        self._stream, self._limits, self._findings = stream, limits, findings
        stream.seek(0, 2)
        self.size = stream.tell()
        if self.size > limits.packed_bytes:
            raise Broken("package-too-large", most=limits.packed_bytes)
        if not self.size:
            raise Broken("unable-to-unzip", detail="it is empty")
        self._directory = directory(stream, self.size, limits)
        listed = list(entries(stream, self._directory, limits))
        self.entries = self._placed(listed)
        self._check_entries()
        self._check_sizes()

    @property
    def files(self) -> list[Entry]:
        """Return the entries that H5P unpacks: neither folders nor skipped."""
        return [entry for entry in self.entries if not entry.is_folder and not skipped(entry.name)]

    # --- What is where -----------------------------------------------------------------------------------------------

    def _placed(self, listed: list[Entry]) -> list[Entry]:
        """Find the data of the entries, and return them in the directory's order. None may share a byte: small bombs
        are made that way."""
        places: dict[int, Entry] = {}
        before: Entry | None = None
        end = unclaimed = 0
        for entry in sorted(listed, key=lambda each: each.offset):
            if before is None and entry.offset:
                raise Broken("prepended-data", count=entry.offset)
            if before is not None and entry.offset < end:
                raise Broken("overlapping-entries", entry.name, other=before.name)
            unclaimed += self._gap(end, entry.offset, before)
            before = places[entry.offset] = self._local(entry)
            end = before.data_offset + before.packed
            if end > self._directory.offset:
                raise Broken("overlapping-entries", entry.name, other="the directory")
        unclaimed += self._gap(end, self._directory.offset, before)
        if unclaimed:
            self._findings.add("unclaimed-bytes", count=unclaimed)
        return [places[entry.offset] for entry in listed]

    def _gap(self, start: int, end: int, before: Entry | None) -> int:
        """Count the bytes between two entries that are no descriptor of the first. Writers that change an archive leave
        some."""
        count = end - start
        if not count or (before is not None and before.flags & HAS_DESCRIPTOR and count in _DESCRIPTORS):
            return 0
        self._stream.seek(start)
        if self._stream.read(4) in _HEADERS:
            # Readers that go from header to header would unpack what nobody has looked at.
            raise Broken("hidden-entry")
        return count

    def _local(self, entry: Entry) -> Entry:
        """Return the entry with the place of its data, when the header before them (4.3.7) says the same as the
        directory."""
        self._stream.seek(entry.offset)
        header = self._stream.read(_LOCAL.size)
        if len(header) != _LOCAL.size or header[:4] != _LOCAL_SIGNATURE:
            raise Broken("header-mismatch", entry.name, detail="there is none")
        _, _, flags, method, _, _, checksum, packed, size, name_length, extra_length = _LOCAL.unpack(header)
        raw_name, extra = self._stream.read(name_length), self._stream.read(extra_length)
        if raw_name != entry.raw_name:
            raise Broken("header-mismatch", entry.name, detail="another name")
        if method != entry.method or (flags ^ entry.flags) & ENCRYPTED:
            raise Broken("header-mismatch", entry.name, detail="another way of packing")
        for id, data in extra_fields(extra):
            if id == ZIP64_EXTRA and len(data) >= 16 and _MAX32 in (size, packed):
                size, packed = struct.unpack_from("<2Q", data)
        # With a descriptor behind the data, the header is free to know nothing yet.
        unknown = (0, _MAX32) if flags & HAS_DESCRIPTOR else ()
        pairs = ((checksum, entry.checksum), (packed, entry.packed), (size, entry.size))
        if any(here != there and here not in unknown for here, there in pairs):
            raise Broken("header-mismatch", entry.name, detail="another size or checksum")
        data_offset = entry.offset + _LOCAL.size + name_length + extra_length
        return replace(entry, flags=entry.flags | flags & HAS_DESCRIPTOR, data_offset=data_offset)

    # --- What is allowed ---------------------------------------------------------------------------------------------

    def _check_entries(self) -> None:
        taken: dict[str, Entry] = {}
        folders = 0
        for entry in self.entries:
            if entry.bad_encoding:
                self._findings.add("name-encoding", entry.name)
            elif check_name(entry.name, self._limits, self._findings):
                self._check_kind(entry)
            if entry.is_folder:
                folders += 1
            elif not skipped(entry.name):
                self._check_twice(entry, taken)
        for key, entry in taken.items():
            slash = key.find("/")
            while slash >= 0:
                if key[:slash] in taken:
                    self._findings.add("file-and-folder", entry.name)
                slash = key.find("/", slash + 1)
        if folders:
            self._findings.add("folder-entry")

    def _check_kind(self, entry: Entry) -> None:
        kind = stat.S_IFMT(entry.attributes >> 16)
        if kind == stat.S_IFLNK:
            self._findings.add("symlink", entry.name)
        elif entry.made_by in _UNIX and kind not in (0, stat.S_IFREG, stat.S_IFDIR):
            self._findings.add("special-file", entry.name)
        if entry.flags & ENCRYPTED or entry.method == 99:
            self._findings.add("encrypted-entry", entry.name)
        elif entry.method not in (STORED, DEFLATED):
            self._findings.add("unsupported-method", entry.name, method=entry.method)
        elif entry.method == STORED and entry.packed != entry.size:
            self._findings.add("size-mismatch", entry.name, declared=entry.size, found=entry.packed)
        if entry.is_folder and entry.size:
            self._findings.add("folder-with-data", entry.name)

    def _check_twice(self, entry: Entry, taken: dict[str, Entry]) -> None:
        """Check a repeated name. It is harmless when it is the same file: its contents are compared while unpacking."""
        other = taken.setdefault(folded(entry.name), entry)
        if other is not entry and (other.size, other.checksum) != (entry.size, entry.checksum):
            if other.name == entry.name:
                self._findings.add("duplicate-entry", entry.name)
            else:
                self._findings.add("case-duplicate", entry.name, other=other.name)

    def _check_sizes(self) -> None:
        """Check the sizes that the archive says; `pieces` sees to it that they are true."""
        limits, total = self._limits, 0
        for entry in self.entries:
            total += entry.size
            if entry.size > limits.entry_bytes:
                self._findings.add("file-size-too-large", entry.name, size=entry.size, most=limits.entry_bytes)
            else:
                self._check_ratio(entry.name, entry.size, entry.packed)
        if total > limits.unpacked_bytes:
            self._findings.add("total-size-too-large", size=total, most=limits.unpacked_bytes)
        else:
            self._check_ratio("", total, self.size)

    def _check_ratio(self, name: str, size: int, packed: int) -> None:
        if size >= self._limits.ratio_from_bytes and size > self._limits.ratio * packed:
            self._findings.add("compression-ratio", name, ratio=size // max(packed, 1), most=self._limits.ratio)

    # --- Unpacking ---------------------------------------------------------------------------------------------------

    def pieces(self, entry: Entry) -> Iterator[bytes]:
        """Yield the file's bytes, PIECE at a time. Raises Broken as soon as they are more than the archive says.

        What was given out before is then not to be used. Several entries may be read in turn.
        """
        total = checksum = 0
        for piece in self._inflated(entry) if entry.method == DEFLATED else self._packed(entry):
            total += len(piece)
            if total > entry.size:
                raise Broken("size-mismatch", entry.name, declared=entry.size, found=f"> {entry.size}")
            checksum = zlib.crc32(piece, checksum)
            yield piece
        if total != entry.size:
            raise Broken("size-mismatch", entry.name, declared=entry.size, found=total)
        if checksum != entry.checksum:
            raise Broken("checksum-mismatch", entry.name)

    def _packed(self, entry: Entry) -> Iterator[bytes]:
        place, end = entry.data_offset, entry.data_offset + entry.packed
        while place < end:
            self._stream.seek(place)
            piece = self._stream.read(min(PIECE, end - place))
            if not piece:
                raise Broken("broken-data", entry.name, detail="they are cut off")
            place += len(piece)
            yield piece

    def _inflated(self, entry: Entry) -> Iterator[bytes]:
        inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            for packed in self._packed(entry):
                if inflater.eof:
                    raise Broken("broken-data", entry.name, detail="something stands behind their end")
                while packed:
                    piece = inflater.decompress(packed, PIECE)
                    packed = inflater.unconsumed_tail
                    if piece:
                        yield piece
            while not inflater.eof:
                # What the inflater holds back comes out in pieces, too; nothing more means that the end is missing.
                piece = inflater.decompress(b"", PIECE)
                if not piece and not inflater.eof:
                    raise Broken("broken-data", entry.name, detail="they are cut off")
                if piece:
                    yield piece
        except zlib.error:
            raise Broken("broken-data", entry.name, detail="they make no sense") from None
        if inflater.unused_data:
            raise Broken("broken-data", entry.name, detail="something stands behind their end")
