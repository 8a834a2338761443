"""Libraries of a piece of content, in the order in which they are loaded.

The order is that of H5P core (h5p.classes.php, `findLibraryDependencies`, `validateLibrary`): depth first, what is
needed before what needs it, libraries within content before the one that holds them, and each machine name once, in the
version that is met first, because H5P's JavaScript knows a library by its machine name alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from h5p_python_adapter.nesting import nested
from h5p_python_adapter.records import LibraryFacts, LibraryId

__all__ = ["MissingLibrary", "closure", "needed"]


class Facts(Protocol):
    def library(self, id: LibraryId, /) -> LibraryFacts | None: ...


class MissingLibrary(Exception):
    """Libraries are needed and not there: all of them, sorted, in `ids`."""

    def __init__(self, ids: Iterable[LibraryId]) -> None:
        self.ids = tuple(sorted(set(ids)))
        super().__init__(f"missing: {', '.join(map(str, self.ids))}")


def closure(
    main: LibraryId, params: Mapping[str, Any], source: Facts, *, named: Iterable[LibraryId] = ()
) -> tuple[LibraryFacts, ...]:
    """Return `main` and all that it and its content need, in preload order; MissingLibrary names all that lack at once.

    - Cycles are cut where they close, as H5P core does.
    - Dynamic dependencies are loaded when the content uses them, which is seen in `params`; those of editors never.
    - A library within content that is not there in its exact version is no obstacle when another version of it is
      loaded, since that one will play it; nor when the place was left empty.
    - `named` is what h5p.json names as preloaded: add-ons (libraries with `addTo`) among them come last. H5P core would
      find them by a regular expression that the add-on brings; it has done so when it wrote h5p.json, and a stranger's
      expression is not run here.
    """
    walk = _Walk(source)
    wanted: list[LibraryId] = []
    for piece in nested(params):
        if not walk.take(piece.id) and piece.params:
            wanted.append(piece.id)
    if not walk.take(main):
        walk.missing.append(main)
    for id in named:
        facts = source.library(id)
        if facts is not None and "addTo" in facts.metadata:
            walk.take(id)
    missing = walk.missing + [id for id in wanted if id.machine_name not in walk.taken]
    if missing:
        raise MissingLibrary(missing)
    return tuple(walk.order)


def needed(main: LibraryId, params: Any, source: Facts, *, named: Iterable[LibraryId] = ()) -> tuple[LibraryFacts, ...]:
    """Return what playing this content loads, in order. A piece of content whose library is not there does not play,
    and is no reason why the rest should not. Raises MissingLibrary for what the libraries themselves need."""
    named = tuple(named)
    try:
        return closure(main, params if isinstance(params, Mapping) else {}, source, named=named)
    except MissingLibrary as missing:
        return closure(main, {"rest": _without(params, set(missing.ids))}, source, named=named)


def _without(value: Any, ids: set[LibraryId]) -> Any:
    """Return the params without pieces of these libraries. Inspecting has limited the depth."""
    if isinstance(value, Mapping):
        if isinstance(value.get("library"), str) and LibraryId.parsed(value["library"]) in ids:
            return None
        return {key: _without(one, ids) for key, one in value.items()}
    if isinstance(value, list):
        return [_without(one, ids) for one in value]
    return value


class _Walk:
    def __init__(self, source: Facts) -> None:
        self.source = source
        self.taken: set[str] = set()
        """Machine names that are loaded, or on the way."""
        self.order: list[LibraryFacts] = []
        self.missing: list[LibraryId] = []

    def take(self, id: LibraryId) -> bool:
        """Take a library after all that it needs; False when it is not there. Without recursion: chains may be long."""
        if id.machine_name in self.taken:
            return True
        facts = self.source.library(id)
        if facts is None:
            return False
        self.taken.add(id.machine_name)
        ahead = [(facts, iter(facts.preloaded))]
        while ahead:
            facts, needs = ahead[-1]
            for need in needs:
                if need.machine_name in self.taken:
                    continue
                needed = self.source.library(need)
                if needed is None:
                    self.missing.append(need)
                    continue
                self.taken.add(need.machine_name)
                ahead.append((needed, iter(needed.preloaded)))
                break
            else:
                self.order.append(facts)
                ahead.pop()
        return True
