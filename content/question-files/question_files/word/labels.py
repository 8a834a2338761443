"""What stands at the beginning of a line: a question's number, an option's letter, "Đáp án:", "Lời giải:", "Phần I"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from question_files.folding import fold
from question_files.values import number_of

_I = re.IGNORECASE
_WORDS = r"câu\s+hỏi\s+số|câu\s+hỏi|câu\s+số|câu|bài\s+tập|bài|question|q"
QUESTION_WORD = re.compile(rf"(?:{_WORDS})\s*\d{{1,4}}\s*[.:)]?", _I)
_WORDED = re.compile(
    rf"(?:{_WORDS})\s*(\d{{1,4}})(?:\s*(?:\[[^\]]{{0,30}}\]|\([^)]{{0,30}}\)))?(?:\s*[:.)/\-–—]+\s*|\s*$|\s+(?=\S))", _I
)
_BARE = re.compile(r"\(?(\d{1,4})\s*(?:[.)/:]|\.\))(?:\s+|$|(?=[^\d\s.,]))")
_OPTION = re.compile(
    r"(?:[☐□○◯]|\[\s?\]|\(\s\))?\s*([*#✓✔☑☒√■●]|\[[xX]\]|\([xX]\)|)\s*[\[(]?([*#]?)([A-Ha-h])([*#]?)\s*(?:[.):/\]]|\.\))([*#✓✔☑]?)(?:\s+|$|(?=\S))"
)
OPTION_ALONE = re.compile(r"[*#]?\(?[A-H]\s*[.)]?\s*[*#]?")
_ANSWER = re.compile(
    r"[*\-–\s=>→➔⇒►•]*[(\[]?(?:(đáp\s*án|đ\s*\.?\s*án|đ/a|đa|answers?|correct\s+answers?|key|phương\s+án|trả\s+lời|chọn(?:\s+đáp\s+án)?)"
    r"((?:\s+(?:đúng|là|chính\s+xác|phương\s+án|câu|cần\s+chọn|is|of))*)(?:\s*\(([^)]{0,20})\))?)\s*([:.=\-–→]*)\s*",
    _I,
)
_SAID_AT_END = re.compile(
    r"[(\[]?\s*(?:đáp\s*án|đ/a|đa|answer)(?:\s+(?:đúng|là))*\s*[:=]\s*([A-H](?:\s*[,;&]\s*[A-H])*|đúng|sai)\s*[.)\]]*\s*$",
    _I,
)
_EXPLANATION = re.compile(
    r"[(\[*\-–\s]*(?:lời\s+giải(?:\s+chi\s+tiết)?|giải\s+thích(?:\s+(?:đáp\s+án|chi\s+tiết))?|hướng\s+dẫn(?:\s+(?:giải|trả\s+lời|chi\s+tiết))*"
    r"|hdg|giải\s+chi\s+tiết|explanation|gợi\s+ý(?:\s+trả\s+lời)?|giải)\s*(?:[:.\])]+\s*|$)",
    _I,
)
_CHOSEN = re.compile(
    r"(?:(?:vậy|suy\s+ra|do\s+đó|nên|ta)\s+)?(?:chọn|đáp\s*án)(?:\s+(?:đáp\s+án|phương\s+án|câu|ý|đúng|là))*\s*[:.]?\s*"
    r"([A-H](?:\s*[,&]\s*[A-H])*)(?=[\s.,;:)]|$)",
    _I,
)
_SECTION = re.compile(
    r"(?:phần|chương|chủ\s+đề|chuyên\s+đề|part|section|chapter|mục|mã\s+đề|đề\s+số|đề)(?:\s+số)?\s*[:.]?\s+"
    r"(?:[ivx]{1,5}|\d{1,4}|[a-d]|thứ\s+\w+)\b",
    _I,
)
_ROMAN = re.compile(r"([IVX]{1,5})\s*[.):/\-–]\s+(?=\S)")
_KEY_TITLE = re.compile(
    r"[-–—*.\s]*(?:(?:bảng|phiếu|phần)\s+)?(?:đáp\s*án|answer\s+keys?|answers|key|hướng\s+dẫn\s+chấm)\b[^?]{0,80}$", _I
)
_END = re.compile(r"[-–—_=*.\s]*(?:hết|the\s+end|end)[-–—_=*.!\s]*$", _I)
_PASSAGE = re.compile(
    r"(?:đọc|dựa|cho|quan\s+sát|sử\s+dụng|dùng|read|thông\s+tin|đoạn).{0,160}?(?:câu|questions?)(?:\s+hỏi)?(?:\s+từ)?(?:\s+câu)?"
    r"\s*(\d{1,4})\s*(?:-|–|—|đến|tới|to|và|and)\s*(?:câu\s*)?(\d{1,4})",
    _I | re.DOTALL,
)
_POINTS = re.compile(r"^[(\[]\s*(\d{1,3}(?:[.,]\d{1,4})?)\s*(?:điểm|đ|points?|pts?)\s*[)\]]\s*[:.]?\s*", _I)
_LEVEL = re.compile(
    r"^[(\[<]\s*(nb|th|vd|vdc|nhận\s+biết|thông\s+hiểu|vận\s+dụng(?:\s+cao)?|dễ|khó|trung\s+bình)\s*[)\]>]\s*[:.]?\s*",
    _I,
)
_SEVERAL = re.compile(r"^[(\[]\s*(?:nhiều\s+(?:đáp\s+án|lựa\s+chọn)|several\s+answers)\s*[)\]]\s*[:.]?\s*", _I)
_LEVELS: dict[str, Literal["easy", "medium", "hard"]] = {
    "nb": "easy", "nhan biet": "easy", "de": "easy", "th": "medium", "thong hieu": "medium", "trung binh": "medium",
    "vd": "hard", "vdc": "hard", "van dung": "hard", "van dung cao": "hard", "kho": "hard",
}  # fmt: skip
# After "Câu 3" without a sign: these words go on with a sentence about that question.
_ABOUT = re.compile(r"(?:và|đến|tới|hoặc|hay|trở|là|của|trong|ở|có|được|dưới|trên|sau|này|and|to|or|is)\b|[,;\-–]", _I)


@dataclass(frozen=True)
class Label:
    number: int
    end: int
    word: bool
    """'Câu 3', not '3.'"""


@dataclass(frozen=True)
class OptionLabel:
    letter: str
    """A capital."""
    place: int
    """Of the letter in the text."""
    end: int
    star: bool
    small: bool


_STYLED_OPTION = re.compile(r"(\*?)\s*([A-Z])\s*[.)]\s?")


def styled_option(text: str) -> OptionLabel | None:
    """Of a paragraph whose style says that it is an option: any letter."""
    found = _STYLED_OPTION.match(text)
    return None if found is None else OptionLabel(found[2], found.start(2), found.end(), bool(found[1]), False)


def question_label(text: str) -> Label | None:
    found = _WORDED.match(text)
    if found is not None:
        if found[0].rstrip() == found[0] or found[0].rstrip()[-1:].isdigit() or found[0].rstrip()[-1:] in ")]":
            rest = text[found.end() :]
            signed = re.search(r"[:./\-–—]\s*$|\)\s*$", found[0]) is not None
            if not signed and _ABOUT.match(rest):
                return None
        # What stands in brackets before the colon, points or a level, is left for the text.
        bracket = re.search(r"[\[(]", found[0])
        end = found.end() if bracket is None else bracket.start()
        return Label(int(found[1]), end, True)
    found = _BARE.match(text)
    return None if found is None else Label(int(found[1]), found.end(), False)


def number_alone(text: str) -> int | None:
    found = re.fullmatch(r"(\d{1,4})\s*[.)]?", text.strip())
    return None if found is None else int(found[1])


def option_label(text: str) -> OptionLabel | None:
    found = _OPTION.match(text)
    if found is None:
        return None
    # "A/B" and "e.g." are words.
    close = found.end() < len(text) and not text[found.end() - 1].isspace()
    if close and (found[0][-1:] == "/" or (found[0][-1:] == ":" and not text[found.end()].isalpha())):
        return None
    if found[3].islower() and re.match(r"[a-z]\.[a-z]", found[0] + text[found.end() : found.end() + 1]):
        return None
    star = any(found[place] for place in (1, 2, 4, 5))
    return OptionLabel(found[3].upper(), found.start(3), found.end(), star, found[3].islower())


@dataclass(frozen=True)
class Answer:
    told: str
    hint: str = ""
    """What stands in brackets behind "Đáp án": '(số)'."""


def answer_of(text: str) -> Answer | None:
    """What an answer line says after its words; None: it is none."""
    found = _ANSWER.match(text)
    if found is None:
        return None
    rest = text[found.end() :].strip().rstrip(")]" if text.lstrip()[:1] in "([" else "")
    word = fold(found[1])
    signed, linked = bool(found[4].strip()), bool((found[2] or "").strip())
    letter = re.match(r"[A-H](?:\s*[,;&]\s*[A-H]|\s+và\s+[A-H])*\s*(?:[.):]|$)", rest)
    if word in ("phuong an", "key") or word.startswith("chon"):
        return Answer(rest) if letter else None
    if word == "da" and not signed:
        return Answer(rest) if re.fullmatch(r"[A-H]", rest) and text.lstrip()[:2].isupper() else None
    if not rest and not signed:
        # "Đáp án", and the answer on the next line.
        return Answer("") if word == "dap an" else None
    if not signed and not letter and not linked:
        return None
    if re.fullmatch(r"[.…_\-\s]*", rest):
        rest = ""
    return Answer(rest, found[3] or "")


def answer_at_end(text: str) -> tuple[int, str] | None:
    """Where "(Đáp án: B)" begins at the end of a text, and what it says."""
    found = _SAID_AT_END.search(text)
    return None if found is None else (found.start(), found[1])


_TOLD_AT_END = re.compile(r"\s*[(\[]\s*(?:đáp\s*án|trả\s+lời|answer)\s*[:=]\s*([^()\[\]]{1,100})[)\]]\s*$", _I)


def typed_at_end(text: str) -> tuple[str, str] | None:
    """A question and the answer in brackets behind it: 'Thủ đô? (Đáp án: Hà Nội)'."""
    found = _TOLD_AT_END.search(text)
    return None if found is None or not text[: found.start()].strip() else (text[: found.start()], found[1].strip())


def judges(text: str) -> bool:
    """'a) Đúng b) Sai': of statements which are true."""
    return re.match(r"\s*[a-d]\s*[).:]\s*(?:đúng|sai|đ|s)\b", text, _I) is not None


def explanation_end(text: str) -> int | None:
    """Where the explanation begins behind its words."""
    found = _EXPLANATION.match(text)
    return None if found is None else found.end()


def chosen(text: str) -> str:
    """'Chọn B' at the beginning or the end of an explanation; what follows the words, or nothing."""
    found = _CHOSEN.match(text)
    if found is None:
        for found in _CHOSEN.finditer(text):
            if text[found.end() :].strip(" .)") == "" and found[0][:1].isupper() | text[: found.start()].endswith(" "):
                return found[1] if found[1].isupper() else ""
        return ""
    return found[1] if found[1].isupper() else ""


def is_section(text: str) -> bool:
    if len(text) > 200 or text.rstrip().endswith("?"):
        return False
    if _SECTION.match(text):
        return True
    found = _ROMAN.match(text)
    if found is None:
        return False
    rest = text[found.end() :]
    known = ("trac nghiem", "tu luan", "dung sai", "dung/sai", "tra loi ngan", "cau hoi", "ly thuyet")
    capitals = rest.upper() == rest and sum(map(str.isalpha, rest)) > 3
    return found[1] not in "CD" and (capitals or any(word in fold(rest) for word in known))


def roman_of(text: str) -> str:
    """The part's number in a section's title: 'II' of 'PHẦN II. …', or ''."""
    found = re.match(r"(?:phần|part)\s+([ivx]{1,5}|\d{1,2})\b", text.strip(), _I) or re.match(
        r"([IVX]{1,5})\s*[.):]", text
    )
    if found is None:
        return ""
    numerals = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")
    told = found[1].upper()
    return numerals[int(told) - 1] if told.isdigit() and 1 <= int(told) <= 10 else told


def is_key_title(text: str) -> bool:
    return len(text) <= 100 and _KEY_TITLE.match(text) is not None


def is_end(text: str) -> bool:
    return _END.match(text) is not None


def passage(text: str) -> tuple[int, int] | None:
    """First and last number of the questions that a text is said to belong to."""
    found = _PASSAGE.match(text)
    if found is None:
        return None
    first, last = int(found[1]), int(found[2])
    return (first, last) if first < last <= first + 50 else None


@dataclass
class Aside:
    """What stands in brackets between a question's number and its text: '(0,5 điểm) [NB] (nhiều đáp án)'."""

    end: int = 0
    points: Decimal | None = None
    level: Literal["", "easy", "medium", "hard"] = ""
    several: bool = False


def aside_of(text: str) -> Aside:
    found_so_far = Aside()
    for _turn in range(3):
        rest = text[found_so_far.end :]
        found = _POINTS.match(rest)
        if found is not None:
            found_so_far.points = number_of(found[1].replace(".", ","))
            found_so_far.end += found.end()
            continue
        found = _LEVEL.match(rest)
        if found is not None:
            found_so_far.level = _LEVELS[" ".join(fold(found[1]).split())]
            found_so_far.end += found.end()
            continue
        found = _SEVERAL.match(rest)
        if found is not None:
            found_so_far.several = True
            found_so_far.end += found.end()
    return found_so_far
