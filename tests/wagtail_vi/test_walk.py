"""An editor and an operator who work in Vietnamese meet no English word, and the other way round."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Revision, Workflow

from bdhvs_content.api import editors
from tests.wagtail_vi.reading import english_in, fields_of, vietnamese_in, words_of
from tests.wagtail_vi.walking import HOME, Walk, World, text_of

pytestmark = [
    pytest.mark.thorough,
    pytest.mark.django_db,
    # Wagtail leaves a temporary file to the garbage collector where it makes a rendition.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    # Wagtail's mail about the workflow, on Django 6.1.
    pytest.mark.filterwarnings("ignore:get_connection"),
    pytest.mark.filterwarnings("ignore:Django 2028 will not have a default mailer"),
]

# In English, and no words of the admin: the plugin of a stranger that tests/settings.py installs, and the framework of
# tests/support/world.py.
STRANGER = re.compile(
    r"number questions?|^Number$|^Folder$|made for tests|test framework|(?:domain|competency) \w+$"
    r"|^can use$|^uses well$",
    re.IGNORECASE,
)


def english(text: str) -> set[str]:
    return english_in(STRANGER.sub("", text))


# Where an editor comes every day, and an operator now and then: a walk that does not come there is no walk.
EDITOR = {
    "wagtailadmin_home", "wagtailadmin_explore", "wagtailadmin_explore_results",
    "wagtailadmin_pages:add_subpage", "wagtailadmin_pages:add", "wagtailadmin_pages:edit", "wagtailadmin_pages:copy",
    "wagtailadmin_pages:move", "wagtailadmin_pages:delete", "wagtailadmin_pages:unpublish",
    "wagtailadmin_pages:history", "wagtailadmin_pages:usage", "wagtailadmin_pages:set_privacy",
    "wagtailadmin_choose_page", "wagtail_bulk_action", "wagtailadmin_account", "wagtailadmin_reports:locked_pages",
    "wagtailadmin_reports:workflow", "wagtailadmin_reports:workflow_tasks", "wagtailadmin_reports:site_history",
    "wagtailadmin_reports:aging_pages", "wagtailadmin_reports:page_types_usage",
    "wagtailimages:index", "wagtailimages:add_multiple", "wagtailimages:edit", "wagtailimages:image_usage",
    "wagtaildocs:index", "wagtaildocs:add_multiple", "wagtaildocs:edit",
    "wagtailmedia:index", "wagtailmedia:add", "wagtailsnippets_bdhvs_quiz_question:list",
    "wagtailsnippets_bdhvs_quiz_question:add", "wagtailsnippets_bdhvs_quiz_question:usage",
    "wagtailsnippets_bdhvs_quiz_singlechoicequestion:add", "wagtailsnippets_bdhvs_quiz_singlechoicequestion:edit",
    "wagtailsnippets_bdhvs_quiz_singlechoicequestion:history",
    "wagtailsnippets_bdhvs_quiz_singlechoicequestion:delete",
}  # fmt: skip
OPERATOR = EDITOR | {
    "wagtailadmin_explore_root",
    "wagtailadmin_workflows:index", "wagtailadmin_workflows:add", "wagtailadmin_workflows:edit",
    "wagtailadmin_workflows:task_index", "wagtailadmin_workflows:add_task", "wagtailadmin_workflows:edit_task",
    "wagtailadmin_collections:index", "wagtailadmin_collections:add", "wagtailadmin_pages:type_use",
    "wagtailusers_users:index", "wagtailusers_users:add", "wagtailusers_users:edit", "wagtailusers_groups:index",
    "wagtailusers_groups:add", "wagtailusers_groups:edit", "wagtailusers_groups:delete", "wagtailsites:index",
    "wagtailsites:edit", "wagtaillocales:index", "wagtaillocales:edit",
}  # fmt: skip


def test_english_is_told_from_vietnamese() -> None:
    assert english("Are you sure you want to delete this page?") >= {"are", "sure", "page", "delete"}
    assert english("Có chắc muốn xóa trang này không? wagtailcore.page, hinh.png, Wagtail, Ctrl") == set()
    assert english("Sắp xếp theo “Title”") == {"title"}
    assert vietnamese_in("Trang này đang khóa") == {"này", "đang", "khóa"}
    assert vietnamese_in("This page is locked; café") == {"café"}
    assert words_of("a <b>page</b> at https://example.vn/blog/ of %(name)s") == {"page"}


@pytest.mark.thorough
def test_an_operator_meets_no_english() -> None:
    world = World("vi")
    walk = Walk(world, world.client(world.user("chu", is_superuser=True)), english).go()
    assert walk.findings == {}
    assert OPERATOR - walk.views == set()


@pytest.mark.thorough
def test_an_editor_meets_no_english() -> None:
    world = World("vi")
    user = world.user("soan")
    user.groups.add(editors())
    walk = Walk(world, world.client(user), english).go()
    assert walk.findings == {}
    assert EDITOR - {"wagtailadmin_reports:workflow"} - walk.views == set()
    assert {view for view in walk.views if view.startswith(("wagtailusers", "wagtailsites", "wagtaillocales"))} == set()


def test_who_is_not_signed_in_meets_no_english() -> None:
    world = World("vi")
    world.user("chu", is_superuser=True)
    walk = Walk(world, Client(), english)
    for address in (HOME + "login/", HOME + "password_reset/", HOME + "password_reset/done/",
                    HOME + "password_reset/confirm/MQ/none-here/", HOME + "password_reset/complete/"):  # fmt: skip
        walk.look(address, walk.client.get(address).content.decode())
    wrong = walk.client.post(HOME + "login/", {"username": "chu", "password": "no"})
    assert "không khớp" in wrong.content.decode()
    walk.look("wrong password", wrong.content.decode())
    walk.look("no address", walk.client.post(HOME + "password_reset/", {"email": "x"}).content.decode())
    assert walk.findings == {}


# Content, what a language is called in itself, an example in quotation marks.
CONTENT = re.compile(
    r"Tiếng Việt|Bình dân học vụ số|Năng lực (?:một|hai)|Khung thử|Dừng lại, gọi số in trên thẻ"
    r"|Đọc cho họ|Không đọc cho ai|Nhắn tin cho họ|“[^”]*”"
)
# Translated by Wagtail when its module is read (snippets' first crumb), in the language of the site.
FROZEN = "Trang chủ"


class Acts:
    """What an operator sends, and what the next page then says."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.client = world.client(world.user("chu", is_superuser=True))
        self.walk = Walk(world, self.client, english)

    def look(self, path: str, **query: str) -> str:
        response = self.client.get(HOME + path, query, follow=True)
        assert response.status_code == 200, (path, response.status_code)
        html = text_of(response)
        self.walk.look(path, html)
        return html

    def send(self, path: str, says: str, form: str | None = None, status: int = 200, **values: Any) -> None:
        """Post the values, over those of the form at the address; the answer says this."""
        shown = fields_of(text_of(self.client.get(HOME + (form or path), follow=True))) if form != "" else {}
        response = self.client.post(HOME + path, {**shown, **values}, follow=True)
        assert response.status_code == status, (path, response.status_code)
        html = text_of(response) or response.content.decode()
        assert says in html, (path, says, self.world.words(html))
        self.walk.look(path, html)


@pytest.mark.thorough
def test_what_the_admin_answers_is_vietnamese() -> None:
    """Errors and messages after forms were sent, comparing, the workflow, dialogs, searches that find nothing."""
    world = World("vi")
    act = Acts(world)
    course, section, lesson = world.course.pk, world.section.pk, world.lesson.pk
    edit = f"pages/{course}/edit/"

    act.send(f"pages/add/bdhvs_content/sectionpage/{course}/", "Chưa tạo được trang vì còn lỗi", title="")
    act.send(f"pages/add/bdhvs_content/lessonpage/{section}/", "còn lỗi", title="", **{"body-count": "0"})
    act.send(f"pages/add/bdhvs_quiz/quizpage/{section}/", "còn lỗi", title="")
    act.send(edit, "Chưa lưu được trang vì còn lỗi", title="")
    act.send(edit, "Đã cập nhật trang", title="An toàn hơn")
    act.send(edit, "Đã xuất bản trang", **{"action-publish": "1"})
    act.send(edit, "còn lỗi", go_live_at="ngày mai", expire_at="02/03/2020 10:00")
    first, last = Revision.objects.filter(object_id=str(course)).order_by("pk").values_list("pk", flat=True)[:2]
    act.look(f"pages/{course}/revisions/compare/{first}...{last}/")
    act.look(f"pages/{course}/revisions/{last}/revert/")
    act.look(f"pages/{course}/edit/preview/")

    workflow = Workflow.objects.get()
    workflow.workflow_pages.create(page=world.catalog)
    act.send(edit, "Đã trình duyệt trang", **{"action-submit": "1"})
    act.look(edit)
    act.look("")
    act.look("reports/workflow/")
    act.look("reports/workflow_tasks/")
    act.look(f"pages/{course}/workflow_history/")
    act.look("reports/site-history/")
    (state,) = world.course.workflow_states.all()
    act.look(f"pages/{course}/workflow_history/detail/{state.pk}/")
    task = state.current_task_state.pk
    act.look(f"pages/workflow/action/{course}/reject/{task}/")
    act.send(f"pages/workflow/action/{course}/reject/{task}/", "", comment="Sửa câu đầu")
    act.look(edit)
    act.send(edit, "trang", **{"action-restart-workflow": "1"})
    act.send(edit, "Đã hủy quy trình duyệt", **{"action-cancel-workflow": "1"})

    act.send(f"pages/{course}/lock/", "khóa", form="", next=HOME + edit)
    act.look("reports/locked/")
    act.look("")
    act.send(f"pages/{course}/unlock/", "Đã mở khóa trang", form="", next=HOME + edit)
    act.send(f"pages/{section}/copy/", "Đã sao chép trang", new_slug="ban-sao", new_parent_page=str(course))
    act.send(f"pages/{section}/copy/", "Đã sao chép trang", new_slug="ban-sao", new_parent_page=str(course))
    act.send(f"pages/{lesson}/move/{course}/confirm/", "Đã chuyển", form="")
    act.send(f"pages/{lesson}/unpublish/", "xuống", form="")
    act.send(f"pages/{lesson}/delete/", "Đã xóa trang", form="")
    act.look(f"pages/{course}/", q="không có gì như thế")
    act.look("pages/search/", q="không có gì như thế")
    act.look(f"pages/{course}/privacy/")
    act.send(f"pages/{course}/privacy/", "mật khẩu", restriction_type="password", password="")

    image, wrong = get_test_image_file(), SimpleUploadedFile("hinh.png", b"not a picture", "image/png")
    act.send("images/multiple/add/", "", form="", **{"files[]": image})
    act.send("images/multiple/add/", "", form="", **{"files[]": wrong})
    act.send("images/add/", "Chưa thêm được hình ảnh vì còn lỗi", title="", file=wrong)
    act.send(f"images/{world.picture.pk}/", "Chưa lưu được hình ảnh vì còn lỗi", title="")
    act.look("images/chooser/")
    act.look("images/", q="không có gì như thế")
    act.send(f"images/{world.picture.pk}/delete/", "Đã xóa hình ảnh", form="")
    act.send("documents/add/", "còn lỗi", title="")
    act.send(f"documents/edit/{world.document.pk}/", "Đã cập nhật tài liệu", title="Tờ rơi mới")
    act.look("documents/chooser/")
    act.look("documents/", q="không có gì như thế")
    act.send("media/audio/add/", "còn lỗi", title="")
    act.look("media/chooser/")
    act.look("media/", q="không có gì như thế")

    bank = "snippets/bdhvs_quiz/singlechoicequestion/"
    act.send(f"{bank}add/", "còn lỗi", prompt="")
    act.look("snippets/bdhvs_quiz/question/", q="không có gì như thế")
    act.send("users/new/", "vì còn lỗi", username="chu", email="x", password1="1", password2="2")
    act.send("groups/new/", "còn lỗi", name="")
    act.look("users/", q="không có gì như thế")
    act.send("collections/add/", "Đã tạo bộ sưu tập", name="Tờ rơi", parent="1")
    act.send("sites/new/", "còn lỗi", hostname="")
    act.send("workflows/add/", "còn lỗi", name="")
    act.send("account/", "", **{"password-old_password": "no", "password-new_password1": "1"})
    assert act.walk.findings == {}


@pytest.mark.thorough
def test_english_admin_has_no_vietnamese_of_ours() -> None:
    """Outside content: the catalogue's pages, their forms and the bank, in English."""
    world = World("en")
    walk = Walk(
        world,
        world.client(world.user("op", is_superuser=True)),
        lambda text: set() if text == FROZEN else vietnamese_in(CONTENT.sub("", text)),
        only=lambda view: (
            "bdhvs" in view or view.startswith(("wagtailadmin_pages:", "wagtailadmin_explore", "wagtailadmin_home"))
        ),
    ).go()
    assert walk.findings == {}
    assert {
        "wagtailadmin_pages:edit",
        "wagtailadmin_pages:add",
        "wagtailsnippets_bdhvs_quiz_question:list",
    } <= walk.views
