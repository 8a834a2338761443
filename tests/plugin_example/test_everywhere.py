"""The stranger's question type wherever a question goes: the bank, a quiz and its draws, an attempt, results, paper, a
regrade. How its files are read and written: test_files.py; what is left of it when it is gone: test_uninstalled.py."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from plugin_example.models import NumberQuestion

from bdhvs_lms.base.api import day_of
from bdhvs_quiz.api import QuizItem
from bdhvs_quiz.models import Attempt, QuizDraw
from bdhvs_quiz.regrading.queries import newest, preview
from tests.bdhvs_content import pages
from tests.bdhvs_quiz.helpers import address
from tests.bdhvs_quiz.test_bank_categories import category, prompts
from tests.bdhvs_quiz.test_bank_list import act, said
from tests.bdhvs_quiz.test_paper import Hall
from tests.plugin_example.helpers import number
from tests.support.markup import html_of

pytestmark = pytest.mark.django_db

KEY = "plugin_example.number"
POLICE = "Gọi công an thì bấm số nào?"


def words(response: Any) -> str:
    """What is read of a page."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html_of(response)))


def test_in_the_bank_it_is_a_question_like_any_other() -> None:
    client, where = pages.editor(), category("Số cần nhớ")
    rows = [number(POLICE), number("goi cong an thi bam so nao", answer="114", live=False)]
    pages.question("Khác?")
    assert prompts(client, type_key=KEY) == prompts(client, alike="prompt") == {row.prompt for row in rows}
    assert prompts(client, q="cong an") == {row.prompt for row in rows}

    assert "2 câu hỏi" in said(act(client, "move", *rows, category=where.pk))
    act(client, "tag", *rows, tags='"khẩn cấp"')
    act(client, "difficulty", *rows, difficulty="easy")
    assert "1 câu hỏi" in said(act(client, "publish", rows[1]))
    for row in NumberQuestion.objects.all():
        tags = [tag.name for tag in row.tags.all()]
        assert (row.collection, tags, row.difficulty, row.live) == (where, ["khẩn cấp"], "easy", True)
    assert prompts(client, category=str(where.pk)) == {row.prompt for row in rows}

    add = reverse("wagtailsnippets_plugin_example_numberquestion:add")
    assert add in html_of(client.get(reverse("wagtailsnippets_bdhvs_quiz_question:add")))
    # Its own form is a link beside the short one, which takes the types that a file's plain question becomes.
    chooser = client.get(reverse("wagtailsnippetchoosers_bdhvs_quiz_question:choose"), {"multiple": "1"})
    assert add in chooser.json()["html"]
    assert POLICE in chooser.json()["html"]
    act(client, "delete", rows[1])
    assert [row.prompt for row in NumberQuestion.objects.all()] == [POLICE]

    # GIFT and Moodle know no such question: the page names it.
    exported = words(client.get(reverse("bdhvs_quiz_bank_export")))
    assert POLICE in exported
    gift = client.get(reverse("bdhvs_quiz_bank_export_file", args=["bdhvs_quiz.gift"]))
    assert b"Kh" in gift.content and POLICE.encode() not in gift.content


def test_with_points_and_a_draw_it_is_asked_saved_graded_and_graded_again() -> None:
    course, where = pages.course(pages.catalog()), category("Số cần nhớ")
    choice = pages.question()
    pool = [number(POLICE).prompt, number("Gọi công an, viết bằng số?").prompt, number("Số công an?").prompt]
    NumberQuestion.objects.update(collection=where)
    quiz = pages.quiz(course, [], live=False, show_answers="after_each", pass_percent=100)
    quiz.items = [QuizItem(question=choice, points=Decimal(3))]
    quiz.draws = [QuizDraw(count=2, category=where)]
    pages.publish(quiz)
    learner = pages.enrolled(course)
    client = pages.client_of("lan")
    client.post(reverse("bdhvs_quiz:begin", args=[quiz.translation_key]), {"act_id": str(uuid.uuid4())})
    attempt = Attempt.objects.get(learner=learner)
    drawn = [question for question in attempt.questions if question["type"] == KEY]
    assert len(drawn) == 2 and {question["prompt"] for question in drawn} < set(pool)
    first, second = (f"q-{question['key']}" for question in drawn)
    sent: dict[str, Any] = {"base": "1", first: "113", second: "11x3"}

    def post(do: str, **more: str) -> Any:
        headers = {"Accept": "application/json"} if do == "save" else {}
        form = {**sent, **more, "do": do, "act_id": str(uuid.uuid4())}
        return client.post(address(attempt), form, headers=headers)

    assert post("save").status_code == 400
    assert "ghi một số" in words(post("submit"))
    saved = post("save", **{second: "114"}).json()
    assert saved["changed"] == []
    page = html_of(client.get(address(attempt)))
    assert 'value="113"' in page and 'value="114"' in page
    right = {f"q-{choice.key}": pages.option_id(choice, 1), "base": str(saved["base"])}
    assert post("submit", **{second: "114"}, **right).status_code == 303
    attempt.refresh_from_db()
    assert (attempt.raw, attempt.version.max_score, attempt.success) == (4, 5, False)
    result = words(client.get(address(attempt, "result")))
    assert result.count("Số này gọi không mất tiền.") == 2
    assert "Điểm: 1/1" in result and "Điểm: 0/1" in result

    wrong = NumberQuestion.objects.get(prompt=drawn[1]["prompt"])
    wrong.answer = Decimal(114)
    wrong.save_revision().publish()
    pages.fresh(quiz).save_revision().publish()
    version = newest(quiz.translation_key)
    assert version is not None
    assert [(change.raw, change.passes_now) for change in preview(version)] == [(5, True)]


def test_on_paper_it_is_printed_keyed_in_and_on_the_sheet_of_answers(settings: Any) -> None:
    settings.BDHVS_TEST_CLOCK = (pages.AT + timedelta(hours=1)).isoformat()
    hall = Hall("Trần Thị Lan")
    row = number("Một trang A4 dài bao nhiêu?", answer="29.7", tolerance=Decimal("0.5"), unit="cm")
    quiz = pages.fresh(hall.quiz)
    quiz.items = [QuizItem(question=row)]
    quiz.save_revision().publish()
    pack = hall.pack(codes=1, spare=0, held_on=day_of(pages.AT))
    client = pages.client_of("cohoa")
    printed = words(client.get(reverse("bdhvs_quiz:paper-print", args=[hall.group.uuid, pack.uuid])))
    assert "Một trang A4 dài bao nhiêu?" in printed and "____________________ cm" in printed
    assert "29,7" not in printed
    assert "29,7" in words(client.get(reverse("bdhvs_quiz:paper-key", args=[hall.group.uuid, pack.uuid])))
    sheet = reverse("bdhvs_quiz:paper-sheet", args=[hall.group.uuid, pack.uuid, 1])
    fields = dict(re.findall(r'name="(act_id|base|named)" value="([^"]*)"', html_of(client.get(sheet))))
    answer = client.post(sheet, {**fields, f"q-{row.key}": "30 "}, follow=True)
    assert answer.status_code == 200
    assert (Attempt.objects.get().raw, Attempt.objects.get().success) == (1, True)
