"""The admin's first page says what waits for whoever opens it, and asks as many questions however much waits."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bdhvs_content.api import editors
from bdhvs_h5p.models import H5PContent, WaitingPackage
from bdhvs_lms.campaign import api as campaign
from bdhvs_lms.campaign.api import Area, TargetGroup
from bdhvs_lms.campaign.declaring import add_village
from bdhvs_lms.learners.api import register
from bdhvs_lms.plugins.api import RegistrationError, Waiting, register_waiting, what_waits
from bdhvs_lms.roles import operators
from bdhvs_xapi import api as xapi
from tests.bdhvs_content import pages
from tests.bdhvs_lms.learners.making import AT, DAY
from tests.support.markup import mistakes
from tests.support.shown import broken_in

pytestmark = pytest.mark.django_db
HOME = "/quan-tri/"


def somebody(name: str, group: Any) -> Client:
    user = get_user_model().objects.create_user(name)
    user.groups.add(group)
    client = Client()
    client.force_login(user)
    return client


def lines(client: Client) -> list[str]:
    """What the page lists, in order."""
    html = client.get(HOME).content.decode()
    assert mistakes(html) == () and broken_in(html) == []
    _, _, rest = html.partition('id="bdhvs-waiting"')
    return [part.split("</span>")[0] for part in rest.partition("</section>")[0].split("<span>")[1:]]


def package(title: str) -> None:
    content = H5PContent.objects.create(title=title, created_at=AT)
    WaitingPackage.objects.create(
        content=content, file_name="a.h5p", packed_bytes=9, title=title, installs=[], uploaded_at=AT
    )


@pytest.fixture
def ward(settings: Any) -> Area:
    settings.BDHVS_TEST_CLOCK = "2026-11-15T10:00:00+07:00"
    campaign.load_campaign()
    return Area.objects.get(code="10015", valid_from="2025-07-01")


def test_an_operator_is_told_what_stops_others_first(ward: Area) -> None:
    client = somebody("van-hanh", operators())
    there = lines(client)
    missing = [line for line in there if "tổng số người" in line]
    assert len(missing) == 1 and missing[0].startswith("Chỉ tiêu năm 2026: còn thiếu ")

    register(full_name="Đỗ Thị Hòa", at=AT)
    package("Câu hỏi")
    target = xapi.create_target("tinh", url="https://lrs.example.org/xapi")
    xapi.pause(target, "bảo trì")
    source = xapi.create_source("khac", url="https://lrs.example.org/xapi")
    xapi.Source.objects.filter(pk=source.pk).update(failures=3)
    found = [line for line in lines(client) if line not in there]
    assert found == [
        "1 kho nhận bản ghi hiện không nhận được gì",
        "Hiện không lấy được bản ghi về từ 1 kho",
        "1 gói H5P chờ duyệt",
        "1 người chưa rõ nơi ở: chưa được tính ở xã, phường nào",
    ]


def test_who_is_still_in_an_area_that_has_ended_is_one_tap_away(ward: Area) -> None:
    client = somebody("van-hanh", operators())
    village = add_village(parent=ward, name="Thôn Cũ", at=AT, by=None)
    register(full_name="Đỗ Thị Hòa", at=AT, area=village)
    register(full_name="Lê Văn Ở Lại", at=AT, area=ward)
    Area.objects.filter(pk=village.pk).update(valid_to="2026-06-30")
    user = get_user_model().objects.get(username="van-hanh")
    [item] = [item for item in what_waits(user) if "đã kết thúc" in item.text]
    assert item.text.startswith("1 người")
    page = client.get(item.url).content.decode()
    assert "Đỗ Thị Hòa" in page and "Lê Văn Ở Lại" not in page


def test_a_number_that_was_entered_is_missing_no_more(ward: Area) -> None:
    group = TargetGroup.objects.filter(targets__year=2026, targets__measure="share", urban_only=False)[0]

    def missing() -> int:
        (line,) = [line for line in lines(client) if "tổng số người" in line]
        return int(line.split("còn thiếu ")[1].split()[0])

    client = somebody("van-hanh", operators())
    before = missing()
    for value in (100, 101):  # a better number of the same is not another one
        campaign.enter_denominator(group=group, area=ward, as_of=DAY, source="sổ", value=value, at=AT, by=None)
    assert missing() == before - 1


def test_an_editor_is_told_of_lessons_packages_and_own_drafts() -> None:
    pages.framework()
    catalog = pages.catalog()
    lesson = pages.lesson(pages.section(pages.course(catalog)))
    client = somebody("bien-tap", editors())
    assert "1 bài học cần kiểm lại thông tin" in lines(client)
    package("Câu hỏi")
    lesson.title = "Tên mới"
    lesson.save_revision(user=get_user_model().objects.get(username="bien-tap"))
    assert lines(client) == [
        "1 trang vừa sửa có thay đổi chưa xuất bản",
        "1 bài học cần kiểm lại thông tin",
        "1 gói H5P đang chờ người vận hành duyệt",
    ]
    user = get_user_model().objects.get(username="bien-tap")
    for address in [item.url for item in what_waits(user)]:
        assert client.get(address).status_code == 200
    assert what_waits(user)[0].url == reverse("wagtailadmin_pages:edit", args=[lesson.pk])
    second = pages.lesson(lesson.get_parent().specific, "Bài hai")
    pages.lesson(lesson.get_parent().specific, "Bài ba")
    second.save_revision(user=user)
    listed = client.get(what_waits(user)[0].url).content.decode().partition('id="listing-results"')[2]
    assert listed.index("Bài hai") < listed.index("Tên mới") < listed.index("Phần một"), "written last, on top"


def test_where_nothing_waits_the_page_says_so() -> None:
    user = get_user_model().objects.create_superuser("chu")
    client = Client()
    client.force_login(user)
    assert lines(client) == []
    assert "Không có việc nào đang chờ." in client.get(HOME).content.decode()


def test_the_page_costs_the_same_however_much_waits(ward: Area) -> None:
    client = somebody("van-hanh", operators())

    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            client.get(HOME)
        return len(asked)

    register(full_name="Đỗ Thị Hòa", at=AT)
    package("Một")
    xapi.pause(xapi.create_target("mot", url="https://lrs.example.org/xapi"), "bảo trì")
    client.get(HOME)
    before = cost()
    for name in ("hai", "ba", "bon"):
        register(full_name=name, at=AT)
        package(name)
        xapi.pause(xapi.create_target(name, url="https://lrs.example.org/xapi"), "bảo trì")
        add_village(parent=ward, name=name, at=AT, by=None)
    assert cost() == before


def test_two_owners_of_one_key_are_named() -> None:
    def mine(_user: Any) -> list[Waiting]:
        return []

    with pytest.raises(RegistrationError, match="bdhvs_lms.record_stores"):
        register_waiting("bdhvs_lms.record_stores", mine)
