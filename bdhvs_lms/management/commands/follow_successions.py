"""`bdhvs follow_successions`: place the people of units that have ended, where there is no doubt where they belong."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from bdhvs_lms.base.api import day_of, now
from bdhvs_lms.campaign.api import Area
from bdhvs_lms.learners.api import follow_successions, placed_in
from bdhvs_lms.management.progress import Bar, Steps


class Command(BaseCommand):
    help = (
        "Move people whose administrative area has ended to the area that succeeded it as a whole; people of divided "
        "areas stay unassigned until somebody assigns them. Can be stopped and run again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--on", default=None, help="Areas that ended before this date, for example 2025-07-01. Default: today."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        at = now()
        try:
            on = day_of(at) if options["on"] is None else date.fromisoformat(options["on"])
        except ValueError:
            raise CommandError(f"--on: not a date: {options['on']!r}. Use the form 2025-07-01.") from None
        if on > day_of(at):
            raise CommandError(f"--on: {on} is in the future.")
        ended = list(Area.objects.filter(valid_to__lt=on).values_list("pk", flat=True))
        with Bar(total=placed_in(ended, on).count(), stream=self.stderr, label="follow_successions") as bar:
            done = follow_successions(on=on, at=at, progress=Steps(bar))
        self.stdout.write(f"{done['placed']} people moved to the successor, {done['unassigned']} not assigned yet.")
