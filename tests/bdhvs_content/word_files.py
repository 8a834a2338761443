"""Word files for tests: made by python-docx, or by hand where no program makes them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from typing import Any

import docx
from docx.oxml.ns import qn
from docx.shared import Cm
from PIL import Image

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def png(width: int = 60, height: int = 40, colour: str = "#b3122a") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(out, "PNG")
    return out.getvalue()


def add_picture(document: Any, data: bytes, *, alt: str = "") -> None:
    document.add_picture(io.BytesIO(data), width=Cm(4))
    said = document.paragraphs[-1]._p.find(".//" + qn("wp:docPr"))
    said.set("descr", alt)


def saved(document: Any) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def lesson() -> bytes:
    """What an editor would bring: headings, nested lists, two pictures, a table, bold and a link typed in Word."""
    document = docx.Document()
    document.core_properties.title = ""
    document.add_heading("Gọi điện thoại có hình", level=1)
    first = document.add_paragraph("Ứng dụng ")
    first.add_run("Zalo").bold = True
    first.add_run(" gọi được cho người ở xa.")
    document.add_heading("Chuẩn bị", level=2)
    document.add_paragraph("Điện thoại còn pin", style="List Bullet")
    document.add_paragraph("Có mạng", style="List Bullet")
    document.add_paragraph("Wi-Fi ở nhà văn hóa thôn", style="List Bullet 2")
    document.add_heading("Các bước", level=2)
    document.add_paragraph("Mở Zalo.", style="List Number")
    document.add_paragraph("Chọn tên người cần gọi.", style="List Number")
    add_picture(document, png(), alt="Màn hình Zalo có nút gọi")
    document.add_paragraph("Hình 1. Nút gọi", style="Caption")
    add_picture(document, png(80, 30, "#0b6b3a"))
    table = document.add_table(rows=3, cols=2, style="Table Grid")
    for row, cells in zip(
        table.rows, (("Nút", "Để làm gì"), ("Máy quay", "Gọi có hình"), ("Ống nghe", "Gọi thường")), strict=True
    ):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    document.add_paragraph("Gọi xong, bấm nút đỏ.")
    return saved(document)


def changed(content: bytes, members: Mapping[str, bytes | None], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """The package with these members instead; None: without."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", method) as new:
        for name in old.namelist():
            if name not in members:
                new.writestr(name, old.read(name))
        for name, data in members.items():
            if data is not None:
                new.writestr(name, data)
    return out.getvalue()


def with_body(xml: str) -> bytes:
    """A plain file whose body is this, in Word's own words; `w`, `r`, `m`, `wp`, `a`, `mc` are there."""
    spaces = {
        "w": W,
        "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
        "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
        "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
        "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
        "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
        "v": "urn:schemas-microsoft-com:vml",
    }
    declared = " ".join(f'xmlns:{name}="{space}"' for name, space in spaces.items())
    text = f'<?xml version="1.0" encoding="UTF-8"?><w:document {declared}><w:body>{xml}</w:body></w:document>'
    return changed(saved(docx.Document()), {"word/document.xml": text.encode()})
