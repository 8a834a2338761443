"""The committee's pages and files: the columns, the filters, what is hidden, and who sees what."""

from __future__ import annotations

import re
from datetime import date
from typing import Any
from zipfile import ZipFile

import pytest
from django.db import transaction

from bdhvs_lms.base.api import guarded, now
from bdhvs_lms.campaign.api import Area, Figure, Indicator, TargetGroup
from bdhvs_lms.reporting.readings.actions import freeze
from bdhvs_lms.reporting.tables import Cell, Column, Medium, Table, to_csv, to_xlsx
from tests.bdhvs_lms.reporting.conftest import Stage
from tests.bdhvs_lms.reporting.reading import tables_of, text_of
from tests.support.loops import for_each
from tests.support.markup import html_of
from tests.support.world import T0

pytestmark = pytest.mark.database

HIDDEN = "Không hiển thị"


def test_a_total_and_its_parts_differ_with_a_sentence_only(stage: Stage) -> None:
    client = stage.steering(stage.province)
    stage.attain(stage.people(20))
    stage.attain(stage.people(20, stage.other_area))
    stage.count_everyone(60, area=stage.province)
    stage.count_everyone(30)

    def page() -> str:
        return text_of(html_of(client.get("/chi-dao/plan/T3-2025/")))

    assert "Tổng số người thuộc đối tượng của các đơn vị cộng lại là 30, của cả địa bàn là 60: số liệu" in page()
    assert "Có đơn vị chưa được nhập tổng số người thuộc đối tượng." in page()
    stage.count_everyone(30, area=stage.other_area)
    assert "cộng lại là" not in page() and "không hiển thị số liệu vẫn" not in page()
    stage.count_everyone(42, area=stage.other_area, as_of=date(2025, 11, 1))
    assert "cộng lại là 72, của cả địa bàn là 60: số liệu của các đơn vị là của ngày 01/10/2025, 01/11/2025" in page()
    assert "Có đơn vị chưa" not in page()


def test_what_units_have_reported_adds_up_and_says_how_many_have(stage: Stage) -> None:
    survey = Indicator.objects.create(key="smartphone", label_vi="Điện thoại", source_kind="survey")
    target = stage.add_target("T4-2025", 2025, row=4, indicator=survey, operator=">=", quote_vi="85% có điện thoại")
    client = stage.steering(stage.province)

    def reported(area: Area, people: int, **values: Any) -> Figure:
        day = values.pop("as_of", date(2025, 10, 2))
        numbers = {"numerator": people, "base": 1000, "source": "Phiếu thôn", **values}
        return Figure.objects.create(
            indicator=survey, group=stage.group, area=area, as_of=day, entered_at=T0, **numbers
        )

    def row() -> list[str]:
        return next(row for row in tables_of(client.get("/chi-dao/"))[0] if row[0] == target.key)

    assert row()[6:12] == ["Chưa có số liệu", "–", "Chưa có số liệu", "–", "–", "Chưa có số liệu"]
    reported(stage.area, 860)
    reported(stage.other_area, 999, as_of=date(2024, 10, 2))
    assert row()[3] == "1.000 (đã báo 1/2 đơn vị)"
    assert row()[6:12] == ["860", "–", "86,0", "–", "–", "Mới có 1/2 đơn vị báo cáo"], "of another year"
    assert "86,0% giao: từ 85% trở lên Mới có 1/2 đơn vị báo cáo" in text_of(html_of(client.get("/chi-dao/")))
    reported(stage.other_area, 850)
    assert row()[3] == "2.000 (đã báo 2/2 đơn vị)"
    assert row()[6:12] == ["1.710", "–", "85,5", "cao hơn 0,5 điểm phần trăm", "–", "Đạt"]
    assert "Cộng từ số liệu các đơn vị đã báo (đã báo 2/2 đơn vị): Phiếu thôn." in row()[12]
    reported(stage.province, 1500, base=2000, source="Tỉnh")
    assert row()[8] == "75,0" and "Tỉnh" in row()[12], "who speaks of the whole goes before the sum"


def test_a_survey_of_2025_is_no_answer_to_a_target_of_2026(stage: Stage) -> None:
    survey = Indicator.objects.create(key="smartphone", label_vi="Điện thoại", source_kind="survey")
    for year in (2025, 2026):
        stage.add_target(f"T4-{year}", year, row=4, indicator=survey, operator=">=", quote_vi="85% có điện thoại")
    Figure.objects.create(
        indicator=survey, group=stage.group, area=stage.area, as_of=date(2025, 10, 2), source="Cục Thống kê",
        numerator=870, base=1000, entered_at=T0,
    )  # fmt: skip
    client = stage.steering()
    (table,) = tables_of(client.get("/chi-dao/?nam=tat-ca"))
    found = {row[0]: row for row in table[1:]}
    assert found["T4-2025"][6:12] == ["870", "–", "87,0", "cao hơn 2,0 điểm phần trăm", "–", "Đạt"]
    assert found["T4-2026"][6:12] == ["870", "–", "87,0", "–", "–", "Chưa có số liệu"]
    assert "Số liệu của năm 2025: chưa trả lời cho chỉ tiêu năm 2026." in found["T4-2026"][12]
    assert "Số liệu của năm" not in found["T4-2025"][11]
    page = html_of(client.get("/chi-dao/plan/T4-2026/?nam=2026"))
    assert "87,0% giao: từ 85% trở lên Số liệu của năm 2025: chưa trả lời cho chỉ tiêu năm 2026." in text_of(page)
    # No picture either that holds it against the target's mark.
    assert 'class="bullet"' not in page
    assert 'class="bullet"' in html_of(client.get("/chi-dao/plan/T4-2025/"))


def test_suppressed_numbers_reach_no_byte_of_page_or_file(stage: Stage) -> None:
    people = stage.people(43)
    stage.attain(people[:3])
    stage.count_everyone(2920)
    client = stage.steering()
    addresses = ("/chi-dao/", "/chi-dao/plan/T3-2025/")
    before = [strip_tokens(client.get(address).content) for address in addresses]

    def files() -> dict[str, Any]:
        """Of a reading made now, and not kept."""
        with transaction.atomic():
            made = freeze(stage.province, date(2025, 11, 15), at=now(), by=None)
            found = {file.kind: bytes(file.content) for file in made.files.filter(kind__in=("csv", "xlsx"))}
            transaction.set_rollback(True)
        return {"csv": found["csv"], "xlsx": parts_of(found["xlsx"])}

    frozen = files()
    assert tables_of(client.get("/chi-dao/"))[0][1][4:12] == [HIDDEN] * 8
    stage.attain(people[3:4])
    assert [strip_tokens(client.get(address).content) for address in addresses] == before
    assert files() == frozen


def strip_tokens(content: bytes) -> bytes:
    return re.sub(rb'name="csrfmiddlewaretoken" value="[^"]+"', b"", content)


def parts_of(workbook: bytes) -> dict[str, bytes]:
    """Everything in the file but when it was made."""
    from io import BytesIO

    with ZipFile(BytesIO(workbook)) as archive:
        return {name: archive.read(name) for name in archive.namelist() if name != "docProps/core.xml"}


def test_areas_below_stand_beside_each_other_farthest_first(stage: Stage) -> None:
    stage.attain(stage.people(20))
    stage.attain(stage.people(50, stage.other_area))
    stage.count_everyone(30)
    stage.count_everyone(100, area=stage.other_area)
    client = stage.steering(stage.province)
    own, _months, areas = tables_of(client.get("/chi-dao/plan/T3-2025/"))
    assert own[1][6] == "70"
    assert [(row[0], row[4], row[8]) for row in areas[1:]] == [("Xã Khác", "50", "36"), ("Phường Thử", "20", "6")]
    _own, _months, by_code = tables_of(client.get("/chi-dao/plan/T3-2025/?sap-xep=ten"))
    assert [row[0] for row in by_code[1:]] == ["Phường Thử", "Xã Khác"]
    for query in ("", "?sap-xep=ten"):
        assert len(tables_of(client.get(f"/chi-dao/plan/T3-2025/{query}"))) == 3
    # A link to each area's own board; hidden neighbours are hidden here as there.
    assert 'href="/chi-dao/?dia-ban=10030%402025-07-01"' in html_of(client.get("/chi-dao/plan/T3-2025/"))


def test_a_sheet_says_below_the_table_whose_totals_and_which_notes_its_areas_have(stage: Stage) -> None:
    """On paper there is a line an area: the total alone, and where it is from below, once for all areas alike."""
    stage.attain(stage.people(20))
    stage.attain(stage.people(50, stage.other_area))
    stage.count_everyone(30)
    stage.count_everyone(10, area=stage.other_area)
    html = html_of(stage.steering(stage.province).get("/chi-dao/plan/T3-2025/"))
    below = html.partition('class="target-below"')[2].partition("</div>")[0]
    assert re.findall(r"<p>(.*?)</p>", re.sub(r"\s+", " ", below)) == [
        "Tổng số người thuộc đối tượng: Công an xã, 01/10/2025",
        "Số người đạt nhiều hơn tổng số: tổng số đã cũ hoặc còn thiếu. (Xã Khác)",
    ]
    assert '30<span class="more"> (Công an xã, 01/10/2025)</span>' in html


# --- Whose board, and which -------------------------------------------------------------------------------------------


def test_areas_of_ones_own_only(stage: Stage) -> None:
    client = stage.steering()
    for query, status in (
        ("10015@2025-07-01", 200), ("10030@2025-07-01", 404), ("01@", 404), ("99999@2025-07-01", 404),
    ):  # fmt: skip
        for address in ("", "plan/T3-2025/"):
            assert client.get(f"/chi-dao/{address}?dia-ban={query}").status_code == status, (address, query)
        assert client.get(f"/chi-dao/bang.csv?dia-ban={query}").status_code == {200: 302}.get(status, status)
    assert client.get("/chi-dao/plan/T9-2025/").status_code == 404
    assert client.get("/chi-dao/other/T3-2025/").status_code == 404


def test_whoever_has_the_province_chooses_among_what_lies_below(stage: Stage) -> None:
    Area.objects.create(
        code="10030", name="Xã Đã Hết", kind="commune", parent=stage.province, valid_to=date(2025, 6, 30)
    )
    client = stage.steering(stage.province)
    response = client.get("/chi-dao/")
    options = re.findall(r'<option value="([^"]+@[^"]*)"( selected)? lang="vi">([^<]+)<', html_of(response))
    assert options == [
        ("01@", " selected", "Thành phố Thử"),
        ("10015@2025-07-01", "", "Phường Thử"),
        ("10030@2025-07-01", "", "Xã Khác"),
    ]
    chosen = client.get("/chi-dao/", {"dia-ban": "10030@2025-07-01"})
    assert "Bảng theo dõi chỉ tiêu: Xã Khác" in text_of(html_of(chosen))
    ended = client.get("/chi-dao/", {"dia-ban": "10030@"})
    assert "Đơn vị hành chính này tồn tại đến hết ngày 30/06/2025." in text_of(html_of(ended))


def villages(stage: Stage, count: int) -> None:
    Area.objects.bulk_create(
        Area(
            code=f"T{number}", name=f"Thôn Đồng Nhân {number}", kind="village", parent=stage.other_area,
            valid_from=date(2025, 7, 1),
        )
        for number in range(count)
    )  # fmt: skip


def offered(client: Any, area: str = "") -> list[str]:
    html = html_of(client.get("/chi-dao/", {"dia-ban": area} if area else {}))
    return re.findall(r'<option value="[^"]+@[^"]*"(?: selected)? lang="vi">([^<]+)<', html)


def test_areas_to_choose_are_own_ones_and_those_round_the_chosen(stage: Stage) -> None:
    villages(stage, 3)
    Area.objects.create(code="A1", name="Tổ 1", kind="village", parent=stage.area, valid_from=date(2025, 7, 1))
    client = stage.steering(stage.province)
    communes = ["Phường Thử", "Xã Khác"]
    assert offered(client) == ["Thành phố Thử", *communes]
    # From the commune up and down; not to its neighbour, which the province offers.
    names = [f"Thôn Đồng Nhân {number}" for number in range(3)]
    assert offered(client, "10030@2025-07-01") == ["Thành phố Thử", "Xã Khác", *names]
    assert offered(client, "T1@2025-07-01") == ["Thành phố Thử", "Xã Khác", names[1]]
    # Whoever has two communes goes from one to the other, and not to what holds both.
    both = stage.steering(stage.area, stage.other_area, name="both")
    assert offered(both) == [*communes, "Tổ 1"]
    assert offered(both, "10030@2025-07-01") == [*communes, *names]


def test_an_area_is_found_by_its_name_without_signs(stage: Stage) -> None:
    villages(stage, 25)
    Area.objects.create(code="X", name="Xóm Đồng Nhân", kind="village", valid_from=date(2025, 7, 1))
    client = stage.steering(stage.province)
    text = text_of(html_of(client.get("/chi-dao/", {"tim": "  dong nhan   1 "})))
    assert "Địa bàn có “dong nhan 1” trong tên: Thôn Đồng Nhân 1 (Xã Khác)" in text
    assert "Thôn Đồng Nhân 2" not in text
    html = html_of(client.get("/chi-dao/", {"tim": "ĐỒNG"}))
    links = re.findall(r'<li><a href="\?dia-ban=(T\d+)%402025-07-01"', html)
    assert len(links) == 20, "as many as can be looked through"
    # Somebody else's are not found.
    assert "Xóm Đồng Nhân" not in html
    for words in ("khong co", "<b>", "\x00"):
        page = client.get("/chi-dao/", {"tim": words})
        assert page.status_code == 200
        assert "Không có địa bàn nào có" in text_of(html_of(page))
        assert "<b>" not in html_of(page)
    # Where all are offered there is nothing to search.
    assert 'name="tim"' not in html_of(stage.steering(name="one").get("/chi-dao/"))


def test_the_board_of_a_province_with_5000_villages_stays_light(stage: Stage) -> None:
    villages(stage, 5000)
    client = stage.steering(stage.province)
    for query in ({}, {"tim": "thon"}, {"dia-ban": "10015@2025-07-01"}):
        assert len(client.get("/chi-dao/", query).content) < 50_000, query


@for_each(
    "query",
    [
        *({"dia-ban": value} for value in ("", "10015", "10015@2025-7-1", "10015@2025-02-30", "@2025-07-01", "a b@")),
        *({"dia-ban": value} for value in ("\x00@", "x" * 500, "10015@0000-00-00")),
        *({"nam": value} for value in ("", "20255", "năm", "٢٠٢٥", "-1")),
        *({"nhom": value} for value in ("nobody", "adult\x00", "x" * 500)),
    ],
    ids=str,
)
def test_a_parameter_that_no_form_makes_is_a_themed_400(stage: Stage, query: dict[str, str]) -> None:
    response = stage.steering().get("/chi-dao/", query)
    assert response.status_code == 400
    assert "Hãy chọn" in text_of(html_of(response))


@pytest.mark.parametrize("order", ["khac", "", "\x00"], ids=["other", "empty", "nul"])
def test_an_order_that_no_link_makes_is_a_themed_400(stage: Stage, order: str) -> None:
    response = stage.steering(stage.province).get("/chi-dao/plan/T3-2025/", {"sap-xep": order})
    assert response.status_code == 400
    assert "Hãy chọn" in text_of(html_of(response))


def test_a_group_kept_by_the_form_at_an_area_whose_plans_have_it_not(stage: Stage) -> None:
    """The form sends area, group and year together: choosing another area is no mistake of the reader."""
    elsewhere = Area.objects.create(code="99", name="Tỉnh Khác", kind="province")
    TargetGroup.objects.create(key="worker", label_vi="Người lao động")
    client = stage.steering(stage.area, elsewhere)
    for area, group in (("99@", "adult"), ("10015@2025-07-01", "worker")):
        choice = {"dia-ban": area, "nhom": group, "nam": "2025"}
        page = client.get("/chi-dao/", choice)
        assert page.status_code == 200
        html = html_of(page)
        assert f'<option value="{group}" selected>' in html
        assert ("Địa bàn này chưa có kế hoạch." if area == "99@" else "Không có chỉ tiêu nào hợp") in text_of(html)
        assert not tables_of(page)


def test_an_area_without_a_plan_and_a_choice_without_a_target_say_so(stage: Stage) -> None:
    client = stage.steering()
    assert "Không có chỉ tiêu nào hợp với lựa chọn này." in text_of(html_of(client.get("/chi-dao/?nam=2030")))
    elsewhere = Area.objects.create(code="99", name="Tỉnh Khác", kind="province")
    other = stage.steering(elsewhere, name="elsewhere")
    assert "Địa bàn này chưa có kế hoạch." in text_of(html_of(other.get("/chi-dao/")))


# --- Files ------------------------------------------------------------------------------------------------------------


@for_each("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "  =", "\u00a0@"])
def test_no_text_of_a_file_begins_like_a_formula(start: str) -> None:
    text = f"{start}HYPERLINK(1)"
    assert guarded(text) == f"'{text}"
    table = Table("=1", (), (Column("a", "-a", Cell),), (text,))
    lines = to_csv(table).decode("utf-8-sig")
    assert lines.startswith("'=1\r\n\r\n'-a\r\n")
    # Also where a program cuts at another sign than the file's: "a;=1" is a cell and a formula there.
    cut = guarded(f"Thôn 1;{start.strip() or '='}HYPERLINK(1)")
    assert not re.search(r"[;,\t\r\n][ \u00a0]*[=+\-@＝]", cut)
    # In a workbook text is text: there is no formula to guard against, so nothing is put before it.
    assert b"<f>" not in parts_of(to_xlsx(table))["xl/worksheets/sheet1.xml"]


def test_a_column_is_where_it_is_declared_to_be() -> None:
    def column(key: str, *media: Medium) -> Column[str]:
        return Column(key, key, lambda subject: Cell(f"{subject} {key}"), media=frozenset(media))

    table = Table(
        "",
        (),
        (column("all", "screen", "print", "csv", "xlsx"), column("seen", "screen"), column("kept", "csv")),
        ("x",),
    )
    assert [(one.key, one.css) for one in table.columns] == [("all", ""), ("seen", " no-print")]
    assert [cell.text for cell in table.rows[0].cells] == ["x all", "x seen"]
    assert to_csv(table).decode("utf-8-sig").split("\r\n")[2:4] == ["all,kept", "x all,x kept"]
    assert b"seen" not in parts_of(to_xlsx(table))["xl/sharedStrings.xml"]


def test_groups_are_offered_as_the_plan_has_them(stage: Stage) -> None:
    staff = TargetGroup.objects.create(key="public", label_vi="Cán bộ", counted_where="organisation")
    stage.add_target("T1-2025", 2025, row=1, group=staff)
    client = stage.steering()
    html = html_of(client.get("/chi-dao/?nhom=public"))
    assert re.findall(r'<option value="(adult|public)"( selected)?>', html) == [("public", " selected"), ("adult", "")]
    assert [row[0] for row in tables_of(client.get("/chi-dao/?nhom=public"))[0][1:]] == ["T1-2025"]
