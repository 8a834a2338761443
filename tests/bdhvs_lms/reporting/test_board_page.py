"""The first thing that the committee reads: the sentence, the strip, a line a target, and whom to help first."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from bdhvs_lms.campaign.api import Area, Figure, Indicator, Target, TargetGroup
from bdhvs_theme.pictures import strip_of
from tests.bdhvs_lms.reporting.conftest import Stage
from tests.bdhvs_lms.reporting.reading import text_of
from tests.support.addresses import below
from tests.support.markup import html_of
from tests.support.world import T0

SEPTEMBER, OCTOBER, NOVEMBER = (datetime(2025, month, 5, tzinfo=UTC) for month in (9, 10, 11))


def html(client: Client, query: str = "", prefix: str = "") -> str:
    response = client.get(below(prefix, f"/chi-dao/{query}"))
    assert response.status_code == 200
    return html_of(response)


def first(page: str, pattern: str) -> str:
    found = re.search(pattern, page, re.DOTALL)
    assert found is not None, pattern
    return text_of(found.group(1))


def heading(page: str) -> str:
    return first(page, r"<h1>(.*?)</h1>")


def strip(page: str) -> tuple[str, str, list[str]]:
    """What a voice says of the picture, the text below it, and the verdicts of its rectangles."""
    picture = re.search(r'<svg class="strip"[^>]*role="img".*?</svg>', page, re.DOTALL)
    assert picture is not None
    title = first(picture.group(), r"<title[^>]*>(.*?)</title>")
    return title, first(page, r'<p class="strip-words">(.*?)</p>'), re.findall(r'class="strip-(\w+)"', picture.group())


def goals(page: str) -> list[str]:
    """What is read of each target, its sentence aside."""
    lines = re.findall(r'<li class="goal">(.*?)</li>', page, re.DOTALL)
    return [text_of(re.sub(r"<details.*?</details>", "", line, flags=re.DOTALL)) for line in lines]


def passing(stage: Stage, count: int, at: datetime, area: Area | None = None) -> None:
    stage.attain(stage.people(count, area), at=at)


def survey(stage: Stage, key: str, percent: str | None, **values: Any) -> Target:
    """A target that a survey answers; `percent` None: nobody has asked yet."""
    indicator = Indicator.objects.create(key=key.lower(), label_vi=key, source_kind="survey")
    if percent is not None:
        Figure.objects.create(
            indicator=indicator, group=stage.group, area=stage.area, as_of=date(2025, 10, 2), source="Cục Thống kê",
            entered_at=T0, percent=Decimal(percent),
        )  # fmt: skip
    return stage.add_target(key, 2025, row=int(key[1]), indicator=indicator, **values)


def out_of_reach(stage: Stage) -> Target:
    return stage.add_target(
        "T6-2025", 2025, row=6, measure="rank", operator="<=", value=Decimal(10), measurable=False,
        reason_vi="Không còn cấp huyện.",
    )  # fmt: skip


def test_the_sentence_counts_what_is_met_and_the_strip_says_how_the_rest_stands(stage: Stage) -> None:
    passing(stage, 20, OCTOBER)
    stage.count_everyone(100)
    survey(stage, "T4-2025", "90")
    survey(stage, "T5-2025", None)
    out_of_reach(stage)
    client = stage.steering()
    page = html(client)
    assert heading(page) == "Năm 2025: 1 trong 4 chỉ tiêu đã đạt"
    words = ["1 đạt", "1 chưa đạt", "1 chưa có số liệu", "1 không đo được theo đúng văn bản"]
    assert strip(page) == (", ".join(words), " · ".join(words), ["met", "not_met", "no_data", "not_measurable"])
    assert first(page, r'<p class="muted scope">(.*?)</p>') == "Phường Thử · Số liệu tính đến ngày 15/11/2025"
    english = html(client, prefix="/en")
    assert heading(english) == "2025: 1 of 4 targets met"
    assert strip(english)[0] == "1 met, 1 not met, 1 no data yet, 1 not measurable as written"


def test_the_sentence_is_true_of_each_choice(stage: Stage) -> None:
    passing(stage, 20, OCTOBER)
    stage.count_everyone(100)
    stage.add_rule(2026)
    stage.add_target("T3-2026", 2026)
    workers = TargetGroup.objects.create(key="worker", label_vi="Người lao động", label_en="Workers")
    survey(stage, "T7-2025", "90", group=workers)
    Figure.objects.create(
        indicator=Indicator.objects.get(key="t7-2025"), group=workers, area=stage.area, as_of=date(2025, 10, 2),
        source="Cục Thống kê", entered_at=T0, percent=Decimal(90),
    )  # fmt: skip
    client = stage.steering()
    for query, sentence in (
        ("", "Năm 2025: 1 trong 2 chỉ tiêu đã đạt"),
        ("?nam=2026", "Năm 2026: 0 trong 1 chỉ tiêu đã đạt"),
        ("?nam=tat-ca", "Từ 2025 đến 2026: 1 trong 3 chỉ tiêu đã đạt"),
        ("?nhom=worker", "Năm 2025, Người lao động: 1 trong 1 chỉ tiêu đã đạt"),
        ("?nhom=adult&nam=tat-ca", "Từ 2025 đến 2026, Nhóm thử: 0 trong 2 chỉ tiêu đã đạt"),
        ("?nam=2030", "Bảng theo dõi chỉ tiêu: Phường Thử"),
    ):
        if "nhom=adult" in query:
            sentence = sentence.replace("Nhóm thử", stage.group.label_vi)
        assert heading(html(client, query)) == sentence, query
    # With several years a target's code says which one it is of.
    codes = [goal.split(".")[0] for goal in goals(html(client, "?nam=tat-ca"))]
    assert codes == ["T3-2025", "T7-2025", "T3-2026"]
    assert [goal.split(".")[0] for goal in goals(html(client))] == ["T3", "T7"]


def test_a_hidden_number_is_neither_met_nor_not(stage: Stage) -> None:
    passing(stage, 3, OCTOBER)
    stage.people(40)
    stage.count_everyone(100)
    client = stage.steering()
    page = html(client)
    assert heading(page) == "Năm 2025: chưa đánh giá được chỉ tiêu nào"
    assert strip(page)[1] == "1 không hiển thị"
    (goal,) = goals(page)
    assert "giao: trên 85% Dưới 5 người, hoặc" in goal and goal.endswith("Không hiển thị")
    assert "chưa có" not in goal
    assert "thiếu" not in goal and "so với" not in goal
    survey(stage, "T4-2025", "90")
    assert heading(html(client)) == "Năm 2025: 1 trong 2 chỉ tiêu đã đạt, 1 không hiển thị"


def test_what_a_larger_area_reaches_together_is_not_asked_of_a_part_of_it(stage: Stage) -> None:
    passing(stage, 20, OCTOBER)
    survey(stage, "T4-2025", "80")
    Target.objects.filter(key="T3-2025").update(measure="count", operator=">=", value=5000)
    client = stage.steering(stage.province)
    page = html(client, "?dia-ban=10015@2025-07-01")
    assert heading(page) == "Năm 2025: 0 trong 1 chỉ tiêu đã đạt"
    assert strip(page)[1] == "1 chưa đạt · 1 giao cho địa bàn lớn hơn"
    assert "20 người" in goals(page)[0] and "Cả địa bàn của kế hoạch cùng thực hiện." in goals(page)[0]
    assert "20 người giao: từ 5.000 người trở lên · còn thiếu 4.980 người" in re.sub(
        r" (\+|không đổi).*?tháng trước", "", goals(html(client, "?dia-ban=01@"))[0]
    )


def test_a_line_says_share_change_what_is_assigned_what_is_missing_and_the_verdict(stage: Stage) -> None:
    passing(stage, 12, SEPTEMBER)
    passing(stage, 6, NOVEMBER)
    stage.count_everyone(100)
    Target.objects.filter(key="T3-2025").update(name_vi="Tên ngắn", name_en="Short name")
    client = stage.steering()
    page = html(client)
    assert goals(page) == [
        "T3. Tên ngắn 18,0% +6,0 so với tháng trước giao: trên 85% · còn thiếu 68 người Chưa đạt"
    ]  # fmt: skip
    # The plan's own sentence is one tap away; the picture says the same numbers.
    assert '<blockquote lang="vi">Trên 85% người dân trong độ tuổi trưởng thành</blockquote>' in page
    assert ">18,0% so với chỉ tiêu 85%</title>" in page
    assert goals(html(client, prefix="/en")) == [
        "T3. Short name 18.0% +6.0 since last month target: over 85% · 68 people missing Not met"
    ]  # fmt: skip
    # Without a short name the sentence's beginning stands for it.
    Target.objects.update(name_vi="", name_en="")
    assert goals(html(client))[0].startswith("T3. Trên 85% người dân trong độ tuổi trưởng thành 18,0%")


@pytest.mark.parametrize(
    ("since", "change"),
    [(0, "không đổi so với tháng trước"), (1, None), (4, None), (5, "+5,0 so với tháng trước")],
)
def test_a_change_is_said_only_of_two_numbers_that_are_shown(stage: Stage, since: int, change: str | None) -> None:
    """October is hidden where 1 to 4 people have passed since: the change would be their number."""
    passing(stage, 12, SEPTEMBER)
    passing(stage, since, NOVEMBER)
    stage.count_everyone(100)
    (goal,) = goals(html(stage.steering()))
    if change is None:
        assert "so với" not in goal and "không đổi" not in goal
    else:
        assert f"{12 + since},0% {change} giao" in goal


def test_a_line_says_the_change_since_the_same_day_last_year_where_there_was_somebody(stage: Stage) -> None:
    passing(stage, 12, datetime(2024, 9, 1, tzinfo=UTC))
    passing(stage, 8, NOVEMBER)
    stage.count_everyone(100)
    (goal,) = goals(html(stage.steering()))
    assert "20,0% +8,0 so với tháng trước +8,0 so với cùng ngày năm trước giao" in goal


def test_a_finished_year_names_the_day_that_it_is_compared_with(stage: Stage, settings: Any) -> None:
    passing(stage, 12, SEPTEMBER)
    passing(stage, 8, datetime(2025, 12, 10, tzinfo=UTC))
    stage.count_everyone(100)
    settings.BDHVS_TEST_CLOCK = "2026-03-15T10:00:00+07:00"
    (goal,) = goals(html(stage.steering(), "?nam=2025"))
    assert "20,0% +8,0 so với 30/11/2025 giao" in goal


def test_a_line_without_a_share_says_what_is_needed(stage: Stage) -> None:
    survey(stage, "T4-2025", None)
    out_of_reach(stage)
    office = Indicator.objects.create(key="office", source_kind="external")
    stage.add_target("T8-2025", 2025, row=8, indicator=office)
    stage.add_target("T9-2025", 2025, row=9, group=TargetGroup.objects.create(key="other", label_vi="Nhóm khác"))
    client = stage.steering()

    def said() -> list[str]:
        return [goal.split("chưa có giao: ")[1] for goal in goals(html(client))]

    assert said() == [
        "trên 85% Chưa ghi nhận được ai thuộc nhóm này ở đây. Chưa có số liệu",
        "trên 85% Cần nhập số liệu điều tra. Chưa có số liệu",
        "trong nhóm 10 dẫn đầu Không còn cấp huyện. Không đo được theo đúng văn bản",
        "trên 85% Cần nhập số liệu do cơ quan khác cung cấp. Chưa có số liệu",
        "trên 85% Chưa có quy định thế nào là đạt. Chưa có số liệu",
    ]
    passing(stage, 20, OCTOBER)
    assert said()[0] == "trên 85% 20 người đạt; chưa nhập tổng số người thuộc đối tượng. Chưa có số liệu"


def test_areas_in_which_most_people_are_missing_come_first_and_hidden_ones_not_at_all(stage: Stage) -> None:
    # With the third, whose 3 people are hidden, the smallest goes: the city's sum would tell.
    numbers = ((20, 100), (50, 400), (3, 300), (90, 100), (10, 60), (10, 50), (9, 40), (12, 45), (14, 42))
    for number, (count, everyone) in enumerate(numbers):
        area = Area.objects.create(
            code=f"2{number:04}", name=f"Xã {number}", kind="commune", parent=stage.province,
            valid_from=date(2025, 7, 1),
        )  # fmt: skip
        passing(stage, count, OCTOBER, area)
        stage.people(7, area)
        stage.count_everyone(everyone, area=area)
    stage.count_everyone(1137, area=stage.province)
    survey(stage, "T2-2025", "10")
    client = stage.steering(stage.province)
    page = html(client)
    assert first(page, r'<p class="muted scope">(.*?)</p>').startswith("Thành phố Thử (số liệu của 11 xã, phường) · ")
    section = re.search(r'<section class="help-first">.*?</section>', page, re.DOTALL)
    assert section is not None
    # T2 stands before T3 and has no figures of areas.
    assert "Địa bàn cần giúp trước (T3)" in section.group()
    places = re.findall(r"<li>(.*?)</li>", section.group(), re.DOTALL)
    assert [text_of(place) for place in places] == [
        "Xã 1 còn thiếu 291 người", "Xã 0 còn thiếu 66 người", "Xã 4 còn thiếu 42 người", "Xã 5 còn thiếu 33 người",
        "Xã 7 còn thiếu 27 người",
    ]  # fmt: skip
    assert 'href="?dia-ban=20001%402025-07-01"' in places[0]
    assert 'href="/chi-dao/plan/T3-2025/?dia-ban=01%40&amp;nam=2025#dia-ban"' in section.group()
    assert '<section class="help-first">' not in html(client, "?dia-ban=20003@2025-07-01")


def test_an_old_district_names_what_became_of_it(stage: Stage) -> None:
    from bdhvs_lms.campaign.models import AreaSuccession

    district = Area.objects.create(
        code="277", name="Huyện Cũ", kind="district", parent=stage.province, valid_to=date(2025, 6, 30)
    )
    for area in (stage.area, stage.other_area):
        old = Area.objects.create(
            code=f"9{area.code}", name=f"{area.name} cũ", kind="commune", parent=district, valid_to=date(2025, 6, 30)
        )
        AreaSuccession.objects.create(old=old, new=area, part="whole", confidence="A")
    page = html(stage.steering(district), "?dia-ban=277@")
    assert first(page, r'<p class="muted scope">(.*?)</p>').startswith("Huyện Cũ (đơn vị kế thừa: 2 xã, phường) · ")


def test_stretches_of_a_strip_fill_it_with_gaps_between(stage: Stage) -> None:
    from bdhvs_lms.reporting.api import Segment

    found = strip_of([Segment("met", 1, ""), Segment("not_met", 3, ""), Segment("no_data", 1, "")])
    assert [(one.verdict, str(one.x), str(one.width)) for one in found] == [
        ("met", "0", "19.84"), ("not_met", "20.24", "59.52"), ("no_data", "80.16", "19.84"),
    ]  # fmt: skip


def test_the_board_says_by_which_rule_it_counts(stage: Stage) -> None:
    client = stage.steering(stage.province)
    assert by_rule(html(client, "?nam=2025")) == ["Cách xác định “đạt” của T3: Đạt cả hai năng lực"]
    provisional = "Quy tắc tạm thời, chờ đối chiếu Phụ lục II, Quyết định 757/QĐ-BKHCN"
    stage.add_target("T3-2026", 2026)
    other = TargetGroup.objects.create(key="other", label_vi="Nhóm khác", counted_where="area")
    stage.add_target("T4-2026", 2026, row=4, group=other)
    for year, number in ((2025, 2), (2026, 1)):
        rule = stage.add_rule(year, number=number)
        # As the shipped ones are called.
        with connection.cursor() as cursor:
            cursor.execute("UPDATE bdhvs_lms_passrule SET label_vi = %s WHERE id = %s", [provisional, rule.pk])
    assert by_rule(html(client, "?nam=tat-ca")) == [f"Cách xác định “đạt” của T3-2025, T3-2026: {provisional}"]
    [english] = by_rule(html(client, "?nam=2026", "/en"))
    assert english == f"How “achieved” is decided for T3: {provisional}"


def by_rule(page: str) -> list[str]:
    return [text_of(line) for line in re.findall(r'<p class="muted by-rule">(.*?)</p>', page, re.DOTALL)]
