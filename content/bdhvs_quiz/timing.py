"""The times at which a quiz may be begun, and the end of an attempt by the server's clock. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

# An answer that was sent in time may be on its way so long: weak lines are slow.
GRACE = timedelta(seconds=60)


class NotNow(Exception):
    """The quiz cannot be begun at this moment. `when`: the time that matters, as each subclass says."""

    def __init__(self, when: datetime) -> None:
        super().__init__(when)
        self.when = when


class NotOpenYet(NotNow):
    """The quiz opens at `when`."""


class Closed(NotNow):
    """The quiz closed at `when`."""


class WaitFirst(NotNow):
    """The attempt before was handed in too short a time ago; the next may be begun at `when`."""


def moment(rules: Mapping[str, Any], name: str) -> datetime | None:
    """Return `opens_at` or `closes_at` of a version, whose JSON holds it as text."""
    value = rules.get(name)
    return datetime.fromisoformat(value) if isinstance(value, str) else value


def require_now(rules: Mapping[str, Any], last: datetime | None, at: datetime) -> None:
    """Check that an attempt may begin now. `last`: when the attempt before was received. Raises NotOpenYet, Closed,
    WaitFirst."""
    opens, closes = moment(rules, "opens_at"), moment(rules, "closes_at")
    if opens is not None and at < opens:
        raise NotOpenYet(opens)
    if closes is not None and at >= closes:
        raise Closed(closes)
    until = last + timedelta(minutes=rules.get("wait_minutes", 0)) if last is not None else None
    if until is not None and at < until:
        raise WaitFirst(until)


def due(rules: Mapping[str, Any], begun: datetime, extra_percent: int) -> datetime | None:
    """Return when an attempt begun then ends; None: never. Extra time goes past the closing of the quiz too."""
    closes = moment(rules, "closes_at")
    limit = rules.get("time_limit")
    if limit is None:
        return closes
    minutes = timedelta(minutes=limit) * (100 + extra_percent) / 100
    ends = begun + minutes
    if closes is None or extra_percent:
        return ends
    return min(ends, closes)


def due_again(rules: Mapping[str, Any], at: datetime, extra_percent: int) -> datetime | None:
    """Return when an attempt ends that is opened again then: it has the whole time limit, past the closing of the quiz
    too;
    without a limit at least a day. None: never."""
    closes = moment(rules, "closes_at")
    if rules.get("time_limit") is not None:
        return due({"time_limit": rules["time_limit"]}, at, extra_percent)
    return None if closes is None else max(closes, at + timedelta(days=1))


def overdue(due_at: datetime | None, at: datetime) -> bool:
    """Tell whether answers that arrive now are too late."""
    return due_at is not None and at > due_at + GRACE
