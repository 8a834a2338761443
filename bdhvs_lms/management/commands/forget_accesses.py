"""`bdhvs forget_accesses`: looks at people that have been kept long enough go from the access log."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from bdhvs_lms.audit.api import forget_accesses
from bdhvs_lms.base.api import now
from bdhvs_lms.conf import app_settings


class Command(BaseCommand):
    help = "Delete entries of the access log that are older than BDHVS_ACCESS_LOG_DAYS, in short transactions."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--days", type=int, default=None, help="Days to keep. Default: BDHVS_ACCESS_LOG_DAYS; 0: keep all."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        days = options["days"]
        if days is None:
            days = app_settings.ACCESS_LOG_DAYS
        if days < 0:
            raise CommandError("--days must be a number of days, 0 or more.")
        gone = 0
        if days:
            before = now() - timedelta(days=days)
            while piece := forget_accesses(before):
                gone += piece
        if options["verbosity"] >= 1:
            self.stdout.write(f"Deleted: {gone} looks." if days else "All looks are kept: BDHVS_ACCESS_LOG_DAYS is 0.")
