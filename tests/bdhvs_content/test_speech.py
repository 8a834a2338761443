"""Reading aloud: what is said, made once, found in one query, offered with its weight, and never in anybody's way."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, ClassVar

import pytest
from django.core.checks import run_checks
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation
from wagtail.models import Locale
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield
from wagtailmedia.models import Media

from bdhvs_content.api import LessonPage
from bdhvs_content.blocks import LessonBody, problems_of
from bdhvs_content.editing import waits_of
from bdhvs_content.models import Speech
from bdhvs_content.speech.words import plain, words_of
from bdhvs_lms.plugins.api import SpeechEngine, SpeechFailed, speech_engines
from bdhvs_lms.plugins.testing import plugged_in
from tests.bdhvs_content import pages
from tests.support.markup import html_of
from tests.support.worlds import made_once

pytestmark = [
    pytest.mark.django_db,
    # Wagtail leaves the temporary file of a new rendition to the garbage collector.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

REAL = "bdhvs_content.espeak"


class Parrot(SpeechEngine):
    """Says what it is told to say, as bytes; what has a word in it that it does not know, it cannot."""

    key = "test.parrot"
    label = "giọng vẹt"
    version = "1"
    languages = frozenset({"vi"})
    said: ClassVar[list[tuple[str, str]]] = []

    def speak(self, text: str, language: str) -> bytes:
        if "khó nói" in text:
            raise SpeechFailed("too hard")
        if "nổ" in text:
            raise ZeroDivisionError
        self.said.append((language, text))
        return f"mp3 {text}".encode() * 100


@pytest.fixture(autouse=True)
def parrot(settings: Any, tmp_path: Any) -> Iterator[type[Parrot]]:
    settings.MEDIA_ROOT = tmp_path
    settings.BDHVS_CONTENT_SPEECH_ENGINE = Parrot.key
    Parrot.said.clear()
    with plugged_in(speech_engines, Parrot):
        yield Parrot


made, course = made_once(lambda: pages.course(pages.catalog()))


@pytest.fixture
def published(course: Any, django_capture_on_commit_callbacks: Any) -> Any:
    """Publish a lesson with this body; what waits for the commit is done."""

    def publish(*body: tuple[str, Any], lesson: Any = None) -> Any:
        page = lesson or pages.lesson(course, live=False)
        page.body, page.open_to_all = list(body), True
        with django_capture_on_commit_callbacks(execute=True):
            return pages.publish(page)

    return publish


def recording(size: int = 320 * 1024) -> Media:
    return Media.objects.create(title="Lời cô Lan", type="audio", file=ContentFile(b"x" * size, name="lan.mp3"))


WARNING = {"kind": "warning", "heading": "", "text": "<p>Đừng chuyển tiền.</p>"}
TWO = (("text", "<p>Dừng lại.</p>"), ("callout", WARNING))
CONTROL = re.compile(r'<details class="aloud no-print">.*?</details>|<p class="aloud no-print" hidden>.*?</p>', re.S)


def controls(html: str) -> list[str]:
    """What each of a page's controls says, its hidden words too."""
    return [" ".join(re.sub(r"<[^>]+>", "", each).split()).removeprefix("▶ ") for each in CONTROL.findall(html)]


# --- What is said -----------------------------------------------------------------------------------------------------


def test_rich_text_becomes_sentences_with_pauses_and_no_address() -> None:
    with translation.override("vi"):
        said = plain(
            [
                "<h2>Bốn việc</h2><p>Xem <b>ngay</b> &amp; nhớ:<br/>hôm nay</p>"
                "<ul><li>Gọi <a href='https://x.example/a'>con cháu</a></li><li>“Nhắn tin”</li><li>…</li></ul>",
                "<p>Vào https://dichvucong.gov.vn/p/home/tin?a=1. Hay dichvucong.gov.vn, gọi 113 lúc 7:30!</p><p></p>",
            ]
        )
    assert said.split("\n") == [
        "Bốn việc.",
        "Xem ngay & nhớ:",
        "hôm nay.",
        "Gọi con cháu.",
        "“Nhắn tin”.",
        "Vào Hay dichvucong.gov.vn, gọi một một ba lúc bảy giờ ba mươi phút!",
    ]


def test_every_block_with_words_is_said_but_no_answer_before_it_is_chosen() -> None:
    body = LessonBody().normalize(
        [
            ("steps", {"heading": "Bật đèn", "steps": [{"text": "<p>Vuốt xuống.</p>"}, {"text": "<p>Chạm</p>"}]}),
            ("callout", {"kind": "tip", "heading": "Quên?", "text": "<p>Hỏi người nhà</p>"}),
            (
                "check",
                {
                    "question": "Ai được biết mã?",
                    "options": [{"text": "Không ai", "right": True, "feedback": "Đúng rồi"}],
                    "explanation": "Mã là chìa khóa",
                },
            ),
            ("document", {"document": None, "title": "Tờ rơi"}),
        ]
    )
    with translation.override("vi"):
        said = [words_of(child).split("\n") for child in body]
    assert said == [
        ["Bật đèn.", "Bước một:", "Vuốt xuống.", "Bước hai:", "Chạm."],
        ["Mẹo: Quên?", "Hỏi người nhà."],
        ["Ai được biết mã?", "Không ai."],
        [""],
    ]


# --- Making -----------------------------------------------------------------------------------------------------------


def test_publishing_speaks_what_is_new_and_the_page_offers_it_with_its_weight(published: Any) -> None:
    lesson = published(*TWO)
    assert Parrot.said == [("vi", "Dừng lại."), ("vi", "Chú ý.\nĐừng chuyển tiền.")]
    html = html_of(Client().get(lesson.url))
    assert controls(html) == [
        "Nghe · 2 KB · giọng vẹt: “Dừng lại”",
        "Nghe · 4 KB · giọng vẹt: “Chú ý”",
    ]
    # Nothing is fetched before it is asked for, and without a script it plays all the same.
    players = re.findall(r'<audio controls preload="none" src="(/media/speech/[0-9a-f]{64}\.mp3)" aria-label', html)
    assert len(players) == 2
    heard = Client().get(players[0], headers={"Range": "bytes=0-3"})
    assert (heard.status_code, heard["Content-Type"], b"".join(heard)) == (206, "audio/mpeg", b"mp3 ")

    # The same words again, here and on another page, and a third block.
    published(*TWO, ("text", "<p>Gọi lại.</p>"), lesson=lesson)
    published(TWO[0])
    assert [text for _language, text in Parrot.said[2:]] == ["Gọi lại."]
    assert Speech.objects.count() == 3


def test_what_an_engine_cannot_say_keeps_neither_the_page_nor_the_other_blocks(
    published: Any, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    lesson = published(
        ("text", "<p>Từ khó nói.</p>"), ("text", "<p>Pháo nổ.</p>"), ("text", f"<p>{'a ' * 6000}</p>"), TWO[0]
    )
    assert lesson.live
    assert [text for _language, text in Parrot.said] == ["Dừng lại."]
    assert [record.getMessage().rpartition(": ")[2] for record in caplog.records if record.name.endswith("speech")] == [
        "too hard",
        "ZeroDivisionError()",
    ]
    # Those three are offered to the browser's voice.
    html = html_of(Client().get(lesson.url))
    assert len(controls(html)) == 4
    assert re.findall(r'data-text="(.{8})', html) == ["Từ khó n", "Pháo nổ.", "a a a a "]
    with pytest.raises(SystemExit):
        call_command("speak")
    said = capsys.readouterr()
    assert "Từ khó nói" in said.err and "Pháo nổ" in said.err
    assert said.out.split("\n") == ["Vừa đọc: 0 phần.", "Đang giữ: 1 tệp, 2 KB.", ""]


def test_a_slow_engine_and_what_takes_too_long_are_left_to_the_command(
    published: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Parrot, "quick", False)
    published(*TWO)
    assert Parrot.said == []
    call_command("speak", verbosity=0)
    assert len(Parrot.said) == 2
    call_command("speak", verbosity=0)
    assert len(Parrot.said) == 2

    monkeypatch.setattr(Parrot, "quick", True)
    monkeypatch.setattr("bdhvs_content.speech.making.SECONDS_AT_ONCE", 0)
    published(("text", "<p>Để sau.</p>"))
    assert len(Parrot.said) == 2
    call_command("speak", verbosity=0)
    assert Parrot.said[2:] == [("vi", "Để sau.")]


def test_cleaning_takes_away_what_no_live_lesson_needs_and_nothing_else(
    published: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, changed, gone = published(TWO[0]), published(TWO[1]), published(("text", "<p>Bỏ đi.</p>"))
    published(("text", "<p>Khác.</p>"), lesson=changed)
    gone.unpublish()
    names = set(Speech.objects.values_list("file", flat=True))
    # Cut off before its row was written: long ago, and just now.
    old = default_storage.save("speech/old.mp3", ContentFile(b"old"))
    default_storage.save("speech/new.mp3", ContentFile(b"new"))
    real = default_storage.get_modified_time
    monkeypatch.setattr(
        default_storage, "get_modified_time", lambda name: real(name) - timedelta(days=2 if name == old else 0)
    )
    call_command("speak", "--clean")
    assert capsys.readouterr().out.startswith("Đã xóa: 3 tệp, ")
    there = set(Speech.objects.values_list("file", flat=True))
    assert len(names) == 4 and there < names and len(there) == 2
    assert {f"speech/{name}" for name in default_storage.listdir("speech")[1]} == {*there, "speech/new.mp3"}
    assert controls(html_of(Client().get(kept.url))) == ["Nghe · 2 KB · giọng vẹt: “Dừng lại”"]


def test_the_engine_is_chosen_by_a_setting_and_checked(published: Any, settings: Any) -> None:
    settings.BDHVS_CONTENT_SPEECH_ENGINE = ""
    lesson = published(*TWO)
    assert Parrot.said == []
    call_command("speak", verbosity=0)
    assert controls(html_of(Client().get(lesson.url))) == [
        "Nghe · giọng máy: “Dừng lại”",
        "Nghe · giọng máy: “Chú ý”",
    ]
    settings.BDHVS_CONTENT_SPEECH_ENGINE = "test.parot"
    with pytest.raises(CommandError, match=r"test\.parot"):
        call_command("speak")
    found = {each.id: each for each in run_checks(include_deployment_checks=True)}
    assert "test.parrot" in str(found["bdhvs_content.W003"].hint)


def test_without_the_programs_pages_are_as_they_were_and_the_check_says_what_to_install(
    published: Any, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.BDHVS_CONTENT_SPEECH_ENGINE = REAL
    monkeypatch.setenv("PATH", "")
    lesson = published(*TWO)
    assert not Speech.objects.exists()
    assert len(controls(html_of(Client().get(lesson.url)))) == 2
    with pytest.raises(CommandError, match="apt-get install espeak-ng lame"):
        call_command("speak")
    found = {each.id: each for each in run_checks(include_deployment_checks=True)}
    assert "apt-get install espeak-ng lame" in found["bdhvs_content.I001"].msg
    assert "bdhvs_content.I001" not in {each.id for each in run_checks()}


def test_an_english_lesson_is_said_in_english(course: Any, published: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Parrot, "languages", frozenset({"vi", "en"}))
    english = Locale.objects.get_or_create(language_code="en")[0]
    lesson = pages.lesson(course).copy_for_translation(english, copy_parents=True)
    published(TWO[1], lesson=lesson)
    assert Parrot.said == [("en", "Warning.\nĐừng chuyển tiền.")]
    monkeypatch.setattr(Parrot, "languages", frozenset({"vi"}))
    published(("text", "<p>Stop.</p>"), lesson=lesson)
    assert len(Parrot.said) == 1


# --- The page ---------------------------------------------------------------------------------------------------------


def test_a_recording_goes_before_the_machine_and_bears_no_mark(published: Any) -> None:
    lesson = published(TWO[0], ("reading", {"media": recording()}), TWO[1])
    assert [text for _language, text in Parrot.said] == ["Chú ý.\nĐừng chuyển tiền."]
    html = html_of(Client().get(lesson.url))
    assert controls(html)[0] == "Nghe · 320 KB: “Dừng lại”"
    assert re.search(r'<audio controls preload="none" src="/media/media/lan\w*\.mp3"', html)


def test_hearing_costs_a_page_one_query_however_many_blocks_there_are(published: Any) -> None:
    def queries(*body: tuple[str, Any]) -> int:
        lesson = published(*body)
        Client().get(lesson.url)
        with CaptureQueriesContext(connection) as asked:
            assert len(controls(html_of(Client().get(lesson.url)))) == sum(kind != "reading" for kind, _ in body)
        return sum("bdhvs_content_speech" in each["sql"] for each in asked.captured_queries) * 1000 + len(asked)

    one = queries(TWO[0])
    assert one // 1000 == 1
    assert queries(*TWO * 4) == one
    recorded = [TWO[0], ("reading", {"media": recording(10)})]
    assert queries(*recorded) == queries(*recorded * 5) == one % 1000


def test_a_closed_lesson_says_nothing_to_visitors(course: Any) -> None:
    html = html_of(Client().get(pages.lesson(course).url))
    assert "aloud" not in html and "Dừng lại" not in html


# --- Recordings -------------------------------------------------------------------------------------------------------


def test_an_editor_puts_a_recording_below_what_is_read_and_nowhere_else(course: Any) -> None:
    client, lesson, sound = pages.editor(), pages.lesson(course, live=False), recording()
    address = reverse("wagtailadmin_pages:edit", args=[lesson.pk])
    assert json.dumps("Giọng đọc phần ngay trên")[1:-1] in client.get(address).content.decode()

    def post(*body: tuple[str, Any]) -> Any:
        form = {"title": lesson.title, "slug": lesson.slug, "body": streamfield(body), "action-publish": "1"}
        lists = {"alignments": inline_formset([]), "comments": inline_formset([])}
        return client.post(address, nested_form_data({**form, "facts_source": "", "facts_checked_on": "", **lists}))

    text, heard = ("text", rich_text("<p>Một.</p>")), ("reading", {"media": str(sound.pk)})
    picture = ("picture", {"image": str(pages.picture().pk), "alt": "Hình", "caption": ""})
    misplaced = json.dumps("Hãy chuyển xuống ngay dưới phần được đọc")[1:-1]
    for wrong in ((heard, text), (text, picture, heard), (text, heard, heard)):
        assert misplaced in post(*wrong).content.decode()
    assert "Hãy chọn tệp." in problems_of(LessonBody().normalize([TWO[0], ("reading", {"media": None})]))[0]
    assert not LessonPage.objects.get(pk=lesson.pk).live
    assert post(text, heard).status_code == 302
    page = LessonPage.objects.get(pk=lesson.pk)
    assert page.live and page.body[1].value["media"] == sound


def test_an_editor_is_told_how_long_learners_wait_for_a_recording() -> None:
    body = LessonBody().normalize([TWO[0], ("reading", {"media": recording(20_000_000)})])
    with translation.override("en"):
        assert list(waits_of(LessonPage(body=body))) == ["Lời cô Lan: 19 MB: about 3 minutes on a slow connection"]


def test_what_lost_its_file_is_spoken_again(published: Any) -> None:
    lesson = published(TWO[0])
    default_storage.delete(Speech.objects.get().file.name)
    call_command("speak", "--clean", verbosity=0)
    assert len(Parrot.said) == 2
    with default_storage.open(Speech.objects.get().file.name) as file:
        assert file.read().startswith("mp3 Dừng lại.".encode())
    assert len(controls(html_of(Client().get(lesson.url)))) == 1


def test_the_command_stops_between_two_blocks_and_goes_on(
    published: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(Parrot, "quick", False)
    published(*TWO)
    speak = Parrot.speak

    def pressed(self: Parrot, text: str, language: str) -> bytes:
        if Parrot.said:
            raise KeyboardInterrupt
        return speak(self, text, language)

    with monkeypatch.context() as patched:
        patched.setattr(Parrot, "speak", pressed)
        with pytest.raises(SystemExit, match="130"):
            call_command("speak")
    assert "Đã dừng" in capsys.readouterr().err
    assert Speech.objects.count() == 1
    call_command("speak", verbosity=0)
    assert (Speech.objects.count(), len(Parrot.said)) == (2, 2)
