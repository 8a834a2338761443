"""Columns of a sheet with questions: what the first row may call them, in Vietnamese and in English."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from question_files.folding import fold
from question_files.values import LETTERS

# Folded. The first that a row of titles has is taken, so what is surer stands first.
NAMES: dict[str, tuple[str, ...]] = {
    "question": (
        "cau hoi", "noi dung cau hoi", "question text", "question", "questions", "de bai", "noi dung", "prompt",
        "cau hoi trac nghiem", "cau dan", "cau",
    ),
    "text": ("doan van co cho trong", "doan van", "van ban", "text with gaps", "text"),
    "kind": (
        "loai cau hoi", "loai cau", "loai", "kieu cau hoi", "kieu", "dang cau hoi", "dang cau", "dang", "question type",
        "type",
    ),
    "right": (
        "dap an dung", "cau tra loi dung", "tra loi dung", "phuong an dung", "lua chon dung", "dap an chinh xac",
        "correct answers", "correct answer", "correct option", "right answer", "right answers", "right", "correct",
        "dap an", "answer key", "key", "answer", "answers", "d/a", "ket qua",
    ),
    "points": ("diem", "so diem", "thang diem", "points", "point", "score", "marks", "mark"),
    "explanation": (
        "giai thich", "giai thich dap an", "loi giai", "loi giai chi tiet", "huong dan giai", "huong dan",
        "answer explanation", "explanation", "rationale",
    ),
    "feedback": ("phan hoi", "phan hoi chung", "nhan xet", "general feedback", "feedback"),
    "feedback_right": ("phan hoi khi dung", "phan hoi dung", "feedback if right", "correct feedback"),
    "feedback_partly": ("phan hoi khi dung mot phan", "phan hoi dung mot phan", "feedback if partly right"),
    "feedback_wrong": ("phan hoi khi sai", "phan hoi sai", "feedback if wrong", "incorrect feedback"),
    "category": ("chu de", "danh muc", "chuyen de", "chuong", "phan", "bai", "nhom", "category", "topic", "section"),
    "tags": ("the", "nhan", "tu khoa", "tags", "tag", "labels", "keywords"),
    "difficulty": ("do kho", "muc do", "muc do nhan thuc", "cap do", "difficulty", "level"),
    "partial": ("cham tung phan", "tinh diem tung phan", "diem tung phan", "partial marks", "partial"),
    "shuffle": ("tron", "tron dap an", "xao tron", "dao dap an", "shuffle", "randomize"),
    "case": ("phan biet hoa thuong", "phan biet chu hoa", "case sensitive", "case"),
    "unit": ("don vi", "unit"),
    "units": ("don vi khac", "other units"),
    "name": ("ten cau hoi", "ten", "ma cau hoi", "ma", "name", "id"),
    "picture": ("hinh anh", "hinh", "anh", "link anh", "image link", "image", "picture", "media"),
    "number": ("stt", "so thu tu", "tt", "cau so", "so cau", "no", "#", "number"),
    "time": ("thoi gian", "time limit", "time in seconds", "time", "thoi gian lam bai", "seconds"),
}  # fmt: skip
_OPTION = re.compile(
    r"(?:(?:dap an|phuong an|lua chon|cau tra loi|tra loi|option|answer|choice|pa|da|y)[\s_\-]*)?([a-z]|\d{1,2})"
)
# Of Gimkit: the right answer has a column, and each wrong one.
_WRONG = re.compile(
    r"(?:(?:incorrect|wrong) (?:answer|option|choice)|(?:dap an|phuong an|lua chon|cau tra loi|tra loi) (?:sai|nhieu)"
    r"|distractor)[\s_\-]*(?:[a-z]|\d{1,2})?"
)
_FEEDBACK = re.compile(r"(?:phan hoi|feedback)[\s_\-]*([a-z]|\d{1,2})")
SILENT = {"number", "time", "picture"}


@dataclass
class Columns:
    """Places of columns, from 0. `options`, `feedback`: by the option's place; `left`: titles nothing is known of."""

    at: dict[str, int] = field(default_factory=dict)
    options: dict[int, int] = field(default_factory=dict)
    feedback: dict[int, int] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)
    wrong: list[int] = field(default_factory=list)
    """Of columns that hold one wrong answer each, beside that of the right one."""
    counted: bool = False
    """The options' titles have numbers, not letters: so have right answers, mostly."""
    nought: bool = False
    """Some row names the place 0."""
    by_place: bool = False
    """A right answer that is the text of one option and the place of another means the place."""


def title_of(text: str) -> str:
    """Folded, without what stands in brackets or behind a dash: 'Answer 1 - max 75 characters' is 'answer 1'."""
    text = re.sub(r"\([^)]*\)|\[[^\]]*\]", " ", fold(text))
    text = re.split(r"\s[-–—:]\s", text)[0]
    return " ".join(text.replace("*", " ").replace(":", " ").split()).strip(" .")


def columns_of(titles: Sequence[str]) -> Columns | None:
    """None: no titles of a sheet with questions. One for the question and one for answers are needed."""
    found = Columns()
    plain = [title_of(text) for text in titles]
    taken: set[int] = set()
    for name, words in NAMES.items():
        place = next((plain.index(word) for word in words if word in plain and plain.index(word) not in taken), None)
        if place is not None:
            found.at[name] = place
            taken.add(place)
    if "question" not in found.at:
        return None
    for place, title in enumerate(plain):
        if place in taken or not title:
            continue
        option, feedback = _OPTION.fullmatch(title), _FEEDBACK.fullmatch(title)
        if option is not None and (number := _place(option[1])) is not None:
            found.options.setdefault(number, place)
            found.counted = found.counted or option[1].isdigit()
        elif _WRONG.fullmatch(title):
            found.wrong.append(place)
        elif feedback is not None and (number := _place(feedback[1])) is not None:
            found.feedback.setdefault(number, place)
        else:
            found.left.append(" ".join(titles[place].split())[:40])
    if found.options:
        # One layout or the other.
        found.left += [" ".join(titles[place].split())[:40] for place in found.wrong]
    if not found.options and "right" not in found.at and not {"kind", "text"} <= set(found.at):
        return None
    return found


def _place(told: str) -> int | None:
    """Of an option: 'a' and '1' are the first."""
    if told.isdigit():
        return int(told) - 1 if 1 <= int(told) <= len(LETTERS) else None
    return LETTERS.index(told.upper())
