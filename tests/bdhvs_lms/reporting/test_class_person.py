"""One learner's page for the class's teacher: what it says, what may be done there, who sees it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bdhvs_lms.attempts.api import ExtraTime, extra_times
from bdhvs_lms.audit.api import record_consent
from bdhvs_lms.audit.models import AccessLog
from bdhvs_lms.classes.api import ClassGroup, ClassSession, take_attendance
from bdhvs_lms.classes.desk.actions import statement_of
from bdhvs_lms.classes.models import ClassNote, CompletionMark
from bdhvs_lms.courses import api as courses
from bdhvs_lms.courses.models import Activity
from bdhvs_lms.learners.api import Learner, Person
from bdhvs_lms.privacy.actions import erase
from bdhvs_lms.progress.api import CourseResult, Result
from bdhvs_lms.tracking import api as tracking
from bdhvs_xapi import api as xapi
from tests.bdhvs_lms.reporting.conftest import Stage
from tests.bdhvs_lms.reporting.reading import text_of
from tests.bdhvs_lms.reporting.test_class_courses import KEY, QUIZ, second_course
from tests.bdhvs_lms.reporting.test_pages import words
from tests.support.addresses import below
from tests.support.markup import html_of
from tests.support.world import T0, uid

DAY = 60 * 24


def address(stage: Stage, learner: Learner, more: str = "") -> str:
    return f"/day/{stage.class_group.uuid}/nguoi/{learner.actor}/{more}"


def send(client: Client, stage: Stage, learner: Learner, do: str, **data: Any) -> Any:
    return client.post(address(stage, learner), {"act_id": str(uuid4()), "do": do, **data})


@pytest.fixture
def learner(stage: Stage) -> Learner:
    found = stage.member("Phạm Văn Kẹt")
    Person.objects.filter(learner=found).update(phone="0912 345 678", birth_year=1958)
    return found


def test_the_page_says_how_things_stand_what_was_done_when_and_what_shows_it(stage: Stage, learner: Learner) -> None:
    stage.record(
        stage.act(learner, tracking.VERB_EXPERIENCED, stage.lesson, minutes=1),
        stage.act(learner, tracking.VERB_FAILED, stage.quiz, minutes=DAY, score=4),
        stage.act(learner, tracking.VERB_PASSED, stage.quiz, minutes=2 * DAY, score=9, try_no=2),
        stage.act(learner, tracking.VERB_FAILED, stage.task, minutes=3 * DAY, score=3, authority=tracking.OBSERVER),
    )
    client = stage.teacher()
    page = client.get(address(stage, learner))
    text = words(page)
    assert "‹ Lớp tối thứ Ba Phạm Văn Kẹt Sinh năm 1958 xong 2/3 bài" in text
    assert "! cần giúp hơn 2 tháng chưa học tiếp · Thực hành: chưa đạt 3/10" in text
    assert "☎ Gọi 0912 345 678" in text and 'href="tel:0912345678"' in html_of(page)
    plugin = " – thiếu phần mở rộng: tests"
    assert f"✓ Đã xong Bài{plugin} ✓ Đã xong 9/10 Kiểm tra{plugin} ! Chưa đạt 3/10 Thực hành{plugin}" in text
    done = text.split("Đã làm gì, mới nhất trước")[1]
    assert re.sub(r" Xem câu trả lời.*?\d\d:\d\d", "", done).startswith(
        " 04/09/2025, 19:00 Thực hành: chưa đạt 3/10 (người hướng dẫn ghi)"
        " 03/09/2025, 19:00 Kiểm tra: đạt 9/10 02/09/2025, 19:00 Kiểm tra: chưa đạt 4/10 01/09/2025, 19:01 Bài: đã xong"
    )
    assert "✓ Đã làm được: Năng lực một" in done
    (why,) = re.findall(r'href="(/day/[^"]*/nang-luc/test-framework/A1/1/)"', html_of(page))
    reason = client.get(why)
    assert "Những gì đã được tính Kiểm tra Ngày 03/09/2025 Kết quả Đạt (90%)" in words(reason)
    assert f'href="{address(stage, learner)}"' in html_of(reason)
    # The name in the matrix leads here.
    in_class = html_of(client.get(f"/day/{stage.class_group.uuid}/"))
    assert f'<a href="{address(stage, learner)}" id="n{learner.actor}">Phạm Văn Kẹt</a>' in in_class
    # The tick beside it is called by the name.
    assert f'aria-labelledby="n{learner.actor}"' in in_class
    assert "recorded by a teacher" in words(client.get(below("/en", address(stage, learner))))


def test_every_look_is_logged_and_another_classs_teacher_finds_nothing(stage: Stage, learner: Learner) -> None:
    stage.record(stage.act(learner, tracking.VERB_PASSED, stage.quiz, minutes=1, score=9))
    attempt = uid(f"{learner.actor}-{stage.quiz}-1")
    addresses = [
        address(stage, learner, more)
        for more in ("", f"lan-lam/{attempt}/", "nang-luc/test-framework/A1/1/", "dang-nhap/")
    ]
    other = ClassGroup.objects.create(
        name="Lớp khác", code="lop-khac", course=stage.class_group.course, area=stage.area, starts=T0.date()
    )
    stranger, teacher = stage.teacher("stranger", other), stage.teacher()
    for one in addresses:
        assert stranger.get(one).status_code == 404
        assert stranger.get(one.replace(str(stage.class_group.uuid), str(other.uuid))).status_code == 404
    for do in ("note", "complete", "attempt", "time", "time-for-all", "take-back", "delete-note"):
        assert send(stranger, stage, learner, do, note="Ghi", activity=stage.lesson, reason="Vì").status_code == 404
    assert not AccessLog.objects.exists() and not ClassNote.objects.exists()
    assert [teacher.get(one).status_code for one in addresses] == [200] * 4
    assert [(row.page, row.actors) for row in AccessLog.objects.order_by("pk")] == [
        (page, {learner.actor})
        for page in ("class-person", "class-person-attempt", "class-person-why", "person-sign-in")
    ]
    gone = stage.learner("Người ngoài")
    assert teacher.get(address(stage, gone)).status_code == 404
    # Somebody else's attempt, and none.
    for number in (uid(f"{gone.actor}-{stage.quiz}-1"), uuid4()):
        assert teacher.get(address(stage, learner, f"lan-lam/{number}/")).status_code == 404


def test_notes_are_for_the_teachers_of_this_class(stage: Stage, learner: Learner) -> None:
    client = stage.teacher()
    act = str(uuid4())
    for _twice in range(2):
        done = client.post(address(stage, learner), {"do": "note", "note": " Mắt kém,\n dùng chữ to ", "act_id": act})
        assert (done.status_code, done["Location"]) == (303, address(stage, learner))
    note = ClassNote.objects.get()
    assert note.text == "Mắt kém,\ndùng chữ to"
    page = client.get(address(stage, learner))
    assert "Mắt kém, dùng chữ to Xóa ghi chú" in words(page) and "Đã lưu ghi chú." in html_of(page)
    empty = send(client, stage, learner, "note", note="  ")
    assert empty.status_code == 422 and "Hãy viết ghi chú trước." in words(empty)
    long = send(client, stage, learner, "note", note="dài " * 300)
    assert long.status_code == 422 and "dài dài" in html_of(long)
    # Of another class, though it has the same learner.
    assert send(client, stage, learner, "delete-note", number="0").status_code == 303
    assert ClassNote.objects.exists()
    assert send(client, stage, learner, "delete-note", number=note.pk).status_code == 303
    assert not ClassNote.objects.exists()


def test_a_teacher_marks_a_lesson_as_completed_and_takes_it_back(stage: Stage, learner: Learner) -> None:
    client = stage.teacher()
    page = html_of(client.get(address(stage, learner)))
    assert page.count("<option") == 1 and str(stage.lesson) in page, "only what completing finishes"
    refused = send(client, stage, learner, "complete", activity=stage.lesson, reason="")
    assert refused.status_code == 422 and "Hãy ghi lý do trước." in words(refused)
    assert send(client, stage, learner, "complete", activity=stage.quiz, reason="Vì").status_code == 422
    assert send(client, stage, learner, "complete", activity="không", reason="Vì").status_code == 422
    assert not CompletionMark.objects.exists()
    act = str(uuid4())
    data = {"do": "complete", "activity": stage.lesson, "reason": "Học ở nhà bà Bưởi", "act_id": act}
    assert [client.post(address(stage, learner), data).status_code for _twice in range(2)] == [303, 303]
    mark = CompletionMark.objects.get()
    (fact,) = xapi.facts(statement_ids=[tracking.statement_id(statement_of(mark))])
    context = fact.statement["context"]
    assert (fact.verb, fact.trust, fact.object_id) == (
        tracking.VERB_COMPLETED,
        xapi.Trust.OBSERVED,
        tracking.activity_iri(stage.lesson),
    )
    assert context["instructor"]["account"]["name"] == str(mark.instructor)
    groups = {one["id"] for one in context["contextActivities"]["grouping"]}
    assert groups == {tracking.course_iri(stage.course_key), tracking.class_iri(stage.class_group.uuid)}
    assert "Bưởi" not in fact.body.decode()
    assert Result.objects.get(activity_key=stage.lesson).completed_at == mark.occurred_at
    text = words(client.get(address(stage, learner)))
    assert "✓ Đã xong Bài" in text and "đánh dấu đã xong ngày 15/11/2025, người đánh dấu: teacher." in text
    assert "Học ở nhà bà Bưởi Rút lại" in text and "Bài: đã xong (người hướng dẫn ghi)" in text
    again = send(client, stage, learner, "complete", activity=stage.lesson, reason="Vì")
    assert again.status_code == 422 and "Bài này đã xong rồi." in words(again)
    for _twice in range(2):
        assert send(client, stage, learner, "take-back", number=mark.pk).status_code == 303
    assert xapi.is_voided(fact.statement_id) and not Result.objects.exists()
    assert "Rút lại" not in words(client.get(address(stage, learner)))
    # Said once more it is another statement.
    assert send(client, stage, learner, "complete", activity=stage.lesson, reason="Lần nữa").status_code == 303
    assert Result.objects.get().completed_at is not None


def test_a_mark_may_finish_the_course_and_nothing_is_said_without_consent(stage: Stage, learner: Learner) -> None:
    stage.record(
        stage.act(learner, tracking.VERB_PASSED, stage.quiz, minutes=1, score=9),
        stage.act(learner, tracking.VERB_PASSED, stage.task, minutes=2, score=9),
    )
    client = stage.teacher()
    assert send(client, stage, learner, "complete", activity=stage.lesson, reason="Vì").status_code == 303
    assert CourseResult.objects.filter(learner=learner).exists()
    assert send(client, stage, learner, "take-back", number=CompletionMark.objects.get().pk).status_code == 303
    assert not CourseResult.objects.filter(learner=learner).exists()
    record_consent(learner.actor, given=False, at=T0 + timedelta(days=1))
    refused = send(client, stage, learner, "complete", activity=stage.lesson, reason="Vì")
    assert refused.status_code == 422
    assert "Chưa có sự đồng ý của người này nên không ghi được gì." in words(refused)


def test_erasure_takes_the_words_and_leaves_what_was_recorded(stage: Stage, learner: Learner) -> None:
    client = stage.teacher()
    send(client, stage, learner, "note", note="Bà Bưởi, nhà cuối ngõ")
    send(client, stage, learner, "complete", activity=stage.lesson, reason="Bà Bưởi nhờ")
    before = Result.objects.values_list("activity_key", "completed_at").get()
    erase(learner, by=None, at=T0 + timedelta(days=90))
    assert not ClassNote.objects.exists() and CompletionMark.objects.get().reason == ""
    assert Result.objects.values_list("activity_key", "completed_at").get() == before
    assert client.get(address(stage, learner)).status_code == 404


def test_the_page_costs_the_same_however_much_was_done(stage: Stage, learner: Learner) -> None:
    client = stage.teacher()
    counts = []
    for round_ in range(2):
        stage.record(
            *(
                stage.act(
                    learner, tracking.VERB_FAILED, stage.quiz, minutes=round_ * 1000 + number, score=3,
                    try_no=round_ * 100 + number,
                )
                for number in range(1, 3 + round_ * 70)
            )
        )  # fmt: skip
        client.get(address(stage, learner))
        with CaptureQueriesContext(connection) as queries:
            page = client.get(address(stage, learner))
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 50, counts
    assert words(page).count("Kiểm tra: chưa đạt 3/10") == 60 + 1


def test_the_timeline_has_sessions_visits_and_every_course_and_goes_back_in_pages(
    stage: Stage, learner: Learner
) -> None:
    second_course(stage)
    courses.enrol(learner, KEY, at=T0)
    for day, kind, place, present in (
        (1, "class", "Nhà văn hóa <thôn>", True),
        (2, "visit", "", True),
        (3, "class", "Vắng", False),
        (4, "class", "Ghi nhầm", True),
    ):
        moment = T0 + timedelta(days=day)
        session = ClassSession.objects.create(class_group=stage.class_group, kind=kind, starts_at=moment, place=place)
        if present:
            take_attendance(session, {learner.pk: True}, at=moment, by=None, expected=[learner])
            if place == "Ghi nhầm":
                take_attendance(session, {learner.pk: False}, at=moment + timedelta(hours=1), by=None)
    stage.record(
        stage.act(learner, tracking.VERB_FAILED, QUIZ, minutes=5 * DAY, score=3),
        # Of one moment one line, and it is on one page: begun and passed at once.
        *(
            stage.act(learner, verb, stage.quiz, minutes=6 * DAY + number, score=score, try_no=number)
            for number in range(70)
            for verb, score in ((tracking.VERB_INITIALIZED, None), (tracking.VERB_PASSED, 9))
        ),
    )
    client = stage.teacher()
    told, found = [], address(stage, learner)
    for _page in range(9):
        page = html_of(client.get(found))
        (listed,) = re.findall(r'id="done-when".*?<ol[^>]*>(.*?)</ol>', page, re.DOTALL)
        told += [text_of(one) for one in re.findall(r"<li>(.*?)</li>", listed, re.DOTALL)]
        older = re.search(r'href="(\?truoc=[^"#]*)#done-when" rel="next"', page)
        if older is None:
            break
        found = address(stage, learner) + older[1]
    assert ">Mới nhất<" in page and "Cũ hơn" not in page
    lines = [re.sub(r" Xem câu trả lời.*", "", one) for one in told]
    assert len(lines) == 70 + 1 + 2 and lines[:70] == sorted(lines[:70], key=lambda one: one[12:17], reverse=True)
    assert {one.partition(" Kiểm tra: ")[2] for one in lines[:70]} == {"đạt 9/10"}
    assert lines[70:] == [
        "06/09/2025, 19:00 Kiểm tra hai: chưa đạt 3/10",
        "03/09/2025, 19:00 hướng dẫn tại nhà: có mặt",
        "02/09/2025, 19:00 buổi học, Nhà văn hóa <thôn>: có mặt",
    ]
    for wrong in ("x", "1-2", f"{'9' * 16}-{'f' * 32}", f"{'9' * 30}-{'f' * 32}"):
        assert client.get(address(stage, learner), {"truoc": wrong}).status_code in (200, 400)
    assert client.get(address(stage, learner), {"truoc": "x"}).status_code == 400


def test_more_time_for_one_and_for_the_class(stage: Stage, learner: Learner) -> None:
    client, other = stage.teacher(), stage.member("Hoa")
    assert "thêm 50% thời gian" not in words(client.get(address(stage, learner)))
    refused = send(client, stage, learner, "time", activity=stage.quiz)
    assert refused.status_code == 422 and not ExtraTime.objects.exists()
    Activity.objects.filter(key=stage.quiz).update(time_limit=20)
    assert "20 phút" in words(client.get(address(stage, learner)))
    act = {"do": "time", "activity": str(stage.quiz), "act_id": str(uuid4())}
    for _twice in range(2):
        client.post(address(stage, learner), act)
    assert extra_times(learner, stage.quiz) == {stage.quiz: 50}
    page = words(client.get(address(stage, learner)))
    assert "20 phút và thêm 50%" in page and "Về thời gian chung" in page
    assert ExtraTime.objects.count() == 1 and not extra_times(other, stage.quiz)
    send(client, stage, learner, "time-for-all", activity=stage.quiz)
    assert extra_times(other, stage.quiz) == {stage.quiz: 50}
    send(client, stage, learner, "usual-time", activity=stage.quiz)
    assert extra_times(learner, stage.quiz) == {stage.quiz: 0}
    assert "Cho thêm 50% thời gian" in words(client.get(address(stage, learner)))
