"""A text file as the paragraphs that a Word file has: what Markdown makes bold is bold, its tables are tables."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from question_files.document.parts import Cell, Paragraph, Run, Table, WordFile
from question_files.folding import fold
from question_files.word.labels import option_label

MOST_LINES = 40_000
_HEADING = re.compile(r"\s{0,3}(#{1,6})\s+(.*)")
_RULE = re.compile(r"\s*(?:[-*_=]\s*){3,}|\s*```\w*\s*")
_FOLDED = re.compile(r"<summary>[^<]{0,200}</summary>|</?details\b[^<>]{0,200}>|</?summary>", re.IGNORECASE)
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_BULLET = re.compile(r"^\s*[-+•]\s+(?=\[[ xX]\]|[*_(\[]{0,3}[A-Ha-h]\s*[.)])")
_STAR_BULLET = re.compile(r"^\s*\*\s+(?=[*_(\[]{0,3}[A-Ha-h]\s*[.)])")
_QUOTED = re.compile(r"^\s*>\s?")
# **bold**, __bold__; *all of the line*; `code`.
_SIGNS = re.compile(r"\*\*|__")
_SLANTED = re.compile(r"\s*([*_])(?![*_\s])(.+?)(?<![*_\s])\1\s*")
_CODE = re.compile(r"(?<!`)`([^`]+)`(?!`)")
_ROW = re.compile(r"\s*\|(.+)\|\s*")
_PARTING = re.compile(r"[\s|:\-]+")
_KEY = {"cau", "cau hoi", "stt", "dap an", "question", "answer", "da", "d/a"}


def paragraphs(text: str) -> WordFile:
    """`number` of each is its line."""
    lines = list(enumerate(re.split(r"\r\n?|\n", text)[:MOST_LINES], 1))
    # A star before each option is a bullet; before one of them it says that this is right.
    bullets = any(map(_STAR_BULLET.match, (line for _number, line in lines))) and not any(
        option_label(line.strip()) for _number, line in lines if not _STAR_BULLET.match(line)
    )
    blocks: list[Paragraph | Table] = []
    while lines:
        taken = _table(lines)
        if taken:
            blocks.append(Table(lines[0][0], tuple(_row(number, line) for number, line in taken if not _parts(line))))
            del lines[: len(taken)]
            continue
        number, line = lines.pop(0)
        blocks += _paragraph(number, line, bullets)
    return WordFile("", tuple(blocks))


def _table(lines: Sequence[tuple[int, str]]) -> Sequence[tuple[int, str]]:
    """The lines at the beginning that are rows of Markdown, or of a key that was copied from a table."""
    count = 0
    for _number, line in lines[:200]:
        if not (_ROW.fullmatch(line) or ("\t" in line and fold(line.split("\t")[0]).strip(" .:") in _KEY)):
            break
        count += 1
    return lines[:count] if count > 1 else []


def _parts(line: str) -> bool:
    return bool(_PARTING.fullmatch(line))


def _row(number: int, line: str) -> tuple[Cell, ...]:
    found = _ROW.fullmatch(line)
    cells = re.split(r"(?<!\\)\|", found[1]) if found else line.split("\t")
    return tuple(Cell((Paragraph(number, tuple(_runs(cell.strip()))),)) for cell in cells)


def _paragraph(number: int, line: str, bullets: bool) -> Iterator[Paragraph]:
    if _RULE.fullmatch(line):
        return
    line = _QUOTED.sub("", _FOLDED.sub("", line), count=1) if line.lstrip().startswith((">", "<")) else line
    line = _FOLDED.sub("", line)
    heading = _HEADING.fullmatch(line)
    if heading:
        title = heading[2].strip().rstrip("#").rstrip()
        yield Paragraph(number, tuple(Run(run.text) for run in _runs(title)), heading=len(heading[1]))
        return
    line = _BULLET.sub("", line, count=1)
    if bullets:
        line = _STAR_BULLET.sub("", line, count=1)
    for part in _BREAK.split(line):
        yield Paragraph(number, tuple(_runs(part)))


def _runs(text: str) -> Iterator[Run]:
    """Letters with their looks, without the signs that gave them these."""
    text = _CODE.sub(r"\1", text)
    slanted = _SLANTED.fullmatch(text)
    if slanted and not option_label(slanted[2]):
        text = slanted[2]
    end = 0
    for begins, ends in _bold(text):
        if begins > end:
            yield Run(text[end:begins])
        yield Run(text[begins + 2 : ends], bold=True)
        end = ends + 2
    if text[end:]:
        yield Run(text[end:])


def _bold(text: str) -> Iterator[tuple[int, int]]:
    """Where the signs before and behind bold letters stand. Quick, however many have no second one."""
    signs = [(found[0], found.start()) for found in _SIGNS.finditer(text)]
    closing = {
        sign: [place for one, place in signs if one == sign and place and not text[place - 1].isspace()]
        for sign in ("**", "__")
    }
    end = 0
    for sign, place in signs:
        if place < end or not text[place + 2 : place + 3].strip():
            continue
        behind = bisect_left(closing[sign], place + 3)
        if behind < len(closing[sign]):
            end = closing[sign][behind] + 2
            yield place, end - 2
