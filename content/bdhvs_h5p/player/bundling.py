"""The joined script and style of what a version needs: made when it is first played, kept in the storage by hash."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.encoding import escape_uri_path

from bdhvs_h5p.libraries import InstalledLibraries
from bdhvs_h5p.player.addresses import libraries_prefix, library_folder
from bdhvs_h5p.storage import keep, storage
from h5p_python_adapter import LibraryFacts, LibraryId, bundles, packed

__all__ = ["Joined", "bundle_path", "joined", "library_address"]

# Another way of joining is another name for what was joined.
_WAY = 1
_SUFFIX = {"": "", "gzip": ".gz", "br": ".br"}


@dataclass(frozen=True)
class Joined:
    """SHA-256 of the two, and the addresses of the files in the script, in its order."""

    js: str
    css: str
    scripts: tuple[str, ...]


_made: dict[str, Joined] = {}


def library_address(facts: LibraryFacts, path: str) -> str:
    return f"{libraries_prefix()}/{library_folder(facts)}/{escape_uri_path(path)}"


def bundle_path(sha256: str, kind: str, coding: str = "") -> str:
    return f"bundles/{sha256}.{kind}{_SUFFIX[coding]}"


def joined(libraries: Sequence[LibraryFacts]) -> Joined:
    """For libraries in the order of loading. Made once for each set of them; a process remembers what it made."""
    named = [_WAY, libraries_prefix(), *(library_folder(facts) for facts in libraries)]
    key = hashlib.sha256(json.dumps(named).encode()).hexdigest()
    found = _made.get(key) or _read(key)
    if found is None or not all(storage().exists(bundle_path(*one)) for one in ((found.js, "js"), (found.css, "css"))):
        found = _make(key, libraries)
    _made[key] = found
    return found


def _index(key: str) -> str:
    return f"bundles/{key}.json"


def _read(key: str) -> Joined | None:
    try:
        with storage().open(_index(key)) as file:
            listed = json.load(file)
    except FileNotFoundError:
        return None
    return Joined(listed["js"], listed["css"], tuple(listed["scripts"]))


def _make(key: str, libraries: Sequence[LibraryFacts]) -> Joined:
    by_id = {facts.id: facts for facts in libraries}

    def address(id: LibraryId, path: str) -> str:
        return library_address(by_id[id], path)

    made = bundles(libraries, InstalledLibraries(id.machine_name for id in by_id), address)
    found = Joined(made.js_sha256, made.css_sha256, tuple(address(id, path) for id, path in made.scripts))
    for sha256, kind, content in ((made.js_sha256, "js", made.js), (made.css_sha256, "css", made.css)):
        for coding, data in packed(content).forms.items():
            keep(bundle_path(sha256, kind, coding), io.BytesIO(data), size=len(data))
    # Last: what it names is there.
    index = json.dumps({"js": found.js, "css": found.css, "scripts": found.scripts}).encode()
    keep(_index(key), io.BytesIO(index), size=len(index))
    return found
