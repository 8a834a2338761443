"""`bdhvs set_min_age`: another age of a target group, after a look at whom it puts in, takes out and makes 'đạt'.

A dry run unless told otherwise: how many people, by group, year and area.
"""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from bdhvs_lms.base.api import now
from bdhvs_lms.campaign.api import TargetGroup
from bdhvs_lms.competency.api import impact_of_min_age
from bdhvs_lms.learners.api import apply_group_rules, check_min_age, set_min_age
from bdhvs_lms.management.progress import Looking


class Command(BaseCommand):
    help = "Change the age of a target group, and put everybody into the groups that follow from it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("group", help="Key of the group.")
        parser.add_argument("age", help="From which age on; none: people are listed by hand.")
        parser.add_argument("--apply", action="store_true", help="Do it; without it, only show whose results change.")

    def handle(self, *args: Any, **options: Any) -> None:
        group = TargetGroup.objects.filter(key=options["group"]).first()
        if group is None:
            raise CommandError(f"No group {options['group']}.")
        try:
            age = None if options["age"] == "none" else int(options["age"])
            check_min_age(group, age)
        except ValidationError as refused:
            raise CommandError(" ".join(refused.messages)) from None
        except ValueError:
            raise CommandError("age: a number, or none") from None
        at = now()
        found = impact_of_min_age(group, age, at=at, go_on=Looking(self.stderr))
        for what, lines in (("passing", found.lines()), ("members", found.member_lines())):
            for line in lines:
                about = f"{line.group} · {line.year} · {line.area.name} · {what}"
                self.stdout.write(f"{about}: +{line.gained} -{line.lost}")
        members = len({one.learner_id for one in found.members})
        self.stdout.write(f"{members} people join or leave; the results of {len(found.learners)} people change.")
        if options["apply"]:
            set_min_age(group, age, by=None)
            done = apply_group_rules(at=at)
            self.stdout.write(f"{done['written']} group assignments added.")
