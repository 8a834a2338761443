"""Sites whose processes are forked from one that has loaded the site: each costs tenths of a second, where one that
loads it itself costs two and a half. They stand one after the other in one folder, of which that process has read."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support.forks import Fork, Forks
from tests.support.live import START_SECONDS, Installation, Server, free_port

# What can still be told to a process that has loaded the site, and what it has to be loaded with.
TOLD_LATER = ("BDHVS_TEST_CLOCK", "BDHVS_H5P_CONTENT_ORIGIN")
LOADED_WITH = ("BDHVS_", "DJANGO_SETTINGS_MODULE", "DATABASE_URL")
# What a server's start loads and looks at.
FIRST = """
import gc
from django.core.checks import run_checks
from django.db import connections
from django.urls import resolve
from bdhvs_lms.site import checks, serve, wsgi
resolve("/")
run_checks()
connections.close_all()
gc.freeze()
"""
BEGIN = """
import os, time
from django.conf import settings
from bdhvs_lms.base import clock
os.environ.update({told!r})
for name in {later!r}:
    setattr(settings, name, os.environ.get(name, ""))
clock._STARTED = time.monotonic()
"""
# In a group of its own; what it says goes into a file.
GROUP = """
import sys
os.setsid()
log = os.open({log!r}, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
os.dup2(log, 1)
os.dup2(log, 2)
sys.stderr = open(1, "w", buffering=1, closefd=False)
print(os.getpid(), flush=True)
"""
MANAGE = """
from bdhvs_lms.site.cli import Utility
Utility(["bdhvs", *{arguments!r}]).execute()
"""


@dataclass
class ForkedServer(Server):
    process: Any
    fork: Fork
    group: int

    def stop(self) -> int:
        os.kill(self.group, signal.SIGTERM)
        try:
            self.fork.end()
        except AssertionError:
            return 1
        return 0


@dataclass
class ForkedSite(Installation):
    """An installation at the place that ``ground`` has for it."""

    ground: Ground | None = None

    def _begin(self, code: str, told: Mapping[str, str]) -> Fork:
        """A process of this site, loaded with what its settings read."""
        assert self.ground is not None
        read = {name: value for name, value in told.items() if name.startswith(LOADED_WITH) and name not in TOLD_LATER}
        begin = BEGIN.format(told=dict(told), later=TOLD_LATER)
        return self.ground.forks(self.environment | read).start(begin + code)

    def manage(
        self,
        *arguments: str,
        environment: Mapping[str, str] | None = None,
        timeout: float = 300,
        stderr: bool = False,
    ) -> str:
        return self._begin(MANAGE.format(arguments=arguments), environment or {}).end()

    def python(self, code: str, **environment: str) -> str:
        return self._begin(code, environment).end()

    def serve(self, *, workers: int = 1, port: int | None = None, **environment: str) -> Server:
        port = port or free_port()
        log = self.data_dir / f"serve-{port}.log"
        arguments = ("serve", "--port", str(port), "--workers", str(workers))
        code = GROUP.format(log=str(log)) + MANAGE.format(arguments=arguments)
        fork = self._begin(code, environment)
        server = ForkedServer(None, f"http://127.0.0.1:{port}", log, fork, int(fork.hear()))
        self.servers.append(server)
        deadline = time.monotonic() + START_SECONDS
        while not server.is_healthy():
            said = log.read_text(errors="replace")
            assert not fork.has_said() and time.monotonic() < deadline, f"bdhvs serve did not answer:\n{said}"
            time.sleep(0.05)
        return server


@dataclass
class Ground:
    """Where sites stand, and the processes that others are forked from, by what they were loaded with."""

    place: Path
    loaded: dict[frozenset[tuple[str, str]], Forks] = field(default_factory=dict)
    key: str = ""

    def forks(self, environment: Mapping[str, str]) -> Forks:
        # Each test has another of that name.
        known = frozenset(item for item in environment.items() if item[0] != "PYTEST_CURRENT_TEST")
        if known not in self.loaded:
            self.loaded[known] = Forks(environment, FIRST)
        return self.loaded[known]

    @contextmanager
    def site(self, moved: Installation) -> Iterator[Installation]:
        """This installation, moved here. On another database than SQLite's it stays where it is, with processes that
        load the site each."""
        if not moved.database_url.startswith("sqlite"):
            yield moved
            return
        moved.data_dir.rename(self.place)
        # The same for all, so that one loaded process is enough.
        self.key = self.key or moved.environment["BDHVS_SECRET_KEY"]
        url = f"sqlite:///{self.place / 'db.sqlite3'}"
        environment = moved.environment | {
            "BDHVS_DATA_DIR": str(self.place),
            "DATABASE_URL": url,
            "BDHVS_SECRET_KEY": self.key,
        }
        site = ForkedSite(self.place, url, environment, ground=self)
        try:
            yield site
        finally:
            try:
                site.close()
            finally:
                self.place.rename(moved.data_dir)

    def close(self) -> None:
        for forks in self.loaded.values():
            forks.close()
