"""`bdhvs serve`: the ready site behind granian, until Ctrl-C or SIGTERM."""

import errno
import gc
import signal
import socket
import sys
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections
from django.template import TemplateDoesNotExist
from django.template.loader import get_template
from django.urls import NoReverseMatch, Resolver404, resolve, reverse
from django.utils import translation

from bdhvs_lms.conf import app_settings
from bdhvs_lms.site.backups.serving import while_serving
from bdhvs_lms.site.backups.tables import Unkept
from bdhvs_lms.site.bodies import Bodies
from bdhvs_lms.site.checks import serving_problems
from bdhvs_lms.site.gateway import Gateway
from bdhvs_lms.site.metrics import folder
from bdhvs_lms.site.requests import note_refused
from bdhvs_xapi.conf import app_settings as xapi_settings

__all__ = ["Command", "body_limits", "port_is_free"]

# For the headers of a request, and for the next request of a connection that is kept.
HEADER_SECONDS = 20
CONNECTIONS = 4096
# What a form has beside its file: names, boundaries, a title.
BESIDE = 64 * 1024


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


def _application() -> Gateway:
    """What a worker serves. Called in the worker.

    Ctrl-C in a terminal reaches every process of the site, and the server then ends its workers itself. Two signals at
    once left a worker hanging until it was killed after ten seconds: the terminal's is not for it. Until granian
    listens for the server's own, a forked worker has the server's handler, which would do nothing here.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    # Loads the whole site: in the workers only.
    from bdhvs_lms.site.wsgi import application

    bodies = Bodies(body_limits(), disk=2 * app_settings.MAX_UPLOAD)
    # Need the site.
    from bdhvs_lms.base.api import seconds_elsewhere
    from bdhvs_lms.site.visitors import Visitors

    gateway = Gateway(application, bodies, note_refused, Visitors().row, seconds_elsewhere)
    _load_what_is_loaded_late()
    # What is there now stays for as long as the process: the collector need not look through it again and again, which
    # a page of many rows makes it do several times.
    gc.collect()
    gc.freeze()
    # A page that asks the database thirty times waits thirty times for its turn beside a thread that computes.
    sys.setswitchinterval(0.0005)
    return gateway


def _load_what_is_loaded_late() -> None:
    """Addresses and words, which the first visitor in each language would wait for."""
    for language, _ in settings.LANGUAGES:
        with translation.override(language):
            translation.gettext("")
            with suppress(Resolver404):
                resolve("/")
            with suppress(NoReverseMatch):
                reverse("wagtailadmin_home")
    with suppress(TemplateDoesNotExist):
        get_template("500.html")


def body_limits() -> list[tuple[str, int]]:
    """(beginning of a path, bytes of a body): files go up in the admin, statements come in at the record store, and
    everything else is a form."""
    limits = []
    for name, most in (
        ("wagtailadmin_home", app_settings.MAX_UPLOAD),
        ("bdhvs_xapi:about", xapi_settings.MAX_BODY),
    ):
        try:
            limits.append((reverse(name).removesuffix("about"), most + BESIDE))
        except NoReverseMatch:
            continue  # a site without it
    return [*limits, ("", (settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0) + BESIDE)]


def _servers_log() -> dict[str, Any]:
    """What granian itself says goes where the site's log goes, and looks like it."""
    log: dict[str, Any] = {key: value for key, value in settings.LOGGING.items() if key not in ("root", "loggers")}
    handlers = list(log["handlers"])
    return log | {"loggers": {"_granian": {"handlers": handlers, "level": "INFO", "propagate": False}}}


class Command(BaseCommand):
    """Refuses to start without a secret, allowed hosts, static files or with a failing system check."""

    help = "Serve the site with granian, including static files and image renditions."
    # Run in handle() with the deployment checks, and reported together with what only a server needs.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default 127.0.0.1)")
        parser.add_argument("--port", type=int, default=8000, help="port to listen on (default 8000)")
        parser.add_argument(
            "--workers", type=int, default=2, help="number of processes (default 2; one per core is a good start)"
        )

    def handle(self, *args: Any, host: str, port: int, workers: int, verbosity: int, **options: Any) -> None:
        if workers < 1:
            raise CommandError("--workers must be at least 1.")
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
        try:
            # Held until this process and its workers have ended.
            self.lock = while_serving()
        except Unkept as error:
            raise CommandError(str(error)) from None

        # Only this command needs a server installed.
        from granian.constants import HTTPModes, Interfaces
        from granian.http import HTTP1Settings
        from granian.log import LogLevels

        from bdhvs_lms.site.workers import Server

        server = Server(
            "bdhvs_lms.site.serve",
            address=host,
            port=port,
            interface=Interfaces.RSGI,
            workers=workers,
            websockets=False,
            # Not HTTP/2, which proxies do not speak to a server behind them: while granian waits to see which of the
            # two a visitor speaks, no time-out of headers runs.
            http=HTTPModes.http1,
            http1_settings=HTTP1Settings(header_read_timeout=HEADER_SECONDS * 1000),
            # Connections of one process; further ones wait until one of these ends.
            backpressure=CONNECTIONS,
            log_level=LogLevels.info if verbosity else LogLevels.warning,
            # A crashed worker is replaced; the site stays up.
            respawn_failed_workers=True,
            workers_kill_timeout=10,
            log_dictconfig=_servers_log(),
        )
        with folder():
            server.serve(target_loader=_application, wrap_loader=False)
