"""A class with several courses: each page, file and act of the class is about the one that its address names."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bdhvs_lms.audit.api import record_consent
from bdhvs_lms.classes.actions import assign_course
from bdhvs_lms.classes.api import ClassSession, Membership, TakenCourse
from bdhvs_lms.classes.models import CompletionMark
from bdhvs_lms.courses import api as courses
from bdhvs_lms.learners.api import register
from bdhvs_lms.reporting.queries.review import class_review
from bdhvs_lms.tracking import api as tracking
from tests.bdhvs_lms.reporting.conftest import Stage
from tests.bdhvs_lms.reporting.reading import csv_of, tables_of, xlsx_of
from tests.bdhvs_lms.reporting.test_class_help import answer, texts_of
from tests.bdhvs_lms.reporting.test_pages import words
from tests.support.markup import html_of
from tests.support.world import T0, uid

pytestmark = pytest.mark.database

KEY, LESSON, QUIZ = uid("second course"), uid("second lesson"), uid("second quiz")
OF_IT = f"?khoa={KEY}"
FIRST = T0.date()


def second_course(stage: Stage, *, opens: date = FIRST) -> courses.Course:
    """Assigned to the class: a lesson, and a quiz that may be taken twice."""
    course = courses.push_course(KEY, host="tests", titles={"vi": "Khóa hai"}, revision="1", at=T0)
    for place, (key, title, done_on) in enumerate(((LESSON, "Bài hai", "completed"), (QUIZ, "Kiểm tra hai", "passed"))):
        facts = courses.ActivityFacts(
            key=key, type_key="tests.two", plugin="tests", titles={"vi": title}, done_on=done_on,  # type: ignore[arg-type]
            revision="1", position=place, attempts_allowed=2 * place,
        )  # fmt: skip
        courses.push_activity(KEY, facts, at=T0)
    assign_course(stage.class_group, course, opens=opens, due=opens + timedelta(days=200), at=T0, by=None)
    return course


def people(stage: Stage) -> dict[str, Any]:
    """An has passed in the second course, Bình has enrolled in it, Chi not, Dũng has not agreed to anything."""
    found = {name: stage.member(name) for name in ("An", "Bình", "Chi")}
    for name in ("An", "Bình"):
        courses.enrol(found[name], KEY, at=T0)
    found["Dũng"] = register(full_name="Dũng", at=T0, area=stage.area)
    Membership.objects.create(learner=found["Dũng"], class_group=stage.class_group, valid_from=T0.date())
    stage.record(
        stage.act(found["An"], tracking.VERB_FAILED, QUIZ, minutes=60 * 24 * 74, score=3),
        stage.act(found["Bình"], tracking.VERB_PASSED, stage.quiz, minutes=60 * 24 * 74, score=9),
    )
    return found


def test_every_page_and_file_of_a_class_is_about_the_course_that_was_chosen(stage: Stage) -> None:
    second_course(stage)
    an = people(stage)["An"]
    client, address = stage.teacher(), f"/day/{stage.class_group.uuid}/"
    own, page = html_of(client.get(address)), html_of(client.get(address + OF_IT))
    assert "Kiểm tra hai" not in own and f'<option value="{KEY}">Khóa hai</option>' in " ".join(own.split())
    text = words(client.get(address + OF_IT))
    assert "4 người · Khóa hai · tính đến ngày 15/11/2025 · từ 01/09/2025 · cần xong trước 20/03/2026" in text
    (table,) = tables_of(client.get(address + OF_IT))
    assert [[row[0], row[1]] for row in table[1:]] == [
        ["An", "cần giúp Kiểm tra hai: chưa đạt 3/10"],
        ["Bình", "chưa bắt đầu chưa mở bài nào"],
        ["Chi", "chưa bắt đầu chưa đăng ký khóa học này"],
        ["Dũng", "chưa bắt đầu chưa đồng ý cho lưu kết quả học"],
    ]
    assert [(row[0], row[1]) for row in tables_of(client.get(address))[0][1:3]] == [
        ("An", "chưa bắt đầu chưa mở bài nào"),
        ("Chi", "chưa bắt đầu chưa mở bài nào"),
    ]
    # Each link, form and file keeps the course.
    links = re.findall(rf'(?:href|action)="({address}[^"]*|\?[^"]*)"', page)
    about = [one for one in links if re.search(r"^\?|/nguoi/|lop\.|cau-kho|loi-nhac", one)]
    assert len(about) >= 4 + 4 + 3 + 2 - 1 and all(f"khoa={KEY}" in one for one in about), about
    narrowed = html_of(client.get(f"{address}{OF_IT}&tinh-trang=can-giup&sap-xep=ten"))
    for name, value in (("khoa", str(KEY)), ("tinh-trang", "can-giup"), ("sap-xep", "ten")):
        assert f'<input type="hidden" name="{name}" value="{value}">' in narrowed
    lines, sheet = csv_of(client.get(f"{address}lop.csv{OF_IT}"))
    assert lines[-1] == "Khóa hai · tính đến ngày 15/11/2025" and [row[0] for row in sheet[1:]] == [
        "An",
        "Bình",
        "Chi",
        "Dũng",
    ]
    assert xlsx_of(client.get(f"{address}lop.xlsx{OF_IT}")) == (lines, sheet)
    assert client.get(f"{address}lop.csv{OF_IT}")["Content-Disposition"].endswith('toi-thu-ba-khoa-2-2025-11-15.csv"')
    reminder = client.post(f"{address}loi-nhac/{OF_IT}", {"nguoi": [str(an.actor)]})
    assert "“Kiểm tra hai” (cao nhất mới được 3/10)" in texts_of(reminder)["zalo-1"]
    assert "khóa “Khóa hai”" in texts_of(reminder)["zalo-0"]


def test_the_hardest_questions_are_those_of_the_chosen_course(stage: Stage) -> None:
    second_course(stage)
    an = people(stage)["An"]
    answer(stage, an, "Câu một?", "a", right=False, minutes=1)
    answer(stage, an, "Câu hai?", "a", right=False, minutes=1, of=QUIZ)
    client, address = stage.teacher(), f"/day/{stage.class_group.uuid}/cau-kho/"
    own, second = words(client.get(address)), words(client.get(address + OF_IT))
    assert "Câu một?" in own and "Câu hai?" not in own
    assert "Câu hai?" in second and "Câu một?" not in second and "Khóa hai" in second


def test_one_learners_page_and_what_is_done_there_are_about_the_chosen_course(stage: Stage) -> None:
    second_course(stage)
    an = people(stage)["An"]
    client = stage.teacher()
    address = f"/day/{stage.class_group.uuid}/nguoi/{an.actor}/"
    page = html_of(client.get(address + OF_IT))
    assert "Kiểm tra hai" in page and f'/day/{stage.class_group.uuid}/{OF_IT}"' in page
    (link,) = re.findall(r'href="(/day/[^"]*/lan-lam/[^"]*)"', page)
    assert link.endswith(OF_IT) and f'href="{address}{OF_IT}"' in html_of(client.get(link))
    form = {"act_id": str(uuid4()), "do": "complete", "activity": str(LESSON), "reason": "Đọc ở hội trường"}
    done = client.post(address + OF_IT, form)
    assert (done.status_code, done["Location"]) == (303, address + OF_IT)
    assert CompletionMark.objects.get().activity_key == LESSON
    assert "lượt làm bài" not in words(client.get(address)), "no limit in the class's own course"
    assert "Kiểm tra hai: đã dùng 0/2 lượt làm bài" in words(client.get(address + OF_IT))
    client.post(address + OF_IT, {"act_id": str(uuid4()), "do": "attempt", "activity": str(QUIZ)})
    assert "Kiểm tra hai: đã dùng 0/3 lượt làm bài" in words(client.get(address + OF_IT))


@pytest.mark.parametrize("asked", [str(UUID(int=5)), "khong-co", "1' OR 1", "foreign"])
def test_another_course_is_refused_before_anything_is_done(stage: Stage, asked: str) -> None:
    second_course(stage)
    if asked == "foreign":
        asked = str(courses.push_course(uid("no"), host="tests", titles={"vi": "Lạ"}, revision="1", at=T0).key)
    an = people(stage)["An"]
    client, address = stage.teacher(), f"/day/{stage.class_group.uuid}/"
    person = f"{address}nguoi/{an.actor}/"
    attempt = uid(f"{an.actor}-{QUIZ}-1")
    for path in (address, f"{address}lop.csv", f"{address}cau-kho/", person, f"{person}lan-lam/{attempt}/"):
        refused = client.get(path, {"khoa": asked})
        assert refused.status_code == 400 and "Không có lựa chọn này" in words(refused), path
    form = {"act_id": str(uuid4()), "do": "complete", "activity": str(LESSON), "reason": "Vì"}
    assert client.post(f"{person}?khoa=x", form).status_code == 400
    assert client.post(f"{address}loi-nhac/?khoa=x").status_code == 400
    assert not CompletionMark.objects.exists()


def test_sessions_before_the_course_came_to_the_class_do_not_count(stage: Stage) -> None:
    course = second_course(stage, opens=T0.date() + timedelta(days=10))
    stage.member("An")
    for day in (1, 2, 12):
        moment = T0 + timedelta(days=day)
        ClassSession.objects.create(class_group=stage.class_group, starts_at=moment, held_at=moment)
    on = T0.date() + timedelta(days=20)
    assert class_review(stage.class_group, on).counts["needs_help"] == 1
    choice = next(one for one in stage.class_group.assigned_courses.all() if one.course_id == course.pk)
    taken = TakenCourse(course, choice.opens, choice.due)
    assert class_review(stage.class_group, on, taken=taken).counts["not_begun"] == 1


def test_a_class_costs_the_same_queries_whatever_its_size_and_course(stage: Stage) -> None:
    client, address = stage.teacher(), f"/day/{stage.class_group.uuid}/"
    counts = []
    for round_ in range(2):
        for number in range(1 + round_ * 20):
            stage.member(f"Người {round_} {number}")
        if round_:
            second_course(stage)
            withdrawn = stage.member("Rút")
            record_consent(withdrawn.actor, given=False, at=T0 + timedelta(days=1))
        for query in ("", OF_IT if round_ else "?sap-xep=ten"):
            client.get(address + query)
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address + query).status_code == 200
            counts.append(len(queries))
    assert len(set(counts)) == 1 and counts[0] <= 20, counts
