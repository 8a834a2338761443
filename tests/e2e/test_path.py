"""The path: one answer on a page that an editor wrote moves a number that the steering committee reads.

Real server processes on a file database, the demonstration's people, a browser: scripts on for the editor, whose admin
needs them, and off for everybody else.
"""

from pathlib import Path
from typing import Any

import pytest

from tests.e2e.editor import Choice, Editor, Question, picture_file
from tests.e2e.people import DESK, MAIN_ACTION, PASSWORD, Visitor, Watched, cell, passed_on_board
from tests.support.live import Installation

pytestmark = pytest.mark.slow

IN_TIME = "2025-11-15T10:00:00+07:00"
TOO_LATE = "2026-02-10T10:00:00+07:00"
WARD, VILLAGE, TARGET = "Phường Chương Mỹ", "Tổ dân phố minh họa 1", "T3-2025"
PLAN_FRAMEWORK = "Kế hoạch số 02"
LEARNER = "Nguyễn Thị Lan"
DEMO_CLASS, DEMO_QUIZ = "Lớp tối thứ Hai, nhà văn hóa", "Bài kiểm tra cuối khóa"
COURSE, LESSON, QUIZ = "Giữ tiền khi dùng điện thoại", "Mã OTP là gì", "Câu hỏi về mã OTP"
LESSON_WORDS = "Ngân hàng không bao giờ hỏi mã OTP: dấu chồng ế, ẫ, ỗ, ự vẫn rõ."
ALT = "Điện thoại màu xanh đang tắt"
CLASS, CLASS_CODE = "Lớp sáng thứ Bảy", "sang-thu-bay"
QUESTIONS = [
    Question(
        "Có người xưng là ngân hàng gọi hỏi mã OTP. Nên làm gì?",
        [Choice("Đọc mã cho nhanh"), Choice("Tắt máy, gọi số ghi trên thẻ", right=True), Choice("Nhắn mã qua Zalo")],
        "Ai có mã OTP là lấy được tiền.",
    ),
    Question(
        "Mã OTP dùng được mấy lần?",
        [Choice("Một lần", right=True), Choice("Bao nhiêu lần cũng được")],
        "OTP là mã dùng một lần.",
    ),
]


def write_course(browser: Any, url: str, folder: Path) -> None:
    """What the editor does, from the bank to the published quiz."""
    context = browser.new_context(locale="vi-VN", viewport=DESK)
    page = context.new_page()
    watched = Watched(url)
    watched.attach(page)
    editor = Editor(page, url)
    editor.sign_in("bientap", PASSWORD)

    for question in QUESTIONS:
        editor.write_question(question)
        assert editor.publish() == []

    editor.add_page(editor.catalog(), "bdhvs_content/coursepage")
    editor.title(COURSE)
    page.fill("#id_intro", "Dành cho mọi người có điện thoại.")
    assert editor.publish() == []
    course = editor.page_number()

    editor.add_page(course, "bdhvs_content/lessonpage")
    editor.title(LESSON)
    editor.add_block("body", 0)
    page.locator("[data-contentpath=body] [contenteditable=true]").last.click()
    page.keyboard.insert_text(LESSON_WORDS)
    editor.add_block("body", 1)
    editor.upload_picture("body-1-value-image", picture_file(folder / "dien-thoai.png"), "Ảnh điện thoại")
    editor.align(["A1"], PLAN_FRAMEWORK)
    assert watched.problems == []
    # Nobody who only hears the lesson is left out: without words for the picture it is not published.
    assert len(editor.publish()) == 2
    assert page.locator("[data-contentpath=alt] .error-message").inner_text() != ""
    watched.problems.clear()
    page.fill("#body-1-value-alt", ALT)
    assert editor.publish() == []

    editor.add_page(course, "bdhvs_quiz/quizpage")
    editor.title(QUIZ)
    editor.choose_questions([question.prompt for question in QUESTIONS])
    editor.align(["A1", "A2", "A3", "A4", "A5"], PLAN_FRAMEWORK)
    assert editor.publish() == []
    assert watched.problems == []
    context.close()


def make_class(site: Installation, clock: str) -> None:
    """A class for the new course: the learner in it, the demonstration's teacher in front of it."""
    site.python(
        "from django.contrib.auth import get_user_model\n"
        "from bdhvs_lms.campaign.api import Area\n"
        "from bdhvs_lms.classes.api import add_member, add_teacher, create_class\n"
        "from bdhvs_lms.courses.api import Course\n"
        "from bdhvs_lms.learners.api import learner_for_user\n"
        "from bdhvs_lms.plugins.api import now\n"
        "users = get_user_model().objects\n"
        f"course = next(row for row in Course.objects.all() if row.titles['vi'] == {COURSE!r})\n"
        f"area = Area.objects.get(name={VILLAGE!r})\n"
        f"group = create_class(name={CLASS!r}, code={CLASS_CODE!r}, course=course, area=area,\n"
        "    starts=now().date(), at=now(), by=None)\n"
        "add_teacher(group, users.get(username='huongdan'), at=now(), by=None)\n"
        "add_member(group, learner_for_user(users.get(username='nguoihoc')), at=now(), by=None)\n",
        BDHVS_TEST_CLOCK=clock,
    )


def learn_and_pass(learner: Visitor) -> None:
    """From the start page to the verdict, as somebody goes who has never been told how."""
    page = learner.page
    learner.press(".site-name")
    learner.press("main h2 a", has_text=COURSE)
    learner.press(f"{MAIN_ACTION}[type=submit]")
    learner.press(MAIN_ACTION)

    assert learner.text("h1") == LESSON
    assert LESSON_WORDS in learner.text()
    shown = page.get_by_role("img", name=ALT, exact=True)
    shown.scroll_into_view_if_needed()
    page.wait_for_load_state("networkidle")
    # Reading the size needs a script, which this browser has not: the rendition is fetched as the browser did.
    assert page.request.get(learner.url + shown.get_attribute("src")).headers["content-type"].startswith("image/")
    learner.press(f"{MAIN_ACTION}[type=submit]")
    learner.press(MAIN_ACTION, has_text=QUIZ)

    assert learner.text("h1") == QUIZ
    learner.press(f"{MAIN_ACTION}[type=submit]")
    first, second = (page.get_by_role("radio", name=question.right, exact=True) for question in QUESTIONS)
    first.check()
    learner.press("button[name=do][value=save]")
    assert page.locator("#saved").is_visible()
    # Home, and another day: the quiz goes on where it was left.
    learner.open("/viec-hoc/")
    card = page.locator("main section").filter(has=page.get_by_role("heading", name=COURSE, exact=True))
    assert "1/2" in card.inner_text()
    with page.expect_navigation():
        card.get_by_role("link", name="Học tiếp").click()
    assert learner.text("h1") == QUIZ
    learner.press(f"{MAIN_ACTION}[type=submit]")
    assert first.is_checked() and not second.is_checked()
    second.check()
    learner.press("button[name=do][value=submit]")
    assert learner.text("h1") == f"Đạt: {len(QUESTIONS)}/{len(QUESTIONS)}"


def evidence(learner: Visitor) -> str:
    """The part of the explanation of the first competency that says what counted."""
    learner.open("/viec-hoc/")
    learner.press("main a", has_text="Vì sao có kết quả này?")
    heading = learner.page.get_by_role("heading", name="Những gì đã được tính", exact=True)
    counted = heading.locator("xpath=following-sibling::section[1]")
    return " ".join(str(counted.inner_text()).split())


def test_one_answer_moves_the_committees_number(demo: Installation, browser: Any, tmp_path: Path) -> None:
    url = demo.serve(BDHVS_TEST_CLOCK=IN_TIME).url
    committee = Visitor(browser, url, "chidao", size=DESK)
    assert passed_on_board(committee, TARGET, WARD) == 5
    assert passed_on_board(committee, TARGET, VILLAGE) == 5

    write_course(browser, url, tmp_path)
    make_class(demo, IN_TIME)
    teacher = Visitor(browser, url, "huongdan", size=DESK)
    assert cell(teacher, CLASS, LEARNER, QUIZ) == "○ Chưa làm"
    before = cell(teacher, DEMO_CLASS, LEARNER, DEMO_QUIZ)

    learner = Visitor(browser, url, "nguoihoc")
    assert learner.path == "/viec-hoc/"
    learn_and_pass(learner)

    assert cell(teacher, CLASS, LEARNER, QUIZ) == "✓ Đã xong 2/2"
    assert cell(teacher, CLASS, LEARNER, LESSON) == "✓ Đã xong"
    assert cell(teacher, DEMO_CLASS, LEARNER, DEMO_QUIZ) == before
    assert passed_on_board(committee, TARGET, WARD) == 6
    assert passed_on_board(committee, TARGET, VILLAGE) == 6
    counted = evidence(learner)
    assert QUIZ in counted and "15/11/2025" in counted and "Đạt" in counted
    for visitor in (committee, teacher, learner):
        assert visitor.watched.problems == []
    demo.manage("rebuild", "--check")


def test_the_same_answer_a_year_later_leaves_the_years_number(demo: Installation, browser: Any, tmp_path: Path) -> None:
    url = demo.serve(BDHVS_TEST_CLOCK=TOO_LATE).url
    committee = Visitor(browser, url, "chidao", size=DESK)
    assert passed_on_board(committee, TARGET, WARD) == 5

    write_course(browser, url, tmp_path)
    learner = Visitor(browser, url, "nguoihoc")
    learn_and_pass(learner)

    assert passed_on_board(committee, TARGET, WARD) == 5
    assert passed_on_board(committee, TARGET, VILLAGE) == 5
    counted = evidence(learner)
    assert QUIZ in counted and "10/02/2026" in counted and "Đạt" in counted
    for visitor in (committee, learner):
        assert visitor.watched.problems == []
