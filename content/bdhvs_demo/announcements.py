"""The demonstration's announcements: for everyone, for one residential group, for one commune."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from wagtail.models import Locale, Page

from bdhvs_content.api import AnnouncementIndexPage, AnnouncementPage
from bdhvs_demo.data import demo_id
from bdhvs_demo.places import COMMUNE, DemoAreas

LASTS = timedelta(days=90)


@dataclass(frozen=True)
class Announcement:
    key: str
    title: str
    text: str
    time: str = ""
    place: str = ""
    areas: tuple[str, ...] = ()


ANNOUNCEMENTS = (
    Announcement(
        "giup-dang-nhap",
        "Chưa đăng nhập được thì đến lớp gần nhà",
        "<p>Ai chưa đăng nhập được, quên mật khẩu hay mất thẻ QR thì mang điện thoại đến lớp. Người hướng dẫn giúp tại "
        "chỗ.</p><p><b>Không đọc mã OTP cho bất kỳ ai.</b></p>",
    ),
    Announcement(
        "lop-toi-thu-ba",
        "Lớp tối thứ Ba tại nhà văn hóa thôn",
        "<p>Mời bà con đến lớp dùng điện thoại. Người mới cũng học được.</p><p>Nhớ sạc đầy pin và mang theo kính.</p>",
        time="19:30, tối thứ Ba hằng tuần",
        place="nhà văn hóa thôn (minh họa)",
        areas=(COMMUNE,),
    ),
    Announcement(
        "lop-toi-thu-hai",
        "Lớp tối thứ Hai ôn bài trước khi kiểm tra",
        "<p>Buổi tới lớp ôn lại các bài đã học và làm thử bài kiểm tra. Ai chưa xong bài thì đến sớm để được giúp.</p>",
        time="19:30, tối thứ Hai",
        place="nhà văn hóa tổ dân phố (minh họa)",
        areas=("MINH-HOA-1",),
    ),
)


def load(catalog: Page, where: DemoAreas, *, by: Any, today: date) -> None:
    """Publish those that are not there yet; shown from `today` on. The list is published last of all: from then on all
    of it is the editors'."""
    locale = Locale.objects.get(language_code="vi")
    index = AnnouncementIndexPage.objects.child_of(catalog).first()
    if index is not None and index.first_published_at is not None:
        return
    if index is None:
        index = AnnouncementIndexPage(
            title="Thông báo",
            slug="thong-bao",
            translation_key=demo_id("announcements"),
            locale=locale,
            owner=by,
            live=False,
        )
        catalog.add_child(instance=index)
    for given in ANNOUNCEMENTS:
        key = demo_id(f"announcements/{given.key}")
        if AnnouncementPage.objects.filter(translation_key=key, locale=locale).exists():
            continue
        page = AnnouncementPage(
            title=given.title,
            slug=given.key,
            text=given.text,
            time_words=given.time,
            place_words=given.place,
            shown_from=today,
            shown_until=today + LASTS,
            translation_key=key,
            locale=locale,
            owner=by,
            live=False,
        )
        page.areas = [where.areas[code] for code in given.areas]
        AnnouncementIndexPage.objects.get(pk=index.pk).add_child(instance=page)
        page.save_revision(user=by).publish(user=by)
    index = AnnouncementIndexPage.objects.get(pk=index.pk)
    index.save_revision(user=by).publish(user=by)
