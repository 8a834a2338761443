"""In whose row a request stands: a person's, else an address's.

The site itself says, when it has answered, whose the session is that a request came with. So an invented cookie is
worth nothing, many sessions of one person are one row, and forty telephones behind one address are forty as soon as
their owners have signed in. A device stays its first person's when the session has ended.
"""

from collections import OrderedDict
from collections.abc import Hashable
from types import SimpleNamespace
from typing import Any

from django.conf import settings

from bdhvs_lms.learners.api import WHO, address_of, device_cookie

__all__ = ["Visitors"]

# Cookies that one process knows: some megabytes.
MOST = 50_000


class Visitors:
    """Of one process."""

    def __init__(self) -> None:
        # Digests of cookies, with this process's own key. The one that came longest ago goes first.
        self._known: OrderedDict[int, str] = OrderedDict()

    def row(self, environment: dict[str, Any]) -> Hashable:
        """`environment`: as WSGI has it."""
        known = (self._known.get(cookie) for cookie in _cookies(environment))
        # Of a request it reads nothing else.
        visitor: Any = SimpleNamespace(META=environment)
        return next(filter(None, known), None) or address_of(visitor)

    def learn(self, environment: dict[str, Any]) -> None:
        """What the site said while it answered."""
        who = environment.get(WHO)
        if who is None:
            return
        session, device = _cookies(environment)
        if not who:
            self._known.pop(session, None)
            return
        # Once a session: whoever signed in could name thousands of devices.
        if device and session not in self._known:
            self._known.setdefault(device, who)
        for cookie in filter(self._known.__contains__, (device, session)):
            self._known.move_to_end(cookie)
        if session:
            self._known[session] = who
        while len(self._known) > MOST:
            self._known.popitem(last=False)


def _cookies(environment: dict[str, Any]) -> tuple[int, int]:
    """Digests of the cookies that tell a session and a device; 0: none."""
    found = {}
    for pair in environment.get("HTTP_COOKIE", "").split(";"):
        name, _, value = pair.strip().partition("=")
        found[name] = value
    session, device = (
        hash((name, found[name])) if found.get(name) else 0 for name in (settings.SESSION_COOKIE_NAME, device_cookie())
    )
    return session, device
