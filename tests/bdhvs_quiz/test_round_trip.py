"""What a file says of a question, the bank says too when it is asked for a file of the same kind."""

from __future__ import annotations

import hashlib
import io
from dataclasses import replace
from typing import Any

import pytest
from wagtail.models import Collection, Locale

from bdhvs_lms.plugins.api import PlainMedia, PlainQuestion, QuestionFormat, question_formats
from bdhvs_lms.plugins.testing.formats import QUESTIONS, QUIZ
from bdhvs_quiz.exporting.plain import handed, plain_bank
from bdhvs_quiz.importing.actions import Wish, import_at_once, look_at
from bdhvs_quiz.importing.planning import media_of, type_for
from bdhvs_quiz.importing.staging import with_media
from bdhvs_quiz.models import Question
from tests.bdhvs_content import pages

pytestmark = pytest.mark.django_db

# Files that hold pictures with their descriptions.
PICTURED = ("bdhvs_quiz.moodle_xml", "bdhvs_quiz.word")
BOTH = ("bdhvs_quiz.moodle_xml", "bdhvs_quiz.gift", "bdhvs_quiz.excel", "bdhvs_quiz.word", "bdhvs_quiz.aiken")


def written(kind: QuestionFormat, questions: list[PlainQuestion]) -> bytes:
    into = io.BytesIO()
    kind.write(handed(kind, replace(QUIZ, questions=tuple(questions))).quiz, into)
    return into.getvalue()


def read(kind: QuestionFormat, data: bytes) -> list[PlainQuestion]:
    reading = kind.read(io.BytesIO(data), name=f"de{kind.suffix}", language="vi")
    return [replace(each, key="", place="", language="") for each in reading.questions]


@pytest.mark.parametrize("key", BOTH)
def test_what_comes_in_goes_out_the_same(key: str) -> None:
    kind: Any = question_formats.get(key)
    given = [
        question
        for question in QUESTIONS
        if question.kind in kind.kinds and type_for(question.kind) and (key in PICTURED or not media_of(question))
    ]
    data = written(kind, given)
    found, plan = look_at(io.BytesIO(data), f"de{kind.suffix}", locale=Locale.get_default())
    assert found.format_key == key
    assert plan.found == len(given)
    assert plan.unsupported == []
    category = Collection.get_first_root_node()
    wishes = [Wish(each, True) for each in plan.planned]
    import_at_once(found, wishes, category=category, locale=Locale.get_default(), at=pages.AT)
    rows = list(Question.objects.rows().order_by("pk"))
    again = read(kind, written(kind, list(plain_bank(rows, title=QUIZ.title, language="vi").quiz.questions)))
    whole = [each.index for each in plan.planned if not each.doubtful and not each.left_out]
    assert len(whole) >= len(given) / 2
    first = read(kind, data)
    assert [_bare(again[index]) for index in whole] == [_bare(first[index]) for index in whole]


def _bare(question: PlainQuestion) -> PlainQuestion:
    """Without what belongs to a quiz or to the bank's own order."""
    return with_media(replace(question, category=(), name="", shuffle=False), _named)


def _named(media: tuple[PlainMedia, ...]) -> tuple[PlainMedia, ...]:
    """By what is in them: the library names files in its own way."""
    return tuple(replace(one, name=hashlib.sha256(one.load()).hexdigest()) for one in media)
