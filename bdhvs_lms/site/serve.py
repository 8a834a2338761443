"""`bdhvs serve`: the ready site behind granian, until Ctrl-C or SIGTERM."""

import errno
import signal
import socket
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections

from bdhvs_lms.site.checks import serving_problems

__all__ = ["Command", "port_is_free"]


def port_is_free(host: str, port: int) -> bool:
    """Whether nobody listens there: granian shares a port with another granian without a word.

    Raises CommandError when the address cannot be listened on at all.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen(1)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return False
            raise CommandError(f"Cannot listen on {host}:{port}: {error.strerror}") from None
    return True


def _application() -> Callable[..., Any]:
    """What a worker serves. Called in the worker.

    Ctrl-C in a terminal reaches every process of the site, and the server then ends its workers itself. Two signals at
    once left a worker hanging until it was killed after ten seconds: the terminal's is not for it.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    from bdhvs_lms.site.wsgi import application

    return application


class Command(BaseCommand):
    """Refuses to start without a secret, allowed hosts, static files or with a failing system check."""

    help = "Serves the site with granian: static files and image renditions included."
    # Run in handle() with the deployment checks, and reported together with what only a server needs.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default 127.0.0.1)")
        parser.add_argument("--port", type=int, default=8000, help="port to listen on (default 8000)")
        parser.add_argument(
            "--workers", type=int, default=2, help="processes (default 2: one per core is a good start)"
        )

    def handle(self, *args: Any, host: str, port: int, workers: int, verbosity: int, **options: Any) -> None:
        if workers < 1:
            raise CommandError("--workers takes at least 1.")
        host = host.strip("[]")
        problems, warnings = serving_problems(host)
        if not problems and not port_is_free(host, port):
            problems.append(f"Port {port} of {host} is taken: choose another with --port.")
        for line in warnings:
            self.stderr.write(self.style.WARNING(line))
        if problems:
            raise CommandError("The site cannot be served:\n" + "\n".join(f"- {line}" for line in problems))
        # The checks may have opened connections; workers make their own.
        connections.close_all()

        from granian import Granian  # only this command needs a server installed
        from granian.constants import Interfaces
        from granian.log import LogLevels

        Granian(
            "bdhvs_lms.site.wsgi:application",
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            workers=workers,
            # One thread: Python runs one at a time anyway, and SQLite has one writer.
            blocking_threads=1,
            websockets=False,
            log_level=LogLevels.info if verbosity else LogLevels.warning,
            # A crashed worker is replaced; the site stays up.
            respawn_failed_workers=True,
            workers_kill_timeout=10,
        ).serve(target_loader=_application, wrap_loader=False)
