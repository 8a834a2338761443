"""What translating, aliasing, copying, moving, unpublishing and deleting a quiz's page does to learners and results."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from wagtail.models import Locale
from wagtail.test.utils.form_data import inline_formset, nested_form_data

from bdhvs_lms.attempts.api import NotOffered
from bdhvs_lms.courses.api import activity
from bdhvs_lms.progress.api import Result
from bdhvs_quiz.api import QuizPage
from bdhvs_quiz.models import QuizVersion
from tests.bdhvs_content import pages
from tests.bdhvs_quiz.helpers import GROUND, Taking, address

pytestmark = [pytest.mark.versions, pytest.mark.django_db]
ground = GROUND.once(2)


def passed(taking: Taking) -> Any:
    """An attempt with everything right, handed in."""
    attempt = taking.open()
    answer = taking.client.post(address(attempt), taking.form(taking.count))
    assert answer.status_code == 303
    attempt.refresh_from_db()
    assert attempt.success
    return attempt


def translated(taking: Taking) -> QuizPage:
    """The English page, with the course and the catalogue it needs; published with other settings than the original."""
    english = Locale.objects.create(language_code="en")
    for page in (taking.course.get_parent().specific, taking.course):
        pages.publish(pages.fresh(page).copy_for_translation(english))
    page = pages.fresh(taking.quiz).copy_for_translation(english)
    page.title, page.intro, page.pass_percent, page.attempts_allowed = "Final quiz", "Take your time.", 10, 1
    published: QuizPage = pages.publish(page)
    return published


def has_passed(taking: Taking) -> bool:
    return Result.objects.get(learner=taking.learner, activity_key=taking.key).passed_at is not None


# --- A translation ---------------------------------------------------------------------------------------------------


def test_a_translation_brings_its_words_and_the_original_all_else() -> None:
    taking = Taking(2, values={"intro": "Từ từ mà làm."})
    page = translated(taking)
    facts = activity(taking.key)
    assert facts.titles == {"vi": "Kiểm tra cuối bài", "en": "Final quiz"}
    assert (facts.max_score, facts.pass_score) == (2, 2)
    rows = list(QuizVersion.objects.order_by("pk"))
    assert [(row.number, row.language) for row in rows] == [(1, "vi"), (2, "vi"), (2, "en")]
    assert {(row.pass_score, row.shown["attempts_allowed"]) for row in rows} == {(2, 0)}

    html = taking.client.get(page.url).content.decode()
    assert "Final quiz" in html and "Take your time." in html and "Từ từ mà làm." not in html
    assert "Correct answers needed to pass: 2." in html and "Attempts left" not in html
    attempt = taking.open()
    with translation.override("en"):
        html = taking.client.get(address(attempt)).content.decode()
    assert "Câu 1?" in html and 'lang="vi"' in html


def test_a_result_counts_for_the_quiz_in_every_language() -> None:
    taking = Taking(2)
    page = translated(taking)
    passed(taking)
    for url in (taking.quiz.url, page.url):
        assert taking.client.get(url).context["standing"].status == "done"
    assert Result.objects.filter(learner=taking.learner).count() == 1


def test_taking_the_translation_away_takes_its_title_only() -> None:
    taking = Taking(2)
    page = translated(taking)
    pages.fresh(page).unpublish()
    assert activity(taking.key).titles == {"vi": "Kiểm tra cuối bài"}
    assert activity(taking.key).active
    pages.fresh(page).delete()
    passed(taking)


def publish_by_form(client: Client, page: QuizPage) -> list[str]:
    """What the editor is told after pressing “publish”."""
    items = [{"id": row.pk, "question": row.question_id, "ORDER": n} for n, row in enumerate(page.items.all())]
    form = nested_form_data(
        {
            "title": page.title,
            "slug": page.slug,
            "intro": page.intro,
            "pass_percent": str(page.pass_percent),
            "attempts_allowed": str(page.attempts_allowed),
            "show_answers": page.show_answers,
            "wait_minutes": "0",
            "grade_from": "best",
            "required": "on",
            "items": inline_formset(items, initial=len(items)),
            "alignments": inline_formset([]),
            "overall_feedback": inline_formset([]),
            "draws": inline_formset([]),
            "comments": inline_formset([]),
            "action-publish": "1",
        }
    )
    answer = client.post(reverse("wagtailadmin_pages:edit", args=[page.pk]), form, follow=True)
    assert answer.status_code == 200
    assert answer.redirect_chain, answer.context["form"].errors
    return [str(message) for message in answer.context["messages"]]


def test_who_publishes_a_translation_is_told_what_of_it_is_used() -> None:
    taking = Taking(2)
    page = translated(taking)
    client = pages.editor()
    notice = "Hỏi những câu nào, điểm đạt, năng lực và mọi thiết lập là của bản gốc, “Kiểm tra cuối bài”"
    assert [notice in text for text in publish_by_form(client, page)].count(True) == 1
    assert not [text for text in publish_by_form(client, pages.fresh(taking.quiz)) if notice in text]


# --- Another place ---------------------------------------------------------------------------------------------------


def test_an_alias_is_the_same_quiz_and_counts_nowhere_else() -> None:
    taking = Taking(2)
    other = pages.course(taking.course.get_parent().specific, "Khóa hai")
    pages.lesson(other)
    alias = pages.fresh(taking.quiz).create_alias(parent=pages.fresh(other))
    attempt = passed(taking)
    answer = taking.client.get(alias.url)
    assert answer.context["standing"].status == "done"
    assert reverse("bdhvs_quiz:result", args=[attempt.uuid]) in answer.content.decode()
    assert QuizVersion.objects.count() == 1
    assert activity(taking.key).course.key == taking.course.translation_key


def test_a_copy_is_another_quiz_without_results() -> None:
    taking = Taking(2)
    passed(taking)
    copy = pages.fresh(taking.quiz).copy(update_attrs={"title": "Bản sao", "slug": "ban-sao"}, keep_live=True)
    assert copy.translation_key != taking.key
    assert [row.question_id for row in copy.items.all()] == [row.pk for row in taking.questions]
    assert set(QuizVersion.objects.values_list("activity_key", flat=True)) == {taking.key, copy.translation_key}
    answer = taking.client.get(copy.url)
    assert answer.context["standing"].status == "not_begun"
    # The copy's changes are its own.
    copy = pages.fresh(copy)
    copy.pass_percent = 10
    pages.publish(copy)
    assert (activity(copy.translation_key).pass_score, activity(taking.key).pass_score) == (1, 2)


def test_who_is_taking_it_while_it_moves_hands_in_and_the_result_moves_along() -> None:
    taking = Taking(2)
    pages.lesson(taking.course)
    other = pages.course(taking.course.get_parent().specific, "Khóa hai")
    attempt = taking.open()
    pages.fresh(taking.quiz).move(pages.fresh(other), pos="last-child")
    assert activity(taking.key).course.key == other.translation_key
    assert taking.client.get(address(attempt)).status_code == 200
    assert taking.client.post(address(attempt), taking.form(2)).status_code == 303
    assert has_passed(taking)
    assert QuizVersion.objects.count() == 1


# --- The end ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("end", ["unpublish", "delete"])
def test_what_was_begun_is_finished_and_stays_readable_and_nothing_new_is_begun(end: str) -> None:
    taking = Taking(2)
    attempt = taking.open()
    getattr(pages.fresh(taking.quiz), end)()
    assert not activity(taking.key).active
    assert taking.client.get(address(attempt)).status_code == 200
    assert taking.client.post(address(attempt), taking.form(2)).status_code == 303
    result = taking.client.get(address(attempt, "result"))
    assert result.status_code == 200 and "Câu 1?" in result.content.decode()
    assert has_passed(taking)
    assert taking.client.get(taking.quiz.url).status_code == 404
    with pytest.raises(NotOffered):
        taking.open()
    assert taking.client.get(reverse("bdhvs_lms:my-learning")).status_code == 200


def test_published_again_it_is_the_same_quiz_with_its_results() -> None:
    taking = Taking(2)
    passed(taking)
    pages.fresh(taking.quiz).unpublish()
    page = pages.publish(pages.fresh(taking.quiz))
    assert activity(taking.key).active
    assert QuizVersion.objects.count() == 1, "nothing has changed in it"
    assert taking.client.get(page.url).context["standing"].status == "done"
