"""Who had an account of the site before signs in at the page of the site, is offered to learn, finishes a lesson and
a quiz, and signs out at a page of the site: on a telephone, without scripts."""

from __future__ import annotations

from typing import Any

import pytest

from tests.e2e.people import MAIN_ACTION, PASSWORD, Visitor
from tests.support.live import Installation
from tests.support.pages import COURSE

pytestmark = pytest.mark.thorough

CLOCK = "2025-11-15T10:00:00+07:00"
MADE = f"""
from django.contrib.auth.models import User
User.objects.create_user("hoi-vien", password="{PASSWORD}", first_name="Mơ", last_name="Đỗ Thị")
"""


def answer_anything(member: Visitor) -> None:
    for card in member.page.locator("main form .card").all():
        for kind in ("radio", "checkbox"):
            if card.get_by_role(kind).count():  # type: ignore[arg-type]
                card.get_by_role(kind).first.check()  # type: ignore[arg-type]
        if card.get_by_role("textbox").count():
            card.get_by_role("textbox").first.fill("không biết")


def test_a_member_of_the_site_learns_with_the_account_they_have(demo: Installation, browser: Any) -> None:
    demo.python(MADE)
    url = demo.serve(BDHVS_TEST_CLOCK=CLOCK, DJANGO_SETTINGS_MODULE="tests.e2e.host_settings").url
    member = Visitor(browser, url)
    page = member.page

    member.open(COURSE)
    member.press(MAIN_ACTION, has_text="Đăng nhập")
    assert member.path.startswith("/tai-khoan/vao/?next=")
    page.fill("#id_username", "hoi-vien")
    page.fill("#id_password", PASSWORD)
    member.press("button")
    assert member.path == COURSE
    assert "tài khoản này chưa dùng để học" in member.text()

    member.press(MAIN_ACTION, has_text="Học bằng tài khoản này")
    assert member.text("h1") == "Học bằng tài khoản này"
    assert page.locator("#id_full_name").input_value() == "Mơ Đỗ Thị"
    page.fill("#id_full_name", "Đỗ Thị Mơ")
    page.fill("#id_birth_year", "1964")
    page.select_option("#id_area", index=2)
    page.check("#id_consent")
    member.press(f"{MAIN_ACTION}[type=submit]")
    assert member.path == COURSE
    assert "Từ nay bạn học ở đây bằng tài khoản này." in member.text()

    member.press(f"{MAIN_ACTION}[type=submit]", has_text="Đăng ký")
    member.press("main ol a")
    member.press(f"{MAIN_ACTION}[type=submit]")
    assert "Đã xong" in member.text()

    member.open(COURSE)
    member.press("main ol a", has_text="Bài kiểm tra")
    member.press(f"{MAIN_ACTION}[type=submit]")
    answer_anything(member)
    member.press("button[name=do][value=submit]")
    if page.locator("h1").inner_text() == "Nộp bài?":
        member.press("button[name=do][value=submit]")
    assert "/ket-qua/" in member.path

    page.click("details.menu > summary")
    assert page.locator(".menu-panel a[href='/tai-khoan/']").inner_text() == "Tài khoản của tôi"
    member.press(".menu-panel form[action='/thoat/'] button")
    assert member.path == "/tai-khoan/?gone=hoi-vien"
    member.open("/")
    assert member.page.locator("a.sign-in").get_attribute("href") == "/tai-khoan/vao/"
    assert member.watched.problems == []
