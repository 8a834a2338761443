"""`bdhvs freeze_reading`: write down the numbers of the month that ended."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from bdhvs_lms.base.api import day_of, now
from bdhvs_lms.reporting.api import freeze, month_before, planned_areas, readings_of


class Command(BaseCommand):
    help = (
        "Freeze the readings of the month that ended: for each area with a plan, unless the month has one. "
        "With --why a further reading that replaces it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--day", help="Data up to the end of this day, YYYY-MM-DD; the last of the month before.")
        parser.add_argument("--area", help="Code of one area with a plan; all of them.")
        parser.add_argument("--why", default="", help="Why a month that has a reading gets another one.")

    def handle(self, *args: Any, **options: Any) -> None:
        at = now()
        try:
            day = date.fromisoformat(options["day"]) if options["day"] else month_before(day_of(at))
        except ValueError:
            raise CommandError(f"Not a day like 2026-01-31: {options['day']}") from None
        if not 2000 <= day.year <= 2100:
            raise CommandError(f"Not a day between 2000 and 2100: {options['day']}")
        areas = [one for one in planned_areas() if options["area"] in (None, one.code)]
        if not areas:
            raise CommandError("No such area has a plan.")
        for area in areas:
            earlier = readings_of(area, day, at=at)
            if earlier and not options["why"]:
                self.stdout.write(f"{area.name}: {day:%m/%Y} has reading {earlier[-1].number} already.")
                continue
            try:
                made = freeze(area, day, at=at, by=None, why=options["why"])
            except ValidationError as wrong:
                raise CommandError(f"{area.name}: {'; '.join(wrong.messages)}") from None
            self.stdout.write(f"{area.name}: reading {made.number} of {day:%m/%Y}, data as of {day.isoformat()}.")
