"""The bank's list: what it is filtered by, what says the same, where a question is used, and one act on many."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import Locale

from bdhvs_quiz.actions import open_attempt
from bdhvs_quiz.api import Question, QuizItem, SingleChoiceQuestion
from bdhvs_quiz.models import QuestionAlignment, QuestionTag
from tests.bdhvs_content import pages
from tests.bdhvs_quiz import kinds
from tests.bdhvs_quiz.helpers import Taking
from tests.bdhvs_quiz.test_bank import uninstall
from tests.bdhvs_quiz.test_bank_categories import category, only_in, prompts, put

pytestmark = [pytest.mark.database, pytest.mark.django_db]

LIST = "wagtailsnippets_bdhvs_quiz_question:list"


def act(client: Client, action: str, *rows: Any, next_: str = "", **given: Any) -> Any:
    ids = "&".join(f"id={getattr(row, 'pk', row)}" for row in rows)
    address = reverse("wagtail_bulk_action", args=["bdhvs_quiz", "question", action])
    return client.post(f"{address}?{ids}&next={next_ or reverse(LIST)}", given, follow=True)


def said(answer: Any) -> str:
    return " ".join(str(message) for message in answer.context["messages"])


# --- Filters --------------------------------------------------------------------------------------------------------


def test_filters_by_category_tag_competency_difficulty_and_author() -> None:
    where = category("An toàn")
    below = category("OTP", where)
    competency = pages.framework().competencies.get(code="A1")
    first, second = put(pages.question("Một?"), where), put(kinds.short("Hai?"), below)
    pages.question("Ngoài?")
    second.tags.add("lừa đảo")
    second.difficulty = "hard"
    second.alignments = [QuestionAlignment(competency=competency, level=1)]
    client = pages.editor()
    second.author = first.author = None
    second.save()
    Question.objects.rows().filter(pk=first.pk).update(author=client.session["_auth_user_id"])
    assert prompts(client, category=str(where.pk)) == {"Một?", "Hai?"}
    assert prompts(client, category=str(below.pk)) == {"Hai?"}
    assert prompts(client, tag=str(QuestionTag.objects.get().pk)) == {"Hai?"}
    assert prompts(client, competency=str(competency.pk)) == {"Hai?"}
    assert prompts(client, difficulty="hard") == {"Hai?"}
    assert prompts(client, author=client.session["_auth_user_id"]) == {"Một?"}
    # A value that nothing offers filters nothing, as Wagtail's filters do, and is no crash.
    assert len(prompts(client, category="x", tag="9" * 40, author="²")) == 3
    page = client.get(reverse(LIST)).content.decode()
    assert "An toàn" in page


def test_filters_offer_only_what_is_in_ones_category() -> None:
    where, other = category("Của tôi"), category("Của họ")
    mine, theirs = put(pages.question("Của tôi?"), where), put(pages.question("Của họ?"), other)
    mine.tags.add("chung")
    theirs.tags.add("riêng")
    mine.save()
    theirs.save()
    page = only_in(where, ("view",)).get(reverse(LIST)).content.decode()
    assert "chung" in page
    assert "riêng" not in page
    assert "Của họ" not in page


def test_questions_that_say_the_same_are_found_beside_each_other() -> None:
    one = pages.question("Ai hỏi mã OTP?")
    other = pages.question("ai  hoi ma otp", texts=("Khác", "Hẳn"))
    twin = pages.question("AI HỎI MÃ OTP??", explanation="Giải thích khác")
    pages.question("Ai hỏi?")
    kinds.short("Ai hỏi mã OTP?")
    translated = pages.question("Khác hẳn?").copy_for_translation(Locale.objects.create(language_code="en"))
    translated.prompt = "Ai hỏi mã OTP?"
    translated.save()
    client = pages.editor()
    found = client.get(reverse(LIST), {"alike": "prompt"}).context["object_list"]
    assert {row.pk for row in found} >= {one.pk, other.pk, twin.pk}
    assert len(found) == 4
    assert {row.pk for row in client.get(reverse(LIST), {"alike": "options"}).context["object_list"]} == {
        one.pk,
        twin.pk,
    }


def test_looking_for_doubles_costs_the_same_for_many() -> None:
    client = pages.editor()
    counts = []
    for times in (1, 6):
        for number in range(times):
            for _twice in range(2):
                pages.question(f"Đôi {times} {number}?")
                kinds.short(f"Đôi ngắn {times} {number}?")
        client.get(reverse(LIST), {"alike": "options"})
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse(LIST), {"alike": "options"}).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_list_comes_back_as_it_was_left() -> None:
    row = pages.question("Câu?")
    client = pages.editor()
    client.get(reverse(LIST), {"status": "live", "q": "cau"})
    deleting = reverse("wagtailsnippets_bdhvs_quiz_singlechoicequestion:delete", args=[row.pk])
    answer = client.post(deleting, follow=True)
    assert answer.redirect_chain[-1][0] == f"{reverse(LIST)}?status=live&q=cau"


# --- Where used -----------------------------------------------------------------------------------------------------


def test_usage_says_where_with_drafts_and_how_many_attempts() -> None:
    taking = Taking(2)
    row = taking.questions[0]
    open_attempt(taking.learner, taking.key, act_id=uuid.uuid4(), at=pages.AT)
    draft = pages.quiz(taking.course, [taking.questions[1]], "Bài nháp")
    draft.items = [QuizItem(question=row, sort_order=0)]
    draft.save_revision()
    hidden = pages.quiz(taking.course, [row], "Bài ẩn", live=False)
    client = pages.editor()
    answer = client.get(reverse("wagtailsnippets_bdhvs_quiz_question:usage", args=[row.pk]))
    assert [(one["use"].page.title, one["use"].draft_only, one["use"].attempts) for one in answer.context["uses"]] == [
        ("Bài nháp", True, 0),
        (hidden.title, True, 0),
        (taking.quiz.title, False, 1),
    ]
    page = answer.content.decode()
    assert "Chỉ trong bản nháp" in page
    assert "2 (1 chưa xuất bản)" in client.get(reverse(LIST)).content.decode()


# --- One act on many ------------------------------------------------------------------------------------------------


def test_questions_of_several_types_are_moved_tagged_and_rated_live_and_in_drafts() -> None:
    rows = [pages.question("Một?"), kinds.short("Hai?"), kinds.true_false("Ba.", live=False)]
    rows[1].prompt = "Hai, sửa?"
    rows[1].save_revision()
    client, where = pages.editor(), category("An toàn")
    assert "Đã chuyển 3 câu hỏi." in said(act(client, "move", *rows, category=where.pk))
    assert "Đã gắn thẻ 3 câu hỏi." in said(act(client, "tag", *rows, tags='otp, "lừa đảo"'))
    act(client, "difficulty", *rows, difficulty="easy")
    for row in rows:
        fresh = type(row).objects.get(pk=row.pk)
        for state in (fresh, fresh.get_latest_revision_as_object()):
            assert {tag.name for tag in state.tags.all()} == {"otp", "lừa đảo"}, row.prompt
            assert (state.difficulty, state.collection) == ("easy", where)
        assert (fresh.live, fresh.has_unpublished_changes) == {
            "Một?": (True, False), "Hai, sửa?": (True, True), "Ba.": (False, True),
        }[row.prompt], row.prompt  # fmt: skip
    assert type(rows[1]).objects.get(pk=rows[1].pk).prompt == "Hai?"


def test_who_may_not_publish_changes_drafts_only() -> None:
    where = category("An toàn")
    row = put(pages.question("Một?"), where)
    act(only_in(where, ("add", "change")), "tag", row, tags="otp")
    fresh = SingleChoiceQuestion.objects.get(pk=row.pk)
    assert (list(fresh.tags.all()), fresh.has_unpublished_changes) == ([], True)
    assert [tag.name for tag in fresh.get_latest_revision_as_object().tags.all()] == ["otp"]


def test_publishing_many_refuses_what_cannot_be_asked_and_names_it() -> None:
    good, bad = pages.question("Được?", live=False), kinds.short("Trống?", texts=[], live=False)
    answer = act(pages.editor(), "publish", good, bad, pages.question("Rồi?"))
    assert "Đã xuất bản 1 câu hỏi." in said(answer)
    assert "“Trống?”: Chưa có câu trả lời được chấp nhận" in said(answer)
    assert "“Rồi?”" in said(answer)
    assert {row.prompt: row.live for row in Question.objects.all()} == {"Được?": True, "Trống?": False, "Rồi?": True}


@pytest.mark.parametrize("action", ["delete", "unpublish"])
def test_what_a_quiz_holds_in_a_draft_too_stays_and_the_quiz_is_named(action: str) -> None:
    course = pages.course(pages.catalog())
    used, drafted, free = (pages.question(f"{name}?") for name in ("Dùng", "Nháp", "Không"))
    quiz = pages.quiz(course, [used], "Bài cuối khóa")
    quiz.items = [QuizItem(question=drafted, sort_order=0)]
    quiz.save_revision()
    gone = pages.question("Mất?")
    uninstall(gone)
    client = pages.editor()
    ids = "&".join(f"id={row.pk}" for row in (used, drafted, free, gone))
    asked = client.get(f"{reverse('wagtail_bulk_action', args=['bdhvs_quiz', 'question', action])}?{ids}")
    page = asked.content.decode()
    assert page.count("Bài cuối khóa") == 2
    assert "gone.question" in page
    answer = act(client, action, used, drafted, free, gone)
    assert said(answer).count("Bài cuối khóa") == 2
    rows = {row.prompt: row.live for row in Question.objects.rows()}
    assert rows.pop("Không?", False) is False
    assert rows == {"Dùng?": True, "Nháp?": True, "Mất?": True}


def test_all_of_a_list_are_those_that_its_filters_show() -> None:
    pages.question("Một?")
    kinds.short("Hai?")
    kinds.short("Ba?")
    client = pages.editor()
    next_ = f"{reverse(LIST)}?type_key=bdhvs_quiz.short_text%26q=hai"
    act(client, "delete", "all", next_=next_)
    assert prompts(client) == {"Một?", "Ba?"}


def test_nothing_is_done_in_another_category() -> None:
    mine, other = category("Của tôi"), category("Của họ")
    row, theirs = put(pages.question("Của tôi?"), mine), put(pages.question("Của họ?"), other)
    client = only_in(mine)
    assert "Của họ?" not in said(act(client, "delete", theirs))
    answer = act(client, "move", row, theirs, category=other.pk)
    assert "category" in getattr(answer.context["form"], "errors", {})
    act(client, "delete", "all")
    assert {one.prompt for one in Question.objects.all()} == {"Của họ?"}
    for action in ("publish", "tag", "difficulty"):
        assert act(only_in(mine, ("view",), f"xem-{action}"), action, theirs, tags="x").status_code == 200
    assert not QuestionTag.objects.exists()


def test_a_locked_question_stays_and_strange_numbers_are_nobody() -> None:
    from django.contrib.auth import get_user_model

    row = pages.question("Khóa?")
    other = get_user_model().objects.create_user("khoa")
    Question.objects.rows().filter(pk=row.pk).update(locked=True, locked_by=other, locked_at=pages.AT)
    client = pages.editor()
    answer = act(client, "difficulty", row, "abc", "9" * 40, "-1", difficulty="hard")
    assert "“Khóa?”" in said(answer)
    assert SingleChoiceQuestion.objects.get().difficulty == ""
    nothing = client.get(reverse("wagtail_bulk_action", args=["bdhvs_quiz", "question", "move"]))
    assert "Chưa chọn câu hỏi nào." in nothing.content.decode()
    assert act(client, "difficulty", row, next_="abc", difficulty="hard").status_code == 404, "an address, and no fault"


@pytest.mark.parametrize("model", ["singlechoicequestion", "shorttextquestion"])
def test_wagtails_own_deleting_of_many_stays_refused(model: str) -> None:
    row = pages.question() if model == "singlechoicequestion" else kinds.short()
    address = reverse("wagtail_bulk_action", args=["bdhvs_quiz", model, "delete"])
    pages.editor().post(f"{address}?id={row.pk}", {})
    assert Question.objects.filter(pk=row.pk).exists()
