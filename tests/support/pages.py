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

CLASS = "minh-hoa-1"
BACK = "main .act a[href^='/day/']:not([href$='.pdf'])"
# From a list whose entries look like the way back.
LEAVE = "main > .act a[href^='/day/']"
SETTINGS, ADDING = "main .act a[href$='/thiet-lap/']", "main .acts a[href$='/them-nguoi/']"
COURSE = "/buoc-dau-dung-dien-thoai-thong-minh/"


@dataclass(frozen=True)
class Kind:
    """One kind of page. `who`: the account that opens it, None: a visitor."""

    name: str
    who: str | None
    path: str = ""
    press: str | tuple[str, ...] = ""
    """What leads here from the page before: the first element that this selector finds; of several, one page each."""
    status: int = 200
    most: int = 50 * 1024
    """Bytes with an empty cache, uploaded pictures apart."""
    types: tuple[str, str] | None = None
    """(selector, text) to type before pressing."""


# What somebody meets who has never been here, perhaps with the last megabytes of the month.
FIRST_SIGHT = 15 * 1024
LEARNER, TEACHER, COMMITTEE, OFFICER = "nguoihoc", "huongdan", "chidao", "canbo"

KINDS = (
    Kind("home", None, "/", most=FIRST_SIGHT),
    Kind("lesson open to everyone", None, press="main .hero .btn-primary", most=FIRST_SIGHT),
    Kind("course of a visitor", None, press="main .up a", most=FIRST_SIGHT),
    Kind("announcements", None, "/thong-bao/", most=FIRST_SIGHT),
    Kind("announcement", None, press="main h2 a", most=FIRST_SIGHT),
    Kind("sign-in", None, "/dang-nhap/", most=FIRST_SIGHT),
    Kind("sign-in refused", None, press="main form [type=submit]", status=422),
    Kind("registering", None, "/tu-dang-ky/", most=FIRST_SIGHT),
    Kind("registering refused", None, press="main form [type=submit]", status=422),
    Kind("class code", None, "/vao-lop/", most=FIRST_SIGHT),
    Kind("joining a class", None, press="main form [type=submit]", types=("#id_code", CLASS), most=FIRST_SIGHT),
    Kind("card without one", None, "/the/", most=FIRST_SIGHT),
    Kind("checking a certificate", None, "/giay-xac-nhan/", most=FIRST_SIGHT),
    Kind("no such certificate", None, press="main form [type=submit]", types=("#id_code", "7K3M 9QXT"), status=404),
    Kind("help", None, "/tro-giup/"),
    Kind("frameworks", None, "/khung-nang-luc/"),
    Kind("no such page", None, "/khong-co-trang-nay/", status=404),
    Kind("my learning", LEARNER, "/viec-hoc/"),
    Kind("my classes", LEARNER, "/viec-hoc/lop/"),
    Kind("my results", LEARNER, "/viec-hoc/ket-qua/"),
    Kind("why", LEARNER, press="main a[href*='/nang-luc/']"),
    Kind("my data", LEARNER, "/viec-hoc/du-lieu/"),
    Kind("who looked at my data", LEARNER, "/viec-hoc/du-lieu/ai-da-xem/"),
    Kind("copy of my data", LEARNER, "/viec-hoc/du-lieu/ban-sao/"),
    Kind("own password", LEARNER, "/mat-khau/"),
    Kind("places signed in", LEARNER, "/noi-dang-nhap/"),
    Kind("erase", LEARNER, "/viec-hoc/du-lieu/xoa/"),
    Kind("home of a learner", LEARNER, "/"),
    Kind("announcements of a learner", LEARNER, "/thong-bao/"),
    Kind("announcement of a learner", LEARNER, press="main h2 a"),
    Kind("course", LEARNER, COURSE),
    Kind("lesson", LEARNER, press="main ol a"),
    Kind("course with a lesson read", LEARNER, COURSE),
    Kind("practical task", LEARNER, press="main .entries a[href*='/tu-tay-lam']", most=FIRST_SIGHT),
    Kind("quiz", LEARNER, press=("main .up a", "main ol > li:last-child a >> nth=-1")),
    Kind("attempt", LEARNER, press="main form .btn-primary[type=submit]"),
    Kind("confirm", LEARNER, press="main [name=do][value=submit]"),
    Kind("result", LEARNER, press="main [name=do][value=submit]"),
    Kind("not for this account", LEARNER, "/chi-dao/", status=403),
    Kind("wrong method", LEARNER, "/thoat/", status=405),
    Kind("learn with this account", TEACHER, "/hoc-bang-tai-khoan/", most=FIRST_SIGHT),
    Kind("learn with this account refused", TEACHER, press="main form [type=submit]", status=422),
    Kind("team", TEACHER, "/day/to/"),
    Kind("new class", TEACHER, "/day/lop-moi/"),
    Kind("class list", TEACHER, "/day/"),
    Kind("class", TEACHER, press="main h2 a"),
    Kind("class settings", TEACHER, press="main .acts a[href$='/thiet-lap/']"),
    Kind("teachers of a class", TEACHER, press="main a[href$='/nguoi-huong-dan/']"),
    Kind("courses of a class", TEACHER, press=(SETTINGS, "main a[href$='/khoa-hoc/']")),
    Kind("sessions", TEACHER, press=(SETTINGS, BACK, "main .acts a[href$='/buoi-hoc/']")),
    Kind("new session", TEACHER, press="main .acts a[href$='/buoi-hoc/moi/']"),
    Kind("home visit", TEACHER, press=(BACK, "main .acts a[href$='/buoi-hoc/']", "main .acts a[href$='/tai-nha/']")),
    Kind("attendance", TEACHER, press=("main .act a[href$='/buoi-hoc/']", "main h2:last-of-type + ul .act a")),
    Kind("another time of a session", TEACHER, press="main .act a[href$='/sua/']"),
    Kind("adding people", TEACHER, press=("main .act a", "main .act a[href$='/buoi-hoc/']", LEAVE, ADDING)),
    Kind("adding people refused", TEACHER, press="main form [type=submit]", status=422),
    Kind("consent on paper", TEACHER, press="main a[href$='/dong-y/']"),
    Kind("form to sign", TEACHER, press="main a[href$='/mau-giay/']"),
    Kind("tests on paper", TEACHER, press=("main .up a", "main .up a", "main .acts a[href$='/bai-giay/']")),
    Kind("who is new", TEACHER, press=("main .up a", "main .acts a[href$='/nguoi-moi/']")),
    Kind("sheet to sign", TEACHER, press=(BACK, "main .acts a[href$='/ky-ten/']")),
    Kind("poster", TEACHER, press=("main .up a", "main .acts a[href$='/ap-phich/']")),
    Kind("cards", TEACHER, press=(BACK, "main .acts a[href$='/the/']")),
    Kind("cards made", TEACHER, press="main form .btn-primary"),
    Kind("proposing", TEACHER, press=(BACK, "main .acts a[href$='/xac-nhan/']")),
    Kind("proposing refused", TEACHER, press="main [name=do][value=propose]", status=422),
    Kind("proposed", TEACHER, press=("main a[href*='chon=tat-ca']", "main [name=do][value=propose]")),
    Kind("class again", TEACHER, "/day/"),
    Kind("retest of a class", TEACHER, press=("main h2 a", "main .acts a[href$='/phuc-tra/']")),
    Kind("class once more", TEACHER, "/day/"),
    Kind("hardest questions", TEACHER, press=("main h2 a", "main .act a[href$='/cau-kho/']")),
    Kind("reminders", TEACHER, press=(BACK, "#reminders [type=submit]")),
    Kind("a person of a class", TEACHER, press=(BACK, "main a[href*='/nguoi/'] >> nth=-1")),
    Kind("answers of a person", TEACHER, press="main a[href*='/lan-lam/']"),
    Kind("why, for a teacher", TEACHER, press=("main .up a", "main a[href*='/nang-luc/']")),
    Kind("sign-in of a person", TEACHER, press=("main .up a", "main .acts a[href$='/dang-nhap/']")),
    Kind("sign-in of a class", TEACHER, press=(BACK, "main .acts a[href$='/dang-nhap/']")),
    Kind("sign-in held open", TEACHER, press="main form [name=do][value=open]"),
    Kind("first pictures held open", TEACHER, press="main form [name=do][value=choose]"),
    Kind("practical task of a class", TEACHER, press=(BACK, "main .acts a[href$='/thuc-hanh/']"), most=FIRST_SIGHT),
    Kind("nobody ticked", TEACHER, press="main form [type=submit]", status=400, most=FIRST_SIGHT),
    Kind("sheet of a task", TEACHER, press="main a[href$='/phieu/']"),
    Kind("task of one person", TEACHER, press=("main .up a", "main [aria-labelledby=passed] a"), most=FIRST_SIGHT),
    Kind("correction of a task", TEACHER, press="main a[href*='/quan-sat/']", most=FIRST_SIGHT),
    Kind("announcement to pass on", TEACHER, "/thong-bao/lop-toi-thu-ba/"),
    Kind("with the class", None, "/lop/", most=FIRST_SIGHT),
    Kind("names of a class", None, press="main form [type=submit]", types=("#id_code", CLASS), most=FIRST_SIGHT),
    Kind("three pictures", None, press="main .names a", most=FIRST_SIGHT),
    Kind("three pictures refused", None, press="main .btn-primary", status=422),
    Kind("board", COMMITTEE, "/chi-dao/"),
    Kind("target of the board", COMMITTEE, press="main .goal h2 a"),
    Kind("target with months and areas", COMMITTEE, "/chi-dao/kh02-chuongmy-2025/T3-2025/?dia-ban=277@"),
    Kind("a target by class", COMMITTEE, "/chi-dao/kh02-chuongmy-2025/T3-2025/lop/?dia-ban=277@"),
    Kind("what people have gained", COMMITTEE, "/chi-dao/thay-doi/"),
    Kind("retests", COMMITTEE, "/chi-dao/phuc-tra/"),
    Kind("areas found", COMMITTEE, "/chi-dao/?dia-ban=277@&tim=xa"),
    Kind("readings", COMMITTEE, "/chi-dao/ky-so-lieu/"),
    Kind("reading", COMMITTEE, press="main .plain a"),
    Kind("two readings compared", COMMITTEE, press="main form[action$='/so-sanh/'] [type=submit]"),
    Kind("report to sign", COMMITTEE, press=("main .up a", "main .acts a[href$='/bao-cao/']")),
    Kind("confirming", OFFICER, "/xac-nhan/?de-nghi=1"),
    Kind("confirming refused", OFFICER, press="main [name=do][value=review]", status=422),
    Kind(
        "confirming looked at once more",
        OFFICER,
        press=("main a[href*='chon=tat-ca']", "main [name=do][value=review]"),
        types=("#id_number", "12/XN"),
    ),
    Kind("confirmed", OFFICER, press="main [name=do][value=confirm]"),
    Kind("certificates found", OFFICER, "/xac-nhan/?tim=thi"),
    Kind("certificate", OFFICER, press="main a[href*='/giay-xac-nhan/so/']"),
    Kind("revoking", OFFICER, press="main a[href$='/thu-hoi/']"),
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


UNFOLD = """one => {
    for (let each = one.closest("details"); each; each = each.parentElement.closest("details")) each.open = true
}"""


def press(page: Any, selector: str) -> None:
    """Click the first one, after opening what it is folded up in, as a hand does."""
    found = page.locator(selector).first
    found.evaluate(UNFOLD)
    found.click()


def approach(page: Any, kind: Kind) -> None:
    """Press what leads to the page before this kind of page."""
    for selector in _presses(kind)[:-1]:
        with page.expect_navigation():
            press(page, selector)


def reach(page: Any, url: str, kind: Kind) -> Any:
    """Go there from the page before it; Playwright's Response."""
    if kind.path:
        response = page.goto(url + kind.path)
    else:
        if kind.types is not None:
            page.fill(*kind.types)
        with page.expect_navigation() as navigation:
            press(page, _presses(kind)[-1])
        response = navigation.value
    assert response is not None, kind.name
    return response


def _presses(kind: Kind) -> tuple[str, ...]:
    return (kind.press,) if isinstance(kind.press, str) else kind.press
