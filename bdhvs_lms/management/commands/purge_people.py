"""`bdhvs purge_people`: whoever has had no activity and no class for longer than the retention period is erased, and
every erasure that was begun is finished."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from bdhvs_lms.base.api import day_of, now
from bdhvs_lms.conf import app_settings
from bdhvs_lms.learners.api import Learner
from bdhvs_lms.management.progress import Bar, Steps
from bdhvs_lms.privacy.api import (
    LastOperator,
    begun_erasures,
    count_neighbours,
    count_quiet,
    erase,
    people_to_purge,
    purge,
)


class Command(BaseCommand):
    help = (
        "Erase everybody who has had no activity and no class for longer than BDHVS_KEEP_DAYS; results stay without a "
        "name. Finish every erasure that was begun. Can be stopped and run again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--days", type=int, default=None, help="Days to keep. Default: BDHVS_KEEP_DAYS.")
        parser.add_argument("--dry-run", action="store_true", help="Only say who would be erased, by identifier.")
        parser.add_argument("--yes", action="store_true", help="Do not ask for confirmation.")

    def handle(self, *args: Any, **options: Any) -> None:
        days = app_settings.KEEP_DAYS if options["days"] is None else options["days"]
        if days < 0:
            raise CommandError("--days must be a number of days, 0 or more.")
        begun = begun_erasures()
        if options["dry_run"] and begun:
            self.stdout.write(f"Also {len(begun)} erasures that were begun and not finished.")
        elif begun:
            self._finish(begun)
        if not days:
            self.stdout.write("Nobody is erased: BDHVS_KEEP_DAYS is 0.")
            return
        at = now()
        before = at - timedelta(days=days)
        looked_at = count_quiet(before)
        with Bar(total=looked_at, stream=self.stderr, label="purge_people") as bar:
            try:
                found = [str(learner.actor) for learner in people_to_purge(before, progress=Steps(bar))]
            except KeyboardInterrupt:
                self._stopped(bar)
        since, neighbours = day_of(before).isoformat(), count_neighbours(before)
        if options["dry_run"]:
            for actor in found:
                self.stdout.write(actor)
            self.stdout.write(f"Would be erased: {len(found)} people without activity or class since {since}.")
            self.stdout.write(f"Also {neighbours} names of former members of teams who are not on record.")
            return
        if (found or neighbours) and not options["yes"] and not self._agreed(len(found), neighbours, since):
            raise CommandError("Nobody was erased.")
        with Bar(total=looked_at, stream=self.stderr, label="purge_people") as bar:
            try:
                done = purge(before, at=at, progress=Steps(bar))
            except KeyboardInterrupt:
                self._stopped(bar)
        self.stdout.write(f"Erased: {done} people without activity or class since {since}.")
        self.stdout.write(f"Also {neighbours} names of former members of teams who are not on record.")

    def _finish(self, begun: list[Learner]) -> None:
        """Finish begun erasures. Nobody is asked: somebody has said yes already."""
        done = 0
        for learner in begun:
            try:
                erase(learner, by=None, at=now())
                done += 1
            except LastOperator as error:
                self.stderr.write(f"{learner.actor}: {error}")
        self.stdout.write(f"Finished: {done} erasures that were begun.")

    def _stopped(self, bar: Bar) -> None:
        bar.close()
        self.stderr.write("Stopped. Run the same command again to continue.")
        sys.exit(130)

    def _agreed(self, count: int, neighbours: int, since: str) -> bool:
        question = (
            f"Erase for good: {count} people without activity or class since {since}, and {neighbours} names of former "
            "members of teams. Type 'yes' to go on: "
        )
        try:
            return input(question).strip() == "yes"
        except EOFError:
            # Nobody there to ask: a script has to say --yes.
            raise CommandError("Confirmation is not possible here. Use --yes to erase without it.") from None
