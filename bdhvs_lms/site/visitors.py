"""In whose row a request stands: a person's, else an address's.

The database is asked once whose a session is. So an invented cookie is worth nothing, many sessions of one person are
one row, and forty telephones behind one address are forty as soon as their owners have signed in. A device stays its
first person's when the session has ended.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Hashable
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django.db import DatabaseError, close_old_connections

from bdhvs_lms.base.api import now
from bdhvs_lms.learners.api import address_of, device_cookie, owner_of

__all__ = ["Visitors"]

# Cookies that one process knows: some megabytes.
MOST = 50_000


class Visitors:
    """Of one process."""

    def __init__(self) -> None:
        # Digests of cookies, with this process's own key. The one that came longest ago goes first.
        self._known: OrderedDict[int, str] = OrderedDict()
        # Beside the threads that work: they may all be busy.
        self._asks = ThreadPoolExecutor(1, "visitors")

    async def row(self, environment: dict[str, Any]) -> Hashable:
        """`environment`: as WSGI has it."""
        found = _cookies(environment)
        cookies = [
            hash((name, found[name])) for name in (settings.SESSION_COOKIE_NAME, device_cookie()) if name in found
        ]
        key = found.get(settings.SESSION_COOKIE_NAME, "")
        if key and cookies[0] not in self._known:
            if who := await asyncio.get_running_loop().run_in_executor(self._asks, _owner_of, key):
                # Once a session: whoever signed in could name thousands of devices.
                for cookie in cookies:
                    self._known.setdefault(cookie, who)
                while len(self._known) > MOST:
                    self._known.popitem(last=False)
        for cookie in cookies:
            if who := self._known.get(cookie, ""):
                self._known.move_to_end(cookie)
                return who
        # Of a request it reads nothing else.
        visitor: Any = SimpleNamespace(META=environment)
        return address_of(visitor)


def _owner_of(key: str) -> str:
    try:
        close_old_connections()
        return owner_of(key, now())
    except DatabaseError:
        return ""


def _cookies(environment: dict[str, Any]) -> dict[str, str]:
    pairs = (pair.strip().partition("=") for pair in environment.get("HTTP_COOKIE", "").split(";"))
    return {name: value for name, _, value in pairs if value}
