"""`bdhvs roles`: make the groups of operators, teachers and data officers, or bring their permissions up to date."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from bdhvs_lms.roles import data_officers, operators, teachers


class Command(BaseCommand):
    help = "Create or update the groups of operators, teachers and data officers. Accounts are added by hand."

    def handle(self, *args: Any, **options: Any) -> None:
        for group in (operators(), teachers(), data_officers()):
            self.stdout.write(f"{group.name}: {group.permissions.count()} permissions.")
