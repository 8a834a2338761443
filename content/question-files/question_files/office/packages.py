"""A zip of XML parts that anybody may have sent (Excel, Word, OpenDocument): bounded before anything is built of it.

Nothing is believed of what it says of itself: it is unpacked in pieces, and XML is followed event by event.
"""

from __future__ import annotations

import io
import os
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO
from xml.parsers import expat

PIECE = 64 * 1024
# An office document has some dozens of members, and a picture for each of its slides.
MOST_OF_A_LIST = 1024 * 1024
# Word keeps whole drawings in one attribute.
MOST_OF_A_TAG = 4 * 1024 * 1024
_END, _END_SIZE = b"PK\x05\x06", 22


class PackageRefused(ValueError):
    """`code`: damaged, bomb, password or declarations. Whoever opened it has the words."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


@dataclass(frozen=True)
class Bounds:
    """`unpacked`: bytes of all members; `xml`: of one part of XML; `elements`: of all parts that are parsed."""

    members: int
    unpacked: int
    xml: int
    elements: int
    depth: int


def has_short_list(file: BinaryIO) -> bool:
    """Whether a zip's list of members is short enough to be read (PKWARE's APPNOTE, 4.3.14 to 4.3.16).

    `zipfile` reads it whole, and each member costs time and memory.
    """
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _END_SIZE - 0xFFFF - 76))
    tail = file.read()
    end = tail.rfind(_END)
    if end < 0 or len(tail) - end < _END_SIZE:
        return False
    lengths = struct.unpack_from("<L", tail, end + 12)
    if tail[max(0, end - 20) : end].startswith(b"PK\x06\x07"):
        # ZIP64, as some programs write whatever the size: the length stands in a further end before this one.
        if not tail[max(0, end - 76) : end].startswith(b"PK\x06\x06"):
            return False
        lengths = struct.unpack_from("<Q", tail, end - 76 + 40)
    return bool(lengths[0] <= MOST_OF_A_LIST)


class Package:
    """Raises PackageRefused, here and while it is read."""

    def __init__(self, content: bytes, bounds: Bounds) -> None:
        self._bounds, self._elements = bounds, 0
        stream = io.BytesIO(content)
        if not has_short_list(stream):
            raise PackageRefused("damaged")
        try:
            self._zip = zipfile.ZipFile(stream)
        except DAMAGE as broken:
            raise PackageRefused("damaged") from broken
        members = self._zip.infolist()
        self.members = {member.filename: member for member in members}
        if len(members) > bounds.members or sum(member.file_size for member in members) > bounds.unpacked:
            raise PackageRefused("bomb")
        if any(member.flag_bits & 1 for member in members):
            raise PackageRefused("password")
        known = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
        if len(self.members) < len(members) or any(
            member.compress_type not in known or _leads_out(member.filename) for member in members
        ):
            raise PackageRefused("damaged")

    def pieces(self, name: str) -> Iterator[bytes]:
        """The bytes of a member, which are as many as it says and have the checksum that it says."""
        try:
            with self._zip.open(self.members[name]) as member:
                while piece := member.read(PIECE):
                    yield piece
        except DAMAGE as broken:
            raise PackageRefused("damaged") from broken

    def read(self, name: str, most: int) -> bytes:
        if name not in self.members:
            raise PackageRefused("damaged")
        if self.members[name].file_size > most:
            raise PackageRefused("bomb")
        return b"".join(self.pieces(name))

    def parse(
        self,
        name: str,
        start: Callable[[str, dict[str, str]], None] = lambda name, attributes: None,
        end: Callable[[str], None] = lambda name: None,
        text: Callable[[str], None] | None = None,
    ) -> None:
        """Follow a part's XML; names come without their prefixes. Declarations (DOCTYPE) are refused."""
        if self.members[name].file_size > self._bounds.xml:
            raise PackageRefused("bomb")
        depth = fed = 0

        def open_(tag: str, attributes: dict[str, str]) -> None:
            nonlocal depth
            depth += 1
            self._elements += 1
            if self._elements > self._bounds.elements or depth > self._bounds.depth:
                raise PackageRefused("bomb")
            start(tag.rpartition(":")[2], attributes)

        def close(tag: str) -> None:
            nonlocal depth
            depth -= 1
            end(tag.rpartition(":")[2])

        def declared(*_: object) -> None:
            raise PackageRefused("declarations")

        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler, parser.EndElementHandler = open_, close
        parser.StartDoctypeDeclHandler, parser.CharacterDataHandler = declared, text
        try:
            for piece in self.pieces(name):
                parser.Parse(piece, False)
                fed += len(piece)
                if fed - parser.CurrentByteIndex > MOST_OF_A_TAG:
                    raise PackageRefused("bomb")
            parser.Parse(b"", True)
        except (expat.ExpatError, LookupError, ValueError) as broken:
            # A plain ValueError is the parser's, for an encoding that it does not know.
            if isinstance(broken, ValueError) and type(broken) is not ValueError:
                raise
            raise PackageRefused("damaged") from broken


def _leads_out(name: str) -> bool:
    """Whether a member would be unpacked outside of its folder. Some programs of .NET write backslashes."""
    path = name.replace("\\", "/")
    return path.startswith("/") or ":" in path or ".." in path.split("/")


# What zipfile and the libraries below it raise for bytes that are no zip.
DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    ValueError,
)
