"""Tables in lessons: refused without what a listener needs, read row by row, translated, printed."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation
from wagtail_localize.segments.extract import extract_segments
from wagtail_localize.segments.ingest import ingest_segments

from bdhvs_content.blocks import LessonBody, problems_of
from bdhvs_content.speech.words import words_of
from tests.bdhvs_content import pages
from tests.support.loops import for_each
from tests.support.markup import html_of, mistakes

pytestmark = pytest.mark.django_db

ROWS = [["Làm mới thẻ", "Xã", "50.000 đồng"], ["Đổi thẻ <cũ>", "Xã", ""], ["", "", ""]]


def table(
    rows: list[list[str]] = ROWS,
    headings: tuple[str, ...] = ("Dịch vụ", "Ở đâu", "Phí"),
    caption: str = "Phí làm thẻ",
    *,
    named: bool = True,
) -> tuple[str, Any]:
    grid = {
        "columns": [{"type": "text", "heading": heading} for heading in headings],
        "rows": [{"values": row} for row in rows],
        "caption": caption,
    }
    return "table", {"table": grid, "row_headings": named}


def body(*blocks: Any) -> Any:
    return LessonBody().to_python([{"type": kind, "value": value} for kind, value in blocks])


@for_each(
    ("given", "said"),
    [
        (table([]), "Add columns and rows."),
        (table([[]], ()), "Add columns and rows."),
        (table(caption=" "), "Enter a caption"),
        (table(headings=("Dịch vụ", "", "Phí")), "Enter a heading for each column."),
        (table(headings=("", "Ở đâu", "Phí"), named=False), "Enter a heading for each column."),
        (table([["x"] * 9], ("x",) * 9), "Use at most 8 columns."),
        (table([["x"] * 3] * 101), "Use at most 100 rows."),
        (table([["x" * 1001, "", ""]]), "at most 1000 characters"),
    ],
)
def test_a_table_nobody_could_follow_is_refused(given: Any, said: str) -> None:
    with translation.override("en"):
        [problem] = problems_of(body(given))
        assert problem.startswith("Block 1 (Table): ")
        assert said in problem
        block = LessonBody()
        block.defer_required_validation()
        try:
            block.clean(block.normalize(body(given)))
        except ValidationError:
            # Letters beyond the limit are refused in a draft too.
            assert "characters" in said
        finally:
            block.restore_deferred_validation()


def test_the_corner_above_names_of_rows_may_be_empty() -> None:
    assert problems_of(body(table(headings=("", "Ở đâu", "Phí")))) == []


def test_learners_get_a_table_that_stays_one_on_a_telephone() -> None:
    course = pages.course(pages.catalog())
    lesson = pages.lesson(course, live=False)
    lesson.body = body(("text", "<p>Xem bảng.</p>"), table())
    pages.publish(lesson)
    pages.enrolled(course)
    client = pages.client_of("lan")
    html = html_of(client.get(lesson.url))
    assert mistakes(html) == ()
    assert html.count("bdhvs_theme/table.css") == 1
    assert "<caption>Phí làm thẻ</caption>" in html
    assert html.count('<th role="columnheader" scope="col">') == 3
    assert html.count('<th role="rowheader" scope="row">') == 2  # the row without words is left out
    assert "Đổi thẻ &lt;cũ&gt;" in html
    assert '<span class="column" aria-hidden="true">Phí: </span>50.000 đồng' in html
    plain = pages.lesson(course, "Bài không bảng")
    assert "table.css" not in html_of(client.get(plain.url))
    # On the sheet too, since there are no steps.
    sheet = html_of(client.get(f"/bai-hoc/{lesson.translation_key}/phieu/"))
    assert "<caption>Phí làm thẻ</caption>" in sheet


def test_it_is_read_row_by_row_with_its_headings() -> None:
    with translation.override("vi"):
        assert words_of(body(table())[0]).splitlines() == [
            "Phí làm thẻ.",
            "Làm mới thẻ. Ở đâu: Xã. Phí: năm mươi nghìn đồng.",
            "Đổi thẻ <cũ>. Ở đâu: Xã.",
        ]


def test_a_translation_by_wagtail_localize_has_the_table_s_words() -> None:
    lesson = pages.lesson(pages.course(pages.catalog()), live=False)
    lesson.body = body(table())
    lesson.save()
    segments = [one for one in extract_segments(lesson) if one.path.startswith("body.")]
    said = {one.path.partition(".table.")[2]: one.string.data for one in segments if ".table." in one.path}
    assert said == {
        "caption": "Phí làm thẻ",
        "column.0": "Dịch vụ", "column.1": "Ở đâu", "column.2": "Phí",
        "cell.0.0": "Làm mới thẻ", "cell.0.1": "Xã", "cell.0.2": "50.000 đồng",
        "cell.1.0": "Đổi thẻ &lt;cũ&gt;", "cell.1.1": "Xã",
    }  # fmt: skip
    for one in segments:
        one.string.data = one.string.data.replace("Xã", "Commune").replace("Phí", "Fee")
    ingest_segments(lesson, lesson, lesson.locale, lesson.locale, segments)
    value = lesson.body[0].value["table"]
    assert value.caption == "Fee làm thẻ"
    assert [row["values"][1] for row in value.row_data] == ["Commune", "Commune", ""]
    assert [column["heading"] for column in value.columns] == ["Dịch vụ", "Ở đâu", "Fee"]
