"""The report of a reading: numbers of the reading, as page, DOCX and PDF have them, and what is typed for it."""

from __future__ import annotations

import io
import shutil
import subprocess
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from docx import Document
from docx.enum.section import WD_ORIENT

from bdhvs_lms.base.api import now
from bdhvs_lms.reporting.readings.actions import freeze
from bdhvs_lms.reporting.readings.models import Reading, ReportDraft
from tests.bdhvs_lms.reporting.conftest import NOW, Stage
from tests.bdhvs_lms.reporting.reading import csv_of, tables_of, text_of, xlsx_of
from tests.support.markup import html_of
from tests.support.meanwhile import meanwhile
from tests.support.pdfs import texts_of
from tests.support.worlds import made_once

pytestmark = pytest.mark.django_db
THEN = date(2025, 11, 14)
TYPED = {
    "style": "state",
    "above": "UBND thành phố Thử",
    "agency": "Ban Chỉ đạo Thử",
    "number": "12/BC-BCĐ",
    "place": "Thử",
    "day": "2025-11-15",
    "difficulties": "Nhiều thôn chưa có mạng.\nThiếu máy.",
    "recipients": "Thành ủy;\n- Lưu: VT",
    "authority": "TM. Ban Chỉ đạo",
    "position": "Trưởng ban",
    "signer": "Nguyễn Văn Thử",
}


class Counted(Stage):
    """60 of 150 adults; of the target that asks for phones nobody knows; one cannot be measured. And the reading."""

    reading: Reading


def count() -> Counted:
    stage = Counted()
    passed = stage.people(40)
    stage.people(20)
    elsewhere = stage.people(30, stage.other_area)
    stage.attain([*passed, *elsewhere[:20]])
    stage.count_everyone(100)
    stage.count_everyone(50, area=stage.other_area)
    stage.count_everyone(150, area=stage.province)
    stage.add_target("T1-2025", 2025, row=1, value=Decimal(30))
    stage.add_target("T6-2025", 2025, row=6, measurable=False, reason_vi="Không xếp hạng được.")
    stage.add_target("T3-2026", 2026)
    stage.reading = freeze(stage.province, THEN, at=datetime.fromisoformat(NOW), by=None)
    return stage


made, _own = made_once(count)


@pytest.fixture
def counted(stage: Counted) -> Counted:
    return stage


def address(name: str, reading: Reading, *more: str) -> str:
    return reverse(f"bdhvs_lms:{name}", args=[reading.uuid, *more])


def docx_of(response: Any) -> Any:
    return Document(io.BytesIO(response.content))


def words_of_pdf(content: bytes) -> str:
    made = subprocess.run(["pdftotext", "-layout", "-", "-"], input=content, capture_output=True, check=True)  # noqa: S607
    return made.stdout.decode()


def test_the_opening_sentence_counts_the_targets(counted: Counted) -> None:
    reading = counted.reading
    html = counted.steering(counted.province).get(address("reading-report", reading)).content.decode()
    assert (
        "Đến hết ngày 14/11/2025, trong 3 chỉ tiêu năm 2025: 1 đạt, 1 chưa đạt, 0 chưa có số liệu, 1 không đo được."
    ) in html
    assert "T3-2025:</strong> Phường Thử: còn thiếu 46 người; Xã Khác: còn thiếu 23 người." in html


def test_screen_csv_xlsx_docx_and_pdf_have_the_same_cells(counted: Counted) -> None:
    reading = counted.reading
    client = counted.steering(counted.province)
    [shown] = tables_of(client.get(address("reading-report", reading)))
    written = docx_of(client.get(address("reading-report-file", reading, "docx"))).tables[1]
    assert [[cell.text for cell in row.cells] for row in written.rows] == shown
    frozen = docx_of(client.get(address("reading-file", reading, "docx"))).tables[1]
    assert [[cell.text for cell in row.cells] for row in frozen.rows] == shown
    for read, kind in ((csv_of, "csv"), (xlsx_of, "xlsx")):
        _above, table = read(client.get(address("reading-file", reading, kind)))
        assert shown == [table[0][1:], *(row[1:] for row in table[1:] if row[0] == "Thành phố Thử")][: len(shown)]
    if shutil.which("pdftotext"):
        for name in ("reading-report-file", "reading-file"):
            words = words_of_pdf(client.get(address(name, reading, "pdf")).content).split()
            for row in shown:
                for cell in row:
                    assert [one for one in cell.split() if one not in words and len(one) < 9] == [], cell


def test_no_signature_stands_on_a_page_without_a_word_of_what_is_signed(counted: Counted) -> None:
    reading = counted.reading
    client = counted.steering(counted.province)
    alone, pages = [], set()
    for count in range(16):
        typed = {**TYPED, "difficulties": "\n".join(["Nhiều thôn chưa có mạng."] * count)}
        assert client.post(address("reading-report", reading), typed).status_code in (302, 303)
        texts = texts_of(client.get(address("reading-report-file", reading, "pdf")).content)
        pages.add(len(texts))
        [signed] = [text for text in texts if "Nơi nhận" in text]
        if "Nhiều thôn" not in signed and "Khó khăn" not in signed:
            alone.append(count)
    # The block went over to another page somewhere among these.
    assert alone == [] and len(pages) > 1
    document = docx_of(client.get(address("reading-report-file", reading, "docx")))
    [*_others, last] = [one for one in document.paragraphs if one.text == "Nhiều thôn chưa có mạng."]
    assert last.paragraph_format.keep_with_next
    assert document.tables[-1].rows[0]._tr.trPr.xpath("w:cantSplit")


def test_what_is_typed_is_kept_and_stands_in_page_and_word_document(counted: Counted) -> None:
    reading = counted.reading
    client = counted.steering(counted.province)
    assert client.post(address("reading-report", reading), TYPED).status_code in (302, 303)
    page = text_of(html_of(client.get(address("reading-report", reading))))
    document = docx_of(client.get(address("reading-report-file", reading, "docx")))
    body = [paragraph.text for paragraph in document.paragraphs]
    cells = [cell.text for place in (0, -1) for cell in document.tables[place].rows[0].cells]
    for words in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "UBND THÀNH PHỐ THỬ",
        "BAN CHỈ ĐẠO THỬ",
        "Số: 12/BC-BCĐ",
        "Thử, ngày 15 tháng 11 năm 2025",
        "TM. BAN CHỈ ĐẠO",
        "TRƯỞNG BAN",
        "Nguyễn Văn Thử",
        "- Thành ủy;",
        "- Lưu: VT.",
    ):
        assert words in page, words
        assert any(words in cell for cell in cells), words
    assert {"Nhiều thôn chưa có mạng.", "Thiếu máy."} <= set(body)
    client.post(address("reading-report", reading), {**TYPED, "style": "party"})
    page = text_of(html_of(client.get(address("reading-report", reading))))
    assert "ĐẢNG CỘNG SẢN VIỆT NAM" in page
    assert "CỘNG HÒA" not in page
    assert ReportDraft.objects.get().changed_by is not None
    again = freeze(counted.province, THEN, at=now(), by=None, why="Nhập sót")
    page = text_of(html_of(client.get(address("reading-report", again))))
    assert "BAN CHỈ ĐẠO THỬ" in page
    assert "Nhiều thôn chưa có mạng." not in page
    assert "Thay cho lần 1. Lý do: Nhập sót" in page


def test_signs_that_nobody_sees_do_not_keep_the_report_from_its_word_document(counted: Counted) -> None:
    reading = counted.reading
    client = counted.steering(counted.province)
    typed = {**TYPED, "difficulties": "Nhiều\x01 thôn.\r\nThiếu\u200b máy.", "signer": "Nguyễn\x02 Văn Thử"}
    assert client.post(address("reading-report", reading), typed).status_code == 303
    draft = ReportDraft.objects.get()
    assert (draft.difficulties, draft.signer) == ("Nhiều thôn.\nThiếu máy.", "Nguyễn Văn Thử")
    assert client.get(address("reading-report-file", reading, "docx")).status_code == 200


def test_two_who_save_the_first_words_of_a_report_at_once(counted: Counted) -> None:
    reading = counted.reading
    client = counted.steering(counted.province)
    other = ReportDraft(reading=reading, signer="Người khác", changed_at=now())
    with meanwhile("bdhvs_lms_reportdraft", other.save, after=2):
        assert client.post(address("reading-report", reading), TYPED).status_code == 303
    assert ReportDraft.objects.get().signer == "Nguyễn Văn Thử"


def test_the_word_document_lies_repeats_its_head_and_numbers_its_pages(counted: Counted) -> None:
    reading = counted.reading
    document = docx_of(counted.steering(counted.province).get(address("reading-report-file", reading, "docx")))
    [section] = document.sections
    assert section.orientation == WD_ORIENT.LANDSCAPE
    assert section.page_width > section.page_height
    assert [style.style.name for style in document.paragraphs if style.style.name.startswith("Heading")] == [
        "Heading 1",
        "Heading 2",
        "Heading 2",
    ]
    assert document.tables[1].rows[0]._tr.xpath(".//w:tblHeader")
    assert section.footer._element.xpath(".//w:fldSimple/@w:instr") == ["PAGE", "NUMPAGES"]
    assert document.styles["Normal"].font.name == "Times New Roman"


def test_a_reading_with_made_up_people_says_so_on_every_paper(counted: Counted) -> None:
    counted.count_everyone(151, area=counted.province, as_of=date(2025, 11, 1), illustrative=True)
    reading = freeze(counted.province, THEN, at=now(), by=None, why="thử")
    client = counted.steering(counted.province)
    words = "SỐ LIỆU MINH HỌA – KHÔNG DÙNG ĐỂ BÁO CÁO"
    assert words in client.get(address("reading-report", reading)).content.decode()
    document = docx_of(client.get(address("reading-file", reading, "docx")))
    assert words in [paragraph.text for paragraph in document.paragraphs]
    assert words in csv_of(client.get(address("reading-file", reading, "csv")))[0]
