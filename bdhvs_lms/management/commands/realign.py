"""`bdhvs realign`: let what was done under one version of an activity count by the competencies of another.

A dry run unless told otherwise: how many people's results change, by group, year and area.
"""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from bdhvs_lms.base.api import now
from bdhvs_lms.competency.api import AlignmentRevision, impact_of_realignment, realign, stopped_realignment
from bdhvs_lms.management.progress import Looking


class Command(BaseCommand):
    help = "Let evidence of one version of an activity count by the alignment of another; it is logged."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("activity", help="Key of the activity.")
        parser.add_argument("old", help="Revision under which the work was done.")
        parser.add_argument("new", help="Revision by whose alignment it is to count.")
        parser.add_argument("--reason", default="", help="Why; kept. Needed with --apply to begin.")
        parser.add_argument("--apply", action="store_true", help="Do it; without it, only show whose results change.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            key = UUID(options["activity"])
        except ValueError:
            raise CommandError("activity: its key, a UUID") from None
        for revision in (options["old"], options["new"]):
            if not AlignmentRevision.objects.filter(activity_key=key, revision=revision).exists():
                raise CommandError(f"No revision {revision} of this activity is aligned.")
        asked, at = (key, options["old"], options["new"]), now()
        if options["old"] == options["new"]:
            raise CommandError("The revisions are the same.")
        found = impact_of_realignment(*asked, at=at, go_on=Looking(self.stderr))
        for line in found.lines():
            self.stdout.write(f"{line.group} · {line.year} · {line.area.name}: +{line.gained} -{line.lost}")
        self.stdout.write(f"The results of {len(found.learners)} people change.")
        if options["apply"]:
            if stopped_realignment(*asked) is None and not options["reason"].strip():
                raise CommandError("--reason: say why")
            done = realign(*asked, by=None, reason=options["reason"], at=at)
            self.stdout.write(f"Decided anew about {done} people.")
