"""Saved states of learners: stored and given back exactly as the package sent them. They are never interpreted here."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Sum
from django.db.models.functions import Length

from bdhvs_h5p.attempts.actions import locked
from bdhvs_h5p.attempts.rules import rules_for
from bdhvs_h5p.models import H5PAttempt, H5PState
from h5p_python_adapter import BadJson, parsed_json

__all__ = ["LARGEST", "MOST_STATES", "BadState", "State", "read_state", "save_states", "states_of"]

LARGEST = 256 * 1024
"""Bytes of one state, and characters of all states of an attempt together."""
MOST_STATES = 32
"""Of one attempt."""
MAX_DEPTH = 100
WHOLE = "0"
"""What H5P calls the activity as a whole, where a part's id would stand."""
STATE = "state"

_TYPE = re.compile(r"[A-Za-z0-9_.-]{1,64}")


class BadState(ValueError):
    """The state is none that a package saves. `code`: state_form, state_part, state_type, state_json, state_too_large,
    state_too_many."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class State:
    """A saved state. `data`: JSON as text; None: delete what is kept."""

    sub_content_id: str
    data_type: str
    data: str | None


def read_state(sent: Any) -> State:
    """Parse what the page posts: {"subContentId", "dataType", "data"}. Raises BadState."""
    if not isinstance(sent, Mapping):
        raise BadState("state_form")
    part, kind, data = sent.get("subContentId", WHOLE), sent.get("dataType", STATE), sent.get("data")
    if part == 0:
        part = WHOLE
    if not isinstance(part, str) or len(part) > 64:
        raise BadState("state_part")
    if not isinstance(kind, str) or not _TYPE.fullmatch(kind):
        raise BadState("state_type")
    if data is None:
        return State(part.lower(), kind, None)
    if not isinstance(data, str):
        raise BadState("state_json")
    try:
        raw = data.encode()
    except UnicodeEncodeError:
        # JSON.stringify escapes lone surrogates.
        raise BadState("state_json") from None
    if len(raw) > LARGEST:
        raise BadState("state_too_large")
    try:
        parsed_json(raw, max_depth=MAX_DEPTH)
    except BadJson:
        raise BadState("state_json") from None
    return State(part.lower(), kind, data)


def save_states(attempt: H5PAttempt, states: Sequence[State], *, at: datetime) -> None:
    """Save the newest of each kind. All of them or none.

    Raises BadState (a part that the package has not, too many, too much together), AttemptEnded, ConsentMissing.
    """
    parts = rules_for(attempt.version.h5p_version).parts
    if any(state.sub_content_id != WHOLE and state.sub_content_id not in parts for state in states):
        raise BadState("state_part")
    with transaction.atomic():
        current = locked(attempt, at)
        for state in states:
            which: dict[str, Any] = {
                "attempt": current,
                "sub_content_id": state.sub_content_id,
                "data_type": state.data_type,
            }
            if state.data is None:
                H5PState.objects.filter(**which).delete()
            else:
                H5PState.objects.update_or_create(**which, defaults={"data": state.data, "received_at": at})
        kept = H5PState.objects.filter(attempt=current)
        if kept.count() > MOST_STATES:
            raise BadState("state_too_many")
        if (kept.aggregate(all=Sum(Length("data")))["all"] or 0) > LARGEST:
            raise BadState("state_too_large")


def states_of(attempt: H5PAttempt) -> list[State]:
    """Return all that are kept, the whole's first. One query."""
    rows = H5PState.objects.filter(attempt=attempt).order_by("sub_content_id", "data_type")
    return [State(row.sub_content_id, row.data_type, row.data) for row in rows]
