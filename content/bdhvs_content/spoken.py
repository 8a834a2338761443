"""Text as it is read out: numbers, days, times and telephone numbers in Vietnamese words, no addresses of pages.

In other languages only the addresses go: whoever reads aloud knows how to say 19:30.
"""

from __future__ import annotations

import re

from bdhvs_lms.base.api import is_vietnamese

DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
GROUPS = ("", " nghìn", " triệu", " tỷ")
LARGEST = 10 ** (3 * len(GROUPS)) - 1

_ADDRESS = re.compile(r"\(?\b(?:https?://|www\.)\S+|\(?\b[\w.+-]+@[\w-]+\.[\w.-]+\)?")
_TIME = r"(?<![\w:.,/])([01]?\d|2[0-3])\s?(?:[:hg]\s?([0-5]\d)|h)(?![\w:])"
_TO = re.compile(rf"{_TIME}\s*[-–—]\s*(?=\d)")
_CLOCK = re.compile(_TIME)
_FOURTH = re.compile(r"\b([Tt]hứ|[Tt]háng)\s+0?4(?![\w/.,]\d|\w|/)")
_D, _M = r"(0?[1-9]|[12]\d|3[01])", r"(0?[1-9]|1[0-2])"
_FULL_DAY = re.compile(rf"(?:\b([Nn]gày)\s+)?(?<![\w/.,-]){_D}[/.-]{_M}[/.-](\d{{4}})(?![\w/])")
# Without a year a fraction looks the same: only after a word that days follow.
_BEFORE_DAYS = r"ngày|thứ \w+|chủ nhật|hôm nay|sáng|trưa|chiều|tối|từ|đến|hết|trước|sau"
_DAY = re.compile(rf"\b((?:{_BEFORE_DAYS}),?)\s+{_D}/{_M}(?![\w/])", re.IGNORECASE)
_PHONE = re.compile(r"(?<![\w.,/])(?:\+84|0|1[89]00)(?:[ .-]?\d){4,11}(?![\w])")
_SHORT_PHONE = re.compile(r"\b([Gg]ọi|[Tt]ổng đài|[Đđ]iện thoại|[Ss]ố máy)((?: số)?)\s+(\d{3,4})(?![\w/:.,]\d|\w)")
_GROUPED = re.compile(r"(?<![\w.,])\d{1,3}(?:\.\d{3})+(?!\.?\d|[^\Wđ])")
_OF = re.compile(r"(?<![\w/])(\d{1,3})/(\d{1,3})(?![\w/])")
_NUMBER = re.compile(r"(?<![\w.,])(\d{1,12})(?:([.,])(\d{1,6}))?(?:\s?(%)|\s?(đ)\b)?(?!\w)")


def number_words(value: int) -> str:
    """Return 0 to 999 999 999 999 in words: "hai nghìn không trăm hai mươi sáu". Raises ValueError beyond that."""
    if not 0 <= value <= LARGEST:
        raise ValueError(f"No words for {value}.")
    if value < 10:
        return DIGITS[value]
    groups: list[int] = []
    while value:
        value, group = divmod(value, 1000)
        groups.append(group)
    words = [
        f"{_group_words(group, leading=place == len(groups) - 1)}{GROUPS[place]}"
        for place, group in reversed(list(enumerate(groups)))
        if group
    ]
    return " ".join(words)


def _group_words(group: int, *, leading: bool) -> str:
    """Return 1 to 999 in words; behind other groups zero hundreds are said too."""
    hundreds, rest = divmod(group, 100)
    tens, ones = divmod(rest, 10)
    words = [f"{DIGITS[hundreds]} trăm"] if hundreds or not leading else []
    if tens > 1:
        words.append(f"{DIGITS[tens]} mươi")
    elif tens:
        words.append("mười")
    elif ones and words:
        words.append("linh")
    if ones:
        after_tens = {1: "mốt", 4: "tư"} if tens > 1 else {}
        words.append("lăm" if ones == 5 and tens else after_tens.get(ones, DIGITS[ones]))
    return " ".join(words)


def _digit_words(text: str) -> str:
    return " ".join(DIGITS[int(digit)] for digit in text if digit.isdigit())


def _clock_words(found: re.Match[str]) -> str:
    hour, minutes = int(found[1]), int(found[2] or 0)
    return f"{number_words(hour)} giờ" + (f" {number_words(minutes)} phút" if minutes else "")


def _day_words(day: str, month: str) -> str:
    """Return the day without the word before it: "mùng ba tháng tư"."""
    number = int(day)
    first_ten = "mùng " if number <= 10 else ""
    return f"{first_ten}{number_words(number)} tháng {'tư' if int(month) == 4 else number_words(int(month))}"


def _full_day_words(found: re.Match[str]) -> str:
    return f"{found[1] or 'ngày'} {_day_words(found[2], found[3])} năm {number_words(int(found[4]))}"


def _short_day_words(found: re.Match[str]) -> str:
    before = found[1]
    return f"{before}{'' if before.rstrip(',').lower() == 'ngày' else ' ngày'} {_day_words(found[2], found[3])}"


def _phone_words(found: re.Match[str]) -> str:
    digits = re.sub(r"\D", "", found[0].replace("+84", "0", 1))
    # As people say them: by fours and threes, a breath between.
    parts = (digits[:4], digits[4:7], digits[7:])
    return ", ".join(_digit_words(part) for part in parts if part)


def _number_words(found: re.Match[str]) -> str:
    words = number_words(int(found[1]))
    if found[2]:
        words += f" {'phẩy' if found[2] == ',' else 'chấm'} {_digit_words(found[3])}"
    return words + (" phần trăm" if found[4] else " đồng" if found[5] else "")


def spoken(text: str) -> str:
    """Return one line as it is read out in the active language."""
    text = _ADDRESS.sub("", text)
    if is_vietnamese():
        text = _TO.sub(lambda found: f"{_clock_words(found)} đến ", text)
        text = _CLOCK.sub(_clock_words, text)
        text = _FOURTH.sub(r"\1 tư", text)
        text = _FULL_DAY.sub(_full_day_words, text)
        text = _DAY.sub(_short_day_words, text)
        text = _PHONE.sub(_phone_words, text)
        text = _SHORT_PHONE.sub(lambda found: f"{found[1]}{found[2]} {_digit_words(found[3])}", text)
        text = _GROUPED.sub(lambda found: found[0].replace(".", ""), text)
        text = _OF.sub(r"\1 trên \2", text)
        text = _NUMBER.sub(_number_words, text)
    return re.sub(r"\s+([.,;:!?])", r"\1", " ".join(text.split()))
