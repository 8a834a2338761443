"""Lists from files: what is read, what is told, and that a file goes in as a whole or not at all."""

from __future__ import annotations

import io
from datetime import date, datetime
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from bdhvs_lms.base.api import Preview, apply_import
from bdhvs_lms.base.importing import cells
from bdhvs_lms.campaign import api as campaign
from bdhvs_lms.campaign.api import IMPORTERS, Area, Denominator, Figure, Organisation, TargetGroup
from question_files.office import tables
from tests.bdhvs_lms.learners.making import make_user
from tests.support.loops import for_each

pytestmark = [pytest.mark.database, pytest.mark.django_db]
AT = datetime.fromisoformat("2026-11-25T08:00:00+07:00")
NEW = date(2025, 7, 1)


@pytest.fixture(autouse=True)
def loaded() -> Any:
    campaign.load_campaign()
    with translation.override("en"):
        yield


def run(kind: str, content: str | bytes) -> Preview:
    data = content.encode() if isinstance(content, str) else content
    return apply_import(IMPORTERS[kind], data, at=AT, by=None)


def told(preview: Preview) -> list[str]:
    return [str(finding) for finding in preview.findings]


def sheet(rows: list[list[Any]], **formats: Any) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"default_date_format": "dd/mm/yyyy"}) as workbook:
        workbook.add_worksheet("trống")
        page = workbook.add_worksheet("Danh sách")
        for row, values in enumerate(rows):
            for column, value in enumerate(values):
                page.write(row, column, value)
    return out.getvalue()


VILLAGES = """DANH SÁCH THÔN, TỔ DÂN PHỐ;;
;;
Xã/phường;Thôn/tổ dân phố;Mã
Phường Chương Mỹ;Tổ dân phố Bình Sơn;
chương mỹ;Tổ dân phố Bình Hòa;CM-7
Xa Phu Nghia;Thôn Đông;
10030;Thôn Đồng;
"""


class TestAreas:
    def test_each_gets_its_commune_a_code_and_what_the_commune_is(self):
        preview = run("areas", "\ufeff" + VILLAGES)
        assert preview.applied
        found = Area.objects.filter(kind="village").order_by("pk")
        assert list(found.values_list("name", "code", "parent__name", "urban", "valid_from", "valid_to")) == [
            ("Tổ dân phố Bình Sơn", "10015-01", "Phường Chương Mỹ", True, NEW, None),
            ("Tổ dân phố Bình Hòa", "CM-7", "Phường Chương Mỹ", True, NEW, None),
            ("Thôn Đông", "10030-01", "Xã Phú Nghĩa", False, NEW, None),
            ("Thôn Đồng", "10030-02", "Xã Phú Nghĩa", False, NEW, None),
        ]
        assert told(preview) == [
            "Line 5, Commune or ward: “chương mỹ” is interpreted as Phường Chương Mỹ.",
            "Line 6, Commune or ward: “Xa Phu Nghia” is interpreted as Xã Phú Nghĩa.",
            "Line 7, Village or residential group: The same commune has “Thôn Đông”, which differs only in "
            "diacritics. Is this a different unit?",
        ]

    def test_again_is_no_news_also_with_other_tone_marks_and_decomposed(self):
        run("areas", VILLAGES)
        before = list(Area.objects.order_by("pk").values())
        decomposed = VILLAGES.replace("Bình Hòa", "Bi\u0300nh Hoa\u0300").replace(";", ",")
        preview = run("areas", decomposed.encode("utf-16"))
        assert (len(preview.new), len(preview.same), preview.errors) == (0, 4, [])
        assert list(Area.objects.order_by("pk").values()) == before
        # The next number follows on.
        run("areas", "Xã,Thôn\nXã Phú Nghĩa,Thôn Mới\n")
        assert Area.objects.get(name="Thôn Mới").code == "10030-03"

    def test_one_error_stops_the_whole_file_and_every_error_is_told_with_its_line(self):
        Area.objects.create(
            code="CM-1",
            name="Thôn Cũ",
            kind="village",
            parent=Area.objects.get(code="10030", valid_from=NEW),
            valid_from=NEW,
        )
        preview = run(
            "areas",
            "Xã/phường,Thôn,Mã,Từ ngày\n"
            "Xã Phú Nghĩa,Thôn Tốt,,\n"  # 2: nothing wrong with it
            "Xã Đông Phương Yên,Thôn A,,\n"  # 3: ended on 30/6/2025
            ",Thôn B,,\n"  # 4
            "Xã Phú Nghĩa,,,\n"  # 5
            "Xã Phú Nghĩa,Thôn Tôt,,32/1/2026\n"  # 6
            "Xã Phú Nghĩa,thôn  TỐT,,\n"  # 7: line 2 again
            "Xã Phú Nghĩa,Thôn C,CM-1,\n"  # 8: Thôn Cũ has it
            "Xã Phú Nghĩa,Thôn Cũ,CM-9,\n"  # 9
            "Xã Phú Nghĩa,Thôn D,!,\n"  # 10
            "Xã Phú Nghĩa,Thôn Cũ,,2/7/2025\n"  # 11: also the second of that name
            "Xã Trần Phú,Thôn E,X-1,\n"
            "Xã Trần Phú,Thôn F,X-1,\n"  # 13
            "Xã Trần Phú,Thôn G,10030,\n"  # 14: the code of a commune
            f"Xã Trần Phú,{'G' * 121},,\n",
        )
        assert not preview.applied
        assert [(finding.line, finding.column) for finding in preview.errors] == [
            (3, "Commune or ward"),
            (4, "Commune or ward"),
            (5, "Village or residential group"),
            (6, "Valid from"),
            (7, "Village or residential group"),
            (8, "Code"),
            (9, "Code"),
            (10, "Code"),
            (11, "Village or residential group"),
            (13, "Code"),
            (14, "Code"),
            (15, "Village or residential group"),
        ]
        assert [finding.text for finding in preview.errors][4] == "This is a duplicate of line 2."
        assert Area.objects.filter(kind="village").count() == 1

    def test_a_code_may_be_used_again_after_its_end(self):
        run("areas", "Xã,Thôn,Mã\nXã Trần Phú,Thôn Xa,10066\n")  # Xã Tân Tiến had it until 30/6/2025
        assert Area.objects.get(code="10066", valid_from=NEW).name == "Thôn Xa"

    def test_a_village_can_begin_later_and_a_name_in_two_communes_is_two(self):
        run("areas", "Xã,Thôn,Từ ngày\nXã Trần Phú,Thôn Xa,1/9/2025\nXã Quảng Bị,Thôn Xa,\n")
        assert set(Area.objects.filter(name="Thôn Xa").values_list("code", "valid_from")) == {
            ("10081-01", date(2025, 9, 1)),
            ("10084-01", NEW),
        }
        refused = run("areas", "Xã,Thôn,Từ ngày\nPhường Chương Mỹ,Tổ B,1/6/2025\n")
        assert [finding.column for finding in refused.errors] == ["Commune or ward"]

    def test_queries_do_not_grow_with_the_rows(self, django_assert_num_queries):
        for rows in (2, 40):
            text = "Xã,Thôn\n" + "".join(f"Xã Trần Phú,Thôn {rows} {n}\n" for n in range(rows))
            with django_assert_num_queries(6):  # what is newest, areas, savepoint, the newest again, insert, release
                assert len(run("areas", text).new) == rows


class TestOrganisations:
    def test_kinds_are_read_as_officials_write_them(self):
        text = "Tên đơn vị,Loại,Xã/phường\nTrường THCS Ngọc Hòa,trường học,Phường Chương Mỹ\nHTX Rau,HTX,10030\n"
        preview = run("organisations", text)
        assert preview.applied
        assert list(Organisation.objects.order_by("pk").values_list("name", "kind", "area__name")) == [
            ("Trường THCS Ngọc Hòa", "school", "Phường Chương Mỹ"),
            ("HTX Rau", "cooperative", "Xã Phú Nghĩa"),
        ]
        assert len(run("organisations", text.replace("Hòa", "Hoà")).same) == 2
        refused = run("organisations", text.replace("trường học", "DN").replace("HTX,", "Quán,"))
        assert [(finding.line, finding.column) for finding in refused.errors] == [(2, "Kind"), (3, "Kind")]
        assert Organisation.objects.count() == 2


NUMBERS = "Nhóm đối tượng\tĐịa bàn\tXã/phường\tTính đến ngày\tTổng số người\tNguồn\n"
ADULTS = "Người dân trong độ tuổi trưởng thành"


class TestDenominators:
    def test_a_row_is_an_entry_with_day_source_and_who(self):
        run("areas", VILLAGES)
        operator = make_user("add_denominator")
        text = NUMBERS + f"{ADULTS}\tPhường Chương Mỹ\t\t30/09/2026\t62.140\tCông an\n"
        text += f"{ADULTS}\tThôn Đông\tXã Phú Nghĩa\t2026-09-30\t812\tTrưởng thôn\n"
        preview = apply_import(IMPORTERS["denominators"], text.encode(), at=AT, by=operator)
        assert told(preview) == []
        rows = Denominator.objects.order_by("pk")
        assert list(rows.values_list("group__key", "area__code", "as_of", "value", "source", "entered_by")) == [
            ("adult", "10015", date(2026, 9, 30), 62140, "Công an", operator.pk),
            ("adult", "10030-01", date(2026, 9, 30), 812, "Trưởng thôn", operator.pk),
        ]
        assert len(run("denominators", text).same) == 2
        assert rows.count() == 2
        assert len(run("denominators", text.replace("62.140", "62.200")).new) == 1
        # What was corrected since is news again.
        assert len(run("denominators", text).new) == 1
        adult = TargetGroup.objects.get(key="adult")
        ward = Area.objects.get(code="10015", valid_from=NEW)
        assert Denominator.objects.filter(group=adult, area=ward).latest("entered_at", "pk").value == 62140

    def test_a_number_far_from_the_last_needs_a_yes(self):
        """Compared with what stands for the days before, and with the lines above in the file."""
        line = f"{ADULTS}\tPhường Chương Mỹ\t\t%s\t%s\tCông an\n"
        assert run("denominators", NUMBERS + line % ("30/09/2026", "408")).applied
        preview = run("denominators", NUMBERS + line % ("31/10/2026", "12.340"))
        assert (preview.ok, preview.asks, preview.applied) == (True, True, False)
        assert told(preview) == ["Line 2, Number of people: 12,340 people, but 408 on 30/09/2026."]
        assert run("denominators", NUMBERS + line % ("31/10/2026", "612")).applied
        text = NUMBERS + line % ("01/11/2026", "640") + line % ("02/11/2026", "319")
        assert told(run("denominators", text)) == ["Line 3, Number of people: 319 people, but 640 on 01/11/2026."]
        assert Denominator.objects.count() == 2
        assert apply_import(IMPORTERS["denominators"], text.encode(), at=AT, by=None, sure=True).applied
        assert Denominator.objects.count() == 4

    def test_what_cannot_be_is_told(self):
        lines = [
            f"{ADULTS}\tXã Phú Nghĩa\t\t26/11/2026\t12\tx",
            f"{ADULTS}\tPhường Chương Mỹ\t\t30/09/2026\t0\tx",
            f"{ADULTS}\tPhường Chương Mỹ\t\t30/09/2026\t12,5\tx",
            f"{ADULTS}\tPhường Chương Mỹ\t\t31/09/2026\t12\tx",
            f"{ADULTS}\tPhường Chương Mỹ\t\t30/06/2025\t12\tx",
            "người già\tPhường Chương Mỹ\t\t30/09/2026\t12\tx",
            f"{ADULTS}\tThôn Lạ\tXã Phú Nghĩa\t30/09/2026\t12\tx",
            f"{ADULTS}\tXã Phú Nghĩa\t\t30/09/2026\t12\t",
            f"{ADULTS}\tXã Phú Nghĩa\t\t30/09/2026\t12\tx",
            f"{ADULTS}\tXã Phú Nghĩa\t\t30/09/2026\t13\ty",
        ]
        preview = run("denominators", NUMBERS + "\n".join(lines))
        assert [(finding.line, finding.column) for finding in preview.errors] == [
            (2, "As of"),
            (3, "Number of people"),
            (4, "Number of people"),
            (5, "As of"),
            (6, "Area"),
            (7, "Target group"),
            (8, "Area"),
            (9, "Source"),
            (11, "Source"),
        ]
        assert not Denominator.objects.exists()


class TestFigures:
    HEAD = ["Tiêu chí", "Nhóm", "Địa bàn", "Ngày", "Số người", "Trên tổng số", "Tỷ lệ", "Thứ hạng", "Nguồn", "Ghi chú"]
    ABOUT = ["Có điện thoại thông minh", ADULTS, "Phường Chương Mỹ", date(2026, 9, 30)]

    def test_a_workbook_with_numbers_and_dates_in_its_cells(self):
        rows = [
            ["Số liệu do cơ quan khác cung cấp"],
            self.HEAD,
            [*self.ABOUT, 9800, 12000.0, None, None, "VNPT", "điều tra"],
            [*self.ABOUT, None, None, 81.5, None, "Viettel"],
            ["Thứ hạng về tỷ lệ đạt phổ cập trên VNeID", *self.ABOUT[1:3], "30/9/2026", "", "", "", "7", "Công an"],
        ]
        preview = run("figures", sheet(rows))
        assert told(preview) == []
        assert list(
            Figure.objects.order_by("pk").values_list(
                "indicator__key", "as_of", "numerator", "base", "percent", "rank", "source", "note"
            )
        ) == [
            ("smartphone_ownership", date(2026, 9, 30), 9800, 12000, None, None, "VNPT", "điều tra"),
            ("smartphone_ownership", date(2026, 9, 30), None, None, Decimal("81.50"), None, "Viettel", ""),
            ("vneid_rank", date(2026, 9, 30), None, None, None, 7, "Công an", ""),
        ]
        assert len(run("figures", sheet(rows)).same) == 3

    def test_what_cannot_be_is_told_at_its_column(self):
        rows = [
            self.HEAD,
            [*self.ABOUT, None, None, None, None, "a"],
            [*self.ABOUT, 5, None, 50, None, "b"],
            [*self.ABOUT, 5, 4, None, None, "c"],
            [*self.ABOUT, None, None, 0.815, None, "d"],
            [*self.ABOUT, None, None, "81,555", None, "e"],
            [*self.ABOUT, None, None, 101, None, "f"],
            [*self.ABOUT[:3], date(2026, 12, 31), 5, None, None, None, "g"],
        ]
        preview = run("figures", sheet(rows))
        assert [(finding.line, finding.column) for finding in preview.errors] == [
            (2, "Number of people"),
            (3, "Share (%)"),
            (4, "Out of"),
            (5, "Share (%)"),
            (6, "Share (%)"),
            (7, "Share (%)"),
            (8, "As of"),
        ]
        assert not Figure.objects.exists()


@for_each(
    ("content", "words"),
    [
        (b"", "The file is empty"),
        (b"Ten,Tuoi\nA,1\n", "No header row was found"),
        ("Xã,Thôn\nTrần Phú,Thôn é".encode("cp1252", "replace"), "UTF-8"),
        (b"PK\x03\x04 no workbook", "workbook is damaged"),
        (b"\xd0\xcf\x11\xe0 no workbook", "workbook is damaged"),
        (b"\x00\x01" * 9, "neither"),
        (b"x" * (tables.MOST_BYTES + 1), "10 MB"),
        (b"a,b\n" * 5002, "5,000 rows"),
    ],
)
def test_what_is_no_table_is_told_and_never_a_crash(content, words):
    preview = run("areas", content)
    assert not preview.applied
    assert [words in finding.text for finding in preview.errors] == [True]
    assert told(preview)[0].startswith("The file: ")


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_any_bytes_are_read_or_refused(content):
    try:
        rows = tables.read_rows(content)
    except tables.TableError as refused:
        assert str(refused)
    else:
        assert rows


@for_each(
    ("cell", "number"),
    [
        ("12.340", 12340),
        ("1.234.567", 1234567),
        ("12 340", 12340),
        ("12,340", 12340),
        (12.0, 12),
        ("", None),
        (None, None),
    ],
)
def test_whole_numbers_as_they_are_written(cell, number):
    assert cells.whole(cell) == number


@for_each(
    "cell",
    [
        "12.34",
        "1.234,567",
        "-1",
        -1,
        1.5,
        True,
        "nghìn",
        "12345678901",
        "1" + ".000" * 2000,
        "9.999.999.999",
        "9999999999",
        1e300,
    ],
)
def test_what_is_no_whole_number_is_refused(cell):
    with pytest.raises(cells.CellError):
        cells.whole(cell)


def test_importing_needs_the_permission_of_its_kind():
    for kind, importer in IMPORTERS.items():
        with pytest.raises(PermissionDenied):
            apply_import(importer, b"", at=AT, by=make_user("add_person"))
        assert kind == importer.key


def test_the_commands_say_what_would_happen_and_write_only_when_told(tmp_path: Path):
    path = tmp_path / "thon.csv"
    path.write_text(VILLAGES, encoding="utf-8")
    out = StringIO()
    call_command("import_list", "areas", path, stdout=out)
    assert "+ Thôn Đông · Xã Phú Nghĩa · 10030-01" in out.getvalue()
    assert "4 rows to be written (--apply writes them), 0 already there." in out.getvalue()
    assert not Area.objects.filter(kind="village").exists()
    call_command("import_list", "areas", path, apply=True, stdout=out)
    assert "4 rows written, 0 already there." in out.getvalue()
    assert Area.objects.filter(kind="village").count() == 4
    path.write_text("Xã,Thôn\nXã Lạ,A\n", encoding="utf-8")
    err = StringIO()
    with pytest.raises(CommandError, match="1 errors"):
        call_command("import_list", "areas", path, apply=True, stdout=out, stderr=err)
    assert "Line 2, Commune or ward: “Xã Lạ” does not exist on that day." in err.getvalue()
    with pytest.raises(CommandError, match="No such file"):
        call_command("import_list", "organisations", tmp_path / "none.csv", stdout=out)
    for name in ("denominators", "figures"):
        path.write_text("x\ny\n", encoding="utf-8")
        with pytest.raises(CommandError, match="1 errors"):
            call_command("import_list", name, path, stdout=out, stderr=err)
