"""Text as it is read out over the loudspeakers: nothing in it that a voice would stumble over."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from bdhvs_content.spoken import LARGEST, number_words, spoken
from tests.support.loops import for_each


@for_each(
    ("value", "words"),
    [
        (0, "không"),
        (5, "năm"),
        (10, "mười"),
        (11, "mười một"),
        (14, "mười bốn"),
        (15, "mười lăm"),
        (20, "hai mươi"),
        (21, "hai mươi mốt"),
        (24, "hai mươi tư"),
        (55, "năm mươi lăm"),
        (101, "một trăm linh một"),
        (110, "một trăm mười"),
        (1_000, "một nghìn"),
        (2_005, "hai nghìn không trăm linh năm"),
        (2_026, "hai nghìn không trăm hai mươi sáu"),
        (50_000, "năm mươi nghìn"),
        (1_000_001, "một triệu không trăm linh một"),
        (2_500_000_000, "hai tỷ năm trăm triệu"),
    ],
)
def test_numbers_are_said_as_people_say_them(value: int, words: str) -> None:
    assert number_words(value) == words


@given(st.integers(0, LARGEST), st.integers(0, LARGEST))
def test_no_two_numbers_sound_alike(one: int, other: int) -> None:
    assert (number_words(one) == number_words(other)) is (one == other)


def test_what_has_no_words_is_refused() -> None:
    for value in (-1, LARGEST + 1):
        with pytest.raises(ValueError, match="No words"):
            number_words(value)


@for_each(
    ("written", "said"),
    [
        ("19:30, thứ Ba 24/11/2026", "mười chín giờ ba mươi phút, thứ Ba ngày hai mươi tư tháng mười một"
         " năm hai nghìn không trăm hai mươi sáu"),
        ("Từ 19h30-21h, tối thứ 4", "Từ mười chín giờ ba mươi phút đến hai mươi mốt giờ, tối thứ tư"),
        ("8:00 ngày 03/04/2026", "tám giờ ngày mùng ba tháng tư năm hai nghìn không trăm hai mươi sáu"),
        ("từ 1/12 đến hết 5/12", "từ ngày mùng một tháng mười hai đến hết ngày mùng năm tháng mười hai"),
        ("Ngày 24/11, tháng 4", "Ngày hai mươi tư tháng mười một, tháng tư"),
        ("Đã xong 3/8 bài", "Đã xong ba trên tám bài"),
        ("gọi 0912 345 678", "gọi không chín một hai, ba bốn năm, sáu bảy tám"),
        ("+84 912 345 678", "không chín một hai, ba bốn năm, sáu bảy tám"),
        ("gọi 113, hoặc tổng đài 1022", "gọi một một ba, hoặc tổng đài một không hai hai"),
        ("50.000 đồng, 20.000đ", "năm mươi nghìn đồng, hai mươi nghìn đồng"),
        ("84,9% của 1.240 người", "tám mươi tư phẩy chín phần trăm của một nghìn hai trăm bốn mươi người"),
        ("Xem https://bdhvs.example/thong-bao/a/ hoặc hỏi a@b.vn.", "Xem hoặc hỏi"),
        ("Thôn 3, phòng A4, VNeID 2", "Thôn ba, phòng A4, VNeID hai"),
    ],
)  # fmt: skip
def test_a_line_is_read_out_without_signs(written: str, said: str) -> None:
    with translation.override("vi"):
        assert spoken(written) == said


@given(st.dates(date(2020, 1, 1), date(2099, 12, 31)), st.integers(0, 23), st.integers(0, 59), st.sampled_from(":h"))
def test_no_day_and_no_time_is_left_in_figures(day: date, hour: int, minute: int, sign: str) -> None:
    with translation.override("vi"):
        said = spoken(f"Lúc {hour}{sign}{minute:02}, {day:%d/%m/%Y} đến {day + timedelta(days=1):%d/%m/%Y}.")
    assert not re.search(r"[\d/:]", said)
    assert said.count(" tháng ") == 2 and said.count(" năm ") >= 2


def test_in_english_only_addresses_go() -> None:
    with translation.override("en"):
        assert spoken("At 19:30 on 24 November 2026, see https://a.example/") == "At 19:30 on 24 November 2026, see"
