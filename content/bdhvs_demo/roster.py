"""Sixty made-up people: who they are, where they live, and how far they came.

The numbers are chosen so that the board has something to show. In the ward 19 people pass the rule of 2025 (14 and 5
in its two groups of houses) and 7 that of 2026; in the commune 11 pass the rule of 2026, of whom the two smaller
villages' 3 and 2 are too few to be shown. The agency's 8 all pass the short quiz for staff in the first autumn, and of
the cooperative's 8 workers 6 pass theirs. 14 of the ward have taken the entry and exit quizzes of the course about
safety: 9 know more afterwards, 5 as much; the 5 others who pass the rule of 2025 are too many to be hidden.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

PHONE, SERVICES, SAFETY = "dien-thoai", "dich-vu-cong", "an-toan"
"""Keys of the courses. The two classes take the first two; the second has a quiz of the higher level, too."""
ALL = 99
"""All lessons of the course."""

TO_1, TO_2, THON_3, THON_4, THON_5 = (f"MINH-HOA-{number}" for number in range(1, 6))


@dataclass(frozen=True)
class Study:
    """The work of somebody in one course: two lessons an evening, then the quizzes, one attempt an evening.

    `lessons`: how many were read. `scores`: for each quiz of the course in order, the right answers of each attempt
    that was handed in. `left_open`: began one more attempt of the first quiz that was not passed, and went home.
    `last`: days from the last evening to now, evenings being a week apart; None: in the first autumn, from the Monday
    on that is `after` weeks behind its first. `ends`: right answers at entry to the course, on the first of the
    evenings, and at exit from it, on the last.
    """

    course: str
    lessons: int
    scores: tuple[tuple[int, ...], ...] = ()
    left_open: bool = False
    last: int | None = None
    after: int = 0
    ends: tuple[int, int] | None = None


@dataclass(frozen=True)
class Pupil:
    """`belongs`: (target group, organisation) besides the groups that follow from age."""

    name: str
    birth_year: int
    village: str
    studies: tuple[Study, ...] = ()
    belongs: tuple[tuple[str, str], ...] = ()
    username: str | None = None


@dataclass(frozen=True)
class Class:
    """`began`: with the first autumn, or ten weeks ago."""

    code: str
    name: str
    course: str
    village: str
    began: Literal["first", "recent"]
    pupils: tuple[Pupil, ...]


PUBLIC = (("public", "agency"),)
WORKER = (("worker", "cooperative"),)
SCHOOL = (("pupil_lower_secondary", "school"), ("pupil_primary_up", "school"))


def passed(*scores: int) -> Study:
    """Return the first course, in the first autumn."""
    return Study(PHONE, ALL, (scores,))


def safe(before: int, after: int) -> Study:
    """Return the third course's first lessons in the first autumn, with so many of six right at entry and at exit."""
    return Study(SAFETY, 2, after=5, ends=(before, after))


def at_work(*scores: int) -> Study:
    """Return the second course's short quiz for staff, at the end of the first autumn's course."""
    return Study(SERVICES, 0, ((), (), scores), after=8)


def went_on(last: int, *scores: int) -> Study:
    """Return half of the second course, and its quiz of the higher level: before the last of a month, so that its
    reading has them, and that of the month before has not."""
    return Study(SERVICES, 2, ((), scores), last=last)


def lately(lessons: int, *scores: int, last: int, left_open: bool = False) -> Study:
    return Study(PHONE, lessons, (scores,), left_open, last)


def second(
    lessons: int,
    first: tuple[int, ...] = (),
    higher: tuple[int, ...] = (),
    worker: tuple[int, ...] = (),
    *,
    last: int,
    left_open: bool = False,
) -> Study:
    """Return the second course; `worker`: its short quiz for workers."""
    return Study(SERVICES, lessons, (first, higher, (), worker), left_open, last)


EVENING_CLASS = Class(
    code="minh-hoa-1",
    name="Lớp tối thứ Hai, nhà văn hóa",
    course=PHONE,
    village=TO_1,
    began="first",
    pupils=(
        Pupil("Nguyễn Thị Lan", 1966, TO_1, (lately(ALL, 5, last=3),), username="nguoihoc"),
        Pupil("Trần Văn Bình", 1958, TO_1, (passed(10), safe(2, 5), went_on(36, 10))),
        Pupil("Lê Thị Hoa", 1970, TO_1, (passed(6, 8), safe(3, 5), at_work(5), went_on(38, 11)), PUBLIC),
        Pupil("Phạm Văn Dũng", 1963, TO_1, (passed(9), Study(SAFETY, ALL, ((7, 11),), last=6))),
        Pupil("Hoàng Thị Mai", 1955, TO_1, (passed(4, 6, 9),)),
        Pupil("Vũ Đình Khoa", 1972, TO_1, (passed(10), safe(4, 4), at_work(6), went_on(34, 11)), PUBLIC),
        Pupil("Đặng Thị Yến", 1961, TO_1, (passed(8),)),
        Pupil("Bùi Văn Sơn", 1968, TO_1, (passed(9), safe(3, 4), at_work(6), went_on(33, 7, 10)), PUBLIC),
        Pupil("Đỗ Thị Ngọc", 1964, TO_1, (passed(7, 8),)),
        Pupil("Ngô Văn Thắng", 1959, TO_1, (passed(8), Study(SAFETY, 3, last=2))),
        Pupil("Dương Thị Liên", 1973, TO_1, (passed(10), safe(3, 3), at_work(5), went_on(41, 11)), PUBLIC),
        Pupil("Lý Văn Phúc", 1967, TO_1, (passed(9), safe(2, 4), at_work(5)), PUBLIC),
        Pupil("Trịnh Thị Nhung", 1975, TO_1, (passed(9), safe(4, 6), at_work(6), went_on(45, 10)), PUBLIC),
        Pupil(
            "Mai Văn Hùng",
            1962,
            TO_1,
            (
                passed(5, 8),
                safe(5, 5),
            ),
        ),
        Pupil("Phan Thị Thu", 1957, TO_1, (passed(10), safe(1, 3), went_on(35, 11))),
        Pupil("Cao Văn Tuấn", 1960, TO_1, (lately(ALL, 3, 4, 6, last=2),)),
        Pupil("Đinh Thị Hạnh", 1953, TO_1, (lately(3, last=17),)),
        Pupil("Lưu Văn Minh", 1965, TO_1, (lately(4, last=2),)),
        Pupil("Tạ Thị Bích", 1969, TO_1, (lately(ALL, last=4, left_open=True),)),
        Pupil(
            "Chu Văn Tiến",
            1956,
            TO_2,
            (
                passed(8),
                safe(3, 6),
            ),
        ),
        Pupil("Hà Thị Vân", 1971, TO_2, (passed(9), safe(2, 5), at_work(6)), PUBLIC),
        Pupil(
            "Kiều Văn Lâm",
            1963,
            TO_2,
            (
                passed(6, 7, 8),
                safe(4, 4),
            ),
        ),
        Pupil(
            "Tô Thị Xuân",
            1959,
            TO_2,
            (
                passed(10),
                safe(2, 2),
            ),
        ),
        Pupil("Quách Văn Đức", 1974, TO_2, (passed(9), safe(3, 5), at_work(5)), PUBLIC),
        Pupil("Lương Thị Cúc", 1952, TO_2, (lately(2, last=23),)),
        Pupil("Nghiêm Văn Hải", 1967, TO_2, (lately(ALL, 7, last=6),)),
        Pupil("Vương Thị Tâm", 1961, TO_2, (lately(5, last=1),)),
        Pupil("Thái Văn Lộc", 1958, TO_2, (lately(2, last=3),)),
        Pupil("Âu Thị Dung", 1970, TO_2, (lately(6, last=5),)),
        Pupil("Khuất Văn Tình", 1949, TO_2),
        Pupil("Bạch Thị Sen", 1964, TO_2),
    ),
)
VILLAGE_CLASS = Class(
    code="minh-hoa-2",
    name="Lớp tối thứ Tư, nhà văn hóa thôn",
    course=SERVICES,
    village=THON_3,
    began="recent",
    pupils=(
        Pupil("Nguyễn Văn Hòa", 1968, THON_3, (second(ALL, (11,), (10,), (6,), last=5),), WORKER),
        Pupil("Trần Thị Thúy", 1979, THON_3, (second(ALL, (12,), (12,), (6,), last=8),), WORKER),
        Pupil("Lê Văn Thành", 1961, THON_3, (second(ALL, (6, 10), (10,), last=3),)),
        Pupil("Phạm Thị Nga", 1972, THON_3, (second(ALL, (11,), (5, 10), (5,), last=10),), WORKER),
        Pupil("Hoàng Văn Quý", 1965, THON_3, (second(ALL, (10,), (12,), last=12),)),
        Pupil("Vũ Thị Loan", 1976, THON_3, (second(ALL, (12,), (11,), (6,), last=2),), WORKER),
        Pupil("Đặng Văn Toàn", 1957, THON_3, (second(ALL, (5, 6), last=4),)),
        Pupil("Bùi Thị Hiền", 1963, THON_3, (second(4, last=18),)),
        Pupil("Đỗ Văn Kiên", 1981, THON_3, (second(ALL, (11,), (4,), (5,), last=2),), WORKER),
        Pupil("Ngô Thị Phượng", 1969, THON_3, (second(ALL, (10,), last=3),)),
        Pupil("Dương Văn Bảo", 1960, THON_3, (second(3, last=1),)),
        Pupil("Lý Thị Oanh", 1974, THON_3, (second(ALL, last=5, left_open=True),), WORKER),
        Pupil("Trịnh Văn Nam", 1955, THON_3),
        Pupil("Mai Thị Duyên", 1967, THON_3),
        Pupil("Phan Văn Tài", 1971, THON_4, (second(ALL, (11,), (12,), last=6),)),
        Pupil("Cao Thị Hường", 1978, THON_4, (second(ALL, (12,), (12,), (6,), last=4),), WORKER),
        Pupil("Đinh Văn Lực", 1964, THON_4, (second(ALL, (7, 10), (10,), last=9),)),
        Pupil("Lưu Thị Thơm", 1959, THON_4, (second(2, last=25),)),
        Pupil("Tạ Văn Cường", 1973, THON_4, (second(4, last=2),)),
        Pupil("Chu Thị Lý", 1966, THON_4),
        Pupil("Hà Văn Mạnh", 1962, THON_5, (second(ALL, (10,), (12,), last=7),)),
        Pupil("Kiều Thị Hậu", 1970, THON_5, (second(ALL, (11,), (12,), last=11),)),
        Pupil("Tô Văn Giang", 1975, THON_5, (second(2, last=4),)),
        Pupil("Lương Văn Thịnh", 1958, THON_5, (second(ALL, (4,), last=3),)),
    ),
)
CLASSES = (EVENING_CLASS, VILLAGE_CLASS)

# Counted at their school. Minors learn here only once a parent has said yes, so nothing of theirs is made up.
PUPILS_OF_SCHOOL = (
    Pupil("Trần Minh Anh", 2012, TO_1, (), SCHOOL),
    Pupil("Phạm Gia Huy", 2013, TO_1, (), SCHOOL),
    Pupil("Lê Ngọc Hân", 2012, TO_2, (), SCHOOL),
    Pupil("Vũ Đức Long", 2011, TO_1, (), SCHOOL),
    Pupil("Đỗ Khánh Linh", 2013, TO_2, (), SCHOOL),
)
