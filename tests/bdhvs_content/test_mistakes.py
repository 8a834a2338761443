"""An editor's mistakes: each gets a clear message, and nothing that was typed is lost."""

from __future__ import annotations

import json
import uuid
from functools import partial
from typing import Any

import pytest
from django.conf import settings
from django.urls import reverse
from wagtail.models import Page
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield

from bdhvs_content.api import LessonPage, read_lesson
from bdhvs_lms.progress.api import Result
from tests.bdhvs_content import pages
from tests.bdhvs_content.test_admin import create, lesson_form
from tests.permissions.answers import tables_written
from tests.support.loops import for_each
from tests.support.worlds import made_once

pytestmark = [
    pytest.mark.django_db,
    # Wagtail leaves the temporary file of a new rendition to the garbage collector.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


class Site:
    def __init__(self) -> None:
        self.catalog = pages.catalog()
        self.course = pages.course(self.catalog, "Ban đầu")
        self.section = pages.section(self.course, intro="Lời giới thiệu phần.")
        self.lesson = pages.lesson(self.section, "Ban đầu")
        self.quiz = pages.quiz(self.course, [pages.question()], "Ban đầu")
        # An editor who learns too.
        self.learner = pages.enrolled(self.course)
        user = pages.get_user_model().objects.filter(username="lan")
        user.update(is_superuser=True, first_name="Lan", last_name="Nguyễn")
        self.client = pages.client_of("lan")


made, site = made_once(Site)


def edit(page: Page) -> str:
    return reverse("wagtailadmin_pages:edit", args=[page.pk])


# --- Unfinished blocks ------------------------------------------------------------------------------------------------


def unfinished() -> list[tuple[str, Any]]:
    return [
        ("picture", {"image": str(pages.picture().pk), "alt": "", "caption": "Chú thích đã gõ"}),
        (
            "steps",
            {
                "heading": "Bước đã gõ",
                "steps": streamlist([{"text": rich_text("<p></p>"), "image": "", "alt": "Lời đã gõ"}]),
            },
        ),
    ]


def streamlist(items: list[Any]) -> dict[str, Any]:
    """What a ListBlock's form sends."""
    rows: dict[str, Any] = {"count": str(len(items))}
    for place, value in enumerate(items):
        rows[str(place)] = {"value": value, "order": str(place), "deleted": "", "type": "item"}
    return rows


def test_what_is_missing_in_blocks_is_said_when_publishing_and_kept_in_a_draft(site: Site) -> None:
    form = lesson_form("Còn thiếu", body=unfinished())
    html = create(site.client, site.course, {**form, "action-publish": "1"}).content.decode()
    assert LessonPage.objects.get() == site.lesson
    for typed in ("Còn thiếu", "Chú thích đã gõ", "Bước đã gõ", "Lời đã gõ"):
        assert typed in html or json.dumps(typed)[1:-1] in html
    for said in ("có người chỉ nghe được bài học", "Hãy viết bước này làm gì"):
        assert said in html or json.dumps(said)[1:-1] in html

    create(site.client, site.course, form)
    draft = LessonPage.objects.latest("pk")
    assert not draft.live
    assert draft.body[0].value["caption"] == "Chú thích đã gõ"
    assert draft.body[1].value["steps"][0]["alt"] == "Lời đã gõ"


# --- Two editors at once ----------------------------------------------------------------------------------------------


def course_form(title: str, **more: Any) -> dict[str, Any]:
    given = {"title": title, "slug": "khoa", "intro": "Cho mọi người.", "drawing": "phone"}
    form = {**given, "comments": inline_formset([]), **more}
    return nested_form_data(form)


def quiz_form(quiz: Any, title: str, **more: Any) -> dict[str, Any]:
    item = quiz.items.get()
    return nested_form_data(
        {
            "title": title,
            "slug": "kiem-tra",
            "intro": "",
            "pass_percent": "80",
            "attempts_allowed": "0",
            "wait_minutes": "0",
            "grade_from": "best",
            "show_answers": quiz.show_answers,
            "required": "on",
            "items": inline_formset([{"id": item.pk, "question": item.question_id, "ORDER": 0}], initial=1),
            "alignments": inline_formset([]),
            "overall_feedback": inline_formset([]),
            "draws": inline_formset([]),
            "comments": inline_formset([]),
            **more,
        }
    )


class Two:
    """Lan and Minh have opened the same page."""

    def __init__(self, site: Site, kind: str = "lesson") -> None:
        self.page, self.form = {
            "course": (site.course, course_form),
            "lesson": (site.lesson, lesson_form),
            "quiz": (site.quiz, partial(quiz_form, site.quiz)),
        }[kind]
        self.lan, self.minh = site.client, pages.editor("minh")
        self.opened = self.marks(self.lan)

    def marks(self, client: Any) -> dict[str, str]:
        """What the form was opened with, as its hidden fields say."""
        context = client.get(edit(self.page)).context
        return {
            "loaded_revision_id": str(context["page"].latest_revision_id),
            "loaded_revision_created_at": context["loaded_revision_created_at"],
        }

    def latest(self) -> str:
        title: str = pages.fresh(self.page).get_latest_revision_as_object().title
        return title


@for_each(("kind", "action"), [("course", {"action-publish": "1"}), ("lesson", {}), ("quiz", {"action-publish": "1"})])
def test_the_second_of_two_editors_is_told_and_overwrites_only_knowing_it(
    kind: str, action: dict[str, str], site: Site
) -> None:
    two = Two(site, kind)
    two.lan.post(edit(two.page), two.form("Của Lan", **two.opened))
    assert two.latest() == "Của Lan"

    answer = two.minh.post(edit(two.page), two.form("Của Minh", **two.opened, **action))
    html = answer.content.decode()
    assert answer.status_code == 200
    assert "Chưa lưu gì" in html and "Lan Nguyễn đã lưu trang" in html
    assert 'value="Của Minh"' in html
    assert two.latest() == "Của Lan"
    assert pages.fresh(two.page).title == "Ban đầu"

    # The form that came back knows the newer revision: sent again it is in force, and Lan's stays in the history.
    again = {
        "loaded_revision_id": str(answer.context["page"].latest_revision_id),
        "loaded_revision_created_at": answer.context["loaded_revision_created_at"],
    }
    two.minh.post(edit(two.page), two.form("Của Minh", **again, **action))
    assert two.latest() == "Của Minh"
    assert pages.fresh(two.page).title == ("Của Minh" if action else "Ban đầu")
    assert "Của Lan" in [revision.content["title"] for revision in two.page.revisions.all()]


def test_one_editor_alone_and_wagtails_quiet_saving_are_not_disturbed(site: Site) -> None:
    two = Two(site)
    quiet = {"Accept": "application/json"}
    saved = two.lan.post(edit(two.page), lesson_form("Lặng lẽ", **two.opened), headers=quiet).json()
    assert saved["success"] is True
    own = {**two.opened, "overwrite_revision_id": str(saved["revision_id"])}
    two.lan.post(edit(two.page), lesson_form("Bấm lưu", **own))
    assert two.latest() == "Bấm lưu"
    # Minh's quiet saving is refused by Wagtail, without a page.
    refused = two.minh.post(edit(two.page), lesson_form("Của Minh", **two.opened), headers=quiet).json()
    assert (refused["success"], refused["error_code"]) == (False, "invalid_revision")
    assert two.latest() == "Bấm lưu"


def test_who_has_opened_the_page_sees_that_somebody_else_has_it_open(site: Site) -> None:
    """Wagtail's own notice, which the admin shows by itself."""
    two = Two(site)
    two.minh.get(edit(two.page))
    session = two.lan.get(edit(two.page)).context["editing_sessions"]
    address = reverse(
        "wagtailadmin_editing_sessions:ping", args=["wagtailcore", "page", two.page.pk, session.current_session.pk]
    )
    others = two.lan.post(address).json()["other_sessions"]
    assert [other["user"] for other in others] == ["minh"]


# --- Deleting what learners have done ---------------------------------------------------------------------------------


def test_deleting_what_learners_have_results_in_says_so_first_and_keeps_the_results(site: Site) -> None:
    course, section, lesson = site.course, site.section, site.lesson
    for learner in (site.learner, pages.enrolled(course, "minh")):
        read_lesson(learner, lesson.translation_key, act_id=uuid.uuid4(), at=pages.AT)

    def asked(page: Page) -> str:
        text: str = site.client.get(reverse("wagtailadmin_pages:delete", args=[page.pk])).content.decode()
        return text

    for page in (lesson, section, course):
        assert "2 người học đã có kết quả ở đây" in asked(page)
    assert "đã có kết quả" not in asked(site.quiz)
    site.client.post(reverse("wagtailadmin_pages:delete", args=[section.pk]))
    assert not LessonPage.objects.filter(pk=lesson.pk).exists()
    assert Result.objects.filter(activity_key=lesson.translation_key).count() == 2


# --- A paste from Word ------------------------------------------------------------------------------------------------


def from_word(size: int) -> str:
    """What Draftail sends after a paste from Word, as content state: styles and blocks that no lesson may have, too.
    Of much mark-up there is little to read."""
    marked = {"offset": 5, "length": 4, "style": f"MSO_{'COLOR_' * 40}RED"}
    block = {
        "text": "Điện thoại có ích.",
        "type": "unstyled",
        "depth": 0,
        "inlineStyleRanges": [
            {"offset": 0, "length": 4, "style": "BOLD"},
            *[marked] * 50,
        ],
        "entityRanges": [{"offset": 11, "length": 2, "key": 0}],
    }
    count = size // len(json.dumps(block, ensure_ascii=False).encode()) + 1
    blocks = [{**block, "key": f"b{number}"} for number in range(count)]
    blocks[0]["type"] = "mso-list-paragraph"
    bad = {"0": {"type": "LINK", "mutability": "MUTABLE", "data": {"url": "javascript:alert(1)"}}}
    return json.dumps({"blocks": blocks, "entityMap": bad}, ensure_ascii=False)


def test_a_paste_of_five_megabytes_from_word_is_saved_without_words_mark_up(site: Site) -> None:
    pasted = from_word(5 * 1024 * 1024)
    create(site.client, site.course, lesson_form("Dán từ Word", body=[("text", pasted)], **{"action-publish": "1"}))
    html = LessonPage.objects.latest("pk").body[0].value.source
    assert html.count(" ích.</p>") > 300
    assert "<b>Điện</b>" in html
    assert not [word for word in ("mso", "MSO", "style=", "class=", "javascript", "<span", "<font") if word in html]


def test_a_form_too_large_for_the_site_gets_a_page_that_says_what_to_do(site: Site) -> None:
    form = lesson_form("Quá lớn", body=[("text", "x" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 10))])
    answer = create(site.client, site.course, form)
    html = answer.content.decode()
    assert answer.status_code == 413
    assert "Gửi quá nhiều trong một lần" in html and "12 MB" in html and "“Quay lại”" in html
    assert LessonPage.objects.get() == site.lesson


# --- Looking as a learner ---------------------------------------------------------------------------------------------


def question_form(prompt: str) -> dict[str, Any]:
    options = streamfield(
        [("option", {"text": text, "feedback": "", **right}) for text, right in (("Một", {"right": "on"}), ("Hai", {}))]
    )
    return nested_form_data({"prompt": prompt, "explanation": "", "options": options})


def test_previews_as_a_learner_write_nothing(site: Site) -> None:
    """Of somebody who is an editor and a learner: the preview is nobody's."""
    client, catalog, course, section, lesson, quiz = (
        site.client, site.catalog, site.course, site.section, site.lesson, site.quiz,
    )  # fmt: skip
    question = quiz.items.get().question
    catalog_form = nested_form_data(
        {"title": "Xem trước", "slug": catalog.slug, "intro": "", "comments": inline_formset([])}
    )
    bank = "wagtailsnippets_bdhvs_quiz_singlechoicequestion"
    shown = {
        reverse("wagtailadmin_pages:preview_on_edit", args=[catalog.pk]): catalog_form,
        reverse("wagtailadmin_pages:preview_on_edit", args=[course.pk]): course_form("Xem trước"),
        reverse("wagtailadmin_pages:preview_on_edit", args=[lesson.pk]): lesson_form("Xem trước"),
        reverse("wagtailadmin_pages:preview_on_edit", args=[quiz.pk]): quiz_form(quiz, "Xem trước"),
        reverse("wagtailadmin_pages:preview_on_add", args=["bdhvs_content", "lessonpage", section.pk]): lesson_form(
            "Xem trước"
        ),
        reverse("wagtailadmin_pages:preview_on_add", args=["bdhvs_quiz", "quizpage", course.pk]): quiz_form(
            quiz, "Xem trước", items=inline_formset([{"question": question.pk, "ORDER": 0}])
        ),
        reverse(f"{bank}:preview_on_edit", args=[question.pk]): question_form("Xem trước"),
        reverse(f"{bank}:preview_on_add"): question_form("Xem trước"),
    }
    with tables_written() as written:
        for address, form in shown.items():
            answer = client.post(address, form).json()
            assert answer["is_valid"], (address, answer)
            assert "Xem trước" in client.get(address).content.decode(), address
        for page in (catalog, course, lesson, quiz):
            assert client.get(reverse("wagtailadmin_pages:view_draft", args=[page.pk])).status_code == 200
            revision = pages.fresh(page).latest_revision_id
            if revision is not None:
                old = reverse("wagtailadmin_pages:revisions_view", args=[page.pk, revision])
                assert client.get(old).status_code == 200
        # A section is a heading of its course: it has no look of its own.
        client.get(reverse("wagtailadmin_pages:view_draft", args=[section.pk]))
        old = reverse(f"{bank}:revisions_view", args=[question.pk, question.latest_revision_id])
        assert client.get(old).status_code == 200
    # Where Wagtail keeps the editor's unsaved form for the preview.
    assert written == {"wagtailadmin_formstate"}
