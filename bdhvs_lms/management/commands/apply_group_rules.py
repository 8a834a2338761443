"""`bdhvs apply_group_rules`: put everybody into the groups that their year of birth makes them members of."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from bdhvs_lms.base.api import now
from bdhvs_lms.learners.api import Person, apply_group_rules
from bdhvs_lms.management.progress import Bar, Steps


class Command(BaseCommand):
    help = (
        "Assign people to the groups that follow from their year of birth, for people registered before a group had "
        "its age limits. Can be stopped and run again; a second run changes nothing."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        with Bar(total=Person.objects.count(), stream=self.stderr, label="apply_group_rules") as bar:
            done = apply_group_rules(at=now(), progress=Steps(bar))
        self.stdout.write(f"{done['people']} people checked, {done['written']} group assignments added.")
