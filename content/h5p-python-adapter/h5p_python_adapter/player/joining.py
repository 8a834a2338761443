"""The joined script and style of what a content needs: made when it is first played, kept by their SHA-256."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from h5p_python_adapter.bundling import bundles
from h5p_python_adapter.player.answers import Answer
from h5p_python_adapter.player.core import core
from h5p_python_adapter.player.packing import accepted, packed
from h5p_python_adapter.player.serving import FOR_EVER, file_headers
from h5p_python_adapter.records import LibraryFacts, LibraryId
from h5p_python_adapter.store import KeptFiles, LibrarySource

__all__ = ["Joined", "Joiner", "library_folder"]

# Another way of joining is another name for what was joined.
_WAY = 2
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_SUFFIX = {"br": ".br", "gzip": ".gz", "": ""}


@dataclass(frozen=True)
class Joined:
    """SHA-256 of the two, and the addresses of the files in the script, in its order."""

    js: str
    css: str
    scripts: tuple[str, ...]


def library_folder(facts: LibraryFacts) -> str:
    """Return a library's folder below the address of all libraries: other bytes have another address."""
    return f"{facts.id.folder}/{facts.tree_hash}"


class Joiner:
    """The joiner of what contents load, once for each set of libraries; it remembers what it made.

    libraries: the address of all libraries, from the host's root and without a slash at its end; below it each one's
    files are at its `library_folder`.
    """

    def __init__(self, files: KeptFiles, libraries: Callable[[], str]) -> None:
        self._files = files
        self._libraries = libraries
        self._made: dict[str, Joined] = {}

    def library_address(self, facts: LibraryFacts, path: str) -> str:
        return f"{self._libraries()}/{library_folder(facts)}/{quote(path)}"

    def joined(self, libraries: Sequence[LibraryFacts], source: LibrarySource) -> Joined:
        """Return the joined files for libraries in the order of loading."""
        key = self.key(libraries)
        found = self._made.get(key) or self._read(key)
        if found is None or not (self._files.has(_name(found.js, "js")) and self._files.has(_name(found.css, "css"))):
            found = self._make(key, libraries, source)
        self._made[key] = found
        return found

    def answer(self, sha256: str, kind: str, accept_encoding: str = "") -> Answer | None:
        """Return a joined file of this kind (js, css), H5P's own among them, as small as a browser takes it that sends
        this header; None when there is none."""
        if not _SHA256.fullmatch(sha256) or kind not in ("js", "css"):
            return None
        own = core()
        packed = own.file(sha256, kind) if own is not None else None
        found = packed.for_browser(accept_encoding) if packed else self._file(sha256, kind, accept_encoding)
        if found is None:
            return None
        coding, data = found
        headers = {**file_headers(f"x.{kind}"), "Cache-Control": FOR_EVER, "Vary": "Accept-Encoding"}
        return Answer(200, headers | ({"Content-Encoding": coding} if coding else {}), [data])

    def _file(self, sha256: str, kind: str, accept_encoding: str) -> tuple[str, bytes] | None:
        takes = accepted(accept_encoding)
        for coding in ("br", "gzip", ""):
            if coding in takes or not coding:
                data = self._files.read(_name(sha256, kind, coding))
                if data is not None:
                    return coding, data
        return None

    def key(self, libraries: Sequence[LibraryFacts]) -> str:
        """Return the key of a set of libraries."""
        named = [_WAY, self._libraries(), *map(library_folder, libraries)]
        return hashlib.sha256(json.dumps(named).encode()).hexdigest()

    def unused(self, in_use: Iterable[str], *, before: datetime) -> list[str]:
        """Return names of files that were made before that moment and for no set of libraries whose `key` is in use:
        for `KeptFiles.remove`, in this order. What is asked for again is made again."""
        keys = set(in_use)
        since = dict(self._files.names())
        used = set()
        for name in since:
            key, suffix, _rest = name.partition(".json")
            if suffix and (key in keys or since[name] >= before):
                joined = self._read(key)
                used |= {name} if joined is None else {name, *_names(joined)}
        gone = (name for name in since if since[name] < before and name not in used)
        # What names a file goes before it.
        return sorted(gone, key=lambda name: (not name.endswith(".json"), name))

    def _read(self, key: str) -> Joined | None:
        data = self._files.read(f"{key}.json")
        if data is None:
            return None
        listed = json.loads(data)
        return Joined(listed["js"], listed["css"], tuple(listed["scripts"]))

    def _make(self, key: str, libraries: Sequence[LibraryFacts], source: LibrarySource) -> Joined:
        by_id = {facts.id: facts for facts in libraries}

        def address(id: LibraryId, path: str) -> str:
            return self.library_address(by_id[id], path)

        made = bundles(libraries, source, address)
        found = Joined(made.js_sha256, made.css_sha256, tuple(address(id, path) for id, path in made.scripts))
        for sha256, kind, content in ((made.js_sha256, "js", made.js), (made.css_sha256, "css", made.css)):
            # The plain one last: what looks for it finds the others too.
            for coding, data in packed(content).forms.items():
                self._files.write(_name(sha256, kind, coding), data)
        # And last of all: what it names is there.
        index = {"js": found.js, "css": found.css, "scripts": found.scripts}
        self._files.write(f"{key}.json", json.dumps(index).encode())
        return found


def _name(sha256: str, kind: str, coding: str = "") -> str:
    return f"{sha256}.{kind}{_SUFFIX[coding]}"


def _names(joined: Joined) -> set[str]:
    return {
        _name(sha256, kind, coding) for sha256, kind in ((joined.js, "js"), (joined.css, "css")) for coding in _SUFFIX
    }
