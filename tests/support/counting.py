"""Counts between a browser and a server what is really asked for and sent, whatever either of them remembers."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

__all__ = ["Counter", "Exchange"]

_REQUEST = re.compile(rb"(GET|HEAD|POST|OPTIONS) (\S+) HTTP/1\.1\r\n")


@dataclass
class Exchange:
    method: str
    path: str
    sent: int = 0
    """Bytes that came back, headers included."""


@dataclass
class Counter:
    """Listens on a port of this machine and passes everything on to a server on another one.

    latency: seconds from a request, or the opening of a connection, to its first answer. rate: bytes a second for all
    that come back together; 0: as fast as it goes.
    """

    port: int
    server: int
    latency: float = 0.0
    rate: int = 0
    exchanges: list[Exchange] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._line = threading.Lock()
        self._listening = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        try:
            self._listening.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # nobody was connected
        self._listening.close()

    def _accept(self) -> None:
        while True:
            try:
                browser, _address = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._connect, args=(browser,), daemon=True).start()

    def _connect(self, browser: socket.socket) -> None:
        time.sleep(self.latency)
        server = socket.create_connection(("127.0.0.1", self.server))
        # No request of a browser before the answer to the last one, on one connection.
        under_way: list[Exchange] = []
        threading.Thread(target=self._ask, args=(browser, server, under_way), daemon=True).start()
        self._answer(server, browser, under_way)

    def _ask(self, browser: socket.socket, server: socket.socket, under_way: list[Exchange]) -> None:
        seen = b""
        for data in _pieces(browser, server):
            seen += data
            last = 0
            for found in _REQUEST.finditer(seen):
                under_way.append(Exchange(found[1].decode(), found[2].decode()))
                self.exchanges.append(under_way[-1])
                last = found.end()
            seen = seen[max(last, len(seen) - 4000) :]
            server.sendall(data)

    def _answer(self, server: socket.socket, browser: socket.socket, under_way: list[Exchange]) -> None:
        with server, browser:
            for data in _pieces(server, browser):
                if under_way:
                    if not under_way[-1].sent:
                        time.sleep(self.latency)
                    under_way[-1].sent += len(data)
                if self.rate:
                    with self._line:
                        time.sleep(len(data) / self.rate)
                browser.sendall(data)


def _pieces(source: socket.socket, target: socket.socket) -> Iterator[bytes]:
    """What comes, until either side ends."""
    try:
        while data := source.recv(16384):
            yield data
    except OSError:
        pass
    try:
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass  # gone already
