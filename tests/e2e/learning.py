"""What a learner does with the editor's course: each step as somebody takes it who has never been told how."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import expect

from tests.e2e import written
from tests.e2e.editor import (
    ChoiceQuestion,
    GapsQuestion,
    NumberQuestion,
    OrderQuestion,
    PairsQuestion,
    Question,
    SentenceQuestion,
    TypedQuestion,
)
from tests.e2e.people import MAIN_ACTION, Visitor

SAVED = re.compile(r"Đã lưu lúc \d\d:\d\d")
OFFLINE = "Mất mạng: câu trả lời chưa gửi"
# What an answer is when it is typed as people type: without diacritics, with signs, the tone mark on the other vowel.
TYPED = {written.BETWEEN: "  MAT  KHAU. ", written.LOCK: "khoá"}
NUMBER, GAPS = "12,0 chữ số", ("ma otp", "tắt máy")
TOTAL = len(written.QUESTIONS)
# What is answered wrong by whoever fails.
WRONG = (written.SIGNS, written.DIGITS, written.LOCK)
FEW = TOTAL - len(WRONG)


def card(learner: Visitor, question: Question) -> Any:
    return learner.page.locator("main .card").filter(has_text=question.prompt)


def answer(learner: Visitor, question: Question, *, right: bool = True) -> None:
    """On the attempt's page. A wrong answer is one that people give: half of what is right, or without its marks."""
    asked = card(learner, question)
    if isinstance(question, TypedQuestion):
        asked.get_by_role("textbox").fill(TYPED[question] if right else "khoa")
    elif isinstance(question, SentenceQuestion):
        truth = "Đúng" if question.true == right else "Sai"
        asked.get_by_role("radio", name=truth, exact=True).check()
    elif isinstance(question, NumberQuestion):
        asked.get_by_role("textbox").fill(NUMBER if right else "66")
    elif isinstance(question, PairsQuestion | OrderQuestion | GapsQuestion):
        assert right, "which of its parts would be wrong?"
        _answer_parts(asked, question)
    elif question.several:
        first = next(choice for choice in question.choices if choice.right)
        for choice in question.choices:
            chosen = choice.right and (right or choice is first)
            asked.get_by_role("checkbox", name=choice.text, exact=True).set_checked(chosen)
    else:
        option = next(choice for choice in question.choices if choice.right == right)
        asked.get_by_role("radio", name=option.text, exact=True).check()


def _answer_parts(asked: Any, question: PairsQuestion | OrderQuestion | GapsQuestion) -> None:
    if isinstance(question, PairsQuestion):
        for left, belongs in question.pairs:
            asked.get_by_label(left, exact=True).select_option(label=belongs)
    elif isinstance(question, OrderQuestion) and asked.locator(".ordering-list").count():
        _put_in_order(asked, question)
    elif isinstance(question, OrderQuestion):
        for number, step in enumerate(question.steps, start=1):
            asked.get_by_label(step, exact=True).select_option(label=str(number))
    else:
        typed, chosen = GAPS
        asked.get_by_role("textbox").fill(typed)
        asked.get_by_role("combobox").select_option(label=chosen)


def _put_in_order(asked: Any, question: OrderQuestion) -> None:
    """With the buttons that the script makes: each step up to its place."""
    rows = asked.locator(".ordering-list > li")
    for wanted, step in enumerate(question.steps):
        while (at := [step in text for text in rows.all_inner_texts()].index(True)) != wanted:
            rows.nth(at).get_by_role("button").first.click()
    keep = asked.get_by_role("button", name="Giữ nguyên thứ tự này")
    if keep.is_visible():
        keep.click()


def is_answered(learner: Visitor, question: Question) -> bool:
    asked = card(learner, question)
    if isinstance(question, TypedQuestion):
        return bool(asked.get_by_role("textbox").input_value())
    return bool(asked.locator("input:checked").count())


def enrol(learner: Visitor) -> None:
    """From the start page into the course; where consent is asked for, not before it is given."""
    page = learner.page
    learner.press(".site-name")
    learner.press("main .cover", has_text=written.COURSE)
    assert written.SECTION in learner.text()
    if page.locator("#id_consent").count():
        learner.press(f"{MAIN_ACTION}[type=submit]")
        assert "Đánh dấu vào ô để đồng ý" in learner.text(".error-summary")
        page.check("#id_consent")
        learner.watched.forget("400: ", "status of 400")
    learner.press(f"{MAIN_ACTION}[type=submit]")


def read(learner: Visitor) -> None:
    """The lesson with everything that is in it, to its end and on to the quiz."""
    page = learner.page
    learner.press(MAIN_ACTION)
    assert learner.text("h1") == written.LESSON
    words = learner.text()
    for expected in (written.LESSON_WORDS, *written.STEPS, written.WARNING, "⚠ Chú ý"):
        assert expected in words
    for alt in (written.ALT, written.STEP_ALT):
        shown = page.get_by_role("img", name=alt, exact=True)
        shown.scroll_into_view_if_needed()
        # Reading the size needs a script, which half of the browsers have not: fetched as the browser did.
        assert page.request.get(learner.url + shown.get_attribute("src")).headers["content-type"].startswith("image/")
    link = page.get_by_role("link", name=written.DOCUMENT)
    file = page.request.get(learner.url + link.get_attribute("href"))
    assert file.status == 200 and file.body().startswith(b"%PDF")

    check = page.locator("main .check")
    for (text, feedback), verdict in ((written.CHECK_WRONG, "✗ Chưa đúng"), (written.CHECK_RIGHT, "✓ Đúng")):
        option = check.locator("details").filter(has_text=text)
        assert feedback not in check.inner_text()
        option.locator("summary").click()
        assert f"{verdict} {feedback}" in " ".join(option.inner_text().split())
    learner.press(f"{MAIN_ACTION}[type=submit]")
    learner.press(MAIN_ACTION, has_text=written.QUIZ)
    assert learner.text("h1") == written.QUIZ
    assert f"Số câu: {TOTAL}. {written.NEEDED}" in learner.text()


def begin(learner: Visitor) -> None:
    learner.press(f"{MAIN_ACTION}[type=submit]")
    asked = learner.page.locator("main form .card").all_inner_texts()
    assert len(asked) == TOTAL
    assert all(question.prompt in text for question, text in zip(written.QUESTIONS, asked, strict=True))


def answer_some_and_come_back(learner: Visitor) -> None:
    """The first two, kept by the button or, with scripts, quietly; then home, and another day on from there."""
    page = learner.page
    first, second, third, *_others = written.QUESTIONS
    answer(learner, first)
    answer(learner, second)
    if learner.scripts:
        expect(page.locator("#saved")).to_have_text(SAVED)
    else:
        learner.press("button[name=do][value=later]")
        assert learner.text("h1") == written.QUIZ
        assert SAVED.search(learner.text("#saved"))
    assert learner.text("#answered") == f"Đã trả lời 2/{TOTAL} câu"
    learner.open("/viec-hoc/")
    mine = page.locator("main section").filter(has=page.get_by_role("heading", name=written.COURSE, exact=True))
    assert "Đã xong 1/2 bài" in mine.inner_text()
    with page.expect_navigation():
        mine.get_by_role("link", name="Học tiếp").click()
    assert learner.text("h1") == written.QUIZ
    learner.press(f"{MAIN_ACTION}[type=submit]")
    assert is_answered(learner, first) and is_answered(learner, second) and not is_answered(learner, third)


def lose_the_line(learner: Visitor, question: Question) -> None:
    """While the line is down an answer is kept on the device and the page says so; it is sent when the line is back."""
    page = learner.page
    assert learner.watched.problems == []
    learner.context.set_offline(True)
    answer(learner, question)
    expect(page.locator("#saved")).to_contain_text(OFFLINE)
    learner.context.set_offline(False)
    expect(page.locator("#saved")).to_have_text(SAVED)
    learner.watched.forget("ERR_INTERNET_DISCONNECTED")
    page.reload()
    assert is_answered(learner, question)


def submit(learner: Visitor) -> None:
    learner.press("button[name=do][value=submit]")


def forget_one(learner: Visitor) -> None:
    """Answer all but the last. What is open is named before anything is handed in, and one link leads back to it."""
    for question in written.QUESTIONS[:-1]:
        answer(learner, question)
    submit(learner)
    assert learner.text("h1") == "Nộp bài?"
    assert f"Câu {TOTAL}: {written.LOCK.prompt}" in " ".join(learner.text().split())
    learner.press(MAIN_ACTION)
    assert learner.page.url.endswith(f"#{card(learner, written.LOCK).get_attribute('id')}")


@dataclass(frozen=True)
class Reviewed:
    """What the result says of one question."""

    verdict: str
    text: str


def review(learner: Visitor, *, told: bool) -> list[Reviewed]:
    """Each question's part of the result. `told`: with what is right and why, as once the quiz is passed."""
    found = []
    for question in written.QUESTIONS:
        text = " ".join(card(learner, question).inner_text().split())
        assert (question.explanation in text) is told
        found.append(Reviewed("✓ Đúng" if "✓ Đúng" in text else "✗ Chưa đúng", text))
        assert found[-1].verdict in text
    return found


def fail(learner: Visitor) -> None:
    """Hand in too few right answers, read what was wrong, and take the quiz again."""
    for question in written.QUESTIONS:
        answer(learner, question, right=question not in WRONG)
    submit(learner)
    assert learner.text("h1") == f"Chưa đạt: {FEW}/{TOTAL}"
    assert written.NEEDED in learner.text()
    said = review(learner, told=False)
    assert [one.verdict == "✗ Chưa đúng" for one in said] == [question in WRONG for question in written.QUESTIONS]
    # Whoever hands in nothing must not read the answers: they wait until it is passed.
    assert "Đáp án đúng" not in " ".join(one.text for one in said)
    assert "Đáp án đúng và giải thích hiện khi đã đạt" in learner.text()
    learner.press(MAIN_ACTION, has_text="Làm lại bài kiểm tra")
    assert f"Chưa đạt: {FEW}/{TOTAL}" in learner.text()


def passes(learner: Visitor) -> None:
    """Answer what is still open, hand in, and read the verdict and one's own answers."""
    for question in written.QUESTIONS:
        answer(learner, question)
    submit(learner)
    assert learner.text("h1") == f"Đạt: {TOTAL}/{TOTAL}"
    said = review(learner, told=True)
    assert {one.verdict for one in said} == {"✓ Đúng"}
    for question, one in zip(written.QUESTIONS, said, strict=True):
        if isinstance(question, ChoiceQuestion):
            assert all(choice.text in one.text for choice in question.choices if choice.right)
        elif isinstance(question, TypedQuestion):
            assert " ".join(TYPED[question].split()) in one.text
        elif isinstance(question, NumberQuestion):
            assert NUMBER in one.text
        elif isinstance(question, PairsQuestion):
            assert all(f"{left} → {belongs} ✓" in one.text for left, belongs in question.pairs)
        elif isinstance(question, OrderQuestion):
            places = [one.text.find(f"{step} ✓") for step in question.steps]
            assert -1 not in places and places == sorted(places)
        elif isinstance(question, GapsQuestion):
            assert all(f"({place}) {given} ✓" in one.text for place, given in enumerate(GAPS, start=1))


def record(learner: Visitor) -> str:
    """The learner's courses and results in one line."""
    shown = []
    for path in ("/viec-hoc/", "/viec-hoc/ket-qua/"):
        learner.open(path)
        shown += learner.text().split()
    return " ".join(shown)


def evidence(learner: Visitor) -> str:
    """The part of the explanation of the first competency that says what counted."""
    learner.open("/viec-hoc/ket-qua/")
    learner.press("main a", has_text="Vì sao có kết quả này?")
    heading = learner.page.get_by_role("heading", name="Những gì đã được tính", exact=True)
    counted = heading.locator("xpath=following-sibling::section[1]")
    return " ".join(str(counted.inner_text()).split())
