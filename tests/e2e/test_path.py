"""The path: what an editor wrote is found, learned and answered, and moves a number that the steering committee reads.

Real server processes on a file database, the demonstration's people, a browser: scripts on for the editor, whose admin
needs them, off for teacher and committee, off and on for learners.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from bdhvs_lms.plugins.api import question_types
from tests.e2e import learning, written
from tests.e2e.people import DESK, PHONE, Visitor, cell, passed_on_board
from tests.support.live import Installation

pytestmark = pytest.mark.thorough

IN_TIME = "2025-11-15T10:00:00+07:00"
TOO_LATE = "2026-02-10T10:00:00+07:00"
WARD, VILLAGE, TARGET = "Phường Chương Mỹ", written.VILLAGE, "T3-2025"
# Who passes the rule of 2025 in the demonstration, before these tests' learners do.
IN_WARD, IN_VILLAGE = 19, 14
DEMO_CLASS, DEMO_QUIZ = "Lớp tối thứ Hai, nhà văn hóa", "Bài kiểm tra cuối khóa"


@dataclass(frozen=True)
class Way:
    """How one learner comes."""

    username: str
    size: dict[str, int]
    scripts: bool

    @property
    def name(self) -> str:
        return written.PEOPLE[self.username]


WAYS = (Way("lan-khong-ma", PHONE, scripts=False), Way("ban-co-ma", DESK, scripts=True))


def counted(committee: Visitor) -> tuple[int, int]:
    return passed_on_board(committee, TARGET, WARD), passed_on_board(committee, TARGET, WARD, VILLAGE)


def in_class(teacher: Visitor, way: Way, activity: str) -> str:
    return cell(teacher, written.CLASS, way.name, activity)


@pytest.fixture(scope="module")
def url(written_site: Installation) -> str:
    return written_site.serve(BDHVS_TEST_CLOCK=IN_TIME).url


def test_answers_to_every_type_of_question_move_the_committees_number_by_one(url: str, browser: Any) -> None:
    ours = {kind.model.__name__.lower() for kind in question_types.registered() if kind.key.startswith("bdhvs_quiz.")}
    assert {question.model for question in written.QUESTIONS} == ours
    committee = Visitor(browser, url, "chidao", size=DESK)
    teacher = Visitor(browser, url, "huongdan", size=DESK)
    in_ward, in_village = counted(committee)
    assert in_ward >= IN_WARD and in_village >= IN_VILLAGE
    learners = [(way, Visitor(browser, url, way.username, size=way.size, scripts=way.scripts)) for way in WAYS]

    for way, learner in learners:
        assert learner.path == "/viec-hoc/"
        assert in_class(teacher, way, written.QUIZ) == "Chưa làm"
        learning.enrol(learner)
        learning.read(learner)
        learning.begin(learner)
        learning.answer_some_and_come_back(learner)
        if way.scripts:
            learning.lose_the_line(learner, written.ONCE)
        learning.forget_one(learner)
        learning.fail(learner)
        assert in_class(teacher, way, written.QUIZ) == f"! Chưa đạt {learning.FEW}/{learning.TOTAL}"
    assert counted(committee) == (in_ward, in_village)

    for more, (way, learner) in enumerate(learners, start=1):
        learning.begin(learner)
        learning.passes(learner)
        assert in_class(teacher, way, written.QUIZ) == f"✓ Đã xong {learning.TOTAL}/{learning.TOTAL}"
        assert in_class(teacher, way, written.LESSON) == "✓ Đã xong"
        assert counted(committee) == (in_ward + more, in_village + more)
        mine = learning.record(learner)
        assert f"{written.COURSE} ★ Khóa học của lớp {written.CLASS} ✓ Đã xong ngày 15/11/2025" in mine
        assert mine.count("✓ Đã làm được:") == 5 and "✓ Đã đủ để được tính vào chỉ tiêu năm 2025" in mine
        counts = learning.evidence(learner)
        assert written.QUIZ in counts and "15/11/2025" in counts and "Đạt (100%)" in counts
    for visitor in (committee, teacher, *(learner for _way, learner in learners)):
        assert visitor.watched.problems == []


def test_the_same_answers_a_year_later_leave_the_years_number(
    written_site: Installation, url: str, browser: Any
) -> None:
    before = counted(Visitor(browser, url, "chidao", size=DESK))
    later = written_site.serve(BDHVS_TEST_CLOCK=TOO_LATE).url
    committee = Visitor(browser, later, "chidao", size=DESK)
    teacher = Visitor(browser, later, "huongdan", size=DESK)
    assert counted(committee) == before
    in_the_other_class = cell(teacher, DEMO_CLASS, written.LAN, DEMO_QUIZ)

    learner = Visitor(browser, later, "nguoihoc")
    learning.enrol(learner)
    learning.read(learner)
    learning.begin(learner)
    learning.passes(learner)

    assert counted(committee) == before
    assert cell(teacher, DEMO_CLASS, written.LAN, DEMO_QUIZ) == in_the_other_class
    assert cell(teacher, written.CLASS, written.LAN, written.QUIZ) == f"✓ Đã xong {learning.TOTAL}/{learning.TOTAL}"
    counts = learning.evidence(learner)
    assert written.QUIZ in counts and "10/02/2026" in counts and "Đạt" in counts
    for visitor in (committee, teacher, learner):
        assert visitor.watched.problems == []
    written_site.manage("rebuild", "--check")
