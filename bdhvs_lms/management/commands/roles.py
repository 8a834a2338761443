"""`bdhvs roles`: make the group of operators, or bring its permissions up to date."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from bdhvs_lms.roles import operators


class Command(BaseCommand):
    help = "Create or update the operators' group and its permissions. Accounts are added to it by hand."

    def handle(self, *args: Any, **options: Any) -> None:
        group = operators()
        self.stdout.write(f"{group.name}: {group.permissions.count()} permissions.")
