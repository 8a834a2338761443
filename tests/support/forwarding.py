"""A way to a server that can be cut and mended: what a database or a mail server that is away looks like."""

import socket
import threading
from contextlib import suppress
from urllib.parse import urlsplit


class Forwarder:
    """Between a client and the server that ``url`` names; its own ``url`` is the same with another port."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.target = (parts.hostname or "127.0.0.1", parts.port or 5432)
        self.listening: socket.socket | None = None
        self.port = 0
        self._open: list[socket.socket] = []
        self.mend()
        who = parts.netloc.rpartition("@")[0]
        self.url = parts._replace(netloc=f"{who}@127.0.0.1:{self.port}" if who else f"127.0.0.1:{self.port}").geturl()

    def __enter__(self) -> "Forwarder":
        return self

    def __exit__(self, *error: object) -> None:
        self.cut()

    def mend(self) -> None:
        self.listening = socket.create_server(("127.0.0.1", self.port), reuse_port=False, backlog=128)
        self.port = self.listening.getsockname()[1]
        threading.Thread(target=self._accept, args=(self.listening,), daemon=True).start()

    def cut(self) -> None:
        """Nobody listens any more, and what was open is closed."""
        if self.listening is not None:
            _close(self.listening)
            self.listening = None
        while self._open:
            _close(self._open.pop())

    def _accept(self, listening: socket.socket) -> None:
        while True:
            try:
                near, _ = listening.accept()
            except OSError:
                return
            far = socket.create_connection(self.target)
            self._open += [near, far]
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=self._pass_on, args=(one, other), daemon=True).start()

    @staticmethod
    def _pass_on(one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while piece := one.recv(65536):
                other.sendall(piece)
        with suppress(OSError):
            other.shutdown(socket.SHUT_WR)


def _close(line: socket.socket) -> None:
    with suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)
    line.close()
