"""`bdhvs regrade` finishes regrades that were begun on a quiz's page, person by person."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from bdhvs_lms.base.api import now
from bdhvs_lms.management.progress import Bar
from bdhvs_quiz.models import Attempt, Regrade
from bdhvs_quiz.regrading import actions
from bdhvs_quiz.regrading.queries import older_than
from bdhvs_quiz.regrading.views import in_words


class Command(BaseCommand):
    help = "Finish the regrades that were started in the admin. Can be stopped and run again."

    def handle(self, *args: Any, **options: Any) -> None:
        going = list(Regrade.objects.filter(finished_at=None).select_related("version").order_by("begun_at"))
        for regrade in going:
            try:
                self._finish(regrade)
            except KeyboardInterrupt:
                self.stderr.write(_("Stopped. Run the same command again to continue."))
                sys.exit(130)
            if options["verbosity"] >= 1:
                self.stdout.write(f"{regrade.version}: {in_words(regrade)}")
        if not going and options["verbosity"] >= 1:
            self.stdout.write(_("No regrade is waiting to be finished."))

    def _finish(self, regrade: Regrade) -> None:
        left = Attempt.objects.filter(pk__in=older_than(regrade.version), learner__gt=regrade.last_learner)
        total = left.values("learner").distinct().count()
        with Bar(total=total, stream=self.stderr, label="regrade") as bar:
            done = 0
            while actions.step(regrade, at=now()):
                done = min(done + 1, total)
                bar.to(done)
