"""Run inside a process of its own with the plugin installed: what a site has by the time somebody uninstalls it.

`main()` prints one line of JSON with the keys that test_uninstalled.py looks for afterwards.
"""

from __future__ import annotations

import json
import uuid
from datetime import date, timedelta
from typing import Any

from django.contrib.auth import get_user_model

from bdhvs_quiz.actions import open_attempt, submit


def main() -> None:
    from plugin_example import actions

    from bdhvs_lms.campaign.api import Area
    from bdhvs_lms.classes import api as classes
    from bdhvs_lms.courses.api import Course
    from tests.bdhvs_content import pages
    from tests.plugin_example.helpers import number

    framework = pages.framework()
    competency = framework.competencies.get(code="A1")
    course = pages.course(pages.catalog())
    choice, amount = pages.question(), number()
    quiz = pages.quiz(course, [choice, amount], aligned=[(competency, 1)])
    task = actions.create_task(course.translation_key, "Đặt lịch khám", pages.AT, alignments=[(competency.pk, 1)])
    learner = pages.enrolled(course)
    row = Course.objects.get(key=course.translation_key)
    teacher = get_user_model().objects.create_user("co-giao", password="x")
    area = Area.objects.create(code="10015", name="Phường Thử", kind="commune", valid_from=date(2025, 7, 1))
    group = classes.create_class(
        name="Lớp tối", code="lop-toi", course=row, area=area, starts=pages.AT.date(), at=pages.AT, by=None
    )
    classes.add_member(group, learner, at=pages.AT, by=None)
    classes.add_teacher(group, teacher, at=pages.AT, by=None)
    get_user_model().objects.create_superuser("bien-soan", password="x")

    def attempt(minutes: int) -> Any:
        at = pages.AT + timedelta(minutes=minutes)
        return open_attempt(learner, quiz.translation_key, act_id=uuid.uuid4(), at=at)

    done = attempt(1)
    answers = {str(choice.key): pages.option_id(choice, 1), str(amount.key): "113"}
    graded = submit(done.uuid, learner, answers, act_id=uuid.uuid4(), at=pages.AT + timedelta(minutes=5))
    actions.tick_off(
        learner, task.key, passed=True, observer=uuid.uuid4(), act_id=uuid.uuid4(), at=pages.AT + timedelta(minutes=9)
    )
    begun = attempt(20)
    # Another key by now: whoever grades again would lose a point by it, if the type were there.
    amount.answer = 114
    amount.save_revision().publish()
    pages.fresh(quiz).save_revision().publish()
    print(  # noqa: T201  what the test reads
        json.dumps(
            {
                "class": str(group.uuid),
                "attempt": str(done.uuid),
                "raw": str(graded.attempt.raw),
                "success": graded.attempt.success,
                "open_attempt": str(begun.uuid),
                "number": amount.pk,
                "choice": choice.pk,
                "quiz_page": quiz.pk,
                "framework": framework.key,
            }
        )
    )
