"""Which addresses of the network a request of ours may go to: what an operator types in makes the server ask there.

A name says nothing: whoever owns it decides at every look-up where it leads. So the numbers are looked at, when
connecting, and the connection goes to the very number that was looked at.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Iterable
from typing import Any, Final
from urllib.parse import urlsplit

import httpcore
import httpx

from bdhvs_xapi.conf import app_settings

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# Where a cloud tells its machines their passwords (AWS and others, AWS by IPv6, Alibaba, Oracle), and the link itself:
# no setting opens these.
_NEVER: Final = tuple(
    ipaddress.ip_network(each)
    for each in ("169.254.0.0/16", "fe80::/10", "fd00:ec2::254/128", "100.100.100.200/32", "192.0.0.192/32")
)
# IPv6 around an IPv4 address that a gateway takes out again (RFC 6052, RFC 8215, RFC 3056, RFC 4380).
_NAT64: Final = tuple(ipaddress.IPv6Network(each) for each in ("64:ff9b::/96", "64:ff9b:1::/48"))
_PRINTABLE: Final = re.compile(r"[!-~]+")


class Forbidden(httpcore.ConnectError):
    """No connection was tried: the address is none that a request of ours may go to."""


def _meant(address: Address) -> Iterable[Address]:
    """The address and those inside it."""
    yield address
    if isinstance(address, ipaddress.IPv4Address):
        return
    if address.ipv4_mapped is not None:
        yield address.ipv4_mapped
    if address.sixtofour is not None:
        yield address.sixtofour
    if address.teredo is not None:
        yield from address.teredo
    if any(address in network for network in _NAT64):
        yield ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    if int(address) >> 32 == 0 and int(address) > 1:
        # "::127.0.0.1", IPv4-compatible (RFC 4291, 2.5.5.1).
        yield ipaddress.IPv4Address(int(address))


def may_connect(address: Address) -> bool:
    """Whether a request may go there: a public address, or one of BDHVS_XAPI_PEER_NETWORKS; no link, no multicast."""
    return all(_allowed(each) for each in _meant(address))


def _allowed(address: Address) -> bool:
    if any(address in network for network in _NEVER) or address.is_multicast or address.is_unspecified:
        return False
    if isinstance(address, ipaddress.IPv6Address) and (
        address.ipv4_mapped or address.sixtofour or address.teredo or address in _NAT64[0]
    ):
        # What is inside is looked at by itself.
        return True
    if any(address in network for network in app_settings.PEER_NETWORKS):
        return True
    return address.is_global and not address.is_reserved


def _as_number(host: str) -> Address | None:
    """The address that a host in an address is, in whatever notation ("127.1", "0x7f000001", "2130706433"), if any."""
    try:
        return ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        pass
    try:
        return ipaddress.IPv4Address(socket.inet_aton(host)) if host[:1].isdigit() else None
    except OSError:
        return None


def address_faults(url: str) -> list[str]:
    """What is wrong with the address of a record store, in sentences. Asks nobody."""
    nothing = [f"{url!r} is no address that begins with https://"]
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
        theirs = httpx.URL(url)
    except (ValueError, httpx.InvalidURL) as error:
        return [f"{url!r} is no address: {error}"]
    if parts.scheme not in ("http", "https") or not host or not _PRINTABLE.fullmatch(url) or "\\" in url:
        return nothing
    if not {theirs.host, theirs.raw_host.decode()} & {host, host.encode("idna").decode()} or theirs.port != (
        None if port == {"http": 80, "https": 443}[parts.scheme] else port
    ):
        # Two readers of one text that do not agree where it leads.
        return nothing
    found = []
    if parts.username is not None or parts.password is not None:
        found.append("user name and password belong in their own fields, where they are kept sealed")
    if "?" in url or "#" in url:
        found.append("the address of a record store has no ? and no #")
    if parts.scheme == "http" and not _is_near(host):
        found.append(
            "a password goes over http readable by everyone on the way: only https, except in a network of yours"
        )
    number = _as_number(host)
    near = host == "localhost" or host.endswith(".localhost")
    if (number is not None and not may_connect(number)) or (
        near and not may_connect(ipaddress.ip_address("127.0.0.1"))
    ):
        found.append(not_allowed(host))
    return found


def not_allowed(host: str) -> str:
    return (
        f"{host} is not in the public network: BDHVS_XAPI_PEER_NETWORKS names the networks of yours in which record "
        "stores are, and none is a link-local address or one of a cloud's own services"
    )


def _is_near(host: str) -> bool:
    """This machine, a private network, or a name without a dot, which only a private network knows."""
    address = _as_number(host)
    if address is None:
        return "." not in host or host.endswith((".localhost", ".internal", ".local"))
    return address.is_private or address.is_loopback


class _Looking(httpcore.NetworkBackend):
    """Connects to an address that was looked at, not to a name that leads elsewhere a moment later."""

    def __init__(self) -> None:
        self._plain = httpcore.SyncBackend()

    def connect_tcp(self, host: str, port: int, *args: Any, **kwargs: Any) -> httpcore.NetworkStream:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(str(error)) from error
        failure: Exception | None = None
        # One after the other, as the system would; those that may not be are never tried.
        for number in dict.fromkeys(str(address[0]) for *_kind, address in found):
            if not may_connect(ipaddress.ip_address(number.partition("%")[0])):
                failure = failure or Forbidden(not_allowed(host if host == number else f"{host} ({number})"))
                continue
            try:
                return self._plain.connect_tcp(number, port, *args, **kwargs)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure or httpcore.ConnectError(f"{host} has no address")

    def connect_unix_socket(self, *args: Any, **kwargs: Any) -> httpcore.NetworkStream:
        raise Forbidden("a record store is not a socket of this machine")

    def sleep(self, seconds: float) -> None:
        self._plain.sleep(seconds)


class LookingTransport(httpx.HTTPTransport):
    """httpx's own, whose connections go through ``may_connect``. Knows no proxy: that would look up the name."""

    def __init__(self, verify: Any) -> None:
        super().__init__(verify=verify)
        self._pool.close()
        # The name on the certificate stays the host's: only the connection is ours.
        self._pool = httpcore.ConnectionPool(
            ssl_context=verify, max_connections=4, keepalive_expiry=5.0, network_backend=_Looking()
        )
