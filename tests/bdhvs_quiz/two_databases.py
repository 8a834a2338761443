"""Builds a quiz of all types whose ids do not depend on its keys, walks through every address of an open attempt and of
a failed one whose answers are not shown yet, and tells what came back. A variant says what is right."""

from __future__ import annotations

import re
import uuid
from typing import Any

from django.urls import reverse

from bdhvs_lms.courses.api import Enrolment
from bdhvs_quiz.actions import open_attempt
from bdhvs_quiz.api import QuizPage
from bdhvs_quiz.models import ShowAnswers
from tests.bdhvs_content import pages
from tests.bdhvs_quiz import kinds
from tests.support.addresses import below
from tests.support.world import uid

# Stands for what the page before it was made from, which a form brings back.
NEWEST = "newest"
BASE = re.compile(r'name="base" value="(\d+)"')
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
    one = variant == "a"
    said = "Kín." if one else "Một điều kín khác, dài hơn. " * 5
    questions += [
        kinds.several("Câu nhiều?", right=(0, 2) if one else (1,), feedback=said, explanation=said, key=uid("several")),
        kinds.true_false(
            "Câu đúng sai.",
            answer=one,
            right=said,
            wrong="" if one else "Sai.",
            explanation=said,
            key=uid("true-false"),
        ),
        kinds.short(
            "Câu ngắn?",
            texts=["115"] if one else ["Một câu trả lời khác hẳn", "113"],
            ignore_case=one,
            explanation=said,
            key=uid("short"),
        ),
    ]
    quiz = pages.quiz(
        course,
        questions,
        live=False,
        shuffle_questions=True,
        shuffle_options=True,
        show_answers=ShowAnswers.WHEN_DONE,
    )
    QuizPage.objects.filter(pk=quiz.pk).update(translation_key=uid("quiz"))
    quiz = pages.publish(QuizPage.objects.get(pk=quiz.pk))
    return course, quiz


def walk(variant: str) -> list[dict[str, Any]]:
    course, quiz = build(variant)
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

    # Not right under either key; what can only be right under one of them stays unanswered.
    wrong = {
        f"q-{uid(f'question-{number}')}": str(uid(f"option-{TEXTS[(number + 1) % 4]}")) for number in range(1, 6)
    } | {f"q-{uid('several')}": str(uid(f"option-{kinds.TEXTS[3]}")), f"q-{uid('short')}": "không nhớ"}
    second = reverse("bdhvs_quiz:attempt", args=[uid("second")])
    result = reverse("bdhvs_quiz:result", args=[attempt.uuid])

    steps: list[tuple[str, str, Any]] = [
        ("GET", course.url, None),
        ("GET", quiz.url, None),
        ("GET", reverse("bdhvs_lms:my-learning"), None),
        ("POST", begin, form()),
        ("GET", target, None),
        ("HEAD", target, None),
        ("GET", result, None),
        ("JSON", target, form(do="save", **wrong)),
        ("JSON", target, form(do="save", **{first: "khong-co"})),
        ("JSON", target, form(do="submit", **wrong)),
        ("GET", target, None),
        ("POST", target, form(do="save", **some)),
        ("GET", target, None),
        ("POST", target, form(do="submit", **some)),
        ("GET", f"{target}?buoc=nop", None),
        ("POST", target, form(do="save", **{first: "khong-co"})),
        ("POST", target, {"do": "save"}),
        ("DELETE", target, None),
        ("GET", below("/en", target), None),
        ("GET", quiz.url, None),
        ("POST", target, form(do="save", kept="2", **wrong)),
        ("POST", target, form(do="submit", confirmed="1")),
        ("GET", f"{target}?buoc=nop", None),
        ("POST", target, form(do="submit", confirmed="1", base=NEWEST)),
        ("GET", result, None),
        ("GET", quiz.url, None),
        ("JSON", target, form(do="save", late="1", **wrong)),
        ("BEGIN", second, None),
        ("GET", result, None),
        ("GET", second, None),
        ("GET", reverse("bdhvs_lms:my-learning"), None),
    ]
    seen = []
    for method, address, data in steps:
        if method == "BEGIN":
            open_attempt(learner, quiz.translation_key, act_id=uid("again"), at=pages.AT, uuid=uid("second"))
            continue
        if data is not None and data.get("base") == NEWEST:
            data["base"] = BASE.search(seen[-1]["body"])[1]  # type: ignore[index]
        headers = {"Accept": "application/json"} if method == "JSON" else {}
        response = client.generic(method, address) if data is None else client.post(address, data, headers=headers)
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
