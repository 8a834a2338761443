"""Announcements: who is shown which, until when, in which language; what is ready to pass on; what editors are told."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser, Permission
from django.db import IntegrityError, connection, transaction
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation
from wagtail.models import Locale
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text

from bdhvs_content.announcement_texts import plain_text, texts_of
from bdhvs_content.api import AnnouncementPage, notices
from bdhvs_lms.campaign.api import areas_around
from bdhvs_lms.classes.api import add_teacher, create_class
from bdhvs_lms.courses.api import Course
from bdhvs_lms.learners import api as learners
from bdhvs_lms.learners.claims import register_self
from tests.bdhvs_content import pages
from tests.bdhvs_lms.learners.making import Land, make_land
from tests.support.markup import html_of
from tests.support.world import uid
from tests.support.worlds import made_once

pytestmark = pytest.mark.django_db

TODAY = date(2025, 11, 15)
LIST = "/thong-bao/"


@pytest.fixture(autouse=True)
def clock(settings: Any) -> None:
    settings.BDHVS_TEST_CLOCK = pages.AT.isoformat()


def words(response: Any) -> str:
    main = re.search(r"<main.*?</main>", html_of(response), re.DOTALL)
    assert main is not None
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main.group())).split())


def titles(response: Any) -> list[str]:
    """Of announcements, in the order in which they stand."""
    return re.findall(r'<a href="[^"]*/thong-bao/[^"]+"[^>]*>\s*([^<]+?)\s*</a>', html_of(response))


def living_in(area: Any, name: str = "lan") -> Client:
    user = get_user_model().objects.create_user(name, password="x")
    learners.register(full_name=name, at=pages.AT, area=area, user=user, actor=uid(name))
    return pages.client_of(name)


class Board:
    """One announcement for each area of `Land`, and one for everyone, newest first as they are written here."""

    def __init__(self) -> None:
        self.land: Land = make_land()
        self.root = pages.catalog()
        self.index = pages.announcements(self.root)
        self.made: dict[str, AnnouncementPage] = {}
        for day, (name, area) in enumerate([*vars(self.land).items(), ("everyone", None)]):
            since = TODAY - timedelta(days=day)
            areas = [area] if area is not None else []
            self.made[name] = pages.announcement(self.index, name, *areas, shown_from=since)


made, board = made_once(Board)


# --- Who is shown what ------------------------------------------------------------------------------------------------


def test_a_learner_is_shown_what_is_for_the_own_area_and_for_everyone_newest_first(board: Board) -> None:
    village = living_in(board.land.village)
    # The village's commune came out of two old ones.
    own = ["province", "district", "whole", "split", "north", "village", "everyone"]
    assert titles(village.get(LIST)) == own
    assert "Phường" not in words(village.get(LIST)) and "Dành cho" not in words(village.get(LIST))
    for address in ("/viec-hoc/", "/"):
        assert titles(village.get(address)) == own[:3], address
    assert titles(living_in(board.land.south, "minh").get(LIST)) == [
        "province",
        "district",
        "split",
        "south",
        "everyone",
    ]
    # Who registered alone is shown what is for where they said that they live; who said nothing, what is for everyone.
    for name, area in (("tu", board.land.south), ("khong", None)):
        person = register_self(full_name=name, birth_year=1960, area=area, at=pages.AT)
        user = get_user_model().objects.create_user(name)
        learners.link_user(person, user)
    assert "south" in titles(pages.client_of("tu").get(LIST))
    assert titles(pages.client_of("khong").get(LIST)) == ["everyone"]


def test_areas_are_those_of_the_moment_of_reading(board: Board) -> None:
    client = living_in(None)
    learner = learners.Learner.objects.get(actor=uid("lan"))

    def moves(area: Any, day: date) -> None:
        learners.Placement.objects.create(learner=learner, area=area, valid_from=day, recorded_at=pages.AT)

    moves(board.land.split, date(2024, 1, 1))
    # Split, and nobody has said yet where they live now: it may be either.
    moves(None, date(2025, 7, 1))
    assert {"north", "south", "split"} <= set(titles(client.get(LIST)))
    moves(board.land.village, TODAY + timedelta(days=1))
    assert "village" not in titles(client.get(LIST))
    moves(board.land.village, TODAY)
    assert "village" in titles(client.get(LIST)) and "south" not in titles(client.get(LIST))
    assert {one.name for one in areas_around(board.land.whole)} == {
        "Old whole", "Old split", "New north", "District", "Province",
    }  # fmt: skip


def test_a_visitor_is_shown_everything_with_its_area_and_on_the_first_page_what_is_for_everyone(board: Board) -> None:
    found = words(Client().get(LIST))
    assert titles(Client().get(LIST)) == list(board.made)
    assert "village Village" in found and "everyone Mọi người" in found
    assert titles(Client().get("/")) == ["everyone"]
    assert "Tất cả thông báo" in words(Client().get("/"))
    board.index.unpublish()
    assert "Tất cả thông báo" not in words(Client().get("/"))


def test_who_works_here_is_shown_everything_and_finds_the_list_from_the_classes(board: Board) -> None:
    assert len(titles(pages.editor().get(LIST))) == len(board.made)
    teacher = teaching(board)
    assert len(titles(teacher.get(LIST))) == len(board.made)
    assert f'<a href="{LIST}">Thông báo, có sẵn lời cho Zalo và loa truyền thanh</a>' in html_of(teacher.get("/day/"))


def teaching(board: Board, name: str = "co-hanh") -> Client:
    """A teacher who lives in the south and learns here too."""
    client = living_in(board.land.south, name)
    course = pages.course(pages.fresh(board.root), f"Khóa của {name}")
    pages.lesson(course)
    row = Course.objects.get(key=course.translation_key)
    group = create_class(name=name, code=name, course=row, area=board.land.north, starts=TODAY, at=pages.AT, by=None)
    add_teacher(group, get_user_model().objects.get(username=name), at=pages.AT, by=None)
    return client


# --- Until when -------------------------------------------------------------------------------------------------------


def test_it_is_shown_from_its_first_day_to_its_last_and_its_page_then_says_that_it_is_over(
    settings: Any, board: Board
) -> None:
    before = TODAY - timedelta(days=30)
    AnnouncementPage.objects.update(shown_from=before, shown_until=before)
    page = pages.announcement(board.index, "Đổi giờ", shown_from=TODAY + timedelta(1), until=TODAY + timedelta(2))
    address = page.url
    seen = []
    for day in range(4):
        settings.BDHVS_TEST_CLOCK = (pages.AT + timedelta(days=day)).isoformat()
        answer = Client().get(address)
        over = answer.status_code == 200 and "đã hết hạn. Hạn đến hết ngày 17/11/2025." in words(answer)
        seen.append((answer.status_code, "Đổi giờ" in titles(Client().get(LIST)), over))
    assert seen == [(404, False, False), (200, True, False), (200, True, False), (200, False, True)]
    settings.BDHVS_TEST_CLOCK = pages.AT.isoformat()
    assert "Chưa hiện: mọi người thấy thông báo này từ ngày 16/11/2025." in words(pages.editor().get(address))
    assert "Chưa có thông báo nào." in words(Client().get(LIST))
    assert "Chưa có thông báo nào cho nơi đang ở." in words(living_in(None).get(LIST))


def test_the_database_refuses_a_last_day_before_the_first(board: Board) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        AnnouncementPage.objects.filter(pk=board.made["village"].pk).update(shown_from=date(2100, 1, 1))


# --- In another language ----------------------------------------------------------------------------------------------


def test_a_translation_is_shown_to_whoever_reads_it_with_the_originals_days_and_areas(board: Board) -> None:
    english = Locale.objects.get_or_create(language_code="en")[0]
    for page in (board.root, board.index):
        pages.publish(page.copy_for_translation(english, copy_parents=True))
    copy = board.made["village"].copy_for_translation(english)
    copy.title, copy.shown_until = "Evening class", TODAY - timedelta(days=1)
    copy.areas = []
    pages.publish(copy)
    client = living_in(board.land.village)
    assert "village" in words(client.get(LIST)) and "Evening class" not in words(client.get(LIST))
    english_list = words(client.get("/en/my-learning/"))
    assert "province" in english_list
    listed = client.get(copy.get_parent().get_url())
    assert "Evening class" in words(listed) and "village Village" not in words(listed)
    assert "Evening class" not in words(living_in(board.land.south, "minh").get(copy.get_parent().get_url()))
    shown = words(Client().get(pages.fresh(copy).url))
    assert "is over" not in shown and "For whom Village" in shown
    form = pages.editor().get(reverse("wagtailadmin_pages:edit", args=[copy.pk]))
    assert not {"areas", "shown_until"} & set(form.context["form"].fields)


# --- To pass on -------------------------------------------------------------------------------------------------------

ZALO = """THÔNG BÁO: Lớp tối thứ Ba

Mời đến lớp.
- Mang kính
- Mang điện thoại

Thời gian: 19:30, thứ Ba 24/11/2026
Địa điểm: nhà văn hóa
Dành cho: Village
Xem thêm: http://testserver/thong-bao/lop-toi-thu-ba/"""
SAID = """Kính thưa bà con village.
Xin thông báo: Lớp tối thứ Ba.
Mời đến lớp.
Mang kính.
Mang điện thoại.
Thời gian: mười chín giờ ba mươi phút, thứ Ba ngày hai mươi tư tháng mười một năm hai nghìn không trăm hai mươi sáu.
Địa điểm: nhà văn hóa.
Xin nhắc lại: Lớp tối thứ Ba.
Thời gian: mười chín giờ ba mươi phút, thứ Ba ngày hai mươi tư tháng mười một năm hai nghìn không trăm hai mươi sáu.
Địa điểm: nhà văn hóa.
Xin cảm ơn bà con đã lắng nghe."""


def areas_of_text(response: Any) -> list[str]:
    found = re.findall(r"<textarea[^>]*readonly[^>]*>(.*?)</textarea>", html_of(response), re.DOTALL)
    return [unescape(text).strip() for text in found]


def test_whoever_passes_it_on_finds_both_texts_and_nobody_else(board: Board) -> None:
    page = pages.announcement(
        board.index,
        "Lớp tối thứ Ba",
        board.land.village,
        text='<p>Mời đến <a href="https://bdhvs.example/">lớp</a>.</p>'
        "<ul><li>Mang <b>kính</b></li><li>Mang điện thoại</li></ul>",
        time_words="19:30, thứ Ba 24/11/2026",
        place_words="nhà văn hóa",
    )
    operator = get_user_model().objects.create_user("van-hanh", password="x")
    operator.user_permissions.add(Permission.objects.get(codename="access_admin"))
    for client in (pages.editor(), teaching(board), pages.client_of("van-hanh")):
        assert areas_of_text(client.get(page.url)) == [ZALO, SAID]
        assert html_of(client.get(page.url)).count('data-copy="text-') == 2
    for client in (Client(), living_in(board.land.village)):
        assert "Lời gửi nhóm Zalo" not in words(client.get(page.url))
        assert areas_of_text(client.get(page.url)) == []
        assert "copy.js" not in html_of(client.get(page.url))
    # The editor reads them where they are made.
    edit = pages.client_of("bien-soan").get(reverse("wagtailadmin_pages:edit", args=[page.pk]))
    assert areas_of_text(edit) == [ZALO, SAID]


def test_an_editors_own_text_takes_the_place_of_the_one_that_is_made(board: Board) -> None:
    page = pages.announcement(board.index, zalo_text="Gửi nhóm.", loudspeaker_text="A lô, a lô, 19:30.")
    texts = texts_of(page, None)
    assert (texts.zalo, texts.loudspeaker) == ("Gửi nhóm.", "A lô, a lô, 19:30.")
    assert "nơi" not in texts.zalo
    assert plain_text("<p>Một&amp;hai<br/>ba</p>") == "Một&hai\nba"
    english = Locale.objects.get_or_create(language_code="en")[0]
    page.locale, page.zalo_text, page.loudspeaker_text, page.time_words = english, "", "", "19:30"
    with translation.override("vi"):
        assert "Time: 19:30." in texts_of(page, None).loudspeaker


# --- What an editor is told -------------------------------------------------------------------------------------------


def form(**values: Any) -> dict[str, Any]:
    return (
        nested_form_data(
            {
                "title": "Lớp mới",
                "slug": "lop-moi",
                "text": rich_text("<p>Mời đến lớp.</p>"),
                "time_words": "",
                "place_words": unicodedata.normalize("NFD", "nhà văn hóa"),
                "shown_from": "2025-11-20",
                "shown_until": "2025-11-30",
                "zalo_text": "",
                "loudspeaker_text": "",
                "comments": inline_formset([]),
            }
        )
        | values
    )


def test_an_editor_writes_one_by_ticking_areas_of_today(settings: Any, board: Board) -> None:
    client = pages.editor()
    address = reverse("wagtailadmin_pages:add", args=["bdhvs_content", "announcementpage", board.index.pk])
    opened = html_of(client.get(address))
    offered = re.findall(r'name="areas" value="\d+"[^>]*>\s*([^<]+?)\s*</label>', opened)
    # By the commune that they lie in; what has been abolished is not there to be ticked.
    assert offered == ["New north", "New south", "Province", "Village"]
    assert "<label>New north</label>" in opened

    before = AnnouncementPage.objects.count()
    for wrong, said in (
        ({"shown_until": "2025-11-19"}, "Ngày cuối sớm hơn ngày đầu."),
        ({"text": rich_text(f"<p>{'a' * 601}</p>")}, "600 ký tự (hiện có 601)"),
        ({"areas": ["999999"]}, "999999"),
    ):
        answer = client.post(address, form(**wrong, **{"action-publish": "1"}))
        assert answer.status_code == 200 and said in unescape(html_of(answer)), wrong
    answer = client.post(address, form(shown_until="", **{"action-publish": "1"}))
    assert answer.status_code == 200 and answer.context["form"].errors.keys() == {"shown_until"}
    assert AnnouncementPage.objects.count() == before
    # A draft may be unfinished, but it has a last day, and does not contradict itself.
    answer = client.post(address, form(title="Nháp", slug="nhap", shown_until=""))
    assert answer.context["form"].errors.keys() == {"shown_until"}
    assert client.post(address, form(title="Nháp", slug="nhap", shown_until="2025-11-19")).status_code == 200
    assert AnnouncementPage.objects.count() == before

    sent = form(areas=[board.land.village.pk, board.land.south.pk], **{"action-publish": "1"})
    assert client.post(address, sent).status_code == 302
    page = AnnouncementPage.objects.get(slug="lop-moi")
    assert (page.live, page.place_words) == (True, "nhà văn hóa")
    assert {area.name for area in page.areas.all()} == {"Village", "New south"}
    # One that was ticked stays there when it has been abolished since.
    page.areas = [board.land.whole]
    page = pages.publish(page)
    assert "Old whole" in html_of(client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])))


# --- What it costs ----------------------------------------------------------------------------------------------------


def test_the_price_is_the_same_for_any_number_of_announcements_and_areas(board: Board) -> None:
    learner, teacher = living_in(board.land.village), teaching(board)
    readers = {
        "visitor": (Client(), (LIST, "/", board.made["village"].url)),
        "learner": (learner, (LIST, "/", "/viec-hoc/", board.made["village"].url)),
        "teacher": (teacher, (LIST, "/day/", board.made["village"].url)),
    }
    counts = []
    for many in (1, 4):
        for number in range(many):
            areas = list(vars(board.land).values())[: number + 1]
            pages.announcement(board.index, f"Thêm {many} {number}", *areas)
        board.made["village"].areas = list(vars(board.land).values())[:many]
        board.made["village"].save()
        found = {}
        for name, (client, addresses) in readers.items():
            for address in addresses:
                client.get(address)
                with CaptureQueriesContext(connection) as queries:
                    assert client.get(address).status_code == 200
                found[name, address] = len(queries)
        counts.append(found)
    assert counts[0] == counts[1]
    # What it adds to a page about something else.
    request = RequestFactory().get("/")
    request.user, request.learner = AnonymousUser(), learners.Learner.objects.get(actor=uid("lan"))
    with CaptureQueriesContext(connection) as queries:
        assert len(notices(request, few=True)) == 3
    assert len(queries) <= 6
