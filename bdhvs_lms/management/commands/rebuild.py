"""`bdhvs rebuild`: fold results and attainments again from the ledger.

`--check` only compares, and exits with 1 if they differ.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from bdhvs_lms.base.api import now
from bdhvs_lms.competency.api import fill
from bdhvs_lms.learners.api import Learner
from bdhvs_lms.management.progress import Bar
from bdhvs_lms.tracking.api import check, rebuild, unfoldable, waiting


class Command(BaseCommand):
    help = "Recompute results and attainments from the statements, some learners at a time. Can be stopped and resumed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="Only compare; print differences; exit code 1 if any.")
        parser.add_argument("--restart", action="store_true", help="Start again instead of resuming.")

    def handle(self, *args: Any, **options: Any) -> None:
        with Bar(total=Learner.objects.count(), stream=self.stderr, label="rebuild") as bar:
            if options["check"]:
                found = 0
                for difference in check(progress=bar.to):
                    found += 1
                    self.stdout.write(str(difference))
                if found:
                    bar.close()
                    self.stderr.write(_("%(count)s differences between the tables and the ledger.") % {"count": found})
                    sys.exit(1)
                message = _("The tables match the ledger.")
                if left := waiting():
                    self.stderr.write(
                        _(
                            "%(count)s statements from other systems have not been processed yet; %(failed)s of them "
                            "have failed too often: see the log."
                        )
                        % {"count": left, "failed": len(unfoldable())}
                    )
            else:
                try:
                    done = rebuild(now=now, restart=options["restart"], progress=bar.to)
                    fill()
                except KeyboardInterrupt:
                    bar.close()
                    self.stderr.write(_("Stopped. Run the same command again to continue."))
                    sys.exit(130)
                message = _("Rebuilt: %(count)s learners.") % {"count": done}
        self.stdout.write(message)
