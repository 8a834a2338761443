"""The smallest demo loader: it takes `at` and leaves logins on itself."""

from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandParser


class Command(BaseCommand):
    help = "Loads nobody, and says who could sign in."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--at", type=datetime.fromisoformat)

    def handle(self, *args: Any, at: datetime, **options: Any) -> None:
        self.demo_logins = [("Giáo viên", "co-lan", str(at.year), "/day/")]
