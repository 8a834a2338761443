"""A quiz of ten questions, from an empty bank to the published page: how many clicks, keys and page loads it takes."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse
from docx import Document

from bdhvs_content.api import editors
from bdhvs_quiz.api import Question, QuizPage, SingleChoiceQuestion
from bdhvs_quiz.testing import SITE, _Browsed
from tests.bdhvs_content import pages
from tests.bdhvs_quiz import kinds
from tests.support.browsing import opened

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_browser")]

# Pictures of what was seen, for whoever wants to look: a folder.
SHOTS = os.environ.get("WRITING_SHOTS")


@dataclass
class Hand:
    """Counts what an editor does."""

    page: Any
    clicks: int = 0
    keys: int = 0
    loads: int = 0

    def click(self, selector: str) -> None:
        self.page.locator(selector).first.click()
        self.clicks += 1

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)
        self.keys += len(text)

    def press(self, key: str, times: int = 1) -> None:
        for _turn in range(times):
            self.page.keyboard.press(key)
        self.keys += times

    def shot(self, name: str) -> None:
        if SHOTS:
            self.page.screenshot(path=str(Path(SHOTS) / f"{name}.png"))


@contextmanager
def editing(chromium: str, width: int = 1280, height: int = 900) -> Iterator[tuple[_Browsed, Hand]]:
    user = get_user_model().objects.create_user("bien-tap", password="x", first_name="Hoa")
    user.groups.add(editors())
    site = _Browsed(user)
    with opened(chromium) as browser, mock.patch.dict(os.environ, DJANGO_ALLOW_ASYNC_UNSAFE="1"):
        context = site.opened_in(browser, script=True)
        page = context.new_page()
        page.set_viewport_size({"width": width, "height": height})
        hand = Hand(page)

        def loaded(answer: Any) -> None:
            asked = answer.request
            if asked.is_navigation_request() and asked.frame == page.main_frame:
                # A redirect is handed on as a page of one line, of which Django would say the charset.
                hand.loads += answer.headers.get("content-type") != "text/html"

        page.on("response", loaded)
        yield site, hand
        context.close()


def begin_writing(hand: Hand) -> None:
    """In the chooser of a quiz that is open: the tab where one writes, until what is typed arrives in the question."""
    hand.click("#tab-label-create")
    hand.page.wait_for_selector("[data-quick-question] [name=prompt]:focus")


def write_questions(hand: Hand, count: int) -> None:
    """In the chooser of a quiz that is open, four options each."""
    hand.click("#id_items-OPEN_MODAL")
    begin_writing(hand)
    for number in range(count):
        hand.type(f"Câu hỏi số {number + 1}?")
        for place in range(4):
            # The box of the option, then its text.
            hand.press("Tab", 2)
            hand.type(f"Phương án {place + 1}")
        hand.click(f"[name='right-{number % 4}']")
        hand.shot(f"write-{number}")
        last = number == count - 1
        hand.click(f"[data-quick-question] button[value='{'choose' if last else 'again'}']")
        if last:
            hand.page.wait_for_selector("[data-quick-question]", state="detached")
        else:
            hand.page.wait_for_function(
                "n => document.querySelector('[data-quick-done]').textContent.endsWith(`(${n})`)", arg=number + 1
            )


def test_ten_questions_are_written_and_published_in_sixty_clicks_and_six_loads(chromium: str) -> None:
    course = pages.course(pages.catalog())
    with editing(chromium) as (site, hand):
        hand.page.goto(f"{SITE}{reverse('wagtailadmin_explore', args=[course.pk])}")
        hand.click(f"a[href*='/pages/{course.pk}/add_subpage/']")
        hand.click("a[href*='/add/bdhvs_quiz/quizpage/']")
        hand.click("#id_title")
        hand.type("Kiểm tra cuối bài")
        write_questions(hand, 10)
        assert hand.page.locator("[data-inline-panel-child]:visible").count() >= 10
        hand.shot("quiz")
        hand.click("[data-controller='w-dropdown'] [data-w-dropdown-target='toggle'] >> visible=true >> nth=-1")
        hand.click("button[name='action-publish']")
        hand.page.wait_for_url(f"**{reverse('wagtailadmin_explore', args=[course.pk])}")
        hand.shot("published")
    print(f"ten questions: {hand.clicks} clicks, {hand.keys} keystrokes, {hand.loads} page loads")  # noqa: T201
    assert site.problems == []
    quiz = QuizPage.objects.get()
    assert quiz.live
    rows = [SingleChoiceQuestion.objects.get(pk=item.question_id) for item in quiz.items.all()]
    assert [row.prompt for row in rows] == [f"Câu hỏi số {number}?" for number in range(1, 11)]
    right = [[place for place, block in enumerate(row.options) if block.value["right"]] for row in rows]
    assert right == [[number % 4] for number in range(10)]
    assert all(row.live and row.author.username == "bien-tap" and row.problems() == [] for row in rows)
    assert hand.clicks <= 60
    assert hand.loads <= 6


@pytest.mark.thorough
@pytest.mark.parametrize("width", [1280, 360])
def test_the_plus_below_an_option_adds_the_next_while_the_text_has_the_focus(chromium: str, width: int) -> None:
    with editing(chromium, width) as (site, hand):
        page = hand.page
        page.goto(f"{SITE}{reverse('wagtailsnippets_bdhvs_quiz_singlechoicequestion:add')}")
        for place in range(3):
            page.locator("[data-contentpath=options] .c-sf-add-button").last.click()
            page.fill(f"#options-{place}-value-text", f"Phương án {place + 1}", timeout=5000)
        helps = page.locator("[data-contentpath=options] [data-contentpath=text] .w-field__help")
        assert [one.is_visible() for one in helps.all()] == [True, False, False]
        credits = page.locator("[data-contentpath=options] [data-contentpath=credit] input")
        assert [one.is_visible() for one in credits.all()] == [False, False, False]
        hand.shot(f"options-{width}")
        # What is closed is one click away, and open afterwards where it says something: so is what is wrong with it.
        page.locator(".w-panel:has(> .w-panel__content > .question-more) .w-panel__toggle").nth(1).click()
        page.fill("#options-1-value-credit", "nửa")
        page.fill("[name=prompt]", "Làm gì?")
        page.locator("button[name=action-save], [type=submit]:has-text('Lưu')").first.click()
        page.wait_for_selector("#options-1-value-credit-errors .error-message")
        assert [one.is_visible() for one in credits.all()] == [False, True, False]
        hand.shot(f"refused-option-{width}")
    assert site.problems == []


@pytest.mark.thorough
def test_ticks_stay_over_pages_and_searches_and_a_refused_question_says_why(chromium: str) -> None:
    course = pages.course(pages.catalog())
    rows = [pages.question(f"Câu {number:02}?", live=number != 30) for number in range(1, 31)]
    otp = kinds.short("Mã OTP?")
    quiz = pages.quiz(course, rows[:1])
    with editing(chromium, 360, 740) as (site, hand):
        page = hand.page
        page.goto(f"{SITE}{reverse('wagtailadmin_pages:edit', args=[quiz.pk])}")
        hand.click("#id_items-OPEN_MODAL")
        page.check(f"#chooser-modal-select-{rows[29].pk}")
        assert "bản nháp" in page.locator(f"tr:has(#chooser-modal-select-{rows[29].pk})").inner_text().lower()
        hand.shot("choose-360")
        page.locator("#search-results .pagination a, #search-results nav a").last.click()
        page.wait_for_selector(f"#chooser-modal-select-{rows[15].pk}")
        page.check(f"#chooser-modal-select-{rows[15].pk}")
        page.fill("[data-chooser-modal-search] [name=q]", "ma otp")
        page.wait_for_selector(f"#chooser-modal-select-{otp.pk}")
        assert page.locator("[data-kept] label").all_inner_texts() == ["Câu 30?", "Câu 16?"]
        hand.shot("kept-360")
        begin_writing(hand)
        hand.type("Thiếu đáp án?")
        hand.click("[data-quick-question] button[value='again']")
        page.wait_for_selector("[data-quick-errors] li")
        assert "Cần ít nhất hai phương án để chọn." in page.locator("[data-quick-errors]").inner_text()
        hand.shot("refused-360")
        assert page.locator("[data-quick-question] [name=prompt]").input_value() == "Thiếu đáp án?"
        beside = page.evaluate("document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth")
        assert beside <= 0
        hand.click("#tab-label-search")
        hand.click("[data-multiple-choice-submit]")
        page.wait_for_selector("[data-multiple-choice-form]", state="detached")
        chosen = page.locator("[name^='items-'][name$='-question']").evaluate_all("all => all.map(one => one.value)")
        assert [value for value in chosen if value] == [str(rows[place].pk) for place in (0, 29, 15)]
    assert site.problems == []
    assert not Question.objects.filter(prompt="Thiếu đáp án?").exists()


def word_file(count: int) -> bytes:
    """As teachers write them: numbered, A to D, an asterisk before what is right."""
    document = Document()
    for number in range(count):
        document.add_paragraph(f"Câu {number + 1}. Câu hỏi số {number + 1}?")
        for place in range(4):
            document.add_paragraph(f"{'*' if place == number % 4 else ''}{'ABCD'[place]}. Phương án {place + 1}")
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


@pytest.mark.thorough
def test_the_same_ten_questions_from_a_word_file_take_a_handful_of_clicks(chromium: str, tmp_path: Path) -> None:
    course = pages.course(pages.catalog())
    file = tmp_path / "Kiểm tra cuối bài.docx"
    file.write_bytes(word_file(10))
    with editing(chromium) as (site, hand):
        page = hand.page
        site.files[file.name] = file.read_bytes()
        page.goto(f"{SITE}{reverse('wagtailadmin_explore', args=[course.pk])}")
        hand.click("header [data-w-dropdown-target='toggle'][aria-label='Thao tác']")
        hand.click(f"a[href*='{reverse('bdhvs_quiz_import')}?page={course.pk}']")
        with page.expect_file_chooser() as chooser:
            hand.click("input[type=file]")
        chooser.value.set_files(file)
        hand.shot("word-upload")
        hand.click("main form button[type=submit]")
        page.wait_for_selector("#into")
        assert page.locator("input[name=take]:checked").count() == 10
        hand.shot("word-preview")
        hand.click("button[value=import]")
        page.wait_for_selector("[data-inline-panel-child]")
        hand.shot("word-quiz")
        hand.click("[data-controller='w-dropdown'] [data-w-dropdown-target='toggle'] >> visible=true >> nth=-1")
        hand.click("button[name='action-publish']")
        page.wait_for_url(f"**{reverse('wagtailadmin_explore', args=[course.pk])}")
    print(f"ten questions from Word: {hand.clicks} clicks, {hand.keys} keystrokes, {hand.loads} page loads")  # noqa: T201
    assert site.problems == []
    quiz = QuizPage.objects.get()
    assert (quiz.live, quiz.title, quiz.items.count()) == (True, "Kiểm tra cuối bài", 10)
    assert [item.question.prompt for item in quiz.items.order_by("sort_order")][9] == "Câu hỏi số 10?"
    assert (hand.clicks, hand.keys) <= (7, 0)
    assert hand.loads <= 5
