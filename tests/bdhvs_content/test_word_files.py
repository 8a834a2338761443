"""Word files are read in the order of their text, and what is no plain .docx is refused with words."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import docx
import pytest
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from hypothesis import given
from hypothesis import strategies as st

from bdhvs_content.word_lessons.plan import plan_lesson
from question_files.document import opening
from question_files.document.legacy import legacy_encoding
from question_files.document.numbering import written
from question_files.document.opening import open_docx
from question_files.document.parts import Paragraph, Table, WordRefused
from tests.bdhvs_content.word_files import add_picture, changed, lesson, png, saved, with_body
from tests.support.loops import for_each


def opened(content: bytes) -> Any:
    return open_docx(io.BytesIO(content))


def refused(content: bytes) -> str:
    with pytest.raises(WordRefused) as found:
        opened(content)
    assert str(found.value).endswith(".")
    return found.value.code


def test_a_lesson_is_read_as_it_stands() -> None:
    found = opened(lesson())
    said = [
        (
            block.heading or (block.place and (block.place.level, block.place.label)) or block.style,
            block.text or [(one.alt, len(one.data) > 50) for one in block.pictures],
        )
        if isinstance(block, Paragraph)
        else [[cell.text for cell in row] for row in block.rows]
        for block in found.blocks
    ]
    assert said == [
        (1, "Gọi điện thoại có hình"),
        ("normal", "Ứng dụng Zalo gọi được cho người ở xa."),
        (2, "Chuẩn bị"),
        ((0, "•"), "Điện thoại còn pin"),
        ((0, "•"), "Có mạng"),
        ((1, "•"), "Wi-Fi ở nhà văn hóa thôn"),
        (2, "Các bước"),
        ((0, "1."), "Mở Zalo."),
        ((0, "2."), "Chọn tên người cần gọi."),
        ("normal", [("Màn hình Zalo có nút gọi", True)]),
        ("caption", "Hình 1. Nút gọi"),
        ("normal", [("", True)]),
        [["Nút", "Để làm gì"], ["Máy quay", "Gọi có hình"], ["Ống nghe", "Gọi thường"]],
        ("normal", "Gọi xong, bấm nút đỏ."),
    ]
    assert [(run.text, run.bold) for run in found.blocks[1].runs] == [
        ("Ứng dụng ", False), ("Zalo", True), (" gọi được cho người ở xa.", False),
    ]  # fmt: skip
    assert found.left_out == ()


def numbered(number: int, depth: int, text: str) -> str:
    return (
        f'<w:p><w:pPr><w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{number}"/></w:numPr></w:pPr>'
        f"<w:r><w:t>{text}</w:t></w:r></w:p>"
    )


NUMBERING = """<?xml version="1.0"?>
<w:numbering xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">
<w:abstractNum w:abstractNumId="0">
<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="Câu %1:"/></w:lvl>
<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="upperLetter"/><w:lvlText w:val="%2."/></w:lvl>
<w:lvl w:ilvl="2"><w:start w:val="3"/><w:numFmt w:val="lowerRoman"/><w:lvlText w:val="%1.%3)"/></w:lvl>
</w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>
<w:num w:numId="2"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride>
</w:num>
</w:numbering>"""


def test_lists_are_counted_as_word_counts_them() -> None:
    body = "".join(
        (
            numbered(1, 0, "một"), numbered(1, 1, "a"), numbered(1, 1, "b"), "<w:p/>", numbered(1, 0, "hai"),
            numbered(1, 1, "a"), numbered(1, 2, "i"), numbered(2, 0, "năm"), numbered(2, 0, "sáu"),
            numbered(0, 0, "nothing"), numbered(77, 0, "unknown"),
        )
    )  # fmt: skip
    content = changed(with_body(body), {"word/numbering.xml": NUMBERING.encode()})
    labels = [block.place.label if block.place else None for block in opened(content).blocks]
    assert labels == ["Câu 1:", "A.", "B.", None, "Câu 2:", "A.", "2.iii)", "Câu 5:", "Câu 6:", None, None]
    assert [written(number, form) for number, form in ((27, "upperLetter"), (1999, "lowerRoman"), (4, "thing"))] == [
        "AA", "mcmxcix", "4",
    ]  # fmt: skip


def test_what_word_hides_or_wraps() -> None:
    body = """
    <w:p><w:ins w:id="1"><w:r><w:t>thêm </w:t></w:r></w:ins>
    <w:del w:id="2"><w:r><w:delText>bớt</w:delText></w:r></w:del>
    <w:r><w:rPr><w:vanish/></w:rPr><w:t>khuất</w:t></w:r>
    <w:r><w:fldChar w:fldCharType="begin"/></w:r>
    <w:r><w:instrText> HYPERLINK "https://vneid.gov.vn/" </w:instrText></w:r>
    <w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>trang VNeID</w:t></w:r>
    <w:r><w:fldChar w:fldCharType="end"/></w:r>
    <w:r><w:sym w:font="Wingdings" w:char="F0FC"/><w:footnoteReference w:id="3"/></w:r></w:p>
    <w:sdt><w:sdtContent>
    <w:p><w:pPr><w:outlineLvl w:val="1"/></w:pPr><w:r><w:t>Trong ô</w:t></w:r></w:p>
    </w:sdtContent></w:sdt>
    <w:p><m:oMath><m:r><m:t>1+1=2</m:t></m:r></m:oMath>
    <w:r><w:pict><v:shape><v:imagedata r:id="rIdNone"/></v:shape></w:pict></w:r></w:p>
    <w:tbl>
    <w:tr><w:tc><w:tcPr><w:gridSpan w:val="2"/></w:tcPr><w:p><w:r><w:t>rộng</w:t></w:r></w:p></w:tc></w:tr>
    <w:tr><w:tc><w:tcPr><w:vMerge/></w:tcPr><w:p/></w:tc>
    <w:tc><w:tbl><w:tr><w:tc><w:p/></w:tc></w:tr></w:tbl><w:p/></w:tc></w:tr>
    </w:tbl>"""
    found = opened(with_body(body))
    first, second, third, table = found.blocks
    assert [(run.text, run.link) for run in first.runs] == [
        ("thêm ", ""), ("trang VNeID", "https://vneid.gov.vn/"), ("✓", ""),
    ]  # fmt: skip
    assert (second.text, second.heading, third.text) == ("Trong ô", 2, "1+1=2")
    assert isinstance(table, Table)
    assert [[(cell.text, cell.columns, cell.continued) for cell in row] for row in table.rows] == [
        [("rộng", 2, False)], [("", 1, True), ("", 1, False)],
    ]  # fmt: skip
    assert [(one.kind, one.number) for one in found.left_out] == [
        ("deleted", 1), ("hidden", 1), ("footnote", 1), ("equation", 3), ("linked-picture", 3), ("nested-table", 7),
    ]  # fmt: skip


HERE = lesson()


@for_each(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"  \n", "empty"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old-word"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "password"),
        (b"{\\rtf1 xin ch\\'e0o}", "other-kind"),
        (b"<html><body>Word</body></html>", "other-kind"),
        (b"PK\x03\x04" + b"nothing" * 40, "damaged"),
        (HERE[: len(HERE) // 2], "damaged"),
        (changed(HERE, {"word/vbaProject.bin": b"program"}), "macros"),
        (changed(HERE, {"word/document.xml": None}), "damaged"),
        (changed(HERE, {"word/document.xml": b"<w:document"}), "damaged"),
        (changed(HERE, {"[Content_Types].xml": None}), "other-kind"),
        (changed(HERE, {f"word/media/{place}.png": b"" for place in range(3_001)}), "bomb"),
        (changed(HERE, {"word/media/big.png": b"\0" * (opening.BOUNDS.unpacked + 1)}), "bomb"),
        (changed(HERE, {"word/document.xml": b" " * (opening.BOUNDS.xml + 1)}), "bomb"),
        (changed(HERE, {"word/document.xml": b"<a>" * 200 + b"</a>" * 200}), "bomb"),
        (
            changed(HERE, {"word/document.xml": b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'}),
            "declarations",
        ),
        (changed(HERE, {"customXml/item1.xml": b'<!DOCTYPE a [<!ENTITY x "1">]><a>&x;</a>'}), "declarations"),
        (changed(HERE, {}, method=zipfile.ZIP_LZMA), "damaged"),
    ],
)  # fmt: skip
def test_what_is_refused(content: bytes, code: str) -> None:
    assert refused(content) == code


def test_a_relationship_to_a_part_that_is_not_there_is_no_damage() -> None:
    with zipfile.ZipFile(io.BytesIO(HERE)) as package:
        relations = package.read("word/_rels/document.xml.rels")
    kind = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"
    dangling = b'<Relationship Id="rIdNull" Type="' + kind + b'" Target="../NULL"/></Relationships>'
    broken = changed(HERE, {"word/_rels/document.xml.rels": relations.replace(b"</Relationships>", dangling)})
    assert opened(broken) == opened(HERE)


def test_too_large_a_file_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "MOST_BYTES", 1000)
    assert refused(HERE) == "too-large"


@given(st.data())
def test_no_broken_file_is_more_than_refused(data: st.DataObject) -> None:
    content = bytearray(HERE)
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        found = opened(bytes(content))
    except WordRefused as why:
        assert str(why)
    else:
        plan_lesson(found, name="x.docx", why_not=lambda picture: "")


def in_font(text: str, font: str) -> bytes:
    document = docx.Document()
    run = document.add_paragraph().add_run(text)
    run.font.name = font
    return saved(document)


@pytest.mark.parametrize(
    ("text", "font", "code"),
    [
        ("C©u 1: Bµi häc nµy d¹y g×?", ".VnTime", "tcvn3"),
        ("C©u 1: Bµi häc nµy d¹y c¸ch gäi ®iÖn tho¹i cã h×nh cho ng­êi th©n", "Times New Roman", "tcvn3"),
        ("Baøi hoïc naøy daïy caùch goïi ñieän thoaïi", "VNI-Times", "vni"),
        ("Baøi hoïc naøy daïy caùch goïi ñieän thoaïi coù hình cho ngöôøi thaân", "Arial", "vni"),
    ],
)
def test_old_encodings_are_refused_with_what_to_do(text: str, font: str, code: str) -> None:
    with pytest.raises(WordRefused, match="UniKey") as found:
        opened(in_font(text, font))
    assert found.value.code == code


@pytest.mark.parametrize(
    ("text", "fonts"),
    [
        ("Bài học này dạy cách gọi điện thoại có hình, thuê bao, xuân, hoà, quý", [".VnTime"]),
        ("Zalo, Facebook, Google Maps", [".VnTime", "VNI-Times"]),
        ("El niño mañana señor, Müller schön grün, 10 µm © 2026 Hội Nông dân ®", []),
        ("Cà phê, café, crème brûlée, naïve", []),
        ("", []),
    ],
)
def test_other_texts_are_in_no_old_encoding(text: str, fonts: list[str]) -> None:
    assert legacy_encoding(text, fonts) is None


def test_pictures_say_what_their_author_said() -> None:
    document = docx.Document()
    add_picture(document, png(), alt="Nút gọi")
    add_picture(document, png(10, 10))
    said = document.paragraphs[-1]._p.find(".//" + qn("wp:docPr"))
    mark = OxmlElement("a:ext")
    said.append(mark)
    decorative = mark.makeelement(
        "{http://schemas.microsoft.com/office/drawing/2017/decorative}decorative", {"val": "1"}
    )
    mark.append(decorative)
    pictures = [one for paragraph in opened(saved(document)).paragraphs() for one in paragraph.pictures]
    assert [(one.alt, one.decorative, one.content_type) for one in pictures] == [
        ("Nút gọi", False, "image/png"), ("", True, "image/png"),
    ]  # fmt: skip
