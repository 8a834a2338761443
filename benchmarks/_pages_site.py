"""What benchmarks/pages.py fills a demonstration with, run inside the site's own process by `bdhvs shell`.

Beside the demonstration: a course of 30 activities with a class of 200 people, who have results in most of them; two
learners with 10 and 400 attempts at the demonstration's first quiz; a credential for the record store.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

PASSWORD = "hocvuso2025"
PEOPLE, ACTIVITIES, FEW, OFTEN = 200, 30, 10, 400


def uid(name: str) -> UUID:
    return uuid5(NAMESPACE_URL, f"https://benchmark.invalid/{name}")


def person(name: str, area: Any, at: datetime) -> Any:
    from bdhvs_lms.audit.api import record_consent
    from bdhvs_lms.learners.api import register

    one = register(full_name=f"Nguyễn Thị {name}", at=at, area=area)
    record_consent(one.actor, given=True, at=at)
    return one


def account(name: str, learner: Any) -> None:
    from django.contrib.auth import get_user_model

    from bdhvs_lms.learners.api import link_user

    link_user(learner, get_user_model().objects.create_user(name, password=PASSWORD))


def large_class(at: datetime) -> tuple[Any, list[Any]]:
    """The class of 200 × 30; three in four activities of each person have a result."""
    from django.contrib.auth import get_user_model
    from django.db import transaction

    from bdhvs_lms.campaign.api import Area
    from bdhvs_lms.classes.api import add_member, add_teacher, create_class
    from bdhvs_lms.courses import api as courses
    from bdhvs_lms.tracking import api as tracking

    area = Area.objects.filter(kind="commune", valid_to=None).order_by("code").first()
    key = uid("course")
    course = courses.push_course(key, host="benchmark", titles={"vi": "Khóa đo"}, revision="1", at=at)
    for place in range(ACTIVITIES):
        facts = courses.ActivityFacts(
            key=uid(f"activity {place}"),
            type_key="benchmark.task",
            plugin="benchmark",
            titles={"vi": f"Bài số {place + 1}"},
            done_on="passed",
            revision="1",
            position=place,
            max_score=Decimal(10),
            pass_score=Decimal(8),
        )
        courses.push_activity(key, facts, at=at)
    group = create_class(name="Lớp đo", code="lop-do", course=course, area=area, starts=at.date(), at=at, by=None)
    add_teacher(group, get_user_model().objects.get(username="huongdan"), at=at, by=None)
    rows = [courses.activity(uid(f"activity {place}")) for place in range(ACTIVITIES)]
    people = []
    for number in range(PEOPLE):
        one = person(f"Đo {number:03}", area, at)
        courses.enrol(one, key, at=at)
        add_member(group, one, at=at, by=None)
        people.append(one)
        acts = [
            tracking.LearningAct(
                actor=one.actor,
                verb=tracking.VERB_PASSED if (number + place) % 5 else tracking.VERB_FAILED,
                object=courses.activity_ref(row),
                id_seed=uid(f"attempt {number} {place}"),
                registration=uid(f"attempt {number} {place}"),
                occurred_at=at + timedelta(minutes=place),
                revision="1",
                grouping=(courses.course_ref(course),),
                result=tracking.ResultFacts(
                    success=bool((number + place) % 5),
                    raw=Decimal(9),
                    min=Decimal(0),
                    max=Decimal(10),
                    scaled=Decimal("0.9"),
                ),
            )
            for place, row in enumerate(rows)
            if (number + place) % 4
        ]
        with transaction.atomic():
            tracking.record(acts, at=at + timedelta(hours=1))
    return group, people


def attempts(name: str, quiz: Any, count: int, at: datetime) -> None:
    """Somebody enrolled, with so many attempts behind them, each with an answer too few."""
    from bdhvs_lms.campaign.api import Area
    from bdhvs_lms.courses import api as courses
    from bdhvs_quiz import actions

    area = Area.objects.filter(kind="commune", valid_to=None).order_by("code").first()
    one = person(name, area, at)
    account(name, one)
    courses.enrol(one, courses.activity(quiz.translation_key).course.key, at=at)
    for turn in range(count):
        begun = at + timedelta(hours=turn)
        attempt = actions.open_attempt(one, quiz.translation_key, act_id=uuid4(), at=begun)
        actions.submit(attempt.uuid, one, {}, act_id=uuid4(), at=begun + timedelta(minutes=5))


def fill() -> None:
    from django.core.management import call_command

    from bdhvs_lms.base.api import now
    from bdhvs_lms.tracking import iris
    from bdhvs_quiz.models import QuizPage

    for command in ("load_campaign", "load_demo", "name_in_vietnamese"):
        call_command(command, verbosity=0)
    at = now() - timedelta(days=30)
    quiz = next(page for page in QuizPage.objects.live().order_by("path") if not page.attempts_allowed)
    group, people = large_class(at)
    attempts("do-it", quiz, FEW, at)
    attempts("do-nhieu", quiz, OFTEN, at)
    print(
        "\n"
        + json.dumps(
            {
                "quiz": quiz.url,
                "class": f"/day/{group.uuid}/",
                "people": [str(one.actor) for one in people],
                "activities": [iris.activity_iri(uid(f"activity {place}")) for place in range(ACTIVITIES)],
                "home": iris.home_page(),
            }
        )
    )
