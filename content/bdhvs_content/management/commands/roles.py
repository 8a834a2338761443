"""The core's command, extended for courses: the groups of editors and reviewers too, and review itself."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings

from bdhvs_content.review import idle_workflows_off, review_is_on, review_off, review_on, reviewers
from bdhvs_content.roles import editors
from bdhvs_lms.conf import app_settings as lms_settings
from bdhvs_lms.management.commands.roles import Command as CoreCommand


class Command(CoreCommand):
    help = (
        "Create or update the groups of operators, editors and reviewers with their permissions. Accounts are added to "
        "them by hand."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--review",
            choices=["on", "off"],
            help="On: editors submit pages below the catalogues, and only reviewers publish. Off: editors publish. "
            "Without it nothing changes.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        if getattr(settings, "WAGTAIL_WORKFLOW_ENABLED", True):
            self._review(options["review"])
        for group in (editors(), reviewers()):
            self.stdout.write(f"{group.name}: {group.permissions.count()} permissions, and those for pages and files.")

    def _review(self, wanted: str | None) -> None:
        if wanted == "off":
            review_off()
        if wanted == "on" or (wanted is None and review_is_on()):
            for page in review_on():
                self.stderr.write(f"“{page.title}” keeps the workflow that it has.")
            self.stdout.write("Review before publishing: on. Editors submit, reviewers publish.")
            if not reviewers().user_set.filter(is_active=True).exists():
                self.stderr.write("Nobody is a reviewer yet: give somebody that role, or only superusers can publish.")
        else:
            self.stdout.write("Review before publishing: off. Editors publish.")
        if lms_settings.OWN_ADMIN:
            for name in idle_workflows_off():
                self.stdout.write(f"Wagtail's own workflow “{name}” is off: nobody is in its group.")
