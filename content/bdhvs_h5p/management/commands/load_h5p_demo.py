"""`bdhvs load_h5p_demo`: an H5P activity of our own in the demonstration's course. A second run changes nothing."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation
from django.utils.dateparse import parse_datetime

from bdhvs_h5p.demo.building import load
from bdhvs_h5p.readiness import player_there
from bdhvs_lms.base.api import now


class Command(BaseCommand):
    help = "Add the project's own H5P activity to the demo course. Run load_demo first. A second run changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--at", default=None, help="Date and time of loading, ISO 8601 with a time zone. Default: now."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        at = now() if options["at"] is None else parse_datetime(options["at"])
        if at is None or at.tzinfo is None:
            raise CommandError("--at: not a date and time with a time zone, for example 2025-11-15T19:00:00+07:00")
        with translation.override("vi"):
            page = load(at=at)
        if options["verbosity"] > 0:
            if page is None:
                self.stdout.write("There is no published course to add it to: run load_demo first.")
                return
            self.stdout.write(f"{page.title}: {page.url}")
            if not player_there():
                self.stdout.write("The player is missing: run “npm ci”, then build again (docs/h5p.md).")
