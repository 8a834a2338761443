"""`bdhvs load_demo`: the demonstration's courses, classes, people and accounts. A second run reuses what is there."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation
from wagtail.models import Locale

from bdhvs_content.api import LessonPage, speak_at_once, speech_later
from bdhvs_demo import accounts, announcements, building, committee, data, evenings, places, questions, roster
from bdhvs_lms.campaign.api import TargetGroup
from bdhvs_lms.competency.api import fill
from bdhvs_lms.management.moments import add_at, at_of
from bdhvs_lms.management.progress import Bar

# The communes of today begin on 1/7/2025, and both classes began in them, ten or eleven weeks ago at the latest.
EARLIEST = places.COMMUNES_BEGIN + timedelta(days=evenings.RECENT_DAYS + 7)


class Command(BaseCommand):
    help = (
        "Load the demo: three courses, two classes, sixty people and their results. Run load_campaign first. A second "
        "run adds what is missing and changes nothing else."
    )

    demo_logins: list[tuple[str, str, str, str]]

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_at(parser, "; results are from before it")

    def handle(self, *args: Any, **options: Any) -> None:
        at = self._moment(options)
        if not Locale.objects.filter(language_code="vi").exists():
            raise CommandError(
                "The demo is in Vietnamese, but this site has no Vietnamese pages: add the locale first."
            )
        if not TargetGroup.objects.filter(key="adult").exists():
            raise CommandError("There is no campaign yet: run load_campaign first.")
        with translation.override("vi"):
            self._load(at)
        # What boards count: who looks at the demo need not wait until somebody works it off.
        fill()
        with translation.override("vi"):
            try:
                committee.readings(at)
            except ValueError as error:
                self.stderr.write(f"No readings: {error}. Run collectstatic and load_demo again.")
        self.demo_logins = [(role, username, accounts.PASSWORD, address) for role, username, address in accounts.LOGINS]
        if options["verbosity"] > 0:
            for role, username, password, address in self.demo_logins:
                self.stdout.write(f"{role}: {username} / {password} → {address}")

    def _moment(self, options: dict[str, Any]) -> datetime:
        at = at_of(options)
        if at.astimezone(evenings.HANOI).date() < EARLIEST:
            raise CommandError(f"--at: the demo's communes and classes need {EARLIEST} or later.")
        return at

    def _load(self, at: datetime) -> None:
        courses = data.courses()
        people = sum(len(each.pupils) for each in roster.CLASSES) + len(roster.PUPILS_OF_SCHOOL)
        with Bar(total=len(courses) + people, stream=self.stderr, label="load_demo") as bar:
            catalog = building.catalog()
            editor = accounts.editor()
            accounts.operator()
            keys = {}
            # All of it would take half as long again: the first lesson can be heard, the others after `bdhvs speak`.
            with speech_later():
                for done, course in enumerate(courses, start=1):
                    builder = building.CourseBuilder(course, by=editor, at=at)
                    keys[course["key"]] = builder.build(catalog).translation_key
                    bar.to(done)
            first = LessonPage.objects.live().order_by("path").first()
            if first is not None:
                speak_at_once(first.pk, at=at)
            questions.samples(courses, by=editor)
            where = places.DemoAreas()
            today = at.astimezone(evenings.HANOI).date()
            where.numbers(at, today)
            announcements.load(building.catalog(), where, by=editor, today=today)
            accounts.steering(where.areas[places.DISTRICT], where.areas[places.WARD], where.areas[places.COMMUNE])
            accounts.officer(where.areas[places.WARD])
            loading = evenings.People(keys, where, accounts.teacher(), at)
            for done, _name in enumerate(loading.load(), start=len(courses) + 1):
                bar.to(done)
            loading.team()
            committee.confirmed(roster.EVENING_CLASS.code, at=at)
