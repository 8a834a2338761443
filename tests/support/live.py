"""An installation of the ready site outside the test's process: its own data folder, database, and server process."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def clean_environment(**extra: str) -> dict[str, str]:
    """This process's environment without what the tests' own settings put into it, plus ``extra``."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("BDHVS_") and name not in ("DJANGO_SETTINGS_MODULE", "DATABASE_URL")
    }
    return environment | extra


@dataclass
class Postgres:
    """Databases made for one test and dropped after it, on the server that ``url`` names."""

    url: str

    def _execute(self, statement: str) -> None:
        import psycopg

        with psycopg.connect(self.address("postgres"), autocommit=True) as connection:
            connection.execute(statement)  # type: ignore[arg-type]

    def address(self, name: str) -> str:
        return urlsplit(self.url)._replace(path=f"/{name}").geturl()

    @property
    def prefix(self) -> str:
        return f"{urlsplit(self.url).path.strip('/')}_"

    def name(self, purpose: str) -> str:
        return f"{self.prefix}{purpose}_{secrets.token_hex(4)}"

    def has(self, name: str) -> bool:
        return name in self._names(name)

    def rename(self, name: str, new: str) -> None:
        self._execute(f'ALTER DATABASE "{name}" RENAME TO "{new}"')

    def create(self, name: str, template: str = "template0") -> str:
        self._execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self.address(name)

    def drop(self, name: str) -> None:
        self._execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def drop_all(self, purpose: str) -> None:
        """Every database that name() gave for a purpose that begins so."""
        for name in self._names(f"{self.prefix}{purpose}"):
            self.drop(name)

    def _names(self, start: str) -> list[str]:
        import psycopg

        with psycopg.connect(self.address("postgres"), autocommit=True) as connection:
            found = connection.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [start])
            return [row[0] for row in found]


@dataclass
class Server:
    """A running `bdhvs serve`. ``url`` has no slash at its end; ``log`` is a file with everything it said."""

    process: subprocess.Popen[bytes]
    url: str
    log: Path

    @property
    def pid(self) -> int:
        return self.process.pid

    def is_healthy(self) -> bool:
        """Whether /healthz says 200."""
        client = HTTPConnection("127.0.0.1", urlsplit(self.url).port, timeout=5)
        try:
            client.request("GET", "/healthz")
            return client.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            client.close()

    def stop(self) -> int:
        """End it as a service manager would; its exit code. Its whole group is killed after 20 seconds."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.kill()
        return self.process.returncode

    def kill(self) -> None:
        """SIGKILL to the server and its workers, which get no chance to finish anything."""
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass  # it ended before we came
        self.process.wait()


@dataclass
class Installation:
    """Data folder and database of one site. ``environment`` is what its processes get."""

    data_dir: Path
    database_url: str
    environment: dict[str, str] = field(default_factory=dict)
    servers: list[Server] = field(default_factory=list)

    @classmethod
    def make(cls, data_dir: Path, database_url: str, **extra: str) -> "Installation":
        data_dir.mkdir(parents=True, exist_ok=True)
        environment = clean_environment(
            BDHVS_DATA_DIR=str(data_dir),
            BDHVS_SECRET_KEY=secrets.token_urlsafe(64),
            BDHVS_INSECURE_LOOPBACK="1",
            BDHVS_TESTING="1",
            DATABASE_URL=database_url,
        )
        return cls(data_dir, database_url, environment | extra)

    def manage(
        self,
        *arguments: str,
        environment: Mapping[str, str] | None = None,
        timeout: float = 300,
        stderr: bool = False,
    ) -> str:
        """Run `bdhvs ARGUMENTS` against this site; what it printed, with ``stderr`` that too (warnings go there).

        Raises AssertionError with all of it on failure.
        """
        done = subprocess.run(
            [sys.executable, "-m", "bdhvs_lms.site.cli", *arguments],
            cwd=ROOT,
            env=self.environment | dict(environment or {}),
            capture_output=True,
            text=True,
            timeout=timeout,
        )
        if done.returncode:
            raise AssertionError(f"bdhvs {' '.join(arguments)} → {done.returncode}\n{done.stdout}\n{done.stderr}")
        return done.stdout + done.stderr if stderr else done.stdout

    def python(self, code: str, **environment: str) -> str:
        """Run Python code with this site's settings in a process of its own; what it printed."""
        return self.manage("shell", "--no-imports", "-c", code, environment=environment)

    def serve(self, *, workers: int = 1, port: int | None = None, **environment: str) -> Server:
        """Start `bdhvs serve` on a free port, or on this one, and wait until /healthz says 200.

        Two workers for races, and where one process must see at once what the other wrote; each costs a start.
        """
        server = self.start(workers=workers, port=port, **environment)
        deadline = time.monotonic() + START_SECONDS
        while not server.is_healthy():
            if server.process.poll() is not None or time.monotonic() > deadline:
                server.kill()
                raise AssertionError(f"bdhvs serve did not answer:\n{server.log.read_text(errors='replace')}")
            time.sleep(0.05)
        return server

    def start(self, *, workers: int = 1, port: int | None = None, **environment: str) -> Server:
        """serve() without waiting for an answer."""
        port = port or free_port()
        log = self.data_dir / f"serve-{port}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "bdhvs_lms.site.cli", "serve"]
                + ["--port", str(port), "--workers", str(workers)],
                cwd=ROOT,
                env=self.environment | environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                # Its own group, so that a kill reaches the workers and nothing else.
                start_new_session=True,
            )
        server = Server(process, f"http://127.0.0.1:{port}", log)
        self.servers.append(server)
        return server

    def close(self) -> None:
        for server in self.servers:
            server.stop()


def copy_sqlite(template: Path, target: Path) -> str:
    """A copy of a database file that nobody has open; its DATABASE_URL."""
    shutil.copyfile(template, target)
    return f"sqlite:///{target}"
