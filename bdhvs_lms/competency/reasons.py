"""Reasons why a piece of evidence was not used for a status: by the rule that speaks, condition by condition. Pure.

The condition that it comes closest to is told: "not passed" of what was trusted and in time says more than that
somebody else has to vouch for another kind of work.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import IntEnum
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bdhvs_lms.competency import rules
from bdhvs_lms.tracking.api import trust_word


class Why(IntEnum):
    """Reasons in the order in which a condition asks: the later, the closer it came."""

    NO_RULE = 0
    PRESENCE = 1
    TRUST = 2
    OLD = 3
    NOT_PASSED = 4
    NO_SCORE = 5
    SCORE = 6
    NEWER_COUNTS = 7
    BETTER_COUNTS = 8
    FIRST_COUNTS = 9
    SAME_ACTIVITY = 10
    IN_MEAN = 11
    NOT_ENOUGH_YET = 12
    ENOUGH_BEFORE = 13
    AFTERWARDS = 14
    MARK = 15
    """Not passed in this competency, though the whole was."""
    # Not by the rule: it never got to be asked.
    LEVEL = 20
    REFUSED = 21
    WITHDRAWN = 22


@dataclass(frozen=True)
class Reason:
    why: Why
    needed: Any = None
    """TRUST: the least; OLD: days of the window; SCORE: the least share; LEVEL: the label of the evidence's level."""

    def __str__(self) -> str:
        """Return a sentence in the active language."""
        if self.why == Why.TRUST:
            return _("It is not trusted enough: needed is “%(trust)s” or higher.") % {"trust": trust_word(self.needed)}
        if self.why == Why.OLD:
            text = ngettext(
                "It is too old: only the last %(n)s day counts.",
                "It is too old: only the last %(n)s days count.",
                self.needed,
            )
            return text % {"n": self.needed}
        if self.why == Why.SCORE:
            percent = (Decimal(str(self.needed)) * 100).normalize()
            return _("The score is too low: needed is at least %(percent)s%%.") % {"percent": f"{percent:f}"}
        if self.why == Why.LEVEL:
            return _("It shows a lower level only: “%(level)s”.") % {"level": self.needed}
        return _sentences()[self.why]


def _sentences() -> dict[Why, str]:
    return {
        Why.NO_RULE: _("No rule says yet what counts."),
        Why.PRESENCE: _("Reading or being there alone does not show what somebody can do."),
        Why.NOT_PASSED: _("It was not passed."),
        Why.MARK: _("The whole was passed, but not this competency's own pass mark."),
        Why.NEWER_COUNTS: _("Only the latest result counts, and there is a later one."),
        Why.BETTER_COUNTS: _("Only the best result counts, and there is a better one."),
        Why.SAME_ACTIVITY: _("Another result of the same activity counts already: different ones are needed."),
        Why.NOT_ENOUGH_YET: _("It is good, but more is needed."),
        Why.NO_SCORE: _("It has no score, and the mean is of scores."),
        Why.FIRST_COUNTS: _("Only the first result of each activity counts, and there is an earlier one."),
        Why.IN_MEAN: _("It counts in the mean, which is not high enough yet."),
        Why.ENOUGH_BEFORE: _("It would count too, but others were enough."),
        Why.AFTERWARDS: _("It would count too, but the level had been achieved before."),
        Why.REFUSED: _("A decision that rested on it was taken back."),
        Why.WITHDRAWN: _("It was withdrawn: corrected, graded again or declared void."),
    }


def reason(
    tree: Mapping[str, Any] | None,
    item: rules.Item,
    items: Sequence[rules.Item],
    *,
    at: datetime,
    attained_at: datetime | None,
) -> Reason:
    """Return why `item` was not used. `items`: all that the rule saw, in whatever order; `at`: the moment for which it
    is asked, while it is not attained."""
    if tree is None:
        return Reason(Why.NO_RULE)
    moment = attained_at or at
    ordered = sorted(items, key=lambda one: one.order)
    found = [_of_condition(leaf, item, ordered, moment) for leaf in _conditions(tree)]
    closest = max(found, key=lambda one: one.why)
    if closest.why not in (Why.NOT_ENOUGH_YET, Why.IN_MEAN) or attained_at is None:
        return closest
    return Reason(Why.AFTERWARDS if item.occurred_at > attained_at else Why.ENOUGH_BEFORE)


def _conditions(tree: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    branches = tree.get("all") or tree.get("any") or tree.get("of")
    if not branches:
        yield tree
        return
    for branch in branches:
        yield from _conditions(branch)


def _of_condition(leaf: Mapping[str, Any], item: rules.Item, ordered: Sequence[rules.Item], moment: datetime) -> Reason:
    if "presence" in leaf:
        return Reason(Why.NOT_ENOUGH_YET if item.presence else Why.NO_RULE)
    if item.presence:
        return Reason(Why.PRESENCE)
    if item.trust < leaf.get("trust", 0):
        return Reason(Why.TRUST, leaf["trust"])
    oldest = moment - timedelta(days=leaf["within_days"]) if "within_days" in leaf else None
    if oldest is not None and item.occurred_at <= oldest:
        return Reason(Why.OLD, leaf["within_days"])
    if leaf.get("passed") and item.success is not True:
        return Reason(Why.NOT_PASSED)
    if not rules.qualifies(leaf, item):
        return Reason(Why.NO_SCORE) if leaf["pick"] in rules.MEANS else Reason(Why.SCORE, leaf["min_scaled"])
    seen = [
        one
        for one in ordered
        if not one.presence
        and one.trust >= leaf.get("trust", 0)
        and (oldest is None or one.occurred_at > oldest)
        and one.occurred_at <= max(moment, item.occurred_at)
    ]
    return Reason(_among(leaf, item, seen))


def _among(leaf: Mapping[str, Any], item: rules.Item, seen: Sequence[rules.Item]) -> Why:
    """Return what stands in the way, among those that the condition looks at, of an item that is good by itself."""
    if leaf["pick"] in rules.MEANS:
        counted = rules.in_mean(leaf, seen)
        if item not in counted:
            return Why.FIRST_COUNTS if leaf["pick"] == "firsts" else Why.NEWER_COUNTS
        return Why.IN_MEAN if len(counted) >= leaf.get("times", 1) else Why.NOT_ENOUGH_YET
    if leaf["pick"] == "latest" and seen[-1] != item:
        return Why.NEWER_COUNTS
    scores = [one.scaled for one in seen if one.scaled is not None]
    if leaf["pick"] == "best" and scores and item.scaled != max(scores):
        return Why.BETTER_COUNTS
    if leaf.get("distinct"):
        first = next(one for one in seen if one.activity_key == item.activity_key and rules.qualifies(leaf, one))
        if first != item:
            return Why.SAME_ACTIVITY
    return Why.NOT_ENOUGH_YET
