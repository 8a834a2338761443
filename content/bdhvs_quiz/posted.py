"""Streams as forms send them, also incomplete ones."""

from __future__ import annotations

import re
from typing import Any


def mend(data: Any, stream: str) -> bool:
    """Add the fields without which a stream's posted blocks cannot be read; return whether any was missing."""
    numbers = {
        int(found[1])
        for name in data
        if (found := re.fullmatch(rf"{re.escape(stream)}-([0-9]{{1,4}})-.+", name, re.ASCII))
    }
    count = str(data.get(f"{stream}-count", ""))
    total = int(count) if re.fullmatch(r"[0-9]{1,4}", count, re.ASCII) else max(numbers, default=-1) + 1
    missing = str(total) != count
    data[f"{stream}-count"] = str(total)
    for number in range(total):
        for name, value in (("deleted", ""), ("type", ""), ("order", str(number))):
            if f"{stream}-{number}-{name}" not in data:
                # A block without a type is left out by Wagtail: nothing says what it was.
                data[f"{stream}-{number}-{name}"] = value
                missing = True
        if not re.fullmatch(r"[0-9]{1,6}", data[f"{stream}-{number}-order"], re.ASCII):
            data[f"{stream}-{number}-order"] = str(number)
    return missing


def unsent(data: Any, stream: str) -> bool:
    """Tell whether a form has nothing of this stream: its sender does not know of it."""
    return not any(name.startswith(f"{stream}-") for name in data)


def as_posted(stream: str, blocks: Any) -> dict[str, str]:
    """Return a stream of blocks with fields of one value each, as its form would send it unchanged."""
    sent = {f"{stream}-count": str(len(blocks))}
    for place, block in enumerate(blocks):
        start = f"{stream}-{place}"
        sent |= {f"{start}-deleted": "", f"{start}-type": block.block_type, f"{start}-order": str(place)}
        sent[f"{start}-id"] = block.id or ""
        for name, value in block.block.get_prep_value(block.value).items():
            sent[f"{start}-value-{name}"] = "" if value is None else str(value)
    return sent
