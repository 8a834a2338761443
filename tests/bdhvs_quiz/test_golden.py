"""What a lesson and a quiz say to the ledger, by their own actions: one golden file a statement."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bdhvs_content.api import LessonPage, read_lesson
from bdhvs_lms.campaign.api import Area
from bdhvs_lms.classes.api import add_member, create_class
from bdhvs_lms.courses.api import Enrolment
from bdhvs_lms.tracking.api import VERB_COMPLETED, VERB_PASSED
from bdhvs_quiz.actions import open_attempt, submit
from bdhvs_quiz.api import QuizPage
from bdhvs_quiz.models import QuestionAlignment, QuizAlignment
from bdhvs_xapi import api as xapi
from tests.bdhvs_content import pages
from tests.bdhvs_quiz import kinds
from tests.support.world import uid

pytestmark = pytest.mark.django_db
GOLDEN = Path(__file__).parent / "golden"


def fixed(page: Any, name: str) -> Any:
    """Published under a key that is the same in every run."""
    type(page).objects.filter(pk=page.pk).update(translation_key=uid(name))
    return pages.publish(type(page).objects.get(pk=page.pk))


def emitted() -> dict[str, dict[str, Any]]:
    a1 = pages.framework().competencies.get(code="A1")
    course = fixed(pages.course(pages.catalog(), live=False), "course")
    lesson: LessonPage = fixed(pages.lesson(course, live=False, aligned=[(a1, 1)]), "lesson")
    questions = [pages.question(f"Câu {number}?", key=uid(f"question-{number}")) for number in (1, 2)]
    quiz: QuizPage = fixed(pages.quiz(course, questions, live=False, aligned=[(a1, 1)]), "quiz")
    learner = pages.enrolled(course)
    Enrolment.objects.update(uuid=uid("enrolment"))
    area = Area.objects.create(code="10015", name="Phường Thử", kind="commune")
    group = create_class(
        name="Lớp cô Lan",
        code="lop-1",
        course=Enrolment.objects.get().course,
        area=area,
        starts=pages.AT.date(),
        at=pages.AT,
        by=None,
    )
    add_member(group, learner, at=pages.AT, by=None)
    type(group).objects.update(uuid=uid("class"))
    read_lesson(learner, lesson.translation_key, act_id=uid("read"), at=pages.AT)
    answers: dict[str, dict[str, str]] = {
        "failed": {str(questions[0].key): pages.option_id(questions[0], 0)},
        "passed": {str(row.key): pages.option_id(row, 1) for row in questions},
    }
    for place, (name, responses) in enumerate(answers.items()):
        at = pages.AT + timedelta(hours=place)
        attempt = open_attempt(learner, quiz.translation_key, act_id=uid(f"act-{name}"), at=at, uuid=uid(f"try-{name}"))
        submit(attempt.uuid, learner, responses, act_id=uid(f"in-{name}"), at=at + timedelta(minutes=7))
    of_kinds = answered_by_kind(course, learner, [(a1, 1)])
    passed_by_competency(course, learner, questions)
    passed_by_average(course, learner, questions, [(a1, 1)])
    named: dict[str, dict[str, Any]] = {}
    for fact in xapi.facts(after_seq=0):
        statement = {name: value for name, value in fact.statement.items() if name != "stored"}
        if str(fact.registration) == str(uid("try-kinds")):
            kind = of_kinds.get(str(fact.object_id).rsplit("/", 1)[1])
            if kind is not None:
                named[f"answered-{kind}"] = statement
            continue
        if str(fact.registration) == str(uid("try-marks")):
            if fact.verb == VERB_PASSED:
                named["passed-by-competency"] = statement
            continue
        if str(fact.registration) in {str(uid("try-average-0")), str(uid("try-average-1"))}:
            if str(fact.registration) == str(uid("try-average-1")) and fact.verb in (VERB_COMPLETED, VERB_PASSED):
                named[f"{fact.verb.rsplit('/', 1)[1]}-by-average"] = statement
            continue
        verb, place = fact.verb.rsplit("/", 1)[1], str(fact.object_id).rsplit("/", 1)[1]
        tried = {str(uid(f"try-{name}")): f"-{name}" for name in answers}.get(str(fact.registration), "")
        about = {str(uid(name)): f"-{name}" for name in ("course", "lesson", "question-1", "question-2")}.get(place, "")
        name = f"{verb}{tried if verb not in answers else ''}{about}"
        assert name not in named
        named[name] = statement
    return named


def answered_by_kind(course: Any, learner: Any, aligned: Any) -> dict[str, str]:
    """An attempt at a further quiz with the other types; question key to the name of its golden file."""
    several, true_false = kinds.several(key=uid("several")), kinds.true_false(key=uid("true-false"))
    right, other = kinds.short(key=uid("short")), kinds.short("Bắt đầu bằng gì?", key=uid("short-other"))
    rows = [several, true_false, right, other]
    page = pages.quiz(course, rows, "Các loại câu hỏi", live=False, aligned=aligned, required=False)
    quiz = fixed(page, "quiz-kinds")
    at = pages.AT + timedelta(hours=3)
    attempt = open_attempt(learner, quiz.translation_key, act_id=uid("act-kinds"), at=at, uuid=uid("try-kinds"))
    responses: dict[str, Any] = {
        str(several.key): [pages.option_id(several, 0), pages.option_id(several, 2)],
        str(true_false.key): "false",
        str(right.key): "một một năm !",
        str(other.key): "Nguyễn Thị Lan, 0912 345 678",
    }
    submit(attempt.uuid, learner, responses, act_id=uid("in-kinds"), at=at + timedelta(minutes=7))
    names = ("multiple-choice", "true-false", "short-text", "short-text-other")
    return {str(row.key): name for row, name in zip(rows, names, strict=True)}


def passed_by_competency(course: Any, learner: Any, questions: list[Any]) -> None:
    """An attempt at a further quiz in which each of two competencies has a pass mark of its own, and one is reached."""
    both = list(pages.framework().competencies.order_by("code"))
    for question, competency in zip(questions, both, strict=True):
        QuestionAlignment.objects.create(question=question, competency=competency)
    page = pages.quiz(course, questions, "Theo năng lực", live=False, pass_percent=50, required=False)
    page.alignments = [QuizAlignment(competency=competency, pass_percent=100) for competency in both]
    page.save()
    quiz = fixed(page, "quiz-marks")
    at = pages.AT + timedelta(hours=4)
    attempt = open_attempt(learner, quiz.translation_key, act_id=uid("act-marks"), at=at, uuid=uid("try-marks"))
    responses = {str(questions[0].key): pages.option_id(questions[0], 1)}
    submit(attempt.uuid, learner, responses, act_id=uid("in-marks"), at=at + timedelta(minutes=7))


def passed_by_average(course: Any, learner: Any, questions: list[Any], aligned: Any) -> None:
    """Two attempts at a further quiz that grades from the average."""
    values = {"live": False, "pass_percent": 50, "required": False, "grade_from": "average"}
    quiz = fixed(pages.quiz(course, questions, "Trung bình", aligned=aligned, **values), "quiz-average")
    for number in range(2):
        at = pages.AT + timedelta(hours=5 + number)
        act, uuid = uid(f"act-average-{number}"), uid(f"try-average-{number}")
        attempt = open_attempt(learner, quiz.translation_key, act_id=act, at=at, uuid=uuid)
        responses = {str(row.key): pages.option_id(row, 1) for row in questions[number:]}
        submit(attempt.uuid, learner, responses, act_id=uid(f"in-average-{number}"), at=at + timedelta(minutes=7))


def test_every_statement_is_as_its_golden_file_says(request: Any, known_ids: None) -> None:
    found = {name: row for name, row in emitted().items() if "mastered" not in name}
    if request.config.getoption("--write-golden"):
        GOLDEN.mkdir(exist_ok=True)
        for name, statement in found.items():
            text = json.dumps(statement, ensure_ascii=False, indent=1, sort_keys=True)
            (GOLDEN / f"{name}.json").write_text(text + "\n", encoding="utf-8")
    wanted = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in GOLDEN.glob("*.json")}
    assert set(found) == set(wanted)
    for name, statement in found.items():
        assert statement == wanted[name], name


def test_golden_statements_carry_registration_and_context_and_no_name() -> None:
    files = list(GOLDEN.glob("*.json"))
    assert len(files) == 20
    for path in files:
        text = path.read_text(encoding="utf-8")
        statement = json.loads(text)
        assert set(statement["actor"]) == {"account", "objectType"}, path.stem
        assert "Nguyễn" not in text and "Lan" not in text, path.stem
        contexts = statement["context"]["contextActivities"]
        if path.stem in ("completed-lesson", "completed-course"):
            continue  # a decider's: tracking has their golden files
        places = [each["id"].rsplit("/", 2)[1] for each in contexts["grouping"]]
        assert places == ["courses", "classes"] and contexts["other"], path.stem
        assert statement["context"]["revision"] == "1", path.stem
        assert ("registration" in statement["context"]) == (path.stem != "experienced-lesson"), path.stem
        if path.stem.startswith("answered"):
            quizzes = (str(uid("quiz")), str(uid("quiz-kinds")))
            assert contexts["parent"][0]["id"].endswith(quizzes), path.stem


def test_what_was_typed_is_in_no_statement_and_the_answer_it_matched_is() -> None:
    responses = {
        path.stem: json.loads(path.read_text(encoding="utf-8"))["result"]["response"]
        for path in GOLDEN.glob("answered-short-text*.json")
    }
    assert responses == {"answered-short-text": "Một một năm", "answered-short-text-other": "other"}
