"""What stands deep on the interpreter's stack costs what it costs elsewhere (bdhvs_lms.site.room)."""

from __future__ import annotations

import resource
import sys
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import RequestFactory

from bdhvs_lms.site.room import RoomMiddleware

pytestmark = [
    pytest.mark.skipif(sys.implementation.name != "cpython", reason="the stack of CPython"),
]
DEPTH, CALLS = 250, 40


def faults(run: Callable[[], Any]) -> int:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    run()
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before


def leaf() -> None:
    """What is called at each depth: its frame is the one that stands beyond an edge or does not."""


def descend(depth: int) -> None:
    for _ in range(CALLS):
        leaf()
    if depth:
        descend(depth - 1)


def test_no_depth_of_a_request_takes_and_gives_back_a_piece_of_the_stack_at_every_call() -> None:
    def view(_request: Any) -> HttpResponse:
        seen.append(faults(lambda: descend(DEPTH)))
        return HttpResponse()

    seen: list[int] = []
    request = RequestFactory().get("/")
    for handler in (view, RoomMiddleware(view)):
        handler(request)
        handler(request)
    _, without, _, within = seen
    # Each edge is met by one leaf, which then costs a piece at each of its calls.
    assert without >= CALLS and within <= 10


def test_it_comes_before_everything_else() -> None:
    assert settings.MIDDLEWARE[0] == "bdhvs_lms.site.room.RoomMiddleware"
