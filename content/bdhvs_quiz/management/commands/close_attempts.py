"""`bdhvs close_attempts` hands in attempts whose time is up, though nobody opens them any more."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from bdhvs_lms.base.api import now
from bdhvs_lms.management.progress import Bar
from bdhvs_quiz.actions import close_if_overdue
from bdhvs_quiz.models import Attempt


class Command(BaseCommand):
    help = "Submit the attempts whose time is up, with the answers that were saved in time. Can be stopped."

    def handle(self, *args: Any, **options: Any) -> None:
        at = now()
        ids = list(Attempt.objects.filter(submitted_at=None, due_at__lt=at).values_list("uuid", flat=True))
        done = 0
        try:
            with Bar(total=len(ids), stream=self.stderr, label="close_attempts") as bar:
                for place, uuid in enumerate(ids, start=1):
                    done += close_if_overdue(uuid, at=at) is not None
                    bar.to(place)
        except KeyboardInterrupt:
            self.stderr.write(_("Stopped. Run the same command again to continue."))
            sys.exit(130)
        if options["verbosity"] >= 1:
            self.stdout.write(_("Submitted: %(count)s.") % {"count": done})
