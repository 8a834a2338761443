"""A package that means harm, in Chromium: with the site's own host and with a host of its own, in the page's frame and
opened by itself. It reads nothing of the site, and whoever it would tell something hears nothing, not even a name being
looked up.

The listener is a socket on this machine to which every name below evil.test leads; each attempt has a name of its own.
Chromium looks names up ahead of time only in a profile that is kept, so the browser has one. A control shows that both
instruments hear.
"""

from __future__ import annotations

import json
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from adapter_tests import building
from tests.e2e import h5p
from tests.support.browsing import FLAGS, driver
from tests.support.fixtures import require
from tests.support.live import Installation, free_port

HOSTILE = "Bdhvs.TestHostile 1.0"
# Each leaves the page that it stands in, so each has a page.
DEPARTURES = ("location", "replace", "link", "download", "refresh", "data", "blob", "script", "admin", "webrtcsrcdoc")
CONTROL = """<!doctype html><title>control</title><link rel="dns-prefetch" href="//ahead.control.test">
<script>fetch("http://after.control.test:%d/", {mode: "no-cors"}).catch(() => 0)</script>"""


@dataclass
class Listener:
    """Hears connections, and datagrams as WebRTC sends them, on one port of this machine."""

    port: int = field(default_factory=free_port)
    heard: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.stream = socket.create_server(("127.0.0.1", self.port))
        self.datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.datagrams.bind(("127.0.0.1", self.port))
        self.after = threading.Event()
        for listen in (self._connections, self._datagrams):
            threading.Thread(target=listen, daemon=True).start()

    def _connections(self) -> None:
        while True:
            try:
                connection, _address = self.stream.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection:
            connection.settimeout(30)
            try:
                first = connection.recv(2000).decode(errors="replace")
            except OSError:
                first = ""
            found = re.search(r"Host: (\S+)", first)
            host = found[1] if found is not None else ""
            if host.startswith("page.control.test"):
                body = CONTROL % self.port
                connection.sendall(
                    f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n{body}".encode()
                )
            elif host.startswith("after.control.test"):
                connection.sendall(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
                self.after.set()
            elif first:
                self.heard.append(host or first[:80])
            # A connection that says nothing is one made ahead of time: the look-up before it is in the browser's log.

    def _datagrams(self) -> None:
        while True:
            try:
                data = self.datagrams.recv(2000)
            except OSError:
                return
            if data:
                self.heard.append(f"datagram {data[:20]!r}")

    def close(self) -> None:
        for one in (self.stream, self.datagrams):
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # a socket without a peer
            one.close()


@dataclass
class Scene:
    played: h5p.Played
    single: str
    own_host: str
    content_host: str
    listener: Listener


@pytest.fixture(scope="module")
def scene(module_installation: Installation) -> Iterator[Scene]:
    from h5p_python_adapter import player_there

    require(player_there(), "The H5P player (npm ci)")
    listener = Listener()
    port = free_port()
    content = f"http://localhost:{port}"
    target = f"evil.test:{listener.port}"
    packages = {}
    for name in ("all", *DEPARTURES):
        # The site's origin is told by the page that is tried; both servers know /quan-tri/.
        params = {"target": target, "site": f"http://127.0.0.1:{port}"} | ({} if name == "all" else {"only": name})
        packages[name] = building.package(HOSTILE, params)
    played = h5p.make(module_installation, packages)
    single = module_installation.serve(BDHVS_TEST_CLOCK=h5p.CLOCK)
    own = module_installation.serve(port=port, BDHVS_TEST_CLOCK=h5p.CLOCK, BDHVS_H5P_CONTENT_ORIGIN=content)
    yield Scene(played, single.url, own.url, content, listener)
    listener.close()


@contextmanager
def kept_profile(chromium: str, folder: Path) -> Iterator[Any]:
    """A browser with a profile that is kept; what it looked up is in `folder`/net.json once it has ended."""
    rules = (
        "MAP *.evil.test evil.localhost, MAP ahead.control.test ahead.localhost, MAP *.control.test control.localhost"
    )
    with driver() as playwright:
        context = playwright.chromium.launch_persistent_context(
            folder / "profile",
            executable_path=chromium,
            args=[*FLAGS, f"--host-resolver-rules={rules}", f"--log-net-log={folder / 'net.json'}"],
            locale="vi-VN",
        )
        try:
            yield context
        finally:
            context.close()


def looked_up(folder: Path) -> set[str]:
    """Names that Chromium asked its resolver for, however it came to ask."""
    log = json.loads((folder / "net.json").read_text(encoding="utf-8"))
    kinds = {number for name, number in log["constants"]["logEventTypes"].items() if name.startswith("HOST_RESOLVER")}
    found = (str(event.get("params", {}).get("host", "")) for event in log["events"] if event["type"] in kinds)
    return {_host(name) for name in found if name}


def _host(name: str) -> str:
    return name.rpartition("//")[2].partition(":")[0]


def wait_for_the_last(context: Any, scene: Scene) -> None:
    """What was asked for before this has been asked for now: a page that nobody shut in connects, and is heard."""
    scene.listener.after.clear()
    page = context.new_page()
    page.goto(f"http://page.control.test:{scene.listener.port}/")
    assert scene.listener.after.wait(20)
    page.close()


def in_the_frame(context: Any, scene: Scene, url: str) -> list[str]:
    """What came of it that must not."""
    wrong = []
    page = context.new_page()
    page.goto(url + scene.played.paths["all"])
    frame = h5p.frame_of(page)
    frame.wait_for_function("() => document.getElementById('results').textContent !== '…'")
    got = json.loads(frame.inner_text("#results"))
    assert len(got) > 15
    wrong += [f"{name}: {value}" for name, value in got.items() if value]
    if page.url != url + scene.played.paths["all"]:
        wrong.append(f"the page went to {page.url}")
    wait_for_the_last(context, scene)
    page.close()
    for name in DEPARTURES:
        page = context.new_page()
        with page.expect_console_message(lambda message, name=name: message.text == f"leaving by {name}"):
            page.goto(url + scene.played.paths[name])
        wait_for_the_last(context, scene)
        if page.url != url + scene.played.paths[name]:
            wrong.append(f"{name}: the page went to {page.url}")
        wrong += [
            f"{name}: the frame shows {one.url}"
            for one in page.frames[1:]
            if "/quan-tri/" in one.url or "evil" in one.url
        ]
        page.close()
    return wrong


def by_itself(context: Any, scene: Scene, url: str) -> list[str]:
    """Opened directly nothing of a package runs."""
    wrong = []
    for name in ("all", "location"):
        page = context.new_page()
        page.goto(url + scene.played.paths[name])
        address = page.get_attribute("[data-h5p]", "data-h5p")
        page.close()
        page = context.new_page()
        response = page.goto(address)
        assert "sandbox allow-scripts" in response.headers["content-security-policy"]
        page.wait_for_selector("#alone")
        if page.evaluate("self.origin") != "null":
            wrong.append(f"{name}: the origin is {page.evaluate('self.origin')}")
        if page.evaluate("Boolean(window.Bdhvs || document.querySelector('.h5p-container'))"):
            wrong.append(f"{name}: the package runs")
        wait_for_the_last(context, scene)
        if page.url != address:
            wrong.append(f"{name}: the page went to {page.url}")
        page.close()
    return wrong


@pytest.mark.thorough
def test_a_hostile_package_reads_nothing_and_reaches_nobody(scene: Scene, whole_chromium: str, tmp_path: Path) -> None:
    wrong = {}
    with kept_profile(whole_chromium, tmp_path) as context:
        for url in (scene.single, scene.own_host, scene.content_host):
            scene.played.sign_in(context, url)
        for host, url in (("the site's own host", scene.single), ("a host of its own", scene.own_host)):
            wrong[f"{host}, in the frame"] = in_the_frame(context, scene, url) + scene.listener.heard
            scene.listener.heard.clear()
            wrong[f"{host}, opened directly"] = by_itself(context, scene, url) + scene.listener.heard
            scene.listener.heard.clear()
    names = looked_up(tmp_path)
    # The control has looked names up, ahead of time too.
    assert {"control.localhost", "ahead.localhost"} <= names
    assert {what: found for what, found in wrong.items() if found} == {}
    assert not {name for name in names if "evil" in name}
