"""The demonstration's accounts, its class of twelve, and their evenings: every act through the pages' own actions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Any

from django.contrib.auth import get_user_model

from bdhvs_content.api import CoursePage, LessonPage, enrol_with_consent, read_lesson
from bdhvs_lms.campaign import api as campaign
from bdhvs_lms.classes import api as classes
from bdhvs_lms.courses.api import Course
from bdhvs_lms.learners import api as learners
from bdhvs_quiz.actions import open_attempt, save_answers, submit
from bdhvs_quiz.demo.building import demo_id
from bdhvs_quiz.models import QuizPage, QuizVersion
from bdhvs_quiz.roles import editors

HANOI = timezone(timedelta(hours=7))
# Known to everyone who runs a demonstration, which is why `bdhvs demo` serves this machine only.
PASSWORD = "hocvuso2025"  # noqa: S105
SOURCE = "SỐ LIỆU MINH HỌA – KHÔNG DÙNG ĐỂ BÁO CÁO"
WARD = ("10015", date(2025, 7, 1))
VILLAGE_CODE, VILLAGE_NAME = "MINH-HOA-1", "Tổ dân phố minh họa 1"
CLASS_CODE, CLASS_NAME = "minh-hoa-1", "Lớp tối thứ Hai, nhà văn hóa"


@dataclass(frozen=True)
class Pupil:
    """`lessons`: how many were read. `scores`: right answers of each submitted attempt, in order. `left_open`: began
    a further attempt and went home."""

    name: str
    birth_year: int
    lessons: int
    scores: tuple[int, ...] = ()
    left_open: bool = False


LAN = Pupil("Nguyễn Thị Lan", 1966, 2, (3,))
PUPILS = (
    LAN,
    Pupil("Trần Văn Bình", 1958, 2, (5,)),
    Pupil("Lê Thị Hoa", 1970, 2, (3, 4)),
    Pupil("Phạm Văn Dũng", 1963, 2, (4,)),
    Pupil("Hoàng Thị Mai", 1955, 2, (2, 3, 5)),
    Pupil("Vũ Đình Khoa", 1972, 2, (5,)),
    Pupil("Đặng Thị Yến", 1961, 1),
    Pupil("Bùi Văn Sơn", 1968, 2),
    Pupil("Đỗ Thị Ngọc", 1964, 1, (), True),
    Pupil("Ngô Văn Thắng", 1959, 2, (1,)),
    Pupil("Dương Thị Liên", 1973, 0),
    Pupil("Lý Văn Phúc", 1967, 0),
)


def evening(day: date, minutes: int = 0) -> datetime:
    """19:00 in Hà Nội on that day, and so many minutes."""
    return datetime(day.year, day.month, day.day, 19, 0, tzinfo=HANOI) + timedelta(minutes=minutes)


FIRST_EVENING = date(2025, 9, 8)


def account(username: str, name: str) -> Any:
    model = get_user_model()
    found = model.objects.filter(username=username).first()
    if found is not None:
        return found
    user = model(username=username, last_name=name)
    user.set_password(PASSWORD)
    user.save()
    return user


def places(at: datetime) -> tuple[Any, Any]:
    """(ward, village of the demonstration) with illustrative denominators."""
    ward = campaign.Area.objects.get(code=WARD[0], valid_from=WARD[1])
    village, created = campaign.Area.objects.get_or_create(
        code=VILLAGE_CODE,
        valid_from=WARD[1],
        defaults={"name": VILLAGE_NAME, "kind": "village", "urban": True, "parent": ward, "source": SOURCE},
    )
    if created:
        adults = campaign.TargetGroup.objects.get(key="adult")
        for area, value in ((village, 40), (ward, 400)):
            campaign.enter_denominator(
                group=adults,
                area=area,
                as_of=date(2025, 7, 1),
                value=value,
                source=SOURCE,
                at=at,
                by=None,
                illustrative=True,
            )
    return ward, village


def staff(ward: Any) -> tuple[Any, Any, Any]:
    """(editor, teacher, member of the steering committee)."""
    editor = account("bientap", "Biên soạn")
    editor.groups.add(editors())
    teacher = account("huongdan", "Hướng dẫn")
    steering = account("chidao", "Ban chỉ đạo")
    if not steering.steering_assignments.filter(area=ward).exists():
        campaign.assign_steering(steering, ward, by=None)
    return editor, teacher, steering


def class_of_twelve(page: CoursePage, village: Any, teacher: Any, *, at: datetime) -> None:
    """The class and everything its people did. Does nothing when it is there."""
    if classes.ClassGroup.objects.filter(code=CLASS_CODE).exists():
        return
    course = Course.objects.get(key=page.translation_key)
    began = evening(FIRST_EVENING)
    group = classes.create_class(
        name=CLASS_NAME, code=CLASS_CODE, course=course, area=village, starts=FIRST_EVENING, at=began, by=None
    )
    classes.add_teacher(group, teacher, at=began, by=None)
    lessons = list(LessonPage.objects.child_of(page).order_by("path"))
    quiz = QuizPage.objects.child_of(page).get()
    for number, pupil in enumerate(PUPILS):
        user = account("nguoihoc", pupil.name) if pupil is LAN else None
        learner = learners.register(
            full_name=pupil.name,
            birth_year=pupil.birth_year,
            area=village,
            user=user,
            actor=demo_id(f"learner/{number}"),
            at=began,
        )
        classes.add_member(group, learner, at=began, by=None)
        _evenings(pupil, number, learner, page, lessons, quiz)


def _evenings(
    pupil: Pupil, number: int, learner: Any, page: CoursePage, lessons: list[LessonPage], quiz: QuizPage
) -> None:
    if not pupil.lessons:
        return
    enrol_with_consent(learner, page.translation_key, consent=True, at=evening(FIRST_EVENING, number))
    for place, lesson in enumerate(lessons[: pupil.lessons]):
        moment = evening(FIRST_EVENING + timedelta(weeks=place), 30 + number)
        act_id = demo_id(f"read/{number}/{place}")
        read_lesson(learner, lesson.translation_key, act_id=act_id, at=moment)
    for place, right in enumerate(pupil.scores):
        moment = evening(FIRST_EVENING + timedelta(weeks=2 + place), 2 * number)
        _attempt(learner, quiz, number, place, right, moment)
    if pupil.left_open:
        moment = evening(FIRST_EVENING + timedelta(weeks=2), 2 * number)
        open_attempt(
            learner,
            quiz.translation_key,
            act_id=demo_id(f"open/{number}/left"),
            uuid=demo_id(f"attempt/{number}/left"),
            at=moment,
        )


def _attempt(learner: Any, quiz: QuizPage, number: int, place: int, right: int, moment: datetime) -> None:
    """One attempt with so many right answers, saved halfway as the page does."""
    name = f"{number}/{place}"
    attempt = open_attempt(
        learner,
        quiz.translation_key,
        act_id=demo_id(f"open/{name}"),
        uuid=demo_id(f"attempt/{name}"),
        at=moment,
    )
    responses = _responses(attempt.version, right)
    half = dict(list(responses.items())[: len(responses) // 2])
    save_answers(attempt.uuid, learner, half, act_id=demo_id(f"save/{name}"), at=moment + timedelta(minutes=4))
    submit(attempt.uuid, learner, responses, act_id=demo_id(f"submit/{name}"), at=moment + timedelta(minutes=9))


def _responses(version: QuizVersion, right: int) -> dict[str, str]:
    """The first `right` questions answered rightly, the rest wrongly."""
    answers = {}
    for place, question in enumerate(version.shown["questions"]):
        correct = version.key[question["key"]]["right"]
        options = [option["id"] for option in question["shown"]["options"]]
        answers[question["key"]] = correct if place < right else next(each for each in options if each != correct)
    return answers
