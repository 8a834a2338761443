"""Protocols of what a host keeps: libraries, contents, joined files, and how far each learner has come.

`filesystem` keeps it all below one folder. `weigh` says what to do with a library that is brought; every keeper of
libraries asks it, so that a folder and a database decide alike: one copy of each minor version, newer patches in place
of older ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any, BinaryIO, Protocol

from h5p_python_adapter.records import LibraryFacts, LibraryId, PackageFacts

__all__ = ["Content", "Contents", "KeptFiles", "LibrarySource", "State", "States", "Store", "Weighed", "weigh"]


class Weighed(Enum):
    """A library that is brought, against what is there under the same name, major and minor."""

    NEW = "new"
    """Nothing is there."""
    NEWER_PATCH = "newer-patch"
    """It replaces what is there."""
    SAME = "same"
    """Byte for byte what is there."""
    OLDER = "older"
    """A newer patch is there, and stays: content made for the older one plays with it."""
    OTHER_BYTES = "other-bytes"
    """The same patch number with other bytes. What is there stays: other content was looked at with it, and nothing
    says which of the two is right."""

    @property
    def installs(self) -> bool:
        """Tell whether the bytes that are brought are taken."""
        return self in (Weighed.NEW, Weighed.NEWER_PATCH)


def weigh(brought: LibraryFacts, there: LibraryFacts | None) -> Weighed:
    """Compare a brought library with the one with the same id that is there, and say what to do. Pure."""
    if there is None:
        return Weighed.NEW
    if brought.id != there.id:
        raise ValueError(f"{brought.id} is weighed against {there.id}: they are different libraries")
    if brought.tree_hash == there.tree_hash:
        return Weighed.SAME
    if brought.patch > there.patch:
        return Weighed.NEWER_PATCH
    return Weighed.OLDER if brought.patch < there.patch else Weighed.OTHER_BYTES


class LibrarySource(Protocol):
    """A source of libraries: a folder, a database with a storage, an opened package."""

    def library(self, id: LibraryId, /) -> LibraryFacts | None: ...

    def open(self, id: LibraryId, path: str, /) -> BinaryIO:
        """Open a file below the library's folder; FileNotFoundError when it is not among the library's files."""


@dataclass(frozen=True)
class Content:
    """A content to play."""

    title: str
    language: str
    """Of the content: "vi", or "und" where nobody says."""
    main: LibraryId
    params: Any
    """content.json."""
    h5p: Mapping[str, Any]
    """h5p.json, whole."""
    named: tuple[LibraryId, ...] = ()
    """Libraries that h5p.json names as preloaded."""

    @classmethod
    def of(cls, facts: PackageFacts) -> Content:
        return cls(facts.title, facts.language, facts.main, facts.params, facts.h5p, facts.needed)


class Contents(Protocol):
    """Contents by the id under which the host knows each, and their files.

    An id is one content for ever: browsers keep its files for a month, and a `Player` what may be said of it. What is
    changed gets another id.
    """

    def content(self, content_id: str, /) -> Content | None: ...

    def open(self, content_id: str, path: str, /) -> BinaryIO:
        """Open a file below content/; FileNotFoundError when there is none. What can seek is sent in parts, too."""


class KeptFiles(Protocol):
    """Files that can be made again, by name (letters, digits, dots). What is written is there whole or not at all."""

    def read(self, name: str, /) -> bytes | None: ...

    def has(self, name: str, /) -> bool: ...

    def write(self, name: str, data: bytes, /) -> None: ...

    def remove(self, name: str, /) -> None: ...

    def names(self) -> Iterable[tuple[str, datetime]]:
        """Return all names, and since when each is there (with a time zone)."""


@dataclass(frozen=True)
class State:
    """JSON text that a content type gave to be given back. `sub_content_id` "0": the whole."""

    sub_content_id: str
    data_type: str
    data: str | None
    """None: it is to be forgotten."""


class States(Protocol):
    """Each user's progress in each content."""

    def states(self, content_id: str, user: str, /) -> Sequence[State]: ...

    def keep(self, content_id: str, user: str, states: Iterable[State], /) -> None:
        """Store each in place of what is there under the same two names."""


class Store(Protocol):
    """Everything that a host keeps."""

    @property
    def libraries(self) -> LibrarySource: ...

    @property
    def contents(self) -> Contents: ...

    @property
    def joined(self) -> KeptFiles: ...

    @property
    def states(self) -> States: ...
