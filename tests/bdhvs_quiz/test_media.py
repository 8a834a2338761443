"""Pictures and sounds of questions: from the form to an attempt's page, and what is left of them years later."""

from __future__ import annotations

import base64
import io
import json
import re
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image
from wagtail.images import get_image_model
from wagtail.models import Locale, ReferenceIndex
from wagtailmedia.models import get_media_model

from bdhvs_content.api import CoursePage, NotPublishable
from bdhvs_quiz.api import SingleChoiceQuestion
from bdhvs_quiz.media.copies import unreadable, with_copies
from bdhvs_quiz.media.described import references
from bdhvs_quiz.media.plain import plain_media
from bdhvs_quiz.models import QuizVersion
from bdhvs_quiz.models.translating import renewed
from bdhvs_quiz.types.matching.model import MatchingQuestion
from bdhvs_quiz.types.true_false.model import TrueFalseQuestion
from tests.bdhvs_content import pages
from tests.bdhvs_quiz import kinds
from tests.bdhvs_quiz.helpers import TOKENS, Taking, address
from tests.bdhvs_quiz.slips import picture as slip_picture
from tests.bdhvs_quiz.test_bank_quick import send
from tests.bdhvs_quiz.test_bank_work import of_role
from tests.bdhvs_quiz.test_paper import Hall
from tests.bdhvs_quiz.test_paper_pages import packed
from tests.support.pdfs import text_of

pytestmark = [
    pytest.mark.django_db,
    # Wagtail leaves the file of a thumbnail open.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

ALT = "Tin nhắn lạ có đường dẫn"
TITLE, SAID = "Cuộc gọi lạ", "Tôi gọi từ ngân hàng.\nĐọc mã OTP cho tôi."
MP3 = b"ID3\x03\x00" + b"\x00" * 3_000


@pytest.fixture(autouse=True)
def own_media(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def image(name: str = "hinh.jpg", size: tuple[int, int] = (800, 600)) -> Any:
    into = io.BytesIO()
    Image.radial_gradient("L").resize(size).convert("RGB").save(into, "JPEG", quality=90)
    file = ImageFile(io.BytesIO(into.getvalue()), name=name)
    return get_image_model().objects.create(title=name, file=file)


def sound() -> Any:
    row = get_media_model()(title="goi", type="audio", duration=0)
    row.file.save("goi.mp3", ContentFile(MP3), save=False)
    row.save()
    return row


def picture_block(row: Any, alt: str = ALT) -> dict[str, Any]:
    return {"type": "picture", "value": {"image": row.pk, "alt": alt}}


def sound_block(row: Any, transcript: str = SAID) -> dict[str, Any]:
    return {"type": "sound", "value": {"media": row.pk, "title": TITLE, "transcript": transcript}}


def question(**more: Any) -> Any:
    """With a picture and a sound, options one of which is a picture and nothing else."""
    row = pages.question("Làm gì với tin này?", live=False)
    row.prompt_media = [picture_block(image()), sound_block(sound())]
    texts = pages.options(("Đọc cho họ", "Không đọc cho ai", "Nhắn tin cho họ"), 1)
    texts[2]["value"] |= {"text": "", "media": [picture_block(image("nut.png", (300, 300)), "Nút “Gửi” màu đỏ")]}
    row.options = texts
    return kinds.stored(row, **more)


def taking() -> Taking:
    one = Taking(0, {"live": False})
    one.questions = [question(), pages.question("Câu 2?")]
    one.quiz = pages.quiz(one.course, one.questions, "Có hình")
    return one


def html(client: Any, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200
    return re.sub(r"\s+", " ", TOKENS.sub("", response.content.decode()))


def test_a_version_keeps_small_copies_with_their_words_and_sizes() -> None:
    one = taking()
    shown = QuizVersion.objects.get(activity_key=one.key).shown["questions"][0]
    picture, said = shown["media"]
    assert (picture["kind"], picture["alt"], picture["width"], picture["height"]) == ("picture", ALT, 640, 480)
    assert re.fullmatch(r"images/questions/[0-9a-f]{32}\.webp", picture["file"])
    assert picture["size"] == default_storage.size(picture["file"]) < 24_000
    assert (said["title"], said["transcript"], said["type"], said["size"]) == (TITLE, SAID, "audio/mpeg", len(MP3))
    small = shown["shown"]["options"][2]["media"][0]
    assert small["alt"] == "Nút “Gửi” màu đỏ" and max(small["width"], small["height"]) <= 320
    assert "media" not in shown["shown"]["options"][0]
    assert "id" not in picture, "numbers of the library mean nothing years later"
    other = QuizVersion.objects.get(activity_key=one.key).shown["questions"][1]
    assert "media" not in other


def test_an_attempt_shows_them_and_asks_no_more_of_the_database() -> None:
    one = taking()
    attempt = one.open()
    one.client.get(address(attempt))
    with CaptureQueriesContext(connection) as asked:
        page = html(one.client, address(attempt))
    picture, nut = re.findall(r"<img [^>]*>", page)
    assert f'alt="{ALT}"' in picture and 'width="640"' in picture and 'height="480"' in picture
    assert "loading" not in picture, "the first one is what is looked at"
    assert 'loading="lazy"' in nut and "Nút “Gửi” màu đỏ" in nut
    assert 'src="/media/images/questions/' in picture
    assert re.search(r"<figcaption> <span lang=\"vi\">Cuộc gọi lạ</span> \(âm thanh, 3 KB\)", page)
    assert re.search(
        r'<audio controls preload="none" aria-label="Cuộc gọi lạ"> <source src="/media/media/questions/', page
    )
    assert "Đọc mã OTP cho tôi." in page
    assert page.index(ALT) < page.index("Làm gì với tin này?")
    # The name of an option that is a picture is what the picture shows.
    assert re.search(
        r'<label class="choice"><input type="radio"[^>]*> <span lang="vi">\s*<span class="line"><img', page
    )
    # All is in the version: the library is not asked.
    assert not [query for query in asked.captured_queries if re.search("wagtailimages|wagtailmedia", query["sql"])]


def handed_in(one: Taking) -> Any:
    """Answered with the picture, which is wrong, and rightly."""
    attempt = one.open()
    chosen = {f"q-{row.key}": pages.option_id(row, place) for row, place in zip(one.questions, (2, 1), strict=True)}
    one.client.post(address(attempt), {**chosen, "do": "submit", "act_id": str(uuid.uuid4())})
    attempt.refresh_from_db()
    assert attempt.submitted_at is not None
    return attempt


def test_whoever_deletes_or_replaces_a_picture_changes_no_attempt() -> None:
    one = taking()
    attempt = handed_in(one)
    before = html(one.client, address(attempt, "result"))
    assert before.count("<img") >= 2 and ALT in before and "Nút “Gửi” màu đỏ" in before
    files = re.findall(r'src="/media/([^"]+)"', before)
    row = get_image_model().objects.get(title="hinh.jpg")
    assert {str(ref.object_id) for ref in ReferenceIndex.get_references_to(row)} == {str(one.questions[0].pk)}
    for model in (get_image_model(), get_media_model()):
        for each in model.objects.all():
            each.delete()
    assert html(one.client, address(attempt, "result")) == before
    assert files and all(default_storage.exists(name) for name in files)
    for name in files:
        served: Any = one.client.get(f"/media/{name}")
        assert (served.status_code, served.headers["Content-Type"]) in ((200, "image/webp"), (200, "audio/mpeg"))
        # To the end: what closes a stream by hand closes the database's connection too.
        assert b"".join(served.streaming_content)
    # What is published from now on says what is missing.
    with pytest.raises(NotPublishable, match="Thiếu một hình"):
        pages.publish(one.quiz)


def test_what_is_not_described_is_not_asked() -> None:
    row = question(live=False)
    row.prompt_media = [picture_block(image(), " "), sound_block(sound(), "")]
    problems = row.all_problems()
    assert [text.split(":")[0].split(".")[0] for text in problems] == [
        "Hãy tả hình bằng lời",
        "Hãy ghi lại lời của bản ghi âm",
    ]
    kinds.stored(row)
    with pytest.raises(NotPublishable, match="Hãy tả hình bằng lời"):
        pages.quiz(pages.course(pages.catalog()), [row])


def test_a_file_that_is_no_picture_keeps_the_quiz_from_being_published() -> None:
    row = question()
    broken = row.prompt_media[0].value["image"]
    with default_storage.open(broken.file.name, "wb") as file:
        file.write(b"khong phai hinh")
    with pytest.raises(NotPublishable, match="Không đọc được “hinh.jpg”"):
        pages.quiz(pages.course(pages.catalog()), [row])


def test_what_learners_cannot_load_or_play_is_not_published() -> None:
    drawn = get_image_model()(title="ve lon")
    heavy = b'<svg xmlns="http://www.w3.org/2000/svg">' + b" " * 40_000 + b"</svg>"
    drawn.file.save("ve.svg", ContentFile(heavy), save=False)
    drawn.width, drawn.height = 90, 90
    drawn.save()
    strange = get_media_model()(title="goi la", type="audio", duration=0)
    strange.file.save("goi.bin", ContentFile(MP3), save=False)
    strange.save()
    row = pages.question("Gì đây?", live=False)
    row.prompt_media = [picture_block(drawn), sound_block(strange)]
    assert unreadable(row) == ["“ve lon” là hình vẽ quá nặng cho một câu hỏi (41 KB, nhiều nhất 40 KB)."]
    row.prompt_media = [sound_block(strange)]
    assert unreadable(row) == ["“goi la” không phải là bản ghi mà người học nghe được. Hãy chọn tệp MP3, M4A hoặc OGG."]


def test_pairs_can_be_asked_by_pictures_alone() -> None:
    row = MatchingQuestion(prompt="Nút nào để làm gì?", explanation="Vì thế.")
    shown = image("goi.png", (90, 60))
    row.pairs = [
        {"type": "pair", "value": {"left": "", "right": "Gọi", "media": [picture_block(shown, "Ống nghe màu xanh")]}},
        {"type": "pair", "value": {"left": "Nút đỏ", "right": "Tắt"}},
    ]
    row = kinds.stored(row)
    assert row.problems() == [] and row.media_kinds == "picture"
    one = Taking(0, {"live": False})
    one.quiz = pages.quiz(one.course, [row], "Ghép hình")
    page = html(one.client, address(one.open()))
    assert re.search(
        r'<label for="q-[^"]+-1" lang="vi"\s*>\s*<span class="line"><img [^>]*alt="Ống nghe màu xanh"', page
    )


def test_pictures_and_their_words_are_found_and_translated() -> None:
    row = question()
    assert "tin nhan la co duong dan" in row.folded and "doc ma otp cho toi" in row.folded
    english = Locale.objects.create(language_code="en")
    other = row.copy_for_translation(english)
    other.save()
    words = [{**picture_block(image("x.png"), "A strange message"), "id": row.prompt_media[0].id}]
    other.prompt_media = words
    other.save()
    other.save_revision(clean=False)
    draft = renewed(row, other)
    picture, said = draft.prompt_media
    # The words are the translation's, the picture is the original's; what is new comes as it is.
    assert (picture.value["alt"], picture.value["image"]) == ("A strange message", row.prompt_media[0].value["image"])
    assert said.value["title"] == TITLE
    assert draft.options[2].value["media"][0].value["alt"] == "Nút “Gửi” màu đỏ"


def test_sheets_of_paper_have_the_pictures_and_what_is_said(settings: Any) -> None:
    settings.BDHVS_TEST_CLOCK = (pages.AT + timedelta(hours=1)).isoformat()
    hall = Hall("Trần Thị Lan")
    row = question()
    hall.quiz = pages.quiz(CoursePage.objects.get(), [row], "Có hình")
    teacher = Client()
    teacher.force_login(hall.teacher)
    _pack, where = packed(hall, teacher)
    page = html(teacher, f"{where}in/")
    assert f'alt="{ALT}"' in page and 'alt="Nút “Gửi” màu đỏ"' in page and "loading" not in page
    assert "Đọc mã OTP cho tôi." in page and "<audio" not in page
    printed = teacher.get(f"{where}in.pdf")
    assert printed.content.count(b"/Subtype /Image") == 2
    assert "Đọc mã OTP cho tôi." in " ".join(text_of(printed))


def upload(name: str = "do.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, base64.b64decode(slip_picture("red", name)["data"]))


def test_the_short_form_takes_a_file_with_its_words_or_says_why_not() -> None:
    client = of_role()
    given: dict[str, Any] = {
        "right-0": "on",
        "option-1": "",
        "file-1": upload(),
        "alt-1": "Nút đỏ",
        "file": upload("b.png"),
        "alt": " Màn hình ",
    }
    answer = send(client, **given)
    assert answer.status_code == 200, answer.content.decode()
    row = SingleChoiceQuestion.objects.get()
    assert row.live and row.all_problems() == [] and row.media_kinds == "picture"
    assert row.prompt_media[0].value["alt"] == "Màn hình"
    assert row.options[1].value["media"][0].value["image"].uploaded_by_user.username == "bien-tap"
    wrongs: list[tuple[dict[str, Any], str]] = [
        ({"file": upload(), "alt": ""}, "Hãy tả hình bằng lời"),
        ({"file": SimpleUploadedFile("a.png", b"khong phai hinh"), "alt": "Hình"}, "Không phải là hình"),
        ({"file-0": SimpleUploadedFile("a.jpg", b"\xff\xd8\xff hong"), "alt-0": "Hình"}, "hình"),
        # Nothing of a refused form stays, whatever it is refused for.
        ({"file": upload("c.png"), "alt": "Hình", "right-0": ""}, "Chưa có đáp án đúng"),
        ({"file": SimpleUploadedFile("a.mp3", bytes(10 * 2**20 + 1)), "alt": "Lời"}, "Tệp quá lớn: nhiều nhất 10 MB."),
    ]
    for wrong, said in wrongs:
        wrong = {"right-0": "on", **wrong}
        answer = send(client, **wrong)
        assert answer.status_code == 422 and said in " ".join(answer.json()["errors"]), (wrong, answer.json())
    assert (get_image_model().objects.count(), SingleChoiceQuestion.objects.count()) == (2, 1)
    assert len(default_storage.listdir("original_images")[1]) == 2


def test_the_form_offers_media_and_asks_for_their_words() -> None:
    client = pages.editor()
    row = question()
    edit = f"/quan-tri/snippets/bdhvs_quiz/singlechoicequestion/edit/{row.pk}/"
    page = html(client, edit)
    assert "Hình và âm thanh" in page
    assert all(json.dumps(text)[1:-1] in page for text in ("Hình cho thấy gì", "Bản ghi lời", ALT))
    assert "Có hình" in html(client, "/quan-tri/snippets/bdhvs_quiz/question/")
    shown = get_image_model().objects.first()
    form = {
        "prompt": "Hình gì đây?",
        "explanation": "",
        "points": "1",
        "prompt_media-count": "1",
        "prompt_media-0-type": "picture",
        "prompt_media-0-order": "0",
        "prompt_media-0-deleted": "",
        "prompt_media-0-value-image": str(shown.pk),
        "prompt_media-0-value-alt": "",
        "answer": "True",
        "feedback_right": "",
        "feedback_wrong": "",
        "action-publish": "1",
    }
    add = "/quan-tri/snippets/bdhvs_quiz/truefalsequestion/add/"
    refused = client.post(add, form)
    assert refused.status_code == 200 and json.dumps("Hãy tả hình bằng lời")[1:-1] in refused.content.decode()
    assert client.post(add, {**form, "prompt_media-0-value-alt": "Màn hình khóa"}).status_code == 302
    made_ = TrueFalseQuestion.objects.get()
    assert made_.live and made_.prompt_media[0].value["alt"] == "Màn hình khóa"
    # Its preview shows what learners will see.
    kept = made_.preview()["media"][0]
    assert kept["file"].startswith("images/questions/") and default_storage.exists(kept["file"])
    # Who does not know of pictures takes none away; what arrives broken is no crash.
    unaware = {name: value for name, value in form.items() if not name.startswith("prompt_media")}
    edit = f"/quan-tri/snippets/bdhvs_quiz/truefalsequestion/edit/{made_.pk}/"
    assert client.post(edit, {**unaware, "prompt": "Hình gì?"}).status_code == 302
    made_.refresh_from_db()
    assert (made_.prompt, made_.prompt_media[0].value["alt"]) == ("Hình gì?", "Màn hình khóa")
    broken = {"prompt_media-count": "x", "prompt_media-0-order": "y", "prompt_media-0-value-image": "z"}
    assert client.post(edit, {**form, **broken}).status_code == 200


def test_a_drawing_stays_one_and_the_same_picture_is_kept_once() -> None:
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" width="900" height="300"><path d="M0 0h9v9z"/></svg>'
    drawn = get_image_model()(title="ve")
    drawn.file.save("ve.svg", ContentFile(svg), save=False)
    drawn.width, drawn.height = 900, 300
    drawn.save()
    row = kinds.true_false(live=False)
    twin = image("a.jpg", (200, 100))
    row.prompt_media = [picture_block(drawn), picture_block(twin), picture_block(image("b.jpg", (200, 100)))]
    first, second, third = with_copies([{"media": references(kinds.stored(row).prompt_media)}])[0]["media"]
    assert (first["file"][-4:], first["width"], first["height"], first["size"]) == (".svg", 640, 213, len(svg))
    assert second["file"] == third["file"] and (second["width"], second["height"]) == (200, 100)
    assert len(default_storage.listdir("images/questions")[1]) == 2
    assert [one.name for one in plain_media([first, second])] == ["ve.svg", "a.webp"]
    assert plain_media([first])[0].load() == svg
