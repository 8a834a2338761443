"""A question written beside the chooser: what it becomes, what is refused, and for whom. In a browser:
tests/e2e/test_writing_fast.py."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.models import Locale

from bdhvs_lms.plugins.api import question_types
from bdhvs_quiz.api import Question, SingleChoiceQuestion
from bdhvs_quiz.types.multiple_choice.model import MultipleChoiceQuestion
from bdhvs_quiz.types.short_text.model import ShortTextQuestion
from bdhvs_quiz.types.true_false.model import TrueFalseQuestion
from tests.bdhvs_content import pages
from tests.bdhvs_quiz.test_bank_categories import category, only_in
from tests.bdhvs_quiz.test_bank_work import of_role
from tests.support.loops import for_each

pytestmark = pytest.mark.django_db

CREATE = "wagtailsnippetchoosers_bdhvs_quiz_question:create"
CHOOSE = "wagtailsnippetchoosers_bdhvs_quiz_question:choose"


def send(client: Client, query: str = "", **given: Any) -> Any:
    sent = {"kind": "choice", "prompt": "Ai hỏi mã OTP?", "option-0": "Kẻ lừa đảo", "option-1": "Ngân hàng"}
    return client.post(f"{reverse(CREATE)}{query}", {**sent, **given})


def test_one_right_option_makes_a_single_choice_and_two_a_multiple_one() -> None:
    client = of_role()
    answer = send(client, **{"right-0": "on", "feedback-1": "Không bao giờ.", "explanation": "Vì sao."})
    row = SingleChoiceQuestion.objects.get()
    assert (answer.status_code, answer.json()["id"], answer.json()["draft"]) == (200, str(row.pk), False)
    assert (row.live, row.author.username, row.explanation, row.problems()) == (True, "bien-tap", "Vì sao.", [])
    assert [(block.value["text"], block.value["right"], block.value["feedback"]) for block in row.options] == [
        ("Kẻ lừa đảo", True, ""),
        ("Ngân hàng", False, "Không bao giờ."),
    ]
    send(client, **{"right-0": "on", "right-2": "on", "option-2": "Người lạ"})
    assert MultipleChoiceQuestion.objects.get().live


def test_a_statement_is_true_or_false_and_the_language_is_the_quizs() -> None:
    Locale.objects.create(language_code="en")
    answer = send(of_role(), "?multiple=1&locale=en", kind="true-false", prompt="Banks ask for codes.", truth="no")
    assert answer.status_code == 200
    row = TrueFalseQuestion.objects.get()
    assert (row.answer, row.locale.language_code) == (False, "en")


def test_a_short_answer_takes_one_accepted_answer_a_line() -> None:
    answer = send(of_role(), kind="short", prompt="Gọi cấp cứu số mấy?", answers="115\n\n một một năm \n")
    assert answer.status_code == 200, answer.content.decode()
    row = ShortTextQuestion.objects.get()
    assert (row.live, row.problems()) == (True, [])
    kind = question_types.get(row.kind)
    shown, key = kind.compile(row)
    plain = kind.plain(shown, key)
    assert [one.text for one in plain.answers] == ["115", "một một năm"]


@for_each(
    ("given", "said"),
    [
        ({"prompt": " "}, "Hãy viết câu hỏi trước."),
        ({}, "Chưa có đáp án đúng"),
        ({"option-1": "", "right-0": "on"}, "Cần ít nhất hai phương án để chọn."),
        ({"option-1": "Kẻ lừa đảo", "right-0": "on"}, "Hai phương án giống nhau"),
        ({"option-1": "x" * 301, "right-0": "on"}, "300"),
        ({"kind": "true-false"}, "Hãy chọn câu này đúng hay sai."),
        ({"kind": "strange"}, "strange"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_words_and_leaves_no_row(given: dict[str, str], said: str) -> None:
    answer = send(of_role(), **given)
    assert answer.status_code == 422
    assert said in " ".join(answer.json()["errors"])
    assert not Question.objects.exists()


def test_it_is_for_who_may_add_there_and_published_by_who_may_publish_there() -> None:
    mine, other = category("Của tôi"), category("Của họ")
    viewer = only_in(mine, ("view",), "xem")
    assert "data-quick-question" not in viewer.get(reverse(CHOOSE), {"multiple": "1"}).json()["html"]
    assert send(viewer, **{"right-0": "on"}).status_code == 422
    writer = only_in(mine, ("add",), "viet")
    page = writer.get(reverse(CHOOSE), {"multiple": "1"}).json()["html"]
    assert "Viết câu hỏi mới" in page
    assert "data-quick-question" in page
    answer = send(writer, category=str(other.pk), **{"right-0": "on"})
    row = SingleChoiceQuestion.objects.get()
    assert (answer.json()["draft"], row.live, row.collection) == (True, False, mine)
    two = only_in(category("Khác", mine), ("add", "publish"), "hai")
    assert send(two, **{"right-0": "on"}).json()["draft"] is False
    nobody = only_in(mine, (), "khong")
    assert send(nobody, **{"right-0": "on"}).status_code == 302
    assert Question.objects.count() == 2
    # One is chosen in place of another: nothing is written there.
    assert "data-quick-question" not in writer.get(reverse(CHOOSE)).json()["html"]
    assert writer.get(reverse(CREATE)).status_code == 405


def test_the_chooser_begins_with_the_newest_and_keeps_the_order_of_ticking() -> None:
    rows = [pages.question(f"Câu {number}?") for number in range(3)]
    client = pages.editor()
    page = client.get(reverse(CHOOSE), {"multiple": "1"}).json()["html"]
    assert page.index("Câu 2?") < page.index("Câu 1?") < page.index("Câu 0?")
    address = reverse("wagtailsnippetchoosers_bdhvs_quiz_question:chosen_multiple")
    ticked = [rows[2].pk, rows[0].pk, rows[1].pk, rows[2].pk, rows[0].pk, "x"]
    chosen = client.get(address, {"id": ticked}).json()["result"]
    assert [row["string"] for row in chosen] == ["Câu 1?", "Câu 2?", "Câu 0?"]
