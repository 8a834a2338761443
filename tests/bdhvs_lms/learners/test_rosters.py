"""Lists of people as villages keep them: what is found wrong, who is on record already, and all or nothing."""

from __future__ import annotations

import io
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

import pytest
import xlsxwriter
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from bdhvs_lms.audit.api import record_consent
from bdhvs_lms.audit.models import AccessLog
from bdhvs_lms.base.api import Preview, apply_import, day_of, now, preview_import
from bdhvs_lms.campaign.api import Area, Organisation, TargetGroup, load_campaign
from bdhvs_lms.classes.api import Membership, add_member, create_class, members
from bdhvs_lms.courses.api import Course, Enrolment, push_course
from bdhvs_lms.learners.api import Person, placement_of, register
from bdhvs_lms.learners.importing.people import PeopleImporter
from bdhvs_lms.learners.models import Belonging, Guardian
from tests.support.markup import html_of
from tests.support.world import uid

pytestmark = [pytest.mark.database, pytest.mark.django_db]
AT = datetime.fromisoformat("2026-11-25T08:00:00+07:00")
TODAY = AT.date()
FAMILIES = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi", "Đỗ", "Ngô")
MIDDLES = ("Thị", "Văn", "Đình", "Ngọc", "Xuân")
GIVENS = ("Lan", "Bình", "Hoa", "Dũng", "Mai", "Khoa", "Yến", "Sơn", "Hạnh", "Ân")


@pytest.fixture(autouse=True)
def loaded() -> Any:
    load_campaign()
    with translation.override("vi"):
        yield


@pytest.fixture
def village() -> Area:
    commune = Area.objects.get(name="Xã Xuân Mai", valid_to=None)
    return [
        Area.objects.create(
            name=f"Thôn {number}",
            code=f"{commune.code}-{number}",
            kind=Area.Kind.VILLAGE,
            parent=commune,
            urban=False,
            valid_from=commune.valid_from,
        )
        for number in (1, 2)
    ][0]


def workbook(rows: list[list[Any]], *, merged: tuple[str, ...] = ()) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"default_date_format": "dd/mm/yyyy"}) as book:
        page = book.add_worksheet("DS")
        for span in merged:
            page.merge_range(span, "")
        for row, values in enumerate(rows):
            for column, value in enumerate(values):
                if value is not None:
                    page.write(row, column, value)
    return out.getvalue()


def preview(rows: list[list[Any]], **more: Any) -> Preview:
    return preview_import(PeopleImporter, workbook(rows, **more), at=AT)


def done(rows: list[list[Any]], **more: Any) -> Preview:
    return apply_import(PeopleImporter, workbook(rows, **more), at=AT, by=None)


def told(found: Preview) -> list[str]:
    return [str(finding) for finding in found.findings]


TITLES: list[list[Any]] = [
    ["ỦY BAN NHÂN DÂN XÃ XUÂN MAI", None, None, None, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"],
    ["THÔN 1", None, None, None, "Độc lập - Tự do - Hạnh phúc"],
    [],
    ["DANH SÁCH NGƯỜI ĐĂNG KÝ HỌC"],
    ["(Kèm theo công văn ngày 12 tháng 11 năm 2026)"],
    [],
]
HEADINGS = ["STT", "Họ và tên", None, "Năm sinh", None, "Số CCCD", "SĐT", "Nơi ở", None, "Ghi chú"]
SUBS = [None, "Họ đệm", "Tên", "Nam", "Nữ", None, None, "Thôn", "Xã", None]
NUMBERS: list[Any] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
SIGNED: list[list[Any]] = [
    ["Tổng cộng: 500 người"],
    [],
    [None, None, None, None, None, None, "Xuân Mai, ngày 20 tháng 11 năm 2026"],
    [None, "NGƯỜI LẬP BIỂU", None, None, None, None, "TRƯỞNG THÔN"],
    [None, "(Ký, ghi rõ họ tên)"],
    [None, "Nguyễn Thị Ký", None, None, None, None, "Trần Văn Duyệt"],
]
MERGED = ("B7:C7", "D7:E7", "H7:I7")


def people(count: int) -> list[list[Any]]:
    rows: list[list[Any]] = []
    for number in range(count):
        family = f"{FAMILIES[number % 10]} {MIDDLES[number // 10 % 5]}"
        year = 1930 + number // 50 * 5 + number % 5
        sex = [year, None] if number % 2 else [None, year]
        phone = 912_000_000 + number
        rows.append(
            [number + 1, family, GIVENS[number // 50 % 10], *sex, f"0010{number:08d}", phone, "Thôn 1", None, ""]
        )
    return rows


# (column, what is written there, a word of what is said), each at ten lines.
FAULTS = (
    (1, "", "để trống"),
    (3, 62, "“62”"),
    (3, 2031, "Năm sinh phải"),
    (6, "001062012345", "số căn cước"),
    (7, "Thôn Không Có", "Không có “Thôn Không Có”"),
    (6, "khong co", "Số điện thoại có"),
)


def test_five_hundred_people_with_sixty_faults(village: Area) -> None:
    rows = people(500)
    seeded: dict[int, str] = {}
    first = len(TITLES) + 4
    for number in range(60):
        at = number * 8 + 3
        column, value, words = FAULTS[number % 6]
        if column == 3:
            rows[at][3:5] = [value, None]
        elif column == 1:
            rows[at][1:3] = ["", ""]
        else:
            rows[at][column] = value
        seeded[first + at] = words
    sheet = [*TITLES, HEADINGS, SUBS, NUMBERS, *rows, *SIGNED]
    with CaptureQueriesContext(connection) as queries:
        found = preview(sheet, merged=MERGED)
    assert len(queries) <= 15
    lines = Counter(finding.line for finding in found.errors)
    assert lines == Counter(dict.fromkeys(seeded, 1))
    for finding in found.errors:
        assert seeded[finding.line] in finding.text, finding
    assert len(found.new) == 440
    assert not done(sheet, merged=MERGED).applied
    assert not Person.objects.exists(), "with one fault nothing is imported"

    whole = [*TITLES, HEADINGS, SUBS, NUMBERS, *people(500), *SIGNED]
    assert done(whole, merged=MERGED).applied
    assert Person.objects.count() == 500
    last = Person.objects.get(full_name="Ngô Ngọc Ân", birth_year=1979)
    assert (last.phone, placement_of(last.learner, TODAY).area) == ("0912000489", village)
    again = done(whole, merged=MERGED)
    assert (len(again.same), again.new, again.errors) == (500, [], [])
    assert Person.objects.count() == 500


def test_what_is_not_read_is_said(village: Area) -> None:
    found = preview([*TITLES, HEADINGS, SUBS, NUMBERS, *people(3), *SIGNED], merged=MERGED)
    assert told(found) == [
        "Tệp: Không đọc cột “Số CCCD”: trang không lưu số căn cước.",
        "Tệp: Không đọc: “Ghi chú”.",
        "Tệp: Không đọc, vì nằm dưới danh sách: từ dòng 13 đến dòng 18.",
    ]
    assert [row.text for row in found.new][0] == "Nguyễn Thị Lan · 1930 · Thôn 1"


def test_every_mistake_of_a_line_is_said(village: Area) -> None:
    found = preview([["Họ tên", "Năm sinh", "SĐT", "Nơi ở"], ["Lê Thị 5", "62", "12", "Thôn 9"]])
    assert [finding.key for finding in found.errors] == ["full_name", "birth", "phone", "area"]
    assert {finding.line for finding in found.errors} == {2}


@pytest.mark.parametrize(
    ("headings", "row"),
    [
        (["Họ và tên", "Ngày sinh", "Địa chỉ"], ["Trần Thị Hoa", date(1961, 5, 12), "Thôn 1, xã Xuân Mai"]),
        (["TT", "HỌ VÀ TÊN", None, "Sinh năm", "Thôn/TDP"], [1, "Trần Thị", "Hoa", "5/1961", "thon 1"]),
        (["Họ đệm", "Tên", "Năm sinh (dương lịch)", "Thôn", "Xã"], ["Trần Thị", "Hoa", 1961, "Thôn 1", "Xuân Mai"]),
        (["Name", "Born", "Village"], ["Trần  Thị Hoa", "12/05/1961", "Thôn 1"]),
    ],
)
def test_headings_are_found_however_a_village_writes_them(village: Area, headings: list[Any], row: list[Any]) -> None:
    assert done([["DANH SÁCH"], headings, row]).applied
    person = Person.objects.get()
    assert (person.full_name, person.birth_year) == ("Trần Thị Hoa", 1961)
    assert placement_of(person.learner, TODAY).area == village


def test_a_line_between_people_says_where_the_next_ones_live(village: Area) -> None:
    rows: list[list[Any]] = [
        ["Họ và tên", "Năm sinh"],
        ["I. Thôn 1"],
        ["Lê Thị Hoa", 1960],
        ["II. Thôn 2"],
        ["Lê Văn An", 1961],
    ]
    assert [row.text for row in preview(rows).new] == ["Lê Thị Hoa · 1960 · Thôn 1", "Lê Văn An · 1961 · Thôn 2"]


@pytest.mark.parametrize("written", ["Tran Thi Hoa", "Hoa Trần Thị", "HOA THI TRAN", "trần thị hoa"])
def test_who_resembles_somebody_on_record_is_told_until_said_to_be_someone_else(village: Area, written: str) -> None:
    known = register(full_name="Trần Thị Hoa", birth_year=1961, area=village, at=AT)
    headings = ["Họ và tên", "Năm sinh", "Thôn", "Người khác"]
    found = preview([headings, [written, 1961, "Thôn 2", ""]])
    assert told(found) == [
        "Dòng 2, Họ và tên: Có lẽ đã có trong danh sách: Trần Thị Hoa, 1961, Thôn 1. "
        "Nếu là người khác, hãy ghi “x” vào cột “Người khác”."
    ]
    assert found.named == {known.actor}
    assert done([headings, [written, 1961, "Thôn 2", "x"]]).applied
    assert Person.objects.count() == 2
    assert preview([headings, [written, 1972, "Thôn 2", ""]]).ok, "another year is another person"


def test_the_same_person_twice_in_one_file(village: Area) -> None:
    found = preview([["Họ và tên", "Năm sinh"], ["Trần Thị Hoa", 1961], ["hoa tran thi", 1961], ["Trần Thị Hoa", 1950]])
    assert [(finding.line, "dòng 2" in finding.text) for finding in found.errors] == [(3, True)]


def test_groups_and_the_organisation_where_somebody_belongs(village: Area) -> None:
    group = TargetGroup.objects.filter(min_age=None, part_of=None, targets__measure="share").distinct().first()
    assert group is not None
    office = Organisation.objects.create(name="UBND xã Xuân Mai", kind="agency", area=village.parent)
    headings = ["Họ và tên", "Năm sinh", "Nhóm đối tượng", "Đơn vị"]
    assert not preview([headings, ["Lê Thị Hoa", 1980, "", "UBND xã Xuân Mai"]]).ok
    assert done([headings, ["Lê Thị Hoa", 1980, group.label_vi, "ubnd xa xuan mai"]]).applied
    row = Belonging.objects.get(basis="list")
    assert (row.group, row.organisation, row.valid_from) == (group, office, TODAY)


@pytest.fixture
def school(village: Area) -> Organisation:
    return Organisation.objects.create(name="THCS Xuân Mai", kind="school", area=village.parent)


PUPILS = [
    ["TRƯỜNG THCS XUÂN MAI"],
    ["STT", "Họ và tên", "Ngày sinh", "Lớp", "Phụ huynh", None, "Ghi chú"],
    [None, None, None, None, "Họ tên", "SĐT", None],
    [1, "Lê Thị Mơ", "02/03/2014", "7a2", "Lê Văn Đào", 912000111, ""],
    [2, "Trần Văn Tí", "05/01/2013", "8/1", "", "", ""],
]


def test_a_schools_list_has_grades_and_parents(school: Organisation) -> None:
    pupils = TargetGroup.objects.get(key="pupil_primary_up")
    options = {"group": pupils, "organisation": school}
    found = apply_import(PeopleImporter, workbook(PUPILS), at=AT, by=None, options=options)
    assert [row.text for row in found.new] == [
        f"Lê Thị Mơ · 2014 · {pupils.label_vi} · THCS Xuân Mai · 7A2 · Lê Văn Đào",
        f"Trần Văn Tí · 2013 · {pupils.label_vi} · THCS Xuân Mai · 8/1",
    ]
    [guardian] = Guardian.objects.all()
    assert (guardian.learner.person.full_name, guardian.phone) == ("Lê Thị Mơ", "0912000111")
    assert (guardian.relation, guardian.learner.person.phone) == ("other", "")
    rows = Belonging.objects.filter(group=pupils, organisation=school).order_by("pk")
    assert list(rows.values_list("grade", flat=True)) == ["7A2", "8/1"]


def test_of_two_parents_one_is_kept_and_of_grown_people_none(village: Area) -> None:
    headings = ["Họ tên", "Năm sinh", "Họ tên cha", "Họ tên mẹ", "SĐT mẹ", "SĐT cha"]
    child = ["Lê Thị Mơ", 2014, "Lê Văn Đào", "Trần Thị Sen", "0912 000 222", "0912 000 111"]
    grown = ["Lê Văn Cả", 1970, "Lê Văn Cụ", "", "", ""]
    found = done([headings, child, grown])
    assert told(found) == ["Dòng 3, Cha: Không lưu: người này đã thành niên."]
    [guardian] = Guardian.objects.all()
    assert (guardian.full_name, guardian.phone, guardian.relation) == ("Trần Thị Sen", "0912 000 222", "mother")


def test_a_list_is_a_classs_roster_too(village: Area) -> None:
    """Who is on record comes in as well, and who has consented is enrolled; again nobody comes in twice."""
    push_course(key=uid("course"), host="tests", titles={"vi": "Khóa"}, revision="1", at=AT)
    course = Course.objects.get()
    group = create_class(name="Lớp tối", code="toi", course=course, area=village, starts=TODAY, at=AT, by=None)
    known, inside = (
        register(full_name=name, birth_year=1961, area=village, at=AT) for name in ("Trần Thị Hoa", "Lê Thị Na")
    )
    add_member(group, inside, at=AT, by=None)
    record_consent(known.actor, given=True, at=AT)
    client = Client()
    client.force_login(get_user_model().objects.create_superuser("van-hanh"))
    class_page = reverse("classes:inspect", args=[group.pk])
    address = reverse("people:import")
    assert f"{address}?class_group={group.pk}" in html_of(client.get(class_page))
    assert f'<option value="{group.pk}" selected>' in html_of(client.get(address, {"class_group": group.pk}))
    rows = [["Họ và tên", "Năm sinh"], ["Trần Thị Hoa", 1961], ["Lê Thị Na", 1961], ["Lê Văn Mới", 1970]]
    page = client.post(address, {"file": io.BytesIO(workbook(rows)), "class_group": group.pk, "area": village.pk})
    shown = html_of(page)
    assert "Trần Thị Hoa · 1961 · Thôn 1 · đã có trong danh sách, vào lớp" in shown
    assert "1 người đã có được bổ sung" in shown and "1 dòng đã có" in shown
    sent = {"content": page.context["content"], "class_group": group.pk, "area": village.pk}
    answer = client.post(address, sent)
    assert answer["Location"] == class_page
    new = Person.objects.get(full_name="Lê Văn Mới").learner
    assert set(members(group, day_of(now()))) == {known, inside, new}
    assert placement_of(new, day_of(now())).area == village
    assert list(Enrolment.objects.values_list("learner", flat=True)) == [known.pk]
    again = client.post(address, {"file": io.BytesIO(workbook(rows)), "class_group": group.pk, "area": village.pk})
    assert "3 dòng đã có" in html_of(again) and not again.context["content"]
    assert Membership.objects.count() == 3


PIECE = PeopleImporter.piece
LIST: list[list[Any]] = [
    ["Họ và tên", "Năm sinh", "Nơi ở", "Người khác"],
    *([f"Lê {family} {given}", 1960, "Thôn 1", ""] for family in FAMILIES[:5] for given in GIVENS),
]
# Two of one name and year, as the list itself says; each in a piece of its own.
LIST[5][3] = LIST[PIECE + 5][3] = "x"
LIST[PIECE + 5][0] = LIST[5][0]


@contextmanager
def when_inserting(number: int, act: Callable[[], Any]) -> Iterator[None]:
    """Does `act` before so many people were inserted, once."""
    count = 0

    def watch(execute: Any, sql: str, *rest: Any) -> Any:
        nonlocal count
        count += sql.startswith('INSERT INTO "bdhvs_lms_learner"')
        if count == number:
            count += 1
            act()
        return execute(sql, *rest)

    with connection.execute_wrapper(watch):
        yield
    assert count > number


class CutOffError(Exception):
    pass


def cut_off() -> None:
    raise CutOffError


def test_cut_off_it_has_written_whole_pieces_and_goes_on_without_anybody_twice(village: Area) -> None:
    content, act = workbook(LIST), uuid.uuid4()
    with pytest.raises(CutOffError), when_inserting(PIECE + 3, cut_off):
        apply_import(PeopleImporter, content, at=AT, by=None, act_id=act)
    assert Person.objects.count() == PIECE
    seen = preview_import(PeopleImporter, content, at=AT, act_id=act)
    assert (seen.resumed, len(seen.same), len(seen.new), seen.errors) == (PIECE, PIECE, 50 - PIECE, [])
    done = apply_import(PeopleImporter, content, at=AT, by=None, act_id=act)
    assert (done.applied, done.written) == (True, 50 - PIECE)
    assert Person.objects.count() == 50
    assert Person.objects.filter(full_name=LIST[5][0]).count() == 2
    again = apply_import(PeopleImporter, content, at=AT, by=None, act_id=act)
    assert (again.applied, again.written, Person.objects.count()) == (True, 0, 50)


def test_who_was_cut_off_chooses_the_file_again_and_is_told_what_is_there(village: Area) -> None:
    client = Client()
    client.force_login(get_user_model().objects.create_superuser("van-hanh"))
    address, content = reverse("people:import"), workbook(LIST)
    page = client.post(address, {"file": io.BytesIO(content)})
    sent = {name: page.context[name] for name in ("content", "act_id")}
    assert f'name="act_id" value="{sent["act_id"]}"' in html_of(page)
    with pytest.raises(CutOffError), when_inserting(PIECE + 3, cut_off):
        client.post(address, sent)
    page = client.post(address, {"file": io.BytesIO(content)})
    assert f"Lần nhập này đã bị ngắt: {PIECE} dòng trong tệp đã được nhập." in html_of(page)
    assert client.post(address, {name: page.context[name] for name in sent}).status_code == 302
    assert Person.objects.count() == 50
    assert client.post(address, sent).status_code == 302, "the first page, from the back button"
    assert Person.objects.count() == 50
    assert client.post(address, {"file": io.BytesIO(content)}).context["act_id"] != sent["act_id"]
    assert client.post(address, {**sent, "act_id": "x"}).status_code == 422


def test_who_is_registered_meanwhile_is_not_there_twice(village: Area) -> None:
    """The import stops before them, and says so; what was written stays."""
    client = Client()
    client.force_login(get_user_model().objects.create_superuser("van-hanh"))
    address, line = reverse("people:import"), PIECE + 10
    page = client.post(address, {"file": io.BytesIO(workbook(LIST))})
    with when_inserting(3, lambda: register(full_name=LIST[line][0].lower(), birth_year=1960, area=village, at=AT)):
        page = client.post(address, {name: page.context[name] for name in ("content", "act_id")})
    shown = html_of(page)
    assert page.status_code == 422
    assert "Phần còn lại chưa được nhập" in shown and f"Việc nhập đã dừng sau {PIECE} dòng" in shown
    assert f"Dòng {line + 1}, Họ và tên: Có lẽ đã có trong danh sách" in shown
    assert Person.objects.count() == PIECE + 1


def test_a_page_sent_twice_at_once_makes_everybody_once(village: Area) -> None:
    def send() -> Preview:
        return apply_import(PeopleImporter, content, at=AT, by=None, act_id=act)

    content, act = workbook(LIST), uuid.uuid4()
    with when_inserting(3, send):
        assert send().applied
    assert Person.objects.count() == 50


def test_importing_people_needs_the_permission_to_register_them() -> None:
    somebody = get_user_model().objects.create_user("ai-do")
    with pytest.raises(PermissionDenied):
        apply_import(PeopleImporter, workbook([["Họ và tên"], ["Lê Thị Hoa"]]), at=AT, by=somebody)


def test_an_operator_sees_what_would_happen_and_then_does_it(village: Area) -> None:
    known = register(full_name="Trần Thị Hoa", birth_year=1961, area=village, at=AT)
    client = Client()
    client.force_login(get_user_model().objects.create_superuser("van-hanh"))
    listed = html_of(client.get(reverse("people:index")))
    address = reverse("people:import")
    assert address in listed
    assert "Họ đệm · Họ và tên đệm" in html_of(client.get(address))
    wrong = workbook([["Họ và tên", "Năm sinh"], ["Hoa Trần Thị", 1961]])
    page = client.post(address, {"file": io.BytesIO(wrong)})
    assert (page.status_code, "1 lỗi: chưa nhập gì" in html_of(page)) == (422, True)
    [look] = AccessLog.objects.filter(page="people-import")
    assert [seen.actor for seen in look.people.members.all()] == [known.actor]
    right = client.post(address, {"file": io.BytesIO(workbook([["Họ và tên", "Năm sinh"], ["Lê Thị Hoa", 1960]]))})
    shown = html_of(right)
    assert "Lê Thị Hoa · 1960" in shown
    content = right.context["content"]
    assert client.post(address, {"content": content}).status_code == 302
    assert Person.objects.filter(full_name="Lê Thị Hoa").count() == 1


def test_a_likely_duplicate_typed_by_hand_is_asked_about(village: Area) -> None:
    known = register(full_name="Trần Thị Hoa", birth_year=1961, area=village, at=AT)
    client = Client()
    client.force_login(get_user_model().objects.create_superuser("van-hanh"))
    address = reverse("people:add")
    assert 'type="checkbox" name="other"' not in html_of(client.get(address))
    typed = {"full_name": "hoa tran thi", "birth_year": "1961"}
    page = html_of(client.post(address, typed))
    assert "Có lẽ đã có trong danh sách: Trần Thị Hoa, 1961, Thôn 1." in page
    assert 'type="checkbox" name="other"' in page and "Đây là người khác" in page
    assert Person.objects.count() == 1
    [look] = AccessLog.objects.filter(page="people-add")
    assert [seen.actor for seen in look.people.members.all()] == [known.actor]
    assert client.post(address, {**typed, "other": "on"}).status_code == 302
    assert Person.objects.count() == 2
