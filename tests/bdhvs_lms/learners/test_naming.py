"""Whether a line names somebody."""

from __future__ import annotations

from bdhvs_lms.learners.naming import names_person, without_name
from tests.support.loops import for_each

BUOI = "Đặng Thị Bưởi"


@for_each(
    ("line", "rest"),
    [
        ("Cặp của Đặng Thị Bưởi, tủ 2", "Cặp của …, tủ 2"),
        ("cap cua DANG THI BUOI", "cap cua …"),
        ("Nhà bà Bưởi, ngõ 3", "Nhà …, ngõ 3"),
        ("nha co Thi Buoi; nhà chị Đặng Thị Bưởi", "nha …; nhà …"),
        ("Vườn bưởi", "Vườn bưởi"),
        ("Bưởi", "Bưởi"),
        ("Nhà bà Lan", "Nhà bà Lan"),
        ("Đặng Thị Bưởng", "Đặng Thị Bưởng"),
        ("nhà bà", "nhà bà"),
        ("", ""),
    ],
)
def test_a_name_is_taken_out_and_nothing_else(line: str, rest: str) -> None:
    assert without_name(line, BUOI) == rest
    assert names_person(line, BUOI) is (line != rest)


def test_a_name_of_one_word_is_a_word_like_others() -> None:
    assert without_name("Lan can, nhà bà Lan", "Lan") == "Lan can, nhà …"
    assert without_name("Nhà văn hóa", "") == "Nhà văn hóa"
