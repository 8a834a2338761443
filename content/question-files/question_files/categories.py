"""Paths of categories as Moodle writes them: '$course$/top/Safety/QR codes'; a slash in a name is doubled."""

from __future__ import annotations

import re
from collections.abc import Sequence

from question_files.texts import line

_CONTEXT = re.compile(r"\$\w+\$", re.ASCII)
_BETWEEN = re.compile(r"(?<!/)/(?!/)")


def path_of(written: str) -> tuple[str, ...]:
    """Names from the outermost in, without what says where in Moodle they stood."""
    names = [line(part.replace("//", "/")) for part in _BETWEEN.split(line(written))]
    if names and _CONTEXT.fullmatch(names[0]):
        names = names[1:]
    if names and names[0] == "top":
        names = names[1:]
    return tuple(name for name in names if name)


def written_path(names: Sequence[str]) -> str:
    """What `path_of` gives back."""
    parts = ["$course$", "top"]
    for name in names:
        doubled = line(name).replace("/", "//")
        # A doubled slash at an end must not touch the one between names.
        parts.append(f"{' ' * doubled.startswith('/')}{doubled}{' ' * doubled.endswith('/')}")
    return "/".join(parts)
