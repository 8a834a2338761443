"""`bdhvs roles`: make the groups of operators, teachers and officers, or bring their permissions up to date."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from bdhvs_lms.roles import confirmers, data_officers, operators, teachers


class Command(BaseCommand):
    help = "Create or update the groups of operators, teachers and officers. Accounts are added by hand."

    def handle(self, *args: Any, **options: Any) -> None:
        for group in (operators(), teachers(), confirmers(), data_officers()):
            self.stdout.write(f"{group.name}: {group.permissions.count()} permissions.")
