"""Every setting of a quiz beside every other: begun, saved, handed in and read by a learner's own pages.

What each does alone: test_rules.py, test_timing.py, test_draws.py, test_points.py.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from itertools import combinations, product
from random import Random
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from bdhvs_lms.attempts.api import give_extra_time
from bdhvs_quiz.models import Attempt, QuizDraw, QuizItem
from bdhvs_quiz.models.quiz import QuizFeedback, QuizPage
from tests.bdhvs_content import pages
from tests.bdhvs_quiz.helpers import address
from tests.bdhvs_quiz.test_bank_categories import category, put
from tests.support.markup import html_of

SETTINGS: dict[str, tuple[Any, ...]] = {
    "open": ("always", "now"),
    "time": (None, "more"),
    "wait": (0, 60),
    "one_per_page": (False, True),
    "sections": (False, True),
    "shuffle": (False, True),
    "overall": (False, True),
    "show_answers": ("after_each", "when_passed_or_no_attempts_left", "never"),
    "attempts": (0, 1),
    "draw": (False, True),
    "points": (False, True),
}
Case = dict[str, Any]
HOUR = timedelta(hours=1)


def pairwise() -> Iterator[Case]:
    """Cases in which each value of each setting stands beside each of every other, in few."""
    names = list(SETTINGS)
    open_pairs = {
        ((a, x), (b, y)) for a, b in combinations(names, 2) for x, y in product(SETTINGS[a], SETTINGS[b])
    }  # fmt: skip
    chance = Random(0)  # noqa: S311
    while open_pairs:
        some = ({name: chance.choice(values) for name, values in SETTINGS.items()} for _ in range(300))
        chosen = max(some, key=lambda case: len(_met(case, open_pairs)))
        open_pairs -= _met(chosen, open_pairs)
        yield chosen


def _met(case: Case, pairs: set[Any]) -> set[Any]:
    return pairs & set(combinations(case.items(), 2))


def made(course: Any, case: Case, fixed: list[Any], pool: Any) -> QuizPage:
    at = pages.AT
    opens = {"now": at - HOUR, "later": at + 2 * HOUR, "closed": at - 2 * HOUR}.get(case["open"])
    closes = {"now": at + HOUR, "later": at + 3 * HOUR, "closed": at - HOUR}.get(case["open"])
    page = pages.quiz(
        course,
        fixed,
        f"Bài {uuid.uuid4().hex[:6]}",
        live=False,
        opens_at=opens,
        closes_at=closes,
        time_limit=case["time"] and 20,
        wait_minutes=case["wait"],
        one_per_page=case["one_per_page"],
        shuffle_questions=case["shuffle"],
        shuffle_options=case["shuffle"],
        show_answers=case["show_answers"],
        attempts_allowed=case["attempts"],
        pass_percent=100,
    )
    items = [QuizItem(question=row, sort_order=place) for place, row in enumerate(fixed)]
    if case["points"]:
        items[0].points = Decimal(3)
    if case["sections"]:
        items[0].section, items[0].section_intro, items[1].section = "Phần A", "Về mật khẩu.", "Phần B"
    page.items = items
    page.draws = [QuizDraw(count=1, category=pool)] if case["draw"] else []
    page.overall_feedback = [QuizFeedback(percent=50, text="Khá lắm.")] if case["overall"] else []
    return pages.publish(page)


def walk(client: Client, learner: Any, quiz: QuizPage, case: Case, rows: dict[str, Any]) -> None:
    begin = reverse("bdhvs_quiz:begin", args=[quiz.translation_key])
    if case["time"] == "more":
        give_extra_time(learner, quiz.translation_key, 50, act_id=uuid.uuid4(), by=None, at=pages.AT)
    begun = client.post(begin, {"act_id": str(uuid.uuid4())})
    if case["open"] in ("later", "closed"):
        assert begun.status_code == 409
        assert "Lúc này chưa làm bài được" in html_of(begun)
        return
    attempt = Attempt.objects.get(activity_key=quiz.translation_key)
    keys = [question["key"] for question in attempt.questions]
    page = html_of(client.get(address(attempt)))
    assert len(keys) == 3 + case["draw"]
    assert sorted(page.count(f'id="q-{key}"') for key in keys) == [1] * len(keys)
    assert page.count("<section hidden") == (len(keys) - 1 if case["one_per_page"] else 0)
    assert ("Phần A" in page and "Về mật khẩu." in page) == case["sections"]
    minutes = {None: None, "more": 30}[case["time"]]
    ends = attempt.opened_at + timedelta(minutes=minutes) if minutes else quiz.closes_at
    assert attempt.due_at == ends
    assert ('role="timer"' in page) == (ends is not None)

    # The last question of the editor's order is answered wrongly, all others rightly.
    right = {key: pages.option_id(rows[key], 1) for key in keys} | {keys[-1]: pages.option_id(rows[keys[-1]], 0)}
    form = {f"q-{key}": value for key, value in right.items()} | {"base": "1", "act_id": str(uuid.uuid4())}
    saved = client.post(address(attempt), {**form, "do": "save"}, headers={"Accept": "application/json"})
    assert saved.status_code == 200, saved.content
    sent = {**form, "do": "submit", "base": str(saved.json()["base"]), "act_id": str(uuid.uuid4())}
    assert client.post(address(attempt), sent)["Location"] == address(attempt, "result")
    attempt.refresh_from_db()
    assert (attempt.raw, attempt.success) == (len(keys) - 1 + 2 * case["points"], False)

    result = html_of(client.get(address(attempt, "result")))
    assert ("Khá lắm." in result) == case["overall"]
    told = case["show_answers"] == "after_each" or (case["show_answers"] != "never" and case["attempts"] == 1)
    assert ("Giải thích" in result) == told
    assert ("Bài này không cho xem đáp án đúng." in result) == (case["show_answers"] == "never")
    assert ("Điểm: " in result) == case["points"]

    again = client.post(begin, {"act_id": str(uuid.uuid4())})
    refused = case["attempts"] == 1 or case["wait"] > 0
    assert again.status_code == (409 if refused else 303)
    assert Attempt.objects.filter(activity_key=quiz.translation_key).count() == (1 if refused else 2)


@pytest.mark.django_db
def test_each_setting_works_beside_each_other(settings: Any) -> None:
    settings.BDHVS_TEST_CLOCK = pages.AT.isoformat()
    course, where = pages.course(pages.catalog()), category("Để rút")
    fixed = [pages.question(f"Câu {number}?", explanation="Giải thích") for number in range(1, 4)]
    pool = [put(pages.question(f"Rút {number}?", explanation="Giải thích"), where) for number in range(2)]
    rows = {str(row.key): row for row in (*fixed, *pool)}
    learner = pages.enrolled(course)
    client = pages.client_of("lan")
    cases = list(pairwise())
    assert len(cases) < 12
    cases += [{**cases[0], "open": "later"}, {**cases[-1], "open": "closed"}]
    with translation.override("vi"):
        for case in cases:
            try:
                walk(client, learner, made(course, case, fixed, where), case, rows)
            except AssertionError as wrong:
                raise AssertionError(f"{case}: {wrong}") from wrong
