"""What an editor writes in the browser tests: questions of every type, and a course with a lesson and a quiz."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import expect

from tests.e2e.editor import (
    Choice,
    ChoiceQuestion,
    Editor,
    GapsQuestion,
    NumberQuestion,
    OrderQuestion,
    PairsQuestion,
    Question,
    SentenceQuestion,
    TypedQuestion,
    document_file,
    picture_file,
)
from tests.e2e.people import DESK, PASSWORD, Watched
from tests.support.live import Installation

PLAN_FRAMEWORK = "Kế hoạch số 02"
COURSE, SECTION, LESSON, QUIZ = "Giữ tiền khi dùng điện thoại", "Mã và mật khẩu", "Mã OTP là gì", "Câu hỏi về mã OTP"
LESSON_WORDS = "Ngân hàng không bao giờ hỏi mã OTP: dấu chồng ế, ẫ, ỗ, ự vẫn rõ."
ALT, STEP_ALT = "Điện thoại màu xanh đang tắt", "Ngón tay bấm nút đỏ"
STEPS = ("Không đọc mã cho ai.", "Tắt máy.", "Gọi số in trên thẻ.")
WARNING = "Ai có mã OTP là chuyển được tiền."
DOCUMENT = "Tờ nhắc dán cạnh điện thoại"
CHECK = "Người gọi xưng là công an, hỏi mã OTP. Làm gì bây giờ?"
CHECK_WRONG, CHECK_RIGHT = ("Đọc mã", "Công an không hỏi mã."), ("Tắt máy", "Rồi gọi người nhà.")

BANK = ChoiceQuestion(
    "Có người xưng là ngân hàng gọi hỏi mã OTP. Nên làm gì?",
    (Choice("Đọc mã cho nhanh"), Choice("Tắt máy, gọi số ghi trên thẻ", right=True), Choice("Nhắn mã qua Zalo")),
    "Ai có mã OTP là lấy được tiền.",
)
SIGNS = ChoiceQuestion(
    "Những điều nào cho thấy tin nhắn có thể là lừa đảo?",
    (
        Choice("Giục làm ngay", right=True),
        Choice("Có đường dẫn lạ", right=True),
        Choice("Gửi từ người trong nhà vừa gọi xong"),
    ),
    "Giục giã và đường dẫn lạ thường đi cùng nhau.",
    several=True,
)
ONCE = SentenceQuestion("Mã OTP chỉ dùng được một lần.", True, "OTP là mã dùng một lần.")
BETWEEN = TypedQuestion(
    "Nên giữ bí mật mã OTP và điều gì nữa?", ("Mật khẩu", "mã PIN"), "Cả hai đều mở được tài khoản."
)
DIGITS = NumberQuestion("Một mã OTP có 6 chữ số. Hai mã OTP có tất cả mấy chữ số?", "12", "chữ số", "Hai lần 6 là 12.")
USES = PairsQuestion(
    "Cái nào dùng để làm gì?",
    (("Mã OTP", "Xác nhận một lần"), ("Mật khẩu", "Vào tài khoản"), ("Vân tay", "Mở máy")),
    "Cho người gọi điện",
    "Mỗi thứ mở một cửa khác nhau.",
)
CALL = OrderQuestion(
    "Có người lạ gọi hỏi mã: làm theo thứ tự nào?",
    ("Không đọc mã nào", "Tắt máy ngay", "Gọi số in trên thẻ"),
    "Tắt máy rồi mới gọi số mình biết.",
)
CARE = GapsQuestion(
    "Điền vào chỗ trống về giữ mã.",
    "Không đọc [[mã OTP|OTP]] cho ai. Khi nghi ngờ thì [[*tắt máy|nhắn mã|nghe tiếp]].",
    "Càng nghe tiếp càng dễ bị dọa.",
)
LOCK = TypedQuestion(
    "Điền một chữ, gõ đủ dấu: rời máy thì … màn hình.", ("khóa",), "Máy khóa thì người khác không mở được.", strict=True
)
# In the order in which they are asked.
QUESTIONS: tuple[Question, ...] = (BANK, SIGNS, ONCE, BETWEEN, DIGITS, USES, CALL, CARE, LOCK)
# Some earn a share of their mark: what is needed is told in points.
PASS_PERCENT, NEEDED = 70, "Cần đạt 6,3 trên 9 điểm."

VILLAGE = "Tổ dân phố minh họa 1"
CLASS, CLASS_CODE = "Lớp sáng thứ Bảy", "sang-thu-bay"
# Account → name, of people who come to this course anew; "nguoihoc" is the demonstration's own learner.
PEOPLE = {
    "lan-khong-ma": "Lò Thị Ếm",
    "ban-co-ma": "Mạc Văn Hoà",
}
LAN = "Nguyễn Thị Lan"


def _lesson(editor: Editor, folder: Path) -> None:
    """A lesson of most kinds of blocks, with a picture that has no words yet."""
    page = editor.page
    editor.title(LESSON)
    editor.add_block("text")
    editor.write_text(LESSON_WORDS)
    picture = editor.add_block("picture")
    editor.upload(f"{picture}-image", picture_file(folder / "dien-thoai.png", "#0b4f8a"), "Ảnh điện thoại")
    steps = editor.add_block("steps")
    for place, words in enumerate(STEPS):
        if place:
            editor.add_item(steps, "steps")
        editor.write_text(words)
    button = picture_file(folder / "nut-do.png", "#b3122a")
    editor.upload(f"{steps}-steps-1-value-image", button, "Nút đỏ")
    page.fill(f"#{steps}-steps-1-value-alt", STEP_ALT)
    callout = editor.add_block("callout")
    page.select_option(f"#{callout}-kind", "warning")
    editor.write_text(WARNING)
    document = editor.add_block("document")
    editor.upload(f"{document}-document", document_file(folder / "to-nhac.pdf"), "Tờ nhắc")
    page.fill(f"#{document}-title", DOCUMENT)
    check = editor.add_block("check")
    page.fill(f"#{check}-question", CHECK)
    for place, (text, feedback) in enumerate((CHECK_WRONG, CHECK_RIGHT)):
        if place:
            editor.add_item(check, "options")
        page.fill(f"#{check}-options-{place}-value-text", text)
        page.fill(f"#{check}-options-{place}-value-feedback", feedback)
    page.check(f"#{check}-options-1-value-right")


def write_course(browser: Any, url: str, folder: Path) -> None:
    """What the editor does, from the bank to the published quiz."""
    context = browser.new_context(locale="vi-VN", viewport=DESK)
    page = context.new_page()
    watched = Watched(url)
    watched.attach(page)
    editor = Editor(page, url)
    editor.sign_in("bientap", PASSWORD)

    for question in QUESTIONS:
        # The way there is the same for all.
        editor.write_question(question, by_links=question is BANK)
        assert editor.publish() == []

    editor.add_page(editor.catalog(), "bdhvs_content/coursepage")
    editor.title(COURSE)
    page.fill("#id_intro", "Dành cho mọi người có điện thoại.")
    assert editor.publish() == []
    editor.add_page(editor.page_number(), "bdhvs_content/sectionpage")
    editor.title(SECTION)
    assert editor.publish() == []
    section = editor.page_number()

    editor.add_page(section, "bdhvs_content/lessonpage")
    _lesson(editor, folder)
    editor.align(["A1"], PLAN_FRAMEWORK)
    editor.wait_until_saved()
    assert watched.problems == [], watched.problems
    # Nobody who only hears the lesson is left out: without words for the picture it is not published.
    (refusal,) = editor.publish()
    expect(page.locator("[data-contentpath=alt] .error-message")).to_have_text(
        "Hãy viết bằng lời hình cho thấy gì: có người chỉ nghe được bài học."
    )
    # Wagtail has kept it quietly meanwhile: that is no other window.
    assert "Chưa lưu gì" not in refusal
    watched.problems.clear()
    page.fill("#body-1-value-alt", ALT)
    assert editor.publish() == []

    editor.add_page(section, "bdhvs_quiz/quizpage")
    editor.title(QUIZ)
    # Chosen in another order, then put right.
    first, second, *others = (question.prompt for question in QUESTIONS)
    editor.choose_questions([second, first, *others])
    editor.move_question_up(1)
    page.fill("#id_pass_percent", str(PASS_PERCENT))
    editor.align(["A1", "A2", "A3", "A4", "A5"], PLAN_FRAMEWORK)
    assert editor.publish() == []
    assert watched.problems == [], watched.problems
    context.close()


def add_people(site: Installation, clock: str) -> None:
    """People with accounts, and a class for the new course: they in it, the demonstration's teacher in front of it.

    Before the first reading: after one a board tells of five people more, or of nobody (docs/adr/0100), and the path
    follows one."""
    site.python(
        "from django.contrib.auth import get_user_model\n"
        "from bdhvs_lms.campaign.api import Area\n"
        "from bdhvs_lms.classes.api import add_member, add_teacher, create_class\n"
        "from bdhvs_lms.courses.api import Course\n"
        "from bdhvs_lms.learners.api import learner_for_user, register\n"
        "from bdhvs_lms.base.api import now\n"
        "from bdhvs_lms.reporting.readings.models import Reading, ReadingFile, ReadingGains\n"
        "users, at = get_user_model().objects, now()\n"
        "for model in (ReadingFile, ReadingGains, Reading):\n"
        "    model._base_manager.all()._raw_delete('default')\n"
        f"course = next(row for row in Course.objects.all() if row.titles['vi'] == {COURSE!r})\n"
        f"area = Area.objects.get(name={VILLAGE!r})\n"
        f"group = create_class(name={CLASS!r}, code={CLASS_CODE!r}, course=course, area=area,\n"
        "    starts=at.date(), at=at, by=None)\n"
        "add_teacher(group, users.get(username='huongdan'), at=at, by=None)\n"
        "add_member(group, learner_for_user(users.get(username='nguoihoc')), at=at, by=None)\n"
        f"for username, name in {PEOPLE!r}.items():\n"
        f"    user = users.create_user(username, password={PASSWORD!r})\n"
        "    learner = register(full_name=name, birth_year=1970, area=area, user=user, at=at)\n"
        "    add_member(group, learner, at=at, by=None)\n",
        BDHVS_TEST_CLOCK=clock,
    )
