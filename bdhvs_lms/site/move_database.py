"""`bdhvs move-database URL`: the same site in another database, of the same engine or the other."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from bdhvs_lms.base.api import now
from bdhvs_lms.site import database
from bdhvs_lms.site.backups.making import make_within
from bdhvs_lms.site.backups.moving import COMPARE
from bdhvs_lms.site.backups.serving import alone
from bdhvs_lms.site.backups.stopping import in_words
from bdhvs_lms.site.backups.tables import snapshot

__all__ = ["Command"]

# Of the tables only, and gone when the move has ended; a killed one's is written over.
PASSING = "moving.bdhvs"


class Command(BaseCommand):
    """Nobody writes into the old database meanwhile, and nothing in it is changed: it is what it was if the move fails,
    and for as long as it is kept."""

    help = "Put this site's tables into another, empty database, and compare. The old one is only read."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "url",
            metavar="URL",
            help="Of the empty database, like postgres://user:password@host/name; -: read from standard input, where "
            "nobody else on the machine sees the password.",
        )
        parser.add_argument("--no-check", action="store_true", help="Do not compare with the ledger at the end.")

    def handle(self, *args: Any, **options: Any) -> None:
        url: str = sys.stdin.readline().strip() if options["url"] == "-" else options["url"]
        try:
            database.configuration(url)
        except ImproperlyConfigured as error:
            raise CommandError(str(error).replace(database.NAME, "The address")) from None
        stopped = "Stopped. The site is where it was; the same command begins again."
        with in_words(self.stderr, stopped=stopped), alone(), snapshot(connection, writers_wait=True):
            self._move(url, () if options["no_check"] else (COMPARE,))
        if options["verbosity"] >= 1:
            if options["no_check"]:
                self.stdout.write("Not compared with the ledger: run `bdhvs rebuild --check` there.")
            self.stdout.write("Moved. Now set DATABASE_URL to that address and start the site. The old database stays.")

    def _move(self, url: str, more: Sequence[str]) -> None:
        passing = Path(settings.DATA_DIR) / PASSING
        passing.unlink(missing_ok=True)
        try:
            make_within(passing, at=now(), stderr=self.stderr)
            self._run(url, "-m", "bdhvs_lms.site.backups.moving", str(passing), *more)
        finally:
            passing.unlink(missing_ok=True)

    def _run(self, url: str, *arguments: str) -> None:
        environment: Mapping[str, str] = {**os.environ, database.NAME: url}
        # A pipe that nothing is written into: its end tells the other that this process is no more.
        with subprocess.Popen([sys.executable, *arguments], env=environment, stdin=subprocess.PIPE) as other:  # noqa: S603
            try:
                code = other.wait()
            except KeyboardInterrupt:
                other.terminate()
                raise
        if code in (130, -signal.SIGINT, -signal.SIGTERM):
            raise KeyboardInterrupt
        if code:
            raise CommandError("The move has not ended; see above. The site is where it was.", returncode=1)
