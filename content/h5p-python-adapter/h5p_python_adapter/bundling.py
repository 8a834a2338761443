"""The scripts and the styles of a piece of content, each joined into one file that its own SHA-256 names."""

from __future__ import annotations

import hashlib
import posixpath
import re
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from h5p_python_adapter import css
from h5p_python_adapter.records import LibraryFacts, LibraryId
from h5p_python_adapter.store import LibrarySource

__all__ = ["RAN", "AssetUrl", "Bundles", "bundles"]

AssetUrl = Callable[[LibraryId, str], str]
"""The address of a file of a library, by its path below the library's folder."""

RAN = "h5pRan"
"""The array of `window` into which the joined script writes each file that has run, by its number from 0."""

_MAX_IMPORTS = 50
"""Stylesheets that one stylesheet may bring by @import, directly or not."""
_PICTURES = {
    ".svg": "image/svg+xml", ".png": "image/png", ".gif": "image/gif", ".jpg": "image/jpeg", ".webp": "image/webp"
}  # fmt: skip
# Bytes: of one that stands in the joined style, and of all.
_SMALL_PICTURE, _MOST_OF_PICTURES = 4 * 1024, 96 * 1024
# Possessive, and from the first blank only: blanks are gone through once, however many there are.
_SOURCE_MAP = re.compile(rb"(?<![ \t])[ \t]*+//[#@][ \t]*+source(?:Mapping)?URL=[^\r\n]*+\s*+\Z")


@dataclass(frozen=True)
class Bundles:
    js: bytes
    """UTF-8. After each file it notes in `window[RAN]` that the file has run."""
    js_sha256: str
    css: bytes
    css_sha256: str
    scripts: tuple[tuple[LibraryId, str], ...]
    """The files in `js`, in its order."""
    styles: tuple[tuple[LibraryId, str], ...]


def bundles(libraries: Sequence[LibraryFacts], source: LibrarySource, asset_url: AssetUrl) -> Bundles:
    """Join what `libraries`, as `closure` orders them, load. The same bytes for the same libraries and addresses.

    Raises FileNotFoundError when the source lacks a file that a library loads.

    JavaScript runs as written, but for four things. Bytes that are no UTF-8 are replaced, as a browser does it: the
    text that runs has the SHA-256 of the bytes. The file begins with a statement, so that a `"use strict"` at
    the top of the first file is no longer about all of them (in H5P's own aggregation it is). Byte order marks and
    pointers to source maps are left out. What one file breaks, it breaks for the others too, since it is one script: a
    syntax error stops all, an exception those that come after. So each file that has run is noted, and the player loads
    what is not noted one by one, each by its own address.
    """
    scripts = tuple((facts.id, path) for facts in libraries for path in facts.preloaded_js)
    styles = tuple((facts.id, path) for facts in libraries for path in facts.preloaded_css)
    js = _js(scripts, source)
    sheets = _Sheets(libraries, source, asset_url)
    joined = "".join(f"/* {_named(id, path)} */\n{sheets.ready(id, path)}\n" for id, path in styles).encode()
    return Bundles(js, hashlib.sha256(js).hexdigest(), joined, hashlib.sha256(joined).hexdigest(), scripts, styles)


def _js(scripts: Sequence[tuple[LibraryId, str]], source: LibrarySource) -> bytes:
    pieces = [b"window.%s = [];\n" % RAN.encode()]
    for number, (id, path) in enumerate(scripts):
        raw = _read(source, id, path)
        if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
            raw = css.decoded(raw).encode()
        raw = raw.decode("utf-8", "replace").encode()
        raw = _SOURCE_MAP.sub(b"", raw.removeprefix(b"\xef\xbb\xbf"))
        # The line break ends a comment of one line, the semicolon a statement without one.
        pieces.append(b"/* %s */\n%s\n;%s.push(%d);\n" % (_named(id, path).encode(), raw, RAN.encode(), number))
    return b"".join(pieces)


def _named(id: LibraryId, path: str) -> str:
    return f"{id.folder}/{path}".replace("*/", "* /")


def _read(source: LibrarySource, id: LibraryId, path: str) -> bytes:
    with source.open(id, path) as handle:
        return handle.read()


class _Sheets:
    def __init__(self, libraries: Sequence[LibraryFacts], source: LibrarySource, asset_url: AssetUrl) -> None:
        self.source = source
        self.asset_url = asset_url
        self.folders: Mapping[str, LibraryFacts] = {facts.id.folder: facts for facts in libraries}
        self.pictures_left = _MOST_OF_PICTURES

    def ready(self, id: LibraryId, path: str) -> str:
        return self._ready(f"{id.folder}/{path}", self.folders[id.folder], path, [f"{id.folder}/{path}"], [])

    def _ready(self, name: str, facts: LibraryFacts, path: str, above: list[str], brought: list[str]) -> str:
        def address(given: str) -> str | None:
            if given.startswith(("#", "data:")):
                return given
            found = self._found(name, given)
            if found is None:
                return None
            return self._picture(*found) or self.asset_url(found[0].id, found[1]) + found[2]

        def sheet(given: str) -> str | None:
            found = self._found(name, given)
            if found is None:
                return None
            inner = f"{found[0].id.folder}/{found[1]}"
            if inner in above or len(brought) >= _MAX_IMPORTS:
                return None
            brought.append(inner)
            return self._ready(inner, found[0], found[1], [*above, inner], brought)

        return css.ready(css.decoded(_read(self.source, facts.id, path)), address, sheet)

    def _picture(self, facts: LibraryFacts, path: str, tail: str) -> str | None:
        """Encode a small picture for the sheet: a frame of opaque origin would fetch it anew at each visit. None for
        others."""
        kind = _PICTURES.get(posixpath.splitext(path)[1].lower())
        size = facts.files[path].size
        if kind is None or "#" in tail or size > min(_SMALL_PICTURE, self.pictures_left):
            return None
        self.pictures_left -= size
        return f"data:{kind};base64,{b64encode(_read(self.source, facts.id, path)).decode()}"

    def _found(self, name: str, given: str) -> tuple[LibraryFacts, str, str] | None:
        """Return the library and path to which an address leads from the file `name`, and its query and fragment; None
        when it is no file of these libraries: a name on another host, a path from the host's root, a file that is
        missing. Libraries lie side by side, as in a package, and reach into one another."""
        path, tail = re.fullmatch(r"([^?#]*)(.*)", given.strip(), re.DOTALL).groups()  # type: ignore[union-attr]
        if not path or path.startswith(("/", "\\")) or re.match(r"[A-Za-z][A-Za-z0-9+.\-]*:", path):
            return None
        whole = posixpath.normpath(posixpath.join(posixpath.dirname(name), unquote(path).replace("\\", "/")))
        folder, _, below = whole.partition("/")
        facts = self.folders.get(folder)
        return None if facts is None or below not in facts.files else (facts, below, tail)
