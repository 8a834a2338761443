"""`bdhvs load_demo`: the demonstration's course, class and accounts. A second run reuses what is there."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation
from django.utils.dateparse import parse_datetime

from bdhvs_lms.campaign.api import TargetGroup
from bdhvs_lms.plugins.api import now
from bdhvs_quiz.demo import building, people


class Command(BaseCommand):
    help = "Load the demonstration: a course, a class of twelve and what they did. Run load_campaign first."

    demo_logins: list[tuple[str, str, str, str]]

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--at", default=None, help="Moment of loading, ISO 8601 with a zone. Default: now.")

    def handle(self, *args: Any, **options: Any) -> None:
        at = now() if options["at"] is None else parse_datetime(options["at"])
        if at is None or at.tzinfo is None:
            raise CommandError("--at: not a date and time with a zone, e.g. 2025-11-15T19:00:00+07:00")
        if not TargetGroup.objects.filter(key="adult").exists():
            raise CommandError("There is no campaign yet: run load_campaign first.")
        with translation.override("vi"):
            page = building.course()
            ward, village = people.places(at)
            _editor, teacher, _steering = people.staff(ward)
            people.class_of_twelve(page, village, teacher, at=at)
        self.demo_logins = [
            ("Người học", "nguoihoc", people.PASSWORD, "/viec-hoc/"),
            ("Người hướng dẫn", "huongdan", people.PASSWORD, "/day/"),
            ("Ban chỉ đạo", "chidao", people.PASSWORD, "/chi-dao/"),
            ("Người biên soạn", "bientap", people.PASSWORD, "/quan-tri/"),
        ]
        if options["verbosity"] > 0:
            for role, username, password, address in self.demo_logins:
                self.stdout.write(f"{role}: {username} / {password} → {address}")
