"""`bdhvs load_h5p_demo`: an H5P activity of our own in the demonstration's course. A second run changes nothing."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import translation

from bdhvs_demo.h5p import load
from bdhvs_lms.management.moments import add_at, at_of
from h5p_python_adapter import player_there


class Command(BaseCommand):
    help = "Add the project's own H5P activity to the demo course. Run load_demo first. A second run changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_at(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        at = at_of(options)
        with translation.override("vi"):
            page = load(at=at)
        if options["verbosity"] > 0:
            if page is None:
                self.stdout.write("There is no published course to add it to: run load_demo first.")
                return
            self.stdout.write(f"{page.title}: {page.url}")
            if not player_there():
                self.stdout.write("The player is missing: run “npm ci”, then build again (docs/h5p.md).")
