"""The classes of an account, a page of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from bdhvs_lms.base.api import fold
from bdhvs_lms.classes.api import ClassGroup, classes_open_to

PAGE = 20
"""Classes of a page: each has the numbers of its people."""


@dataclass(frozen=True)
class ClassList:
    """`number` counts from 1; `pages` is 1 where there is nothing. `total`: of those that match."""

    classes: tuple[ClassGroup, ...]
    total: int
    number: int
    pages: int


def classes_page(user: Any, on: date, *, named: str = "", number: int = 1) -> ClassList:
    """Of the classes open to the account (`classes_open_to`, in its order) those in whose name or code each of these
    words is, marks and case aside; a number that is too high is the last page. Two queries; one where all fit on a
    page, which is what a teacher has.

    Names are folded here, not in a column: an account has a class or two, and a superuser's two thousand take 20 ms.
    """
    every = classes_open_to(user, on)
    words = fold(named).split()
    first = [] if words or number > 1 else list(every[: PAGE + 1])
    if 0 < len(first) <= PAGE:
        return ClassList(tuple(first), len(first), 1, 1)
    if words:
        rows = every.values_list("pk", "name", "code")
        found = [pk for pk, name, code in rows if all(word in fold(f"{name} {code}") for word in words)]
        total = len(found)
    else:
        found, total = [], every.count()
    pages = max(1, -(-total // PAGE))
    number = min(max(1, number), pages)
    piece = slice((number - 1) * PAGE, number * PAGE)
    shown = list(every.filter(pk__in=found[piece])) if words else first[piece] or list(every[piece])
    return ClassList(tuple(shown), total, number, pages)
