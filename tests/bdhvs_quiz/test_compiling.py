"""From the living bank to one immutable row."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from django.db import IntegrityError
from django.db.models import ProtectedError
from django.utils import translation
from wagtail.models import Page

from bdhvs_content.api import NotPublishable
from bdhvs_lms.base.append_only import AppendOnlyError
from bdhvs_lms.competency.queries import alignments_for
from bdhvs_lms.courses.api import activity
from bdhvs_quiz.api import QuizItem, SingleChoiceQuestion
from bdhvs_quiz.models import QuizVersion
from tests.bdhvs_content import pages
from tests.bdhvs_quiz.helpers import GROUND
from tests.support.loops import for_each

pytestmark = pytest.mark.django_db
ground = GROUND.once(10)


def five() -> list[SingleChoiceQuestion]:
    return [pages.question(f"Câu {number}?") for number in range(1, 6)]


def test_publishing_compiles_one_version_and_pushes_its_scores() -> None:
    frame = pages.framework()
    a1 = frame.competencies.get(code="A1")
    questions = five()
    quiz = pages.quiz(GROUND.rows()["course"], questions, aligned=[(a1, 1)], intro="Năm câu.")
    version = QuizVersion.objects.get()
    assert (version.activity_key, version.number) == (quiz.translation_key, 1)
    assert (version.max_score, version.pass_score) == (Decimal(5), Decimal(4))
    assert [row["key"] for row in version.shown["questions"]] == [str(row.key) for row in questions]
    assert version.shown["questions"][0] == {
        "key": str(questions[0].key),
        "type": "bdhvs_quiz.single_choice",
        "plugin": "bdhvs_quiz",
        "prompt": "Câu 1?",
        "shown": {
            "language": "vi",
            "prompt": "Câu 1?",
            "options": [
                {"id": pages.option_id(questions[0], 0), "text": "Đọc cho họ"},
                {"id": pages.option_id(questions[0], 1), "text": "Không đọc cho ai"},
                {"id": pages.option_id(questions[0], 2), "text": "Nhắn tin cho họ"},
            ],
        },
    }
    row = activity(quiz.translation_key)
    assert (row.type_key, row.done_on, row.max_score, row.pass_score, row.revision) == (
        "bdhvs_quiz.quiz",
        "passed",
        Decimal(5),
        Decimal(4),
        "1",
    )
    assert alignments_for(quiz.translation_key, "1") == [(a1, 1)]


def test_what_may_not_be_seen_is_in_the_key_and_only_there() -> None:
    row = pages.question(feedback="Nhận xét bí mật", explanation="Giải thích bí mật")
    pages.quiz(GROUND.rows()["course"], [row])
    version = QuizVersion.objects.get()
    assert "bí mật" not in json.dumps(version.shown, ensure_ascii=False)
    assert version.key[str(row.key)]["right"] == pages.option_id(row, 1)
    assert version.key[str(row.key)]["explanation"] == "Giải thích bí mật"


@for_each(("count", "percent", "needed"), [(1, 80, 1), (5, 80, 4), (10, 80, 8), (3, 50, 2), (7, 1, 1)])
def test_the_pass_mark_rounds_up_to_a_whole_question(count: int, percent: int, needed: int) -> None:
    rows = GROUND.rows()
    pages.quiz(rows["course"], rows["questions"][:count], pass_percent=percent)
    assert QuizVersion.objects.get().pass_score == needed


def test_the_same_again_is_the_same_version_and_a_change_is_a_new_one() -> None:
    questions = five()
    quiz = pages.publish(pages.quiz(GROUND.rows()["course"], questions))
    assert QuizVersion.objects.count() == 1
    quiz.pass_percent = 60
    quiz = pages.publish(quiz)
    quiz.items = [QuizItem(question=row, sort_order=place) for place, row in enumerate(reversed(questions))]
    pages.publish(quiz)
    assert list(QuizVersion.objects.order_by("number").values_list("number", "pass_score")) == [(1, 4), (2, 3), (3, 3)]
    assert QuizVersion.objects.get(number=3).shown["questions"][0]["prompt"] == "Câu 5?"


def test_a_question_changed_in_the_bank_reaches_learners_only_when_the_quiz_is_published_again() -> None:
    row = pages.question("Cũ?")
    quiz = pages.quiz(GROUND.rows()["course"], [row])
    row.prompt = "Mới?"
    row.save_revision().publish()
    assert QuizVersion.objects.get().shown["questions"][0]["prompt"] == "Cũ?"
    pages.publish(quiz)
    assert QuizVersion.objects.get(number=2).shown["questions"][0]["prompt"] == "Mới?"


def test_a_draft_of_a_published_question_is_not_asked() -> None:
    row = pages.question("Đã xuất bản?")
    row.prompt = "Bản nháp?"
    row.save_revision()
    pages.quiz(GROUND.rows()["course"], [row])
    assert QuizVersion.objects.get().shown["questions"][0]["prompt"] == "Đã xuất bản?"


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (list, "The quiz has no questions. Add at least one."),
        (
            lambda: [pages.question("Nháp?", live=False)],
            "“Nháp?” is not published. Publish it in the question bank first.",
        ),
        (
            lambda: [pages.question("Không đáp án?", right=None)],
            "“Không đáp án?”: No option is marked as correct. Tick “This is the correct answer” for one option.",
        ),
    ],
)
def test_what_cannot_be_asked_is_refused_and_nothing_is_pushed(make, message: str) -> None:
    course = GROUND.rows()["course"]
    quiz = pages.quiz(course, make(), live=False)
    with translation.override("en"), pytest.raises(NotPublishable) as refused:
        pages.publish(quiz)
    assert refused.value.messages == [message]
    assert Page.objects.get(pk=quiz.pk).live is False
    assert activity(quiz.translation_key) is None
    assert not QuizVersion.objects.exists()


def test_a_version_is_never_changed() -> None:
    pages.quiz(GROUND.rows()["course"], [pages.question()])
    version = QuizVersion.objects.get()
    with pytest.raises(AppendOnlyError):
        version.save()
    with pytest.raises(AppendOnlyError):
        QuizVersion.objects.update(number=9)


def test_a_question_in_use_cannot_be_deleted() -> None:
    row = pages.question()
    pages.quiz(GROUND.rows()["course"], [row])
    with pytest.raises(ProtectedError):
        row.delete()
    assert SingleChoiceQuestion.objects.filter(pk=row.pk).exists()


def test_the_database_refuses_the_same_question_twice_in_a_quiz() -> None:
    row = pages.question()
    quiz = pages.quiz(GROUND.rows()["course"], [row])
    with pytest.raises(IntegrityError):
        QuizItem.objects.create(page=quiz, question=row)


def test_text_is_stored_composed() -> None:
    row = pages.question("Tiê\u0301ng Viê\u0323t?")
    assert SingleChoiceQuestion.objects.get(pk=row.pk).prompt == "Tiếng Việt?"
