"""How many requests and statements a credential, and how many refused sign-ins an address, may make to this process.

Token buckets in memory: a limit that had to ask the database would cost what it protects. With several processes the
limit is that many times higher.
"""

from __future__ import annotations

import ipaddress
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any, Final

from bdhvs_xapi.conf import app_settings

# Addresses that failed once and never came again are forgotten, oldest first.
_MAX_BUCKETS: Final = 10_000


class Buckets:
    """One bucket for each key: full at first, it loses a token for each request and regains its size in a minute."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._filled: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str, per_minute: int, tokens_wanted: int = 1) -> float:
        """0 when there were so many tokens, else the seconds until there are. ``per_minute`` 0: no limit.

        More than a bucket holds takes a full one.
        """
        if per_minute <= 0:
            return 0.0
        now = self._clock()
        rate = per_minute / 60
        with self._lock:
            tokens, since = self._filled.pop(key, (float(per_minute), now))
            tokens = min(float(per_minute), tokens + (now - since) * rate)
            wanted = min(tokens_wanted, per_minute)
            wait = 0.0 if tokens >= wanted else (wanted - tokens) / rate
            self._filled[key] = (tokens if wait else tokens - wanted, now)
            if len(self._filled) > _MAX_BUCKETS:
                self._filled.popitem(last=False)
        return wait

    def clear(self) -> None:
        with self._lock:
            self._filled.clear()


requests: Final = Buckets()
statements: Final = Buckets()
failures: Final = Buckets()


def address_of(meta: Mapping[str, Any]) -> str:
    """Where a request comes from: an IPv4 address, or the /64 that one IPv6 household has. Empty: not known.

    Of a proxy's header the last entry counts, which it wrote itself, or of several proxies of ours one for each; those
    before are the visitor's own.
    """
    header = app_settings.CLIENT_ADDRESS_HEADER
    ours = app_settings.TRUSTED_PROXIES if header else 1
    entries = str(meta.get(header or "REMOTE_ADDR", "")).rsplit(",", ours)
    text = entries[-ours if len(entries) >= ours else 0].strip()
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return ""
    if isinstance(address, ipaddress.IPv6Address):
        mapped = address.ipv4_mapped
        return str(mapped or ipaddress.ip_network(f"{address}/64", strict=False))
    return str(address)
