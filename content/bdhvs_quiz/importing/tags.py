"""Tags of a file's questions: those that the bank has, whatever their capitals, and new ones."""

from __future__ import annotations

from collections.abc import Iterable

from bdhvs_lms.base.api import one_line
from bdhvs_quiz.models import QuestionTag

MAX_NAME = 100


def tag_key(name: str) -> str:
    """Return a key that is equal for tags that are one; empty for no tag."""
    return one_line(name)[:MAX_NAME].strip().casefold()


def tags_named(names: Iterable[str]) -> dict[str, QuestionTag]:
    """Return by `tag_key` the tag of each name; make missing ones. One query, and two for each new tag."""
    wanted = {tag_key(name): one_line(name)[:MAX_NAME].strip() for name in sorted(names, reverse=True)}
    wanted.pop("", None)
    if not wanted:
        return {}
    found: dict[str, QuestionTag] = {}
    for tag in QuestionTag.objects.order_by("-pk"):
        if tag_key(tag.name) in wanted:
            found[tag_key(tag.name)] = tag
    for key, name in wanted.items():
        if key not in found:
            found[key] = QuestionTag.objects.create(name=name)
    return found
