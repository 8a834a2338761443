from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bdhvs_lms.base.collation import name_order, sortable_name

pytestmark = pytest.mark.database

IN_ORDER = [
    "Nguyễn Thị Anh",
    "Trần Văn Ánh",
    "Lê Văn Ăn",
    "Bùi Thị Ân",
    "Nguyễn Bình",
    "Phạm Cúc",
    "Lê Dung",
    "Đỗ Dũng",
    "Cao Đào",
    "Hà Thị Hoa",
    "Nguyễn Thị Hoa",
    "Nguyễn Văn Hoa",
    "An Hòa",
    "An Hoá",
    "Đỗ Lan",
    "Đỗ Lân",
    "Bùi Oanh",
    "Bùi Ô",
    "Bùi Ơn",
    "Lê Tú",
    "Lê Tư",
    "Lê Uyên",
    "Lê Vân",
]


def test_names_stand_as_vietnamese_lists_have_them() -> None:
    mixed = random.Random(1).sample(IN_ORDER, len(IN_ORDER))
    assert sorted(mixed, key=name_order) == IN_ORDER


def test_a_tone_decides_between_words_that_are_alike_but_for_it() -> None:
    """None, huyền, hỏi, ngã, sắc, nặng; and the letters before the tone: mà stands before mát."""
    assert sorted(["mạ", "má", "mã", "mả", "mà", "ma"], key=name_order) == ["ma", "mà", "mả", "mã", "má", "mạ"]
    assert sorted(["mát", "mạ", "mê"], key=name_order) == ["mạ", "mát", "mê"]


def test_capitals_and_ways_to_encode_do_not_count() -> None:
    assert name_order("NGUYỄN THỊ ẾCH") == name_order("Nguye\u0302\u0303n Thi\u0323  e\u0302\u0301ch")


@given(st.text(max_size=40))
def test_anything_has_a_place(text: str) -> None:
    assert name_order(text) >= name_order("")


@given(st.lists(st.text(alphabet="aăâbcdđeêghiknoôơuưxyắằẳẵặếềểễệốồổỗộớờởỡợứừửữự 1z'", max_size=12), max_size=6))
def test_as_text_names_are_sorted_alike(names):
    assert sorted(names, key=lambda name: sortable_name(name, 240)) == sorted(names, key=name_order)


def test_as_text_a_name_fits_the_column_and_says_nothing_but_letters_and_digits():
    key = sortable_name("Đặng 张 Ỷ " * 40, 240)
    assert len(key) == 240 and key.isascii() and key.isalnum()
    assert sortable_name("Nguyễn Thị Hoà", 240) == sortable_name("nguyễn thị hòa", 240)
