"""Origin of a request, when proxies stand before the site."""

from __future__ import annotations

import ipaddress
import re

from django.http import HttpRequest

from bdhvs_lms.conf import app_settings

_WITH_PORT = re.compile(r"(?:\[(?P<six>[^\]]+)\]|(?P<four>\d+\.\d+\.\d+\.\d+))(?::\d+)?")


def address_of(request: HttpRequest | None) -> str:
    """Return where the request comes from: an IPv4 address, or the /64 that one IPv6 household has. Empty: not known.

    Behind proxies every request comes from the last of them. Each adds to the header (BDHVS_CLIENT_ADDRESS_HEADER) whom
    it was asked by, so that of as many as are ours (BDHVS_TRUSTED_PROXIES) the first one's entry is that many from the
    end; those before it are the visitor's own and count for nothing.
    """
    if request is None:
        return ""
    header = app_settings.CLIENT_ADDRESS_HEADER
    if header:
        ours = app_settings.TRUSTED_PROXIES
        entries = request.META.get(header, "").rsplit(",", ours)
        # Fewer: somebody came in between the proxies, and was seen by those that remained.
        text = entries[-ours] if len(entries) >= ours else entries[0]
    else:
        text = request.META.get("REMOTE_ADDR", "")
    text = text.strip()
    ported = _WITH_PORT.fullmatch(text)
    try:
        address = ipaddress.ip_address((ported["six"] or ported["four"]) if ported else text)
    except ValueError:
        return ""
    if address.version == 6:
        mapped = address.ipv4_mapped
        return str(mapped or ipaddress.ip_network(f"{address}/64", strict=False))
    return str(address)
