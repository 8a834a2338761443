"""What helps a teacher to help: the questions that a class gets wrong, and texts to send."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bdhvs_lms.audit.models import AccessLog
from bdhvs_lms.base.api import without_marks
from bdhvs_lms.classes.api import ClassTeacher
from bdhvs_lms.courses import api as courses
from bdhvs_lms.learners.api import Learner, Person, link_user, register
from bdhvs_lms.plugins.api import Interaction
from bdhvs_lms.tracking import api as tracking
from tests.bdhvs_lms.reporting.conftest import Stage
from tests.bdhvs_lms.reporting.test_pages import words
from tests.support.addresses import below
from tests.support.markup import html_of
from tests.support.world import T0, uid

pytestmark = pytest.mark.database

CHOICES = Interaction(
    "choice", {"choices": [("a", {"vi": "Đưa mã cho họ"}), ("b", {"vi": "Tắt máy", "en": "Hang up"}), ("c", {})]}
)
TRUE_FALSE = Interaction("true-false")


def answer(
    stage: Stage, learner: Learner, question: str, response: str, *, right: bool, minutes: int, attempt: Any = None,
    kind: Interaction = CHOICES, words: Mapping[str, str] | None = None, of: Any = None,
) -> None:  # fmt: skip
    row = courses.activity(of or stage.quiz)
    assert row is not None
    attempt = attempt or uuid4()
    stage.record(
        tracking.LearningAct(
            actor=learner.actor,
            verb=tracking.VERB_ANSWERED,
            object=tracking.ObjectRef(
                tracking.question_iri(uid(question)), tracking.TYPE_QUESTION, words or {"vi": question}, kind
            ),
            id_seed=attempt,
            registration=attempt,
            occurred_at=T0 + timedelta(minutes=minutes),
            revision="1",
            parent=(courses.activity_ref(row),),
            grouping=(courses.course_ref(row.course),),
            result=tracking.ResultFacts(success=right, response=response),
        )
    )


def test_the_hardest_questions_and_the_wrong_answers_that_were_chosen(stage: Stage) -> None:
    an, binh, chi, outsider = *(stage.member(name) for name in ("An", "Bình", "Chi")), stage.learner("Dũng")
    otp, fire = "Có người hỏi mã <OTP>?", "Lửa nóng?"
    answer(stage, an, otp, "a", right=False, minutes=1)
    answer(stage, an, otp, "a[,]c", right=False, minutes=9)  # the last of each counts
    answer(stage, binh, otp, "a", right=False, minutes=2)
    answer(stage, chi, otp, "", right=False, minutes=2)
    answer(stage, an, fire, "false", right=False, minutes=3, kind=TRUE_FALSE)
    answer(stage, binh, fire, "false", right=False, minutes=3, kind=TRUE_FALSE)
    answer(stage, binh, fire, "true", right=True, minutes=5, kind=TRUE_FALSE)
    answer(stage, chi, "Gõ gì?", "other", right=False, minutes=3, kind=Interaction("fill-in"))
    answer(stage, binh, "Gõ gì?", "1022", right=True, minutes=3, kind=Interaction("fill-in"))
    answer(stage, chi, "Dễ?", "b", right=True, minutes=3)
    for number in range(5):
        answer(stage, outsider, fire, "false", right=False, minutes=10 + number, kind=TRUE_FALSE)
    client, address = stage.teacher(), f"/day/{stage.class_group.uuid}/cau-kho/"
    page = client.get(address)
    text = words(page).split("ở trên cùng.")[1].split(" Về trang lớp")[0]
    assert text.strip() == (
        "Có người hỏi mã <OTP>? Kiểm tra ! 3/3 người trả lời sai"
        " Đưa mã cho họ; c: 1 người Đưa mã cho họ: 1 người không trả lời: 1 người"
        " Gõ gì? Kiểm tra ! 1/2 người trả lời sai câu trả lời khác: 1 người"
        " Lửa nóng? Kiểm tra ! 1/2 người trả lời sai sai: 1 người"
    )
    assert [(row.page, len(row.actors)) for row in AccessLog.objects.all()] == [("class-questions", 3)]
    assert f'href="{address}"' in html_of(client.get(f"/day/{stage.class_group.uuid}/"))
    # More people, questions and answers cost no more queries.
    counts = []
    for round_ in range(2):
        for number in range(round_ * 6):
            answer(stage, stage.member(f"Thêm {number}"), f"Câu {number}?", "a", right=False, minutes=1)
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 22, counts
    english = words(client.get(below("/en", address)))
    assert "Hang up" not in english and "3 of 3 people got it wrong" in english


def test_the_answers_of_an_attempt_are_read_from_its_statements(stage: Stage) -> None:
    an = stage.member("An")
    attempt = uid(f"{an.actor}-{stage.quiz}-1")
    answer(stage, an, "Hỏi mã?", "a", right=False, minutes=1, attempt=attempt)
    answer(stage, an, "Lửa nóng?", "true", right=True, minutes=1, attempt=attempt, kind=TRUE_FALSE)
    stage.record(stage.act(an, tracking.VERB_FAILED, stage.quiz, minutes=1, score=1))
    client = stage.teacher()
    person = f"/day/{stage.class_group.uuid}/nguoi/{an.actor}/"
    (link,) = re.findall(r'href="(/day/[^"]*/lan-lam/[^"]*)"', html_of(client.get(person)))
    text = words(client.get(link))
    assert "Kiểm tra An 01/09/2025, 19:01" in text
    assert {"Hỏi mã? ! chưa đúng Đưa mã cho họ" in text, "Lửa nóng? ✓ đúng đúng" in text} == {True}


def test_a_teacher_who_learns_the_course_sees_no_answers_before_having_passed(stage: Stage) -> None:
    """By elimination, or by a full score, they tell what is right; once passed they are a teacher's to see."""
    an = stage.member("An")
    attempt = uid(f"{an.actor}-{stage.quiz}-1")
    answer(stage, an, "Hỏi mã?", "a", right=False, minutes=1, attempt=attempt)
    answer(stage, an, "Lửa nóng?", "true", right=True, minutes=1, attempt=attempt, kind=TRUE_FALSE)
    stage.record(stage.act(an, tracking.VERB_FAILED, stage.quiz, minutes=1, score=1))
    user = stage.user("teacher")
    ClassTeacher.objects.create(class_group=stage.class_group, user=user, valid_from=T0.date())
    client = stage.signed_in(user)
    pages = [f"/day/{stage.class_group.uuid}/{more}" for more in (f"nguoi/{an.actor}/lan-lam/{attempt}/", "cau-kho/")]

    def shown() -> list[bool]:
        """Of each page whether it has the answers; the questions are there, and why answers are not."""
        found = []
        for page in pages:
            text = words(client.get(page))
            open_ = "Đưa mã cho họ" in text
            told = "Tài khoản này cũng học khóa học này" in text
            assert "Hỏi mã?" in text and told is not open_
            assert open_ or not re.search("chưa đúng|✓|Đưa mã", text)
            found.append(open_)
        return found

    assert shown() == [True, True], "no learner"
    own = register(full_name="Cô Hạnh", at=T0, area=stage.area)
    link_user(own, user)
    assert shown() == [True, True], "learns something else"
    courses.enrol(own, stage.course_key, at=T0)
    assert shown() == [False, False]
    stage.record(stage.act(own, tracking.VERB_FAILED, stage.quiz, minutes=5, score=1))
    assert shown() == [False, False]
    stage.record(stage.act(own, tracking.VERB_PASSED, stage.quiz, minutes=6, score=9, try_no=2))
    assert shown() == [True, True]


TEXT = re.compile(r'<textarea id="(\w+-\d+)"[^>]*>([^<]*)</textarea>')


def texts_of(response: Any) -> dict[str, str]:
    return {name: unescape(text) for name, text in TEXT.findall(html_of(response))}


def test_a_reminder_for_chosen_people_says_what_is_next_and_whom_to_call(stage: Stage) -> None:
    failed, begun, new, done = (stage.member(name) for name in ("Đỗ Thị Én", "Lê Bình", "Vũ Mới", "Hồ Xong"))
    Person.objects.filter(learner=failed).update(phone="0912 345 678")
    stage.phone("0900 000 001")
    minutes = 60 * 24 * 74
    stage.record(
        stage.act(failed, tracking.VERB_FAILED, stage.quiz, minutes=minutes, score=7),
        stage.act(begun, tracking.VERB_EXPERIENCED, stage.lesson, minutes=minutes),
        *(
            stage.act(done, verb, key, minutes=minutes, score=score)
            for verb, key, score in (
                (tracking.VERB_EXPERIENCED, stage.lesson, None),
                (tracking.VERB_PASSED, stage.quiz, 9),
                (tracking.VERB_PASSED, stage.task, 9),
            )
        ),
    )
    client, address = stage.teacher(), f"/day/{stage.class_group.uuid}/"
    page = html_of(client.get(address))
    assert f'name="nguoi" value="{failed.actor}" form="reminders" aria-labelledby="n{failed.actor}"' in page
    assert f'id="n{failed.actor}">Đỗ Thị Én</a>' in page
    assert re.search(rf'<form method="post" id="reminders"[^>]* action="{address}loi-nhac/">', page)
    # In English too: the texts go to others.
    chosen = client.post(below("/en", f"{address}loi-nhac/"), {"nguoi": [str(failed.actor), str(new.actor)]})
    assert chosen.status_code == 200
    assert texts_of(chosen) == {
        "zalo-0": "Lớp tối thứ Ba: nhắc học tiếp khóa “Khóa thử”. Cần giúp, gọi 0900 000 001.",
        "sms-0": 'Lop toi thu Ba: nhac hoc tiep khoa "Khoa thu". Can giup, goi 0900 000 001.',
        "zalo-1": "Gửi Đỗ Thị Én, Lớp tối thứ Ba. Mời làm lại “Kiểm tra” (cao nhất mới được 7/10)."
        " Cần giúp, gọi 0900 000 001.",
        "sms-1": 'Gui Do Thi En, Lop toi thu Ba. Moi lam lai "Kiem tra" (cao nhat moi duoc 7/10).'
        " Can giup, goi 0900 000 001.",
        "zalo-2": "Gửi Vũ Mới, Lớp tối thứ Ba. Mời bắt đầu từ “Bài”. Cần giúp, gọi 0900 000 001.",
        "sms-2": 'Gui Vu Moi, Lop toi thu Ba. Moi bat dau tu "Bai". Can giup, goi 0900 000 001.',
    }
    assert 'href="sms:0912345678?body=Gui%20Do%20Thi%20En' in html_of(chosen)
    look = AccessLog.objects.order_by("-pk")[0]
    assert (look.page, look.actors) == ("class-reminders", {failed.actor, new.actor})
    everyone = texts_of(client.post(f"{address}loi-nhac/"))
    assert len(everyone) == 2 + 2 * 4
    assert any("Đã xong cả khóa học." in text for text in everyone.values())
    assert any("Mời học tiếp “Kiểm tra”." in text for text in everyone.values())
    shown = texts_of(client.post(f"{address}loi-nhac/?tinh-trang=da-xong"))
    assert [text for name, text in shown.items() if name == "zalo-1"] == [
        "Gửi Hồ Xong, Lớp tối thứ Ba. Đã xong cả khóa học. Chúc mừng! Cần giúp, gọi 0900 000 001."
    ]
    assert client.post(f"{address}loi-nhac/?tinh-trang=khac").status_code == 400
    assert stage.signed_in(stage.user("nobody")).post(f"{address}loi-nhac/").status_code == 404


def test_marks_are_taken_off_and_nothing_else() -> None:
    assert without_marks("Đặng Ước Nguyễn, “ĐƯỜNG”\nsố 12/3 – Ễ") == "Dang Uoc Nguyen, “DUONG”\nso 12/3 – E"
