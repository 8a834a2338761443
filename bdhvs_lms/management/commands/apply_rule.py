"""`bdhvs apply_rule`: let a version of an evidence rule speak of work done before it was written.

A dry run unless told otherwise: how many people's results change, by group, year and area.
"""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import datetime, time
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_date

from bdhvs_lms.base.api import now
from bdhvs_lms.competency.api import EvidenceRuleVersion, apply_to_past, impact_of_application, stopped_application
from bdhvs_lms.management.progress import Looking


class Command(BaseCommand):
    help = "Apply a version of an evidence rule to work done before it was written; nobody loses a result."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("version", help="As statements name it: framework/competency/level/vN, * for all.")
        parser.add_argument("--from", dest="first", required=True, help="First day, YYYY-MM-DD.")
        parser.add_argument("--reason", default="", help="Why; kept. Needed with --apply to begin.")
        parser.add_argument("--apply", action="store_true", help="Do it; without it, only show whose results change.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            day = parse_date(options["first"])
        except ValueError:
            day = None
        if day is None:
            raise CommandError("--from: a day as YYYY-MM-DD")
        version, at = self._version(options["version"]), now()
        starts = datetime.combine(day, time(), timezone.get_default_timezone())
        if starts > at:
            raise CommandError("--from: a day gone by, or today")
        begun = stopped_application(version, starts)
        if begun is not None and begun.application is not None:
            self.stdout.write(f"Begun on {timezone.localtime(begun.application.at):%d/%m/%Y} and not finished.")
        found = impact_of_application(version, effective_from=starts, at=at, go_on=Looking(self.stderr))
        for line in found.lines():
            self.stdout.write(f"{line.group} · {line.year} · {line.area.name}: +{line.gained}")
        self.stdout.write(f"The results of {len(found.learners)} people change.")
        if options["apply"]:
            if begun is None and not options["reason"].strip():
                raise CommandError("--reason: say why")
            done = apply_to_past(version, effective_from=starts, by=None, reason=options["reason"], at=at)
            self.stdout.write(f"Decided anew about {done} people.")

    def _version(self, name: str) -> EvidenceRuleVersion:
        try:
            framework, code, level, number = name.rsplit("/", 3)
            return EvidenceRuleVersion.objects.get(
                rule__framework__key=framework,
                **({"rule__competency": None} if code == "*" else {"rule__competency__code": code}),
                **({"rule__level": None} if level == "*" else {"rule__level": int(level)}),
                number=int(number.removeprefix("v")),
            )
        except (ValueError, EvidenceRuleVersion.DoesNotExist):
            raise CommandError(f"No version {name}.") from None
