"""What the learner reads: what to do, what is looked at, who looks, and what was seen so far; and the editor's page."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override
from wagtail.models import Locale
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield

from bdhvs_content.api import NotPublishable
from bdhvs_lms.audit.api import record_consent
from bdhvs_lms.classes.api import add_member
from bdhvs_lms.courses.api import enrol
from bdhvs_tasks.models import TaskPage, TaskVersion
from tests.bdhvs_content import pages
from tests.bdhvs_tasks.helpers import CLOCK, ITEMS, Watching, checklist, steps, task
from tests.support.markup import html_of
from tests.support.worlds import made_once

pytestmark = pytest.mark.django_db


made, own = made_once(Watching)


@pytest.fixture
def watching(own: Watching, settings: Any) -> Watching:
    settings.BDHVS_TEST_CLOCK = CLOCK
    return own


def reading(watching: Watching, name: str = "ba") -> tuple[Client, Any]:
    """A member with an account, enrolled."""
    learner = pages.person(name)
    add_member(watching.group, learner, at=pages.AT, by=None)
    enrol(learner, watching.course.translation_key, at=pages.AT)
    return pages.client_of(name), learner


def test_whoever_is_not_enrolled_is_asked_to_enrol(watching: Watching) -> None:
    page = html_of(Client().get(watching.task.url))
    assert "Bài thực hành này thuộc khóa học ở trên." in page
    assert "Tìm được mục Cỡ chữ" not in page


def test_the_learner_reads_steps_checklist_and_who_observes(watching: Watching) -> None:
    client, _learner = reading(watching)
    page = html_of(client.get(watching.task.url))
    for words in (
        "Dùng máy của mình.", "Mở Cài đặt.", *ITEMS, "Gợi ý 2", "không bắt buộc", "Chưa thực hành",
        "Ai quan sát", "Lớp lop-1", "co-hanh", "Đạt khi làm được mọi ý bắt buộc.",
    ):  # fmt: skip
        assert words in page, words
    assert '<form method="post" action="/bai' not in page
    course = html_of(client.get(watching.course.url))
    assert "Bài thực hành" in course and "Chưa thực hành" in course


def test_what_was_missing_is_said_and_then_that_it_is_passed_and_how_that_is_known(watching: Watching) -> None:
    client, learner = reading(watching)
    watching.observe(learner, (0, 1, 3))
    page = html_of(client.get(watching.task.url))
    assert "Lần quan sát gần nhất, ngày 15/11/2025: làm được 3/4 ý. Còn thiếu:" in page
    assert page.count("lần trước còn thiếu") == 1
    assert "Đang thực hành" in page
    watching.observe(learner, at=pages.AT + timedelta(hours=1))
    page = html_of(client.get(watching.task.url))
    assert "Đạt ngày 15/11/2025" in page and "có người quan sát" in page
    assert "còn thiếu" not in page


def test_the_teacher_reads_it_without_a_learners_record(watching: Watching) -> None:
    page = html_of(watching.client.get(watching.task.url))
    assert "Không có gì được ghi lại." in page and all(text in page for text in ITEMS)
    assert "Chưa thực hành" not in page


def test_it_leads_on_although_nobody_has_watched_yet(watching: Watching) -> None:
    pages.lesson(pages.fresh(watching.course), "Bài sau")
    client, _learner = reading(watching)
    assert "Tiếp theo: Bài sau" in html_of(client.get(watching.task.url))


def test_who_has_withdrawn_consent_is_told_that_nothing_can_be_recorded(watching: Watching) -> None:
    client, learner = reading(watching)
    record_consent(learner.actor, given=False, at=pages.AT + timedelta(hours=1))
    assert "người hướng dẫn chưa ghi được gì" in html_of(client.get(watching.task.url))


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_queries_of_the_learners_page_do_not_grow(watching: Watching) -> None:
    client, learner = reading(watching)
    watching.observe(learner, (0,))
    with CaptureQueriesContext(connection) as few:
        client.get(watching.task.url)
    for hours in range(1, 4):
        watching.observe(learner, (0, 1), at=pages.AT + timedelta(hours=hours))
    page = pages.fresh(watching.task)
    image = pages.picture()
    page.steps = [{**row, "value": {**row["value"], "image": image.pk, "alt": "Hình"}} for row in steps(*"abcdef")]
    pages.publish(page)
    client.get(watching.task.url)
    with CaptureQueriesContext(connection) as more:
        client.get(watching.task.url)
    # The steps have pictures now: the pictures and their renditions.
    assert len(more) <= len(few) + 2
    assert len(few) <= 36


def test_a_translation_shows_its_own_words_of_the_originals_items(watching: Watching) -> None:
    english = Locale.objects.get_or_create(language_code="en")[0]
    watching.course.get_parent().copy_for_translation(english, copy_parents=True).save_revision().publish()
    course = pages.fresh(watching.course).copy_for_translation(english)
    course.save_revision().publish()
    page = pages.fresh(watching.task).copy_for_translation(english)
    page.checklist = checklist(["Opened the settings", *ITEMS[1:], "Only here"])
    page.save_revision().publish()
    client, _learner = reading(watching)
    shown = html_of(client.get(TaskPage.objects.get(pk=page.pk).url))
    assert "Opened the settings" in shown and "Only here" not in shown
    assert TaskVersion.objects.count() == 1


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"steps": []}, "Chưa có việc gì để làm."),
        ({"checklist": []}, "Bảng kiểm còn trống."),
        ({"checklist": checklist(["", "b"])}, "Hãy viết điều người quan sát cần nhìn thấy."),
        ({"checklist": checklist(optional=range(4))}, "ai cũng đạt"),
        ({"needed": 5}, "bảng kiểm chỉ có 4 ý"),
        ({"checklist": checklist(["Mở máy", "mở máy"])}, "Có hai ý giống nhau."),
    ],
)
def test_what_cannot_be_passed_or_failed_is_not_published(
    values: dict[str, Any], said: str, watching: Watching
) -> None:
    page = task(pages.fresh(watching.course), "Khác", live=False, **values)
    with override("vi"), pytest.raises(NotPublishable) as refused:
        page.save_revision().publish()
    assert said in str(refused.value)


def test_an_editor_makes_one_in_the_admin_and_sees_it_as_learners_do(watching: Watching) -> None:
    client = pages.editor()
    address = f"/quan-tri/pages/add/bdhvs_tasks/taskpage/{watching.course.pk}/"
    page = html_of(client.get(address))
    for words in ("Người học làm gì", "Người quan sát nhìn vào đâu", "Khi nào là xong", "được bốn ý bất kỳ là đạt"):
        assert words in page, words
    item = {"text": "Gọi được 113", "required": "on", "help": ""}
    form = {
        "title": "Gọi 113",
        "slug": "goi-113",
        "intro": "",
        "needed": "",
        "required": "on",
        "steps": streamfield([("step", {"text": rich_text("<p>Bấm 113.</p>"), "image": "", "alt": ""})]),
        "checklist": streamfield([("item", {**item, "text": ""})]),
        "alignments": inline_formset([]),
        "action-publish": "1",
    }
    refused = html_of(client.post(address, nested_form_data(form)))
    # Beside its block, for Wagtail's script to show.
    assert json.dumps("Hãy viết điều người quan sát cần nhìn thấy.")[1:-1] in refused
    assert not TaskPage.objects.filter(slug="goi-113").exists()
    answer = client.post(address, nested_form_data({**form, "checklist": streamfield([("item", item)])}))
    assert answer.status_code == 302
    made = TaskPage.objects.get(slug="goi-113")
    assert TaskVersion.objects.get(activity_key=made.translation_key).items[0]["text"] == "Gọi được 113"
    shown = html_of(client.get(f"/quan-tri/pages/{made.pk}/view_draft/"))
    for words in ("Bấm 113.", "Gọi được 113", "Đạt khi làm được mọi ý bắt buộc.", "Không có gì được ghi lại."):
        assert words in shown, words
