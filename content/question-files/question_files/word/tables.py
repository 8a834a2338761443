"""What a table in a file of questions is: a key, a sheet of questions, a frame around text, or part of a question."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from question_files.columns import columns_of
from question_files.document.parts import Paragraph, Table
from question_files.folding import fold
from question_files.values import letters_of, right_or_wrong
from question_files.word.labels import OPTION_ALONE, number_alone, option_label, question_label

TableKind = Literal["key", "sheet", "layout", "other"]

_ANSWER = r"(?:[A-Ha-h](?:\s*[,;&+]\s*[A-Ha-h])*|[A-H]{2,6}|[ĐS]{2,8}|đúng|sai|đ|s|true|false)"
_PAIR = re.compile(rf"(?:câu\s*)?(\d{{1,4}})\s*[.\-–:)/=]?\s*({_ANSWER})(?=[\s,;|.]|$)[.]?", re.IGNORECASE)
_NUMBER = re.compile(r"(?:câu(?:\s+hỏi)?|question|q)?\s*(\d{1,4})\s*[.:)]?", re.IGNORECASE)
_TITLES = {"cau", "stt", "cau hoi", "dap an", "question", "answer", "key", "d/a", "da", "so cau", "cau so", "tt"}


def key_pairs(text: str) -> list[tuple[int, str]]:
    """(number, answer) where a text consists of nothing else: '1.B 2.C 3.A', 'Câu 1: B; Câu 2: C'. Else empty."""
    found, at = [], 0
    text = text.strip()
    while at < len(text):
        pair = _PAIR.match(text, at)
        if pair is None:
            return []
        found.append((int(pair[1]), pair[2]))
        at = pair.end()
        at += len(text[at:]) - len(text[at:].lstrip(" \t\n,;|."))
    return found


def _grid(table: Table) -> list[list[str]]:
    return [[" ".join(cell.text.split()) for cell in row] for row in table.rows]


def _answer_like(text: str) -> bool:
    return bool(letters_of(text)) or right_or_wrong(text) is not None or bool(re.fullmatch(r"[ĐSđs\s\-,;]{2,20}", text))


def _is_title(text: str) -> bool:
    return fold(text).strip(" .:") in _TITLES


def key_of(table: Table) -> list[tuple[int, str]]:
    """(number, answer) of a table that is a key, however it lies; empty: it is none."""
    grid = _grid(table)
    cells = [text for row in grid for text in row if text and not _is_title(text)]
    in_cells = [key_pairs(text) for text in cells]
    if cells and all(in_cells):
        return [pair for pairs in in_cells for pair in pairs]
    for found in (_in_rows(grid), _in_columns(grid)):
        if found:
            return found
    return []


def _in_rows(grid: list[list[str]]) -> list[tuple[int, str]]:
    """A row of numbers, and below it a row of answers."""
    found: list[tuple[int, str]] = []
    rows = [row for row in grid if any(row)]
    place = 0
    while place + 1 < len(rows):
        numbers = [_NUMBER.fullmatch(text) for text in rows[place]]
        # Cells in front may be titles: "Câu", "Đáp án".
        usable = [
            (int(number[1]), rows[place + 1][at])
            for at, number in enumerate(numbers)
            if number is not None and at < len(rows[place + 1]) and rows[place + 1][at]
        ]
        others = [text for at, text in enumerate(rows[place]) if numbers[at] is None and text and not _is_title(text)]
        titled = any(map(_is_title, rows[place + 1][:1]))
        likely = sum(_answer_like(answer) for _, answer in usable)
        if not usable or others or not (likely * 2 >= len(usable) or titled):
            place += 1
            if found or others:
                return []
            continue
        found.extend(usable)
        place += 2
    return found if len(found) > 1 or (found and len(grid) == 2) else []


def _in_columns(grid: list[list[str]]) -> list[tuple[int, str]]:
    """Cells of a number, each with its answer to the right: one pair a row, or several."""
    found: list[tuple[int, str]] = []
    for row in grid:
        cells = [text for text in row if text]
        if not cells or all(map(_is_title, cells)):
            continue
        if len(cells) % 2:
            return []
        for number, answer in zip(cells[::2], cells[1::2], strict=True):
            named = _NUMBER.fullmatch(number)
            if named is None or len(answer) > 60:
                return []
            found.append((int(named[1]), answer))
    likely = sum(_answer_like(answer) for _, answer in found)
    return found if len(found) > 1 and likely * 2 >= len(found) else []


def _first_lines(table: Table) -> Iterator[tuple[int, str]]:
    """(column, text) of each paragraph of every cell, those of tables inside too."""
    for row in table.rows:
        for column, cell in enumerate(row):
            for block in cell.blocks:
                if isinstance(block, Paragraph):
                    label = f"{block.place.label} " if block.place is not None and block.place.ordered else ""
                    yield column, label + block.text.strip()
                else:
                    yield from _first_lines(block)


def sheet_titles(table: Table) -> list[str]:
    """Titles of the columns, where the first row has some."""
    return [" ".join(cell.text.split()) for cell in table.rows[0]] if table.rows else []


def _counted(table: Table) -> bool:
    """Rows that begin with a number, each one more than the one before, and go on with words."""
    rows = [row for row in table.rows if len(row) >= 2]
    numbers = [number_alone(row[0].text) for row in rows]
    if numbers and numbers[0] is None:
        rows, numbers = rows[1:], numbers[1:]
    counted = all(one is not None and one == (numbers[0] or 0) + place for place, one in enumerate(numbers))
    return bool(numbers) and counted and all(len(row[1].text) > 8 for row in rows)


def kind_of(table: Table) -> TableKind:
    if not table.rows:
        return "other"
    if key_of(table):
        return "key"
    if columns_of(sheet_titles(table)) is not None:
        return "sheet"
    lines = list(_first_lines(table))
    for _, text in lines:
        found = question_label(text)
        if option_label(text) is not None or (found is not None and (found.word or text[found.end :].strip())):
            return "layout"
    alone = [text for _, text in lines if text]
    if any(OPTION_ALONE.fullmatch(text) for text in alone) and len(alone) > 1:
        return "layout"
    if _counted(table):
        return "layout"
    # One cell around everything: a frame.
    return "layout" if all(len(row) == 1 for row in table.rows) else "other"
