"""A quiz in several languages: asked in the words of the page's language, and one and the same quiz all the same."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from wagtail.models import Locale

from bdhvs_content.api import NotPublishable
from bdhvs_lms.courses.api import Course
from bdhvs_lms.learners.api import Learner
from bdhvs_lms.progress.api import Result
from bdhvs_lms.reporting.queries.answers import hardest_questions
from bdhvs_quiz.actions import NoAttemptsLeft, open_attempt, submit
from bdhvs_quiz.api import QuizItem, QuizPage
from bdhvs_quiz.exporting.plain import plain_quiz
from bdhvs_quiz.models import Attempt, Question, QuizAlignment, QuizVersion, Words, questions_of
from bdhvs_quiz.models.translating import fits, renewed
from bdhvs_quiz.types.short_text.model import ShortTextQuestion
from tests.bdhvs_content import pages
from tests.bdhvs_quiz import kinds
from tests.bdhvs_quiz.helpers import address, statements
from tests.bdhvs_quiz.test_competency_marks import EXTENSION, about, five, iri, verdict
from tests.support.worlds import Ground

pytestmark = [pytest.mark.versions, pytest.mark.django_db]

ENGLISH = ("A stranger asks for your code.", "Tell the code", "Do not tell it", "Ask a friend")


def _ground() -> dict[str, Any]:
    course = pages.course(catalog := pages.catalog())
    short = kinds.short("Cái gì giữ kín?", texts=["Mật khẩu"])
    questions = [pages.question("Người lạ hỏi mã OTP. Làm gì?"), kinds.true_false(), short]
    other = Locale.objects.create(language_code="en")
    for page in (catalog, course):
        pages.publish(pages.fresh(page).copy_for_translation(other))
    return {"course": course, "questions": questions, "learner": pages.enrolled(course), "other": other}


GROUND = Ground(_ground)
ground = GROUND.once()


class Bilingual:
    """A course and a quiz in Vietnamese and English: options, a statement, and a word to type ("Mật khẩu")."""

    def __init__(self, **values: Any) -> None:
        rows = GROUND.rows()
        self.course, self.learner, self.other = rows["course"], rows["learner"], rows["other"]
        self.questions = self.single, self.statement, self.short = rows["questions"]
        self.quiz: QuizPage = pages.quiz(self.course, self.questions, **values)
        self.client: Client = pages.client_of("lan")
        self.page: QuizPage = self._page()

    def _page(self) -> QuizPage:
        page = pages.fresh(self.quiz).copy_for_translation(self.other)
        page.title, page.intro = "Final quiz", "Take your time."
        page.save()
        page.save_revision()
        found: QuizPage = page
        return found

    def translate(self, question: Any) -> Any:
        """As an editor does: the draft that Wagtail makes, with other words, published."""
        row = question.copy_for_translation(self.other)
        assert not row.live
        if question is self.single:
            row.prompt, texts = ENGLISH[0], ENGLISH[1:]
            for block, text in zip(row.options, texts, strict=True):
                block.value["text"], block.value["feedback"] = text, f"Remark: {text}"
        elif question is self.statement:
            row.prompt = "The bank asks for the code by phone."
        else:
            row.prompt, row.accepted = "What do you keep secret?", kinds.accepted(["Password"])
        row.save()
        return pages.publish(row)

    def publish(self) -> None:
        self.page = pages.publish(pages.fresh(self.page))

    @property
    def key(self) -> uuid.UUID:
        key: uuid.UUID = self.quiz.translation_key
        return key

    def begin(self, page: QuizPage) -> Attempt:
        """By the button of that page."""
        posted = {"act_id": str(uuid.uuid4()), "language": _field(self.client.get(page.url), "language")}
        answer = self.client.post(reverse("bdhvs_quiz:begin", args=[self.key]), posted)
        assert answer.status_code == 303
        found: Attempt = Attempt.objects.latest("pk")
        return found

    def form(self, typed: str) -> dict[str, Any]:
        return {
            f"q-{self.single.key}": pages.option_id(self.single, 1),
            f"q-{self.statement.key}": "false",
            f"q-{self.short.key}": typed,
            "act_id": str(uuid.uuid4()),
            "do": "submit",
        }


def _field(answer: Any, name: str) -> str:
    html = answer.content.decode()
    return str(html.split(f'name="{name}" value="')[1].split('"')[0])


def test_the_english_page_asks_in_english_and_both_results_are_of_one_quiz() -> None:
    both = Bilingual()
    for question in both.questions:
        both.translate(question)
    both.publish()
    assert [(row.number, row.language) for row in QuizVersion.objects.order_by("pk")] == [
        *[(1, "vi")],
        *[(2, "vi"), (2, "en")],
    ]

    attempt = both.begin(both.page)
    html = both.client.get(address(attempt)).content.decode()
    assert all(words in html for words in (*ENGLISH, "Final quiz", "Take your time.", "What do you keep secret"))
    assert "Người lạ" not in html and "Cái gì giữ kín?" not in html and '<legend lang="en">' in html
    # The Vietnamese word is no answer here, and the English one none there.
    assert both.client.post(address(attempt), both.form("password")).status_code == 303
    attempt.refresh_from_db()
    assert (attempt.raw, attempt.success) == (3, True)
    review = both.client.get(address(attempt, "result")).content.decode()
    assert ENGLISH[0] in review and "password" in review and "Remark: Do not tell it" in review

    second = both.begin(both.quiz)
    assert (second.version.language, second.number) == ("vi", 2)
    html = both.client.get(address(second)).content.decode()
    assert "Người lạ hỏi mã OTP" in html and ENGLISH[0] not in html
    both.client.post(address(second), both.form("password"))
    second.refresh_from_db()
    assert second.raw == 2

    # One activity, one question, one result; each language's words under its own code.
    english, vietnamese = statements(attempt), statements(second)
    assert {row["context"]["language"] for row in english} == {"en"}
    assert {row["context"]["language"] for row in vietnamese} == {"vi"}
    objects = [{row["object"]["id"] for row in rows} for rows in (english, vietnamese)]
    assert objects[0] == objects[1] and len(objects[0]) == 4
    chosen = [row for row in english if row["object"]["id"].endswith(str(both.single.key))][0]
    assert chosen["object"]["definition"]["name"] == {"en": ENGLISH[0]}
    assert chosen["result"]["response"] == pages.option_id(both.single, 1)
    assert chosen["object"]["definition"]["choices"][0]["description"] == {"en": ENGLISH[1]}
    assert Result.objects.get(learner=both.learner, activity_key=both.key).passed_at is not None


def test_attempts_are_counted_over_languages_and_an_open_one_goes_on_as_it_began() -> None:
    both = Bilingual(attempts_allowed=1)
    both.translate(both.single)
    both.publish()
    attempt = both.begin(both.page)
    page = both.client.get(both.quiz.url).content.decode()
    assert "Câu hỏi bằng ngôn ngữ: English" in page
    assert "English" not in both.client.get(both.page.url).content.decode().split("<main")[1].split("</main")[0]
    assert both.begin(both.quiz) == attempt
    assert ENGLISH[0] in both.client.get(address(attempt)).content.decode()
    both.client.post(address(attempt), both.form("mật khẩu"))
    with pytest.raises(NoAttemptsLeft):
        open_attempt(both.learner, both.key, act_id=uuid.uuid4(), at=pages.AT, language="vi")


def test_what_is_not_translated_is_asked_as_it_is_and_marked_and_its_editor_is_told() -> None:
    both = Bilingual()
    both.translate(both.single)
    draft = both.short.copy_for_translation(both.other)
    draft.save()
    client = pages.editor()
    answer = client.post(
        reverse("wagtailadmin_pages:edit", args=[both.page.pk]),
        {
            "title": "Final quiz",
            "slug": both.page.slug,
            "intro": "",
            "comments-TOTAL_FORMS": "0",
            "comments-INITIAL_FORMS": "0",
            "action-publish": "1",
        },
        follow=True,
    )
    told = [str(message) for message in answer.context["messages"]]
    (left,) = [text for text in told if "ngôn ngữ của bản gốc" in text]
    assert "Ngân hàng gọi điện hỏi mã OTP. (Chưa dịch)" in left and "Cái gì giữ kín? (Chưa xuất bản)" in left
    assert ENGLISH[0] not in left

    attempt = both.begin(both.page)
    html = both.client.get(address(attempt)).content.decode()
    assert f'<legend lang="en">{ENGLISH[0]}' in html and '<span lang="vi">Cái gì giữ kín?</span>' in html
    both.client.post(address(attempt), both.form("Mật khẩu"))
    attempt.refresh_from_db()
    assert attempt.raw == 3
    (typed,) = [row for row in statements(attempt) if row["object"]["id"].endswith(str(both.short.key))]
    assert typed["object"]["definition"]["name"] == {"vi": "Cái gì giữ kín?"}


def test_a_translation_with_other_options_or_another_right_answer_is_not_asked() -> None:
    both = Bilingual()
    row = both.translate(both.single)
    other = both.translate(both.statement)
    assert [one.words for one in questions_of(both.page)] == [Words.DONE, Words.DONE, Words.MISSING]
    row.options[0].value["right"], row.options[1].value["right"] = True, False
    pages.publish(row)
    other.answer = True
    pages.publish(other)
    found = questions_of(both.page)
    assert [one.words for one in found] == [Words.APART, Words.APART, Words.MISSING]
    both.publish()
    shown = QuizVersion.published(both.key, "en")[0].shown["questions"]
    assert [(one["prompt"], one.get("language")) for one in shown] == [(q.prompt, "vi") for q in both.questions]
    assert [one["shown"]["language"] for one in shown] == ["vi"] * 3
    # The original is published again: its translation is still asked, and its editor is told.
    both.translate(both.short)
    assert questions_of(both.page)[2].words is Words.DONE
    pages.publish(both.short)
    assert questions_of(both.page)[2].words is Words.OLDER


def test_a_question_in_two_languages_is_in_a_quiz_once() -> None:
    both = Bilingual()
    row = both.translate(both.single)
    quiz = pages.fresh(both.quiz)
    quiz.items.add(QuizItem(question=Question.objects.rows().get(pk=row.pk)))
    with pytest.raises(NotPublishable, match="cùng một câu hỏi bằng hai ngôn ngữ"):
        pages.publish(quiz)


def test_the_form_of_a_translation_lists_its_questions_and_drafts_are_made_of_the_missing() -> None:
    both = Bilingual()
    both.translate(both.single)
    client = pages.editor()
    html = client.get(reverse("wagtailadmin_pages:edit", args=[both.page.pk])).content.decode()
    listing = reverse("bdhvs_quiz_translations", args=[both.page.pk])
    assert ENGLISH[0] in html and "Đã dịch" in html and html.count("Chưa dịch") == 2 and listing in html
    assert 'name="pass_percent"' not in html and "items-TOTAL_FORMS" not in html and "alignments-TOTAL" not in html
    original = client.get(reverse("wagtailadmin_pages:edit", args=[both.quiz.pk])).content.decode()
    assert 'name="pass_percent"' in original and "items-TOTAL_FORMS" in original and "Chưa dịch" not in original
    assert "?locale=vi" in original, "the chooser begins with questions of the page's language"

    assert "Tạo bản nháp của 2 câu hỏi" in client.get(listing).content.decode()
    answer = client.post(listing, follow=True)
    assert answer.status_code == 200 and "Chưa dịch" not in answer.content.decode()
    rows = Question.objects.filter(locale=both.other).order_by("pk")
    assert [(type(row), row.live) for row in rows][1:] == [(type(both.statement), False), (ShortTextQuestion, False)]
    assert [row.key for row in rows] == [question.key for question in both.questions]
    assert client.post(listing, follow=True).status_code == 200
    assert Question.objects.filter(locale=both.other).count() == 3
    # The original has no such list, and who may not edit the page has none either.
    away = client.get(reverse("bdhvs_quiz_translations", args=[both.quiz.pk]))
    assert away["Location"] == reverse("wagtailadmin_pages:edit", args=[both.quiz.pk])
    assert both.client.post(listing).status_code in (302, 403)


def test_the_originals_options_are_taken_over_and_translated_words_stay() -> None:
    both = Bilingual()
    row, statement = both.translate(both.single), both.translate(both.statement)
    source = pages.fresh(both.single)
    first, second, third = source.options.get_prep_value()
    new = {"type": "option", "id": str(uuid.uuid4()), "value": {"text": "Gọi công an", "right": False, "feedback": ""}}
    source.options = [third, first, second, new]
    pages.publish(source)
    both.statement.answer = True
    pages.publish(both.statement)
    assert [one.words for one in questions_of(both.page)][:2] == [Words.APART, Words.APART]
    client, listing = pages.editor(), reverse("bdhvs_quiz_translations", args=[both.page.pk])
    assert client.get(listing).content.decode().count("Lấy các lựa chọn của bản gốc") == 2
    answer = client.post(listing, {"renew": str(row.pk)}, follow=True)
    assert answer.redirect_chain[-1][0].endswith(f"/edit/{row.pk}/") and ENGLISH[0] in answer.content.decode()
    client.post(listing, {"renew": str(statement.pk)})
    # A draft only: learners meet it when it is published.
    assert questions_of(both.page)[0].words is Words.APART
    for question in (row, statement):
        pages.fresh(question).get_latest_revision().publish()
    renewed = pages.fresh(row)
    texts = [block.value["text"] for block in renewed.options]
    assert texts == [ENGLISH[3], ENGLISH[1], ENGLISH[2], "Gọi công an"]
    assert [block.value["right"] for block in renewed.options] == [False, False, True, False]
    assert renewed.prompt == ENGLISH[0] and pages.fresh(statement).answer is True
    assert [one.words.asked for one in questions_of(both.page)][:2] == [True, True]
    # Pressed again, or of another quiz: nothing to do.
    assert client.post(listing, {"renew": str(row.pk)})["Location"] == listing
    assert client.post(listing, {"renew": "x"})["Location"] == listing


def test_the_bank_says_and_filters_by_language() -> None:
    both = Bilingual()
    both.translate(both.single)
    client, bank = pages.editor(), reverse("wagtailsnippets_bdhvs_quiz_question:list")
    every = client.get(bank).content.decode()
    assert ENGLISH[0] in every and both.single.prompt in every
    english = client.get(bank, {"locale": "en"}).content.decode()
    assert ENGLISH[0] in english and both.single.prompt not in english


def test_a_wrong_answer_is_one_in_whichever_languages_it_was_read() -> None:
    both = Bilingual()
    both.translate(both.single)
    both.publish()
    course = Course.objects.get(key=both.course.translation_key)
    for language in ("en", "vi"):
        learner = pages.enrolled(both.course, f"hoc-{language}")
        attempt = open_attempt(learner, both.key, act_id=uuid.uuid4(), at=pages.AT, language=language)
        wrong = {str(both.single.key): pages.option_id(both.single, 0)}
        submit(attempt, learner, wrong, act_id=uuid.uuid4(), at=pages.AT)
    learners, activities = list(Learner.objects.all()), list(course.activities.all())
    for reader, words in (("vi", ("Đọc cho họ", both.single.prompt)), ("en", (ENGLISH[1], ENGLISH[0]))):
        with translation.override(reader):
            found = hardest_questions(learners, activities, 9)
        (asked,) = [one for one in found if one.question.text == words[1]]
        assert (asked.answered, asked.wrong, asked.chosen) == (2, 2, ((words[0], 2),))


def test_files_and_packs_are_in_the_language_that_was_asked_for() -> None:
    both = Bilingual()
    both.translate(both.single)
    both.publish()
    plain = [plain_quiz(QuizVersion.published(both.key, language)[0]).quiz for language in ("en", "vi", "de")]
    assert [quiz.language for quiz in plain] == ["en", "vi", "vi"]
    assert [quiz.questions[0].prompt for quiz in plain] == [ENGLISH[0], both.single.prompt, both.single.prompt]
    assert [quiz.title for quiz in plain] == ["Final quiz", both.quiz.title, both.quiz.title]


def test_what_is_not_translated_begins_in_the_words_of_the_original() -> None:
    both = Bilingual()
    assert list(QuizVersion.objects.values_list("language", flat=True)) == ["vi"]
    attempt = open_attempt(both.learner, both.key, act_id=uuid.uuid4(), at=pages.AT, language="en")
    assert attempt.references["language"] == "vi"


def test_what_belongs_together_has_one_id_in_both_languages_and_numbers_are_the_originals() -> None:
    """A translation is in other words: an answer to it has to mean the same."""
    other, _made = Locale.objects.get_or_create(language_code="en")
    match, number = kinds.matching(), kinds.numeric(numbers=[{"number": "12", "credit": "1/2", "feedback": "Gần."}])
    rows = [row.copy_for_translation(other) for row in (match, number)]
    for block, text in zip(rows[0].pairs, ("Police", "Fire brigade", "Ambulance"), strict=False):
        block.value["right"] = text
    rows[0].pairs[3].value = "Bank"
    for row in rows:
        row.save()
        pages.publish(row)
    assert fits(match, pages.fresh(rows[0]))
    pairs = [*kinds.pairs(kinds.PAIRS), *kinds.pairs([("117", "Hỏi đáp")], ["Ngân hàng"])]
    match.pairs = pairs
    number.answers = [{**number.answers.get_prep_value()[0], "value": {"number": "13", "tolerance": "", "credit": ""}}]
    match, number = pages.publish(match), pages.publish(number)
    assert not fits(match, pages.fresh(rows[0]))
    drafts = [renewed(source, row) for source, row in zip((match, number), rows, strict=True)]
    words = [right for _place, _left, right in drafts[0].rows()]
    assert words == ["Police", "Fire brigade", "Ambulance", "Hỏi đáp", "Bank"]
    drafts[0].pairs[3].value["right"] = "Enquiries"
    assert fits(match, drafts[0])
    assert fits(number, drafts[1])
    assert drafts[1].answers.get_prep_value()[0]["value"]["number"] == "13"


def test_a_translation_counts_by_the_marks_and_questions_of_its_original() -> None:
    both = Bilingual(show_answers="after_each", pass_percent=30)
    competency = five()[0]
    about(both.single, competency)
    about(both.short, competency)
    for question in both.questions:
        both.translate(question)
    both.quiz = pages.fresh(both.quiz)
    both.quiz.alignments = [QuizAlignment(competency=competency, pass_percent=100)]
    both.quiz = pages.publish(both.quiz)
    both.publish()
    newest_number = QuizVersion.objects.order_by("-number").values_list("number", flat=True)[0]
    rows = QuizVersion.objects.filter(number=newest_number)
    assert {row.language for row in rows} == {"vi", "en"}
    first, second = ([one.get("competencies") for one in row.shown["questions"]] for row in rows)
    assert first == second == [[iri("A1")], None, [iri("A1")]]
    assert rows[0].shown["marks"] == rows[1].shown["marks"]
    attempt = open_attempt(both.learner, both.key, act_id=uuid.uuid4(), at=pages.AT, language="en")
    assert attempt.version.language == "en"
    right = {str(both.single.key): pages.option_id(both.single, 1), str(both.statement.key): "false"}
    submit(attempt, both.learner, right, act_id=uuid.uuid4(), at=pages.AT)
    [mark] = verdict(attempt)["result"]["extensions"][EXTENSION]
    assert (mark["raw"], mark["max"], mark["reached"]) == (1, 2, False)
