"""A lesson is heard on a telephone: the file that eSpeak NG made plays, by one tap with the script and without it by
the browser's own control; what has no file is said by the device's own voice, where it has one."""

from __future__ import annotations

import re
import shutil
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e.people import Visitor, Watched
from tests.support.fixtures import require

pytestmark = pytest.mark.thorough

BUILD = """
from bdhvs_content.models import Speech
from tests.bdhvs_content import pages
lesson = pages.lesson(pages.course(pages.catalog()), live=False)
lesson.open_to_all = True
lesson.body = [("text", "<p>Dừng lại.</p>"), ("text", "<p>Không đọc mã cho ai.</p><p>Gọi số in trên thẻ.</p>")]
pages.publish(lesson)
assert Speech.objects.count() == 2
Speech.objects.order_by("pk").last().delete()
print("LESSON", lesson.url)
"""
# What a telephone has of the Web Speech API, and what is asked of it. One voice sends the text to somebody else.
VOICES = """
const asked = window.asked = [];
const voice = (lang, localService) => ({lang, localService});
const voices = [voice("en-US", true), voice("vi-VN", false), voice("vi_VN", LOCAL)];
window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
Object.defineProperty(window, "speechSynthesis", {value: Object.assign(new EventTarget(), {
  getVoices: () => window.late ? voices : [],
  speak: (said) => { asked.push(`${said.lang} ${said.text}`); window.last = said; },
  cancel: () => asked.push("cancel"),
})});
window.tell = () => { window.late = true; speechSynthesis.dispatchEvent(new Event("voiceschanged")); };
"""
PLAYS = "audio => audio.duration > 0.5 && audio.currentTime > 0"


def test_a_lesson_is_heard(installation: Any, live_process: Any, browser: Any) -> None:
    require(shutil.which("espeak-ng") and shutil.which("lame"), "espeak-ng or lame")
    [line] = [line for line in installation.python(BUILD).splitlines() if line.startswith("LESSON")]
    server = live_process()

    def opened(*, scripts: bool = True, local: bool = True) -> tuple[Any, Watched, list[str]]:
        visitor, asked = Visitor(browser, server.url, scripts=scripts), []
        visitor.page.add_init_script(VOICES.replace("LOCAL", str(local).lower()))
        visitor.page.on("request", lambda request: asked.append(request.url))
        visitor.open(line.split()[1])
        return visitor.page, visitor.watched, asked

    page, watched, asked = opened()
    chip = page.locator("details.aloud summary")
    assert re.fullmatch(r"▶ Nghe · \d+ KB · giọng máy: “Dừng lại”", " ".join(chip.text_content().split()))
    assert not [address for address in asked if "/media/" in address], "nothing is fetched before it is asked for"
    chip.click()
    audio = page.locator("details.aloud audio").element_handle()
    page.wait_for_function(PLAYS, arg=audio)

    # The device's voice is offered once it is known; it says the text line by line, and stops the file.
    said = page.locator(".aloud button")
    expect(said).to_be_hidden()
    page.evaluate("tell()")
    expect(said).to_be_visible()
    assert said.bounding_box()["height"] >= 44
    said.click()
    assert audio.evaluate("audio => audio.paused")
    expect(said).to_contain_text("■ Dừng")
    assert page.evaluate("asked") == ["cancel", "vi_VN Không đọc mã cho ai.", "vi_VN Gọi số in trên thẻ."]
    said.click()
    expect(said).to_contain_text("Nghe · giọng máy")
    said.click()
    page.evaluate("last.onend()")
    expect(said).to_contain_text("Nghe · giọng máy")
    said.click()
    assert page.evaluate("asked").count("vi_VN Gọi số in trên thẻ.") == 3
    # A file takes over from it.
    audio.evaluate("audio => audio.play()")
    expect(said).to_contain_text("Nghe · giọng máy")
    assert watched.problems == []

    # A voice that is no voice of this device is not offered.
    page, _watched, _asked = opened(local=False)
    page.evaluate("tell()")
    expect(page.locator(".aloud button")).to_be_hidden()

    page, watched, _asked = opened(scripts=False)
    page.locator("details.aloud summary").click()
    box = page.locator("details.aloud audio").bounding_box()
    assert box["height"] >= 44 and box["width"] >= 250
    assert watched.problems == []
