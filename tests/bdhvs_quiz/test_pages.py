"""The learner's way through a quiz without a script, address by address."""

from __future__ import annotations

import re
import uuid
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from bdhvs_lms.attempts.api import give_extra_attempt
from bdhvs_lms.courses.api import Activity, enrol
from bdhvs_quiz.actions import open_attempt, submit
from bdhvs_quiz.models import Attempt, AttemptStep, QuizVersion
from tests.bdhvs_content import pages
from tests.bdhvs_quiz.helpers import GROUND, Taking, address
from tests.support.markup import html_of

pytestmark = pytest.mark.django_db
ground = GROUND.once(5)


def text(response: Any) -> str:
    content: str = html_of(response)
    return content


def test_from_the_quiz_page_to_the_result() -> None:
    taking = Taking()
    page = taking.client.get(taking.quiz.url)
    response = taking.client.post(taking.begin_address(), {"act_id": str(page.context["act_id"])})
    attempt = Attempt.objects.get()
    assert (response.status_code, response["Location"]) == (303, address(attempt))

    page = taking.client.get(address(attempt))
    assert page.status_code == 200
    assert text(page).count('type="radio"') == 15

    response = taking.client.post(address(attempt), taking.form(4))
    assert (response.status_code, response["Location"]) == (303, address(attempt, "result"))
    with translation.override("vi"):
        result = text(taking.client.get(address(attempt, "result")))
    assert "Nhận xét 1" in result
    assert "Ai có mã là lấy được tiền." in result
    assert "4/5" in result


def test_the_quiz_pages_button_never_makes_a_second_open_attempt() -> None:
    taking = Taking()
    keys = {str(taking.client.get(taking.quiz.url).context["act_id"]) for _ in range(2)}
    assert len(keys) == 1, "two tabs are one act"
    for key in (*keys, str(uuid.uuid4())):
        taking.client.post(taking.begin_address(), {"act_id": key})
    assert Attempt.objects.count() == 1


def test_double_submit_and_the_back_button_lead_to_the_first_result() -> None:
    taking = Taking()
    attempt = taking.open()
    first = taking.form(5)
    for form in (first, first, taking.form(0)):
        response = taking.client.post(address(attempt), form)
        assert (response.status_code, response["Location"]) == (303, address(attempt, "result"))
    assert Attempt.objects.get().raw == Decimal(5)
    response = taking.client.get(address(attempt))
    assert (response.status_code, response["Location"]) == (303, address(attempt, "result"))


def test_what_is_unanswered_is_listed_before_it_is_handed_in() -> None:
    taking = Taking()
    attempt = taking.open()
    response = taking.client.post(address(attempt), taking.form(3, answered=3))
    assert response.status_code == 303
    assert Attempt.objects.get().submitted_at is None
    page = taking.client.get(response["Location"])
    assert "Câu 4?" in text(page)
    assert "Câu 5?" in text(page)
    assert "Câu 3?" not in text(page)

    form = {name: str(page.context[name]) for name in ("act_id", "base")} | {"confirmed": "1", "do": "submit"}
    response = taking.client.post(address(attempt), form)
    assert response["Location"] == address(attempt, "result")
    assert Attempt.objects.get().raw == Decimal(3)


def test_saving_keeps_the_answers_and_says_when() -> None:
    taking = Taking()
    attempt = taking.open()
    response = taking.client.post(address(attempt), taking.form(2, answered=2, do="save"))
    assert response["Location"] == f"{address(attempt)}#saved"
    page = text(taking.client.get(address(attempt)))
    assert page.count(" checked") == 2
    assert 'id="saved"' in page


def test_saving_for_later_leads_to_the_quizs_page_which_says_how_far_it_is() -> None:
    taking = Taking()
    attempt = taking.open()
    response = taking.client.post(address(attempt), taking.form(2, answered=2, do="later"), follow=True)
    assert response.redirect_chain == [(taking.quiz.url, 303)]
    page = text(response)
    assert "Bài này đang làm dở." in page
    assert '<span class="half" aria-hidden="true">◐</span> Đang làm ' in page, "as its type says it"
    assert "Đã trả lời 2/5 câu" in page
    assert re.search(r"câu</span> · <span id=\"saved\">Đã lưu lúc ", page)
    assert "Làm tiếp" in page


def test_the_quiz_page_lists_the_last_results_and_links_to_all_of_them() -> None:
    taking = Taking(1)
    for _attempt in range(27):
        submit(taking.open().uuid, taking.learner, {}, act_id=uuid.uuid4(), at=pages.AT)
    counts = []
    for path, listed in (
        ("", 5),
        ("?truoc-luot=28", 20),
        ("?truoc-luot=8", 7),
        ("?truoc-luot=x", 5),
        ("?truoc-luot=0", 0),
    ):
        with CaptureQueriesContext(connection) as queries:
            page = text(taking.client.get(taking.quiz.url + path))
        counts.append(len(queries))
        assert page.count("/ket-qua/") == listed + 1, path  # one is the tab's
    assert counts[1] == counts[2] <= counts[0]
    page = text(taking.client.get(taking.quiz.url))
    assert '<a href="?truoc-luot=28#results">Xem tất cả 27 kết quả</a>' in page
    assert '<a href="?truoc-luot=8#results">Kết quả cũ hơn</a>' in text(
        taking.client.get(f"{taking.quiz.url}?truoc-luot=28")
    )


def test_the_result_is_not_to_be_had_before_submitting() -> None:
    taking = Taking()
    attempt = taking.open()
    response = taking.client.get(address(attempt, "result"))
    assert (response.status_code, response["Location"]) == (303, address(attempt))


@pytest.mark.parametrize("name", ["attempt", "result"])
def test_somebody_elses_and_an_unknown_attempt_look_the_same(name: str) -> None:
    taking = Taking()
    attempt = taking.open()
    other = pages.person("minh")
    enrol(other, taking.course.translation_key, at=pages.AT)
    client = pages.client_of("minh")
    theirs = client.get(address(attempt, name))
    nobodys = client.get(reverse(f"bdhvs_quiz:{name}", args=[uuid.uuid4()]))
    assert theirs.status_code == nobodys.status_code == 404
    assert "<h1>" in text(theirs)
    assert client.post(address(attempt), taking.form(5)).status_code == 404
    assert Attempt.objects.get().submitted_at is None


def test_visitors_sign_in_first(client: Any) -> None:
    taking = Taking()
    attempt = taking.open()
    for target in (client.get(address(attempt)), client.post(taking.begin_address(), {"act_id": str(uuid.uuid4())})):
        assert target.status_code == 302
        assert target["Location"].startswith(reverse("bdhvs_lms:sign-in"))


def test_beginning_without_enrolment_is_403_and_the_page_offers_to_enrol() -> None:
    taking = Taking()
    pages.person("minh")
    client = pages.client_of("minh")
    page = text(client.get(taking.quiz.url))
    assert reverse("bdhvs_content:enrol", args=[taking.course.translation_key]) in page
    assert taking.begin_address() not in page
    assert client.post(taking.begin_address(), {"act_id": str(uuid.uuid4())}).status_code == 403
    assert not Attempt.objects.exists()


def test_no_attempts_left_is_a_page_and_the_button_is_gone() -> None:
    taking = Taking(1, {"attempts_allowed": 1})
    attempt = taking.open()
    taking.client.post(address(attempt), taking.form(0))
    assert taking.begin_address() not in text(taking.client.get(taking.quiz.url))
    response = taking.client.post(taking.begin_address(), {"act_id": str(uuid.uuid4())})
    assert response.status_code == 409
    assert taking.quiz.url in text(response)
    # The teacher allows one more: the core knows the limit, for it was pushed.
    assert Activity.objects.get(key=taking.quiz.translation_key).attempts_allowed == 1
    give_extra_attempt(taking.learner, taking.quiz.translation_key, act_id=uuid.uuid4(), by=None, at=pages.AT)
    assert taking.begin_address() in text(taking.client.get(taking.quiz.url))
    assert taking.client.post(taking.begin_address(), {"act_id": str(uuid.uuid4())}).status_code == 303
    assert Attempt.objects.count() == 2


@pytest.mark.parametrize(
    "change",
    [
        {"act_id": ""},
        {"act_id": "xyz"},
        {"do": ""},
        {"do": "delete"},
    ],
)
def test_a_broken_form_is_a_page_with_400_and_changes_nothing(change: dict[str, str]) -> None:
    taking = Taking()
    attempt = taking.open()
    response = taking.client.post(address(attempt), {**taking.form(5), **change})
    assert response.status_code == 400
    assert "<h1>" in text(response)
    assert AttemptStep.objects.count() == 1


@pytest.mark.parametrize("value", ["không có", "' OR 1=1 --", "\x00", "a" * 5000])
def test_an_answer_that_is_not_among_the_options_is_said_beside_its_question(value: str) -> None:
    taking = Taking()
    attempt = taking.open()
    name = f"q-{taking.questions[1].key}"
    response = taking.client.post(address(attempt), {**taking.form(5), name: value})
    assert response.status_code == 400
    page = text(response)
    assert f'<a href="#{name}">' in page
    assert f'id="{name}-error"' in page
    assert page.count(" checked") == 4, "the other answers are not lost"
    assert Attempt.objects.get().submitted_at is None


def test_two_values_for_one_question_are_refused() -> None:
    taking = Taking()
    attempt = taking.open()
    row = taking.questions[0]
    form: dict[str, Any] = taking.form(5)
    form[f"q-{row.key}"] = [pages.option_id(row, 0), pages.option_id(row, 1)]
    assert taking.client.post(address(attempt), form).status_code == 400


def test_wrong_methods_are_pages() -> None:
    taking = Taking()
    attempt = taking.open()
    for response, allowed in (
        (taking.client.get(taking.begin_address()), "POST"),
        (taking.client.post(address(attempt, "result")), "GET, HEAD"),
        (taking.client.delete(address(attempt)), "GET, HEAD, POST"),
    ):
        assert (response.status_code, response["Allow"]) == (405, allowed)
        assert "<h1>" in text(response)


def test_answers_do_not_come_out_of_a_cache() -> None:
    taking = Taking()
    attempt = taking.open()
    assert "no-store" in taking.client.get(address(attempt))["Cache-Control"]


def test_the_verdict_comes_first_then_what_next_then_the_questions() -> None:
    taking = Taking()
    attempt = taking.open()
    taking.client.post(address(attempt), taking.form(2))
    page = text(taking.client.get(address(attempt, "result")))
    verdict, what_next, questions = page.index("2/5"), page.index(taking.quiz.url), page.index("Câu 1?")
    assert verdict < what_next < questions


def test_costs_do_not_grow_with_the_questions() -> None:
    counts: list[list[int]] = []
    taking = Taking(5)
    for count in (5, 20):
        if counts:
            _longer(taking, count)
        attempt = taking.open()
        taking.client.get(taking.quiz.url)
        per_page = []
        for target in (taking.quiz.url, address(attempt), f"{address(attempt)}?buoc=nop"):
            with CaptureQueriesContext(connection) as queries:
                assert taking.client.get(target).status_code == 200
            per_page.append(len(queries))
        taking.client.post(address(attempt), taking.form(count))
        with CaptureQueriesContext(connection) as queries:
            assert taking.client.get(address(attempt, "result")).status_code == 200
        per_page.append(len(queries))
        counts.append(per_page)
    assert counts[0] == counts[1]
    assert max(counts[0]) <= 24


def _longer(taking: Taking, count: int) -> None:
    taking.questions = [pages.question(f"Câu dài {number}?") for number in range(count)]
    taking.count = count
    taking.quiz = pages.quiz(taking.course, taking.questions, "Bài dài")


def test_a_preview_shows_the_questions_and_writes_nothing() -> None:
    from wagtail.test.utils.form_data import inline_formset, nested_form_data

    taking = Taking(2)
    client = pages.editor()
    target = reverse("wagtailadmin_pages:preview_on_edit", args=[taking.quiz.pk])
    form = nested_form_data(
        {
            "title": "Xem trước",
            "slug": "xem-truoc",
            "intro": "",
            "pass_percent": "80",
            "attempts_allowed": "0",
            "wait_minutes": "0",
            "grade_from": "best",
            "required": "on",
            "items": inline_formset(
                [{"question": row.pk, "ORDER": place} for place, row in enumerate(taking.questions)]
            ),
            "alignments": inline_formset([]),
            "overall_feedback": inline_formset([]),
            "draws": inline_formset([]),
            "comments": inline_formset([]),
        }
    )
    assert client.post(target, form).json()["is_valid"]
    new = reverse("wagtailadmin_pages:preview_on_add", args=["bdhvs_quiz", "quizpage", taking.course.pk])
    assert client.post(new, form).json()["is_valid"]
    for page in (text(client.get(target)), text(client.get(new))):
        assert "Câu 2?" in page
        assert "bai-kiem-tra/" not in page
    assert (QuizVersion.objects.count(), Attempt.objects.count()) == (1, 0)


def test_a_failed_quiz_leads_to_the_lessons_before_it_and_what_is_unanswered_is_called_so() -> None:
    taking = Taking(3)
    first, second = (pages.lesson(taking.course, f"Bài {number}") for number in (1, 2))
    between = pages.quiz(taking.course, taking.questions, "Giữa khóa")
    third = pages.lesson(taking.course, "Bài 3")
    last = pages.quiz(taking.course, taking.questions, "Cuối khóa")
    later = pages.lesson(taking.course, "Bài 4")
    for quiz, named in ((taking.quiz, []), (between, [first, second]), (last, [third])):
        attempt = open_attempt(taking.learner, quiz.translation_key, act_id=uuid.uuid4(), at=pages.AT)
        submit(attempt.uuid, taking.learner, taking.responses(1, answered=2), act_id=uuid.uuid4(), at=pages.AT)
        page = text(taking.client.get(address(attempt, "result")))
        links = [lesson.url for lesson in (first, second, third, later) if f'<a href="{lesson.url}"' in page]
        assert links == [lesson.url for lesson in named], quiz.title
        statuses = re.findall(r'<span aria-hidden="true">([✓✗○])</span> ([^<]+)</span></p>', page)
        assert statuses == [("✓", "Đúng"), ("✗", "Chưa đúng"), ("○", "Chưa trả lời")]
    passed = open_attempt(taking.learner, last.translation_key, act_id=uuid.uuid4(), at=pages.AT)
    submit(passed.uuid, taking.learner, taking.responses(3), act_id=uuid.uuid4(), at=pages.AT)
    assert f'<a href="{third.url}"' not in text(taking.client.get(address(passed, "result")))
