"""The classes of an account, a page of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Window

from bdhvs_lms.base.api import fold
from bdhvs_lms.classes.api import ClassGroup, classes_open_to

PAGE = 20
"""Classes of a page: each has the numbers of its people."""
FARTHEST = 1_000_000
"""No list has so many pages, and no database counts further than it can."""


@dataclass(frozen=True)
class ClassList:
    """`number` counts from 1; `pages` is 1 where there is nothing. `total`: of those that match."""

    classes: tuple[ClassGroup, ...]
    total: int
    number: int
    pages: int


def classes_page(user: Any, on: date, *, named: str = "", number: int = 1) -> ClassList:
    """Of the classes open to the account (`classes_open_to`, in its order) those in whose name or code each of these
    words is, marks and case aside; a number that is too high is the last page. One query; two for words, three for a
    number that is too high.

    Names are folded here, not in a column: an account has a class or two, and a superuser's two thousand take 20 ms.
    """
    every = classes_open_to(user, on)
    words = fold(named).split()
    if words:
        rows = every.values_list("pk", "name", "code")
        found = [pk for pk, name, code in rows if all(word in fold(f"{name} {code}") for word in words)]
        number = _there(number, len(found))
        shown = list(every.filter(pk__in=found[_piece(number)]))
        return ClassList(tuple(shown), len(found), number, _pages(len(found)))
    counted = every.annotate(of_all=Window(Count("*")))
    number = min(max(1, number), FARTHEST)
    listed: list[Any] = list(counted[_piece(number)])
    if not listed and number > 1:
        number = _there(number, every.count())
        listed = list(counted[_piece(number)])
    total = listed[0].of_all if listed else 0
    return ClassList(tuple(listed), total, number, _pages(total))


def _piece(number: int) -> slice:
    return slice((number - 1) * PAGE, number * PAGE)


def _pages(total: int) -> int:
    return max(1, -(-total // PAGE))


def _there(number: int, total: int) -> int:
    return min(max(1, number), _pages(total))
