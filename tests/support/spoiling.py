"""Files of data with one value taken away or replaced, anywhere in them."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from hypothesis import strategies as st

# What a value is replaced by; "gone" takes it away.
PUT = st.sampled_from(["gone", None, 7, "x", [], {}])


def spoiled(data: dict[str, Any], chance: Any, value: Any) -> dict[str, Any]:
    """A copy in which one value that `chance` finds has become `value`."""
    changed = deepcopy(data)
    inner: Any = changed
    while True:
        key = chance.choice(sorted(inner) if isinstance(inner, dict) else range(len(inner)))
        if not (isinstance(inner[key], dict | list) and inner[key]) or chance.random() < 0.2:
            break
        inner = inner[key]
    if value == "gone":
        del inner[key]
    else:
        inner[key] = value
    return changed
