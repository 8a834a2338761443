"""Table on a sheet: found below titles, with headings of one or two lines, above whoever signed it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bdhvs_lms.base.api import cells, fold

Row = tuple[int, list[Any]]
NAMES = ("full_name", "family", "given")
GUARDIANS = ("guardian", "mother", "father")
LATEST = 12
"""Among so many lines the headings are looked for."""

_NUMBERING = re.compile(r"stt|tt|so tt|so thu tu|no|number")
_CITIZEN = re.compile(r"cccd|cmnd|cmt|can cuoc|dinh danh|citizen")
# What stands below a list, not in it. Whole words, and never a person's name.
_BELOW = re.compile(
    r"(nguoi (lap|ghi|tong hop|viet)|tong (so|cong)|cong:|tm\b|kt\b|t/m\b|(pho )?chu tich|truong thon|(pho )?bi thu"
    r"|hieu truong|thu truong|ke toan|xac nhan|ky ten|\(ky|ngay\b.*\bthang\b|[^,]*, ngay )"
)
# A line between people that says where the next ones live.
_PLACE = re.compile(r"([ivx]+\W+|\d+\W+|[a-d]\W+)?(thon|lang|ban|ap|xom|khu|to dan pho|tdp|khu pho|khu dan cu)\b")


@dataclass
class Sheet:
    """A table. `places`: which column a key stands in. `rows`: the lines of people. `above`: line → the place that a
    line of its own named above it. `citizen`, `unread`: headings of columns that are not read. `below`: lines after
    the table."""

    places: dict[str, int]
    rows: list[Row]
    above: dict[int, str] = field(default_factory=dict)
    citizen: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    below: list[int] = field(default_factory=list)


def plain(heading: Any) -> str:
    """Return a heading for comparing: folded words, without what stands in brackets."""
    return " ".join(re.findall(r"[a-z0-9]+", fold(re.sub(r"\(.*?\)", " ", cells.text(heading)))))


def find_table(rows: Sequence[Row], known: Mapping[str, str]) -> Sheet | None:
    """Find the table whose headings name people; None: there is none. `known`: plain heading → key of its column."""
    for place, (_line, row) in enumerate(rows[:LATEST]):
        places, used = _columns(row, rows[place + 1][1] if place + 1 < len(rows) else [], known)
        # A title above the headings has no heading of its own.
        if any(known.get(plain(cell)) in NAMES for cell in row) and (
            "full_name" in places or {"family", "given"} <= places.keys()
        ):
            below = rows[place + used :]
            headings = [line for _number, line in rows[place : place + used]]
            sheet = Sheet(_in_two(places, headings, below), [])
            _name_the_rest(sheet, row)
            _people(sheet, below)
            return sheet
    return None


def _columns(row: list[Any], below: list[Any], known: Mapping[str, str]) -> tuple[dict[str, int], int]:
    """Return (places, how many lines the headings take). A heading over several columns is written in the first of
    them."""
    top = {at: known[name] for at, cell in enumerate(row) if (name := plain(cell)) in known}
    sub: dict[int, str] = {}
    over = ""
    for at, cell in enumerate(below):
        over = (top.get(at) or "?") if at < len(row) and plain(row[at]) else over
        name = plain(cell)
        if over == "birth" and name in ("nam", "nu"):
            sub[at] = f"birth_{name}"
        elif over in GUARDIANS and name in known:
            # “Phụ huynh” over “Họ tên” and “SĐT”: neither is the child's.
            key = known[name]
            sub[at] = over if key in NAMES else f"{over}_phone" if key == "phone" else "?"
        elif name in known:
            sub[at] = known[name]
    if not sub:
        return _first_of(top), 1
    both = {**top, **sub}
    keys = set(both.values())
    split = {"full_name"} if {"family", "given"} <= keys else set()
    split |= {"birth"} if {"birth_nam", "birth_nu"} & keys else set()
    return _first_of({at: key for at, key in both.items() if key not in split}), 2


def _in_two(places: dict[str, int], headings: Sequence[list[Any]], rows: Sequence[Row]) -> dict[str, int]:
    """Split “Họ và tên” over two columns without a word of its own for either: the second has the given names."""
    at = places.get("full_name")
    if at is None or any(at + 1 < len(line) and cells.text(line[at + 1]) for line in headings):
        return places
    beside = [cells.text(row[at + 1]) for _line, row in rows if at + 1 < len(row) and cells.text(row[at])]
    words = [text for text in beside if text.isalpha()]
    if not words or len(words) * 2 < len(beside):
        return places
    others = {key: place for key, place in places.items() if key != "full_name"}
    return {**others, "family": at, "given": at + 1}


def _first_of(columns: Mapping[int, str]) -> dict[str, int]:
    places: dict[str, int] = {}
    for at, key in sorted(columns.items()):
        if key != "?":
            places.setdefault(key, at)
    return places


def _name_the_rest(sheet: Sheet, row: list[Any]) -> None:
    read = set(sheet.places.values())
    for at, cell in enumerate(row):
        name = plain(cell)
        if not name or at in read or _NUMBERING.fullmatch(name):
            continue
        if _CITIZEN.search(name):
            sheet.citizen.append(cells.text(cell))
        elif not name.startswith(("ho va ten", "ho ten", "nam sinh", "ngay")):
            sheet.unread.append(cells.text(cell))


def _people(sheet: Sheet, rows: Sequence[Row]) -> None:
    names = [sheet.places[key] for key in NAMES if key in sheet.places]
    births = [at for key, at in sheet.places.items() if key.startswith("birth")]
    where = ""
    for number, (line, row) in enumerate(rows):
        filled = [cells.text(cell) for cell in row if cells.text(cell)]
        named, born = _any(row, names), _any(row, births)
        if number == 0 and _is_numbering(filled):
            continue
        if not born and len(filled) <= 4 and any(_BELOW.match(fold(text)) for text in filled):
            sheet.below = [later for later, _cells in rows[number:]]
            return
        if len(filled) <= 2 and not born and (place := next((t for t in filled if _PLACE.match(fold(t))), "")):
            where = re.sub(r"^\s*([IVXivx]+|\d+|[A-Da-d])\W+", "", place)
            continue
        if not named and len(filled) == 1 and filled[0].isdigit():
            # A numbered line that nobody was written in.
            continue
        sheet.rows.append((line, row))
        if where:
            sheet.above[line] = where


def _any(row: list[Any], places: list[int]) -> bool:
    return any(at < len(row) and cells.text(row[at]) for at in places)


def _is_numbering(filled: list[str]) -> bool:
    """Tell whether these are 1, 2, 3 … or A, B, 1, 2 below the headings."""
    return len(filled) >= 3 and all(re.fullmatch(r"\(?([A-Za-z]|\d{1,2})\)?", text) for text in filled)
