"""Packages with one thing wrong each, made when asked for, and what has to be said of them. Needs no Django."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from adapter_tests import building
from adapter_tests.raw import STORED, Raw, deflated, raw_zip, zeros

__all__ = [
    "BAD",
    "Bad",
    "FOLDER",
    "LIBRARY",
    "adding",
    "archive",
    "drawing",
    "entries",
    "h5p",
    "library",
    "long_data",
    "valid",
]

LIBRARY = "Bdhvs.Plain 1.0"
FOLDER = "Bdhvs.Plain-1.0"
MIB = 1 << 20


@dataclass(frozen=True)
class Bad:
    """A package, and the error that `inspect` finds: its code, the file that it names, the rule."""

    name: str
    code: str
    file: str
    rule: str
    make: Callable[[], bytes]


def valid(**changes: Any) -> bytes:
    return building.package(LIBRARY, {}, **changes)


def entries() -> list[Raw]:
    """Of a valid package."""
    return [Raw(name, data) for name, data in building.package_files(LIBRARY, {}).items()]


def adding(*more: Raw) -> Callable[[], bytes]:
    """A valid package with further entries."""
    return lambda: raw_zip([*entries(), *more])


def changing(name: str, **changes: Any) -> Callable[[], bytes]:
    """A valid package of which one entry is another."""

    def make() -> bytes:
        listed = entries()
        for entry in listed:
            if entry.name == name:
                for key, value in changes.items():
                    setattr(entry, key, value)
        return raw_zip(listed)

    return make


def archive(**options: Any) -> Callable[[], bytes]:
    return lambda: raw_zip(entries(), **options)


def files_at(changes: Mapping[str, bytes | None]) -> Callable[[], bytes]:
    return lambda: valid(files=changes)


def h5p(**changes: Any) -> Callable[[], bytes]:
    return lambda: valid(h5p=changes)


def library(**changes: Any) -> Callable[[], bytes]:
    """What the library's library.json says otherwise."""
    return lambda: valid(files=building.library(LIBRARY, **changes))


def content(text: str | bytes) -> Callable[[], bytes]:
    return files_at({"content/content.json": text.encode() if isinstance(text, str) else text})


def moved(folder: str) -> Callable[[], bytes]:
    """The library in another folder."""
    return lambda: building.zipped(
        {name.replace(FOLDER, folder): data for name, data in building.package_files(LIBRARY, {}).items()}
    )


def drawing(inner: str, attributes: str = "", head: str = "") -> Callable[[], bytes]:
    text = f'{head}<svg xmlns="http://www.w3.org/2000/svg" {attributes}>{inner}</svg>'
    return files_at({"content/images/a.svg": text.encode()})


def colliding() -> list[Raw]:
    """Two files of one name, size and checksum that differ: CRC-32 is linear, so an end can be made to fit."""
    first = b"first, as somebody looked at it."
    second = _forged(b"second, as somebody else unpacks", zlib.crc32(first + b"\0\0\0\0"))
    return [Raw("content/a.txt", first + b"\0\0\0\0"), Raw("content/a.txt", second)]


def _forged(data: bytes, checksum: int) -> bytes:
    """``data`` and four bytes more, so that it has this CRC-32."""
    base = zlib.crc32(data + bytes(4))
    rows: list[tuple[int, int]] = []
    for bit in range(32):
        rows.append((zlib.crc32(data + (1 << bit).to_bytes(4, "little")) ^ base, 1 << bit))
    wanted, chosen = checksum ^ base, 0
    basis: list[tuple[int, int]] = []
    for value, mask in rows:
        for other, other_mask in basis:
            if value ^ other < value:
                value, mask = value ^ other, mask ^ other_mask
        if value:
            basis.append((value, mask))
            basis.sort(reverse=True)
    for value, mask in basis:
        if wanted ^ value < wanted:
            wanted, chosen = wanted ^ value, chosen ^ mask
    return data + chosen.to_bytes(4, "little")


def shared_bytes() -> bytes:
    """Two entries whose data are one and the same: a bomb of this kind reaches any size."""
    packed = deflated(bytes(MIB))
    first = Raw("content/a.txt", bytes(MIB))
    listed = [*entries(), first]
    offset = len(raw_zip(listed)) - _directory_length(listed) - 22 - len(packed) - 30 - len("content/a.txt")
    again = Raw("content/a.txt", bytes(MIB), central={"offset": offset})
    # The second one's own bytes stand behind the first's, and nothing in the directory leads there.
    return raw_zip([*listed, again])


def _directory_length(listed: list[Raw]) -> int:
    return sum(46 + len(entry.raw_name) + len(entry.extra) for entry in listed)


def long_data(name: str, packed: bytes, size: int, **changes: Any) -> Raw:
    """An entry that says it unpacks to ``size`` bytes."""
    said = {"size": size}
    return Raw(name, b"", packed=packed, local=said, central=said, **changes)


def nested_json(levels: int) -> str:
    return '{"a":' * levels + "1" + "}" * levels


DEPENDENCY = building.dependency(LIBRARY)
SVG = "content/images/a.svg"
LIBRARY_JSON = f"{FOLDER}/library.json"
SIXTY = {"packed": 60, "size": 60}
ZIP64_SAYS = {"size": 0xFFFFFFFF}

BAD = [
    # --- No archive, or one that contradicts itself ------------------------------------------------------------------
    Bad("no bytes", "unable-to-unzip", "", "h5p:zip", lambda: b""),
    Bad("one byte", "unable-to-unzip", "", "h5p:zip", lambda: b"P"),
    Bad("text", "unable-to-unzip", "", "h5p:zip", lambda: b"This is no archive.\n" * 50),
    Bad("a picture", "unable-to-unzip", "", "h5p:zip", lambda: b"\x89PNG\r\n\x1a\n" + bytes(2000)),
    Bad("cut off", "unable-to-unzip", "", "h5p:zip", lambda: valid()[:-30]),
    Bad("cut in its end", "unable-to-unzip", "", "h5p:zip", lambda: raw_zip(entries(), comment=b"x" * 90)[:-10]),
    Bad("its beginning is missing", "directory-mismatch", "", "bdhvs:directory", lambda: valid()[200:]),
    Bad("no entries", "empty-archive", "", "bdhvs:empty", lambda: raw_zip([])),
    Bad("a script in front", "prepended-data", "", "bdhvs:prepended-data", archive(prefix=b"#!/bin/sh\n")),
    Bad(
        "a script in front, and offsets do not count it",
        "prepended-data", "", "bdhvs:prepended-data", archive(prefix=b"#!/bin/sh\n", shifted=False),
    ),
    Bad("something behind", "trailing-data", "", "bdhvs:trailing-data", archive(after=b"<script>alert(1)</script>")),
    Bad("two archives", "ambiguous-end", "", "bdhvs:one-directory", lambda: two_ends()),
    Bad(
        "another directory between", "hidden-entry", "", "bdhvs:hidden-entry",
        archive(before_directory=b"PK\1\2" * 20),
    ),
    Bad("an unlisted entry", "hidden-entry", "", "bdhvs:hidden-entry", lambda: unlisted()),
    Bad("first disk of two", "multi-disk", "", "bdhvs:multi-disk", archive(end={"disk": 1})),
    Bad("entries on other disks", "multi-disk", "", "bdhvs:multi-disk", archive(end={"count": 60})),
    Bad(
        "an entry on another disk",
        "multi-disk", "", "bdhvs:multi-disk", changing("h5p.json", central={"disk": 3}),
    ),
    Bad(
        "more entries than listed", "directory-mismatch", "", "bdhvs:directory",
        archive(end={"here": 99, "count": 99}),
    ),
    Bad("fewer entries than listed", "directory-mismatch", "", "bdhvs:directory", archive(end={"here": 2, "count": 2})),
    Bad("a directory behind the end", "directory-mismatch", "", "bdhvs:directory", archive(end={"offset": 1 << 30})),
    Bad(
        "10,001 entries", "too-many-entries", "", "bdhvs:entry-count",
        lambda: raw_zip([*entries(), *(Raw(f"content/{number}.txt") for number in range(10_001))]),
    ),
    Bad(
        "says it has 65,534 entries", "too-many-entries", "", "bdhvs:entry-count",
        archive(end={"here": 65534, "count": 65534}),
    ),
    Bad("zip64 says another size", "zip64-mismatch", "", "bdhvs:zip64", archive(zip64={"size": 1 << 40})),
    Bad("zip64 says another count", "zip64-mismatch", "", "bdhvs:zip64", archive(zip64={"here": 1, "count": 1})),
    Bad(
        "zip64 has four billion entries", "too-many-entries", "", "bdhvs:entry-count",
        archive(end={"here": 0xFFFF, "count": 0xFFFF}, zip64={"here": 1 << 32, "count": 1 << 32}),
    ),
    Bad("zip64 is elsewhere", "zip64-mismatch", "", "bdhvs:zip64", archive(zip64={"locator": 4})),
    Bad("zip64 is behind the end", "zip64-mismatch", "", "bdhvs:zip64", archive(zip64={"locator": 1 << 60})),
    Bad("zip64 is longer than it is", "zip64-mismatch", "", "bdhvs:zip64", archive(zip64={"length": 1 << 62})),
    Bad("zip64 is missing", "zip64-mismatch", "", "bdhvs:zip64", archive(end={"offset": 0xFFFFFFFF})),
    Bad(
        "an entry's zip64 is missing",
        "zip64-mismatch", "h5p.json", "bdhvs:zip64", changing("h5p.json", central={"size": 0xFFFFFFFF}),
    ),
    Bad(
        "an entry's zip64 says another size than its header",
        "zip64-mismatch", "h5p.json", "bdhvs:zip64",
        changing("h5p.json", central={"extra": struct.pack("<2HQ", 1, 8, 1 << 40)}),
    ),
    Bad(
        "an entry's zip64 twice",
        "zip64-mismatch", "h5p.json", "bdhvs:zip64",
        changing("h5p.json", central=ZIP64_SAYS | {"extra": struct.pack("<2HQ", 1, 8, 5) * 2}),
    ),
    Bad("one entry's bytes twice", "overlapping-entries", "content/a.txt", "bdhvs:overlap", shared_bytes),
    Bad(
        "entries in one another", "overlapping-entries", "content/inner.txt", "bdhvs:overlap", lambda: inner_entry(),
    ),
    Bad(
        "data that reach into the directory",
        "overlapping-entries", "content/a.txt", "bdhvs:overlap",
        adding(Raw("content/a.txt", b"abc", STORED, local=SIXTY, central=SIXTY)),
    ),
    Bad(
        "another name in front of the data",
        "header-mismatch", "h5p.json", "bdhvs:headers-agree", changing("h5p.json", local={"name": b"h5p.php "[:8]}),
    ),
    Bad(
        "another size in front of the data",
        "header-mismatch", "h5p.json", "bdhvs:headers-agree", changing("h5p.json", local={"size": 1}),
    ),
    Bad(
        "another method in front of the data",
        "header-mismatch", "h5p.json", "bdhvs:headers-agree", changing("h5p.json", local={"method": STORED}),
    ),
    Bad(
        "no header in front of the data",
        "header-mismatch", "content/a.txt", "bdhvs:headers-agree",
        lambda: no_header(),
    ),
    # --- Names -------------------------------------------------------------------------------------------------------
    Bad("slips out", "zip-slip", "../../evil.js", "bdhvs:zip-slip", adding(Raw("../../evil.js", b"x"))),
    Bad(
        "slips out of content", "zip-slip", "content/../../evil.js", "bdhvs:zip-slip",
        adding(Raw("content/../../evil.js", b"x")),
    ),
    Bad(
        "slips out of a skipped folder", "zip-slip", "__MACOSX/../../evil.js", "bdhvs:zip-slip",
        adding(Raw("__MACOSX/../../evil.js", b"x")),
    ),
    Bad("a folder that slips out", "zip-slip", f"{FOLDER}/../", "bdhvs:zip-slip", adding(Raw(f"{FOLDER}/../"))),
    Bad(
        "an absolute path", "absolute-name", "/etc/cron.d/evil", "bdhvs:absolute-name",
        adding(Raw("/etc/cron.d/evil", b"x")),
    ),
    Bad(
        "a network path", "absolute-name", "//server/evil.js", "bdhvs:absolute-name",
        adding(Raw("//server/evil.js", b"x")),
    ),
    Bad("a drive", "drive-name", "C:/evil.js", "bdhvs:drive-name", adding(Raw("C:/evil.js", b"x"))),
    Bad(
        "a stream", "drive-name", "content/a.png:evil.js", "bdhvs:drive-name",
        adding(Raw("content/a.png:evil.js", b"x")),
    ),
    Bad(
        "backslashes", "backslash-name", "content\\images\\a.png", "bdhvs:backslash-name",
        adding(Raw("content\\images\\a.png", b"x")),
    ),
    Bad(
        "slips out with backslashes", "zip-slip", "content\\..\\..\\evil.js", "bdhvs:zip-slip",
        adding(Raw("content\\..\\..\\evil.js", b"x")),
    ),
    Bad(
        "a NUL", "control-character", "content/a.png\N{REPLACEMENT CHARACTER}.js", "bdhvs:name-characters",
        adding(Raw("content/a.png\0.js", b"x")),
    ),
    Bad(
        "a line end", "control-character", "content/a\N{REPLACEMENT CHARACTER}b.txt", "bdhvs:name-characters",
        adding(Raw("content/a\nb.txt", b"x")),
    ),
    Bad(
        "turned around", "control-character", "content/a\N{REPLACEMENT CHARACTER}gpj.js", "bdhvs:name-characters",
        adding(Raw("content/a\N{RIGHT-TO-LEFT OVERRIDE}gpj.js", b"x")),
    ),
    Bad("no UTF-8", "name-encoding", "content/ä.txt", "bdhvs:name-encoding", adding(Raw(b"content/\x84.txt", b"x"))),
    Bad(
        "a folder without a name", "empty-segment", "content//a.txt", "bdhvs:name-segments",
        adding(Raw("content//a.txt", b"x")),
    ),
    Bad("no name", "empty-segment", "", "bdhvs:name-segments", adding(Raw("", b"x"))),
    Bad(
        "a long name", "name-too-long", f"content/{'a' * 252}.txt", "bdhvs:name-length",
        adding(Raw(f"content/{'a' * 252}.txt", b"x")),
    ),
    Bad(
        "a long path", "name-too-long", ("content/" + "folder/" * 72)[:299] + "…", "bdhvs:name-length",
        adding(Raw("content/" + "folder/" * 72 + "a.txt", b"x")),
    ),
    Bad(
        "names of 64 kB", "name-too-long", "a" * 299 + "…", "bdhvs:name-length",
        lambda: raw_zip([Raw("a" * 65535) for _ in range(300)]),
    ),
    Bad("a file twice, not the same", "duplicate-entry", "content/a.txt", "bdhvs:duplicate", lambda: twice("a", "b")),
    Bad(
        "h5p.json twice, not the same", "duplicate-entry", "h5p.json", "bdhvs:duplicate",
        adding(Raw("h5p.json", b"{}")),
    ),
    Bad(
        "a file twice, with one checksum", "duplicate-entry", "content/a.txt", "bdhvs:duplicate",
        lambda: raw_zip([*entries(), *colliding()]),
    ),
    Bad(
        "names that differ in case", "case-duplicate", "content/A.TXT", "bdhvs:case-duplicate",
        adding(Raw("content/a.txt", b"a"), Raw("content/A.TXT", b"b")),
    ),
    Bad(
        "names that differ in spelling", "case-duplicate", "content/a\u0301.txt", "bdhvs:case-duplicate",
        adding(Raw("content/\u00e1.txt", b"a"), Raw("content/a\u0301.txt", b"b")),
    ),
    Bad(
        "a file that is a folder", "file-and-folder", "content/a.txt/b.txt", "bdhvs:file-and-folder",
        adding(Raw("content/a.txt", b"a"), Raw("content/a.txt/b.txt", b"b")),
    ),
    # --- What entries are --------------------------------------------------------------------------------------------
    Bad(
        "a link", "symlink", "content/a.txt", "bdhvs:symlink",
        adding(Raw("content/a.txt", b"/etc/passwd", mode=stat.S_IFLNK | 0o777)),
    ),
    Bad(
        "a link that says it was made by DOS", "symlink", "content/a.txt", "bdhvs:symlink",
        adding(Raw("content/a.txt", b"/etc/passwd", mode=stat.S_IFLNK | 0o777, made_by=0)),
    ),
    Bad(
        "a skipped link", "symlink", "content/.a", "bdhvs:symlink",
        adding(Raw("content/.a", b"/etc/passwd", mode=stat.S_IFLNK | 0o777)),
    ),
    Bad(
        "a pipe", "special-file", "content/a.txt", "bdhvs:special-file",
        adding(Raw("content/a.txt", b"", mode=stat.S_IFIFO | 0o666)),
    ),
    Bad(
        "a device", "special-file", "content/a.txt", "bdhvs:special-file",
        adding(Raw("content/a.txt", b"", mode=stat.S_IFBLK | 0o666)),
    ),
    Bad(
        "a folder with data", "folder-with-data", "content/a/", "bdhvs:folder-with-data",
        adding(Raw("content/a/", b"x")),
    ),
    Bad(
        "encrypted", "encrypted-entry", "content/a.txt", "bdhvs:encrypted", adding(Raw("content/a.txt", b"x", flags=1)),
    ),
    Bad(
        "encrypted by AES", "encrypted-entry", "content/a.txt", "bdhvs:encrypted",
        adding(Raw("content/a.txt", b"x", packed=b"x", method=99)),
    ),
    Bad(
        "bzip2", "unsupported-method", "content/a.txt", "bdhvs:method",
        lambda: bzipped(),
    ),
    Bad(
        "an unknown method", "unsupported-method", "content/a.txt", "bdhvs:method",
        adding(Raw("content/a.txt", b"x", packed=b"x", method=42)),
    ),
    # --- Sizes -------------------------------------------------------------------------------------------------------
    Bad(
        "1.5 MB that unpack to 1.5 GiB", "file-size-too-large", "content/a.txt", "h5p:file-size",
        lambda: raw_zip([*entries(), long_data("content/a.txt", zeros(1536), 1536 * MIB)]),
    ),
    Bad(
        "250 MiB of zeros", "compression-ratio", "content/a.txt", "bdhvs:ratio",
        lambda: raw_zip([*entries(), long_data("content/a.txt", zeros(250), 250 * MIB)]),
    ),
    Bad(
        "many bombs", "total-size-too-large", "", "h5p:total-size",
        lambda: raw_zip([*entries(), *(long_data(f"content/{n}.txt", zeros(7), 7 * MIB) for n in range(90))]),
    ),
    Bad(
        "many small bombs", "compression-ratio", "", "bdhvs:ratio",
        lambda: raw_zip([*entries(), *(long_data(f"content/{n}.txt", zeros(7), 7 * MIB) for n in range(40))]),
    ),
    Bad(
        "a bomb that says it is small", "size-mismatch", "content/a.txt", "bdhvs:true-sizes",
        lambda: raw_zip([*entries(), long_data("content/a.txt", zeros(1536), 1000)]),
    ),
    Bad(
        "h5p.json is a bomb", "size-mismatch", "h5p.json", "bdhvs:true-sizes",
        changing("h5p.json", data=b"", packed=zeros(512), local={"size": 900}, central={"size": 900}),
    ),
    Bad(
        "shorter than it says", "size-mismatch", "content/a.txt", "bdhvs:true-sizes",
        lambda: raw_zip([*entries(), long_data("content/a.txt", deflated(b"abc"), 4000)]),
    ),
    Bad(
        "stored, and two sizes", "size-mismatch", "content/a.txt", "bdhvs:true-sizes",
        lambda: raw_zip([*entries(), long_data("content/a.txt", b"abc", 4, method=STORED)]),
    ),
    Bad(
        "says it is 2 GiB", "file-size-too-large", "content/a.txt", "h5p:file-size",
        lambda: raw_zip([*entries(), long_data("content/a.txt", deflated(b"abc"), 2048 * MIB)]),
    ),
    Bad(
        "a wrong checksum", "checksum-mismatch", "content/a.txt", "bdhvs:checksum",
        adding(Raw("content/a.txt", b"abc", local={"checksum": 1}, central={"checksum": 1})),
    ),
    Bad(
        "broken data", "broken-data", "content/a.txt", "bdhvs:data",
        adding(Raw("content/a.txt", b"abc", packed=b"\xff\xff\xff\xff")),
    ),
    Bad(
        "data without their end", "broken-data", "content/a.txt", "bdhvs:data",
        adding(Raw("content/a.txt", b"abc" * 99, packed=deflated(b"abc" * 99)[:-3])),
    ),
    Bad(
        "something behind the data", "broken-data", "content/a.txt", "bdhvs:data",
        adding(Raw("content/a.txt", b"abc", packed=deflated(b"abc") + b"<?php")),
    ),
    Bad(
        "an archive in the content", "not-in-whitelist", "content/inner.zip", "h5p:whitelist",
        lambda: valid(files={"content/inner.zip": valid()}),
    ),
    # --- Kinds of files ----------------------------------------------------------------------------------------------
    Bad("HTML in content", "not-in-whitelist", "content/a.html", "h5p:whitelist", files_at({"content/a.html": b"<p>"})),
    Bad("HTM in content", "not-in-whitelist", "content/a.HTM", "h5p:whitelist", files_at({"content/a.HTM": b"<p>"})),
    Bad("a script in content", "not-in-whitelist", "content/a.js", "h5p:whitelist", files_at({"content/a.js": b"1"})),
    Bad(
        "a style in content", "not-in-whitelist", "content/a.css", "h5p:whitelist",
        files_at({"content/a.css": b"a{}"}),
    ),
    Bad(
        "PHP in content", "not-in-whitelist", "content/a.png.php", "h5p:whitelist",
        files_at({"content/a.png.php": b"<?"}),
    ),
    Bad("no extension", "not-in-whitelist", "content/png", "h5p:whitelist", files_at({"content/png": b"x"})),
    Bad(
        "HTML in a library", "not-in-whitelist", f"{FOLDER}/a.html", "h5p:whitelist",
        files_at({f"{FOLDER}/a.html": b"<p>"}),
    ),
    Bad(
        "a program in a library", "not-in-whitelist", f"{FOLDER}/a.exe", "h5p:whitelist",
        files_at({f"{FOLDER}/a.exe": b"MZ"}),
    ),
    Bad(
        "LICENSE in a library", "not-in-whitelist", f"{FOLDER}/LICENSE", "h5p:whitelist",
        files_at({f"{FOLDER}/LICENSE": b"x"}),
    ),
    Bad(
        "WebAssembly in a library", "not-in-whitelist", f"{FOLDER}/a.wasm", "h5p:whitelist",
        files_at({f"{FOLDER}/a.wasm": b"x"}),
    ),
    Bad("a script in a drawing", "active-drawing", SVG, "bdhvs:active-content", drawing("<script>alert(1)</script>")),
    Bad(
        "a script with a prefix", "active-drawing", SVG, "bdhvs:active-content",
        drawing("<a:script>alert(1)</a:script>", 'xmlns:a="http://www.w3.org/2000/svg"'),
    ),
    Bad("a handler in a drawing", "active-drawing", SVG, "bdhvs:active-content", drawing("", 'onload="alert(1)"')),
    Bad(
        "an address that runs", "active-drawing", SVG, "bdhvs:active-content",
        drawing('<a href="java&#10;script:alert(1)"><text>x</text></a>'),
    ),
    Bad(
        "a page in a drawing", "active-drawing", SVG, "bdhvs:active-content",
        drawing('<foreignObject><iframe xmlns="http://www.w3.org/1999/xhtml" src="x"/></foreignObject>'),
    ),
    Bad(
        "an animated address", "active-drawing", SVG, "bdhvs:active-content",
        drawing('<a><set attributeName="xlink:href" to="x"/></a>', 'xmlns:xlink="http://www.w3.org/1999/xlink"'),
    ),
    Bad(
        "a drawing in a drawing", "active-drawing", SVG, "bdhvs:active-content",
        drawing('<use href=" data:image/svg+xml;base64,AAAA#a"/>'),
    ),
    Bad(
        "a style sheet that runs", "active-drawing", SVG, "bdhvs:active-content",
        drawing("", head='<?xml-stylesheet type="text/xsl" href="a.xml"?>'),
    ),
    Bad(
        "entities that blow up", "active-drawing", SVG, "bdhvs:active-content",
        drawing("&b;", head='<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>'),
    ),
    Bad(
        "an entity from elsewhere", "active-drawing", SVG, "bdhvs:active-content",
        drawing("&a;", head='<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>'),
    ),
    Bad(
        "a handler out of an entity", "active-drawing", SVG, "bdhvs:active-content",
        drawing("", 'onload="&a;"', head='<!DOCTYPE svg [<!ENTITY a "alert(1)">]>'),
    ),
    Bad(
        "a script in UTF-16", "active-drawing", SVG, "bdhvs:active-content",
        files_at({SVG: '<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>'.encode("utf-16")}),
    ),
    Bad("no drawing", "unreadable-drawing", SVG, "bdhvs:readable-content", files_at({SVG: b"<svg><g>"})),
    Bad(
        "a drawing that is HTML", "unreadable-drawing", SVG, "bdhvs:readable-content",
        files_at({SVG: b"<p>a<br>b</p>"}),
    ),
    Bad(
        "a drawing in an unknown encoding", "unreadable-drawing", SVG, "bdhvs:readable-content",
        files_at({SVG: b"<?xml version='1.0' encoding='x-user-defined'?><svg/>"}),
    ),
    Bad(
        "XHTML as XML", "active-drawing", "content/a.xml", "bdhvs:active-content",
        files_at({"content/a.xml": b'<html xmlns="http://www.w3.org/1999/xhtml"><script>1</script></html>'}),
    ),
    # --- h5p.json and content.json -----------------------------------------------------------------------------------
    Bad("no h5p.json", "invalid-h5p-json-file", "h5p.json", "h5p:h5p-json", files_at({"h5p.json": None})),
    Bad(
        "H5P.JSON", "invalid-h5p-json-file", "h5p.json", "h5p:h5p-json",
        lambda: building.zipped(
            {("H5P.JSON" if n == "h5p.json" else n): d for n, d in building.package_files(LIBRARY, {}).items()}
        ),
    ),
    Bad(
        "everything in one folder more", "invalid-h5p-json-file", "h5p.json", "h5p:h5p-json",
        lambda: building.zipped({f"package/{n}": d for n, d in building.package_files(LIBRARY, {}).items()}),
    ),
    Bad(
        "no content.json", "invalid-content-folder", "content/content.json", "h5p:content-json",
        files_at({"content/content.json": None}),
    ),
    Bad("h5p.json is no JSON", "unable-to-parse-package", "h5p.json", "h5p:json", files_at({"h5p.json": b"{title:1}"})),
    Bad("h5p.json is empty", "unable-to-parse-package", "h5p.json", "h5p:json", files_at({"h5p.json": b""})),
    Bad("h5p.json is a list", "unable-to-parse-package", "h5p.json", "h5p:json", files_at({"h5p.json": b"[]"})),
    Bad(
        "h5p.json of 300 kB", "json-too-large", "h5p.json", "bdhvs:json-size",
        files_at({"h5p.json": b'{"title":"' + b"a" * 300_000 + b'"}'}),
    ),
    Bad(
        "h5p.json names two main libraries", "json-duplicate-key", "h5p.json", "bdhvs:json-keys",
        files_at({"h5p.json": building.as_json(building.h5p_json(LIBRARY))[:-1] + b',"mainLibrary":"Bdhvs.Other"}'}),
    ),
    Bad("no title", "missing-required-property", "h5p.json", "h5p:required-property", h5p(title=...)),
    Bad("a null title", "missing-required-property", "h5p.json", "h5p:required-property", h5p(title=None)),
    Bad("an empty title", "invalid-property", "h5p.json", "h5p:property", h5p(title="")),
    Bad("a long title", "invalid-property", "h5p.json", "h5p:property", h5p(title="a" * 256)),
    Bad("a title that is a list", "invalid-property", "h5p.json", "h5p:property", h5p(title=["a"])),
    Bad("no language", "missing-required-property", "h5p.json", "h5p:required-property", h5p(language=...)),
    Bad("a language that is none", "invalid-property", "h5p.json", "h5p:property", h5p(language="tiếng Việt")),
    Bad("no main library", "missing-required-property", "h5p.json", "h5p:required-property", h5p(mainLibrary=...)),
    Bad("a main library that is a path", "invalid-property", "h5p.json", "h5p:property", h5p(mainLibrary="../Plain")),
    Bad("no embedTypes", "missing-required-property", "h5p.json", "h5p:required-property", h5p(embedTypes=...)),
    Bad(
        "an unknown embedType", "illegal-option-in-library", "h5p.json", "h5p:property-option",
        h5p(embedTypes=["window"]),
    ),
    Bad(
        "no dependencies", "missing-required-property", "h5p.json", "h5p:required-property",
        h5p(preloadedDependencies=...),
    ),
    Bad(
        "dependencies that are text", "invalid-property", "h5p.json", "h5p:property",
        h5p(preloadedDependencies="Bdhvs.Plain"),
    ),
    Bad(
        "a dependency without a version", "missing-required-property", "h5p.json", "h5p:required-property",
        h5p(preloadedDependencies=[{"machineName": "Bdhvs.Plain", "majorVersion": 1}]),
    ),
    Bad(
        "a dependency that is a path", "invalid-property", "h5p.json", "h5p:property",
        h5p(preloadedDependencies=[DEPENDENCY, {**DEPENDENCY, "machineName": "../../x"}]),
    ),
    Bad(
        "the main library is no dependency", "main-library-undeclared", "h5p.json", "bdhvs:main-library",
        h5p(mainLibrary="Bdhvs.Other"),
    ),
    Bad("an unknown licence", "unknown-license", "h5p.json", "h5p:license", h5p(license="WTFPL")),
    Bad("an unknown version of a licence", "invalid-property", "h5p.json", "h5p:property", h5p(licenseVersion="9.9")),
    Bad(
        "a source that is a program", "invalid-property", "h5p.json", "h5p:property",
        h5p(source="javascript:alert(1)"),
    ),
    Bad(
        "authors without a role", "missing-required-property", "h5p.json", "h5p:required-property",
        h5p(authors=[{"name": "A"}]),
    ),
    Bad(
        "the content needs a newer core", "api-version-unsupported", "h5p.json", "h5p:core-api",
        h5p(coreApi={"majorVersion": 1, "minorVersion": 99}),
    ),
    Bad("content that is no JSON", "unable-to-parse-package", "content/content.json", "h5p:json", content("{'a': 1}")),
    Bad("content that is a number", "invalid-content", "content/content.json", "bdhvs:content-json", content("1")),
    Bad("content that is null", "invalid-content", "content/content.json", "bdhvs:content-json", content("null")),
    Bad(
        "content in Latin-1", "json-not-utf8", "content/content.json", "bdhvs:json-utf8",
        content('{"a":"é"}'.encode("latin-1")),
    ),
    Bad(
        "content in UTF-16", "json-not-utf8", "content/content.json", "bdhvs:json-utf8",
        content('{"a":"é"}'.encode("utf-16")),
    ),
    Bad("content with a mark", "json-not-utf8", "content/content.json", "bdhvs:json-utf8", content("\ufeff{}")),
    Bad("NaN", "json-number", "content/content.json", "bdhvs:json-numbers", content('{"a":NaN}')),
    Bad("Infinity", "json-number", "content/content.json", "bdhvs:json-numbers", content('{"a":-Infinity}')),
    Bad("a number too large", "json-number", "content/content.json", "bdhvs:json-numbers", content('{"a":1e999}')),
    Bad(
        "a number too long", "json-number", "content/content.json", "bdhvs:json-numbers",
        content('{"a":' + "9" * 5000 + "}"),
    ),
    Bad(
        "half a character", "json-character", "content/content.json", "bdhvs:json-characters",
        content('{"a":"\\ud800"}'),
    ),
    Bad(
        "half a character in a name", "json-character", "content/content.json", "bdhvs:json-characters",
        content('{"\\udc00":1}'),
    ),
    Bad(
        "a NUL in content", "json-character", "content/content.json", "bdhvs:json-characters",
        content('{"a":"\\u0000"}'),
    ),
    Bad("130 levels", "json-too-deep", "content/content.json", "bdhvs:json-depth", content(nested_json(130))),
    Bad(
        "100,000 levels", "json-too-deep", "content/content.json", "bdhvs:json-depth",
        content("[" * 100_000 + "]" * 100_000),
    ),
    Bad(
        "two million empty lists", "json-too-many-values", "content/content.json", "bdhvs:json-values",
        content("[" + "[]," * 1_500_000 + "1]"),
    ),
    Bad(
        "content of 6 MB", "json-too-large", "content/content.json", "bdhvs:json-size",
        content('{"a":"' + "a" * 6_000_000 + '"}'),
    ),
    # --- Libraries ---------------------------------------------------------------------------------------------------
    Bad(
        "no library.json", "invalid-library-json-file", LIBRARY_JSON, "h5p:library-json",
        files_at({LIBRARY_JSON: None}),
    ),
    Bad(
        "a folder that is no library", "invalid-library-json-file", "images/library.json", "h5p:library-json",
        files_at({"images/a.png": b"x"}),
    ),
    Bad(
        "library.json is no JSON", "invalid-library-json-file", LIBRARY_JSON, "h5p:library-json",
        files_at({LIBRARY_JSON: b"{"}),
    ),
    Bad(
        "library.json is a list", "invalid-library-json-file", LIBRARY_JSON, "h5p:library-json",
        files_at({LIBRARY_JSON: b"[]"}),
    ),
    Bad(
        "library.json with two names", "json-duplicate-key", LIBRARY_JSON, "bdhvs:json-keys",
        lambda: valid(files={LIBRARY_JSON: building.library(LIBRARY)[LIBRARY_JSON][:-1] + b',"machineName":"B"}'}),
    ),
    Bad(
        "a folder of another name", "library-directory-name-mismatch", "Other-1.0", "h5p:library-folder-name",
        moved("Other-1.0"),
    ),
    Bad(
        "a folder of another version", "library-directory-name-mismatch", "Bdhvs.Plain-2.0", "h5p:library-folder-name",
        moved("Bdhvs.Plain-2.0"),
    ),
    Bad(
        "a folder in other case", "library-directory-name-mismatch", "bdhvs.plain-1.0", "h5p:library-folder-name",
        moved("bdhvs.plain-1.0"),
    ),
    Bad(
        "a folder with a space", "invalid-library-name", "Bdhvs Plain", "h5p:library-folder-pattern",
        moved("Bdhvs Plain"),
    ),
    Bad("no machineName", "missing-required-property", LIBRARY_JSON, "h5p:required-property", library(machineName=...)),
    Bad(
        "a machineName that is a path", "invalid-property", LIBRARY_JSON, "h5p:property",
        library(machineName="../evil"),
    ),
    Bad(
        "no title of a library", "missing-required-property", LIBRARY_JSON, "h5p:required-property",
        library(title=...),
    ),
    Bad(
        "no patchVersion", "missing-required-property", LIBRARY_JSON, "h5p:required-property",
        library(patchVersion=...),
    ),
    Bad("a patchVersion below zero", "invalid-property", LIBRARY_JSON, "h5p:property", library(patchVersion=-1)),
    Bad("a majorVersion with a point", "invalid-property", LIBRARY_JSON, "h5p:property", library(majorVersion=1.5)),
    Bad("runnable is 2", "invalid-property", LIBRARY_JSON, "h5p:property", library(runnable=2)),
    Bad("no runnable", "missing-required-property", LIBRARY_JSON, "h5p:required-property", library(runnable=...)),
    Bad("a library's unknown licence", "unknown-license", LIBRARY_JSON, "h5p:license", library(license="Beerware")),
    Bad(
        "a newer core", "api-version-unsupported", LIBRARY_JSON, "h5p:core-api",
        library(coreApi={"majorVersion": 1, "minorVersion": 29}),
    ),
    Bad(
        "a core of the next age", "api-version-unsupported", LIBRARY_JSON, "h5p:core-api",
        library(coreApi={"majorVersion": "2", "minorVersion": "0"}),
    ),
    Bad(
        "coreApi without a version", "missing-required-property", LIBRARY_JSON, "h5p:required-property",
        library(coreApi={"majorVersion": 1}),
    ),
    Bad(
        "metadataSettings half", "missing-required-property", LIBRARY_JSON, "h5p:required-property",
        library(metadataSettings={"disable": 1}),
    ),
    Bad(
        "a script that is not there", "library-missing-file", LIBRARY_JSON, "h5p:preloaded-files",
        library(preloadedJs=[{"path": "scripts/gone.js"}]),
    ),
    Bad(
        "a style that is not there", "library-missing-file", LIBRARY_JSON, "h5p:preloaded-files",
        library(preloadedCss=[{"path": "gone.css"}]),
    ),
    Bad(
        "a script in a skipped folder", "library-missing-file", LIBRARY_JSON, "h5p:preloaded-files",
        lambda: valid(
            files=building.library(LIBRARY, files={"_a/b.js": b"1"}, preloadedJs=[{"path": "_a/b.js"}])
        ),
    ),
    Bad(
        "a script outside", "path-outside-library", LIBRARY_JSON, "bdhvs:path-in-library",
        library(preloadedJs=[{"path": "../other/a.js"}]),
    ),
    Bad(
        "a script from elsewhere", "invalid-property", LIBRARY_JSON, "h5p:property",
        library(preloadedJs=[{"path": "https://evil.example/a.js"}]),
    ),
    Bad(
        "a script that is none", "invalid-property", LIBRARY_JSON, "h5p:property",
        library(preloadedJs=[{"path": "a.html"}]),
    ),
    Bad(
        "scripts that are text", "invalid-property", LIBRARY_JSON, "h5p:property",
        library(preloadedJs="scripts/main.js"),
    ),
    Bad(
        "a path that takes H5P's own pattern for ever", "invalid-property", LIBRARY_JSON, "h5p:property",
        library(preloadedJs=[{"path": "a" * 5000 + "!"}]),
    ),
    Bad(
        "semantics that are no JSON", "invalid-semantics-json-file", f"{FOLDER}/semantics.json", "h5p:semantics",
        files_at({f"{FOLDER}/semantics.json": b"[{]"}),
    ),
    Bad(
        "a translation that is no JSON", "invalid-language-file", f"{FOLDER}/language/vi.json", "h5p:language",
        files_at({f"{FOLDER}/language/vi.json": b"{"}),
    ),
    Bad(
        "a translation without a language", "invalid-language-file", f"{FOLDER}/language/2.json", "h5p:language",
        files_at({f"{FOLDER}/language/2.json": b"{}"}),
    ),
    Bad(
        "something else among translations", "invalid-language-file", f"{FOLDER}/language/readme.md", "h5p:language",
        files_at({f"{FOLDER}/language/readme.md": b"x"}),
    ),
    Bad(
        "a library twice, not the same", "library-twice", FOLDER, "bdhvs:library-twice",
        files_at(
            {path.replace(FOLDER, "Bdhvs.Plain"): data for path, data in building.library(LIBRARY, title="B").items()}
        ),
    ),
    Bad(
        "301 libraries", "too-many-libraries", "", "bdhvs:library-count",
        files_at({f"A{number}-1.0/library.json": b"{}" for number in range(300)}),
    ),
    Bad(
        "libraries with long words", "too-much-json", "A98-1.0/library.json", "bdhvs:json-total",
        lambda: building.zipped(
            building.package_files(LIBRARY, {})
            | {f"A{number:02}-1.0/library.json": wordy(number) for number in range(60, 100)},
            method=zipfile.ZIP_STORED,
        ),
    ),
    Bad(
        "libraries that fill the memory", "json-too-many-values", "A3-1.0/library.json", "bdhvs:json-values",
        files_at({f"A{number}-1.0/library.json": b"[" + b"0," * 80_000 + b"0]" for number in range(9)}),
    ),
    Bad(
        "the main library is missing", "missing-main-library", "h5p.json", "h5p:dependencies",
        lambda: valid(libraries=[]),
    ),
    Bad(
        "a needed library is missing", "missing-required-library", "h5p.json", "h5p:dependencies",
        h5p(preloadedDependencies=[DEPENDENCY, {**DEPENDENCY, "machineName": "Bdhvs.Gone"}]),
    ),
    Bad(
        "a library of another version is missing", "missing-main-library", "h5p.json", "h5p:dependencies",
        h5p(preloadedDependencies=[{**DEPENDENCY, "minorVersion": 7}]),
    ),
    Bad(
        "a library's library is missing", "missing-required-library", LIBRARY_JSON, "h5p:dependencies",
        library(preloadedDependencies=[{**DEPENDENCY, "machineName": "Bdhvs.Gone"}]),
    ),
    Bad(
        "a library's dynamic library is missing", "missing-required-library", LIBRARY_JSON, "h5p:dependencies",
        library(dynamicDependencies=[{**DEPENDENCY, "machineName": "Bdhvs.Gone"}]),
    ),
]  # fmt: skip


def wordy(number: int) -> bytes:
    """A library that says little else than one long word."""
    facts = {"machineName": f"A{number:02}", "title": "A", "majorVersion": 1, "minorVersion": 0, "patchVersion": 0}
    return building.as_json(facts | {"runnable": 0, "words": "a" * 215_000})


def two_ends() -> bytes:
    """A second, empty archive in the first one's comment."""
    return raw_zip(entries(), comment=struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 0, 0, 0, 0, 0))


def unlisted() -> bytes:
    hidden = raw_zip([Raw("evil.js", b"alert(1)")])
    return raw_zip(entries(), before_directory=hidden[: hidden.index(b"PK\1\2")])


def inner_entry() -> bytes:
    """A stored entry whose data are a whole entry of their own, and the directory lists both."""
    inner = raw_zip([Raw("content/inner.txt", b"x")])
    inner = inner[: inner.index(b"PK\1\2")]
    listed = [*entries(), Raw("content/outer.txt", inner, STORED)]
    offset = raw_zip(listed).index(inner)
    return raw_zip([*listed, Raw("content/inner.txt", b"x", central={"offset": offset})])


def no_header() -> bytes:
    """The directory leads to padding before the header."""
    offset = raw_zip(entries()).index(b"PK\1\2")
    return raw_zip([*entries(), Raw("content/a.txt", b"abc", before=bytes(99), central={"offset": offset + 9})])


def twice(first: str, second: str) -> bytes:
    return raw_zip([*entries(), Raw("content/a.txt", first.encode()), Raw("content/a.txt", second.encode())])


def bzipped() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as made:
        for path, data in building.package_files(LIBRARY, {}).items():
            made.writestr(path, data)
        made.writestr("content/a.txt", b"x", zipfile.ZIP_BZIP2)
    return target.getvalue()
