"""The acts of the demonstration's people, by the same actions that pages call. Each person is done once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone
from typing import Any

from django.apps import apps
from django.db import transaction

from bdhvs_content.api import enrol_with_consent, read_lesson
from bdhvs_demo.accounts import account
from bdhvs_demo.data import demo_id
from bdhvs_demo.places import DemoAreas
from bdhvs_demo.roster import CLASSES, PUPILS_OF_SCHOOL, Class, Pupil, Study
from bdhvs_lms.classes import api as classes
from bdhvs_lms.courses.api import Activity, Course
from bdhvs_lms.learners import api as learners
from bdhvs_lms.tracking.api import decide, deciders_paused
from bdhvs_quiz.api import QuizVersion, open_attempt, other_form, save_answers, submit

HANOI = timezone(timedelta(hours=7))
FIRST_EVENING = date(2025, 9, 8)
RECENT_DAYS, AUTUMN_DAYS = 70, 63
WEEK = timedelta(weeks=1)
# After a quiz was begun.
HANDED_IN = timedelta(minutes=11)
# What is not done in the order of the course by everybody alike.
APART = ("bdhvs_h5p", "bdhvs_tasks")
# Of the second class, which says so in its name.
WEDNESDAY = 2


class Calendar:
    """The days on which things happened, seen from the day of loading."""

    def __init__(self, at: datetime) -> None:
        self.today = at.astimezone(HANOI).date()
        autumn = min(FIRST_EVENING, self.today - timedelta(days=AUTUMN_DAYS))
        self.first = autumn - timedelta(days=autumn.weekday())
        recent = self.today - timedelta(days=RECENT_DAYS)
        self.recent = recent - timedelta(days=(recent.weekday() - WEDNESDAY) % 7)

    def began(self, kind: str) -> date:
        return self.first if kind == "first" else self.recent

    def evenings(self, count: int, last: int | None, after: int = 0) -> list[date]:
        """Return so many evenings a week apart: from `after` weeks behind the first autumn's first Monday on, or up to
        so many days before today."""
        begin = self.first + after * WEEK if last is None else self.today - timedelta(days=last) - (count - 1) * WEEK
        return [begin + number * WEEK for number in range(count)]


def evening(day: date, minutes: int = 0) -> datetime:
    """Return 19:00 in Hà Nội on that day, and so many minutes."""
    return datetime(day.year, day.month, day.day, 19, 0, tzinfo=HANOI) + timedelta(minutes=minutes)


def made_up_phone(number: int) -> str:
    """Looks like a telephone number and is none: no country's numbers begin with 00 00, so no telephone rings."""
    return f"0000 000 {number:03}"


class People:
    """Classes and people, with what they did."""

    def __init__(self, courses: dict[str, Any], places: DemoAreas, teacher: Any, at: datetime) -> None:
        self.places, self.teacher, self.calendar = places, teacher, Calendar(at)
        self.courses = {name: Course.objects.get(key=key) for name, key in courses.items()}
        self.activities = {
            # Nobody has played what a browser reports of: whoever looks at the demonstration may be the first.
            name: list(course.activities.filter(active=True, role="").exclude(plugin__in=APART).order_by("position"))
            for name, course in self.courses.items()
        }
        self.forms = {
            name: {row.role: row for row in course.activities.filter(active=True).exclude(role="")}
            for name, course in self.courses.items()
        }
        self.tasks = {
            name: list(course.activities.filter(active=True, plugin="bdhvs_tasks").order_by("position"))
            for name, course in self.courses.items()
            if apps.is_installed("bdhvs_tasks")
        }
        self.known = set(learners.Learner.objects.values_list("actor", flat=True))

    def load(self) -> Iterator[str]:
        """Make who is not there yet; yields a name after each, for a progress bar."""
        number = 0
        for each in CLASSES:
            group = self._class(each)
            for pupil in each.pupils:
                self._person(number, pupil, self.calendar.began(each.began), group)
                number += 1
                yield pupil.name
            self._meet(group)
        for pupil in PUPILS_OF_SCHOOL:
            self._person(number, pupil, self.calendar.first, None)
            number += 1
            yield pupil.name

    def team(self) -> None:
        """Make the team of the first class's village, which the teacher leads. Once."""
        first = CLASSES[0]
        village, began = self.places.areas[first.village], self.calendar.began(first.began)
        if not classes.Team.objects.filter(area=village).exists():
            made = classes.make_team(
                name=f"Tổ số {village.name}", area=village, valid_from=began, at=evening(began), by=None
            )
            classes.add_team_member(made, self.teacher, leader=True, at=evening(began), by=None)

    def _class(self, each: Class) -> Any:
        found = classes.ClassGroup.objects.filter(code=each.code).first()
        if found is not None:
            return found
        began = self.calendar.began(each.began)
        with transaction.atomic():
            group = classes.create_class(
                phone=made_up_phone(1),
                name=each.name,
                code=each.code,
                course=self.courses[each.course],
                area=self.places.areas[each.village],
                starts=began,
                at=evening(began),
                by=None,
            )
            classes.add_teacher(group, self.teacher, at=evening(began), by=None, owner=True)
        return group

    def _meet(self, group: Any) -> None:
        """Record that the class met last week, and plan that it meets again: whoever opens the demonstration takes
        attendance."""
        if group.sessions.exists():
            return
        at = evening(self.calendar.today)
        weekday = self.calendar.first.weekday() if group.starts == self.calendar.first else WEDNESDAY
        coming = self.calendar.today + timedelta(days=(weekday - self.calendar.today.weekday()) % 7 or 7)
        held, _planned = classes.plan_sessions(
            group, starts_at=evening(coming - WEEK), place=group.name.partition(", ")[2], weeks=2, at=at, by=None
        )
        here = [row.learner.pk for row in classes.sheet(held, at) if row.agreed]
        classes.take_attendance(held, {pk: place % 6 != 5 for place, pk in enumerate(here)}, others=2, at=at, by=None)

    def _person(self, number: int, pupil: Pupil, began: date, group: Any) -> None:
        """Make all of one person or nothing, so that a load that was cut off goes on with the next. Whoever was erased
        since keeps the row without a name, and is not made again."""
        actor = demo_id(f"learner/{number}")
        if actor in self.known:
            return
        with transaction.atomic():
            learner = learners.register(
                full_name=pupil.name,
                birth_year=pupil.birth_year,
                phone=made_up_phone(number) if group is not None else "",
                area=self.places.areas[pupil.village],
                user=account(pupil.username, pupil.name) if pupil.username else None,
                actor=actor,
                illustrative=True,
                at=evening(began),
            )
            for target_group, employer in pupil.belongs:
                learners.belong(
                    learner,
                    self.places.groups[target_group],
                    organisation=self.places.employers[employer],
                    valid_from=began,
                    at=evening(began),
                )
            if group is not None:
                classes.add_member(group, learner, at=evening(began), by=None)
            # Decided once at the end instead of after each act: the same decisions with the same dates, for a fifth
            # fewer queries.
            with deciders_paused():
                for study in pupil.studies:
                    done_at = _Studying(self, number, learner, study).go()
                    if group is not None and group.course == self.courses[study.course] and done_at is not None:
                        self._watched(number, learner, self.tasks.get(study.course, []), group, done_at)
            decide(learner)

    def _watched(self, number: int, learner: Any, tasks: list[Activity], group: Any, done_at: datetime) -> None:
        """Record that the teacher watches those who have passed their last quiz, on that evening."""
        if tasks:
            from bdhvs_demo.tasks import watched  # of an app that may be left out

            for place, task in enumerate(tasks, start=1):
                moment = done_at + timedelta(minutes=3 * place)
                watched(number, learner, task, group=group, teacher=self.teacher, at=moment)


class _Studying:
    """One person in one course."""

    def __init__(self, people: People, number: int, learner: Any, study: Study) -> None:
        self.number, self.learner, self.study = number, learner, study
        self.course = people.courses[study.course]
        activities = people.activities[study.course]
        self.lessons = [row for row in activities if row.max_score is None][: study.lessons]
        self.quizzes = [row for row in activities if row.max_score is not None]
        self.forms = people.forms[study.course]
        attempts = sum(len(scores) for scores in study.scores) + study.left_open + (study.ends is not None)
        self.days = people.calendar.evenings((len(self.lessons) + 1) // 2 + attempts, study.last, study.after)

    def go(self) -> datetime | None:
        """Do all of it, and return when the last quiz of the course was passed; None: it was not."""
        done_at = None
        enrol_with_consent(self.learner, self.course.key, consent=True, at=self._moment(0, 0))
        if self.study.ends is not None:
            self._end("entry", self.study.ends[0], self._moment(0, 5))
        for place, lesson in enumerate(self.lessons):
            read_lesson(
                self.learner,
                lesson.key,
                act_id=self._id("read", lesson.key),
                at=self._moment(place // 2, 20 + 20 * (place % 2)),
            )
        day = (len(self.lessons) + 1) // 2
        for quiz, scores in zip(self.quizzes, self.study.scores, strict=False):
            for place, right in enumerate(scores):
                moment = self._moment(day, 10)
                if self._attempt(quiz, place, right, moment):
                    done_at = moment + HANDED_IN
                day += 1
        if self.study.ends is not None:
            self._end("exit", self.study.ends[1], self._moment(day, 10))
        if self.study.left_open:
            self._open(self.quizzes[0], "left", self._moment(day, 10))
        return done_at

    def _moment(self, place: int, minutes: int) -> datetime:
        # One minute apart, because two hands do not press at once.
        return evening(self.days[place], minutes + self.number % 40)

    def _id(self, *path: object) -> Any:
        return demo_id("/".join(str(part) for part in (*path, self.number)))

    def _open(self, quiz: Activity, place: object, moment: datetime) -> Any:
        return open_attempt(
            self.learner,
            quiz.key,
            act_id=self._id("open", quiz.key, place),
            uuid=self._id("attempt", quiz.key, place),
            at=moment,
        )

    def _end(self, role: str, right: int, moment: datetime) -> None:
        """Do the form that is this person's at this end of the course."""
        offered = self.forms[role]
        self._attempt(other_form(self.learner, offered) or offered, role, right, moment)

    def _attempt(self, quiz: Activity, place: int | str, right: int, moment: datetime) -> bool:
        """Make one attempt with so many right answers, saved halfway as the page does. Returns whether it passed."""
        attempt = self._open(quiz, place, moment)
        responses = responses_for(attempt.version, right, shift=self.number + (place if isinstance(place, int) else 0))
        half = dict(list(responses.items())[: len(responses) // 2])
        save_answers(
            attempt.uuid,
            self.learner,
            half,
            act_id=self._id("save", quiz.key, place),
            at=moment + timedelta(minutes=5),
        )
        graded = submit(
            attempt.uuid,
            self.learner,
            responses,
            act_id=self._id("submit", quiz.key, place),
            at=moment + HANDED_IN,
        )
        return graded.attempt.success is True


def responses_for(version: QuizVersion, right: int, *, shift: int) -> dict[str, Any]:
    """Answers to all questions, so many of them right. `shift`: with which question the wrong ones begin."""
    questions = version.shown["questions"]
    wrong = {(shift * 3 + number) % len(questions) for number in range(len(questions) - right)}
    return {
        question["key"]: _response(question, version.key[question["key"]], place not in wrong)
        for place, question in enumerate(questions)
    }


def _response(question: dict[str, Any], key: dict[str, Any], right: bool) -> Any:
    if "accepted" in key:
        return key["accepted"][0] if right else "không nhớ"
    correct = key["right"]
    if right:
        return correct
    if correct in ("true", "false"):
        return "false" if correct == "true" else "true"
    options = [option["id"] for option in question["shown"]["options"]]
    if isinstance(correct, list):
        return correct[:-1]
    return next(option for option in options if option != correct)
