"""`feed_wagtail_lms`: courses that are published already, and completions of before their people could be recorded."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand

from bdhvs_lms.base.api import now
from bdhvs_lms.management.progress import Bar


class Command(BaseCommand):
    help = (
        "Push all published courses of wagtail-lms, and record what its learners completed where their accounts belong "
        "to learners who have agreed. Can be stopped and run again: nothing is recorded twice."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        # Of models that are there on a site with wagtail-lms only; what this command is can be read without.
        from wagtail_lms.models import CourseEnrollment

        from bdhvs_wagtail_lms.facts import push_everything
        from bdhvs_wagtail_lms.feeding import completions, enrolled, feed, sources

        courses = push_everything(at=now())
        recorded = joined = 0
        rows = CourseEnrollment.objects.order_by("pk").select_related("user", "course")
        first = rows.count()
        with Bar(total=first + sources(), stream=self.stderr, label="feed_wagtail_lms") as bar:
            try:
                for place, row in enumerate(rows.iterator(chunk_size=500), 1):
                    joined += enrolled(row, at=now())
                    bar.to(place)
                for step, piece in enumerate(completions(), first + 1):
                    recorded += sum(feed(done, at=now()) for done in piece)
                    bar.to(step)
            except KeyboardInterrupt:
                bar.close()
                self.stderr.write("Stopped. Run the same command again to continue.")
                sys.exit(130)
        self.stdout.write(f"{courses} courses; {joined} enrolments are here too; {recorded} completions recorded.")
