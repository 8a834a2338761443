"""A pytest plugin: in which order the tests of a run go to its workers, and in which portions.

xdist's own way deals a worker that finishes a short test sixteen more, so that in the end one works off hundreds alone
while the others wait. Here a portion is a run of tests of one module, at most `MOST` (what a module sets up is set up
once for each portion), and the next goes to whoever has two tests left.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

MOST = 120
# What starts processes or browsers, and takes seconds, as what is marked `slow` does.
LONG = {"bare_installation", "browser", "copy_of", "dist", "installation", "migrated", "module_installation"}
# Large databases that one worker makes, for a minute and more, and for which the others would wait.
SHARED = ("written_database", "demo_database")


def _weight(items: list[pytest.Item]) -> int:
    """About how long they take: those of whole sites half a minute and more, those marked `slow` some seconds."""
    return sum(
        60 if item.path.parent.name == "packaging" else 10 if item.get_closest_marker("slow") is not None else 1
        for item in items
    )


def in_order(items: Iterable[pytest.Item]) -> list[pytest.Item]:
    """Long modules first, the dearest at the beginning, so that nobody waits for one in the end. Of those that share a
    large database one makes it at once; the others come when it is there. Tests whose rollback is the emptying of all
    tables come last: what the migrations put there is gone after them."""
    long: dict[Path, list[pytest.Item]] = {}
    shared: dict[str, dict[Path, list[pytest.Item]]] = {name: {} for name in SHARED}
    short, emptying = [], []
    for item in items:
        names = set(getattr(item, "fixturenames", ()))
        mark = item.get_closest_marker("django_db")
        if mark is not None and mark.kwargs.get("transaction"):
            emptying.append(item)
        elif name := next((name for name in SHARED if name in names), None):
            shared[name].setdefault(item.path, []).append(item)
        elif names & LONG or item.get_closest_marker("slow") is not None:
            long.setdefault(item.path, []).append(item)
        else:
            short.append(item)
    first, later = [], []
    for modules in shared.values():
        making, *using = sorted(modules.values(), key=_weight, reverse=True) or [[]]
        first += making
        later += [item for module in using for item in module]
    dearest = [item for module in sorted(long.values(), key=_weight, reverse=True) for item in module]
    return [*first, *dearest, *later, *short, *emptying]


class Portions(LoadScopeScheduling):
    def schedule(self) -> None:
        if self.collection is None:
            self._portion_of = portions(next(iter(self.registered_collections.values())))
        super().schedule()

    def _split_scope(self, nodeid: str) -> str:
        return self._portion_of[nodeid]


def portions(nodeids: Iterable[str]) -> dict[str, str]:
    """Of each test the name of its portion."""
    found: dict[str, str] = {}
    before, number, size = "", 0, 0
    for nodeid in nodeids:
        module = nodeid.partition("::")[0]
        if module != before or size == MOST:
            before, number, size = module, number + 1, 0
        found[nodeid], size = f"{number} {module}", size + 1
    return found


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: Any, log: Any) -> Portions:
    # As collected: the order says what comes first.
    config.option.loadscopereorder = False
    return Portions(config, log)


# After everything that leaves tests out.
@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if getattr(config, "workerinput", {}).get("workercount", 1) > 1:
        items[:] = in_order(items)
