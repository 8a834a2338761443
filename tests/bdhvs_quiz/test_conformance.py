"""The built-ins against the same kit that a stranger's plugin passes."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.template import Context
from django.test import TestCase

from bdhvs_content.activity import LessonActivity
from bdhvs_content.api import page_for, read_lesson
from bdhvs_lms.campaign.api import Area
from bdhvs_lms.classes.api import create_class
from bdhvs_lms.courses.api import Course, enrol
from bdhvs_lms.plugins.api import fragment, question_types
from bdhvs_lms.plugins.testing import (
    ActivityTypeConformance,
    PersonalDataConformance,
)
from bdhvs_quiz.actions import open_attempt, submit
from bdhvs_quiz.activity import QuizActivity
from bdhvs_quiz.api import Question
from bdhvs_quiz.models import ImportedFile, PaperPack, PaperSheet, QuestionImport, QuizVersion, Reopening
from bdhvs_quiz.personal import QuizPersonalData
from tests.bdhvs_content import pages
from tests.bdhvs_quiz import kinds
from tests.bdhvs_quiz.helpers import GROUND

ground = GROUND.once(2)


class TestLesson(ActivityTypeConformance, TestCase):
    activity_type = LessonActivity

    def publish(self) -> UUID:
        key: UUID = pages.lesson(GROUND.rows()["course"]).translation_key
        return key

    def finish(self, activity_key: UUID) -> None:
        page = page_for(activity_key)
        assert page is not None
        learner = pages.enrolled(page.get_parent(), f"an-{uuid.uuid4().hex[:6]}")
        read_lesson(learner, activity_key, act_id=uuid.uuid4(), at=pages.AT)


def hand_in(learner: Any, activity_key: UUID) -> None:
    attempt = open_attempt(learner, activity_key, act_id=uuid.uuid4(), at=pages.AT)
    right = {key: hidden["right"] for key, hidden in QuizVersion.objects.get(activity_key=activity_key).key.items()}
    submit(attempt.uuid, learner, right, act_id=uuid.uuid4(), at=pages.AT)


class TestQuiz(ActivityTypeConformance, TestCase):
    activity_type = QuizActivity

    def publish(self) -> UUID:
        rows = GROUND.rows()
        key: UUID = pages.quiz(rows["course"], rows["questions"]).translation_key
        return key

    def finish(self, activity_key: UUID) -> None:
        page = page_for(activity_key)
        assert page is not None
        hand_in(pages.enrolled(page.get_parent(), f"an-{uuid.uuid4().hex[:6]}"), activity_key)


class TestPersonal(PersonalDataConformance, TestCase):
    personal_data = QuizPersonalData

    def setUp(self) -> None:
        self.course = GROUND.rows()["course"]
        self.short = kinds.short()
        self.quiz = pages.quiz(self.course, [self.short])

    def person(self) -> Any:
        """A learner who typed an answer, whose attempt was opened again, who has a sheet of paper, and as an editor
        wrote a question and locked another."""
        name = f"an-{uuid.uuid4().hex[:6]}"
        learner = pages.person(name)
        enrol(learner, self.course.translation_key, at=pages.AT)
        attempt = open_attempt(learner, self.quiz.translation_key, act_id=uuid.uuid4(), at=pages.AT)
        typed = {str(self.short.key): f"gọi {name}"}
        submit(attempt.uuid, learner, typed, act_id=uuid.uuid4(), at=pages.AT)
        Reopening.objects.create(attempt=attempt, act_id=uuid.uuid4(), reason=f"Máy của {name} hết pin", at=pages.AT)
        course = Course.objects.get(key=self.course.translation_key)
        area, _made = Area.objects.get_or_create(code="10015", name="Phường Thử", kind="commune")
        day = pages.AT.date()
        group = create_class(name=name, code=name, course=course, area=area, starts=day, at=pages.AT, by=None)
        pack = PaperPack.objects.create(
            class_group=group, version=attempt.version, codes=1, held_on=day, act_id=uuid.uuid4(), created_at=pages.AT
        )
        PaperSheet.objects.create(pack=pack, number=1, code=0, learner=learner)
        locked = pages.question(f"Câu bị khóa của {name}?")
        user = get_user_model().objects.get(username=name)
        Question.objects.filter(pk=locked.pk).update(locked=True, locked_by=user, locked_at=pages.AT)
        written = pages.question(f"Câu do {name} viết?")
        Question.objects.filter(pk=written.pk).update(author=user)
        brought = QuestionImport.objects.create(
            user=user, created_at=pages.AT, file_name=f"{name}.docx", format_key="x", locale=locked.locale
        )
        ImportedFile.objects.create(
            question_import=brought, place=0, kind="picture", name="a.png", content_type="image/png", data=b"x"
        )
        return learner


def test_a_theme_replaces_the_options_of_both_types_or_one_type_whole(settings: Any, tmp_path: Path) -> None:
    def rendered(kind: str, name: str) -> str:
        shown = {"prompt": "Ai?", "options": [{"id": "a", "text": "Một"}]}
        found = question_types.get(f"bdhvs_quiz.{kind}")
        assert found is not None
        template = fragment(found, f"bdhvs_quiz/types/{kind}/{name}.html")
        return str(template.render(Context({"question": shown, "name": "q"})))

    assert 'type="radio"' in rendered("single_choice", "answer")
    assert 'type="checkbox"' in rendered("multiple_choice", "answer")
    (tmp_path / "bdhvs_quiz" / "types" / "single_choice").mkdir(parents=True)
    for file in ("options.html", "options_on_paper.html"):
        (tmp_path / "bdhvs_quiz" / file).write_text("ours {{ question.options.0.text }}", encoding="utf-8")
    first, *others = settings.TEMPLATES
    settings.TEMPLATES = [{**first, "DIRS": [tmp_path, *first.get("DIRS", [])]}, *others]
    for kind in ("single_choice", "multiple_choice"):
        for name in ("answer", "print"):
            assert "ours Một" in rendered(kind, name)
            assert "Ai?" in rendered(kind, name)
    (tmp_path / "bdhvs_quiz" / "types" / "single_choice" / "answer.html").write_text("all ours", encoding="utf-8")
    settings.TEMPLATES = [dict(one) for one in settings.TEMPLATES]
    assert rendered("single_choice", "answer") == "all ours"
    assert "ours Một" in rendered("multiple_choice", "answer")
