"""Facts about libraries and packages that the parts of the adapter share: frozen, no files, no Django."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["FileFacts", "LibraryFacts", "LibraryId", "PackageFacts"]

_NAMED = re.compile(r"([\w$.\-]{1,255})[ \-](\d{1,5})\.(\d{1,5})")


@dataclass(frozen=True, order=True)
class LibraryId:
    """Identity of a library: patches of one minor version replace each other."""

    machine_name: str
    major: int
    minor: int

    def __str__(self) -> str:
        """Return the name as in content: 'H5P.MultiChoice 1.16'."""
        return f"{self.machine_name} {self.major}.{self.minor}"

    @property
    def folder(self) -> str:
        """Return the name of a package's folder: 'H5P.MultiChoice-1.16'."""
        return f"{self.machine_name}-{self.major}.{self.minor}"

    @classmethod
    def parsed(cls, text: str) -> LibraryId | None:
        """Parse either of the two forms; None when it is neither."""
        match = _NAMED.fullmatch(text)
        return None if match is None else cls(match[1], int(match[2]), int(match[3]))


@dataclass(frozen=True)
class FileFacts:
    """A file by its path (forward slashes, relative to its library's or the content's folder)."""

    size: int
    """Bytes, unpacked."""
    sha256: str
    """Hexadecimal."""


@dataclass(frozen=True)
class LibraryFacts:
    """One version of a library as its library.json says, and its files."""

    id: LibraryId
    patch: int
    title: str
    runnable: bool
    preloaded_js: tuple[str, ...] = ()
    """Paths below the library's folder, in the order in which they are loaded."""
    preloaded_css: tuple[str, ...] = ()
    preloaded: tuple[LibraryId, ...] = ()
    """Libraries that have to be there before it."""
    dynamic: tuple[LibraryId, ...] = ()
    """Libraries that its content may name."""
    editor: tuple[LibraryId, ...] = ()
    core_api: tuple[int, int] | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    """library.json, whole."""
    files: Mapping[str, FileFacts] = field(default_factory=dict)
    tree_hash: str = ""
    """SHA-256 over the sorted (path, sha256) pairs: the same patch number occurs with different bytes."""

    @property
    def version(self) -> tuple[int, int, int]:
        return (self.id.major, self.id.minor, self.patch)


@dataclass(frozen=True)
class PackageFacts:
    """A package as inspected: what is needed to install and play it, without its bytes."""

    title: str
    language: str
    main: LibraryId
    h5p: Mapping[str, Any]
    """h5p.json, whole."""
    params: Any
    """content/content.json, parsed."""
    libraries: tuple[LibraryFacts, ...]
    """Those that it brings, sorted by id."""
    content: Mapping[str, FileFacts]
    """Files of content/ by their path below it, content.json included."""
    needed: tuple[LibraryId, ...] = ()
    """All that h5p.json names as preloaded, brought or not."""
    packed_bytes: int = 0
    unpacked_bytes: int = 0
