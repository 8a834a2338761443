"""Every kind of page outside the admin, as the demonstration shows it: one table for weight, reach, language, pictures.

A page is opened by its address, or reached from the page before it in the table by pressing something. The order
within one reader matters: an attempt is begun, saved, submitted once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from tests.e2e.people import PASSWORD

COURSE = "/buoc-dau-dung-dien-thoai-thong-minh/"


@dataclass(frozen=True)
class Kind:
    """One kind of page. `who`: the account that opens it, None: a visitor."""

    name: str
    who: str | None
    path: str = ""
    press: str = ""
    """What leads here from the page before: the first element that this selector finds."""
    status: int = 200
    most: int = 50 * 1024
    """Bytes with an empty cache, uploaded pictures apart."""


# What somebody meets who has never been here, perhaps with the last megabytes of the month.
FIRST_SIGHT = 15 * 1024
LEARNER, TEACHER, COMMITTEE = "nguoihoc", "huongdan", "chidao"

KINDS = (
    Kind("home", None, "/", most=FIRST_SIGHT),
    Kind("lesson open to everyone", None, press="main .hero .btn-primary", most=FIRST_SIGHT),
    Kind("course of a visitor", None, press="main .up a", most=FIRST_SIGHT),
    Kind("sign-in", None, "/dang-nhap/"),
    Kind("sign-in refused", None, press="main form [type=submit]", status=422),
    Kind("help", None, "/tro-giup/"),
    Kind("frameworks", None, "/khung-nang-luc/"),
    Kind("no such page", None, "/khong-co-trang-nay/", status=404),
    Kind("my learning", LEARNER, "/viec-hoc/"),
    Kind("my classes", LEARNER, "/viec-hoc/lop/"),
    Kind("my results", LEARNER, "/viec-hoc/ket-qua/"),
    Kind("why", LEARNER, press="main a[href*='/nang-luc/']"),
    Kind("my data", LEARNER, "/viec-hoc/du-lieu/"),
    Kind("erase", LEARNER, "/viec-hoc/du-lieu/xoa/"),
    Kind("home of a learner", LEARNER, "/"),
    Kind("course", LEARNER, COURSE),
    Kind("lesson", LEARNER, press="main ol a"),
    Kind("course with a lesson read", LEARNER, COURSE),
    Kind("quiz", LEARNER, press="main ol > li:last-child a >> nth=-1"),
    Kind("attempt", LEARNER, press="main form .btn-primary[type=submit]"),
    Kind("confirm", LEARNER, press="main [name=do][value=submit]"),
    Kind("result", LEARNER, press="main [name=do][value=submit]"),
    Kind("not for this account", LEARNER, "/chi-dao/", status=403),
    Kind("wrong method", LEARNER, "/thoat/", status=405),
    Kind("class list", TEACHER, "/day/"),
    Kind("class", TEACHER, press="main h2 a"),
    Kind("board", COMMITTEE, "/chi-dao/"),
    Kind("target of the board", COMMITTEE, press="main .goal h2 a"),
    Kind("target with months and areas", COMMITTEE, "/chi-dao/kh02-chuongmy-2025/T3-2025/?dia-ban=277@"),
    Kind("areas found", COMMITTEE, "/chi-dao/?dia-ban=277@&tim=xa"),
)


def by_reader(kinds: tuple[Kind, ...] = KINDS) -> Iterator[tuple[str | None, list[Kind]]]:
    for who, group in groupby(kinds, lambda kind: kind.who):
        yield who, list(group)


def sign_in(page: Any, url: str, username: str) -> None:
    """In a browser's page; ends where the account's work is."""
    page.goto(f"{url}/dang-nhap/")
    page.fill("#id_username", username)
    page.fill("#id_password", PASSWORD)
    with page.expect_navigation():
        page.click("main form [type=submit]")


def reach(page: Any, url: str, kind: Kind) -> Any:
    """Go there from where the page is; Playwright's Response."""
    if kind.path:
        response = page.goto(url + kind.path)
    else:
        with page.expect_navigation() as navigation:
            page.locator(kind.press).first.click()
        response = navigation.value
    assert response is not None, kind.name
    return response
