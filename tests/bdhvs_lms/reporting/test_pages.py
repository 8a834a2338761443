"""What a learner, a teacher and the committee read on their pages, in which words, and what it costs."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bdhvs_lms.audit.api import AccessLog
from bdhvs_lms.campaign.api import Area
from bdhvs_lms.classes.api import ClassGroup, ClassTeacher, Membership
from bdhvs_lms.courses import api as courses
from bdhvs_lms.learners.api import register
from bdhvs_lms.progress.api import Result
from bdhvs_lms.tracking import api as tracking
from tests.bdhvs_lms.reporting.conftest import Stage
from tests.support.world import T0, uid


def words(response: Any) -> str:
    """The page's main text without tags, blanks folded."""
    main = re.search(r"<main.*?</main>", response.content.decode(), re.DOTALL)
    assert main is not None
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main.group())).split())


# --- Where someone goes after signing in ------------------------------------------------------------------------------


def test_start_sends_everyone_to_their_work(stage: Stage) -> None:
    editor = stage.user("editor")
    editor.user_permissions.add(Permission.objects.get(codename="access_admin"))
    for client, address in (
        (Client(), "/dang-nhap/"),
        (stage.learning_user("An")[1], "/viec-hoc/"),
        (stage.teacher(), "/day/"),
        (stage.steering(), "/chi-dao/"),
        (stage.signed_in(editor), "/quan-tri/"),
        (stage.signed_in(stage.user("root", is_superuser=True)), "/quan-tri/"),
    ):
        response = client.get("/bat-dau/")
        assert (response.status_code, response.headers["Location"]) == (302, address)


def test_start_tells_an_account_without_any_work_whom_to_ask(stage: Stage) -> None:
    response = stage.signed_in(stage.user("nobody")).get("/bat-dau/")
    assert response.status_code == 403
    assert "Hãy hỏi người đã lập tài khoản." in words(response)


# --- A learner's own record -------------------------------------------------------------------------------------------


def test_my_learning_says_progress_and_status_in_words(stage: Stage) -> None:
    learner, client = stage.learning_user("Nguyễn Thị Lan")
    stage.record(
        stage.act(learner, tracking.VERB_EXPERIENCED, stage.lesson, minutes=1),
        stage.act(learner, tracking.VERB_PASSED, stage.quiz, minutes=2, score=9),
    )
    response = client.get("/viec-hoc/")
    text = words(response)
    assert "Khóa thử Đã xong 2/3 bài Tiếp theo: Thực hành" in text
    assert "Năng lực một ✓ Đã đạt ngày 01/09/2025, trình độ “Sử dụng được”." in text
    assert '<progress value="2" max="3"' in response.content.decode()
    assert "Đang học: <strong>Nguyễn Thị Lan</strong>." in response.content.decode()
    assert 'href="/viec-hoc/nang-luc/test-framework/A1/1/"' in response.content.decode()


def test_why_names_the_rule_and_exactly_the_evidence_used(stage: Stage) -> None:
    learner, client = stage.learning_user("An")
    stage.record(
        stage.act(learner, tracking.VERB_EXPERIENCED, stage.lesson, minutes=1),
        stage.act(learner, tracking.VERB_FAILED, stage.quiz, minutes=2, score=4),
        stage.act(learner, tracking.VERB_PASSED, stage.quiz, minutes=60 * 24, score=9, try_no=2),
    )
    response = client.get("/viec-hoc/nang-luc/test-framework/A1/1/")
    text = words(response)
    used, unused = text.split("Có ghi nhận nhưng không được tính")
    used = used.split("Những gì đã được tính")[1]
    assert used.strip() == "Kiểm tra Ngày 02/09/2025 Kết quả Đạt (90%) Mức tin cậy hệ thống chấm"
    assert "Kiểm tra Ngày 01/09/2025 Kết quả Chưa đạt (40%)" in unused
    assert "Bài Ngày 01/09/2025 Kết quả Có tham gia" in unused
    assert "Đã đạt ngày 02/09/2025" in text
    assert response.context["explanation"].rule_sentence in text


def test_why_shows_nobody_elses_record(stage: Stage) -> None:
    other, _client = stage.learning_user("Người khác")
    stage.record(stage.act(other, tracking.VERB_PASSED, stage.quiz, minutes=2, score=9))
    _learner, client = stage.learning_user("An")
    text = words(client.get("/viec-hoc/nang-luc/test-framework/A1/1/"))
    assert "Chưa có kết quả" in text
    assert "Kiểm tra" not in text


@pytest.mark.parametrize(
    "address",
    [
        "/viec-hoc/nang-luc/test-framework/A9/1/",
        "/viec-hoc/nang-luc/test-framework/A1/3/",
        "/viec-hoc/nang-luc/test-framework/A1/9999/",
        "/viec-hoc/nang-luc/test-framework/A1/99999999999999999999/",
        "/viec-hoc/nang-luc/other/A1/1/",
        "/viec-hoc/nang-luc/test-framework/A1%00/1/",
        "/viec-hoc/nang-luc/test-framework/A1/-1/",
        "/viec-hoc/nang-luc/test-framework/A1/١/",
    ],
)
def test_why_of_what_does_not_exist_is_a_themed_404(stage: Stage, address: str) -> None:
    _learner, client = stage.learning_user("An")
    response = client.get(address)
    assert response.status_code == 404
    assert "Không có trang này" in words(response)


# --- The teacher ------------------------------------------------------------------------------------------------------


def test_a_teacher_sees_own_classes_only(stage: Stage) -> None:
    other = ClassGroup.objects.create(
        name="Lớp khác", code="lop-khac", course=stage.class_group.course, area=stage.area, starts=T0.date()
    )
    client = stage.teacher()
    assert "Lớp tối thứ Ba" in words(client.get("/day/"))
    assert "Lớp khác" not in words(client.get("/day/"))
    assert client.get(f"/day/{stage.class_group.uuid}/").status_code == 200
    refused, unknown = client.get(f"/day/{other.uuid}/"), client.get(f"/day/{uuid4()}/")
    assert refused.status_code == unknown.status_code == 404
    assert words(refused) == words(unknown), "another's class answers like one that does not exist"


def test_teaching_ends_with_its_last_day(stage: Stage) -> None:
    client = stage.teacher()
    ClassTeacher.objects.update(valid_to=date(2025, 11, 15))
    assert client.get(f"/day/{stage.class_group.uuid}/").status_code == 200
    ClassTeacher.objects.update(valid_to=date(2025, 11, 14))
    assert client.get(f"/day/{stage.class_group.uuid}/").status_code == 404
    assert client.get("/day/").status_code == 403


def test_the_class_page_begins_with_numbers_that_lead_to_the_people(stage: Stage) -> None:
    client = stage.teacher()
    done, stuck = stage.member("Lê Thị Xong"), stage.member("Phạm Văn Kẹt")
    stage.member("Trần Thị Mới")
    minutes = 60 * 24 * 73
    stage.record(
        stage.act(done, tracking.VERB_EXPERIENCED, stage.lesson, minutes=1),
        stage.act(done, tracking.VERB_PASSED, stage.quiz, minutes=2, score=9),
        stage.act(done, tracking.VERB_PASSED, stage.task, minutes=3, score=8),
        stage.act(stuck, tracking.VERB_FAILED, stage.quiz, minutes=minutes, score=3),
    )
    response = client.get(f"/day/{stage.class_group.uuid}/")
    text, html = words(response), response.content.decode()
    assert "Lớp 3 người: 1 đã xong · 0 đang học · 1 chưa bắt đầu · 1 cần giúp" in text
    for anchor in ("da-xong", "chua-bat-dau", "can-giup"):
        assert html.count(f'href="#{anchor}"') == html.count(f'id="{anchor}"') == 1
    assert text.index("Phạm Văn Kẹt") < text.index("Trần Thị Mới") < text.index("Lê Thị Xong")
    assert "Phạm Văn Kẹt Đã xong 0/3 bài" in text
    assert "! Chưa đạt 3/10" in text
    assert "✓ Đã xong 9/10" in text


def test_every_cell_stays_readable_without_the_plugin_and_says_that_it_is_missing(stage: Stage) -> None:
    client = stage.teacher()
    learner = stage.member("An")
    stage.record(stage.act(learner, tracking.VERB_PASSED, stage.quiz, minutes=2, score=9))
    text = words(client.get(f"/day/{stage.class_group.uuid}/"))
    assert text.count("thiếu phần mở rộng: tests") == 3
    assert "✓ Đã xong 9/10" in text
    english = words(client.get(f"/en/day/{stage.class_group.uuid}/"))
    assert english.count("plugin missing: tests") == 3


def test_opening_a_class_logs_who_saw_whom(stage: Stage) -> None:
    client = stage.teacher()
    shown = {stage.member("An").actor, stage.member("Bình").actor}
    stage.learner("Không ở trong lớp")
    client.get("/day/")
    assert not AccessLog.objects.exists(), "the list of classes names no learner"
    client.get(f"/day/{stage.class_group.uuid}/")
    rows = AccessLog.objects.all()
    assert {row.actor for row in rows} == shown
    assert {(row.page, row.detail, row.user_label, row.at.date()) for row in rows} == {
        ("class-review", "toi-thu-ba", "teacher", date(2025, 11, 15))
    }
    client.get(f"/day/{stage.class_group.uuid}/")
    assert rows.all().count() == 4


def test_a_refused_opening_logs_nothing(stage: Stage) -> None:
    stage.member("An")
    stage.steering().get(f"/day/{stage.class_group.uuid}/")
    assert not AccessLog.objects.exists()


def test_an_empty_class_and_a_course_without_activities_have_words(stage: Stage) -> None:
    client = stage.teacher()
    courses.Activity.objects.update(active=False)
    text = words(client.get(f"/day/{stage.class_group.uuid}/"))
    assert "Hôm nay lớp chưa có ai." in text
    assert "Khóa học chưa có bài học hay bài kiểm tra nào." in text


@pytest.mark.django_db
def test_a_class_page_costs_the_same_for_any_size(stage: Stage) -> None:
    client = stage.teacher()
    counts = set()
    for people, activities in ((5, 2), (40, 2), (40, 12), (5, 12)):
        course_key = uid(f"course {people} {activities}")
        course = courses.push_course(course_key, host="tests", titles={"vi": "Khóa"}, revision="1", at=T0)
        keys = [uid(f"activity {people} {activities} {number}") for number in range(activities)]
        for number, key in enumerate(keys):
            courses.push_activity(
                course_key,
                courses.ActivityFacts(
                    key=key,
                    type_key="tests.more",
                    plugin="tests",
                    titles={"vi": f"Bài {number}"},
                    done_on="passed",
                    revision="1",
                    position=number,
                    max_score=Decimal(10),
                    pass_score=Decimal(8),
                ),
                at=T0,
            )
        group = ClassGroup.objects.create(
            name="Lớp", code=f"lop-{people}-{activities}", course=course, area=stage.area, starts=T0.date()
        )
        ClassTeacher.objects.create(
            class_group=group, user=ClassTeacher.objects.earliest("pk").user, valid_from=T0.date()
        )
        learners = [register(full_name=f"Người {number}", at=T0) for number in range(people)]
        Membership.objects.bulk_create(
            Membership(learner=learner, class_group=group, valid_from=T0.date()) for learner in learners
        )
        Result.objects.bulk_create(
            Result(learner=learner, activity_key=key, first_at=T0, last_at=T0, last_statement_id=uuid4())
            for learner in learners
            for key in keys
        )
        with CaptureQueriesContext(connection) as queries:
            response = client.get(f"/day/{group.uuid}/")
        assert response.content.decode().count('role="cell"') == people * activities
        counts.add(len(queries))
    assert len(counts) == 1
    assert counts.pop() <= 13


# --- The committee ----------------------------------------------------------------------------------------------------


def test_the_board_shows_the_row_with_its_words(stage: Stage) -> None:
    stage.attain(stage.people(6), confirmed_at=T0 + timedelta(days=30))
    stage.attain(stage.people(1234), confirmed_at=None)
    stage.count_everyone(2920, illustrative=True)
    response = stage.steering().get("/chi-dao/")
    text = words(response)
    assert "Trên 85% người dân trong độ tuổi trưởng thành" in text
    assert "SỐ LIỆU MINH HỌA – KHÔNG DÙNG ĐỂ BÁO CÁO" in text
    assert "✗ Chưa đạt chỉ tiêu 42,4%" in text
    assert "Số người đạt 1.240" in text
    assert "trong đó đã được xác nhận 6" in text
    assert "Tổng số người thuộc đối tượng Nguồn: Công an xã, ngày 01/10/2025 2.920" in text
    assert "Còn thiếu 1.243 người" in text
    assert "Số liệu tính đến ngày 15/11/2025" in text
    assert "Căn cứ xác định: Đạt cả hai năng lực" in text


def test_the_board_in_english(stage: Stage) -> None:
    stage.attain(stage.people(6))
    stage.count_everyone(2920)
    text = words(stage.steering().get("/en/chi-dao/"))
    assert "2,480 people missing" not in text
    assert "2,477 people missing" in text
    assert "Data as of 15 November 2025" in text
    assert "ILLUSTRATIVE" not in text


def test_suppressed_numbers_reach_no_byte_of_the_page(stage: Stage) -> None:
    people = stage.people(43)
    stage.attain(people[:3])
    stage.count_everyone(2920)
    client = stage.steering()
    before = client.get("/chi-dao/").content
    assert "Dưới 5 người (không hiển thị)" in before.decode()
    stage.attain(people[3:4])
    assert strip_tokens(client.get("/chi-dao/").content) == strip_tokens(before)


def strip_tokens(content: bytes) -> bytes:
    return re.sub(rb'name="csrfmiddlewaretoken" value="[^"]+"', b"", content)


def test_areas_of_ones_own_only(stage: Stage) -> None:
    client = stage.steering()
    assert client.get("/chi-dao/?dia-ban=10015@2025-07-01").status_code == 200
    assert client.get("/chi-dao/?dia-ban=10030@2025-07-01").status_code == 404
    assert client.get("/chi-dao/?dia-ban=01@").status_code == 404
    assert client.get("/chi-dao/?dia-ban=99999@2025-07-01").status_code == 404


def test_whoever_has_the_province_chooses_among_what_lies_below(stage: Stage) -> None:
    Area.objects.create(
        code="10030", name="Xã Đã Hết", kind="commune", parent=stage.province, valid_to=date(2025, 6, 30)
    )
    client = stage.steering(stage.province)
    response = client.get("/chi-dao/")
    options = re.findall(r'<option value="([^"]+)"( selected)?>([^<]+)<', response.content.decode())
    assert options == [
        ("01@", " selected", "Thành phố Thử"),
        ("10015@2025-07-01", "", "Phường Thử"),
        ("10030@2025-07-01", "", "Xã Khác"),
    ]
    chosen = client.get("/chi-dao/", {"dia-ban": "10030@2025-07-01"})
    assert "Bảng theo dõi chỉ tiêu: Xã Khác" in words(chosen)
    ended = client.get("/chi-dao/", {"dia-ban": "10030@"})
    assert "Đơn vị hành chính này tồn tại đến hết ngày 30/06/2025." in words(ended)


@pytest.mark.parametrize(
    "value",
    ["", "10015", "10015@2025-7-1", "10015@2025-02-30", "@2025-07-01", "a b@", "\x00@", "x" * 500, "10015@0000-00-00"],
)
def test_a_parameter_that_is_no_area_is_a_themed_400(stage: Stage, value: str) -> None:
    response = stage.steering().get("/chi-dao/", {"dia-ban": value})
    assert response.status_code == 400
    assert "Hãy chọn địa bàn trong danh sách." in words(response)


def test_a_board_without_a_computable_target_says_so(stage: Stage) -> None:
    # As if none had ever been entered: the table itself lets nothing be taken away.
    type(stage.rule)._base_manager.filter(pk=stage.rule.pk).delete()
    assert "Chưa có chỉ tiêu nào trong kế hoạch" in words(stage.steering().get("/chi-dao/"))


def test_pages_with_records_are_never_kept(stage: Stage) -> None:
    learner = stage.learning_user("An")[1]
    teacher, steering = stage.teacher(), stage.steering()
    for client, address in (
        (learner, "/viec-hoc/"),
        (learner, "/viec-hoc/nang-luc/test-framework/A1/1/"),
        (teacher, "/day/"),
        (teacher, f"/day/{stage.class_group.uuid}/"),
        (steering, "/chi-dao/"),
    ):
        assert "no-store" in client.get(address).headers["Cache-Control"]
