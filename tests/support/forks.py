"""Processes forked from one in which Django is loaded: each costs milliseconds to start, where its own costs seconds.

As a program it waits at the socket it is told for code, and forks a process that runs it; whoever asked is what that
process reads from and prints to. It ends with its own input.
"""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import sys
import traceback
from collections.abc import Mapping
from tempfile import TemporaryDirectory
from typing import Any

from tests.support.live import ROOT

DONE = "\0done"


class Fork:
    """One process. It reads and prints lines."""

    def __init__(self, address: str, code: str) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(address)
        # Two, because a file for both forgets what it has read ahead when it writes.
        self._from, self._to = self._socket.makefile("r"), self._socket.makefile("w")
        self.say(code)

    def say(self, message: Any) -> None:
        """Send a line of JSON."""
        self._to.write(json.dumps(message) + "\n")
        self._to.flush()

    def hear(self) -> str:
        """Wait for a line; empty when the process has ended."""
        return self._from.readline().strip()

    def has_said(self) -> bool:
        """Whether there is something to hear, or it has ended. Ask only after what was said before is heard."""
        return bool(select.select([self._socket], [], [], 0)[0])

    def end(self) -> str:
        """Close its input and wait for its end; what it still said. Raise AssertionError if it failed or was killed."""
        try:
            self._socket.shutdown(socket.SHUT_WR)
            said, done, failure = self._from.read().rpartition(DONE)
        finally:
            self._from.close()
            self._to.close()
            self._socket.close()
        assert done, f"The process failed:\n{failure}"
        return said


class Forks:
    """The process that forks others, with these variables; the ready site's where they name no settings. Close it.

    ``first``: code that it runs before, once for all that it forks."""

    def __init__(self, environment: Mapping[str, str], first: str = "") -> None:
        self._folder = TemporaryDirectory()
        self._address = f"{self._folder.name}/socket"
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.forks", self._address, first],
            cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self._process.stdout
        assert self._process.stdout.readline() == "ready\n"

    def start(self, code: str) -> Fork:
        return Fork(self._address, code)

    def python(self, code: str) -> str:
        """Run code in a process; what it printed."""
        return self.start(code).end()

    def close(self) -> None:
        with self._process:
            pass  # closes its input and waits
        self._folder.cleanup()


def _run(connection: socket.socket) -> None:
    from django.db import connections

    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    sys.stdin, sys.stdout = connection.makefile("r"), connection.makefile("w")
    try:
        exec(json.loads(sys.stdin.readline()), {"__name__": "forked"})  # noqa: S102
        sys.stdout.write(DONE)
    except BaseException:
        traceback.print_exc(file=sys.stdout)
    # As a process that ends by itself: the last one of an SQLite file leaves no log beside it.
    connections.close_all()
    sys.stdout.flush()
    os._exit(0)


def _reap(*_: Any) -> None:
    """Take leave of those that have ended, so that their seconds are counted."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass  # none is left


def _wait(address: str, first: str) -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bdhvs_lms.site.settings")
    django.setup()
    exec(first, {"__name__": "first"})  # noqa: S102
    signal.signal(signal.SIGCHLD, _reap)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(address)
        server.listen()
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        while sys.stdin not in select.select([server, sys.stdin], [], [])[0]:
            connection, _ = server.accept()
            if os.fork() == 0:
                server.close()
                _run(connection)
            connection.close()


if __name__ == "__main__":
    _wait(*sys.argv[1:])
