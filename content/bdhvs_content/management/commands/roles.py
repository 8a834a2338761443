"""The core's command, where there are courses to write: the group of editors too."""

from __future__ import annotations

from typing import Any

from bdhvs_content.roles import editors
from bdhvs_lms.management.commands.roles import Command as CoreCommand


class Command(CoreCommand):
    help = (
        "Create or update the groups of operators and editors with their permissions. Accounts are added to them by "
        "hand."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        group = editors()
        self.stdout.write(f"{group.name}: {group.permissions.count()} permissions, and those for pages and files.")
