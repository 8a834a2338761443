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
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bdhvs_lms.audit.models import AccessLog
from bdhvs_lms.campaign.api import Area
from bdhvs_lms.classes.api import ClassGroup, ClassTeacher, Membership, add_member, add_teacher
from bdhvs_lms.competency import api as competency
from bdhvs_lms.courses import api as courses
from bdhvs_lms.learners.api import Person, Placement, erase_person, register
from bdhvs_lms.progress.api import Result
from bdhvs_lms.tracking import api as tracking
from tests.bdhvs_lms.reporting.conftest import Stage
from tests.bdhvs_lms.reporting.reading import csv_of, tables_of, xlsx_of
from tests.support.addresses import below
from tests.support.loops import for_each
from tests.support.markup import html_of
from tests.support.world import T0, uid


def words(response: Any) -> str:
    """The page's main text without tags, blanks folded."""
    main = re.search(r"<main.*?</main>", html_of(response), re.DOTALL)
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


def test_start_offers_an_account_without_any_work_to_learn(stage: Stage) -> None:
    response = stage.signed_in(stage.user("nobody")).get("/bat-dau/", follow=True)
    assert response.status_code == 200
    assert "Học bằng tài khoản này" in words(response)


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
    assert "Đã làm được 2 ✓ Năng lực một ✓ Năng lực hai Xem kết quả của tôi" in text
    assert '<progress value="2" max="3"' in html_of(response)
    assert 'Đang đăng nhập:</span> <span class="name"><bdi>Nguyễn Thị Lan</bdi></span>' in html_of(response)
    results = client.get("/viec-hoc/ket-qua/")
    assert "✓ Đã làm được: Năng lực một – trình độ “Sử dụng được”, từ ngày 01/09/2025." in words(results)
    assert 'href="/viec-hoc/nang-luc/test-framework/A1/1/"' in html_of(results)


def test_my_classes_name_the_teacher_and_whom_to_call_and_no_other_learner(stage: Stage) -> None:
    learner, client = stage.learning_user("Nguyễn Thị Lan")
    other, _client = stage.learning_user("Trần Văn Bảy")
    assert "Chưa ở lớp nào." in words(client.get("/viec-hoc/lop/"))
    teacher = stage.user("huongdan", first_name="Hạnh")
    add_teacher(stage.class_group, teacher, at=T0, by=None)
    for one in (learner, other):
        add_member(stage.class_group, one, at=T0, by=None)
    assert "Gọi" not in words(client.get("/viec-hoc/lop/"))
    stage.phone(" 0000 123 456 ")
    with pytest.raises(ValidationError):
        stage.phone("gọi tôi")
    page = client.get("/viec-hoc/lop/")
    assert "Người hướng dẫn: Hạnh ☎ Gọi người hướng dẫn: 0000 123 456" in words(page)
    assert 'href="tel:0000123456"' in html_of(page)
    assert "Bảy" not in html_of(page)
    assert "Gọi người hướng dẫn: 0000 123 456" in words(client.get("/viec-hoc/"))


def test_what_devices_say_is_marked_on_every_page(stage: Stage) -> None:
    rule = competency.EvidenceRule.objects.get(framework=stage.framework)
    by_report = {"pick": "any", "passed": True}
    competency.add_rule_version(rule, by_report, effective_from=T0, by=None, at=T0)
    learner, client = stage.learning_user("An")
    Membership.objects.create(learner=learner, class_group=stage.class_group, valid_from=T0.date())
    acts = (
        (tracking.VERB_EXPERIENCED, stage.lesson, 1), (tracking.VERB_PASSED, stage.quiz, 2),
        (tracking.VERB_PASSED, stage.task, 3),
    )  # fmt: skip
    stage.record(
        *(stage.act(learner, verb, key, minutes=minutes, authority=tracking.CLIENT) for verb, key, minutes in acts)
    )
    mine, why = words(client.get("/viec-hoc/")), words(client.get("/viec-hoc/nang-luc/test-framework/A1/1/"))
    assert "✓ Đã xong (thiết bị tự báo) ngày 01/09/2025" in mine
    assert "“Sử dụng được”, từ ngày 01/09/2025 (thiết bị tự báo)." in words(client.get("/viec-hoc/ket-qua/"))
    assert "✓ Đã đạt (thiết bị tự báo) ngày 01/09/2025" in why
    teacher = stage.teacher()
    assert words(teacher.get(f"/day/{stage.class_group.uuid}/")).count("✓ Đã xong (thiết bị tự báo)") == 3
    stage.record(
        *(
            stage.act(
                learner, verb, key, minutes=minutes + 60, try_no=2, score=9 if verb == tracking.VERB_PASSED else None
            )
            for verb, key, minutes in acts
        )
    )
    for address in ("/viec-hoc/", "/viec-hoc/ket-qua/", "/viec-hoc/nang-luc/test-framework/A1/1/"):
        assert "thiết bị tự báo)" not in words(client.get(address))
    assert "thiết bị tự báo" not in words(teacher.get(f"/day/{stage.class_group.uuid}/"))


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
    assert used.strip() == "Kiểm tra Ngày 02/09/2025 Kết quả Đạt (90%) Do đâu biết hệ thống chấm"
    assert "Kiểm tra Ngày 01/09/2025 Kết quả Chưa đạt (40%)" in unused
    # Reading a lesson was pressing a button: nothing was graded, and nobody vouched for it.
    assert "Bài Ngày 01/09/2025 Kết quả Đã đọc bài Vì sao không được tính Chỉ đọc bài" in unused
    assert "Đã đạt ngày 02/09/2025" in text
    assert "Cần làm gì để đạt Cần đạt một bài kiểm tra trên trang này." in text
    assert "mức tin cậy" not in text.lower()


def test_why_names_what_counted_and_the_newest_of_the_rest_however_much_there_is(stage: Stage) -> None:
    """Other systems may say thousands of things about somebody."""
    learner, client = stage.learning_user("An")
    stage.record(stage.act(learner, tracking.VERB_PASSED, stage.quiz, minutes=1, score=9))
    a1 = competency.Competency.objects.get(code="A1")
    copied = competency.Evidence.objects.get(learner=learner, competency=a1)

    def add(numbers: range) -> None:
        for number in numbers:
            copied.pk, copied.statement_id = None, uid(f"more {number}")
            copied.occurred_at = T0 + timedelta(days=number)
            copied.save(force_insert=True)

    def shown() -> tuple[str, int]:
        with CaptureQueriesContext(connection) as queries:
            text = words(client.get("/viec-hoc/nang-luc/test-framework/A1/1/"))
        return text, len(queries)

    add(range(1, 52))
    text, few = shown()
    assert text.count("Kết quả Đạt") == 51
    assert "Và 1 kết quả cũ hơn." in text
    add(range(52, 90))
    text, many = shown()
    assert text.count("Kết quả Đạt") == 51 and many == few
    # The earliest of all counted; of the rest the newest are there.
    assert "Ngày 01/09/2025" in text and "Ngày 29/11/2025" in text and "Ngày 10/10/2025" not in text
    assert "Và 39 kết quả cũ hơn." in text


def test_why_stands_a_decision_that_names_something_else_than_statements(stage: Stage) -> None:
    learner, client = stage.learning_user("An")
    stage.record(stage.act(learner, tracking.VERB_PASSED, stage.quiz, minutes=1, score=9))
    competency.Attainment.objects.update(evidence_ids=["no id", ""])
    assert "Chưa có gì được tính" in words(client.get("/viec-hoc/nang-luc/test-framework/A1/1/"))


def test_why_shows_nobody_elses_record(stage: Stage) -> None:
    other, _client = stage.learning_user("Người khác")
    stage.record(stage.act(other, tracking.VERB_PASSED, stage.quiz, minutes=2, score=9))
    _learner, client = stage.learning_user("An")
    text = words(client.get("/viec-hoc/nang-luc/test-framework/A1/1/"))
    assert "Chưa có kết quả" in text
    assert "Kiểm tra" not in text


@for_each(
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


def fill_class(stage: Stage) -> None:
    """One is done, one is stuck at the quiz and has a telephone, one never came, one has been away for a year."""
    done, stuck = stage.member("Lê Thị Xong"), stage.member("Phạm Văn Kẹt")
    away = stage.member("Vũ Thị Vắng")
    stage.member("Trần Thị Mới")
    Person.objects.filter(learner=stuck).update(phone="0912 345 678")
    minutes = 60 * 24 * 73
    stage.record(
        stage.act(done, tracking.VERB_EXPERIENCED, stage.lesson, minutes=1),
        stage.act(done, tracking.VERB_PASSED, stage.quiz, minutes=2, score=9),
        stage.act(done, tracking.VERB_PASSED, stage.task, minutes=3, score=8),
        stage.act(stuck, tracking.VERB_FAILED, stage.quiz, minutes=minutes, score=3),
        stage.act(away, tracking.VERB_EXPERIENCED, stage.lesson, minutes=1),
    )


TILE = re.compile(r'<a class="tile tile--(\w+)" href="([^"]*)"( aria-current="true")?><b>(\d+)</b> ([^<]*)</a>')


def tiles_of(response: Any) -> list[tuple[int, str, str, bool]]:
    """(how many, word, link, whether it is the one chosen), in their order."""
    found = TILE.findall(html_of(response))
    return [(int(count), word.strip(), unescape(link), bool(chosen)) for _style, link, chosen, count, word in found]


def people_of(response: Any) -> list[str]:
    """Names in the order of the page."""
    (table,) = tables_of(response)
    return [row[0] for row in table[1:]]


def test_a_class_opens_with_four_numbers_that_add_up_and_each_shows_its_people(stage: Stage) -> None:
    client = stage.teacher()
    fill_class(stage)
    address = f"/day/{stage.class_group.uuid}/"
    whole = client.get(address)
    assert "4 người · Khóa thử · tính đến ngày 15/11/2025" in words(whole)
    tiles = tiles_of(whole)
    assert [tile[:2] for tile in tiles] == [(2, "cần giúp"), (1, "chưa bắt đầu"), (0, "đang học"), (1, "đã xong")]
    assert not any(chosen for *_tile, chosen in tiles)
    shown = [people_of(whole)]
    assert shown == [["Vũ Thị Vắng", "Phạm Văn Kẹt", "Trần Thị Mới", "Lê Thị Xong"]]
    for place, (count, word, link, _chosen) in enumerate(tiles):
        response = client.get(address + link)
        assert [chosen for *_tile, chosen in tiles_of(response)] == [place == other for other in range(4)]
        assert '<a href="?">Xem cả lớp</a>' in html_of(response)
        if count:
            shown.append(people_of(response))
            assert len(shown[-1]) == count, word
        else:
            assert "Không ai trong lớp thuộc nhóm này." in words(response)
    assert sum(shown[1:], []) == shown[0]
    # The order that was asked for stays with every link.
    by_name = client.get(f"{address}?tinh-trang=can-giup&sap-xep=ten")
    assert all(link.endswith("&sap-xep=ten") for _count, _word, link, _chosen in tiles_of(by_name))
    assert '<a href="?sap-xep=ten">Xem cả lớp</a>' in html_of(by_name)
    assert '<input type="hidden" name="tinh-trang" value="can-giup">' in html_of(by_name)


def test_each_person_has_one_state_and_why_and_a_telephone(stage: Stage) -> None:
    client = stage.teacher()
    fill_class(stage)
    Person.objects.filter(full_name="Phạm Văn Kẹt").update(birth_year=1958)
    twice = stage.member("Đỗ Văn Hai")
    stage.record(
        stage.act(twice, tracking.VERB_FAILED, stage.quiz, minutes=60 * 24 * 74, score=2),
        stage.act(twice, tracking.VERB_FAILED, stage.task, minutes=60 * 24 * 74, score=3),
    )
    on_the_way = stage.member("Hồ Thị Đang")
    stage.record(stage.act(on_the_way, tracking.VERB_EXPERIENCED, stage.lesson, minutes=60 * 24 * 74))
    response = client.get(f"/day/{stage.class_group.uuid}/")
    html = html_of(response)
    (table,) = tables_of(response)
    assert [row[:3] for row in table] == [
        ["Người học", "Tình trạng", "Xong"],
        ["Vũ Thị Vắng", "cần giúp hơn 2 tháng chưa học tiếp", "xong 1/3 bài"],
        ["Đỗ Văn Hai", "cần giúp Kiểm tra: chưa đạt 2/10 · còn 1 bài nữa chưa đạt", "xong 0/3 bài"],
        ["Phạm Văn Kẹt 1958", "cần giúp Kiểm tra: chưa đạt 3/10", "xong 0/3 bài"],
        ["Trần Thị Mới", "chưa bắt đầu chưa mở bài nào", "xong 0/3 bài"],
        ["Hồ Thị Đang", "đang học học hôm qua", "xong 1/3 bài"],
        ["Lê Thị Xong", "đã xong học hơn 2 tháng trước", "xong 3/3 bài"],
    ]
    assert [row[-1] for row in table] == ["Điện thoại", "–", "–", "Gọi 0912 345 678", "–", "–", "–"]
    assert html.count('href="tel:0912345678"') == html.count('href="tel:') == 1
    assert '<span class="face" aria-hidden="true">K</span>' in html
    assert table[3][-3:-1] == ["Chưa đạt 3/10", "Chưa bắt đầu"]
    assert table[-1][-3] == "Đã xong 9/10"


def test_where_somebody_lives_is_said_when_it_is_not_where_the_class_is(stage: Stage) -> None:
    hamlet = Area.objects.create(code="1001501", name="Thôn 3", kind="village", parent=stage.area)
    here, there = stage.member("An"), stage.member("Bình")
    Placement.objects.create(learner=there, area=hamlet, valid_from=date(2025, 10, 1), recorded_at=T0)
    client = stage.teacher()
    address = f"/day/{stage.class_group.uuid}/"
    assert people_of(client.get(address)) == ["An", "Bình Thôn 3"]
    assert '<span lang="vi">Thôn 3</span>' in html_of(client.get(below("/en", address)))
    erase_person(there)
    assert "Thôn 3" not in words(client.get(address))
    assert here.person.full_name in words(client.get(address))


def test_columns_have_short_heads_and_a_legend_that_names_them(stage: Stage) -> None:
    """Lessons are counted; of quizzes one is KT, of several each has its number."""
    stage.member("An")
    client = stage.teacher()
    address = f"/day/{stage.class_group.uuid}/"
    head = re.compile(r'class="c-activity"><span aria-hidden="true">([^<]*)</span> <span [^>]*>([^<]*)</span>')
    legend = re.compile(r"<b>([^<]*)</b> <span[^>]*>([^<]*)</span>")
    courses.Activity.objects.update(type_key="bdhvs_content.lesson")
    for quizzes, prefix, short in (
        ([stage.quiz], "", ["1", "KT", "2"]),
        ([stage.quiz, stage.task], "", ["1", "KT1", "KT2"]),
        ([stage.quiz, stage.task], "/en", ["1", "Q1", "Q2"]),
    ):
        courses.Activity.objects.filter(key__in=quizzes).update(type_key="bdhvs_quiz.quiz")
        page = html_of(client.get(below(prefix, address)))
        assert head.findall(page) == list(zip(short, ["Bài", "Kiểm tra", "Thực hành"], strict=True))
        assert legend.findall(page) == head.findall(page)


def test_the_list_of_classes_says_how_each_stands_and_what_to_do_first(stage: Stage) -> None:
    client = stage.teacher()
    address = f"/day/{stage.class_group.uuid}/"

    def next_of(response: Any) -> tuple[str, str]:
        (found,) = re.findall(r'<a class="btn-secondary" href="([^"]*)">([^<]*)</a>', html_of(response))
        return unescape(found[0]), found[1]

    assert next_of(client.get("/day/")) == (address, "Xem lớp")
    stage.member("Trần Thị Mới Hơn")
    assert next_of(client.get("/day/")) == (f"{address}?tinh-trang=chua-bat-dau", "Giúp 1 người bắt đầu")
    fill_class(stage)
    lists = client.get("/day/")
    assert next_of(lists) == (f"{address}?tinh-trang=can-giup", "Gọi 2 người cần giúp")
    assert [(count, word) for count, word, _link, _chosen in tiles_of(lists)] == [
        (2, "cần giúp"), (2, "chưa bắt đầu"), (0, "đang học"), (1, "đã xong"),
    ]  # fmt: skip
    assert [link for _count, _word, link, _chosen in tiles_of(lists)] == [
        f"{address}?tinh-trang={state}" for state in ("can-giup", "chua-bat-dau", "dang-hoc", "da-xong")
    ]
    assert "5 người Khóa thử" in words(lists) and "Kẹt" not in words(lists)


def test_the_actions_of_a_class_are_those_that_the_account_may_do(stage: Stage) -> None:
    teacher, root = stage.teacher(), stage.signed_in(stage.user("root", is_superuser=True))
    address = f"/day/{stage.class_group.uuid}/"

    def actions(client: Client, query: str = "") -> list[tuple[str, str]]:
        rows = re.findall(r'<div class="acts(?: no-print)?">(.*?)</div>', html_of(client.get(address + query)))
        assert len(rows) == 2  # what is needed every evening, and the rest folded up
        row = "".join(rows)
        return [(words, unescape(link)) for link, words in re.findall(r'href="([^"]*)"[^>]*>([^<]*)</a>', row)]

    stage.member("An")
    files = [("Lưu tệp Excel", f"{address}lop.xlsx"), ("Lưu tệp CSV", f"{address}lop.csv")]
    door, cards = ("Mở đăng nhập", f"{address}dang-nhap/"), ("Thẻ QR", f"{address}the/")
    new, poster = ("Người mới", f"{address}nguoi-moi/"), ("In áp phích", f"{address}ap-phich/")
    files.append(("Lưu tệp PDF", f"{address}lop.pdf"))
    sheet, agreed = ("Danh sách ký tên", f"{address}ky-ten/"), ("Đồng ý trên giấy", f"{address}dong-y/")
    here, add = ("Điểm danh", f"{address}buoi-hoc/moi/"), ("Thêm người", f"{address}them-nguoi/")
    meetings, more = ("Buổi học", f"{address}buoi-hoc/"), ("Thiết lập lớp", f"{address}thiet-lap/")
    confirmed, retest = ("Đề nghị xác nhận", f"{address}xac-nhan/"), ("Phúc tra theo mẫu", f"{address}phuc-tra/")
    wanted = [here, door, add, new, meetings, cards, agreed, confirmed, retest, sheet, poster, more, *files]
    assert actions(teacher) == wanted
    assert actions(root) == wanted
    # A file holds what the page shows.
    query = "?tinh-trang=can-giup&sap-xep=ten"
    assert actions(teacher, query)[-3:] == [(words, link + query) for words, link in files]


def on_page(row: list[str], call: str) -> list[str]:
    """A row of a file as the page puts it: who it is in one field, the state and why in one."""
    name, born, place, state, why, *rest, phone = row
    assert place == "–"
    return [name if born == "–" else f"{name} {born}", f"{state} {why}", *rest, phone if phone == "–" else call + phone]


def test_files_of_a_class_hold_what_its_page_shows(stage: Stage) -> None:
    client = stage.teacher()
    fill_class(stage)
    Person.objects.filter(full_name="Phạm Văn Kẹt").update(birth_year=1958)
    address = f"/day/{stage.class_group.uuid}/"
    for query, names in (
        ("", ["Vũ Thị Vắng", "Phạm Văn Kẹt", "Trần Thị Mới", "Lê Thị Xong"]),
        ("?tinh-trang=can-giup", ["Vũ Thị Vắng", "Phạm Văn Kẹt"]),
        ("?sap-xep=ten", ["Phạm Văn Kẹt", "Trần Thị Mới", "Vũ Thị Vắng", "Lê Thị Xong"]),
        ("?sap-xep=lan-cuoi", ["Trần Thị Mới", "Vũ Thị Vắng", "Lê Thị Xong", "Phạm Văn Kẹt"]),
        ("?tinh-trang=can-giup&sap-xep=lan-cuoi", ["Vũ Thị Vắng", "Phạm Văn Kẹt"]),
    ):
        for prefix in ("", "/en"):
            (shown,) = tables_of(client.get(below(prefix, f"{address}{query}")))
            saved = client.get(below(prefix, f"{address}lop.csv{query}"))
            above, in_csv = csv_of(saved)
            assert [row[0] for row in in_csv[1:]] == names
            assert [on_page(row, "Call " if prefix else "Gọi ") for row in in_csv[1:]] == shown[1:]
            assert [in_csv[0][0], in_csv[0][3], *in_csv[0][5:]] == shown[0]
            assert xlsx_of(client.get(below(prefix, f"{address}lop.xlsx{query}"))) == (above, in_csv)
    response = client.get(f"{address}lop.csv")
    assert response["Content-Disposition"] == 'attachment; filename="lop-toi-thu-ba-2025-11-15.csv"'
    assert csv_of(response)[0][:2] == [
        "Lớp tối thứ Ba",
        "Lớp 4 người: 2 cần giúp · 1 chưa bắt đầu · 0 đang học · 1 đã xong",
    ]
    head, _away, stuck, *_others = csv_of(response)[1]
    said = dict(zip(head, stuck, strict=True))
    assert [said[name] for name in ("Người học", "Năm sinh", "Tình trạng", "Lý do", "Xong", "Điện thoại")] == [
        "Phạm Văn Kẹt", "1958", "cần giúp", "Kiểm tra: chưa đạt 3/10", "xong 0/3 bài", "0912 345 678",
    ]  # fmt: skip
    assert stuck[-4:-1] == ["Chưa bắt đầu", "Chưa đạt 3/10", "Chưa bắt đầu"]
    for query in ("?tinh-trang=khac", "?sap-xep=khac", "?tinh-trang=%00"):
        assert client.get(f"{address}{query}").status_code == 400
        assert client.get(f"{address}lop.csv{query}").status_code == 400


def test_every_cell_stays_readable_without_the_plugin_and_says_that_it_is_missing(stage: Stage) -> None:
    client = stage.teacher()
    learner = stage.member("An")
    stage.record(stage.act(learner, tracking.VERB_PASSED, stage.quiz, minutes=2, score=9))
    text = words(client.get(f"/day/{stage.class_group.uuid}/"))
    # In the head of the column, and in the legend.
    assert text.count("thiếu phần mở rộng: tests") == 2 * 3
    assert "✓ Đã xong 9/10" in text
    english = words(client.get(f"/en/teaching/{stage.class_group.uuid}/"))
    assert english.count("plugin missing: tests") == 2 * 3


def test_opening_a_class_logs_who_saw_whom(stage: Stage) -> None:
    client = stage.teacher()
    shown = {stage.member("An").actor, stage.member("Bình").actor}
    stage.learner("Không ở trong lớp")
    client.get("/day/")
    assert not AccessLog.objects.exists(), "the list of classes names no learner"
    client.get(f"/day/{stage.class_group.uuid}/")
    rows = AccessLog.objects.all()
    assert [row.actors for row in rows] == [shown]
    assert {(row.page, row.detail, row.user_label, row.at.date()) for row in rows} == {
        ("class-review", "toi-thu-ba", "teacher", date(2025, 11, 15))
    }
    client.get(f"/day/{stage.class_group.uuid}/")
    assert rows.all().count() == 2
    client.get(f"/day/{stage.class_group.uuid}/lop.xlsx")
    assert list(rows.order_by("pk").values_list("page", flat=True))[2:] == ["class-review-xlsx"]
    # Whoever is not shown has not been looked at.
    client.get(f"/day/{stage.class_group.uuid}/?tinh-trang=da-xong")
    assert rows.all().count() == 3


def test_a_refused_opening_logs_nothing(stage: Stage) -> None:
    stage.member("An")
    client = stage.steering()
    for page in ("", "lop.csv"):
        assert client.get(f"/day/{stage.class_group.uuid}/{page}").status_code == 404
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
            Result(learner=learner, activity_key=key, last_at=T0) for learner in learners for key in keys
        )
        looks = []
        for _look in range(2):
            with CaptureQueriesContext(connection) as queries:
                response = client.get(f"/day/{group.uuid}/")
            assert html_of(response).count('class="cell cell--') == people * activities
            looks.append(len(queries))
        counts.add(tuple(looks))
    assert len(counts) == 1
    first, later = counts.pop()
    # The access log asks whether these people were seen together before; the first time it writes down who they are.
    assert later <= 20
    assert first <= later + 3


def test_pages_with_records_are_never_kept(stage: Stage) -> None:
    learner = stage.learning_user("An")[1]
    teacher, steering = stage.teacher(), stage.steering()
    for client, address in (
        (learner, "/viec-hoc/"),
        (learner, "/viec-hoc/nang-luc/test-framework/A1/1/"),
        (teacher, "/day/"),
        (teacher, f"/day/{stage.class_group.uuid}/"),
        (teacher, f"/day/{stage.class_group.uuid}/lop.xlsx"),
        (steering, "/chi-dao/"),
        (steering, "/chi-dao/bang.xlsx"),
        (steering, "/chi-dao/plan/T3-2025/"),
    ):
        assert "no-store" in client.get(address).headers["Cache-Control"]
