"""Where a request of ours may go: never to the machine's own network because of what somebody typed in."""

from __future__ import annotations

import ipaddress
import socket
import threading
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from django.core.exceptions import ImproperlyConfigured

from bdhvs_xapi import api
from bdhvs_xapi.outbox.addresses import address_faults, may_connect
from bdhvs_xapi.outbox.transport import Destination
from bdhvs_xapi.outbox.wire import Reply, Wire, WireTrouble, trouble_of
from tests.support.loops import for_each

INSIDE = [
    "127.0.0.1",
    "0.0.0.0",  # noqa: S104
    "10.1.2.3",
    "172.31.0.9",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "100.100.100.200",
    "192.0.0.192",
    "198.18.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::a9fe:a9fe",
    "2002:7f00:1::",
    "2002:a9fe:a9fe::1",
    "fe80::1",
    "fc00::1",
    "fd00:ec2::254",
    "ff02::1",
]


@pytest.fixture
def closed(settings: Any) -> None:
    settings.BDHVS_XAPI_PEER_NETWORKS = []


@for_each("address", INSIDE)
def test_no_address_of_an_inner_network_is_asked(closed: None, address: str) -> None:
    assert not may_connect(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["1.1.1.1", "14.225.0.1", "2606:4700::1111", "64:ff9b::101:101", "::ffff:1.1.1.1"])
def test_public_addresses_are(closed: None, address: str) -> None:
    assert may_connect(ipaddress.ip_address(address))


def test_a_setting_opens_networks_but_never_the_link_or_a_clouds_secrets(settings: Any) -> None:
    settings.BDHVS_XAPI_PEER_NETWORKS = ["10.20.0.0/16"]
    assert may_connect(ipaddress.ip_address("10.20.3.4"))
    assert may_connect(ipaddress.ip_address("::ffff:10.20.3.4"))
    assert not may_connect(ipaddress.ip_address("10.21.3.4"))
    settings.BDHVS_XAPI_PEER_NETWORKS = ["0.0.0.0/0", "::/0"]
    for never in (
        "169.254.169.254",
        "::ffff:169.254.169.254",
        "fe80::1",
        "fd00:ec2::254",
        "100.100.100.200",
        "ff02::1",
    ):
        assert not may_connect(ipaddress.ip_address(never)), never
    settings.BDHVS_XAPI_PEER_NETWORKS = ["my network"]
    with pytest.raises(ImproperlyConfigured, match="BDHVS_XAPI_PEER_NETWORKS"):
        may_connect(ipaddress.ip_address("10.20.0.7"))


@for_each(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f.0.0.1",
        "0x7f000001",
        "0177.0.0.1",
        "[::1]",
        "[::ffff:7f00:1]",
        "[0:0:0:0:0:ffff:169.254.169.254]",
        "169.254.169.254",
        "[fe80::1%25eth0]",
        "localhost",
        "LOCALHOST",
        "lrs.localhost",
    ],
)
@for_each("scheme", ["http", "https"])
def test_the_form_refuses_it_in_any_notation(closed: None, scheme: str, host: str) -> None:
    assert address_faults(f"{scheme}://{host}/xapi"), host


@pytest.mark.parametrize(
    "address",
    [
        "https://lrs.example/xapi#",
        "https://lrs.example/xapi?",
        "https://lrs.example#/xapi",
        "https://lrs.example#@169.254.169.254/xapi",
        "https://lrs.example\\@169.254.169.254/xapi",
        "https://us:secret@lrs.example/xapi",
        "https://@lrs.example/xapi",
        "https:///xapi",
        "https://lrs.example/x api",
        "https://lrs.example/xapi\r\nHost: a",
        "https://lrs.example:99999/xapi",
        "https://lrs.example/\tx",
        "file:///etc/passwd",
        "gopher://lrs.example/",
        "https://[::1",
        "https://127.0.0.1。/",
    ],
)
def test_an_address_is_read_in_one_way_only(address: str) -> None:
    assert address_faults(address)


@pytest.mark.parametrize(
    "address", ["https://lrs.example/xapi", "https://lrs.example:8443/data/xAPI", "http://lrs/xapi"]
)
def test_plain_addresses_have_no_faults(closed: None, address: str) -> None:
    assert address_faults(address) == []


# --- When connecting --------------------------------------------------------------------------------------------------


@pytest.fixture
def listener() -> Iterator[tuple[int, list[str]]]:
    """A port of this machine, and who has connected."""
    came: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    connection, address = server.accept()
                except OSError:
                    return
                came.append(address[0])
                with connection:
                    connection.recv(65536)
                    connection.sendall(b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n")

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1], came
        server.shutdown(socket.SHUT_RDWR)
    thread.join(5)


class Names:
    """A name server of somebody else: what it answers, one look-up after the other, and what it was asked."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> None:
        self.asked: list[str] = []
        self._answers = list(answers)
        self._real = socket.getaddrinfo
        monkeypatch.setattr(socket, "getaddrinfo", self)

    def __call__(self, host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
        if host != "lrs.example":
            return self._real(host, port, *args, **kwargs)
        self.asked.append(host)
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (number, port)) for number in answer]


def ask(port: int) -> Reply:
    wire = Wire(Destination("province", f"http://lrs.example:{port}/xapi", "1.0.3"))
    try:
        return wire.request("GET", f"http://lrs.example:{port}/xapi/about")
    finally:
        wire.close()


def test_a_name_that_leads_inside_is_not_connected_to(
    closed: None, listener: tuple[int, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    port, came = listener
    Names(monkeypatch, ["127.0.0.1"])
    with pytest.raises(WireTrouble, match="BDHVS_XAPI_PEER_NETWORKS") as raised:
        ask(port)
    assert raised.value.trouble.pause
    assert came == []


def test_the_connection_goes_to_the_number_that_was_looked_at(
    settings: Any, listener: tuple[int, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The name's owner answers a harmless number first and an inner one to whoever looks again: nobody looks again."""
    settings.BDHVS_XAPI_PEER_NETWORKS = ["127.0.0.0/8"]
    port, came = listener
    names = Names(monkeypatch, ["169.254.169.254", "127.0.0.1"], ["169.254.169.254"])
    assert ask(port).status == 204
    assert (names.asked, came) == (["lrs.example"], ["127.0.0.1"])


def test_a_proxy_of_the_environment_is_not_used(
    closed: None, listener: tuple[int, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would look up the name itself, and stand inside the network."""
    port, came = listener
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{port}")
    monkeypatch.setenv("ALL_PROXY", f"http://127.0.0.1:{port}")
    Names(monkeypatch, ["10.0.0.1"])
    with pytest.raises(WireTrouble, match="BDHVS_XAPI_PEER_NETWORKS"):
        ask(port)
    assert came == []


@pytest.mark.django_db
def test_neither_target_nor_source_is_made_of_an_inner_address(closed: None) -> None:
    for url in ("http://127.0.0.1:9/xapi", "http://2130706433/xapi", "https://[::1]/xapi"):
        with pytest.raises(ValueError, match="BDHVS_XAPI_PEER_NETWORKS"):
            api.create_target("province", url=url)
        with pytest.raises(ValueError, match="BDHVS_XAPI_PEER_NETWORKS"):
            api.create_source("province", url=url)
    assert not api.Target.objects.exists() and not api.Source.objects.exists()


# --- What others say --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "body", "shown"),
    [
        ("text/html", b"<h1>root:x:0:0</h1>", "400, without a reason"),
        ("application/octet-stream", b"secret", "400, without a reason"),
        ("", b"secret", "400, without a reason"),
        ("text/plain", b"actor is not\r\nwelcome", "400: actor is not welcome"),
        ("application/json; charset=utf-8", b'{"error": "<script>x</script>"}', '400: {"error": " x "}'),
        ("text/plain", b"a\0b\x1b[2J\xe2\x80\xaec", "400: ab[2Jc"),
        ("text/plain", b"x" * 5000, f"400: {'x' * 300}"),
    ],
)
def test_what_another_store_says_is_shown_as_a_line_of_words(kind: str, body: bytes, shown: str) -> None:
    assert Reply(400, httpx.Headers({"Content-Type": kind} if kind else {}), body).reason == shown


def test_where_another_store_refers_to_is_shown_as_a_line_of_words() -> None:
    there = f"https://other.example/<b>{'x' * 900}"
    said = trouble_of(Reply(302, httpx.Headers({"Location": there}), b"")).reason
    assert "<b>" not in said and len(said) < 400
