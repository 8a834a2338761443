"""The import of questions in the admin, as an editor sees it."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from wagtail.images import get_image_model
from wagtail.models import Collection, GroupCollectionPermission, Locale

from bdhvs_lms.plugins.api import PlainOption, PlainQuestion, Reading, question_formats
from bdhvs_lms.plugins.testing import plugged_in
from bdhvs_quiz.importing.planning import plan
from bdhvs_quiz.models import ImportedFile, Question, QuestionImport, QuizPage
from tests.bdhvs_content import pages
from tests.bdhvs_quiz.slips import SlipFormat, options, picture, slips

pytestmark = pytest.mark.django_db

UPLOAD = "bdhvs_quiz_import"
PREVIEW = "bdhvs_quiz_import_preview"


@pytest.fixture(autouse=True)
def _slips() -> Any:
    with plugged_in(question_formats, SlipFormat):
        yield


@pytest.fixture
def editor() -> Client:
    return pages.editor()


def uploaded(client: Client, content: bytes, name: str = "de-thi.slips", **more: Any) -> Any:
    data = {
        "file": SimpleUploadedFile(name, content),
        "collection": Collection.get_first_root_node().pk,
        "locale": Locale.get_default().pk,
        **more,
    }
    return client.post(reverse(UPLOAD), data)


def previewed(client: Client, *questions: dict[str, Any], **more: Any) -> str:
    """The preview's address."""
    response = uploaded(client, slips(*questions, **more))
    assert response.status_code == 302, response.content.decode()
    address: str = response.headers["Location"]
    return address


def said(response: Any) -> str:
    text: str = re.sub(r"\s+", " ", response.content.decode())
    return text


def ticked(page: str) -> list[str]:
    boxes = re.findall(r'<input type="checkbox" name="take" value="(\d+)" ?(checked)?', page)
    return [value for value, checked in boxes if checked]


MIXED = (
    {"prompt": "Ai được biết mã OTP?", "explanation": "Không ai cả."},
    {"prompt": "Chưa có đáp án?", "options": options(-1)},
    {"prompt": "Vẽ một cái cây.", "kind": "drawing"},
    {"prompt": "Nên mở đường dẫn lạ.", "kind": "true-false", "right": False},
)


def test_the_banks_list_leads_to_the_form(editor: Client) -> None:
    listed = editor.get(reverse("wagtailsnippets_bdhvs_quiz_question:list")).content.decode()
    assert reverse(UPLOAD) in listed
    assert "Nhập câu hỏi" in listed
    form = said(editor.get(reverse(UPLOAD)))
    assert "Slips (.slips)" in form
    assert "32 MB và 2.000 câu hỏi" in form
    assert "Tự nhận loại tệp" in form


def test_the_preview_says_what_is_there_and_the_import_does_it(editor: Client) -> None:
    address = previewed(editor, *MIXED, notes=["Bỏ qua 2 trang bìa."])
    page = said(editor.get(address))
    assert "tìm thấy 4 câu hỏi" in page
    assert "2 câu sẵn sàng" in page
    assert "1 câu cần xem lại" in page
    assert "1 câu không nhập được" in page
    assert "Bỏ qua 2 trang bìa." in page
    assert "Vẽ một cái cây." in page
    assert "Chưa có đáp án đúng" in page
    assert "Không ai cả." in page
    assert re.findall(r"Đáp án đúng: <strong>(.*?)</strong>", page) == ["B", "S"]
    assert '<li><span class="box"></span> Nhắn tin</li>' in page
    assert ticked(page) == ["0", "1", "3"]
    assert not Question.objects.exists()

    response = editor.post(address, {"p": "1", "take": ["0", "1", "3"], "publish": "on", "go": "import"}, follow=True)
    assert "Đã nhập 3 câu hỏi. Trong đó 1 câu là bản nháp." in said(response)
    rows = {row.prompt: row for row in Question.objects.all()}
    assert {prompt: row.live for prompt, row in rows.items()} == {
        "Ai được biết mã OTP?": True,
        "Chưa có đáp án?": False,
        "Nên mở đường dẫn lạ.": True,
    }
    assert {row.author.get_username() for row in rows.values()} == {"bien-soan"}
    # The form of the editor opens with what came, and the draft says what is missing.
    edit = editor.get(
        reverse("wagtailsnippets_bdhvs_quiz_question:edit", args=[rows["Chưa có đáp án?"].pk]), follow=True
    )
    assert json.dumps("Nhắn tin").strip(chr(34)) in edit.content.decode()


def test_a_second_press_imports_nothing_twice(editor: Client) -> None:
    address = previewed(editor, *MIXED)
    data = {"p": "1", "take": ["0", "3"], "go": "import"}
    editor.post(address, data)
    again = editor.post(address, data, follow=True)
    assert "Tệp này đã được nhập rồi: 2 câu hỏi." in said(again)
    assert Question.objects.count() == 2
    assert not Question.objects.filter(live=True).exists()  # it was not asked for
    assert "Tệp này đã được nhập rồi" in said(editor.get(address, follow=True))
    assert not ImportedFile.objects.exists()


def test_what_the_bank_or_the_file_has_already_is_not_ticked(editor: Client) -> None:
    pages.question("Người lạ hỏi mã OTP. Làm gì?")
    there = {
        "prompt": "nguoi la hoi  mã OTP. làm gì?",
        "options": options(0, "Nhắn tin cho họ", "doc cho ho", "Không đọc cho ai"),
    }
    twice = {"prompt": "Hai lần?"}
    page = said(
        editor.get(previewed(editor, there, twice, twice, {"prompt": "Hai lần?", "options": options(0, "a", "b")}))
    )
    assert "2 câu đã có rồi" in page
    assert "Ngân hàng đã có câu này" in page
    assert "Trong tệp đã có câu này ở trên: câu 2" in page
    assert ticked(page) == ["1", "3"]


def test_two_editors_with_the_same_file_import_it_once(editor: Client) -> None:
    other = pages.editor("nguoi-khac")
    first, second = previewed(editor, *MIXED), previewed(other, *MIXED)
    assert ticked(said(other.get(second))) == ["0", "1", "3"]
    data = {"p": "1", "take": ["0", "1", "3"], "go": "import"}
    editor.post(first, data)
    late = other.post(second, data)
    assert late.status_code == 409
    assert "ngân hàng đã có thêm 3 câu" in said(late)
    assert ticked(said(late)) == []
    assert Question.objects.count() == 3
    # Who wants them twice all the same ticks them again.
    other.post(second, {**data, "take": ["0"]})
    assert Question.objects.count() == 4


def test_pictures_are_shown_and_their_words_are_asked_for(editor: Client) -> None:
    red = picture("red", "do.png")
    address = previewed(
        editor,
        {"prompt": "Nút nào?", "media": [red]},
        {"prompt": "Hình gì?", "media": [picture("blue", "xanh.png", "Nút xanh")]},
        {"prompt": "Không nói gì?", "media": [picture("green", "la.png")]},
    )
    page = said(editor.get(address))
    assert "Hình do.png cho thấy gì?" in page
    assert "xanh.png: Nút xanh" in page
    (uuid,) = re.findall(r"import/([0-9a-f-]{36})/files/0/", page)
    shown = editor.get(reverse("bdhvs_quiz_import_file", args=[uuid, 0]))
    assert shown.headers["Content-Type"] == "image/png"
    assert shown.content.startswith(b"\x89PNG")
    assert pages.editor("nguoi-khac").get(reverse("bdhvs_quiz_import_file", args=[uuid, 0])).status_code == 404
    data = {"p": "1", "take": ["0", "1", "2"], "publish": "on", "alt-0": " Nút đỏ ", "alt-2": "", "go": "import"}
    editor.post(address, data)
    images = get_image_model().objects.order_by("pk")
    assert [(image.description, image.width) for image in images] == [("Nút đỏ", 32), ("Nút xanh", 32), ("", 32)]
    rows = {row.prompt: row for row in Question.objects.all()}
    assert [rows[name].live for name in ("Nút nào?", "Hình gì?", "Không nói gì?")] == [True, True, False]
    assert rows["Nút nào?"].media_kinds == "picture"
    (block,) = rows["Nút nào?"].prompt_media
    assert (block.value["image"], block.value["alt"]) == (images[0], "Nút đỏ")


def test_pages_keep_what_was_ticked(editor: Client) -> None:
    address = previewed(editor, *({"prompt": f"Câu {n}?"} for n in range(205)))
    page = said(editor.get(address))
    assert "Trang 1/3" in page
    assert len(ticked(page)) == 100
    take = [value for value in ticked(page) if value != "7"]
    response = editor.post(address, {"p": "1", "take": take, "go": "3"})
    assert response.headers["Location"].endswith("?p=3")
    last = said(editor.get(response.headers["Location"]))
    assert ticked(last) == [str(n) for n in range(200, 205)]
    editor.post(address, {"p": "3", "take": ["200"], "publish": "on", "go": "import"})
    assert Question.objects.count() == 200
    assert not Question.objects.filter(prompt="Câu 7?").exists()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("de.slips", b"", "Tệp trống."),
        ("de.slips", b"{", "Tệp hỏng."),
        ("de.exe", b"MZ\x00\x00", "Không nhận ra loại tệp này"),
        ("de.slips", slips(fails=True), "bị lỗi"),
        ("de.slips", slips(), "Không tìm thấy câu hỏi nào"),
    ],
)
def test_what_cannot_be_read_is_said_at_the_file(editor: Client, name: str, content: bytes, words: str) -> None:
    response = uploaded(editor, content, name)
    assert response.status_code == 422
    assert words in said(response)
    assert not QuestionImport.objects.exists()


def test_a_large_file_is_refused_by_its_size(editor: Client, settings: Any) -> None:
    settings.BDHVS_QUIZ_MAX_IMPORT = 1024 * 1024
    response = uploaded(editor, b" " * (1024 * 1024 + 1))
    assert "Tệp lớn hơn 1 MB" in said(response)


def test_markup_in_a_file_is_text(editor: Client) -> None:
    evil = "<script>alert(1)</script>"
    page = said(
        editor.get(
            previewed(editor, {"prompt": evil, "explanation": evil, "options": options(0, evil, "b")}, notes=[evil])
        )
    )
    assert evil not in page
    assert "&lt;script&gt;" in page


def of_group(
    name: str, *, collection: Collection | None = None, actions: tuple[str, ...] = ("add_question",)
) -> Client:
    user = get_user_model().objects.create_user(name, password="x")
    group = Group.objects.create(name=name)
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    user.groups.add(group)
    if collection is not None:
        for action in actions:
            permission = Permission.objects.get(codename=action, content_type__app_label="bdhvs_quiz")
            GroupCollectionPermission.objects.create(group=group, collection=collection, permission=permission)
    return pages.client_of(name)


def test_rights_count_by_category(editor: Client) -> None:
    root = Collection.get_first_root_node()
    mine = root.add_child(name="Của tôi")
    client = of_group("hep", collection=mine)
    assert of_group("khong").get(reverse(UPLOAD)).status_code in (302, 403)
    assert uploaded(client, slips(*MIXED)).status_code == 422  # another category
    address = uploaded(client, slips(*MIXED, {"prompt": "Có hình?", "media": [picture()]}), collection=mine.pk).headers[
        "Location"
    ]
    page = said(client.get(address))
    assert "Xuất bản các câu đã sẵn sàng" not in page
    assert "Bạn không được thêm hình hoặc âm thanh vào danh mục này." in page
    client.post(address, {"p": "1", "take": ["0", "4"], "publish": "on", "go": "import"})
    (row,) = Question.objects.all()
    assert (row.live, row.collection) == (False, mine)
    # Somebody else's file is nobody's business.
    assert editor.get(address).status_code == 404


def test_what_nobody_imports_goes_after_a_day(editor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import timedelta

    previewed(editor, *MIXED)
    QuestionImport.objects.update(created_at=pages.AT - timedelta(days=2))
    previewed(editor, *MIXED)
    assert QuestionImport.objects.count() == 1


def test_options_with_shares_of_their_own_are_ready_whatever_the_file_says_of_parts() -> None:
    """Moodle's question with several right options has both: the shares are all that grades it."""
    shares = (Fraction(1, 2), Fraction(1, 2), Fraction(-1))
    given = tuple(PlainOption(text, share > 0, credit=share) for text, share in zip("abc", shares, strict=True))
    several = PlainQuestion("multiple", "Những gì?", given, partial=True)
    found = plan(Reading((several,)), Locale.get_default())
    assert [one.reasons for one in found.planned] == [()]
    less = plan(Reading((replace(several, options=(*given[:2], replace(given[2], right=True))),)), Locale.get_default())
    assert less.planned[0].doubtful


def test_from_a_course_a_file_becomes_a_quiz_and_a_quiz_gets_more(editor: Client) -> None:
    course = pages.course(pages.catalog())
    start = f"{reverse(UPLOAD)}?page={course.pk}"
    assert start in editor.get(reverse("wagtailadmin_explore", args=[course.pk])).content.decode()

    def preview_of(page: Any, *questions: dict[str, Any], name: str) -> str:
        sent = {
            "file": SimpleUploadedFile(name, slips(*questions)),
            "collection": Collection.get_first_root_node().pk,
            "locale": Locale.get_default().pk,
        }
        address: str = editor.post(f"{reverse(UPLOAD)}?page={page.pk}", sent).headers["Location"]
        return address

    address = preview_of(course, {"prompt": "Một?"}, {"prompt": "Hai?"}, name="kiem-tra_cuoi bai.slips")
    page = said(editor.get(address))
    assert f'<option value="{course.pk}" selected > Vào bài kiểm tra mới trong “An toàn trên mạng” </option>' in page
    sent = {"p": "1", "take": ["0", "1"], "publish": "on", "go": "import", "into": str(course.pk)}
    answer = editor.post(address, sent, follow=True)
    quiz = QuizPage.objects.get()
    assert answer.redirect_chain[-1][0] == reverse("wagtailadmin_pages:edit", args=[quiz.pk])
    assert "Các câu đã ở trong bài kiểm tra này" in said(answer)
    assert (quiz.title, quiz.live, quiz.get_parent().pk) == ("Kiem tra cuoi bai", False, course.pk)
    assert [item.question.prompt for item in quiz.items.order_by("sort_order")] == ["Một?", "Hai?"]
    quiz.get_latest_revision().publish()

    # Into what was published: a draft has them, learners do not.
    address = preview_of(quiz, {"prompt": "Ba?"}, name="them.slips")
    editor.post(address, {**sent, "take": ["0"], "into": str(quiz.pk)})
    quiz = QuizPage.objects.get()
    draft = quiz.get_latest_revision_as_object()
    assert (quiz.items.count(), quiz.has_unpublished_changes) == (2, True)
    assert [item.question.prompt for item in draft.items.all()] == ["Một?", "Hai?", "Ba?"]
    draft.save_revision().publish()
    assert [item.question.prompt for item in QuizPage.objects.get().items.order_by("sort_order")][-1] == "Ba?"


def test_a_quiz_that_was_locked_meanwhile_is_said_before_anything_is_imported(editor: Client) -> None:
    quiz = pages.quiz(pages.course(pages.catalog()), [pages.question("Có rồi?")])
    sent = {"file": SimpleUploadedFile("them.slips", slips({"prompt": "Ba?"})),
            "collection": Collection.get_first_root_node().pk, "locale": Locale.get_default().pk}  # fmt: skip
    address = editor.post(f"{reverse(UPLOAD)}?page={quiz.pk}", sent).headers["Location"]
    quiz.locked, quiz.locked_by = True, get_user_model().objects.create_user("khac")
    quiz.save()
    before = Question.objects.count()
    form = {"p": "1", "take": ["0"], "publish": "on", "go": "import", "into": str(quiz.pk)}
    refused = editor.post(address, form)
    assert refused.status_code == 409
    text = said(refused)
    assert "Chưa nhập câu nào: bài kiểm tra đã chọn “" in text and "nay đang bị khóa" in text
    assert "Hãy mở khóa trang đó hoặc chọn nơi khác" in text
    assert Question.objects.count() == before
    assert f'<option value="{quiz.pk}"' not in text, "and it is chosen no more"
    done = editor.post(address, {**form, "into": ""}, follow=True)
    assert "Đã nhập 1 câu" in said(done), "into the bank alone, as was chosen then"
    assert QuizPage.objects.get().items.count() == 1


def test_a_file_called_by_signs_alone_becomes_a_quiz_with_an_address(editor: Client) -> None:
    course = pages.course(pages.catalog())
    text = "Câu 1: Chọn gì?\nA. Một\nB. Hai\nĐáp án: A\n".encode()
    for _again in range(2):
        address = uploaded(editor, text, "!!!.txt").headers["Location"]
        editor.post(address, {"p": "1", "take": ["0"], "go": "import", "into": str(course.pk)})
    made = QuizPage.objects.order_by("path").values_list("title", "slug")
    assert list(made) == [("Bài kiểm tra", "bài-kiểm-tra"), ("Bài kiểm tra", "bài-kiểm-tra-2")]


@pytest.mark.parametrize("into", ["x", "999999", "root", ""])
def test_where_no_quiz_may_be_made_the_questions_come_into_the_bank_alone(editor: Client, into: str) -> None:
    root = pages.catalog()
    address = previewed(editor, {"prompt": "Một?"})
    given = str(root.pk) if into == "root" else into
    answer = editor.post(address, {"p": "1", "take": ["0"], "go": "import", "into": given})
    assert answer.headers["Location"] == reverse("wagtailsnippets_bdhvs_quiz_question:list")
    assert Question.objects.count() == 1
    assert not QuizPage.objects.exists()


FILED = """<?xml version="1.0"?><quiz>
<question type="category"><category><text>$course$/top/An toàn/Mật khẩu</text></category></question>
<question type="truefalse"><questiontext><text>Một.</text></questiontext>
<answer fraction="100"><text>true</text></answer><answer fraction="0"><text>false</text></answer></question>
</quiz>""".encode()


def test_the_files_own_categories_are_made_below_the_chosen_one_by_who_may_and_asks_for_it(editor: Client) -> None:
    root = Collection.get_first_root_node()
    there = root.add_child(name="an toàn")
    address = uploaded(editor, FILED, "moodle.xml").headers["Location"]
    page = said(editor.get(address))
    assert "An toàn / Mật khẩu" in page
    assert '<input type="checkbox" name="own" >' in page, "not unless it is asked for"
    editor.post(address, {"p": "1", "take": ["0"], "go": "import"})
    assert Question.objects.get().collection == root

    Question.objects.all().delete()
    address = uploaded(editor, FILED, "moodle.xml").headers["Location"]
    editor.post(address, {"p": "1", "take": ["0"], "go": "import", "own": "on"})
    made = Question.objects.get().collection
    assert (made.name, made.get_parent()) == ("Mật khẩu", there)

    # Who may add questions there, and no categories.
    where = root.add_child(name="Của họ")
    group = Group.objects.create(name="Chỉ câu hỏi")
    group.permissions.add(Permission.objects.get(codename="access_admin", content_type__app_label="wagtailadmin"))
    for codename in ("add_question", "view_question"):
        right = Permission.objects.get(codename=codename, content_type__app_label="bdhvs_quiz")
        GroupCollectionPermission.objects.create(group=group, collection=where, permission=right)
    get_user_model().objects.create_user("mai", password="x").groups.add(group)
    client = pages.client_of("mai")
    address = uploaded(client, FILED, "moodle.xml", collection=where.pk).headers["Location"]
    assert 'name="own"' not in said(client.get(address))
    client.post(address, {"p": "1", "take": ["0"], "go": "import", "own": "on"})
    assert [row.collection for row in Question.objects.filter(collection=where)] == [where]
