"""The reader of workbooks, against what programs write; the hostile ones are in tests/site/test_hostile_files.py."""

from __future__ import annotations

import io
import os
import subprocess
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, ClassVar

import pytest
from django.db import connection
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from bdhvs_lms.base.api import Column, Importer, Planned, Record, apply_import
from question_files.office.tables import read_rows
from question_files.office.workbooks import TableError, read_workbook
from tests.support.hostile import MAIN, SHEET, cells, old_excel, open_document, workbook, zipped
from tests.support.loops import for_each

VALUES = (
    "Trần Phú", " hai\ndòng ", 115, 2.5, -3, True, date(2026, 2, 1), date(1900, 2, 1), datetime(2026, 2, 1, 13, 45),  # noqa: DTZ001
    time(7, 30), timedelta(hours=30), 10**14,
)  # fmt: skip


def values(content: bytes) -> list[list[Any]]:
    return [[cell.value for cell in row.cells.values()] for sheet in read_workbook(content) for row in sheet.rows]


@for_each("epoch", [None, CALENDAR_MAC_1904])
def test_values_are_those_that_were_written(epoch: Any) -> None:
    book, out = Workbook(), io.BytesIO()
    if epoch is not None:
        book.epoch = epoch
    told = [value for value in VALUES if epoch is None or value != date(1900, 2, 1)]
    book.active.append(told)
    book.active["A3"], book.active["B3"], book.active["C3"] = "=1+1", "#N/A", 0.815
    book.active["C3"].number_format = '0.0" d"'
    book.save(out)
    [sheet] = read_workbook(out.getvalue())
    first, third = sheet.rows
    assert [cell.value for cell in first.cells.values()] == told
    assert [type(cell.value) for cell in first.cells.values()] == [type(value) for value in told]
    formula, error, share = third.cells.values()
    assert (third.number, formula.formula, formula.value) == (3, "1+1", None)
    assert (error.value, error.error, share.value) == ("#N/A", True, 0.815)


def test_ways_of_writing_that_other_programs_have() -> None:
    shared = "<si><r><t>Hà </t></r><r><t>Nội</t></r><rPh><t>x</t></rPh></si><si><t>a_x000D_\nb_xD800_</t></si>"
    rows = (
        '<row><c t="s"><v>0</v></c><c/><c t="s"><v>1</v></c></row>'
        '<row r="5" hidden="1"><c r="B5" t="str"><f>A1</f><v>c</v></c>'
        '<c r="A5" t="inlineStr"><is><t>d</t></is></c></row>'
        '<row><c t="d"><v>2026-02-01</v></c><c><v>nan</v></c><c s="99"><v>1e3</v></c></row>'
    )
    parts = workbook(cells(rows), {"xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{shared}</sst>'.encode()})
    expected = [["Hà Nội", "a\r\nb"], ["c", "d"], [datetime(2026, 2, 1), "nan", 1000]]  # noqa: DTZ001
    assert values(zipped(parts)) == expected
    prefixed = parts[SHEET].replace(b"<", b"<x:").replace(b"<x:/", b"</x:").replace(b"xmlns=", b"xmlns:x=")
    assert values(zipped({**parts, SHEET: prefixed})) == expected
    [sheet] = read_workbook(zipped(parts))
    assert [(row.number, row.hidden, list(row.cells)) for row in sheet.rows] == [
        (1, False, [0, 2]), (5, True, [1, 0]), (6, False, [0, 1, 2]),
    ]  # fmt: skip


def test_an_old_workbook_is_read_by_a_process_of_its_own() -> None:
    assert read_rows(old_excel((0, 0), (2, 1))) == [(1, [1.0]), (3, ["", 1.0])]


def test_a_bomb_ends_its_process_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of twelve with RUST_BACKTRACE on, as on many servers, one slept for ever with no memory left."""
    ends: list[tuple[int, str]] = []
    run = subprocess.run

    def seen(*given: Any, **more: Any) -> Any:
        done = run(*given, **more)
        ends.append((done.returncode, (more.get("env") or os.environ)["RUST_BACKTRACE"]))
        return done

    monkeypatch.setenv("RUST_BACKTRACE", "1")
    monkeypatch.setattr(subprocess, "run", seen)
    with pytest.raises(TableError):
        read_rows(open_document((2**32 - 1, 1, "a")))
    [(code, backtrace)] = ends
    assert code and backtrace == "0"
    assert read_rows(open_document((1, 2, "a"), (2, 1, "b"))) == [(1, ["a", "a"]), (2, ["b"]), (3, ["b"])]


class Depths(Importer):
    """Notes how deep in transactions it reads, plans and writes."""

    key, label, permission = "depths", "Depths", "add_area"
    columns = (Column("name", "Name", ("Tên",)),)
    depths: ClassVar[list[int]] = []

    def read_records(self, content: bytes) -> list[Record]:
        self.depths.append(len(connection.savepoint_ids))
        return super().read_records(content)

    def plan(self, record: Record) -> Planned:
        self.depths.append(len(connection.savepoint_ids))
        return Planned(record.line, "new", "")

    def write(self, planned: list[Planned], *, by: Any) -> None:
        self.depths.append(len(connection.savepoint_ids))


@pytest.mark.django_db
def test_a_file_is_read_and_planned_before_the_transaction() -> None:
    preview = apply_import(Depths, "Tên\na\n".encode(), at=datetime(2026, 9, 1, tzinfo=UTC), by=None)
    read, planned, written = Depths.depths
    assert (preview.applied, planned - read, written - read) == (True, 0, 1)
