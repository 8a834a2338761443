"""The teacher's pages: one tap for whoever did all of it, what was missing of one, corrections, and who may look."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bdhvs_lms.audit.api import record_consent
from bdhvs_lms.audit.models import AccessLog
from bdhvs_lms.classes.actions import assign_course
from bdhvs_lms.classes.api import ClassTeacher
from bdhvs_lms.courses.api import Course
from bdhvs_lms.learners.api import link_user
from bdhvs_lms.progress.api import Result
from bdhvs_tasks.models import Grading, Observation, ObservationNote
from tests.bdhvs_content import pages
from tests.bdhvs_tasks.helpers import CLOCK, ITEMS, Watching, checklist, item_id, task
from tests.support.loops import for_each
from tests.support.markup import html_of
from tests.support.worlds import made_once

pytestmark = pytest.mark.django_db


made, own = made_once(Watching)


@pytest.fixture
def watching(own: Watching, settings: Any) -> Watching:
    settings.BDHVS_TEST_CLOCK = CLOCK
    return own


def passed() -> set[str]:
    return {str(row.learner.actor) for row in Result.objects.filter(passed_at__isnull=False).select_related("learner")}


def test_the_class_has_a_button_that_leads_to_its_one_task(watching: Watching) -> None:
    page = html_of(watching.client.get(reverse("bdhvs_lms:class-review", args=[watching.group.uuid])))
    assert f'href="{watching.address("class-tasks")}">Ghi bài thực hành</a>' in page
    assert "Chưa thực hành" in page
    assert watching.client.get(watching.address("class-tasks")).headers["Location"] == watching.address()


def test_of_several_tasks_one_is_chosen_by_how_many_have_passed(watching: Watching) -> None:
    task(pages.fresh(watching.course), "Gọi 113")
    watching.observe(watching.lan)
    with CaptureQueriesContext(connection) as few:
        page = html_of(watching.client.get(watching.address("class-tasks")))
    assert "Đạt: 1/2 người" in page
    assert "Đạt: 0/2 người" in page
    assert f'<a href="{watching.address()}">Đặt cỡ chữ lớn</a>' in page
    watching.member("Đỗ Thị Ba")
    task(pages.fresh(watching.course), "Gọi 115")
    with CaptureQueriesContext(connection) as more:
        watching.client.get(watching.address("class-tasks"))
    assert len(more) == len(few)


def test_a_task_of_a_further_course_of_the_class_is_recorded_too(watching: Watching) -> None:
    other = pages.course(pages.fresh(watching.course).get_parent(), "Khóa thứ hai")
    further = task(other, "Gọi 114")
    where = reverse("bdhvs_tasks:class-task", args=[watching.group.uuid, further.translation_key])
    assert watching.client.get(where).status_code == 404
    assign_course(
        watching.group, Course.objects.get(key=other.translation_key), opens=pages.AT.date(), at=pages.AT, by=None
    )
    assert "Gọi 114" in html_of(watching.client.get(watching.address("class-tasks")))
    assert watching.client.post(where, watching.form(watching.lan)).status_code == 303
    assert [row.activity_key for row in Observation.objects.all()] == [further.translation_key]


def test_whoever_is_ticked_did_all_of_it_but_for_what_was_missing(watching: Watching) -> None:
    page = html_of(watching.client.get(watching.address()))
    assert all(text in page for text in ("Nguyễn Thị Lan", "Trần Thị Hoa", *ITEMS, "Gợi ý 1"))
    assert "Đạt khi làm được mọi ý bắt buộc." in page
    form = watching.form(watching.lan, without={watching.hoa: [1]})
    answer = watching.client.post(watching.address(), form)
    assert (answer.status_code, answer.headers["Location"]) == (303, watching.address())
    page = html_of(watching.client.get(watching.address()))
    assert "Đã ghi: 2 người. Đạt: 1. Chưa đạt: 1." in page
    assert "15/11/2025: 3/4 ý" in page
    assert "Đã đạt: 1" in page
    assert passed() == {str(watching.lan.actor)}
    assert Grading.objects.get(success=False).done == {item_id(0), item_id(2), item_id(3)}


def test_the_form_sent_twice_and_gone_back_to_records_each_once(watching: Watching) -> None:
    form = watching.form(watching.lan)
    for _twice in range(2):
        page = html_of(watching.client.post(watching.address(), form, follow=True))
        assert "Đã ghi: 1 người. Đạt: 1." in page
    assert Observation.objects.count() == 1
    # Back, Hoa is ticked too and Lan's ticks are others.
    again = {**form, "all": [*form["all"], str(watching.hoa.actor)], f"without-{watching.lan.actor}": [item_id(0)]}
    page = html_of(watching.client.post(watching.address(), again, follow=True))
    assert "1 người đã được ghi từ trang này với những ý khác" in page
    assert Observation.objects.count() == 2


def test_who_passed_meanwhile_is_not_recorded_again(watching: Watching) -> None:
    form = watching.form(watching.lan, watching.hoa)
    watching.observe(watching.lan)
    page = html_of(watching.client.post(watching.address(), form, follow=True))
    assert "Đã ghi: 1 người. Đạt: 1." in page
    assert "1 người đã đạt từ trước nên không ghi lại." in page
    assert Observation.objects.count() == 2


def test_who_has_not_agreed_is_named_and_cannot_be_ticked(watching: Watching) -> None:
    silent = watching.member("Lê Văn Im", consent=False)
    page = html_of(watching.client.get(watching.address()))
    assert "Chưa ghi được" in page
    assert "Lê Văn Im" in page
    assert f'value="{silent.actor}"' not in page
    assert f'href="{reverse("bdhvs_lms:class-papers", args=[watching.group.uuid])}"' in page
    # The page was opened before the consent was withdrawn: nothing of the form is recorded.
    record_consent(watching.hoa.actor, given=False, at=pages.AT + timedelta(hours=1))
    answer = watching.client.post(watching.address(), watching.form(watching.lan, watching.hoa))
    assert answer.status_code == 400
    page = html_of(answer)
    assert "Trần Thị Hoa chưa đồng ý cho lưu kết quả học" in page
    assert f'value="{watching.lan.actor}" checked' in page
    assert not Observation.objects.exists()


def test_a_form_that_names_nobody_says_so(watching: Watching) -> None:
    answer = watching.client.post(watching.address(), watching.form())
    assert answer.status_code == 400
    assert "Chưa đánh dấu ai" in html_of(answer)


@for_each(
    "spoilt",
    [
        {"act_id": "x"},
        {"version": "9"},
        {"version": "²"},
        {"all": [str(uuid.uuid4())]},
        {"all": ["x"]},
        {"without-x": [item_id(0)]},
        {"WITHOUT": "nonsense"},
    ],
)
def test_what_no_form_of_ours_sends_is_refused_whole(watching: Watching, spoilt: dict[str, Any]) -> None:
    if "WITHOUT" in spoilt:
        spoilt = {f"without-{watching.lan.actor}": ["nonsense"]}
    answer = watching.client.post(watching.address(), {**watching.form(watching.lan), **spoilt})
    assert answer.status_code == 400
    assert "Nội dung gửi lên chưa đủ" in html_of(answer)
    assert not Observation.objects.exists()


def test_a_form_of_an_older_checklist_is_graded_by_it(watching: Watching) -> None:
    form = watching.form(without={watching.lan: [3]})
    page = pages.fresh(watching.task)
    page.checklist = checklist(ITEMS[:2], optional=())
    pages.publish(page)
    assert watching.client.post(watching.address(), form).status_code == 303
    assert Observation.objects.get().version.number == 1
    assert passed() == {str(watching.lan.actor)}


def test_one_person_item_by_item_with_a_note(watching: Watching) -> None:
    address = watching.address("class-person", watching.lan.actor)
    page = html_of(watching.client.get(address))
    assert "Nguyễn Thị Lan" in page and all(text in page for text in ITEMS)
    given = {"act_id": str(uuid.uuid4()), "version": "1"}
    answer = watching.client.post(address, {**given, "note": "x" * 501})
    page = html_of(answer)
    assert answer.status_code == 400
    assert "Hãy đánh dấu ý làm được." in page and "Ghi chú có 501 chữ cái" in page and "x" * 501 in page
    done = {**given, "done": [item_id(0), item_id(1)], "note": " Cần chữ to hơn "}
    assert watching.client.post(address, done).headers["Location"] == watching.address()
    assert ObservationNote.objects.get().text == "Cần chữ to hơn"
    page = html_of(watching.client.get(address))
    assert "2/4" in page and "Tự kéo chữ to lên" in page.partition("Đã ghi")[2] and "Cần chữ to hơn" in page
    nothing = {"act_id": str(uuid.uuid4()), "version": "1", "do": "none", "done": [item_id(0)]}
    assert watching.client.post(address, nothing).status_code == 303
    assert Grading.objects.latest("pk").done == frozenset()


def test_what_was_recorded_wrongly_is_corrected_or_taken_back(watching: Watching) -> None:
    observation = watching.observe(watching.lan, note="Tốt").observation
    address = reverse("bdhvs_tasks:correct", args=[watching.group.uuid, observation.uuid])
    person = watching.address("class-person", watching.lan.actor)
    assert f'href="{address}"' in html_of(watching.client.get(person))
    page = html_of(watching.client.get(address))
    assert page.count(" checked") == 4 and "Tốt" in page
    given = {"act_id": str(uuid.uuid4()), "done": [item_id(0)], "note": "Tốt"}
    page = html_of(watching.client.post(address, given, follow=True))
    assert "Đã sửa." in page and "Chưa đạt" in page and "1/4" in page and "đã sửa" in page
    assert passed() == set()
    page = html_of(watching.client.post(address, {"act_id": str(uuid.uuid4()), "do": "take-back"}, follow=True))
    assert "Đã rút lại." in page and "đã rút lại" in page
    assert watching.client.get(address).status_code == 404
    assert watching.client.post(address, given).status_code == 400
    assert "/4 ý" not in html_of(watching.client.get(watching.address()))


def test_the_sheet_has_everybody_and_a_column_for_each_item(watching: Watching) -> None:
    watching.observe(watching.lan)
    page = html_of(watching.client.get(watching.address("class-sheet")))
    assert page.count("<td></td>") == 8
    assert "đã đạt" in page and all(text in page for text in ITEMS)


def addresses(watching: Watching) -> list[str]:
    observation = watching.observe(watching.hoa, (0,)).observation
    correction = reverse("bdhvs_tasks:correct", args=[watching.group.uuid, observation.uuid])
    return [
        watching.address("class-tasks"),
        watching.address(),
        watching.address("class-sheet"),
        watching.address("class-person", watching.hoa.actor),
        correction,
    ]


def test_another_teachers_class_and_one_taught_yesterday_are_not_there(watching: Watching) -> None:
    asked = addresses(watching)
    watching.class_of("lop-2", "co-khac")
    stranger = pages.client_of("co-khac")
    for address in asked:
        assert watching.client.get(address).status_code in (200, 302)
        assert Client().get(address).headers["Location"].startswith("/dang-nhap/")
        assert stranger.get(address).status_code == 404
        assert stranger.post(address, watching.form(watching.lan)).status_code in (404, 405)
    elsewhere = reverse("bdhvs_tasks:class-task", args=[watching.group.uuid, uuid.uuid4()])
    assert watching.client.get(elsewhere).status_code == 404
    yesterday = pages.AT.date() - timedelta(days=1)
    ClassTeacher.objects.filter(class_group=watching.group).update(valid_from=yesterday, valid_to=yesterday)
    assert {watching.client.get(address).status_code for address in asked} == {404}
    assert Observation.objects.count() == 1


def test_a_member_of_another_class_is_not_there(watching: Watching) -> None:
    outsider = pages.person("ngoai")
    assert watching.client.get(watching.address("class-person", outsider.actor)).status_code == 404


def test_every_look_at_people_by_name_is_logged(watching: Watching) -> None:
    for address in addresses(watching):
        watching.client.get(address)
    looks = {(look.page, look.detail, look.actors) for look in AccessLog.objects.all()}
    both, hoa = frozenset({watching.lan.actor, watching.hoa.actor}), frozenset({watching.hoa.actor})
    assert looks == {
        ("class-task", "lop-1", both),
        ("class-task-sheet", "lop-1", both),
        ("class-task-person", "lop-1", hoa),
        ("class-task-correct", "lop-1", hoa),
    }


def test_queries_do_not_grow_with_the_class(watching: Watching) -> None:
    def asked(address: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert watching.client.get(address).status_code == 200
        return len(queries)

    watching.observe(watching.lan, (0,))
    watching.client.get(watching.address())
    few = [asked(watching.address()), asked(watching.address("class-sheet"))]
    for number in range(6):
        learner = watching.member(f"Nguyễn Văn {number}", consent=number % 3 > 0)
        if number % 3 > 0:
            watching.observe(learner, (0, 1, 2) if number % 2 else (1,))
    # Twice, because people who are seen together for the first time are written into the log as such.
    watching.client.get(watching.address())
    assert [asked(watching.address()), asked(watching.address("class-sheet"))] == few
    assert few[0] <= 20


def test_nobody_observes_themselves_and_the_form_says_so(watching: Watching) -> None:
    teacher = User.objects.get(username="co-hanh")
    link_user(watching.lan, teacher)
    client = Client()
    client.force_login(teacher)
    address = reverse("bdhvs_tasks:class-task", args=[watching.group.uuid, watching.key])
    form = {"act_id": str(uuid.uuid4()), "version": "1", "all": [str(watching.lan.actor), str(watching.hoa.actor)]}
    refused = client.post(address, form)
    assert refused.status_code == 400 and "Không ai tự ghi" in html_of(refused)
    assert not Observation.objects.exists()
    own = watching.observe(watching.lan).observation
    person = reverse("bdhvs_tasks:class-person", args=[watching.group.uuid, watching.key, watching.lan.actor])
    one = client.post(person, {"act_id": str(uuid.uuid4()), "version": "1", "done": [item_id(0)]})
    assert one.status_code == 400 and "Không ai tự ghi" in html_of(one)
    correction = reverse("bdhvs_tasks:correct", args=[watching.group.uuid, own.uuid])
    told = client.post(correction, {"act_id": str(uuid.uuid4()), "do": "take-back"}, follow=True)
    assert "Không ai tự ghi" in html_of(told)
    assert Observation.objects.get().steps.count() == 1
