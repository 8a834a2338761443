"""A teacher's pages of a class as a browser shows them: make it, name it, its people, teachers, courses, sessions."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission, User
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bdhvs_lms.audit.api import record_consent
from bdhvs_lms.audit.models import AccessLog
from bdhvs_lms.base.api import now
from bdhvs_lms.classes.api import add_teacher, end_appointments, end_teacher, mark_complete, members
from bdhvs_lms.classes.models import AssignedCourse, Attendance, ClassGroup, ClassSession, ClassTeacher
from bdhvs_lms.classes.queries import class_with_code
from bdhvs_lms.classes.sessions.actions import plan_sessions
from bdhvs_lms.classes.sessions.queries import watched_at
from bdhvs_lms.courses.api import Activity, Course, enrolments_of, push_course
from bdhvs_lms.learners.api import Person, register
from bdhvs_lms.privacy.api import erase_account
from tests.bdhvs_lms.reporting.conftest import Stage
from tests.support.markup import html_of
from tests.support.world import T0, uid

pytestmark = pytest.mark.django_db
TODAY = "2025-11-15T10:00:00+07:00"


@pytest.fixture
def stage(db: None, settings: Any) -> Stage:
    settings.BDHVS_TEST_CLOCK = TODAY
    stage = Stage()
    Activity.objects.filter(key=stage.lesson).update(type_key="bdhvs_content.lesson")
    return stage


@pytest.fixture
def hanh(stage: Stage) -> Client:
    client = stage.teacher("hanh")
    User.objects.filter(username="hanh").update(first_name="Hạnh", last_name="Đinh Thị")
    return client


def at(stage: Stage, tail: str = "") -> str:
    return f"/day/{stage.class_group.uuid}/{tail}"


def tiles(page: str) -> dict[str, int]:
    found = re.findall(r"<b>(\d+)</b>\s*([^<]+?)\s*</a>", page)
    return {word: int(number) for number, word in found}


def test_a_teacher_makes_a_class_and_owns_it(stage: Stage, hanh: Client) -> None:
    assert 'href="/day/lop-moi/"' in html_of(hanh.get("/day/"))
    page = html_of(hanh.get("/day/lop-moi/"))
    # What the last class had is chosen.
    assert re.search(rf'<option value="{stage.area.pk}"[^>]*\bselected[^>]*>Phường Thử</option>', page)
    assert re.search(r"<option value=\"\d+\"[^>]*\bselected[^>]*>Khóa thử</option>", page)
    sent = {
        "name": "Lớp tối thứ Ba",
        "course": stage.class_group.course.pk,
        "area": stage.area.pk,
        "starts": "2025-11-20",
        "ends": "",
        "phone": "0912 345 678",
    }
    # The form's own number is the token's, in each of a page's forms the same.
    sent["csrfmiddlewaretoken"] = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
    response = hanh.post("/day/lop-moi/", sent, follow=True)
    made = ClassGroup.objects.latest("pk")
    assert re.fullmatch(r"[b-z2-9]{3}-[b-z2-9]{3}", made.code), "nothing of the name"
    assert f"Mã lớp: {made.code}" in html_of(response)
    for typed in (made.code.upper(), made.code.replace("-", ""), made.code.replace("-", " ")):
        assert class_with_code(typed) == made
    assert (made.starts, made.phone) == (date(2025, 11, 20), "0912 345 678")
    assert ClassTeacher.objects.get(class_group=made).owner
    # Sent again it is the same class; by a form that one went back to, and by another page, another.
    twice = hanh.post("/day/lop-moi/", sent)
    assert twice.headers["Location"] == f"/day/{made.uuid}/"
    assert "đã được gửi trước đó" in html_of(hanh.get(twice.headers["Location"]))
    assert ClassGroup.objects.latest("pk") == made
    assert hanh.post("/day/lop-moi/", {**sent, "name": "Lớp sáng"}).status_code == 303
    again = html_of(hanh.get("/day/lop-moi/"))
    fresh = {**sent, "csrfmiddlewaretoken": re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', again)[1]}
    assert hanh.post("/day/lop-moi/", fresh).status_code == 303
    wrong = hanh.post("/day/lop-moi/", {**sent, "name": " ", "ends": "2025-11-01", "phone": "abc"})
    assert wrong.status_code == 422
    assert "Hãy nhập tên lớp." in html_of(wrong)
    assert list(ClassGroup.objects.values_list("name", flat=True).order_by("pk"))[1:] == [
        "Lớp tối thứ Ba", "Lớp sáng", "Lớp tối thứ Ba",
    ]  # fmt: skip


def test_who_is_made_a_teacher_makes_the_first_class(stage: Stage) -> None:
    user = stage.user("moi")
    client = stage.signed_in(user)
    assert client.get("/day/lop-moi/").status_code == 403
    assert client.get("/day/").status_code == 403
    user.user_permissions.add(Permission.objects.get(codename="make_own_class"))
    assert 'href="/day/lop-moi/"' in html_of(client.get("/day/"))
    assert client.get("/day/lop-moi/").status_code == 200


def test_a_class_is_renamed_closed_and_opened_again_by_its_owner(stage: Stage, hanh: Client) -> None:
    ClassTeacher.objects.update(owner=True)
    page = html_of(hanh.get(at(stage, "thiet-lap/")))
    assert 'value="Lớp tối thứ Ba"' in page
    assert 'type="date" name="starts" value="2025-09-01"' in page.replace("\n", "") or 'value="2025-09-01"' in page
    sent = {"name": "Lớp sáng Chủ nhật", "area": stage.area.pk, "starts": "2025-09-01", "ends": "", "phone": ""}
    assert "Lớp sáng Chủ nhật" in html_of(hanh.post(at(stage, "thiet-lap/"), sent, follow=True))
    closed = html_of(hanh.post(at(stage, "thiet-lap/"), {"do": "close"}, follow=True))
    assert "Đã đóng lớp" in closed
    assert "Mở lại lớp" in closed
    stage.class_group.refresh_from_db()
    assert (stage.class_group.name, stage.class_group.ends) == ("Lớp sáng Chủ nhật", now().date())
    assert "Đóng lớp từ hôm nay" in html_of(hanh.post(at(stage, "thiet-lap/"), {"do": "reopen"}, follow=True))
    stage.class_group.refresh_from_db()
    assert stage.class_group.ends is None


def test_a_co_teacher_runs_the_class_and_neither_renames_nor_closes_it(stage: Stage, hanh: Client) -> None:
    ClassTeacher.objects.update(owner=True)
    stage.phone("0912 345 678")
    co_teacher = stage.teacher("binh")
    page = html_of(co_teacher.get(at(stage, "thiet-lap/")))
    assert "Người phụ trách: Hạnh Đinh Thị" in " ".join(re.sub(r"<[^>]+>", " ", page).split())
    assert "0912 345 678" in page and "Đóng lớp từ hôm nay" not in page and 'name="name"' not in page
    sent = {"name": "Lớp khác", "area": stage.area.pk, "starts": "2025-09-01", "ends": "", "phone": ""}
    for form in (sent, {"do": "close"}, {"do": "reopen"}):
        assert co_teacher.post(at(stage, "thiet-lap/"), form).status_code == 403
    stage.class_group.refresh_from_db()
    assert (stage.class_group.name, stage.class_group.ends) == ("Lớp tối thứ Ba", None)
    # What runs the class is theirs as well.
    assert co_teacher.get(at(stage, "them-nguoi/")).status_code == 200
    planned = {"day": "2025-11-16", "time": "08:00", "minutes": "90", "place": "", "weeks": "1"}
    assert co_teacher.post(at(stage, "buoi-hoc/moi/"), planned).status_code == 303
    assert co_teacher.post(at(stage, "khoa-hoc/"), {"course": "", "opens": "2025-11-15"}).status_code == 422


def test_a_teachers_own_number_goes_with_the_teacher(stage: Stage, hanh: Client) -> None:
    """Of teachers who never learned, too: nothing else names their number."""
    ClassTeacher.objects.update(owner=True)
    group, owner = stage.class_group, User.objects.get(username="hanh")
    stage.teacher("binh")
    binh = User.objects.get(username="binh")
    sent = {"name": group.name, "area": stage.area.pk, "starts": "2025-09-01", "ends": "", "phone": "0912 345 678"}
    page = html_of(hanh.get(at(stage, "thiet-lap/")))
    assert re.search(rf'<option value="{owner.pk}"[^>]*\bselected[^>]*>Hạnh Đinh Thị</option>', page)

    def called(whose: User | None) -> tuple[str, Any]:
        form = {**sent, "phone_of": "" if whose is None else whose.pk}
        assert hanh.post(at(stage, "thiet-lap/"), form).status_code == 303
        group.refresh_from_db()
        return group.phone, group.phone_of

    def gone() -> bool:
        group.refresh_from_db()
        return (group.phone, group.phone_of) == ("", None)

    assert called(binh) == ("0912 345 678", binh)
    end_teacher(group, binh, last_day=now().date(), at=now(), by=None)
    assert gone()
    wrong = hanh.post(at(stage, "thiet-lap/"), {**sent, "phone_of": binh.pk})
    assert wrong.status_code == 422
    assert called(owner) == ("0912 345 678", owner)
    end_appointments(owner, now())
    assert gone()
    colleague = User.objects.create_user("sau")
    for one in (owner, colleague):
        ClassTeacher.objects.update_or_create(
            class_group=group, user=one, valid_from=T0.date(), defaults={"valid_to": None, "ended_at": None}
        )
    called(colleague)
    erase_account(colleague, by=None, at=now())
    assert gone()
    # An office's number stays; of an account that is deleted nothing does.
    called(None)
    end_appointments(binh, now())
    assert not gone()
    called(owner)
    owner.delete()
    assert gone()


def test_an_operator_renames_and_closes_a_class_in_the_admin(stage: Stage) -> None:
    operator = stage.signed_in(User.objects.create_superuser("vanhanh"))
    address = f"/quan-tri/lop-hoc/lop/inspect/{stage.class_group.pk}/"
    assert "Đổi tên, đổi ngày, đóng lớp" in html_of(operator.get(address))
    sent = {"do": "settings", "name": "Lớp mới", "area": stage.area.pk, "starts": "2025-09-01", "ends": "2025-11-15"}
    refused = html_of(operator.post(address, {**sent, "phone": "gọi tôi"}))
    assert "gọi tôi" in refused
    stage.class_group.refresh_from_db()
    assert stage.class_group.name == "Lớp tối thứ Ba"
    assert operator.post(address, {**sent, "phone": "0912 345 678"}).status_code == 302
    stage.class_group.refresh_from_db()
    group = stage.class_group
    assert (group.name, group.ends, group.phone) == ("Lớp mới", date(2025, 11, 15), "0912 345 678")


def member(stage: Stage, **values: Any) -> dict[str, Any]:
    return {"full_name": "Lò Thị Mai", "birth_year": "1960", "area": stage.area.pk, "phone": "", **values}


def test_people_are_added_one_after_the_other(stage: Stage, hanh: Client) -> None:
    page = html_of(hanh.get(at(stage, "them-nguoi/")))
    assert re.search(rf'<option value="{stage.area.pk}"[^>]*\bselected[^>]*>', page)
    response = hanh.post(at(stage, "them-nguoi/"), member(stage), follow=True)
    shown = html_of(response)
    assert "Đã thêm một người." in shown
    assert "1 người" in shown
    assert 'value="Lò Thị Mai"' not in shown
    mai = Person.objects.get(full_name="Lò Thị Mai").learner
    assert list(members(stage.class_group, now().date())) == [mai]
    # Not before they have agreed.
    assert enrolments_of(mai) == []
    for wrong, said in (
        ({"full_name": ""}, "field-error"),
        ({"birth_year": "hai"}, "ví dụ 1962"),
        ({"birth_year": "3000"}, "Năm sinh"),
        ({"area": "0"}, "Hãy chọn"),
    ):
        refused = hanh.post(at(stage, "them-nguoi/"), member(stage, **wrong))
        assert refused.status_code == 422
        assert said in html_of(refused)
    assert Person.objects.filter(full_name="Lò Thị Mai").count() == 1


def test_who_is_on_record_already_is_asked_about(stage: Stage, hanh: Client) -> None:
    there = register(full_name="Lò Thị Mai", birth_year=1960, at=T0, area=stage.area)
    record_consent(there.actor, given=True, at=T0)
    elsewhere = register(full_name="Lò Thị Mai", birth_year=1990, at=T0, area=stage.area)
    asked = hanh.post(at(stage, "them-nguoi/"), member(stage, full_name="mai lo thi"))
    page = html_of(asked)
    assert asked.status_code == 422
    assert 'name="same" value="same"' in " ".join(page.split())
    # Not how it is written on record, nor where they live.
    assert "Lò Thị Mai" not in page
    assert AccessLog.objects.get().actors == {there.actor}
    # Nobody is taken in by trying numbers.
    guess = hanh.post(at(stage, "them-nguoi/"), member(stage, same=str(elsewhere.pk)))
    assert guess.status_code == 422
    assert list(members(stage.class_group, now().date())) == []
    hanh.post(at(stage, "them-nguoi/"), member(stage, same="same"))
    assert list(members(stage.class_group, now().date())) == [there]
    assert [one.course for one in enrolments_of(there)] == [stage.class_group.course]
    hanh.post(at(stage, "them-nguoi/"), member(stage, same="nobody"))
    assert Person.objects.filter(full_name="Lò Thị Mai", birth_year=1960).count() == 2


def test_an_owner_names_a_colleague_by_the_full_name_and_ends_one_at_once(stage: Stage, hanh: Client) -> None:
    colleague = User.objects.create_user("thu", first_name="Thu", last_name="Vi Văn")
    learner, _client = stage.learning_user("lan")
    address = at(stage, "nguoi-huong-dan/")
    assert 'name="username"' not in html_of(hanh.get(address))
    assert hanh.post(address, {"username": "thu", "do": "add"}).status_code == 403
    ClassTeacher.objects.filter(user__username="hanh").update(owner=True)
    # Not by anybody's account: whose name it shows would be a learner's.
    for name in ("lan", "thu", "khong-co"):
        refused = hanh.post(address, {"username": name})
        assert refused.status_code == 422
        assert "Vi Văn" not in html_of(refused)
    colleague.user_permissions.add(Permission.objects.get(codename="make_own_class"))
    shown = html_of(hanh.post(address, {"username": "thu"}))
    assert "Thu Vi Văn" in shown or "Vi Văn Thu" in shown
    assert not ClassTeacher.objects.filter(user=colleague).exists()
    assert hanh.post(address, {"username": "thu", "do": "add"}).status_code == 303
    theirs = stage.signed_in(colleague)
    assert theirs.get(at(stage)).status_code == 200
    appointed = ClassTeacher.objects.get(user=colleague)
    assert hanh.post(address, {"teacher": appointed.pk, "do": "end"}).status_code == 303
    # The next second, not tomorrow.
    for tail in ("", "lop.csv", "buoi-hoc/", "them-nguoi/", "nguoi-huong-dan/", "thiet-lap/", "dang-nhap/", "the/"):
        assert theirs.get(at(stage, tail)).status_code == 404, tail
    # The last owner stays.
    own = ClassTeacher.objects.get(user__username="hanh")
    assert "người phụ trách khác" in html_of(hanh.post(address, {"teacher": own.pk, "do": "end"}, follow=True))
    assert hanh.get(at(stage)).status_code == 200
    # Named again on the same day.
    assert hanh.post(address, {"username": "thu", "do": "add"}).status_code == 303
    assert theirs.get(at(stage)).status_code == 200


def test_a_course_is_assigned_and_who_agreed_is_enrolled(stage: Stage, hanh: Client) -> None:
    lan = stage.member("Lan")
    silent = register(full_name="Im", at=T0, area=stage.area, actor=uid("im"))
    stage.class_group.memberships.create(learner=silent, valid_from=T0.date())
    further = push_course(uuid4(), host="tests", titles={"vi": "Khóa thêm"}, revision="1", at=T0)
    address = at(stage, "khoa-hoc/")
    sent = {"course": further.pk, "opens": "2025-11-15", "due": "2025-12-15"}
    page = html_of(hanh.post(address, sent, follow=True))
    assert "Đã đăng ký học cho 1 người." in page
    assert "Khóa thêm" in page
    assert "15/12/2025" in page
    assert {one.course for one in enrolments_of(lan)} == {stage.class_group.course, further}
    assert enrolments_of(silent) == []
    for wrong in ({"course": stage.class_group.course.pk}, {"due": "2025-01-01"}, {"opens": "x"}, {"course": ""}):
        assert hanh.post(address, {**sent, **wrong}).status_code == 422
    # What was agreed to later enrols in both.
    from bdhvs_lms.attempts.consent import agree

    agree(silent, at=now())
    assert {one.course for one in enrolments_of(silent)} == {stage.class_group.course, further}
    hanh.post(address, {"do": "remove", "assigned": further.pk})
    assert not AssignedCourse.objects.exists()
    assert Course.objects.filter(pk=further.pk).exists()


def test_sessions_are_planned_and_attendance_is_a_list_of_boxes(stage: Stage, hanh: Client) -> None:
    lan, mai = stage.member("Lan"), stage.member("Mai")
    silent = register(full_name="Chưa Hỏi", at=T0, area=stage.area, actor=uid("silent"))
    stage.class_group.memberships.create(learner=silent, valid_from=T0.date())
    assert f'href="{at(stage, "buoi-hoc/moi/")}"' in html_of(hanh.get(at(stage)))
    sent = {"day": "2025-11-15", "time": "08:00", "minutes": "90", "place": "Nhà văn hóa", "weeks": "1"}
    opened = hanh.post(at(stage, "buoi-hoc/moi/"), sent, follow=True)
    session = ClassSession.objects.get()
    page = html_of(opened)
    assert "15/11/2025, 08:00" in " ".join(page.split())
    for learner in (lan, mai):
        assert re.search(rf'name="here"\s+value="{learner.pk}"\s*>', page)
    assert f'value="{silent.pk}"' not in page
    assert "Chưa Hỏi" in page
    assert "1 người chưa đồng ý" in page
    # Everybody, without a script.
    assert len(re.findall(r"checked", html_of(hanh.get(f"{at(stage)}buoi-hoc/{session.uuid}/?tat-ca=1")))) == 2
    before = tiles(html_of(hanh.get(at(stage))))
    sheet = {"listed": [lan.pk, mai.pk], "here": [lan.pk], "watched": [str(stage.lesson)], "others": "2"}
    done = html_of(hanh.post(f"{at(stage)}buoi-hoc/{session.uuid}/", sheet, follow=True))
    assert "1 người có mặt." in done
    # Who watched the lesson is on the way; the others have still not begun.
    assert (before["chưa bắt đầu"], before["đang học"]) == (3, 0)
    assert (tiles(done)["chưa bắt đầu"], tiles(done)["đang học"]) == (2, 1)
    listed = html_of(hanh.get(at(stage, "buoi-hoc/")))
    assert re.search(r"1 người có mặt\s+và 2 người khác", " ".join(listed.split()))
    again = html_of(hanh.get(f"{at(stage)}buoi-hoc/{session.uuid}/"))
    assert len(re.findall(r"checked", again)) == 2  # Lan, and the lesson
    hanh.post(f"{at(stage)}buoi-hoc/{session.uuid}/", {"listed": [lan.pk, mai.pk], "was": [lan.pk], "here": [mai.pk]})
    assert dict(Attendance.objects.values_list("learner", "present")) == {lan.pk: False, mai.pk: True}
    looks = AccessLog.objects.filter(page="session")
    assert {lan.actor, mai.actor, silent.actor} == looks.latest("pk").actors


@pytest.mark.parametrize(
    "wrong",
    [
        {"here": ["999999"]},
        {"watched": ["nonsense"]},
        {"others": "-3"},
        {"others": "many"},
        {"here": ["x"], "others": "٣"},
    ],
    ids=str,
)
def test_a_sheet_that_cannot_be_is_refused_and_keeps_what_was_ticked(
    stage: Stage, hanh: Client, wrong: dict[str, Any]
) -> None:
    lan = stage.member("Lan")
    [session] = plan_sessions(stage.class_group, starts_at=now() - timedelta(hours=1), at=now(), by=None)
    sheet = {"listed": [str(lan.pk)], "here": [str(lan.pk)]}
    sheet = {
        name: [*sheet.get(name, []), *values] if isinstance(values, list) else values for name, values in wrong.items()
    } | {name: values for name, values in sheet.items() if name not in wrong}
    refused = hanh.post(f"{at(stage)}buoi-hoc/{session.uuid}/", sheet)
    assert refused.status_code == 422
    page = html_of(refused)
    assert "Chưa lưu được điểm danh" in page
    assert re.search(rf'value="{lan.pk}"\s+checked', page)
    assert not Attendance.objects.exists()


def test_what_is_typed_wrong_about_a_session_stands_at_its_field(stage: Stage, hanh: Client) -> None:
    good = {"day": "2025-11-20", "time": "19:00", "minutes": "90", "place": "", "weeks": "1"}
    for wrong in ({"day": "x"}, {"time": ""}, {"minutes": "0"}, {"weeks": "99"}, {"place": "x" * 121}):
        refused = hanh.post(at(stage, "buoi-hoc/moi/"), {**good, **wrong})
        assert refused.status_code == 422
        assert "field-error" in html_of(refused)
    assert not ClassSession.objects.exists()
    hanh.post(at(stage, "buoi-hoc/moi/"), {**good, "weeks": "2"})
    first, second = ClassSession.objects.order_by("starts_at")
    edit = f"{at(stage)}buoi-hoc/{first.uuid}/sua/"
    assert 'value="2025-11-20"' in html_of(hanh.get(edit))
    clash = hanh.post(edit, {**good, "day": "2025-11-27"})
    assert clash.status_code == 422
    assert "Lớp đã có buổi học vào giờ đó." in html_of(clash)
    assert "Buổi tới: 20/11/2025, 19:00" in " ".join(html_of(hanh.get("/day/")).split())
    hanh.post(edit, {"do": "cancel"})
    assert "Buổi tới: 27/11/2025, 19:00" in " ".join(html_of(hanh.get("/day/")).split())


def test_a_learner_sees_when_the_class_meets_next(stage: Stage) -> None:
    learner, client = stage.learning_user("lan")
    stage.class_group.memberships.create(learner=learner, valid_from=T0.date())
    plan_sessions(
        stage.class_group,
        starts_at=datetime.fromisoformat("2025-11-18T19:30:00+07:00"),
        place="Nhà văn hóa",
        at=now(),
        by=None,
    )
    for address in ("/viec-hoc/", "/viec-hoc/lop/"):
        page = " ".join(html_of(client.get(address)).split())
        assert "Buổi tới: 18/11/2025, 19:30" in page
        assert "Nhà văn hóa" in page


def test_a_home_visit_is_written_down(stage: Stage, hanh: Client) -> None:
    lan, mai = stage.member("Lan"), stage.member("Mai")
    page = html_of(hanh.get(at(stage, "buoi-hoc/tai-nha/")))
    assert 'name="day" value="2025-11-15"' in " ".join(page.split()) or 'value="2025-11-15"' in page
    sent = {"day": "2025-11-14", "time": "15:00", "minutes": "45", "place": "", "here": [lan.pk], "watched": []}
    assert hanh.post(at(stage, "buoi-hoc/tai-nha/"), {**sent, "here": []}).status_code == 422
    assert hanh.post(at(stage, "buoi-hoc/tai-nha/"), sent).status_code == 303
    session = ClassSession.objects.get()
    assert (session.kind, list(session.attendance.values_list("learner", "present"))) == ("visit", [(lan.pk, True)])
    assert "hướng dẫn tại nhà" in html_of(hanh.get(at(stage, "buoi-hoc/")))
    assert mai.pk not in session.attendance.values_list("learner", flat=True)


def test_the_pages_cost_the_same_for_forty(stage: Stage, hanh: Client) -> None:
    [session] = plan_sessions(stage.class_group, starts_at=now() - timedelta(hours=1), at=now(), by=None)
    addresses = [f"{at(stage)}buoi-hoc/{session.uuid}/", at(stage, "buoi-hoc/tai-nha/"), at(stage, "them-nguoi/")]

    def costs() -> list[int]:
        found = []
        for address in addresses:
            with CaptureQueriesContext(
                connection,
            ) as queries:
                hanh.get(address)
            found.append(len([one for one in queries.captured_queries if "accesse" not in one["sql"]]))
        return found

    stage.member("Một")
    costs()
    few = costs()
    for number in range(8):
        stage.member(f"Người {number}")
    assert costs() == few
    assert max(few) < 25


def test_another_teacher_gets_nothing_of_it(stage: Stage, hanh: Client) -> None:
    [session] = plan_sessions(stage.class_group, starts_at=now(), at=now(), by=None)
    other = ClassGroup.objects.create(
        name="Lớp khác", code="khac", course=stage.class_group.course, area=stage.area, starts=T0.date()
    )
    stranger = stage.teacher("stranger", other)
    for tail in (
        "thiet-lap/", "them-nguoi/", "nguoi-huong-dan/", "khoa-hoc/", "buoi-hoc/", "buoi-hoc/moi/", "buoi-hoc/tai-nha/",
        f"buoi-hoc/{session.uuid}/", f"buoi-hoc/{session.uuid}/sua/",
    ):  # fmt: skip
        assert stranger.get(at(stage, tail)).status_code == 404, tail
        assert stranger.post(at(stage, tail), {"do": "close"}).status_code in (404, 405), tail
    # A session of this class under the address of one's own.
    assert stranger.get(f"/day/{other.uuid}/buoi-hoc/{session.uuid}/").status_code == 404
    add_teacher(stage.class_group, User.objects.get(username="stranger"), at=now(), by=None)
    assert stranger.get(at(stage, "buoi-hoc/")).status_code == 200


def test_a_new_password_is_told_once_and_only_for_those_who_learn(stage: Stage, hanh: Client) -> None:
    learner, lan = stage.learning_user("lan")
    stage.class_group.memberships.create(learner=learner, valid_from=T0.date())
    address = at(stage, f"nguoi/{learner.actor}/dang-nhap/")
    assert 'value="password"' in html_of(hanh.get(address))
    told = html_of(hanh.post(address, {"do": "password"}))
    (password,) = re.findall(r"<strong>([a-z0-9]{4}(?:-[a-z0-9]{4}){2})</strong>", told)
    assert User.objects.get(username="lan").check_password(password)
    assert password not in html_of(hanh.get(address))
    assert lan.get("/viec-hoc/").status_code == 302
    assert AccessLog.objects.filter(page="reset-password").count() == 1
    # A colleague who also learns here: whoever had that password would be in another class.
    other = ClassGroup.objects.create(
        name="Lớp khác", code="khac", course=stage.class_group.course, area=stage.area, starts=T0.date()
    )
    add_teacher(other, User.objects.get(username="lan"), at=now(), by=None)
    refused = html_of(hanh.post(address, {"do": "password"}, follow=True))
    assert "nhờ người vận hành" in refused
    assert User.objects.get(username="lan").check_password(password)


def test_an_older_page_of_a_colleague_takes_nothing_back(stage: Stage, hanh: Client) -> None:
    lan, mai = stage.member("Lan"), stage.member("Mai")
    [session] = plan_sessions(stage.class_group, starts_at=now() - timedelta(hours=1), at=now(), by=None)
    address = f"{at(stage)}buoi-hoc/{session.uuid}/"
    both = [lan.pk, mai.pk]
    # Two pages are open on which nobody is ticked; each ticks one, the first also a lesson and two others.
    hanh.post(
        address, {"listed": both, "here": [lan.pk], "watched": [str(stage.lesson)], "others": "2", "was_others": ""}
    )
    hanh.post(address, {"listed": both, "here": [mai.pk], "others": "", "was_others": ""})
    assert dict(Attendance.objects.values_list("learner", "present")) == {lan.pk: True, mai.pk: True}
    session.refresh_from_db()
    assert (session.others, watched_at(session)) == (2, {stage.lesson})
    page = html_of(hanh.get(address))
    assert len(re.findall(r'name="was"', page)) == 2
    # A lesson that was taken down since is in no form, and stays.
    Activity.objects.filter(key=stage.lesson).update(active=False)
    hanh.post(address, {"listed": both, "was": both, "here": [mai.pk], "was_watched": [str(stage.lesson)]})
    assert dict(Attendance.objects.values_list("learner", "present")) == {lan.pk: False, mai.pk: True}
    assert set(session.acts.filter(voided_at=None).values_list("learner", "object_key")) == {
        (mai.pk, session.uuid),
        (mai.pk, stage.lesson),
    }


def test_leaving_twice_is_an_answer(stage: Stage, hanh: Client) -> None:
    address = at(stage, f"nguoi/{stage.member('Lò Thị Mai').actor}/dang-nhap/")
    assert hanh.post(address, {"do": "leave"}).status_code == 303
    assert hanh.post(address, {"do": "leave"}).status_code == 303


def test_nobody_vouches_for_themselves(stage: Stage) -> None:
    learner, client = stage.learning_user("lan")
    stage.class_group.memberships.create(learner=learner, valid_from=T0.date())
    add_teacher(stage.class_group, User.objects.get(username="lan"), at=now(), by=None)
    address = at(stage, f"nguoi/{learner.actor}/")
    assert client.get(address).status_code == 200
    with pytest.raises(ValidationError, match="đồng nghiệp"):
        mark_complete(
            stage.class_group, learner, stage.lesson, "vì thế",
            act_id=uuid4(), by=User.objects.get(username="lan"), at=now(),
        )  # fmt: skip


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "1999-12-31"])
def test_days_at_the_end_of_the_calendar_are_refused(stage: Stage, hanh: Client, day: str) -> None:
    sent = {"day": day, "time": "00:00", "minutes": "90", "place": "", "weeks": "2"}
    assert hanh.post(at(stage, "buoi-hoc/moi/"), sent).status_code == 422
    assert not ClassSession.objects.exists()


def test_a_refused_visit_leaves_nothing(stage: Stage, hanh: Client) -> None:
    lan = stage.member("Lan")
    sent = {"day": "2025-11-20", "time": "15:00", "minutes": "45", "place": "", "here": [lan.pk]}
    assert hanh.post(at(stage, "buoi-hoc/tai-nha/"), sent).status_code == 422
    assert not ClassSession.objects.exists()
