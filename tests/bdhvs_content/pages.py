"""A small site of real pages for tests of content: catalogue, course, lesson, quiz, questions of the bank."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.core.files.images import ImageFile
from django.test import Client
from django.utils.text import slugify
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Locale, Page, Site

from bdhvs_content.api import (
    AnnouncementIndexPage,
    AnnouncementPage,
    CatalogPage,
    CoursePage,
    LessonAlignment,
    LessonPage,
    SectionPage,
)
from bdhvs_lms.audit.api import record_consent
from bdhvs_lms.base.api import fold
from bdhvs_lms.competency import api as competency
from bdhvs_lms.courses import api as courses
from bdhvs_lms.learners import api as learners
from bdhvs_quiz.api import QuizItem, QuizPage, SingleChoiceQuestion
from bdhvs_quiz.models import QuizAlignment
from tests.support.world import FRAMEWORK, uid

AT = datetime(2025, 11, 15, 2, 0, tzinfo=UTC)


def framework() -> Any:
    return competency.load_framework(FRAMEWORK, at=AT)


def catalog() -> CatalogPage:
    """The site's root, in place of Wagtail's welcome page."""
    page = CatalogPage(title="Khóa học", slug="khoa-hoc-trang-chu")
    Page.objects.get(depth=1).add_child(instance=page)
    site = Site.objects.get(is_default_site=True)
    site.root_page = page
    site.save()
    return page


def publish(page: Any) -> Any:
    page.save_revision().publish()
    return type(page).objects.get(pk=page.pk)


def course(parent: Page, title: str = "An toàn trên mạng", *, live: bool = True) -> CoursePage:
    page = CoursePage(title=title, intro="Cho mọi người có điện thoại.", live=False)
    parent.add_child(instance=page)
    return publish(page) if live else page


def section(parent: Page, title: str = "Phần một", *, live: bool = True, intro: str = "") -> SectionPage:
    page = SectionPage(title=title, intro=intro, live=False)
    parent.add_child(instance=page)
    return publish(page) if live else page


def fresh(page: Any) -> Any:
    """The page as the database has it: treebeard's instances do not follow moves."""
    return type(page).objects.get(pk=page.pk)


def lesson(
    parent: Page, title: str = "Nhận cuộc gọi lạ", *, live: bool = True, aligned: Iterable[tuple[Any, int]] = ()
) -> LessonPage:
    page = LessonPage(title=title, body=[("text", "<p>Dừng lại, gọi số in trên thẻ.</p>")], live=False)
    page.alignments = [LessonAlignment(competency=row, level=level) for row, level in aligned]
    parent.add_child(instance=page)
    return publish(page) if live else page


def announcements(parent: Page, title: str = "Thông báo", *, live: bool = True) -> AnnouncementIndexPage:
    page = AnnouncementIndexPage(title=title, slug=slugify(fold(title)), live=False)
    fresh(parent).add_child(instance=page)
    return publish(page) if live else page


def announcement(
    parent: Page,
    title: str = "Lớp tối thứ Ba",
    *areas: Any,
    live: bool = True,
    until: date = date(2099, 12, 31),
    **values: Any,
) -> AnnouncementPage:
    """For everyone, or for these areas."""
    given = {"slug": slugify(fold(title)), "text": "<p>Mời đến lớp.</p>", **values}
    page = AnnouncementPage(title=title, live=False, shown_until=until, **given)
    page.areas = list(areas)
    fresh(parent).add_child(instance=page)
    return publish(page) if live else page


def options(texts: Sequence[str], right: int | None, feedback: str = "") -> list[dict[str, Any]]:
    """Raw stream data with stable ids that follow from the texts."""
    return [
        {
            "type": "option",
            "id": str(uid(f"option-{text}")),
            "value": {"text": text, "right": place == right, "feedback": feedback},
        }
        for place, text in enumerate(texts)
    ]


def question(
    prompt: str = "Người lạ hỏi mã OTP. Làm gì?",
    *,
    texts: Sequence[str] = ("Đọc cho họ", "Không đọc cho ai", "Nhắn tin cho họ"),
    right: int | None = 1,
    feedback: str = "",
    explanation: str = "Ai có mã là lấy được tiền.",
    live: bool = True,
    key: uuid.UUID | None = None,
) -> SingleChoiceQuestion:
    row = SingleChoiceQuestion(prompt=prompt, explanation=explanation, live=False, locale=Locale.get_default())
    if key is not None:
        row.translation_key = key
    row.options = options(texts, right, feedback)
    row.save()
    row.save_revision(clean=False)
    if live:
        row.latest_revision.publish()
    return SingleChoiceQuestion.objects.get(pk=row.pk)


def option_id(row: SingleChoiceQuestion, place: int) -> str:
    return str(list(row.options)[place].id)


def quiz(
    parent: Page,
    questions: Sequence[Any],
    title: str = "Kiểm tra cuối bài",
    *,
    live: bool = True,
    aligned: Iterable[tuple[Any, int]] = (),
    **values: Any,
) -> QuizPage:
    page = QuizPage(title=title, live=False, **values)
    page.items = [QuizItem(question=row, sort_order=place) for place, row in enumerate(questions)]
    page.alignments = [QuizAlignment(competency=row, level=level) for row, level in aligned]
    parent.add_child(instance=page)
    return publish(page) if live else page


def picture() -> Any:
    return get_image_model().objects.create(title="Hình", file=ImageFile(get_test_image_file(), name="hinh.png"))


def person(name: str = "lan", *, consent: bool = True) -> learners.Learner:
    """A learner with an account of that name."""
    user = get_user_model().objects.create_user(name, password="x")
    row = learners.register(full_name=f"Nguyễn Thị {name.title()}", at=AT, user=user, actor=uid(name))
    if consent:
        record_consent(row.actor, given=True, at=AT)
    return row


def enrolled(page: Page, name: str = "lan") -> learners.Learner:
    row = person(name)
    courses.enrol(row, page.translation_key, at=AT)
    return row


def client_of(name: str, **more: Any) -> Client:
    client = Client(**more)
    client.force_login(get_user_model().objects.get(username=name))
    return client


def editor(name: str = "bien-soan") -> Client:
    """Signed in to the admin."""
    get_user_model().objects.create_superuser(name, password="x")
    return client_of(name)


class Written:
    """A course without lessons, and an editor who is signed in."""

    def __init__(self) -> None:
        self.catalog = catalog()
        self.course = course(self.catalog)
        self.client = editor()
