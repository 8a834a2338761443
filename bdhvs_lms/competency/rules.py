"""Rules of evidence as data: a grammar, its check, its evaluation and its sentence. Pure; no database.

    tree   = {"all": [tree, …]} | {"any": [tree, …]} | {"n_of": N, "of": [tree, …]} | leaf
    leaf   = {"pick": "any" | "best" | "latest", "times": N, "passed": bool, "min_scaled": "0.8", "trust": 0..3,
              "within_days": N, "distinct": bool}
           | {"pick": "firsts" | "decaying", "times": N, "min_scaled": "0.8", "weight": 50..95, "trust": 0..3,
              "within_days": N}
           | {"presence": N}

`pick` any: at least `times` (1) pieces of evidence qualify; best: the highest score qualifies; latest: the newest
does. `distinct`: the `times` are of different activities. `presence`: been there or read N times, which alone never
makes a rule hold (architecture, invariant 5).

Means, of what has a score: firsts: the mean of the first result of each activity, of at least `times` activities;
decaying: of the newest `NEWEST` results, at least `times`, each newer one makes up `weight` (65) percent and what was
before it the rest. (Canvas calls the latter by this name; its "weighted average" weighs the newest against the plain
mean of the others.)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Context, Decimal, InvalidOperation
from fractions import Fraction
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bdhvs_lms.tracking.api import trust_word

PICKS = ("any", "best", "latest")
MEANS = ("firsts", "decaying")
LEAF_KEYS = {"pick", "times", "passed", "min_scaled", "trust", "within_days", "distinct"}
MEAN_KEYS = {"pick", "times", "min_scaled", "trust", "within_days"}
WEIGHT, WEIGHTS = 65, range(50, 96)
# Results that a decaying mean looks at: what is older would make up less than a millionth.
NEWEST = 20
# Exact for twenty results of six decimals and weights of two.
EXACT = Context(prec=120)
DEFAULT_TREE: dict[str, Any] = {"pick": "any", "passed": True, "trust": 1}


class InvalidRule(ValueError):
    """Error of a tree that is not of the grammar. The text names the place."""


@dataclass(frozen=True)
class Item:
    """One piece of evidence as a rule sees it. Order: (occurred_at, statement_id)."""

    statement_id: UUID
    activity_key: UUID
    occurred_at: datetime
    success: bool | None
    scaled: Decimal | None
    trust: int
    presence: bool

    @property
    def order(self) -> tuple[datetime, str]:
        return (self.occurred_at, str(self.statement_id))


@dataclass(frozen=True)
class Version:
    """A rule version with the moment from which it speaks."""

    number: int
    tree: Mapping[str, Any]
    starts: datetime
    name: str = ""
    """Stable across databases: 'framework/competency/level/vN', '*' for a wider scope."""


def check(tree: Any, where: str = "rule") -> None:
    """Raise InvalidRule unless the tree is of the grammar."""
    if not isinstance(tree, Mapping):
        raise InvalidRule(f"{where}: expected an object, got {type(tree).__name__}")
    keys = set(tree)
    for word in ("all", "any"):
        if word in keys:
            if keys != {word} or not isinstance(tree[word], Sequence) or not tree[word]:
                raise InvalidRule(f"{where}: '{word}' stands alone with a list that is not empty")
            for place, branch in enumerate(tree[word]):
                check(branch, f"{where}.{word}[{place}]")
            return
    if "n_of" in keys:
        if keys != {"n_of", "of"} or not isinstance(tree["of"], Sequence):
            raise InvalidRule(f"{where}: 'n_of' goes with 'of', a list")
        if not _whole(tree["n_of"]) or not 1 <= tree["n_of"] <= len(tree["of"]):
            raise InvalidRule(f"{where}: 'n_of' is a whole number from 1 to the length of 'of'")
        for place, branch in enumerate(tree["of"]):
            check(branch, f"{where}.of[{place}]")
        return
    if "presence" in keys:
        if keys != {"presence"} or not _whole(tree["presence"]) or tree["presence"] < 1:
            raise InvalidRule(f"{where}: 'presence' stands alone with a whole number from 1")
        return
    _check_leaf(tree, keys, where)


def normal(tree: Mapping[str, Any]) -> dict[str, Any]:
    """Return the same rule with nothing said that goes without saying: equal where two rules are written alike."""
    for word in ("all", "any", "of"):
        if word in tree:
            return {**tree, word: [normal(branch) for branch in tree[word]]}
    usual = {"times": 1, "passed": False, "distinct": False, "trust": 0, "weight": WEIGHT}
    kept = {name: value for name, value in tree.items() if name not in usual or value != usual[name]}
    if kept.get("pick") != "any":
        kept.pop("distinct", None)
    if "min_scaled" in kept:
        kept["min_scaled"] = in_digits(Decimal(str(kept["min_scaled"])))
    return kept


def in_digits(number: Decimal) -> str:
    """Write the number in digits: '0.8' for 0.80 and for 8E-1."""
    text = f"{number:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _check_leaf(tree: Mapping[str, Any], keys: set[str], where: str) -> None:
    pick = tree.get("pick")
    if "pick" in keys and pick not in (*PICKS, *MEANS):
        raise InvalidRule(f"{where}.pick: {', '.join((*PICKS, *MEANS))}")
    known = MEAN_KEYS | ({"weight"} if pick == "decaying" else set()) if pick in MEANS else LEAF_KEYS
    if not keys <= known or "pick" not in keys:
        raise InvalidRule(f"{where}: a condition has 'pick' and any of {', '.join(sorted(known - {'pick'}))}")
    for name in ("times", "within_days"):
        if name in keys and (not _whole(tree[name]) or tree[name] < 1):
            raise InvalidRule(f"{where}.{name}: a whole number from 1")
    if pick in ("best", "latest") and tree.get("times", 1) != 1:
        raise InvalidRule(f"{where}.times: not with pick '{pick}'")
    if pick == "decaying" and tree.get("times", 1) > NEWEST:
        raise InvalidRule(f"{where}.times: at most {NEWEST} with pick 'decaying'")
    for name in ("passed", "distinct"):
        if name in keys and not isinstance(tree[name], bool):
            raise InvalidRule(f"{where}.{name}: true or false")
    if "trust" in keys and (not _whole(tree["trust"]) or not 0 <= tree["trust"] <= 3):
        raise InvalidRule(f"{where}.trust: 0 to 3")
    if "weight" in keys and (not _whole(tree["weight"]) or tree["weight"] not in WEIGHTS):
        raise InvalidRule(f"{where}.weight: {WEIGHTS[0]} to {WEIGHTS[-1]}")
    if "min_scaled" in keys:
        try:
            value = Decimal(str(tree["min_scaled"]))
        except InvalidOperation:
            value = Decimal("NaN")
        if not value.is_finite() or not Decimal(-1) <= value <= Decimal(1):
            raise InvalidRule(f"{where}.min_scaled: a number from -1 to 1")
    if pick in MEANS and "min_scaled" not in keys:
        raise InvalidRule(f"{where}: a mean needs 'min_scaled'")
    if not tree.get("passed") and "min_scaled" not in keys:
        raise InvalidRule(f"{where}: needs 'passed': true or 'min_scaled', or anything would do")


def holds(tree: Mapping[str, Any], items: Sequence[Item], at: datetime, *, floor: int = 0) -> tuple[Item, ...] | None:
    """Return the evidence by which the rule holds at that moment, in order; None: it does not. `items`: all with time ≤
    at.

    `floor`: by evidence of this trust or more alone. What speaks against somebody (a newer or a better piece of work)
    is looked at whatever its trust: a rule that holds with a higher floor holds with every lower one.
    """
    used = _used(tree, sorted(items, key=lambda item: item.order), at, floor)
    if used is None or all(item.presence for item in used):
        return None
    return tuple(sorted(set(used), key=lambda item: item.order))


def _used(tree: Mapping[str, Any], items: Sequence[Item], at: datetime, floor: int) -> list[Item] | None:
    if "all" in tree:
        branches = [_used(branch, items, at, floor) for branch in tree["all"]]
        return None if any(used is None for used in branches) else [item for used in branches for item in used or ()]
    if "any" in tree:
        return next(iter(_held(tree["any"], items, at, floor)), None)
    if "n_of" in tree:
        held = _held(tree["of"], items, at, floor)
        return [item for used in held[: tree["n_of"]] for item in used] if len(held) >= tree["n_of"] else None
    if "presence" in tree:
        present = [item for item in items if item.presence and item.trust >= floor]
        return present[: tree["presence"]] if len(present) >= tree["presence"] else None
    return _leaf(tree, items, at, floor)


def _held(branches: Sequence[Mapping[str, Any]], items: Sequence[Item], at: datetime, floor: int) -> list[list[Item]]:
    """Return what the branches that hold use, in their order, those by presence alone last: having been there as well
    must never take away what was shown."""
    held = [used for branch in branches if (used := _used(branch, items, at, floor)) is not None]
    return sorted(held, key=lambda used: all(item.presence for item in used))


def _leaf(tree: Mapping[str, Any], items: Sequence[Item], at: datetime, floor: int) -> list[Item] | None:
    oldest = at - timedelta(days=tree["within_days"]) if "within_days" in tree else None
    seen = [
        item
        for item in items
        if not item.presence and item.trust >= tree.get("trust", 0) and (oldest is None or item.occurred_at > oldest)
    ]
    if not seen:
        return None
    if tree["pick"] in MEANS:
        return _mean(tree, seen, floor)
    if tree["pick"] == "latest":
        return [seen[-1]] if qualifies(tree, seen[-1]) and seen[-1].trust >= floor else None
    if tree["pick"] == "best":
        scores = [item.scaled for item in seen if item.scaled is not None]
        best = [item for item in seen if item.scaled == max(scores)] if scores else seen[:1]
        return next(([item] for item in best if item.trust >= floor and qualifies(tree, item)), None)
    found: list[Item] = []
    activities: set[UUID] = set()
    for item in seen:
        if (
            item.trust < floor
            or not qualifies(tree, item)
            or (tree.get("distinct") and item.activity_key in activities)
        ):
            continue
        activities.add(item.activity_key)
        found.append(item)
        if len(found) == tree.get("times", 1):
            return found
    return None


def _mean(tree: Mapping[str, Any], seen: Sequence[Item], floor: int) -> list[Item] | None:
    """Return what the mean is of, if it is high enough: each of them is used, and has to be trusted."""
    counted = in_mean(tree, seen)
    if len(counted) < tree.get("times", 1) or any(item.trust < floor for item in counted):
        return None
    scores = [item.scaled for item in counted if item.scaled is not None]
    if tree["pick"] == "decaying":
        enough = decaying(scores, tree.get("weight", WEIGHT)) >= Decimal(str(tree["min_scaled"]))
    else:
        enough = high_enough(sum(scores, Decimal(0)), len(scores), tree)
    return counted if enough else None


def in_mean(tree: Mapping[str, Any], seen: Sequence[Item]) -> list[Item]:
    """Return the evidence, in order, that the mean of such a condition is of."""
    scored = [item for item in seen if item.scaled is not None]
    if tree["pick"] == "decaying":
        return scored[-NEWEST:]
    first: dict[UUID, Item] = {}
    for item in scored:
        first.setdefault(item.activity_key, item)
    return list(first.values())


def decaying(scores: Iterable[Decimal], weight: int) -> Decimal:
    """Compute the decaying mean of scores, oldest first, at least one, at most `NEWEST`. Exact."""
    newer, older = Decimal(weight).scaleb(-2), Decimal(100 - weight).scaleb(-2)
    mean: Decimal | None = None
    for score in scores:
        mean = score if mean is None else EXACT.add(EXACT.multiply(score, newer), EXACT.multiply(mean, older))
    return Decimal(0) if mean is None else mean


def high_enough(total: Decimal, count: int, tree: Mapping[str, Any]) -> bool:
    """Tell whether the mean is high enough, without a division, which would round."""
    return Fraction(total) >= Fraction(Decimal(str(tree["min_scaled"]))) * count


def qualifies(tree: Mapping[str, Any], item: Item) -> bool:
    """Tell whether it is what the condition asks for, but for its trust and its time."""
    if tree["pick"] in MEANS:
        return item.scaled is not None
    if tree.get("passed") and item.success is not True:
        return False
    return "min_scaled" not in tree or (item.scaled is not None and item.scaled >= Decimal(str(tree["min_scaled"])))


def serves(tree: Mapping[str, Any], item: Item) -> bool:
    """Tell whether this piece of evidence can itself be what some condition of the rule asks for. What cannot never
    makes a rule hold, however much else there is: it may only stand in the way of what held."""
    branches = tree.get("all") or tree.get("any") or tree.get("of")
    if branches:
        return any(serves(branch, item) for branch in branches)
    if "presence" in tree:
        return item.presence
    return not item.presence and item.trust >= tree.get("trust", 0) and qualifies(tree, item)


def may_hold_by_time(tree: Mapping[str, Any]) -> bool:
    """Tell whether the rule may begin to hold because something old leaves its window: a best that did not qualify, a
    result that kept a mean low."""
    branches = tree.get("all") or tree.get("any") or tree.get("of")
    if branches:
        return any(may_hold_by_time(branch) for branch in branches)
    return tree.get("pick") in ("best", *MEANS) and "within_days" in tree


def in_force(versions: Sequence[Version], at: datetime) -> Version | None:
    """Return the newest version that speaks at that moment."""
    return max((version for version in versions if version.starts <= at), key=lambda v: v.number, default=None)


def speaking(ladder: Sequence[Sequence[Version]], at: datetime) -> Version | None:
    """Return the version that speaks at that moment: of the narrowest scope that has one in force by then."""
    return next((version for versions in ladder if (version := in_force(versions, at)) is not None), None)


def sentence(tree: Mapping[str, Any]) -> str:
    """Return the rule in words, in the active language."""
    for word, joint in (("all", _("; and ")), ("any", _("; or "))):
        if word in tree:
            return joint.join(sentence(branch) for branch in tree[word])
    if "n_of" in tree:
        parts = "; ".join(sentence(branch) for branch in tree["of"])
        return _("at least %(n)s of these: %(parts)s") % {"n": tree["n_of"], "parts": parts}
    if "presence" in tree:
        return ngettext("attended %(n)s time", "attended %(n)s times", tree["presence"]) % {"n": tree["presence"]}
    return _leaf_sentence(tree)


def _leaf_sentence(tree: Mapping[str, Any]) -> str:
    times = tree.get("times", 1)
    if tree["pick"] == "latest":
        text = str(_("the latest result counts"))
    elif tree["pick"] == "best":
        text = str(_("the best result counts"))
    elif tree["pick"] == "firsts":
        text = ngettext(
            "mean of the first results of at least %(n)s activity",
            "mean of the first results of at least %(n)s different activities",
            times,
        ) % {"n": times}
    elif tree["pick"] == "decaying":
        text = ngettext(
            "decaying mean of at least %(n)s result, each newer one weighing %(weight)s%%",
            "decaying mean of at least %(n)s results, each newer one weighing %(weight)s%%",
            times,
        ) % {"n": times, "weight": tree.get("weight", WEIGHT)}
    elif tree.get("distinct") and times > 1:
        text = ngettext("%(n)s different activity", "%(n)s different activities", times) % {"n": times}
    else:
        text = ngettext("at least %(n)s result", "at least %(n)s results", times) % {"n": times}
    parts = [text]
    if tree.get("passed"):
        parts.append(str(_("passed")))
    if "min_scaled" in tree:
        percent = (Decimal(str(tree["min_scaled"])) * 100).normalize()
        parts.append(_("with a score of at least %(percent)s%%") % {"percent": f"{percent:f}"})
    if tree.get("trust", 0) > 0:
        parts.append(_("trust level: %(trust)s or higher") % {"trust": trust_word(tree["trust"])})
    if "within_days" in tree:
        parts.append(
            ngettext("within %(n)s day", "within %(n)s days", tree["within_days"]) % {"n": tree["within_days"]}
        )
    return ", ".join(parts)
