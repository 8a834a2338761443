"""Run in processes of their own, beside a serving site: what the race tests need to be made and to be counted."""

from __future__ import annotations

import json
import sys
from collections import Counter
from datetime import datetime

from django.test import Client
from django.urls import reverse

from bdhvs_lms.progress.api import results_of
from bdhvs_lms.tracking.api import check
from bdhvs_quiz.api import QuizPage
from bdhvs_quiz.models import Attempt
from bdhvs_xapi import api as xapi
from tests.bdhvs_content import pages


def build() -> None:
    """A course, a quiz of three questions, a learner who is signed in; prints addresses, session and answers."""
    course = pages.course(pages.catalog())
    questions = [pages.question(f"Câu {number}?") for number in range(1, 4)]
    quiz = pages.quiz(course, questions)
    pages.enrolled(course)
    client: Client = pages.client_of("lan")
    told = {
        "session": {name: morsel.value for name, morsel in client.cookies.items()},
        "quiz": quiz.url,
        "begin": reverse("bdhvs_quiz:begin", args=[quiz.translation_key]),
        "answers": {f"q-{row.key}": pages.option_id(row, 1) for row in questions},
    }
    sys.stdout.write("TOLD" + json.dumps(told) + "\n")


def count() -> None:
    """What the races left behind; prints one JSON line."""
    quiz = QuizPage.objects.get()
    attempts = list(Attempt.objects.select_related("learner"))
    verbs = Counter[str]()
    moments: dict[str, list[datetime]] = {}
    uneven = 0
    for attempt in attempts:
        facts = xapi.facts(registration=attempt.uuid)
        said = Counter(fact.verb.rsplit("/", 1)[1] for fact in facts)
        for fact in facts:
            moments.setdefault(fact.verb.rsplit("/", 1)[1], []).append(fact.occurred_at)
        verbs += said
        uneven += said != Counter({"initialized": 1, "answered": 3, "completed": 1, "passed": 1})
    result = results_of(attempts[0].learner, [quiz.translation_key])[quiz.translation_key]
    told = {
        "attempts": len(attempts),
        "open": sum(attempt.submitted_at is None for attempt in attempts),
        "numbers": sorted(attempt.number for attempt in attempts) == list(range(1, len(attempts) + 1)),
        "uneven": uneven,
        "completed": verbs["completed"],
        "in_result": (result.completed_at, result.passed_at) == (min(moments["completed"]), min(moments["passed"])),
        "differences": [str(difference) for difference in check()],
    }
    sys.stdout.write("TOLD" + json.dumps(told) + "\n")
