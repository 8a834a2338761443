"""`bdhvs overwrite_erased`: no copy of what was erased stays in the files of the database."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from bdhvs_lms.privacy.api import settle


class Command(BaseCommand):
    help = "Remove erased data from the database's files: SQLite's write-ahead log, PostgreSQL's dead rows (--full)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--full",
            action="store_true",
            help="PostgreSQL: rewrite the tables, which are locked meanwhile.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if connection.vendor == "postgresql" and not options["full"]:
            raise CommandError(
                "PostgreSQL reuses the space of deleted rows in time (autovacuum). To overwrite it now, while nobody "
                "uses the site: --full."
            )
        if not settle(full=options["full"]):
            raise CommandError("The database is being read: try again, or stop the site for a moment.")
        if options["verbosity"] >= 1:
            self.stdout.write("Done.")
