"""`bdhvs demo`: everything set up on this machine, served on loopback, until Ctrl-C."""

import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from types import FrameType
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command, get_commands, load_command_class
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, connections

from bdhvs_lms.base.api import now
from bdhvs_lms.conf import app_settings
from bdhvs_lms.site import env
from bdhvs_lms.site.serve import port_is_free

__all__ = ["Command", "prepare_environment", "use_demos_key"]

KEY_FILE = "demo-secret-key"
START_SECONDS = 60

# role, user name, password (or PIN), address below the site's root
Login = tuple[str, str, str, str]


def prepare_environment() -> None:
    """Set the environment of a demo before the settings are read: its own key file, http on loopback only.

    What a real site's environment says about keys and hosts does not count here, so that a demo in the wrong
    terminal is reachable from this machine only.
    """
    data_dir = env.path("BDHVS_DATA_DIR", "var")
    data_dir.mkdir(mode=0o750, parents=True, exist_ok=True)
    key_file = data_dir / KEY_FILE
    os.environ["BDHVS_DEMO_NEW"] = "1" if _write_key(key_file) else "0"
    os.environ["BDHVS_SECRET_KEY_FILE"] = str(key_file)
    os.environ["BDHVS_INSECURE_LOOPBACK"] = "1"
    for name in ("BDHVS_SECRET_KEY", "BDHVS_ALLOWED_HOSTS", "BDHVS_DEBUG", "BDHVS_BEHIND_PROXY"):
        os.environ.pop(name, None)


def use_demos_key() -> None:
    """For a command beside a running demo: its key, when the environment names none and a demo has made one here.

    Credentials and what is encrypted would otherwise not be those of the demo.
    """
    key_file = env.path("BDHVS_DATA_DIR", "var") / KEY_FILE
    given = env.text("BDHVS_SECRET_KEY") or env.text("BDHVS_SECRET_KEY_FILE")
    if not given and key_file.is_file():
        os.environ.pop("BDHVS_SECRET_KEY", None)
        os.environ["BDHVS_SECRET_KEY_FILE"] = str(key_file)


def _write_key(file: Path) -> bool:
    """Write a new key, readable by its owner only; False when the file is there already."""
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    with os.fdopen(descriptor, "w", encoding="ascii") as opened:
        opened.write(secrets.token_urlsafe(64) + "\n")
    return True


def _answers(port: int) -> bool:
    """Whether /healthz says 200."""
    client = HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        client.request("GET", "/healthz")
        return client.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        client.close()


def _stop(signum: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


class Command(BaseCommand):
    """Sets up, loads the demo's data, starts `bdhvs serve`, and says once that it answers and who may sign in.

    A loader is a management command named in BDHVS_DEMO_LOADERS. It takes ``--at`` (ISO 8601 with a zone),
    may be run again on its own data, and may leave a list ``demo_logins`` of (role, user name, password, address) on
    itself.
    """

    help = "Set up a demo on this machine and serve it on 127.0.0.1 until Ctrl-C."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000, help="port on 127.0.0.1 (default 8000)")
        parser.add_argument("--workers", type=int, default=2, help="number of server processes (default 2)")

    def handle(self, *args: Any, port: int, workers: int, **options: Any) -> None:
        # `docker stop` and service managers send SIGTERM: it must end the server like Ctrl-C does. And what a shell
        # starts in the background inherits a SIGINT that is ignored.
        signal.signal(signal.SIGTERM, _stop)
        signal.signal(signal.SIGINT, _stop)
        try:
            self._run(port, workers)
        except KeyboardInterrupt:
            self.stdout.write("Đã dừng.")

    def _run(self, port: int, workers: int) -> None:
        # Asked before the work, and so that another server's answer is not taken for ours.
        if not port_is_free("127.0.0.1", port):
            raise CommandError(f"Port {port} on 127.0.0.1 is in use. Try PORT={port + 1} make demo.")
        self._set_up()
        logins = list(self._load())
        connections.close_all()
        command = [sys.executable, "-m", "bdhvs_lms.site.cli", "serve"]
        command += ["--port", str(port), "--workers", str(workers), "--verbosity", "0"]
        with subprocess.Popen(command) as server:  # noqa: S603 - our own command
            try:
                self._wait_until_ready(server, port)
                address = f"http://127.0.0.1:{port}"
                self.stdout.write(f"Sẵn sàng: {address}/ (Ctrl-C để dừng)")
                for role, username, password, where in logins:
                    self.stdout.write(f"  {role}: {username} / {password} → {address}{where}")
                self.stdout.flush()
                code = server.wait()
            finally:
                if server.poll() is None:
                    server.terminate()
                    server.wait()
        raise CommandError(f"The server stopped unexpectedly (exit code {code}).", returncode=1)

    def _set_up(self) -> None:
        if os.environ.get("BDHVS_DEMO_NEW") == "1" and self._has_accounts():
            (settings.DATA_DIR / KEY_FILE).unlink()
            raise CommandError(
                "This database has accounts that no demo created, and a demo's passwords are public. Point "
                "BDHVS_DATA_DIR (and DATABASE_URL) elsewhere."
            )
        self.stdout.write("Đang chuẩn bị (lần đầu mất một, hai phút)…")
        self.stdout.flush()
        call_command("migrate", interactive=False, verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)

    def _has_accounts(self) -> bool:
        table = get_user_model()._meta.db_table
        with connection.cursor() as cursor:
            if table not in connection.introspection.table_names(cursor):
                return False
            cursor.execute(f"SELECT 1 FROM {connection.ops.quote_name(table)} LIMIT 1")  # noqa: S608 - a model's
            return cursor.fetchone() is not None

    def _load(self) -> Iterator[Login]:
        at = now().isoformat()
        for name in app_settings.DEMO_LOADERS:
            try:
                owner = get_commands()[name]
            except KeyError:
                raise CommandError(f"BDHVS_DEMO_LOADERS names {name!r}, which no installed app provides.") from None
            loader = owner if isinstance(owner, BaseCommand) else load_command_class(owner, name)
            call_command(loader, "--at", at, verbosity=0)
            yield from getattr(loader, "demo_logins", ())

    def _wait_until_ready(self, server: subprocess.Popen[bytes], port: int) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not _answers(port):
            code = server.poll()
            if code is not None:
                raise CommandError("The server did not start; see the messages above.", returncode=code or 1)
            if time.monotonic() > deadline:
                raise CommandError(f"The server did not answer within {START_SECONDS} seconds.")
            time.sleep(0.1)
