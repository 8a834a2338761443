"""Tables read back from a page and from files, as texts, to be compared cell by cell."""

from __future__ import annotations

import csv
import io
import re
from decimal import Decimal
from html import unescape
from typing import Any

from django.urls import reverse
from python_calamine import CalamineWorkbook

from bdhvs_lms.base.api import format_number
from tests.support.markup import html_of

Texts = list[list[str]]


def text_of(html: str) -> str:
    """What is read of a piece of HTML: without pictures and without signs that voices skip."""
    html = re.sub(r"<svg.*?</svg>", "", html, flags=re.DOTALL)
    html = re.sub(r'<span[^>]* aria-hidden="true">.*?</span>', "", html, flags=re.DOTALL)
    html = re.sub(r"</(?:p|li|div|h\d|t[hd]|d[td])>", " ", html)
    return " ".join(unescape(re.sub(r"<[^>]+>", "", html)).split())


def tables_of(response: Any) -> list[Texts]:
    """Each table of a page: its head and then its rows."""
    found = []
    for table in re.findall(r"<table.*?</table>", html_of(response), re.DOTALL):
        rows = re.findall(r"<tr.*?</tr>", table, re.DOTALL)
        found.append([[text_of(cell) for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.DOTALL)] for row in rows])
    return found


def csv_of(response: Any) -> tuple[list[str], Texts]:
    """(lines above, table). The file begins with the mark by which Excel knows UTF-8."""
    assert response.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"), newline="")))
    empty = rows.index([])
    return [row[0] for row in rows[:empty]], [[unguarded(text) for text in row] for row in rows[empty + 1 :]]


def of_reading(client: Any, reading: Any, area: str, kind: str = "csv") -> Texts:
    """What a reading's file of an area says of the area itself, as a page has it: without the column of areas."""
    response = client.get(reverse("bdhvs_lms:reading-file", args=[reading.uuid, kind]), {"dia-ban": area})
    _above, table = csv_of(response) if kind == "csv" else xlsx_of(response)
    return [table[0][1:], *(row[1:] for row in table[1:] if row[0] == table[1][0])]


def unguarded(text: str) -> str:
    return text[1:] if re.match(r"'[=+\-@＝＋－＠\t\r\n]", text) else text


def xlsx_of(response: Any) -> tuple[list[str], Texts]:
    """(lines above, table), numbers as the reader's language writes them."""
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(response.content)).get_sheet_by_index(0)
    rows = sheet.to_python(skip_empty_area=False)
    empty = next(place for place, row in enumerate(rows) if not any(row))
    table = rows[empty + 1 :]
    shares = {place for place, label in enumerate(table[0]) if "(%)" in str(label)}
    return [str(row[0]) for row in rows[:empty]], [
        [_text(value, share=place in shares) for place, value in enumerate(row)] for row in table
    ]


def _text(value: Any, *, share: bool) -> str:
    """A file keeps numbers without the places that their format shows: shares have one at least."""
    if not isinstance(value, float):
        return str(value)
    return format_number(int(value) if value.is_integer() and not share else Decimal(str(value)))
