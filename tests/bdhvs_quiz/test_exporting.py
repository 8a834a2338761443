"""A published quiz as a file for other systems: who gets it, what is in it, what is said when it cannot be made."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from plugin_example.outline import OutlineFormat

from bdhvs_lms.plugins.api import PlainOption, PlainQuestion, PlainQuiz, question_formats, question_types
from bdhvs_lms.plugins.testing import plugged_in, unplugged
from bdhvs_quiz.api import QuizPage
from bdhvs_quiz.exporting.plain import plain_quiz
from bdhvs_quiz.models import QuizVersion
from bdhvs_quiz.types.true_false.type import TrueFalse
from tests.bdhvs_content import pages
from tests.bdhvs_quiz import kinds

pytestmark = pytest.mark.django_db


def quiz(*questions: Any, live: bool = True, **values: Any) -> QuizPage:
    page: QuizPage = pages.quiz(
        pages.course(pages.catalog()), list(questions) or kinds.one_of_each(), live=live, **values
    )
    return page


def shown_to(client: Any, page: QuizPage) -> str:
    response = client.get(reverse("bdhvs_quiz_export", args=[page.pk]))
    assert response.status_code == 200
    content: str = response.content.decode()
    return content


def fetched(client: Any, page: QuizPage, key: str = OutlineFormat.key) -> Any:
    return client.get(reverse("bdhvs_quiz_export_file", args=[page.pk, key]))


def version() -> QuizVersion:
    return QuizVersion.objects.order_by("-number")[0]


def test_every_built_in_question_is_told_with_what_is_right() -> None:
    quiz(intro="Bốn câu.", pass_percent=75, shuffle_options=True)
    plain = plain_quiz(version())
    assert [question.kind for question in plain.quiz.questions] == ["single", "multiple", "true-false", "short"]
    assert plain.left_out == ()
    single, several, statement, short = plain.quiz.questions
    assert [answer.text for answer in short.answers] == ["115", "Một một năm"]
    assert [option.right for option in single.options].count(True) == 1
    assert [option.right for option in several.options] == [True, False, True, False]
    assert several.options[0] == PlainOption("Mật khẩu dài", True, "Nhận xét kín")
    assert (statement.right, statement.options, statement.explanation) == (False, (), kinds.EXPLANATION)
    assert [question.key for question in plain.quiz.questions] == [row["key"] for row in version().shown["questions"]]
    assert (plain.quiz.language, plain.quiz.intro, plain.quiz.pass_percent) == ("vi", "Bốn câu.", 75)
    assert (plain.quiz.shuffle_questions, plain.quiz.shuffle_options) == (False, True)


def test_an_editor_gets_what_is_published_as_a_file() -> None:
    page = quiz(kinds.true_false("Nên mở đường dẫn lạ."))
    page.title = "Chưa công bố"
    page.save_revision()
    response = fetched(pages.editor(), page)
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert response.headers["Content-Disposition"] == 'attachment; filename="kiem-tra-cuoi-bai.txt"'
    content = response.content.decode()
    assert "Nên mở đường dẫn lạ." in content
    assert "Chưa công bố" not in content


class Untold(TrueFalse):
    """Other systems have nothing like it."""

    def plain(self, shown: Any, key: Any) -> None:
        return None


def test_the_page_says_what_the_file_is_without() -> None:
    page, client = quiz(), pages.editor()
    others = [kind.key for kind in question_formats if kind.key != OutlineFormat.key]
    with (
        unplugged(question_formats, *others),
        unplugged(question_types, TrueFalse.key),
        plugged_in(question_types, Untold),
    ):
        said = shown_to(client, page)
    assert "Hệ thống khác không có dạng câu hỏi như sau" in said
    for_all = said[said.index("Hệ thống khác") :]
    for_all = for_all[: for_all.index("<h2")]
    assert "Ngân hàng gọi điện hỏi mã OTP." in for_all
    assert "Điều gì giữ tài khoản an toàn?" not in for_all


class Stepwise(TrueFalse):
    """Other systems have such a question too, and no format of ours knows it."""

    def plain(self, shown: Any, key: Any) -> PlainQuestion:
        return PlainQuestion("ordering", shown["prompt"], data={"steps": ["Một", "Hai"]})


class StepwiseOutline(OutlineFormat):
    kinds = OutlineFormat.kinds | {"ordering"}


def test_a_format_is_not_handed_a_kind_of_question_that_it_does_not_know() -> None:
    page, client = quiz(kinds.true_false("Xếp các bước."), pages.question("Chọn một?")), pages.editor()
    with unplugged(question_types, TrueFalse.key), plugged_in(question_types, Stepwise):
        assert "Tệp này không có câu:" in shown_to(client, page)
        assert "Xếp các bước." not in fetched(client, page).content.decode()
        with unplugged(question_formats, *(kind.key for kind in question_formats)):
            with plugged_in(question_formats, StepwiseOutline):
                assert "Tệp này không có câu:" not in shown_to(client, page)
                assert "Xếp các bước." in fetched(client, page).content.decode()


def test_nothing_is_exported_before_it_is_published() -> None:
    page, client = quiz(live=False), pages.editor()
    assert "Bài kiểm tra chưa được xuất bản" in shown_to(client, page)
    response = fetched(client, page)
    assert (response.status_code, response.headers["Location"]) == (302, reverse("bdhvs_quiz_export", args=[page.pk]))


def test_a_quiz_that_other_systems_know_nothing_of_is_said() -> None:
    page, client = quiz(kinds.short()), pages.editor()
    assert "Không có câu hỏi nào của bài này ghi được cho hệ thống khác." in shown_to(client, page)
    assert fetched(client, page).status_code == 302


def test_a_question_whose_plugin_is_gone_is_left_out() -> None:
    quiz(kinds.true_false(), kinds.several())
    with unplugged(question_types, "bdhvs_quiz.true_false"):
        plain = plain_quiz(version())
    assert len(plain.quiz.questions) == 1
    assert plain.left_out == ("Ngân hàng gọi điện hỏi mã OTP.",)


def test_what_keeps_a_file_from_being_made_is_said_by_the_format() -> None:
    page, client = quiz(kinds.true_false()), pages.editor()
    said = shown_to(client, page)
    assert "H5P.TrueFalse" in said
    assert reverse("bdhvs_quiz_export_file", args=[page.pk, "bdhvs_h5p.h5p"]) not in said
    assert fetched(client, page, "bdhvs_h5p.h5p").status_code == 302
    assert fetched(client, page, "never.there").status_code == 404
    assert client.post(reverse("bdhvs_quiz_export", args=[page.pk])).status_code == 405


def test_without_any_format_the_page_says_so() -> None:
    page, client = quiz(kinds.true_false()), pages.editor()
    with unplugged(question_formats, *(kind.key for kind in question_formats)):
        assert "Chưa cài định dạng nào" in shown_to(client, page)


def test_the_button_is_on_quizzes_alone_and_leads_there() -> None:
    page, client = quiz(kinds.true_false()), pages.editor()
    address = reverse("bdhvs_quiz_export", args=[page.pk])
    assert address in client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
    other = client.get(reverse("wagtailadmin_pages:edit", args=[page.get_parent().pk])).content.decode()
    assert "/export/" not in other


def test_the_pages_cost_a_constant_number_of_queries(django_assert_max_num_queries: Any) -> None:
    page, client = quiz(*(kinds.true_false(f"Câu {number}.") for number in range(12))), pages.editor()
    shown_to(client, page)
    with django_assert_max_num_queries(20):
        shown_to(client, page)


def test_a_format_is_told_nothing_but_plain_data() -> None:
    quiz()
    plain = plain_quiz(version()).quiz
    assert isinstance(plain, PlainQuiz)
    assert all(isinstance(question, PlainQuestion) for question in plain.questions)
    assert hash(plain)


def bank(client: Any, query: str = "") -> str:
    response = client.get(reverse("bdhvs_quiz_bank_export") + query)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def bank_file(client: Any, query: str = "") -> str:
    response = client.get(reverse("bdhvs_quiz_bank_export_file", args=[OutlineFormat.key]) + query)
    assert response.headers["Content-Disposition"] == 'attachment; filename="ngan-hang-cau-hoi.txt"'
    content: str = response.content.decode()
    return content


def test_the_bank_is_exported_as_its_list_shows_it_or_as_it_is_ticked() -> None:
    client = pages.editor()
    first, second = pages.question("Câu một?"), pages.question("Câu hai?")
    draft = pages.question("Câu nháp?", live=False)
    assert "3 câu hỏi kèm đáp án" in bank(client)
    assert "1 câu là bản nháp hoặc có thay đổi chưa xuất bản" in bank(client)
    assert "1 câu hỏi kèm đáp án" in bank(client, "?status=draft")
    assert "1 câu hỏi kèm đáp án" in bank(client, "?q=cau+mot")
    action = reverse("wagtail_bulk_action", args=["bdhvs_quiz", "question", "export"])
    ticked = client.get(f"{action}?id={first.pk}&id={draft.pk}&next=/")
    assert ticked.headers["Location"] == reverse("bdhvs_quiz_bank_export") + f"?id={first.pk}&id={draft.pk}"
    file = bank_file(client, f"?id={first.pk}&id={draft.pk}")
    assert ("Câu một?" in file, "Câu hai?" in file, "Câu nháp?" in file) == (True, False, True)
    assert "( ) Đọc cho họ\n(x) Không đọc cho ai" in file
    second.prompt = "Câu hai, sửa mà chưa xuất bản?"
    second.save_revision()
    assert "Câu hai, sửa mà chưa xuất bản?" in bank_file(client)


def test_the_banks_export_costs_a_constant_number_of_queries(django_assert_max_num_queries: Any) -> None:
    client = pages.editor()
    for number in range(12):
        pages.question(f"Câu {number}?")
    bank(client)
    with django_assert_max_num_queries(24):
        bank(client)


def test_more_than_a_file_takes_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    client = pages.editor()
    pages.question("Câu một?"), pages.question("Câu hai?")
    monkeypatch.setattr("bdhvs_quiz.exporting.views.MOST", 1)
    assert "2 câu hỏi là quá nhiều cho một tệp (nhiều nhất 1)" in bank(client)
    address = reverse("bdhvs_quiz_bank_export_file", args=[OutlineFormat.key])
    assert client.get(address).status_code == 302
