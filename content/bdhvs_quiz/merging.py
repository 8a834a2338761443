"""Several open copies of one attempt (tabs, telephones, a page behind the back button), joined question by question.

Pure. A copy of the page says which step it shows (`base`). What it changed since then counts; what another copy changed
since then stays, since this one never saw it. So no saved answer is replaced by an older page.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

# Copies whose order of sending is remembered: more than one person has open at once, and a bound for the step.
COPIES = 20


@dataclass(frozen=True)
class Copy:
    """The copy of the page that sends. With a script it has a `name` of its own and counts its changes in `tick`, so
    that
    repeated or late requests are recognised. Without one: ("", 0)."""

    base: int
    """Number of the step whose answers it shows."""
    name: str = ""
    tick: int = 0


@dataclass(frozen=True)
class State:
    """The content of the newest step. `since`: question key to [number of the step that last changed its answer, copy];
    `ticks`: copy to the last change of its that arrived. `submitted`: nothing is added any more."""

    seq: int
    responses: Mapping[str, Any]
    since: Mapping[str, list[Any]] = field(default_factory=dict)
    ticks: Mapping[str, int] = field(default_factory=dict)
    submitted: bool = False


@dataclass(frozen=True)
class Joined:
    """A `state` joined with a copy's answers. `elsewhere`: questions that the copy shows otherwise than they are now;
    `passed_over`: of these the ones that it had changed too, with its own answer (None: it had taken it away)."""

    responses: dict[str, Any]
    since: dict[str, list[Any]]
    ticks: dict[str, int]
    elsewhere: frozenset[str]
    passed_over: dict[str, Any]

    def news(self, state: State) -> bool:
        """Tell whether there is anything to write down."""
        return self.responses != dict(state.responses) or self.ticks != dict(state.ticks)


def join(state: State, shown: Mapping[str, Any], given: Mapping[str, Any], copy: Copy | None) -> Joined:
    """Join a copy's answers with the newest state.

    Args:
        shown: the answers of the step that the copy was made from.
        given: all answers that it has now; a question that is not there is unanswered.
        copy: None is somebody who has seen everything: `given` replaces what there was.
    """
    kept, since, ticks = dict(state.responses), dict(state.since), dict(state.ticks)
    elsewhere: set[str] = set()
    passed_over: dict[str, Any] = {}
    name = copy.name if copy is not None else ""
    late = copy is not None and name in ticks and copy.tick <= ticks[name]
    for key in {*kept, *shown, *given}:
        mine, now = given.get(key), kept.get(key)
        if mine == now:
            continue
        seq, by = since.get(key, (0, ""))
        newer = copy is not None and seq > copy.base and not (name and by == name)
        if late or newer:
            elsewhere.add(key)
            if mine != shown.get(key):
                passed_over[key] = mine
            continue
        if mine is None:
            del kept[key]
        else:
            kept[key] = mine
        since[key] = [state.seq + 1, name]
    if name and not late:
        ticks.pop(name, None)
        ticks[name] = copy.tick if copy is not None else 0
        ticks = dict(list(ticks.items())[-COPIES:])
    return Joined(kept, since, ticks, frozenset(elsewhere), passed_over)
