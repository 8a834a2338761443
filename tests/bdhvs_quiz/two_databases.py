"""Run in a process of its own, on an empty database: builds a quiz whose ids do not depend on its keys, walks through
every address of an open attempt, and prints what came back. KEYS says which option is right."""

from __future__ import annotations

import json
import os
import re
import sys
import uuid
from typing import Any

from django.urls import reverse

from bdhvs_lms.courses.api import Enrolment
from bdhvs_quiz.api import QuizPage, open_attempt
from tests.bdhvs_content import pages
from tests.support.world import uid

TOKEN = re.compile(r'(name="csrfmiddlewaretoken" value=")[^"]+')
TEXTS = ("Đọc cho họ", "Không đọc cho ai", "Nhắn tin cho họ", "Cúp máy")


def build(variant: str) -> tuple[Any, Any]:
    """The same questions, options and ids; only what is right, feedback and explanation follow from the variant."""
    course = pages.course(pages.catalog(), live=False)
    course.translation_key = uid("course")
    course.save()
    course = pages.publish(course)
    questions = []
    for number in range(1, 6):
        right = number % 4 if variant == "a" else (number + 2) % 4
        questions.append(
            pages.question(
                f"Câu {number}?",
                texts=TEXTS,
                right=right,
                feedback="" if variant == "a" else "Một nhận xét dài hơn nhiều " * number,
                explanation="Vì thế." if variant == "a" else "Vì một lý do khác hẳn. " * (7 * number),
                key=uid(f"question-{number}"),
            )
        )
    quiz = pages.quiz(course, questions, live=False)
    QuizPage.objects.filter(pk=quiz.pk).update(translation_key=uid("quiz"))
    quiz = pages.publish(QuizPage.objects.get(pk=quiz.pk))
    return course, quiz


def walk() -> list[dict[str, Any]]:
    course, quiz = build(os.environ["KEYS"])
    learner = pages.enrolled(course)
    Enrolment.objects.update(uuid=uid("enrolment"))
    client = pages.client_of("lan", SERVER_NAME="127.0.0.1")
    attempt = open_attempt(learner, quiz.translation_key, act_id=uid("act"), at=pages.AT, uuid=uid("attempt"))
    target = reverse("bdhvs_quiz:attempt", args=[attempt.uuid])
    first = f"q-{uid('question-1')}"
    some = {first: str(uid(f"option-{TEXTS[1]}")), f"q-{uid('question-2')}": str(uid(f"option-{TEXTS[2]}"))}
    begin = reverse("bdhvs_quiz:begin", args=[quiz.translation_key])

    def form(**more: str) -> dict[str, str]:
        return {"act_id": str(uuid.uuid5(uid("form"), str(sorted(more.items())))), **more}

    steps = [
        ("GET", course.url, None),
        ("GET", quiz.url, None),
        ("GET", reverse("bdhvs_lms:my-learning"), None),
        ("POST", begin, form()),
        ("GET", target, None),
        ("HEAD", target, None),
        ("GET", reverse("bdhvs_quiz:result", args=[attempt.uuid]), None),
        ("POST", target, form(do="save", **some)),
        ("GET", target, None),
        ("POST", target, form(do="submit", **some)),
        ("GET", f"{target}?buoc=nop", None),
        ("POST", target, form(do="save", **{first: "khong-co"})),
        ("POST", target, {"do": "save"}),
        ("DELETE", target, None),
        ("GET", f"/en{target}", None),
        ("GET", quiz.url, None),
    ]
    seen = []
    for method, address, data in steps:
        response = client.generic(method, address) if data is None else client.post(address, data)
        body = response.content.decode()
        headers = {
            name: value for name, value in response.headers.items() if name not in ("Date", "Expires", "Set-Cookie")
        }
        seen.append(
            {
                "step": f"{method} {address}",
                "status": response.status_code,
                "headers": headers,
                "length": len(response.content),
                "body": TOKEN.sub(r"\1", body),
            }
        )
    return seen


def main() -> None:
    sys.stdout.write("WALK" + json.dumps(walk(), ensure_ascii=False) + "\n")
