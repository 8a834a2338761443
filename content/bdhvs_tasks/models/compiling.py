"""Compilation of the living page into one immutable row: content and pass rule for learners and observers."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from bdhvs_content.api import NotPublishable, block_problems

__all__ = ["compile_task", "items_of", "passes", "problems_of", "scores_of"]


def items_of(page: Any) -> list[dict[str, Any]]:
    """Return the checklist as it stands on the page: [{"id", "text", "help", "required"}]."""
    return [
        {
            "id": str(child.id),
            "text": str(child.value["text"]).strip(),
            "help": str(child.value["help"]).strip(),
            "required": bool(child.value["required"]),
        }
        for child in page.checklist
    ]


def problems_of(page: Any) -> list[str]:
    """Return the reasons why the page cannot be published, in words for the editor; empty: it can."""
    problems = []
    if not len(page.steps):
        problems.append(str(_("There is nothing to do. Add at least one step.")))
    if not len(page.checklist):
        problems.append(str(_("The checklist is empty. Add at least one item that the observer can see.")))
    problems += block_problems(page.steps) + block_problems(page.checklist)
    items = items_of(page)
    if items and not problems:
        if page.needed is not None and page.needed > len(items):
            problems.append(
                _("%(needed)s items are needed to pass, but the checklist has only %(count)s.")
                % {"needed": page.needed, "count": len(items)}
            )
        if page.needed is None and not any(item["required"] for item in items):
            problems.append(
                str(
                    _(
                        "Nobody could fail: no item is required. Tick “required to pass” at an item, or enter how many "
                        "items are needed."
                    )
                )
            )
        texts = [item["text"].casefold() for item in items]
        if len(set(texts)) < len(texts):
            problems.append(str(_("Two items say the same. Reword one or delete it.")))
    return problems


def compile_task(page: Any) -> dict[str, Any]:
    """Return the page's content as plain JSON: {"language", "intro", "steps", "items", "needed"}. Raises
    NotPublishable."""
    problems = problems_of(page)
    if problems:
        raise NotPublishable(problems)
    return {
        "language": page.locale.language_code,
        "intro": page.intro,
        "steps": page.steps.stream_block.get_prep_value(page.steps),
        "items": items_of(page),
        "needed": page.needed or 0,
    }


def scores_of(content: Mapping[str, Any]) -> tuple[Decimal, Decimal]:
    """Return (max, pass) scores: an item is one point. A learner who lacks a required item has not passed, whatever the
    points."""
    items = content["items"]
    required = sum(item["required"] for item in items)
    return Decimal(len(items)), Decimal(max(content["needed"], required))


def passes(content: Mapping[str, Any], done: Collection[str]) -> bool:
    """Check that these items (ids) are enough to pass: all required ones, and as many as are needed."""
    items = content["items"]
    if any(item["required"] and item["id"] not in done for item in items):
        return False
    return sum(item["id"] in done for item in items) >= content["needed"]
