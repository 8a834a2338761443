"""The list of people: how somebody is found, what is done with several at once, and what a file says."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bdhvs_lms.audit.api import record_consent
from bdhvs_lms.audit.models import AccessLog
from bdhvs_lms.base.api import day_of, now
from bdhvs_lms.campaign.api import Area, TargetGroup, load_campaign
from bdhvs_lms.campaign.declaring import add_organisation, add_village
from bdhvs_lms.classes.api import add_member, create_class, members
from bdhvs_lms.classes.sign_in.cards import new_card
from bdhvs_lms.courses.api import Course, push_course
from bdhvs_lms.learners.accounts import open_account
from bdhvs_lms.learners.actions import place
from bdhvs_lms.learners.api import belong, belongings_of, guardian_of, placement_of, register
from bdhvs_lms.learners.claims import register_self
from bdhvs_lms.learners.guardians import name_guardian
from bdhvs_lms.learners.queries import belongings_ever
from bdhvs_lms.roles import operators
from tests.bdhvs_lms.learners.making import AT
from tests.support.markup import html_of
from tests.support.world import uid

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture
def ward() -> Area:
    load_campaign()
    return Area.objects.get(code="10015", valid_to=None)


@pytest.fixture
def operator(ward: Area) -> Client:
    user = get_user_model().objects.create_user("van-hanh")
    user.groups.add(operators())
    client = Client(headers={"accept-language": "vi"})
    client.force_login(user)
    return client


@pytest.fixture
def people(ward: Area) -> dict[str, Any]:
    village = add_village(parent=ward, name="Tổ 1", at=AT, by=None)
    made = {
        "lan": register(full_name="Nguyễn Thị Lan", birth_year=1966, area=village, phone="0912 345 678", at=AT),
        "an": register(full_name="Trần Văn Ân", birth_year=1970, area=ward, at=AT),
        "binh": register(full_name="Đặng Bình", birth_year=2014, at=AT),
        "tu": register_self(full_name="Lê Thị Tư", birth_year=1950, area=ward, at=AT),
    }
    return {name: learner.person for name, learner in made.items()}


def found(client: Client, **asked: Any) -> list[str]:
    return [person.full_name for person in client.get(reverse("people:index"), asked).context["object_list"]]


def action(name: str, *people: Any, **more: Any) -> str:
    address = reverse("wagtail_bulk_action", args=["bdhvs_lms", "person", name])
    asked = [*(f"id={person.pk}" for person in people), *(f"{key}={value}" for key, value in more.items())]
    return f"{address}?{'&'.join(asked)}"


def a_class(ward: Area) -> Any:
    push_course(key=uid("course"), host="tests", titles={"vi": "Khóa"}, revision="1", at=AT)
    today = day_of(now())
    return create_class(name="Lớp", code="lop", course=Course.objects.get(), area=ward, starts=today, at=AT, by=None)


def test_people_are_listed_by_given_name_and_found_as_somebody_remembers_them(operator, people):
    assert found(operator) == ["Trần Văn Ân", "Đặng Bình", "Nguyễn Thị Lan", "Lê Thị Tư"]
    open_account(people["an"].learner, username="ong-an-1970", password="hoa-sen-nở", by=None)
    token = new_card(people["binh"].learner)
    for typed, name in (
        ("thi lan", "Nguyễn Thị Lan"),
        ("LÂN", "Nguyễn Thị Lan"),
        ("0912345", "Nguyễn Thị Lan"),
        ("345.678", "Nguyễn Thị Lan"),
        ("an-1970", "Trần Văn Ân"),
        (f"https://hoc.example.vn/the/{token}/", "Đặng Bình"),
    ):
        assert found(operator, q=typed) == [name], typed
    for typed in ("1966", "A" * 27, "%", "không ai"):
        assert found(operator, q=typed) == [], typed


def test_people_are_narrowed_down_by_area_group_class_and_whether_they_are_in_the_lists(operator, people, ward):
    village = placement_of(people["lan"].learner, day_of(now())).area
    assert found(operator, area=ward.pk) == ["Trần Văn Ân", "Nguyễn Thị Lan"]
    assert found(operator, area=village.pk) == ["Nguyễn Thị Lan"]
    assert found(operator, newcomer="yes") == ["Lê Thị Tư"]
    assert "Lê Thị Tư" not in found(operator, newcomer="no")
    group = a_class(ward)
    add_member(group, people["an"].learner, at=now(), by=None)
    assert found(operator, class_group=group.pk) == ["Trần Văn Ân"]
    assert found(operator, class_group=group.pk, area=village.pk) == []
    before = len(_queries(operator, q="a"))
    for number in range(6):
        register(full_name=f"Phạm A {number}", area=village, at=AT)
    _queries(operator, q="a")  # whom nobody has looked at before is written down once
    assert len(_queries(operator, q="a")) == before


def _queries(client: Client, **asked: Any) -> Any:
    with CaptureQueriesContext(connection) as queries:
        found(client, **asked)
    return queries


def test_several_come_into_a_class_a_group_and_an_area_at_once(operator, people, ward):
    group, lan, an = a_class(ward), people["lan"], people["an"]
    page = html_of(operator.get(action("add-to-class", lan, an)))
    assert "Nguyễn Thị Lan, 1966" in page and "Trần Văn Ân, 1970" in page and "2 người" in page
    assert operator.post(action("add-to-class", lan, an), {"class_group": group.pk}).status_code == 302
    assert set(members(group, day_of(now()))) == {lan.learner, an.learner}

    pupils = TargetGroup.objects.get(key="pupil_primary_up")
    school = add_organisation(name="THCS", kind="school", area=ward, at=AT, by=None)
    typed = {"group": pupils.pk, "organisation": school.pk, "grade": "7A2", "since": "1/9/2026"}
    late = operator.post(action("add-to-group", people["binh"]), {**typed, "since": "1/9/2099"})
    assert "Ngày này chưa đến." in html_of(late) or late.context["form"].errors["since"]
    wrong = operator.post(action("add-to-group", people["binh"]), {**typed, "grade": "Lan"})
    assert wrong.context["form"].errors["grade"]
    assert operator.post(action("add-to-group", people["binh"]), typed).status_code == 302
    row = belongings_of(people["binh"].learner, day_of(now())).get(group=pupils)
    assert (row.organisation, row.grade) == (school, "7A2")

    operator.post(action("place", lan, an), {"area": ward.pk, "since": ""})
    assert {placement_of(one.learner, day_of(now())).area for one in (lan, an)} == {ward}
    assert an.learner.placements.count() == 1, "who lives there already is left"


def test_whoever_is_in_no_list_yet_is_left_out_and_the_page_says_so(operator, people, ward):
    page = html_of(operator.get(action("place", people["tu"], people["an"])))
    assert "Để lại: tự đăng ký và chưa có trong danh sách" in page
    answer = operator.post(action("place", people["tu"]), {"area": ward.pk})
    assert [str(error) for error in answer.context["form"].non_field_errors()] == ["Chưa chọn ai làm được việc này."]
    assert not people["tu"].learner.placements.exists()


def test_all_of_the_list_are_those_that_its_filters_leave(operator, people, ward):
    page = operator.get(f"{action('place')}id=all&q=thi&area={ward.pk}")
    assert [each["item"].full_name for each in page.context["items"]] == ["Nguyễn Thị Lan"]
    for strange in ("id=x", "id=999999", ""):
        assert operator.get(f"{action('place')}{strange}").status_code == 404


def test_a_file_says_one_fact_a_column_and_the_log_whose_names_left(operator, people, ward):
    school = add_organisation(name="THCS", kind="school", area=ward, at=AT, by=None)
    pupils = TargetGroup.objects.get(key="pupil_primary_up")
    operator.post(
        action("add-to-group", people["binh"]), {"group": pupils.pk, "organisation": school.pk, "grade": "7A"}
    )
    name_guardian(people["binh"].learner, full_name="Đặng Hoa", phone="0912000111", relation="mother", at=AT)
    answer = operator.post(action("export", people["lan"], people["binh"]), {"kind": "csv"})
    heads, *rows = csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig")))
    assert heads == [
        "Họ và tên", "Năm sinh", "Thôn, tổ dân phố", "Xã, phường", "Điện thoại", "Cơ quan, đơn vị", "Lớp",
        "Cha, mẹ hoặc người giám hộ", "Điện thoại của cha, mẹ hoặc người giám hộ",
    ]  # fmt: skip
    assert rows == [
        ["Đặng Bình", "2014", "", "", "", "THCS", "7A", "Đặng Hoa", "0912000111"],
        ["Nguyễn Thị Lan", "1966", "Tổ 1", ward.name, "0912 345 678", "", "", "", ""],
    ]
    look = AccessLog.objects.get(page="people-csv")
    assert look.actors == {people["lan"].learner.actor, people["binh"].learner.actor}
    whole = operator.get(reverse("people:index"), {"export": "csv", "q": "lan"})
    assert b"".join(whole.streaming_content).decode("utf-8-sig").splitlines()[0].split(",")[0] == "Họ và tên"


def test_nobody_without_the_permission_acts_on_anybody(people, ward):
    somebody = get_user_model().objects.create_user("ai-do")
    client = Client()
    client.force_login(somebody)
    for name in ("add-to-class", "add-to-group", "place", "export"):
        for answer in (client.get(action(name, people["lan"])), client.post(action(name, people["lan"]), {})):
            assert answer.status_code in (302, 403) and "Nguyễn Thị Lan" not in answer.content.decode()
    assert not AccessLog.objects.exists()


def test_a_persons_page_says_all_that_is_known_and_costs_the_same_however_much(operator, people, ward):
    binh, school = people["binh"], add_organisation(name="THCS", kind="school", area=ward, at=AT, by=None)
    pupils = TargetGroup.objects.get(key="pupil_primary_up")
    belong(binh.learner, pupils, organisation=school, grade="6A", valid_from=date(2025, 9, 1), at=AT)
    name_guardian(binh.learner, full_name="Đặng Hoa", phone="0912000111", relation="mother", at=AT)
    record_consent(binh.learner.actor, given=True, at=AT, by_representative=True)
    open_account(binh.learner, username="be-binh", password="hoa-sen-nở", by=None)
    add_member(a_class(ward), binh.learner, at=now(), by=None)
    address = reverse("people:inspect", args=[binh.pk])
    assert address in html_of(operator.get(reverse("people:index")))
    with CaptureQueriesContext(connection) as first:
        text = html_of(operator.get(address))
    for words in (
        "Đặng Bình", "2014", "be-binh", "Đặng Hoa (mẹ)", "0912000111", "do cha, mẹ hoặc người giám hộ",
        "THCS", "<td>6A</td>", "<td>01/09/2025</td>", "Lớp</a>", f"person={binh.learner.actor}",
        reverse("people:edit", args=[binh.pk]),
    ):  # fmt: skip
        assert words in text, words
    assert AccessLog.objects.get(page="person").actors == {binh.learner.actor}
    for day in (date(2025, 9, 2) + timedelta(days=more) for more in range(10)):
        belong(binh.learner, pupils, organisation=school, grade="5A", valid_from=day, at=AT)
        place(binh.learner, ward, valid_from=day, at=AT)
    with CaptureQueriesContext(connection) as again:
        assert html_of(operator.get(address)).count("<td>5A</td>") == 10
    assert len(again) <= len(first)


def test_groups_begin_end_and_are_taken_back(operator, people, ward):
    binh, school = people["binh"], add_organisation(name="THCS", kind="school", area=ward, at=AT, by=None)
    pupils, address = (
        TargetGroup.objects.get(key="pupil_primary_up"),
        reverse("people:inspect", args=[people["binh"].pk]),
    )
    typed = {"do": "add", "group": pupils.pk, "organisation": school.pk, "grade": "7A", "since": ""}
    again = operator.post(address, {**typed, "grade": "bé Bình"})
    assert again.status_code == 422 and "Ghi lớp như 7 hoặc 7A2" in html_of(again)
    assert operator.post(address, {**typed, "organisation": ""}).context["group_form"].errors["organisation"]
    assert operator.post(address, typed).status_code == 302
    today = day_of(now())
    [row] = belongings_of(binh.learner, today).filter(group=pupils)
    for strange in ("", "x", "0", people["an"].learner.belongings.first().pk):
        told = html_of(operator.post(address, {"do": "end", "row": strange}, follow=True))
        assert "Hãy chọn một nhóm trong danh sách." in told
    operator.post(address, {"do": "end", "row": row.pk})
    assert belongings_of(binh.learner, today).get(group=pupils).valid_to == today
    assert not belongings_of(binh.learner, today + timedelta(days=1)).filter(group=pupils).exists()
    operator.post(address, {"do": "withdraw", "row": row.pk})
    assert not belongings_of(binh.learner, today).filter(group=pupils).exists()
    by_age = people["an"].learner.belongings.get(basis="rule")
    told = html_of(
        operator.post(reverse("people:inspect", args=[people["an"].pk]), {"do": "end", "row": by_age.pk}, follow=True)
    )
    assert "Nhóm này được xác định theo năm sinh." in told


def test_grade_and_school_change_from_a_day_on_the_persons_page(operator, people, ward):
    binh = people["binh"]
    one, two = (add_organisation(name=name, kind="school", area=ward, at=AT, by=None) for name in ("THCS", "THPT"))
    pupils = TargetGroup.objects.get(key="pupil_primary_up")
    began, today = date(2025, 9, 1), day_of(now())
    belong(binh.learner, pupils, organisation=one, grade="6A", valid_from=began, at=AT)
    address = reverse("people:inspect", args=[binh.pk])

    def send(**typed):
        [row] = belongings_of(binh.learner, today).filter(group=pupils)
        sent = {"do": "change", "row": row.pk, "organisation": one.pk, "grade": "6A", "since": "", **typed}
        return html_of(operator.post(address, sent, follow=True))

    page = html_of(operator.get(address))
    assert "Đổi tổ chức hoặc lớp" in page and 'value="6A"' in page
    assert "Không có gì thay đổi." in send()
    assert "Ghi lớp như 7 hoặc 7A2" in send(grade="bé Bình")
    assert "không được trước ngày đầu" in send(grade="7A", since="1/8/2025")
    assert "Ngày này chưa đến." in send(grade="7A", since=f"{today + timedelta(days=1):%d/%m/%Y}")
    assert "Đã ghi thay đổi" in send(grade="7A", since="10/9/2025")
    send(organisation=two.pk, grade="10A1")
    rows = [row for row in belongings_ever(binh.learner) if row.group == pupils]
    assert [(row.organisation, row.grade, row.valid_from, row.valid_to) for row in rows] == [
        (two, "10A1", today, None),
        (one, "7A", date(2025, 9, 10), today - timedelta(days=1)),
        (one, "6A", began, date(2025, 9, 9)),
    ]
    # Of the first day: it was wrong from the start.
    send(organisation=two.pk, grade="10A2")
    [row] = belongings_of(binh.learner, today).filter(group=pupils)
    assert (row.grade, row.valid_from) == ("10A2", today)


def test_a_guardian_is_typed_changed_and_taken_away_on_the_persons_form(operator, people):
    address = reverse("people:edit", args=[people["binh"].pk])
    typed = {"full_name": "Đặng Bình", "birth_year": "2014", "guardian": "Đặng Hoa", "guardian_phone": "0912000111"}
    half = operator.post(address, typed)
    assert half.context["form"].errors["relation"] == ["Chọn quan hệ."]
    assert operator.post(address, {**typed, "relation": "mother"}).status_code == 302
    shown = html_of(operator.get(address))
    assert 'value="Đặng Hoa"' in shown and 'value="0912000111"' in shown
    grown = operator.post(address, {**typed, "relation": "mother", "birth_year": "1990", "guardian": "Ai"})
    assert grown.context["form"].errors["guardian"]
    assert operator.post(address, {"full_name": "Đặng Bình", "birth_year": "2014"}).status_code == 302
    assert guardian_of(people["binh"].learner) is None
