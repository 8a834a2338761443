"""An editor brings a lesson as a Word file, and a film's captions as a .srt file: from file to form, in a browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.bdhvs_content.word_files import lesson
from tests.e2e.editor import Editor
from tests.e2e.people import PASSWORD
from tests.support.live import Installation

pytestmark = pytest.mark.thorough

SRT = "1\r\n00:00:01,000 --> 00:00:03,500\r\nXin chào.\r\n\r\n2\r\n00:00:04,000 --> 00:00:02,000\r\nHọc gọi.\r\n"


def test_a_word_file_is_looked_at_and_becomes_a_draft(demo: Installation, browser: Any, tmp_path: Path) -> None:
    word, srt = tmp_path / "goi-dien.docx", tmp_path / "loi.srt"
    word.write_bytes(lesson())
    srt.write_bytes(SRT.encode("utf-16"))
    editor = Editor(browser.new_page(locale="vi"), demo.serve().url)
    page = editor.page
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    editor.sign_in("bientap", PASSWORD)
    editor.open(f"pages/{editor.catalog()}/")
    page.locator("main td a[href$='/edit/']").first.click()
    page.locator("header [data-w-dropdown-target=toggle]").last.click()
    page.get_by_role("link", name="Thêm bài học từ tệp Word").click()
    page.set_input_files("input[name=file]", word)
    page.get_by_role("button", name="Xem trước").click()

    # What was found, and the words of one picture are missing.
    expect(page.locator(".word-counts")).to_contain_text("Bảng: 1")
    expect(page.locator(".word-part img")).to_have_count(2)
    page.get_by_role("button", name="Thêm thành bản nháp").click()
    expect(page.get_by_role("alert")).to_contain_text("Hình cho thấy gì (2)")
    page.fill("#id_alt-2", "Nút đỏ để ngừng gọi")
    page.fill("#id_table-1", "Các nút khi gọi")
    page.get_by_role("button", name="Thêm thành bản nháp").click()

    # The draft in Wagtail's own form: blocks in their order, the table with its cells.
    expect(page.locator("#id_title")).to_have_value("Gọi điện thoại có hình")
    kinds = page.locator("input[name^='body-'][name$='-type']:not([name*='value'])")
    expect(kinds).to_have_count(7)
    found = [kinds.nth(place).input_value() for place in range(7)]
    assert found == ["text", "text", "text", "picture", "picture", "table", "text"]
    expect(page.locator("[name='body-5-value-table-caption']")).to_have_value("Các nút khi gọi")

    # A film's captions from a file: in the field, and the line that is wrong by its number.
    film = editor.add_block("video")
    page.locator("input[data-bdhvs-captions]").set_input_files(srt)
    expect(page.locator(f"#{film}-captions_text")).to_have_value(SRT.replace("\r\n", "\n"))
    editor.publish()
    expect(page.locator(".error-message", has_text="Dòng 6:")).to_be_visible()
    assert problems == []
