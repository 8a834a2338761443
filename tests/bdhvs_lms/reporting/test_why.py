"""“Vì sao có kết quả này?” and “Căn cứ xác định”: what counted, what did not and why, what to open, what to do next."""

from __future__ import annotations

import gzip
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bdhvs_lms.competency import api as competency
from bdhvs_lms.tracking import api as tracking
from tests.bdhvs_lms.reporting.conftest import Stage
from tests.bdhvs_lms.reporting.test_pages import words
from tests.support.markup import html_of
from tests.support.world import T0, uid

pytestmark = pytest.mark.django_db

A1, A2_HIGH = "/viec-hoc/nang-luc/test-framework/A1/1/", "/viec-hoc/nang-luc/test-framework/A2/2/"


def test_each_row_that_did_not_count_says_why_by_the_rule(stage: Stage) -> None:
    learner, client = stage.learning_user("An")
    stage.record(
        stage.act(learner, tracking.VERB_EXPERIENCED, stage.lesson, minutes=1),
        stage.act(learner, tracking.VERB_FAILED, stage.quiz, minutes=2, score=4),
        stage.act(learner, tracking.VERB_PASSED, stage.quiz, minutes=3, score=9, try_no=2, authority=tracking.CLIENT),
        stage.act(learner, tracking.VERB_PASSED, stage.quiz, minutes=5, score=9, try_no=3),
        stage.act(learner, tracking.VERB_PASSED, stage.quiz, minutes=9, score=10, try_no=4),
    )
    used, unused = words(client.get(A1)).split("Có ghi nhận nhưng không được tính")
    assert "Vì sao không được tính" not in used
    assert [part.split(".")[0] for part in unused.split("Vì sao không được tính ")[1:]] == [
        "Chỉ đọc bài hoặc có mặt thì chưa cho thấy làm được gì",
        "Lượt này chưa đạt",
        "Chưa đủ độ tin cậy: cần “hệ thống chấm” trở lên",
        "Cũng tính được, nhưng trước đó đã đạt rồi",
    ]


def test_a_lower_level_and_what_was_withdrawn_are_named(stage: Stage) -> None:
    learner, client = stage.learning_user("An")
    (_first, second) = stage.record(
        stage.act(learner, tracking.VERB_PASSED, stage.quiz, minutes=1, score=9),
        stage.act(learner, tracking.VERB_PASSED, stage.task, minutes=2, score=9),
    )[:2]
    high = words(client.get(A2_HIGH))
    assert "Kiểm tra Ngày 01/09/2025 Kết quả Đạt (90%)" in high.split("Có ghi nhận nhưng không được tính")[1]
    assert "Chỉ ở trình độ thấp hơn: “Sử dụng được”." in high
    with transaction.atomic():
        tracking.void(second.statement_id, by=uid("staff"), reason_code=tracking.REASON_CORRECTED, at=T0)
    high = words(client.get(A2_HIGH))
    assert "Đã bị rút: sửa lại, chấm lại hoặc hủy." in high
    assert "Thực hành" in high


def test_what_to_do_next_is_a_link_until_it_is_achieved(stage: Stage, monkeypatch: Any) -> None:
    monkeypatch.setattr(
        "bdhvs_lms.reporting.queries.why.activity_types", {f"tests.{x}": 1 for x in ("Bài", "Kiểm tra")}
    )
    learner, client = stage.learning_user("An")
    page = html_of(client.get(A1))
    assert f'href="/viec-hoc/bai/{stage.lesson}/"' in page and f'href="/viec-hoc/bai/{stage.quiz}/"' in page
    assert "Học trước: Bài Làm bài này: Kiểm tra" in words(client.get(A1))
    stage.record(stage.act(learner, tracking.VERB_PASSED, stage.quiz, minutes=1, score=9))
    monkeypatch.undo()
    assert "/viec-hoc/bai/" not in html_of(client.get(A1))


def test_a_teacher_reads_the_rule_as_it_stands_and_opens_answers_and_statements(stage: Stage) -> None:
    learner = stage.member("An")
    (passed, *_) = stage.record(stage.act(learner, tracking.VERB_PASSED, stage.quiz, minutes=1, score=9))
    client = stage.teacher()
    own = f"/day/{stage.class_group.uuid}/nguoi/{learner.actor}"
    page = client.get(f"{own}/nang-luc/test-framework/A1/1/")
    assert "Căn cứ xác định" in words(page)
    assert "Nguyên văn quy tắc: có ít nhất 1 kết quả, ở mức đạt" in words(page)
    assert "test-framework/*/*/v1" in words(page)
    assert f'href="{own}/lan-lam/{passed.registration}/"' in html_of(page)
    assert str(passed.statement_id) not in html_of(page)
    user = page.wsgi_request.user
    user.user_permissions.add(Permission.objects.get(codename="view_statement"))
    statement = f"/quan-tri/kho-du-lieu/ban-ghi/{passed.statement_id}/"
    assert f'href="{statement}"' in html_of(client.get(f"{own}/nang-luc/test-framework/A1/1/"))


def cost(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_the_page_costs_the_same_after_a_hundred_results_and_stays_small(stage: Stage) -> None:
    learner, client = stage.learning_user("An")
    client.get(A1)
    costs = []
    for first, last in ((1, 3), (3, 100)):
        for number in range(first, last):
            stage.record(
                stage.act(learner, tracking.VERB_FAILED, stage.quiz, minutes=number, score=4, try_no=number),
                stage.act(learner, tracking.VERB_FAILED, stage.task, minutes=number, score=4, try_no=number),
            )
        costs.append(cost(client, A1))
    assert costs[0] == costs[1] <= 30
    assert len(gzip.compress(client.get(A1).content)) < 15 * 1024
    assert competency.Evidence.objects.filter(learner=learner, competency=stage.a1).count() == 99
