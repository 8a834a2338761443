"""A bank with questions of several types, one of them a stranger's."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from plugin_example.models import NumberQuestion
from wagtail.models import Locale
from wagtail.test.utils.form_data import nested_form_data

from bdhvs_quiz.actions import open_attempt
from bdhvs_quiz.api import Question, SingleChoiceQuestion, real_questions
from bdhvs_quiz.models import Attempt, QuizVersion
from tests.bdhvs_content import pages
from tests.bdhvs_quiz.helpers import address

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def number(prompt: str = "Gọi cấp cứu số mấy?", answer: str = "115") -> NumberQuestion:
    row = NumberQuestion(prompt=prompt, answer=Decimal(answer), live=False, locale=Locale.get_default())
    row.save()
    row.save_revision().publish()
    return NumberQuestion.objects.get(pk=row.pk)


def test_a_list_of_the_bank_gives_each_row_its_own_class() -> None:
    rows = [pages.question(), number()]
    assert [type(row) for row in Question.objects.order_by("pk")] == [SingleChoiceQuestion, NumberQuestion]
    real = real_questions([row.pk for row in rows])
    assert [type(real[row.pk]) for row in rows] == [SingleChoiceQuestion, NumberQuestion]


def test_deleting_across_types_takes_every_row_of_both_tables() -> None:
    """By a queryset, as a shell or a loader does. PostgreSQL would refuse a subclass's row left behind."""
    rows = [pages.question("Một?"), number("Hai?"), pages.question("Ba?"), number("Bốn?")]
    kept = [pages.question("Còn?"), number("Cũng còn?")]
    Question.objects.filter(pk__in=[row.pk for row in rows]).delete()
    assert {row.pk for row in Question.objects.non_polymorphic()} == {row.pk for row in kept}
    assert SingleChoiceQuestion.objects.non_polymorphic().count() == 1
    assert NumberQuestion.objects.non_polymorphic().count() == 1
    connection.check_constraints()


def test_a_strangers_questions_are_made_copied_and_listed_in_the_bank() -> None:
    client = pages.editor()
    picker = client.get(reverse("wagtailsnippets_bdhvs_quiz_question:add"))
    assert picker.status_code == 200
    add = reverse("wagtailsnippets_plugin_example_numberquestion:add")
    assert add in picker.content.decode()
    form = nested_form_data(
        {"prompt": "Số?", "explanation": "", "answer": "113", "tolerance": "0", "unit": "", "action-publish": "1"}
    )
    assert client.post(add, form).status_code == 302
    row = NumberQuestion.objects.get()
    assert (row.live, row.type_key) == (True, "plugin_example.number")
    copy = reverse("wagtailsnippets_plugin_example_numberquestion:copy", args=[row.pk])
    assert client.post(copy, form | {"prompt": "Số khác?"}).status_code == 302
    assert [row.prompt for row in NumberQuestion.objects.order_by("pk")] == ["Số?", "Số khác?"]
    page = client.get(reverse("wagtailsnippets_bdhvs_quiz_question:list")).content.decode()
    assert "Số khác?" in page
    led = client.get(reverse("wagtailsnippets_bdhvs_quiz_question:edit", args=[row.pk]))
    assert led["Location"] == reverse("wagtailsnippets_plugin_example_numberquestion:edit", args=[row.pk])


def test_a_quiz_of_several_types_is_taken_to_its_result() -> None:
    course = pages.course(pages.catalog())
    choice, count = pages.question(), number()
    pages.quiz(course, [choice, count], pass_percent=100)
    pages.enrolled(course)
    client = pages.client_of("lan")
    from tests.support.world import uid

    key = QuizVersion.objects.get().activity_key
    attempt = open_attempt(pages.learners.learner_for_actor(uid("lan")), key, act_id=uid("act"), at=pages.AT)
    page = client.get(address(attempt)).content.decode()
    assert f'name="q-{count.key}"' in page
    form: dict[str, Any] = {
        f"q-{choice.key}": pages.option_id(choice, 1),
        f"q-{count.key}": "115",
        "do": "submit",
        "act_id": str(uid("form")),
    }
    assert client.post(address(attempt), form)["Location"] == address(attempt, "result")
    row = Attempt.objects.get()
    assert (row.raw, row.success) == (Decimal(2), True)
    assert client.get(address(attempt, "result")).status_code == 200


def test_publishing_costs_queries_per_type_and_not_per_question() -> None:
    course = pages.course(pages.catalog())
    counts = []
    for each in (1, 10):
        rows = [pages.question(f"Câu {each} {place}?") for place in range(each)]
        rows += [number(f"Số {each} {place}?") for place in range(each)]
        quiz = pages.quiz(course, rows, f"Bài {each}", live=False)
        with CaptureQueriesContext(connection) as queries:
            quiz.published_content()
        counts.append(len(queries))
    assert counts[0] == counts[1]
