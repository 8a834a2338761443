"""`bdhvs load_campaign`: areas, plan, targets and competency frameworks from packaged or given data files."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from bdhvs_lms.campaign import api as campaign
from bdhvs_lms.competency import api as competency
from bdhvs_lms.management.moments import add_at, at_of
from bdhvs_lms.management.progress import Bar, Steps


class Command(BaseCommand):
    help = (
        "Load the campaign: areas with their history, plan, groups and targets, competency frameworks. Loading again "
        "updates rows and deletes nothing. Findings are printed with --verbosity 2."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--areas", type=Path, default=campaign.AREAS_FILE, help="JSON file with areas.")
        parser.add_argument("--targets", type=Path, default=campaign.TARGETS_FILE, help="JSON file with a plan.")
        parser.add_argument("--plan-key", default=campaign.PLAN_KEY, help="Short name of the plan in that file.")
        parser.add_argument(
            "--framework",
            type=Path,
            action="append",
            default=None,
            help="JSON file with a framework; may be repeated. Default: the bundled ones.",
        )
        add_at(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        at = at_of(options)
        areas, targets = options["areas"], options["targets"]
        frameworks = competency.packaged() if options["framework"] is None else options["framework"]
        try:
            total = campaign.rows_in(areas, targets) + len(frameworks)
            with Bar(total=total, stream=self.stderr, label="load_campaign") as bar:
                advance = Steps(bar)
                done = campaign.load_campaign(areas, targets, plan_key=options["plan_key"], progress=advance)
                for path in frameworks:
                    self._framework(path, at)
                    advance(1)
        except campaign.CampaignFileError as error:
            raise CommandError(str(error)) from error
        if options["verbosity"] >= 2:
            for finding in done.findings:
                self.stdout.write(f"{finding.file}: {finding.path}: {finding.text}")
        if options["verbosity"] >= 1:
            self.stdout.write(
                f"{done.created} rows created, {done.changed} changed, {done.same} unchanged; "
                f"{len(frameworks)} frameworks; {len(done.findings)} findings."
            )

    def _framework(self, path: Path, at: datetime) -> None:
        try:
            competency.load_framework(path, at=at)
        except (competency.FrameworkError, OSError) as error:
            raise CommandError(f"{path.name}: {error}") from error
