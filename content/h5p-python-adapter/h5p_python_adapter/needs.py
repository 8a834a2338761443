"""Libraries that a package needs, and the check that each is brought or installed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from h5p_python_adapter.findings import Findings
from h5p_python_adapter.nesting import MAX_DEPTH, TooDeep, nested
from h5p_python_adapter.records import LibraryFacts, LibraryId

__all__ = ["Installed", "check_needs", "nothing_installed"]

Installed = Callable[[LibraryId], "int | None"]
"""The patch in which the host has a library, None when it has not."""


def nothing_installed(id: LibraryId) -> int | None:
    """Answer for a host without any library: only what the package brings counts."""
    return None


def check_needs(
    main: LibraryId,
    needed: Iterable[LibraryId],
    params: Any,
    brought: Mapping[LibraryId, LibraryFacts],
    half: set[LibraryId],
    installed: Installed,
    findings: Findings,
) -> None:
    """Report each library that is neither brought nor installed, as a finding.

    ``needed``: those that h5p.json names. ``half``: those that are brought and have something wrong, which was said
    already. As H5P does, dependencies of what is installed are not looked into: it was checked when it came.
    """
    there: dict[LibraryId, bool] = {}

    def missing(id: LibraryId) -> bool:
        if id not in there:
            there[id] = id in brought or id in half or installed(id) is not None
        return not there[id]

    wanted: dict[LibraryId, tuple[str, str]] = {}
    wanted_by_editors: dict[LibraryId, tuple[str, str]] = {}
    for id in needed:
        if missing(id):
            wanted.setdefault(id, ("h5p.json", "the content"))
    for library in brought.values():
        source = (f"{library.id.folder}/library.json", str(library.id))
        for id in (*library.preloaded, *library.dynamic):
            if missing(id):
                wanted.setdefault(id, source)
        for id in library.editor:
            if missing(id):
                wanted_by_editors.setdefault(id, source)
    for id, (file, by) in wanted.items():
        if id.machine_name == main.machine_name:
            findings.add("missing-main-library", file, library=str(id))
        else:
            findings.add("missing-required-library", file, library=str(id), needed_by=by)
    for id, (file, by) in wanted_by_editors.items():
        if id not in wanted:
            findings.add("missing-editor-library", file, library=str(id), needed_by=by)
    if main in brought and not brought[main].runnable:
        findings.add("main-library-not-runnable", "h5p.json", library=str(main))
    try:
        named = dict.fromkeys(piece.id for piece in nested(params) if piece.params is not None)
    except TooDeep:
        # A host whose limit is higher than what can be played.
        findings.add("json-too-deep", "content/content.json", most=MAX_DEPTH)
        return
    for id in named:
        if id not in wanted and missing(id):
            findings.add("content-library-missing", "content/content.json", library=str(id))
