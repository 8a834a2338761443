"""A request runs in one piece of the interpreter's stack.

CPython keeps the frames of Python functions in pieces of 16 KiB, takes a new one from the system when the stack grows
over an edge and gives it back at once when it shrinks. A loop that calls functions just at an edge, as a template 100
frames deep does, pays for that at every call: it was a third of the page of an attempt (docs/adr/0101). A frame that
asks for much room makes the next piece as large as that, and what it calls stands in what is left of it."""

from __future__ import annotations

import sys
from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

__all__ = ["RoomMiddleware"]

# Words of 8 bytes: just over what a piece of 256 KiB holds, so one of 512 KiB is taken and half of it is free for what
# comes after. Pages of it that nobody touches cost no memory.
_WORDS = 33_000


class RoomMiddleware:
    """Comes first: what it calls, and all that these call, share one piece. Other interpreters are left alone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)


if sys.implementation.name == "cpython":
    RoomMiddleware.__call__.__code__ = RoomMiddleware.__call__.__code__.replace(co_stacksize=_WORDS)
